"""A backup put in the place of a home's database: checked whole first, and then all of it or nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from election.faults import WrongInput
from election.record.keys import fingerprint, fingerprint_text, public
from election.store import backup, kept
from election.store.backup import Damaged, Loaded
from election.store.checked import chain
from election.store.database import make_engine
from election.store.home import Home
from election.store.kept import Behind, Head
from election.store.reach import see_all
from election.store.tables import CheckpointRow, Log
from election.store.trouble import told


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
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    place = _InPlace(home, stamp, replace) if home.database_url.startswith("sqlite") else _OnServer(home, replace)
    with told(), place.filling() as connection:
        loaded = backup.load(connection, stream)
        restored = _checked(home, connection, loaded, trust, list(checkpoints), older=older)
        beside = _write_secrets(home, loaded.secrets)
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
            with engine.connect() as connection:
                yield connection
                connection.commit()
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except BaseException:
            engine.dispose()
            self._forget()
            raise
        engine.dispose()
        if self.file.exists():
            self.file.replace(self.aside)
        self.beside.replace(self.file)
        kept.sync_folder(self.file.parent)

    def _let_go(self) -> None:
        """The old database as one file that nobody else has open: its log is folded in, which others would hinder."""
        engine = make_engine(f"sqlite:///{self.file}")
        try:
            with engine.connect() as connection:
                _demand_empty(connection, replace=self.replace, place=str(self.file))
            with engine.connect() as connection:
                connection.connection.execute("PRAGMA busy_timeout=500")
                connection.connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise WrongInput(
                "the database is in use", place="{file}", mend="stop `election serve` first", file=self.file
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
            with engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                see_all(connection)
                _demand_empty(connection, replace=self.replace, place="ELECTION_DATABASE_URL")
                backup.drop_all(connection)
                yield connection
        finally:
            engine.dispose()


def _demand_empty(connection: Connection, *, replace: bool, place: str) -> None:
    if not replace and backup.holds_record(connection):
        raise WrongInput(
            "there is a database already",
            place="{at}",
            mend="use an empty home, or --replace, which puts it aside",
            at=place,
        )


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
            if chain(session, log)[-1] is not None or (text and kept.unmet(session, text, server)):
                raise Damaged(f"the record {log.id} does not hold")
        asked = [kept.unmet(session, text, server) for text in checkpoints]
        found = [*kept.behind(home, session), *(lost for lost in asked if lost is not None)]
        if found and not older:
            raise Older(found)
        lacking = {lost.log for lost in found}
        heads = {log.id: (log.size, log.head) for log in logs if log.size and log.id not in lacking}
        notes = {name: signed[name] for name in heads if name in signed}
        return Restored(loaded, fingerprint_text(server), len(logs), sum(log.size for log in logs), heads, notes, found)


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
