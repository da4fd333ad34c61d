"""SIGKILL at random moments of a polling day: no acknowledged act is lost, none is half done, the record holds."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, event

from election.store.database import make_engine

from .polling import WRITERS, Polling, run_and_kill, survived, teller
from .served import Browser, move_the_clock, serve_and_kill

# from Python 3.12 on a fork beside threads is warned of: here each child begins with connections of its own
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

#: in the long run; TEST_KILLS says another number
MANY = int(os.environ.get("TEST_KILLS", "300"))
#: of the served program, which takes seconds to begin
MANY_SERVED = MANY // 10
#: a polling day has so many boxes; then it begins again
RUNS_A_DAY = 12


#: the runs of one day: each call hits once and tells what was acknowledged
Runs = Callable[[random.Random], list[list[Any]]]


def kill_often(afresh: Callable[[], Polling], begin: Callable[[Polling], Runs], runs: int, seed: int) -> int:
    """Returns how many acts were acknowledged."""
    chance, total = random.Random(seed), 0
    for run in range(runs):
        if run % RUNS_A_DAY == 0:
            day, known = afresh(), list[list[Any]]()
            hit = begin(day)
        told = hit(chance)
        total += len(told)
        known += told
        survived(day, known)
    return total


def writers(day: Polling) -> Runs:
    """Processes that act on the database themselves."""
    return partial(run_and_kill, day)


def served(day: Polling) -> Runs:
    """The program as it is served, all its processes or first one of them; the browsers keep their cookies."""
    move_the_clock(day)
    return partial(serve_and_kill, day, dict[str, Browser]())


def test_killed_at_random_moments(afresh: Callable[[], Polling]) -> None:
    assert kill_often(afresh, writers, runs=3, seed=2010) > 3


@pytest.mark.long
def test_killed_at_random_moments_of_many_days(afresh: Callable[[], Polling]) -> None:
    acknowledged = kill_often(afresh, writers, runs=MANY, seed=1)
    print(f"{MANY} runs, {acknowledged} acts acknowledged")
    assert acknowledged > MANY


def test_the_served_program_killed(afresh: Callable[[], Polling]) -> None:
    assert kill_often(afresh, served, runs=2, seed=2010) > 8


@pytest.mark.long
def test_the_served_program_killed_many_times(afresh: Callable[[], Polling]) -> None:
    acknowledged = kill_often(afresh, served, runs=MANY_SERVED, seed=1)
    print(f"{MANY_SERVED} runs served, {acknowledged} acts acknowledged")
    assert acknowledged > 4 * MANY_SERVED


def test_who_is_told_that_others_are_writing_has_lost_nothing(
    polling: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with a database that waits for nobody: most tries are answered that it is busy."""

    def hurried(url: str) -> Engine:
        engine = make_engine(url)
        impatient = "PRAGMA busy_timeout=1" if engine.dialect.name == "sqlite" else "SET lock_timeout = '1ms'"
        event.listen(engine, "connect", lambda raw, _: raw.execute(impatient).close())
        return engine

    monkeypatch.setattr("tests.crash.polling.make_engine", hurried)
    survived(polling, run_and_kill(polling, random.Random(3)))


def test_eight_writers_in_processes_of_their_own(polling: Polling) -> None:
    """One chain, no fork: two tellers and six others, killed once; all that was acknowledged is there."""
    crowd = (teller("teller1"), teller("teller2"), *WRITERS[2:], *WRITERS[2:], *WRITERS[2:])
    assert len(crowd) == 8
    survived(polling, run_and_kill(polling, random.Random(8), crowd))
