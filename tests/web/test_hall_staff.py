"""People of the hall: chosen by name, given a login and a PIN once, replaced on the spot; and forms on paper."""

# ruff: noqa: F811
from __future__ import annotations

import re

import pytest

from election.store.accounts import by_login
from election.web.hall.blanks import KINDS

from .hall_town import PASSWORD, Hall, Page, before, hall, hall_once  # noqa: F401

#: what whoever changes an account of somebody else gives with the form
OWN: dict[str, object] = {"present_password": PASSWORD}


def card(page: Page) -> tuple[str, str]:
    """Login and PIN of the one card on a page."""
    codes = re.findall(r'<dd class="slip-code">([^<]+)</dd>', page.html)
    assert len(codes) == 2
    return codes[0], codes[1].replace(" ", "")


def bystander(before: Hall) -> tuple[str, str]:
    """Somebody of the roll whose name is theirs alone: (id, name)."""
    busy = {s.person for s in before.facts.staff} | before.facts.standing()
    names = [p.resident.name for p in before.people()]
    return next(
        (p.person, p.resident.name)
        for p in before.people()
        if p.person not in busy and names.count(p.resident.name) == 1
    )


def test_somebody_is_chosen_by_name_and_gets_a_card(before: Hall) -> None:
    person, name = bystander(before)
    chair = before.browser("chair")
    assert chair.get(before.at("/staff/new")).status == 200
    typed: dict[str, object] = {"person.find": name, "role": "caller", "relative_of_candidate": "no", "_go": "next"}
    answer = chair.post(before.at("/staff/new"), typed)
    assert (answer.status, answer.location) == (302, before.at("/staff"))
    page = chair.get(before.at("/staff"))
    assert f"给 {name} 账号和 PIN" in page.html
    login, pin = card(chair.post(before.at("/staff/cards"), {**OWN, "person": f"caller:{person}"}))
    made = by_login(before.store, login)
    assert made is not None
    assert (made.role, made.election, made.name) == ("caller", before.log, name)
    assert before.world().office.accounts[made.id].person == person
    stranger = before.app.test_client()
    assert stranger.post("/login", data={"login": login, "password": pin}).status_code == 302
    shown_again = chair.get(before.at("/staff"))
    assert pin not in shown_again.html
    assert f"给 {name} 账号和 PIN" not in shown_again.html
    replay = chair.post(before.at("/staff/cards"), {**OWN, "person": f"caller:{person}"})
    assert replay.status == 302  # nothing more to give


def test_everybody_gets_a_card_for_one_password(before: Hall) -> None:
    chair = before.browser("chair")
    for role in ("caller", "teller"):
        _person, name = bystander(before)
        typed: dict[str, object] = {"person.find": name, "role": role, "relative_of_candidate": "no", "_go": "next"}
        assert chair.post(before.at("/staff/new"), typed).status == 302
    cards = before.at("/staff/cards")
    assert "请输入密码" in chair.post(cards, {"person": "all"}).summary
    page = chair.post(cards, {**OWN, "person": "all"})
    bare = len(re.findall(r'<dd class="slip-code">', page.html)) // 2
    assert bare >= 2
    assert chair.post(cards, {"person": "all"}).status == 302  # nothing more to give


def test_a_candidate_is_refused(before: Hall) -> None:
    candidate = before.facts.official[0]
    typed: dict[str, object] = {
        "person": candidate.person,
        "person.find": candidate.name,
        "role": "teller",
        "_go": "next",
    }
    page = before.browser("chair").post(before.at("/staff/new"), typed)
    assert page.status == 422
    assert "是候选人" in page.summary


def test_a_near_relative_needs_a_reason(before: Hall) -> None:
    _person, name = bystander(before)
    typed: dict[str, object] = {"person.find": name, "role": "teller", "relative_of_candidate": "yes", "_go": "next"}
    chair = before.browser("chair")
    assert chair.post(before.at("/staff/new"), typed).status == 422
    assert chair.post(before.at("/staff/new"), {**typed, "relative_reason": "别无合适人选"}).status == 302
    assert "候选人近亲属" in chair.get(before.at("/staff")).text


def test_another_pin_and_a_closed_login(before: Hall) -> None:
    teller = by_login(before.store, "teller1")
    assert teller is not None
    chair = before.browser("chair")
    login, pin = card(chair.post(before.at(f"/staff/{teller.id}/pin"), OWN))
    assert login == "teller1"
    browser = before.app.test_client()
    assert browser.post("/login", data={"login": "teller1", "password": "246810"}).status_code == 422
    assert browser.post("/login", data={"login": "teller1", "password": pin}).status_code == 302
    assert chair.post(before.at(f"/staff/{teller.id}/close"), OWN).status == 302
    assert browser.get(before.at()).status_code in (302, 404)
    assert chair.post(before.at(f"/staff/{teller.id}/pin"), OWN).status == 404


def test_accounts_of_another_hall_are_out_of_reach(before: Hall) -> None:
    theirs = by_login(before.store, "teller1r")
    assert theirs is not None
    for what in ("pin", "close"):
        assert before.browser("chair").post(before.at(f"/staff/{theirs.id}/{what}")).status == 404


def test_one_goes_another_comes(before: Hall) -> None:
    chair = before.browser("chair")
    leaving = next(s for s in before.facts.staff if s.role == "scrutineer")
    address = before.at(f"/staff/scrutineer/{leaving.person}/replace")
    assert f"更换监票人{leaving.name}" in chair.get(address).text
    assert "请写明更换的原因" in chair.post(address, {"_go": "next"}).summary
    person, name = bystander(before)
    candidate = before.facts.official[0]
    refused = chair.post(
        address, {"leaving": "因病", "person": candidate.person, "person.find": candidate.name, "_go": "next"}
    )
    assert refused.status == 422
    assert any(s.person == leaving.person for s in before.facts.staff), "nobody left, for nobody came"
    going: dict[str, object] = {"leaving": "因病", "person.find": name, "_go": "next"}
    unproved = chair.post(address, going)
    assert "请输入密码" in unproved.summary
    assert any(s.person == leaving.person for s in before.facts.staff), "nobody left, for who does it was not proved"
    page = chair.post(address, going | OWN)
    login, _pin = card(page)
    assert by_login(before.store, login) is not None
    people = {s.person for s in before.facts.staff if s.role == "scrutineer"}
    assert person in people
    assert leaving.person not in people
    assert chair.get(address).status == 404


def test_the_presider_replaces_but_gives_no_accounts(before: Hall) -> None:
    presider = before.browser("presider1")
    page = presider.get(before.at("/staff"))
    assert page.status == 200
    assert "/pin" not in page.html
    teller = by_login(before.store, "teller1")
    assert teller is not None
    assert presider.post(before.at(f"/staff/{teller.id}/pin")).status == 404
    leaving = next(s for s in before.facts.staff if s.role == "teller")
    _person, name = bystander(before)
    answer = presider.post(
        before.at(f"/staff/teller/{leaving.person}/replace"), {"leaving": "因病", "person.find": name, "_go": "next"}
    )
    assert (answer.status, answer.location) == (302, before.at("/staff"))
    assert name in {s.name for s in before.facts.staff}


@pytest.mark.parametrize("login", ["teller1", "scrutineer1", "observer", "registrar", "caller1"])
def test_others_do_not_see_the_staff_page(before: Hall, login: str) -> None:
    assert before.browser(login).get(before.at("/staff")).status == 404
    assert before.browser(login).post(before.at("/staff/cards"), {"person": "x"}).status == 404


# --- forms on paper --------------------------------------------------------------------------------------------------


def test_forms_of_this_way_of_voting_are_listed_and_printed(hall: Hall) -> None:
    chair = hall.browser("chair")
    page = chair.get(hall.at("/forms"))
    assert "tally_blank.pdf" in page.html
    assert "hands_tally.pdf" not in page.html
    answer = chair.get(hall.at("/forms/tally_blank.pdf")).answer
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert "hands_tally.pdf" in hall.browser("lead").get(hall.at("/forms", hall.residents)).html


def test_lists_of_names_are_for_those_who_keep_the_door(hall: Hall) -> None:
    assert "sign_in_sheet" in KINDS
    assert hall.browser("teller1").get(hall.at("/forms/sign_in_sheet.pdf")).status == 404
    assert hall.browser("chair").get(hall.at("/forms/member_roll.pdf")).status == 404
    assert hall.browser("observer").get(hall.at("/forms")).status == 404
    assert hall.browser("chair").get(hall.at("/forms/..%2f.pdf")).status == 404
