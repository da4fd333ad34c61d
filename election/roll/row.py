"""One line of a roll into a ``Row``, with every fault that the line has by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from types import MappingProxyType
from typing import TypeVar

from election.names import identity
from election.names.writing import clean_name
from election.roll.columns import MEMBER_HEADERS
from election.roll.person import Fault, Row
from election.roll.table import Cell, Line, Table
from election.roll.values import HUKOU, MEMBERSHIPS, SEXES, YES_NO, Membership, NotAValue, date_of, text_of

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
        self._blank: list[Cell] = [""] * (width + 1)
        #: a field without a column stands behind the last, where a blank is put
        self._pick = itemgetter(*(table.columns.get(field, width) for field in MEMBER_HEADERS))
        self._surely_of_age = _years_before(demands.election_day, demands.age_min or 0)
        self._row = 0

    def read(self, row: int, line: Line) -> Row:
        """The row as typed values; its status is ``registered`` or ``rejected``, before it is compared with others."""
        self._row = row
        before = len(self.rejected)
        cells: list[Cell] = [*line, *self._blank[len(line) :]][: len(self._blank)]
        cells[-1] = ""
        texts = [cell if type(cell) is str and (not cell or cell.isalnum()) else text_of(cell) for cell in cells]
        _, _, number_cell, birth_cell, _, _, _, _, residence_cell, _, _, _ = self._pick(cells)
        (
            name_text, sex_text, number_text, _, group, household, address,
            hukou_text, _, deprived_text, phone, membership_text,
        ) = self._pick(texts)  # fmt: skip
        name = self._name(name_text)
        number = self._number(number_cell, number_text)
        birth = self._date(birth_cell, "birth")
        sex = self._one_of(sex_text, "sex", SEXES)
        hukou = self._one_of(hukou_text, "hukou", HUKOU)
        residence_from = self._date(residence_cell, "residence_from")
        deprived = bool(self._one_of(deprived_text, "deprived", YES_NO))
        membership = self._membership(membership_text) if self._demands.members else None
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
            group=group,
            household=household,
            address=address,
            hukou=hukou,
            residence_from=residence_from,
            deprived=deprived,
            phone=phone,
            notes=self._notes_of(texts) if self._notes else _NO_NOTES,
            membership=membership,
        )

    def _name(self, text: str) -> str:
        name = clean_name(text)
        if not name:
            self._reject("missing-name")
        elif not _could_be_a_name(name):
            self._reject("bad-value", "name", column=MEMBER_HEADERS["name"])
        return name

    def _number(self, cell: Cell, text: str) -> str:
        """The identity number, or "" where there is none or none that can stand."""
        lost = isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= _EXACT_IN_A_SPREADSHEET
        number = "" if lost else identity.normalise(text)
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

    def _date(self, cell: Cell, field: str) -> date | None:
        try:
            return date_of(cell) if cell != "" else None
        except NotAValue:
            self._reject("bad-date", column=MEMBER_HEADERS[field])
            return None

    def _one_of(self, text: str, field: str, values: Mapping[str, V]) -> V | None:
        """The value of a text, None for an empty one and for one that is rejected."""
        value = values.get(text)
        if value is None and text:
            self._reject("bad-value", field, column=MEMBER_HEADERS[field])
        return value

    def _membership(self, text: str) -> Membership | None:
        """Must be given: who is entitled hangs on it."""
        if not text:
            self._reject("bad-value", "membership", column=MEMBER_HEADERS["membership"])
        return self._one_of(text, "membership", MEMBERSHIPS)

    def _notes_of(self, texts: list[str]) -> dict[str, str]:
        return {header: texts[at] for at, header in self._notes.items() if texts[at]}

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
    return date(day.year - years, day.month, min(day.day, 28)) if years < day.year else date.min
