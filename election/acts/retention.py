"""What ``retention.destroy`` destroys: how much there is of it, and the rows that go with the entry."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from election.acts import scans
from election.acts.perform import Rows
from election.process.after import Destroy, lists_left
from election.process.world import World
from election.record.entry import Entry
from election.store import erasing
from election.store.database import Store


def filled(session: Session, world: World, log: str, act: Destroy) -> dict[str, Any]:
    """Openings, files or boxes that are still kept, and the papers that go with the openings."""
    if act.what == "ballots":
        return {"number": sum(len(this.boxes) for this in world.election.rounds)}
    if act.what == "files":
        return {"number": erasing.files_kept(session, log)}
    return {"number": erasing.openings_kept(session, log), "lists": tuple(lists_left(world.election))}


def rows(store: Store, log: str, act: Destroy) -> Rows:
    """What is erased in the act's own transaction; paper ballots are destroyed by hand, and their scans with them."""

    def erase(session: Session, _: Entry) -> None:
        if act.what == "ballots":
            scans.destroy(session, log)
        elif act.what == "files":
            erasing.files(store, session, log)
        else:
            erasing.personal(store, session, log, act.lists)
        session.info["erased"] = True

    return erase
