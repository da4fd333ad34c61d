"""Rolls made for the tests: rows as dictionaries, files in the forms that offices send."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import xlsxwriter

from election import roll
from election.names.identity import check_character

DAY = date(2010, 12, 26)


class Law:
    """A ruleset with just these values."""

    def __init__(self, **values: object) -> None:
        self._values = {key.replace("_", ".", 1): value for key, value in values.items()}

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)


NO_RESIDENCE = Law(age_min=18)
HALF_A_YEAR = Law(age_min=18, residence_min_days=180)


def number(birth: str = "19900307", sequence: int = 123) -> str:
    first = f"620103{birth}{sequence:03d}"
    return first + check_character(first)


def person(**fields: str) -> dict[str, str]:
    """A row without a fault; keywords are fields of ``roll.MEMBER_HEADERS``."""
    row = {"name": "王建国", "sex": "男", "id_number": number(), "hukou": "本社区", "deprived": "否"} | fields
    return {roll.MEMBER_HEADERS[field]: value for field, value in row.items()}


def csv_text(rows: Iterable[Mapping[str, str]], headers: Iterable[str] = roll.HEADERS.values()) -> str:
    headers = list(headers)
    lines = [headers, *([row.get(header, "") for header in headers] for row in rows)]
    return "".join(",".join(line) + "\r\n" for line in lines)


def table(*rows: Mapping[str, str], headers: Iterable[str] = roll.HEADERS.values()) -> roll.Table:
    return roll.read(csv_text(rows, headers).encode(), "roll.csv")


def workbook(*lines: list[object], sheets: Mapping[str, list[list[object]]] | None = None) -> bytes:
    """An xlsx of one sheet from its lines (text, numbers, dates), or of several."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        as_date = book.add_format({"num_format": "yyyy/m/d"})
        for title, content in (sheets or {"名册": list(lines)}).items():
            sheet = book.add_worksheet(title)
            for row, line in enumerate(content):
                for column, cell in enumerate(line):
                    if isinstance(cell, date):
                        sheet.write_datetime(row, column, cell, as_date)
                    else:
                        sheet.write(row, column, cell)
    return buffer.getvalue()


def codes(faults: Iterable[roll.Fault]) -> list[tuple[int, str]]:
    return [(fault.row, fault.code) for fault in faults]


def checked(*rows: Mapping[str, str], law: Law = NO_RESIDENCE, known: Iterable[roll.Known] = ()) -> roll.Checked:
    return roll.check(table(*rows), DAY, law, known)
