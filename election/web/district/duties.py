"""What waits for a superior: from the same demands that a step's page shows, those that this role's acts meet.

A demand is this role's when it is the first of its step that is not met, or only signatures of others come before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from election.process.base import ACTS, DISTRICT, Act, Demand, Role, expand
from election.process.facts import Campaign
from election.process.steps import full_names, missing
from election.process.world import World
from election.store import boards
from election.store.boards import Head
from election.store.database import Store
from election.store.worlds import world_of
from election.web.access.policy import OVERSEERS
from election.web.district.tracks import Track
from election.web.district.where import Turnover

#: one decision over many communities: what is asked beside the approval is the same for all
TOGETHER = frozenset(
    {
        "nomination.study",
        "nomination.decide",
        "consent.decide",
        "approve.submit",
        "approve.decide",
        "approve.appoint",
        "file.submit",
        "file.acknowledge",
    }
)
#: demands that only one of an act's roles meets
SIDES = {
    "handover.signed.outgoing_member": frozenset({Role.OUTGOING}),
    "handover.signed.incoming_member": frozenset({Role.INCOMING}),
    "handover.signed.street_officer": frozenset({Role.STREET}),
    "inspection.street": frozenset({Role.STREET}),
    "inspection.district": DISTRICT,
}


def superior(act: type[Act]) -> bool:
    """Whether the act is one of street or district: theirs alone, or a signature of all sides."""
    return act.log == "election" and not act.hidden and (act.who <= OVERSEERS or act.code == "handover.sign")


@dataclass(frozen=True)
class Duty:
    """One act that waits in one election."""

    act: str
    step: str
    #: demands that it meets: persons to assess, certificates to issue
    count: int
    #: the day since which it waits; None where it is not known
    since: date | None


def served(body: str) -> frozenset[str]:
    """Steps, without their body, in which a superior acts."""
    acts = (a for a in ACTS.values() if superior(a) and a.only in ("", body))
    return frozenset(s for act in acts for s in act.step.split("|") if s)


def mine(world: World, step: str, role: str) -> dict[str, int]:
    """Act -> how many demands of this open step wait for it, where it is this role's turn."""
    found: dict[str, int] = {}
    for demand in missing(world, step):
        if ours(demand, world, role):
            found[demand.act] = found.get(demand.act, 0) + 1
        elif demand.code not in SIDES or demand.code.startswith("inspection."):
            break
    return found


def ours(demand: Demand, world: World, role: str) -> bool:
    act = ACTS.get(demand.act)
    if act is None or not superior(act) or role not in SIDES.get(demand.code, expand(act.who, world.election.body)):
        return False
    return act.only in ("", world.election.body)


def duties(store: Store, session: Session, turnover: Turnover, head: Head, track: Track, role: str) -> list[Duty]:
    """What waits for this role in one election. Kept until its log or its campaign's log grows."""
    steps = [s for s in track.open_steps() if s.removeprefix(f"{head.body}.") in served(head.body)]
    if not steps:
        return []
    kept: dict[tuple[str, str], tuple[str, str, list[Duty]]] = store.cache.setdefault("duties", {})
    held = kept.get((head.id, role))
    if held is not None and held[:2] == (head.head, turnover.head.head):
        return held[2]
    world = world_of(store, session, head.id)
    found = [duty for step in steps for duty in _in_step(session, world, head, step, role)]
    kept[head.id, role] = (head.head, turnover.head.head, found)
    return found


def _in_step(session: Session, world: World, head: Head, step: str, role: str) -> Iterator[Duty]:
    for act, count in mine(world, step, role).items():
        yield Duty(act, step, count, since(session, world, head, step, act))


def since(session: Session, world: World, head: Head, step: str, act: str) -> date | None:
    """The day of the last act of the step before this one's turn, or of the step before."""
    handed = boards.last_day(session, head.id, head.size, step, before=act)
    rule = world.election.law.step(step)
    done = [s.done_on for name in rule.after if (s := world.election.steps.get(name)) is not None and s.done_on]
    return max([d for d in (handed, *done) if d is not None], default=None)


def open_findings(campaign: Campaign, community: str = "") -> list[int]:
    """Numbers of findings that are not remedied."""
    return [f.number for f in campaign.findings if not f.remedied and community in ("", f.community)]


def first_waiting(world: World, step: str) -> Demand | None:
    """The first thing an open step lacks."""
    return next(iter(missing(world, step)), None)


def acts_of(world: World, role: str) -> list[str]:
    """Superiors' acts of this election that this role has at all, in the catalogue's order."""
    body = world.election.body
    return [
        code
        for code, act in ACTS.items()
        if superior(act)
        and role in expand(act.who, body)
        and act.only in ("", body)
        and full_names(world.election, act.step)
    ]
