"""Every check and every problem can be told, and nothing is told that cannot happen."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

import election.words
from election.verify import answer
from election.verify.report import CHECKS, PROOF_CHECKS, Report
from election.words import sentences

#: the rooms that find problems
SOURCE = "\n".join(
    file.read_text(encoding="utf-8")
    for package in ("election.verify", "election.record")
    for file in files(package).iterdir()
    if file.name.endswith(".py")
)
DOCUMENT = Path(__file__).parents[2] / "docs" / "verifying.md"


def test_every_check_has_its_three_sentences_and_no_other_has() -> None:
    expected = {
        f"verify.{check}.{status}" for check in {*CHECKS, *PROOF_CHECKS} for status in ("pass", "fail", "not_checked")
    }
    expected |= {"verify.ok.pinned", "verify.ok.unpinned", "verify.not-ok", "verify.demonstration"}
    expected |= {"verify.earlier.pass.printed", "verify.checkpoints.pass.proof", "verify.papers.pass.destroyed"}
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
    table = re.findall(
        r"^\| `([a-z-]+)` \|", DOCUMENT.read_text(encoding="utf-8").split("## The checks")[1], re.MULTILINE
    )
    assert tuple(table) == CHECKS


def test_what_was_demanded_is_told_in_words_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    words = sentences() | {"test.demand": {"zh": "还差 {n} 人", "en": "{n} are missing"}}
    monkeypatch.setattr(answer, "sentences", lambda: words)
    monkeypatch.setattr(election.words, "_entry", words.__getitem__)
    report = Report()
    for code, numbers in (("test.demand", {"n": 3}), ("test.demand", {}), ("test.unknown", {})):
        report.fail(
            "steps", "act-refused", "logs/election.jsonl", 3, act="x", demand=code, numbers=numbers, article="S-02"
        )
    texts = [(problem["text"], problem["text_en"]) for problem in answer.document(report)["problems"]]
    assert texts[0] == ("事项 x 当时不具备条件：还差 3 人 S-02", "the act x was not allowed: 3 are missing S-02")
    assert "test.demand" in texts[1][0]
    assert "test.unknown" in texts[2][0]


def test_a_forged_id_does_not_steer_the_terminal() -> None:
    report = Report()
    report.fail("result", "result-differs", "logs/election.jsonl", 3, contest="\x1b[2J\u202e")
    line = answer.lines(report)[-1]
    assert line.isprintable()
    assert "第 3 行" in line
