"""The one way anything changes: judge, render papers, sign, and commit the entry with its rows, once.

``perform`` is what pages and the command line call. Judging and rendering happen before the lock; inside the lock the
head is compared, and the act is judged again if others wrote in between. Nothing slow runs under the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from election.faults import Unavailable
from election.process import machine
from election.process.base import Act, Actor, Deed, Demand
from election.process.sealing import SealedAct, seal_act
from election.process.steps import standing
from election.process.world import World
from election.record import statement
from election.record.entry import Entry, Kind
from election.store.append import Content, Moved, append, checkpoint, lock, project_steps, seen_of
from election.store.database import Store
from election.store.tables import Log
from election.store.worlds import world_of

ATTEMPTS = 5


class Refused(Exception):
    """The act may not be done; ``demands`` say why, each with its article."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self.demands = tuple(demands)
        super().__init__(", ".join(d.code for d in demands))


@dataclass(frozen=True)
class Signer:
    """A person's unwrapped key, for the one act it was unwrapped for."""

    account: str
    role: str
    seed: bytes = field(repr=False)


@dataclass(frozen=True)
class RenderedPaper:
    kind: str
    number: str
    data: bytes

    @property
    def content(self) -> Content:
        return Content(self.data, "application/pdf")


#: papers of an act, rendered from the facts before it stands: set by ``acts.papers``
Render = Callable[[Store, Session, World, Deed], list[RenderedPaper]]
#: rows written in the same transaction
Rows = Callable[[Session, Entry], None]


@dataclass
class Command:
    """One act that somebody wants to do."""

    log: str
    act: Act
    actor: Actor
    occurred_on: date
    signers: Sequence[Signer] = ()
    attachments: Sequence[Content] = ()
    papers: Sequence[RenderedPaper] = ()
    #: names of those who signed by hand; two signers vouch for it
    on_paper: dict[str, Any] | None = None
    rows: Rows | None = None


def judge(store: Store, session: Session, command: Command, now: datetime) -> tuple[World, Deed, list[Demand]]:
    """What stands against the command as things are."""
    log = session.get(Log, command.log)
    world = world_of(store, session, command.log if log is not None else None)
    deed = Deed(
        act=command.act,
        actor=command.actor,
        occurred_on=command.occurred_on,
        recorded_at=now,
        seq=world.at(command.act.log).size,
        prev=log.head if log is not None else "",
        papers=[_paper(p) for p in command.papers],
        attachments=[_attachment(a) for a in command.attachments],
        signed_by=[s.account for s in command.signers],
        on_paper=command.on_paper is not None,
    )
    machine.place(world, deed)
    return world, deed, machine.may(world, deed)


def _exists(session: Session, log: str) -> bool:
    return session.get(Log, log) is not None


def _paper(paper: RenderedPaper) -> dict[str, Any]:
    return {"kind": paper.kind, "number": paper.number, "sha256": paper.content.sha256}


def _attachment(content: Content) -> dict[str, Any]:
    return {"sha256": content.sha256, "size": len(content.data), "media_type": content.media_type}


def perform(store: Store, command: Command, now: datetime) -> Entry:
    """Do one act. Raises Refused with what stands against it."""
    return perform_all(store, [command], now)[0]


def perform_all(store: Store, commands: Sequence[Command], now: datetime) -> list[Entry]:
    """Do several acts in one transaction, in order: all stand or none."""
    statements = None
    for _ in range(ATTEMPTS):
        if statements is None:
            statements = [_signed(store, command, now) for command in commands]
        try:
            with store.write(*(command.log for command in commands)) as session:
                return [_commit(store, session, c, s, now) for c, s in zip(commands, statements, strict=True)]
        except Moved:
            statements = None
        except Unavailable as error:
            if error.kind != "conflict":
                raise
    raise Refused([Demand("act.busy", False)])


@dataclass(frozen=True)
class _Signed:
    sealed: SealedAct
    statements: list[dict[str, Any]]
    step: str
    attempt: int


def _signed(store: Store, command: Command, now: datetime) -> _Signed | None:
    """Seal and sign outside the lock. Later commands of a batch that depend on earlier ones are signed inside."""
    with store.read() as session:
        _, deed, against = judge(store, session, command, now)
    if against:
        return None
    return _sign(command, deed)


def _sign(command: Command, deed: Deed) -> _Signed:
    sealed = seal_act(command.act)
    subject = statement.subject(
        act=command.act.code,
        step=deed.step,
        attempt=deed.attempt,
        occurred_on=command.occurred_on.isoformat(),
        log=command.log,
        payload=sealed.payload,
        papers=deed.papers,
        attachments=deed.attachments,
    )
    signatures = [
        statement.sign(
            s.seed, type=command.act.code, log=command.log, subject=subject, account=s.account, role=s.role
        ).to_dict()
        for s in command.signers
    ]
    return _Signed(sealed, signatures, deed.step, deed.attempt)


def commit_within(store: Store, session: Session, command: Command, now: datetime) -> Entry:
    """Commit inside a transaction that already holds the pen and has written rows the act speaks of. Raises Refused."""
    return _commit(store, session, command, None, now)


def _commit(store: Store, session: Session, command: Command, signed: _Signed | None, now: datetime) -> Entry:
    log = session.get(Log, command.log)
    if log is not None:
        lock(store, session, log)
    world, deed, against = judge(store, session, command, now)
    if against:
        raise Refused(against)
    if signed is None or (signed.step, signed.attempt) != (deed.step, deed.attempt):
        signed = _sign(command, deed)
    if log is None:
        raise Refused([Demand("act.no-log", False)])
    entry = Entry(
        log=command.log,
        kind=cast(Kind, log.kind),
        seq=log.size,
        prev=log.head,
        act=command.act.code,
        step=deed.step,
        attempt=deed.attempt,
        occurred_on=command.occurred_on.isoformat(),
        recorded_at=instant(now),
        actor={"account": command.actor.account, "role": str(command.actor.role), "scope": command.actor.scope},
        payload=signed.sealed.payload,
        papers=deed.papers,
        attachments=deed.attachments,
        seen=seen_of(session, log, world),
        statements=signed.statements,
        on_paper=command.on_paper,
    )
    contents = [p.content for p in command.papers] + list(command.attachments)
    append(store, session, entry, signed.sealed.openings, contents)
    if command.rows is not None:
        command.rows(session, entry)
    after = world_of(store, session, command.log)
    if log.kind == "election":
        project_steps(session, after)
    if entry.seq == 0 or deed.papers or standing(after, log.kind) != standing(world, log.kind):
        checkpoint(store, session, log, after.office.name or "server")
    return entry


def instant(now: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
