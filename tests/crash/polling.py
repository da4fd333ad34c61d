"""A polling day under load: who works at the same time, what each was told is done, and what must be there after a crash."""

from __future__ import annotations

import json
import os
import random
import select
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select as rows_of

from election.acts import accounts, auditing, tallies
from election.acts.perform import Command, perform
from election.demo import whole
from election.demo.party import party_nomination, party_roll
from election.demo.people import street
from election.demo.story import PIN, Cast, Clock, sheet
from election.documents import pdf
from election.faults import Unavailable
from election.process import campaign, meeting, notices, preparation, tally
from election.process.base import Role
from election.process.machine import SERVER
from election.store import drafts, kept
from election.store.database import Store, make_engine
from election.store.home import Home
from election.store.tables import AccountRow, BlindSheet, EntryRow, Log
from election.store.worlds import entries as read_entries
from election.store.worlds import world_of

BOXES = tuple(f"{number}号票箱" for number in range(1, 41))
EACH = 10


@dataclass
class Polling:
    """An election whose boxes are open, in a home; the accounts and keys of who works there."""

    home: Home
    url: str
    cast: Cast
    campaign: str
    election: str
    candidates: list[str]
    cache: dict[str, Any] = field(default_factory=dict)

    def store(self) -> Store:
        """With connections of its own: for this process, or for one that was forked from it."""
        return Store(self.home, self.home.vault(), make_engine(self.url), dict(self.cache))

    @property
    def today(self) -> date:
        return self.cast.clock.today

    @property
    def now(self) -> datetime:
        return self.cast.clock.now


def told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Polling:
    """The party's election of the smallest community, told up to its open boxes. Papers are of one line here."""
    monkeypatch.setattr(pdf, "typeset", lambda html, style: b"%PDF " + html.encode()[:40])
    home = Home(folder / "home")
    url = f"sqlite:///{home.path / 'election.db'}"
    store = Store(home, home.vault(), make_engine(url))
    store.migrate()
    cast = Cast(store, Clock())
    accounts.open_office(store, name="sample-office", demonstration=True, now=cast.clock.tick())
    sample = whole.Sample(cast, street())
    whole.plan(sample)
    log, _ = whole.community(sample, 5)
    party_roll(sample, log, 5)
    party_nomination(sample, log, 5)
    whole.approve_candidates(sample, log, 5)
    _prepare(sample, log)
    whole.hold_meeting(sample, log, 5, "party", 20)
    facts = cast.world(log).election
    printed = facts.rounds[-1].printed or 0
    cast.do(log, "chair5", meeting.AccountBallots(issued=20, returned=20, spoiled=1, unused=printed - 21))
    for box in BOXES:
        cast.do(log, "scrutineer1", tally.OpenBox(box=box))
    people = [c.person for c in cast.world(log).election.rounds[-1].candidates["member"]]
    with store.read() as session:
        world_of(store, session, log)
    store.close()
    return Polling(home, url, cast, sample.campaign, log, people, store.cache)


def _prepare(sample: whole.Sample, log: str) -> None:
    cast, chair = sample.cast, "chair5"
    candidates = cast.world(log).election.standing()
    others = [p for p in cast.people(log) if p.person not in candidates]
    sample.turn(5, 12, 20)
    for short, person in zip(("scrutineer1", "scrutineer2", "teller1", "teller2"), others, strict=False):
        cast.do(log, chair, preparation.AppointStaff(person=person.person, name=person.resident.name, role=short[:-1]))
        cast.join(
            short,
            f"{short}-5",
            short,
            Role(short[:-1]),
            sample.path(5),
            by=cast.actor(chair),
            election=log,
            password=PIN,
        )
    when = cast.world(log).day
    assert when is not None
    cast.do(log, chair, preparation.FixPlace(on=when, time="上午9时", place="社区活动中心"))
    cast.do(log, chair, notices.PostNotice(kind="polling_notice", place="社区宣传栏"))
    cast.do(log, chair, preparation.ReleaseBallots(printed=cast.world(log).election.entitled + 5, design="0" * 64))
    cast.do(log, chair, preparation.SealBoxes(boxes=tuple(preparation.Box(id=box) for box in BOXES)))
    cast.do(log, chair, preparation.CompletePreparation(venue_ready=True))


# --- who works at the same time --------------------------------------------------------------------------------------

#: does one thing after the other, and gives what was acknowledged of each
Writer = Callable[[Polling, Store, random.Random], Iterator[list[Any]]]


def teller(short: str) -> Writer:
    """Enters the sheet of every box that still lacks one of this teller."""

    def enters(day: Polling, store: Store, chance: random.Random) -> Iterator[list[Any]]:
        with store.read() as session:
            sheets = world_of(store, session, day.election).election.rounds[-1].sheets
        account = day.cast.accounts[short].id
        left = [b for b in BOXES if (s := sheets.get(("member", b))) is None or account not in s.commitments]
        chance.shuffle(left)
        for box in left:
            figures = sheet(EACH, 1, [(person, 5, 2) for person in day.candidates])
            done = tallies.enter(
                store,
                day.cast.actor(short),
                day.cast.signer(short),
                day.election,
                "member",
                box,
                figures,
                day.today,
                day.now,
            )
            yield [[e.log, e.seq, e.hash] for e in done]

    return enters


def officer(day: Polling, store: Store, chance: random.Random) -> Iterator[list[Any]]:
    """Trainings in the campaign; what is being typed is kept between them."""
    for number in range(1, 1000):
        act = campaign.Train(topic=f"第{number}次", place="会议室", attendees=number)
        e = perform(store, Command(day.campaign, act, day.cast.actor("street"), day.today), day.now)
        yield [[e.log, e.seq, e.hash]]
        word = f"{chance.random()}"
        drafts.keep(store, day.cast.accounts["street"].id, day.campaign, f"form-{word}", word.encode(), day.now)
        yield [["draft", word]]


def administrator(day: Polling, store: Store, chance: random.Random) -> Iterator[list[Any]]:
    """Accounts: a row and an entry each."""
    while True:
        login = f"observer-{chance.getrandbits(64):016x}"
        made, _ = accounts.create_account(
            store, SERVER, login=login, name="观察员", role=Role.OBSERVER, scope="", now=day.now, password=PIN
        )
        yield [["account", made.id]]


WRITERS: tuple[Writer, ...] = (teller("teller1"), teller("teller2"), officer, administrator)


def run_and_kill(day: Polling, chance: random.Random, writers: tuple[Writer, ...] = WRITERS) -> list[list[Any]]:
    """All write in processes of their own until some acts are acknowledged; then SIGKILL. What was acknowledged."""
    reads, writes = os.pipe()
    children = []
    for writer in writers:
        seed = chance.getrandbits(32)
        child = os.fork()
        if child == 0:
            _work(day, writer, seed, writes)
        children.append(child)
    os.close(writes)
    wanted, seen = chance.randint(1, 14), b""
    while seen.count(b"\n") < wanted:
        if not (more := os.read(reads, 65536)):
            break
        seen += more
    select.select([], [], [], chance.random() * 0.02)  # anywhere within an act
    for child in children:
        os.kill(child, signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
    while more := os.read(reads, 65536):
        seen += more
    os.close(reads)
    # a line cut in half was not acknowledged
    acknowledged = [json.loads(line) for line in seen.split(b"\n")[:-1]]
    assert [a for a in acknowledged if a[0] == "failed"] == []
    return acknowledged


def _work(day: Polling, writer: Writer, seed: int, pipe: int) -> None:
    """In a forked process; it never returns."""
    try:
        store, chance = day.store(), random.Random(seed)
        while True:
            try:
                for done in writer(day, store, chance):
                    os.write(pipe, b"".join(json.dumps(one).encode() + b"\n" for one in done))
                return
            except Unavailable as told:  # it was not done, the page says so, and people try again
                if told.kind != "busy":
                    raise
    except BaseException as error:
        os.write(pipe, json.dumps(["failed", repr(error)]).encode() + b"\n")
    finally:
        os._exit(0)


# --- what must be there after a crash --------------------------------------------------------------------------------


def survived(day: Polling, acknowledged: list[list[Any]]) -> None:
    """Nothing acknowledged is lost, nothing is half done, the record and every table agree, and work goes on."""
    store = Store(day.home, day.home.vault(), make_engine(day.url))
    try:
        with store.read() as session:
            entries = {
                (e.log, e.seq): e.hash for e in session.execute(rows_of(EntryRow.log, EntryRow.seq, EntryRow.hash))
            }
            accounts_kept = set(session.scalars(rows_of(AccountRow.id)))
            logins = set(session.scalars(rows_of(AccountRow.login)))
            told_of = read_entries(session, day.campaign)
            trained = [e.payload["topic"] for e in told_of if e.act == campaign.Train.code]
            known = set(world_of(store, session).office.accounts)
            facts = world_of(store, session, day.election).election
            blind = {(s.contest, s.box): s.account for s in session.scalars(rows_of(BlindSheet))}
            sizes = sum(session.scalars(rows_of(Log.size)))
            assert kept.behind(day.home, session) == []
        for one in acknowledged:
            if one[0] == "draft":
                assert drafts.kept(store, day.cast.accounts["street"].id, day.campaign, f"form-{one[1]}") is not None
            elif one[0] == "account":
                assert one[1] in accounts_kept
            elif one[0] == "login":
                assert one[1] in logins
            elif one[0] == "sheet":
                assert one[1] in facts.rounds[-1].sheets["member", one[2]].commitments
            elif one[0] == "training":
                assert trained.count(one[1]) == 1
            else:
                assert entries.get((one[0], one[1])) == one[2]
        assert len(entries) == sizes
        assert accounts_kept == known
        # one teller's sheet waits sealed; the second one's opened both in the same transaction
        half = {key: next(iter(s.commitments)) for key, s in facts.rounds[-1].sheets.items() if len(s.commitments) == 1}
        assert blind == half
        assert all(s.final is not None or len(s.commitments) < 2 for s in facts.rounds[-1].sheets.values())
        assert auditing.audit(store)[1] == []
        act = campaign.Train(topic="此后", place="会议室", attendees=1)
        perform(store, Command(day.campaign, act, day.cast.actor("street"), day.today), day.now)
    finally:
        store.close()
