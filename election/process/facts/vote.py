"""What is known of the vote: who stands, where people vote, every sheet and scan, round by round."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal


@dataclass
class Contest:
    id: str
    office: str
    seats: int
    #: conditions for the head of the body apply (senior-secondary, in principle at most 40)
    head: bool = False
    #: how many of the seats are publicly selected (公选)
    public: int = 0
    require: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Candidate:
    person: str
    name: str
    office: str
    routes: list[str] = field(default_factory=list)
    sex: str = ""
    age: int | None = None
    education: str = ""
    sitting: bool = False
    public: bool = False
    reserved: list[str] = field(default_factory=list)
    #: kinds of assessment recorded -> passed
    assessed: dict[str, bool] = field(default_factory=dict)
    #: after printing: votes are counted and shown, the person is not electable (E20)
    struck: bool = False
    proposed_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        """As a candidate of a count file."""
        row: dict[str, Any] = {"id": self.person, "name": self.name}
        if self.sex:
            row["sex"] = self.sex
        if self.reserved:
            row["reserved"] = list(self.reserved)
        if self.struck:
            row["struck"] = True
        return row


@dataclass
class Station:
    """Where votes are cast (投票站); a mobile box (流动票箱) is a station that goes to those who cannot come."""

    name: str
    #: of a mobile box: its route
    place: str
    hours: str
    #: residents' groups that vote here; none at a mobile box
    groups: tuple[str, ...] = ()
    mobile: bool = False


@dataclass
class Poll:
    """One station's voting in one round; its numbers are there once it is closed. Every number counts people or ballots."""

    #: ballots handed to the station
    handed: int
    closed: bool = False
    #: voters who signed in and took their own ballot
    in_person: int = 0
    #: voters for whom a proxy took one: issued per principal, not per person (E26)
    by_proxy: int = 0
    issued: int = 0
    spoiled: int = 0
    unused: int = 0

    @property
    def voted(self) -> int:
        return self.in_person + self.by_proxy


@dataclass
class Sheet:
    """The tally of one box and contest, from blind entry to signature."""

    contest: str
    box: str
    #: account -> commitment, in order of entry
    commitments: dict[str, str] = field(default_factory=dict)
    #: account -> figures, once both are in
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    final: dict[str, Any] | None = None
    sha256: str = ""
    #: account -> role
    signatures: dict[str, str] = field(default_factory=dict)
    restarts: int = 0

    @property
    def differs(self) -> bool:
        return len(self.entries) == 2 and self.final is None


@dataclass
class ScanPack:
    ballots: int
    #: salted commitment to its figures
    sealed: str


@dataclass
class Scan:
    """A box read by scanner, closed by the teller who ran it."""

    account: str
    #: number -> pack
    packs: dict[int, ScanPack]
    #: contests of ballots that people decided, and of them those that took a third person
    doubts: int
    thirds: int
    #: salted commitment to figures and decisions
    sealed: str
    #: contest -> figures, once every sheet of the box is open
    figures: dict[str, dict[str, Any]] | None = None
    #: contest -> hash of the sheet whose difference from the scan was explained
    explained: dict[str, str] = field(default_factory=dict)


@dataclass
class PackCount:
    """A drawn pack: contest -> figures, as a hand counted them and as the scanner had sealed them."""

    hand: dict[str, dict[str, Any]]
    scan: dict[str, dict[str, Any]]
    #: in how many cells they differ, and why
    differences: int
    reason: str = ""

    @property
    def open(self) -> bool:
        """Whether a difference still waits for its reason."""
        return self.differences > 0 and not self.reason


@dataclass
class Recount:
    """Packs drawn by public dice, and what came of each that was counted again."""

    seed: str
    head: str
    drawn: list[tuple[str, int]]
    counts: dict[tuple[str, int], PackCount] = field(default_factory=dict)


@dataclass
class Round:
    number: int
    contests: list[Contest]
    #: contest -> candidates
    candidates: dict[str, list[Candidate]]
    revote: bool = False
    method: str = "ballot"
    design: str = ""
    printed: int | None = None
    #: how the ballot is marked (``columns`` or ``sign``), its paper, and whether its type is large
    marking: Literal["columns", "sign"] = "columns"
    sheet: Literal["A4", "A5", "A3"] = "A4"
    large_type: bool = False
    sealed: bool = False
    #: the boxes that are counted, each alone
    boxes: list[str] = field(default_factory=list)
    #: box -> the station it stands at
    stations: dict[str, str] = field(default_factory=dict)
    #: box -> the box it was poured into before anybody counted
    mixed: dict[str, str] = field(default_factory=dict)
    #: station -> its voting
    polls: dict[str, Poll] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    #: issued, returned, spoiled, unused; per box the returned
    account: dict[str, Any] | None = None
    sheets: dict[tuple[str, str], Sheet] = field(default_factory=dict)
    #: box -> its scan
    scans: dict[str, Scan] = field(default_factory=dict)
    recount: Recount | None = None
    #: show of hands: contest -> tallies, and who signed
    hands: dict[str, Any] | None = None
    hands_signatures: dict[str, str] = field(default_factory=dict)
    #: the answer of count.decide, as announced
    answer: dict[str, Any] | None = None
    announced_on: date | None = None


@dataclass
class Meeting:
    attempt: int
    opened_on: date | None = None
    #: 实到 ; sealed as one number when sign-in closes
    present: int | None = None
    report_heard: bool = False
    method_adopted: bool = False
    scrutineers_approved: bool = False
    valid: bool | None = None
