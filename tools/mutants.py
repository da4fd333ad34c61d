"""Which changes of counting and law no test notices: every mutant, in an order drawn from a seed, so that any part is a fair sample.

mutmut writes the mutants and finds which tests run which function; this tries them far faster than it does. The tests
are collected once; each mutant is one fork that runs the quickest of its tests first and stops at the first that fails.
``--again`` tries what survived in an interpreter of its own with every test of both rooms, because what is done while
modules are read cannot change in a fork. Writes a line per mutant to ``mutants/verdicts.jsonl`` and goes on from there.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import math
import os
import random
import resource
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

WHERE = Path("mutants")
VERDICTS = WHERE / "verdicts.jsonl"
#: which tests are asked, and which are left out: what draws at random, and what looks at the text of the code alone
ASKED = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
TESTS = (*ASKED["pytest_add_cli_args"], *ASKED["pytest_add_cli_args_test_selection"])


def names() -> list[str]:
    """Every mutant, ``module.function__mutmut_n``."""
    found: list[str] = []
    for meta in sorted(WHERE.rglob("*.py.meta")):
        found += json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, part / whole
    middle = share + z * z / (2 * whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return (middle - half) / (1 + z * z / whole), (middle + half) / (1 + z * z / whole)


class Forks:
    """A pytest plugin: instead of running the tests it runs those of each mutant in a fork."""

    def __init__(self, mutants: list[str], until: float) -> None:
        stats = json.loads((WHERE / "mutmut-stats.json").read_text(encoding="utf-8"))
        self.tests: dict[str, list[str]] = stats["tests_by_mangled_function_name"]
        self.lasts: dict[str, float] = stats["duration_by_test"]
        self.mutants, self.until = mutants, until

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        kills: Counter[str] = Counter()
        for mutant in self.mutants:
            if time.monotonic() > self.until:
                break
            chosen = set(self.tests.get(mutant.rpartition("__mutmut_")[0], ())) & items.keys()
            order = [items[node] for node in sorted(chosen, key=lambda node: (-kills[node], self.lasts.get(node, 0)))]
            began = time.monotonic()
            killed = bool(order) and self._dies(mutant, order)
            kills.update(KILLER.read_text(encoding="utf-8").splitlines())
            line = {"mutant": mutant, "killed": killed, "seconds": round(time.monotonic() - began, 2)}
            _write(line)
        return True

    def _dies(self, mutant: str, order: list[pytest.Item]) -> bool:
        KILLER.write_text("")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _confine(600)
                os.environ["MUTANT_UNDER_TEST"] = mutant
                for cached in [thing for thing in gc.get_objects() if isinstance(thing, functools._lru_cache_wrapper)]:
                    cached.cache_clear()
                status = 0
                for item, following in zip(order, [*order[1:], None], strict=True):
                    # a mutant that goes round for ever is noticed too: the signal ends the process
                    signal.setitimer(signal.ITIMER_VIRTUAL, 3 + 5 * self.lasts.get(item.nodeid, 0))
                    if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                        KILLER.write_text(item.nodeid)
                        status = 1
                        break
            finally:
                os._exit(status)
        return os.waitpid(child, 0)[1] != 0


def _write(line: dict[str, object]) -> None:
    with VERDICTS_FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _confine(seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))


def _dies_alone(mutant: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--rootdir=.", "--tb=no", *TESTS]
    done = subprocess.run(  # noqa: S603 - its own interpreter
        command,
        cwd=ROOT / WHERE,
        env=os.environ | {"MUTANT_UNDER_TEST": mutant},
        capture_output=True,
        preexec_fn=lambda: _confine(900),
        check=False,
    )
    return done.returncode != 0


def report() -> None:
    lines = [json.loads(line) for line in VERDICTS.read_text(encoding="utf-8").splitlines()]
    killed = sum(line["killed"] for line in lines)
    low, high = interval(killed, len(lines))
    for line in lines:
        if not line["killed"]:
            print(line["mutant"])
    print(
        f"{killed} of {len(lines)} tried ({len(names())} in all): {killed / len(lines):.1%} noticed; 95 % of such samples hold {low:.1%} to {high:.1%}"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=math.inf)
    asked.add_argument("--seed", default="law")
    asked.add_argument("--again", action="store_true", help="those that survived, each alone")
    asked.add_argument("--report", action="store_true")
    told = asked.parse_args()
    if not told.report:
        done = [json.loads(line) for line in VERDICTS.read_text().splitlines()] if VERDICTS.exists() else []
        order = names()
        random.Random(told.seed).shuffle(order)  # noqa: S311 - a sample
        if told.again:
            VERDICTS.write_text("".join(json.dumps(line) + "\n" for line in done if line["killed"]))
            for line in [line for line in done if not line["killed"]]:
                _write(line | {"killed": _dies_alone(line["mutant"])})
            report()
            return
        known = {line["mutant"] for line in done}
        order = [mutant for mutant in order if mutant not in known]
        until = time.monotonic() + 60 * told.minutes
        forks = Forks(order, until)
        os.environ["MUTANT_UNDER_TEST"] = ""
        os.chdir(WHERE)
        sys.path.insert(0, ".")
        pytest.main(["--rootdir=.", "-q", *TESTS], plugins=[forks])
        os.chdir(ROOT)
    report()


ROOT = Path.cwd()
VERDICTS_FILE = ROOT / VERDICTS
#: the test that noticed last; those that notice most go first
KILLER = ROOT / WHERE / "killer"

if __name__ == "__main__":
    main()
