"""The engine, and two ways in: ``read`` sees one moment, ``write`` holds the only pen."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from election.faults import Unavailable, WrongInput
from election.record.entry import Entry
from election.store import kept, reach
from election.store.home import Home, Vault, home
from election.store.migrations import State, revision_of, state_of, upgrade
from election.store.tables import AccountRow, Base, EntryRow, Log, Setting
from election.store.trouble import kind_of, told

#: the record's rows are never changed and never deleted: the database itself refuses
GUARDS = {
    "sqlite": [
        "CREATE TRIGGER IF NOT EXISTS entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END",
        "CREATE TRIGGER IF NOT EXISTS entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END",
        # REPLACE deletes what is in its way without asking the trigger above; a row is in the way by key or by rowid
        """CREATE TRIGGER IF NOT EXISTS entry_no_replace BEFORE INSERT ON entry
        WHEN EXISTS (SELECT 1 FROM entry WHERE (log = NEW.log AND seq = NEW.seq) OR rowid = NEW.rowid)
        BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END""",
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
    """The engine of an address. Raises WrongInput where it is none, or its driver is not installed."""
    try:
        # what stands in a statement's parameters is personal: never in a message or a log
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    except (ArgumentError, ValueError, ImportError) as error:
        ours = isinstance(error, ImportError) and url.startswith("postgresql+psycopg:")
        raise WrongInput(
            "the program was installed without what reaches PostgreSQL" if ours else "not the address of a database",
            place="ELECTION_DATABASE_URL",
            mend="install its extra `postgresql`" if ours else "write postgresql+psycopg://user@host/database",
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _sqlite_make)
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_make(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
    """The file is its owner's alone from its beginning; SQLite gives the files beside it the same mode."""
    if arguments[0] != ":memory:":
        with suppress(OSError):  # it is there, or SQLite says why it cannot be
            os.close(os.open(arguments[0], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _sqlite_connect(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # a writer takes its lock first, so that two who read the same head cannot both append
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("pen") else "BEGIN")


def guard(connection: Connection) -> None:
    """What the database itself refuses."""
    _say(connection, GUARDS[connection.dialect.name])
    if connection.dialect.name == "postgresql":
        _take_role(connection)
        _say(connection, reach.row_security())


def _say(connection: Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.execute(text(statement))


def _take_role(connection: Connection) -> None:
    try:
        connection.execute(text(reach.MAKE_ROLE))
    except ProgrammingError:
        raise WrongInput(
            "the role {role} is missing, or the program's own role is no member of it",
            place="ELECTION_DATABASE_URL",
            mend="as the database's administrator: CREATE ROLE {role} NOLOGIN; GRANT {role} TO the role named in the address",
            role=reach.ROLE,
        ) from None


@dataclass
class Store:
    """One home with its database. ``cache`` holds folded facts by log; it can be thrown away at any time."""

    home: Home
    vault: Vault
    engine: Engine
    cache: dict[str, Any] = field(default_factory=dict)
    #: whether the last transaction that would write could not
    stuck: bool = False

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Raises Unavailable when the database does not answer."""
        with told(), reach.ReachSession(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """The database as it is at one moment, for as long as the block lasts, however much others write."""
        # not read-only: the driver would leave the pooled connection asking for READ WRITE of a server that only reads
        one_moment = {"isolation_level": "REPEATABLE READ"}
        options = one_moment if self.engine.dialect.name == "postgresql" else {}
        with told(), self.engine.connect().execution_options(**options) as connection:
            reach.see_all(connection)
            yield connection

    @contextmanager
    def write(self, *logs: str) -> Iterator[Session]:
        """All or nothing: committed when the block ends, rolled back when it raises. Raises Unavailable.

        Who reads before appending names the logs: their pens are taken first, in one order for all, so that nothing
        read in the block is old when it is sealed.
        """
        try:
            with (
                told(),
                self.engine.execution_options(pen=True).connect() as connection,
                reach.ReachSession(connection, expire_on_commit=False) as session,
                session.begin(),
            ):
                for log in sorted(set(logs)):
                    self.take_pen(session, log)
                yield session
        except Unavailable:
            self.stuck = True
            raise
        self.stuck = False
        kept.remember(self.home, session.info.get("heads", {}), session.info.get("notes", {}))
        if "erased" in session.info and self.engine.dialect.name == "sqlite":
            self._empty_log()

    def _empty_log(self) -> None:
        """What was erased goes out of SQLite's write-ahead log too, unless somebody reads just now: then with the next
        such checkpoint."""
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            pass
        finally:
            raw.close()

    def try_again(self) -> None:
        """After a failure to write: whether it can be written again. Raises Unavailable."""
        if self.stuck:
            with self.write() as session:
                session.merge(Setting(key="written_again", value=""))

    def take_pen(self, session: Session, log: str) -> bool:
        """Nobody else appends to this log until the transaction ends. False where it was taken already.

        SQLite has one writer at a time anyway (BEGIN IMMEDIATE).
        """
        pens: set[str] = session.info.setdefault("pens", set())
        if log in pens:
            return False
        pens.add(log)
        if self.engine.dialect.name == "postgresql":
            number = int.from_bytes(sha256(log.encode()).digest()[:8], "big", signed=True)
            session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})
        return True

    def migrate(self) -> tuple[str | None, str | None]:
        """Bring the database to the schema of this program, whatever released schema it has: from which, to which.

        Raises WrongInput.
        """
        return _migrate(self.engine)

    def schema(self) -> State:
        """How the schema of the database stands to that of this program. Raises WrongInput when it cannot be read."""
        return _schema(self.engine)

    def close(self) -> None:
        self.engine.dispose()


def _schema(engine: Engine) -> State:
    with opening(engine), engine.connect() as connection:
        return state_of(connection)


def _migrate(engine: Engine) -> tuple[str | None, str | None]:
    try:
        with opening(engine), changing_tables(engine) as connection:
            was = revision_of(connection)
            if engine.dialect.name == "postgresql":
                _say(connection, reach.without_row_security(inspect(connection).get_table_names()))
            upgrade(connection)
            guard(connection)
            return was, revision_of(connection)
    except DBAPIError as error:
        raise WrongInput(
            "the database could not be brought to the schema of this program ({reason}), and was left as it was",
            place="{at}",
            mend="go on with the program that was used before, and send this line to whoever gave you this one",
            reason=_reason(error),
            at=_named(engine),
        ) from error


@contextmanager
def changing_tables(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables are made and changed; nobody else changes them meanwhile. Raises WrongInput."""
    with engine.execution_options(pen=True).connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
            yield connection
            connection.commit()
            return
        # a table is changed by copying it and dropping the old one: rows that point at it must let that pass
        connection.connection.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise WrongInput(
                    "rows point at others that are not there; nothing was changed",
                    place="{at}",
                    mend="restore a backup, or another one than this",
                    at=_named(engine),
                )
            connection.commit()
        finally:
            connection.rollback()
            connection.connection.execute("PRAGMA foreign_keys=ON")


@contextmanager
def opening(engine: Engine) -> Iterator[None]:
    """Raises Unavailable, or WrongInput with the server's own words, where a database does not let itself be opened."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        kind = kind_of(error)
        if kind == "away":
            raise WrongInput(
                "the database cannot be opened ({reason})",
                place="{at}",
                mend="check the address, and that the server runs and lets this role in"
                if engine.dialect.name == "postgresql"
                else "check the file and its folder: whether they are there, can be written by their owner, and the disk has room",
                reason=_reason(error),
                at=_named(engine),
            ) from None
        if kind is not None:
            raise Unavailable(kind) from error
        if getattr(getattr(error, "orig", None), "sqlstate", None) in _NO_RIGHTS:
            raise WrongInput(
                "the role named in the address cannot use the schema public ({reason})",
                place="ELECTION_DATABASE_URL",
                mend="as the database's administrator: ALTER SCHEMA public OWNER TO that role",
                reason=_reason(error),
            ) from None
        raise


#: of PostgreSQL: no schema to create in, and no rights on it
_NO_RIGHTS = ("3F000", "42501")


def _reason(error: DBAPIError | sqlite3.Error) -> str:
    """What the database says in one line, without where it was said."""
    said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
    return said.rsplit(" failed: ", 1)[-1][:300]


def _named(engine: Engine) -> str:
    return str(engine.url.database) if engine.dialect.name == "sqlite" else "ELECTION_DATABASE_URL"


def open_store(at: Home | None = None, *, migrate: bool = False) -> Store:
    """The store of ELECTION_HOME (or another home). An empty database gets its tables, a new home its keys.

    Raises WrongInput for a database of an older schema (``migrate`` brings it forward) or of a newer program, for keys
    that are not those of the database's office, and where the office that was here is not in the database.
    """
    return _store(at or home(), new=True, migrate=migrate)


def open_existing(*, older: bool = False) -> Store:
    """The store of ELECTION_HOME where an office was opened: a backup or an audit of a home that was misspelt is of nothing.

    With ``older`` the schema may be that of an older program, for who reads tables as they are. Raises WrongInput, and
    makes nothing.
    """
    return _store(home(), older=older)


def _store(where: Home, *, new: bool = False, migrate: bool = False, older: bool = False) -> Store:
    engine = make_engine(where.database_url)
    try:
        _demand_office(where, engine, new=new)
        _demand_schema(where, engine, migrate=migrate, older=older)
        store = Store(where, where.vault(), engine)  # new keys have tables beside them: see ``_demand_office``
        _demand_fields(store)
    except BaseException:
        engine.dispose()
        raise
    return store


def _demand_office(where: Home, engine: Engine, *, new: bool) -> None:
    """Raises WrongInput where the database holds an office without its keys, or none: unless a ``new`` one may begin."""
    office = _key_of_office(engine)
    if office is not None:
        if not where.whole:
            raise WrongInput(
                "the database holds an office, and its keys are not here",
                place="{folder}",
                mend="restore the keys from a backup with `election restore --replace`; no new ones were made",
                folder=str(where.secrets.absolute()),
            )
        if office and office != where.vault().server_public.hex():
            raise _foreign(where.secrets)
        return
    # keys alone are left where a first start was interrupted, but only after the tables were made
    if kept.any_log(where) or (where.used and (_missing(engine) or _schema(engine) == "empty")):
        raise WrongInput(
            "the keys and checkpoints of an office are here, and the database does not hold it",
            place="{folder}",
            mend="if the office is in PostgreSQL, set ELECTION_DATABASE_URL; else restore it with `election restore`",
            folder=str(where.path.absolute()),
        )
    if not new:
        raise WrongInput(
            "no office was opened here",
            place="{folder}",
            mend="begin a new one with `election office open`; for one that exists set ELECTION_HOME to its folder and ELECTION_DATABASE_URL to its database, or restore its backup",
            folder=str(where.path.absolute()),
        )


def _missing(engine: Engine) -> bool:
    """Whether connecting would make the file."""
    return engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists()


def _foreign(place: Path) -> WrongInput:
    return WrongInput(
        "these are not the keys of this database",
        place="{folder}",
        mend="restore them from a backup with `election restore --replace`, or do the interrupted restore again",
        folder=str(place.absolute()),
    )


#: in the database, what tells the field key and the index key again: a value sealed with one, an index made with the other
KNOWN = "keys_known"
_HEX = re.compile(r"([0-9a-f]{2})+")


def known(vault: Vault) -> Setting:
    """What an office that begins leaves of its keys, so that others are noticed."""
    return Setting(key=KNOWN, value=f"{vault.index(KNOWN)} {vault.seal(b'', KNOWN).hex()}")


def _demand_fields(store: Store) -> None:
    """Hold the field key and the index key against what was left of them; in an older home, the field key against a name.

    Raises WrongInput where one of them is not the database's.
    """
    with told(), store.engine.connect() as connection:  # as its owner: an older schema lets the program's role less
        reach.see_all(connection)
        row = connection.execute(select(Setting).where(Setting.key == KNOWN)).first()
        name = connection.execute(select(AccountRow.id, AccountRow.name)).first() if row is None else None
    sealed, belongs = (bytes(name.name), f"account:{name.id}") if name is not None else (b"", "")
    if row is not None:
        written, _, text = str(row.value).partition(" ")
        sealed, belongs = bytes.fromhex(text) if _HEX.fullmatch(text) else b"?", KNOWN
        if written != store.vault.index(KNOWN):
            raise _foreign(store.home.secrets / "index.key")
    try:
        if sealed:
            store.vault.open(sealed, belongs)
    except WrongInput:
        raise _foreign(store.home.secrets / "field.key") from None


def _key_of_office(engine: Engine) -> str | None:
    """The server's public key as the office's first entry says it, "" where it cannot be read; None without an office."""
    if _missing(engine):
        return None
    with opening(engine), engine.connect() as connection:
        if not inspect(connection).has_table("entry"):
            return None
        reach.see_all(connection)
        first = select(EntryRow.data).join(Log, Log.id == EntryRow.log).where(Log.kind == "office", EntryRow.seq == 0)
        data = connection.scalar(first)
    if data is None:
        return None
    try:
        return str(Entry.from_bytes(bytes(data)).payload["server_key"])
    except (ValueError, KeyError):
        return ""


def _demand_schema(where: Home, engine: Engine, *, migrate: bool, older: bool) -> None:
    where.made()
    state = _schema(engine)
    place = "ELECTION_DATABASE_URL" if "ELECTION_DATABASE_URL" in os.environ else str(where.path)
    if state == "newer":
        raise WrongInput(
            "the database was written by a newer program", place="{at}", mend="install the newer program", at=place
        )
    if state == "older" and older:
        return
    if state == "older" and not migrate:
        raise WrongInput(
            "the database has the schema of an older program",
            place="{at}",
            mend="back it up, then run `election migrate`",
            at=place,
        )
    if state != "current":
        _migrate(engine)


__all__ = ["Base", "Store", "changing_tables", "known", "make_engine", "open_existing", "open_store", "opening"]
