"""The roll: a file, or one person at a time; looked at, merged, moved. Each change seals the whole roll's root."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy.orm import Session

from election import roll
from election.acts.perform import Command, Refused, commit_within
from election.faults import WrongInput
from election.process.base import Act, Actor, Demand
from election.process.roll import ChangeRoll, GroupCount, ImportRoll, ReviewRoll
from election.process.world import World
from election.record.entry import Entry
from election.store.database import Store
from election.store.people import ON_ROLL, Listed, Resident, add_people, change_row, listed, roll_row, seal_of
from election.store.tables import Log
from election.store.worlds import Gone, world_of

#: as a file would write them
_SEXES = {"male": "男", "female": "女"}
_HOMES = {"local": "本社区", "elsewhere": "外地"}
_CATEGORIES = {"full": "正式", "probationary": "预备"}

Kind = Literal["add", "correct", "remove", "merge", "move_in", "move_out"]


@dataclass(frozen=True)
class Preview:
    """A file as it would be imported, beside what is on the roll already."""

    checked: roll.Checked
    rows: int


def preview(store: Store, log: str, data: bytes, name: str) -> Preview:
    """Check a file against the election's day and law. Raises WrongInput when it cannot be read; changes nothing."""
    table = roll.read(data, name)
    with store.read() as session:
        world = world_of(store, session, log)
        known = [roll.Known(p.resident.name, p.resident.id_number) for p in listed(store, session, log)]
    if not world.election.id:
        raise Gone(log)
    day = world.day
    if day is None:
        raise WrongInput(
            "the election day is not fixed", place="{name}", mend="fix it in the campaign's plan", name=name
        )
    check = roll.check_members if world.election.body == "party" else roll.check
    return Preview(check(table, day, world.election.law, known), len(table.rows))


def import_file(
    store: Store, actor: Actor, log: str, data: bytes, name: str, occurred_on: date, now: datetime
) -> tuple[Entry, Preview]:
    """All of the good rows of a file in one transaction, or none. Raises WrongInput or Refused."""
    found = preview(store, log, data, name)
    warned: dict[int, list[str]] = defaultdict(list)
    for fault in found.checked.warnings:
        warned[fault.row].append(fault.code)
    rows = [
        (_resident(row), row.status, row.membership or "", warned[row.source_row])
        for row in found.checked.rows
        if row.status != "rejected"
    ]

    def act(session: Session, world: World) -> Act:
        add_people(store, session, log, world.election.community, rows)
        return ImportRoll(
            rows=found.rows,
            accepted=len(rows),
            rejected=len(found.checked.rejected),
            warnings=len(found.checked.warnings),
            file_sha256=sha256(data).hexdigest(),
            **_state(session, log, world),
        )

    return _change(store, actor, log, act, occurred_on, now), found


def _resident(row: roll.Row) -> Resident:
    return Resident(
        name=row.name,
        sex=row.sex or "",
        id_number=row.id_number,
        birth=row.birth.isoformat() if row.birth else "",
        group=row.group,
        household=row.household,
        address=row.address,
        hukou=row.hukou or "",
        residence_from=row.residence_from.isoformat() if row.residence_from else "",
        deprived=row.deprived,
        phone=row.phone,
        notes="；".join(f"{k}:{v}" for k, v in row.notes.items() if v)[:500],
    )


def _state(session: Session, log: str, world: World) -> dict[str, Any]:
    seal = seal_of(session, log, members=world.election.body == "party")
    return {
        "registered": seal.registered,
        "probationary": seal.probationary,
        "held": seal.held,
        "root": seal.root,
        "groups": tuple(GroupCount(group=g, count=c) for g, c in seal.groups),
    }


def _change(store: Store, actor: Actor, log: str, make: Any, occurred_on: date, now: datetime) -> Entry:
    """Change rows and append the entry that seals them, in one transaction.

    The entry's root depends on the rows, so the rows are written first, inside the transaction that also holds the
    entry; if the act is refused, both are rolled back.
    """
    with store.write(log) as session:
        world = world_of(store, session, log)
        if session.get(Log, log) is None:
            raise Refused([Demand("act.no-log", False)])
        act = make(session, world)
        return commit_within(store, session, Command(log, act, actor, occurred_on), now)


def _one(store: Store, session: Session, log: str, person: str) -> Listed:
    found = listed(store, session, log, persons=[person])
    if not found:
        raise Refused([Demand("roll.person-known", False)])
    return found[0]


def add(
    store: Store,
    actor: Actor,
    log: str,
    resident: Resident,
    basis: str,
    occurred_on: date,
    now: datetime,
    *,
    category: str = "",
    kind: Kind = "add",
    objection: int | None = None,
) -> tuple[Entry, str]:
    """Add one person by hand; the same rules as for a file decide whether they may be on the roll."""
    ids: list[str] = []

    def act(session: Session, world: World) -> Act:
        status, codes = judge_one(store, session, log, world, resident, category)
        ids.extend(add_people(store, session, log, world.election.community, [(resident, status, category, codes)]))
        return ChangeRoll(
            kind=kind,
            person=ids[0],
            name=resident.name,
            basis=basis,
            objection=objection,
            **_state(session, log, world),
        )

    return _change(store, actor, log, act, occurred_on, now), ids[0]


def judge_one(
    store: Store, session: Session, log: str, world: World, resident: Resident, category: str = ""
) -> tuple[str, list[str]]:
    """``(status, warning codes)`` by the rules of contracts §3. Raises Refused with the sentence's code where rejected."""
    day = world.day
    assert day is not None  # an election has its day
    values = {
        "name": resident.name,
        "sex": _SEXES.get(resident.sex, ""),
        "id_number": resident.id_number,
        "birth": resident.birth,
        "group": resident.group,
        "household": resident.household,
        "address": resident.address,
        "hukou": _HOMES.get(resident.hukou, ""),
        "residence_from": resident.residence_from,
        "deprived": "是" if resident.deprived else "否",
        "phone": resident.phone,
        "membership": _CATEGORIES.get(category, category),
    }
    known = [roll.Known(p.resident.name, p.resident.id_number) for p in listed(store, session, log)]
    checked = roll.check_one(values, day, world.election.law, known, members=world.election.body == "party")
    if checked.rejected:
        fault = checked.rejected[0]
        raise Refused([Demand(fault.sentence, False, dict(fault.params))])
    return checked.rows[0].status, [w.code for w in checked.warnings]


def correct(
    store: Store,
    actor: Actor,
    log: str,
    person: str,
    resident: Resident,
    basis: str,
    occurred_on: date,
    now: datetime,
    *,
    objection: int | None = None,
) -> Entry:
    """Correct what the roll says of one person."""

    def act(session: Session, world: World) -> Act:
        row = roll_row(session, log, person)
        if row is None or row.status == "removed":
            raise Refused([Demand("roll.person-known", False)])
        change_row(store, session, row, resident=resident)
        return ChangeRoll(
            kind="correct",
            person=person,
            name=resident.name,
            basis=basis,
            objection=objection,
            **_state(session, log, world),
        )

    return _change(store, actor, log, act, occurred_on, now)


def remove(
    store: Store,
    actor: Actor,
    log: str,
    person: str,
    basis: str,
    occurred_on: date,
    now: datetime,
    *,
    kind: Kind = "remove",
    objection: int | None = None,
) -> Entry:
    """Take one person off the roll: moved away, deceased, listed twice (``merge``), deprived of political rights."""

    def act(session: Session, world: World) -> Act:
        known = _one(store, session, log, person)
        row = roll_row(session, log, person)
        assert row is not None  # it was just listed
        change_row(store, session, row, status="removed")
        return ChangeRoll(
            kind=kind,
            person=person,
            name=known.resident.name,
            basis=basis,
            objection=objection,
            **_state(session, log, world),
        )

    return _change(store, actor, log, act, occurred_on, now)


def review(
    store: Store,
    actor: Actor,
    log: str,
    persons: list[str],
    decision: Literal["accept", "remove"],
    basis: str,
    occurred_on: date,
    now: datetime,
) -> Entry:
    """A registrar has looked at waiting or held rows: they stand, or they go."""

    def act(session: Session, world: World) -> Act:
        for person in persons:
            row = roll_row(session, log, person)
            if row is None or row.status not in ("waiting", "held"):
                raise Refused([Demand("roll.person-waits", False)])
            change_row(store, session, row, status="registered" if decision == "accept" else "removed")
        return ReviewRoll(persons=tuple(persons), decision=decision, basis=basis, **_state(session, log, world))

    return _change(store, actor, log, act, occurred_on, now)


def move(
    store: Store, actor: Actor, person: str, source: str, target: str, basis: str, occurred_on: date, now: datetime
) -> tuple[Entry, Entry]:
    """Move one person from one community's roll to another's: both records say so, or neither."""
    with store.write(source, target) as session:
        known = _one(store, session, source, person)
        row = roll_row(session, source, person)
        assert row is not None  # it was just listed
        change_row(store, session, row, status="removed")
        here = world_of(store, session, source)
        out = ChangeRoll(
            kind="move_out", person=person, name=known.resident.name, basis=basis, **_state(session, source, here)
        )
        gone = commit_within(store, session, Command(source, out, actor, occurred_on), now)
        there = world_of(store, session, target)
        arrived = replace(known.resident, group="", household="")
        (new_id,) = add_people(
            store, session, target, there.election.community, [(arrived, "waiting", known.category, ["moved-in"])]
        )
        into = ChangeRoll(
            kind="move_in", person=new_id, name=arrived.name, basis=basis, **_state(session, target, there)
        )
        return gone, commit_within(store, session, Command(target, into, actor, occurred_on), now)


def on_roll(store: Store, session: Session, log: str, persons: Sequence[str]) -> dict[str, Listed]:
    """Those of these persons who stand on a roll."""
    return {p.person: p for p in listed(store, session, log, persons=persons, statuses=ON_ROLL)}


def standing(
    store: Store, session: Session, log: str, person: str, supporters: tuple[str, ...], day: date
) -> dict[str, Any]:
    """What the roll says of a person and their supporters, for a nomination's entry."""
    by_person = on_roll(store, session, log, [person, *supporters])
    own = by_person.get(person)
    backing = sum(1 for s in dict.fromkeys(supporters) if s in by_person)
    if own is None:
        return {"supporters_on_roll": backing}
    return {
        "on_roll": True,
        "full_member": own.category == "full",
        "sex": own.resident.sex,
        "age": own.resident.age_on(day),
        "supporters_on_roll": backing,
    }
