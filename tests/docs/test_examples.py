"""The files that the README counts and checks do what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from election.cli import main

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--json"])
    told = capsys.readouterr()
    assert stop.value.code == 0, told.err + told.out
    found: dict[str, Any] = json.loads(told.out)
    return found


def test_the_count_file_elects_one(capsys: pytest.CaptureFixture[str]) -> None:
    contests = answer(capsys, "count", str(EXAMPLES / "count.json"))["contests"]
    assert [c["elected"] for c in contests] == [["c1"]]


def test_the_roll_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--election-day", "2010-12-26", "--ruleset", "qilihe-2010.residents")
    answer(capsys, "roll", "check", str(EXAMPLES / "roll.csv"), *arguments)
