"""The steps of an election: what each demands, which are done, open or waiting, and what a return reopens.

A step is done when nothing it demands is missing. ``demands`` is the one list behind the page's checklist, behind
the guard of a step's last act, and behind the board's "step 5 of 14".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from election import law
from election.law import StepRule
from election.process.base import Demand
from election.process.campaign import community_demands, shared_steps
from election.process.demands import DEMANDS
from election.process.facts import Election, StepState
from election.process.resets import RESETS, withdraw_notice
from election.process.world import World


class Status(StrEnum):
    WAITING = "waiting"  # a step before it is not done
    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"  # another branch was taken (ballot or show of hands, who votes)


def suffix(step: str) -> str:
    """``party.roll`` -> ``roll``; ``handover`` stays."""
    return step.split(".", 1)[1] if step.startswith(("party.", "residents.")) else step


def full_names(facts: Election, steps: str) -> list[str]:
    """Steps of this election that an act's ``step`` (``roll|register``) names, those the ruleset runs."""
    running = {suffix(s.name): s.name for s in facts.law.steps}
    return [running[s] for s in steps.split("|") if s in running]


def runs(facts: Election, rule: StepRule) -> bool:
    """Whether the step belongs to the branch taken: ballot or hands, and who votes."""
    return not rule.when or rule.when in (facts.method, facts.electorate)


def missing(world: World, step: str) -> list[Demand]:
    """Unmet demands of a step: empty when it can be, or is, done."""
    return [d for d in demands(world, step) if not d.met and not d.warning]


def demands(world: World, step: str) -> list[Demand]:
    """All demands of a step, met and unmet, in the order a person works through them."""
    if step.startswith(("campaign.", "community.")):
        return community_demands(world.campaign, world.election.community, step)
    return list(DEMANDS[suffix(step)](world))


def before(world: World, step: str) -> list[str]:
    """Steps that must be done first and are not."""
    facts = world.election
    rules = {s.name: s for s in facts.law.steps}
    waiting = []
    for name in rules[step].after:
        if name.startswith(("campaign.", "community.")):
            if missing(world, name):
                waiting.append(name)
        elif name in rules and runs(facts, rules[name]) and not is_done(facts, name):
            waiting.append(name)
    return waiting


def is_done(facts: Election, step: str) -> bool:
    state = facts.steps.get(step)
    return state is not None and state.done_on is not None


def status(world: World, step: str) -> Status:
    facts = world.election
    rule = next(s for s in facts.law.steps if s.name == step)
    if not runs(facts, rule):
        return Status.SKIPPED
    if is_done(facts, step):
        return Status.DONE
    return Status.WAITING if before(world, step) else Status.OPEN


def attempt(facts: Election, step: str) -> int:
    state = facts.steps.get(step)
    return state.attempt if state else 1


def standing(world: World, kind: str) -> Mapping[str, object]:
    """How every step of a log of this kind stands, done or open and in which attempt: where it changes is a checkpoint."""
    if kind == "campaign":
        return shared_steps(world.campaign)
    facts = world.election
    if kind != "election" or facts.rules is None:
        return {}
    return {rule.name: (status(world, rule.name), attempt(facts, rule.name)) for rule in facts.law.steps}


@dataclass(frozen=True)
class Line:
    """One step as a task list shows it."""

    step: str
    title: str
    title_en: str
    status: Status
    attempt: int
    due: date | None
    done_on: date | None
    late_days: int
    missing: tuple[Demand, ...]


def due(world: World, step: str) -> date | None:
    """The last day on which the step is in time, as far as it is known."""
    facts = world.election
    rule = next((s for s in facts.law.steps if s.name == step), None)
    day = world.day
    if rule is None or rule.deadline is None or day is None:
        return None
    since = next((s.done_on for name in rule.deadline.of if (s := facts.steps.get(name)) and s.done_on), None)
    return law.deadline(facts.law, rule, day, since=since)


def task_list(world: World) -> list[Line]:
    """Every step of the election in the ruleset's order."""
    lines = []
    for rule in world.election.law.steps:
        state = world.election.steps.get(rule.name, StepState())
        now = status(world, rule.name)
        lacks = tuple(missing(world, rule.name)) if now == Status.OPEN else ()
        lines.append(
            Line(
                rule.name,
                rule.title,
                rule.title_en,
                now,
                state.attempt,
                due(world, rule.name),
                state.done_on,
                state.late_days,
                lacks,
            )
        )
    return lines


def current(world: World) -> str:
    """The step an election stands at: its first open one; ``archived`` when all are done."""
    for line in task_list(world):
        if line.status == Status.OPEN:
            return line.step
    return "archived" if world.election.archived_on else "closed"


def settle(world: World, on: date, seq: int) -> list[str]:
    """After an act: steps that have become done by it. Returns their names."""
    facts = world.election
    settled = []
    for rule in facts.law.steps:
        if not runs(facts, rule) or is_done(facts, rule.name) or before(world, rule.name) or missing(world, rule.name):
            continue
        state = facts.steps.setdefault(rule.name, StepState())
        last = due(world, rule.name)
        state.done_on, state.done_seq = on, seq
        state.late_days = max(((state.met_on or on) - last).days, 0) if last else 0
        settled.append(rule.name)
    return settled


def dependents(facts: Election, step: str) -> list[str]:
    """The step and all that come after it, directly or through others."""
    found = [step]
    for rule in facts.law.steps:
        if rule.name not in found and any(a in found for a in rule.after):
            found.append(rule.name)
    return found


def reopen(world: World, name: str, *, keep_people: bool = False) -> None:
    """Open a step again and all that rest on it: each gets a new attempt, and what it had established is asked again.

    Posting dates of the official list stand unless the list changes (assumed, steps.md).
    """
    facts = world.election
    (step,) = full_names(facts, name)
    for reopened in dependents(facts, step):
        state = facts.steps.get(reopened)
        if state is not None and (state.done_on is not None or reopened == step):
            facts.steps[reopened] = StepState(attempt=state.attempt + 1)
        if reset := RESETS.get(suffix(reopened)):
            reset(facts)
    if keep_people or suffix(step) == "prospective":
        withdraw_notice(facts, "official_list")
    if suffix(step) == "prospective" and not keep_people:
        withdraw_notice(facts, "prospective_list")
