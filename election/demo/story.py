"""The sample's whole turnover, from an empty database to the archive, by the same acts that the pages use.

A story is told with an injected clock: every act has its day in November and December 2010, and the first entry says
that this is a demonstration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from election.acts import accounts, rolls, tallies
from election.acts.do import do
from election.acts.perform import Signer
from election.process.base import Act, Actor, Role
from election.process.machine import SERVER
from election.process.tally import Figures, Row
from election.process.world import World
from election.record.entry import Entry
from election.store.accounts import Account
from election.store.database import Store
from election.store.people import Listed, listed
from election.store.worlds import world_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
PASSWORD = "演示密码2010"  # noqa: S105 printed for every visitor of the demonstration
PIN = "246810"


@dataclass
class Clock:
    """The injected clock: it stands where the story puts it, and moves a minute with every act."""

    now: datetime = datetime(2010, 11, 1, 1, 0, tzinfo=UTC)

    def at(self, day: date, hour: int = 9) -> None:
        moment = datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)
        self.now = max(moment, self.now + timedelta(minutes=1))

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()


@dataclass
class Cast:
    """Who acts: accounts by a short name, each with its key unwrapped once."""

    store: Store
    clock: Clock
    accounts: dict[str, Account] = field(default_factory=dict)
    seeds: dict[str, bytes] = field(default_factory=dict)
    #: after every login of this story, where one home holds two
    tail: str = ""

    def join(
        self,
        short: str,
        login: str,
        name: str,
        role: Role,
        scope: str,
        *,
        by: Actor = SERVER,
        election: str | None = None,
        password: str = PASSWORD,
    ) -> Account:
        account, _ = accounts.create_account(
            self.store,
            by,
            login=login + self.tail,
            name=name,
            role=role,
            scope=scope,
            election=election,
            now=self.clock.tick(),
            password=password,
        )
        self.accounts[short] = account
        self.seeds[short] = accounts.unlock(self.store, account.id, password).seed
        return account

    def actor(self, short: str) -> Actor:
        return self.accounts[short].actor

    def signer(self, short: str) -> Signer:
        account = self.accounts[short]
        return Signer(account.id, account.role, self.seeds[short])

    def do(self, log: str, who: str, act: Act) -> Entry:
        """One act by one person, signed where it must be."""
        signers = [self.signer(who)] if act.signed else []
        return do(self.store, log, act, self.actor(who), self.clock.today, self.clock.tick(), signers=signers)

    def world(self, log: str) -> World:
        with self.store.read() as session:
            return world_of(self.store, session, log)

    def people(self, log: str) -> list[Listed]:
        with self.store.read() as session:
            return sorted(
                listed(self.store, session, log),
                key=lambda p: (p.resident.group, p.resident.household, p.resident.name, p.person),
            )

    def import_roll(self, log: str, who: str, data: bytes, name: str) -> rolls.Preview:
        _, preview = rolls.import_file(
            self.store, self.actor(who), log, data, name, self.clock.today, self.clock.tick()
        )
        waiting = [p.person for p in self.people(log) if p.status in ("waiting", "held")]
        for start in range(0, len(waiting), 2000):
            rolls.review(
                self.store,
                self.actor(who),
                log,
                waiting[start : start + 2000],
                "accept",
                "登记员核对户口簿后确认",
                self.clock.today,
                self.clock.tick(),
            )
        return preview

    def tally(
        self,
        log: str,
        contest: str,
        box: str,
        figures: Figures,
        tellers: Sequence[str] = ("teller1", "teller2"),
        scrutineer: str = "scrutineer1",
    ) -> None:
        """Two tellers enter the same sheet blind; all three sign it."""
        from election.process.tally import SignTally

        for teller in tellers:
            tallies.enter(
                self.store,
                self.actor(teller),
                self.signer(teller),
                log,
                contest,
                box,
                figures,
                self.clock.today,
                self.clock.tick(),
            )
        for who in (*tellers, scrutineer):
            self.do(log, who, SignTally(contest=contest, box=box, sheet_sha256="0" * 64))


def sheet(returned: int, invalid: int, votes: Sequence[tuple[str, int, int]]) -> Figures:
    """A tally sheet of ``(candidate, for, against)``; who is left abstained."""
    valid = returned - invalid
    rows = tuple(Row(candidate=c, votes_for=f, against=a, abstain=valid - f - a) for c, f, a in votes)
    return Figures(returned=returned, valid=valid, invalid=invalid, rows=rows)
