"""Who acted and who signed: accounts and keys of the office log, by position, never by the clock."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from election.record import algorithms, keys, statement
from election.record.entry import HASH, Entry
from election.record.statement import Statement
from election.verify.logs import Log, Logs
from election.verify.report import Report

#: they act without an account: the program by rule, a resident at the public pages
NO_ACCOUNT = ({"account": "server", "role": "server"}, {"account": "voter", "role": "voter"})


@dataclass
class Key:
    public: bytes
    since: int
    revoked: int | None = None

    @cached_property
    def fingerprint(self) -> str:
        return keys.fingerprint(self.public)


@dataclass
class Person:
    role: str
    scope: str
    since: int
    closed: int | None = None
    #: in the order of the log; each ends before the next begins
    keys: list[Key] = field(default_factory=list)
    #: fingerprint -> where it was first enrolled
    known: dict[str, int] = field(default_factory=dict)

    def key(self, position: int) -> Key | None:
        """The key that was enrolled, and not yet revoked, in the first ``position`` entries of the office log."""
        made = bisect_left(self.keys, position, key=lambda key: key.since)
        key = self.keys[made - 1] if made else None
        return None if key is None or (key.revoked is not None and key.revoked < position) else key


class Register:
    """Accounts with their keys, folded from the office log; read on its own, without the code that writes."""

    def __init__(self, office: Log) -> None:
        self.people: dict[str, Person] = {}
        for position, entry in enumerate(office.entries):
            if entry is not None and isinstance(entry.payload.get("account"), str):
                self._fold(position, entry.act, entry.payload)

    def _fold(self, position: int, act: str, payload: Mapping[str, Any]) -> None:
        account = payload["account"]
        if act == "office.account" and account not in self.people:
            role, scope = str(payload.get("role", "")), str(payload.get("scope", ""))
            self.people[account] = Person(role, scope, position)
            self._enrol(account, payload, position)
        elif act == "office.key":
            self._revoke(account, "", position)
            self._enrol(account, payload, position)
        elif act == "office.key_revoke":
            self._revoke(account, str(payload.get("public_key", "")), position)
        elif act == "office.account_close" and account in self.people:
            self._revoke(account, "", position)
            self.people[account].closed = position

    def _enrol(self, account: str, payload: Mapping[str, Any], position: int) -> None:
        public = str(payload.get("public_key", ""))
        if HASH.fullmatch(public) and account in self.people:
            key = Key(bytes.fromhex(public), position)
            self.people[account].keys.append(key)
            self.people[account].known.setdefault(key.fingerprint, position)

    def _revoke(self, account: str, public: str, position: int) -> None:
        """Revoke the key that stands, unless another one is named."""
        key = self.people[account].key(position) if account in self.people else None
        if key is not None and public in ("", key.public.hex()):
            key.revoked = position

    def person(self, account: str, position: int) -> Person | None:
        """The account, if it was open in the first ``position`` entries."""
        found = self.people.get(account)
        if found is None or found.since >= position or (found.closed is not None and found.closed < position):
            return None
        return found


def position_of(entry: Entry, office: Log) -> int:
    """How much of the office log this entry was judged by."""
    if entry.log == office.id:
        return entry.seq
    return int(entry.seen.get(office.id, {}).get("size", 0))


def check_people(logs: Logs, report: Report) -> None:
    """Checks ``actors``, ``statements`` and ``on-paper`` over all logs."""
    office = logs["office"]
    register = Register(office)
    signed = papers = 0
    for log in logs.values():
        for line, entry in enumerate(log.entries, start=1):
            if entry is None:
                continue
            position = position_of(entry, office)
            _check_actor(entry, register, position, log.path, line, report)
            vouchers = _check_paper(entry, log.path, line, report)
            _check_statements(entry, vouchers, register, position, log.path, line, report)
            signed += len(entry.statements)
            papers += entry.on_paper is not None
    report.done("actors", n=report.entries)
    report.done("statements", n=signed)
    report.done("on-paper", n=papers)


def _check_actor(entry: Entry, register: Register, position: int, path: str, line: int, report: Report) -> None:
    actor = entry.actor
    if {"account": actor["account"], "role": actor["role"]} in NO_ACCOUNT and not actor["scope"]:
        return
    person = register.person(actor["account"], position)
    if person is None:
        report.fail("actors", "actor-unknown", path, line)
    elif (person.role, person.scope) != (actor["role"], actor["scope"] or ""):
        report.fail("actors", "actor-role", path, line, role=actor["role"])


def _check_paper(entry: Entry, path: str, line: int, report: Report) -> list[str] | None:
    """The vouchers of an act signed by hand: the actor and one more, whose statements it has. None for any other act.

    ``on_paper`` may name them (``vouchers``) and the attachment that is the scan (``scan``); then it must name these.
    """
    if entry.on_paper is None:
        return None
    signers = [str(said.get("account")) for said in entry.statements]
    if len(signers) != 2 or len({*signers, entry.actor["account"]}) != 2:
        report.fail("on-paper", "vouchers", path, line)
    named = entry.on_paper.get("vouchers", signers)
    if not isinstance(named, list) or sorted(map(str, named)) != sorted(signers):
        report.fail("on-paper", "vouchers-other", path, line)
    scans = [attachment["sha256"] for attachment in entry.attachments]
    if not scans or entry.on_paper.get("scan", scans[0]) not in scans:
        report.fail("on-paper", "scan-missing", path, line)
    return signers


def _check_statements(
    entry: Entry, vouchers: list[str] | None, register: Register, position: int, path: str, line: int, report: Report
) -> None:
    if not entry.statements:
        return
    subject = statement.subject_of(entry)
    allowed = {entry.actor["account"]} if vouchers is None else set(vouchers)
    met: set[str] = set()
    for value in entry.statements[:3]:  # a third is one too many: nobody is asked for more
        try:
            said = Statement.from_dict(value)
        except ValueError:
            report.fail("statements", "statement-shape", path, line)
            continue
        code = _fault(said, entry, subject, register, position)
        if code is None and (said.account not in allowed or said.account in met):
            code = "statement-signer"
        if code is not None:
            report.fail("statements", code, path, line)
        met.add(said.account)


def _fault(said: Statement, entry: Entry, subject: str, register: Register, position: int) -> str | None:
    """What is wrong with a statement, as a code, or None."""
    if (said.type, said.log, said.subject) != (entry.act, entry.log, subject):
        return "statement-other"
    person = register.person(said.account, position)
    if person is None or person.known.get(said.key, position) >= position:
        return "statement-key"
    if person.role != said.role:
        return "statement-role"
    if said.alg not in algorithms.KNOWN:
        return "statement-algorithm"
    key = person.key(position)
    if key is None or key.fingerprint != said.key:
        return "statement-revoked"
    if not statement.verify(said, key.public):
        return "statement-signature"
    return None
