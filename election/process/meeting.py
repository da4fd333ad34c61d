"""Preparing the vote, the meeting itself, and the account of ballots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

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
    Role,
    Sha256,
    Text,
    Words,
    catalogued,
)
from election.process.demands import carried, quorum
from election.process.facts import Election, Meeting, Round, Staff, StepState
from election.process.relatives import kept_apart, related, related_staff
from election.process.steps import reopen
from election.process.world import World

HALL_LEAD = PRESIDING | {Role.PRESIDER}


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
        both = {"scrutineer", "teller", "caller"}
        other = self.role in both and any(s.person == self.person and s.role in both for s in facts.staff)
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
        if this.number == 1:
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


# --- the meeting -----------------------------------------------------------------------------------------------------


class MeetingAct(Act):
    """Done where people meet to vote; at stations nobody meets."""

    step: ClassVar[str] = "meeting"
    who: ClassVar[frozenset[str]] = HALL_LEAD

    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return not facts.at_stations


@catalogued
class OpenMeeting(MeetingAct):
    code: ClassVar[str] = "meeting.open"

    place: Text = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        meeting = world.election.meeting
        yield Demand("meeting.once", meeting is None or meeting.opened_on is None)
        again = meeting is not None and meeting.attempt > 1
        on_day = deed.occurred_on == world.day or (again and world.day is not None and deed.occurred_on >= world.day)
        yield Demand("meeting.on-the-day", on_day, {"day": world.day}, act="campaign.change_day")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.meetings[-1].opened_on = deed.occurred_on


@catalogued
class CloseSignIn(MeetingAct):
    """Sign-in closes: one number, sealed as one batch (the list of who came has no order and no time)."""

    code: ClassVar[str] = "meeting.sign_in"
    who: ClassVar[frozenset[str]] = HALL_LEAD | {Role.DESK_CLERK}
    any_time: ClassVar[bool] = True

    present: int = Field(ge=0)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        meeting = facts.meeting
        yield Demand("meeting.opened", meeting is not None and meeting.opened_on is not None, act="meeting.open")
        yield Demand(
            "meeting.present-entitled",
            self.present <= facts.entitled,
            {"present": self.present, "entitled": facts.entitled},
        )
        this = facts.round
        first = meeting is None or meeting.present is None
        yield Demand("meeting.sign-in-once", first or (this is not None and this.number > 1 and this.account is None))

    def apply(self, world: World, deed: Deed) -> None:
        world.election.meetings[-1].present = self.present


@catalogued
class HearReport(MeetingAct):
    code: ClassVar[str] = "meeting.hear_report"

    title: Text = Field(min_length=1)
    deliberation: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        meeting = world.election.meeting
        yield Demand("meeting.opened", meeting is not None and meeting.opened_on is not None, act="meeting.open")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.meetings[-1].report_heard = True


@catalogued
class AdoptMethod(MeetingAct):
    """The election method is adopted by more than half of those present (P-32)."""

    code: ClassVar[str] = "meeting.adopt_method"
    only: ClassVar[str] = "party"

    votes_for: int = Field(ge=0)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        meeting = world.election.meeting
        present = meeting.present if meeting else None
        yield Demand("meeting.signed-in", present is not None, act="meeting.sign_in")
        if present is not None:
            yield Demand("meeting.votes-present", self.votes_for <= present, {"present": present})
            yield carried(world.election, self.votes_for)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.meetings[-1].method_adopted = True


@catalogued
class ApproveScrutineers(MeetingAct):
    """The meeting approves the scrutineers; whoever has become a candidate must be replaced first (P-14)."""

    code: ClassVar[str] = "meeting.approve_scrutineers"

    votes_for: int = Field(ge=0)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        present = facts.meeting.present if facts.meeting else None
        yield Demand("meeting.signed-in", present is not None, act="meeting.sign_in")
        if present is not None:
            yield Demand("meeting.votes-present", self.votes_for <= present, {"present": present})
            yield carried(facts, self.votes_for)
        candidates = {c.person for c in facts.official}
        yield Demand(
            "staff.none-candidate",
            not any(s.person in candidates for s in facts.staff),
            act="prepare.dismiss",
            article=facts.law.article("staff.candidate"),
        )
        if facts.law.get("staff.relatives") == "refuse":
            # who became a near relative's scrutineer after the choice, by a candidate or a relation that came later
            names = related_staff(facts)
            article = facts.law.article("staff.relatives")
            yield Demand(
                "staff.none-relative",
                not names,
                {"name": "、".join(names)},
                article=article,
                act="prepare.dismiss",
            )

    def apply(self, world: World, deed: Deed) -> None:
        world.election.meetings[-1].scrutineers_approved = True


@catalogued
class DeclareValid(MeetingAct):
    """Enough are present: the meeting is declared valid."""

    code: ClassVar[str] = "meeting.declare"
    final: ClassVar[bool] = True

    def apply(self, world: World, deed: Deed) -> None:
        world.election.meetings[-1].valid = True


@catalogued
class VoidMeeting(MeetingAct):
    """Too few came: the meeting is void and called again (E34)."""

    code: ClassVar[str] = "meeting.void"

    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        meeting = facts.meeting
        yield Demand("meeting.signed-in", meeting is not None and meeting.present is not None, act="meeting.sign_in")
        if meeting is not None and meeting.present is not None:
            met = quorum(facts, meeting)
            yield Demand("meeting.short", not met.met, met.params, article=met.article)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        meeting = facts.meetings[-1]
        meeting.valid = False
        facts.returns.append(("meeting", "void", deed.seq))
        facts.steps.setdefault(deed.step, StepState()).attempt += 1
        # ballots stay sealed; only time and place are fixed and posted again
        reopen_for_meeting(world)


def reopen_for_meeting(world: World) -> None:
    facts = world.election
    rounds = facts.rounds
    reopen(world, "prepare")
    if rounds and rounds[-1].answer is None:
        facts.rounds = rounds


# --- ballots ---------------------------------------------------------------------------------------------------------


class BoxReturned(Payload):
    """Ballots found in one box, counted face down."""

    box: Text = Field(min_length=1)
    returned: int = Field(ge=0)


@catalogued
class AccountBallots(Act):
    """Printed, issued, returned, spoiled, unused: reconciled before any is counted; at stations also what each box held.

    No box is counted alone that was carried, or that holds fewer ballots than the ruleset's minimum: whoever voted there
    could be read off the figures."""

    code: ClassVar[str] = "ballot.account"
    step: ClassVar[str] = "ballot"
    who: ClassVar[frozenset[str]] = HALL_LEAD | {Role.DESK_CLERK, Role.SCRUTINEER, Role.TELLER}

    issued: int = Field(ge=0)
    returned: int = Field(ge=0)
    spoiled: int = Field(ge=0)
    unused: int = Field(ge=0)
    #: more returned than issued, or more issued than present, voids the vote: said twice before it is taken
    confirm_void: bool = False
    boxes: tuple[BoxReturned, ...] = ()

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        this = facts.round
        printed = this.printed if this else None
        if facts.at_stations and this is not None:
            yield Demand("stations.all-closed", facts.poll_closed(), act="polling.close")
            issued, spoiled = (sum(getattr(p, n) for p in this.polls.values()) for n in ("issued", "spoiled"))
            told = (self.issued, self.spoiled) == (issued, spoiled)
            yield Demand("ballot.as-stations", told, {"issued": issued, "spoiled": spoiled})
        if this is not None:
            yield from self._boxes(facts, this)
        yield Demand(
            "ballot.released", printed is not None, {"round": this.number if this else 1}, act="prepare.ballots"
        )
        yield Demand("ballot.account-once", this is None or this.account is None)
        yield Demand("prepare.boxes", this is None or bool(this.boxes), act="prepare.boxes")
        if printed is not None:
            out = self.issued + self.spoiled + self.unused
            yield Demand(
                "ballot.adds-up",
                out == printed,
                {"printed": printed, "issued": self.issued, "spoiled": self.spoiled, "unused": self.unused, "sum": out},
            )
        present = facts.meeting.present if facts.meeting and facts.meeting.present is not None else 0
        yield Demand(
            "ballot.issued-present",
            self.issued <= present or self.confirm_void,
            {"issued": self.issued, "present": present},
        )
        yield Demand(
            "ballot.returned-issued",
            self.returned <= self.issued or self.confirm_void,
            {"returned": self.returned, "issued": self.issued},
            article=facts.law.article("returned.at_most") if facts.law.get("returned.at_most") else "",
        )

    def _boxes(self, facts: Election, this: Round) -> Iterator[Demand]:
        told = {b.box: b.returned for b in self.boxes}
        if not self.boxes and not facts.at_stations:
            return
        whole = set(told) == set(this.boxes) and len(told) == len(self.boxes)
        yield Demand("ballot.every-box", whole, {"boxes": this.boxes})
        total = sum(told.values())
        yield Demand("ballot.boxes-add-up", total == self.returned, {"sum": total, "returned": self.returned})
        least = facts.law.get("boxes.count_min")
        if least is None or len(told) < 2:
            return
        article = facts.law.article("boxes.count_min")
        for box, returned in told.items():
            enough = returned >= int(least)
            yield Demand(
                "ballot.box-too-small",
                enough,
                {"box": box, "returned": returned, "least": least},
                article=article,
                act="tally.mix",
            )
            carried = facts.stations.get(this.stations.get(box, ""))
            alone = carried is not None and carried.mobile
            yield Demand("ballot.mobile-mixed", not alone, {"box": box}, article=article, act="tally.mix")

    def apply(self, world: World, deed: Deed) -> None:
        world.election.rounds[-1].account = {
            "issued": self.issued,
            "returned": self.returned,
            "spoiled": self.spoiled,
            "unused": self.unused,
        } | ({"boxes": {b.box: b.returned for b in self.boxes}} if self.boxes else {})
