"""``election serve`` and ``migrate``: one line when it cannot, an address when it can."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from election.cli import main

ROOT = Path(__file__).parents[2]


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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "election", "serve", "--port", str(port)]
    environment = os.environ | {"ELECTION_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert f"http://127.0.0.1:{port}" in process.stderr.readline()
        # the address is listened on already; the answer waits until the worker is up
        with pytest.raises(urllib.error.HTTPError) as answer:  # no office yet
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60)
        assert answer.value.code == 503
        with answer.value:
            assert answer.value.read() == b"not ready"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=60) as page:
            assert page.status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
        assert process.stderr is not None
        process.stderr.close()
    assert code == 0
