#!/usr/bin/env python3
"""Check a bundle of an election from its description alone (docs/record-format.md, verifying.md), with nothing of ours.

    python verify_alone.py X.zip [--trust FINGERPRINT] [--checkpoint FILE] [--json]

Needs Python 3.11 and ``cryptography`` for Ed25519 and nothing else. It was written from the format's page, so that a
mistake in the program's own verifier is not made a second time here. It checks hashes, signatures, checkpoints, who
signed, and adds up the signed tallies again; the rules of the steps between are the program's own verifier's to judge.
Exit 0: nothing is wrong; 1: something is; 2: no bundle, or an option that is none.
"""

from __future__ import annotations

import argparse
import json
import re
import struct
import sys
import unicodedata
import zlib
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections import Counter
from fractions import Fraction
from hashlib import sha256
from itertools import islice
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KINDS = ("office", "campaign", "election")
#: gates: the most bytes of a bundle packed and unpacked, of all but logs, papers and openings, of logs and openings, and
#: of one line; the most that a file may shrink; how many wrong lines of one file are told before the rest is left unread
MOST, MOST_SMALL, MOST_LOGS, MOST_LINE, MOST_FILES, MOST_RATIO, MOST_TOLD = 2**31, 2**26, 2**30, 2**22, 50_000, 200, 20
ZERO = "0" * 64
#: a checkpoint taken earlier has some hundreds of bytes
MOST_NOTE = 1_000_000
FIELDS = {
    "log", "kind", "seq", "prev", "act", "step", "attempt", "occurred_on", "recorded_at", "actor", "payload", "papers",
    "attachments", "seen", "statements", "on_paper",
}  # fmt: skip
MEMBER = re.compile(
    r"VERSION|MANIFEST|openings\.jsonl|logs/(office|campaign|election)\.jsonl"
    r"|checkpoints/(office|campaign|election)/(0|[1-9]\d{0,15})\.note"
    r"|rulesets/[0-9a-f]{64}\.json|papers/[0-9a-f]{64}\.pdf",
    re.ASCII,
)
HEX64 = re.compile(r"[0-9a-f]{64}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CODE = re.compile(r"[a-z0-9_.-]+")
DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
INSTANT = re.compile(DAY + r"T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)\.\d{3}Z", re.ASCII)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
#: what a paper prints: its square's text, or size and root as typed (verifying.md)
PRINTED = re.compile(
    r"\s*(?:存证)?[\s:：-]*(0|[1-9][0-9]{0,15})[\s:：]+((?:[0-9a-f][\s:：-]*){64})((?:[0-9a-f][\s:：-]*){64})?", re.I
)
SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
ED25519, COSIGNATURE = b"\x01", b"\x04"
#: acts that somebody must sign (section 5)
SIGNED = {
    "approve.appoint", "approve.decide", "approve.submit", "archive.seal", "campaign.decide_postponement",
    "campaign.inspect", "certify.issue", "consent.decide", "council.elect", "electorate.choose", "file.submit",
    "handover.sign", "hands.record", "hands.sign", "inspection.record", "later.record", "nomination.decide",
    "nomination.prospective", "nomination.report", "nomination.study", "objection.decide", "office.continue", "office.vouch",
    "official.fix", "plenary.elect", "prepare.ballots", "prepare.complete", "prepare.withdraw_ballots",
    "recount.draw", "recount.explain", "recount.record", "representatives.fix", "result.announce", "result.leave_vacant",
    "retention.destroy", "roll.fix", "scan.close", "scan.explain", "seats.fix",
    "step.reopen", "tally.commit", "tally.mix", "tally.open_box", "tally.resolve", "tally.restart", "tally.sign",
}  # fmt: skip

#: roles whose word counts for a key, and those of the office above, whose first keys need nobody's
VOUCHING = {
    "administrator",
    "organisation_reviewer",
    "civil_reviewer",
    "street_officer",
    "committee_chair",
    "leading_chair",
}
FOUNDING = VOUCHING - {"committee_chair", "leading_chair"}


#: what it looks at, in this order, and what it leaves to the program's own verifier or to people
CHECKS = (
    "archive", "trust", "manifest", "entries", "chain", "checkpoints", "earlier", "seen", "actors", "statements",
    "papers", "openings", "ruleset", "count",
)  # fmt: skip
LEFT = {
    "witnesses": "cosignatures",
    "attachments": "scans and other files, sealed by digest only",
    "personal": "whether personal values are sealed",
    "steps": "whether the rules allowed each act when it was done",
}


class Wrong(Exception):
    """Something in the bundle is not as the format says."""


class Report:
    def __init__(self) -> None:
        self.problems: list[dict] = []
        self.entries = 0
        self.trust = "unpinned"
        self.demonstration = False
        self.printed = False
        self.made: set[str] = set()
        self.lines: dict[str, list[dict | None]] = {}

    def status(self, check: str) -> str:
        if any(p["check"] == check for p in self.problems):
            return "fail"
        return "pass" if check in self.made else "not_checked"

    def told(self) -> list[dict]:
        """The problems, those first that name a line, each with the act that stands there."""
        found = sorted(self.problems, key=lambda p: (p["line"] is None, p["file"] if p["line"] else "", p["line"] or 0))
        return [p | {"act": self.act(p["file"], p["line"])} for p in found]

    def act(self, file: str, line: int | None) -> str | None:
        entries = self.lines.get(file, [])
        entry = entries[line - 1] if line is not None and 0 < line <= len(entries) else None
        return f"{entry['act']}, {entry['occurred_on']}" if entry else None

    def wrong(self, check: str, file: str, text: str, line: int | None = None) -> None:
        self.problems.append({"check": check, "file": file, "line": line, "text": text})


# --- the container ---------------------------------------------------------------------------------------------------


def unusable(text: str) -> SystemExit:
    print(text, file=sys.stderr)
    return SystemExit(2)


def unpack(data: bytes) -> dict[str, bytes]:
    """Members by name, of a zip in which every byte has its place. Raises Wrong naming the place."""
    if data[:4] != b"PK\x03\x04" and data.rfind(b"PK\x05\x06") < 0:
        raise unusable("not a bundle: give the zip that was exported")
    end = len(data) - 22
    if end < 0:
        raise Wrong("the archive's end")
    sign, disk, first, here, count, length, start, comment = struct.unpack_from("<4s4H2LH", data, end)
    if (sign, disk, first, comment) != (b"PK\x05\x06", 0, 0, 0) or here != count or not count or start + length != end:
        raise Wrong("the archive's end")
    if count > MOST_FILES:
        raise unusable(f"more than {MOST_FILES} files in a bundle")
    found: dict[str, bytes] = {}
    total = small = held = 0
    place, at, common = start, 0, None
    for number in range(1, count + 1):
        where = f"file {number} of the archive"
        if place + 46 > end or at + 30 > end:
            raise Wrong(where)
        c = struct.unpack_from("<4s6H3L5H2L", data, place)
        local = struct.unpack_from("<4s5H3L2H", data, at)
        facts, (width, extra, remark, disk, inner, outer, offset) = c[2:10], c[10:]
        name = data[place + 46 : place + 46 + width]
        begin = at + 30 + width
        _, flags, method, _, _, crc, stored, size = facts
        if (
            (c[0], local[0]) != (b"PK\x01\x02", b"PK\x03\x04")
            or (local[1:9], local[9:]) != (facts, (width, 0))
            or (extra, remark, disk, offset) != (0, 0, 0, at)
            or data[at + 30 : begin] != name
            or flags not in (0, 0x800)
            or method not in (0, 8)
            or begin + stored > end
            or (common or (c[1], flags, inner, outer)) != (c[1], flags, inner, outer)
        ):
            raise Wrong(where)
        common = (c[1], flags, inner, outer)
        total += size
        small += 0 if name.startswith((b"logs/", b"papers/", b"openings")) else size
        if total > MOST or small > MOST_SMALL or size > MOST_RATIO * stored + 1024:
            raise unusable(f"{where}: unpacks to more than any bundle holds")
        held += size if name.startswith((b"logs/", b"openings")) else 0
        if held > MOST_LOGS:
            raise unusable(f"logs and openings of more than {MOST_LOGS} bytes")
        content = data[begin : begin + stored]
        if method == 8:
            inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            try:
                content = inflate.decompress(content, size + 1)
            except zlib.error:
                raise Wrong(where) from None
            if not inflate.eof or inflate.unused_data:
                raise Wrong(where)
        text = name.decode("ascii", "replace")
        if len(content) != size or zlib.crc32(content) != crc or text in found or not text.isascii():
            raise Wrong(text if text.isascii() else where)
        found[text] = content
        place, at = place + 46 + width, begin + stored
    if at != start or place != end:
        raise Wrong("between the files of the archive")
    return found


# --- bytes, keys, notes, tree ----------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_canonical(data: bytes) -> object:
    """The value of canonical bytes. Raises Wrong."""

    def pairs(items: list[tuple[str, object]]) -> dict:
        if len({k for k, _ in items}) != len(items) or not all(CODE.fullmatch(k) for k, _ in items):
            raise ValueError("keys")
        return dict(items)

    def refuse(_: str) -> object:
        raise ValueError("number")

    try:
        if len(data) > MOST_LINE:
            raise ValueError("length")
        text = data.decode()
        value = json.loads(text, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse, parse_int=whole)
        if canonical(value) != data or not unicodedata.is_normalized("NFC", text):
            raise ValueError("form")
        normal(value)
    except (ValueError, RecursionError):
        raise Wrong("not in canonical form") from None
    return value


def whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) >= 2**53:
        raise ValueError("integer")
    return int(text)


def normal(value: object, depth: int = 0) -> None:
    """Every text on its own in NFC: an escape in a line may hide what the line as a whole does not show."""
    if depth > 100:  # the record's own acts have a tenth of it
        raise ValueError("depth")
    if isinstance(value, str) and not unicodedata.is_normalized("NFC", value):
        raise ValueError("NFC")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        normal(inner, depth + 1)


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def unbase64(text: str) -> bytes:
    try:
        blob = b64decode(text, validate=True)
    except ValueError:
        return b""
    return blob if b64encode(blob).decode() == text else b""


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def note_parts(data: bytes, most: int = 100) -> tuple[str, list[str]]:
    """The text of a note and its lines of signatures, at most ``most``. Raises Wrong."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Wrong("not a text") from None
    body, gap, tail = text.rpartition("\n\n")
    lines = tail.split("\n")
    body += "\n"
    if not gap or lines.pop() or not 0 < len(lines) <= most or CONTROL.search(body):
        raise Wrong("not a signed note")
    return body, lines


def open_note(data: bytes, name: str, public: bytes, most: int = 100) -> str:
    """The text of a note that this key signed, with at most ``most`` signatures. Raises Wrong."""
    body, lines = note_parts(data, most)
    signed = False
    for line in lines:
        match = SIGNATURE.fullmatch(line)
        blob = unbase64(match[2]) if match else b""
        if match is None or len(blob) < 5:
            raise Wrong("a signature line is not one")
        if (match[1], blob[:4]) == (name, key_id(name, ED25519, public)) and not signed:
            if not verified(public, blob[4:], body.encode()):
                raise Wrong("the signature is not of this text")
            signed = True
    if not signed:
        raise Wrong("not signed by the server's key")
    return body


def read_checkpoint(body: str) -> tuple[str, int, bytes]:
    """(origin, size, root). Raises Wrong."""
    match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n", body)
    root = unbase64(match[3]) if match else b""
    if match is None or len(root) != 32:
        raise Wrong("not the text of a checkpoint")
    return match[1], int(match[2]), root


def roots(lines: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The RFC 6962 root at each of ``sizes``: full subtrees are joined as they fill, the rest from the right."""
    found = {0: sha256(b"").digest()}
    peaks: list[tuple[int, bytes]] = []
    for number, line in enumerate(lines, start=1):
        height, node = 0, sha256(b"\x00" + line).digest()
        while peaks and peaks[-1][0] == height:
            height, node = height + 1, sha256(b"\x01" + peaks.pop()[1] + node).digest()
        peaks.append((height, node))
        if number in sizes:
            top = peaks[-1][1]
            for _, left in reversed(peaks[:-1]):
                top = sha256(b"\x01" + left + top).digest()
            found[number] = top
    return found


# --- the logs --------------------------------------------------------------------------------------------------------


def shape(entry: object) -> str | None:
    """The first field of an entry that has not its form."""
    if not isinstance(entry, dict) or set(entry) != FIELDS:
        return "fields"

    def text(value: object, pattern: re.Pattern[str]) -> bool:
        return isinstance(value, str) and pattern.fullmatch(value) is not None

    def number(value: object) -> bool:
        return type(value) is int and value >= 0

    def rows(value: object, **parts) -> bool:
        return isinstance(value, list) and all(
            isinstance(row, dict) and set(row) == set(parts) and all(good(row[k]) for k, good in parts.items())
            for row in value
        )

    def digest(value: object) -> bool:
        return text(value, HEX64)

    def string(value: object) -> bool:
        return isinstance(value, str)

    def seen(value: object) -> bool:
        return isinstance(value, dict) and all(
            text(k, UUID) and rows([v], size=number, head=digest) for k, v in value.items()
        )

    good = {
        "log": text(entry["log"], UUID),
        "kind": entry["kind"] in KINDS,
        "seq": number(entry["seq"]),
        "prev": digest(entry["prev"]),
        "act": text(entry["act"], CODE),
        "step": text(entry["step"], CODE),
        "attempt": number(entry["attempt"]),
        "occurred_on": text(entry["occurred_on"], re.compile(DAY, re.ASCII)),
        "recorded_at": text(entry["recorded_at"], INSTANT),
        "actor": rows([entry["actor"]], account=string, role=string, scope=lambda v: v is None or string(v)),
        "payload": isinstance(entry["payload"], dict),
        "papers": rows(
            entry["papers"], kind=string, number=lambda v: v is None or string(v) or number(v), sha256=digest
        ),
        "attachments": rows(entry["attachments"], sha256=digest, size=number, media_type=string),
        "seen": seen(entry["seen"]),
        "statements": isinstance(entry["statements"], list) and all(isinstance(s, dict) for s in entry["statements"]),
        "on_paper": entry["on_paper"] is None or isinstance(entry["on_paper"], dict),
    }
    return next((name for name, fits in good.items() if not fits), None)


def lines_of(data: bytes):
    """Lines without their ends; what stands behind the last end is none."""
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        yield data[start:end]
        start = end + 1


class Log:
    def __init__(self, kind: str, data: bytes, report: Report) -> None:
        self.kind, self.path = kind, f"logs/{kind}.jsonl"
        if data and not data.endswith(b"\n"):
            report.wrong("entries", self.path, "the last line has no end")
        self.lines: list[bytes] = []
        self.hashes: list[str] = []
        self.entries: list[dict | None] = []
        self.roots: dict[int, bytes] = {}
        previous, known = ZERO, len(report.problems)
        for seq, line in enumerate(lines_of(data)):
            if len(report.problems) - known >= MOST_TOLD:
                report.wrong("entries", self.path, "so much is wrong that the rest is left unread", seq + 1)
                break
            entry = None
            try:
                entry = read_canonical(line)
                part = shape(entry)
                if part is not None:
                    raise Wrong(f"the field {part!r} has not its form")
            except Wrong as why:
                report.wrong("entries", self.path, str(why), seq + 1)
                entry = None
            if entry is not None:
                first = next((e for e in self.entries if e is not None), entry)
                if (entry["kind"], entry["log"]) != (kind, first["log"]):
                    report.wrong("chain", self.path, "belongs to another log", seq + 1)
                elif entry["seq"] != seq or entry["prev"] != previous:
                    text = "does not follow the entry before: one of the two was changed, added, moved or left out"
                    report.wrong("chain", self.path, text, seq + 1)
            self.entries.append(entry)
            self.lines.append(line)
            self.hashes.append(previous := sha256(line).hexdigest())
        if not self.lines:
            report.wrong("entries", self.path, "the log is empty")

    @property
    def id(self) -> str:
        return next((e["log"] for e in self.entries if e is not None), "")

    def head(self, size: int) -> str:
        return self.hashes[size - 1] if size else ZERO

    def each(self):
        return ((n, e) for n, e in enumerate(self.entries, start=1) if e is not None)


def check_checkpoints(members: dict[str, bytes], logs: dict[str, Log], server: tuple[str, bytes], report: Report):
    for kind, log in logs.items():
        known = (p for p in members if p.startswith(f"checkpoints/{kind}/") and MEMBER.fullmatch(p))
        paths = {p: int(p.split("/")[2][:-5]) for p in known}
        log.roots = roots(log.lines, set(paths.values()) | log.roots.keys() | {len(log.lines)})
        held, other = 0, {}
        for path, size in paths.items():
            try:
                origin, said, root = read_checkpoint(open_note(members[path], *server))
                if origin != f"{server[0]}/{kind}/{log.id}" or said != size:
                    raise Wrong("a checkpoint of another log or size")
                if log.roots.get(size) == root:
                    held = max(held, size)
                else:
                    other[size] = path
            except Wrong as why:
                report.wrong("checkpoints", path, str(why))
        above = sorted(size for size in other if size > held)
        for size in (*above[:1], *sorted(other.keys() - set(above))):
            more = f"; {len(above) - 1} later checkpoints fail with it" if size in above[:1] and above[1:] else ""
            text = (
                f"the first {size} entries have another root, or there are fewer; up to entry {held} they agree{more}"
            )
            report.wrong("checkpoints", other[size], text)
        if len(log.lines) not in paths.values():
            report.wrong("checkpoints", log.path, "no checkpoint covers the whole log")


def read_printed(text: str) -> tuple[int, bytes, str] | None:
    """(size, root, fingerprint or nothing) of what a paper prints; None for another text."""
    match = PRINTED.fullmatch(text) if len(text) <= 1000 else None
    if match is None:
        return None
    root, key = (re.sub(r"[^0-9a-f]", "", (part or "").lower()) for part in match.groups()[1:])
    return int(match[1]), bytes.fromhex(root), key


def check_earlier(note: bytes, logs: dict[str, Log], server: tuple[str, bytes], report: Report) -> None:
    printed = read_printed(note.decode("utf-8", "replace"))
    if printed is not None:
        size, root, key = printed
        report.printed = True
        if key not in ("", sha256(server[1]).hexdigest()):
            report.wrong("earlier", "", "the paper prints the fingerprint of another key")
        if all(size > len(g.lines) or roots(g.lines, {size})[size] != root for g in logs.values()):
            report.wrong("earlier", "", f"no log has the printed root over its first {size} entries")
        return
    try:
        origin, size, root = read_checkpoint(open_note(note, *server))
        log = next((g for g in logs.values() if origin == f"{server[0]}/{g.kind}/{g.id}"), None)
        if log is None:
            raise Wrong("the earlier checkpoint is of another log")
    except Wrong as why:
        report.wrong("earlier", "", str(why))
        return
    if size > len(log.lines):
        report.wrong("earlier", log.path, f"cut back: there were {size} entries", len(log.lines))
    elif roots(log.lines, {size})[size] != root:
        report.wrong("earlier", log.path, f"forked: the first {size} entries were others", size)


def check_seen(logs: dict[str, Log], report: Report) -> None:
    known = {log.id: log for log in logs.values()}
    for log in logs.values():
        last: Counter[str] = Counter()
        for line, entry in log.each():
            for other, at in entry["seen"].items():
                target, size = known.get(other), at["size"]
                back = size < last[other]
                last[other] = size
                if back or (target is not None and (target is log or size > len(target.lines))):
                    report.wrong("seen", log.path, "saw more of a log than there is, or less than before", line)
                elif target is not None and target.head(size) != at["head"]:
                    report.wrong("seen", log.path, "saw other entries of a log than the bundle holds", line)
    first = logs["election"].entries[0] if logs["election"].entries else None
    for kind in ("office", "campaign") if first else ():
        if first["seen"].get(logs[kind].id, {}).get("size", 0) == 0:
            report.wrong("seen", "logs/election.jsonl", f"the first entry does not cite the {kind} log", 1)


# --- people and signatures -------------------------------------------------------------------------------------------


class People:
    """Accounts and their keys by position in the office log, and who vouched for them."""

    def __init__(self, office: Log) -> None:
        self.office = office
        self.accounts: dict[str, dict] = {}
        self.demonstration = False
        self.path = ""
        self.first_vouched: int | None = None
        for position, entry in ((line - 1, e) for line, e in office.each()):
            payload, account = entry["payload"], entry["payload"].get("account")
            if entry["act"] == "office.open" and position == 0:
                self.demonstration = payload.get("demonstration") is True
            elif entry["act"] == "office.vouch":
                self.vouch(entry, position)
            if not isinstance(account, str):
                continue
            new = entry["act"] == "office.account" and account not in self.accounts
            if new:
                scope, role = str(payload.get("scope", "")), str(payload.get("role", ""))
                made = {"role": role, "scope": scope, "person": payload.get("person") or "", "since": position}
                made["hall"] = payload.get("election")
                self.accounts[account] = made | {"keys": [], "closed": None}
            held = self.accounts.get(account)
            if held is None:
                continue
            before = self.key_at(held, position)
            named = str(payload.get("public_key", "")) if entry["act"] == "office.key_revoke" else ""
            ends = entry["act"] in ("office.key", "office.key_revoke", "office.account_close")
            if ends and before is not None and named in ("", before["public"]):
                before["until"] = position
            if (new or entry["act"] == "office.key") and payload.get("public_key"):
                own = before is not None and [s.get("account") for s in entry["statements"]] == [account]
                made = {"public": str(payload["public_key"]), "since": position, "until": None}
                made["vouchers"] = before["vouchers"] if own else {}  # what is said later is said of the later key
                made["founder"] = own and self.founder(held, before, position)
                held["keys"].append(made)
            if entry["act"] == "office.account_close":
                held["closed"] = position

    def vouch(self, entry: dict, position: int) -> None:
        """An official's word for keys (verifying.md); it counts where it is of the key that stands, once, not their own."""
        self.first_vouched = position if self.first_vouched is None else self.first_vouched
        actor, said = entry["actor"], entry["payload"].get("keys")
        if actor["role"] not in VOUCHING or not isinstance(said, list):
            return
        for one in said:
            held = self.at(one.get("account"), position) if isinstance(one, dict) else None
            key = self.key_at(held, position) if held is not None else None
            if held is None or key is None or one["account"] == actor["account"]:
                continue
            covered = not actor["scope"] or (held["scope"] + "/").startswith(actor["scope"] + "/")
            if covered and one.get("fingerprint") == fingerprint(key["public"]):
                key["vouchers"].setdefault(actor["account"], position)

    def founder(self, held: dict, key: dict, position: int) -> bool:
        """Whether the key is of the office above and stood before anybody vouched, or took such a key's place."""
        first = self.first_vouched if self.first_vouched is not None and self.first_vouched < position else None
        return key["founder"] or (held["role"] in FOUNDING and (first is None or key["since"] < first))

    def vouched(self, account: object, position: int) -> bool:
        """Whether the account's key counts for what must be signed."""
        held = self.at(account, position)
        key = self.key_at(held, position) if held is not None else None
        if held is None or key is None:
            return False
        second = next(islice(key["vouchers"].values(), 1, None), position)  # they stand in the order of the log
        return self.founder(held, key, position) or second < position

    @staticmethod
    def key_at(held: dict, position: int) -> dict | None:
        """The key that stands after the first ``position`` entries: never more than one, the last that was made."""
        made = bisect_left(held["keys"], position, key=lambda key: key["since"])
        key = held["keys"][made - 1] if made else None
        return None if key is None or (key["until"] is not None and key["until"] < position) else key

    def position(self, entry: dict) -> int:
        if entry["log"] == self.office.id:
            return entry["seq"]
        return entry["seen"].get(self.office.id, {}).get("size", 0)

    def at(self, account: object, position: int) -> dict | None:
        held = self.accounts.get(account) if isinstance(account, str) else None
        if held is None or held["since"] >= position:
            return None
        return None if held["closed"] is not None and held["closed"] < position else held

    def here(self, account: object, entry: dict, position: int) -> bool:
        """Whether the account is of the election's place or above it, and of no other hall."""
        held = self.at(account, position)
        if held is None or entry["kind"] != "election":
            return held is not None
        return held["hall"] in (None, entry["log"]) and (self.path + "/").startswith(f"{held['scope']}/".lstrip("/"))


def fingerprint(public: str) -> str:
    return sha256(bytes.fromhex(public)).hexdigest() if HEX64.fullmatch(public) else ""


def check_people(logs: dict[str, Log], report: Report) -> People:
    people = People(logs["office"])
    people.path = next((str(entry["payload"].get("path", "")) for _, entry in logs["election"].each()), "")
    for log in logs.values():
        for line, entry in log.each():
            position, actor = people.position(entry), entry["actor"]
            free = (actor["account"], actor["role"]) in (("server", "server"), ("voter", "voter")) and not actor[
                "scope"
            ]
            held = people.at(actor["account"], position)
            if not free and (held is None or (held["role"], held["scope"]) != (actor["role"], actor["scope"] or "")):
                report.wrong("actors", log.path, "the actor had not this account, role or place", line)
            for text in signature_faults(entry, people, position):
                report.wrong("statements", log.path, text, line)
    return people


def signature_faults(entry: dict, people: People, position: int) -> list[str]:
    """What is wrong with the statements of one entry."""
    faults = []
    if entry["act"] in SIGNED and not entry["statements"]:
        faults.append("an act that somebody must sign, signed by nobody")
    words = [people.vouched(said.get("account"), position) for said in entry["statements"]]
    if entry["act"] in SIGNED and not people.demonstration and not all(words):
        faults.append("signed with a key that two officials have not vouched for")
    parts = ("act", "step", "attempt", "occurred_on", "log", "payload", "papers", "attachments")
    subject = sha256(canonical({part: entry[part] for part in parts})).hexdigest()
    signers = [s.get("account") for s in entry["statements"]]
    if entry["on_paper"] is not None:
        scans = [a["sha256"] for a in entry["attachments"]]
        named = entry["on_paper"].get("vouchers", signers)
        named = named if isinstance(named, list) else []
        both = {str(signer) for signer in (*signers, entry["actor"]["account"])}
        if len(signers) != 2 or len(both) != 2 or sorted(map(str, named)) != sorted(map(str, signers)):
            faults.append("an act signed on paper needs two vouchers, the actor and one more, those it names")
        if not all(people.here(signer, entry, position) for signer in signers):
            faults.append("somebody of another place or another hall vouched for a signature on paper")
        if not scans or entry["on_paper"].get("scan", scans[0]) not in scans:
            faults.append("an act signed on paper without its scan")
    elif any(signer != entry["actor"]["account"] for signer in signers) or len(signers) > 1:
        faults.append("signed by somebody who is not the actor, or twice")
    for said in entry["statements"][:2]:  # more are told already
        names = ("type", "log", "subject", "account", "role", "key", "alg", "sig")
        if set(said) != set(names) or not all(isinstance(v, str) for v in said.values()):
            faults.append("a statement has not its form")
            continue
        if (said["type"], said["log"], said["subject"]) != (entry["act"], entry["log"], subject):
            faults.append("a statement of something else")
            continue
        held = people.at(said["account"], position)
        key = people.key_at(held, position) if held else None
        claim = canonical({name: said[name] for name in names if name != "sig"})
        message = b"elec-log/v1\n" + said["type"].encode() + b"\n" + sha256(claim).digest()
        if key is None or said["key"] != (fingerprint(key["public"]) or None) or held["role"] != said["role"]:
            faults.append("the signer had not this key or role at that position")
        elif said["alg"] != "ed25519" or not re.fullmatch(r"[0-9a-f]{128}", said["sig"]):
            faults.append("a signature is not one")
        elif not verified(bytes.fromhex(key["public"]), bytes.fromhex(said["sig"]), message):
            faults.append("a signature is not valid")
    return faults


# --- what entries seal -----------------------------------------------------------------------------------------------


def check_sealed(members: dict[str, bytes], logs: dict[str, Log], report: Report) -> dict[str, str]:
    """Papers, openings and rulesets are those that entries seal. Gives commitment -> posted value."""
    sealed = {(p["sha256"], log.kind, n) for log in logs.values() for n, e in log.each() for p in e["papers"]}
    digests = {digest for digest, _, _ in sealed}
    bundled = {path[7:71]: path for path in members if path.startswith("papers/")}
    for digest, path in bundled.items():
        if sha256(members[path]).hexdigest() != digest:
            report.wrong("papers", path, "the paper's bytes are not those of its name")
        if digest not in digests:
            report.wrong("papers", path, "no entry seals this paper")
    # a list of people may be gone when a later act of the election says that it was destroyed
    acts = [(n, e["payload"].get("lists")) for n, e in logs["election"].each() if e["act"] == "retention.destroy"]
    gone = {digest: n for n, lists in acts if isinstance(lists, list) for digest in lists if isinstance(digest, str)}
    for digest, kind, line in sealed:
        if kind == "election" and digest not in bundled and line > gone.get(digest, 0):
            report.wrong("papers", "logs/election.jsonl", f"the paper {digest} is missing", line)
    standing: set[str] = set()
    for log in logs.values():
        for _, entry in log.each():
            standing.update(commitments(entry["payload"]))
    posted: dict[str, str] = {}
    last, known, openings = "", len(report.problems), members.get("openings.jsonl", b"")
    if openings and not openings.endswith(b"\n"):
        report.wrong("openings", "openings.jsonl", "the last line has no end")
    for line, data in enumerate(lines_of(openings), start=1):
        if len(report.problems) - known >= MOST_TOLD:
            report.wrong("openings", "openings.jsonl", "so much is wrong that the rest is left unread", line)
            break
        try:
            o = read_canonical(data)
            good = isinstance(o, dict) and set(o) == {"commitment", "salt", "value"} and HEX64.fullmatch(o["salt"])
            made = sha256(b"elec-opening/v1\n" + bytes.fromhex(o["salt"]) + o["value"].encode()) if good else None
            if made is None or made.hexdigest() != o["commitment"]:
                raise Wrong("does not open its commitment")
            if o["commitment"] not in standing or o["commitment"] <= last:
                raise Wrong("opens no commitment of an entry, or stands twice")
            last = o["commitment"]
            posted[last] = o["value"]
        except (Wrong, TypeError, AttributeError) as why:
            report.wrong("openings", "openings.jsonl", str(why), line)
    asked = set()
    for line, entry in logs["election"].each():
        if line > 1 and "ruleset_sha256" not in entry["payload"]:
            continue
        path = f"rulesets/{entry['payload'].get('ruleset_sha256')}.json"
        asked.add(path)
        if path not in members:
            report.wrong("ruleset", "logs/election.jsonl", "the sealed ruleset is missing", line)
    for path in (p for p in members if p.startswith("rulesets/")):
        if path not in asked or f"rulesets/{sha256(members[path]).hexdigest()}.json" != path:
            report.wrong("ruleset", path, "not a ruleset that the election sealed")
    return posted


def commitments(value: object):
    if isinstance(value, dict) and set(value) == {"sealed"} and isinstance(value["sealed"], str):
        yield value["sealed"]
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from commitments(inner)


def reveal(value: object, posted: dict[str, str]) -> object:
    if isinstance(value, dict):
        if set(value) == {"sealed"}:
            return posted.get(value["sealed"], value)
        return {key: reveal(inner, posted) for key, inner in value.items()}
    return [reveal(inner, posted) for inner in value] if isinstance(value, list) else value


# --- the count -------------------------------------------------------------------------------------------------------


class Count:
    """The tallies of the round under way, and whether an announcement is their sum."""

    def __init__(self, members: dict[str, bytes], people: People, report: Report) -> None:
        self.members, self.people, self.report = members, people, report
        self.rules: dict = {}
        self.reserved = False
        self.struck: set[str] = set()
        self.candidates: set[str] = set()
        self.relatives: set[str] = set()
        self.present: int | None = None
        self.attempt, self.round, self.revote = 0, 1, False
        self.clear()

    def clear(self) -> None:
        self.printed = False
        self.commits: dict[tuple, dict[str, str]] = {}
        self.scans: dict[str, dict] = {}
        self.packs: dict[tuple, str] = {}
        self.drawn = False
        self.sheets: dict[tuple, dict] = {}
        self.digests: dict[tuple, str] = {}
        self.signed: dict[tuple, dict[str, str]] = {}

    def read(self, line: int, entry: dict) -> None:
        act, payload = entry["act"], entry["payload"]
        key = (payload.get("contest"), payload.get("box"))
        who, role = entry["actor"]["account"], entry["actor"]["role"]
        if "ruleset_sha256" in payload:
            data = self.members.get(f"rulesets/{payload['ruleset_sha256']}.json", b"{}")
            self.rules = json.loads(data).get("values", {})
        elif act == "seats.fix":
            self.reserved = any(o.get("police") or o.get("tertiary") for o in payload["offices"])
        elif act == "nomination.prospective":
            self.candidates, self.struck = {c["person"] for c in payload["candidates"]}, set()
        elif act == "candidate.withdraw" and self.printed:
            self.struck.add(payload["person"])
        elif act == "candidate.withdraw":
            self.candidates.discard(payload["person"])
        elif act == "prepare.staff" and payload.get("relative_of_candidate"):
            self.relatives.add(payload["person"])
        elif act == "prepare.dismiss":
            self.relatives.discard(payload["person"])
        elif act == "prepare.ballots":  # prepared anew, all is voted on again from the first round
            if entry["attempt"] != self.attempt:
                self.attempt, self.round, self.revote = entry["attempt"], 1, False
            self.clear()
            self.printed = True
        elif act == "prepare.withdraw_ballots":
            self.printed = False
        elif act == "meeting.sign_in":
            self.present = payload["present"]
        elif act == "tally.commit":
            self.commits.setdefault(key, {})[who] = payload["commitment"]
        elif act == "tally.reveal":
            made = {
                e["account"]: sha256(
                    b"elec-tally/v1\n" + bytes.fromhex(e["salt"]) + self.bytes_of(e["figures"])
                ).hexdigest()
                for e in payload["entries"]
            }
            if len(made) != 2 or made != self.commits.get(key):
                self.wrong(line, "the figures shown are not those that two people committed to")
            first, second = (e["figures"] for e in payload["entries"])
            if self.bytes_of(first) == self.bytes_of(second):
                self.keep(key, first)
        elif act == "tally.resolve":
            self.keep(key, payload["figures"])
        elif act == "tally.restart":
            for kept in (self.commits, self.sheets, self.digests, self.signed):
                kept.pop(key, None)
        elif act == "tally.sign":
            self.sign(line, entry, key, who, role)
        elif act.startswith(("scan.", "recount.")):
            self.scan(line, entry, act, payload)
        elif act == "result.announce":
            self.announce(line, payload)

    def scan(self, line: int, entry: dict, act: str, payload: dict) -> None:
        """Scanned boxes (section 5a): what is opened is what was sealed, and the packs are those the dice draw."""
        if act == "scan.close":
            if payload["box"] in self.scans:
                self.wrong(line, "a box that is closed twice")
            self.scans[payload["box"]] = payload
            self.packs |= {(payload["box"], p["number"]): p["sealed"] for p in payload["packs"]}
        elif act == "scan.open":
            parts = self.parts(payload["figures"]) + [canonical(d) for d in payload["decisions"]]
            known = self.scans.get(payload["box"])
            if known is None or known["sealed"] != committed("scan", payload, parts):
                self.wrong(line, "the scan that is opened is not the one that was sealed")
            held = sum(p["ballots"] for p in known["packs"]) if known else 0
            if any(f["figures"]["returned"] != held for f in payload["figures"]):
                self.wrong(line, "the packs that were sealed do not add up to what is opened")
        elif act == "recount.draw":
            if self.drawn:
                self.wrong(line, "packs drawn twice")
                return
            self.drawn, dice = True, ("elec-recount/v1", payload["head"], payload["seed"])
            lots = {pack: sha256("\n".join((*dice, pack[0], str(pack[1]))).encode()).digest() for pack in self.packs}
            drawn = [(d["box"], d["pack"]) for d in payload["drawn"]]
            if payload["head"] != entry["prev"]:
                self.wrong(line, "packs drawn on another record than stood before")
            if not drawn or drawn != sorted(lots, key=lots.__getitem__)[: len(drawn)]:
                self.wrong(line, "packs that the dice do not draw")
        elif act == "recount.record":
            made = committed("pack", payload, self.parts(payload["machine"]))
            if self.packs.get((payload["box"], payload["pack"])) != made:
                self.wrong(line, "the pack that is opened is not the one that was sealed")

    def parts(self, figures: list[dict]) -> list[bytes]:
        ordered = sorted(figures, key=lambda f: f["contest"])
        return [f["contest"].encode() + b"\n" + self.bytes_of(f["figures"]) for f in ordered]

    def sign(self, line: int, entry: dict, key: tuple, who: str, role: str) -> None:
        if self.digests.get(key, "") != entry["payload"]["sheet_sha256"]:
            self.wrong(line, "signs other bytes than the tally's")
        held = self.people.at(who, self.people.position(entry))
        person = held["person"] if held else ""
        if not person and not self.people.demonstration:
            self.wrong(line, "signed with an account that does not say whose it is")
        if person and (person in self.candidates or person in self.relatives):
            self.wrong(line, "signed by a candidate or a near relative of one")
        if not entry["statements"]:
            self.wrong(line, "a tally signed by nobody")
        self.signed.setdefault(key, {})[person or who] = role

    def keep(self, key: tuple, figures: dict) -> None:
        self.sheets[key], self.digests[key] = figures, sha256(self.bytes_of(figures)).hexdigest()

    @staticmethod
    def bytes_of(figures: dict) -> bytes:
        """What was committed to, with the names written in, which are posted, in clear."""
        rows, names = sorted(figures["rows"], key=lambda r: r["candidate"]), figures["write_ins"]
        if any(commitments(names)):
            raise ValueError("a name written in that nothing opens")
        return canonical(figures | {"rows": rows, "write_ins": sorted(names, key=lambda w: w["name"])})

    def wrong(self, line: int, text: str) -> None:
        self.report.wrong("count", "logs/election.jsonl", text, line)

    def announce(self, line: int, payload: dict) -> None:
        outcomes = {o["contest"]: o for o in payload["outcomes"]}
        for key in self.sheets:
            roles = Counter(self.signed.get(key, {}).values())
            if roles["teller"] < 2 or roles["scrutineer"] < 1:
                self.wrong(line, f"the tally of {key[0]} was not signed by two tellers and a scrutineer, all different")
        if payload["valid"]:
            boxes: dict[str, list[dict]] = {}
            for (contest, _), sheet in self.sheets.items():
                boxes.setdefault(contest, []).append(sheet)
            for contest, sheets in boxes.items():
                self.compare(line, contest, sheets, outcomes.get(contest))
        following = {o["next"] for o in payload["outcomes"]}
        self.revote = "revote" in following
        self.round += not self.revote  # if there is one more
        self.clear()

    def compare(self, line: int, contest: str, sheets: list[dict], outcome: dict | None) -> None:
        votes: Counter[str] = Counter()
        for sheet in sheets:
            if sheet["valid"] + sheet["invalid"] != sheet["returned"]:
                self.wrong(line, f"a sheet of {contest} does not add up")
            for row in sheet["rows"]:
                votes[row["candidate"]] += row["votes_for"]
                if row["votes_for"] + row["against"] + row["abstain"] != sheet["valid"]:
                    self.wrong(line, f"a row of {contest} does not add up")
        if outcome is None:
            self.wrong(line, f"the result of {contest} is not announced")
            return
        elected = [p for p in outcome["elected"] if not re.fullmatch(r"w\d+", p)]
        bar = self.bar(sum(s["returned"] for s in sheets))
        passed = votes.keys() - {*elected, *outcome["tied"], *self.struck}
        most, least = max((votes[p] for p in passed), default=0), min((votes[e] for e in elected), default=0)
        if any(p not in votes or p in self.struck for p in elected):
            self.wrong(line, f"{contest}: elected without standing")
        elif bar is not None and any(votes[p] < bar for p in elected):
            self.wrong(line, f"{contest}: elected with fewer than {bar} votes")
        elif not self.reserved and elected and most > least:
            self.wrong(line, f"{contest}: somebody with more votes was passed over")
        elif bar is not None and outcome["vacant"] and not outcome["tied"] and not self.reserved and most >= bar:
            self.wrong(line, f"{contest}: a seat is left open for which somebody has the votes")

    def bar(self, returned: int) -> int | None:
        """Votes needed, where the record itself says of how many; None where it is of those entitled."""
        base = {"present": self.present, "returned": returned}.get(self.value("base.assembly"))
        if self.revote:
            return 1
        rule = self.value("threshold.assembly")
        if self.round > 1 and self.value("second_round.rule") == "most_votes":
            rule = f">= {self.value('second_round.floor')}"
        match = re.fullmatch(r"\s*(>=?|≥)\s*([1-9]\d{0,5})\s*/\s*([1-9]\d{0,5})\s*", str(rule), re.ASCII)
        if match is None:
            raise ValueError(f"{rule!r} is no threshold")
        if base is None:
            return None
        part = Fraction(int(match[2]), int(match[3])) * base
        return max(1, part.__floor__() + 1 if match[1] == ">" else part.__ceil__())

    def value(self, key: str) -> object:
        held = self.rules.get(key)
        return held.get("value") if isinstance(held, dict) else held


def committed(kind: str, payload: dict, parts: list[bytes]) -> str:
    """The seal of a scanned box or pack (section 5a)."""
    digest = sha256(f"elec-{kind}/v1\n".encode() + bytes.fromhex(payload["salt"]))
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


# --- all of it -------------------------------------------------------------------------------------------------------


def check(data: bytes, trust: str | None = None, earlier: bytes | None = None) -> Report:
    """Every check on the bytes of a bundle."""
    report = Report()
    report.made.add("archive")
    try:
        members = unpack(data)
    except Wrong as why:
        report.wrong("archive", str(why), "damaged or changed here")
        return report
    for path in members:
        if not MEMBER.fullmatch(path):
            report.wrong("archive", path, "a file that the format has no place for")
    for path, due in zip(members, sorted(members), strict=True):
        if path != due:
            report.wrong("archive", path, "the files are in another order, and this is the first out of its place")
            break
    needed = ["VERSION", "MANIFEST", "openings.jsonl", *(f"logs/{kind}.jsonl" for kind in KINDS)]
    for path in needed:
        if path not in members:
            report.wrong("archive", path, "the file is missing")
    if members.get("VERSION", b"") != b"elec-bundle/v1\n":
        report.wrong("archive", "VERSION", "an unknown version")
    logs = {kind: Log(kind, members.get(f"logs/{kind}.jsonl", b""), report) for kind in KINDS}
    report.entries = sum(len(log.lines) for log in logs.values())
    report.lines = {log.path: log.entries for log in logs.values()}
    try:
        declared = logs["office"].entries[0]["payload"]
        server = (str(declared["name"]), bytes.fromhex(declared["server_key"]))
    except (IndexError, ValueError, KeyError, TypeError):  # or there is no entry
        report.wrong("entries", "logs/office.jsonl", "the first entry does not declare the server", 1)
        return report
    if trust is not None:
        report.trust = "pinned"
        if re.sub(r"[\s:\-]", "", trust).lower() != sha256(server[1]).hexdigest():
            report.trust = "unpinned"
            report.wrong("trust", "logs/office.jsonl", "the server's key has another fingerprint", 1)
    check_manifest(members, server, report)
    check_checkpoints(members, logs, server, report)
    if earlier is not None:
        check_earlier(earlier, logs, server, report)
    check_seen(logs, report)
    people = check_people(logs, report)
    report.demonstration = people.demonstration
    posted = check_sealed(members, logs, report)
    report.made.update(CHECKS)
    report.made -= {name for name, given in (("trust", trust), ("earlier", earlier)) if given is None}
    if report.problems:
        report.made.discard("count")
    if not report.problems:
        count = Count(members, people, report)
        for line, entry in logs["election"].each():
            try:
                count.read(line, entry | {"payload": reveal(entry["payload"], posted)})
            except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as why:
                report.wrong("count", "logs/election.jsonl", f"a payload that makes no sense ({why})", line)
                break
    return report


def check_manifest(members: dict[str, bytes], server: tuple[str, bytes], report: Report) -> None:
    try:
        head, *rows = open_note(members.get("MANIFEST", b""), *server, most=1).removesuffix("\n").split("\n")
        listed = {row[66:].split("  ", 1)[1]: row for row in rows}
    except (Wrong, IndexError):
        report.wrong("manifest", "MANIFEST", "not signed by the server, or not a manifest")
        return
    if head != "elec-bundle/v1" or list(listed) != sorted(listed) or len(listed) != len(rows):
        report.wrong("manifest", "MANIFEST", "not a manifest of this format")
    for path in sorted((members.keys() - {"MANIFEST"}) | listed.keys()):
        content = members.get(path)
        row = None if content is None else f"{sha256(content).hexdigest()}  {len(content)}  {path}"
        if listed.get(path) != row:
            report.wrong("manifest", path, "missing, added or changed against the manifest")


def contents(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise unusable(f"{path}: larger than any bundle or checkpoint")
    return data


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a bundle of an election without the program that made it.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--trust", help="the server's fingerprint as printed on the signed papers")
    parser.add_argument(
        "--checkpoint", type=Path, help="a checkpoint taken earlier, or size and root as a signed paper prints them"
    )
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.trust is not None and not HEX64.fullmatch(re.sub(r"[\s:\-]", "", given.trust).lower()):
        print(
            "--trust: not a fingerprint: give the 64 hex digits printed on the signed papers (签发印鉴码)",
            file=sys.stderr,
        )
        return 2
    try:
        data = contents(given.bundle, MOST)
        typed = given.checkpoint is not None and read_printed(str(given.checkpoint)) is not None
        earlier = (
            str(given.checkpoint).encode() if typed else given.checkpoint and contents(given.checkpoint, MOST_NOTE)
        )
        if earlier is not None and read_printed(earlier.decode("utf-8", "replace")) is None:
            read_checkpoint(note_parts(earlier)[0])
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except Wrong as why:
        print(
            f"{given.checkpoint}: not a checkpoint ({why}): give one as it was exported, or what a paper prints",
            file=sys.stderr,
        )
        return 2
    report = check(data, given.trust, earlier)
    if given.json:
        told = {"ok": not report.problems, "trust": report.trust, "entries": report.entries}
        told |= {"demonstration": report.demonstration}
        told["checks"] = [{"id": name, "status": report.status(name)} for name in (*CHECKS, *LEFT)]
        print(json.dumps(told | {"problems": report.told()}, ensure_ascii=False))
    else:
        for p in report.told()[:20]:
            act = f" ({p['act']})" if p["act"] else ""
            print(f"{p['check']}: {p['file']}{' line ' + str(p['line']) if p['line'] else ''}{act}: {p['text']}")
        skipped = [name for name in CHECKS if report.status(name) == "not_checked"]
        left = [f"{name} ({what})" for name, what in LEFT.items()]
        print(f"not looked at 未查: {', '.join((*skipped, *left))}; `election verify` looks at more")
        if report.demonstration:
            print("a demonstration: nobody vouched for the keys that signed, and it proves no real election")
        if report.printed:
            print(
                "what the paper prints is not signed by a key: it is as good as the paper and the hands that signed it"
            )
        print(
            f"{'核验不通过 NOT verified' if report.problems else '核验通过 verified'} ({report.entries} entries, {report.trust})"
        )
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
