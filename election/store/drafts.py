"""What somebody was typing, or a file they were about to import: encrypted, unrecorded, survives a crash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from election.faults import WrongInput
from election.store.database import Store
from election.store.tables import Draft


@dataclass(frozen=True)
class Kept:
    """A draft as it was kept."""

    content: bytes
    at: datetime

    @property
    def value(self) -> Any:
        return orjson.loads(self.content)


def _belongs(account: str, log: str, form: str) -> str:
    return f"draft:{account}:{log}:{form}"


def keep(store: Store, account: str, log: str, form: str, content: bytes | dict[str, Any], now: datetime) -> None:
    """Keep a draft in the place of the one before. ``form`` is at most 120 characters."""
    data = content if isinstance(content, bytes) else orjson.dumps(content)
    sealed = store.vault.seal_blob(data, _belongs(account, log, form))
    with store.write() as session:
        session.merge(Draft(account=account, log=log, form=form, sealed=sealed, updated_at=now))


def kept(store: Store, account: str, log: str, form: str) -> Kept | None:
    """The draft, or None; one that no key opens any more is none."""
    with store.read() as session:
        row = session.get(Draft, (account, log, form))
    if row is None:
        return None
    try:
        return Kept(store.vault.open_blob(bytes(row.sealed), _belongs(account, log, form)), row.updated_at)
    except WrongInput:
        return None


def drop(store: Store, account: str, log: str, form: str) -> None:
    with store.write() as session:
        row = session.get(Draft, (account, log, form))
        if row is not None:
            session.delete(row)
