"""What a technician meets on the day it matters: a home without its database, a damaged file, a wrong address, a backup
that is older than what witnesses and papers say. Each is one line that says what to do, and nothing is made by the way."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, inspect, text

from election.acts import auditing
from election.acts.papers.sources import Stored
from election.cli import main
from election.faults import WrongInput
from election.record.age import Identity
from election.store import backup, database, kept
from election.store import restore as restoring
from election.store.append import checkpoint
from election.store.database import Store, make_engine, open_store
from election.store.home import Home
from election.store.restore import Older, restore
from election.store.tables import Log
from election.store.worlds import entries, office_log
from tests.engines import told_to_children

from .test_backup import NOW, PASSWORD, Office

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command: its exit code and what it says."""
    monkeypatch.setattr("click.prompt", lambda *_, **__: PASSWORD)

    def run(*order: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(list(order))
        out, err = capsys.readouterr()
        return int(str(stop.value.code)), out, err

    return run


@pytest.fixture
def age(tmp_path: Path) -> Identity:
    key = Identity.generate()
    (tmp_path / "key").write_text(str(key))
    return key


def stream(store: Store) -> list[bytes]:
    return [line.rstrip(b"\n") for line in backup.lines(store, NOW)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def every_command(tmp_path: Path, key: Identity) -> list[list[str]]:
    return [
        ["backup", "--out", str(tmp_path / "made"), "--recipient", key.recipient],
        ["migrate"],
        ["audit", "verify"],
        ["serve", "--port", "5998"],
        ["office", "continue", "--reason", "硬盘损坏"],
    ]


# --- the office is not in the database -------------------------------------------------------------------------------


@pytest.mark.parametrize("there", ["checkpoints and keys", "keys"])
def test_where_the_office_is_in_another_database_none_is_made(
    there: str, store: Store, tmp_path: Path, age: Identity, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """The nightly backup without the address of the database, the second `office open` on a new address."""
    Office(store)
    store.close()
    (store.home.path / "election.db").unlink(missing_ok=True)
    if there == "keys":
        shutil.rmtree(store.home.path / "checkpoints")
    before = files(store.home.path)
    monkeypatch.setenv("ELECTION_HOME", str(store.home.path))
    for order in (
        *every_command(tmp_path, age),
        ["office", "open", "--name", "x.y", "--person", "王"],
        ["demo", "--port", "5998"],
    ):
        code, out, err = run(*order)
        assert (code, out, len(err.splitlines())) == (2, "", 1), order
        assert "set ELECTION_DATABASE_URL" in err
        assert "election restore" in err
    assert files(store.home.path) == before
    assert not (tmp_path / "made").exists()


@pytest.mark.postgresql
def test_an_empty_database_on_a_server_stays_empty(
    store: Store, second_postgresql: str, tmp_path: Path, age: Identity, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    Office(store)
    store.close()
    monkeypatch.setenv("ELECTION_HOME", str(store.home.path))
    monkeypatch.setenv("ELECTION_DATABASE_URL", second_postgresql)
    engine = make_engine(second_postgresql)
    with engine.begin() as connection:
        backup.drop_all(connection)
    for order in (*every_command(tmp_path, age), ["office", "open", "--name", "x.y", "--person", "王"]):
        code, out, err = run(*order)
        assert (code, out, len(err.splitlines())) == (2, "", 1), order
        assert "does not hold it" in err
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_first_start_that_was_interrupted_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Tables and keys are there and no office; or an office, whose first account was refused."""
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    open_store(Home(tmp_path)).close()
    for wrong in (["--person", "王", "--login", "x y"], ["--person", " "]):
        code, out, err = run("office", "open", "--name", "x.y", *wrong)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert run("office", "open", "--name", "x.y", "--person", "王")[0] == 0
    code, _, err = run("office", "open", "--name", "x.y", "--person", "王")
    assert (code, "open already" in err) == (2, True)


def test_a_database_that_is_behind_is_not_backed_up(
    each_store: Store, tmp_path: Path, age: Identity, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    office = Office(each_store)
    told_to_children(each_store, monkeypatch)
    order = every_command(tmp_path, age)[0]
    assert run(*order)[0] == 0
    (tmp_path / "made").unlink()
    (each_store.home.path / "checkpoints" / f"{office.campaign}.head").write_text(f"{9:012d} {'ab' * 32}\n")
    code, out, err = run(*order)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "had 9 entries and has 1" in err
    assert "set ELECTION_DATABASE_URL" in err
    assert list(tmp_path.glob("made*")) == []


def test_a_backup_of_no_office_is_not_restored(each_store: Store, tmp_path: Path) -> None:
    target = Home(tmp_path / "target")
    with pytest.raises(backup.Damaged, match="no office is in it"):
        restore(target, stream(each_store), NOW)
    assert list(target.path.iterdir()) == []


# --- the file is damaged ---------------------------------------------------------------------------------------------


def _overwritten(whole: bytes) -> bytes:
    middle = len(whole) // 2 // 4096 * 4096
    return whole[:4096] + b"\xff" * (middle - 4096) + whole[middle:]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "random": lambda whole: os.urandom(len(whole)),
    "cut": lambda whole: whole[: len(whole) // 3],
    "cut within a page": lambda whole: whole[: len(whole) // 2 + 77],
    "half overwritten": _overwritten,
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_put_aside_by_a_restore(
    kind: str, on_file: Store, tmp_path: Path, age: Identity, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    Office(on_file)
    lines = stream(on_file)
    on_file.close()
    file = on_file.home.path / "election.db"
    broken = DAMAGE[kind](file.read_bytes())
    file.write_bytes(broken)
    monkeypatch.setenv("ELECTION_HOME", str(on_file.home.path))
    for order in every_command(tmp_path, age):
        code, out, err = run(*order)
        assert (code, out, len(err.splitlines())) == (2, "", 1), order
        assert "election restore" in err
    assert restore(on_file.home, lines, NOW, replace=True).behind == []
    (aside,) = on_file.home.path.glob("election.db.before-*Z")
    assert len(aside.read_bytes()) >= len(broken)
    again = open_store(on_file.home)
    assert auditing.audit(again)[1] == []
    again.close()


def test_a_damaged_file_is_not_put_aside_unasked(on_file: Store) -> None:
    Office(on_file)
    lines = stream(on_file)
    on_file.close()
    file = on_file.home.path / "election.db"
    file.write_bytes(DAMAGE["random"](file.read_bytes()))
    before = files(on_file.home.path)
    with pytest.raises(WrongInput, match="add --replace"):
        restore(on_file.home, lines, NOW)
    assert files(on_file.home.path) == before


def test_what_a_file_that_was_moved_by_hand_left_beside_it_is_put_aside_too(on_file: Store) -> None:
    """The log of writes of another database would be taken for the new one's."""
    office = Office(on_file)
    lines = stream(on_file)
    on_file.close()
    file = on_file.home.path / "election.db"
    with closing(sqlite3.connect(file)) as held:  # who closes last folds the log in
        held.execute("SELECT count(*) FROM entry").fetchone()
        office.train()
        on_file.close()
        left = Path(f"{file}-wal").read_bytes()
    assert left
    file.unlink()
    Path(f"{file}-wal").write_bytes(left)
    shutil.rmtree(on_file.home.path / "checkpoints")
    restore(on_file.home, lines, NOW)
    assert [path.read_bytes() for path in on_file.home.path.glob("election.db.before-*-wal")] == [left]
    assert not Path(f"{file}-wal").exists()
    again = open_store(on_file.home)
    assert auditing.audit(again)[1] == []
    again.close()


# --- the address, the rights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("garbage", "not the address of a database"),
        ("postgres://x@127.0.0.1/y", "not the address of a database"),
        ("mysql://x@127.0.0.1/y", "not the address of a database"),
        ("postgresql+psycopg://x@127.0.0.1:port/y", "not the address of a database"),
        ("postgresql+psycopg://x@127.0.0.1:1/y", "Connection refused"),
        ("sqlite:////nothing/there/x.db", "no office was opened here"),
    ],
)
def test_a_wrong_address_is_one_line(
    url: str, said: str, tmp_path: Path, age: Identity, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ELECTION_DATABASE_URL", url)
    for order in every_command(tmp_path, age):
        code, out, err = run(*order)
        assert (code, out, len(err.splitlines())) == (2, "", 1), order
        assert said in err
        assert "ELECTION_DATABASE_URL" in err


@pytest.mark.postgresql
def test_the_server_s_own_last_words_are_said(
    postgresql: str, tmp_path: Path, age: Identity, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ELECTION_DATABASE_URL", postgresql.rsplit("/", 1)[0] + "/no_such_database")
    for order in (every_command(tmp_path, age)[0], ["office", "open", "--name", "x.y", "--person", "王"]):
        assert '(FATAL: database "no_such_database" does not exist)' in run(*order)[2]
    assert not (tmp_path / "home").exists()


@pytest.mark.postgresql
def test_without_rights_on_the_schema_it_is_said_who_gives_them(
    plain_owner: tuple[URL, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    url, admin = plain_owner
    inside = create_engine(url.set(username=admin.engine.url.username, password=admin.engine.url.password))
    with inside.begin() as connection:
        connection.execute(text("ALTER SCHEMA public OWNER TO CURRENT_USER"))
        connection.execute(text("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
    inside.dispose()
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ELECTION_DATABASE_URL", url.render_as_string(hide_password=False))
    code, out, err = run("office", "open", "--name", "x.y", "--person", "王")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "ALTER SCHEMA public OWNER TO" in err
    assert not (tmp_path / "home" / "secrets").exists(), "keys are made where tables are"


def test_what_may_not_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """The administrator's own account, in the home of another."""
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))

    def refuse(*_: object) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path / "election.db"))

    monkeypatch.setattr(database, "_missing", refuse)
    for order in (["audit", "verify"], ["serve", "--port", "5998"]):
        code, out, err = run(*order)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert "election.db: cannot be used (Permission denied)" in err
        assert "sudo -u election" in err


@pytest.mark.parametrize(("content", "said"), [(b"\x91\xff", "not a text"), (None, "cannot be read"), (b"x", "age1")])
def test_a_recipient_that_is_no_key(content: bytes | None, said: str, store: Store, tmp_path: Path, run: Run) -> None:
    if content is not None:
        (tmp_path / "public").write_bytes(content)
    code, out, err = run("backup", "--out", str(tmp_path / "made"), "--recipient", str(tmp_path / "public"))
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


# --- the backup is older than what others say ------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["a witness's checkpoint", "a paper"])
def test_what_a_restored_backup_knowingly_lacks_is_signed_before_anything_is_served(
    said: str, each_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """On a machine that has nothing of its own to compare with."""
    office, home = Office(each_store), Home(tmp_path / "new")
    lines = stream(each_store)
    office.train()
    with each_store.write(office.campaign) as session:
        note = checkpoint(each_store, session, session.get_one(Log, office.campaign), "test-office").note
    with each_store.read() as session:
        stamp = Stored(each_store, session).stamp(office.campaign)
    given = note if said != "a paper" else f"{stamp.size} {stamp.root}"
    newer = stream(each_store)
    with pytest.raises(Older):
        restore(home, lines, NOW, checkpoints=[given])
    assert list(home.path.iterdir()) == []
    lost = [(b.log, b.kept) for b in restore(home, lines, NOW, checkpoints=[given], older=True).behind]
    assert lost == [("" if said == "a paper" else office.campaign, 2)]

    monkeypatch.setenv("ELECTION_HOME", str(home.path))
    code, _, err = run("serve", "--port", "5998")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "office continue" in err
    assert run("audit", "verify")[0] == 1
    copy = Home(tmp_path / "copy")
    shutil.copytree(home.path, copy.path)
    assert run("office", "continue", "--reason", "硬盘损坏，没有更新的备份")[0] == 0
    assert run("audit", "verify")[0] == 0
    opened = open_store(home)
    with opened.read() as session:
        kept.demand(home, session)
        last = entries(session, str(office_log(session).id))[-1]  # type: ignore[union-attr]
    opened.close()
    assert last.act == "office.continue"
    assert [(one["log"], one["kept"]) for one in last.payload["lost"]] == lost

    assert restore(copy, newer, NOW, replace=True).behind == [], "a backup that holds it asks for no signature"
    monkeypatch.setenv("ELECTION_HOME", str(copy.path))
    assert run("audit", "verify")[0] == 0


def test_what_was_mistyped_from_a_paper_goes_with_the_next_restore(
    on_file: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    lines = stream(Office(on_file).store)
    other = Home(tmp_path / "new")
    restore(other, lines, NOW, checkpoints=[f"5 {'89ab ' * 16}"], older=True)
    monkeypatch.setenv("ELECTION_HOME", str(other.path))
    assert run("audit", "verify")[0] == 1
    assert restore(other, lines, NOW, replace=True).behind == []
    assert run("audit", "verify")[0] == 0


def test_a_paper_s_root_with_digits_missing_is_counted(store: Store, tmp_path: Path, age: Identity, run: Run) -> None:
    given = f"113 {'89ab ' * 15}"
    code, out, err = run("restore", str(tmp_path / "x"), "--identity", str(tmp_path / "key"), "--checkpoint", given)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "64 hex digits, and 60 are given" in err


# --- a server's database ---------------------------------------------------------------------------------------------


@pytest.mark.postgresql
def test_a_server_s_database_is_not_replaced_while_others_are_connected(
    on_server: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(on_server)
    lines = stream(on_server)
    monkeypatch.setenv("ELECTION_DATABASE_URL", on_server.engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr(restoring, "PATIENCE_S", 0.1)
    with on_server.read() as session:
        assert office_log(session) is not None
        with pytest.raises(WrongInput, match="1 others are connected"):
            restore(on_server.home, lines, NOW, replace=True)
    office.train()  # nothing was touched
    on_server.close()
    monkeypatch.undo()
    monkeypatch.setenv("ELECTION_DATABASE_URL", on_server.engine.url.render_as_string(hide_password=False))
    assert len(restore(on_server.home, lines, NOW, replace=True, older=True).behind) == 1
