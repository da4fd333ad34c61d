"""Tries at something that must not be guessed: counted per day in the database, so that all workers count together.

A bucket is named by what is limited (a login, an address); the table holds only its keyed hash. After a few free tries
each failure doubles the wait, up to a ceiling: a delay that grows, never a lock (ASVS 6.1.1, 6.3.1). Days are UTC.
A try counts as failed from its beginning until it is known to be right, so that many at once wait for each other.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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


@dataclass(frozen=True)
class Taken:
    """A try that may be made now, ``seconds`` 0, and is counted; or one that may be made only in so many seconds."""

    seconds: int
    day: date
    #: of each bucket before: its count, and the second of its last try
    before: tuple[tuple[int, int | None], ...] = ()


def take(store: Store, buckets: list[Bucket], now: datetime) -> Taken:
    """A try counts from here on, unless it has to wait."""
    for _ in range(9):
        with suppress(IntegrityError):  # somebody else wrote the day's first try, or one after a success, in between
            return _take(store, buckets, now)
    return _take(store, buckets, now)


def _take(store: Store, buckets: list[Bucket], now: datetime) -> Taken:
    day = now.date()
    with store.write() as session:
        session.execute(delete(Tries).where(Tries.day < (now - KEPT).date()))
        counts = [_locked(store, session, bucket, day) for bucket in buckets]
        lasts = [session.get(Tries, (day, _key(store, bucket, "second"))) for bucket in buckets]
        for last in filter(None, lasts):  # of a clock that was put back since: who waits, waits from now
            last.count = min(last.count, _second(now))
        before = tuple(
            (c.count, last.count if last is not None else None) for c, last in zip(counts, lasts, strict=True)
        )
        pauses = [_pause(bucket, *one, now) for bucket, one in zip(buckets, before, strict=True)]
        if seconds := max(pauses, default=0):
            return Taken(seconds, day)
        for bucket, count in zip(buckets, counts, strict=True):
            count.count += 1
            session.merge(Tries(day=day, key=_key(store, bucket, "second"), count=_second(now)))
    return Taken(0, day, before)


def _locked(store: Store, session: Session, bucket: Bucket, day: date) -> Tries:
    """The day's count, which nobody else changes now. It is made before the next one is locked: all lock in one order."""
    key = _key(store, bucket, "count")
    found = session.get(Tries, (day, key), with_for_update=True)
    if found is None:
        found = Tries(day=day, key=key, count=0)
        session.add(found)
        session.flush()
    return found


def _pause(bucket: Bucket, failures: int, last: int | None, now: datetime) -> int:
    if last is None or failures <= bucket.free:
        return 0
    pause: int = min(2 ** min(failures - bucket.free, 20), bucket.longest)
    return max(last + pause - _second(now), 0)


def right(store: Store, buckets: list[Bucket], taken: Taken) -> None:
    """The try was right: it is not counted any more, and where nobody tried since, nobody waits for it."""
    with store.write() as session:
        for bucket, (failures, last) in zip(buckets, taken.before, strict=True):
            count = session.get(Tries, (taken.day, _key(store, bucket, "count")), with_for_update=True)
            if count is None or count.count == 0:  # a success has forgotten it
                continue
            count.count -= 1
            if count.count == failures and last is not None:
                session.merge(Tries(day=taken.day, key=_key(store, bucket, "second"), count=last))


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
