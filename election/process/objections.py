"""Objections to the roll and to candidates: filed, decided, answered (V-07)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from election.process.base import (
    PRESIDING_CHAIR,
    Act,
    Deed,
    Demand,
    PersonId,
    PrivateName,
    PrivateWords,
    Role,
    Text,
    catalogued,
)
from election.process.facts import Objection
from election.process.roll import REGISTRARS
from election.process.world import World


@catalogued
class FileObjection(Act):
    """A resident objects to the roll or to a prospective candidate, in the window; later it is a complaint (V-07)."""

    code: ClassVar[str] = "objection.file"
    who: ClassVar[frozenset[str]] = REGISTRARS | {Role.VOTER}
    any_time: ClassVar[bool] = True

    kind: Literal["roll_missing", "roll_wrong", "candidate", "other"]
    about: PrivateName
    text: PrivateWords
    by: PrivateName
    contact: PrivateName
    person: PersonId = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("objection.text", len(self.text) >= 4)
        basis = "prospective_list" if self.kind == "candidate" else "roll_notice"
        posted = self.kind == "other" or world.election.posted(basis) is not None
        yield Demand("objection.posted", posted)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        notice = facts.posted("prospective_list" if self.kind == "candidate" else "roll_notice")
        # a ruleset without a window sets no last day
        days = facts.law.get("objection.window_days")
        over = notice is None or (days is not None and deed.occurred_on > notice.posted_on + timedelta(days=int(days)))
        late = self.kind == "other" or over
        number = len(facts.objections) + 1
        facts.objections[number] = Objection(number, self.kind, deed.occurred_on, late, self.person)


@catalogued
class DecideObjection(Act):
    """Decided and answered, within the days the ruleset gives; a registrar cannot decide alone."""

    code: ClassVar[str] = "objection.decide"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR
    signed: ClassVar[bool] = True
    any_time: ClassVar[bool] = True

    objection: int = Field(ge=1)
    upheld: bool
    answer: PrivateWords
    late_reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        found = facts.objections.get(self.objection)
        yield Demand("objection.waiting", found is not None and found.decided_on is None, {"number": self.objection})
        yield Demand("objection.answer", len(self.answer) >= 2)
        if found is not None:
            days = facts.law.get("objection.answer_days")
            if days is not None:
                due = found.filed_on + timedelta(days=int(days))
                yield Demand(
                    "objection.in-time",
                    deed.occurred_on <= due or bool(self.late_reason),
                    {"due": due, "days": int(days)},
                    article=facts.law.article("objection.answer_days"),
                )

    def apply(self, world: World, deed: Deed) -> None:
        found = world.election.objections[self.objection]
        found.decided_on, found.upheld = deed.occurred_on, self.upheld
