"""Do again what the record says was done, and see whether it could be done.

Every act is judged a second time by the guards that judged it first, against the facts of all three logs as far as
its entry had seen them; every contest is counted a second time from the sealed tallies under the sealed ruleset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from election import count, law
from election.law import Ruleset
from election.process import machine, result
from election.process.base import ACTS, Deed
from election.process.result import Announce
from election.process.sealing import UnknownAct, personal_paths
from election.process.world import World
from election.record import seal
from election.record.entry import Entry
from election.verify.logs import Log, Logs
from election.verify.report import Report


def replay(logs: Logs, rulesets: Mapping[str, bytes], values: Mapping[str, str], report: Report) -> None:
    """Fold the facts, judge every act again, recount every contest. Checks ``personal``, ``steps``, ``recount``, ``result``.

    ``rulesets`` is digest -> bytes, ``values`` commitment -> posted value. Called only for logs that are whole.
    """
    _check_personal(logs, values, report)
    sealed = _Rules(rulesets)
    worlds = [_Replay(logs, kind, sealed, values, report) for kind in ("office", "campaign", "election")]
    for world in worlds:
        world.run()
    report.done("steps", n=report.entries)
    if not report.passed("steps"):
        return
    contests = worlds[-1].contests
    report.contests = len(contests)
    if contests:
        report.done("recount", n=len(contests))
        report.done("result", n=len(contests))


class _Rules:
    """Sealed rulesets, each read once."""

    def __init__(self, rulesets: Mapping[str, bytes]) -> None:
        self._bytes = rulesets
        self._read: dict[str, Ruleset] = {}

    def __call__(self, digest: str) -> Ruleset:
        if digest not in self._read:
            self._read[digest] = law.from_json(self._bytes[digest])
        return self._read[digest]


class _Replay:
    """One log judged from its first entry; the other logs are folded along as far as each entry had seen them."""

    def __init__(self, logs: Logs, kind: str, rules: _Rules, values: Mapping[str, str], report: Report) -> None:
        self.logs, self.log = logs, logs[kind]
        self.values, self.report = values, report
        self.world = World(rules=rules)
        #: ids of the contests counted again
        self.contests: set[str] = set()

    def run(self) -> None:
        """Stop at the first act that should not stand: nothing after it means what it says."""
        for line, entry in enumerate(self.log.entries, start=1):
            assert entry is not None  # replay is for whole logs
            try:
                if not self._judge(entry, line):
                    return
            except UnknownAct as error:
                self._fail(line, "act-unknown", act=str(error))
                return
            except Exception as error:  # a forged record can lead guard and fold anywhere; wherever it is, it is here
                self._fail(line, "act-impossible", act=entry.act, why=type(error).__name__)
                return

    def _judge(self, entry: Entry, line: int) -> bool:
        self._follow(entry)
        deed = machine.deed_of(entry, self.values)
        if entry.seq == 0:
            self.world.at(entry.kind).id = entry.log
        machine.place(self.world, deed)
        if deed.act.log != entry.kind:
            self._fail(line, "act-log", act=entry.act)
        elif (deed.step, deed.attempt) != (entry.step, entry.attempt):
            self._fail(line, "act-step", step=entry.step, expected=deed.step, attempt=deed.attempt)
        elif getattr(deed.act, "count_semantics", count.SEMANTICS) != count.SEMANTICS:
            self._fail(line, "semantics", check="recount", have=count.SEMANTICS)
        elif self._recounted(deed, line):
            against = machine.may(self.world, deed)
            for demand in against:
                self._fail(
                    line,
                    "act-refused",
                    act=entry.act,
                    demand=demand.code,
                    numbers=demand.params,
                    article=demand.article,
                )
            if not against:
                machine.apply(self.world, deed)
                return True
        return False

    def _follow(self, entry: Entry) -> None:
        """Bring the facts of the other logs to where this entry saw them."""
        for other in self.logs.values():
            at = entry.seen.get(other.id)
            if at is None or other is self.log:
                continue
            facts = self.world.at(other.kind)
            new = [e for e in other.entries[facts.size : at["size"]] if e is not None]
            machine.fold(self.world, new, self.values)

    def _recounted(self, deed: Deed, line: int) -> bool:
        """For an announcement: count again, and compare with what was announced. True for any other act."""
        if not isinstance(deed.act, Announce):
            return True
        answer = result.decide(self.world)
        if answer is None:
            self._fail(line, "tallies-open", check="recount")
            return False
        self.contests |= {contest["id"] for contest in answer["contests"]}
        if deed.act.valid != answer["valid"]:
            self._fail(line, "result-valid", check="result")
            return False
        announced = {outcome.contest: outcome for outcome in deed.act.outcomes}
        counted = {outcome.contest: outcome for outcome in result.outcomes(answer)}
        differ = sorted(c for c in announced.keys() | counted.keys() if announced.get(c) != counted.get(c))
        for contest in differ:
            self._fail(line, "result-differs", check="result", contest=contest)
        return not differ

    def _fail(self, line: int, code: str, check: str = "steps", **params: object) -> None:
        self.report.fail(check, code, self.log.path, line, **params)


def _check_personal(logs: Logs, values: Mapping[str, str], report: Report) -> None:
    """No personal field stands in clear, and of the sealed ones only those that are posted are opened."""
    sealed = 0
    for log in logs.values():
        for line, entry in enumerate(log.entries, start=1):
            if entry is None or entry.act not in ACTS:
                continue
            for pattern, mark in personal_paths(ACTS[entry.act]):
                for value in _at(entry.payload, pattern):
                    sealed += seal.is_sealed(value)
                    _check_value(value, mark.posted, ".".join(pattern), values, log, line, report)
    report.done("personal", n=sealed)


def _check_value(
    value: Any, posted: bool, field: str, values: Mapping[str, str], log: Log, line: int, report: Report
) -> None:
    if seal.is_sealed(value):
        if not posted and value["sealed"] in values:
            report.fail("personal", "personal-opened", log.path, line, field=field)
    elif value not in (None, ""):
        report.fail("personal", "personal-clear", log.path, line, field=field)


def _at(value: Any, pattern: tuple[str, ...]) -> Iterator[Any]:
    """The values at ``pattern`` (``*`` is any index) that are there."""
    if not pattern:
        yield value
    elif pattern[0] == "*":
        for inner in value if isinstance(value, list) else ():
            yield from _at(inner, pattern[1:])
    elif isinstance(value, Mapping) and pattern[0] in value:
        yield from _at(value[pattern[0]], pattern[1:])
