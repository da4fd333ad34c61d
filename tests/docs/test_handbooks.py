"""The handbook for who runs a server says in both languages the same commands, files and settings, in the same order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("deployment.md", "deployment.zh-CN.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: a comment in a shell's or nginx's words: the first line of a script is none
COMMENT = re.compile(r"(?:^|\s+)#(?!!).*")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """Of each block in turn the language, and its lines without comments."""
    return [(lang, [COMMENT.sub("", line) for line in code.splitlines()]) for lang, code in BLOCK.findall(text)]


def outline(text: str) -> list[str]:
    """Headings by their depth, and where among them the blocks stand."""
    return re.findall(r"^(?:#+(?= )|```\w+)", BLOCK.sub(r"```block\n", text), re.MULTILINE)


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_both_handbooks_have_the_same_commands_and_files_in_the_same_order() -> None:
    english, chinese = map(blocks, map(page, PAGES))
    assert len(english) > 20
    assert chinese == english


def test_they_stand_under_the_same_headings() -> None:
    english, chinese = map(outline, map(page, PAGES))
    assert chinese == english


def test_both_name_the_same_settings() -> None:
    english, chinese = (set(re.findall(r"^\| `(ELECTION_\w+)`", page(name), re.MULTILINE)) for name in PAGES)
    assert len(english) > 5
    assert chinese == english


@pytest.mark.parametrize("name", PAGES)
def test_a_link_within_a_handbook_leads_to_a_heading(name: str) -> None:
    text = BLOCK.sub("", page(name))
    there = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= there


def test_a_comment_alone_may_differ() -> None:
    text = '```sh\n#!/bin/sh\nrun "$#" now    # {}\n# {}\n```\n'
    assert blocks(text.format("one", "two")) == blocks(text.format("一", "二"))
    assert blocks(text)[0][1] == ["#!/bin/sh", 'run "$#" now', ""]
    assert blocks(text) != blocks(text.replace("now", "then"))
