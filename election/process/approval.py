"""What superiors say to a result: consent, approval, return (a), (b), (c); appointment, certificates, filing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from election.process.base import PRESIDING, Act, Deed, Demand, Payload, PersonId, Role, Text, Words, catalogued
from election.process.facts import Round
from election.process.steps import reopen
from election.process.world import World

Target = Literal["", "papers", "void", "person"]


@catalogued
class ReportResult(Act):
    """The result report goes to the street."""

    code: ClassVar[str] = "result.report"
    step: ClassVar[str] = "consent"
    until: ClassVar[str] = "approve"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = PRESIDING
    papers: ClassVar[tuple[str, ...]] = ("result_report",)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("result.some-elected", bool(world.election.elected))

    def apply(self, world: World, deed: Deed) -> None:
        world.election.result_reported = True


class Decision(Act):
    """Approve, or return with its target (steps.md, "Attempts")."""

    signed: ClassVar[bool] = True
    #: the fact that approval establishes
    grants: ClassVar[str]

    approve: bool
    target: Target = ""
    persons: tuple[PersonId, ...] = ()
    article: Text = ""
    reason: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("return.target", self.approve == (self.target == ""))
        yield Demand("act.reason", self.approve or bool(self.reason))
        if self.target == "void":
            yield Demand("return.article", bool(self.article))
        if self.target == "person":
            elected = bool(self.persons) and all(p in facts.elected for p in self.persons)
            yield Demand("return.persons", elected)

    def apply(self, world: World, deed: Deed) -> None:
        if self.approve:
            setattr(world.election, self.grants, True)
        else:
            self.give_back(world, deed)

    def give_back(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.returns.append((deed.step, self.target, deed.seq))
        if self.target == "papers":
            # the report is made again; the vote, and what the plenary elected, stand
            reopen(world, deed.step.removeprefix("party."))
            facts.result_reported = False
        elif self.target == "void":
            reopen(world, "prepare")
        else:
            refuse_persons(world, self.persons)


def refuse_persons(world: World, persons: tuple[PersonId, ...]) -> None:
    """One elected person is refused: the seat is vacant and filled by a further round among the next by votes."""
    facts = world.election
    last = next(r for r in reversed(facts.rounds) if r.answer is not None)
    by_office: dict[str, int] = {}
    for person in persons:
        office = facts.elected.pop(person)
        by_office[office] = by_office.get(office, 0) + 1
        facts.refused.add(person)
    kept = dict(facts.elected)
    reopen(world, "ballot" if facts.method == "ballot" else "hands")
    facts.elected.update(kept)
    contests, candidates = [], {}
    for office, seats in by_office.items():
        original = next(c for c in facts.contests if c.id == office)
        order = _by_votes(facts.rounds, office)
        standing = [
            c
            for c in facts.official
            if c.office == office and c.person not in facts.elected and c.person not in facts.refused and not c.struck
        ]
        standing.sort(key=lambda c: -order.get(c.person, 0))
        contests.append(replace(original, seats=seats))
        candidates[office] = standing[: world.margin(seats)]
    facts.rounds.append(Round(last.number + 1, contests, candidates, method=facts.method))


def _by_votes(rounds: list[Round], office: str) -> dict[str, int]:
    votes: dict[str, int] = {}
    for this in rounds:
        for contest in (this.answer or {"contests": []})["contests"]:
            if contest["id"] == office:
                votes.update({v["candidate"]: v["for"] for v in contest["votes"]})
    return votes


@catalogued
class DecideConsent(Decision):
    """The street work committee examines the result (S-13)."""

    code: ClassVar[str] = "consent.decide"
    step: ClassVar[str] = "consent"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})
    grants: ClassVar[str] = "consented"

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("result.reported", world.election.result_reported, act="result.report")
        yield from super().guard(world, deed)


@catalogued
class SubmitResult(Act):
    """The street submits its communities' results together for approval (S-15)."""

    code: ClassVar[str] = "approve.submit"
    step: ClassVar[str] = "approve"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})
    signed: ClassVar[bool] = True
    papers: ClassVar[tuple[str, ...]] = ("approval_request",)

    document_number: Text = Field(min_length=2)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.submitted = True


@catalogued
class DecideResult(Decision):
    """The organisation department approves (one reply, one document number, many results) or returns (S-15)."""

    code: ClassVar[str] = "approve.decide"
    step: ClassVar[str] = "approve"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = frozenset({Role.ORGANISATION})
    grants: ClassVar[str] = "approved"

    document_number: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        article = world.election.law.article("authority.result")
        yield Demand("approve.submitted", world.election.submitted, act="approve.submit", article=article)
        yield Demand("act.document-number", not self.approve or bool(self.document_number))
        yield from super().guard(world, deed)


@catalogued
class Appoint(Act):
    """The street issues the appointment notice 任命通知 (S-15)."""

    code: ClassVar[str] = "approve.appoint"
    step: ClassVar[str] = "approve"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})
    signed: ClassVar[bool] = True
    papers: ClassVar[tuple[str, ...]] = ("appointment_notice",)

    document_number: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("approve.decided", world.election.approved, act="approve.decide")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.appointed = True


class Certificate(Payload):
    person: PersonId
    number: Text = Field(min_length=1)


@catalogued
class Certify(Act):
    """The street office, for the district, issues certificates (S-16)."""

    code: ClassVar[str] = "certify.issue"
    step: ClassVar[str] = "certify"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})
    signed: ClassVar[bool] = True
    papers: ClassVar[tuple[str, ...]] = ("certificate",)

    certificates: tuple[Certificate, ...] = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        numbers = [c.number for c in self.certificates]
        yield Demand("certify.numbers", len(set(numbers)) == len(numbers))
        yield Demand("certify.elected", all(c.person in facts.elected for c in self.certificates))
        yield Demand("certify.once", not {c.person for c in self.certificates} & facts.certified)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.certified |= {c.person for c in self.certificates}


@catalogued
class FileResult(Act):
    """The result is filed with the civil affairs bureau (S-16)."""

    code: ClassVar[str] = "file.submit"
    step: ClassVar[str] = "file"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})
    signed: ClassVar[bool] = True
    papers: ClassVar[tuple[str, ...]] = ("filing_form",)

    document_number: Text = Field(min_length=2)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.filed = True


@catalogued
class AcknowledgeFiling(Decision):
    """The bureau acknowledges with a receipt, or returns what was filed."""

    code: ClassVar[str] = "file.acknowledge"
    step: ClassVar[str] = "file"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = frozenset({Role.CIVIL})
    signed: ClassVar[bool] = False
    grants: ClassVar[str] = "filing_acknowledged"

    receipt: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        article = world.election.law.article("authority.result")
        yield Demand("file.submitted", world.election.filed, act="file.submit", article=article)
        yield Demand("file.receipt", not self.approve or bool(self.receipt))
        yield from super().guard(world, deed)

    def give_back(self, world: World, deed: Deed) -> None:
        world.election.filed = False
        if self.target == "papers":
            world.election.returns.append((deed.step, self.target, deed.seq))
        else:
            super().give_back(world, deed)
