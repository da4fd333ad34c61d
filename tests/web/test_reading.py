"""What is asked for with GET changes nothing: every address of the map, opened by every role that may, on a told store."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from election.store.database import Store
from election.store.tables import Base, CheckpointRow, Log, Paper

from .hall_town import OTHER, VOTES, Hall, Once
from .hall_town import hall_once as hall_once
from .test_bad_input import Scene
from .test_tally_photos import PHOTO, committed, entered

#: column, or table, that reading may change, and why
MAY = {
    "session.seen_at": "a session ends when it was not used for a while",
    "tries": "papers looked up by their code are counted, so that nobody tries them all",
    "checkpoint": "the server signs the state that a form to be signed, or a witness's request, bears: over what is there",
}
#: what is asked for too and has nothing to show at these moments: it leads elsewhere, or is of a second factor, a box that
#: is scanned, a pack that was drawn, a photo or a sheet that is settled, a roll under way, a wall, many that wait, a witness
NOT_REACHED = {
    "access.home", "access.second_code", "access.second_factor", "committee.absent", "committee.roll_check",
    "committee.roll_report", "committee.witness_request", "district.many", "hall.calling", "hall.doubt",
    "hall.doubt_picture", "hall.public_wall", "hall.recount", "hall.recount_pack", "hall.scan_again", "hall.scan_close", "hall.sheet_photo",
    "hall.sign_sheet",
}  # fmt: skip


def kept(store: Store) -> dict[str, list[str]]:
    """Every row of every table, but for what reading may change."""
    with store.snapshot() as connection:
        return {
            name: sorted(
                repr(tuple(row))
                for row in connection.execute(select(*(c for c in table.columns if f"{name}.{c.name}" not in MAY)))
            )
            for name, table in Base.metadata.tables.items()
            if name not in MAY
        }


def sizes(store: Store) -> dict[str, int]:
    with store.read() as session:
        return {row.id: row.size for row in session.execute(select(Log.id, Log.size))}


def checkpoints(store: Store) -> set[tuple[str, int]]:
    with store.read() as session:
        return {(row.log, row.size) for row in session.execute(select(CheckpointRow.log, CheckpointRow.size))}


def typed(hall: Hall) -> None:
    """The box is open; a teller has typed a sheet, which is to be read back."""
    hall.opened()
    assert hall.browser("teller1").post(hall.tally, {**hall.sheet(VOTES), "_go": "next"}).status == 302


def differing(hall: Hall) -> None:
    """Two tellers have entered sheets that differ, each with a photo."""
    for teller, votes in (("teller1", VOTES), ("teller2", OTHER)):
        assert entered(hall, teller, votes, PHOTO).status == 302


def opened(scene: Scene, done: set[str]) -> set[str]:
    """Open every address whose page is not ``done``, and compare. Returns the pages that were shown."""
    hall, where = scene.hall, scene.map()
    with hall.store.read() as session:
        paper = session.scalars(select(Paper.sha256).where(Paper.log == hall.log).limit(1)).one()
    where.parts |= {
        "number": ["0", "1"],
        "seq": ["3", *map(str, committed(hall))],
        "step": ["party.meeting", "residents.prospective"],
        "sha256": [paper],
        "kind": ["prospective_list", "sign_in_sheet", "ballot_control", "ballot_packs", "layout"],
        "name": ["nobody"],
    }
    for login in where.accounts:  # everybody is signed in before anything is compared
        where.client(login)
    before, shown, changed = kept(hall.store), set[str](), list[str]()
    for rule in where.rules("GET"):
        for address, given in where.addresses(rule) if rule.endpoint not in done else ():
            for login in where.may(rule, given)[: 1 if given.keys() & {"code", "kind"} else None]:
                with where.client(login).get(address) as answer:
                    assert answer.status_code < 500, (login, address)
                    if answer.status_code == 200:
                        shown.add(rule.endpoint)
        if (now := kept(hall.store)) != before:
            changed.append(f"{rule.rule}: {', '.join(name for name in now if now[name] != before[name])}")
            before = now
    assert changed == []
    return shown


@pytest.mark.each_engine
def test_no_address_that_is_opened_changes_anything(hall_once: dict[str, Once], tmp_path: Path) -> None:
    scene = Scene(tmp_path, hall_once["vote"])
    store, shown, made = scene.hall.store, set[str](), set[tuple[str, int]]()
    for happens in (lambda hall: None, typed, differing):
        happens(scene.hall)
        signed = checkpoints(store)
        shown |= opened(scene, shown)
        new = checkpoints(store) - signed
        assert all(sizes(store)[log] == size for log, size in new), "signed is what a log holds, and held already"
        made |= new
    assert made
    assert sorted({rule.endpoint for rule in scene.map().rules("GET")} - shown) == sorted(NOT_REACHED)
    store.close()
