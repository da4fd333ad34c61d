"""Tables for offices that go on working with them: xlsx and csv in which a name can never become a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from ..faults import WrongInput
from .typesetting import without_controls

Cell = str | int | date | None

#: what a spreadsheet may take for the start of a formula (OWASP CSV injection), full-width forms too
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
#: Excel's own limits, the title and the header taken off
MOST_ROWS = 1_048_574
LONGEST_CELL = 32_767
#: widths of columns in characters
NARROWEST, WIDEST = 8, 60


def table_to_xlsx(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, day: date = date(1980, 1, 1)
) -> bytes:
    """An xlsx file of one sheet: ``title`` above the table, headers frozen and repeated in print.

    Text is stored as text whatever it begins with; ``day`` is the file's creation date, so that the same table is
    the same bytes. Raises `WrongInput` for a row of another length than ``headers`` or a table Excel cannot hold.
    """
    import xlsxwriter

    table = _checked(headers, rows)
    target = io.BytesIO()
    options: dict[str, Any] = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title, "created": datetime(day.year, day.month, day.day, tzinfo=UTC)})
        sheet = book.add_worksheet(_sheet_name(title))
        heading = book.add_format({"bold": True, "font_size": 14})
        header = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
        body = book.add_format({"border": 1, "valign": "vcenter"})
        dated = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
        sheet.write_string(0, 0, without_controls(title), heading)
        for column, label in enumerate(headers):
            sheet.write_string(1, column, without_controls(label), header)
            sheet.set_column(column, column, _width([label, *(row[column] for row in table)]))
        for number, row in enumerate(table, start=2):
            for column, cell in enumerate(row):
                if cell is None:
                    sheet.write_blank(number, column, None, body)
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell, body)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), dated)  # noqa: DTZ001
                else:
                    sheet.write_string(number, column, without_controls(cell), body)
        sheet.freeze_panes(2, 0)
        sheet.repeat_rows(1)
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C- &P -")
    return target.getvalue()


def table_to_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with BOM and CRLF, as Excel and WPS open it; a text that could start a formula gets an apostrophe first.

    Raises `WrongInput` for a row of another length than ``headers``.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([_inert(header) for header in headers])
    writer.writerows([_csv_cell(cell) for cell in row] for row in _checked(headers, rows))
    return target.getvalue().encode("utf-8-sig")


def _checked(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[Sequence[Cell]]:
    table = []
    for number, row in enumerate(rows, start=1):
        if len(row) != len(headers):
            raise WrongInput(
                "has {cells} cells under {headers} headers",
                place="row {number}",
                mend="fill every column",
                cells=len(row),
                headers=len(headers),
                number=number,
            )
        if number > MOST_ROWS:
            raise WrongInput(
                "has more than {most} rows", place="the table", mend="split it into several files", most=MOST_ROWS
            )
        if any(isinstance(cell, str) and len(cell) > LONGEST_CELL for cell in row):
            raise WrongInput(
                "has a cell of more than {most} characters",
                place="row {number}",
                mend="shorten it",
                most=LONGEST_CELL,
                number=number,
            )
        table.append(row)
    return table


def _csv_cell(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if isinstance(cell, int) else _inert(cell)


def _inert(text: str) -> str:
    text = without_controls(text)
    return f"'{text}" if _FORMULA.match(text) else text


def _sheet_name(title: str) -> str:
    """Excel forbids some characters, an apostrophe at either end, and more than 31 characters."""
    return re.sub(r"[\[\]:*?/\\]", " ", without_controls(title))[:31].strip(" '") or "表"


def _width(cells: Iterable[Cell]) -> int:
    """Wide enough for the widest cell, counting a Chinese character as two."""
    widest = max(sum(2 if ord(c) > 0x2E7F else 1 for c in str(cell)) for cell in cells if cell is not None)
    return min(max(widest + 2, NARROWEST), WIDEST)
