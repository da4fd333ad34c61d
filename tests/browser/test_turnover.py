"""The whole turnover of both committees of one community, through the pages, by everybody who has a part in it.

From an office without a campaign to two archives that verify: with a list returned by the district, a margin refused
and mended, a meeting void for want of members and called again, a second round, an objection upheld.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from election.acts import accounts
from election.process.base import Role
from election.process.machine import SERVER
from election.record import keys
from election.store.database import Store
from election.verify.run import verify
from election.web import create_app

from ..web.hall_town import PASSWORD as DEMONSTRATED
from ..web.hall_town import PIN, hall_once
from ..web.hall_town import Hall as Vote
from ..web.hall_town import hall as vote_hall
from . import turnover as told
from . import turnover_vote as vote
from .driving import Clock, Election, Hall, Person
from .turnover import Turnover

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser
Serve = Callable[[Flask], str]

__all__ = ["hall_once", "vote_hall"]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
#: (for, against) of six candidates for five seats
SHARES = [(18, 1), (17, 2), (15, 2), (14, 3), (13, 4), (2, 15)]


@pytest.fixture
def turnover(store: Store, served: Serve, new_context: Callable[..., BrowserContext]) -> Iterator[Turnover]:
    """An office that has just been opened; its administrator has the one-time code."""
    clock = Clock()
    accounts.open_office(store, name="qilihe.liuyin", demonstration=False, now=clock())
    _, code = accounts.create_account(
        store, SERVER, login="admin", name="管理员", role=Role.ADMINISTRATOR, scope="", now=clock()
    )
    hall = Hall(served(create_app(store, clock=clock)), clock, new_context)
    made = Turnover(hall, store)
    made.people["admin"] = hall.person("管理员", "admin").sets_password(code)
    made.people["resident"] = hall.person("居民")
    yield made
    assert hall.faults == []


@pytest.mark.timeout(3600)  # three minutes where nothing else runs; a busy machine is no failure
def test_the_whole_turnover(turnover: Turnover, tmp_path: Path) -> None:
    told.plan(turnover)
    told.begin(turnover)
    told.residents_roll(turnover)
    told.party_roll(turnover)
    told.objection(turnover)
    told.residents_seats(turnover)
    chosen = told.party_list(turnover)
    told.representatives(turnover)
    told.residents_list(turnover)
    told.party_returned(turnover)
    told.party_again(turnover, chosen)
    told.approved(turnover)

    vote.party_ready(turnover)
    vote.residents_ready(turnover)
    vote.void_meeting(turnover)
    vote.party_vote(turnover)
    vote.second_round(turnover)
    vote.party_approved(turnover, *vote.heads(turnover))
    vote.residents_vote(turnover)
    turnover.clock.at(12, 27)
    vote.residents_certified(turnover, 5)
    fingerprint = keys.fingerprint(turnover.store.vault.server_public)
    for election in (turnover.party, turnover.residents):
        vote.closed(turnover, election, 5)
        bundle = vote.taken(turnover, election, tmp_path)
        assert verify(bundle, trust=fingerprint).ok
    vote.seen_from_outside(turnover)


# --- the main pages, at a desk and on a phone --------------------------------------------------------------------------


def sound(person: Person, path: str) -> None:
    """axe finds nothing at a desk, and on a phone nothing runs over the edge."""
    from axe_playwright_python.sync_playwright import Axe

    page = person.go(path)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{path} is {wide} wide on {size['width']}"
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found] == [], path


def test_main_pages_are_sound(vote_hall: Vote, served: Serve, new_context: Callable[..., BrowserContext]) -> None:
    clock = Clock(vote_hall.now)
    made = Hall(served(create_app(vote_hall.store, clock=clock)), clock, new_context)
    party = Election(vote_hall.log, "party")
    campaign, community = vote_hall.world().campaign.id, vote_hall.facts.community
    chair = made.person("主任", "chair", DEMONSTRATED)
    for path in (
        f"/c/{campaign}/{community}",
        f"{party.committee}/step/party.prospective",
        f"{party.committee}/step/party.ballot",
        f"{party.committee}/act/notice.post?kind=staff_notice",
        f"{party.committee}/act/prepare.staff",
        f"{party.committee}/roll",
        f"{party.committee}/candidates",
        f"{party.committee}/notices",
        f"{party.committee}/record",
        f"{party.committee}/record/3",
        party.hall,
        f"{party.hall}/staff",
        f"{party.hall}/account",
    ):
        sound(chair, path)
    officer = made.person("街道", "jiedao", DEMONSTRATED)
    for path in ("/d/", "/d/inbox", "/d/campaigns", "/d/campaigns/new", "/d/statistics", party.district):
        sound(officer, path)
    sound(made.person("居民"), "/check")
    vote_hall.opened()
    teller = made.person("计票人", "teller1", PIN)
    sound(teller, vote_hall.tally)
    vote_hall.counted(vote_hall.sheet(SHARES))
    sound(made.person("监票人", "scrutineer1", PIN), vote_hall.tally.replace("/tally/", "/sign/"))
    vote_hall.signed()
    sound(chair, f"{party.hall}/announce")
    vote_hall.announced()
    sound(teller, f"{party.hall}/result")
    assert made.faults == []
