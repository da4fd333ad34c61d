"""The served sample, filled once; every test looks at a copy of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from election.acts import accounts
from election.acts.do import do
from election.acts.perform import Signer
from election.demo.story import PASSWORD
from election.process.base import Act
from election.process.machine import SHANGHAI
from election.process.world import World
from election.store import places
from election.store.accounts import by_login
from election.store.database import Store
from election.store.people import Listed, listed
from election.store.worlds import world_of
from election.web import create_app
from tests import engines

from .conftest import Clock


@dataclass
class Sample:
    """A copy of the sample with its pages. ``elections``: ``(community, body) -> id``."""

    store: Store
    clock: Clock
    app: Flask
    campaign: str = ""
    elections: dict[tuple[str, str], str] = field(default_factory=dict)
    _people: dict[str, list[Listed]] = field(default_factory=dict)

    def browser(self, address: str = "192.0.2.1") -> FlaskClient:
        made = self.app.test_client()
        made.environ_base["REMOTE_ADDR"] = address
        return made

    def people(self, community: str) -> list[Listed]:
        """The roll as the sample left it."""
        if community not in self._people:
            with self.store.read() as session:
                self._people[community] = listed(self.store, session, self.elections[community, "residents"])
        return self._people[community]

    def numbered(self, community: str, place: int = 0) -> Listed:
        """Somebody registered with a number and a name that nobody shares, who represents nobody."""
        known = self.world(community).election.representatives
        people = self.people(community)
        names = [p.resident.name for p in people]
        return [
            p
            for p in people
            if p.status == "registered"
            and p.resident.id_number
            and p.person not in known
            and names.count(p.resident.name) == 1
        ][place]

    def world(self, community: str, body: str = "residents") -> World:
        with self.store.read() as session:
            return world_of(self.store, session, self.elections[community, body])

    def check(
        self, community: str, name: str, last_six: str, *, address: str = "192.0.2.1", **more: str
    ) -> TestResponse:
        asked = {"community": f"{self.campaign}/{community}", "name": name, "last_six": last_six, **more}
        return self.browser(address).post("/check", data=asked)

    def do(self, login: str, log: str, act: Act) -> None:
        """One act by one account of the sample, signed where it must be."""
        account = by_login(self.store, login)
        assert account is not None
        signer = Signer(account.id, account.role, accounts.unlock(self.store, account.id, PASSWORD).seed)
        now = self.clock()
        do(
            self.store,
            log,
            act,
            account.actor,
            now.astimezone(SHANGHAI).date(),
            now,
            signers=[signer] if act.signed else [],
        )


def copied(source: Store, folder: Path, clock: Clock, *, guarded: bool = False) -> Sample:
    store = engines.copied(source.home.path, folder / "copy", source.cache)
    app = create_app(store, clock=clock, testing=True)
    app.config["WTF_CSRF_ENABLED"] = guarded
    sample = Sample(store, clock, app)
    with store.read() as session:
        for log in places.below(session, "election", ""):
            sample.campaign = log.campaign or ""
            sample.elections[log.community or "", log.body or ""] = log.id
    return sample


@pytest.fixture
def sample(filled: Store, tmp_path: Path) -> Iterator[Sample]:
    made = copied(filled, tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def guarded(filled: Store, tmp_path: Path) -> Iterator[Sample]:
    """Forms ask for their token, as they are served."""
    made = copied(filled, tmp_path, Clock(), guarded=True)
    yield made
    made.store.close()


def words(answer: TestResponse) -> str:
    """What a person reads of a page."""
    html = answer.get_data(as_text=True)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html[html.index("<body") :]))


def hidden(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.get_data(as_text=True))
    assert found is not None, name
    return found[1]
