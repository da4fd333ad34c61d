"""What a verification found: numbered checks, and what is wrong with its place. Codes and numbers; words makes prose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from election.record.entry import Entry

Status = Literal["pass", "fail", "not_checked"]

#: every check in the order it is reported; each has its sentences ``verify.<id>.<status>`` in words
CHECKS = (
    "archive",
    "trust",
    "manifest",
    "entries",
    "chain",
    "checkpoints",
    "earlier",
    "witnesses",
    "seen",
    "actors",
    "statements",
    "on-paper",
    "papers",
    "attachments",
    "openings",
    "ruleset",
    "personal",
    "steps",
    "recount",
    "result",
)

#: checks against what a doubter holds: they say nothing against what the bundle says of itself
OUTSIDE = ("trust", "earlier", "witnesses")

#: the checks of a proof of one entry
PROOF_CHECKS = ("trust", "entries", "checkpoints", "witnesses", "inclusion")

#: as many problems of one check are told in full; the check says how many there are
TOLD = 20


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. ``line`` is the line of ``file``, from 1; entry ``line - 1`` of a log."""

    check: str
    code: str
    file: str = ""
    line: int | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Check:
    """A check under way: it has failed once it has a problem, and passed only when somebody says so."""

    id: str
    status: Status = "not_checked"
    params: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    #: what it was held against where that changes what passing means: ``verify.<id>.pass.<by>``
    by: str = ""
    problems: list[Problem] = field(default_factory=list)


class Report:
    """Collects the checks of one bundle."""

    def __init__(self, checks: Sequence[str] = CHECKS) -> None:
        self.checks = {check: Check(check) for check in checks}
        self.trust: Literal["pinned", "unpinned"] = "unpinned"
        self.entries = 0
        self.checkpoints = 0
        self.contests = 0
        self.fingerprint = ""
        #: what the office says of itself: in a demonstration nobody vouched for the keys that signed; None: not known
        self.demonstration: bool | None = None
        #: the entry that a proof of one entry shows
        self.entry: Entry | None = None
        #: file -> the entries on its lines, None where a line is none
        self.read: dict[str, list[Entry | None]] = {}

    def fail(self, check: str, code: str, file: str = "", line: int | None = None, **params: object) -> None:
        """Something is wrong: ``verify.problem.<code>`` with ``params``, in ``line`` (from 1) of ``file``."""
        found = self.checks[check]
        found.status = "fail"
        found.count += 1
        if len(found.problems) < TOLD:
            found.problems.append(Problem(check, code, file, line, dict(params)))

    def done(self, check: str, **params: object) -> None:
        """The check was made to its end: it passes unless something failed. ``params`` go into its sentence."""
        found = self.checks[check]
        found.params = dict(params)
        if found.status != "fail":
            found.status = "pass"

    def passed(self, *checks: str) -> bool:
        return all(self.checks[check].status == "pass" for check in checks)

    @property
    def ok(self) -> bool:
        return all(check.status != "fail" for check in self.checks.values())

    @property
    def sound(self) -> bool:
        """Nothing is wrong in the bundle itself, whatever a doubter holds against it from outside."""
        return all(check.status != "fail" for check in self.checks.values() if check.id not in OUTSIDE)

    @property
    def problems(self) -> list[Problem]:
        """Those that name a line first, because the others are mostly what follows from it; else as the checks come."""
        found = [problem for check in self.checks.values() for problem in check.problems]
        return sorted(found, key=lambda problem: problem.line is None)

    def act(self, problem: Problem) -> Entry | None:
        """The entry that stands, changed or not, on the line of a problem."""
        entries = self.read.get(problem.file, [])
        return entries[problem.line - 1] if problem.line is not None and 0 < problem.line <= len(entries) else None
