"""What anybody may ask without an account, and how often: am I on the roll; the slip with the answer.

Every question takes the same way whether the answer is yes or no: the same statements, the same number of keyed hashes.
Nothing typed is kept; what is limited is counted in the database, so that all workers count together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from election import documents
from election.acts import offices
from election.acts.papers.sources import Sources, Stored
from election.documents.papers.voter import Slip
from election.process.machine import SHANGHAI
from election.process.world import World
from election.store.database import Store
from election.store.people import ON_ROLL, check_index
from election.store.tables import Person, RollRow, Tries

#: tries a day at one name in one community, and from one address (security.md §4, self-check)
PER_NAME, PER_ADDRESS = 5, 20
#: rows of counted tries are kept this long
KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Limit:
    """What is limited, and how often a day it may be tried."""

    purpose: str
    value: str
    most: int


def by_address(purpose: str, address: str, most: int) -> Limit:
    """A limit on one address."""
    return Limit(purpose, subscriber(address), most)


def subscriber(address: str) -> str:
    """Whose address it is, as far as can be told: one IPv6 subscriber holds a whole /64, so that counts as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))
    return str(found)


def local_day(now: datetime) -> date:
    """The day of an instant in Shanghai, by which tries are counted."""
    return now.astimezone(SHANGHAI).date()


def within(store: Store, limit: Limit, now: datetime) -> bool:
    """Count one try; whether it is still within the limit."""
    with store.write() as session:
        return count(store, session, limit, now) <= limit.most


def count(store: Store, session: Session, limit: Limit, now: datetime, by: int = 1) -> int:
    """Tries of this day, this one included. One statement, so that two at once are two; old days are swept out."""
    day = local_day(now)
    session.execute(delete(Tries).where(Tries.day < day - KEPT))
    values = {"day": day, "key": store.vault.index("tries", limit.purpose, limit.value), "count": by}
    more = {"count": Tries.count + by}
    if session.get_bind().dialect.name == "postgresql":
        counted = (
            postgresql.insert(Tries).values(values).on_conflict_do_update(index_elements=["day", "key"], set_=more)
        )
        return session.scalars(counted.returning(Tries.count)).one()
    kept = sqlite.insert(Tries).values(values).on_conflict_do_update(index_elements=["day", "key"], set_=more)
    return session.scalars(kept.returning(Tries.count)).one()


@dataclass(frozen=True)
class Checked:
    """The answer of the self-check: the group of who is registered, else None. ``exceeded`` is said of every name alike."""

    group: str | None
    exceeded: bool = False


def check(store: Store, world: World, *, name: str, last_six: str, address: str, now: datetime) -> Checked:
    """Whether somebody of this name and these last six characters stands on the roll of this election.

    Not on it, wrong digits, held back, registered without a number: one answer, by one way. A try beyond the limit of
    its address is not counted against the name, so that one address cannot use up the tries of a whole community.
    """
    facts = world.election
    index = check_index(store, facts.community, name, last_six)
    asked = (
        select(Person.group)
        .join(RollRow, RollRow.person == Person.id)
        .where(RollRow.log == facts.id, RollRow.status.in_(ON_ROLL), Person.check_index == index)
        .order_by(Person.id)
        .limit(1)
    )
    with store.write() as session:
        from_here = count(store, session, by_address("check-address", address, PER_ADDRESS), now)
        counts = int(from_here <= PER_ADDRESS)
        of_name = count(store, session, Limit("check-name", f"{facts.id}:{name}", PER_NAME), now, by=counts)
        group = session.scalars(asked).one_or_none()
    exceeded = from_here > PER_ADDRESS or of_name > PER_NAME
    return Checked(None if exceeded else group, exceeded)


@dataclass(frozen=True)
class Answer:
    """What a registered voter is told: the same on the page and on the slip."""

    group: str
    masked_name: str
    place: str
    hours: str
    #: of the voter's group, where representatives vote and are posted
    representatives: tuple[str, ...]
    objection_until: date | None
    objection_place: str


def slip(
    store: Store, session: Session, world: World, answer: Answer, today: date, translate: Callable[[str], str] | None
) -> bytes:
    """登记情况告知单 as PDF; in English with ``translate``. Raises WrongInput where no font has a character."""
    day = world.day
    assert day is not None  # a roll is posted for an election that has its day
    s = Sources(world, Stored(store, session), today, form=True)
    data = Slip(
        heading=s.heading(offices.presiding(world), stamp=False),
        language="en" if translate else "zh",
        masked_name=answer.masked_name,
        registered=True,
        group=answer.group,
        election_day=day,
        place=answer.place,
        hours=answer.hours,
        representatives=answer.representatives,
        objection_until=answer.objection_until,
        objection_place=answer.objection_place if answer.objection_until else "",
    )
    return documents.render("slip", data, translate=translate)
