"""A million ballots, each its own object: in a fraction of the time that ``json.load`` takes, within a gigabyte."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

CANDIDATES = [{"id": f"c{n}", "name": f"候选人{n}"} for n in range(9)]
NUMBER = 1_000_000


def _patterns(rng):
    for _ in range(3000):
        marks = {who["id"]: rng.choice(["for", "against", "abstain"]) for who in CANDIDATES}
        supported = [who for who, mark in marks.items() if mark == "for"]
        yield marks | dict.fromkeys(supported[7:], "abstain")


def _write(path, *, shuffled):
    rng = random.Random(7)
    patterns = list(_patterns(rng))
    head = {
        "ruleset": "villagers-2018",
        **dict.fromkeys(("entitled", "present", "issued", "returned"), NUMBER),
        "contests": [{"id": "committee", "seats": 7, "candidates": CANDIDATES}],
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "ballots": [')
        for number in range(NUMBER):
            marks = rng.choice(patterns)
            if shuffled:
                marks = dict(rng.sample(list(marks.items()), len(marks)))
            file.write((", " if number else "") + json.dumps({"marks": {"committee": marks}}))
        file.write("]}")


def _cost(*command):
    """Seconds of processor time and kilobytes of one child."""
    child = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


@pytest.mark.parametrize(("shuffled", "share"), [(False, 0.25), (True, 0.75)])
def test_a_million_ballots(tmp_path, shuffled, share):
    path = tmp_path / "ballots.json"
    _write(path, shuffled=shuffled)
    counted, kilobytes = _cost("-m", "election", "count", str(path), "--json")
    assert kilobytes < 1_000_000
    loaded, _ = _cost("-c", "import json, sys; json.load(open(sys.argv[1]))", str(path))
    assert counted < share * loaded
