"""The tally by hand: two people enter it blind, both entries are opened together, scrutineers sign.

Per box and contest: commitment → commitment → both revealed → (differences resolved) → signed by two tellers and a
scrutineer over the same bytes. Until both commitments are in, the record holds no figure that anyone could read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import Field

from election import count
from election.law import Ruleset
from election.process.base import Act, Deed, Demand, Filled, Name, Payload, Role, Sha256, Text, Words, catalogued
from election.process.facts import Contest, Round, Sheet
from election.process.persons import impartial, person_of
from election.process.world import World

TELLERS = frozenset({Role.TELLER})


class Row(Payload):
    candidate: str
    votes_for: int = Field(ge=0, le=10_000_000)
    against: int = Field(ge=0, le=10_000_000)
    abstain: int = Field(ge=0, le=10_000_000)


def marks(votes_for: int, against: int, abstain: int) -> dict[str, int]:
    """As a row of a tally in a count file."""
    return {"for": votes_for, "against": against, "abstain": abstain}


class WriteIn(Payload):
    name: Name
    votes_for: int = Field(ge=1, le=10_000_000)


class Figures(Payload):
    """The tally of one contest in one box, as written on the paper sheet."""

    returned: int = Field(ge=0, le=10_000_000)
    valid: int = Field(ge=0, le=10_000_000)
    invalid: int = Field(ge=0, le=10_000_000)
    rows: tuple[Row, ...]
    write_ins: tuple[WriteIn, ...] = ()

    def tally(self) -> dict[str, Any]:
        """As a tally of a count file."""
        return {
            "valid": self.valid,
            "invalid": self.invalid,
            "votes": {r.candidate: marks(r.votes_for, r.against, r.abstain) for r in self.rows},
            "write_ins": [{"name": w.name, "for": w.votes_for} for w in sorted(self.write_ins, key=lambda w: w.name)],
        }


def canonical(figures: Figures) -> bytes:
    """The bytes that are committed to, compared and signed: rows by candidate, write-ins by name."""
    value = figures.model_dump()
    value["rows"] = sorted(value["rows"], key=lambda r: r["candidate"])
    value["write_ins"] = sorted(value["write_ins"], key=lambda w: w["name"])
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def commitment(figures: Figures, salt: str) -> str:
    """``sha256(salt ‖ figures)``: hides the figures until the salt (32 random bytes, hex) is shown."""
    return hashlib.sha256(b"elec-tally/v1\n" + bytes.fromhex(salt) + canonical(figures)).hexdigest()


class TallyAct(Act):
    step: ClassVar[str] = "ballot"
    who: ClassVar[frozenset[str]] = TELLERS

    contest: str
    box: Text

    def sheet(self, world: World) -> Sheet | None:
        this = world.election.round
        return this.sheets.get((self.contest, self.box)) if this else None

    def contest_of(self, world: World) -> Contest | None:
        this = world.election.round
        return next((c for c in this.contests if c.id == self.contest), None) if this else None

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        this = world.election.round
        yield Demand("ballot.accounted", this is not None and this.account is not None, act="ballot.account")
        if this is not None:
            yield Demand("tally.contest", self.contest_of(world) is not None)
            yield Demand("tally.box", self.box in this.boxes, {"box": self.box})
        yield from impartial(world, deed.actor.account)


@catalogued
class OpenBox(TallyAct):
    """A box is opened before the scrutineer's eyes."""

    code: ClassVar[str] = "tally.open_box"
    who: ClassVar[frozenset[str]] = frozenset({Role.SCRUTINEER})
    signed: ClassVar[bool] = True

    contest: str = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        this = world.election.round
        yield Demand("ballot.accounted", this is not None and this.account is not None, act="ballot.account")
        if this is not None:
            yield Demand("tally.box", self.box in this.boxes, {"box": self.box})
            yield Demand("tally.box-once", self.box not in this.opened, {"box": self.box})
        yield from impartial(world, deed.actor.account)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.rounds[-1].opened.add(self.box)


def sheet_demands(world: World, act: TallyAct, figures: Figures) -> Iterator[Demand]:
    """The arithmetic of a sheet (``count.check_sheet``), and that it has a row for every candidate and no other."""
    this = world.election.round
    contest = act.contest_of(world)
    if this is None or contest is None:
        return
    listed = {c.person for c in this.candidates[contest.id]}
    rows = [r.candidate for r in figures.rows]
    yield Demand("tally.every-candidate", set(rows) == listed and len(rows) == len(listed))
    yield Demand("tally.no-other-names", not figures.write_ins or takes_names(this, world.election.law))
    for check in count.check_sheet(figures.tally(), as_contest(this, contest), figures.returned):
        if check.severity == "error":
            yield Demand(check.code, False, dict(check.params))
    counted = returned_in(this, act.box)
    if counted is not None:
        agree = figures.returned == counted
        yield Demand("tally.returned", agree, {"returned": figures.returned, "account": counted})


def takes_names(this: Round, rules: Ruleset) -> bool:
    """Whether voters may write in somebody else: never where the tied are voted on again (contracts §2)."""
    return this.method == "ballot" and not this.revote and rules.get("write_in.allowed") is not False


def returned_in(this: Round, box: str) -> int | None:
    """How many ballots the account of ballots has for a box; None where it has one number for several boxes."""
    if this.account is None:
        return None
    alone: int | None = this.account["returned"] if len(this.boxes) == 1 else None
    counted: int | None = this.account.get("boxes", {}).get(box, alone)
    return counted


@catalogued
class CommitTally(TallyAct):
    """A teller's sheet is in, sealed: the entry holds a salted commitment, so nobody can read a figure yet."""

    code: ClassVar[str] = "tally.commit"
    signed: ClassVar[bool] = True
    hidden: ClassVar[bool] = True

    commitment: Sha256

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        this = world.election.round
        sheet = self.sheet(world)
        yield Demand(
            "tally.box-open", this is not None and self.box in this.opened, {"box": self.box}, act="tally.open_box"
        )
        taken = list(sheet.commitments) if sheet else []
        people = {person_of(world, account) for account in taken}
        yield Demand("tally.two-people", person_of(world, deed.actor.account) not in people)
        yield Demand("tally.two-entries", len(taken) < 2)
        scan = this.scans.get(self.box) if this is not None else None
        by_hand = [account for account in taken if scan is None or account != scan.account]
        scanned = scan is not None and scan.account == deed.actor.account
        yield Demand("tally.one-by-scan", world.election.counting != "scan" or scanned or not by_hand, act="scan.close")

    def apply(self, world: World, deed: Deed) -> None:
        sheets = world.election.rounds[-1].sheets
        sheet = sheets.setdefault((self.contest, self.box), Sheet(self.contest, self.box))
        sheet.commitments[deed.actor.account] = self.commitment


class Revealed(Payload):
    account: str
    salt: str
    figures: Figures


@catalogued
class RevealTally(TallyAct):
    """Both entries are opened together; equal, they are the tally; different, the differences are shown."""

    code: ClassVar[str] = "tally.reveal"
    who: ClassVar[frozenset[str]] = frozenset({Role.SERVER})
    hidden: ClassVar[bool] = True

    entries: tuple[Revealed, Revealed]

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        sheet = self.sheet(world)
        committed = dict(sheet.commitments) if sheet else {}
        opened = {e.account: commitment(e.figures, e.salt) for e in self.entries}
        yield Demand("tally.opens", len(committed) == 2 and opened == committed)
        this = world.election.round
        scan = this.scans.get(self.box) if this is not None and world.election.counting == "scan" else None
        for entry in self.entries:
            yield from sheet_demands(world, self, entry.figures)
            if scan is not None and scan.figures is not None and entry.account == scan.account:
                read = Figures.model_validate(scan.figures[self.contest])
                yield Demand("scan.same-sheet", canonical(read) == canonical(entry.figures))

    def apply(self, world: World, deed: Deed) -> None:
        sheet = world.election.rounds[-1].sheets[(self.contest, self.box)]
        sheet.entries = {e.account: e.figures.model_dump() for e in self.entries}
        first, second = (e.figures for e in self.entries)
        if canonical(first) == canonical(second):
            settle_sheet(sheet, first)


def check_differs(world: World, contest: str, box: str) -> bool:
    """Whether the scanner beside two hand entries found something else than they did, and nobody has said why yet."""
    this = world.election.round
    scan = this.scans.get(box) if this else None
    sheet = this.sheets.get((contest, box)) if this else None
    if world.election.counting != "check" or scan is None or scan.figures is None or sheet is None:
        return False
    if sheet.final is None or scan.explained.get(contest) == sheet.sha256:
        return False
    return canonical(Figures.model_validate(scan.figures[contest])) != canonical(Figures.model_validate(sheet.final))


def settle_sheet(sheet: Sheet, figures: Figures) -> None:
    sheet.final = figures.model_dump()
    sheet.sha256 = hashlib.sha256(canonical(figures)).hexdigest()


@catalogued
class ResolveTally(TallyAct):
    """A third person settles the cells that differ: first, second, or counted again, with the reason."""

    code: ClassVar[str] = "tally.resolve"
    who: ClassVar[frozenset[str]] = frozenset({Role.ADJUDICATOR, Role.SCRUTINEER})
    signed: ClassVar[bool] = True
    hidden: ClassVar[bool] = True

    figures: Figures
    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        sheet = self.sheet(world)
        yield Demand("tally.differs", sheet is not None and sheet.differs)
        people = {person_of(world, account) for account in (sheet.commitments if sheet else ())}
        yield Demand("tally.third-person", person_of(world, deed.actor.account) not in people)
        yield from sheet_demands(world, self, self.figures)

    def apply(self, world: World, deed: Deed) -> None:
        settle_sheet(world.election.rounds[-1].sheets[(self.contest, self.box)], self.figures)


def blind(world: World, contest: str, box: str) -> bool:
    """Whether one teller's figures of this sheet must still be hidden from everybody."""
    this = world.election.round
    sheet = this.sheets.get((contest, box)) if this is not None else None
    return sheet is not None and not sheet.entries


@catalogued
class RestartTally(TallyAct):
    """Count again: both entries are put aside (they stay in the record) and two people enter anew."""

    code: ClassVar[str] = "tally.restart"
    who: ClassVar[frozenset[str]] = frozenset({Role.ADJUDICATOR, Role.SCRUTINEER})
    signed: ClassVar[bool] = True

    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        this, sheet = world.election.round, self.sheet(world)
        yield Demand("tally.something", sheet is not None and bool(sheet.commitments))
        yield Demand("result.not-announced", this is None or this.answer is None)

    def apply(self, world: World, deed: Deed) -> None:
        sheets = world.election.rounds[-1].sheets
        key = (self.contest, self.box)
        sheets[key] = Sheet(self.contest, self.box, restarts=sheets[key].restarts + 1)


@catalogued
class SignTally(TallyAct):
    """Two tellers and a scrutineer sign the same bytes; none of them is a candidate."""

    code: ClassVar[str] = "tally.sign"
    who: ClassVar[frozenset[str]] = frozenset({Role.TELLER, Role.SCRUTINEER})
    signed: ClassVar[bool] = True
    hidden: ClassVar[bool] = True

    sheet_sha256: Annotated[Sha256, Filled()]

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        sheet = self.sheet(world)
        yield Demand("tally.settled", sheet is not None and sheet.final is not None, act="tally.resolve")
        if sheet is not None:
            yield Demand("tally.same-bytes", sheet.sha256 == self.sheet_sha256)
            people = {person_of(world, account) for account in sheet.signatures}
            yield Demand("tally.sign-once", person_of(world, deed.actor.account) not in people)
        if world.election.counting == "check":
            this = world.election.round
            scan = this.scans.get(self.box) if this is not None else None
            yield Demand("scan.beside", scan is not None and scan.figures is not None, act="scan.close")
            yield Demand("scan.agrees", not check_differs(world, self.contest, self.box), act="scan.explain")

    def apply(self, world: World, deed: Deed) -> None:
        sheet = world.election.rounds[-1].sheets[(self.contest, self.box)]
        sheet.signatures[deed.actor.account] = deed.actor.role


def as_contest(this: Round, contest: Contest) -> dict[str, Any]:
    """As a contest of a count file."""
    candidates = [c.as_json() for c in this.candidates[contest.id]]
    return {"id": contest.id, "office": contest.office, "seats": contest.seats, "candidates": candidates}


def count_file(world: World, this: Round, *, meeting: Literal["assembly"] = "assembly") -> dict[str, Any]:
    """The count file (contracts §2) of a round, from its signed sheets or its show of hands."""
    facts = world.election
    present = facts.meeting.present if facts.meeting and facts.meeting.present is not None else 0
    document: dict[str, Any] = {
        "ruleset": facts.law.id,
        "round": this.number,
        "entitled": facts.entitled,
        "present": present,
        "meeting": meeting,
        "contests": [as_contest(this, c) for c in this.contests],
    }
    if this.revote:
        document["revote"] = True
    require = [{**rule, "contest": c.id} for c in this.contests for rule in c.require]
    if require and not this.revote:
        document["require"] = require
    if this.method == "hands":
        document |= {"method": "show_of_hands", "issued": present, "returned": present, "tallies": this.hands or {}}
        return document
    account = this.account or {"issued": 0, "returned": 0}
    document |= {"issued": account["issued"], "returned": account["returned"]}
    document["boxes"] = [
        {
            "id": box,
            "returned": _returned(this, box),
            "tallies": {c.id: Figures.model_validate(this.sheets[(c.id, box)].final).tally() for c in this.contests},
        }
        for box in this.boxes
    ]
    return document


def _returned(this: Round, box: str) -> int:
    sheet = this.sheets[(this.contests[0].id, box)].final
    return int(sheet["returned"]) if sheet else 0
