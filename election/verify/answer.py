"""The report as people and programs read it."""

from __future__ import annotations

from typing import Any

from election.record.keys import grouped
from election.verify.report import Check, Problem, Report
from election.words import sentence


def document(report: Report) -> dict[str, Any]:
    """The JSON of ``election verify --json``."""
    return {
        "ok": report.ok,
        "trust": report.trust,
        "fingerprint": report.fingerprint,
        "entries": report.entries,
        "checkpoints": report.checkpoints,
        "contests": report.contests,
        "checks": [_check(check) for check in report.checks.values()],
        "problems": [_problem(problem) for problem in report.problems],
    }


def _check(check: Check) -> dict[str, Any]:
    params = {"n": 0, **check.params, "count": check.count}
    code = f"verify.{check.id}.{check.status}"
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
    code = f"verify.problem.{problem.code}"
    found["text"] = sentence(code, problem.params)
    found["text_en"] = sentence(code, problem.params, "en")
    return found


_MARKS = {"pass": "通过", "fail": "不符", "not_checked": "未检查"}


def lines(report: Report) -> list[str]:
    """The report for a person, in Chinese: numbered checks, then what is wrong and where."""
    told = document(report)
    found = [f"{n:2}. [{_MARKS[check['status']]}] {check['text']}" for n, check in enumerate(told["checks"], start=1)]
    if report.ok:
        found.append(sentence(f"verify.ok.{report.trust}", {"fingerprint": grouped(report.fingerprint)}))
        return found
    found.append(sentence("verify.not-ok"))
    for problem in told["problems"]:
        place = problem.get("file", "")
        if "line" in problem:
            place = f"{place} 第 {problem['line']} 行"
        found.append(f"  - {place}{':' if place else ''}{problem['text']}")
    return found
