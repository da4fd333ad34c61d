"""The blind double entry of a tally: figures stay sealed until two people have entered theirs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from election.acts import scan_secrets
from election.acts.perform import Command, Refused, Signer, commit_within
from election.process.base import Actor
from election.process.machine import SERVER
from election.process.tally import CommitTally, Figures, Revealed, RevealTally, commitment, sheet_demands
from election.record.entry import Entry
from election.store.append import Content
from election.store.database import Store
from election.store.tables import BlindSheet
from election.store.worlds import world_of


def belongs(log: str, number: int, contest: str, box: str, account: str) -> str:
    return f"blind_sheet:{log}:{number}:{contest}:{box}:{account}"


def enter(
    store: Store,
    actor: Actor,
    signer: Signer,
    log: str,
    contest: str,
    box: str,
    figures: Figures,
    occurred_on: date,
    now: datetime,
    attachments: Sequence[Content] = (),
) -> list[Entry]:
    """A teller's sheet, with photos of the paper if there are any: committed and signed.

    If it is the second one, both are revealed in the same transaction.
    Raises Refused, also when the sheet's own arithmetic is wrong: a sheet that cannot be right is not sealed.
    """
    with store.write(log) as session:
        return enter_within(store, session, actor, signer, log, contest, box, figures, occurred_on, now, attachments)


def enter_within(
    store: Store,
    session: Session,
    actor: Actor,
    signer: Signer,
    log: str,
    contest: str,
    box: str,
    figures: Figures,
    occurred_on: date,
    now: datetime,
    attachments: Sequence[Content] = (),
) -> list[Entry]:
    """``enter`` inside a transaction. What a scan of the box has sealed opens with its last sheet. Raises Refused."""
    salt = os.urandom(32).hex()
    act = CommitTally(contest=contest, box=box, commitment=commitment(figures, salt))
    world = world_of(store, session, log)
    if wrong := [d for d in sheet_demands(world, act, figures) if not d.met]:
        raise Refused(wrong)
    entries = [commit_within(store, session, Command(log, act, actor, occurred_on, [signer], attachments), now)]
    number = len(world.election.rounds)
    content = {"salt": salt, "figures": figures.model_dump(mode="json")}
    sealed = store.vault.seal_json(content, belongs(log, number, contest, box, actor.account))
    session.add(BlindSheet(log=log, round=number, contest=contest, box=box, account=actor.account, sealed=sealed))
    session.flush()
    known = world.election.rounds[-1].sheets.get((contest, box))
    if known is not None and len(known.commitments) == 1 and actor.account not in known.commitments:
        both = [*known.commitments, actor.account]
        entries.append(_reveal(store, session, log, number, contest, box, both, occurred_on, now))
        entries += scan_secrets.open_closed(store, session, log, box, occurred_on, now)
    return entries


def _reveal(
    store: Store,
    session: Session,
    log: str,
    number: int,
    contest: str,
    box: str,
    accounts: list[str],
    occurred_on: date,
    now: datetime,
) -> Entry:
    where = (BlindSheet.log == log, BlindSheet.round == number, BlindSheet.contest == contest, BlindSheet.box == box)
    rows = {r.account: r for r in session.scalars(select(BlindSheet).where(*where))}
    revealed = []
    for account in accounts:
        content = store.vault.open_json(bytes(rows[account].sealed), belongs(log, number, contest, box, account))
        revealed.append(
            Revealed(account=account, salt=content["salt"], figures=Figures.model_validate(content["figures"]))
        )
    session.execute(delete(BlindSheet).where(*where))
    first, second = revealed
    return commit_within(
        store,
        session,
        Command(log, RevealTally(contest=contest, box=box, entries=(first, second)), SERVER, occurred_on),
        now,
    )


def forget(session: Session, log: str, number: int, contest: str, box: str) -> None:
    """A sheet is counted again: what one teller had entered alone is gone."""
    session.execute(
        delete(BlindSheet).where(
            BlindSheet.log == log, BlindSheet.round == number, BlindSheet.contest == contest, BlindSheet.box == box
        )
    )
