"""Destroying what was kept long enough: openings and people, or the contents of attachments. Entries are never touched."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from election.store.database import Store
from election.store.people import Resident, person_values
from election.store.tables import Blob, Log, OpeningRow, Person, RollRow
from election.store.worlds import entries


def personal(store: Store, session: Session, log: str) -> None:
    """Erase what opens this log's commitments, posted values apart, and the people of its roll."""
    session.execute(delete(OpeningRow).where(*_unposted(log)))
    for row in session.scalars(select(Person).join(RollRow, RollRow.person == Person.id).where(RollRow.log == log)):
        nobody = person_values(store, row.community, row.id, Resident("", group=row.group))
        session.execute(update(Person).where(Person.id == row.id).values(**nobody | {"name_index": ""}))
    session.execute(update(RollRow).where(RollRow.log == log).values(salt=b""))


def files(session: Session, log: str) -> None:
    """Erase the contents of this log's attachments that no other log has sealed too."""
    chosen = _attached(session, log)
    for other in session.scalars(select(Log.id).where(Log.id != log)):
        chosen -= _attached(session, other)
    session.execute(delete(Blob).where(Blob.sha256.in_(chosen)))


def openings_kept(session: Session, log: str) -> int:
    """How many openings ``personal`` would erase."""
    return session.scalar(select(func.count()).select_from(OpeningRow).where(*_unposted(log))) or 0


def files_kept(session: Session, log: str) -> int:
    """How many attachments of this log still have their contents."""
    kept = select(func.count()).select_from(Blob).where(Blob.sha256.in_(_attached(session, log)))
    return session.scalar(kept) or 0


def _unposted(log: str) -> tuple[ColumnElement[bool], ...]:
    return OpeningRow.log == log, OpeningRow.posted.is_(False)


def _attached(session: Session, log: str) -> set[str]:
    found = entries(session, log)
    papers = {paper["sha256"] for entry in found for paper in entry.papers}
    return {attachment["sha256"] for entry in found for attachment in entry.attachments} - papers
