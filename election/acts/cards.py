"""选民证: a card for each of those entitled, with a code that the desk scans when its holder signs in.

The code is a keyed hash of the election and the person: it says nothing by itself, opens nothing but the desk's page, and
is printed on no ballot. Who is entitled is the same list as on the 签到册.
"""

from __future__ import annotations

import base64
import hmac
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from election.acts import offices
from election.acts.order import group_key, in_order
from election.documents import cards as drawn
from election.faults import WrongInput
from election.names.writing import clean_name
from election.process.facts import Election
from election.process.world import World
from election.store.database import Store
from election.store.people import ON_ROLL, listed
from election.store.worlds import world_of

#: 80 bits: nobody guesses one
CODE_LENGTH = 16
CODE = re.compile(f"[A-Z2-7]{{{CODE_LENGTH}}}")
#: cards drawn at once: one sheet, so that whoever waits soon sees it go on, then more, as many as memory should hold
FIRST, AT_ONCE = 10, 100


@dataclass(frozen=True)
class Holder:
    """Somebody entitled to vote at the meeting."""

    person: str
    name: str
    group: str


def entitled(store: Store, session: Session, world: World) -> list[Holder]:
    """Delegates, representatives, full members that count, or voters: by group, then in stroke order."""
    facts = world.election
    if facts.assembly == "delegates":
        found = [Holder(r.person, r.name, r.group) for r in facts.delegates.values()]
    elif facts.law.get("electorate") == "representatives":
        found = [Holder(r.person, r.name, r.group) for r in facts.representatives.values()]
    else:
        found = [
            Holder(p.person, p.resident.name, p.resident.group)
            for p in listed(store, session, facts.id, statuses=ON_ROLL)
            if p.person not in facts.roll.excluded and p.category != "probationary"
        ]
    ordered = in_order(sorted(found, key=lambda h: h.person), lambda h: h.name, facts.law)
    return sorted(ordered, key=lambda h: group_key(h.group))


def code(store: Store, election: str, person: str) -> str:
    """What the card's square says: 16 letters and digits."""
    return base64.b32encode(bytes.fromhex(store.vault.index("card", election, person))[:10]).decode()


def holder_of(store: Store, election: str, people: list[Holder], scanned: str) -> Holder | None:
    """Whose card was scanned; None for a card of another election or of somebody who is no longer entitled."""
    return next((h for h in people if hmac.compare_digest(code(store, election, h.person), scanned)), None)


def make(store: Store, log: str, progress: Callable[[int, int], None]) -> bytes:
    """The cards of an election as one PDF, ten to a sheet. Raises WrongInput where nobody is entitled yet."""
    import pikepdf

    with store.read() as session:
        world = world_of(store, session, log)
        people = entitled(store, session, world)
    if not people:
        raise WrongInput(
            "there is no list of people to print cards for yet", place="{log}", mend="post the list first", log=log
        )
    with pikepdf.new() as made:
        done, part = 0, FIRST
        progress(0, len(people))
        while done < len(people):
            sheet = drawn.sheets(list(_cards(store, world, people[done : done + part])))
            with pikepdf.open(io.BytesIO(sheet)) as pages:
                made.pages.extend(pages.pages)
            done, part = min(done + part, len(people)), min(2 * part, AT_ONCE)
            progress(done, len(people))
        written = io.BytesIO()
        made.save(written, deterministic_id=True)
    return written.getvalue()


def _cards(store: Store, world: World, people: list[Holder]) -> Iterator[drawn.Card]:
    facts = world.election
    day = f"{world.day.year}年{world.day.month:02d}月{world.day.day:02d}日" if world.day else ""
    for holder in people:
        yield drawn.Card(
            title=title(facts),
            election=f"{offices.elected_body(world)}换届选举",
            name=clean_name(holder.name),
            group=holder.group,
            day=day,
            issuer=offices.presiding(world),
            code=code(store, facts.id, holder.person),
        )


def title(facts: Election) -> str:
    """选民证, 选民代表证, 党员代表证: as those who vote are called."""
    called = offices.voters(facts)
    return {"全体正式党员": "党员", "登记选民": "选民", "登记村民": "村民"}.get(called, called) + "证"
