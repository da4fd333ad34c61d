"""Voting without a meeting: stations and mobile boxes, opened and closed each by itself, their boxes brought together.

The numbers of a station are people who signed in and ballots that were issued; nothing says how anybody voted. Boxes are
opened only when every station is closed, all in one place, and a small one is poured into a larger before it is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from pydantic import Field

from election.process.base import HALL_LEAD, PRESIDING, Act, Deed, Demand, Payload, Role, Text, Words, catalogued
from election.process.demands import quorum
from election.process.facts import Election, Poll, Station, StepState
from election.process.resets import withdraw_notice
from election.process.steps import reopen
from election.process.world import World

AT_STATIONS = HALL_LEAD | {Role.DESK_CLERK, Role.SCRUTINEER}


class StationAct(Act):
    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return facts.at_stations


class StationPlan(Payload):
    """A station, or with ``mobile`` a box that is carried; ``place`` is then its route."""

    name: Text = Field(min_length=1)
    mobile: bool = False
    place: Text = Field(min_length=1)
    hours: Text = Field(min_length=1)
    groups: tuple[Text, ...] = ()


@catalogued
class FixStations(StationAct):
    """Where and when each residents' group votes, which boxes are carried, where all are opened and counted (R-19)."""

    code: ClassVar[str] = "prepare.stations"
    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = PRESIDING

    on: date
    stations: tuple[StationPlan, ...] = Field(min_length=1, max_length=50)
    count_place: Text = Field(min_length=1)
    count_time: Text = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, rules = world.election, world.election.law
        yield Demand("prepare.on-the-day", self.on == world.day, {"day": world.day}, act="campaign.change_day")
        names = [s.name for s in self.stations]
        yield Demand("stations.once", len(set(names)) == len(names))
        yield Demand("stations.some-fixed", any(not s.mobile for s in self.stations))
        served = [g for s in self.stations for g in s.groups]
        groups = {g for g in facts.roll.groups if g}
        unserved = sorted(groups - set(served))
        yield Demand("stations.every-group", not unserved, {"groups": unserved})
        twice = sorted({g for g in served if served.count(g) > 1})
        yield Demand("stations.group-once", not twice, {"groups": twice})
        yield Demand(
            "stations.group-known", set(served) <= groups or not groups, {"groups": sorted(set(served) - groups)}
        )
        mobile = [s for s in self.stations if s.mobile]
        allowed = bool(rules.get("mobile_box.allowed"))
        yield Demand("stations.mobile-allowed", allowed or not mobile, article=rules.article("mobile_box.allowed"))
        yield Demand("stations.mobile-for-visits", not any(s.groups for s in mobile))
        yield Demand("absent.before-voting", facts.round is None or not facts.round.polls)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.stations = {s.name: Station(s.name, s.place, s.hours, s.groups, s.mobile) for s in self.stations}
        facts.polling_fixed = True
        withdraw_notice(facts, "polling_notice")
        this = facts.round
        if this is not None and not set(this.stations.values()) <= set(facts.stations):
            this.boxes, this.stations = [], {}  # a box that stands nowhere is closed and named again


class PollAct(StationAct):
    """Done at one station, in each round anew."""

    step: ClassVar[str] = "meeting"
    who: ClassVar[frozenset[str]] = AT_STATIONS
    any_time: ClassVar[bool] = True

    station: Text = Field(min_length=1)

    def poll(self, facts: Election) -> Poll | None:
        return facts.round.polls.get(self.station) if facts.round is not None else None

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, this = world.election, world.election.round
        yield Demand("prepare.complete", facts.prepared, act="prepare.complete")
        yield Demand("stations.known", self.station in facts.stations, {"station": self.station})
        yield Demand("result.not-announced", this is None or this.answer is None)
        yield Demand("polling.not-counted", this is None or this.account is None)


@catalogued
class OpenPolling(PollAct):
    """The station opens: its box is shown to be empty and closed, its ballots are counted out to it."""

    code: ClassVar[str] = "polling.open"

    ballots: int = Field(ge=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        facts, this, day = world.election, world.election.round, world.day
        again = this is not None and (this.number > 1 or this.revote)
        later = again or (facts.meeting is not None and facts.meeting.attempt > 1)
        on_day = day is None or deed.occurred_on == day or (later and deed.occurred_on >= day)
        yield Demand("meeting.on-the-day", on_day, {"day": day}, act="campaign.change_day")
        yield Demand("polling.once", self.poll(facts) is None, {"station": self.station})
        boxed = this is not None and self.station in this.stations.values()
        yield Demand("polling.box", boxed, {"station": self.station}, act="prepare.boxes")
        printed = this.printed or 0 if this is not None else 0
        handed = sum(p.handed for p in this.polls.values()) if this is not None else 0
        left = printed - handed
        yield Demand("polling.enough-ballots", self.ballots <= left, {"ballots": self.ballots, "left": left})

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.rounds[-1].polls[self.station] = Poll(self.ballots)
        meeting = facts.meetings[-1]
        meeting.opened_on = meeting.opened_on or deed.occurred_on


@catalogued
class ClosePolling(PollAct):
    """The station closes: how many signed in, for how many a proxy voted, where every ballot is; the box is sealed."""

    code: ClassVar[str] = "polling.close"

    in_person: int = Field(ge=0)
    by_proxy: int = Field(default=0, ge=0)
    issued: int = Field(ge=0)
    spoiled: int = Field(default=0, ge=0)
    unused: int = Field(ge=0)
    reason: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        facts, this, poll = world.election, world.election.round, self.poll(world.election)
        station = facts.stations.get(self.station)
        yield Demand("polling.opened", poll is not None, {"station": self.station}, act="polling.open")
        if poll is None or this is None or station is None:
            return
        yield Demand("polling.close-once", not poll.closed, {"station": self.station})
        out = self.issued + self.spoiled + self.unused
        yield Demand("polling.adds-up", out == poll.handed, {"handed": poll.handed, "sum": out})
        voted = self.in_person + self.by_proxy
        # more than voted is written down as it was, with the reason that the minutes print
        excused = self.issued <= voted or bool(self.reason)
        yield Demand("polling.issued-voted", excused, {"issued": self.issued, "voted": voted})
        others = [p for name, p in this.polls.items() if name != self.station]
        proxies = self.by_proxy + sum(p.by_proxy for p in others)
        registered = len(facts.proxies)
        yield Demand("polling.proxies", proxies <= registered, {"by_proxy": proxies, "registered": registered})
        everybody = voted + sum(p.voted for p in others)
        yield Demand(
            "meeting.present-entitled", everybody <= facts.entitled, {"present": everybody, "entitled": facts.entitled}
        )
        if station.mobile:
            mobile = [p for name, p in this.polls.items() if facts.stations[name].mobile and name != self.station]
            visited = self.in_person + sum(p.in_person for p in mobile)
            asked = len(facts.visits)
            yield Demand(
                "polling.visited-asked", visited <= asked, {"visited": visited, "asked": asked}, act="visit.ask"
            )
            yield Demand("polling.mobile-no-proxy", self.by_proxy == 0)

    def apply(self, world: World, deed: Deed) -> None:
        facts, poll = world.election, self.poll(world.election)
        assert poll is not None  # the guard has seen it
        poll.in_person, poll.by_proxy, poll.closed = self.in_person, self.by_proxy, True
        poll.issued, poll.spoiled, poll.unused = self.issued, self.spoiled, self.unused
        if facts.poll_closed():
            facts.meetings[-1].present = sum(p.voted for p in facts.rounds[-1].polls.values())


@catalogued
class DeclarePolling(StationAct):
    """Enough have voted: the vote is declared valid, and the boxes may be opened (V-09)."""

    code: ClassVar[str] = "polling.declare"
    step: ClassVar[str] = "meeting"
    who: ClassVar[frozenset[str]] = HALL_LEAD
    final: ClassVar[bool] = True

    def apply(self, world: World, deed: Deed) -> None:
        world.election.meetings[-1].valid = True


@catalogued
class VoidPolling(StationAct):
    """Too few voted: the vote is void, the boxes stay closed, and it is held again with new ballots (E34)."""

    code: ClassVar[str] = "polling.void"
    step: ClassVar[str] = "meeting"
    who: ClassVar[frozenset[str]] = HALL_LEAD

    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        meeting = facts.meeting
        yield Demand("stations.all-closed", facts.poll_closed(), act="polling.close")
        if meeting is not None and meeting.present is not None:
            met = quorum(facts, meeting)
            yield Demand("meeting.short", not met.met, met.params, article=met.article)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.meetings[-1].valid = False
        facts.returns.append(("meeting", "void", deed.seq))
        facts.steps.setdefault(deed.step, StepState()).attempt += 1
        reopen(world, "prepare")


@catalogued
class MixBoxes(StationAct):
    """A box is poured into a larger one and mixed before anybody sees a ballot: always a mobile box, always one with few."""

    code: ClassVar[str] = "tally.mix"
    step: ClassVar[str] = "ballot"
    who: ClassVar[frozenset[str]] = frozenset({Role.SCRUTINEER})
    signed: ClassVar[bool] = True

    box: Text = Field(min_length=1)
    into: Text = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, this = world.election, world.election.round
        yield Demand("stations.all-closed", facts.poll_closed(), act="polling.close")
        if this is None:
            return
        yield Demand("polling.not-counted", this.account is None)
        for box in (self.box, self.into):
            yield Demand("tally.box", box in this.boxes, {"box": box})
        yield Demand("boxes.two", self.box != self.into)
        yield Demand("boxes.into-fixed", not mobile_box(facts, self.into), {"box": self.into})

    def apply(self, world: World, deed: Deed) -> None:
        this = world.election.rounds[-1]
        this.boxes.remove(self.box)
        this.mixed = {b: self.into if into == self.box else into for b, into in this.mixed.items()} | {
            self.box: self.into
        }


def mobile_box(facts: Election, box: str) -> bool:
    """Whether a box of the round that stands was carried from house to house."""
    this = facts.round
    station = facts.stations.get(this.stations.get(box, "")) if this is not None else None
    return station is not None and station.mobile
