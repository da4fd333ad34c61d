"""``election serve`` and ``migrate``: one line when it cannot, an address when it can."""

from __future__ import annotations

import os
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from election.cli import main
from election.commands.serve import together
from election.store.volatile import Volatile

from .serving import serving


def test_a_port_in_use_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with pytest.raises(SystemExit) as stop:
            main(["serve", "--port", str(busy.getsockname()[1])])
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_host_that_is_none_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as stop:
        main(["serve", "--host", "256.256.256.256.invalid"])
    assert stop.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_migrate_makes_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    for _ in range(2):
        with pytest.raises(SystemExit) as stop:
            main(["migrate"])
        assert stop.value.code == 0
    assert (tmp_path / "election.db").exists()


def test_it_serves_and_stops(tmp_path: Path) -> None:
    """A real process: it says its address, answers there, and ends well when it is told to."""
    with serving(tmp_path) as address:
        # the address is listened on already; the answer waits until the worker is up
        with pytest.raises(urllib.error.HTTPError) as answer:  # no office yet
            urllib.request.urlopen(f"{address}/healthz", timeout=60)
        assert answer.value.code == 503
        with answer.value:
            assert answer.value.read() == b"not ready"
        with urllib.request.urlopen(f"{address}/login", timeout=60) as page:
            assert page.status == 200


def test_more_than_one_worker_needs_memory_that_they_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
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
