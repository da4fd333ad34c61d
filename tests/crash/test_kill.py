"""SIGKILL at random moments of a polling day: no acknowledged act is lost, none is half done, the record holds."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from .polling import WRITERS, Polling, run_and_kill, survived, teller

# from Python 3.12 on a fork beside threads is warned of: here each child begins with connections of its own
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

#: in the long run; TEST_KILLS says another number
MANY = int(os.environ.get("TEST_KILLS", "300"))
#: a polling day has so many boxes; then it begins again
RUNS_A_DAY = 12


def kill_often(afresh: Callable[[], Polling], runs: int, seed: int) -> int:
    """Returns how many acts were acknowledged."""
    chance, total = random.Random(seed), 0
    for run in range(runs):
        if run % RUNS_A_DAY == 0:
            day, known = afresh(), []
        known += run_and_kill(day, chance)
        survived(day, known)
        total += len(known) if run % RUNS_A_DAY == RUNS_A_DAY - 1 or run == runs - 1 else 0
    return total


def test_killed_at_random_moments(afresh: Callable[[], Polling]) -> None:
    assert kill_often(afresh, runs=3, seed=2010) > 3


@pytest.mark.long
def test_killed_at_random_moments_of_many_days(afresh: Callable[[], Polling]) -> None:
    print(f"{MANY} runs, {kill_often(afresh, runs=MANY, seed=1)} acts acknowledged")


def test_eight_writers_in_processes_of_their_own(polling: Polling) -> None:
    """One chain, no fork: two tellers and six others, killed once; all that was acknowledged is there."""
    crowd = (teller("teller1"), teller("teller2"), *WRITERS[2:], *WRITERS[2:], *WRITERS[2:])
    assert len(crowd) == 8
    survived(polling, run_and_kill(polling, random.Random(8), crowd))
