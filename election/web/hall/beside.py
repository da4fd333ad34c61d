"""A scan that stands beside two hand entries: whether it is there yet, and where it found something else than the hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from election.process.tally import check_differs
from election.process.world import World
from election.web.hall.differences import Cell, compared
from election.web.hall.where import Where

#: ``missing`` until its box is sealed and every sheet of it open; ``explained`` where a scrutineer has said why it differs
State = Literal["", "missing", "differs", "explained"]


@dataclass(frozen=True)
class Beside:
    state: State
    #: what the hands found and what the scan found, where they differ
    cells: list[Cell]


def state(world: World, contest: str, box: str) -> State:
    """Of one sheet that both hands agree on; blank where no scan is to stand beside it, or where it agrees."""
    this = world.election.round
    sheet = this.sheets.get((contest, box)) if this is not None else None
    if this is None or sheet is None or sheet.final is None or world.election.counting != "check":
        return ""
    scan = this.scans.get(box)
    if scan is None or scan.figures is None:
        return "missing"
    if check_differs(world, contest, box):
        return "differs"
    return "explained" if scan.explained.get(contest) == sheet.sha256 else ""


def standing(here: Where) -> Beside:
    found = state(here.world, here.contest.id, here.box)
    scan = here.this.scans.get(here.box)
    if (
        found in ("", "missing")
        or scan is None
        or scan.figures is None
        or here.sheet is None
        or here.sheet.final is None
    ):
        return Beside(found, [])
    return Beside(found, compared(here, here.sheet.final, scan.figures[here.contest.id]))
