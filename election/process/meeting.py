"""The meeting itself, and the account of ballots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from election.process.base import HALL_LEAD, Act, Deed, Demand, Payload, Role, Text, Words, catalogued
from election.process.demands import carried, quorum
from election.process.facts import Election, Round, StepState
from election.process.relatives import related_staff
from election.process.steps import reopen
from election.process.world import World


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
