"""Near relatives (近亲属) as data: who is related to whom, and which two roles the ruleset keeps apart.

A relation joins two persons and is recorded once, whatever they come to be. From the relations and the roles follow the
conflicts; each pair of roles has its value in the ruleset: ``refuse``, ``warn`` (only with a reason) or ``allow``. A
ruleset that is silent leaves it to the reason (Q-06, Q-07, R-03, R-19, V-04, V-36).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import ClassVar, Literal

from pydantic import Field

from election.process.base import (
    COUNTING,
    PRESIDING,
    Act,
    Deed,
    Demand,
    PersonId,
    PrivateChoice,
    PrivateName,
    Role,
    Text,
    catalogued,
)
from election.process.facts import Election
from election.process.world import World

#: who is a near relative (Q-08); of the spouse: parents, siblings and grandparents
RELATIONS = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild", "in_law")
#: where near relatives do not stand side by side; the ruleset's value is its ``.relatives``
Apart = Literal["staff", "members", "presiding"]


class _OfTwo(Act):
    """An act about two people who are, or were taken for, near relatives."""

    step: ClassVar[str] = "propose"
    who: ClassVar[frozenset[str]] = PRESIDING | {Role.REGISTRAR}
    any_time: ClassVar[bool] = True

    person: PersonId
    person_name: PrivateName
    relative: PersonId
    relative_name: PrivateName

    @property
    def pair(self) -> tuple[str, str]:
        return pair(self.person, self.relative)


@catalogued
class RecordRelation(_OfTwo):
    """Two people are near relatives; it counts for every role they have or come to have. What kind is never posted."""

    code: ClassVar[str] = "relatives.record"
    relation: PrivateChoice = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("relatives.two", self.person != self.relative)
        yield Demand("relatives.once", self.pair not in world.election.relations)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.relations.add(self.pair)


@catalogued
class StrikeRelation(_OfTwo):
    """A relation that was recorded by mistake is struck."""

    code: ClassVar[str] = "relatives.strike"
    reason: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("relatives.known", self.pair in world.election.relations)

    def apply(self, world: World, deed: Deed) -> None:
        world.election.relations.discard(self.pair)


def pair(one: str, other: str) -> tuple[str, str]:
    """Two persons in the one order in which a relation is kept."""
    return (one, other) if one < other else (other, one)


def related(facts: Election, person: str, others: Collection[str]) -> list[str]:
    """Those of ``others`` who are near relatives of ``person``."""
    return [other for other in others if pair(person, other) in facts.relations]


def related_staff(facts: Election) -> list[str]:
    """Names of those who count, scrutinise, call or settle doubts and are near relatives of somebody who stands."""
    standing = facts.standing()
    return [s.name for s in facts.staff if s.role in COUNTING and related(facts, s.person, standing)]


def kept_apart(facts: Election, apart: Apart, names: Collection[str], reason: str) -> Iterator[Demand]:
    """What stands against near relatives in two roles; ``names`` are those it concerns, none where there is no conflict."""
    if not names:
        return
    said = facts.law.get(f"{apart}.relatives")
    met = said == "allow" or (said != "refuse" and bool(reason))
    article = facts.law.article(f"{apart}.relatives") if said is not None else ""
    yield Demand(f"{apart}.relative", met, {"name": "、".join(names)}, article=article)
