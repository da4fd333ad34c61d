"""Every check and every problem can be told, and nothing is told that cannot happen."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from election.verify.report import CHECKS
from election.words import sentences

#: the rooms that find problems
SOURCE = "\n".join(
    file.read_text(encoding="utf-8")
    for package in ("election.verify", "election.record")
    for file in files(package).iterdir()
    if file.name.endswith(".py")
)
DOCUMENT = Path(__file__).parents[2] / "docs" / "record-format.md"


def test_every_check_has_its_three_sentences_and_no_other_has() -> None:
    expected = {f"verify.{check}.{status}" for check in CHECKS for status in ("pass", "fail", "not_checked")}
    expected |= {"verify.ok.pinned", "verify.ok.unpinned", "verify.not-ok"}
    told = {code for code in sentences() if code.startswith("verify.") and not code.startswith("verify.problem.")}
    assert told == expected


def test_every_problem_has_its_sentence_and_no_other_has() -> None:
    told = {code.removeprefix("verify.problem.") for code in sentences() if code.startswith("verify.problem.")}
    assert {code for code in told if f'"{code}"' not in SOURCE} == set()
    raised = set(re.findall(r'\bfail\(\s*"[a-z-]+",\s*"([a-z.-]+)"', SOURCE))
    raised |= set(re.findall(r'_fail\(line, "([a-z-]+)"', SOURCE))
    raised |= set(re.findall(r'"(statement-[a-z]+|chain\.[a-z-]+)"', SOURCE))
    assert len(raised) > 50
    assert raised <= told


def test_the_document_names_every_check_in_order() -> None:
    table = re.findall(r"^\| `([a-z-]+)` \|", DOCUMENT.read_text(encoding="utf-8").split("## 7.")[1], re.MULTILINE)
    assert tuple(table) == CHECKS
