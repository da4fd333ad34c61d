"""Where an election stands, from the table of steps: which step of how many, by when, and how late.

The table is written with every entry of the election; what a campaign's own acts move (another election day, the
notice of posts) is judged here by the same rules as everywhere, over a world that holds the steps and nothing else.
An election's track is kept until its log or its campaign's log grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from election.law import Ruleset
from election.process.facts import Campaign, Election, StepState
from election.process.steps import Status, due, status, suffix
from election.process.world import World
from election.store import boards
from election.store.boards import Head, StepPoint
from election.store.database import Store
from election.web.district.where import Turnover

#: a deadline this near is due soon
SOON = 3
#: steps after which a result is known
COUNTED = ("ballot", "hands")


@dataclass(frozen=True)
class Stop:
    """One step that the election runs."""

    step: str
    status: Status
    due: date | None
    attempt: int


@dataclass(frozen=True)
class Track:
    """Where one election stands, whatever the day is."""

    election: str
    body: str
    stops: tuple[Stop, ...]
    #: by which its steps are named
    rules: Ruleset | None = None
    #: what was made of it for a day and a language: a board of many is put together from these
    shown: dict[tuple[date, str], Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def current(self) -> Stop | None:
        """The first open step."""
        return next((s for s in self.stops if s.status == Status.OPEN), None)

    @cached_property
    def number(self) -> int:
        current = self.current
        return self.stops.index(current) + 1 if current is not None else len(self.stops)

    @cached_property
    def closed(self) -> bool:
        return self.current is None and all(s.status == Status.DONE for s in self.stops)

    @cached_property
    def counted(self) -> bool:
        """A result is announced and stands."""
        return any(suffix(s.step) in COUNTED and s.status == Status.DONE for s in self.stops)

    def open_steps(self) -> list[str]:
        return [s.step for s in self.stops if s.status == Status.OPEN]

    def nearest(self) -> Stop | None:
        """The step not yet done whose last day comes first."""
        waiting = [s for s in self.stops if s.status != Status.DONE and s.due is not None]
        return min(waiting, key=lambda s: s.due or date.max, default=None)


def state(stop: Stop, today: date) -> str:
    """``done``, ``overdue``, ``soon``, ``open`` or ``waiting``: as tags and strips show a step."""
    if stop.status == Status.DONE:
        return "done"
    if stop.due is not None and stop.due < today:
        return "overdue"
    if stop.due is not None and (stop.due - today).days <= SOON:
        return "soon"
    return "open" if stop.status == Status.OPEN else "waiting"


def tracks(store: Store, session: Session, turnovers: Iterable[Turnover]) -> dict[str, Track]:
    """Election -> its track, of every election of these campaigns."""
    kept: dict[str, tuple[str, str, Track]] = store.cache.setdefault("tracks", {})
    found: dict[str, Track] = {}
    new: list[tuple[Turnover, Head]] = []
    for turnover in turnovers:
        for head in turnover.elections.values():
            held = kept.get(head.id)
            if held is not None and held[:2] == (head.head, turnover.head.head):
                found[head.id] = held[2]
            else:
                new.append((turnover, head))
    points = boards.step_points(session, [head.id for _, head in new])
    for turnover, head in new:
        found[head.id] = track(turnover.facts, head, points.get(head.id, ()))
        kept[head.id] = (head.head, turnover.head.head, found[head.id])
    return found


def track(campaign: Campaign, head: Head, points: Sequence[StepPoint]) -> Track:
    """One election's track from its rows."""
    world = skeleton(campaign, head, points)
    stops = []
    for point in points:
        now = status(world, point.step)
        if now != Status.SKIPPED:
            stops.append(Stop(point.step, now, due(world, point.step), point.attempt))
    return Track(head.id, head.body, tuple(stops), world.election.rules)


def skeleton(campaign: Campaign, head: Head, points: Sequence[StepPoint]) -> World:
    """A world that knows which steps are done and when, the branch taken, and the campaign: enough for status and due."""
    rules = campaign.rules(head.body)
    branches: Mapping[str, str] = {s.name: s.when for s in rules.steps}
    by_hands = any(p.status == Status.SKIPPED and branches.get(p.step) == "ballot" for p in points)
    facts = Election(
        id=head.id,
        body=head.body,
        community=head.community,
        path=head.path,
        rules=rules,
        method="hands" if by_hands else "ballot",
        steps={p.step: StepState(p.attempt, p.done_on, late_days=p.late_days) for p in points},
    )
    return World(campaign=campaign, election=facts)
