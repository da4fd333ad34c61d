"""Sessions on the server: a token that can be taken back, kept only as its SHA-256 (ASVS 7.2, 7.3, 7.4).

A session is whole, or half: the password was right and the second factor is still to come (``code``) or still to be
set up (``enrol``). Half a session opens nothing but the page it waits for.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from sqlalchemy import delete, or_, select

from election.faults import Unavailable
from election.store.accounts import Account, account_of
from election.store.database import Store
from election.store.reach import everywhere
from election.store.tables import AccountRow, SessionRow

Stage = Literal["whole", "code", "enrol"]

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: how long a password alone is remembered
HALF = timedelta(minutes=10)
#: a session is marked as seen at most this often: reading a page need not write
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Open:
    """A session as its owner sees it."""

    #: digest of its token: names it, and opens nothing
    id: str
    device: str
    since: datetime
    seen: datetime
    here: bool


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


class Superseded(LookupError):
    """The password that was right when it was tried is none any more: changed, reset or closed in between."""


def open_session(store: Store, account: Account, now: datetime, stage: Stage = "whole", device: str = "") -> str:
    """A new session's token, 256 bits; sessions that have run out go.

    ``account`` is as it was when its password was tried. Raises Superseded when it has another key by now: whoever changes
    a password ends all sessions, also one that is just being opened.
    """
    token = secrets.token_urlsafe(32)
    with everywhere(), store.write() as session:
        found = session.get(AccountRow, account.id, with_for_update=True)
        if found is None or not found.active or found.fingerprint != account.fingerprint:
            raise Superseded(account.id)
        session.execute(
            delete(SessionRow).where(or_(SessionRow.seen_at < now - IDLE, SessionRow.created_at < now - ABSOLUTE))
        )
        row = SessionRow(id=_digest(token), account=account.id, created_at=now, seen_at=now, stage=stage, device=device)
        session.add(row)
    return token


def person_of(store: Store, token: str, now: datetime, stage: Stage = "whole") -> Account | None:
    """Whose session it is, if it still runs: idle no longer than half an hour, open no longer than twelve hours."""
    with everywhere(), store.read() as session:
        row = session.get(SessionRow, _digest(token))
        if row is None or row.stage != stage or not _runs(row, now):
            return None
        found = session.get(AccountRow, row.account)
        if found is None or not found.active:
            return None
        person, stale = account_of(store, found), now - row.seen_at > SEEN_EVERY
    if stale and not _mark_seen(store, token, now):
        return None
    return person


def _mark_seen(store: Store, token: str, now: datetime) -> bool:
    """False where the session was taken back in between. On a full disk pages can still be read: it stays unmarked."""
    try:
        with store.write() as session:
            seen = session.get(SessionRow, _digest(token))
            if seen is not None:
                seen.seen_at = now
            return seen is not None
    except Unavailable:
        return True


def _runs(row: SessionRow, now: datetime) -> bool:
    longest = ABSOLUTE if row.stage == "whole" else HALF
    return now - row.seen_at <= IDLE and now - row.created_at <= longest


def renew(store: Store, token: str) -> str | None:
    """The same session under a new token; the old one opens nothing. None when it was taken back in between."""
    fresh = secrets.token_urlsafe(32)
    with store.write() as session:
        row = session.get(SessionRow, _digest(token))
        if row is None:
            return None
        row.id = _digest(fresh)
    return fresh


def of(store: Store, account: str, token: str, now: datetime) -> list[Open]:
    """The whole sessions of an account that still run, newest first."""
    with store.read() as session:
        rows = session.scalars(
            select(SessionRow)
            .where(SessionRow.account == account, SessionRow.stage == "whole")
            .order_by(SessionRow.created_at.desc(), SessionRow.id)
        ).all()
    here = _digest(token)
    return [Open(r.id, r.device, r.created_at, r.seen_at, r.id == here) for r in rows if _runs(r, now)]


def close_session(store: Store, token: str) -> None:
    with store.write() as session:
        session.execute(delete(SessionRow).where(SessionRow.id == _digest(token)))


def close_one(store: Store, account: str, named: str) -> None:
    """Take back the session of an account that ``Open.id`` names."""
    with store.write() as session:
        session.execute(delete(SessionRow).where(SessionRow.account == account, SessionRow.id == named))


def close_all(store: Store, account: str, *, but: str = "") -> None:
    """Take back every session of an account, except the one with token ``but``."""
    with store.write() as session:
        session.execute(delete(SessionRow).where(SessionRow.account == account, SessionRow.id != _digest(but)))
