"""Who votes, where the ruleset leaves it to the residents: all voters, a representative per household, or representatives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from election.process.base import PRESIDING_CHAIR, Act, Deed, Demand, Text, catalogued
from election.process.facts import Election
from election.process.world import World


@catalogued
class ChooseElectorate(Act):
    """Most residents or groups asked prefer one of the three ways of voting (R-04)."""

    code: ClassVar[str] = "electorate.choose"
    step: ClassVar[str] = "electorate"
    only: ClassVar[str] = "residents"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True
    final: ClassVar[bool] = True

    electorate: Literal["voters", "households", "representatives"]
    how: Text = Field(min_length=2)
    asked: int = Field(ge=1)
    agreed: int = Field(ge=0)

    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return bool(facts.law.get("electorate_choice"))

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("nomination.agreed-within", self.agreed <= self.asked)
        rules = world.election.law
        rule = rules.threshold("nomination.agreement")
        yield Demand(
            "electorate.most-agree",
            rule.met(self.agreed, self.asked),
            {"asked": self.asked, "agreed": self.agreed, "needs": rule.needed(self.asked)},
            article=rules.article("electorate_choice"),
        )

    def apply(self, world: World, deed: Deed) -> None:
        world.election.chosen_electorate = self.electorate
