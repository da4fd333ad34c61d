"""What hangs on the notice board, as anybody may see it: notices, time and place, and which paper a code belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from election.acts import offices
from election.acts.papers.sources import Stored
from election.law import days_before
from election.process.facts import Notice
from election.process.preparation import FixPlace
from election.process.world import World
from election.record.entry import Entry
from election.record.tree import Tree
from election.store.append import content_of
from election.store.database import Store
from election.store.tables import EntryRow, Log, Paper

#: notices whose paper is served to anybody. Rolls and lists of representatives and delegates name hundreds of people
#: who hold no office and seek none: they hang on the board, and are not put on the net (PIPL art. 6, 28)
SERVED = frozenset(
    {
        "posts_notice",
        "seats_notice",
        "prospective_list",
        "official_list",
        "polling_notice",
        "staff_notice",
        "result_notice",
    }
)
#: shortest code by which a paper is found: 16 hexadecimal digits
SHORTEST = 16
#: an act is judged again when others wrote in between; its paper then stands a few entries later than it was stamped
LATER = 5

_lock = Lock()


@dataclass(frozen=True)
class Polling:
    """Time and place of the vote, as posted."""

    on: date
    hours: str
    place: str


def polling(store: Store, session: Session, world: World, group: str = "") -> Polling | None:
    """None until the notice of time and place hangs, and again when the day was changed after it.

    Where people vote at stations: the one of this residents' group, or with no group all of them."""
    facts = world.election
    notice = facts.posted("polling_notice")
    if notice is None:
        return None
    if facts.at_stations:
        return _station(world, group)
    kept: dict[tuple[str, int], Polling] = store.cache.setdefault("polling", {})
    key = (facts.id, notice.seq)
    if key not in kept:
        said = [s for s in Stored(store, session).said(FixPlace, facts.id) if s.seq < notice.seq]
        if not said:
            return None
        kept[key] = Polling(said[-1].act.on, said[-1].act.time, said[-1].act.place)
    return kept[key] if kept[key].on == world.day else None


def _station(world: World, group: str) -> Polling | None:
    fixed = [s for s in world.election.stations.values() if not s.mobile]
    own = [s for s in fixed if group in s.groups] if group else fixed
    if not own or world.day is None:
        return None
    hours = list(dict.fromkeys(s.hours for s in own))
    return Polling(world.day, "；".join(hours), "、".join(f"{s.name}（{s.place}）" for s in own))


@dataclass(frozen=True)
class Absence:
    """Until when somebody who cannot come may give a proxy, or ask for the mobile box; None where there is no such way."""

    proxy: date | None
    most_held: int
    visit: date | None


def absence(world: World, today: date) -> Absence | None:
    """None where nobody can vote but in person, or it is too late for both."""
    facts, day = world.election, world.day
    if day is None or not facts.at_stations:
        return None

    def last(allowed: str, key: str) -> date | None:
        due = days_before(facts.law, facts.law.number(key), day) if facts.law.get(allowed) else None
        return due if due is not None and today <= due else None

    proxy = last("proxy.allowed", "proxy.days_before")
    visit = last("mobile_box.allowed", "mobile_box.days_before")
    found = Absence(proxy, int(facts.law.get("proxy.max_held", 0)), visit)
    return found if proxy or visit else None


def served(world: World, notice: Notice) -> bool:
    """Whether anybody may read this notice's paper here: prospective candidates only as long as they are posted."""
    if notice.kind == "prospective_list":
        return not prospective_over(world)
    return notice.kind in SERVED


def prospective_over(world: World) -> bool:
    """The official list has taken the place of the prospective one, or the vote is over."""
    return world.election.posted("official_list") is not None or any(r.answer for r in world.election.rounds)


def paper(store: Store, session: Session, notice: Notice) -> bytes | None:
    """The sealed paper of a notice; None where it is not kept any more."""
    found = content_of(store, session, notice.sha256)
    return None if found is None else found.data


def voters_of(world: World) -> str:
    """Who votes, as a code: ``members``, ``delegates``, ``representatives``, ``households`` or ``voters``."""
    facts = world.election
    if facts.body == "party":
        return "delegates" if facts.assembly == "delegates" else "members"
    return facts.electorate


def desk(world: World) -> str:
    """Where a resident goes with a question or an objection."""
    return f"{offices.presiding(world)}办公室"


# --- which paper is this ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sealed:
    """A paper in the record."""

    log: str
    seq: int
    kind: str
    number: str
    sha256: str
    sealed_on: date


@dataclass
class _Roots:
    """The roots a log has had, by their beginning, as far as it was read."""

    tree: Tree = field(default_factory=Tree)
    head: str = ""
    sizes: dict[str, int] = field(default_factory=dict)


def papers_of(store: Store, session: Session, code: str) -> list[Sealed]:
    """Papers with this code: the beginning of their own digest, or of the record's root printed at their foot.

    ``code`` is lower-case hexadecimal, 16 to 64 digits; any other finds nothing.
    """
    if not SHORTEST <= len(code) <= 64 or not set(code) <= set("0123456789abcdef"):
        return []
    # a range finds by the index what LIKE would not in every collation
    own = select(Paper).where(Paper.sha256 >= code, Paper.sha256 <= code + "f" * (64 - len(code)))
    found = list(session.scalars(own.order_by(Paper.log, Paper.seq, Paper.place).limit(5)))
    if not found:
        found = _by_root(store, session, code)
    return [_sealed(session, row) for row in found]


def _by_root(store: Store, session: Session, code: str) -> list[Paper]:
    for log in session.scalars(select(Log).where(Log.kind != "office").order_by(Log.id)):
        size = _roots(store, session, log).get(code[:SHORTEST])
        if size is None or not _root_at(session, log.id, size).startswith(code):
            continue
        near = select(Paper).where(Paper.log == log.id, Paper.seq >= size, Paper.seq <= size + LATER)
        rows = list(session.scalars(near.order_by(Paper.seq, Paper.place)))
        return [row for row in rows if row.seq == rows[0].seq]
    return []


def _roots(store: Store, session: Session, log: Log) -> dict[str, int]:
    """Beginning of the root -> size, for every size that a paper of this log can have been stamped with."""
    with _lock:
        kept: dict[str, _Roots] = store.cache.setdefault("roots", {})
        at = kept.get(log.id)
        if at is None or at.tree.size > log.size or (at.tree.size == log.size and at.head != log.head):
            at = kept[log.id] = _Roots()
        if at.tree.size < log.size:
            new = select(EntryRow.data, EntryRow.hash).where(
                EntryRow.log == log.id, EntryRow.seq >= at.tree.size, EntryRow.seq < log.size
            )
            for data, digest in session.execute(new.order_by(EntryRow.seq)):
                at.tree.append(bytes(data))
                at.head = digest
                at.sizes[at.tree.root().hex()[:SHORTEST]] = at.tree.size
        return at.sizes


def _root_at(session: Session, log: str, size: int) -> str:
    rows = session.scalars(select(EntryRow.data).where(EntryRow.log == log, EntryRow.seq < size).order_by(EntryRow.seq))
    return Tree(bytes(data) for data in rows).root().hex()


def _sealed(session: Session, row: Paper) -> Sealed:
    entry = Entry.from_bytes(bytes(session.get_one(EntryRow, (row.log, row.seq)).data))
    return Sealed(row.log, row.seq, row.kind, row.number, row.sha256, date.fromisoformat(entry.occurred_on))
