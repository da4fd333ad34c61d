"""The count beside a second one that was written from the contract alone (``oracle.py``)."""

from __future__ import annotations

import os
import random
from functools import cache

import pytest

from election import count, law

from . import elections, oracle

KEYS = {
    "blank_invalid": ("blank_ballot", "invalid"),
    "carry_down": ("carry_down", True),
    "one_post_each": ("one_post_each", True),
}


@cache
def _rules(ruleset, switches):
    document = law.load(ruleset).as_json()
    for name in switches:
        key, value = KEYS[name]
        document["values"][key] = {"value": value, "source": "本地规定", "article": "", "status": "local"}
    return law.from_json(document)


def _figures(answer):
    """The answer without what is for people: sentences, codes and articles."""
    checks = [{key: check[key] for key in ("rule", "ok", "needs")} for check in answer["checks"]]
    contests = [
        contest | {"votes": [{key: row[key] for key in row if key != "why"} for row in contest["votes"]]}
        for contest in answer["contests"]
    ]
    return answer | {"checks": checks, "contests": contests}


def _compare(ruleset, seeds):
    for seed in seeds:
        file, switches = elections.election(random.Random(f"{ruleset} {seed}"), ruleset)
        answer = _figures(count.decide(file, _rules(ruleset, frozenset(switches))))
        expected = oracle.count(file, **dict.fromkeys(switches, True))
        assert answer == expected, f"seed {seed}"


@pytest.mark.parametrize("ruleset", oracle.RULES)
def test_both_counts_agree(ruleset):
    _compare(ruleset, range(int(os.environ.get("ELECTION_ORACLE", "600"))))


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("ruleset", oracle.RULES)
def test_both_counts_agree_on_a_hundred_thousand(ruleset):
    _compare(ruleset, range(int(os.environ.get("ELECTION_ORACLE", "100000"))))


def test_the_oracle_imports_nothing_of_the_program():
    for module in (oracle, elections):
        with open(module.__file__, encoding="utf-8") as file:
            assert "election." not in "".join(line for line in file if line.lstrip().startswith(("import", "from")))
