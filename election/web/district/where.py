"""What of the campaigns and elections a street or a district sees: those at or below its own place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from election.process.facts import Campaign, Community
from election.store import boards
from election.store.boards import Head
from election.store.worlds import world_of
from election.web.context import account, store

BODIES = ("party", "residents")
NEVER = (date.min, date.min)


@dataclass(frozen=True)
class Turnover:
    """One street's campaign with the elections opened under it."""

    head: Head
    facts: Campaign
    #: (community id, body) -> the election's log
    elections: dict[tuple[str, str], Head] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.head.id

    def communities(self) -> list[Community]:
        return list(self.facts.communities.values())


def turnovers(session: Session, *, past: bool = False) -> list[Turnover]:
    """The campaigns of the reader's place, one a street, the newest; with ``past`` all of them, newest first."""
    logs = boards.heads(session, account().scope)
    found = [Turnover(head, world_of(store(), session, head.id).campaign) for head in logs if head.kind == "campaign"]
    by_id = {t.id: t for t in found}
    for head in logs:
        if head.kind == "election" and head.campaign in by_id:
            by_id[head.campaign].elections[head.community, head.body] = head
    found.sort(key=lambda t: t.facts.window or NEVER, reverse=True)
    return found if past else _newest(found)


def _newest(found: Sequence[Turnover]) -> list[Turnover]:
    seen: dict[str, Turnover] = {}
    for turnover in found:
        seen.setdefault(turnover.head.path, turnover)
    return sorted(seen.values(), key=lambda t: t.head.path)
