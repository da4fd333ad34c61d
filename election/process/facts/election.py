"""What is known of an election: its roll and people, its rounds of voting, and what came after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from election.law import Ruleset
from election.process.facts.steps import Notice, StepState
from election.process.facts.vote import Candidate, Contest, Meeting, Round, Station


@dataclass
class Objection:
    number: int
    kind: str
    filed_on: date
    #: filed after the window: answered, but does not hold the step up
    late: bool
    person: str = ""
    decided_on: date | None = None
    upheld: bool | None = None


@dataclass
class Roll:
    imported: bool = False
    root: str = ""
    #: people registered; for the party the full members
    registered: int = 0
    probationary: int = 0
    #: held rows and rows that wait for a registrar's look
    held: int = 0
    #: person -> ground, of full members not counted as entitled (P-11)
    excluded: dict[str, str] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    #: registration is complete
    closed: bool = False
    #: the list stands (signed by the chair)
    fixed: bool = False
    #: no change any more: the party's roll before its meeting
    frozen: bool = False

    @property
    def entitled(self) -> int:
        return self.registered - len(self.excluded)


@dataclass
class Representative:
    person: str
    name: str
    group: str
    #: sent by a large unit, not chosen by a residents' group
    unit: bool = False


@dataclass
class Staff:
    person: str
    name: str
    role: str
    relative: bool = False
    #: where people vote at stations: the one they work at; empty for the count and the whole
    station: str = ""


@dataclass
class Election:
    id: str = ""
    body: str = ""
    community: str = ""
    community_name: str = ""
    path: str = ""
    rules: Ruleset | None = None
    ruleset_sha256: str = ""
    demonstration: bool = False
    opened_on: date | None = None
    steps: dict[str, StepState] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    roll: Roll = field(default_factory=Roll)
    objections: dict[int, Objection] = field(default_factory=dict)
    presiding: dict[str, str] = field(default_factory=dict)
    presiding_chair: str = ""
    assembly: str = ""
    delegates_fixed: int = 0
    delegates_approved: bool = False
    delegates: dict[str, Representative] = field(default_factory=dict)
    contests: list[Contest] = field(default_factory=list)
    form: str = ""
    seats_fixed: bool = False
    proposed: dict[tuple[str, str], Candidate] = field(default_factory=dict)
    #: pairs of persons who are near relatives, each in order
    relations: set[tuple[str, str]] = field(default_factory=set)
    prospective: list[Candidate] = field(default_factory=list)
    #: the vote is by ballot, or by show of hands where numbers are equal and most agreed
    method: str = "ballot"
    agreed: bool = False
    reported: bool = False
    studied: bool = False
    decided: bool = False
    #: hand, scan or check: how boxes are counted; and how many packs are counted again by hand
    counting: str = "hand"
    recount_packs: int = 0
    official: list[Candidate] = field(default_factory=list)
    official_fixed: bool = False
    representatives: dict[str, Representative] = field(default_factory=dict)
    representatives_closed: bool = False
    #: who votes, where the residents have chosen; else the ruleset says it
    chosen_electorate: str = ""
    staff: list[Staff] = field(default_factory=list)
    polling_fixed: bool = False
    stations: dict[str, Station] = field(default_factory=dict)
    #: principal -> proxy, both by their person
    proxies: dict[str, str] = field(default_factory=dict)
    #: number of the request -> person whom a mobile box visits
    visits: dict[int, str] = field(default_factory=dict)
    visits_asked: int = 0
    prepared: bool = False
    meetings: list[Meeting] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    #: person -> office of those elected so far
    elected: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    #: elected persons whom the street or the district refused (return c)
    refused: set[str] = field(default_factory=set)
    #: reasons of returns, newest last: (step, target, seq)
    returns: list[tuple[str, str, int]] = field(default_factory=list)
    closed_vacant: dict[str, int] = field(default_factory=dict)
    council: dict[str, Any] | None = None
    result_reported: bool = False
    consented: bool = False
    plenary: dict[str, Any] | None = None
    submitted: bool = False
    approved: bool = False
    appointed: bool = False
    certified: set[str] = field(default_factory=set)
    filed: bool = False
    filing_acknowledged: bool = False
    handover_items: dict[str, Any] | None = None
    handover_sha256: str = ""
    handover_signatures: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    divided: bool = False
    inspected: set[str] = field(default_factory=set)
    report_sealed: bool = False
    archived_on: date | None = None
    later: list[dict[str, Any]] = field(default_factory=list)
    #: what was destroyed after its retention: personal, files or ballots -> when
    destroyed: dict[str, date] = field(default_factory=dict)
    #: digest -> kinds of every paper sealed; a correction is of the kind that it corrects
    papers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: digest of a paper that was destroyed -> when
    gone: dict[str, date] = field(default_factory=dict)
    size: int = 0

    @property
    def law(self) -> Ruleset:
        """The sealed ruleset; an election is opened with one, so it is there."""
        assert self.rules is not None
        return self.rules

    @property
    def meeting(self) -> Meeting | None:
        return self.meetings[-1] if self.meetings else None

    @property
    def round(self) -> Round | None:
        return self.rounds[-1] if self.rounds else None

    @property
    def entitled(self) -> int:
        """应到: members, delegates, representatives or voters, as the ruleset's electorate says."""
        if self.assembly == "delegates":
            return len(self.delegates)
        if self.electorate in ("representatives", "households"):
            return len(self.representatives)
        return self.roll.entitled

    @property
    def electorate(self) -> str:
        """``assembly``, ``voters``, ``households`` or ``representatives``: as chosen, or as the ruleset says."""
        return self.chosen_electorate or str(self.law.value("electorate"))

    @property
    def at_stations(self) -> bool:
        """All voters vote, at stations and without meeting; anybody else meets."""
        return self.electorate == "voters"

    def poll_closed(self) -> bool:
        """Whether every station of the round that stands has closed."""
        this = self.round
        return (
            this is not None
            and bool(self.stations)
            and all((poll := this.polls.get(name)) is not None and poll.closed for name in self.stations)
        )

    def first_round(self) -> Round:
        """A round of all contests among the official candidates."""
        by_office: dict[str, list[Candidate]] = {c.id: [] for c in self.contests}
        for candidate in self.official:
            by_office[candidate.office].append(candidate)
        return Round(1, list(self.contests), by_office, method=self.method)

    def posted(self, kind: str) -> Notice | None:
        """The notice of this kind that stands."""
        standing = [n for n in self.notices if n.kind == kind and n.stands]
        return standing[-1] if standing else None

    def standing(self) -> set[str]:
        """Persons who stand: prospective and official candidates."""
        return {c.person for c in (*self.prospective, *self.official)}

    def contest(self, office: str) -> Contest | None:
        return next((c for c in self.contests if c.id == office), None)

    def seats(self) -> int:
        return sum(c.seats for c in self.contests)

    def outstanding(self) -> list[Objection]:
        return [o for o in self.objections.values() if o.decided_on is None and not o.late]
