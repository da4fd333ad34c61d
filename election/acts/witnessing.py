"""The server's side of witnessing: the newest checkpoint, a request that a witness can check, cosignatures taken in."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from election.acts.perform import Command, perform
from election.faults import WrongInput
from election.process.base import Act, Actor
from election.process.facts import Witness as Known
from election.process.machine import SHANGHAI, covers
from election.process.office import CloseWitness, RegisterWitness, WitnessName
from election.record import cosignature, note, policy, witness
from election.record.cosignature import Witness
from election.record.note import Checkpoint, NoteError
from election.store import witnessing
from election.store.append import checkpoint
from election.store.database import Store
from election.store.tables import CheckpointRow, CosignatureRow, Log
from election.store.worlds import Gone, office_log, world_of

#: nothing that is carried here is near it
LARGEST = 2**16


@dataclass(frozen=True)
class Cosigned:
    """What came back: by whom, over how many entries."""

    witness: str
    size: int
    log: str


def newest(store: Store, log: str) -> str:
    """The checkpoint of all the log's entries, made now where there is none yet, with its cosignatures."""
    with store.write() as session:
        row = session.get_one(Log, log)
        name = world_of(store, session).office.name or "server"
        return witnessing.cosigned(session, checkpoint(store, session, row, name))


def server_key(store: Store) -> str:
    """The verifier key that witnesses trust. Raises WrongInput where no office was opened, which gives the name."""
    with store.read() as session:
        name = world_of(store, session).office.name
    if not name:
        raise WrongInput(
            "no office was opened here",
            place="{folder}",
            mend="run `election office open` first",
            folder=store.home.path,
        )
    return note.vkey(name, store.vault.server_public)


def demand_name(name: str) -> None:
    """Raises WrongInput for a name that no witness can have."""
    try:
        TypeAdapter(WitnessName).validate_python(name)
    except ValidationError as error:
        raise WrongInput(
            "not the name of a witness", place="{name}", mend="use letters, digits, dots and dashes", name=name
        ) from error


def register(store: Store, actor: Actor, name: str, vkey: str, kind: str, scope: str, now: datetime) -> None:
    """Make a witness's key known here. Raises Refused, or WrongInput for a name that is none."""
    demand_name(name)
    act = RegisterWitness.model_validate({"name": name, "vkey": vkey, "kind": kind, "scope": scope})
    _office_act(store, act, actor, now)


def close(store: Store, actor: Actor, name: str, reason: str, now: datetime) -> None:
    """Take in no further cosignature of a witness. Raises Refused."""
    _office_act(store, CloseWitness(name=name, reason=reason), actor, now)


def _office_act(store: Store, act: Act, actor: Actor, now: datetime) -> None:
    with store.read() as session:
        log = office_log(session)
    if log is None:
        raise Gone("office")
    perform(store, Command(log.id, act, actor, now.astimezone(SHANGHAI).date()), now)


def reached(store: Store, log: str) -> dict[str, int]:
    """Witness -> how many entries of this log they cosigned."""
    with store.read() as session:
        return witnessing.reached(session, log)


def reached_by(store: Store, log: str, name: str) -> int:
    """How many entries of this log a registered witness cosigned. Raises WrongInput for an unknown name."""
    with store.read() as session:
        found = world_of(store, session).office.witnesses.get(name)
    if found is None or found.closed:
        raise WrongInput(
            "no witness of this name is registered",
            place="{name}",
            mend="take the name from the page of witnesses, or register the witness first",
            name=name,
        )
    return reached(store, log).get(name, 0)


def known(store: Store, session: Session, path: str) -> dict[str, Known]:
    """The registered witnesses whose place covers ``path``, or lies within it."""
    found = world_of(store, session).office.witnesses.values()
    return {w.name: w for w in found if not w.closed and (covers(w.scope, path) or covers(path, w.scope))}


def request(store: Store, log: str, old: int) -> str:
    """What a witness needs who has seen the log's first ``old`` entries: consistency proof and newest checkpoint.

    Raises WrongInput where the log never had so few.
    """
    text = newest(store, log)
    with store.read() as session:
        lines = witnessing.lines(session, log)
    if not 0 <= old <= Checkpoint.parse(note.body_of(text)).size:
        raise WrongInput(
            "the log has no beginning of {old} entries",
            place="--old",
            mend="give the number that the witness was shown last",
            old=old,
        )
    return witness.request(lines, old, text).text()


def decoded(data: bytes) -> str:
    """A note as it travelled: the text itself, or its base64 in lines of any length. Raises WrongInput."""
    try:
        if len(data) > LARGEST:
            raise ValueError("too long")
        text = data.decode().replace("\r\n", "\n").lstrip("\ufeff")
        if "\n\n" in text:
            return text if text.endswith("\n") else f"{text}\n"
        return b64decode("".join(text.split()), validate=True).decode()
    except ValueError as error:
        raise WrongInput(
            "neither a checkpoint nor its base64", mend="give the file that the witness's computer wrote, unchanged"
        ) from error


def receive(store: Store, log: str, data: bytes) -> list[Cosigned]:
    """Keep the cosignatures of registered witnesses under a checkpoint of this log. Raises WrongInput."""
    text = decoded(data)
    with store.write() as session:
        row = session.get_one(Log, log)
        office = world_of(store, session).office
        server = note.Verifier(office.name or "server", store.vault.server_public)
        try:
            said = Checkpoint.parse(note.open(text, [server])[0])
            witnesses = [Witness.parse(w.vkey) for w in known(store, session, row.path).values()]
            found = cosignature.read(text, witnesses)
        except NoteError as error:
            raise WrongInput(
                "not a checkpoint of this server with good cosignatures ({reason})",
                mend="download the newest checkpoint and have it cosigned again",
                reason=error,
            ) from error
        if said.origin != note.origin(server.name, row.kind, row.id):
            raise WrongInput("a checkpoint of another log", mend="upload it on the page of its own election")
        if not witnessing.holds(session, log, said.size, said.root):
            raise WrongInput(
                "a checkpoint over other {size} entries than this log has",
                mend="stop working, keep this file and tell the street: the record was changed or restored",
                size=said.size,
            )
        if not found:
            raise WrongInput("no cosignature of a registered witness", mend="register the witness's key first")
        _keep(session, row, server, text, {w.name: w for w in witnesses}, said.size)
        return [Cosigned(c.witness, said.size, log) for c in found]


def _keep(
    session: Session, log: Log, server: note.Verifier, text: str, witnesses: Mapping[str, Witness], size: int
) -> None:
    body, lines = note.split(text)
    if session.get(CheckpointRow, (log.id, size)) is None:
        signed = next(line for line in lines if note.signature(line)[0] == server.name)
        session.add(CheckpointRow(log=log.id, size=size, note=f"{body}\n{signed}\n"))
    for line in lines:
        name, blob = note.signature(line)
        if name in witnesses and blob[:4] == witnesses[name].key_id:
            session.merge(CosignatureRow(log=log.id, size=size, witness=name, line=f"{line}\n"))
    session.flush()


def policy_text(store: Store, path: str, k: int) -> str:
    """The policy that asks for ``k`` of the witnesses registered for ``path``. Raises WrongInput."""
    with store.read() as session:
        office = world_of(store, session).office
        witnesses = {w.name: Witness.parse(w.vkey) for w in known(store, session, path).values()}
    if not 0 < k <= len(witnesses):
        raise WrongInput(
            "{k} of {known} witnesses",
            place="--k",
            mend="register witnesses, or ask for fewer",
            k=k,
            known=len(witnesses),
        )
    return policy.written([note.Verifier(office.name, store.vault.server_public)], witnesses, k)


__all__ = [
    "Cosigned",
    "close",
    "decoded",
    "demand_name",
    "known",
    "newest",
    "policy_text",
    "reached",
    "reached_by",
    "receive",
    "register",
    "request",
]
