"""The three logs of a bundle: every line, the links, the checkpoints, and what each log had seen of the others."""

from __future__ import annotations

from dataclasses import dataclass, field

from election.record import keys, note
from election.record.bundle import Bundle, log_path
from election.record.chain import Problem, walk
from election.record.entry import KINDS, ZERO, Entry
from election.record.note import Checkpoint, NoteError, Verifier
from election.record.policy import Policy
from election.record.printed import Printed
from election.record.tree import Tree
from election.verify.report import TOLD, Report


@dataclass
class Log:
    """A log as it was read. ``entries`` has None where a line is no entry."""

    kind: str
    path: str
    entries: list[Entry | None] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    #: size -> Merkle root, at the sizes asked for and at the end
    roots: dict[int, bytes] = field(default_factory=dict)
    #: line -> what is wrong with its place or its link
    broken: dict[int, Problem] = field(default_factory=dict)
    #: the largest size at which a signed checkpoint has this log's root, and the least above it at which one has not
    held: int = 0
    lost: int | None = None
    #: so much was wrong that the rest was left unread: its size says nothing of the whole log
    unread: bool = False

    @property
    def id(self) -> str:
        return next((entry.log for entry in self.entries if entry is not None), "")

    @property
    def size(self) -> int:
        return len(self.entries)

    def head(self, size: int) -> str:
        """The hash that ``seen`` gives for the first ``size`` entries."""
        return self.hashes[size - 1] if size else ZERO


Logs = dict[str, Log]


def read_logs(bundle: Bundle, report: Report, sizes: set[int]) -> Logs:
    """Read every log once: canonical bytes, shape, links, and the roots at ``sizes``. Checks ``entries``."""
    logs = {kind: _read(bundle, kind, report, sizes) for kind in KINDS if log_path(kind) in bundle}
    for kind in KINDS:
        if kind not in logs:
            report.fail("entries", "log-missing", log_path(kind))
        elif not logs[kind].size:
            report.fail("entries", "log-empty", log_path(kind))
    report.entries = sum(log.size for log in logs.values())
    report.read = {log.path: log.entries for log in logs.values()}
    report.done("entries", n=report.entries)
    return logs


def _read(bundle: Bundle, kind: str, report: Report, sizes: set[int]) -> Log:
    log, tree = Log(kind, log_path(kind)), Tree()
    log.roots[0] = tree.root()
    wrong = 0
    for line, (data, entry, problem) in enumerate(walk(bundle.lines(log.path)), start=1):
        tree.append(data)
        if tree.size in sizes:
            log.roots[tree.size] = tree.root()
        if problem is not None and problem.code in ("chain.not-canonical", "chain.shape"):
            report.fail("entries", problem.code, log.path, line, **problem.params)
        elif problem is not None:
            log.broken[line] = problem
        wrong += problem is not None
        log.entries.append(entry)
        log.hashes.append(entry.hash if entry is not None else "")
        if wrong == TOLD:  # what nobody is told is not looked for
            log.unread = True
            break
    log.roots[tree.size] = tree.root()
    return log


def check_chain(logs: Logs, report: Report) -> None:
    """Every entry is linked to the one before. Where a link does not hold, the entry that was changed is named.

    Comes after ``check_checkpoints``, which say how far a log is what it was.
    """
    for kind, log in logs.items():
        first = next((entry for entry in log.entries if entry is not None), None)  # the walk holds the others to it
        if first is not None and first.kind != kind:
            report.fail("chain", "chain.kind", log.path, 1)
        for line, problem in log.broken.items():
            if problem.code == "chain.prev" and (changed := _changed(log, line)) < line:
                report.fail("chain", "chain.changed", log.path, changed, next=line)
            elif not _moved_along(log, line):
                report.fail("chain", problem.code, log.path, line, **problem.params)
    report.done("chain", n=report.entries)


def _changed(log: Log, line: int) -> int:
    """The line to blame where ``line`` does not cite the hash of the one before: that one, or itself.

    A checkpoint that holds clears what is under it, one that does not leaves no doubt; without either, a change of
    ``line`` alone explains that the next link is broken too.
    """
    before = line - 1
    if log.held >= before:
        return line
    if log.lost is not None and log.lost <= before:
        return before
    after = log.broken.get(line + 1)
    return line if after is not None and after.code == "chain.prev" else before


def _moved_along(log: Log, line: int) -> bool:
    """Whether the line only has another place because the one before it has, to which it is linked."""
    one, other = log.broken.get(line - 1), log.broken[line]
    entry = log.entries[line - 1]
    return (
        one is not None
        and entry is not None
        and (one.code, other.code) == ("chain.seq", "chain.seq")
        and entry.prev == log.hashes[line - 2] != ""
    )


def check_checkpoints(bundle: Bundle, logs: Logs, server: Verifier, report: Report) -> None:
    """Every checkpoint is the server's and has the log's root at its size; the last one covers the whole log."""
    listed = bundle.checkpoints()
    other: dict[str, dict[int, str]] = {kind: {} for kind in logs}
    for kind, size, path in listed:
        try:
            found = Checkpoint.parse(note.open(bundle.text(path), [server])[0])
        except NoteError:
            report.fail("checkpoints", "checkpoint-signature", path)
            continue
        if kind not in logs or found.size != size or found.origin != note.origin(server.name, kind, logs[kind].id):
            report.fail("checkpoints", "checkpoint-other", path)
        elif size > logs[kind].size and logs[kind].unread:
            continue
        elif size > logs[kind].size:
            report.fail("checkpoints", "cut-back", path, size=size, have=logs[kind].size)
        elif logs[kind].roots.get(size) != found.root:
            other[kind][size] = path
        else:
            logs[kind].held = size
    for kind, log in logs.items():
        _check_roots(log, other[kind], report)
        if not log.unread and (kind, log.size) not in {(k, s) for k, s, _ in listed}:
            report.fail("checkpoints", "checkpoint-missing", log.path, size=log.size)
    report.checkpoints = len(listed)
    report.done("checkpoints", n=len(listed))


def _check_roots(log: Log, other: dict[int, str], report: Report) -> None:
    """Tell the checkpoints (size -> path) whose root is not the log's: of those that one change of the log explains, one."""
    above = [size for size in sorted(other) if size > log.held]
    for size in sorted(other.keys() - set(above)):
        report.fail("checkpoints", "checkpoint-root", other[size], size=size)
    if above:
        log.lost = above[0]
        if log.lost == log.held + 1:
            report.fail("checkpoints", "changed-here", log.path, log.lost, held=log.held)
        report.fail(
            "checkpoints", "changed-between", other[log.lost], held=log.held, size=log.lost, more=len(above) - 1
        )


def check_earlier(earlier: str, logs: Logs, server: Verifier, report: Report) -> None:
    """The logs extend the checkpoint taken earlier (the text of a note): same key, same log, same root at its size."""
    try:
        found = Checkpoint.parse(note.open(earlier, [server])[0])
    except NoteError:
        report.fail("earlier", "earlier-signature")
        return
    log = next((log for log in logs.values() if found.origin == note.origin(server.name, log.kind, log.id)), None)
    if log is None:
        report.fail("earlier", "earlier-other")
    elif found.size > log.size:
        report.fail("earlier", "cut-back", log.path, log.size, size=found.size, have=log.size)
    elif log.roots.get(found.size) != found.root:
        report.fail("earlier", "forked", log.path, found.size, size=found.size)
    report.done("earlier", size=found.size)


def check_printed(printed: Printed, logs: Logs, server: Verifier, report: Report) -> None:
    """A log extends what a paper that people signed prints; which log it is the paper's digits do not say."""
    size = printed.size
    report.checks["earlier"].by = "printed"
    if printed.fingerprint not in (None, keys.fingerprint(server.public_key)):
        report.fail("earlier", "printed-key")
    if all(log.roots.get(size) != printed.root for log in logs.values()):
        have = max((log.size for log in logs.values()), default=0)
        if size > have:
            report.fail("earlier", "cut-back", log_path("election"), have, size=size, have=have)
        else:
            report.fail("earlier", "printed-root", size=size)
    report.done("earlier", size=size)


def check_witnesses(bundle: Bundle, logs: Logs, server: Verifier, policy: Policy, report: Report) -> None:
    """The whole of the election's log stands under a checkpoint that the policy's quorum of witnesses cosigned.

    The other logs stand under it too, as far as the election has seen them.
    """
    if policy.logs and server.public_key not in {log.public_key for log in policy.logs}:
        report.fail("witnesses", "policy-log", log_path("office"), 1)
    size = logs["election"].size
    most = count = 0
    for kind, at, path in bundle.checkpoints():
        try:
            cosigned = policy.cosigned(bundle.text(path))
        except NoteError:
            report.fail("witnesses", "cosignature", path)
            continue
        if kind == "election" and policy.met(cosigned) and at >= most:
            most, count = at, len(cosigned)
    if most < size:
        report.fail("witnesses", "quorum", log_path("election"), most + 1, size=most, have=size)
    report.done("witnesses", n=count, size=size)


def check_seen(logs: Logs, report: Report) -> None:
    """What an entry saw of another log is a beginning of that log, and never less than the entry before saw.

    Logs that are not in the bundle (a campaign reads elections of other communities) cannot be compared.
    """
    by_id = {log.id: log for log in logs.values()}
    for log in logs.values():
        before: dict[str, int] = {}
        for line, entry in enumerate(log.entries, start=1):
            for other, at in entry.seen.items() if entry is not None else ():
                size = at["size"]
                if size < before.get(other, 0):
                    report.fail("seen", "seen-back", log.path, line)
                before[other] = size
                target = by_id.get(other)
                if target is None:
                    continue
                if target is log or size > target.size:
                    report.fail("seen", "seen-ahead", log.path, line, size=size)
                elif target.head(size) != at["head"]:
                    report.fail("seen", "seen-other", log.path, line, size=size)
    first = logs["election"].entries[0] if "election" in logs and logs["election"].entries else None
    for kind in ("office", "campaign"):
        if first is not None and kind in logs and first.seen.get(logs[kind].id, {}).get("size", 0) == 0:
            report.fail("seen", "seen-none", log_path("election"), 1, log=kind)
    report.done("seen")
