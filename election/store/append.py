"""Appending to a log: entry, openings, papers, attachments, projections, checkpoint, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from election.process.steps import task_list
from election.process.world import World
from election.record.entry import Entry
from election.record.note import Checkpoint, origin, sign
from election.record.seal import Opening
from election.record.tree import root
from election.store.database import Store
from election.store.tables import Blob, CheckpointRow, EntryRow, Log, OpeningRow, Paper, StepRow


class Moved(Exception):
    """The log has grown since the act was judged: judge it again."""


@dataclass(frozen=True)
class Content:
    """Bytes that an entry seals by their hash."""

    data: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


def lock(store: Store, session: Session, log: Log) -> None:
    """Take the pen of this log until the transaction ends; what was read of it before is read again."""
    if store.take_pen(session, log.id):
        session.refresh(log)


def append(
    store: Store, session: Session, entry: Entry, opened: Sequence[tuple[Opening, bool]], contents: Sequence[Content]
) -> None:
    """Write one entry. Raises Moved when it does not continue the log's head."""
    log = session.get_one(Log, entry.log)
    if log.size != entry.seq or log.head != entry.prev:
        raise Moved(entry.log)
    session.add(EntryRow(log=entry.log, seq=entry.seq, hash=entry.hash, data=entry.to_bytes()))
    for opening, posted in opened:
        opened_by = json.dumps({"salt": opening.salt.hex(), "value": opening.value}, ensure_ascii=False).encode()
        session.add(
            OpeningRow(
                commitment=opening.commitment,
                log=entry.log,
                seq=entry.seq,
                posted=posted,
                sealed=store.vault.seal(opened_by, f"opening:{opening.commitment}"),
            )
        )
    for content in contents:
        keep(store, session, content)
    for number, paper in enumerate(entry.papers):
        session.add(
            Paper(
                log=entry.log,
                seq=entry.seq,
                place=number,
                kind=paper["kind"],
                number=str(paper["number"] or ""),
                sha256=paper["sha256"],
            )
        )
    log.size, log.head = entry.seq + 1, entry.hash
    session.info.setdefault("heads", {})[log.id] = (log.size, log.head)
    session.flush()


def keep(store: Store, session: Session, content: Content) -> None:
    """Store bytes once, encrypted, under their hash."""
    digest = content.sha256
    if session.get(Blob, digest) is None:
        session.add(
            Blob(
                sha256=digest,
                media_type=content.media_type,
                size=len(content.data),
                sealed=store.vault.seal_blob(content.data, digest),
            )
        )
        session.flush()


def content_of(store: Store, session: Session, digest: str) -> Content | None:
    row = session.get(Blob, digest)
    return None if row is None else Content(store.vault.open_blob(bytes(row.sealed), digest), row.media_type)


def checkpoint(store: Store, session: Session, log: Log, server_name: str) -> CheckpointRow:
    """Sign the log's size and root as they are now (C2SP signed note)."""
    existing = session.get(CheckpointRow, (log.id, log.size))
    if existing is not None:
        return existing
    tree_root = root(
        bytes(d) for d in session.scalars(select(EntryRow.data).where(EntryRow.log == log.id).order_by(EntryRow.seq))
    )
    body = Checkpoint(origin(server_name, log.kind, log.id), log.size, tree_root).body()
    row = CheckpointRow(log=log.id, size=log.size, note=sign(body, server_name, store.vault.server_seed))
    session.add(row)
    session.info.setdefault("notes", {})[log.id] = row.note
    session.flush()
    return row


def step_rows(world: World) -> list[StepRow]:
    """The projection of an election's steps."""
    return [
        StepRow(
            log=world.election.id,
            step=line.step,
            place=place,
            status=line.status.value,
            attempt=line.attempt,
            due=line.due,
            done_on=line.done_on,
            late_days=line.late_days,
        )
        for place, line in enumerate(task_list(world))
    ]


def project_steps(session: Session, world: World) -> None:
    session.execute(delete(StepRow).where(StepRow.log == world.election.id))
    session.add_all(step_rows(world))
    session.flush()


def seen_of(session: Session, log: Log, world: World) -> dict[str, Any]:
    """How far the other logs were in the facts by which an act of this log was judged.

    They may have grown since: on PostgreSQL only this log's pen is held, and each statement sees what others committed.
    """
    sizes: dict[str, int] = {}
    if log.kind != "office":
        sizes = dict.fromkeys(session.scalars(select(Log.id).where(Log.kind == "office")), world.office.size)
    if log.kind == "election" and log.campaign is not None:
        sizes[log.campaign] = world.campaign.size
    return {other: {"size": size, "head": _head(session, other, size)} for other, size in sizes.items()}


def _head(session: Session, log: str, size: int) -> str:
    """The hash of the last of so many entries."""
    last = select(EntryRow.hash).where(EntryRow.log == log, EntryRow.seq == size - 1)
    return session.scalar(last) or ""
