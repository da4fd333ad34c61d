"""Sessions on the server: a token that can be taken back, kept only as its SHA-256 (ASVS 7.2, 7.3, 7.4)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, or_

from election.store.accounts import Account, account_of
from election.store.database import Store
from election.store.reach import everywhere
from election.store.tables import AccountRow, SessionRow
from election.store.trouble import Unavailable

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: a session is marked as seen at most this often: reading a page need not write
SEEN_EVERY = timedelta(minutes=1)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def open_session(store: Store, account: str, now: datetime) -> str:
    """A new session's token, 256 bits; sessions that have run out go."""
    token = secrets.token_urlsafe(32)
    with store.write() as session:
        session.execute(
            delete(SessionRow).where(or_(SessionRow.seen_at < now - IDLE, SessionRow.created_at < now - ABSOLUTE))
        )
        session.add(SessionRow(id=_digest(token), account=account, created_at=now, seen_at=now))
    return token


def person_of(store: Store, token: str, now: datetime) -> Account | None:
    """Whose session it is, if it still runs: idle no longer than half an hour, open no longer than twelve hours."""
    with everywhere(), store.read() as session:
        row = session.get(SessionRow, _digest(token))
        if row is None or now - row.seen_at > IDLE or now - row.created_at > ABSOLUTE:
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


def close_session(store: Store, token: str) -> None:
    with store.write() as session:
        session.execute(delete(SessionRow).where(SessionRow.id == _digest(token)))


def close_all(store: Store, account: str, *, but: str = "") -> None:
    """Take back every session of an account, except the one with token ``but``."""
    with store.write() as session:
        session.execute(delete(SessionRow).where(SessionRow.account == account, SessionRow.id != _digest(but)))
