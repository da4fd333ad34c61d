"""The wall 唱票墙: what has been called so far, for everybody in the hall to see. In memory alone, gone with the program.

It holds sums and the ballot called last (what lights up, and what a scrutineer can take back), and while a scanned box
is shown those still to come, shuffled: no order, no time. A ballot counts as ``count`` counts it, so that an over-marked
contest is void on the wall too. The wall is a picture of the calling and not a count: nothing of it goes into the record
or into a tally sheet.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from election import count
from election.acts.order import candidates_in_order, telling_apart
from election.acts.perform import Refused
from election.acts.sheets import document
from election.names.writing import clean_name
from election.process.base import Demand
from election.process.facts import Contest, Round
from election.process.scanning import sheets_open
from election.process.world import World
from election.store.volatile import Document, Volatile

Ballot = Mapping[str, Any]
Sheets = dict[str, Any]
#: nobody guesses it, and everybody can type it: no letter is taken for another
_ALPHABET, _CODE = "23456789abcdefghjkmnpqrstuvwxyz", 8
#: seconds between two ballots that a scanned box shows
PACE = 1.5
#: written names on one wall, and characters of one
MOST_WRITTEN, LONGEST_NAME = 200, 50


@dataclass(frozen=True)
class Line:
    """One person on the wall. ``fresh`` counts the votes that came with the last call."""

    name: str
    votes_for: int
    against: int
    abstain: int
    fresh: int = 0
    note: str = ""
    written: bool = False


@dataclass(frozen=True)
class Section:
    id: str
    office: str
    seats: int
    lines: tuple[Line, ...]
    invalid: int


@dataclass(frozen=True)
class View:
    """What stands on the wall now."""

    version: int
    called: int
    issued: int
    returned: int
    sections: tuple[Section, ...]
    calling: bool

    @property
    def left(self) -> int:
        return max(self.returned - self.called, 0)


def _key(log: str) -> str:
    return f"wall:{log}"


# --- opening and closing ---------------------------------------------------------------------------------------------


def opening_demands(world: World) -> list[Demand]:
    """What must be done before anything can be called: ballots accounted for, a box open, no result yet."""
    this = world.election.round
    found = [
        Demand("ballot.accounted", this is not None and this.account is not None, act="ballot.account"),
        Demand(
            "tally.box-open",
            this is not None and bool(this.opened),
            {"box": this.boxes[0] if this is not None and this.boxes else ""},
            act="tally.open_box",
        ),
        Demand("result.not-announced", this is None or this.answer is None),
    ]
    return [d for d in found if not d.met]


def open_wall(memory: Volatile, world: World, log: str) -> str:
    """Open an empty wall for the round that stands, or find the one that is open; its code. Raises Refused."""
    if against := opening_demands(world):
        raise Refused(against)

    def opened(known: Document | None) -> tuple[Document, str]:
        if known is not None and known["round"] == len(world.election.rounds):
            return known, str(known["code"])
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE))
        return {"code": code, "round": len(world.election.rounds), "version": 0} | _nothing(), code

    code = memory.change(_key(log), opened)
    memory.change(f"wall-code:{code}", lambda _: ({"log": log}, None))
    return code


def _nothing() -> Document:
    return {"called": 0, "sheets": {}, "last": None, "lit": None, "queue": [], "since": 0.0, "shown": []}


def code_of(memory: Volatile, world: World, log: str) -> str:
    """The code of the wall that is open for this round; blank where none is."""
    known = memory.read(_key(log))
    return str(known["code"]) if known is not None and known["round"] == len(world.election.rounds) else ""


def log_of(memory: Volatile, code: str) -> str:
    """The election a wall's code belongs to; blank for no wall."""
    found = memory.read(f"wall-code:{code}")
    return str(found["log"]) if found is not None else ""


def close_wall(memory: Volatile, log: str) -> None:
    """Wipe it."""
    known = memory.read(_key(log))
    memory.drop(_key(log))
    if known is not None:
        memory.drop(f"wall-code:{known['code']}")


# --- calling ---------------------------------------------------------------------------------------------------------


def worth(world: World, this: Round, ballots: Sequence[Ballot]) -> Sheets:
    """What ballots add to the sheets. Raises WrongInput for a ballot that cannot be."""
    return count.count_box(ballots, [document(this, c) for c in this.contests], world.election.law)


def call(memory: Volatile, world: World, log: str, ballot: Ballot) -> tuple[int, list[str]]:
    """Put one ballot on the wall: how many are called now, and the contests in which it is void.

    Raises Refused: no wall, no ballot left to call, a box still being shown, a result announced.
    """
    this = _standing(world)
    one = worth(world, this, [ballot])

    def called(known: Document | None) -> tuple[Document, int]:
        state = _open(world, known)
        returned = int(this.account["returned"]) if this.account else 0
        if state["queue"]:
            raise Refused([Demand("wall.box-shown", False)])
        if state["called"] >= returned:
            raise Refused([Demand("wall.all-called", False, {"returned": returned})])
        sheets = _sum(state["sheets"], one, 1)
        if sum(len(s["write_ins"]) for s in sheets.values()) > MOST_WRITTEN:
            raise Refused([Demand("wall.names", False, {"most": MOST_WRITTEN})])
        state |= {"called": state["called"] + 1, "sheets": sheets, "last": one, "lit": one}
        return _next(state), state["called"]

    return memory.change(_key(log), called), [c.office for c in this.contests if one[c.id]["invalid"]]


def undo(memory: Volatile, world: World, log: str) -> int:
    """Take back the ballot called last. Raises Refused where there is none."""

    def undone(known: Document | None) -> tuple[Document, int]:
        state = _open(world, known)
        if state["last"] is None:
            raise Refused([Demand("wall.last", False)])
        sheets = _sum(state["sheets"], state["last"], -1)
        state |= {"called": state["called"] - 1, "sheets": sheets, "last": None, "lit": None}
        return _next(state), state["called"]

    return memory.change(_key(log), undone)


def withdraw(memory: Volatile, world: World, log: str, ballot: Ballot) -> int:
    """Take back a ballot called earlier, keyed again from the paper. Raises Refused where none like it was called."""
    one = worth(world, _standing(world), [ballot])

    def withdrawn(known: Document | None) -> tuple[Document, int]:
        state = _open(world, known)
        sheets = _sum(state["sheets"], one, -1)
        if state["queue"] or not state["called"] or _negative(sheets):
            raise Refused([Demand("wall.such", False)])
        state |= {"called": state["called"] - 1, "sheets": sheets, "last": None, "lit": None}
        return _next(state), state["called"]

    return memory.change(_key(log), withdrawn)


def show_box(memory: Volatile, world: World, log: str, box: str, ballots: Sequence[Ballot], now: datetime) -> None:
    """Call the ballots of a scanned box one after another, shuffled, ``PACE`` seconds apart; once.

    Not before both entries of the box are in: whoever is to enter it blind would read it off the wall. Raises Refused.
    """
    this = _standing(world)
    if not sheets_open(this, box):
        raise Refused([Demand("scan.sheets-open", False, {"box": box})])
    order = [worth(world, this, [ballot]) for ballot in ballots]
    secrets.SystemRandom().shuffle(order)

    def shown(known: Document | None) -> tuple[Document, None]:
        state = _open(world, known)
        returned = int(this.account["returned"]) if this.account else 0
        if state["queue"]:
            raise Refused([Demand("wall.box-shown", False)])
        if box in state["shown"]:
            raise Refused([Demand("wall.box-once", False, {"box": box})])
        up, more = state["called"], len(order)
        if up + more > returned:
            raise Refused([Demand("wall.room", False, {"called": up, "ballots": more, "returned": returned})])
        return state | {"queue": order, "since": now.timestamp(), "last": None, "shown": [*state["shown"], box]}, None

    memory.change(_key(log), shown)


def _round(world: World) -> Round:
    this = world.election.round
    if this is None:
        raise Refused([Demand("wall.open", False)])
    return this


def _standing(world: World) -> Round:
    this = _round(world)
    if this.answer is not None:
        raise Refused([Demand("result.not-announced", False)])
    return this


def _open(world: World, known: Document | None) -> Document:
    if known is None or known["round"] != len(world.election.rounds):
        raise Refused([Demand("wall.open", False)])
    return dict(known)


def _next(state: Document) -> Document:
    return state | {"version": state["version"] + 1}


# --- looking ---------------------------------------------------------------------------------------------------------


def view(memory: Volatile, world: World, log: str, now: datetime) -> View | None:
    """What the wall shows, or None where none is open for this round."""
    known = memory.read(_key(log))
    this = world.election.round
    if known is None or this is None or known["round"] != len(world.election.rounds):
        return None
    if known["queue"]:
        known = memory.change(_key(log), lambda state: _advanced(state, now))
        if known is None:
            return None
    account = this.account or {"issued": 0, "returned": 0}
    empty = worth(world, this, [])
    sections = tuple(_section(world, c, known["sheets"] or empty, known["lit"] or {}) for c in this.contests)
    return View(
        version=known["version"],
        called=known["called"],
        issued=int(account["issued"]),
        returned=int(account["returned"]),
        sections=sections,
        calling=this.answer is None,
    )


def _advanced(state: Document | None, now: datetime) -> tuple[Document | None, Document | None]:
    """As many ballots of the scanned box as are due by now."""
    if state is None:
        return None, None
    due = min(int((now.timestamp() - state["since"]) / PACE), len(state["queue"]))
    if due <= 0:
        return state, state
    lit: Sheets = {}
    for one in state["queue"][:due]:
        lit = _sum(lit, one, 1)
    sheets = _sum(state["sheets"], lit, 1)
    moved = state | {
        "queue": state["queue"][due:],
        "since": state["since"] + due * PACE,
        "called": state["called"] + due,
        "sheets": sheets,
        "lit": lit,
    }
    moved = _next(moved)
    return moved, moved


def _section(world: World, of: Contest, sheets: Sheets, lit: Sheets) -> Section:
    this = _round(world)
    sheet, fresh = sheets[of.id], lit.get(of.id)
    written = {w["name"]: w["for"] for w in fresh["write_ins"]} if fresh else {}
    ordered = candidates_in_order(this.candidates.get(of.id, []), world.election.law)
    notes = telling_apart(ordered)
    lines = [
        Line(
            clean_name(c.name),
            row["for"],
            row["against"],
            row["abstain"],
            fresh["votes"][c.person]["for"] if fresh else 0,
            note=notes[c.person],
        )
        for c in ordered
        for row in (sheet["votes"][c.person],)
    ]
    lines += [Line(w["name"], w["for"], 0, 0, written.get(w["name"], 0), written=True) for w in sheet["write_ins"]]
    return Section(of.id, of.office, of.seats, tuple(lines), sheet["invalid"])


# --- sums of sheets --------------------------------------------------------------------------------------------------


def _sum(total: Sheets, one: Sheets, sign: int) -> Sheets:
    """``total`` and ``sign`` times ``one``, cell by cell; no sheet counts as noughts."""
    return {contest: _cells(total.get(contest), sheet, sign) for contest, sheet in one.items()} or total


def _cells(total: Mapping[str, Any] | None, sheet: Mapping[str, Any], sign: int) -> dict[str, Any]:
    known = total or {"valid": 0, "invalid": 0, "votes": {}, "write_ins": []}
    names = {w["name"]: w["for"] for w in known["write_ins"]}
    for w in sheet["write_ins"]:
        names[w["name"]] = names.get(w["name"], 0) + sign * w["for"]
    rows = {
        person: {mark: known["votes"].get(person, {}).get(mark, 0) + sign * n for mark, n in row.items()}
        for person, row in sheet["votes"].items()
    }
    return {
        "valid": known["valid"] + sign * sheet["valid"],
        "invalid": known["invalid"] + sign * sheet["invalid"],
        "votes": rows,
        "write_ins": [{"name": name, "for": n} for name, n in sorted(names.items()) if n],
    }


def _negative(sheets: Sheets) -> bool:
    return any(
        n < 0
        for sheet in sheets.values()
        for n in (
            sheet["valid"],
            sheet["invalid"],
            *(n for row in sheet["votes"].values() for n in row.values()),
            *(w["for"] for w in sheet["write_ins"]),
        )
    )
