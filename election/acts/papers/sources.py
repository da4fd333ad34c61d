"""What papers are made from: the facts, the roll's people, what the log's acts said that facts do not keep, the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from election.acts import offices
from election.documents import KINDS, Heading, Paper, RecordStamp
from election.names.writing import clean_name
from election.process.base import Act, Role
from election.process.notices import PostNotice
from election.process.sealing import open_act
from election.process.world import World
from election.record.entry import Entry
from election.record.tree import root
from election.store.database import Store
from election.store.home import public_address
from election.store.people import ON_ROLL, Listed, Resident, listed, open_person
from election.store.tables import EntryRow, Person
from election.store.worlds import openings

A = TypeVar("A", bound=Act)
#: room to write by hand, on drafts and forms
BLANK = "＿＿＿＿"
#: persons asked of the database at once
AT_ONCE = 500
#: digits of the record's root in the address printed on a paper: enough to find it, few enough for a small square
CODE = 32


@dataclass(frozen=True)
class Said(Generic[A]):
    """An act of the log as it was entered."""

    act: A
    on: date
    seq: int


class Records(Protocol):
    """Where papers read beyond the facts; a test gives its own."""

    def said(self, act: type[A], log: str) -> Sequence[Said[A]]:
        """Acts of this class in a log, oldest first."""
        ...

    def roll(self, log: str) -> Sequence[Listed]:
        """Who stands on a roll."""
        ...

    def residents(self, persons: Iterable[str]) -> dict[str, Resident]:
        """Person -> what is known of them; who is not known is left out."""
        ...

    def stamp(self, log: str) -> RecordStamp:
        """The log as it stands now."""
        ...


class Stored:
    """Records in the database."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store, self._session = store, session
        self._data: dict[str, list[bytes]] = {}
        self._openings: dict[str, dict[str, str]] = {}

    def _bytes(self, log: str) -> list[bytes]:
        if log not in self._data:
            query = select(EntryRow.data).where(EntryRow.log == log).order_by(EntryRow.seq)
            self._data[log] = [bytes(data) for data in self._session.scalars(query)]
        return self._data[log]

    def said(self, act: type[A], log: str) -> list[Said[A]]:
        named = f'"act":"{act.code}"'.encode()  # canonical bytes have one spelling: most entries need no parsing
        entries = [e for e in (Entry.from_bytes(d) for d in self._bytes(log) if named in d) if e.act == act.code]
        if entries and log not in self._openings:
            self._openings[log] = openings(self._store, self._session, log)
        found = []
        for entry in entries:
            opened = open_act(entry.act, entry.payload, self._openings[log])
            assert isinstance(opened, act)  # the catalogue has one class for a code
            found.append(Said(opened, date.fromisoformat(entry.occurred_on), entry.seq))
        return found

    def roll(self, log: str) -> list[Listed]:
        return listed(self._store, self._session, log, statuses=ON_ROLL)

    def residents(self, persons: Iterable[str]) -> dict[str, Resident]:
        ids = sorted(set(persons))
        found: dict[str, Resident] = {}
        for start in range(0, len(ids), AT_ONCE):
            rows = self._session.scalars(select(Person).where(Person.id.in_(ids[start : start + AT_ONCE])))
            found.update({row.id: open_person(self._store, row) for row in rows})
        return found

    def stamp(self, log: str) -> RecordStamp:
        data = self._bytes(log)
        at, site = root(data).hex(), public_address()
        return RecordStamp(
            size=len(data),
            root=at,
            fingerprint=self._store.vault.trust,
            address=f"{site}/paper?code={at[:CODE]}" if site else None,
        )


@dataclass(frozen=True)
class Made:
    """A paper before it is drawn: its number, and plain data for ``documents`` or (a ballot) the PDF itself.

    ``form`` is the kind under which ``documents`` draws it, where that is not the kind under which it is sealed.
    """

    number: str
    data: Paper | bytes
    form: str = ""


@dataclass
class Sources:
    """Everything a paper is made from. ``on`` is the day under the signature; nothing reads a clock."""

    world: World
    records: Records
    on: date
    #: who does the act that seals the paper
    role: str = Role.STREET
    draft: bool = False
    #: forms to be filled in by hand are neither drafts nor sealed papers
    form: bool = False

    @property
    def log(self) -> str:
        return self.world.election.id or self.world.campaign.id

    @cached_property
    def people(self) -> Sequence[Listed]:
        return self.records.roll(self.world.election.id)

    def said(self, act: type[A]) -> Sequence[Said[A]]:
        return self.records.said(act, self.world.campaign.id if act.log == "campaign" else self.world.election.id)

    def last(self, act: type[A]) -> Said[A] | None:
        found = self.said(act)
        return found[-1] if found else None

    def text(self, value: str | None) -> str:
        """A text that a draft or form may leave open; on a sealed paper what is blank stays blank and is refused."""
        return value or (BLANK if self.draft or self.form else "")

    def name(self, person: str) -> str:
        """A person's name as the facts have it, else as the roll has it."""
        facts = self.world.election
        known = facts.names.get(person) or next(
            (c.name for c in [*facts.official, *facts.prospective] if c.person == person), ""
        )
        if not known and (resident := self.records.residents([person]).get(person)):
            known = resident.name
        return clean_name(known)

    def heading(self, issuer: str, **more: Any) -> Heading:
        """The head of a paper of this election; ``more`` are further fields of `Heading`."""
        world, facts = self.world, self.world.election
        fields: dict[str, Any] = {
            "street": offices.street(world),
            "community": offices.community_of(world) if facts.community_name else "",
            "body": facts.law.body if facts.rules is not None else "residents",
            "issuer": issuer,
            "date": self.on,
            "district": offices.district(world),
            "term": offices.term(world),
            "draft": self.draft,
            "stations": facts.rules is not None and facts.at_stations,
            "demonstration": facts.demonstration or world.campaign.demonstration or world.office.demonstration,
            "record": None if self.draft else self.records.stamp(self.log),
        }
        return Heading(**fields | more)

    def posted(self, act: PostNotice | None, basis: str = "") -> dict[str, Any]:
        """What every notice of the presiding body has: its head with the next number, basis and remarks.

        A correction bears the whole new content under the title of what it replaces.
        """
        corrects = act is not None and act.kind == "correction_notice"
        replaced = next((n.kind for n in self.world.election.notices if act and n.number == act.supersedes), "")
        heading = self.heading(
            offices.presiding(self.world),
            title=f"{KINDS[replaced].title}（更正）" if corrects and replaced in KINDS else "",
            number=len(self.world.election.notices) + 1,
            supersedes=act.supersedes if act else None,
        )
        reason = lines(act.reason) if act else ()
        if act is not None and act.supersedes is not None and reason:
            reason = (f"更正原因：{reason[0]}", *reason[1:])
        return {"heading": heading, "basis": basis, "remarks": reason}

    def basis(self, key: str) -> str:
        """The document that a number of the ruleset rests on; blank where its text was not read."""
        rule = self.world.election.law.values.get(key)
        return rule.source if rule is not None and rule.status in ("seen", "local") else ""


def year_month(iso: str) -> str:
    """出生年月 of an ISO date: 1968年5月; never the day."""
    return f"{int(iso[:4])}年{int(iso[5:7])}月" if len(iso) >= 7 else ""


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text that have something on them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
