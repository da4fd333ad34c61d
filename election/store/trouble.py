"""When the database cannot do it now: which of few reasons, the same for both engines."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from election.faults import Kind, Unavailable

#: result codes of SQLite by how their name begins (sqlite.org/rescode.html)
_SQLITE: dict[str, Kind] = {
    "SQLITE_FULL": "full",
    "SQLITE_IOERR": "full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_CANTOPEN": "away",
    "SQLITE_BUSY": "busy",
    "SQLITE_LOCKED": "busy",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
}
#: classes and codes of PostgreSQL (appendix A of its manual); the longer one counts
_POSTGRESQL: dict[str, Kind] = {
    "531": "full",
    "25006": "read-only",
    "40": "conflict",
    "55P03": "busy",
    "57014": "busy",
    "53": "busy",
    "08": "away",
    "57P": "away",
    "58": "full",
}
_ERRNO: dict[int, Kind] = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EFBIG: "full", errno.EROFS: "read-only"}


def kind_of(error: BaseException) -> Kind | None:
    """Why the machine could not do it; None for an error of the program."""
    if isinstance(error, OSError):
        return _ERRNO.get(error.errno or 0)
    origin = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(origin, "sqlite_errorname", None)
    if name is not None:
        return next((kind for code, kind in _SQLITE.items() if name.startswith(code)), None)
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # the connection broke before any answer
        return "away" if type(error.orig).__name__ == "OperationalError" or error.connection_invalidated else None
    return next((kind for code, kind in _POSTGRESQL.items() if state.startswith(code)), None)


@contextmanager
def told() -> Iterator[None]:
    """Raises Unavailable in the place of an error that only says so."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, OSError) as error:
        kind = kind_of(error)
        if kind is None:
            raise
        raise Unavailable(kind) from error
