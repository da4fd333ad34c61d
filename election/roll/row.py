"""One line of a roll into a ``Row``, with every fault that the line has by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from election.names import identity
from election.names.writing import clean_name
from election.roll.columns import MEMBER_HEADERS
from election.roll.person import Fault, Row
from election.roll.table import Cell, Line, Table
from election.roll.values import HUKOU, MEMBERSHIPS, SEXES, YES_NO, NotAValue, date_of, text_of

V = TypeVar("V")

LONGEST_NAME = 60
#: a number of 18 digits kept as a number has lost the last of them: 6.2010319900307E+17, or zeros at its end
_IN_POWERS = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII)
_EXACT_IN_A_SPREADSHEET = 10**15
_NO_NOTES: Mapping[str, str] = MappingProxyType({})
#: what a spreadsheet would take for a formula, and the sign of a character lost in conversion
_NEVER_A_NAME = re.compile("^[=+@\\-＝＋＠－]|\ufffd")
#: old systems keep rare characters in the private use area
_LETTER = re.compile("[^\\W\\d_]|[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Demands:
    """Who may vote: years on the day, days of residence for those whose household is registered elsewhere."""

    election_day: date
    age_min: int | None
    residence_days: int | None
    members: bool


class RowReader:
    """Reads the rows of one table; ``rejected`` and ``warnings`` collect what is found."""

    def __init__(self, table: Table, demands: Demands) -> None:
        self.rejected: list[Fault] = []
        self.warnings: list[Fault] = []
        self._demands = demands
        self._notes = table.notes
        width = max((*table.columns.values(), *table.notes), default=-1) + 1
        #: where each field stands in a line; a field without a column stands behind the last, where a blank is put
        self._places = {field: table.columns.get(field, width) for field in MEMBER_HEADERS}
        self._blank: list[Cell] = [""] * (width + 1)
        self._surely_of_age = _years_before(demands.election_day, demands.age_min or 0)
        self._row = 0
        self._cells: list[Cell] = []
        self._texts: list[str] = []

    def read(self, row: int, line: Line) -> Row:
        """The row as typed values; its status is ``registered`` or ``rejected``, before it is compared with others."""
        self._row = row
        self._cells = [*line, *self._blank[len(line) :]][: len(self._blank)]
        self._cells[-1] = ""
        self._texts = ["" if cell == "" or cell is None else text_of(cell) for cell in self._cells]
        before = len(self.rejected)
        name = self._name()
        number = self._number()
        birth = self._date("birth")
        sex = self._one_of("sex", SEXES, None)
        hukou = self._one_of("hukou", HUKOU, None)
        residence_from = self._date("residence_from")
        deprived = bool(self._one_of("deprived", YES_NO, False))
        membership = self._one_of("membership", MEMBERSHIPS, None) if self._demands.members else None
        if self._demands.members and not self._text("membership"):
            self._reject("bad-value", "membership", column=MEMBER_HEADERS["membership"])
        if number:
            birth, sex = self._compare_with_number(number, birth, sex)
        elif birth is not None:
            self._warn("no-id")
        elif not self._faulty(before, "bad-id", "bad-date"):
            self._reject("missing-birth")
        if birth is not None:
            self._judge_age(birth)
        if deprived:
            self._reject("deprived")
        if hukou != "local":
            self._judge_residence(residence_from, elsewhere=hukou == "elsewhere")
        return Row(
            source_row=row,
            status="rejected" if len(self.rejected) > before else "registered",
            name=name,
            sex=sex,
            id_number=number,
            birth=birth,
            group=self._text("group"),
            household=self._text("household"),
            address=self._text("address"),
            hukou=hukou,
            residence_from=residence_from,
            deprived=deprived,
            phone=self._text("phone"),
            notes=self._notes_of() if self._notes else _NO_NOTES,
            membership=membership,
        )

    def _name(self) -> str:
        name = clean_name(self._text("name"))
        if not name:
            self._reject("missing-name")
        elif not _could_be_a_name(name):
            self._reject("bad-value", "name", column=MEMBER_HEADERS["name"])
        return name

    def _number(self) -> str:
        """The identity number, or "" where there is none or none that can stand."""
        cell = self._cells[self._places["id_number"]]
        lost = isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= _EXACT_IN_A_SPREADSHEET
        number = "" if lost else identity.normalise(self._text("id_number"))
        if lost or ("E" in number and _IN_POWERS.fullmatch(number)):
            self._reject("bad-id", "digits-lost")
            return ""
        fault = identity.fault(number) if number else None
        if fault is not None:
            self._reject("bad-id", fault)
            return ""
        return number

    def _compare_with_number(
        self, number: str, birth: date | None, sex: identity.Sex | None
    ) -> tuple[date, identity.Sex]:
        """The number's birth date stands (it is what the card shows); the sex as written stands, doubtful or not."""
        said = identity.birth_date(number)
        if birth is not None and birth != said:
            self._warn("birth-mismatch")
        if sex is not None and sex != identity.sex(number):
            self._warn("sex-mismatch")
        return said, sex or identity.sex(number)

    def _judge_age(self, birth: date) -> None:
        age, day = self._demands.age_min, self._demands.election_day
        if age is None or birth < self._surely_of_age:
            return
        if identity.age_on(birth, day) < age:
            self._reject("under-age", age=age)
        elif identity.anniversary(birth, age) == day:
            self._warn("birthday-on-election-day", age=age)

    def _judge_residence(self, since: date | None, *, elsewhere: bool) -> None:
        days = self._demands.residence_days
        if not days:
            return
        if since is not None and (self._demands.election_day - since).days < days:
            self._reject("residence-too-short", days=days)
        elif since is None and elsewhere:
            self._warn("no-residence-date", days=days)

    def _date(self, field: str) -> date | None:
        try:
            return date_of(self._cells[self._places[field]])
        except NotAValue:
            self._reject("bad-date", column=MEMBER_HEADERS[field])
            return None

    def _one_of(self, field: str, values: Mapping[str, V], default: V | None) -> V | None:
        text = self._text(field)
        if not text:
            return default
        if text not in values:
            self._reject("bad-value", field, column=MEMBER_HEADERS[field])
        return values.get(text, default)

    def _notes_of(self) -> dict[str, str]:
        return {header: self._texts[at] for at, header in self._notes.items() if self._texts[at]}

    def _text(self, field: str) -> str:
        return self._texts[self._places[field]]

    def _faulty(self, before: int, *codes: str) -> bool:
        return any(fault.code in codes for fault in self.rejected[before:])

    def _reject(self, code: str, kind: str = "", **params: object) -> None:
        self.rejected.append(Fault(self._row, code, kind, params))

    def _warn(self, code: str, **params: object) -> None:
        self.warnings.append(Fault(self._row, code, "", params))


def _could_be_a_name(name: str) -> bool:
    if len(name) > LONGEST_NAME:
        return False
    return name.isalpha() or (_LETTER.search(name) is not None and not _NEVER_A_NAME.search(name))


def _years_before(day: date, years: int) -> date:
    """A day such that whoever was born before it is ``years`` old before ``day``."""
    return date(day.year - years, day.month, min(day.day, 28))
