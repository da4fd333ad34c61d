"""Whoever sends a byte now and then keeps no thread of the server."""

from __future__ import annotations

import io
import socket
import threading
from typing import Any

import pytest

from election.commands import patience
from election.commands.patience import Arriving, Deadline, Leaving, patient


@pytest.fixture
def line() -> Any:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_a_line_that_says_nothing_is_closed_for_reading(line: Any) -> None:
    ours, theirs = line
    Deadline(ours, 0.01)
    assert ours.recv(1) == b""  # would wait for ever
    ours.sendall(b"the answer still goes out")
    assert theirs.recv(100) == b"the answer still goes out"


def test_one_that_was_ended_closes_nothing(line: Any) -> None:
    ours, theirs = line
    deadline = Deadline(ours, 0.01)
    deadline.end()
    assert deadline._timer is not None
    deadline._timer.join()
    theirs.sendall(b"x")
    assert ours.recv(1) == b"x"


def test_the_end_of_the_body_ends_the_wait() -> None:
    ends: list[int] = []
    body = Arriving(io.BytesIO(b"ab\ncd"), 5, lambda: ends.append(1))
    assert body.readline() == b"ab\n"
    assert not ends
    assert body.read(2) == b"cd"
    assert ends == [1]
    assert list(Arriving(io.BytesIO(b"ab\ncd"), 5, lambda: None)) == [b"ab\n", b"cd"]


def test_an_answer_that_nobody_reads_ends(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, _ = line
    monkeypatch.setattr(patience, "ANSWER_SECONDS", 0.01)
    pieces = iter(Leaving([b"x" * 100, b"x" * 10], ours))
    ours.sendall(next(pieces))
    assert ours.gettimeout() == pytest.approx(0.012)
    with pytest.raises(TimeoutError):
        ours.sendall(b"x" * 10_000_000)  # more than the line holds


def test_an_answer_has_the_time_of_a_slow_line(line: Any) -> None:
    closed: list[int] = []

    class Answer(list[bytes]):
        def close(self) -> None:
            closed.append(1)

    ours, _ = line
    answer = Leaving(Answer([b"x" * 50_000, b"x" * 100_000]), ours)
    times = [ours.gettimeout() for _ in answer]
    answer.close()
    assert times == [pytest.approx(21, abs=0.1), pytest.approx(23, abs=0.2)]
    assert closed == [1]


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"CONTENT_LENGTH": "100"}, 20.002),
        ({"CONTENT_LENGTH": str(5_000_000)}, 120.0),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, 20 + patience.UNKNOWN / 50_000),
        ({"CONTENT_LENGTH": str(10**15)}, 20 + patience.UNKNOWN / 50_000),
        ({}, None),
        ({"CONTENT_LENGTH": ""}, None),
    ],
)
def test_a_body_has_the_time_of_a_slow_line(
    environ: dict[str, str], seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[float | None] = []

    class Noted:
        def restart(self, seconds: float) -> None:
            said.append(seconds)

        def end(self) -> None:
            said.append(None)

    monkeypatch.setattr(patience, "_here", threading.local())
    patience._here.deadline, patience._here.sock = Noted(), None
    app = patient(lambda environ, start: [environ["wsgi.input"].read(1)])
    app({**environ, "wsgi.input": io.BytesIO(b"")}, None)
    assert said[0] == seconds
