"""A street told by the demonstration as far as the committee's pages need it, copied for every test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from election.acts import accounts
from election.demo import whole
from election.demo.party import party_nomination, party_roll
from election.demo.people import street
from election.demo.residents import residents_proposals, residents_roll, residents_seats
from election.demo.story import PASSWORD, Cast, Clock
from election.process.base import Role
from election.process.world import World
from election.store import sessions
from election.store.accounts import by_login
from election.store.database import Store
from election.store.home import Home
from election.store.people import Listed, listed
from election.store.worlds import world_of
from election.web import create_app

from .. import engines
from ..once import once

__all__ = ["PASSWORD", "Told", "told", "told_once"]


@dataclass
class Told:
    """Community c5: members' list and prospective list done, residents proposed; community c4: just opened."""

    store: Store
    now: datetime
    campaign: str
    party: str
    residents: str
    party4: str
    residents4: str

    def world(self, log: str) -> World:
        with self.store.read() as session:
            return world_of(self.store, session, log)

    def people(self, log: str) -> list[Listed]:
        with self.store.read() as session:
            return sorted(listed(self.store, session, log), key=lambda p: (p.resident.name, p.person))

    def browser(self, login: str, *, tokens: bool = False) -> Browser:
        """A browser in which this account is signed in; ``tokens``: forms must bring theirs."""
        app = create_app(self.store, clock=lambda: self.now, testing=True)
        app.config["WTF_CSRF_ENABLED"] = tokens
        client = app.test_client()
        found = by_login(self.store, login)
        assert found is not None, login
        client.set_cookie("sid", sessions.open_session(self.store, found, self.now))
        return Browser(client)


@dataclass
class Page:
    """What came back, as a reader sees it."""

    answer: TestResponse

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def html(self) -> str:
        return self.answer.get_data(as_text=True)

    @property
    def text(self) -> str:
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.html)).split())

    @property
    def summary(self) -> str:
        """The error summary's words."""
        found = re.search(r'id="errors".*?</ul>', self.html, re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""

    @property
    def location(self) -> str:
        return self.answer.headers.get("Location", "")

    def value(self, name: str) -> str:
        """What stands in an input."""
        found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', self.html)
        assert found, name
        value = re.search(r'value="([^"]*)"', found[0])
        return unescape(value[1]) if value else ""


@dataclass
class Browser:
    client: FlaskClient

    def get(self, address: str, **headers: str) -> Page:
        return Page(self.client.get(address, headers=headers))

    def post(self, address: str, data: Mapping[str, object] | None = None, **headers: str) -> Page:
        answer = self.client.post(address, data=data or {}, headers=headers, content_type="multipart/form-data")
        answer.request.environ["wsgi.input"].close()  # a large body was spooled to a file
        return Page(answer)


@pytest.fixture(scope="session")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Tell it once; every test takes a copy of the home."""
    return once(tmp_path_factory, "committee", _tell)


def _tell(at: Path) -> dict[str, object]:
    home = Home(at / "home")
    store = engines.on_sqlite(home)
    store.migrate()
    cast = Cast(store, Clock())
    accounts.open_office(store, name="sample-office", demonstration=True, now=cast.clock.tick())
    sample = whole.Sample(cast, street())
    whole.plan(sample)
    party, residents = whole.community(sample, 5)
    cast.join("observer", "guancha5", "观察员甲", Role.OBSERVER, sample.path(5))
    cast.join("member", "weiyuan5", "换届委委员甲", Role.COMMITTEE_MEMBER, sample.path(5))
    party4, residents4 = whole.community(sample, 4)
    party_roll(sample, party, 5)
    residents_roll(sample, residents, 5)
    party_nomination(sample, party, 5)
    residents_seats(sample, residents, 5)
    residents_proposals(sample, residents, 5)
    cast.join("scrutineer", "jianpiao5", "监票人甲", Role.SCRUTINEER, sample.path(5), election=party, password="246810")
    store.close()
    return {
        "home": home.path,
        "now": cast.clock.now,
        "logs": (sample.campaign, party, residents, party4, residents4),
    }


@pytest.fixture
def told(told_once: dict[str, object], tmp_path: Path) -> Iterator[Told]:
    store = engines.copied(Path(str(told_once["home"])), tmp_path / "home")
    now, logs = told_once["now"], told_once["logs"]
    assert isinstance(now, datetime)
    assert isinstance(logs, tuple)
    yield Told(store, now, *logs)
    store.close()
