"""Elections of as many people as there are seats (等额): a show of hands, the council, and the plenary of a new committee."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import Field

from election import count
from election.process.base import HALL_LEAD, Act, Deed, Demand, Name, Payload, PersonId, Role, Words, catalogued
from election.process.nomination import EDUCATION
from election.process.tally import Row, as_contest, marks
from election.process.world import World


def _present(world: World) -> int:
    meeting = world.election.meeting
    return (meeting.present or 0) if meeting is not None else 0


class HandTally(Payload):
    contest: str
    rows: tuple[Row, ...] = Field(min_length=1)

    def tally(self, present: int) -> dict[str, Any]:
        return hand_tally({row.candidate: row for row in self.rows}, present)


class NamedTally(Payload):
    """The votes of a person who stood on no ballot list, and is named here."""

    person: PersonId
    name: Name
    votes_for: int = Field(ge=0)
    against: int = Field(ge=0)
    abstain: int = Field(ge=0)


def hand_tally(rows: Mapping[str, Row | NamedTally], present: int) -> dict[str, Any]:
    """As a tally of a count file: everyone present has voted, nothing is invalid."""
    return {
        "valid": present,
        "invalid": 0,
        "votes": {who: marks(row.votes_for, row.against, row.abstain) for who, row in rows.items()},
    }


def adds_up(tally: dict[str, Any], contest: dict[str, Any], present: int) -> Iterator[Demand]:
    """What ``count.check_sheet`` finds wrong with hands counted, in the words of a hall without ballots."""
    names = {f"votes.{c['id']}.for": c["name"] for c in contest["candidates"]}
    for check in count.check_sheet(tally, contest, present):
        if check.code == "sheet.row":
            total, name = check.params["total"], names[check.fields[0]]
            yield Demand("hands.adds-up", False, {"sum": total, "present": present, "name": name})
        elif check.severity == "error":
            yield Demand(check.code, False, dict(check.params))


@catalogued
class RecordHands(Act):
    """The other branch: equal number, show of hands, its own tally form, no ballots (S-14)."""

    code: ClassVar[str] = "hands.record"
    step: ClassVar[str] = "hands"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = HALL_LEAD
    signed: ClassVar[bool] = True

    tallies: tuple[HandTally, ...] = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        this = facts.round
        yield Demand("hands.agreed", facts.method == "hands", article=facts.law.article("hands.allowed"))
        present = _present(world)
        if this is None:
            return
        yield Demand("result.not-announced", this.answer is None)
        yield Demand("tally.every-contest", {t.contest for t in self.tallies} == {c.id for c in this.contests})
        for tally in self.tallies:
            listed = {c.person for c in this.candidates.get(tally.contest, [])}
            rows = [r.candidate for r in tally.rows]
            complete = set(rows) == listed and len(rows) == len(listed)
            yield Demand("tally.every-candidate", complete)
            contest = next((c for c in this.contests if c.id == tally.contest), None)
            if complete and contest is not None:
                yield from adds_up(tally.tally(present), as_contest(this, contest), present)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        present = _present(world)
        facts.rounds[-1].hands = {t.contest: t.tally(present) for t in self.tallies}
        facts.rounds[-1].hands_signatures = {deed.actor.account: deed.actor.role}


@catalogued
class SignHands(Act):
    code: ClassVar[str] = "hands.sign"
    step: ClassVar[str] = "hands"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = frozenset({Role.SCRUTINEER})
    signed: ClassVar[bool] = True

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        this = world.election.round
        yield Demand("hands.recorded", this is not None and this.hands is not None, act="hands.record")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.rounds[-1].hands_signatures[deed.actor.account] = deed.actor.role


Offices = list[tuple[str, list[NamedTally]]]


def _contest(office: str, people: list[NamedTally]) -> dict[str, Any]:
    candidates = [{"id": p.person, "name": p.name} for p in people]
    return {"id": office, "office": office, "seats": len(people), "candidates": candidates}


def _tally(people: list[NamedTally], present: int) -> dict[str, Any]:
    return hand_tally({p.person: p for p in people}, present)


def equal_election(
    world: World, meeting: str, entitled: int, present: int, offices: Offices, method: str
) -> dict[str, Any]:
    """``count.decide`` over an equal-number election: as many candidates as seats."""
    document = {
        "ruleset": world.election.law.id,
        "entitled": entitled,
        "present": present,
        "issued": present,
        "returned": present,
        "meeting": meeting,
        "method": method,
        "contests": [_contest(office, people) for office, people in offices],
        "tallies": {office: _tally(people, present) for office, people in offices},
    }
    return count.decide(document, world.election.law)


def equal_demands(offices: Offices, present: int) -> Iterator[Demand]:
    """Nobody stands twice, and everyone present has voted on everyone."""
    everybody = [p.person for _, people in offices for p in people]
    once = len(set(everybody)) == len(everybody)
    yield Demand("nomination.once", once)
    if once:
        for office, people in offices:
            yield from adds_up(_tally(people, present), _contest(office, people), present)


@catalogued
class ElectCouncil(Act):
    """The same meeting elects the consultation council, equal number (S-14)."""

    code: ClassVar[str] = "council.elect"
    step: ClassVar[str] = "council"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = HALL_LEAD
    signed: ClassVar[bool] = True

    members: tuple[NamedTally, ...] = Field(min_length=1)

    def _answer(self, world: World) -> dict[str, Any]:
        return equal_election(
            world, "council", world.election.entitled, _present(world), self._offices(), "show_of_hands"
        )

    def _offices(self) -> Offices:
        return [("council", list(self.members))]

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        unmet = list(equal_demands(self._offices(), _present(world)))
        yield from unmet
        if all(d.met for d in unmet):
            yield quorum_of(self._answer(world))

    def apply(self, world: World, deed: Deed) -> None:
        world.election.council = self._answer(world)


def quorum_of(answer: dict[str, Any]) -> Demand:
    check = next(c for c in answer["checks"] if c["rule"] == "quorum")
    return Demand(
        "meeting.quorum",
        check["ok"],
        {
            "present": check["params"].get("present"),
            "entitled": check["params"].get("entitled"),
            "needs": check["params"].get("needed", ""),
        },
        article=check["article"],
    )


@catalogued
class ElectPlenary(Act):
    """The new committee elects its secretary and deputies, equal number; conditions for the head apply here (S-13, S-11)."""

    code: ClassVar[str] = "plenary.elect"
    step: ClassVar[str] = "plenary"
    only: ClassVar[str] = "party"
    who: ClassVar[frozenset[str]] = frozenset({Role.SCRUTINEER})
    signed: ClassVar[bool] = True

    present: int = Field(ge=1)
    secretary: NamedTally
    deputies: tuple[NamedTally, ...] = ()
    exception_reason: Words = ""

    def _offices(self) -> Offices:
        offices = [("secretary", [self.secretary])]
        return [*offices, ("deputy_secretary", list(self.deputies))] if self.deputies else offices

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        members = len(facts.elected)
        people = [self.secretary, *self.deputies]
        yield Demand("plenary.members", all(p.person in facts.elected for p in people))
        yield Demand(
            "meeting.present-entitled", self.present <= members, {"present": self.present, "entitled": members}
        )
        sums = list(equal_demands(self._offices(), self.present))
        yield from sums
        head = next((c for c in facts.official if c.person == self.secretary.person), None)
        limit = facts.law.get("candidate.head.max_age")
        if head is not None and head.age is not None and limit is not None:
            yield Demand(
                "nomination.age",
                head.age <= int(limit) or bool(self.exception_reason),
                {"age": head.age, "limit": int(limit)},
                article=facts.law.article("candidate.head.max_age"),
            )
        least = facts.law.get("candidate.head.min_education")
        if head is not None and least is not None:
            enough = head.education != "" and EDUCATION.index(head.education) >= EDUCATION.index(str(least))
            yield Demand(
                "nomination.education",
                enough or bool(self.exception_reason),
                article=facts.law.article("candidate.head.min_education"),
            )
        if self.present <= members and all(d.met for d in sums):
            answer = equal_election(world, "plenary", members, self.present, self._offices(), "ballot")
            yield quorum_of(answer)
            yield Demand(
                "plenary.elected",
                all(c["vacant"] == 0 for c in answer["contests"]),
                article=facts.law.article("threshold.plenary"),
            )

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.plenary = equal_election(world, "plenary", len(facts.elected), self.present, self._offices(), "ballot")
