"""One log held against itself: every entry's hash, the chain, and the last checkpoint that the server signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from election.record.chain import walk
from election.record.entry import ZERO, Entry
from election.record.note import Checkpoint, NoteError, Verifier
from election.record.note import open as open_note
from election.record.tree import root
from election.store.database import Store
from election.store.tables import CheckpointRow, EntryRow, Log


@dataclass(frozen=True)
class Check:
    """What a log says of itself. ``broken`` is the first entry that does not fit, from 0."""

    size: int
    broken: int | None
    #: entries under the last signed checkpoint, 0 if there is none
    signed: int
    checkpoint_good: bool
    #: those that can be read at all, in their order
    entries: tuple[Entry, ...]

    @property
    def good(self) -> bool:
        return self.broken is None and self.checkpoint_good


def check(store: Store, session: Session, log: Log, server_name: str) -> Check:
    """Read a log from its first entry to its head."""
    data, entries, broken = chain(session, log)
    last = session.scalars(
        select(CheckpointRow).where(CheckpointRow.log == log.id).order_by(CheckpointRow.size.desc())
    ).first()
    signed = last.size if last is not None else 0
    good = last is None or _signed(last, data, Verifier(server_name, store.vault.server_public))
    return Check(len(data), broken, signed, good, entries)


class Broken(Exception):
    """A log is not what was appended to it: ``place`` is the first entry that does not fit, from 0."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(f"broken at {place}")


def links(session: Session, log: Log) -> Iterator[tuple[bytes, Entry]]:
    """A log's entries with their bytes, as a stream. Raises Broken at the first that is not the one appended there."""
    query = select(EntryRow.seq, EntryRow.hash, EntryRow.data).where(EntryRow.log == log.id).order_by(EntryRow.seq)
    said, size, head = (-1, ""), 0, ZERO

    def lines() -> Iterator[bytes]:
        nonlocal said
        for seq, hashed, data in session.execute(query.execution_options(yield_per=500)):
            said = (seq, hashed)
            yield bytes(data)

    for data, entry, problem in walk(lines()):
        if problem is not None or entry is None or (entry.log, entry.kind) != (log.id, log.kind):
            raise Broken(size)
        if said != (size, entry.hash):
            raise Broken(size)
        size, head = size + 1, entry.hash
        yield data, entry
    if (size, head) != (log.size, log.head):
        raise Broken(min(size, log.size))


def chain(session: Session, log: Log) -> tuple[list[bytes], tuple[Entry, ...], int | None]:
    """A log's bytes and entries in their order, and the first that is not the one appended there; None if all are."""
    rows = session.execute(
        select(EntryRow.hash, EntryRow.data).where(EntryRow.log == log.id).order_by(EntryRow.seq)
    ).all()
    data = [bytes(row.data) for row in rows]
    walked = list(walk(data))
    entries = tuple(entry for _, entry, _ in walked if entry is not None)
    head = ZERO
    for place, (_, entry, problem) in enumerate(walked):
        if problem is not None or entry is None or (entry.log, entry.hash) != (log.id, rows[place].hash):
            return data, entries, place
        head = entry.hash
    return data, entries, None if (len(data), head) == (log.size, log.head) else min(len(data), log.size)


def _signed(row: CheckpointRow, data: list[bytes], server: Verifier) -> bool:
    """Whether the checkpoint is the server's and of these entries."""
    try:
        body, _names = open_note(row.note, [server])
        said = Checkpoint.parse(body)
    except NoteError:
        return False
    return said.size == row.size <= len(data) and said.root == root(data[: row.size])
