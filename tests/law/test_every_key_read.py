"""Every key of a ruleset is read by the program, or known to say only where a fixed rule stands."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from election import law
from election.faults import WrongInput
from election.law.keys import KEYS, key_of

CODE = Path(law.__file__).parent.parent
#: naming a key here is not reading it
NAMED_ONLY = ("law/keys.py", "law/consistency.py")
READERS = {"value", "get", "text", "number", "threshold", "rule", "_moved", "share"}


def _pattern(node: ast.AST) -> str:
    """A text, or a text with holes, as what it may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(re.escape(p.value) if isinstance(p, ast.Constant) else "[a-z_.]+" for p in node.values)
    return ""


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def read_by(source: str, *, tables: bool = True) -> set[str]:
    """Patterns of keys whose value this code reads; asking for the article alone is not reading."""
    tree = ast.parse(source)
    found: set[str] = set()
    articles: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) == "article":
            articles |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
        elif isinstance(node, ast.Call) and _name(node) in READERS:
            found |= {_pattern(argument) for argument in node.args}
        elif isinstance(node, ast.Call) and _name(node) == "limits":
            found |= {_pattern(argument) + end for argument in node.args for end in ("min", "max")}
        elif isinstance(node, ast.Subscript):
            found.add(_pattern(node.slice))
    if tables:
        # a key that stands in a table or has a name, and is looked up by it
        named = {_pattern(node) for node in ast.walk(tree) if id(node) not in articles}
        found |= {key for key in named if re.match(r"\w+(\\\.|$)", key)}
    return {key for key in found if r"\." in key or re.fullmatch(r"\w+", key)}


@cache
def reading() -> re.Pattern[str]:
    read = {re.escape(s.deadline.key) for known in law.ids() for s in law.load(known).steps if s.deadline}
    for file in CODE.rglob("*.py"):
        named_only = str(file.relative_to(CODE)) in NAMED_ONLY
        read |= read_by(file.read_text(encoding="utf-8"), tables=not named_only)
    return re.compile("|".join(read))


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_read_or_fixed(key):
    assert reading().fullmatch(key) or KEYS[key].fixed


@pytest.mark.parametrize("key", [key for key in KEYS if KEYS[key].fixed])
def test_a_fixed_key_has_one_value(key):
    said = {law.load(known).get(key) for known in law.ids()} - {None}
    assert len(said) == 1
    for other in ("present", "issued", "office", "refuse", "held", "revote", "street", "warn", True, 1):
        if other not in said:
            with pytest.raises(WrongInput, match=r"must be one of|can only be"):
                key_of(key).check(other)


def test_the_search_tells_a_value_from_an_article():
    assert "tie\\.rule" not in read_by('rules.article("tie.rule")')
    assert "tie\\.rule" in read_by('rules.text("tie.rule")')
    assert re.fullmatch("|".join(read_by('rules.get(f"assess.{kind}")')), "assess.term")
