"""A full disk, a disk that can only be read, a server that is gone: a clear page, nothing lost, and on it goes afterwards."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from election.acts import accounts, auditing
from election.faults import Unavailable
from election.process.base import Actor, Role
from election.process.machine import SERVER
from election.store import accounts as stored
from election.store import sessions
from election.store.database import Store, make_engine
from election.store.home import Home
from election.web import create_app

NOW = datetime(2010, 11, 2, 2, tzinfo=UTC)
PASSWORD = "管理员的密码2010"


class Office:
    """An office with its administrator at a browser."""

    def __init__(self, store: Store) -> None:
        self.store = store
        accounts.open_office(store, name="test-office", demonstration=True, now=NOW)
        self.admin = self._made("admin")
        app = create_app(store, clock=lambda: NOW, testing=True)
        app.config["WTF_CSRF_ENABLED"] = False
        self.browser: FlaskClient = app.test_client()
        self.stranger: FlaskClient = app.test_client()
        self.browser.set_cookie("sid", sessions.open_session(store, stored.get(store, self.admin.account), NOW))

    def _made(self, login: str) -> Actor:
        made, _ = accounts.create_account(
            self.store, SERVER, login=login, name="某人", role=Role.ADMINISTRATOR, scope="", now=NOW, password=PASSWORD
        )
        return made.actor

    def signs_in(self) -> tuple[int, str]:
        """What somebody is answered who signs in: a session must be written."""
        answer = self.stranger.post("/login", data={"login": "admin", "password": PASSWORD})
        return answer.status_code, answer.get_data(as_text=True)

    @property
    def health(self) -> tuple[int, str]:
        answer = self.browser.get("/healthz")
        return answer.status_code, answer.get_data(as_text=True)

    def works_again(self, entries: int) -> None:
        assert self.health == (200, "ok")
        assert self.signs_in()[0] == 302
        self._made("second")
        found, wrong = auditing.audit(self.store)
        assert (found, wrong) == (entries + 1, [])


def is_told(office: Office, status: int, words: str, kind: str) -> None:
    """Nothing is written, the page says why and what to do, pages can be read, and the machine's address tells."""
    before = auditing.audit(office.store)
    with pytest.raises(Unavailable) as found:
        office._made("never")
    assert found.value.kind == kind
    code, page = office.signs_in()
    assert code == status
    assert words in page
    assert "Traceback" not in page
    assert office.stranger.get("/").status_code == 200
    assert office.health == (503, f"not ready: {kind}")
    assert auditing.audit(office.store) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for little."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk of a few megabytes; the limit on files stands in for it")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def on_disk(small_disk: Path) -> Iterator[Store]:
    home = Home(small_disk / "home")
    store = Store(home, home.vault(), make_engine(f"sqlite:///{home.path / 'election.db'}"))
    store.migrate()
    yield store
    store.close()


def test_a_full_disk(on_disk: Store, small_disk: Path) -> None:
    office = Office(on_disk)
    entries = auditing.audit(on_disk)[0]
    with (small_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    is_told(office, 507, "磁盘已满", "full")
    (small_disk / "filler").unlink()
    office.works_again(entries)


def test_a_disk_that_can_only_be_read(on_disk: Store, small_disk: Path) -> None:
    office = Office(on_disk)
    before = auditing.audit(on_disk)
    on_disk.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        with pytest.raises(Unavailable):
            office._made("never")
        code, page = office.signs_in()
        assert code == 503
        assert "已经办过的都还在" in page
        assert "Traceback" not in page
        assert office.health[0] == 503
    finally:
        on_disk.close()
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert auditing.audit(on_disk) == before
    office.works_again(before[0])


def test_no_file_may_grow(store: Store) -> None:
    """The same without a mount: a limit on the size of files, as a quota is one."""
    office = Office(store)
    entries = auditing.audit(store)[0]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(f.stat().st_size for f in store.home.path.glob("election.db*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(largest, 65536), hard))
    try:
        is_told(office, 507, "磁盘已满", "full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    office.works_again(entries)


@pytest.mark.postgresql
def test_a_server_that_only_reads(on_server: Store) -> None:
    """A standby, or an administrator who has set it so."""
    office = Office(on_server)
    entries = auditing.audit(on_server)[0]

    def only_reads(yes: str) -> None:
        with on_server.engine.connect() as connection:
            connection.execute(text("SET TRANSACTION READ WRITE"))
            name = connection.scalar(text("SELECT current_database()"))
            connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {yes}'))
            connection.commit()
        on_server.close()  # connections made from now on have it

    only_reads("on")
    try:
        is_told(office, 503, "只能读", "read-only")
    finally:
        only_reads("off")
    office.works_again(entries)


@pytest.mark.postgresql
def test_a_server_that_is_gone_and_comes_back(on_server: Store) -> None:
    """Connections cut from the other side: the next one asks is answered by a new connection, or told."""
    office = Office(on_server)
    entries = auditing.audit(on_server)[0]
    with on_server.engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(others))
    gone = Store(on_server.home, on_server.vault, make_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing"))
    app = create_app(gone, clock=lambda: NOW, testing=True)
    answer = app.test_client().get("/login")
    assert answer.status_code == 503
    assert "连接不上" in answer.get_data(as_text=True)
    assert app.test_client().get("/healthz").get_data(as_text=True) == "not ready: away"
    gone.close()
    office.works_again(entries)
