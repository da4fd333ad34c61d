#!/usr/bin/env python3
"""Check a bundle of an election from its description alone (docs/record-format.md, verifying.md), with nothing of ours.

    python verify_alone.py X.zip [--trust FINGERPRINT] [--checkpoint FILE] [--json]

Needs Python 3.11 and ``cryptography`` for Ed25519 and nothing else. It was written from the format's page, so that a
mistake in the program's own verifier is not made a second time here. It checks hashes, signatures, checkpoints, who
signed, and counts every announced result again; the rules of the steps between are the program's own verifier's to judge.
Exit 0: nothing is wrong; 1: something is; 2: no bundle, or an option that is none.
"""

import argparse
import json
import re
import struct
import sys
import unicodedata
import zlib
from base64 import b64decode, b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from types import NoneType
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KINDS = ("office", "campaign", "election")
#: gates: the most bytes of a bundle packed and unpacked, of all but logs, papers and openings, of logs and openings, and
#: of one line; the most that a file may shrink; how many wrong lines of one file are told before the rest is left unread
MOST, MOST_SMALL, MOST_LOGS, MOST_LINE, MOST_FILES, MOST_RATIO, MOST_TOLD = 2**31, 2**26, 2**30, 2**22, 50_000, 200, 20
ZERO = "0" * 64
#: a checkpoint taken earlier has some hundreds of bytes
MOST_NOTE = 1_000_000
MEMBER = re.compile(
    r"VERSION|MANIFEST|openings\.jsonl|logs/(office|campaign|election)\.jsonl"
    r"|checkpoints/(office|campaign|election)/(?P<size>0|[1-9]\d{0,15})\.note"
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

#: forms: a pattern; a type, of which a number is never negative; one of several; a list of one form; an object's fields
ENTRY = {
    "log": UUID, "kind": re.compile("|".join(KINDS)), "seq": int, "prev": HEX64, "act": CODE, "step": CODE, "attempt": int,
    "occurred_on": re.compile(DAY, re.ASCII), "recorded_at": INSTANT,
    "actor": {"account": str, "role": str, "scope": (str, NoneType)}, "payload": dict,
    "papers": [{"kind": str, "number": (str, int, NoneType), "sha256": HEX64}],
    "attachments": [{"sha256": HEX64, "size": int, "media_type": str}],
    "seen": [{"log": UUID, "at": {"size": int, "head": HEX64}}], "statements": [dict], "on_paper": (dict, NoneType),
}  # fmt: skip
STATEMENT = dict.fromkeys(("type", "log", "subject", "account", "role", "key", "alg", "sig"), str)
OPENING = {"commitment": str, "salt": HEX64, "value": str}
#: what of an entry its statements are of
SUBJECT = ("act", "step", "attempt", "occurred_on", "log", "payload", "papers", "attachments")
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
    "administrator", "organisation_reviewer", "civil_reviewer", "street_officer", "committee_chair", "leading_chair",
}  # fmt: skip
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
    """What was found wrong, each with its check, its file and its line; and what the answer says beside it."""

    def __init__(self) -> None:
        self.problems: list[dict] = []
        self.made = {"archive"}
        self.entries, self.trust, self.demonstration, self.printed = 0, "unpinned", False, False
        self.logs: dict = {}
        self.left: list[dict] = []  # contests that are not counted again here, with line and reason

    def wrong(self, check: str, file: str, text: str, line: int | None = None) -> None:
        self.problems.append({"check": check, "file": file, "line": line, "text": text})

    @contextmanager
    def telling(self, check: str, file: str, line: int | None = None) -> Iterator[None]:
        """What turns out wrong inside is a problem of this place."""
        try:
            yield
        except Wrong as why:
            self.wrong(check, file, str(why), line)

    def status(self, check: str) -> str:
        if any(p["check"] == check for p in self.problems):
            return "fail"
        return "pass" if check in self.made else "not_checked"

    def told(self) -> list[dict]:
        """The problems, those first that name a line, each with the act that stands there."""
        acts = {log.path: log.act for log in self.logs.values()}
        found = sorted(self.problems, key=lambda p: (p["line"] is None, p["file"] if p["line"] else "", p["line"] or 0))
        return [p | {"act": acts.get(p["file"], lambda line: None)(p["line"])} for p in found]


# --- the container ---------------------------------------------------------------------------------------------------


def unusable(text: str) -> SystemExit:
    print(text, file=sys.stderr)
    return SystemExit(2)


def unpack(data: bytes) -> dict[str, bytes]:
    """Members by name, of a zip in which every byte has its place (section 6). Raises Wrong naming the place."""
    if data[:4] != b"PK\x03\x04" and data.rfind(b"PK\x05\x06") < 0:
        raise unusable("not a bundle: give the zip that was exported")
    end = len(data) - 22
    count, length, start = struct.unpack_from("<H2L", data, end + 10) if end >= 0 else (0, 0, 0)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, length, start, 0)
    if not count or data[end:] != last or start + length != end:
        raise Wrong("the archive's end")
    if count > MOST_FILES:
        raise unusable(f"more than {MOST_FILES} files in a bundle")
    found: dict[str, bytes] = {}
    total = small = held = at = 0
    place, common = start, None
    for number in range(1, count + 1):
        where = f"file {number} of the archive"
        central = data[place : min(place + 46, end)]
        if len(central) < 46:
            raise Wrong(where)
        method, crc, stored, size, width = struct.unpack_from("<10xH4x3LH", central)
        made, flags, attributes = common = common or (central[4:6], central[8:10], central[36:42])
        name, begin = data[place + 46 : place + 46 + width], at + 30 + width
        facts = central[6:8] + flags + central[10:30]
        if (
            central != b"PK\x01\x02" + made + facts + bytes(6) + attributes + at.to_bytes(4, "little")
            or data[at:begin] != b"PK\x03\x04" + facts + bytes(2) + name
            or flags not in (b"\x00\x00", b"\x00\x08")
            or method not in (0, 8)
            or begin + stored > end
        ):
            raise Wrong(where)
        log, paper = name.startswith((b"logs/", b"openings")), name.startswith(b"papers/")
        total, small, held = total + size, small + size * (not log and not paper), held + size * log
        if total > MOST or small > MOST_SMALL or size > MOST_RATIO * stored + 1024:
            raise unusable(f"{where}: unpacks to more than any bundle holds")
        if held > MOST_LOGS:
            raise unusable(f"logs and openings of more than {MOST_LOGS} bytes")
        content = data[begin : begin + stored] if method == 0 else inflated(data[begin : begin + stored], size)
        text = name.decode("ascii", "replace")
        if content is None or len(content) != size or zlib.crc32(content) != crc or text in found or not name.isascii():
            raise Wrong(text if name.isascii() else where)
        found[text] = content
        place, at = place + 46 + width, begin + stored
    if at != start or place != end:
        raise Wrong("between the files of the archive")
    return found


def inflated(stored: bytes, size: int) -> bytes | None:
    """What was deflated, of which no more than one byte above ``size`` is made; None where the bytes are not just that."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflate.decompress(stored, size + 1)
    except zlib.error:
        return None
    return content if inflate.eof and not inflate.unused_data else None


# --- bytes, forms, notes, tree ---------------------------------------------------------------------------------------


def inside(value: object) -> Iterable:
    """The values that a list or an object holds."""
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_canonical(data: bytes) -> object:
    """The value of canonical bytes (section 1). Raises Wrong."""

    def pairs(items: list[tuple[str, object]]) -> dict:
        if len({k for k, _ in items}) != len(items) or not all(CODE.fullmatch(k) for k, _ in items):
            raise ValueError("keys")
        return dict(items)

    def whole(text: str) -> int:
        if len(text) > 17 or abs(int(text)) >= 2**53:
            raise ValueError("number")
        return int(text)

    try:
        if len(data) > MOST_LINE:
            raise ValueError("length")
        text = data.decode()
        value = json.loads(text, object_pairs_hook=pairs, parse_float=whole, parse_constant=whole, parse_int=whole)
        if canonical(value) != data or not unicodedata.is_normalized("NFC", text):
            raise ValueError("form")
        normal(value)
    except (ValueError, RecursionError):
        raise Wrong("not in canonical form") from None
    return value


def normal(value: object, depth: int = 0) -> None:
    """Every text on its own in NFC: an escape in a line may hide what the line as a whole does not show."""
    if depth > 100:  # the record's own acts have a tenth of it
        raise ValueError("depth")
    if isinstance(value, str) and not unicodedata.is_normalized("NFC", value):
        raise ValueError("NFC")
    for inner in inside(value):
        normal(inner, depth + 1)


def fits(value: object, form: object) -> bool:
    """Whether a value has the form that a table gives it: a pattern, a type, one of several, a list, an object."""
    if isinstance(form, re.Pattern):
        return isinstance(value, str) and form.fullmatch(value) is not None
    if isinstance(form, tuple):
        return any(fits(value, one) for one in form)
    if isinstance(form, list):
        return isinstance(value, list) and all(fits(one, form[0]) for one in value)
    if isinstance(form, dict):
        return isinstance(value, dict) and value.keys() == form.keys() and all(fits(value[k], form[k]) for k in form)
    return type(value) is form and (form is not int or value >= 0)


def lines_of(check: str, file: str, data: bytes, report: Report) -> Iterator[tuple[int, bytes]]:
    """Lines from 1 without their ends. What stands behind the last end is none, nor what stands behind many wrong ones."""
    if data and not data.endswith(b"\n"):
        report.wrong(check, file, "the last line has no end")
    known, start, number = len(report.problems), 0, 1
    while (end := data.find(b"\n", start)) >= 0:
        if len(report.problems) - known >= MOST_TOLD:
            report.wrong(check, file, "so much is wrong that the rest is left unread", number)
            break
        yield number, data[start:end]
        start, number = end + 1, number + 1


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: str) -> str | None:
    """Of a key as the record writes it (section 5); None for another text."""
    return sha256(bytes.fromhex(public)).hexdigest() if HEX64.fullmatch(public) else None


def unbase64(text: str) -> bytes:
    """The bytes of base64 in its one form; none for another text."""
    try:
        blob = b64decode(text, validate=True)
    except ValueError:
        return b""
    return blob if b64encode(blob).decode() == text else b""


def note_parts(data: bytes, most: int = 100) -> tuple[str, list[str]]:
    """The text of a note and its lines of signatures, at most ``most``. Raises Wrong."""
    try:
        body, gap, tail = data.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise Wrong("not a text") from None
    lines = tail.split("\n")
    if not gap or lines.pop() or not 0 < len(lines) <= most or CONTROL.search(body):
        raise Wrong("not a signed note")
    return body + "\n", lines


def open_note(data: bytes, name: str, public: bytes, most: int = 100) -> str:
    """The text of a note that this key signed, with at most ``most`` signatures (section 3). Raises Wrong."""
    body, lines = note_parts(data, most)
    key_id = sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    signatures = []
    for line in lines:
        match = SIGNATURE.fullmatch(line)
        blob = unbase64(match[2]) if match else b""
        if len(blob) < 5:
            raise Wrong("a signature line is not one")
        if (match[1], blob[:4]) == (name, key_id):
            signatures.append(blob[4:])
    if not signatures:
        raise Wrong("not signed by the server's key")
    if not verified(public, signatures[0], body.encode()):
        raise Wrong("the signature is not of this text")
    return body


def read_checkpoint(body: str) -> tuple[str, int, bytes]:
    """(origin, size, root). Raises Wrong."""
    match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n", body)
    root = unbase64(match[3]) if match else b""
    if len(root) != 32:
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


class Log:
    """The entries of one log, None where a line is none, with their bytes and hashes (section 2)."""

    def __init__(self, kind: str, data: bytes, report: Report) -> None:
        self.kind, self.path, self.id = kind, f"logs/{kind}.jsonl", ""
        self.lines: list[bytes] = []
        self.hashes: list[str] = []
        self.entries: list[dict | None] = []
        for number, line in lines_of("entries", self.path, data, report):
            entry = None
            with report.telling("entries", self.path, number):
                entry = read_entry(line)
            if entry is not None:
                with report.telling("chain", self.path, number):
                    self.follow(entry)
            self.entries.append(entry)
            self.lines.append(line)
            self.hashes.append(sha256(line).hexdigest())
        if not self.lines:
            report.wrong("entries", self.path, "the log is empty")

    def follow(self, entry: dict) -> None:
        """Raises Wrong where the entry is not the next of this log."""
        self.id = self.id or entry["log"]
        if (entry["kind"], entry["log"]) != (self.kind, self.id):
            raise Wrong("belongs to another log")
        if (entry["seq"], entry["prev"]) != (len(self.lines), self.head(len(self.lines))):
            raise Wrong("does not follow the entry before: one of the two was changed, added, moved or left out")

    def head(self, size: int) -> str:
        return self.hashes[size - 1] if size else ZERO

    def act(self, line: int | None) -> str | None:
        entry = self.entries[line - 1] if line and line <= len(self.entries) else None
        return f"{entry['act']}, {entry['occurred_on']}" if entry else None

    def each(self) -> Iterator[tuple[int, dict]]:
        """(line, entry) of what is an entry."""
        return ((n, e) for n, e in enumerate(self.entries, start=1) if e is not None)


def read_entry(line: bytes) -> dict:
    """Raises Wrong, with the first field that has not its form."""
    entry = read_canonical(line)
    if not isinstance(entry, dict) or entry.keys() != ENTRY.keys():
        raise Wrong("the field 'fields' has not its form")
    seen = [{"log": log, "at": at} for log, at in entry["seen"].items()] if isinstance(entry["seen"], dict) else None
    for name, form in ENTRY.items():
        if not fits(seen if name == "seen" else entry[name], form):
            raise Wrong(f"the field {name!r} has not its form")
    return entry


def read_printed(text: str) -> tuple[int, bytes, str] | None:
    """(size, root, fingerprint or nothing) of what a paper prints (verifying.md); None for another text."""
    match = PRINTED.fullmatch(text) if len(text) <= 1000 else None
    if match is None:
        return None
    root, key = (re.sub(r"[^0-9a-f]", "", (part or "").lower()) for part in match.groups()[1:])
    return int(match[1]), bytes.fromhex(root), key


# --- people and signatures -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Key:
    public: str
    vouchers: set[str]
    founder: bool


@dataclass(slots=True)
class Account:
    role: str
    scope: str
    person: str
    hall: str | None
    key: Key | None = None

    def here(self, entry: dict, place: str) -> bool:
        """Whether it is of the election's place or above it, and of no other hall."""
        return entry["kind"] != "election" or (self.hall in (None, entry["log"]) and covers(self.scope, place))


def covers(scope: str | None, place: str) -> bool:
    """Whether a place is the scope's own or lies below it."""
    return not scope or f"{place}/".startswith(f"{scope}/".lstrip("/"))


class People:
    """Accounts, each with the one key that counts, as they stand behind the entries of the office read so far (section 5)."""

    def __init__(self, demonstration: bool, place: str) -> None:
        self.demonstration, self.place = demonstration, place
        self.accounts: dict[object, Account | None] = {}  # None: it was closed
        self.vouching = False

    def at(self, name: object) -> Account | None:
        return self.accounts.get(name) if isinstance(name, str) else None

    def key(self, name: object) -> Key | None:
        held = self.at(name)
        return held.key if held else None

    def read(self, entry: dict) -> None:
        """An account begins once; a new key ends the one before it."""
        act, payload = entry["act"], entry["payload"]
        name, public = payload.get("account"), str(payload.get("public_key", ""))
        if act == "office.vouch":
            self.vouch(entry["actor"], payload.get("keys"))
        new = act == "office.account" and isinstance(name, str) and name not in self.accounts
        if new:
            role, scope = str(payload.get("role", "")), str(payload.get("scope", ""))
            self.accounts[name] = Account(role, scope, payload.get("person") or "", payload.get("election"))
        held, before = self.at(name), self.key(name)
        if held is None:
            return
        if act == "office.key" or (act == "office.key_revoke" and before and public in ("", before.public)):
            held.key = None
        if (new or act == "office.key") and payload.get("public_key"):
            own = before is not None and [s.get("account") for s in entry["statements"]] == [name]
            founder = held.role in FOUNDING and not self.vouching  # of the office above, before anybody vouched
            held.key = Key(public, before.vouchers if own else set(), founder or (own and before.founder))
        if act == "office.account_close":
            self.accounts[name] = None

    def vouch(self, actor: dict, said: object) -> None:
        """An official's word for keys (verifying.md); it counts where it is of the key that stands, once, not their own."""
        self.vouching, meant = True, []
        for one in said if actor["role"] in VOUCHING and fits(said, [dict]) else ():
            held, key = self.at(one.get("account")), self.key(one.get("account"))
            ours = key and one["account"] != actor["account"] and self.may_vouch(actor, held)
            if ours and one.get("fingerprint") == fingerprint(key.public):
                meant.append(key)
        for key in meant:
            key.vouchers.add(actor["account"])

    def may_vouch(self, actor: dict, held: Account) -> bool:
        """Who is of its place or above; of the office above anybody, where too few of those have a key that counts."""
        if covers(actor["scope"], held.scope) or not {actor["role"], held.role} <= FOUNDING:
            return covers(actor["scope"], held.scope)
        above = [
            name
            for name, other in self.accounts.items()
            if other and other is not held and other.role in VOUCHING and covers(other.scope, held.scope)
        ]
        return sum(map(self.vouched, above)) < 2

    def vouched(self, name: object) -> bool:
        """Whether the account's key counts for what must be signed."""
        key = self.key(name)
        return key is not None and (key.founder or len(key.vouchers) > 1)


def signing_faults(entry: dict, people: People) -> Iterator[str]:
    """What is wrong with how an act was signed (section 5): by whom it must be, and by whom it is."""
    statements, actor = entry["statements"], entry["actor"]["account"]
    signers = [said.get("account") for said in statements]
    if entry["act"] in SIGNED and not statements:
        yield "an act that somebody must sign, signed by nobody"
    if entry["act"] in SIGNED and not people.demonstration and not all(people.vouched(signer) for signer in signers):
        yield "signed with a key that two officials have not vouched for"
    if entry["on_paper"] is not None:
        yield from paper_faults(entry, signers)
        if not all(held and held.here(entry, people.place) for held in map(people.at, signers)):
            yield "somebody of another place or another hall vouched for a signature on paper"
    elif signers not in ([], [actor]):
        yield "signed by somebody who is not the actor, or twice"
    subject = sha256(canonical({part: entry[part] for part in SUBJECT})).hexdigest() if statements else ""
    for said in statements[:2]:  # more are told already
        yield from statement_faults(said, (entry["act"], entry["log"], subject), people)


def paper_faults(entry: dict, signers: list) -> Iterator[str]:
    """An act signed by hand has two vouchers, one of them the actor, and its scan; it may name these, and no others."""
    paper, scans = entry["on_paper"], [file["sha256"] for file in entry["attachments"]]
    named = paper.get("vouchers", signers)
    two = {str(signer) for signer in (*signers, entry["actor"]["account"])}
    same = isinstance(named, list) and sorted(map(str, named)) == sorted(map(str, signers))
    if len(signers) != 2 or len(two) != 2 or not same:
        yield "an act signed on paper needs two vouchers, the actor and one more, those it names"
    if not scans or paper.get("scan", scans[0]) not in scans:
        yield "an act signed on paper without its scan"


def statement_faults(said: dict, due: tuple[str, str, str], people: People) -> Iterator[str]:
    """A statement is of this type, log and subject, and is signed with the key that counts."""
    if not fits(said, STATEMENT):
        yield "a statement has not its form"
    elif (said["type"], said["log"], said["subject"]) != due:
        yield "a statement of something else"
    else:
        held, key = people.at(said["account"]), people.key(said["account"])
        claim = canonical({name: value for name, value in said.items() if name != "sig"})
        message = b"elec-log/v1\n" + said["type"].encode() + b"\n" + sha256(claim).digest()
        if key is None or said["key"] != fingerprint(key.public) or held.role != said["role"]:
            yield "the signer had not this key or role at that position"
        elif said["alg"] != "ed25519" or not re.fullmatch(r"[0-9a-f]{128}", said["sig"]):
            yield "a signature is not one"
        elif not verified(bytes.fromhex(key.public), bytes.fromhex(said["sig"]), message):
            yield "a signature is not valid"


def commitments(value: object) -> Iterator[str]:
    if isinstance(value, dict) and value.keys() == {"sealed"} and isinstance(value["sealed"], str):
        yield value["sealed"]
    for inner in inside(value):
        yield from commitments(inner)


# --- the count -------------------------------------------------------------------------------------------------------


#: facts that the last of some acts says, and people whom an act adds to a set or takes out of it
SAYS = {"roll.import": "registered", "roll.change": "registered", "roll.review": "registered", "assembly.fix": "form"}
SAYS |= {"electorate.choose": "electorate", "nomination.prospective": "method", "meeting.sign_in": "present"}
MOVES = {"roll.exclude": ("excluded", set.add), "roll.readmit": ("excluded", set.discard)}
MOVES |= {"prepare.dismiss": ("near", set.discard)}
#: acts of people who see or settle a tally before it stands
TOUCHING = {"tally.open_box", "tally.commit", "tally.resolve", "tally.restart", "tally.sign"}
OFFICES = {"委员": "member", "主任": "chair", "副主任": "deputy", "书记": "secretary", "副书记": "deputy_secretary"}
ROW = {"candidate": str, "votes_for": int, "against": int, "abstain": int}
FIGURES = {"returned": int, "valid": int, "invalid": int, "rows": [ROW], "write_ins": [{"name": str, "votes_for": int}]}
#: of a name: what nobody sees, middle dots, blanks between Han characters
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･᛫●．"), "·")
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af\ue000-\uf8ff·"
BLANK = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")


@dataclass
class Tally:
    """What two people found in a box for one contest, committed to, opened, settled, and signed: account or person -> role."""

    commits: dict[str, str] = field(default_factory=dict)
    signed: dict[str, str] = field(default_factory=dict)
    sheet: dict | None = None
    digest: str = ""

    def keep(self, figures: dict) -> None:
        self.sheet, self.digest, self.signed = figures, sha256(bytes_of(figures)).hexdigest(), {}

    def reveal(self, entries: list[dict]) -> Iterator[str]:
        """The figures of two people, who committed to them, are the sheet where they are the same."""
        made = {e["account"]: seal("tally", e["salt"], bytes_of(e["figures"])) for e in entries}
        first, second = (e["figures"] for e in entries)
        if len(made) != 2 or made != self.commits:
            yield "the figures shown are not those that two people committed to"
        if bytes_of(first) == bytes_of(second):
            self.keep(first)


class Seating(NamedTuple):
    """Who is in, most votes first, who is tied, and for how many seats."""

    elected: list[str]
    tied: list[str]
    open: int


class Count:
    """The round under way, and whether an announcement is what its sheets make it (section 2c)."""

    def __init__(self, members: dict[str, bytes], demonstration: bool) -> None:
        self.members, self.demonstration, self.rules, self.unable = members, demonstration, {}, ""
        self.registered, self.form, self.electorate, self.method, self.present, self.attempt = 0, "", "", "", 0, 0
        self.excluded, self.delegates, self.groups = set(), set(), {}  # representative -> group
        self.listed, self.official, self.struck, self.near, self.pairs = set(), set(), set(), set(), set()
        self.seats: dict[str, int] = {}
        self.reserved: dict[str, Counter] = {}  # contest -> seats by kind
        self.known: dict[tuple, tuple] = {}  # (person, contest) -> name and kinds
        self.left: list[tuple[str, str]] = []  # contest, and what of it is not counted again here
        self.begin()

    def begin(self) -> None:
        """All is voted on from the first round."""
        self.number, self.announced, self.revote = 1, 0, False
        self.asked: dict[str, int] | None = None  # contest -> seats; None: all, among the official candidates
        self.wanted, self.open, self.elected = {}, {}, {}
        self.clear()

    def clear(self) -> None:
        self.printed, self.drawn, self.account, self.hands = False, False, None, {}
        self.tallies: defaultdict[tuple, Tally] = defaultdict(Tally)  # by contest and box
        self.boxes: list[str] = []
        self.polls: dict[str, int] = {}
        self.raised: set[str] = set()
        self.scans: dict[str, dict] = {}
        self.packs: dict[tuple, str] = {}

    def read(self, entry: dict, person: str) -> Iterator[str]:
        """Take up an entry, done by this person where that is known, and say what is wrong with it."""
        act, payload, who = entry["act"], entry["payload"], person or entry["actor"]["account"]
        if entry["step"].endswith(".prepare") and entry["attempt"] > self.attempt:
            self.attempt = entry["attempt"]
            self.begin()
        if act in TOUCHING and not person and not self.demonstration:
            yield "signed with an account that does not say whose it is"
        if act in TOUCHING and self.bars(who):
            yield "signed by a candidate or a near relative of one"
        self.read_roll(act, payload)
        self.read_people(act, payload)
        self.read_round(act, payload)
        yield from self.read_tally(entry, who)
        yield from self.read_scan(entry)

    def read_roll(self, act: str, payload: dict) -> None:
        """Facts, and who is entitled."""
        if act in SAYS:
            setattr(self, SAYS[act], payload[SAYS[act]])
        if act in MOVES:
            people, move = MOVES[act]
            move(getattr(self, people), payload["person"])
        match act:
            case "delegates.elect":
                self.delegates |= {one["person"] for one in payload["elected"]}
            case "representatives.elect":
                others = {person: group for person, group in self.groups.items() if group != payload["group"]}
                self.groups = others | {one["person"]: payload["group"] for one in payload["elected"]}
            case "representatives.change":
                self.groups |= {payload["joins"] or payload["leaves"]: self.groups[payload["leaves"]]}
                self.groups.pop(payload["leaves"])

    def entitled(self) -> int:
        if self.form == "delegates":
            return len(self.delegates)
        chosen = (self.electorate or self.value("electorate")) in ("representatives", "households")
        return len(self.groups) if chosen else self.registered - len(self.excluded)

    def read_people(self, act: str, payload: dict) -> None:
        """Who stands, who withdrew, and who is near to whom."""
        match act:
            case "nomination.propose":
                tertiary = payload["education"] in ("college", "bachelor", "master")
                kinds = {kind for kind, of in (("police", payload["police"]), ("tertiary", tertiary)) if of}
                self.known[payload["person"], payload["office"]] = (payload["name"], kinds)
                self.struck.discard(payload["person"])
            case "nomination.prospective":
                self.listed = {one["person"] for one in payload["candidates"]}
            case "official.fix" | "nomination.decide" if payload.get("approve", True):
                self.official = set(self.listed)
            case "candidate.withdraw" if self.printed:
                self.struck.add(payload["person"])
            case "candidate.withdraw":
                self.listed.discard(payload["person"])
                self.official.discard(payload["person"])
            case "prepare.staff" if payload.get("relative_of_candidate"):
                self.near.add(payload["person"])
            case "relatives.record" | "relatives.strike":
                pair = frozenset((payload["person"], payload["relative"]))
                (self.pairs.add if act == "relatives.record" else self.pairs.discard)(pair)

    def bars(self, person: str) -> bool:
        """Whether this is a candidate or a near relative of one."""
        people = self.listed | self.official
        return person in people | self.near or any(frozenset((person, one)) in self.pairs for one in people)

    def read_round(self, act: str, payload: dict) -> None:
        """What a round asks, and who came."""
        match act:
            case "election.open":
                sealed = self.members[f"rulesets/{payload['ruleset_sha256']}.json"]
                self.rules = json.loads(sealed).get("values", {})
                other = "count_semantics" if payload.get("count_semantics", 1) != 1 else ""
                self.unable = next((rule for rule in ("carry_down", "one_post_each") if self.value(rule)), other)
            case "seats.fix":
                offices = {OFFICES.get(o["office"], f"office{n}"): o for n, o in enumerate(payload["offices"], start=1)}
                self.seats = {contest: one["seats"] for contest, one in offices.items()}
                kinds = ("police", "tertiary")
                self.reserved = {c: Counter(kind for kind in kinds if one.get(kind)) for c, one in offices.items()}
            case "prepare.ballots" | "prepare.withdraw_ballots" | "step.reopen":
                self.printed = act == "prepare.ballots"
            case "meeting.void":  # the ballots and the round stay, in the next attempt
                self.attempt += 1
            case "prepare.boxes":
                self.boxes = [box["id"] for box in payload["boxes"]]
            case "tally.mix":
                self.boxes.remove(payload["box"])
            case "polling.close":
                self.polls[payload["station"]] = payload["in_person"] + payload["by_proxy"]
                self.present = sum(self.polls.values())
            case "ballot.account":
                self.account = payload
            case "result.leave_vacant":
                self.asked = {}
            case "consent.decide" | "approve.decide" | "file.acknowledge" if payload.get("target") == "person":
                self.refuse(payload["persons"])
            case "council.elect" | "plenary.elect":
                self.left.append((act.split(".")[0], "its votes stand in its own act"))

    def read_tally(self, entry: dict, who: str) -> Iterator[str]:
        act, payload, actor = entry["act"], entry["payload"], entry["actor"]
        key = (payload.get("contest"), payload.get("box"))
        match act:
            case "tally.commit":
                self.tallies[key].commits[actor["account"]] = payload["commitment"]
            case "tally.reveal":
                yield from self.tallies[key].reveal(payload["entries"])
            case "tally.resolve":
                self.tallies[key].keep(payload["figures"])
            case "tally.restart":
                self.tallies.pop(key, None)
            case "tally.sign":
                if self.tallies[key].digest != payload["sheet_sha256"]:
                    yield "signs other bytes than the tally's"
                self.tallies[key].signed[who] = actor["role"]
            case "hands.record":
                self.hands = {one["contest"]: one["rows"] for one in payload["tallies"]}
                self.raised = {actor["role"]}
            case "hands.sign":
                self.raised.add(actor["role"])
            case "result.announce":
                yield from self.announce(payload)
                self.clear()

    def read_scan(self, entry: dict) -> Iterator[str]:
        payload = entry["payload"]
        match entry["act"]:
            case "scan.close":
                if payload["box"] in self.scans:
                    yield "a box that is closed twice"
                self.scans[payload["box"]] = payload
                self.packs |= {(payload["box"], p["number"]): p["sealed"] for p in payload["packs"]}
            case "scan.open":
                yield from scan_faults(payload, self.scans.get(payload["box"], {"sealed": None, "packs": []}))
            case "recount.draw":
                yield from draw_faults(payload, entry["prev"], self.packs, self.drawn)
                self.drawn = True
            case "recount.record":
                made = seal("pack", payload["salt"], framed(figures_of(payload["machine"])))
                if self.packs.get((payload["box"], payload["pack"])) != made:
                    yield "the pack that is opened is not the one that was sealed"

    def announce(self, payload: dict) -> Iterator[str]:
        """Every contest of the round has its tallies, signed, and the outcome is what they say."""
        said = [outcome["contest"] for outcome in payload["outcomes"]]
        seats = dict(self.seats) if self.asked is None else self.asked
        due = said if self.unable else list(seats)
        faults = list(self.unsigned(due))
        if said != due:
            faults.append(f"announces {', '.join(said)} where the round asks for {', '.join(due)}")
        if self.unable:  # what a round asks then follows from more than is counted here
            self.left += [(contest, f"the ruleset has {self.unable}") for contest in said]
        else:
            faults = faults or [*self.sheet_faults(seats)] or [*self.result_faults(seats, payload)]
        yield from faults

    def unsigned(self, contests: list[str]) -> Iterator[str]:
        """What lacks its tallies, or those who must sign them."""
        if self.method == "hands":
            if self.hands.keys() != set(contests) or "scrutineer" not in self.raised:
                yield "no show of hands for every contest that a scrutineer signed"
        elif not self.boxes or self.account is None:
            yield "counted without a box or without an account of the ballots"
        else:
            for contest, tally in ((contest, self.tallies[contest, box]) for contest in contests for box in self.boxes):
                roles = Counter(tally.signed.values())
                if tally.sheet is None or roles["teller"] < 2 or roles["scrutineer"] < 1:
                    yield f"the tally of {contest} was not signed by two tellers and a scrutineer, all different"

    def sheets(self, contest: str) -> dict[str, dict]:
        """By box; of hands, one for all."""
        if self.method != "hands":
            return {box: self.tallies[contest, box].sheet for box in self.boxes}
        numbers = {"returned": self.present, "valid": self.present, "invalid": 0}
        return {"": numbers | {"rows": self.hands[contest], "write_ins": []}}

    def sheet_faults(self, seats: dict[str, int]) -> Iterator[str]:
        """Every sheet adds up, in itself and to the ballots of its box and of all."""
        told = {pile["box"]: pile["returned"] for pile in (self.account or {}).get("boxes") or ()}
        piles = told or {box: sheet["returned"] for c in [*seats][:1] for box, sheet in self.sheets(c).items()}
        if self.account and seats and sum(piles.values()) != self.account["returned"]:
            yield "the boxes do not hold the ballots that were returned"
        for contest, (box, sheet) in ((c, one) for c in seats for one in self.sheets(c).items()):
            if not fits(sheet, FIGURES):
                yield f"a sheet of {contest} has not its form"
            elif sheet["write_ins"] and (self.revote or self.value("write_in.allowed") is False):
                yield f"a sheet of {contest} has names written in where none may be"
            elif not sheet["valid"] + sheet["invalid"] == sheet["returned"] == piles.get(box):
                yield f"a sheet of {contest} does not add up"
            else:
                yield from row_faults(contest, seats[contest], sheet)

    def result_faults(self, seats: dict[str, int], payload: dict) -> Iterator[str]:
        """The vote is valid or void, and who is elected, tied and voted on again is as the votes have it."""
        entitled, present = self.entitled(), self.present
        issued, returned = (self.account["issued"], self.account["returned"]) if self.account else (present, present)
        valid = entitled >= present >= needed(self.value("quorum.assembly"), entitled) and returned <= issued
        valid = valid and (bool(self.value("proxy.allowed")) or issued <= present)
        if payload["valid"] is not valid:
            numbers = f"{present} of {entitled} present, {issued} ballots issued, {returned} returned"
            yield f"the vote is said to be {'valid' if payload['valid'] else 'void'}: {numbers}"
            return
        bar = self.bar({"present": present, "entitled": entitled, "returned": returned}[self.value("base.assembly")])
        faults, seated = [], {}
        for said in payload["outcomes"]:
            contest, votes = said["contest"], self.votes(said["contest"])
            seated[contest] = self.seat(contest, seats[contest], votes, bar) if valid else Seating([], [], 0)
            faults += outcome_faults(said, self.outcome(seats[contest], seated[contest], valid), votes)
        yield from faults
        if valid and not faults:
            self.follow(seats, seated, {plain_name(one["name"]): one["person"] for one in payload["identified"]})

    def bar(self, base: int) -> int:
        """The votes that are needed of so many."""
        rule = self.value("threshold.assembly")
        if self.number > 1 and self.value("second_round.rule") == "most_votes":
            rule = f">= {self.value('second_round.floor')}"
        return max(1, 0 if self.revote else needed(rule, base))

    def votes(self, contest: str) -> dict[str, int]:
        """Of whoever has a row, and of those whom voters wrote in, most first; the names of these are known from now on."""
        sheets = self.sheets(contest).values()
        found = {row["candidate"]: 0 for sheet in sheets for row in sheet["rows"]}
        names = {self.name(person, contest): person for person in found}
        written: Counter[str] = Counter()
        for sheet in sheets:
            for row in sheet["rows"]:
                found[row["candidate"]] += row["votes_for"]
            for name, votes in ((plain_name(one["name"]), one["votes_for"]) for one in sheet["write_ins"]):
                (found if name in names else written)[names.get(name, name)] += votes
        for place, (name, votes) in enumerate(sorted(written.items(), key=lambda one: (-one[1], one[0])), start=1):
            found[f"w{place}"] = votes
            self.known[f"w{place}", contest] = self.known[f"r{self.number}w{place}", contest] = (name, set())
        return found

    def name(self, person: str, contest: str) -> str:
        """As it is compared; none where nothing opens it."""
        name = self.known.get((person, contest), ("", set()))[0]
        return plain_name(name) if isinstance(name, str) else ""

    def kinds(self, person: str, contest: str) -> set[str]:
        return self.known.get((person, contest), ("", set()))[1]

    def seat(self, contest: str, seats: int, votes: dict[str, int], bar: int) -> Seating:
        """Seats go to those over the bar: of each kind as many as it lacks, then the foremost; equals in every order."""
        asked = {} if self.revote else (self.reserved if self.asked is None else self.wanted)[contest]
        over = [person for person in votes if votes[person] >= bar and person not in self.struck]
        sorts = {person: tuple(kind in self.kinds(person, contest) for kind in asked) for person in over}
        draws = []
        for order in permutations(sorted(set(sorts.values()))):
            line = sorted(over, key=lambda person: (-votes[person], order.index(sorts[person])))
            chosen, held = set(), 0
            for place, kind in enumerate(asked):
                of_kind = [person for person in line if sorts[person][place]]
                lacking = max(0, min(asked[kind] - len(chosen & {*of_kind}), seats - len(chosen) - held))
                found = [person for person in of_kind if person not in chosen][:lacking]
                chosen, held = chosen | {*found}, held + lacking - len(found)
            free = max(0, seats - len(chosen) - held)
            draws.append(chosen | {*[person for person in line if person not in chosen][:free]})
        most = max(sum(votes[person] for person in chosen) for chosen in draws)
        draws = [chosen for chosen in draws if sum(votes[person] for person in chosen) == most]
        levels: defaultdict[tuple, set[str]] = defaultdict(set)
        for person in over:
            levels[-votes[person], sorts[person]].add(person)
        sure, tied, upper = set(), set(), None
        for (level, _), equals in sorted(levels.items()):
            numbers = {len(equals & chosen) for chosen in draws}
            if numbers == {len(equals)}:
                sure |= equals
            elif numbers != {0} and upper in (None, level):  # a tie that hangs on another waits
                tied, upper = tied | equals, level
        return Seating(in_order(sure, votes), in_order(tied, votes), min(len(tied & chosen) for chosen in draws))

    def outcome(self, seats: int, seating: Seating, valid: bool) -> dict:
        """What must be announced of a contest."""
        vacant = seats - len(seating.elected)
        following = "second_round" if vacant and not self.last() else ""
        following = "rerun" if not valid else "revote" if seating.tied else following
        return {"elected": [*seating.elected], "tied": seating.tied, "vacant": vacant, "next": following}

    def last(self) -> bool:
        return 0 < int(self.value("rounds.last") or 0) <= self.number

    def follow(self, seats: dict[str, int], seated: dict[str, Seating], people: dict[str, str]) -> None:
        """The next round is of those tied, else of all seats that the vote before left open."""
        if not self.revote:
            self.wanted = dict(self.reserved if self.asked is None else self.wanted)
            self.open = dict(seats)
        for contest, (elected, _, _) in seated.items():
            self.elected |= {people.get(self.name(person, contest), person): contest for person in elected}
            kinds = Counter(kind for one in elected for kind in self.kinds(one, contest))
            self.open[contest] -= len(elected)
            self.wanted[contest] = self.wanted[contest] - kinds
        tied = {contest: seating.open for contest, seating in seated.items() if seating.tied}
        self.asked = tied or {contest: left for contest, left in self.open.items() if left and not self.last()}
        self.announced, self.revote = self.number, bool(tied)
        self.number += bool(self.asked and not tied)

    def refuse(self, persons: list[str]) -> None:
        """The seats of those refused are voted on once more."""
        if not self.unable:
            self.asked = Counter(self.elected.pop(person) for person in persons)
            self.wanted = dict(self.reserved)
            self.number, self.revote = self.announced + 1, False

    def value(self, key: str) -> object:
        held = self.rules.get(key)
        return held.get("value") if isinstance(held, dict) else held


def in_order(people: Iterable[str], votes: dict[str, int]) -> list[str]:
    """Most votes first."""
    return sorted(people, key=lambda person: (-votes.get(person, 0), person))


def outcome_faults(said: dict, due: dict, votes: dict[str, int]) -> Iterator[str]:
    """What was announced otherwise than the tallies have it; equals may stand in either order."""
    for part, right in due.items():
        told = said[part]
        if isinstance(told, list) and [votes.get(one) for one in told] == [votes.get(one) for one in right]:
            told = in_order(told, votes)
        if told != right:
            yield f"{said['contest']}: {part} is {said[part]}, the tallies make it {right}"


def needed(rule: object, base: int) -> int:
    """How many of so many a threshold asks for (section 2b)."""
    match = re.fullmatch(r"\s*(>=?|≥)\s*([1-9]\d{0,5})\s*/\s*([1-9]\d{0,5})\s*", str(rule), re.ASCII)
    if match is None:
        raise ValueError(f"{rule!r} is no threshold")
    part = Fraction(int(match[2]), int(match[3])) * base
    return part.__floor__() + 1 if match[1] == ">" else part.__ceil__()


def row_faults(contest: str, seats: int, sheet: dict) -> Iterator[str]:
    cast = [row["votes_for"] for row in (*sheet["rows"], *sheet["write_ins"])]
    if any(row["votes_for"] + row["against"] + row["abstain"] != sheet["valid"] for row in sheet["rows"]):
        yield f"a row of {contest} does not add up"
    if sum(cast) > seats * sheet["valid"] or max(cast, default=0) > sheet["valid"]:
        yield f"a sheet of {contest} has more votes than its ballots"


def plain_name(name: str) -> str:
    """A name as it is compared: nothing unseen, one kind of middle dot, no blank between Han characters."""
    short = name[:1000]  # the format knows none so long, and putting endless marks in order takes for ever
    seen = re.sub(r"\s+", " ", unicodedata.normalize("NFC", UNSEEN.sub("", short))).strip()
    return BLANK.sub("", seen.translate(DOTS))


def bytes_of(figures: dict) -> bytes:
    """What was committed to, with the names written in, which are posted, in clear."""
    rows, names = sorted(figures["rows"], key=lambda r: r["candidate"]), figures["write_ins"]
    if any(commitments(names)):
        raise ValueError("a name written in that nothing opens")
    return canonical(figures | {"rows": rows, "write_ins": sorted(names, key=lambda w: w["name"])})


def figures_of(shown: list[dict]) -> list[bytes]:
    """The parts of a seal: per contest, in order of id, its figures (verifying.md, scanned boxes)."""
    return [f["contest"].encode() + b"\n" + bytes_of(f["figures"]) for f in sorted(shown, key=lambda f: f["contest"])]


def seal(kind: str, salt: str, content: bytes) -> str:
    """A commitment of one of the kinds that the format knows (section 4, and verifying.md for boxes)."""
    return sha256(f"elec-{kind}/v1\n".encode() + bytes.fromhex(salt) + content).hexdigest()


def framed(parts: list[bytes]) -> bytes:
    """Each part behind its length."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def scan_faults(payload: dict, closed: dict) -> Iterator[str]:
    """The scan that is opened is the one that was sealed, and its packs hold as many ballots as it shows."""
    parts = figures_of(payload["figures"]) + [canonical(decision) for decision in payload["decisions"]]
    if closed["sealed"] != seal("scan", payload["salt"], framed(parts)):
        yield "the scan that is opened is not the one that was sealed"
    if any(f["figures"]["returned"] != sum(p["ballots"] for p in closed["packs"]) for f in payload["figures"]):
        yield "the packs that were sealed do not add up to what is opened"


def draw_faults(payload: dict, prev: str, packs: Iterable[tuple], drawn: bool) -> Iterator[str]:
    """Packs are drawn once, on the record as it stood before, and are those with the least lots."""
    dice = ("elec-recount/v1", payload["head"], payload["seed"])
    lots = sorted(packs, key=lambda pack: sha256("\n".join((*dice, pack[0], str(pack[1]))).encode()).digest())
    chosen = [(d["box"], d["pack"]) for d in payload["drawn"]]
    if drawn:
        yield "packs drawn twice"
    if payload["head"] != prev:
        yield "packs drawn on another record than stood before"
    if not chosen or chosen != lots[: len(chosen)]:
        yield "packs that the dice do not draw"


# --- the checks ------------------------------------------------------------------------------------------------------


class Checking(Report):
    """The checks of one bundle, in the order of ``CHECKS``."""

    def run(self, members: dict[str, bytes], trust: str | None, earlier: bytes | None) -> None:
        self.members = members
        self.check_archive()
        self.logs = {kind: Log(kind, members.get(f"logs/{kind}.jsonl", b""), self) for kind in KINDS}
        self.office, self.election = self.logs["office"], self.logs["election"]
        self.entries = sum(len(log.lines) for log in self.logs.values())
        try:
            declared = self.office.entries[0]["payload"]
            self.server = (str(declared["name"]), bytes.fromhex(declared["server_key"]))
        except (IndexError, ValueError, KeyError, TypeError):  # or there is no entry
            self.wrong("entries", self.office.path, "the first entry does not declare the server", 1)
            return
        self.made.update(set(CHECKS) - {"trust", "earlier", "count"})
        if trust is not None:
            self.check_trust(trust)
        self.check_manifest()
        self.check_checkpoints()
        if earlier is not None:
            self.check_earlier(earlier)
        self.check_seen()
        self.check_people()
        self.check_sealed()
        self.check_openings()
        if not self.problems:
            self.check_count()

    def each(self) -> Iterator[tuple[Log, int, dict]]:
        """Every entry of every log, with its line."""
        return ((log, line, entry) for log in self.logs.values() for line, entry in log.each())

    def check_archive(self) -> None:
        """Only files that the format names, each of those it needs, in the order of their names (section 6)."""
        for path in self.members:
            if not MEMBER.fullmatch(path):
                self.wrong("archive", path, "a file that the format has no place for")
        misplaced = [path for path, due in zip(self.members, sorted(self.members), strict=True) if path != due]
        for path in misplaced[:1]:
            self.wrong("archive", path, "the files are in another order, and this is the first out of its place")
        for path in ("VERSION", "MANIFEST", "openings.jsonl", *(f"logs/{kind}.jsonl" for kind in KINDS)):
            if path not in self.members:
                self.wrong("archive", path, "the file is missing")
        if self.members.get("VERSION") != b"elec-bundle/v1\n":
            self.wrong("archive", "VERSION", "an unknown version")

    def check_trust(self, given: str) -> None:
        """The server's key is the one whose fingerprint stands on paper."""
        self.made.add("trust")
        if plain(given) == sha256(self.server[1]).hexdigest():
            self.trust = "pinned"
        else:
            self.wrong("trust", self.office.path, "the server's key has another fingerprint", 1)

    def check_manifest(self) -> None:
        """Every member but itself is listed with its hash and size, by path, and nothing else is (section 6)."""
        try:
            head, *rows = open_note(self.members.get("MANIFEST", b""), *self.server, most=1)[:-1].split("\n")
            listed = {row[66:].split("  ", 1)[1]: row for row in rows}
        except (Wrong, IndexError):
            self.wrong("manifest", "MANIFEST", "not signed by the server, or not a manifest")
            return
        due = {p: f"{sha256(c).hexdigest()}  {len(c)}  {p}" for p, c in self.members.items() if p != "MANIFEST"}
        if head != "elec-bundle/v1" or list(listed) != sorted(listed) or len(listed) != len(rows):
            self.wrong("manifest", "MANIFEST", "not a manifest of this format")
        for path in sorted(due.keys() | listed.keys()):
            if listed.get(path) != due.get(path):
                self.wrong("manifest", path, "missing, added or changed against the manifest")

    def check_checkpoints(self) -> None:
        """Each is the server's, of this log, with its root; of those that fail above the last good one, the first is told."""
        for kind, log in self.logs.items():
            named = ((MEMBER.fullmatch(p), p) for p in self.members if p.startswith(f"checkpoints/{kind}/"))
            paths = {int(match["size"]): path for match, path in named if match}
            made, held, other = roots(log.lines, set(paths)), 0, []
            for size, path in paths.items():
                with self.telling("checkpoints", path):
                    origin, said, root = read_checkpoint(open_note(self.members[path], *self.server))
                    if (origin, said) != (self.origin(log), size):
                        raise Wrong("a checkpoint of another log or size")
                    if made.get(size) == root:
                        held = max(held, size)
                    else:
                        other.append(size)
            above = sorted(size for size in other if size > held)
            more = f"; {len(above) - 1} later checkpoints fail with it" if above[1:] else ""
            for size in (*above[:1], *sorted(set(other) - set(above))):
                text = f"the first {size} entries have another root, or there are fewer; up to entry {held} they agree"
                self.wrong("checkpoints", paths[size], text + (more if size > held else ""))
            if len(log.lines) not in paths:
                self.wrong("checkpoints", log.path, "no checkpoint covers the whole log")

    def origin(self, log: Log) -> str:
        return f"{self.server[0]}/{log.kind}/{log.id}"

    def check_earlier(self, note: bytes) -> None:
        """A log still begins with what a checkpoint, or a paper, said of it."""
        self.made.add("earlier")
        printed = read_printed(note.decode("utf-8", "replace"))
        if printed is not None:
            size, root, key = printed
            self.printed = True
            if key not in ("", sha256(self.server[1]).hexdigest()):
                self.wrong("earlier", "", "the paper prints the fingerprint of another key")
            if all(roots(log.lines, {size}).get(size) != root for log in self.logs.values()):
                self.wrong("earlier", "", f"no log has the printed root over its first {size} entries")
            return
        with self.telling("earlier", ""):
            origin, size, root = read_checkpoint(open_note(note, *self.server))
            log = next((log for log in self.logs.values() if self.origin(log) == origin), None)
            if log is None:
                raise Wrong("the earlier checkpoint is of another log")
            if size > len(log.lines):
                self.wrong("earlier", log.path, f"cut back: there were {size} entries", len(log.lines))
            elif roots(log.lines, {size})[size] != root:
                self.wrong("earlier", log.path, f"forked: the first {size} entries were others", size)

    def check_seen(self) -> None:
        """``seen`` is a true beginning of the other log and never goes back; an election cites office and campaign."""
        known, last = {log.id: log for log in self.logs.values()}, Counter()
        for log, line, entry in self.each():
            for other, at in entry["seen"].items():
                target, size = known.get(other), at["size"]
                if size < last[log, other] or target is log or (target and size > len(target.lines)):
                    self.wrong("seen", log.path, "saw more of a log than there is, or less than before", line)
                elif target and target.head(size) != at["head"]:
                    self.wrong("seen", log.path, "saw other entries of a log than the bundle holds", line)
                last[log, other] = size
        first = next(iter(self.election.entries), None)
        for kind in ("office", "campaign") if first else ():
            if not first["seen"].get(self.logs[kind].id, {}).get("size"):
                self.wrong("seen", self.election.path, f"the first entry does not cite the {kind} log", 1)

    def check_people(self) -> None:
        """Every act is judged by the accounts and keys of the office as far as the act had seen it (section 5)."""
        first = self.office.entries[0]
        self.demonstration = first["act"] == "office.open" and first["payload"].get("demonstration") is True
        place = next((str(entry["payload"].get("path", "")) for _, entry in self.election.each()), "")
        people, waiting = People(self.demonstration, place), defaultdict(list)
        self.persons: dict[int, str] = {}
        for log, line, entry in self.each():
            seen = entry["seq"] if log is self.office else entry["seen"].get(self.office.id, {}).get("size", 0)
            waiting[min(seen, len(self.office.lines))].append((log, line, entry))
        for position, known in enumerate((*self.office.entries, None)):
            for log, line, entry in waiting.pop(position, ()):
                self.check_signing(log, line, entry, people)
            if known is not None:
                people.read(known)

    def check_signing(self, log: Log, line: int, entry: dict, people: People) -> None:
        actor = entry["actor"]
        held = people.at(actor["account"])
        free = actor["account"] == actor["role"] in ("server", "voter") and not actor["scope"]
        if not free and (held is None or (held.role, held.scope) != (actor["role"], actor["scope"] or "")):
            self.wrong("actors", log.path, "the actor had not this account, role or place", line)
        for text in signing_faults(entry, people):
            self.wrong("statements", log.path, text, line)
        if log is self.election:
            self.persons[line] = held.person if held else ""

    def check_sealed(self) -> None:
        """Papers and rulesets are those that entries seal, and all that the election seals are there (section 6)."""
        sealed = [
            ("papers", log, n, f"papers/{p['sha256']}.pdf") for log, n, entry in self.each() for p in entry["papers"]
        ]
        for line, entry in self.election.each():
            if line == 1 or "ruleset_sha256" in entry["payload"]:
                path = f"rulesets/{entry['payload'].get('ruleset_sha256')}.json"
                sealed.append(("ruleset", self.election, line, path))
        # a list of people may be gone when a later act of the election says that it was destroyed
        acts = [
            (line, e["payload"].get("lists")) for line, e in self.election.each() if e["act"] == "retention.destroy"
        ]
        gone = {f"papers/{digest}.pdf": line for line, lists in acts if isinstance(lists, list) for digest in lists}
        for check, log, line, path in sealed:
            if log is self.election and path not in self.members and line >= gone.get(path, 0):
                self.wrong(check, log.path, f"{path}, which this entry seals, is missing", line)
        known = {path for *_, path in sealed}
        for path, content in self.members.items():
            folder, _, name = path.partition("/")
            check = {"papers": "papers", "rulesets": "ruleset"}.get(folder)
            if check and name.split(".")[0] != sha256(content).hexdigest():
                self.wrong(check, path, "the bytes are not those of its name")
            if check and path not in known:
                self.wrong(check, path, "no entry seals this file")

    def check_openings(self) -> None:
        """Every opening opens a commitment of an entry, in order (section 4)."""
        standing = {made for _, _, entry in self.each() for made in commitments(entry["payload"])}
        self.posted: dict[str, str] = {}
        last, file = "", "openings.jsonl"
        for line, data in lines_of("openings", file, self.members.get(file, b""), self):
            with self.telling("openings", file, line):
                opening = read_canonical(data)
                if (
                    not fits(opening, OPENING)
                    or seal("opening", opening["salt"], opening["value"].encode()) != opening["commitment"]
                ):
                    raise Wrong("does not open its commitment")
                if opening["commitment"] not in standing or opening["commitment"] <= last:
                    raise Wrong("opens no commitment of an entry, or stands twice")
                last = opening["commitment"]
                self.posted[last] = opening["value"]

    def check_count(self) -> None:
        """The tallies add up, were signed, and make the result that was announced."""
        self.made.add("count")
        count = Count(self.members, self.demonstration)
        for line, data in enumerate(self.election.lines, start=1):
            try:
                entry = json.loads(data, object_hook=self.reveal)
                texts = list(count.read(entry, self.persons.get(line, "")))
                for text in texts:
                    self.wrong("count", self.election.path, text, line)
                self.left += [{"contest": contest, "line": line, "why": why} for contest, why in count.left]
                count.left.clear()
                if texts and entry["act"] == "result.announce":
                    break  # what comes after rests on it
            except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as why:
                self.wrong("count", self.election.path, f"a payload that makes no sense ({why})", line)
                break

    def reveal(self, value: dict) -> object:
        """A posted value in the place of its commitment."""
        return self.posted.get(value["sealed"], value) if value.keys() == {"sealed"} else value


def check(data: bytes, trust: str | None = None, earlier: bytes | None = None) -> Report:
    """Every check on the bytes of a bundle."""
    report = Checking()
    try:
        members = unpack(data)
    except Wrong as why:
        report.wrong("archive", str(why), "damaged or changed here")
    else:
        report.run(members, trust, earlier)
    return report


# --- how it is called ------------------------------------------------------------------------------------------------


def plain(typed: str) -> str:
    """A fingerprint as people type it, in its one form."""
    return re.sub(r"[\s:\-]", "", typed).lower()


def contents(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise unusable(f"{error.filename}: {error.strerror}") from None
    if len(data) > most:
        raise unusable(f"{path}: larger than any bundle or checkpoint")
    return data


def held_before(given: str) -> bytes:
    """A checkpoint taken earlier, in the file of this name, or what a paper prints: in the file, or as typed."""
    if read_printed(given) is not None:
        return given.encode()
    data = contents(Path(given), MOST_NOTE)
    try:
        if read_printed(data.decode("utf-8", "replace")) is None:
            read_checkpoint(note_parts(data)[0])
    except Wrong as why:
        text = f"{given}: not a checkpoint ({why}): give one as it was exported, or what a paper prints"
        raise unusable(text) from None
    return data


def as_json(report: Report) -> str:
    told = {"ok": not report.problems, "trust": report.trust, "entries": report.entries}
    told |= {"demonstration": report.demonstration, "not_recounted": report.left}
    told["checks"] = [{"id": name, "status": report.status(name)} for name in (*CHECKS, *LEFT)]
    return json.dumps(told | {"problems": report.told()}, ensure_ascii=False)


def as_lines(report: Report) -> Iterator[str]:
    for p in report.told()[:20]:
        line, act = (f" line {p['line']}" if p["line"] else ""), (f" ({p['act']})" if p["act"] else "")
        yield f"{p['check']}: {p['file']}{line}{act}: {p['text']}"
    skipped = [name for name in CHECKS if report.status(name) == "not_checked"]
    left = [f"{name} ({what})" for name, what in LEFT.items()]
    yield f"not looked at 未查: {', '.join((*skipped, *left))}; `election verify` looks at more"
    for one in report.left:
        yield f"not counted again 未重新计票: {one['contest']} (line {one['line']}): {one['why']}"
    if report.demonstration:
        yield "a demonstration: nobody vouched for the keys that signed, and it proves no real election"
    if report.printed:
        yield "what the paper prints is not signed by a key: it is as good as the paper and the hands that signed it"
    answer = "核验不通过 NOT verified" if report.problems else "核验通过 verified"
    yield f"{answer} ({report.entries} entries, {report.trust})"


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a bundle of an election without the program that made it.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--trust", help="the server's fingerprint as printed on the signed papers")
    parser.add_argument("--checkpoint", help="a checkpoint taken earlier, or size and root as a paper prints them")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.trust is not None and not HEX64.fullmatch(plain(given.trust)):
        raise unusable("--trust: not a fingerprint: give the 64 hex digits printed on the signed papers (签发印鉴码)")
    earlier = None if given.checkpoint is None else held_before(given.checkpoint)
    report = check(contents(given.bundle, MOST), given.trust, earlier)
    print(as_json(report) if given.json else "\n".join(as_lines(report)))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
