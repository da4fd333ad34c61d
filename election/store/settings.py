"""Few facts of this home that are no part of any record: how far a demonstration's clocks are moved."""

from __future__ import annotations

from datetime import timedelta

from election.store.database import Store
from election.store.tables import Setting

OFFSET = "demo_clock_offset"


def _key(street: str) -> str:
    return f"{OFFSET}:{street}" if street else OFFSET


def governing(store: Store, path: str) -> str:
    """The street (``district/street``) of a place, where it stands at a day of its own; else blank."""
    street = "/".join(path.split("/")[:2]) if "/" in path else ""
    with store.read() as session:
        return street if street and session.get(Setting, _key(street)) is not None else ""


def demonstration_offset(store: Store, path: str = "") -> timedelta:
    """How far the demonstration's date is from the clock's at a place; zero in a real election.

    ``path`` is ``district/street/community`` or shorter: a street may stand at a day of its own.
    """
    key = _key(governing(store, path))
    with store.read() as session:
        row = session.get(Setting, key)
        return timedelta(seconds=int(row.value)) if row is not None else timedelta()


def set_demonstration_offset(store: Store, offset: timedelta, street: str = "") -> None:
    """Move the demonstration's date, everywhere or for one street (``district/street``)."""
    with store.write() as session:
        session.merge(Setting(key=_key(street), value=str(int(offset.total_seconds()))))
