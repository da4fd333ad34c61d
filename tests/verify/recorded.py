"""A whole turnover told in memory and written down as the program would: sealed, signed, chained, bundled, small."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from election import law
from election.process.base import Act, Actor, Deed
from election.process.machine import SERVER
from election.process.office import OpenAccount, OpenOffice
from election.process.roll import OpenElection
from election.process.sealing import seal_act
from election.record import bundle, keys, statement
from election.record.entry import ZERO, Entry, Kind
from election.record.seal import Opening
from tests.process.telling import PATH, Telling

NAME = "qilihe-test"
KINDS: tuple[Kind, ...] = ("office", "campaign", "election")
LOGS: dict[str, str] = {kind: str(UUID(int=n + 1)) for n, kind in enumerate(KINDS)}


def seed(label: str) -> bytes:
    """A private key that is the same in every run."""
    return hashlib.sha256(b"test key " + label.encode()).digest()


def ruleset(name: str) -> bytes:
    return json.dumps(law.load(name).as_json(), ensure_ascii=False, sort_keys=True).encode()


@dataclass
class Recorded(Telling):
    """A telling whose every act is an entry too."""

    server: bytes = field(default_factory=lambda: seed("server"))
    logs: dict[Kind, list[Entry]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    openings: list[Opening] = field(default_factory=list)
    papers: dict[str, bytes] = field(default_factory=dict)
    checkpoints: list[tuple[Kind, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sealed = {hashlib.sha256(data).hexdigest(): data for data in map(ruleset, self.rulesets)}
        super().__post_init__()
        self.world.rules = lambda digest: law.from_json(self.sealed[digest])

    def open(self) -> Recorded:
        name = self.rulesets[0 if self.body == "party" else 1]
        digest = hashlib.sha256(ruleset(name)).hexdigest()
        self.world.campaign.id = LOGS["campaign"]
        self.do(
            OpenElection(
                body_of_election=self.body, community="c1", community_name="某社区", path=PATH, campaign=LOGS["campaign"],
                ruleset=name, ruleset_sha256=digest, demonstration=True,
            ),
            "street_officer",
        )  # fmt: skip
        self.world.election.id = LOGS["election"]
        return self

    def deed(self, act: Act, who: str | Actor, **around: Any) -> Deed:
        if isinstance(act, OpenOffice):
            public = keys.public(self.server)
            act = act.model_copy(
                update={"name": NAME, "server_key": public.hex(), "fingerprint": keys.fingerprint(public)}
            )
        elif isinstance(act, OpenAccount):
            public = keys.public(seed(act.account))
            act = act.model_copy(update={"public_key": public.hex(), "fingerprint": keys.fingerprint(public)})
        deed = super().deed(act, who, **around)
        for number, paper in enumerate(deed.papers):
            content = f"%PDF-1.7 {paper['kind']} {deed.seq} {number}".encode()
            paper["sha256"] = hashlib.sha256(content).hexdigest()
            self.papers[paper["sha256"]] = content
        return deed

    def do(self, act: Act, who: str | Actor, **around: Any) -> list[str]:
        deed = self.deed(act, who, **around)
        done = super().do(deed.act, who, **around)
        self._write(deed)
        return done

    def _write(self, deed: Deed) -> None:
        kind: Any = deed.act.log
        log, sealed = self.logs[kind], seal_act(deed.act)
        self.openings += [opening for opening, posted in sealed.openings if posted]
        others = KINDS[: KINDS.index(kind)]
        fields: dict[str, Any] = {
            "log": LOGS[kind],
            "kind": kind,
            "seq": len(log),
            "prev": log[-1].hash if log else ZERO,
            "act": deed.act.code,
            "step": deed.step,
            "attempt": deed.attempt,
            "occurred_on": deed.occurred_on.isoformat(),
            "recorded_at": deed.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "actor": {"account": deed.actor.account, "role": str(deed.actor.role), "scope": deed.actor.scope},
            "payload": sealed.payload,
            "papers": deed.papers,
            "attachments": deed.attachments,
            "seen": {LOGS[o]: {"size": len(self.logs[o]), "head": self.logs[o][-1].hash} for o in others},
        }
        subject = statement.subject_of(Entry(**fields))
        signed = [
            statement.sign(
                seed(account), type=deed.act.code, log=LOGS[kind], subject=subject, account=account,
                role=str(deed.actor.role),
            ).to_dict()
            for account in deed.signed_by
        ]  # fmt: skip
        log.append(Entry(**fields | {"statements": signed}))
        if deed.papers or deed.act.final:
            self.checkpoint(kind)

    def lines(self, kind: Kind) -> list[bytes]:
        return [entry.to_bytes() for entry in self.logs[kind]]

    def checkpoint(self, kind: Kind) -> str:
        text = bundle.checkpoint(NAME, self.server, kind, LOGS[kind], self.lines(kind))
        self.checkpoints.append((kind, text))
        return text

    def write(self, path: Path) -> Path:
        used = {e.payload.get("ruleset_sha256") for e in self.logs["election"]}
        bundle.write(
            path, name=NAME, key=self.server, logs={kind: self.lines(kind) for kind in KINDS},
            checkpoints=self.checkpoints, rulesets=[d for s, d in self.sealed.items() if s in used],
            papers=self.papers.values(), openings=self.openings,
        )  # fmt: skip
        return path


def whole(body: str = "residents") -> Recorded:
    """A turnover up to its announced result, small enough for thousands of forgeries."""
    return to_the_result(Recorded(body, date(2010, 11, 10)))


R = TypeVar("R", bound=Recorded)


def to_the_result(begun: R) -> R:
    """Tell what was begun up to its announced result."""
    residents = begun.body == "residents"
    told = begun.open().roll(500 if residents else 40).seats()
    if residents:
        told.representatives()
    told.nominate().approve().prepare().meet()
    this = told.facts.round
    returned = told.facts.meetings[-1].present
    votes = {
        c.id: [returned - 5 - n if n < c.seats else 1 for n in range(len(this.candidates[c.id]))]
        for c in told.facts.contests
    }
    told.vote(votes).announced()  # type: ignore[attr-defined]
    return begun


__all__ = ["LOGS", "NAME", "SERVER", "Recorded", "seed", "to_the_result", "whole"]
