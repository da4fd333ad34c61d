"""A box read by scanner, and the recount of packs drawn by a public seed.

A scanned box is sealed by the teller who ran it: how many ballots in which packs, how many doubts were decided, and
salted commitments to everything that is a figure. In ``scan`` counting its sheets are one of the two blind entries of the
box (``tally.commit``); in ``check`` counting they stand beside two hand entries. What people decided about doubtful
marks is opened, shuffled and in one entry, once every sheet of the box is open; a pack's figures only if it is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import Field

from election import count
from election.process.base import (
    PRESIDING,
    Act,
    Actor,
    Deed,
    Demand,
    Filled,
    Name,
    Payload,
    Role,
    Sha256,
    Text,
    Words,
    catalogued,
)
from election.process.facts import PackCount, Recount, Round, Scan, ScanPack
from election.process.persons import account_stands, impartial, in_election, person_of
from election.process.tally import Figures, TallyAct, canonical, check_differs, returned_in, sheet_demands
from election.process.world import World

#: who may decide a doubtful mark
ADJUDICATES = frozenset({Role.ADJUDICATOR, Role.SCRUTINEER})


def adjudicating(world: World, account: str) -> Iterator[Demand]:
    """What is asked of whoever decides a doubtful mark: what is asked of an act, though it leaves no entry of its own."""
    found = world.office.accounts.get(account)
    actor = Actor(account, found.role if found else "", found.scope if found else "")
    yield Demand("act.role", actor.role in ADJUDICATES, {"roles": sorted(ADJUDICATES)})
    yield account_stands(world, actor)
    yield from in_election(world, actor, world.election.path)
    yield from impartial(world, account)


MOST_PACKS = 1000


def voiding(world: World, account: str, teller: str) -> Iterator[Demand]:
    """What is asked of whoever finds void, beside the teller, what no scanner reads: a scrutineer, and another person."""
    yield from adjudicating(world, account)
    found = world.office.accounts.get(account)
    yield Demand("act.role", found is not None and found.role == Role.SCRUTINEER, {"roles": [Role.SCRUTINEER]})
    yield Demand("scan.void-found", person_of(world, account) != person_of(world, teller))


@catalogued
class ChooseCounting(Act):
    """How the boxes are counted: by two hands, by a scanner and a hand, or by two hands with a scanner beside them."""

    code: ClassVar[str] = "prepare.counting"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = PRESIDING
    any_time: ClassVar[bool] = True

    method: Literal["hand", "scan", "check"]
    #: packs that are drawn and counted again by hand in each round
    packs: int = Field(ge=0, le=50, default=0)
    reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("prepare.by-ballot", facts.method == "ballot")
        yield Demand("counting.packs", self.packs == 0 or self.method != "hand")
        this = facts.round
        if this is None or this.answer is not None:
            return
        yield Demand("counting.reason", not this.opened or bool(self.reason))
        begun = bool(this.scans) or any(sheet.commitments for sheet in this.sheets.values())
        yield Demand("counting.not-begun", not begun or self.method == "hand")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.counting = self.method
        world.election.recount_packs = self.packs


# --- a scanned box ---------------------------------------------------------------------------------------------------


class PackSeal(Payload):
    """A pack as it was scanned: its ballots counted, its figures sealed."""

    number: int = Field(ge=1, le=MOST_PACKS)
    ballots: int = Field(ge=1, le=100_000)
    sealed: Sha256


class Rejected(Payload):
    """Pages that were no ballot of this design, by why."""

    why: Text
    pages: int = Field(ge=1)


class DecidedMark(Payload):
    candidate: str
    mark: Literal["for", "against", "abstain"]


class DecidedName(Payload):
    name: Name
    mark: Literal["for", "against", "abstain"]


class Decision(Payload):
    """What two people, or a third, found in one contest of a ballot that the reader was not sure of."""

    contest: str
    why: tuple[Text, ...]
    unreadable: bool = False
    marks: tuple[DecidedMark, ...] = ()
    names: tuple[DecidedName, ...] = ()
    third: bool = False


class ContestFigures(Payload):
    contest: str
    figures: Figures


def commitment(kind: Literal["scan", "pack"], salt: str, parts: Sequence[bytes]) -> str:
    """``sha256(kind ‖ salt ‖ parts)``, each part behind its length; the salt is 32 random bytes in hex."""
    digest = hashlib.sha256(f"elec-{kind}/v1\n".encode() + bytes.fromhex(salt))
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def figures_parts(figures: Iterable[ContestFigures]) -> list[bytes]:
    """Contests by id, each with its sheet's canonical bytes."""
    return [f.contest.encode() + b"\n" + canonical(f.figures) for f in sorted(figures, key=lambda f: f.contest)]


def decision_parts(decisions: Iterable[Decision]) -> list[bytes]:
    """Decisions as they stand: their order is the shuffled one that is sealed."""
    return [orjson.dumps(d.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS) for d in decisions]


def scan_commitment(salt: str, figures: Iterable[ContestFigures], decisions: Iterable[Decision]) -> str:
    return commitment("scan", salt, [*figures_parts(figures), *decision_parts(decisions)])


def pack_commitment(salt: str, figures: Iterable[ContestFigures]) -> str:
    return commitment("pack", salt, figures_parts(figures))


class ScanAct(Act):
    """An act about one box of the round that stands."""

    step: ClassVar[str] = "ballot"

    box: Text

    def scan(self, world: World) -> Scan | None:
        this = world.election.round
        return this.scans.get(self.box) if this else None

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        this = world.election.round
        yield Demand("ballot.accounted", this is not None and this.account is not None, act="ballot.account")
        if this is not None:
            yield Demand("tally.box", self.box in this.boxes, {"box": self.box})


@catalogued
class CloseScan(ScanAct):
    """The teller who ran the scan seals the box: nothing of it is doubtful any more, no figure of it can be read."""

    code: ClassVar[str] = "scan.close"
    who: ClassVar[frozenset[str]] = frozenset({Role.TELLER})
    signed: ClassVar[bool] = True
    hidden: ClassVar[bool] = True

    packs: tuple[PackSeal, ...] = Field(min_length=1, max_length=MOST_PACKS)
    #: ballots in ``packs`` that no scanner could read and that a scrutineer found void beside the teller who signs
    void: int = Field(ge=0, default=0)
    voided_by: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    #: contests of ballots that people decided, and of them those that took a third person
    doubts: int = Field(ge=0, default=0)
    thirds: int = Field(ge=0, default=0)
    #: who decided, together and in no order
    adjudicators: tuple[str, ...] = ()
    sealed: Sha256

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        facts, this = world.election, world.election.round
        yield Demand("scan.chosen", facts.counting != "hand", act="prepare.counting")
        if this is None:
            return
        yield Demand("tally.box-open", self.box in this.opened, {"box": self.box}, act="tally.open_box")
        yield Demand("scan.once", self.box not in this.scans, {"box": self.box})
        numbers = [p.number for p in self.packs]
        yield Demand("scan.packs", len(set(numbers)) == len(numbers))
        if (returned := returned_in(this, self.box)) is not None:
            ballots = sum(p.ballots for p in self.packs)
            yield Demand("scan.returned", ballots == returned, {"ballots": ballots, "returned": returned})
        found = [d for account in self.voided_by for d in voiding(world, account, deed.actor.account)]
        yield Demand("scan.void-found", all(d.met for d in found) and bool(self.void) == bool(self.voided_by))
        may = all(d.met for account in self.adjudicators for d in adjudicating(world, account))
        people = {person_of(world, account) for account in self.adjudicators}
        enough = len(people) >= (3 if self.thirds else 2 if self.doubts else 0)
        yield Demand("scan.adjudicated", enough and may and self.thirds <= self.doubts)

    def apply(self, world: World, deed: Deed) -> None:
        packs = {p.number: ScanPack(p.ballots, p.sealed) for p in self.packs}
        scan = Scan(deed.actor.account, packs, self.doubts, self.thirds, self.sealed)
        world.election.rounds[-1].scans[self.box] = scan


@catalogued
class OpenScan(ScanAct):
    """Once every sheet of the box is open: what was decided, shuffled in one entry, and what the scanner counted."""

    code: ClassVar[str] = "scan.open"
    who: ClassVar[frozenset[str]] = frozenset({Role.SERVER})
    hidden: ClassVar[bool] = True

    salt: str
    figures: tuple[ContestFigures, ...]
    decisions: tuple[Decision, ...] = ()

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        this, scan = world.election.round, self.scan(world)
        yield Demand("scan.closed", scan is not None, {"box": self.box}, act="scan.close")
        if this is None or scan is None:
            return
        yield Demand("scan.open-once", scan.figures is None)
        yield Demand("scan.sheets-open", sheets_open(this, self.box), {"box": self.box})
        opens = scan_commitment(self.salt, self.figures, self.decisions) == scan.sealed
        decided = len(self.decisions), sum(d.third for d in self.decisions)
        yield Demand("scan.opens", opens and decided == (scan.doubts, scan.thirds))
        contests = [f.contest for f in self.figures]
        yield Demand("scan.every-contest", sorted(contests) == sorted(c.id for c in this.contests))
        ballots = sum(p.ballots for p in scan.packs.values())
        for each in self.figures:
            has = each.figures.returned
            yield Demand("scan.packs-add-up", has == ballots, {"ballots": ballots, "returned": has})
            sheet = this.sheets.get((each.contest, self.box))
            entered = sheet.entries.get(scan.account) if sheet is not None else None
            if world.election.counting == "scan" and entered is not None:
                same = canonical(Figures.model_validate(entered)) == canonical(each.figures)
                yield Demand("scan.same-sheet", same)
            yield from sheet_demands(world, TallyAct(contest=each.contest, box=self.box), each.figures)

    def apply(self, world: World, deed: Deed) -> None:
        scan = world.election.rounds[-1].scans[self.box]
        scan.figures = {f.contest: f.figures.model_dump() for f in self.figures}


def sheets_open(this: Round, box: str) -> bool:
    """Whether both entries of every sheet of a box are open: its count is closed."""
    return all(len(s.entries) == 2 if (s := this.sheets.get((c.id, box))) else False for c in this.contests)


@catalogued
class ExplainScan(ScanAct):
    """The scanner beside two hand entries found something else: a scrutineer looked into it and says why."""

    code: ClassVar[str] = "scan.explain"
    who: ClassVar[frozenset[str]] = ADJUDICATES
    signed: ClassVar[bool] = True

    contest: str
    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        yield Demand("scan.differs", check_differs(world, self.contest, self.box))

    def apply(self, world: World, deed: Deed) -> None:
        this = world.election.rounds[-1]
        this.scans[self.box].explained[self.contest] = this.sheets[(self.contest, self.box)].sha256


# --- recount of packs ------------------------------------------------------------------------------------------------


class DrawnPack(Payload):
    box: Text
    pack: int


def draw(packs: Iterable[tuple[str, int]], count: int, seed: str, head: str) -> list[tuple[str, int]]:
    """``count`` of ``packs`` (box, number): those whose SHA-256 is least, of ``elec-recount/v1``, ``head``, ``seed``,
    box and number, each on a line of its own. Anybody can do it again with a pencil and a SHA-256.
    """

    def lot(pack: tuple[str, int]) -> bytes:
        return hashlib.sha256("\n".join(("elec-recount/v1", head, seed, pack[0], str(pack[1]))).encode()).digest()

    return sorted(packs, key=lot)[:count]


def packs_of(this: Round) -> list[tuple[str, int]]:
    return [(box, number) for box, scan in this.scans.items() for number in scan.packs]


@catalogued
class DrawPacks(Act):
    """Packs for a recount by hand are drawn in public: dice thrown in the hall, and the record as it stood before."""

    code: ClassVar[str] = "recount.draw"
    step: ClassVar[str] = "ballot"
    who: ClassVar[frozenset[str]] = frozenset({Role.SCRUTINEER})
    signed: ClassVar[bool] = True

    #: the digits as they were thrown and read out
    seed: Text = Field(pattern=r"^[0-9]{4,40}$")
    #: hash of the entry before this one: the figures were sealed before the dice were thrown
    head: Annotated[Sha256, Filled()] = "0" * 64
    drawn: Annotated[tuple[DrawnPack, ...], Filled()] = ()

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        this = world.election.round
        yield Demand("recount.chosen", world.election.recount_packs > 0, act="prepare.counting")
        if this is None:
            return
        closed = bool(this.boxes) and all(b in this.scans and this.scans[b].figures is not None for b in this.boxes)
        yield Demand("recount.counted", closed)
        yield Demand("recount.once", this.recount is None)
        yield Demand("result.not-announced", this.answer is None)
        yield Demand("recount.head", self.head == deed.prev)
        drawn = draw(packs_of(this), world.election.recount_packs, self.seed, self.head)
        yield Demand("recount.drawn-so", [(d.box, d.pack) for d in self.drawn] == drawn)

    def apply(self, world: World, deed: Deed) -> None:
        drawn = [(d.box, d.pack) for d in self.drawn]
        world.election.rounds[-1].recount = Recount(self.seed, self.head, drawn)


@catalogued
class RecordRecount(ScanAct):
    """A drawn pack counted again by hand: the signature that fixes these figures opens what the scanner had sealed."""

    code: ClassVar[str] = "recount.record"
    who: ClassVar[frozenset[str]] = frozenset({Role.SCRUTINEER})
    signed: ClassVar[bool] = True
    hidden: ClassVar[bool] = True

    pack: int
    counted: tuple[ContestFigures, ...]
    salt: Annotated[str, Filled()] = ""
    machine: Annotated[tuple[ContestFigures, ...], Filled()] = ()

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        this, scan = world.election.round, self.scan(world)
        recount = this.recount if this else None
        drawn = recount is not None and (self.box, self.pack) in recount.drawn
        yield Demand("recount.is-drawn", drawn, {"box": self.box, "pack": self.pack}, act="recount.draw")
        if this is None or scan is None or recount is None or not drawn:
            return
        yield Demand("recount.record-once", (self.box, self.pack) not in recount.counts)
        yield Demand("result.not-announced", this.answer is None)
        sealed = scan.packs[self.pack]
        yield Demand("recount.opens", bool(self.salt) and pack_commitment(self.salt, self.machine) == sealed.sealed)
        contests = sorted(c.id for c in this.contests)
        yield Demand("scan.every-contest", sorted(f.contest for f in self.counted) == contests)
        for each in self.counted:
            has, needs = each.figures.returned, sealed.ballots
            yield Demand("recount.ballots", has == needs, {"has": has, "needs": needs})
            whole = TallyAct(contest=each.contest, box=self.box)
            yield from (d for d in sheet_demands(world, whole, each.figures) if d.code != "tally.returned")
        if self.machine:
            others = [number for box, number in recount.counts if box == self.box]
            packs = [
                all_cells(each)
                for each in (*(recount.counts[(self.box, n)].scan for n in others), by_contest(self.machine))
            ]
            left = sum(p.ballots for n, p in scan.packs.items() if n not in (*others, self.pack))
            yield Demand("recount.part-of-box", parts_of(all_cells(scan.figures or {}), packs, left), {"box": self.box})

    def apply(self, world: World, deed: Deed) -> None:
        recount = world.election.rounds[-1].recount
        assert recount is not None  # the guard has seen it
        hand, scan = by_contest(self.counted), by_contest(self.machine)
        recount.counts[(self.box, self.pack)] = PackCount(hand, scan, differences(hand, scan))


@catalogued
class ExplainRecount(ScanAct):
    """A hand and the scanner found another number in a drawn pack: a scrutineer looked into it and says why."""

    code: ClassVar[str] = "recount.explain"
    who: ClassVar[frozenset[str]] = frozenset({Role.SCRUTINEER})
    signed: ClassVar[bool] = True

    pack: int
    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        this = world.election.round
        count = this.recount.counts.get((self.box, self.pack)) if this is not None and this.recount else None
        yield Demand("recount.differs", count is not None and count.open, {"box": self.box, "pack": self.pack})

    def apply(self, world: World, deed: Deed) -> None:
        recount = world.election.rounds[-1].recount
        assert recount is not None  # the guard has seen it
        recount.counts[(self.box, self.pack)].reason = self.reason


def by_contest(sheets: Iterable[ContestFigures]) -> dict[str, dict[str, Any]]:
    return {f.contest: f.figures.model_dump() for f in sheets}


def parts_of(whole: Mapping[str, int], packs: Sequence[Mapping[str, int]], left: int) -> bool:
    """Whether packs can be packs of that box: what they leave of each cell is what ``left`` ballots can hold."""
    names = {*whole, *(name for pack in packs for name in pack)}
    return all(0 <= whole.get(name, 0) - sum(pack.get(name, 0) for pack in packs) <= left for name in names)


def differences(hand: Mapping[str, dict[str, Any]], scan: Mapping[str, dict[str, Any]]) -> int:
    """In how many cells two counts of one pack differ."""
    first, second = all_cells(hand), all_cells(scan)
    return sum(first.get(key, 0) != second.get(key, 0) for key in {*first, *second})


def all_cells(sheets: Mapping[str, dict[str, Any]]) -> dict[str, int]:
    """Every number of several contests by its place."""
    return {f"{c}.{k}": n for c, figures in sheets.items() for k, n in cells(Figures.model_validate(figures)).items()}


def cells(figures: Figures) -> dict[str, int]:
    """Every number of a sheet by its place."""
    found = {"valid": figures.valid, "invalid": figures.invalid}
    for row in figures.rows:
        found |= {f"{row.candidate}.for": row.votes_for, f"{row.candidate}.against": row.against}
        found[f"{row.candidate}.abstain"] = row.abstain
    for line in figures.write_ins:
        name = count.WRITE_IN + line.name
        found[name] = found.get(name, 0) + line.votes_for
    return found
