"""Verify a bundle: every check in order, each on its own, nothing believed that was not checked before."""

from __future__ import annotations

import os

from election.faults import WrongInput, contents
from election.record import bundle as bundles
from election.record import keys, note
from election.record import policy as policies
from election.record.archive import Damaged
from election.record.bundle import Bundle
from election.record.entry import Entry
from election.record.note import Checkpoint, NoteError, Verifier
from election.record.policy import Policy, PolicyError
from election.record.printed import Printed, typed
from election.verify import logs as reading
from election.verify import one, sealed, signatures
from election.verify.replay import replay
from election.verify.report import Report

#: a checkpoint and a policy have some hundreds of bytes
_MAX_NOTE = 1_000_000


def verify(
    path: str | os.PathLike[str],
    trust: str | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    policy: str | os.PathLike[str] | None = None,
) -> Report:
    """Check the bundle, or the proof of one entry, at ``path``.

    ``trust`` is the server's fingerprint as printed on signed papers, ``checkpoint`` a file with a checkpoint taken
    earlier or with what a signed paper prints of one (or that text itself), ``policy`` one that says whose cosignatures are asked for. Raises WrongInput for what cannot be used at all; whatever is wrong *in* a bundle is in the report.
    """
    pinned = _fingerprint(trust)
    believed = _policy(policy)
    if (text := one.read(path)) is not None:
        if checkpoint is not None:
            raise WrongInput("a proof of one entry extends nothing", place="--checkpoint", mend="give it with a bundle")
        return one.check(text, pinned, believed)
    earlier = _earlier(checkpoint)
    report = Report()
    try:
        with bundles.read(path) as bundle:
            _check(bundle, pinned, earlier, believed, report)
    except Damaged as error:
        report.fail("archive", "damaged", error.place)
    return report


def _fingerprint(text: str | None) -> str | None:
    if text is None:
        return None
    found = keys.read_fingerprint(text)
    if found is None:
        raise WrongInput(
            "not a fingerprint", place="--trust", mend="give the 64 hex digits printed on the signed papers"
        )
    return found


def _policy(path: str | os.PathLike[str] | None) -> Policy | None:
    if path is None:
        return None
    try:
        return policies.parse(contents(path, _MAX_NOTE).decode())
    except (PolicyError, UnicodeDecodeError) as error:
        raise WrongInput(
            "not a policy ({reason})",
            place="{path}",
            mend="write it as C2SP tlog-policy, or take it from `election witness policy`",
            reason=error,
            path=path,
        ) from error


def _earlier(path: str | os.PathLike[str] | None) -> str | Printed | None:
    if path is None or (printed := typed(os.fspath(path))) is not None:
        return None if path is None else printed
    try:
        text = contents(path, _MAX_NOTE).decode()
        if (printed := Printed.parse(text)) is not None:
            return printed
        Checkpoint.parse(note.body_of(text))
    except (NoteError, UnicodeDecodeError) as error:
        raise WrongInput(
            "not a checkpoint",
            place="{path}",
            mend="give a checkpoint as it was exported (checkpoints/election/N.note), or size and root as a signed paper prints them (89 f168 d65e …: 纸上的条数和 64 位记录校验码)",
            path=path,
        ) from error
    return text


def _check(
    bundle: Bundle, pinned: str | None, earlier: str | Printed | None, believed: Policy | None, report: Report
) -> None:
    _check_archive(bundle, report)
    server = _server(bundle, report)
    if server is None:
        return
    _check_trust(server, pinned, report)
    _check_manifest(bundle, server, report)
    sizes = {size for _, size, _ in bundle.checkpoints()}
    if isinstance(earlier, Printed):
        sizes.add(earlier.size)
    elif earlier is not None:
        sizes.add(Checkpoint.parse(note.body_of(earlier)).size)
    logs = reading.read_logs(bundle, report, sizes)
    reading.check_checkpoints(bundle, logs, server, report)
    reading.check_chain(logs, report)
    if isinstance(earlier, Printed):
        reading.check_printed(earlier, logs, server, report)
    elif earlier is not None:
        reading.check_earlier(earlier, logs, server, report)
    if believed is not None and "election" in logs:
        reading.check_witnesses(bundle, logs, server, believed, report)
    reading.check_seen(logs, report)
    if "election" not in logs or "office" not in logs:
        return
    signatures.check_people(logs, report)
    sealed.check_papers(bundle, logs, report)
    sealed.check_attachments(logs, report)
    values = sealed.check_openings(bundle, logs, report)
    rulesets = sealed.check_rulesets(bundle, logs, report)
    if report.sound:
        replay(logs, rulesets, values, report)


def _check_archive(bundle: Bundle, report: Report) -> None:
    for path in bundle.paths:
        if not bundles.known_path(path):
            report.fail("archive", "unknown-file", path)
    astray = next((path for path, due in zip(bundle.paths, sorted(bundle.paths), strict=True) if path != due), None)
    if astray is not None:
        report.fail("archive", "file-order", astray)
    for path in (bundles.VERSION, bundles.MANIFEST, bundles.OPENINGS):
        if path not in bundle:
            report.fail("archive", "file-missing", path)
    if bundles.VERSION in bundle and bundle.read(bundles.VERSION) != f"{bundles.FORMAT}\n".encode():
        report.fail("archive", "version", bundles.VERSION, 1)
    report.done("archive", n=len(bundle.paths))


def _server(bundle: Bundle, report: Report) -> Verifier | None:
    """The server's key as the first entry of the office log declares it."""
    path = bundles.log_path("office")
    if path not in bundle:
        report.fail("entries", "log-missing", path)
        return None
    try:
        first = Entry.from_bytes(next(bundle.lines(path), b""))
        server = Verifier(first.payload["name"], bytes.fromhex(first.payload["server_key"]))
        report.demonstration = first.payload.get("demonstration") is True
    except (ValueError, KeyError, TypeError):
        report.fail("entries", "server-key", path, 1)
        return None
    report.fingerprint = keys.fingerprint(server.public_key)
    return server


def _check_trust(server: Verifier, pinned: str | None, report: Report) -> None:
    """The key is the one whose fingerprint people hold on paper; without a fingerprint nothing is said."""
    if pinned is None:
        return
    if report.fingerprint == pinned:
        report.trust = "pinned"
    else:
        report.fail("trust", "other-key", bundles.log_path("office"), 1)
    report.done("trust", fingerprint=keys.fingerprint_text(server.public_key))


def _check_manifest(bundle: Bundle, server: Verifier, report: Report) -> None:
    """The server signed the list of files, and the files are those: none changed, missing or added."""
    if bundles.MANIFEST not in bundle:
        report.fail("manifest", "file-missing", bundles.MANIFEST)
        return
    try:
        text = bundle.text(bundles.MANIFEST)
        listed = bundles.parse_manifest(note.open(text, [server])[0])
        if len(note.split(text)[1]) > 1:  # nothing is signed of a line of another
            raise ValueError("more than one signature")
    except NoteError:
        report.fail("manifest", "manifest-signature", bundles.MANIFEST)
        return
    except ValueError:
        report.fail("manifest", "manifest-form", bundles.MANIFEST)
        return
    present = set(bundle.paths) - {bundles.MANIFEST}
    for path in sorted(listed.keys() - present):
        report.fail("manifest", "file-missing", path)
    for path in sorted(present - listed.keys()):
        report.fail("manifest", "file-added", path)
    for path in sorted(present & listed.keys()):
        try:
            same = bundle.size(path) == listed[path].size and bundle.sha256(path) == listed[path].sha256
        except Damaged:
            same = False
        if not same:
            report.fail("manifest", "file-changed", path)
    report.done("manifest", n=len(listed))
