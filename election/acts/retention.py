"""What ``retention.destroy`` destroys: how much there is of it, and the rows that go with the entry."""

from __future__ import annotations

from sqlalchemy.orm import Session

from election.acts import scans
from election.acts.perform import Rows
from election.process.after import Destroy
from election.process.world import World
from election.store import erasing
from election.store.database import Store


def number(session: Session, world: World, log: str, act: Destroy) -> int:
    """Openings, files or boxes that are still kept."""
    if act.what == "ballots":
        return sum(len(this.boxes) for this in world.election.rounds)
    return erasing.openings_kept(session, log) if act.what == "personal" else erasing.files_kept(session, log)


def rows(store: Store, log: str, act: Destroy) -> Rows | None:
    """What is erased in the act's own transaction; paper ballots are destroyed by hand, and their scans with them."""
    if act.what == "ballots":
        return lambda session, _: scans.destroy(session, log)
    if act.what == "personal":
        return lambda session, _: erasing.personal(store, session, log)
    return (lambda session, _: erasing.files(session, log)) if act.what == "files" else None
