"""Reads of the record for pages: what was posted of it, and which papers it has sealed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from election.store.database import Store
from election.store.tables import OpeningRow, Paper


def posted(store: Store, session: Session, log: str, seqs: Iterable[int]) -> dict[str, str]:
    """``commitment -> value`` of what these entries posted, and of nothing else."""
    rows = session.execute(
        select(OpeningRow.commitment, OpeningRow.sealed).where(
            OpeningRow.log == log, OpeningRow.seq.in_(list(seqs)), OpeningRow.posted.is_(True)
        )
    )
    return {c: store.vault.open_json(bytes(sealed), f"opening:{c}")["value"] for c, sealed in rows}


def sealed_kind(session: Session, digest: str, logs: Iterable[str]) -> str | None:
    """The kind of the paper with this SHA-256 in one of these logs; None where none of them has sealed it."""
    query = select(Paper.kind).where(Paper.sha256 == digest, Paper.log.in_(list(logs)))
    return session.scalars(query).first()
