"""Stores on either engine. SQLite, unless a whole run is on PostgreSQL (``TEST_ENGINE=postgresql``) or a test is (``on``).

PostgreSQL is at ``TEST_POSTGRES_URL``, else on 127.0.0.1:5432, always in databases of the tests' own making.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from election.store import backup
from election.store.database import Store, make_engine
from election.store.home import Home
from election.store.tables import Base

#: the engine of the run
RUN = os.environ.get("TEST_ENGINE", "sqlite")
#: the last is the one that stores are made on now
_chosen = [RUN]
#: names of the databases that were made and are still there, and which of them stay until the run ends
_made: list[str] = []
_staying: set[str] = set()
#: home -> the database that is its own, of those that were copied to a server
_copies: dict[Path, str] = {}
#: database -> the stores that were opened on it: a pool that nobody closed is a warning in whatever test comes later
_opened: dict[str, list[Store]] = {}


def on_postgresql() -> bool:
    return _chosen[-1] == "postgresql"


@contextmanager
def on(engine: str) -> Iterator[None]:
    """Stores made in the block are on this engine, ``sqlite`` or ``postgresql``."""
    if engine == "postgresql" and server() is None:
        pytest.skip("no PostgreSQL server answers")
    _chosen.append(engine)
    try:
        yield
    finally:
        _chosen.pop()


@cache
def server() -> str | None:
    """Address of a PostgreSQL server that answers."""
    named = os.environ.get("TEST_POSTGRES_URL")
    here = ["postgresql://postgres@127.0.0.1:5432/postgres", "postgresql://root@127.0.0.1:5432/postgres"]
    for url in [named] if named else here:
        plain = url.replace("postgresql+psycopg", "postgresql")
        try:
            psycopg.connect(plain, connect_timeout=2).close()
        except psycopg.OperationalError:
            continue
        return plain
    return None


def _say(statement: str) -> None:
    found = server()
    if found is None:
        pytest.skip("no PostgreSQL server answers")
    with psycopg.connect(found, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]  names of our own making


def new_database(like: str = "template1", *, stays: bool = False) -> str:
    """Its address; ``like`` is the name of one that is copied. Unless it ``stays``, it goes with the test that made it."""
    name = f"election_test_{uuid.uuid4().hex[:12]}"
    _say(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    _made.append(name)
    _staying.update([name] if stays else [])
    return f"{server()}".rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"


@contextmanager
def dropped_afterwards(*, those_that_stay: bool = False) -> Iterator[None]:
    """What is made in the block is taken away at its end."""
    before = len(_made)
    try:
        yield
    finally:
        for name in _made[before:]:
            if those_that_stay or name not in _staying:
                for store in _opened.pop(name, []):
                    store.close()
                _say(f'DROP DATABASE "{name}" WITH (FORCE)')
                _made.remove(name)


def emptied(home: Home, url: str) -> Store:
    """A migrated store without a row in a database that may have been used."""
    made = Store(home, home.vault(), make_engine(url))
    with made.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    made.migrate()
    return made


def unguard(connection: Connection) -> None:
    """Take off what keeps entries from being changed, as somebody with the database's own rights can."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("ALTER TABLE entry DISABLE TRIGGER ALL"))
        return
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for trigger in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f'DROP TRIGGER "{trigger}"'))


def on_sqlite(home: Home) -> Store:
    return Store(home, home.vault(), make_engine(f"sqlite:///{home.path / 'election.db'}"))


def _on_server(home: Home, url: str) -> Store:
    store = Store(home, home.vault(), make_engine(url))
    _opened.setdefault(str(store.engine.url.database), []).append(store)
    return store


def empty(home: Home) -> Store:
    """A migrated store without a row, on the chosen engine."""
    made = _on_server(home, new_database(_migrated())) if on_postgresql() else on_sqlite(home)
    made.migrate()
    return made


def copied(source: Path, to: Path, folded: dict[str, Any] | None = None, *, stays: bool = False) -> Store:
    """The store of a home in a folder of its own, on the chosen engine: one told on SQLite, or itself such a copy."""
    shutil.copytree(source, to)
    home = Home(to)
    if not on_postgresql():
        store = on_sqlite(home)
    else:
        store = _on_server(home, new_database(_copies.get(source) or _carried(source), stays=stays))
        (to / "election.db").unlink(missing_ok=True)
        _copies[to] = str(store.engine.url.database)
    store.cache.update(folded or {})
    return store


def told_to_children(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process needs to open this store."""
    monkeypatch.setenv("ELECTION_HOME", str(store.home.path))
    monkeypatch.setenv("ELECTION_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as the database holds it, in an order that says nothing of when it was written."""
    with store.snapshot() as connection:
        return {
            name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for name, table in Base.metadata.tables.items()
        }


def content(store: Store) -> bytes:
    """Every byte that an engine keeps: the embedded one's files, its log of writes too; the values of a server's rows."""
    if store.engine.dialect.name == "sqlite":
        return b"".join(path.read_bytes() for path in sorted(store.home.path.glob("election.db*")))
    values = (value for table in rows(store).values() for row in table for value in row)
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


@cache
def _migrated() -> str:
    """Name of a database with tables and nothing else."""
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        return _closed(emptied(home, new_database(stays=True)))


@cache
def _carried(source: Path) -> str:
    """Name of a database that holds what the home's has, by way of a backup."""
    with TemporaryDirectory() as folder:
        shutil.copytree(source, Path(folder) / "home")  # nobody opens what others copy
        told = on_sqlite(Home(Path(folder) / "home"))
        lines = [line.rstrip(b"\n") for line in backup.lines(told, datetime.now(UTC))]
        told.close()
        store = Store(told.home, told.vault, make_engine(new_database(stays=True)))
        with store.engine.begin() as connection:
            backup.load(connection, lines)
        return _closed(store)


def _closed(store: Store) -> str:
    """Its name; a database that is copied has nobody in it."""
    store.close()
    return str(store.engine.url.database)
