"""``bench.py count``: the command beside ``json.load`` of the same file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_timing import line


def counting() -> None:
    """A million ballots of nine candidates beside ``json.load`` of the same file, each in a process of its own."""
    load = ("-c", "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "count.json"
        for shuffled, goal in ((False, "0.25x"), (True, "0.75x")):
            _write_ballots(path, 10**6, shuffled=shuffled)
            kind = "keys in any order" if shuffled else "3,000 patterns"
            peer, _ = _child(*load, str(path))
            ours, peak = _child("-m", "election", "count", str(path), "--json")
            line(f"json.load of a million ballots, {kind}", peer, peer, "s")
            line(f"election count of them, {kind}", ours, peer, "s", f"goal {goal}")
            line(f"its memory, {kind}", peak / 1000, 1000, "MB", "goal 1x, a gigabyte")
        _write_ballots(path, 60, shuffled=False)
        times = sorted(_child("-m", "election", "count", str(path), "--json")[0] for _ in range(9))
        line("election count of 60 ballots, whole command", times[4], 0.3, "s", "goal 1x, 0.3 s")


def _write_ballots(path: Path, number: int, *, shuffled: bool) -> None:
    import random

    chosen = random.Random(7)  # noqa: S311  a workload, no secret
    candidates = [{"id": f"c{n}", "name": f"候选人{n}"} for n in range(9)]
    patterns = []
    for _ in range(3000):
        marks = {who["id"]: chosen.choice(("for", "against", "abstain")) for who in candidates}
        supported = [who for who, mark in marks.items() if mark == "for"]
        patterns.append(marks | dict.fromkeys(supported[7:], "abstain"))
    head = {
        "ruleset": "villagers-2018",
        **dict.fromkeys(("entitled", "present", "issued", "returned"), number),
        "contests": [{"id": "committee", "seats": 7, "candidates": candidates}],
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "ballots": [')
        for n in range(number):
            marks = chosen.choice(patterns)
            if shuffled:
                marks = dict(chosen.sample(list(marks.items()), len(marks)))
            file.write((", " if n else "") + json.dumps({"marks": {"committee": marks}}))
        file.write("]}")


def _child(*command: str) -> tuple[float, int]:
    """Seconds of processor time and kilobytes of one Python process."""
    child = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)  # noqa: S603  this Python, our own words
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss
