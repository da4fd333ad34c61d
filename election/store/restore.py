"""A backup put in the place of a home's database: checked whole first, and then all of it or nothing."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from election.faults import WrongInput
from election.record.keys import fingerprint, fingerprint_text, public
from election.store import backup, kept
from election.store.backup import Damaged, Loaded
from election.store.checked import chain
from election.store.database import changing_tables, make_engine, opening
from election.store.home import Home
from election.store.kept import Behind, Head, Said
from election.store.reach import see_all
from election.store.tables import CheckpointRow, Log
from election.store.trouble import kind_of, told

#: how long those are waited for who are just leaving a server's database
PATIENCE_S = 5


class Older(Exception):
    """The backup lacks what was acknowledged; nothing was changed."""

    def __init__(self, behind: list[Behind]) -> None:
        self.behind = behind
        self.lost = kept.lost(behind)
        super().__init__(str(self.lost))


@dataclass(frozen=True)
class Restored:
    loaded: Loaded
    trust: str
    logs: int
    entries: int
    #: of the logs that lack nothing, with their last signed checkpoints
    heads: dict[str, Head]
    notes: dict[str, str]
    #: what was acknowledged and is not in it; empty unless it was asked for knowingly
    behind: list[Behind]
    #: what of it was said elsewhere
    asked: list[Said]


def restore(
    home: Home,
    stream: Iterable[bytes],
    now: datetime,
    *,
    trust: str = "",
    checkpoints: Iterable[str] = (),
    replace: bool = False,
    older: bool = False,
) -> Restored:
    """Fill the home's database and secrets from the lines of a backup.

    ``trust`` is the fingerprint (64 hex digits) that the server's key must have, ``checkpoints`` are texts (signed
    checkpoints, or what a paper prints) that the record must hold, beside those kept in the home. ``replace`` puts what
    was there aside, ``older`` takes a backup that is behind. Raises Older, backup.Damaged, WrongInput, Unavailable, or
    what ``stream`` raises; the home is then as it was.
    """
    home.made()
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    place = _InPlace(home, stamp, replace) if home.database_url.startswith("sqlite") else _OnServer(home, replace)
    with told(), place.filling() as connection:
        loaded = backup.load(connection, stream)
        restored = _checked(home, connection, loaded, trust, list(checkpoints), older=older)
        beside = _write_secrets(home, loaded.secrets)
        kept.untyped(home)
        for said in restored.asked:
            kept.ask(home, said)
    _place_secrets(home, beside, stamp)
    kept.remember(home, restored.heads, restored.notes)
    return restored


class _InPlace:
    """The embedded database: filled in a file beside, which then takes the place of the old one."""

    def __init__(self, home: Home, stamp: str, replace: bool) -> None:
        self.file = Path(make_engine(home.database_url).url.database or "")
        self.beside = self.file.with_name(f"{self.file.name}.restoring")
        self.aside = self.file.with_name(f"{self.file.name}.before-{stamp}")
        self.replace = replace

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        if self.file.exists():
            self._let_go()
        self._forget()
        engine = make_engine(f"sqlite:///{self.beside}")
        try:
            with changing_tables(engine) as connection:  # an older backup is brought forward after its rows are in
                yield connection
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except BaseException:
            engine.dispose()
            self._forget()
            raise
        engine.dispose()
        # what a damaged or hand-moved database left beside it would be taken for the new one's: it goes first
        for end in ("-wal", "-shm", "-journal", ""):
            if Path(f"{self.file}{end}").exists():
                Path(f"{self.file}{end}").replace(f"{self.aside}{end}")
        self.beside.replace(self.file)
        kept.sync_folder(self.file.parent)

    def _let_go(self) -> None:
        """The old database as one file that nobody else has open: its log is folded in, which others would hinder.

        A damaged one is put aside as it is.
        """
        engine = make_engine(f"sqlite:///{self.file}")
        try:
            with engine.connect() as connection:
                _demand_empty(connection, replace=self.replace, place=str(self.file))
            with engine.connect() as connection:
                connection.connection.execute("PRAGMA busy_timeout=500")
                connection.connection.execute("PRAGMA journal_mode=DELETE")
        except (DBAPIError, sqlite3.Error) as error:
            kind = kind_of(error)
            if kind == "busy":
                raise WrongInput(
                    "the database is in use", place="{file}", mend="stop `election serve` first", file=self.file
                ) from None
            if kind != "damaged":
                raise
            if not self.replace:
                raise WrongInput(
                    "the database is damaged",
                    place="{file}",
                    mend="add --replace, which puts it aside",
                    file=self.file,
                ) from None
        finally:
            engine.dispose()

    def _forget(self) -> None:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{self.beside}{end}").unlink(missing_ok=True)


class _OnServer:
    """A database server: what was there goes and what comes is filled in, in one transaction."""

    def __init__(self, home: Home, replace: bool) -> None:
        self.home, self.replace = home, replace

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        engine = make_engine(self.home.database_url)
        try:
            with opening(engine), engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                see_all(connection)
                _demand_empty(connection, replace=self.replace, place="ELECTION_DATABASE_URL")
                if self.replace:
                    _demand_alone(connection)
                backup.drop_all(connection)
                yield connection
        finally:
            engine.dispose()


def _demand_empty(connection: Connection, *, replace: bool, place: str) -> None:
    if not replace and backup.holds_record(connection):
        raise WrongInput(
            "there is a database already",
            place="{at}",
            mend="use an empty home, or --replace, which puts it aside"
            if connection.dialect.name == "sqlite"
            else "use an empty database, or --replace, which deletes what is in it: make a backup of it first",
            at=place,
        )


def _demand_alone(connection: Connection) -> None:
    """Raises WrongInput while others are connected to the database; those who just left are waited for."""
    until = time.monotonic() + PATIENCE_S
    while others := connection.exec_driver_sql(_OTHERS).scalar():
        if time.monotonic() > until:
            raise WrongInput(
                "{count} others are connected to the database",
                place="ELECTION_DATABASE_URL",
                mend="stop `election serve` and whatever else uses it first",
                count=others,
            )
        time.sleep(0.2)
        connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")


#: of this database; what the server itself runs there has no user
_OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"""


def _checked(
    home: Home, connection: Connection, loaded: Loaded, trust: str, checkpoints: list[str], *, older: bool
) -> Restored:
    """The key, every log's chain and last checkpoint, and what must be in it."""
    server = public(bytes.fromhex(loaded.secrets["server.key"].strip()))
    if trust and fingerprint(server) != trust:
        raise WrongInput(
            "the backup is of another server, {fingerprint}",
            place="--trust",
            mend="compare the fingerprint on the signed papers",
            fingerprint=fingerprint_text(server),
        )
    with Session(connection) as session:
        logs, signed = session.scalars(select(Log)).all(), dict[str, str]()
        for log in logs:
            last = select(CheckpointRow.note).where(CheckpointRow.log == log.id).order_by(CheckpointRow.size.desc())
            if text := session.scalars(last).first():
                signed[log.id] = text
            if chain(session, log)[-1] is not None or (text and kept.lacking(session, kept.read(text, server))):
                raise Damaged(f"the record {log.id} does not hold")
        if not any(log.kind == "office" and log.size for log in logs):
            raise Damaged("no office is in it")
        asked = {said: kept.lacking(session, said) for said in (kept.read(text, server) for text in checkpoints)}
        found = list(dict.fromkeys([*kept.behind(home, session, typed=False), *filter(None, asked.values())]))
        if found and not older:
            raise Older(found)
        lacking = {lost.log for lost in found}
        heads = {log.id: (log.size, log.head) for log in logs if log.size and log.id not in lacking}
        notes = {name: signed[name] for name in heads if name in signed}
        lost = [said for said, behind in asked.items() if behind is not None]
        entries = sum(log.size for log in logs)
        return Restored(loaded, fingerprint_text(server), len(logs), entries, heads, notes, found, lost)


def _write_secrets(home: Home, secrets: dict[str, str]) -> Path:
    """The keys in a folder beside, on the disk before the database is."""
    beside = home.path / "secrets.restoring"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    for name, text in secrets.items():
        kept.replace_file(beside / name, text.encode())
    return beside


def _place_secrets(home: Home, beside: Path, stamp: str) -> None:
    """Right after the database. A power cut in between leaves the old keys: the restore is then done again."""
    if home.secrets.exists():
        same = all(
            (home.secrets / f.name).exists() and (home.secrets / f.name).read_text() == f.read_text()
            for f in beside.iterdir()
        )
        if same:
            shutil.rmtree(beside)
            return
        home.secrets.rename(home.path / f"secrets.before-{stamp}")
    beside.rename(home.secrets)
    kept.sync_folder(home.path)
