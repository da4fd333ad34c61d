"""Who can vouch for whom, as pages say it, and what is said before nobody can any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from itertools import permutations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from election.acts import accounts as acts
from election.acts.perform import Refused
from election.process.base import Role
from election.process.facts import Office
from election.process.office import VOUCHING, ready, stranded, vouchers
from election.store import accounts
from election.store.database import Store
from election.store.worlds import world_of

from .conftest import DISTRICT, OTHER_STREET, PASSWORD, STREET, Clock, Town
from .test_access_second import enrol

SignIn = Callable[[str], FlaskClient]
OWN = {"present_password": PASSWORD}
FIRST, ANYWAY, LOCKED = "这是本系统第一次确认签名", "仍要现在确认", "重发以后他就不能再签名了"


def text(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


@pytest.fixture
def real(store: Store, clock: Clock) -> Town:
    """A real office with one official of each office above, all with their passwords, and a chair."""
    acts.open_office(store, name="qilihe.office", demonstration=False, now=clock())
    town = Town(store, clock)
    town.join("admin", Role.ADMINISTRATOR, "")
    town.join("organisation", Role.ORGANISATION, DISTRICT)
    town.join("street", Role.STREET, STREET)
    town.join("other_street", Role.STREET, OTHER_STREET)
    town.join("chair", Role.COMMITTEE_CHAIR, f"{STREET}/c1")
    return town


@pytest.fixture
def enter(app: Flask, clock: Clock) -> Callable[[str], FlaskClient]:
    """A browser in which this account is signed in, with its second factor."""
    return lambda login: enrol(app, login, clock)[0]


def office(town: Town) -> Office:
    with town.store.read() as session:
        return world_of(town.store, session).office


def names(town: Town, found: Iterator[object] | list[object]) -> set[str]:
    short = {account.id: name for name, account in town.people.items()}
    return {short[one.id] for one in found}  # type: ignore[attr-defined]


def say(town: Town, official: str, whose: str) -> None:
    signer = acts.unlock(town.store, town.people[official].id, PASSWORD)
    held = accounts.get(town.store, town.people[whose].id)
    acts.vouch(town.store, signer, {held.id: held.fingerprint or ""}, town.clock())


def test_whose_word_counts_is_what_the_act_itself_asks(real: Town) -> None:
    """What pages list is what ``office.vouch`` takes: each for each is tried."""
    for role in (Role.LEADING_CHAIR, Role.REGISTRAR):
        real.join(role.value, role, f"{STREET}/c1")
    real.join("neighbour", Role.COMMITTEE_CHAIR, f"{STREET}/c2")
    for official, whose in permutations(real.people, 2):
        listed = official in names(real, vouchers(office(real), office(real).accounts[real.people[whose].id]))
        refused: set[str] = set()
        try:
            say(real, official, whose)
        except Refused as why:
            refused = {demand.code for demand in why.demands} - {"act.vouched", "vouch.once"}
        assert listed == (not refused), (official, whose, refused)
    assert names(real, vouchers(office(real), office(real).accounts[real.people["admin"].id])) == set()
    assert {a.role for a in office(real).accounts.values()} >= VOUCHING - {Role.CIVIL}


def test_who_is_ready_has_a_key_that_counts(real: Town, store: Store, clock: Clock) -> None:
    chair = office(real).accounts[real.people["chair"].id]
    assert names(real, ready(office(real), chair)) == {"admin", "organisation", "street"}
    acts.reset(store, real.people["admin"].actor, real.people["street"], reason="", now=clock())
    assert names(real, ready(office(real), office(real).accounts[chair.id])) == {"admin", "organisation"}
    assert names(real, vouchers(office(real), chair)) == {"admin", "organisation", "street"}


def test_three_administrators_strand_nobody(real: Town) -> None:
    assert names(real, stranded(office(real))) == {"admin", "organisation"}
    real.join("second", Role.ADMINISTRATOR, "")
    assert names(real, stranded(office(real))) == {"admin", "second"}
    real.join("third", Role.ADMINISTRATOR, "")
    assert stranded(office(real)) == []


def test_the_own_page_names_those_who_can_vouch_and_says_when_they_are_too_few(
    real: Town, app: Flask, enter: Callable[[str], FlaskClient], store: Store, clock: Clock
) -> None:
    say(real, "street", "chair")
    real.join("second", Role.ADMINISTRATOR, "")
    html = text(enter("second").get("/account"))
    assert "能确认的负责人（其中任何两人），现有 1 人" in html
    assert "admin的姓名" in html
    assert "street的姓名" not in html
    assert "现在能确认您的不足两人" in html
    waiting = text(enter("chair").get("/account"))
    assert "现有 3 人" in waiting
    assert "second的姓名" in waiting
    assert "签名待确认" in waiting
    assert "other_street的姓名" not in waiting
    assert "不足两人" not in waiting
    assert "能确认的负责人" not in text(enter("street").get("/account"))


def test_the_first_to_vouch_is_told_who_would_be_stranded(real: Town, enter: Callable[[str], FlaskClient]) -> None:
    street = enter("street")
    chair = real.people["chair"]
    shown = text(street.get("/office/vouch"))
    assert FIRST in shown
    assert "admin的姓名（系统管理员 · 全部）：能确认的另有 0 人" in shown
    assert "street的姓名（街道" not in shown
    sent = {"account": chair.fingerprint, "sign_password": PASSWORD}
    refused = street.post("/office/vouch", data=sent)
    assert refused.status_code == 422
    assert 'href="#f-anyway"' in text(refused)
    assert f'value="{chair.fingerprint}" id="a-1" checked' in text(refused)
    assert office(real).first_vouched is None
    assert street.post("/office/vouch", data=sent | {"anyway": "1"}).status_code == 302
    assert office(real).first_vouched is not None
    real.join("lead", Role.LEADING_CHAIR, f"{STREET}/c1")
    assert ANYWAY not in text(street.get("/office/vouch"))


def test_with_three_administrators_nothing_is_asked(real: Town, enter: Callable[[str], FlaskClient]) -> None:
    for name in ("second", "third"):
        real.join(name, Role.ADMINISTRATOR, "")
    street = enter("street")
    assert FIRST not in text(street.get("/office/vouch"))
    sent = {"account": real.people["chair"].fingerprint, "sign_password": PASSWORD}
    assert street.post("/office/vouch", data=sent).status_code == 302
    assert "能互相确认签名的人太少" not in text(enter("admin").get("/office/accounts"))


def test_a_code_given_anew_says_who_can_vouch_then(real: Town, enter: Callable[[str], FlaskClient]) -> None:
    admin = enter("admin")
    assert "能互相确认签名的人太少" in text(admin.get("/office/accounts"))
    pages = {who: f"/office/accounts/{real.people[who].id}" for who in ("organisation", "street", "chair")}
    assert "重新确认" not in text(admin.get(pages["organisation"]))  # nobody has vouched: a founder's key needs no word
    assert "现有 3 人" in text(admin.get(pages["chair"]))
    say(real, "street", "chair")
    assert LOCKED not in text(admin.get(pages["street"]))
    assert "现有 2 人" in text(admin.get(pages["street"]))
    assert LOCKED in text(admin.get(pages["organisation"]))
    refused = admin.post(f"{pages['organisation']}/code", data=OWN)
    assert refused.status_code == 422
    assert 'href="#f-anyway"' in text(refused)
    assert office(real).vouched(real.people["organisation"].id)
    assert admin.post(f"{pages['street']}/code", data=OWN).status_code == 200
    assert "slip-code" in text(admin.post(f"{pages['organisation']}/code", data=OWN | {"anyway": "1"}))
    assert not office(real).vouched(real.people["organisation"].id)


def test_an_office_that_has_locked_its_administrators_out_is_told_the_truth(
    real: Town, enter: Callable[[str], FlaskClient]
) -> None:
    admin, mend, truth = enter("admin"), "请现在就另开系统管理员的账号", "在页面上没有办法补救"
    before = text(admin.get("/office/accounts"))
    assert (mend in before, truth in before) == (True, False)
    say(real, "street", "chair")
    after = text(admin.get("/office/accounts"))
    assert (mend in after, truth in after) == (False, True)


def test_who_cannot_vouch_is_not_offered_it(real: Town, enter: Callable[[str], FlaskClient]) -> None:
    say(real, "street", "chair")
    real.join("second", Role.ADMINISTRATOR, "")
    second = enter("second")
    shown = text(second.get("/office/vouch"))
    assert "您自己的签名还没有两名负责人确认" in shown
    assert "sign_password" not in shown
    assert "/office/vouch" not in text(second.get("/office/accounts"))
    sent = {"account": real.people["chair"].fingerprint, "sign_password": PASSWORD}
    assert second.post("/office/vouch", data=sent).status_code == 422
    assert "/office/vouch" in text(enter("admin").get("/office/accounts"))


def test_a_demonstration_warns_of_nothing(town: Town, sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert FIRST not in text(admin.get("/office/vouch"))
    assert "太少" not in text(admin.get("/office/accounts"))
    assert "重新确认" not in text(admin.get(f"/office/accounts/{town.people['street'].id}"))
