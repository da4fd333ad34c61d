"""May it be done, and what is known when it is done: the whole state machine in three functions.

``may(world, deed)`` says what stands against an act, ``apply(world, deed)`` changes the facts, ``fold(world, entries)``
makes the facts of a log from nothing. The program that writes and the verifier that doubts both call these.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from election.process import (
    absent,
    after,
    approval,
    campaign,
    electorate,
    equal,
    meeting,
    nomination,
    notices,
    objections,
    office,
    preparation,
    relatives,
    representatives,
    result,
    roll,
    scanning,
    stations,
    tally,
    vetting,
)
from election.process.base import ACTS, Act, Actor, Deed, Demand, Role, expand
from election.process.facts import FOUNDING, Election, Office, StepState
from election.process.notices import NOTICES, PostNotice
from election.process.office import called_in
from election.process.persons import account_stands, covers, in_election
from election.process.sealing import open_act
from election.process.steps import attempt, before, demands, due, full_names, is_done, runs, settle, task_list
from election.process.world import World
from election.record.entry import Entry

#: the rooms whose acts make up the catalogue
FAMILIES = (
    office,
    campaign,
    roll,
    notices,
    objections,
    electorate,
    representatives,
    nomination,
    relatives,
    vetting,
    absent,
    preparation,
    meeting,
    stations,
    tally,
    scanning,
    result,
    equal,
    approval,
    after,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
SERVER = Actor("server", Role.SERVER, "")
#: a resident at the desk of the public pages: no account
VOTER = Actor("voter", Role.VOTER, "")


def step_of(world: World, act: Act) -> str:
    """The step an act serves in this election; ``general`` for one that belongs to none."""
    if act.log != "election":
        return act.step or act.log
    named = NOTICES.get(act.kind, "") if isinstance(act, PostNotice) else act.step
    if world.election.rules is None or not named:
        return "general"
    rules = {s.name: s for s in world.election.law.steps}
    running = [name for name in full_names(world.election, named) if runs(world.election, rules[name])]
    return running[0] if running else "general"


def place(world: World, deed: Deed) -> Deed:
    """The deed with the step and attempt it belongs to."""
    deed.step = step_of(world, deed.act)
    if deed.act.log == "election" and world.election.rules is not None:
        deed.attempt = attempt(world.election, deed.step)
    return deed


def may(world: World, deed: Deed) -> list[Demand]:
    """What stands against the act: unmet demands, each with its article. Empty: it may be done."""
    return [d for d in _judge(world, deed) if not d.met and not d.warning]


def _judge(world: World, deed: Deed) -> Iterator[Demand]:
    act = deed.act
    yield from _person(world, deed)
    yield from _days(world, deed)
    if act.log == "election" and act.code != "election.open":
        yield Demand("election.open", world.election.size > 0)
        if world.election.rules is None:
            return
        yield Demand("act.belongs", act.belongs(world.election))
        if not act.belongs(world.election):
            return  # its guard asks for numbers that this ruleset does not have
        yield from _step(world, deed)
    yield Demand("act.signed", bool(deed.signed_by) or not act.signed)
    if act.signed and not world.office.demonstration:
        yield Demand("act.vouched", all(map(world.office.vouched, deed.signed_by)))
    if deed.on_paper:
        two = len(deed.signed_by) == 2 and len({*deed.signed_by, deed.actor.account}) == 2
        yield Demand("act.two-vouchers", two)
        yield Demand("act.voucher-here", all(_vouches(world, deed, who) for who in deed.signed_by))
        yield Demand("act.scan", bool(deed.attachments))
    have = {p["kind"] for p in deed.papers}
    for kind in act.papers:
        yield Demand("act.paper", kind in have, {"kind": kind})
    yield from act.guard(world, deed)


def _person(world: World, deed: Deed) -> Iterator[Demand]:
    """The right role, an account that stands, and a place below the actor's own."""
    act, actor = deed.act, deed.actor
    roles = expand(act.who, world.election.body)
    yield Demand("act.role", actor.role in roles, {"roles": sorted(roles)})
    if actor in (SERVER, VOTER):
        return
    yield account_stands(world, actor)
    if act.log == "election":
        path = act.path if isinstance(act, roll.OpenElection) else world.election.path
        yield from in_election(world, actor, path)
    elif act.log == "campaign" and world.campaign.path:
        community = getattr(act, "community", "")
        yield Demand(
            "act.scope", covers(actor.scope, f"{world.campaign.path}/{community}" if community else world.campaign.path)
        )


def _vouches(world: World, deed: Deed, who: str) -> bool:
    """Whether they may vouch for a signature on paper: their account stands, at this place, in this hall, no candidate."""
    account = world.office.accounts.get(who)
    if account is None or not account.active:
        return False
    if deed.act.log != "election":
        path = world.campaign.path if deed.act.log == "campaign" else ""
        return covers(account.scope, path) or covers(path, account.scope)
    actor = Actor(account.id, account.role, account.scope)
    return all(demand.met for demand in in_election(world, actor, world.election.path))


@cache
def signing() -> frozenset[str]:
    """Roles that have something to sign, in an election of either body."""
    signed = [act for act in ACTS.values() if act.signed]
    return frozenset(role for act in signed for body in ("party", "residents") for role in expand(act.who, body))


def unvouched(office: Office, account: str) -> bool:
    """Whether officials are still to vouch for the account's key before it may sign what its role signs."""
    found = office.accounts.get(account)
    if office.demonstration or found is None or not found.active or found.key is None:
        return False
    return found.role in signing() and not office.vouched(account)


def needs_vouchers(office: Office, account: str) -> bool:
    """Whether a key that the account enrols now, without the one before it, signs only when officials have vouched for it."""
    found = office.accounts.get(account)
    if office.demonstration or found is None or found.role not in signing():
        return False
    return office.first_vouched is not None or found.role not in FOUNDING


def awaiting(office: Office, actor: Actor) -> list[str]:
    """Accounts whose keys wait for this official's word; whose own key waits has none to give."""
    if unvouched(office, actor.account):
        return []
    return [
        account.id
        for account in office.accounts.values()
        if unvouched(office, account.id) and account.key and actor.account not in account.key.vouchers
        if account.id != actor.account
        if covers(actor.scope, account.scope) or called_in(office, actor.account, account)
    ]


def _days(world: World, deed: Deed) -> Iterator[Demand]:
    today = deed.recorded_at.astimezone(SHANGHAI).date()
    yield Demand("act.not-future", deed.occurred_on <= today, {"day": deed.occurred_on})
    opened = world.election.opened_on
    if deed.act.log == "election" and opened is not None:
        yield Demand("act.not-before", deed.occurred_on >= opened, {"day": opened})


def _step(world: World, deed: Deed) -> Iterator[Demand]:
    act, facts = deed.act, world.election
    yield Demand("act.body", not act.only or act.only == facts.body)
    if deed.step == "general":
        belongs = not act.step or act.any_time
        yield Demand("step.not-run", belongs)
        return
    if not act.any_time:
        waiting = before(world, deed.step)
        yield Demand("step.before", not waiting, {"step": waiting[0] if waiting else ""})
        still = bool(act.until) and not any(is_done(facts, name) for name in full_names(facts, act.until))
        yield Demand("step.not-done", still or not is_done(facts, deed.step), {"step": deed.step})
    if act.final:
        for demand in demands(world, deed.step):
            if demand.act != act.code:
                yield demand
    if act.meets_deadline():
        yield from _deadline(world, deed)


def _deadline(world: World, deed: Deed) -> Iterator[Demand]:
    """In time, late with a reason, or refused, as the ruleset says."""
    last = due(world, deed.step)
    rule = next(s for s in world.election.law.steps if s.name == deed.step).deadline
    if last is None or rule is None or deed.occurred_on <= last:
        return
    if rule.on_miss == "refuse":
        yield Demand("step.deadline", False, {"due": last, "step": deed.step}, article=rule.article)
    elif rule.on_miss == "reason":
        explained = bool(getattr(deed.act, "late_reason", ""))
        yield Demand("step.late-reason", explained, {"due": last, "step": deed.step}, article=rule.article)


def apply(world: World, deed: Deed) -> list[str]:
    """The facts after the act. Returns the steps that became done by it."""
    deed.act.apply(world, deed)
    if deed.act.log == "election":
        _seal(world.election, deed)
    if deed.act.meets_deadline():
        world.election.steps.setdefault(deed.step, StepState()).met_on = deed.occurred_on
    world.at(deed.act.log).size = deed.seq + 1
    if deed.act.log == "election" and world.election.rules is not None:
        return settle(world, deed.occurred_on, deed.seq)
    return []


def _seal(facts: Election, deed: Deed) -> None:
    """Its papers, by what they are: a correction is another notice of the kind that it corrects."""
    posted = {n.sha256: n.kind for n in facts.notices[-1:] if n.seq == deed.seq}
    for paper in deed.papers:
        facts.papers[paper["sha256"]].add(posted.get(paper["sha256"], paper["kind"]))
        facts.gone.pop(paper["sha256"], None)


def undone(world: World, deed: Deed) -> list[Demand]:
    """What stands now and does not once the deed is done: each as the checklists, in their order, will ask it again."""
    after = copy.deepcopy(world)
    deed.act.apply(after, deed)
    stood = {(d.code, repr(d.params)) for line in task_list(world) for d in demands(world, line.step) if d.met}
    return [
        d
        for line in task_list(after)
        for d in demands(after, line.step)
        if not d.met and (d.code, repr(d.params)) in stood
    ]


def deed_of(entry: Entry, openings: Mapping[str, str]) -> Deed:
    """The deed that an entry records. Raises UnknownAct."""
    return Deed(
        act=open_act(entry.act, entry.payload, openings),
        actor=Actor(str(entry.actor["account"]), str(entry.actor["role"]), str(entry.actor["scope"] or "")),
        occurred_on=date.fromisoformat(entry.occurred_on),
        recorded_at=datetime.fromisoformat(entry.recorded_at.replace("Z", "+00:00")).astimezone(UTC),
        step=entry.step,
        attempt=entry.attempt,
        seq=entry.seq,
        prev=entry.prev,
        papers=entry.papers,
        attachments=entry.attachments,
        signed_by=[str(s.get("account", "")) for s in entry.statements],
        on_paper=entry.on_paper is not None,
    )


def fold(world: World, entries: Iterable[Entry], openings: Mapping[str, str]) -> World:
    """Apply a log's entries, in order, to the world. Raises UnknownAct."""
    for entry in entries:
        if entry.seq == 0:
            world.at(entry.kind).id = entry.log
        apply(world, deed_of(entry, openings))
    return world


__all__ = ["ACTS", "SERVER", "VOTER", "apply", "covers", "deed_of", "fold", "may", "place", "step_of"]
