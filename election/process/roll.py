"""Opening an election, its rolls, notices and objections, and who represents whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from election.law import Ruleset, check_seats
from election.process.base import (
    COMMITTEE,
    LEADING,
    PRESIDING,
    PRESIDING_CHAIR,
    Act,
    Deed,
    Demand,
    Filled,
    Name,
    Payload,
    PersonId,
    PrivateName,
    PrivateWords,
    Role,
    Sha256,
    Text,
    Words,
    catalogued,
)
from election.process.facts import Contest, Election, Notice, Objection, Representative
from election.process.steps import demands
from election.process.world import World

REGISTRARS = COMMITTEE | LEADING | {Role.REGISTRAR}


@catalogued
class OpenElection(Act):
    """First entry of an election: body, community, and the sealed ruleset with the version of count semantics."""

    code: ClassVar[str] = "election.open"
    who: ClassVar[frozenset[str]] = frozenset({Role.SERVER, Role.STREET})
    hidden: ClassVar[bool] = True
    any_time: ClassVar[bool] = True

    body_of_election: Literal["party", "residents"]
    community: str
    community_name: Text
    path: str
    campaign: str
    ruleset: str
    ruleset_sha256: Sha256
    count_semantics: int = 1
    demonstration: bool = False

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("election.first", world.election.size == 0)
        yield Demand("campaign.community-known", self.community in world.campaign.communities)
        yield Demand("election.ruleset", world.campaign.rulesets.get(self.body_of_election) == self.ruleset)
        if not self.demonstration:
            # A real election does not start on numbers from memory that the office has not confirmed.
            open_keys = [
                k
                for k in world.rules(self.ruleset_sha256).unconfirmed()
                if (self.ruleset, k) not in world.campaign.confirmed
            ]
            yield Demand(
                "campaign.rules-confirmed",
                not open_keys,
                {"keys": "、".join(open_keys[:5]), "count": len(open_keys)},
                act="campaign.confirm_rule",
            )

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.body, facts.community, facts.community_name = self.body_of_election, self.community, self.community_name
        facts.path, facts.ruleset_sha256 = self.path, self.ruleset_sha256
        facts.rules = world.rules(self.ruleset_sha256)
        facts.demonstration = self.demonstration
        facts.opened_on = deed.occurred_on


# --- rolls -----------------------------------------------------------------------------------------------------------


class RollAct(Act):
    who: ClassVar[frozenset[str]] = REGISTRARS
    hidden: ClassVar[bool] = True

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("roll.not-frozen", not world.election.roll.frozen)


class GroupCount(Payload):
    group: Text
    count: int = Field(ge=0)


class RollState(RollAct):
    """After any change: how many stand on the roll, and the seal of all its rows (root over their commitments)."""

    registered: Annotated[int, Field(ge=0), Filled()]
    probationary: Annotated[int, Field(ge=0), Filled()] = 0
    held: Annotated[int, Field(ge=0), Filled()] = 0
    groups: Annotated[tuple[GroupCount, ...], Filled()] = ()
    root: Annotated[Sha256, Filled()]

    def apply(self, world: World, deed: Deed) -> None:
        roll = world.election.roll
        roll.imported = True
        roll.registered, roll.probationary, roll.held, roll.root = (
            self.registered,
            self.probationary,
            self.held,
            self.root,
        )
        roll.groups = {g.group: g.count for g in self.groups}


@catalogued
class ImportRoll(RollState):
    """A file of residents or members: all of its good rows, in one transaction (contracts §3)."""

    code: ClassVar[str] = "roll.import"
    step: ClassVar[str] = "register|roll"

    #: also from the command line of the server, where nobody is signed in: the record then says "server"
    who: ClassVar[frozenset[str]] = REGISTRARS | {Role.SERVER}

    rows: int = Field(ge=0)
    accepted: int = Field(ge=0)
    rejected: int = Field(ge=0)
    warnings: int = Field(ge=0)
    file_sha256: Sha256

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        yield Demand("roll.open", not world.election.roll.closed)
        yield Demand("roll.some-row", self.accepted > 0)


@catalogued
class ChangeRoll(RollState):
    """One person added by hand, corrected, removed, merged with a double, or moved from or to another community."""

    code: ClassVar[str] = "roll.change"
    step: ClassVar[str] = "register|roll"
    any_time: ClassVar[bool] = True

    kind: Literal["add", "correct", "remove", "merge", "move_in", "move_out", "accept"]
    person: PersonId
    name: PrivateName
    basis: Text = Field(min_length=1)
    objection: int | None = None

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        facts = world.election
        if facts.roll.closed:
            # after the list is fixed, only a decided objection or a supplementary notice changes it (E22)
            decided = (
                self.objection is not None
                and (o := facts.objections.get(self.objection)) is not None
                and o.upheld is True
            )
            yield Demand("roll.change-basis", decided or len(self.basis) >= 4)


@catalogued
class ReviewRoll(RollState):
    """A registrar has looked at rows that waited or were held: they stand, or they go."""

    code: ClassVar[str] = "roll.review"
    step: ClassVar[str] = "register|roll"
    any_time: ClassVar[bool] = True

    persons: tuple[PersonId, ...] = Field(min_length=1, max_length=5000)
    decision: Literal["accept", "remove"]
    basis: Text = Field(min_length=2)


@catalogued
class CloseRegistration(Act):
    """Registration of voters is complete; the list can be posted."""

    code: ClassVar[str] = "roll.close_registration"
    step: ClassVar[str] = "register"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = REGISTRARS
    final: ClassVar[bool] = True

    def apply(self, world: World, deed: Deed) -> None:
        world.election.roll.closed = True


@catalogued
class FixRoll(Act):
    """The list of voters stands: posted, its window over, every objection decided (V-07)."""

    #: what the deadline asks is that the list was posted
    timely: ClassVar[bool] = False

    code: ClassVar[str] = "roll.fix"
    step: ClassVar[str] = "roll"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True
    final: ClassVar[bool] = True

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        notice = facts.posted("roll_notice")
        if facts.body == "residents" and notice is not None:
            days = int(facts.law.value("objection.window_days"))
            until = notice.posted_on + timedelta(days=days)
            yield Demand(
                "roll.window-over",
                deed.occurred_on > until,
                {"until": until, "days": days},
                article=facts.law.article("objection.window_days"),
            )

    def apply(self, world: World, deed: Deed) -> None:
        roll = world.election.roll
        roll.closed = roll.fixed = True
        roll.frozen = world.election.body == "party"


@catalogued
class ExcludeMember(Act):
    """A full member is left out of 应到, on a ground of P-11, with the superior's consent and the meeting's vote."""

    code: ClassVar[str] = "roll.exclude"
    step: ClassVar[str] = "roll"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = REGISTRARS

    person: PersonId
    name: PrivateName
    ground: Literal[
        "illness", "abroad", "serving_sentence", "bed_ridden", "away_six_months", "moved_home", "suspended", "migrant"
    ]
    consent_document: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("roll.not-frozen", not world.election.roll.frozen)
        yield Demand("roll.not-excluded", self.person not in world.election.roll.excluded)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.roll.excluded[self.person] = self.ground


@catalogued
class ReadmitMember(ExcludeMember):
    """Counted as entitled again."""

    code: ClassVar[str] = "roll.readmit"

    ground: Literal["returned", "corrected"] = "corrected"  # type: ignore[assignment]
    consent_document: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("roll.not-frozen", not world.election.roll.frozen)
        yield Demand("roll.is-excluded", self.person in world.election.roll.excluded)

    def apply(self, world: World, deed: Deed) -> None:
        del world.election.roll.excluded[self.person]


# --- notices ---------------------------------------------------------------------------------------------------------

#: kind of notice -> step it belongs to
NOTICES = {
    "roll_notice": "roll",
    "roll_correction": "roll",
    "seats_notice": "seats",
    "representatives": "representatives",
    "delegates": "assembly",
    "prospective_list": "prospective",
    "official_list": "official",
    "polling_notice": "prepare",
    "staff_notice": "prepare",
    "result_notice": "ballot|hands",
    "correction_notice": "",
}


@catalogued
class PostNotice(Act):
    """A notice is posted, numbered in one series; a correction is a new notice that supersedes number N."""

    code: ClassVar[str] = "notice.post"
    who: ClassVar[frozenset[str]] = PRESIDING
    any_time: ClassVar[bool] = True

    kind: Literal[
        "roll_notice",
        "roll_correction",
        "seats_notice",
        "representatives",
        "delegates",
        "prospective_list",
        "official_list",
        "polling_notice",
        "staff_notice",
        "result_notice",
        "correction_notice",
    ]
    place: Text = Field(min_length=1)
    supersedes: int | None = None
    reason: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("notice.paper", bool(deed.papers))
        if self.supersedes is not None:
            standing = {n.number for n in facts.notices if n.superseded_by is None}
            yield Demand("notice.stands", self.supersedes in standing, {"number": self.supersedes})
            yield Demand("act.reason", bool(self.reason))
        else:
            already = facts.posted(self.kind) if self.kind not in ("roll_correction", "correction_notice") else None
            yield Demand("notice.once", already is None, {"number": already.number if already else 0})
        ready, act = self._ready(facts)
        yield Demand(f"notice.ready.{self.kind}", ready, act=act)

    def meets_deadline(self) -> bool:
        return self.kind in ("roll_notice", "official_list") and self.supersedes is None

    def _ready(self, facts: Election) -> tuple[bool, str]:
        """What must be known before this list can be posted, and the act that makes it known."""
        table = {
            "roll_notice": (facts.roll.closed, "roll.close_registration"),
            "roll_correction": (facts.posted("roll_notice") is not None, "notice.post"),
            "seats_notice": (facts.seats_fixed, "seats.fix"),
            "representatives": (facts.representatives_closed, "representatives.fix"),
            "delegates": (bool(facts.delegates), "delegates.elect"),
            "prospective_list": (bool(facts.prospective), "nomination.prospective"),
            "official_list": (facts.official_fixed, "official.fix"),
            "polling_notice": (facts.polling_fixed, "prepare.place"),
            "staff_notice": (bool(facts.staff), "prepare.staff"),
            "result_notice": (any(r.answer for r in facts.rounds), "result.announce"),
            "correction_notice": (self.supersedes is not None, "notice.post"),
        }
        return table[self.kind]

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        number = len(facts.notices) + 1
        for earlier in facts.notices:
            if earlier.number == self.supersedes:
                earlier.superseded_by = number
        # a correction takes the place of what it corrects, so that "posted" goes on being answered by the kind
        corrected = next((n.kind for n in facts.notices if n.number == self.supersedes), self.kind)
        kind = corrected if self.kind == "correction_notice" else self.kind
        sha256 = deed.papers[0]["sha256"] if deed.papers else ""
        facts.notices.append(
            Notice(number, kind, deed.occurred_on, facts.community, self.place, sha256, self.supersedes, seq=deed.seq)
        )


# --- objections ------------------------------------------------------------------------------------------------------


@catalogued
class FileObjection(Act):
    """A resident objects to the roll or to a prospective candidate, in the window; later it is a complaint (V-07)."""

    code: ClassVar[str] = "objection.file"
    who: ClassVar[frozenset[str]] = REGISTRARS | {Role.VOTER}
    any_time: ClassVar[bool] = True

    kind: Literal["roll_missing", "roll_wrong", "candidate", "other"]
    about: PrivateName
    text: PrivateWords
    by: PrivateName
    contact: PrivateName
    person: PersonId = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("objection.text", len(self.text) >= 4)
        basis = "prospective_list" if self.kind == "candidate" else "roll_notice"
        posted = self.kind == "other" or world.election.posted(basis) is not None
        yield Demand("objection.posted", posted)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        notice = facts.posted("prospective_list" if self.kind == "candidate" else "roll_notice")
        # a ruleset without a window sets no last day
        days = facts.law.get("objection.window_days")
        over = notice is None or (days is not None and deed.occurred_on > notice.posted_on + timedelta(days=int(days)))
        late = self.kind == "other" or over
        number = len(facts.objections) + 1
        facts.objections[number] = Objection(number, self.kind, deed.occurred_on, late, self.person)


@catalogued
class DecideObjection(Act):
    """Decided and answered, within the days the ruleset gives; a registrar cannot decide alone."""

    code: ClassVar[str] = "objection.decide"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True
    any_time: ClassVar[bool] = True

    objection: int = Field(ge=1)
    upheld: bool
    answer: PrivateWords
    late_reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        found = facts.objections.get(self.objection)
        yield Demand("objection.waiting", found is not None and found.decided_on is None, {"number": self.objection})
        yield Demand("objection.answer", len(self.answer) >= 2)
        if found is not None:
            days = facts.law.get("objection.answer_days")
            if days is not None:
                due = found.filed_on + timedelta(days=int(days))
                yield Demand(
                    "objection.in-time",
                    deed.occurred_on <= due or bool(self.late_reason),
                    {"due": due, "days": int(days)},
                    article=facts.law.article("objection.answer_days"),
                )

    def apply(self, world: World, deed: Deed) -> None:
        found = world.election.objections[self.objection]
        found.decided_on, found.upheld = deed.occurred_on, self.upheld


# --- who presides, seats, who represents -----------------------------------------------------------------------------


class GroupMember(Payload):
    person: PersonId
    name: Name
    group: Text = ""


@catalogued
class FormLeadingGroup(Act):
    """The residents' leading group, of representatives whom the residents' groups choose (S-04)."""

    code: ClassVar[str] = "lead.form"
    step: ClassVar[str] = "lead"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = COMMITTEE

    chair: PersonId
    members: tuple[GroupMember, ...] = Field(min_length=3)
    chair_is_party_head: bool = False

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        people = [m.person for m in self.members]
        yield Demand("lead.once", len(set(people)) == len(people))
        yield Demand("lead.chair", self.chair in people)
        facts = world.election
        candidates = {c.person for c in facts.prospective} | {p for p, _ in facts.proposed}
        yield Demand(
            "lead.no-candidate", not candidates & set(people), article=facts.law.article("presiding.candidate_leaves")
        )

    def apply(self, world: World, deed: Deed) -> None:
        world.election.presiding = {m.person: m.name for m in self.members}
        world.election.presiding_chair = self.chair


@catalogued
class ReplaceLeader(Act):
    """Whoever becomes a candidate leaves the leading group and is replaced (R-18)."""

    code: ClassVar[str] = "lead.replace"
    step: ClassVar[str] = "lead"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = COMMITTEE
    any_time: ClassVar[bool] = True

    leaves: PersonId
    joins: PersonId
    joins_name: Name
    reason: Text = Field(min_length=2)
    chair: bool = False

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("lead.member", self.leaves in facts.presiding)
        yield Demand("lead.new", self.joins not in facts.presiding)
        candidates = {c.person for c in facts.prospective}
        yield Demand(
            "lead.no-candidate", self.joins not in candidates, article=facts.law.article("presiding.candidate_leaves")
        )
        yield Demand("lead.chair", self.leaves != facts.presiding_chair or self.chair)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        del facts.presiding[self.leaves]
        facts.presiding[self.joins] = self.joins_name
        if self.chair:
            facts.presiding_chair = self.joins


class OfficeSeats(Payload):
    office: Text = Field(min_length=1)
    seats: int = Field(ge=1, le=30)
    public: int = Field(default=0, ge=0)
    police: bool = False
    tertiary: bool = False


OFFICES = {"委员": "member", "主任": "chair", "副主任": "deputy", "书记": "secretary", "副书记": "deputy_secretary"}


@catalogued
class FixSeats(Act):
    """How many seats, by office: within the ruleset's limits, odd; residents' fixed by the sitting meeting (S-01, S-02)."""

    code: ClassVar[str] = "seats.fix"
    step: ClassVar[str] = "seats"
    who: ClassVar[frozenset[str]] = PRESIDING
    signed: ClassVar[bool] = True

    form: Literal["branch", "general_branch", "committee", "no_committee", "residents"]
    offices: tuple[OfficeSeats, ...] = Field(min_length=1)
    reason: Words = ""
    meeting_on: date | None = None
    meeting_present: int | None = Field(default=None, ge=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        if facts.body == "party":
            yield Demand("roll.imported", facts.roll.imported, act="roll.import")
        fits = (self.form == "residents") == (facts.body == "residents")
        yield Demand("seats.form", fits)
        if not fits:
            return
        names = [o.office for o in self.offices]
        yield Demand("seats.offices-once", len(set(names)) == len(names))
        total = sum(o.seats for o in self.offices)
        members = facts.roll.registered if facts.roll.imported else None
        if self.form == "no_committee":
            # a branch of few members elects its secretary, and a deputy if needed, and no committee (P-34)
            over = int(facts.law.value("seats.branch.over_members"))
            yield Demand(
                "seats.no-committee",
                members is not None and members <= over and total <= 2,
                {"over": over},
                article=facts.law.article("seats.branch.over_members"),
            )
        else:
            for finding in check_seats(
                facts.law, total, form=None if self.form == "residents" else self.form, members=members
            ):
                excused = finding.severity == "reason" and bool(self.reason)
                yield Demand(finding.code, excused, dict(finding.params), article=finding.article)
        if facts.body == "residents":
            yield Demand(
                "seats.by-meeting",
                self.meeting_on is not None and self.meeting_present is not None,
                article=facts.law.article("seats.min"),
            )
            deputies = [o for o in self.offices if OFFICES.get(o.office) == "deputy"]
            composed = any(o.police for o in deputies) and any(o.tertiary for o in deputies)
            required = bool(facts.law.get("seats.deputy_composition"))
            yield Demand(
                "seats.deputies",
                composed or bool(self.reason) or not required,
                article=facts.law.article("seats.deputy_composition") if required else "",
            )
            for office in self.offices:
                yield Demand("seats.public", office.public <= office.seats, {"office": office.office})

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.form, facts.seats_fixed = self.form, True
        facts.contests = [
            Contest(
                OFFICES.get(o.office, f"office{i}"),
                o.office,
                o.seats,
                head=OFFICES.get(o.office) in ("chair", "secretary"),
                public=o.public,
                require=[
                    {"kind": kind, "at_least": 1} for kind, on in (("police", o.police), ("tertiary", o.tertiary)) if on
                ],
            )
            for i, o in enumerate(self.offices, 1)
        ]


@catalogued
class FixAssembly(Act):
    """All members' assembly; above the ruleset's number of members, delegates may be fixed with approval (S-06)."""

    code: ClassVar[str] = "assembly.fix"
    step: ClassVar[str] = "assembly"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})

    form: Literal["assembly", "delegates"]
    delegates: int = Field(default=0, ge=0)
    reason: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        if self.form == "delegates":
            above = int(facts.law.value("delegates.above_members"))
            yield Demand(
                "assembly.above",
                facts.roll.registered > above,
                {"members": facts.roll.registered, "above": above},
                article=facts.law.article("delegates.above_members"),
            )
            low, high = int(facts.law.value("delegates.min")), int(facts.law.value("delegates.max"))
            yield Demand(
                "assembly.delegates",
                low <= self.delegates <= high,
                {"low": low, "high": high},
                article=facts.law.article("delegates.min"),
            )

    def apply(self, world: World, deed: Deed) -> None:
        world.election.assembly = self.form
        world.election.delegates_fixed = self.delegates
        world.election.delegates_approved = False


@catalogued
class ApproveAssembly(Act):
    code: ClassVar[str] = "assembly.approve"
    step: ClassVar[str] = "assembly"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = frozenset({Role.ORGANISATION})

    document_number: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("assembly.asked", world.election.assembly == "delegates", act="assembly.fix")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.delegates_approved = True


class Chosen(Payload):
    person: PersonId
    name: Name


@catalogued
class ElectDelegates(Act):
    """One sub-branch elects its delegates, with the margin (P-06)."""

    code: ClassVar[str] = "delegates.elect"
    step: ClassVar[str] = "assembly"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = COMMITTEE

    branch: Text = Field(min_length=1)
    candidates: int = Field(ge=1)
    elected: tuple[Chosen, ...] = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("assembly.approved", facts.delegates_approved, act="assembly.approve")
        people = [c.person for c in self.elected]
        yield Demand("representatives.once", len(set(people)) == len(people) and not set(people) & set(facts.delegates))
        need = world.margin(len(people))
        yield Demand(
            "margin.enough",
            self.candidates >= need,
            {"seats": len(people), "needs": need, "has": self.candidates, "office": "党员代表"},
            article=facts.law.article("margin.share"),
        )

    def apply(self, world: World, deed: Deed) -> None:
        for c in self.elected:
            world.election.delegates[c.person] = Representative(c.person, c.name, self.branch)


@catalogued
class ElectRepresentatives(Act):
    """A residents' group chooses, or a large unit sends, its representatives (S-07)."""

    code: ClassVar[str] = "representatives.elect"
    step: ClassVar[str] = "representatives"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = LEADING | COMMITTEE

    group: Text = Field(min_length=1)
    unit: bool = False
    households: int = Field(default=0, ge=0)
    elected: tuple[Chosen, ...] = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, rules = world.election, world.election.law
        count = len(self.elected)
        people = [c.person for c in self.elected]
        others = {p for p, r in facts.representatives.items() if r.group != self.group}
        yield Demand("representatives.once", len(set(people)) == count and not set(people) & others)
        if self.unit:
            low, high = (
                int(rules.value("representatives.per_unit_min")),
                int(rules.value("representatives.per_unit_max")),
            )
            yield Demand(
                "representatives.unit",
                low <= count <= high,
                {"low": low, "high": high, "count": count},
                article=rules.article("representatives.per_unit_min"),
            )
        else:
            low, high = (
                int(rules.value("representatives.per_group_min")),
                int(rules.value("representatives.per_group_max")),
            )
            by_group = low <= count <= high
            fewest, most = _household_range(rules, self.households)
            by_households = self.households > 0 and fewest <= count <= most
            yield Demand(
                "representatives.group",
                by_group or by_households,
                {"low": low, "high": high, "fewest": fewest, "most": most, "count": count},
                article=rules.article("representatives.per_group_min"),
            )

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.representatives = {p: r for p, r in facts.representatives.items() if r.group != self.group}
        for c in self.elected:
            facts.representatives[c.person] = Representative(c.person, c.name, self.group, self.unit)


def _household_range(rules: Ruleset, households: int) -> tuple[int, int]:
    """1 per 20-60 households: the fewest and the most that many households may choose."""
    most_per, least_per = (
        int(rules.value("representatives.households_max")),
        int(rules.value("representatives.households_min")),
    )
    return -(-households // most_per), max(households // least_per, 1)


@catalogued
class ChangeRepresentative(Act):
    """A change until the meeting: who leaves, why, who comes (S-07)."""

    code: ClassVar[str] = "representatives.change"
    step: ClassVar[str] = "representatives"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = LEADING | COMMITTEE
    any_time: ClassVar[bool] = True

    leaves: PersonId
    joins: PersonId = ""
    joins_name: Name | None = None
    reason: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("representatives.known", self.leaves in facts.representatives)
        yield Demand("representatives.once", self.joins not in facts.representatives)
        meeting = facts.meeting
        yield Demand("representatives.before-meeting", meeting is None or meeting.present is None)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        gone = facts.representatives.pop(self.leaves)
        if self.joins:
            facts.representatives[self.joins] = Representative(self.joins, self.joins_name or "", gone.group, gone.unit)


@catalogued
class FixRepresentatives(Act):
    """The list of representatives stands: 40-60 (else a reason), residents at least two thirds (firm) (S-07, E39)."""

    code: ClassVar[str] = "representatives.fix"
    step: ClassVar[str] = "representatives"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True

    reason: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, rules = world.election, world.election.law
        total = len(facts.representatives)
        low, high = int(rules.value("representatives.total_min")), int(rules.value("representatives.total_max"))
        yield from (
            d for d in demands(world, deed.step) if d.code in ("representatives.some", "representatives.residents")
        )
        yield Demand(
            "representatives.total",
            low <= total <= high or bool(self.reason),
            {"low": low, "high": high, "count": total},
            article=rules.article("representatives.total_min"),
        )

    def apply(self, world: World, deed: Deed) -> None:
        world.election.representatives_closed = True


def groups_of(facts: Election) -> Counter[str]:
    """How many representatives each group or unit has."""
    return Counter(r.group for r in facts.representatives.values())
