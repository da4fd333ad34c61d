"""Rows that are not of their table's form: SQLite keeps any value in any column, PostgreSQL refuses it itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    Table,
    TypeDecorator,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.engine import Connection
from sqlalchemy.types import NullType

#: as many rows are fetched at once
AT_ONCE = 1000


def misshapen(connection: Connection, table: Table) -> Iterator[tuple[str, str, str]]:
    """``(log, key, column)`` of every value that its column cannot hold; what is encrypted is not read."""
    if connection.dialect.name != "sqlite":
        return
    columns = list(table.columns)
    readers = [_reader(connection, column) for column in columns]
    asked: list[Any] = []
    for column in columns:
        raw = type_coerce(column, NullType())
        asked += [func.typeof(raw), raw if _stored(column) != "text" else cast(raw, LargeBinary)]
        if _stored(column) == "blob":
            asked[-1] = func.length(raw)
    rows = connection.execution_options(yield_per=AT_ONCE).execute(select(*asked))
    for row in rows:
        for place, (column, reader) in enumerate(zip(columns, readers, strict=True)):
            if not _fits(column, row[2 * place], row[2 * place + 1], reader):
                told = {c.name: _said(row[2 * n + 1]) for n, c in enumerate(columns) if c.primary_key}
                log = told.pop("log", "") if len(told) > 1 else ""
                yield log, " ".join(told.values()), column.name


def _stored(column: Column[Any]) -> str:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, Integer | BigInteger | Boolean):
        return "integer"
    return "blob" if isinstance(kind, LargeBinary) else "text"


def _reader(connection: Connection, column: Column[Any]) -> Callable[[Any], Any] | None:
    """What the program makes of a stored text: a day, an instant, a document."""
    if _stored(column) != "text":
        return None
    return column.type.dialect_impl(connection.dialect).result_processor(connection.dialect, None)


def _fits(column: Column[Any], stored: str, value: Any, reader: Callable[[Any], Any] | None) -> bool:
    if stored == "null":
        return bool(column.nullable)
    if stored != _stored(column):
        return False
    if stored != "text":
        return not isinstance(column.type, Boolean) or value in (0, 1)
    try:
        text = bytes(value).decode()
        if reader is not None:
            reader(text)
    except (ValueError, RecursionError):
        return False
    return True


def _said(value: object) -> str:
    text = bytes(value).decode(errors="replace") if isinstance(value, bytes) else str(value)
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:80]
