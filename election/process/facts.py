"""What is known of an office, a campaign and an election: the fold of their entries, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from election import law
from election.law import Ruleset

#: roles of the offices above a community: whoever of them is there first needs nobody to vouch for them
FOUNDING = frozenset({"administrator", "organisation_reviewer", "civil_reviewer", "street_officer"})


@dataclass
class Key:
    fingerprint: str
    public: str
    #: position in the office log from which, and up to which, its signatures count
    since: int
    revoked: int | None = None
    #: officials who saw the person and read this fingerprint with them
    vouchers: set[str] = field(default_factory=set)
    #: signed for by a founder's key
    founder: bool = False


@dataclass
class Account:
    id: str
    role: str
    scope: str
    #: a hall account acts in one election only
    election: str | None
    #: person of the roll behind a hall account; empty where not known
    person: str = ""
    active: bool = True
    keys: list[Key] = field(default_factory=list)

    @property
    def key(self) -> Key | None:
        """The key that counts now: the last that was made, unless it was revoked."""
        return self.keys[-1] if self.keys and self.keys[-1].revoked is None else None


@dataclass
class Witness:
    """Somebody outside the server who remembers its checkpoints and cosigns them (C2SP tlog-cosignature)."""

    name: str
    vkey: str
    #: scrutineer, street, district or observer
    kind: str
    scope: str
    closed: bool = False


@dataclass
class Office:
    id: str = ""
    server_key: str = ""
    name: str = ""
    demonstration: bool = False
    accounts: dict[str, Account] = field(default_factory=dict)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    #: every key that was ever enrolled here, the server's and people's
    public_keys: set[str] = field(default_factory=set)
    #: position of the first voucher's act; the officials whose keys stood before it are the founders
    first_vouched: int | None = None
    size: int = 0

    def vouched(self, account: str) -> bool:
        """Whether the key that counts now was vouched for by two officials, or is a founder's."""
        found = self.accounts.get(account)
        key = found.key if found is not None else None
        if found is None or key is None:
            return False
        return self.founder(found, key) or len(key.vouchers) >= 2

    def founder(self, account: Account, key: Key) -> bool:
        """Whether the key is an official's who was there before anybody vouched, or took such a key's place."""
        first = self.first_vouched is None or key.since < self.first_vouched
        return key.founder or (account.role in FOUNDING and first)


@dataclass
class Notice:
    number: int
    kind: str
    posted_on: date
    community: str = ""
    place: str = ""
    sha256: str = ""
    supersedes: int | None = None
    superseded_by: int | None = None
    #: what it said does not hold any more, and nothing has taken its place yet
    withdrawn: bool = False
    seq: int = 0

    @property
    def stands(self) -> bool:
        return self.superseded_by is None and not self.withdrawn


@dataclass
class StepState:
    attempt: int = 1
    done_on: date | None = None
    done_seq: int | None = None
    #: the day of the act that the deadline asks for, where the step is done only later
    met_on: date | None = None
    #: reason given for being late, if it was
    late: str = ""
    late_days: int = 0


@dataclass
class Community:
    id: str
    name: str
    #: body -> election day, where it differs from the plan's
    days: dict[str, date] = field(default_factory=dict)
    committee: bool = False
    notices: list[Notice] = field(default_factory=list)
    reports: set[str] = field(default_factory=set)
    #: body -> approved new day
    postponed: dict[str, date] = field(default_factory=dict)
    steps: dict[str, StepState] = field(default_factory=dict)


@dataclass
class Postponement:
    number: int
    community: str
    body: str
    new_day: date
    asked_on: date
    decided: bool | None = None


@dataclass
class Finding:
    number: int
    community: str
    on: date
    remedied: bool = False


@dataclass
class Campaign:
    id: str = ""
    title: str = ""
    term: str = ""
    district: str = ""
    street: str = ""
    path: str = ""
    window: tuple[date, date] | None = None
    days: dict[str, date] = field(default_factory=dict)
    rulesets: dict[str, str] = field(default_factory=dict)
    #: id -> the street's own rulesets, as the plan sealed them
    own: dict[str, Ruleset] = field(default_factory=dict)
    demonstration: bool = False
    communities: dict[str, Community] = field(default_factory=dict)
    #: (ruleset, key) numbers that the office has confirmed with source and article
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    head: bool = False
    trainings: int = 0
    findings: list[Finding] = field(default_factory=list)
    postponements: list[Postponement] = field(default_factory=list)
    inspected_on: date | None = None
    steps: dict[str, StepState] = field(default_factory=dict)
    size: int = 0

    def ruleset(self, ruleset_id: str) -> Ruleset:
        """One of the street's own, or a built-in one. Raises WrongInput."""
        return self.own.get(ruleset_id) or law.load(ruleset_id)

    def rules(self, body: str) -> Ruleset:
        """The ruleset that the plan names for a body."""
        return self.ruleset(self.rulesets[body])

    def day(self, community: str, body: str) -> date | None:
        """Election day of one body of one community."""
        place = self.communities.get(community)
        if place is None:
            return self.days.get(body)
        return place.postponed.get(body) or place.days.get(body) or self.days.get(body)


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
