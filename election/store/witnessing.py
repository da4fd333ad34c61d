"""Checkpoints as they are handed out: the server's note with the cosignatures that came back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from election.record import cosignature, tree
from election.store.tables import CheckpointRow, CosignatureRow, EntryRow


def lines(session: Session, log: str, size: int | None = None) -> list[bytes]:
    """The exact bytes of a log's entries, of its first ``size`` or of all."""
    query = select(EntryRow.data).where(EntryRow.log == log).order_by(EntryRow.seq)
    if size is not None:
        query = query.where(EntryRow.seq < size)
    return [bytes(data) for data in session.scalars(query)]


def cosigned(session: Session, row: CheckpointRow) -> str:
    """The checkpoint with its cosignatures, by witness."""
    query = select(CosignatureRow.line).where(CosignatureRow.log == row.log, CosignatureRow.size == row.size)
    return cosignature.added(row.note, "".join(session.scalars(query.order_by(CosignatureRow.witness))))


def reached(session: Session, log: str) -> dict[str, int]:
    """Witness -> the largest checkpoint of this log that they cosigned."""
    query = select(CosignatureRow.witness, func.max(CosignatureRow.size)).where(CosignatureRow.log == log)
    return {row[0]: row[1] for row in session.execute(query.group_by(CosignatureRow.witness))}


def holds(session: Session, log: str, size: int, root: bytes) -> bool:
    """Whether the log's first ``size`` entries have this root."""
    found: Sequence[bytes] = lines(session, log, size)
    return len(found) == size and tree.root(found) == root
