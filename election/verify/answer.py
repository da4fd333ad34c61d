"""The report as people and programs read it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date
from typing import Any

from election.record.entry import Entry
from election.record.keys import grouped
from election.verify.report import Check, Problem, Report
from election.words import Language, acts, sentence, sentences


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
        "problems": [_problem(problem, report.act(problem)) for problem in report.problems],
    }


def _check(check: Check) -> dict[str, Any]:
    params = {"n": 0, **check.params, "count": check.count}
    code = f"verify.{check.id}.{check.status}{f'.{check.by}' if check.by and check.status == 'pass' else ''}"
    return {
        "id": check.id,
        "status": check.status,
        "text": sentence(code, params),
        "text_en": sentence(code, params, "en"),
    }


def _problem(problem: Problem, entry: Entry | None) -> dict[str, Any]:
    found: dict[str, Any] = {"check": problem.check, "code": problem.code}
    if problem.file:
        found["file"] = problem.file
    if problem.line is not None:
        found["line"] = problem.line
        if problem.file.startswith("logs/"):
            found["seq"] = problem.line - 1
    if entry is not None:
        found["act"] = {"code": entry.act, "step": entry.step, "occurred_on": entry.occurred_on}
        found["act"] |= {"text": _named(entry, "zh"), "text_en": _named(entry, "en")}
    found["text"], found["text_en"] = _told(problem, "zh"), _told(problem, "en")
    return found


def _named(entry: Entry, language: Language) -> str:
    """2010年12月6日，投票和计票：在计票单上签名"""
    on = entry.occurred_on
    with suppress(ValueError):
        on = acts.day(date.fromisoformat(on), language)
    params = {"day": on, "step": acts.step_title(entry.step, language), "act": acts.act_title(entry.act, language)}
    return sentence("place.act", params, language)


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
    if report.entry is not None:
        actor, content = report.entry.actor, json.dumps(report.entry.payload, ensure_ascii=False)
        params = {
            "what": _named(report.entry, "zh"),
            "role": acts.role_name(str(actor["role"])),
            "who": actor["account"],
        }
        found += [_printable(sentence("place.shown", params | {"content": content}))]
    if report.ok:
        found.append(sentence(f"verify.ok.{report.trust}", {"fingerprint": grouped(report.fingerprint)}))
        return found
    found.append(sentence("verify.not-ok"))
    for problem in told["problems"]:
        place = problem.get("file", "")
        if "line" in problem:
            act = f"（{problem['act']['text']}）" if "act" in problem else ""
            place = f"{place} 第 {problem['line']} 行{act}"
        elif problem["code"] == "damaged":
            place = _of_the_archive(place)
        found.append(f"  - {_printable(place)}{'：' if place else ''}{_printable(problem['text'])}")
    return found


#: places of a zip that are no member
_ARCHIVE = (
    (r"end of the archive", "place.archive-end"),
    (r"between the files of the archive", "place.archive-between"),
    (r"file (?P<n>\d+) of the archive", "place.archive-file"),
    (r"attributes of (?P<n>.+)", "place.archive-attributes"),
)


def _of_the_archive(place: str) -> str:
    for pattern, code in _ARCHIVE:
        if (match := re.fullmatch(pattern, place)) is not None:
            return sentence(code, match.groupdict())
    return place


def _printable(text: str) -> str:
    """Ids in a forged record must not steer the terminal of whoever reads the answer."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
