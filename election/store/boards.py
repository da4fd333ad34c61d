"""What a board reads: where every election below a place stands, from the tables and without folding a log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from election.store.tables import Log, RollRow, StepRow
from election.store.worlds import entries

#: how many ids one question to the database names
AT_ONCE = 400
#: how many entries from the end are looked through for the last one of a step
LAST = 60


@dataclass(frozen=True)
class Head:
    """A log and how far it has come; it changes with every entry."""

    id: str
    kind: str
    path: str
    campaign: str
    community: str
    body: str
    size: int
    head: str


@dataclass(frozen=True)
class StepPoint:
    """One step of one election as the projection has it."""

    step: str
    status: str
    attempt: int
    done_on: date | None
    late_days: int


def heads(session: Session, scope: str) -> list[Head]:
    """Campaigns and elections at or below a place, in the order of their paths; empty logs are left out."""
    query = (
        select(Log.id, Log.kind, Log.path, Log.campaign, Log.community, Log.body, Log.size, Log.head)
        .where(Log.kind.in_(("campaign", "election")), Log.size > 0)
        .order_by(Log.path, Log.body, Log.id)
    )
    if scope:
        query = query.where(or_(Log.path == scope, Log.path.startswith(scope + "/", autoescape=True)))
    return [
        Head(id_, kind, path, campaign or "", community or "", body or "", size, head)
        for id_, kind, path, campaign, community, body, size, head in session.execute(query)
    ]


def step_points(session: Session, logs: Sequence[str]) -> dict[str, list[StepPoint]]:
    """Log -> its steps in the ruleset's order."""
    found: dict[str, list[StepPoint]] = defaultdict(list)
    for start in range(0, len(logs), AT_ONCE):
        rows = session.execute(
            select(StepRow.log, StepRow.step, StepRow.status, StepRow.attempt, StepRow.done_on, StepRow.late_days)
            .where(StepRow.log.in_(logs[start : start + AT_ONCE]))
            .order_by(StepRow.log, StepRow.place)
        )
        for log, step, status, attempt, done_on, late_days in rows:
            found[log].append(StepPoint(step, status, attempt, done_on, late_days))
    return found


def on_roll(session: Session, log: str, people: Sequence[str]) -> set[str]:
    """Who of these stands on an election's roll."""
    rows = select(RollRow.person).where(RollRow.log == log, RollRow.person.in_(people), RollRow.status != "removed")
    return set(session.scalars(rows)) if people else set()


def last_day(session: Session, log: str, size: int, step: str, *, before: str) -> date | None:
    """Day of the last entry of a step that is not the act ``before`` waits for; None where the end of the log has none."""
    for entry in reversed(entries(session, log, max(size - LAST, 0), size)):
        if entry.step == step and entry.act != before:
            return date.fromisoformat(entry.occurred_on)
    return None
