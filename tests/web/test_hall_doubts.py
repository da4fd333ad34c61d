"""Who decides a doubtful mark: two persons, not two accounts, and nobody who stands, is near somebody who does, or was
dismissed."""

# ruff: noqa: F811
from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ballots import keeping
from election.acts import accounts, doubts, packs
from election.acts.do import do_many
from election.acts.perform import Refused
from election.process.preparation import AppointStaff, DismissStaff
from election.process.relatives import RecordRelation
from election.store import sessions
from election.store.accounts import Account, by_login

from .committee_town import Browser
from .hall_town import BOX, Hall, Once, hall, hall_once  # noqa: F401
from .test_hall_scan import close, decide, opened, pile, scan, verified


@pytest.fixture
def doubtful(hall: Hall) -> Hall:
    """A box with one doubt, whose two looks are to come."""
    box = opened(hall, packs=0)
    scan(hall, [box.ballot("ffffa-", seed=n) for n in (1, 2, 8)] + pile(box)[2:3])
    return hall


def lead(hall: Hall) -> Account:
    found = by_login(hall.store, "chair")
    assert found is not None
    return found


def entered(hall: Hall, role: str, person: str, name: str = "某人") -> str:
    """A new account of the meeting for this person, signed in; its login."""
    made, _ = accounts.create_hall_account(
        hall.store, lead(hall).actor, election=hall.facts.id, role=role, name=name, person=person, now=hall.now
    )
    client = hall.app.test_client()
    client.set_cookie("sid", sessions.open_session(hall.store, made, hall.now))
    hall.open[made.login] = Browser(client)
    return made.login


def done(hall: Hall, *acts: object) -> None:
    do_many(hall.store, [(hall.log, act) for act in acts], lead(hall).actor, hall.now.date(), hall.now)  # type: ignore[misc]


def waits(hall: Hall) -> int:
    with hall.store.read() as session:
        return doubts.left(hall.store, session, hall.world(), hall.log, BOX)[1]


def refused(hall: Hall, login: str) -> bool:
    """No doubt, no picture of one, no decision: by the pages, and where they are gone round."""
    (doubt,) = _doubts(hall)
    there = hall.at(f"/adjudicate/{doubt}")
    pages = [hall.browser(login).get(at).status for at in (hall.at("/adjudicate"), there, there + "/picture")]
    found = by_login(hall.store, login)
    assert found is not None
    with pytest.raises(Refused):
        doubts.decide(hall.store, hall.log, 1, doubt, found.id, doubts.decision({}, [], unreadable=True))
    return set(pages) == {422}


def _doubts(hall: Hall) -> list[str]:
    with hall.store.read() as session:
        return [d.id for d in doubts.of_box(hall.store, session, hall.log, 1)]


def test_nobody_is_appointed_to_two_tasks_of_the_count(doubtful: Hall) -> None:
    chosen = next(s for s in doubtful.facts.staff if s.role == "scrutineer")
    with pytest.raises(Refused) as caught:
        done(doubtful, AppointStaff(person=chosen.person, name=chosen.name, role="adjudicator"))
    assert [d.code for d in caught.value.demands] == ["staff.one-task"]


def test_one_person_looks_once_whatever_the_account(doubtful: Hall) -> None:
    chosen = next(s for s in doubtful.facts.staff if s.role == "scrutineer")
    first = entered(doubtful, "scrutineer", chosen.person)
    assert decide(doubtful, first) == 1
    found = by_login(doubtful.store, first)
    assert found is not None
    accounts.close(doubtful.store, lead(doubtful).actor, found, reason="", now=doubtful.now)
    second = entered(doubtful, "scrutineer", chosen.person)
    assert decide(doubtful, second) == 1  # the closed account's look does not count: this is the first
    assert (decide(doubtful, second), waits(doubtful)) == (0, 1)


def test_no_candidate_decides(doubtful: Hall) -> None:
    person = doubtful.facts.official[0].person
    assert all(refused(doubtful, entered(doubtful, role, person)) for role in ("adjudicator", "scrutineer"))


def test_no_near_relative_of_a_candidate_decides(doubtful: Hall) -> None:
    chosen = next(s for s in doubtful.facts.staff if s.role == "scrutineer")
    login = entered(doubtful, "scrutineer", chosen.person)
    assert decide(doubtful, login) == 1
    near = {"person": doubtful.facts.official[0].person, "person_name": "甲", "relative": chosen.person}
    done(doubtful, RecordRelation(**near, relative_name="乙", relation="sibling"))
    assert refused(doubtful, login)


def test_who_was_dismissed_decides_nothing_though_the_login_is_open(doubtful: Hall) -> None:
    chosen = [s for s in doubtful.facts.staff if s.role == "scrutineer"][1]
    login = entered(doubtful, "scrutineer", chosen.person)
    assert decide(doubtful, login) == 1
    done(doubtful, DismissStaff(person=chosen.person, reason="病了"))
    assert refused(doubtful, login)


def test_what_somebody_decided_who_was_dismissed_is_decided_anew(doubtful: Hall, tmp_path: Path) -> None:
    """The box closes all the same, and its record, which names nobody who was dismissed, verifies."""
    chosen = [s for s in doubtful.facts.staff if s.role == "scrutineer"][1]
    assert decide(doubtful, entered(doubtful, "scrutineer", chosen.person)) == 1
    assert decide(doubtful, "adjudicator1") == 1
    assert waits(doubtful) == 0
    done(doubtful, DismissStaff(person=chosen.person, reason="病了"))
    assert waits(doubtful) == 1
    assert close(doubtful).status == 422
    assert (decide(doubtful, "scrutineer2"), decide(doubtful, "adjudicator1")) == (1, 1)
    answer = close(doubtful)
    assert answer.status == 302, answer.summary
    verified(doubtful, tmp_path / "bundle.zip")


def pictures(hall: Hall, who: str) -> dict[str, tuple[doubts.Doubt, np.ndarray]]:
    """What this person is shown, by the first of the reader's reasons."""
    with hall.store.read() as session:
        found = doubts.of_box(hall.store, session, hall.log, 1)
    shown = {}
    for doubt in found:
        answer = hall.browser(who).client.get(hall.at(f"/adjudicate/{doubt.id}/picture"))
        with Image.open(BytesIO(answer.data)) as picture:
            shown[doubt.why[0]] = doubt, np.asarray(picture)
    return shown


def test_the_picture_is_what_is_asked_and_nothing_beside_it(hall: Hall) -> None:
    """An over-marked contest with its write-in's row; of one candidate, and of a written name, no more than the row."""
    box = opened(hall, packs=0)
    doubtful = [
        box.ballot("ffffff", seed=2),
        box.ballot("fff---", seed=1, doubt=4),
        box.ballot("ff-a--", seed=3, name=True),
    ]
    scan(hall, doubtful + pile(box)[:1])
    shown = pictures(hall, "adjudicator1")
    assert len(shown) == 3
    tops = sorted(mark.box.y for mark in packs.layout(hall.world()).marks if mark.choice == "for")
    all_rows, step = (tops[-1] - tops[0]) * keeping.SCALE, (tops[1] - tops[0]) * keeping.SCALE
    contest, whole = shown.pop("over-marked")
    assert (contest.whole, len(contest.candidates)) == (True, 6)
    for doubt, picture in shown.values():
        assert (doubt.whole, len(doubt.candidates) + len(doubt.rows)) == (False, 1)
        assert picture.shape[1] == whole.shape[1]
        # the same heads, and of seven rows one
        assert abs(whole.shape[0] - picture.shape[0] - all_rows) < step / 2, doubt.why


def test_the_page_says_what_becomes_void(doubtful: Hall) -> None:
    (doubt,) = _doubts(doubtful)
    page = doubtful.browser("adjudicator1").get(doubtful.at(f"/adjudicate/{doubt}")).text
    assert f"整项看不出：这张票的{doubtful.this.contests[0].office}全部无效" in page
    assert "不只是这一名候选人" in page
