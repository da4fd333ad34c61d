"""Every fault is made of literal templates, each with its Chinese, and the catalogue has no line that nobody says."""

from __future__ import annotations

import ast
import errno
import inspect
import json.decoder
import os
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import ballots
import election
from election.faults import WrongInput, within
from election.words import faults

ROOTS = [Path(ballots.__file__).parent, Path(election.__file__).parent]
WORDS = ROOTS[1] / "words"
#: a place of names only: a file, a key, an option, an element of a list
NAMES = re.compile(r"(--)?[\w.\-\[\]/{}]*")

#: what the reader of JSON says, from Python 3.13 on or where it is not written in Python
JSON_SAYS = {f"Illegal trailing comma before end of {kind}" for kind in ("object", "array")} | {
    "Invalid control character at"
}


@dataclass
class Site:
    """One call that makes a fault: its literal texts, the names it fills in, and what is wrong with how it is written."""

    where: str
    places: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    params: set[str] = field(default_factory=set)
    #: more is filled in than can be read here (``**``)
    more: bool = False
    wrong: list[str] = field(default_factory=list)

    def braces(self) -> set[str]:
        return {name for text in (*self.places, *self.texts) for _, name, _, _ in Formatter().parse(text) if name}


@cache
def sites() -> list[Site]:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for root in ROOTS for path in sorted(root.rglob("*.py"))}
    kinds = {
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "WrongInput" for b in node.bases)
    }
    return [site for path, tree in trees.items() for site in _of_file(path, tree, kinds)]


def _of_file(path: Path, tree: ast.Module, kinds: set[str]) -> Iterator[Site]:
    own = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name in kinds]
    passing = {id(node): node for kind in own for node in ast.walk(kind) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name == "WrongInput" or name in kinds or (name == "__init__" and id(node) in passing):
            yield _site(f"{path.name}:{node.lineno}", node, name)


def _site(where: str, node: ast.Call, name: str) -> Site:
    site = Site(where)
    if name != "__init__":  # a kind of its own hands on what it was given
        _literals(node.args[0], site.texts, site)
    for keyword in node.keywords:
        if keyword.arg is None:
            site.more = True
        elif keyword.arg in ("place", "mend"):
            _literals(keyword.value, site.places if keyword.arg == "place" else site.texts, site)
        else:
            site.params.add(keyword.arg)
    return site


def _literals(value: ast.expr, into: list[str], site: Site) -> None:
    if isinstance(value, ast.IfExp):
        _literals(value.body, into, site)
        _literals(value.orelse, into, site)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        into.append(value.value)
    else:
        site.wrong.append(ast.unparse(value))


def _speaks(text: str) -> bool:
    """Whether something is left to translate when what is filled in is taken out."""
    return any(letters.strip() and re.search(r"\w", letters) for letters, *_ in Formatter().parse(text))


def _named(place: str) -> bool:
    return all(NAMES.fullmatch(part) for part in re.split(r"[:,] ", place))


def said() -> dict[str, str]:
    """``{template that needs its Chinese: where it is said}``."""
    return {
        text: site.where
        for site in sites()
        for text in (*site.texts, *(place for place in site.places if not _named(place)))
        if _speaks(text)
    }


def test_every_text_of_a_fault_is_a_literal() -> None:
    assert {site.where: site.wrong for site in sites() if site.wrong} == {}


def test_every_fault_is_given_what_its_texts_put_in() -> None:
    assert {
        site.where: site.braces() ^ site.params
        for site in sites()
        if not (site.params <= site.braces() if site.more else site.params == site.braces())
    } == {}


def test_english_is_english() -> None:
    assert [text for text in said() if re.search(r"[，。、；：（）]", text)] == []


def test_every_text_of_a_fault_has_its_chinese() -> None:
    known = faults.templates()
    assert {text: where for text, where in said().items() if text not in known} == {}


def test_no_line_of_the_catalogue_is_unused() -> None:
    used = {text for site in sites() for text in (*site.texts, *site.places)}
    assert set(faults.templates()) - used == set()


@pytest.mark.parametrize("folder", ["faults", "reasons"])
def test_no_english_has_two_translations(folder: str) -> None:
    found = defaultdict(list)
    for file in sorted((WORDS / folder).glob("*.toml")):
        for english in tomllib.loads(file.read_text(encoding="utf-8")):
            found[english].append(file.name)
    assert {english: files for english, files in found.items() if len(files) > 1} == {}


def test_both_languages_put_in_the_same() -> None:
    def put(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert [english for english, chinese in faults.templates().items() if put(english) != put(chinese)] == []


def test_chinese_is_written_as_chinese() -> None:
    for text in (*faults.templates().values(), *faults.reasons().values()):
        assert not re.search(r"[一-鿿”）][,:;?!(]|[,:;?!)][一-鿿“（]", text), text
        assert text.strip(" 。") == text, text


def test_every_reason_is_one_that_is_given() -> None:
    """What the operating system and the reader of JSON say is known to them; the others are literals of the program."""
    system = {os.strerror(number) for number in errno.errorcode} | {"Name or service not known"}
    literals = {
        node.value
        for root in ROOTS
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    others = set(faults.reasons()) - literals - system
    assert {one for one in others if one not in inspect.getsource(json.decoder)} <= JSON_SAYS


def test_a_fault_is_said_in_both_languages() -> None:
    wrong = WrongInput("is missing", place="{name}, row {row}", mend="fill it in", name="roll.xlsx", row=3)
    assert str(wrong) == faults.said(wrong, "en") == "roll.xlsx, row 3: is missing; fill it in"
    assert faults.said(wrong) == "roll.xlsx，第 3 行：缺少这一项。请填写。"


def test_what_is_put_in_stands_as_it_is() -> None:
    wrong = WrongInput("{value!r} is not known", place="{at}", value="{at}{0.__class__}\n甲", at="a: b")
    assert str(wrong) == "a: b: '{at}{0.__class__}\\n甲' is not known"
    assert faults.said(wrong) == "a：b：不认识“{at}{0.__class__}\\n甲”。"


def test_a_fault_in_a_fault_and_a_reason_are_said_in_the_same_language() -> None:
    inner = WrongInput("must be a whole number of at least {least}", least=1)
    wrong = WrongInput("{value!r} does not fit", place="{where}: values", mend="{must}", where="f", value=0, must=inner)
    assert str(wrong) == "f: values: 0 does not fit; must be a whole number of at least 1"
    assert faults.said(wrong) == "f：values：“0”不合要求。须是不小于 1 的整数。"
    missing = WrongInput("cannot be read ({reason})", place="{path}", reason=os.strerror(errno.ENOENT), path="x")
    assert faults.said(missing) == "x：读不了（没有这个文件）。"


def test_the_file_s_name_stands_before_the_place_once() -> None:
    with pytest.raises(WrongInput) as caught, within("/some/where/f.json"):
        raise WrongInput("is empty", place="{at}", mend="fill it in", at="contests[0]")
    assert str(caught.value) == "f.json: contests[0]: is empty; fill it in"
    assert faults.said(caught.value) == "f.json：contests[0]：是空的。请填写。"
    for place in ("f.json: contests", "--out"):
        with pytest.raises(WrongInput) as caught, within("f.json"):
            raise WrongInput("is empty", place="{at}", at=place)
        assert str(caught.value) == f"{place}: is empty"
