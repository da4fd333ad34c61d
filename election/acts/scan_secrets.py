"""Opening what a scanned box has sealed: its decisions and sum once the count is closed, a pack once it is drawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from election.acts.perform import Command, commit_within
from election.process.facts import Round
from election.process.machine import SERVER
from election.process.scanning import ContestFigures, OpenScan, RecordRecount, sheets_open
from election.process.world import World
from election.record.entry import Entry
from election.store.database import Store
from election.store.tables import ScanPackRow, ScanSecret
from election.store.worlds import world_of


def belongs(log: str, number: int, box: str) -> str:
    return f"scan_secret:{log}:{number}:{box}"


def keep(store: Store, session: Session, log: str, number: int, box: str, content: dict[str, Any]) -> None:
    sealed = store.vault.seal_json(content, belongs(log, number, box))
    session.add(ScanSecret(log=log, round=number, box=box, sealed=sealed))
    session.flush()


def secret(store: Store, session: Session, log: str, number: int, box: str) -> dict[str, Any] | None:
    row = session.get(ScanSecret, (log, number, box))
    if row is None:
        return None
    content: dict[str, Any] = store.vault.open_json(bytes(row.sealed), belongs(log, number, box))
    return content


def open_closed(store: Store, session: Session, log: str, box: str, occurred_on: date, now: datetime) -> list[Entry]:
    """Within a transaction: open the scan of a box whose last sheet has just been opened.

    With the last box of the round goes what told whether a picture had been read before.
    """
    entries = _opened(store, session, log, box, occurred_on, now)
    world = world_of(store, session, log)
    this = world.election.round
    if this is not None and all(_counted(world, this, each) for each in this.boxes):
        forget_pages(store, session, log, len(world.election.rounds))
    return entries


def _counted(world: World, this: Round, box: str) -> bool:
    """Nothing of a box is to be read any more: its count is closed, its scan open where it has one."""
    scan = this.scans.get(box)
    return sheets_open(this, box) and (scan.figures is not None if scan else world.election.counting == "hand")


def forget_pages(store: Store, session: Session, log: str, number: int) -> None:
    """The digests of pages, in the packs of a round that is counted."""
    for row in session.scalars(select(ScanPackRow).where(ScanPackRow.log == log, ScanPackRow.round == number)):
        content = store.vault.open_json(bytes(row.sealed), f"scan_pack:{row.id}")
        row.sealed = store.vault.seal_json(content | {"digests": []}, f"scan_pack:{row.id}")


def _opened(store: Store, session: Session, log: str, box: str, occurred_on: date, now: datetime) -> list[Entry]:
    world = world_of(store, session, log)
    this = world.election.round
    scan = this.scans.get(box) if this is not None else None
    if this is None or scan is None or scan.figures is not None or not sheets_open(this, box):
        return []
    content = secret(store, session, log, len(world.election.rounds), box)
    if content is None:
        return []
    act = OpenScan(box=box, salt=content["salt"], figures=content["figures"], decisions=content["decisions"])
    return [commit_within(store, session, Command(log, act, SERVER, occurred_on), now)]


def pack_opened(store: Store, session: Session, world: World, log: str, act: RecordRecount) -> dict[str, Any]:
    """What opens the drawn pack that an act names: for its filled fields; empty where it is not to be opened."""
    this = world.election.round
    if this is None or this.recount is None or (act.box, act.pack) not in this.recount.drawn:
        return {}
    content = secret(store, session, log, len(world.election.rounds), act.box)
    if content is None:
        return {}
    pack = content["packs"][str(act.pack)]
    machine = tuple(ContestFigures.model_validate(f) for f in pack["figures"])
    return {"salt": pack["salt"], "machine": machine}
