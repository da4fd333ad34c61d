"""Read every sheet of an xlsx workbook from standard input and print its cells as JSON; run as a program of its own.

The reader allocates a rectangle from the first cell to the last: a file of 5 kB with a cell in each corner asks for 512 GB
and ends the process. Here it may: the process has a memory limit, and only the import of that one file is lost.

Prints ``{"sheets": [{"name", "rows": [[cell, …], …]}]}`` (a cell is text, number, true/false or null, dates as
YYYY-MM-DD…, an empty row is ``[]``) or ``{"fault": "unreadable" | "size"}``.
Imports nothing of ``election``: it starts in tens of milliseconds.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

MEMORY_BYTES = 2 * 2**30
CPU_SECONDS = 60


def limit_resources() -> None:
    """Where the system knows limits (not on Windows)."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def sheets(data: bytes, max_rows: int, max_columns: int) -> dict[str, Any]:
    """The answer that is printed."""
    from python_calamine import CalamineError, SheetTypeEnum, load_workbook

    found = []
    try:
        workbook = load_workbook(io.BytesIO(data))
        for meta in workbook.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(meta.name)
            last_row, last_column = sheet.end or (0, 0)
            if last_row >= max_rows or last_column >= max_columns:
                return {"fault": "size"}
            found.append({"name": meta.name, "rows": list(rows(sheet))})
    except (CalamineError, OSError, ValueError, KeyError):
        return {"fault": "unreadable"}
    return {"sheets": found}


def rows(sheet: Any) -> Iterator[list[Any]]:
    """Rows from the first line of the sheet, so that the n-th is the line a person sees as n."""
    for row in sheet.to_python(skip_empty_area=False):
        yield row if any(cell != "" for cell in row) else []


def main() -> None:
    limit_resources()
    import orjson

    max_rows, max_columns = int(sys.argv[1]), int(sys.argv[2])
    answer = sheets(sys.stdin.buffer.read(), max_rows, max_columns)
    sys.stdout.buffer.write(orjson.dumps(answer, default=str))


if __name__ == "__main__":
    main()
