"""A cell into a value, or ``NotAValue``. What contract §3 forgives is forgiven here: case, full width, blanks around."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from election.names.identity import FULL_WIDTH, Sex
from election.names.writing import clean_text
from election.roll.table import Cell

Hukou = Literal["local", "elsewhere"]
Membership = Literal["full", "probationary"]


class NotAValue(ValueError):
    """The cell holds something, and it is not of this column."""


SEXES: Mapping[str, Sex] = {"男": "male", "女": "female", "男性": "male", "女性": "female"}
HUKOU: Mapping[str, Hukou] = {
    "本社区": "local", "本村": "local", "本地": "local", "外地": "elsewhere", "外来": "elsewhere", "非本社区": "elsewhere", "非本村": "elsewhere",
}  # fmt: skip
YES_NO: Mapping[str, bool] = {"是": True, "否": False, "有": True, "无": False}
MEMBERSHIPS: Mapping[str, Membership] = {
    "正式": "full", "正式党员": "full", "预备": "probationary", "预备党员": "probationary",
}  # fmt: skip

_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
    re.ASCII,
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
#: day 0 of the spreadsheet's count of days; right from 1 March 1900 (before it the spreadsheets count a day too many)
_DAY_ZERO = date(1899, 12, 30)
_SERIAL_DAYS = range(61, 80_000)


def text_of(cell: Cell) -> str:
    """The cell as text on one line; a whole number without its ``.0``, true and false as 是 and 否."""
    if isinstance(cell, str):
        return cell if cell.isalnum() else clean_text(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(int(cell)) if cell == int(cell) else str(cell)


def date_of(cell: Cell) -> date | None:
    """A date in the ways people write one (1990-03-07, 1990/3/7, 1990年3月7日, 19900307, a spreadsheet's day number)."""
    if isinstance(cell, str):
        return _date_of_text(cell)
    if cell is None:
        return None
    if isinstance(cell, bool) or cell != int(cell):
        raise NotAValue
    if int(cell) in _SERIAL_DAYS:
        return _DAY_ZERO + timedelta(days=int(cell))
    return _date_of_text(str(int(cell)))


@lru_cache(maxsize=65_536)
def _date_of_text(cell: str) -> date | None:
    text = clean_text(cell).translate(FULL_WIDTH)
    if not text:
        return None
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if found is None:
        raise NotAValue
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise NotAValue from None
