"""Which tally sheet an address names: contest and box of the round that stands. Anything else is not found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort

from election.process.demands import sheet_signed
from election.process.facts import Contest, Round, Sheet
from election.process.tally import takes_names
from election.process.world import World
from election.store import accounts
from election.store.worlds import Gone
from election.web.context import place, store
from election.web.hall.sheets import Line, lines_of
from election.web.words import _

#: two tellers and a scrutineer
SIGNATURES = 3


@dataclass(frozen=True)
class Where:
    """One sheet of the round that stands."""

    world: World
    this: Round
    contest: Contest
    #: name of the box, and its place among the boxes from 1 on
    box: str
    number: int
    #: None while nobody has entered anything
    sheet: Sheet | None

    @property
    def lines(self) -> list[Line]:
        return lines_of(self.this, self.contest, self.world.election.law)

    @property
    def write_ins(self) -> bool:
        return takes_names(self.this, self.world.election.law)

    @property
    def stamp(self) -> str:
        """Tells this sheet from the same box's sheet of another round, or of before a recount."""
        return f"{len(self.world.election.rounds)}.{self.sheet.restarts if self.sheet else 0}"

    def draft(self, kind: str) -> str:
        """Name of a draft that belongs to this sheet alone."""
        return f"{kind}:{self.stamp}:{self.contest.id[:60]}:{self.number}"

    @property
    def address(self) -> dict[str, Any]:
        return {"election": self.world.election.id, "contest": self.contest.id, "box": self.number}

    @property
    def words(self) -> str:
        return f"{self.contest.office} · {self.box}"


def find(contest: str, box: int) -> Where:
    world = place().world
    this = world.election.round
    found = next((c for c in this.contests if c.id == contest), None) if this else None
    if this is None or found is None or not 1 <= box <= len(this.boxes):
        abort(404)
    name = this.boxes[box - 1]
    return Where(world, this, found, name, box, this.sheets.get((contest, name)))


def state(sheet: Sheet | None) -> str:
    """``nothing``, ``one`` (an entry is in), ``differ``, ``equal`` (no signature yet), ``signing`` or ``signed``."""
    if sheet is None or not sheet.commitments:
        return "nothing"
    if len(sheet.entries) < 2:
        return "one"
    if sheet.final is None:
        return "differ"
    if sheet_signed(sheet.signatures):
        return "signed"
    return "signing" if sheet.signatures else "equal"


def state_words(sheet: Sheet | None) -> str:
    found = state(sheet)
    if found == "signing" and sheet is not None:
        return _("已一致，签名 {has}/{needs}", has=signatures(sheet), needs=SIGNATURES)
    return {
        "nothing": _("未录入"),
        "one": _("一人已录入，已封存"),
        "differ": _("两人录入不同"),
        "equal": _("两人录入一致，待签名"),
        "signed": _("已签齐"),
    }[found]


def signatures(sheet: Sheet) -> int:
    """How many of the three signatures that a sheet needs are there."""
    roles = list(sheet.signatures.values())
    return min(roles.count("teller"), 2) + min(roles.count("scrutineer"), 1)


def name_of(account: str) -> str:
    """Name of whoever has this account."""
    try:
        return accounts.get(store(), account).name
    except Gone:
        return "—"
