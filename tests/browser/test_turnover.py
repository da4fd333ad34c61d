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

from . import turnover as told
from . import turnover_vote as vote
from .driving import Clock, Hall
from .turnover import Turnover

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser
Serve = Callable[[Flask], str]


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


@pytest.mark.timeout(900)  # three minutes where nothing else runs
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
    vote.party_approved(turnover)
    vote.residents_vote(turnover)
    vote.residents_certified(turnover)
    fingerprint = keys.fingerprint(turnover.store.vault.server_public)
    for election in (turnover.party, turnover.residents):
        vote.closed(turnover, election)
        bundle = vote.taken(turnover, election, tmp_path)
        assert verify(bundle, trust=fingerprint).ok
    vote.seen_from_outside(turnover)
