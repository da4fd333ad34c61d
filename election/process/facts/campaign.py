"""What is known of a campaign: the plan of one street for one term, and its communities."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from election import law
from election.law import Ruleset
from election.process.facts.steps import Notice, StepState


@dataclass
class Community:
    id: str
    name: str
    #: body -> election day, where it differs from the plan's
    days: dict[str, date] = field(default_factory=dict)
    committee: bool = False
    notices: list[Notice] = field(default_factory=list)
    reports: set[str] = field(default_factory=set)
    #: body -> approved new day
    postponed: dict[str, date] = field(default_factory=dict)
    steps: dict[str, StepState] = field(default_factory=dict)


@dataclass
class Postponement:
    number: int
    community: str
    body: str
    new_day: date
    asked_on: date
    decided: bool | None = None


@dataclass
class Finding:
    number: int
    community: str
    on: date
    remedied: bool = False


@dataclass
class Campaign:
    id: str = ""
    title: str = ""
    term: str = ""
    district: str = ""
    street: str = ""
    path: str = ""
    window: tuple[date, date] | None = None
    days: dict[str, date] = field(default_factory=dict)
    rulesets: dict[str, str] = field(default_factory=dict)
    #: id -> the street's own rulesets, as the plan sealed them
    own: dict[str, Ruleset] = field(default_factory=dict)
    demonstration: bool = False
    communities: dict[str, Community] = field(default_factory=dict)
    #: (ruleset, key) numbers that the office has confirmed with source and article
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    head: bool = False
    trainings: int = 0
    findings: list[Finding] = field(default_factory=list)
    postponements: list[Postponement] = field(default_factory=list)
    inspected_on: date | None = None
    steps: dict[str, StepState] = field(default_factory=dict)
    size: int = 0

    def ruleset(self, ruleset_id: str) -> Ruleset:
        """One of the street's own, or a built-in one. Raises WrongInput."""
        return self.own.get(ruleset_id) or law.load(ruleset_id)

    def rules(self, body: str) -> Ruleset:
        """The ruleset that the plan names for a body."""
        return self.ruleset(self.rulesets[body])

    def day(self, community: str, body: str) -> date | None:
        """Election day of one body of one community."""
        place = self.communities.get(community)
        if place is None:
            return self.days.get(body)
        return place.postponed.get(body) or place.days.get(body) or self.days.get(body)
