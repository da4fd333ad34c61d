"""The report as people and programs read it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from election.record.keys import grouped
from election.verify.report import Check, Problem, Report
from election.words import Language, sentence, sentences


def document(report: Report) -> dict[str, Any]:
    """The JSON of ``election verify --json``."""
    shown = {"entry": json.loads(report.entry.to_bytes())} if report.entry is not None else {}
    return shown | {
        "ok": report.ok,
        "trust": report.trust,
        "fingerprint": report.fingerprint,
        "demonstration": report.demonstration,
        "entries": report.entries,
        "checkpoints": report.checkpoints,
        "contests": report.contests,
        "checks": [_check(check) for check in report.checks.values()],
        "problems": [_problem(problem) for problem in report.problems],
    }


def _check(check: Check) -> dict[str, Any]:
    params = {"n": 0, **check.params, "count": check.count}
    code = ".".join(part for part in ("verify", check.id, check.status, check.by) if part)
    return {
        "id": check.id,
        "status": check.status,
        "text": sentence(code, params),
        "text_en": sentence(code, params, "en"),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    found: dict[str, Any] = {"check": problem.check, "code": problem.code}
    if problem.file:
        found["file"] = problem.file
    if problem.line is not None:
        found["line"] = problem.line
        if problem.file.startswith("logs/"):
            found["seq"] = problem.line - 1
    found["text"], found["text_en"] = _told(problem, "zh"), _told(problem, "en")
    return found


def _told(problem: Problem, language: Language) -> str:
    """The problem's sentence; for a refused act with the sentence of what was demanded, where words has one."""
    params = dict(problem.params)
    demand = str(params.get("demand", ""))
    if demand in sentences():
        with suppress(KeyError):
            params["demand"] = sentence(demand, params["numbers"], language)
    return sentence(f"verify.problem.{problem.code}", params, language)


_MARKS = {"pass": "通过", "fail": "不符", "not_checked": "未检查"}


def lines(report: Report) -> list[str]:
    """The report for a person, in Chinese: numbered checks, then what is wrong and where."""
    told = document(report)
    found = [f"{n:2}. [{_MARKS[check['status']]}] {check['text']}" for n, check in enumerate(told["checks"], start=1)]
    if report.demonstration:
        found.append(sentence("verify.demonstration"))
    if report.ok:
        found.append(sentence(f"verify.ok.{report.trust}", {"fingerprint": grouped(report.fingerprint)}))
        return found
    found.append(sentence("verify.not-ok"))
    for problem in told["problems"]:
        place = problem.get("file", "")
        if "line" in problem:
            place = f"{place} 第 {problem['line']} 行"
        found.append(f"  - {_printable(place)}{'：' if place else ''}{_printable(problem['text'])}")
    return found


def _printable(text: str) -> str:
    """Ids in a forged record must not steer the terminal of whoever reads the answer."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
