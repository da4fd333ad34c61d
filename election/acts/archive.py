"""The bundle of one election."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from election.acts import witnessing
from election.faults import WrongInput
from election.record import apart, bundle, note, proof
from election.record.entry import Kind
from election.record.seal import Opening
from election.store import kept
from election.store.checked import chain
from election.store.database import Store
from election.store.tables import Blob, CheckpointRow, EntryRow, Log, OpeningRow, Paper, SealedRuleset
from election.store.witnessing import cosigned
from election.store.worlds import office_log, world_of
from election.verify.run import verify


def export(store: Store, log_id: str, path: Path | str) -> int:
    """Write the bundle of one election. Returns how many entries its three logs have. Raises WrongInput."""
    with store.read() as session:
        log = session.get(Log, log_id)
        office = office_log(session)
        if log is None or log.kind != "election" or log.campaign is None or office is None:
            raise WrongInput(
                "there is no such election",
                place="{log}",
                mend="take an id from `election demo` or the page of the election",
                log=log_id,
            )
        chosen: dict[Kind, Log] = {"office": office, "campaign": session.get_one(Log, log.campaign), "election": log}
        lines = {kind: _lines(session, row.id) for kind, row in chosen.items()}
        notes = [
            (kind, cosigned(session, checkpoint))
            for kind, row in chosen.items()
            for checkpoint in session.scalars(
                select(CheckpointRow)
                .where(CheckpointRow.log == row.id, CheckpointRow.size <= len(lines[kind]))
                .order_by(CheckpointRow.size)
            )
        ]
        digests = session.scalars(
            select(Paper.sha256).where(Paper.log.in_([r.id for r in chosen.values()])).distinct()
        ).all()
        papers = [
            store.vault.open_blob(bytes(b.sealed), b.sha256)
            for b in session.scalars(select(Blob).where(Blob.sha256.in_(digests)).order_by(Blob.sha256))
        ]
        facts = world_of(store, session, log_id)
        rulesets = [bytes(session.get_one(SealedRuleset, facts.election.ruleset_sha256).data)]
        opened = [o for row in chosen.values() for o in _openings(store, session, row.id, posted=True)]
        signed = bundle.write(
            path,
            name=facts.office.name,
            key=store.vault.server_seed,
            logs=lines,
            checkpoints=notes,
            rulesets=rulesets,
            papers=papers,
            openings=opened,
        )
    kept.remember(store.home, {}, {chosen[kind].id: text for kind, text in signed.items()})
    return sum(map(len, lines.values()))


def openings_apart(store: Store, log_id: str, until: date, password: str) -> str:
    """Openings of what is sealed and not posted in an election, encrypted, with their expiry. Raises WrongInput."""
    with store.read() as session:
        log = session.get(Log, log_id)
        if log is None or log.kind != "election":
            raise WrongInput(
                "there is no such election", place="{log}", mend="take an id from the page of the election", log=log_id
            )
        return apart.close(log_id, until, _openings(store, session, log_id, posted=False), password)


def prove(store: Store, log_id: str, seq: int) -> str:
    """The proof (C2SP tlog-proof) that entry ``seq`` stands in an election's log, under its newest checkpoint.

    Raises WrongInput where there is no such election or entry.
    """
    with store.read() as session:
        log = session.get(Log, log_id)
    if log is None or log.kind != "election":
        raise WrongInput(
            "there is no such election", place="{log}", mend="take an id from the page of the election", log=log_id
        )
    if not 0 <= seq < log.size:
        raise WrongInput(
            "the log has entries 0 to {last}", place="entry {seq}", mend="give one of them", last=log.size - 1, seq=seq
        )
    checkpoint = witnessing.newest(store, log_id)
    with store.read() as session:
        name = world_of(store, session).office.name
        found = proof.prove(_lines(session, log_id), seq, checkpoint, note.vkey(name, store.vault.server_public))
    return found.text()


def _lines(session: Session, log: str) -> list[bytes]:
    return [bytes(d) for d in session.scalars(select(EntryRow.data).where(EntryRow.log == log).order_by(EntryRow.seq))]


def _openings(store: Store, session: Session, log: str, *, posted: bool) -> list[Opening]:
    rows = session.execute(
        select(OpeningRow.commitment, OpeningRow.sealed).where(OpeningRow.log == log, OpeningRow.posted.is_(posted))
    )
    found = []
    for commitment, sealed in rows:
        content = json.loads(store.vault.open(bytes(sealed), f"opening:{commitment}"))
        found.append(Opening(commitment, bytes.fromhex(content["salt"]), content["value"]))
    return found


def sealable(store: Store, log_id: str) -> dict[str, Any]:
    """What ``archive.seal`` says: the bundle as it is now, its digest, and that it verifies."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        count = export(store, log_id, path)
        report = verify(path, trust=store.vault.trust)
        return {"bundle_sha256": sha256(path.read_bytes()).hexdigest(), "entries": count, "verified": report.ok}


def chain_holds(session: Session, log_id: str) -> bool:
    """Whether a log's entries are the ones that were appended, in their order, to its last."""
    log = session.get(Log, log_id)
    return log is not None and chain(session, log)[-1] is None
