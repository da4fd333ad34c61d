"""Voters who cannot come to their station: those who send a proxy, and those whom a mobile box visits.

Why somebody cannot come is health or private business. The reasons are sealed and never posted; of those whom a mobile
box visits not even the id stands in the record (D-04). Names of principals and proxies are posted, as the law asks (V-12).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from election import law
from election.process.base import (
    PRESIDING,
    Act,
    Deed,
    Demand,
    Filled,
    ListedName,
    PersonId,
    PrivateName,
    PrivatePerson,
    PrivateWords,
    Role,
    Text,
    catalogued,
)
from election.process.facts import Election
from election.process.resets import withdraw_notice
from election.process.world import World


class Absence(Act):
    """Asked for in writing, before the ruleset's day, at the presiding body's office."""

    step: ClassVar[str] = "prepare"
    who: ClassVar[frozenset[str]] = PRESIDING | {Role.REGISTRAR}
    any_time: ClassVar[bool] = True


def in_time(world: World, deed: Deed, key: str) -> Demand:
    """Asked for by the last day that the ruleset's number of days leaves."""
    rules, day = world.election.law, world.day
    due = None if day is None else law.days_before(rules, rules.number(key), day)
    return Demand("absent.in-time", due is None or deed.occurred_on <= due, {"due": due}, article=rules.article(key))


def _voting(facts: Election) -> bool:
    return facts.round is not None and bool(facts.round.polls)


class ProxyAct(Absence):
    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return facts.at_stations and bool(facts.law.get("proxy.allowed"))


@catalogued
class GrantProxy(ProxyAct):
    """A voter gives another a written proxy (委托投票); the certificate goes with the ballot to whoever votes (V-12, V-13)."""

    code: ClassVar[str] = "proxy.grant"
    papers: ClassVar[tuple[str, ...]] = ("proxy_certificate",)

    principal: PersonId
    principal_name: ListedName
    proxy: PersonId
    proxy_name: ListedName
    near_relative: bool = False
    away: bool = False
    written: bool = False
    reason: PrivateWords = ""
    principal_on_roll: Annotated[bool, Filled()] = False
    proxy_on_roll: Annotated[bool, Filled()] = False

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts, rules = world.election, world.election.law
        yield Demand("roll.fixed", facts.roll.fixed, act="roll.fix")
        yield in_time(world, deed, "proxy.days_before")
        yield Demand("proxy.principal-on-roll", self.principal_on_roll, {"name": self.principal_name})
        yield Demand("proxy.on-roll", self.proxy_on_roll, {"name": self.proxy_name})
        yield Demand("proxy.another", self.principal != self.proxy)
        yield Demand("proxy.once", self.principal not in facts.proxies, {"name": self.principal_name})
        yield Demand("proxy.comes", self.proxy not in facts.proxies, {"name": self.proxy_name})
        holds_for_others = self.principal in facts.proxies.values()
        yield Demand("proxy.not-passed-on", not holds_for_others, {"name": self.principal_name})
        yield Demand("proxy.not-visited", self.principal not in facts.visits.values(), {"name": self.principal_name})
        held, most = sum(1 for p in facts.proxies.values() if p == self.proxy), rules.number("proxy.max_held")
        yield Demand(
            "proxy.max-held",
            held < most,
            {"name": self.proxy_name, "held": held, "most": most},
            article=rules.article("proxy.max_held"),
        )
        yield Demand(
            "proxy.no-candidate",
            bool(rules.get("proxy.candidate_holds")) or self.proxy not in facts.standing(),
            {"name": self.proxy_name},
            article=rules.article("proxy.candidate_holds"),
        )
        yield Demand(
            "proxy.near-relative",
            self.near_relative or not rules.get("proxy.near_relatives"),
            article=rules.article("proxy.near_relatives"),
        )
        yield Demand(
            "proxy.away", self.away or not rules.get("proxy.away_only"), article=rules.article("proxy.away_only")
        )
        yield Demand(
            "proxy.written", self.written or not rules.get("proxy.written"), article=rules.article("proxy.written")
        )

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.proxies[self.principal] = self.proxy
        facts.names[self.principal], facts.names[self.proxy] = self.principal_name, self.proxy_name
        withdraw_notice(facts, "proxy_list")


@catalogued
class RevokeProxy(ProxyAct):
    """The voter comes after all, or the proxy cannot: the certificate is handed back before the voting begins."""

    code: ClassVar[str] = "proxy.revoke"

    principal: PersonId
    reason: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("proxy.known", self.principal in facts.proxies)
        yield Demand("absent.before-voting", not _voting(facts))

    def apply(self, world: World, deed: Deed) -> None:
        del world.election.proxies[self.principal]
        withdraw_notice(world.election, "proxy_list")


class VisitAct(Absence):
    @classmethod
    def belongs(cls, facts: Election) -> bool:
        return facts.at_stations and bool(facts.law.get("mobile_box.allowed"))


@catalogued
class AskVisit(VisitAct):
    """A voter who cannot leave the house asks for the mobile box; who asks, and why, is told to its staff alone."""

    code: ClassVar[str] = "visit.ask"

    person: PrivatePerson
    name: PrivateName
    reason: PrivateWords = Field(min_length=2)
    on_roll: Annotated[bool, Filled()] = False

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("roll.fixed", facts.roll.fixed, act="roll.fix")
        yield in_time(world, deed, "mobile_box.days_before")
        yield Demand("visit.on-roll", self.on_roll)
        yield Demand("visit.once", self.person not in facts.visits.values())
        yield Demand("visit.no-proxy", self.person not in facts.proxies)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        facts.visits_asked += 1
        facts.visits[facts.visits_asked] = self.person


@catalogued
class DropVisit(VisitAct):
    """A request for the mobile box is taken back."""

    code: ClassVar[str] = "visit.drop"

    number: int = Field(ge=1)
    reason: PrivateWords = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("visit.known", self.number in world.election.visits, {"number": self.number})
        yield Demand("absent.before-voting", not _voting(world.election))

    def apply(self, world: World, deed: Deed) -> None:
        del world.election.visits[self.number]
