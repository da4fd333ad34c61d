"""The proof of one entry, checked without the rest of its log."""

from __future__ import annotations

import os
from pathlib import Path

from election.record import keys, note, proof
from election.record.canonical import NotCanonical
from election.record.entry import Entry, NotAnEntry
from election.record.note import Checkpoint, NoteError, Verifier
from election.record.policy import Policy
from election.record.proof import Proof, ProofError
from election.verify.report import PROOF_CHECKS, Report

#: an entry has some kilobytes, its proof some more
_MAX = 2**24


def read(path: str | os.PathLike[str]) -> str | None:
    """The text of the file if it begins as a proof does, None for anything else (a bundle, or nothing that is read)."""
    try:
        with Path(path).open("rb") as file:
            if file.read(len(proof.HEAD)) != proof.HEAD.encode():
                return None
            return proof.HEAD + file.read(_MAX).decode()
    except (OSError, UnicodeDecodeError):
        return None


def check(text: str, pinned: str | None, policy: Policy | None) -> Report:
    """Checks ``PROOF_CHECKS``. ``pinned`` is the fingerprint given, ``policy`` whose cosignatures are asked for."""
    report = Report(PROOF_CHECKS)
    try:
        found = Proof.parse(text)
        server = Verifier.parse(found.server)
        said = Checkpoint.parse(note.open(found.checkpoint, [server])[0])
    except ProofError:
        report.fail("inclusion", "proof-form")
        return report
    except NoteError:
        report.fail("checkpoints", "proof-checkpoint")
        return report
    report.entries, report.checkpoints = 1, 1
    report.fingerprint = keys.fingerprint(server.public_key)
    if pinned is not None:
        if report.fingerprint == pinned:
            report.trust = "pinned"
        else:
            report.fail("trust", "other-key")
        report.done("trust", fingerprint=keys.fingerprint_text(server.public_key))
    _check_entry(found, said, server, report)
    report.checks["checkpoints"].by = "proof"
    report.done("checkpoints", size=said.size)
    if policy is not None:
        _check_witnesses(found, said, server, policy, report)
    if not found.holds():
        report.fail("inclusion", "proof-root", size=said.size)
    report.done("inclusion", n=found.index + 1, seq=found.index, size=said.size)
    return report


def _check_entry(found: Proof, said: Checkpoint, server: Verifier, report: Report) -> None:
    try:
        entry = Entry.from_bytes(found.data)
    except (NotCanonical, NotAnEntry):
        report.fail("entries", "chain.not-canonical")
        return
    report.entry = entry
    if said.origin != note.origin(server.name, entry.kind, entry.log):
        report.fail("checkpoints", "proof-other")
    if entry.seq != found.index:
        report.fail("entries", "chain.seq", found=entry.seq)
    report.done("entries", n=1)


def _check_witnesses(found: Proof, said: Checkpoint, server: Verifier, policy: Policy, report: Report) -> None:
    if policy.logs and server.public_key not in {log.public_key for log in policy.logs}:
        report.fail("witnesses", "policy-log")
    try:
        cosigned = policy.cosigned(found.checkpoint)
    except NoteError:
        report.fail("witnesses", "cosignature")
        return
    if not policy.met(cosigned):
        report.fail("witnesses", "quorum", size=0, have=said.size)
    report.done("witnesses", n=len(cosigned), size=said.size)
