"""A ruleset: the numbers of the law in force, each with its source, and the steps in their order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from election.law.keys import Plain, key_of
from election.law.majority import Threshold, threshold

Body = Literal["party", "residents", "villagers"]
Status = Literal["seen", "secondary", "memory", "assumed", "local"]
OnMiss = Literal["refuse", "reason", "flag"]
#: of the vote (by ballot, by show of hands), or of who votes
Branch = Literal["", "ballot", "hands", "voters", "households", "representatives"]

BODIES: tuple[Body, ...] = ("party", "residents", "villagers")
STATUSES: tuple[Status, ...] = ("seen", "secondary", "memory", "assumed", "local")
ON_MISS: tuple[OnMiss, ...] = ("refuse", "reason", "flag")
BRANCHES: tuple[Branch, ...] = ("", "ballot", "hands", "voters", "households", "representatives")

_DOUBTS: Mapping[Status, str] = {"memory": "据记忆", "assumed": "设定"}
#: what a deciding value must not rest on when a real campaign starts
UNCONFIRMED: tuple[Status, ...] = ("memory", "assumed")


@dataclass(frozen=True, slots=True)
class Value:
    """One number of the law and where it stands. ``article`` may be empty where no article was found."""

    value: Plain
    source: str
    article: str
    status: Status

    def as_json(self) -> dict[str, Plain]:
        return {"value": self.value, "source": self.source, "article": self.article, "status": self.status}


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a step must be done: ``days_before`` the election day, or ``days_after`` the day of the step ``of``.

    Exactly one of the two is a number. ``of`` names alternatives (ballot or show of hands): the one that ran counts.
    ``key`` is the ruleset value that holds the number; source, article and status are that value's.
    """

    key: str
    days_before: int | None
    days_after: int | None
    of: tuple[str, ...]
    on_miss: OnMiss
    article: str
    source: str
    status: Status

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "days_before": self.days_before,
            "days_after": self.days_after,
            "of": list(self.of),
            "on_miss": self.on_miss,
        }


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step: it may start when every step of ``after`` that runs is done; ``when`` names its branch, if any."""

    name: str
    title: str
    title_en: str
    after: tuple[str, ...] = ()
    when: Branch = ""
    deadline: Deadline | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "title_en": self.title_en,
            "after": list(self.after),
            "when": self.when,
            "deadline": self.deadline.as_json() if self.deadline else None,
        }


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day in force, both included; None is open."""

    from_: date | None
    to: date | None

    def __contains__(self, day: date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)

    def as_json(self) -> dict[str, str | None]:
        return {
            "from": self.from_.isoformat() if self.from_ else None,
            "to": self.to.isoformat() if self.to else None,
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """The fewest and the most that a ruleset allows, both included."""

    least: int
    most: int

    def hold(self, number: int) -> bool:
        return self.least <= number <= self.most


@dataclass(frozen=True)
class Ruleset:
    """Resolved: what it extends is already inside."""

    id: str
    title: str
    title_en: str
    body: Body
    in_force: Period
    extends: str | None
    values: Mapping[str, Value]
    steps: tuple[StepRule, ...]

    def rule(self, key: str) -> Value:
        """The value with its source. Raises KeyError naming the key and the ruleset."""
        try:
            return self.values[key]
        except KeyError:
            raise KeyError(f"ruleset {self.id} has no value {key}") from None

    def value(self, key: str) -> Plain:
        """The plain value. Raises KeyError naming the key."""
        return self.rule(key).value

    def get(self, key: str, default: Any = None) -> Any:
        """The plain value, or ``default`` where this ruleset says nothing."""
        found = self.values.get(key)
        return default if found is None else found.value

    def article(self, key: str) -> str:
        """Where the value stands, as printed beside a decision: the article, or the source where none was found.

        What rests on memory or on an assumption says so.
        """
        rule = self.rule(key)
        place, doubt = rule.article or rule.source, _DOUBTS.get(rule.status, "")
        return place if doubt in place else f"{place}（{doubt}）"

    def text(self, key: str) -> str:
        """A value that is a text (a threshold, a choice). Raises KeyError, or TypeError for a number."""
        value = self.value(key)
        if not isinstance(value, str):
            raise TypeError(f"{key} is not a text")
        return value

    def threshold(self, key: str) -> Threshold:
        """A value that is a fraction of people to be met. Raises KeyError, or TypeError for a number."""
        return threshold(self.text(key))

    def number(self, key: str) -> int:
        """A value that is a whole number. Raises KeyError, or TypeError for anything else."""
        value = self.value(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{key} is not a number")
        return value

    def limits(self, name: str) -> Limits:
        """The values ``name`` + ``min`` and ``max``, as of ``seats.``. Raises KeyError, or TypeError for what is no number."""
        return Limits(self.number(f"{name}min"), self.number(f"{name}max"))

    def step(self, name: str) -> StepRule:
        """The step of that name. Raises KeyError naming it."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(f"ruleset {self.id} has no step {name}")

    def unconfirmed(self) -> tuple[str, ...]:
        """Deciding keys that rest on memory or assumption until an office confirms them, in the order of their names."""
        return tuple(
            sorted(
                name
                for name, rule in self.values.items()
                if rule.status in UNCONFIRMED and (key := key_of(name)) is not None and key.decides
            )
        )

    def summary(self) -> dict[str, Any]:
        """One line of the list of rulesets."""
        return {
            "id": self.id,
            "title": self.title,
            "title_en": self.title_en,
            "body": self.body,
            "in_force": self.in_force.as_json(),
            "extends": self.extends,
        }

    def as_json(self) -> dict[str, Any]:
        """The whole ruleset, resolved; ``law.from_json`` reads it back without any other file."""
        return {
            **self.summary(),
            "values": {name: self.values[name].as_json() for name in sorted(self.values)},
            "steps": [step.as_json() for step in self.steps],
        }

    def sealed(self) -> bytes:
        """The canonical bytes that an election seals, and a campaign for an office's own ruleset."""
        return json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
