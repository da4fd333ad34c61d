"""People and rolls: what identifies somebody is encrypted, and a roll's rows are sealed by one root in the record."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from election.names import identity
from election.record.tree import root
from election.store.database import Store
from election.store.tables import Person, RollRow

#: rows that stand on a roll; "waiting" is registered and waits for a registrar's look
ON_ROLL = ("registered", "waiting")


@dataclass(frozen=True)
class Resident:
    """A person as the roll knows them. Dates are ISO texts; empty where not given."""

    name: str
    sex: str = ""
    id_number: str = ""
    birth: str = ""
    group: str = ""
    household: str = ""
    address: str = ""
    hukou: str = ""
    residence_from: str = ""
    deprived: bool = False
    phone: str = ""
    notes: str = ""

    def age_on(self, day: date) -> int | None:
        return identity.age_on(date.fromisoformat(self.birth), day) if self.birth else None


@dataclass(frozen=True)
class Listed:
    """A person on one roll."""

    id: str
    person: str
    resident: Resident
    status: str
    category: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class RollSeal:
    """What an entry says of a roll after a change."""

    registered: int
    probationary: int
    held: int
    groups: tuple[tuple[str, int], ...]
    root: str


def row_commitment(resident: Resident, status: str, category: str, salt: bytes) -> str:
    content = orjson.dumps({**asdict(resident), "status": status, "category": category}, option=orjson.OPT_SORT_KEYS)
    return sha256(b"elec-roll/v1\n" + salt + content).hexdigest()


def _belongs(person: str) -> str:
    return f"person:{person}"


def open_person(store: Store, row: Person) -> Resident:
    return _opened(store, row.id, row.sealed)


def _opened(store: Store, person: str, sealed: bytes) -> Resident:
    return Resident(**store.vault.open_json(bytes(sealed), _belongs(person)))


def name_index(store: Store, name: str) -> str:
    return store.vault.index("name", name)


def number_index(store: Store, number: str) -> str | None:
    return store.vault.index("number", number) if number else None


def check_index(store: Store, community: str, name: str, last_six: str) -> str:
    """Index of the voter's own check: name and last six characters of the number, in one community."""
    return store.vault.index("check", community, name, last_six.upper())


def indexes(store: Store, community: str, resident: Resident) -> dict[str, str | None]:
    """What stands in clear beside a person's encrypted content, made from it."""
    number = resident.id_number
    return {
        "name_index": name_index(store, resident.name),
        "number_index": number_index(store, number),
        "check_index": check_index(store, community, resident.name, number[-6:]) if number else None,
        "group": resident.group,
        "household": resident.household,
    }


def person_values(store: Store, community: str, person: str, resident: Resident) -> dict[str, Any]:
    sealed = store.vault.seal(orjson.dumps(asdict(resident)), _belongs(person))
    return {"id": person, "community": community, "sealed": sealed, **indexes(store, community, resident)}


def add_people(
    store: Store, session: Session, log: str, community: str, rows: Iterable[tuple[Resident, str, str, Sequence[str]]]
) -> list[str]:
    """Put ``(resident, status, category, codes)`` on a roll. Returns their ids.

    A person belongs to one roll: what another roll says of the same human being is that roll's, and sealed there.
    """
    people, roll, ids = [], [], []
    for resident, status, category, codes in rows:
        person = str(uuid.uuid4())
        people.append(person_values(store, community, person, resident))
        salt = os.urandom(32)
        roll.append(
            {
                "id": str(uuid.uuid4()),
                "log": log,
                "person": person,
                "status": status,
                "category": category,
                "codes": " ".join(codes),
                "salt": salt,
                "commitment": row_commitment(resident, status, category, salt),
            }
        )
        ids.append(person)
    if people:
        session.execute(insert(Person), people)
    if roll:
        session.execute(insert(RollRow), roll)
    return ids


def change_row(
    store: Store, session: Session, row: RollRow, *, resident: Resident | None = None, status: str | None = None
) -> None:
    """Correct a row, or change its status; its commitment follows."""
    person = session.get_one(Person, row.person)
    content = resident or open_person(store, person)
    if resident is not None:
        for key, value in person_values(store, person.community, person.id, resident).items():
            setattr(person, key, value)
    row.status = status or row.status
    if row.status == "registered":
        row.codes = ""
    row.salt = os.urandom(32)
    row.commitment = row_commitment(content, row.status, row.category, row.salt)
    session.flush()


def roll_row(session: Session, log: str, person: str) -> RollRow | None:
    return session.scalars(select(RollRow).where(RollRow.log == log, RollRow.person == person)).one_or_none()


def seal_of(session: Session, log: str, *, members: bool) -> RollSeal:
    """Counts by status and group, and the root over the rows' commitments in sorted order (removed rows left out)."""
    rows = session.execute(
        select(RollRow.commitment, RollRow.status, RollRow.category, Person.group)
        .join(Person, Person.id == RollRow.person)
        .where(RollRow.log == log, RollRow.status != "removed")
    ).all()
    on = [r for r in rows if r.status in ON_ROLL]
    full = [r for r in on if not members or r.category != "probationary"]
    groups = Counter(r.group for r in on)
    return RollSeal(
        registered=len(full),
        probationary=len(on) - len(full),
        held=sum(1 for r in rows if r.status in ("held", "waiting")),
        groups=tuple(sorted(groups.items())),
        root=root(sorted(bytes.fromhex(r.commitment) for r in rows)).hex(),
    )


def listed(
    store: Store,
    session: Session,
    log: str,
    *,
    persons: Sequence[str] | None = None,
    statuses: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> list[Listed]:
    """People of a roll, decrypted. Order is the caller's business."""
    query = _LISTED.where(RollRow.log == log)
    if persons is not None:
        query = query.where(RollRow.person.in_(persons))
    if groups is not None:
        query = query.where(Person.group.in_(groups))
    query = (
        query.where(RollRow.status.in_(statuses)) if statuses is not None else query.where(RollRow.status != "removed")
    )
    return _read(store, session, query)


#: columns, not objects: a roll has thousands of rows
_LISTED = select(RollRow.id, RollRow.person, Person.sealed, RollRow.status, RollRow.category, RollRow.codes).join(
    Person, Person.id == RollRow.person
)


def _read(store: Store, session: Session, query: Select[str, str, bytes, str, str, str]) -> list[Listed]:
    return [
        Listed(row, person, _opened(store, person, sealed), status, category, tuple(codes.split()))
        for row, person, sealed, status, category, codes in session.execute(query)
    ]


def census(session: Session, log: str) -> dict[tuple[str, str], int]:
    """How many of a roll stand in each group with each status: ``(group, status) -> people``; nobody is decrypted."""
    query = (
        select(Person.group, RollRow.status, func.count())
        .select_from(RollRow)
        .join(Person, Person.id == RollRow.person)
        .where(RollRow.log == log, RollRow.status != "removed")
        .group_by(Person.group, RollRow.status)
    )
    return {(group, status): count for group, status, count in session.execute(query)}


def find(store: Store, session: Session, log: str, name: str) -> list[Listed]:
    """People of this exact name on a roll."""
    named = (RollRow.log == log, Person.name_index == name_index(store, name), RollRow.status != "removed")
    return _read(store, session, _LISTED.where(*named))


def resident(store: Store, session: Session, person: str) -> Resident | None:
    row = session.get(Person, person)
    return None if row is None else open_person(store, row)
