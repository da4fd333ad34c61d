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


def test_e17_who_is_seated_for_a_kind_is_missed_in_a_smaller_post_and_one_more_is_asked_for():
    """Two women asked for, one post each: w would be deputy; seated as a member she leaves that post open, and x is needed."""
    women = [{"id": "w", "name": "王", "sex": "female"}, {"id": "x", "name": "谢", "sex": "female"}]
    men = [{"id": f"m{n}", "name": f"男{n}", "sex": "male"} for n in range(3)]

    def sheet(**given):
        rows = {c: {"for": n, "against": 50 - n, "abstain": 0} for c, n in given.items()}
        return {"valid": 50, "invalid": 0, "votes": rows}

    file = {
        "ruleset": "residents-2026", "entitled": 60, "present": 50, "issued": 50, "returned": 50,
        "contests": [
            {"id": "member", "seats": 3, "candidates": [*men, *women]},
            {"id": "deputy", "seats": 1, "candidates": [women[0], {"id": "d", "name": "丁", "sex": "male"}]},
        ],
        "require": [{"kind": "woman", "at_least": 2}],
        "tallies": {"member": sheet(m0=36, m1=30, m2=29, w=28, x=26), "deputy": sheet(w=30, d=20)},
    }  # fmt: skip
    answer = count.decide(file, _rules("residents-2026", frozenset(["one_post_each"])))
    elected = {contest["id"]: set(contest["elected"]) for contest in answer["contests"]}
    assert elected == {"member": {"m0", "w", "x"}, "deputy": set()}
