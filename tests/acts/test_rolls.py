"""One person by hand: the same rules as for a file, on both kinds of roll."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from election.acts import elections, rolls
from election.acts.perform import Refused
from election.names.identity import check_character
from election.process.machine import SERVER
from election.store.database import Store
from election.store.people import Resident
from election.store.worlds import world_of
from tests.acts.test_commit import a_campaign, an_office

NOW = datetime(2010, 11, 20, 2, tzinfo=UTC)
TODAY = date(2010, 11, 20)
NUMBER = "62010319700101" + "001"
RESIDENT = Resident(name="王建国", sex="male", id_number=NUMBER + check_character(NUMBER), birth="1970-01-01")


@pytest.mark.parametrize(("body", "category"), [("party", "full"), ("residents", "")])
def test_added_by_hand_and_refused_twice(store: Store, body: str, category: str) -> None:
    street = an_office(store)
    log = elections.open_election(store, street, a_campaign(store, street), "c1", body, TODAY, NOW)
    chair = replace(street)
    _import(store, log, body)
    with pytest.raises(Refused, match=r"act\.role"):
        rolls.add(store, chair, log, RESIDENT, "户口簿", TODAY, NOW, category=category)
    with store.read() as session:
        world = world_of(store, session, log)
        assert rolls.judge_one(store, session, log, world, RESIDENT, category)[0] == "registered"
        wrong = replace(RESIDENT, id_number="620103197001010010")
        with pytest.raises(Refused, match=r"roll\.bad-id"):
            rolls.judge_one(store, session, log, world, wrong, category)


def _import(store: Store, log: str, body: str) -> None:
    number = "62010319800101" + "002"
    header = "姓名,身份证号" + (",党员类别" if body == "party" else "")
    row = f"李秀英,{number}{check_character(number)}" + (",正式" if body == "party" else "")
    rolls.import_file(store, SERVER, log, f"{header}\r\n{row}\r\n".encode(), "roll.csv", TODAY, NOW)
    with store.read() as session:
        assert world_of(store, session, log).election.roll.registered == 1
