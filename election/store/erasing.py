"""Destroying what was kept long enough: openings, people and the papers that list them, or the contents of attachments.

Entries are never touched. Papers and attachments are stored once for all logs that seal the same bytes, and stay as long
as one of them needs them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from election.process.after import Destroy, papers_destroyed
from election.process.sealing import commitments, lasting
from election.record.entry import Entry
from election.store import reach
from election.store.database import Store
from election.store.people import Resident, person_values
from election.store.tables import Blob, Draft, Job, Log, OpeningRow, Person, RollRow
from election.store.worlds import entries


def personal(store: Store, session: Session, log: str, papers: Iterable[str]) -> None:
    """Erase what opens this log's commitments, lasting names apart, the people of its roll, what is
    unfinished, and these papers' bytes."""
    for table in (Draft, Job):  # what somebody was typing, or had made and not fetched, holds names too
        session.execute(delete(table).where(table.log == log))
    for opening in _passing(session, log):
        session.delete(opening)
    session.flush()
    for row in session.scalars(select(Person).join(RollRow, RollRow.person == Person.id).where(RollRow.log == log)):
        nobody = person_values(store, row.community, row.id, Resident("", group=row.group))
        session.execute(update(Person).where(Person.id == row.id).values(**nobody | {"name_index": ""}))
    session.execute(update(RollRow).where(RollRow.log == log).values(salt=b""))
    _contents(store, session, log, set(papers))


def files(store: Store, session: Session, log: str) -> None:
    """Erase the contents of this log's attachments."""
    _contents(store, session, log, _attached(session, log))


def openings_kept(session: Session, log: str) -> int:
    """How many openings ``personal`` would erase."""
    return len(_passing(session, log))


def files_kept(session: Session, log: str) -> int:
    """How many attachments of this log still have their contents."""
    kept = select(func.count()).select_from(Blob).where(Blob.sha256.in_(_attached(session, log)))
    return session.scalar(kept) or 0


def needed(found: Iterable[Entry]) -> set[str]:
    """Digests of the papers and attachments that a log still needs: sealed, and not destroyed since."""
    papers: dict[str, int] = {}
    attached: dict[str, int] = {}
    gone: dict[str, int] = {}
    files_gone = -1
    for entry in found:
        papers |= {paper["sha256"]: entry.seq for paper in entry.papers}
        attached |= {attachment["sha256"]: entry.seq for attachment in entry.attachments}
        gone |= papers_destroyed(entry)
        if entry.act == Destroy.code and entry.payload["what"] == "files":
            files_gone = entry.seq
    left = {digest for digest, seq in papers.items() if seq > gone.get(digest, -1)}
    return left | {digest for digest, seq in attached.items() if seq > files_gone}


def _contents(store: Store, session: Session, log: str, chosen: set[str]) -> None:
    """Erase these contents, but for those that a log still needs; others' logs may be out of this session's sight."""
    chosen = chosen - needed(entries(session, log))
    with reach.everywhere(), store.read() as all_logs:
        for other in all_logs.scalars(select(Log.id).where(Log.id != log)):
            chosen -= needed(entries(all_logs, other))
    session.execute(delete(Blob).where(Blob.sha256.in_(chosen)))


def _passing(session: Session, log: str) -> list[OpeningRow]:
    stay = {c for e in entries(session, log) for c, mark in commitments(e.act, e.payload) if lasting(mark)}
    found = session.scalars(select(OpeningRow).where(OpeningRow.log == log))
    return [opening for opening in found if opening.commitment not in stay]


def _attached(session: Session, log: str) -> set[str]:
    found = entries(session, log)
    papers = {paper["sha256"] for entry in found for paper in entry.papers}
    return {attachment["sha256"] for entry in found for attachment in entry.attachments} - papers
