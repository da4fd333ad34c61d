"""From proposed persons to official candidates: routes, eligibility, the margin (差额), assessment, approval."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from election import law
from election.process.base import (
    PRESIDING,
    PRESIDING_CHAIR,
    Act,
    Deed,
    Demand,
    Filled,
    Name,
    Payload,
    PersonId,
    PrivateWords,
    Role,
    Text,
    Words,
    catalogued,
)
from election.process.demands import assess_act, assessment_demands, decided_above, passed_demands
from election.process.facts import Candidate, Election
from election.process.relatives import kept_apart, related
from election.process.resets import withdraw_notice
from election.process.steps import reopen
from election.process.world import World

#: in rising order, so that "at least senior-secondary" can be asked
EDUCATION = ("primary", "junior_secondary", "senior_secondary", "college", "bachelor", "master")
Education = Literal["", "primary", "junior_secondary", "senior_secondary", "college", "bachelor", "master"]
Route = Literal[
    "leading_group", "joint_voters", "joint_households", "group", "organisation", "members", "masses", "self"
]


class Standing(Payload):
    """What the roll says of a person on the day: filled in from the tables, stated in the entry, sealed by it."""

    on_roll: bool = False
    full_member: bool = False
    sex: Literal["", "male", "female"] = ""
    age: int | None = None
    #: supporters that stand on the roll, each counted once
    supporters_on_roll: int = 0


@catalogued
class Propose(Act):
    """A person is proposed for an office, by which routes and by whom (S-08, S-09)."""

    code: ClassVar[str] = "nomination.propose"
    step: ClassVar[str] = "propose"
    until: ClassVar[str] = "prospective"
    who: ClassVar[frozenset[str]] = PRESIDING | {Role.REGISTRAR}

    person: PersonId
    name: Name
    office: Text
    routes: tuple[Route, ...] = Field(min_length=1)
    supporters: tuple[PersonId, ...] = ()
    proposers: PrivateWords = ""
    education: Education = ""
    sitting: bool = False
    public: bool = False
    permanent_resident: bool = True
    police: bool = False
    exception_reason: Words = ""
    standing: Annotated[Standing, Filled()] = Standing()

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, rules = world.election, world.election.law
        contest = facts.contest(self.office)
        yield Demand("nomination.office", contest is not None, {"office": self.office})
        if contest is None:
            return
        # the same person may be proposed again by another route; the routes add up
        if facts.body == "party":
            yield Demand("nomination.full-member", self.standing.full_member)
        else:
            # a community policeman need not be on the roll (S-02, assumed)
            yield Demand("nomination.on-roll", self.standing.on_roll or self.police)
        count = self.standing.supporters_on_roll
        if "joint_voters" in self.routes and (need := rules.get("nomination.joint_voters")):
            yield Demand(
                "nomination.joint-voters",
                count >= int(need),
                {"needs": int(need), "has": count},
                article=rules.article("nomination.joint_voters"),
            )
        if "joint_households" in self.routes and (need := rules.get("nomination.joint_households")):
            yield Demand(
                "nomination.joint-households",
                count >= int(need),
                {"needs": int(need), "has": count},
                article=rules.article("nomination.joint_households"),
            )
        if self.public:
            yield Demand("nomination.public-office", contest.public > 0, {"office": contest.office})
            yield from self._conditions(world, "candidate.public_deputy", firm=True)
            yield Demand(
                "nomination.permanent",
                self.permanent_resident or not rules.get("candidate.public_deputy.permanent_resident"),
                article=rules.article("candidate.public_deputy.max_age"),
            )
        if contest.head:
            yield from self._conditions(world, "candidate.head", firm=False)
        if facts.presiding:
            leaves = not rules.get("presiding.candidate_leaves", True) or self.person not in facts.presiding
            yield Demand(
                "nomination.leaves-presiding",
                leaves,
                article=rules.article("presiding.candidate_leaves"),
                act="lead.replace",
            )

    def _conditions(self, world: World, prefix: str, *, firm: bool) -> Iterator[Demand]:
        """Age and schooling; those for a head are "in principle": an exception needs its reason (S-11)."""
        rules = world.election.law
        excused = not firm and bool(self.exception_reason)
        limit = rules.get(f"{prefix}.max_age")
        if limit is not None and self.standing.age is not None:
            yield Demand(
                "nomination.age",
                self.standing.age <= int(limit) or excused,
                {"age": self.standing.age, "limit": int(limit)},
                article=rules.article(f"{prefix}.max_age"),
            )
        least = rules.get(f"{prefix}.min_education")
        if least is not None:
            enough = self.education != "" and EDUCATION.index(self.education) >= EDUCATION.index(str(least))
            yield Demand("nomination.education", enough or excused, article=rules.article(f"{prefix}.min_education"))

    def apply(self, world: World, deed: Deed) -> None:
        key = (self.person, self.office)
        known = world.election.proposed.get(key)
        routes = list(dict.fromkeys([*(known.routes if known else []), *self.routes]))
        reserved = [
            kind
            for kind, on in (
                ("police", self.police),
                ("tertiary", self.education in EDUCATION[3:]),
                ("public", self.public),
            )
            if on
        ]
        world.election.names[self.person] = self.name
        world.election.proposed[key] = Candidate(
            self.person,
            self.name,
            self.office,
            routes,
            self.standing.sex,
            self.standing.age,
            self.education,
            self.sitting,
            self.public,
            reserved,
            proposed_on=deed.occurred_on,
        )


@catalogued
class WithdrawProposal(Act):
    """A proposal is taken back before the prospective list is made."""

    code: ClassVar[str] = "nomination.withdraw"
    step: ClassVar[str] = "propose"
    until: ClassVar[str] = "prospective"
    who: ClassVar[frozenset[str]] = PRESIDING | {Role.REGISTRAR}

    person: PersonId
    office: Text
    reason: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("nomination.proposed", (self.person, self.office) in world.election.proposed)

    def apply(self, world: World, deed: Deed) -> None:
        del world.election.proposed[(self.person, self.office)]


class Slot(Payload):
    person: PersonId
    office: Text


def margin_demands(world: World, people: list[tuple[str, str]], method: str) -> Iterator[Demand]:
    """Enough candidates per office (差额); by show of hands, where the ruleset has it so, as many as seats."""
    facts = world.election
    rules = facts.law
    equal = method == "hands" and world.equal_by_hands
    for contest in facts.contests:
        has = sum(1 for _, office in people if office == contest.id)
        if equal:
            yield Demand(
                "margin.equal",
                has == contest.seats,
                {"office": contest.office, "seats": contest.seats, "has": has},
                article=rules.article("margin.equal_by_hands"),
            )
        else:
            needs = world.margin(contest.seats)
            yield Demand(
                "margin.enough",
                has >= needs,
                {"office": contest.office, "seats": contest.seats, "needs": needs, "has": has},
                article=rules.article(law.margin_key(rules)),
                act="nomination.propose",
            )


@catalogued
class FixProspective(Act):
    """The proposed are narrowed to the prospective candidates, with the margin per office (S-08)."""

    code: ClassVar[str] = "nomination.prospective"
    step: ClassVar[str] = "prospective"
    who: ClassVar[frozenset[str]] = PRESIDING
    signed: ClassVar[bool] = True

    candidates: tuple[Slot, ...] = Field(min_length=1)
    method: Literal["ballot", "hands"] = "ballot"
    #: where near relatives stand together, or one presides, and the ruleset does not refuse it
    relative_reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        pairs = [(c.person, c.office) for c in self.candidates]
        yield Demand("nomination.once", len({p for p, _ in pairs}) == len(pairs))
        for pair in pairs:
            yield Demand(
                "nomination.was-proposed",
                pair in facts.proposed,
                {"name": facts.names.get(pair[0], "")},
                act="nomination.propose",
            )
        people = list(dict.fromkeys(person for person, _ in pairs))
        together = [facts.names.get(p, "") for p in people if related(facts, p, people)]
        yield from kept_apart(facts, "members", together, self.relative_reason)
        beside = [facts.names.get(p, "") for p in people if related(facts, p, facts.presiding)]
        yield from kept_apart(facts, "presiding", beside, self.relative_reason)
        hands = self.method == "hands"
        if hands:
            allowed = bool(facts.law.get("hands.allowed"))
            yield Demand("hands.allowed", allowed, article=facts.law.article("hands.allowed") if allowed else "")
        if not hands or facts.law.get("hands.allowed"):
            yield from margin_demands(world, pairs, self.method)
        for contest in facts.contests:
            chosen = [facts.proposed[p] for p in pairs if p[1] == contest.id and p in facts.proposed]
            if contest.public:
                publicly = sum(1 for c in chosen if c.public)
                yield Demand(
                    "nomination.public-enough",
                    publicly >= contest.public,
                    {"office": contest.office, "needs": contest.public, "has": publicly},
                )
            for rule in contest.require:
                has = sum(1 for c in chosen if rule["kind"] in c.reserved)
                yield Demand(
                    f"nomination.require-{rule['kind']}",
                    has >= rule["at_least"],
                    {"office": contest.office},
                )

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.prospective = [
            facts.proposed[(c.person, c.office)] for c in self.candidates if (c.person, c.office) in facts.proposed
        ]
        facts.method = self.method
        facts.agreed = facts.reported = facts.studied = facts.decided = False
        # what was posted is another list: it must be posted again, as a new notice
        withdraw_notice(facts, "prospective_list")


@catalogued
class AskAgreement(Act):
    """Most residents or groups asked agree to the leading group's own list; show of hands too is theirs to agree (S-09)."""

    code: ClassVar[str] = "nomination.agree"
    step: ClassVar[str] = "prospective"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = PRESIDING

    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return bool(facts.law.get("prospective.agreement", True))

    asked_whom: Literal["residents", "groups", "households"]
    how: Text = Field(min_length=2)
    asked: int = Field(ge=1)
    agreed: int = Field(ge=0)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("nomination.has-list", bool(world.election.prospective), act="nomination.prospective")
        yield Demand("nomination.agreed-within", self.agreed <= self.asked)
        rule = world.election.law.threshold("nomination.agreement")
        yield Demand(
            "nomination.most-agree",
            rule.met(self.agreed, self.asked),
            {"asked": self.asked, "agreed": self.agreed, "needs": rule.needed(self.asked)},
            article=world.election.law.article("nomination.agreement"),
        )

    def apply(self, world: World, deed: Deed) -> None:
        world.election.agreed = True


@catalogued
class ReportProspective(Act):
    """The prospective candidates go to the street's leading group office, by the plan's date (12-06)."""

    code: ClassVar[str] = "nomination.report"
    step: ClassVar[str] = "prospective"
    who: ClassVar[frozenset[str]] = PRESIDING
    signed: ClassVar[bool] = True
    final: ClassVar[bool] = True
    papers: ClassVar[tuple[str, ...]] = ("candidate_report",)

    late_reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        notice = facts.posted("prospective_list")
        if notice is not None:
            days = int(facts.law.get("prospective.window_days", 0) or 0)
            until = notice.posted_on + timedelta(days=days)
            yield Demand("nomination.window-over", deed.occurred_on >= until, {"until": until, "days": days})

    def apply(self, world: World, deed: Deed) -> None:
        world.election.reported = True


@catalogued
class Assess(Act):
    """Term assessment of those who sit, democratic evaluation, organisation inspection (S-08); a joint vetting without
    its departments, where the ruleset names none."""

    code: ClassVar[str] = "assess.record"
    step: ClassVar[str] = "assess"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})

    person: PersonId
    kind: Literal["term", "evaluation", "inspection", "joint_vetting"]
    held_on: date
    passed: bool
    result: PrivateWords = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("nomination.is-prospective", any(c.person == self.person for c in world.election.prospective))
        yield Demand("assess.not-future", self.held_on <= deed.occurred_on)
        yield Demand("assess.result", self.passed or bool(self.result))
        own = assess_act(world.election, self.kind)
        yield Demand("assess.by-department", own == self.code, act=own)

    def apply(self, world: World, deed: Deed) -> None:
        for candidate in world.election.prospective:
            if candidate.person == self.person:
                candidate.assessed[self.kind] = self.passed


@catalogued
class StudyCandidates(Act):
    """The street work committee studies the prospective candidates (S-08)."""

    code: ClassVar[str] = "nomination.study"
    step: ClassVar[str] = "nominate_approve|assess"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})
    signed: ClassVar[bool] = True

    opinion: Words = Field(min_length=2)

    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return decided_above(facts)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("nomination.has-list", bool(world.election.prospective))
        yield from assessment_demands(world.election)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.studied = True


@catalogued
class DecideCandidates(Act):
    """The district standing committee decides, recorded by its organisation department: approve, or return with reason."""

    code: ClassVar[str] = "nomination.decide"
    step: ClassVar[str] = "nominate_approve|assess"
    who: ClassVar[frozenset[str]] = frozenset({Role.ORGANISATION})
    signed: ClassVar[bool] = True

    approve: bool
    document_number: Text = ""
    reason: Words = ""

    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return decided_above(facts)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("nomination.studied", facts.studied, act="nomination.study")
        yield Demand("act.reason", self.approve or bool(self.reason))
        yield Demand("act.document-number", not self.approve or bool(self.document_number))
        if self.approve:
            yield from passed_demands(facts)
            yield from margin_demands(world, [(c.person, c.office) for c in facts.prospective], facts.method)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        if not self.approve:
            facts.returns.append((deed.step, "prospective", deed.seq))
            reopen(world, "prospective")
            return
        facts.decided = True
        if facts.body == "party":
            facts.official, facts.official_fixed = list(facts.prospective), True


@catalogued
class FixOfficial(Act):
    """The official candidates by the opinion of most voters; posted at least five days before (S-09).

    Where nobody above decides them, the presiding body does: whoever has passed the vetting stands."""

    code: ClassVar[str] = "official.fix"
    step: ClassVar[str] = "official"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True

    opinion: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        if decided_above(facts):
            yield Demand("nomination.decided", facts.decided, act="nomination.decide")
        else:
            yield from passed_demands(facts)
        yield from margin_demands(world, [(c.person, c.office) for c in facts.prospective], facts.method)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.official, world.election.official_fixed = list(world.election.prospective), True


@catalogued
class WithdrawCandidate(Act):
    """A candidate withdraws in writing, or dies. Before printing the name goes and the margin is asked again; after
    printing it stays, its votes are shown, and the person is not electable (E20, E21). Between two rounds the name goes
    from the ballot that is not printed yet, and whom the round before elected stays elected."""

    code: ClassVar[str] = "candidate.withdraw"
    who: ClassVar[frozenset[str]] = PRESIDING
    any_time: ClassVar[bool] = True

    person: PersonId
    kind: Literal["written", "death", "disqualified"]
    reason: PrivateWords = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        known = any(c.person == self.person and not c.struck for c in [*facts.prospective, *facts.official])
        yield Demand("candidate.stands", known)
        current = facts.round
        yield Demand("candidate.before-result", current is None or current.answer is None or current.method == "hands")

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        printed = facts.round is not None and facts.round.printed is not None
        if printed and facts.round is not None:
            for candidates in facts.round.candidates.values():
                for c in candidates:
                    c.struck = c.struck or c.person == self.person
            return
        facts.prospective = [c for c in facts.prospective if c.person != self.person]
        facts.official = [c for c in facts.official if c.person != self.person]
        if facts.round is not None and any(r.answer is not None for r in facts.rounds):
            for office, candidates in facts.round.candidates.items():
                facts.round.candidates[office] = [c for c in candidates if c.person != self.person]
            return
        pairs = [(c.person, c.office) for c in facts.prospective]
        if facts.rounds:
            facts.rounds.clear()
        short = any(not d.met for d in margin_demands(world, pairs, facts.method))
        reopen(
            world,
            "prospective" if short else ("official" if facts.body == "residents" else "prepare"),
            keep_people=True,
        )
