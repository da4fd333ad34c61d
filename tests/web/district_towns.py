"""Towns for the pages of street and district: one told up to the approval, one of 45 communities made in the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from election import law
from election.acts import elections
from election.demo import fill, whole
from election.demo.party import party_approval, party_nomination, party_roll
from election.demo.people import street
from election.demo.story import PASSWORD, Clock
from election.process import campaign
from election.process.base import Actor
from election.store import places
from election.store.database import Store
from election.store.home import Home
from election.store.tables import Log, StepRow
from election.web import create_app
from tests import engines

#: the morning on which the told town stands
MORNING = datetime(2010, 12, 4, 1, 30, tzinfo=UTC)
#: communities whose party waits for the district's approval
WAITING = (4, 5)


@dataclass
class Told:
    """A copy of the told town with an application over it."""

    store: Store
    app: Flask

    def sign_in(self, login: str) -> FlaskClient:
        browser = self.app.test_client()
        answer = browser.post("/login", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 302, login
        return browser

    def election(self, number: int, body: str) -> str:
        with self.store.read() as session:
            return next(
                log.id
                for log in places.below(session, "election", "")
                if (log.community, log.body) == (f"c{number}", body)
            )

    def campaign(self) -> str:
        with self.store.read() as session:
            return places.below(session, "campaign", "")[0].id


def tell(folder: Path) -> None:
    """Two parties of one street up to the street's request for approval; a third community whose elections are opened."""
    store = engines.on_sqlite(Home(folder))
    store.migrate()
    sample = fill.begin(store, people=street())
    logs = {number: whole.community(sample, number) for number in (1, *WAITING)}
    for number in WAITING:
        sample.calendars[number] = fill._AHEAD
        day = campaign.ChangeDay(community=f"c{number}", body="party", day=fill.AHEAD_DAY, reason="负责人调离,提前选举")
        sample.cast.do(sample.campaign, "street", day)
    opened = sample.cast.clock.now
    for number in WAITING:
        told = replace(sample, cast=replace(sample.cast, clock=Clock(opened)))
        party = logs[number][0]
        party_roll(told, party, number)
        party_nomination(told, party, number)
        whole.approve_candidates(told, party, number)
        whole.hall(told, party, number, "party")
        present = told.cast.world(party).election.entitled
        whole.hold_meeting(told, party, number, "party", present)
        shares = [(present - 2 - i, 1) for i in range(5)] + [(2, present - 4)]
        whole.vote(told, party, number, "party", {"member": shares})
        party_approval(told, party, number, until_submitted=True)
    store.close()


def copied(told: Path, folder: Path) -> Told:
    """The told town in a folder of its own."""
    store = engines.copied(told, folder)
    app = create_app(store, clock=lambda: MORNING, testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    return Told(store, app)


# --- a street of many communities, in the tables alone -------------------------------------------------------------------


def many_communities(store: Store, actor: Actor, path: str, number: int, now: datetime) -> str:
    """A campaign with ``number`` communities, both elections of each in the tables without an entry: a board that folds
    one of them fails. Community ``n`` has done ``n % 16`` steps of each body. Returns the campaign's id."""
    act = campaign.PlanCampaign(
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
        communities=tuple(campaign.CommunityRef(id=f"m{n}", name=f"第{n:02d}社区") for n in range(number)),
        demonstration=True,
    )
    log = elections.plan_campaign(store, actor, act, date(2010, 11, 1), now)
    with store.write() as session:
        for n in range(number):
            for body in ("party", "residents"):
                election = str(uuid4())
                head = f"{n:02d}{body}".ljust(64, "0")
                row = Log(id=election, kind="election", path=f"{path}/m{n}", size=10, head=head)
                row.campaign, row.community, row.body = log, f"m{n}", body
                session.add(row)
                session.add_all(step_rows(election, f"qilihe-2010.{body}", n % 16))
    return log


def step_rows(election: str, ruleset: str, done: int) -> Sequence[StepRow]:
    """The table of steps of an election that has done its first ``done`` steps, one a day from 15 November on."""
    rows = []
    steps = [s for s in law.load(ruleset).steps if s.when != "hands"]
    for place, step in enumerate(steps):
        on = date(2010, 11, 15) + timedelta(days=place) if place < done else None
        status = "done" if on else ("open" if place == done else "waiting")
        row = StepRow(log=election, step=step.name, place=place, status=status, attempt=1)
        row.due, row.done_on, row.late_days = None, on, 0
        rows.append(row)
    return rows
