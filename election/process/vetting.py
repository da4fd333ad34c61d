"""Joint vetting of candidates (资格联审): each department's opinion, and the ground of the negative list where one is bad."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from pydantic import Field

from election.process.base import (
    Act,
    Deed,
    Demand,
    Payload,
    PersonId,
    PrivateChoice,
    PrivateWords,
    Role,
    Text,
    catalogued,
)
from election.process.facts import Election
from election.process.world import World


class Opinion(Payload):
    """One department's word on one candidate; why it objects is sealed, and never posted."""

    department: Text = Field(min_length=1)
    clear: bool = True
    ground: PrivateChoice = ""
    note: PrivateWords = ""


@catalogued
class RecordVetting(Act):
    """The written conclusion of the departments on one candidate; one objection, and the candidate is out (Q-01)."""

    code: ClassVar[str] = "vetting.record"
    step: ClassVar[str] = "assess"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET, Role.ORGANISATION})

    person: PersonId
    held_on: date
    document_number: Text = Field(min_length=2)
    opinions: tuple[Opinion, ...] = Field(min_length=1)

    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return bool(facts.law.get("joint_vetting") and facts.law.get("vetting.departments"))

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        rules = world.election.law
        yield Demand("nomination.is-prospective", any(c.person == self.person for c in world.election.prospective))
        yield Demand("assess.not-future", self.held_on <= deed.occurred_on)
        asked = str(rules.value("vetting.departments")).split()
        spoken = [o.department for o in self.opinions]
        article = rules.article("vetting.departments")
        yield Demand("vetting.once", len(set(spoken)) == len(spoken), article=article)
        yield Demand("vetting.known", set(spoken) <= set(asked), article=article)
        silent = [d for d in asked if d not in spoken]
        yield Demand("vetting.every-department", not silent, {"departments": silent}, article=article)
        grounds = rules.article("vetting.reasons")
        yield Demand("vetting.ground", all(o.clear or o.ground for o in self.opinions), article=grounds)
        yield Demand("vetting.no-ground", all(not o.clear or not o.ground for o in self.opinions), article=grounds)

    def apply(self, world: World, deed: Deed) -> None:
        for candidate in world.election.prospective:
            if candidate.person == self.person:
                candidate.assessed["joint_vetting"] = all(o.clear for o in self.opinions)
