"""Preparing the vote: staff, time and place, ballots and boxes (S-12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from election.process.base import (
    COUNTING,
    HALL_LEAD,
    PRESIDING,
    PRESIDING_CHAIR,
    Act,
    Deed,
    Demand,
    Filled,
    Name,
    Payload,
    PersonId,
    Sha256,
    Text,
    Words,
    catalogued,
)
from election.process.facts import Election, Meeting, Staff
from election.process.relatives import kept_apart, related
from election.process.steps import reopen
from election.process.world import World


@catalogued
class AppointStaff(Act):
    """Scrutineers, tellers, callers and the rest are chosen; none is a candidate, near relatives by the ruleset (S-12, R-19)."""

    code: ClassVar[str] = "prepare.staff"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = HALL_LEAD
    any_time: ClassVar[bool] = True

    person: PersonId
    name: Name
    role: Literal["presider", "desk_clerk", "caller", "teller", "scrutineer", "adjudicator"]
    #: where people vote at stations, the one they work at; blank: at the count
    station: Text = ""
    relative_of_candidate: bool = False
    relative_reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        candidates = {c.person for c in [*facts.prospective, *facts.official]}
        yield Demand(
            "staff.not-candidate",
            self.person not in candidates,
            {"name": self.name},
            article=facts.law.article("staff.candidate"),
        )
        yield Demand("staff.once", not any(s.person == self.person and s.role == self.role for s in facts.staff))
        yield Demand("stations.known", not self.station or self.station in facts.stations, {"station": self.station})
        other = self.role in COUNTING and any(s.person == self.person and s.role in COUNTING for s in facts.staff)
        yield Demand("staff.one-task", not other, {"name": self.name})
        close = self.relative_of_candidate or bool(related(facts, self.person, candidates))
        yield from kept_apart(facts, "staff", [self.name] if close else [], self.relative_reason)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.staff.append(Staff(self.person, self.name, self.role, self.relative_of_candidate, self.station))
        meeting = world.election.meeting
        if self.role == "scrutineer" and meeting is not None and meeting.valid is None:
            meeting.scrutineers_approved = False  # the meeting has not approved this one
        world.election.names[self.person] = self.name


@catalogued
class DismissStaff(Act):
    """Somebody is replaced, also on the spot."""

    code: ClassVar[str] = "prepare.dismiss"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = HALL_LEAD
    any_time: ClassVar[bool] = True

    person: PersonId
    reason: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("staff.known", any(s.person == self.person for s in world.election.staff))

    def apply(self, world: World, deed: Deed) -> None:
        world.election.staff = [s for s in world.election.staff if s.person != self.person]


@catalogued
class FixPlace(Act):
    """Time and place of the vote; the notice follows."""

    code: ClassVar[str] = "prepare.place"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = PRESIDING

    on: date
    time: Text = Field(min_length=1)
    place: Text = Field(min_length=1)

    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return not facts.at_stations

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("prepare.on-the-day", self.on == world.day, {"day": world.day}, act="campaign.change_day")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.polling_fixed = True


@catalogued
class ReleaseBallots(Act):
    """The ballot's design is released and N copies are printed, counted and sealed: once for each round."""

    code: ClassVar[str] = "prepare.ballots"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = PRESIDING
    signed: ClassVar[bool] = True
    papers: ClassVar[tuple[str, ...]] = ("ballot",)
    any_time: ClassVar[bool] = True

    printed: int = Field(ge=1, le=20000)
    #: three circles for each candidate, or one box for a sign; the sheets; large type
    marking: Literal["columns", "sign"] = "columns"
    sheet: Literal["A4", "A5", "A3"] = "A4"
    large_type: bool = False
    design: Annotated[Sha256, Filled()]

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("official.fixed", facts.official_fixed, act="official.fix")
        yield Demand("prepare.by-ballot", facts.method == "ballot")
        this = facts.round
        yield Demand("prepare.ballots-once", this is None or this.printed is None)
        yield Demand("prepare.enough-ballots", self.printed >= facts.entitled, {"entitled": facts.entitled})

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        if not facts.rounds:
            facts.rounds.append(facts.first_round())
        this = facts.rounds[-1]
        this.design, this.printed, this.sealed = self.design, self.printed, True
        this.marking, this.sheet, this.large_type = self.marking, self.sheet, self.large_type


@catalogued
class WithdrawBallots(Act):
    """Printed ballots are withdrawn and destroyed unused before any was issued: a new design must be released."""

    code: ClassVar[str] = "prepare.withdraw_ballots"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = PRESIDING
    signed: ClassVar[bool] = True
    any_time: ClassVar[bool] = True

    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        this = world.election.round
        yield Demand("prepare.ballots-released", this is not None and this.printed is not None)
        yield Demand("ballot.none-issued", this is None or this.account is None)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        this = facts.rounds[-1]
        this.design, this.printed, this.sealed = "", None, False
        for office, candidates in this.candidates.items():
            this.candidates[office] = [c for c in candidates if not c.struck]
        facts.official = [c for c in facts.official if not c.struck]
        if this.number == 1 and not this.revote:
            facts.prepared = False
            reopen(world, "prepare")


class Box(Payload):
    id: Text = Field(min_length=1)
    mobile: bool = False
    #: where people vote at stations, the one it stands at or is carried from
    station: Text = ""


@catalogued
class SealBoxes(Act):
    code: ClassVar[str] = "prepare.boxes"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = HALL_LEAD
    any_time: ClassVar[bool] = True

    boxes: tuple[Box, ...] = Field(min_length=1, max_length=50)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        this = world.election.round
        yield Demand("prepare.ballots-released", this is not None and this.printed is not None, act="prepare.ballots")
        yield Demand("prepare.boxes-before", this is None or not this.opened)
        names = [b.id for b in self.boxes]
        yield Demand("prepare.boxes-unique", len(set(names)) == len(names))
        facts = world.election
        if facts.at_stations:
            yield Demand("stations.fixed", facts.polling_fixed, act="prepare.stations")
            yield Demand("boxes.at-a-station", all(b.station in facts.stations for b in self.boxes))
            bare = [s for s in facts.stations if s not in {b.station for b in self.boxes}]
            yield Demand("boxes.every-station", not bare, {"stations": bare})
            yield Demand("absent.before-voting", this is None or not this.polls)

    def apply(self, world: World, deed: Deed) -> None:
        this = world.election.rounds[-1]
        this.boxes = [b.id for b in self.boxes]
        this.stations = {b.id: b.station for b in self.boxes if b.station}


@catalogued
class CompletePreparation(Act):
    """All is there: staff, ballots, boxes, place, notice (S-12)."""

    code: ClassVar[str] = "prepare.complete"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True
    final: ClassVar[bool] = True

    venue_ready: bool

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("prepare.venue", self.venue_ready)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        if facts.method == "hands" and not facts.rounds:
            facts.rounds.append(facts.first_round())
        if not facts.meetings:
            facts.meetings.append(Meeting(1))
        facts.prepared = True
