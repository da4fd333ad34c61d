"""Tries at something that must not be guessed: counted per day in the database, so that all workers count together.

A bucket is named by what is limited (a login, an address); the table holds only its keyed hash. After a few free tries
each failure doubles the wait, up to a ceiling: a delay that grows, never a lock (ASVS 6.1.1, 6.3.1). Days are UTC.
A try counts as failed from its beginning until it is known to be right, so that many at once wait for each other.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
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


def take(store: Store, buckets: list[Bucket], now: datetime) -> int:
    """0 where a try may be made now, which is then counted; else the seconds until then."""
    for _ in range(9):
        with suppress(IntegrityError):  # somebody else wrote the day's first try, or one after a success, in between
            return _take(store, buckets, now)
    return _take(store, buckets, now)


def _take(store: Store, buckets: list[Bucket], now: datetime) -> int:
    with store.write() as session:
        session.execute(delete(Tries).where(Tries.day < (now - KEPT).date()))
        counts = [_locked(store, session, bucket, now) for bucket in buckets]
        pauses = [_pause(store, session, b, n, now) for b, n in zip(buckets, counts, strict=True)]
        if seconds := max(pauses, default=0):
            return seconds
        for bucket, count in zip(buckets, counts, strict=True):
            count.count += 1
            session.merge(Tries(day=now.date(), key=_key(store, bucket, "second"), count=_second(now)))
    return 0


def _locked(store: Store, session: Session, bucket: Bucket, now: datetime) -> Tries:
    """The day's count, which nobody else changes now. It is made before the next one is locked: all lock in one order."""
    key = _key(store, bucket, "count")
    found = session.get(Tries, (now.date(), key), with_for_update=True)
    if found is None:
        found = Tries(day=now.date(), key=key, count=0)
        session.add(found)
        session.flush()
    return found


def _pause(store: Store, session: Session, bucket: Bucket, failures: Tries, now: datetime) -> int:
    last = session.get(Tries, (now.date(), _key(store, bucket, "second")))
    if last is None or failures.count <= bucket.free:
        return 0
    pause: int = min(2 ** min(failures.count - bucket.free, 20), bucket.longest)
    return max(last.count + pause - _second(now), 0)


def right(store: Store, buckets: list[Bucket], now: datetime) -> None:
    """The try was right: it is not counted any more."""
    with store.write() as session:
        for bucket in buckets:
            this = (Tries.day == now.date(), Tries.key == _key(store, bucket, "count"), Tries.count > 0)
            session.execute(update(Tries).where(*this).values(count=Tries.count - 1))


def succeeded(store: Store, bucket: Bucket) -> None:
    """A success forgets the failures of its bucket."""
    with store.write() as session:
        for part in ("count", "second"):  # the count is the lock
            session.execute(delete(Tries).where(Tries.key == _key(store, bucket, part)))


def _key(store: Store, bucket: Bucket, part: str) -> str:
    return store.vault.index("tries", bucket.purpose, bucket.value, part)


def _second(now: datetime) -> int:
    """Second of the day."""
    return now.hour * 3600 + now.minute * 60 + now.second
