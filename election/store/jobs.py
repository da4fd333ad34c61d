"""Work too long for a page: who asked for what, how far it is, and its result, encrypted until it is fetched.

A job lives in a process of its own and says how far it is; one that has not been heard of for a while has died, and can be
started again. The clock here is the machine's, whatever day the election has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from election.store.database import Store
from election.store.tables import Job

#: a job not heard of for so long has died with its process
SILENT = timedelta(minutes=2)
#: how long a result waits to be fetched
KEPT = timedelta(hours=12)

State = Literal["waiting", "running", "done", "failed", "died", "fetched"]


@dataclass(frozen=True)
class Standing:
    """Where a job is; ``why`` is the line of one that failed, in Chinese and below it in English, ``heard`` when it was last heard of: its end, once done."""

    id: str
    state: State
    done: int
    total: int
    why: str
    until: datetime
    heard: datetime

    @property
    def alive(self) -> bool:
        return self.state in ("waiting", "running")


def begin(store: Store, log: str, kind: str, account: str, now: datetime) -> tuple[str, bool]:
    """The job of this kind that is under way, or a new one; and whether it is new and waits to be started."""
    with store.write() as session:
        session.execute(delete(Job).where(Job.until < now))
        row = _latest(session, log, kind)
        if row is not None and _standing(row, now).alive:
            return row.id, False
        if row is not None:
            session.delete(row)
        made = Job(
            id=str(uuid4()),
            log=log,
            kind=kind,
            account=account,
            state="waiting",
            done=0,
            total=0,
            why="",
            started_at=now,
            seen_at=now,
            until=now + KEPT,
        )
        session.add(made)
        return made.id, True


def standing(store: Store, log: str, kind: str, now: datetime) -> Standing | None:
    """The last job of this kind; None where there is none, or its result's time is over."""
    with store.read() as session:
        row = _latest(session, log, kind)
        return None if row is None or row.until < now else _standing(row, now)


def described(store: Store, job: str) -> tuple[str, str] | None:
    """The log and kind of a job that waits to be done."""
    with store.read() as session:
        row = session.get(Job, job)
        return None if row is None or row.state != "waiting" else (row.log, row.kind)


def advance(store: Store, job: str, done: int, total: int, now: datetime) -> None:
    """The job lives, and is so far."""
    with store.write() as session:
        row = session.get(Job, job)
        if row is not None:
            row.state, row.done, row.total, row.seen_at = "running", done, total, now


def finish(store: Store, job: str, result: bytes, now: datetime) -> None:
    with store.write() as session:
        row = session.get(Job, job)
        if row is not None:
            row.state, row.sealed, row.seen_at = "done", store.vault.seal_blob(result, f"job:{job}"), now
            row.until = now + KEPT


def fail(store: Store, job: str, why: str, now: datetime) -> None:
    with store.write() as session:
        row = session.get(Job, job)
        if row is not None:
            row.state, row.why, row.seen_at = "failed", why, now


def fetch(store: Store, log: str, kind: str, now: datetime) -> bytes | None:
    """The result, once: it is gone when it has been given out. None where there is none."""
    with store.write() as session:
        row = _latest(session, log, kind)
        if row is None or row.sealed is None or row.until < now:
            return None
        sealed, row.sealed, row.state = bytes(row.sealed), None, "fetched"
        return store.vault.open_blob(sealed, f"job:{row.id}")


def _latest(session: Session, log: str, kind: str) -> Job | None:
    query = select(Job).where(Job.log == log, Job.kind == kind).order_by(Job.started_at.desc())
    return session.scalars(query).first()


def _standing(row: Job, now: datetime) -> Standing:
    state = row.state
    if state in ("waiting", "running") and now - row.seen_at > SILENT:
        state = "died"
    return Standing(row.id, state, row.done, row.total, row.why, row.until, row.seen_at)  # type: ignore[arg-type]
