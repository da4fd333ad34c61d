"""People of one roll, for choosing them by name."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from election.names import identity
from election.names.pinyin import search_text
from election.process.world import World
from election.store import people
from election.store.database import Store
from election.store.people import ON_ROLL, Listed
from election.web.forms import MOST_FOUND, Found
from election.web.words import _

SEXES = {"male": "男", "female": "女"}


def detail(person: Listed, day: date | None) -> str:
    """What tells people of one name apart: group, sex, age on the election day, the number masked."""
    resident = person.resident
    age = resident.age_on(day) if day is not None else None
    parts = [
        resident.group,
        _(SEXES[resident.sex]) if resident.sex in SEXES else "",
        _("{age} 岁", age=age) if age is not None else "",
        identity.mask(resident.id_number) if resident.id_number else _("无身份证号"),
    ]
    return " · ".join(p for p in parts if p)


def matches(person: Listed, wanted: str) -> bool:
    """By a part of the name, or by pinyin or its initials: ``wjg``, ``wangjianguo``."""
    if wanted.isascii():
        return any(part.startswith(wanted.lower()) for part in search_text(person.resident.name).split())
    return wanted in person.resident.name


class Roll:
    """One election's roll, read once."""

    def __init__(self, store: Store, world: World) -> None:
        self._store, self._log, self._day = store, world.election.id, world.day
        self._known: dict[str, Found | None] = {}

    @cached_property
    def listed(self) -> list[Listed]:
        with self._store.read() as session:
            found = people.listed(self._store, session, self._log, statuses=ON_ROLL)
        return sorted(found, key=lambda p: (p.resident.group, p.resident.name, p.person))

    def find(self, wanted: str) -> list[Found]:
        """Those of exactly this name; else those whose name has it, one more than can be shown."""
        with self._store.read() as session:
            exact = [p for p in people.find(self._store, session, self._log, wanted) if p.status in ON_ROLL]
        chosen = exact or [p for p in self.listed if matches(p, wanted)]
        return [self._found(p) for p in chosen[: MOST_FOUND + 1]]

    def known(self, person: str) -> Found | None:
        if person not in self._known:
            with self._store.read() as session:
                rows = people.listed(self._store, session, self._log, persons=[person], statuses=ON_ROLL)
            self._known[person] = self._found(rows[0]) if rows else None
        return self._known[person]

    def _found(self, person: Listed) -> Found:
        found = Found(person.person, person.resident.name, detail(person, self._day))
        self._known[person.person] = found
        return found
