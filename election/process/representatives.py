"""Who presides, how many seats there are, and who represents whom: leading group, assembly, delegates, representatives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from election import law
from election.process.base import (
    COMMITTEE,
    LEADING,
    PRESIDING,
    PRESIDING_CHAIR,
    Act,
    Deed,
    Demand,
    Filled,
    ListedName,
    Name,
    Payload,
    PersonId,
    Role,
    Text,
    Words,
    catalogued,
)
from election.process.facts import Contest, Representative
from election.process.relatives import kept_apart, related
from election.process.steps import demands
from election.process.world import World


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
    relative_reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        people = [m.person for m in self.members]
        yield Demand("lead.once", len(set(people)) == len(people))
        yield Demand("lead.chair", self.chair in people)
        facts = world.election
        candidates = {c.person for c in facts.prospective} | {p for p, _ in facts.proposed}
        yield Demand(
            "lead.no-candidate", not candidates & set(people), article=facts.law.article("presiding.candidate_leaves")
        )
        close = [m.name for m in self.members if related(facts, m.person, [*people, *candidates])]
        yield from kept_apart(facts, "presiding", close, self.relative_reason)

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
    relative_reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("lead.member", self.leaves in facts.presiding)
        yield Demand("lead.new", self.joins not in facts.presiding)
        candidates = {c.person for c in facts.prospective}
        yield Demand(
            "lead.no-candidate", self.joins not in candidates, article=facts.law.article("presiding.candidate_leaves")
        )
        yield Demand("lead.chair", self.leaves != facts.presiding_chair or self.chair)
        others = [*(p for p in facts.presiding if p != self.leaves), *candidates]
        close = [self.joins_name] if related(facts, self.joins, others) else []
        yield from kept_apart(facts, "presiding", close, self.relative_reason)

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
            for finding in law.check_seats(
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
            members, above = facts.roll.registered, facts.law.number("delegates.above_members")
            yield Demand(
                "assembly.above",
                law.delegates_allowed(facts.law, members),
                {"members": members, "above": above},
                article=facts.law.article("delegates.above_members"),
            )
            lawful = law.delegate_limits(facts.law)
            yield Demand(
                "assembly.delegates",
                lawful.hold(self.delegates),
                {"low": lawful.least, "high": lawful.most},
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
    name: ListedName


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
            article=facts.law.article(law.margin_key(facts.law)),
        )

    def apply(self, world: World, deed: Deed) -> None:
        for c in self.elected:
            world.election.delegates[c.person] = Representative(c.person, c.name, self.branch)


@catalogued
class ElectRepresentatives(Act):
    """A residents' group chooses, or a large unit sends, its representatives (S-07)."""

    code: ClassVar[str] = "representatives.elect"
    step: ClassVar[str] = "representatives|households"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = LEADING | COMMITTEE

    group: Text = Field(min_length=1)
    unit: bool = False
    households: int = Field(default=0, ge=0)
    elected: tuple[Chosen, ...] = Field(min_length=1)
    #: households of the roll that these people are of
    households_of: Annotated[int, Filled()] = 0

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, rules = world.election, world.election.law
        count = len(self.elected)
        people = [c.person for c in self.elected]
        others = {p for p, r in facts.representatives.items() if r.group != self.group}
        yield Demand("representatives.once", len(set(people)) == count and not set(people) & others)
        if facts.electorate == "households":
            yield Demand("households.no-unit", not self.unit)
            yield Demand(
                "households.at-most",
                count <= self.households,
                {"count": count, "households": self.households},
                article=rules.article("electorate"),
            )
            one_each = self.households_of == count
            yield Demand("households.one-each", one_each, {"households": self.households_of, "count": count})
        elif self.unit:
            lawful = law.unit_limits(rules)
            yield Demand(
                "representatives.unit",
                lawful.hold(count),
                {"low": lawful.least, "high": lawful.most, "count": count},
                article=rules.article("representatives.per_unit_min"),
            )
        else:
            by_group, by_households = law.group_limits(rules), law.household_limits(rules, self.households)
            yield Demand(
                "representatives.group",
                law.group_holds(rules, self.households, count),
                {
                    "low": by_group.least,
                    "high": by_group.most,
                    "fewest": by_households.least,
                    "most": by_households.most,
                    "count": count,
                },
                article=rules.article("representatives.per_group_min"),
            )

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.representatives = {p: r for p, r in facts.representatives.items() if r.group != self.group}
        for c in self.elected:
            facts.representatives[c.person] = Representative(c.person, c.name, self.group, self.unit)


@catalogued
class ChangeRepresentative(Act):
    """A change until the meeting: who leaves, why, who comes (S-07)."""

    code: ClassVar[str] = "representatives.change"
    step: ClassVar[str] = "representatives|households"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = LEADING | COMMITTEE
    any_time: ClassVar[bool] = True

    leaves: PersonId
    joins: PersonId = ""
    joins_name: ListedName | None = None
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
    step: ClassVar[str] = "representatives|households"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True

    reason: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, rules = world.election, world.election.law
        total = len(facts.representatives)
        usual = law.total_limits(rules)
        asked = ("representatives.some", "representatives.residents", "households.some")
        yield from (d for d in demands(world, deed.step) if d.code in asked)
        if facts.electorate == "households":
            return
        yield Demand(
            "representatives.total",
            usual.hold(total) or bool(self.reason),
            {"low": usual.least, "high": usual.most, "count": total},
            article=rules.article("representatives.total_min"),
        )

    def apply(self, world: World, deed: Deed) -> None:
        world.election.representatives_closed = True
