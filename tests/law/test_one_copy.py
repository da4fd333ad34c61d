"""A number of the law stands in a ruleset and nowhere else: no code compares people with a fraction of its own."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from election import law

PROGRAM = Path(law.__file__).parents[1]
FRACTION = re.compile(r"\s*(>=?|≥|<=?)?\s*[1-9]\d*\s*/\s*[1-9]\d*\s*")
#: the invented street decides nothing
FILES = sorted(path for path in PROGRAM.rglob("*.py") if "demo" not in path.parts)
#: speaks of thresholds to show how one is written
SHOWN = {"law/majority.py", "commands/rulesets_table.py"}


def _factor(node):
    """``2 * n``: a number of people times a number written in the code; the length of a list is no number of people."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return False
    sides = (node.left, node.right)
    return any(map(_number, sides)) and not any(isinstance(side, ast.Call) for side in sides)


def _part(node):
    """``m // 2``."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv) and _number(node.right)


def _number(node):
    return isinstance(node, ast.Constant) and type(node.value) is int and 2 <= node.value <= 10


def thresholds(tree):
    """Lines that hold a share of people: ``2 * n > m``, ``m // 2 + 1``, ``"> 1/2"``."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others) if any(map(_factor, (left, *others))):
                yield node.lineno
            case ast.BinOp(left=left, op=ast.Add()) if _part(left):
                yield node.lineno
            case ast.Constant(value=str(text)) if id(node) not in docs and FRACTION.fullmatch(text):
                yield node.lineno


@pytest.mark.parametrize(
    "source", ["ok = 2 * n > m", "ok = m < n * 3", "need = m // 2 + 1", 'rule = "> 1/2"', "a = '4/5'"]
)
def test_the_search_finds_one(source):
    assert list(thresholds(ast.parse(source)))


def test_no_code_holds_a_threshold():
    found = [
        f"{name}:{line}"
        for path in FILES
        if (name := path.relative_to(PROGRAM).as_posix()) not in SHOWN
        for line in thresholds(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found


@pytest.mark.parametrize(("rule", "enough"), [("> 1/2", 28), (">= 2/3", 37), (">= 1/2", 28), ("> 4/5", 45)])
def test_what_a_meeting_carries_follows_the_ruleset(rule, enough):
    from election.process.demands import carried
    from election.process.facts import Election, Meeting

    rules = law.load("qilihe-2010.party")
    values = dict(rules.values)
    values["meeting.majority"] = dataclasses.replace(values["meeting.majority"], value=rule)
    facts = Election(rules=dataclasses.replace(rules, values=values), meetings=[Meeting(attempt=1, present=55)])
    assert not carried(facts, enough - 1).met
    assert carried(facts, enough).met
    assert carried(facts, enough).params["needs"] == enough
