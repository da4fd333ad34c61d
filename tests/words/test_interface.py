"""The English catalogue is complete, and says one thing for one text."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import election
from election.words import interface

ROOT = Path(election.__file__).parent
CHINESE = re.compile(r"[\u3400-\u9fff]")
IN_TEMPLATE = re.compile(r"""\b_\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")


def texts() -> Iterator[tuple[str, str]]:
    """``(place, Chinese text)`` of everything that pages put through ``_`` and commands through ``note``."""
    for file in sorted((ROOT.parent / "templates" / "web").rglob("*.html")):
        for match in IN_TEMPLATE.finditer(file.read_text(encoding="utf-8")):
            yield file.name, match[1] or match[2]
    for file in sorted([*(ROOT / "web").rglob("*.py"), *(ROOT / "commands").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("_", "note")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield file.name, str(node.args[0].value)


def test_every_text_of_a_page_has_its_english() -> None:
    known = interface()
    missing = {text: place for place, text in texts() if CHINESE.search(text) and text not in known}
    assert missing == {}


def test_no_text_has_two_translations() -> None:
    found = defaultdict(set)
    for file in sorted((ROOT / "words" / "interface").glob("*.toml")):
        for chinese, english in tomllib.loads(file.read_text(encoding="utf-8")).items():
            found[chinese].add(english)
    assert {chinese: said for chinese, said in found.items() if len(said) > 1} == {}


def test_placeholders_are_the_same_in_both_languages() -> None:
    holes = re.compile(r"\{(\w+)\}")
    assert [c for c, e in interface().items() if set(holes.findall(c)) != set(holes.findall(e))] == []
