"""Few facts of this home that are no part of any record: how far a demonstration's clock is moved."""

from __future__ import annotations

from datetime import timedelta

from election.store.database import Store
from election.store.tables import Setting

OFFSET = "demo_clock_offset"


def demonstration_offset(store: Store) -> timedelta:
    """How far the demonstration's date is from the clock's; zero in a real election."""
    with store.read() as session:
        row = session.get(Setting, OFFSET)
        return timedelta(seconds=int(row.value)) if row is not None else timedelta()


def set_demonstration_offset(store: Store, offset: timedelta) -> None:
    with store.write() as session:
        session.merge(Setting(key=OFFSET, value=str(int(offset.total_seconds()))))
