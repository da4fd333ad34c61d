"""Doubtful marks 疑票认定: who may decide the next one, what two people found, when a third is asked.

Two people decide apart and neither is shown the other's decision; where they differ a third decides. Whoever decides is
asked what an act would ask them; what somebody decided who may not any more is decided anew. A decision has no time,
doubts have random ids and are offered in their order, and all is folded into the ballots when the box is closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from election.acts.perform import Refused
from election.process.base import Demand
from election.process.persons import person_of
from election.process.scanning import adjudicating
from election.process.world import World
from election.store.database import Store
from election.store.tables import ScanDecision, ScanDoubt
from election.store.worlds import world_of

State = Literal["open", "third", "decided"]
MARKS = ("for", "against", "abstain")
#: what a person may find about one candidate
CHOICES = (*MARKS, "unclear")


@dataclass(frozen=True)
class Doubt:
    """One contest of one ballot. ``candidates`` and ``rows`` are what must be decided, ``why`` the reader's codes."""

    id: str
    box: str
    pack: str
    ballot: str
    contest: str
    image: str
    #: the contest is asked as one, so all of it is shown
    whole: bool
    candidates: tuple[str, ...]
    rows: tuple[int, ...]
    why: tuple[str, ...]
    #: what is certain in this contest
    known: Mapping[str, str]

    def sealed(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in ("id", "box", "pack")}


Decided = dict[str, Any]


def decision(marks: Mapping[str, str], names: Sequence[Mapping[str, Any]], *, unreadable: bool) -> Decided:
    """In one form, so that two people's decisions are the same when they mean the same."""
    if unreadable or "unclear" in marks.values():
        return {"unreadable": True, "marks": {}, "names": []}
    rows = sorted(({"name": n["name"], "mark": n["mark"]} for n in names if n["name"]), key=lambda n: n["name"])
    return {"unreadable": False, "marks": dict(sorted(marks.items())), "names": rows}


def of_box(store: Store, session: Session, log: str, number: int, box: str = "") -> list[Doubt]:
    """The doubts of a round, or of one box of it, by their random ids."""
    where = [ScanDoubt.log == log, ScanDoubt.round == number, *([ScanDoubt.box == box] if box else [])]
    rows = session.scalars(select(ScanDoubt).where(*where).order_by(ScanDoubt.id))
    return [_opened(store, row) for row in rows]


def find(store: Store, session: Session, log: str, number: int, doubt: str) -> Doubt | None:
    row = session.get(ScanDoubt, doubt)
    return _opened(store, row) if row is not None and (row.log, row.round) == (log, number) else None


def _opened(store: Store, row: ScanDoubt) -> Doubt:
    content = store.vault.open_json(bytes(row.sealed), f"scan_doubt:{row.id}")
    for name in ("candidates", "rows", "why"):
        content[name] = tuple(content[name])
    return Doubt(id=row.id, box=row.box, pack=row.pack, **content)


def decisions(store: Store, session: Session, world: World, doubts: Sequence[Doubt]) -> dict[str, dict[str, Decided]]:
    """Doubt -> account -> what that person decided; none where one of them may not decide any more."""
    found: dict[str, dict[str, Decided]] = {d.id: {} for d in doubts}
    for row in session.scalars(select(ScanDecision).where(ScanDecision.doubt.in_(found))):
        found[row.doubt][row.account] = store.vault.open_json(bytes(row.sealed), belongs(row.doubt, row.account))
    gone = {account for of in found.values() for account in of if against(world, account)}
    return {doubt: {} if gone & of.keys() else of for doubt, of in found.items()}


def against(world: World, account: str) -> list[Demand]:
    """What stands against this account's deciding anything."""
    return [d for d in adjudicating(world, account) if not d.met]


def decided_by(world: World, account: str, decided: Mapping[str, Decided]) -> bool:
    """Whether the person behind an account has decided, under whatever account."""
    return person_of(world, account) in {person_of(world, other) for other in decided}


def belongs(doubt: str, account: str) -> str:
    return f"scan_decision:{doubt}:{account}"


def state(decided: Mapping[str, Decided]) -> State:
    """``open`` (fewer than two people), ``third`` (two differ), or ``decided``."""
    if len(decided) < 2:
        return "open"
    return "decided" if len(decided) > 2 or _same(decided) else "third"


def _same(decided: Mapping[str, Decided]) -> bool:
    return len({orjson.dumps(d, option=orjson.OPT_SORT_KEYS) for d in decided.values()}) == 1


def final(decided: Mapping[str, Decided]) -> Decided:
    """What stands: two who agree; of three the third, whose mark says so."""
    return next((d for d in decided.values() if d.get("third")), next(iter(decided.values())))


def all_for(store: Store, session: Session, world: World, log: str, account: str) -> list[Doubt]:
    """The doubts that this person may decide."""
    if against(world, account):
        return []
    doubts = of_box(store, session, log, len(world.election.rounds))
    known = decisions(store, session, world, doubts)
    waiting = (d for d in doubts if state(known[d.id]) != "decided")
    return [d for d in waiting if not decided_by(world, account, known[d.id])]


def next_for(store: Store, session: Session, world: World, log: str, account: str) -> Doubt | None:
    return next(iter(all_for(store, session, world, log, account)), None)


def decide(store: Store, log: str, number: int, doubt: str, account: str, found: Decided) -> None:
    """Keep one person's decision. Raises Refused: it is decided, this person has decided it, or may decide none."""
    with store.write(log) as session:
        world = world_of(store, session, log)
        if unmet := against(world, account):
            raise Refused(unmet)
        known = find(store, session, log, number, doubt)
        if known is None:
            raise Refused([Demand("doubt.open", False)])
        decided = decisions(store, session, world, [known])[doubt]
        if decided_by(world, account, decided):
            raise Refused([Demand("doubt.once", False)])
        now = state(decided)
        if now == "decided":
            raise Refused([Demand("doubt.open", False)])
        kept = found | {"third": True} if now == "third" else found
        sealed = store.vault.seal_json(kept, belongs(doubt, account))
        if not decided:
            session.execute(delete(ScanDecision).where(ScanDecision.doubt == doubt))
        session.add(ScanDecision(doubt=doubt, account=account, log=log, sealed=sealed))


def left(store: Store, session: Session, world: World, log: str, box: str = "") -> tuple[int, int]:
    """``(doubts, of them not decided)``."""
    doubts = of_box(store, session, log, len(world.election.rounds), box)
    known = decisions(store, session, world, doubts)
    return len(doubts), sum(state(known[d.id]) != "decided" for d in doubts)
