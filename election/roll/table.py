"""A file into a table: cells as they stand, the header found, every row with the line a person sees.

What the file is, is seen in its bytes, never in its suffix.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from election.faults import WrongInput
from election.names.writing import clean_text
from election.roll import gate
from election.roll.columns import HEADERS, field_of
from election.roll.gate import LOCAL, UPLOAD, Limits

__all__ = ["LOCAL", "UPLOAD", "Cell", "Limits", "Table", "read"]

#: text, number (dates arrive as text), true/false; an empty cell is "" or None
Cell = str | float | bool | None
Line = Sequence[Cell]

#: titles, remarks and merged cells above the header
_HEADER_WITHIN = 30
_READER = Path(__file__).with_name("open_workbook.py")
_READER_SECONDS = 120
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one sheet.

    ``columns`` gives the place of each field found, ``notes`` the header of each other column that has one; ``rows`` holds every
    row with a value in one of ``columns`` as (line, cells), line 1 being the first line of the sheet.
    """

    name: str
    columns: Mapping[str, int]
    notes: Mapping[int, str]
    rows: Sequence[tuple[int, Line]]


def read(source: Path | str | bytes, name: str | None = None, limits: Limits = UPLOAD) -> Table:
    """Read an xlsx or csv (UTF-8 with or without BOM, GB18030) roll. Raises WrongInput.

    ``name`` is what messages call the file; bytes need one.
    """
    if isinstance(source, bytes):
        data, name = source, name or "名册"
    else:
        path = Path(source)
        data, name = _load(path, limits), name or path.name
    gate.check_size(data, name, limits)
    sheets = _workbook(data, name, limits) if data.startswith(_ZIP) else {"": _csv(data, name, limits)}
    return _only_roll(sheets, name)


def _load(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.file_bytes + 1)
    except OSError as error:
        raise WrongInput(
            "cannot be opened ({reason})",
            place="{path}",
            mend="check the file's name",
            reason=error.strerror,
            path=path,
        ) from error


def _workbook(data: bytes, name: str, limits: Limits) -> dict[str, list[Line]]:
    gate.check_workbook(data, name, limits)
    try:
        run = subprocess.run(  # noqa: S603  our own program, the file comes as data
            [sys.executable, "-P", str(_READER), str(limits.rows), str(limits.columns)],
            input=data,
            capture_output=True,
            timeout=_READER_SECONDS,
            check=False,
        )
        answer: dict[str, Any] = orjson.loads(run.stdout) if run.returncode == 0 else {"fault": "size"}
    except (subprocess.TimeoutExpired, orjson.JSONDecodeError):
        answer = {"fault": "size"}
    match answer.get("fault"):
        case None:
            return {sheet["name"]: sheet["rows"] for sheet in answer["sheets"]}
        case "size":
            raise WrongInput(
                "has more than {rows} rows or {columns} columns",
                place="{name}",
                mend="keep only the rows and columns of the roll",
                rows=limits.rows,
                columns=limits.columns,
                name=name,
            )
        case _:
            raise WrongInput("is damaged or cut short", place="{name}", mend="export it again", name=name)


def _csv(data: bytes, name: str, limits: Limits) -> list[Line]:
    text = _decode(data, name)
    first = next((line for line in text[:65_536].splitlines()[:_HEADER_WITHIN] if "姓" in line), "")
    delimiter = max(",\t;", key=first.count)
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if len(lines) >= limits.rows or len(cells) > limits.columns:
                raise WrongInput(
                    "has more than {rows} rows or {columns} columns",
                    place="{name}, row {row}",
                    mend="split it into several files",
                    rows=limits.rows,
                    columns=limits.columns,
                    name=name,
                    row=len(lines) + 1,
                )
            lines.append([_unwrapped(cell) for cell in cells])
    except csv.Error as error:
        raise WrongInput(
            "quotation marks or separators are not in pairs",
            place="{name}, row {row}",
            mend="save it as .xlsx",
            name=name,
            row=len(lines) + 1,
        ) from error
    return lines


def _decode(data: bytes, name: str) -> str:
    if data.startswith(_OLE):
        raise WrongInput("is an old .xls or encrypted workbook", place="{name}", mend="save it as .xlsx", name=name)
    if data.startswith(_PDF) or data.startswith(_UTF_16) or b"\x00" in data:
        raise WrongInput("is neither xlsx nor csv (UTF-8, GB18030)", place="{name}", mend="save it as .xlsx", name=name)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
    raise WrongInput(
        "is encoded neither as UTF-8 nor as GB18030",
        place="{name}, row {row}",
        mend="save it as .xlsx",
        name=name,
        row=line,
    )


def _unwrapped(cell: str) -> str:
    """Exports write ``="620103…"`` so that a spreadsheet keeps the digits."""
    return cell[2:-1] if len(cell) > 2 and cell.startswith('="') and cell.endswith('"') else cell


def _only_roll(sheets: Mapping[str, list[Line]], name: str) -> Table:
    """The one sheet that has a header; another that has one too could hold people who would be left out."""
    found = {sheet: at for sheet, lines in sheets.items() if (at := _header_at(lines)) is not None}
    tables = {sheet: _table(sheets[sheet], at, f"{name}, {sheet}" if sheet else name) for sheet, at in found.items()}
    filled = {sheet: table for sheet, table in tables.items() if table.rows} or tables
    if not filled:
        raise WrongInput(
            "has no header row with 姓名 and 身份证号 or 出生日期",
            place="{name}",
            mend="use the headers of the template",
            name=name,
        )
    if len(filled) > 1:
        raise WrongInput(
            "has more than one sheet that looks like a roll",
            place="{name}, {sheets}",
            mend="keep one",
            name=name,
            sheets=", ".join(filled),
        )
    return next(iter(filled.values()))


def _header_at(lines: Sequence[Line]) -> int | None:
    for index, line in enumerate(lines[:_HEADER_WITHIN]):
        fields = set(_fields(line))
        if "name" in fields and fields & {"id_number", "birth"}:
            return index
    return None


def _fields(line: Line) -> Iterator[str]:
    for cell in line:
        field = field_of(cell) if isinstance(cell, str) else None
        if field:
            yield field


def _table(lines: Sequence[Line], at: int, name: str) -> Table:
    columns: dict[str, int] = {}
    notes: dict[int, str] = {}
    for index, cell in enumerate(lines[at]):
        header = clean_text(cell) if isinstance(cell, str) else ""
        field = field_of(header)
        if field is None:
            if header:
                notes[index] = header
        elif field in columns:
            raise WrongInput(
                "has two columns {header}",
                place="{name}, row {row}",
                mend="keep one",
                header=HEADERS.get(field, header),
                name=name,
                row=at + 1,
            )
        else:
            columns[field] = index
    places = tuple(columns.values())
    rows = [
        (number, tuple(line))
        for number, line in enumerate(lines[at + 1 :], start=at + 2)
        if any(_filled(line, at) for at in places)
    ]
    return Table(name, columns, notes, rows)


def _filled(line: Line, at: int) -> bool:
    cell = line[at] if at < len(line) else None
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))
