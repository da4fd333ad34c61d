"""A small invented office, campaign and election, written with the record's own parts, for tests of the verifier."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from election.record import bundle, keys, seal, statement
from election.record.entry import ZERO, Entry, Kind
from election.verify import run

NAME = "qilihe-test"
KINDS: tuple[Kind, ...] = ("office", "campaign", "election")
LOGS: dict[Kind, str] = {kind: str(UUID(int=n + 1)) for n, kind in enumerate(KINDS)}
SERVER = {"account": "server", "role": "server", "scope": None}
PLACE = "district/street/community"


def seed(label: str) -> bytes:
    """A private key that is the same in every run."""
    return hashlib.sha256(b"test key " + label.encode()).digest()


@dataclass
class Office:
    """Three logs that grow by ``add``, and what belongs to a bundle of them."""

    key: bytes = field(default_factory=lambda: seed("server"))
    logs: dict[Kind, list[Entry]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    openings: list[seal.Opening] = field(default_factory=list)
    papers: list[bytes] = field(default_factory=list)
    rulesets: list[bytes] = field(default_factory=list)
    checkpoints: list[tuple[Kind, str]] = field(default_factory=list)

    def add(
        self, kind: Kind, act: str, payload: dict[str, Any], actor: dict[str, Any] | None = None, **more: Any
    ) -> Entry:
        """Append an act; ``signers`` (account, role) sign it, ``seen`` and the like replace what would be written."""
        log = self.logs[kind]
        signers: list[tuple[str, str]] = more.pop("signers", [])
        others = [other for other in KINDS if other != kind and KINDS.index(other) < KINDS.index(kind)]
        fields: dict[str, Any] = {
            "log": LOGS[kind],
            "kind": kind,
            "seq": len(log),
            "prev": log[-1].hash if log else ZERO,
            "act": act,
            "step": act.split(".")[0],
            "attempt": 1,
            "occurred_on": "2010-12-06",
            "recorded_at": f"2010-12-06T{8 + len(log) // 60 % 16:02}:{len(log) % 60:02}:00.000Z",
            "actor": actor or SERVER,
            "payload": payload,
            "seen": {LOGS[o]: {"size": len(self.logs[o]), "head": self.logs[o][-1].hash} for o in others},
        } | more
        entry = Entry(**fields)
        said = [
            statement.sign(
                seed(account), type=act, log=LOGS[kind], subject=statement.subject_of(entry), account=account, role=role
            ).to_dict()
            for account, role in signers
        ]
        log.append(Entry(**fields | {"statements": said}) if said else entry)
        return log[-1]

    @staticmethod
    def actor(account: str, role: str) -> dict[str, Any]:
        return {"account": account, "role": role, "scope": PLACE}

    @staticmethod
    def seed(label: str) -> bytes:
        return seed(label)

    def lines(self, kind: Kind) -> list[bytes]:
        """The exact bytes of a log, as they go into a bundle."""
        return [entry.to_bytes() for entry in self.logs[kind]]

    def account(self, account: str, role: str) -> None:
        public = keys.public(seed(account)).hex()
        payload = {"account": account, "role": role, "scope": PLACE, "public_key": public}
        self.add("office", "office.account", payload)

    def checkpoint(self, kind: Kind) -> str:
        """A checkpoint of the log as it stands; it goes into the bundle too."""
        text = bundle.checkpoint(NAME, self.key, kind, LOGS[kind], self.lines(kind))
        self.checkpoints.append((kind, text))
        return text

    def write(self, path: Path, **more: Any) -> Path:
        parts: dict[str, Any] = {
            "name": NAME,
            "key": self.key,
            "logs": {kind: self.lines(kind) for kind in KINDS},
            "checkpoints": self.checkpoints,
            "rulesets": self.rulesets,
            "papers": self.papers,
            "openings": self.openings,
        } | more
        bundle.write(path, **parts)
        return path


def sample() -> Office:
    """A whole small record: accounts, a revoked key, signed, vouched and routine acts, a paper, a posted name."""
    office = Office()
    public = keys.public(office.key)
    office.add(
        "office", "office.open", {"name": NAME, "server_key": public.hex(), "fingerprint": keys.fingerprint(public)}
    )
    for account, role in (("chen", "leading_chair"), ("li", "scrutineer"), ("wang", "teller"), ("zhao", "registrar")):
        office.account(account, role)
    office.add("campaign", "campaign.plan", {"title": "社区换届", "windows": [1, 2]})
    office.checkpoint("campaign")
    ruleset, paper = b'{"id":"test","numbers":{"margin":"20%"}}', b"%PDF-1.7 posted list"
    office.rulesets, office.papers = [ruleset], [paper]
    office.add(
        "election", "election.open", {"ruleset_sha256": hashlib.sha256(ruleset).hexdigest(), "body": "residents"}
    )
    salt = iter(range(100))
    payload, openings = seal.seal_payload(
        {"people": [{"name": "王建国", "phone": "13800000000"}, {"name": "李秀英", "phone": None}], "count": 2},
        seal.paths("people.*.name", "people.*.phone"),
        salt=lambda: next(salt).to_bytes(32, "big"),
    )
    office.openings = [opening for opening in openings if not opening.value.isdigit()]
    sealed_paper = {"kind": "list", "number": "1", "sha256": hashlib.sha256(paper).hexdigest()}
    chair = office.actor("chen", "leading_chair")
    office.add("election", "official.fix", payload, chair, papers=[sealed_paper], signers=[("chen", "leading_chair")])
    office.checkpoint("election")
    for number in range(6):
        office.add("election", "roll.change", {"row": number, "note": "补登记"}, office.actor("zhao", "registrar"))
    scan = hashlib.sha256(b"scan").hexdigest()
    office.add(
        "election",
        "tally.sign",
        {"contest": "chair", "valid": 53},
        office.actor("wang", "teller"),
        attachments=[{"sha256": scan, "size": 4, "media_type": "image/jpeg"}],
        on_paper={"scan": scan, "vouchers": ["li", "wang"]},
        signers=[("li", "scrutineer"), ("wang", "teller")],
    )
    office.add("office", "office.key_revoke", {"account": "li", "public_key": keys.public(seed("li")).hex()})
    office.add("election", "result.announce", {"elected": ["c1"]}, chair, signers=[("chen", "leading_chair")])
    return office


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """The sample record. Its acts are not of the catalogue, so only what stands before the replay is checked."""
    monkeypatch.setattr(run, "replay", lambda logs, rulesets, values, report: None)
    return sample()
