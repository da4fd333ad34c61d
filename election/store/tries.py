"""Tries at something that must not be guessed: counted per day in the database, so that all workers count together.

A bucket is named by what is limited (a login, an address); the table holds only its keyed hash. After a few free tries
each failure doubles the wait, up to a ceiling: a delay that grows, never a lock (ASVS 6.1.1, 6.3.1). Days are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from election.store.database import Store
from election.store.tables import Tries

#: rows of counted tries are kept this long
KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Bucket:
    """What is limited: its purpose and value, tries without a wait, and the longest wait in seconds."""

    purpose: str
    value: str
    free: int
    longest: int


def wait(store: Store, buckets: list[Bucket], now: datetime) -> int:
    """Seconds until the next try is taken; 0 for at once."""
    with store.read() as session:
        return max((_wait(store, session, bucket, now) for bucket in buckets), default=0)


def _wait(store: Store, session: Session, bucket: Bucket, now: datetime) -> int:
    failures = session.get(Tries, (now.date(), _key(store, bucket, "count")))
    last = session.get(Tries, (now.date(), _key(store, bucket, "second")))
    if failures is None or last is None or failures.count <= bucket.free:
        return 0
    pause: int = min(2 ** min(failures.count - bucket.free, 20), bucket.longest)
    return max(last.count + pause - _second(now), 0)


def failed(store: Store, buckets: list[Bucket], now: datetime) -> None:
    """Count one failure in every bucket, and when it was."""
    try:
        _count(store, buckets, now)
    except IntegrityError:  # somebody else wrote the day's first failure in between
        _count(store, buckets, now)


def _count(store: Store, buckets: list[Bucket], now: datetime) -> None:
    with store.write() as session:
        session.execute(delete(Tries).where(Tries.day < (now - KEPT).date()))
        for bucket in buckets:
            count = session.get(Tries, (now.date(), _key(store, bucket, "count")))
            if count is None:
                session.add(Tries(day=now.date(), key=_key(store, bucket, "count"), count=1))
            else:
                count.count = Tries.count + 1  # in the database, so that two at once are two
            session.merge(Tries(day=now.date(), key=_key(store, bucket, "second"), count=_second(now)))


def succeeded(store: Store, bucket: Bucket) -> None:
    """A success forgets the failures of its bucket."""
    keys = [_key(store, bucket, part) for part in ("count", "second")]
    with store.write() as session:
        session.execute(delete(Tries).where(Tries.key.in_(keys)))


def _key(store: Store, bucket: Bucket, part: str) -> str:
    return store.vault.index("tries", bucket.purpose, bucket.value, part)


def _second(now: datetime) -> int:
    """Second of the day."""
    return now.hour * 3600 + now.minute * 60 + now.second
