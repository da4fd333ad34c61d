"""From entries to facts: worlds folded from the record, kept in memory, brought up to date by what was appended.

The cache is only a saving: a world folded from nothing is the same (``audit verify`` says so).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from election import law
from election.law import Ruleset
from election.process.facts import Campaign, Election, Office
from election.process.machine import fold
from election.process.world import World
from election.record.entry import Entry
from election.store.database import Store
from election.store.tables import EntryRow, Log, OpeningRow, SealedRuleset

_lock = Lock()


@dataclass
class Folded:
    """A log folded up to ``size``; an election carries the campaign and office as they were seen by its last entry."""

    size: int = 0
    head: str = ""
    world: World = field(default_factory=World)


class Gone(LookupError):
    """No such log, or not for this reader."""


def ruleset_reader(store: Store, session: Session) -> Any:
    """``sha256 -> Ruleset`` over the sealed rulesets, parsed once."""
    known: dict[str, Ruleset] = store.cache.setdefault("rulesets", {})

    def read(sha256: str) -> Ruleset:
        if sha256 not in known:
            row = session.get(SealedRuleset, sha256)
            if row is None:
                raise KeyError(sha256)
            known[sha256] = law.from_json(row.data)
        return known[sha256]

    return read


def entries(session: Session, log: str, start: int = 0, stop: int | None = None) -> list[Entry]:
    """Entries ``start`` up to, not including, ``stop``."""
    query = select(EntryRow.data).where(EntryRow.log == log, EntryRow.seq >= start).order_by(EntryRow.seq)
    if stop is not None:
        query = query.where(EntryRow.seq < stop)
    return [Entry.from_bytes(bytes(data)) for data in session.scalars(query)]


def openings(store: Store, session: Session, log: str, start: int = 0) -> dict[str, str]:
    """``commitment -> value`` of what can still be opened."""
    rows = session.execute(
        select(OpeningRow.commitment, OpeningRow.sealed).where(OpeningRow.log == log, OpeningRow.seq >= start)
    )
    return {c: json.loads(store.vault.open(bytes(sealed), f"opening:{c}"))["value"] for c, sealed in rows}


def _copied(world: World) -> World:
    """A copy that can be folded on; sealed rulesets are immutable and shared."""
    memo: dict[int, Any] = {}
    if world.election.rules is not None:
        memo[id(world.election.rules)] = world.election.rules
    copied = World(
        copy.deepcopy(world.office, memo),
        copy.deepcopy(world.campaign, memo),
        copy.deepcopy(world.election, memo),
        world.rules,
    )
    return copied


def _current(store: Store, session: Session, log: Log) -> Folded:
    """The log folded exactly up to the size this session sees.

    A few sizes are kept: a writer has folded its own entry before it is committed, while readers still see the log
    without it, and a rolled back entry must leave nothing behind.
    """
    with _lock:
        kept: list[Folded] = store.cache.setdefault(log.id, [])
        for held in kept:
            if (held.size, held.head) == (log.size, log.head):
                return held
        base = max((h for h in kept if h.size < log.size), key=lambda h: h.size, default=Folded())
        new = entries(session, log.id, base.size, log.size)
        erased = any(entry.act == "retention.destroy" for entry in new)
        rewound = bool(base.size) and new[0].prev != base.head  # what was folded was rolled back, or restored over
        if erased or rewound:  # nothing that was erased is remembered here
            base, kept, new = Folded(), [], entries(session, log.id, 0, log.size)
        fresh = Folded(log.size, log.head, _copied(base.world))
        fresh.world.rules = ruleset_reader(store, session)
        opened = openings(store, session, log.id, base.size)
        for entry in new:
            _advance(store, session, fresh.world, entry)
            fold(fresh.world, [entry], opened)
        store.cache[log.id] = [*kept[-2:], fresh]
        return fresh


def _advance(store: Store, session: Session, world: World, entry: Entry) -> None:
    """Bring the other logs to where this entry saw them, so that a replay judges as the writer did."""
    if entry.kind != "election":
        return
    for log, seen in entry.seen.items():
        other = session.get(Log, log)
        if other is None:
            continue
        at: Office | Campaign = world.office if other.kind == "office" else world.campaign
        if at.size < seen["size"]:
            fold(world, entries(session, log, at.size, seen["size"]), openings(store, session, log, at.size))


def office_log(session: Session) -> Log | None:
    return session.scalars(select(Log).where(Log.kind == "office")).first()


def world_of(store: Store, session: Session, log_id: str | None = None) -> World:
    """The world of a log as it is now: its own facts with the current campaign and office. Raises Gone."""
    world = World(rules=ruleset_reader(store, session))
    office = office_log(session)
    if office is not None:
        world.office = _current(store, session, office).world.office
    if log_id is None:
        return world
    log = session.get(Log, log_id)
    if log is None:
        raise Gone(log_id)
    if log.kind == "campaign":
        world.campaign = _current(store, session, log).world.campaign
    elif log.kind == "election":
        world.election = _current(store, session, log).world.election
        campaign = session.get(Log, log.campaign)
        if campaign is not None:
            world.campaign = _current(store, session, campaign).world.campaign
    return world


def replaying(
    store: Store, session: Session, log: Log, opened: Mapping[str, str] | None = None
) -> Iterator[tuple[Entry, World]]:
    """Each entry of a log with the facts after it, folded from nothing, past any cache."""
    world = World(rules=ruleset_reader(store, session))
    opened = openings(store, session, log.id) if opened is None else opened
    query = select(EntryRow.data).where(EntryRow.log == log.id).order_by(EntryRow.seq)
    for data in session.scalars(query.execution_options(yield_per=500)):
        entry = Entry.from_bytes(bytes(data))
        _advance(store, session, world, entry)
        yield entry, fold(world, [entry], opened)


def replayed(store: Store, session: Session, log: Log) -> Election | Campaign | Office:
    """The facts of a log folded from nothing."""
    world = World()
    for _, world in replaying(store, session, log):  # noqa: B007 the last of them
        pass
    return world.at(log.kind)


def held(store: Store, log: Log) -> World | None:
    """The facts of a log as the cache has them at its size, if it has."""
    with _lock:
        kept: list[Folded] = store.cache.get(log.id, [])
        return next((f.world for f in kept if (f.size, f.head) == (log.size, log.head)), None)
