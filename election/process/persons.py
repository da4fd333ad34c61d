"""Who acts in an election: an account that stands, in its place, and somebody behind it who may do this task."""

from __future__ import annotations

from collections.abc import Iterator

from election.process.base import COUNTING, Actor, Demand
from election.process.relatives import related
from election.process.world import World


def covers(scope: str, path: str) -> bool:
    """Whether an actor placed at ``scope`` acts at ``path`` (``district/street/community``)."""
    return not scope or path == scope or path.startswith(scope + "/")


def person_of(world: World, account: str) -> str:
    """Who is behind an account: the person of the roll, or the account itself where that is not known."""
    found = world.office.accounts.get(account)
    return (found.person if found is not None else "") or account


def account_stands(world: World, actor: Actor) -> Demand:
    """An account that is open, and the actor's own."""
    found = world.office.accounts.get(actor.account)
    known = found is not None and found.active and found.role == actor.role and found.scope == actor.scope
    return Demand("act.account", known)


def in_election(world: World, actor: Actor, path: str) -> Iterator[Demand]:
    """An account of this place and meeting; who counts does not stand, and was not dismissed (S-12)."""
    facts = world.election
    yield Demand("act.scope", covers(actor.scope, path))
    account = world.office.accounts.get(actor.account)
    yield Demand("act.hall", account is None or account.election in (None, facts.id))
    behind = account.person if account is not None and actor.role in COUNTING else ""
    article = facts.rules.article("staff.candidate") if facts.rules is not None else ""
    stands = bool(behind) and behind in facts.standing()
    yield Demand("staff.not-candidate", not stands, {"name": ""}, article=article)
    serves = any((s.person, s.role) == (behind, actor.role) for s in facts.staff)
    yield Demand("staff.serves", serves or not behind, act="prepare.staff")


def impartial(world: World, account: str) -> Iterator[Demand]:
    """Neither a candidate nor a near relative of one touches a tally, even where the ruleset lets relatives help."""
    person, facts = person_of(world, account), world.election
    yield Demand("tally.not-candidate", person not in facts.standing())
    said = {s.person for s in facts.staff if s.relative}
    yield Demand("tally.not-relative", person not in said and not related(facts, person, facts.standing()))
