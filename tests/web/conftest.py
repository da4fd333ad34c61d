"""A small town to try pages in: one district, two streets, three communities, an account of every role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from election.acts import accounts, elections
from election.process.base import HALL, Actor, Role
from election.process.campaign import CommunityRef, PlanCampaign
from election.process.machine import SERVER
from election.store.accounts import Account, by_login
from election.store.database import Store
from election.web import create_app

PASSWORD = "向阳-苹果-自行车-七"
PIN = "246810"
DISTRICT, STREET, OTHER_STREET = "七里河区", "七里河区/柳荫街道", "七里河区/槐树街道"


@dataclass
class Clock:
    """The time on the wall, which only a test moves."""

    now: datetime = datetime(2010, 12, 4, 1, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Town:
    """Logs and accounts by short names: elections ``c1/party``; accounts by role, in community c1 of the first street."""

    store: Store
    clock: Clock
    campaign: str = ""
    other_campaign: str = ""
    elections: dict[str, str] = field(default_factory=dict)
    people: dict[str, Account] = field(default_factory=dict)

    def join(self, short: str, role: Role, scope: str, election: str | None = None, by: Actor = SERVER) -> Account:
        made, _ = accounts.create_account(
            self.store,
            by,
            login=short,
            name=f"{short}的姓名",
            role=role,
            scope=scope,
            election=election,
            password=PIN if election else PASSWORD,
            now=self.clock(),
        )
        self.people[short] = made
        return made


def _campaign(town: Town, actor: Actor, path: str, communities: tuple[str, ...]) -> str:
    plan = PlanCampaign(
        title="2010年社区两委换届选举",
        term="第三届",
        street=path.split("/")[-1],
        path=path,
        party_ruleset="qilihe-2010.party",
        residents_ruleset="qilihe-2010.residents",
        window_from=date(2010, 11, 1),
        window_to=date(2010, 12, 31),
        party_day=date(2010, 12, 24),
        residents_day=date(2010, 12, 26),
        communities=tuple(CommunityRef(id=c, name=f"{c}社区") for c in communities),
        demonstration=True,
    )
    return elections.plan_campaign(town.store, actor, plan, date(2010, 11, 1), town.clock())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(store: Store, clock: Clock) -> Town:
    """The office alone, with its administrator ``admin``."""
    accounts.open_office(store, name="town-office", demonstration=True, now=clock())
    town = Town(store, clock)
    town.join("admin", Role.ADMINISTRATOR, "")
    return town


@pytest.fixture
def town(office: Town) -> Town:
    """Two streets with their campaigns; both elections of c1 and c2, the party's of c9 in the other street."""
    office.join("organisation", Role.ORGANISATION, DISTRICT)
    office.join("civil", Role.CIVIL, DISTRICT)
    street = office.join("street", Role.STREET, STREET).actor
    other = office.join("other_street", Role.STREET, OTHER_STREET).actor
    office.campaign = _campaign(office, street, STREET, ("c1", "c2"))
    office.other_campaign = _campaign(office, other, OTHER_STREET, ("c9",))
    for key, campaign, actor in (
        ("c1/party", office.campaign, street),
        ("c1/residents", office.campaign, street),
        ("c2/party", office.campaign, street),
        ("c9/party", office.other_campaign, other),
    ):
        community, body = key.split("/")
        office.elections[key] = elections.open_election(
            office.store, actor, campaign, community, body, date(2010, 12, 1), office.clock()
        )
    for role in Role:
        if role in HALL:
            office.join(role.value, role, f"{STREET}/c1", election=office.elections["c1/party"])
        elif role.value not in office.people and role not in (
            Role.ADMINISTRATOR,
            Role.ORGANISATION,
            Role.CIVIL,
            Role.STREET,
            Role.SERVER,
            Role.VOTER,
        ):
            office.join(role.value, role, f"{STREET}/c1")
    office.join("neighbour", Role.COMMITTEE_CHAIR, f"{STREET}/c2")
    return office


@pytest.fixture
def app(store: Store, clock: Clock) -> Flask:
    """Forms need no token here; ``guarded_app`` is the one that asks for it."""
    made = create_app(store, clock=clock, testing=True)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def guarded_app(store: Store, clock: Clock) -> Flask:
    return create_app(store, clock=clock, testing=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, store: Store) -> Callable[[str], FlaskClient]:
    """``sign_in("street")``: a browser of its own in which that account is signed in."""

    def signed_in(login: str) -> FlaskClient:
        found = by_login(store, login)
        assert found is not None, login
        browser = app.test_client()
        answer = browser.post("/login", data={"login": login, "password": PIN if found.election else PASSWORD})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return browser

    return signed_in
