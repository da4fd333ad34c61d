"""The engine, and two ways in: ``read`` sees one moment, ``write`` holds the only pen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from election.faults import WrongInput
from election.store.home import Home, Vault, home
from election.store.tables import Base

#: the record's rows are never changed and never deleted: the database itself refuses
GUARDS = {
    "sqlite": [
        "CREATE TRIGGER IF NOT EXISTS entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END",
        "CREATE TRIGGER IF NOT EXISTS entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'entries are never changed or deleted'; END $$""",
        "DROP TRIGGER IF EXISTS entry_append_only ON entry",
        """CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        "DROP TRIGGER IF EXISTS entry_no_truncate ON entry",
        """CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ],
}


def make_engine(url: str) -> Engine:
    # what stands in a statement's parameters is personal: never in a message or a log
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # a writer takes its lock first, so that two who read the same head cannot both append
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("pen") else "BEGIN")


@dataclass
class Store:
    """One home with its database. ``cache`` holds folded facts by log; it can be thrown away at any time."""

    home: Home
    vault: Vault
    engine: Engine
    cache: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """All or nothing: committed when the block ends, rolled back when it raises."""
        with (
            self.engine.execution_options(pen=True).connect() as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def migrate(self) -> None:
        """Bring the database to the schema of this program, whatever released schema it has."""
        from election.store.migrations import upgrade

        try:
            with self.engine.begin() as connection:
                upgrade(connection)
                for statement in GUARDS[self.engine.dialect.name]:
                    connection.execute(text(statement))
        except OperationalError as error:
            raise WrongInput(
                f"the database cannot be opened ({str(error.orig)[:80]})",
                place="ELECTION_DATABASE_URL",
                mend="check the address and that it can be written",
            ) from None

    def close(self) -> None:
        self.engine.dispose()


def open_store(at: Home | None = None, *, migrate: bool = True) -> Store:
    """The store of ELECTION_HOME (or another home), migrated."""
    where = at or home()
    vault = where.vault()
    store = Store(where, vault, make_engine(where.database_url))
    if migrate:
        store.migrate()
    return store


__all__ = ["Base", "Store", "make_engine", "open_store"]
