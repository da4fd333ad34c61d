"""``election serve`` and ``migrate``: one line when it cannot, an address when it can."""

from __future__ import annotations

import json
import os
import re
import socket
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest
from sqlalchemy import delete

from election.acts import accounts
from election.acts.perform import Refused
from election.cli import main
from election.commands.serve import addresses, own_addresses, together
from election.process.base import Role
from election.process.machine import SERVER
from election.store.database import open_store
from election.store.home import Home
from election.store.tables import Setting
from election.store.volatile import Volatile
from election.store.worlds import entries, world_of

from .serving import serving

NOW = datetime(2010, 12, 4, 1, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an office that was opened."""
    store = open_store(Home(tmp_path))
    accounts.open_office(store, name="test-office", demonstration=False, now=datetime.now(UTC))
    store.close()
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("command", [("serve", "--port", "1"), ("audit", "verify")])
@pytest.mark.parametrize("there", ["nothing", "a database without an office"])
def test_without_an_office_none_is_made(
    there: str,
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A home that was misspelt: one line that says how an office is opened, and nothing new on the disk."""
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path / "misspelt"))
    if there != "nothing":
        open_store(Home(tmp_path / "misspelt")).close()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SystemExit) as stop:
        main(list(command))
    assert stop.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert "election office open" in said.err
    assert "misspelt" in said.err
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before] == []


def _started(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said at the start, as far as the port, which is taken."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with pytest.raises(SystemExit):
            main(["serve", "--port", str(busy.getsockname()[1])])
    return capsys.readouterr().err


def test_a_lost_copy_of_the_checkpoints_is_said_at_the_start_and_by_the_audit(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "warning" not in _started(home, capsys)
    for file in (home / "checkpoints").iterdir():
        file.write_text("torn")
    assert "copy of the checkpoints outside the database is lost" in _started(home, capsys)
    with pytest.raises(SystemExit) as stop:
        main(["audit", "verify", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert (stop.value.code, answer["ok"], len(answer["warnings"])) == (0, True, 1)


def test_files_that_others_could_read_are_their_owners_alone_at_the_start(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ours() -> list[Path]:
        return [
            home / "election.db",
            home / "secrets",
            *(home / "secrets").iterdir(),
            *(home / "checkpoints").iterdir(),
        ]

    for path in ours():
        path.chmod(0o755)
    assert "warning" not in _started(home, capsys)
    assert [path for path in ours() if path.stat().st_mode & 0o077] == []
    (home / "secrets" / "field.key").chmod(0o644)
    monkeypatch.setattr(Path, "chmod", Mock(side_effect=PermissionError))
    said = _started(home, capsys)
    assert "field.key" in said
    assert "chmod" in said


@pytest.mark.parametrize("name", ["field.key", "index.key"])
@pytest.mark.parametrize("older", [False, True])
def test_a_foreign_key_beside_the_right_server_key_is_noticed(
    name: str, older: bool, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(Home(home))
    accounts.create_account(store, SERVER, login="admin", name="甲", role=Role.ADMINISTRATOR, scope="", now=NOW)
    if older:  # nothing was left of its keys: the index key is taken as it is, the field key opens a name
        with store.write() as session:
            session.execute(delete(Setting))
    store.close()
    (home / "secrets" / name).write_text("ab" * 32 + "\n")
    if older and name == "index.key":
        open_store(Home(home)).close()
        return
    said = _started(home, capsys)
    assert name in said
    assert "election restore" in said
    assert len(said.strip().splitlines()) == 1


def test_a_port_in_use_is_said_in_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with pytest.raises(SystemExit) as stop:
            main(["serve", "--port", str(busy.getsockname()[1])])
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_host_that_is_none_is_said_in_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["serve", "--host", "256.256.256.256.invalid"])
    assert stop.value.code == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert said[0].startswith("election: --host:")


def test_an_address_of_another_machine_is_no_busy_port(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["serve", "--host", "203.0.113.7"])  # of the documents: nobody's
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("election: --host:")


def test_the_addresses_that_are_printed_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Served on every address, it is told under which of this machine's; never as 0.0.0.0, which no telephone opens."""
    assert addresses("127.0.0.1", 5000) == ["http://127.0.0.1:5000"]
    assert addresses("::1", 5000) == ["http://[::1]:5000"]
    own = own_addresses()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+\.\d+", each) and not each.startswith("127.") for each in own)
    assert addresses("0.0.0.0", 5000) == [*(f"http://{each}:5000" for each in own), "http://127.0.0.1:5000"]
    monkeypatch.delattr(socket, "if_nameindex")  # a system that does not tell
    assert own_addresses() == []
    assert addresses("::", 5000) == ["http://127.0.0.1:5000"]


@pytest.mark.parametrize("person", ["姓名", " 姓名 ", "管理员姓名", ""])
def test_the_first_administrator_is_somebody(
    person: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line of the document, copied as it stands, opens no office."""
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as stop:
        main(["office", "open", "--name", "liuyin.office", "--person", person])
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("election: --person:")
    assert list(tmp_path.iterdir()) == []


def test_an_office_that_is_opened_says_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as stop:
        main(["office", "open", "--name", "liuyin.office", "--person", "王建国"])
    assert not stop.value.code
    said = capsys.readouterr().out
    for words in ("签发印鉴码", "七天之内", "/password", "第二、第三名系统管理员"):
        assert words in said


def test_the_only_administrator_gets_a_new_code_on_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who forgot the password of the only administrator's account; before anybody vouched, the new key counts at once."""
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        return stop.value.code, *capsys.readouterr()

    _, out, _ = run("office", "open", "--name", "liuyin.office", "--person", "王建国")
    first = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", out)
    assert run("office", "code", "--login", "nobody", "--reason", "忘了密码")[0] == 2
    code, out, _ = run("office", "code", "--login", "Admin", "--reason", "忘了密码")
    again = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", out)
    assert run("office", "pass", "--login", "nobody")[0] == 2
    printed, out, _ = run("office", "pass")
    assert (printed, bool(re.fullmatch(r"(\d{4} ){4}\d{4}\n", out))) == (0, True)
    assert (code, bool(first), bool(again)) == (0, True, True)
    assert first is not None
    assert again is not None
    store = open_store(Home(tmp_path))
    now = datetime.now(UTC)
    with pytest.raises(Refused):
        accounts.set_password(store, login="admin", code=first[0], password="一个-只有-我知道-的词", now=now)
    made = accounts.set_password(store, login="admin", code=again[0], password="一个-只有-我知道-的词", now=now)
    with store.read() as session:
        office = world_of(store, session).office
        last = entries(session, office.id)[-2]
    assert office.vouched(made.id)
    assert (last.act, last.actor["account"]) == ("office.key_revoke", "server")
    store.close()


def test_migrate_makes_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that was misspelt during an update is not called up to date."""
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path / "misspelt"))
    with pytest.raises(SystemExit) as stop:
        main(["migrate"])
    assert stop.value.code == 2
    assert not (tmp_path / "misspelt").exists()


def test_it_serves_and_stops(home: Path) -> None:
    """A real process: it says its address, answers there, and ends well when it is told to."""
    with serving(home) as address:
        # the address is listened on already; the answer waits until the worker is up
        with urllib.request.urlopen(f"{address}/healthz", timeout=60) as answer:
            assert answer.read() == b"ok"
        with urllib.request.urlopen(f"{address}/login", timeout=60) as page:
            assert page.status == 200


def test_more_than_one_worker_needs_memory_that_they_share(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    with pytest.raises(SystemExit) as stop:
        main(["serve", "--workers", "2", "--port", "1"])
    assert stop.value.code == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "--workers" in said[0]


def test_processes_that_share_no_memory_say_so_instead_of_showing_two_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, told = Volatile(), []
    served = together(lambda environ, start: [b"page"], memory)

    def start(status: str, headers: object) -> None:
        told.append(status)

    assert served({"wsgi.multiprocess": False}, start) == [b"page"]
    (said,) = served({"wsgi.multiprocess": True}, start)
    assert "election serve --workers" in said.decode()
    assert told == ["503 Service Unavailable"]
    monkeypatch.setattr(os, "getpid", lambda: -1)  # as in a worker that was forked after it was made
    assert served({"wsgi.multiprocess": True}, start) == [b"page"]
