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
def real(small: Town) -> Town:
    """The small one with a district and another street."""
    small.join("organisation", Role.ORGANISATION, DISTRICT)
    small.join("other_street", Role.STREET, OTHER_STREET)
    return small


@pytest.fixture
def small(store: Store, clock: Clock) -> Town:
    """A real office with one administrator and one street, and a chair, all with their passwords."""
    acts.open_office(store, name="qilihe.office", demonstration=False, now=clock())
    town = Town(store, clock)
    town.join("admin", Role.ADMINISTRATOR, "")
    town.join("street", Role.STREET, STREET)
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
    admin = office(real).accounts[real.people["admin"].id]
    assert names(real, vouchers(office(real), admin)) == {"organisation", "street", "other_street"}, "no other is above"
    assert {a.role for a in office(real).accounts.values()} >= VOUCHING - {Role.CIVIL}


def test_who_is_ready_has_a_key_that_counts(real: Town, store: Store, clock: Clock) -> None:
    chair = office(real).accounts[real.people["chair"].id]
    assert names(real, ready(office(real), chair)) == {"admin", "organisation", "street"}
    acts.reset(store, real.people["admin"].actor, real.people["street"], reason="", now=clock())
    assert names(real, ready(office(real), office(real).accounts[chair.id])) == {"admin", "organisation"}
    assert names(real, vouchers(office(real), chair)) == {"admin", "organisation", "street"}


def test_three_of_the_offices_above_strand_nobody(small: Town) -> None:
    assert names(small, stranded(office(small))) == {"admin", "street"}
    small.join("second", Role.ADMINISTRATOR, "")
    assert stranded(office(small)) == []


def test_streets_vouch_for_an_administrator_where_only_one_is_left(
    real: Town, enter: Callable[[str], FlaskClient]
) -> None:
    say(real, "street", "chair")
    second = real.join("second", Role.ADMINISTRATOR, "")
    sent = {"account": second.fingerprint, "sign_password": PASSWORD}
    for count, official in enumerate(("street", "other_street")):
        browser = enter(official)
        shown = text(browser.get("/office/vouch"))
        assert "second的姓名" in shown
        assert ("已有一人确认" in shown) == bool(count)
        assert browser.post("/office/vouch", data=sent).status_code == 302
    assert office(real).vouched(second.id)
    assert "second的姓名" not in text(enter("organisation").get("/office/vouch"))


def test_a_chair_vouches_for_nobody_above(real: Town, enter: Callable[[str], FlaskClient]) -> None:
    say(real, "street", "chair")
    say(real, "organisation", "chair")
    real.join("second", Role.ADMINISTRATOR, "")
    assert "second的姓名" not in text(enter("chair").get("/office/vouch"))
    with pytest.raises(Refused, match=r"office\.scope"):
        say(real, "chair", "second")


def test_where_two_administrators_can_no_street_does(real: Town, enter: Callable[[str], FlaskClient]) -> None:
    real.join("second", Role.ADMINISTRATOR, "")
    say(real, "street", "chair")
    real.join("third", Role.ADMINISTRATOR, "")
    assert "third的姓名" not in text(enter("street").get("/office/vouch"))
    with pytest.raises(Refused, match=r"office\.scope"):
        say(real, "street", "third")
    say(real, "admin", "third")
    say(real, "second", "third")
    assert office(real).vouched(real.people["third"].id)


def test_the_own_page_names_those_who_can_vouch(real: Town, enter: Callable[[str], FlaskClient]) -> None:
    say(real, "street", "chair")
    real.join("second", Role.ADMINISTRATOR, "")
    html = text(enter("second").get("/account"))
    assert "能确认的负责人（其中任何两人），现有 4 人" in html
    waiting = text(enter("chair").get("/account"))
    assert "现有 3 人" in waiting
    assert "second的姓名" in waiting
    assert "签名待确认" in waiting
    assert "other_street的姓名" not in waiting
    assert "不足两人" not in waiting
    assert "能确认的负责人" not in text(enter("street").get("/account"))


def test_the_own_page_says_when_those_who_can_vouch_are_too_few(
    small: Town, enter: Callable[[str], FlaskClient]
) -> None:
    say(small, "street", "chair")
    small.join("second", Role.ADMINISTRATOR, "")
    acts.close(small.store, small.people["admin"].actor, small.people["street"], reason="调离", now=small.clock())
    html = text(enter("second").get("/account"))
    assert "能确认的负责人（其中任何两人），现有 1 人" in html
    assert "admin的姓名" in html
    assert "chair的姓名" not in html
    assert "现在能确认您的不足两人" in html


def test_the_first_to_vouch_is_told_who_would_be_stranded(small: Town, enter: Callable[[str], FlaskClient]) -> None:
    street = enter("street")
    chair = small.people["chair"]
    shown = text(street.get("/office/vouch"))
    assert FIRST in shown
    assert "admin的姓名（系统管理员 · 全部）：能确认的另有 1 人" in shown
    assert "street的姓名（街道" in shown
    sent = {"account": chair.fingerprint, "sign_password": PASSWORD}
    refused = street.post("/office/vouch", data=sent)
    assert refused.status_code == 422
    assert 'href="#f-anyway"' in text(refused)
    assert f'value="{chair.fingerprint}" id="a-1" checked' in text(refused)
    assert office(small).first_vouched is None
    assert street.post("/office/vouch", data=sent | {"anyway": "1"}).status_code == 302
    assert office(small).first_vouched is not None
    small.join("lead", Role.LEADING_CHAIR, f"{STREET}/c1")
    assert ANYWAY not in text(street.get("/office/vouch"))


def test_with_enough_of_the_offices_above_nothing_is_asked(real: Town, enter: Callable[[str], FlaskClient]) -> None:
    street = enter("street")
    assert FIRST not in text(street.get("/office/vouch"))
    sent = {"account": real.people["chair"].fingerprint, "sign_password": PASSWORD}
    assert street.post("/office/vouch", data=sent).status_code == 302
    assert "能互相确认签名的人太少" not in text(enter("admin").get("/office/accounts"))


def test_a_code_given_anew_says_who_can_vouch_then(small: Town, enter: Callable[[str], FlaskClient]) -> None:
    admin = enter("admin")
    assert "能互相确认签名的人太少" in text(admin.get("/office/accounts"))
    pages = {who: f"/office/accounts/{small.people[who].id}" for who in ("street", "chair")}
    assert "重新确认" not in text(admin.get(pages["street"]))  # nobody has vouched: a founder's key needs no word
    assert "现有 2 人" in text(admin.get(pages["chair"]))
    say(small, "street", "chair")
    assert LOCKED not in text(admin.get(pages["chair"]))
    assert LOCKED in text(admin.get(pages["street"]))
    assert "现有 1 人" in text(admin.get(pages["street"]))
    refused = admin.post(f"{pages['street']}/code", data=OWN)
    assert refused.status_code == 422
    assert 'href="#f-anyway"' in text(refused)
    assert office(small).vouched(small.people["street"].id)
    assert admin.post(f"{pages['chair']}/code", data=OWN).status_code == 200
    assert "slip-code" in text(admin.post(f"{pages['street']}/code", data=OWN | {"anyway": "1"}))
    assert not office(small).vouched(small.people["street"].id)


def test_an_office_that_has_locked_itself_out_is_told_the_truth(
    small: Town, enter: Callable[[str], FlaskClient]
) -> None:
    admin, mend, truth = enter("admin"), "请现在就另开系统管理员的账号", "没有办法补救"

    def told() -> tuple[bool, bool]:
        page = text(admin.get("/office/accounts"))
        return mend in page, truth in page

    assert told() == (True, False)
    say(small, "street", "chair")
    assert told() == (True, False), "administrator and street can vouch for another"
    acts.close(small.store, small.people["admin"].actor, small.people["street"], reason="调离", now=small.clock())
    assert told() == (False, True)


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
