"""Objecting without an account, and following what becomes of it by a code that only the objector has (V-07)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from election.acts.do import prepared
from election.acts.perform import perform
from election.process.facts import Objection
from election.process.machine import VOTER
from election.process.objections import DecideObjection, FileObjection
from election.process.world import World
from election.record.entry import Entry
from election.store.database import Store
from election.store.tables import EntryRow, FollowCode
from election.store.worlds import openings, world_of

Kind = Literal["roll_missing", "roll_wrong", "candidate", "other"]
#: read aloud and copied by hand: no letter that looks like a digit
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12


@dataclass(frozen=True)
class Window:
    """Until when one kind of objection must be answered before things go on. Later it is a complaint."""

    kind: Kind
    until: date | None
    open: bool


def windows(world: World, today: date) -> list[Window]:
    """The kinds of objection that can be filed now; empty where this election takes none, or is archived."""
    facts = world.election
    days = facts.law.get("objection.window_days")
    if days is None or facts.archived_on is not None:
        return []
    found = []
    for kind, basis in (
        ("roll_missing", "roll_notice"),
        ("roll_wrong", "roll_notice"),
        ("candidate", "prospective_list"),
    ):
        notice = facts.posted(basis)
        if notice is not None:
            until = notice.posted_on + timedelta(days=int(days))
            found.append(Window(kind, until, today <= until))  # type: ignore[arg-type]
    return [*found, Window("other", None, False)]


def roll_until(world: World, today: date) -> date | None:
    """Last day for an objection to the roll, while it has not passed."""
    return next((w.until for w in windows(world, today) if w.kind == "roll_missing" and w.open), None)


@dataclass(frozen=True)
class Filed:
    """What the objector takes along."""

    number: int
    code: str


def code_of(store: Store, once: str, log: str, act: FileObjection) -> str:
    """The follow code of one sent form: the same form sent twice is one objection, and nobody else can guess its code."""
    digest = store.vault.index("follow-code", once, log, act.kind, act.about, act.text, act.by, act.contact)
    rest = int(digest, 16)
    letters = []
    for _ in range(CODE_LENGTH):
        rest, place = divmod(rest, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def filed(store: Store, once: str, log: str, act: FileObjection) -> Filed | None:
    """The objection that this very form has filed already; None where it is new."""
    code = code_of(store, once, log, act)
    with store.read() as session:
        row = session.get(FollowCode, _index(store, code))
    return None if row is None else Filed(row.number, code)


def file(store: Store, log: str, act: FileObjection, once: str, today: date, now: datetime) -> Filed:
    """File an objection; its number, and the code that opens its answer. Raises Refused."""
    code = code_of(store, once, log, act)
    numbers: list[int] = []

    def rows(session: Session, entry: Entry) -> None:
        number = len(world_of(store, session, log).election.objections)
        session.add(FollowCode(code_index=_index(store, code), log=log, number=number))
        session.flush()
        numbers.append(number)

    command = prepared(store, log, act, VOTER, today, now, (), (), None)
    try:
        perform(store, replace(command, rows=rows), now)
    except IntegrityError:  # the button was pressed twice: the first press has filed it
        earlier = filed(store, once, log, act)
        if earlier is None:
            raise
        return earlier
    return Filed(numbers[-1], code)


@dataclass(frozen=True)
class Followed:
    """What the objector may know of an objection. ``answer`` is None until decided, and once it was erased."""

    world: World
    objection: Objection
    #: the last day to answer; None where the ruleset sets none
    due: date | None
    answer: str | None


def follow(store: Store, number: int, code: str) -> Followed | None:
    """The objection of this number and code, both together; None for any other pair."""
    with store.read() as session:
        row = session.get(FollowCode, _index(store, code))
        if row is None or row.number != number:
            return None
        world = world_of(store, session, row.log)
        objection = world.election.objections[number]
        days = world.election.law.get("objection.answer_days")
        due = None if days is None else objection.filed_on + timedelta(days=int(days))
        answer = _answer(store, session, row.log, number) if objection.decided_on else None
        return Followed(world, objection, due, answer)


def _answer(store: Store, session: Session, log: str, number: int) -> str | None:
    """What was answered: of all that the record keeps sealed, this one value is opened."""
    decided = f'"act":"{DecideObjection.code}"'.encode()
    for data in session.scalars(select(EntryRow.data).where(EntryRow.log == log).order_by(EntryRow.seq.desc())):
        if decided not in bytes(data):
            continue
        entry = Entry.from_bytes(bytes(data))
        if entry.act == DecideObjection.code and entry.payload["objection"] == number:
            return openings(store, session, log, entry.seq).get(entry.payload["answer"]["sealed"])
    return None


def _index(store: Store, code: str) -> str:
    return store.vault.index("follow", code)
