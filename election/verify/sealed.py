"""What the entries seal and the bundle carries: papers, openings, rulesets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from election.faults import WrongInput
from election.record import bundle as bundles
from election.record import canonical, seal
from election.record.apart import Apart
from election.record.archive import Damaged
from election.record.bundle import OPENINGS, Bundle
from election.record.canonical import NotCanonical
from election.record.entry import Entry, NotAnEntry
from election.record.seal import Opening
from election.verify.logs import Log, Logs
from election.verify.report import TOLD, Report


def _entries(log: Log) -> Iterator[tuple[int, Entry]]:
    return ((line, entry) for line, entry in enumerate(log.entries, start=1) if entry is not None)


def _digest_named(path: str) -> str:
    return PurePosixPath(path).stem


def check_papers(bundle: Bundle, logs: Logs, report: Report) -> None:
    """Every paper that the election sealed is there with the bytes sealed, and no other paper is."""
    bundled = {_digest_named(path): path for path in bundle.within("papers")}
    for digest, path in bundled.items():
        if bundle.sha256(path) != digest:
            report.fail("papers", "paper-bytes", path)
    sealed = {paper["sha256"] for log in logs.values() for _, entry in _entries(log) for paper in entry.papers}
    for digest in sorted(bundled.keys() - sealed):
        report.fail("papers", "paper-stray", bundled[digest])
    election = logs["election"]
    for line, entry in _entries(election):
        for paper in entry.papers:
            if paper["sha256"] not in bundled:
                report.fail("papers", "paper-missing", election.path, line, sha256=paper["sha256"])
    report.done("papers", n=len(bundled))


def check_attachments(logs: Logs, report: Report) -> None:
    """Attachments are sealed by their hash only; their contents stay encrypted where they were taken."""
    count = sum(len(entry.attachments) for log in logs.values() for _, entry in _entries(log))
    if count == 0:
        report.done("attachments", n=0)
    else:
        report.checks["attachments"].params = {"n": count}


def check_openings(bundle: Bundle, logs: Logs, report: Report) -> dict[str, str]:
    """Every opening opens a commitment that stands in an entry, once. Gives commitment -> value of the good ones."""
    standing = {c for log in logs.values() for _, entry in _entries(log) for c in seal.sealed_in(entry.payload)}
    values: dict[str, str] = {}
    last, wrong = "", 0
    for line, data in enumerate(bundle.lines(OPENINGS) if OPENINGS in bundle else (), start=1):
        opening = _opening(data)
        if opening is None or not seal.check(opening):
            report.fail("openings", "opening-wrong", OPENINGS, line)
            wrong += 1
        elif opening.commitment not in standing or opening.commitment <= last:
            report.fail("openings", "opening-stray", OPENINGS, line)
            wrong += 1
        else:
            values[opening.commitment] = opening.value
            last = opening.commitment
        if wrong == TOLD:
            break
    report.done("openings", n=len(values), closed=len(standing) - len(values))
    return values


def placed(path: str | os.PathLike[str], apart: Apart) -> list[dict[str, Any]]:
    """Each opening that was carried apart with the entry it belongs to (``seq``), None where it opens nothing there.

    Raises WrongInput for what is no bundle.
    """
    places: dict[str, int] = {}
    try:
        with bundles.read(path) as bundle:
            for line in bundle.lines(bundles.log_path("election")):
                entry = Entry.from_bytes(line)
                if entry.log == apart.log:
                    places |= dict.fromkeys(seal.sealed_in(entry.payload), entry.seq)
    except (Damaged, KeyError, NotCanonical, NotAnEntry) as error:
        raise WrongInput("the bundle is damaged", place="{path}", mend="verify it first", path=path) from error
    return [
        {"commitment": o.commitment, "seq": places.get(o.commitment) if seal.check(o) else None, "value": o.value}
        for o in apart.openings
    ]


def _opening(data: bytes) -> Opening | None:
    try:
        value = canonical.decode(data)
    except NotCanonical:
        return None
    if type(value) is not dict or value.keys() != {"commitment", "salt", "value"}:
        return None
    if not all(type(part) is str for part in value.values()):
        return None
    try:
        salt = bytes.fromhex(value["salt"])
    except ValueError:
        return None
    return Opening(value["commitment"], salt, value["value"]) if salt.hex() == value["salt"] else None


def check_rulesets(bundle: Bundle, logs: Logs, report: Report) -> dict[str, bytes]:
    """The rulesets are those that the election sealed: the first entry's, and any that a later act put in its place.

    Gives digest -> exact bytes.
    """
    bundled: dict[str, bytes] = {}
    for path in bundle.within("rulesets"):
        if bundle.sha256(path) != _digest_named(path):
            report.fail("ruleset", "ruleset-bytes", path)
        bundled[_digest_named(path)] = bundle.read(path)
    election = logs["election"]
    sealed: set[str] = set()
    for line, entry in _entries(election):
        if line > 1 and "ruleset_sha256" not in entry.payload:
            continue
        digest = str(entry.payload.get("ruleset_sha256"))
        sealed.add(digest)
        if digest not in bundled:
            report.fail("ruleset", "ruleset-missing", election.path, line)
    for digest in sorted(bundled.keys() - sealed):
        report.fail("ruleset", "ruleset-stray", f"rulesets/{digest}.json")
    report.done("ruleset", n=len(bundled))
    return bundled
