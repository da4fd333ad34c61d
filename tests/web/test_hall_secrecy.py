"""Nobody sees a figure before both entries are in: pages of everybody, and every byte on disk."""

# ruff: noqa: F811
from __future__ import annotations

import re

import pytest

from election.store import drafts
from election.store.accounts import by_login

from .. import engines
from .hall_town import LOGINS, OTHER, VOTES, WRITTEN, Browser, Hall, Page, hall, hall_once, twin  # noqa: F401

# --- secrecy ---------------------------------------------------------------------------------------------------------


def plain(page: Page) -> str:
    """A page without what differs by chance."""
    return re.sub(r'name="csrf_token" value="[^"]*"|nonce="[^"]*"', "", page.html)


def pages(hall: Hall, browser: Browser) -> dict[str, str]:
    """Every page of the hall that the application knows, as this person sees it."""
    rules = browser.client.application.url_map.iter_rules()
    known = {"election": hall.log, "contest": hall.this.contests[0].id, "box": 1}
    found = {}
    for rule in rules:
        if rule.rule.startswith("/h/<") and "GET" in (rule.methods or ()) and rule.arguments <= set(known):
            address = rule.rule
            for name, value in known.items():
                address = re.sub(rf"<(\w+:)?{name}>", str(value), address)
            found[rule.endpoint] = plain(browser.get(address))
    return found


def test_no_page_of_anybody_depends_on_the_figures_of_one_entry(hall: Hall, twin: Hall) -> None:
    """Two halls that differ in one sealed sheet alone look the same to everybody, byte for byte."""
    for one, votes in ((hall, VOTES), (twin, OTHER)):
        one.opened()
        one.enter(
            "teller1", one.sheet(votes, **{"w.0.name": WRITTEN, "w.0.for": "1"}) if votes is VOTES else one.sheet(votes)
        )
    for login in LOGINS:
        first, second = pages(hall, hall.browser(login)), pages(twin, twin.browser(login))
        assert "hall.home" in first
        for endpoint, page in first.items():
            assert page == second[endpoint], (login, endpoint)


def test_no_page_of_others_depends_on_a_draft(hall: Hall, twin: Hall) -> None:
    for one, votes in ((hall, VOTES), (twin, OTHER)):
        one.opened()
        answer = one.browser("teller1").post(one.tally, {**one.sheet(votes), "_go": "save"})
        assert answer.status == 200
    for login in LOGINS:
        if login != "teller1":
            assert pages(hall, hall.browser(login)) == pages(twin, twin.browser(login)), login


def test_the_database_holds_no_plain_figure_before_both_are_in(hall: Hall) -> None:
    hall.opened()
    sheet = hall.sheet(VOTES, **{"w.0.name": WRITTEN, "w.0.for": "1"})
    hall.browser("teller1").post(hall.tally, {**sheet, "_go": "save"})
    hall.enter("teller1", sheet)
    hall.browser("teller2").post(hall.tally, {**sheet, "_go": "save"})
    held = engines.content(hall.store)
    for plain_bytes in (WRITTEN.encode(), WRITTEN.encode("unicode_escape"), b'"write_ins"', b'"r.0.for"'):
        assert plain_bytes not in held
    hall.enter("teller2", sheet)
    assert b'"write_ins"' in engines.content(hall.store), "the check looks at nothing"


def test_a_sealed_sheet_is_gone_from_its_own_teller(hall: Hall) -> None:
    hall.opened()
    page = hall.enter("teller1", hall.sheet(VOTES))
    assert "已封存，等待第二人录入" in page.text
    assert 'name="r.0.for"' not in page.html
    account = by_login(hall.store, "teller1")
    assert account is not None
    assert drafts.kept(hall.store, account.id, hall.log, f"tally:1.0:{hall.this.contests[0].id}:1") is None
    confirm = hall.browser("teller1").get(hall.tally + "/confirm")
    assert confirm.status == 302


@pytest.mark.parametrize("login", [x for x in LOGINS if not x.startswith("teller")])
@pytest.mark.each_engine
def test_only_tellers_have_the_form(hall: Hall, login: str) -> None:
    hall.opened()
    assert hall.browser(login).get(hall.tally).status == 404
    assert hall.browser(login).post(hall.tally, hall.sheet(VOTES)).status == 404
    assert hall.browser(login).get(hall.tally + "/confirm").status == 404


@pytest.mark.each_engine
def test_before_both_are_in_there_is_nothing_to_compare_or_sign(hall: Hall) -> None:
    hall.opened()
    hall.enter("teller1", hall.sheet(VOTES))
    for path in ("/differences/member/1", "/sign/member/1"):
        answer = hall.browser("scrutineer1").get(hall.at(path))
        assert (answer.status, answer.location) == (302, hall.at())
    assert hall.browser("scrutineer1").get(hall.at("/differences/member/1/photo")).status == 404


@pytest.mark.each_engine
def test_no_other_page_of_the_election_names_what_was_written(hall: Hall) -> None:
    """Minutes, entries, papers and steps of the committee's pages are open to more people than the hall."""
    hall.opened()
    sheet = hall.sheet(VOTES, **{"w.0.name": WRITTEN, "w.0.for": "1"})
    hall.enter("teller1", sheet)
    known = {"election": hall.log, "seq": str(hall.facts.size - 1), "step": "party.ballot"}
    seen = 0
    for login in ("observer", "chair", "jiedao", "zuzhibu", "teller2", "scrutineer1"):
        browser = hall.browser(login)
        for rule in browser.client.application.url_map.iter_rules():
            if "election" in rule.arguments and "GET" in (rule.methods or ()) and rule.arguments <= set(known):
                address = rule.rule
                for name, value in known.items():
                    address = re.sub(rf"<(\w+:)?{name}>", value, address)
                page = browser.get(address)
                assert page.status < 500, address
                assert WRITTEN.encode() not in page.answer.data, (login, address)
                seen += page.status == 200
    assert seen > 20
    hall.enter("teller2", sheet)
    assert WRITTEN in hall.browser("observer").get(hall.at("/sign/member/1")).text, "the check looks at nothing"
