"""Accounts as they are kept: found by login, by scope; passwords and one-time codes tried."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from election.process.base import HALL, Actor
from election.record import keys
from election.store.database import Store
from election.store.reach import everywhere
from election.store.tables import AccountRow
from election.store.worlds import Gone

#: a one-time code is good for this long
CODE_LASTS = timedelta(days=7)
#: letters and digits that are not taken for one another on a printed slip
_CLEAR = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: each password tried takes 64 MiB and a tenth of a second; no more at once than there are cores
_trying = BoundedSemaphore(os.cpu_count() or 1)


@dataclass(frozen=True)
class Account:
    id: str
    login: str
    name: str
    role: str
    scope: str
    #: a hall account acts in one election only
    election: str | None
    active: bool
    #: fingerprint of the personal key; None until a password is set
    fingerprint: str | None
    #: person of the roll behind a hall account, where known
    person: str | None = None

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.role, self.scope)

    @property
    def hall(self) -> bool:
        return self.role in HALL and self.election is not None


def account_of(store: Store, row: AccountRow) -> Account:
    name = store.vault.open(row.name, f"account:{row.id}").decode()
    return Account(row.id, row.login, name, row.role, row.scope, row.election, row.active, row.fingerprint, row.person)


def cost() -> keys.Cost:
    """What trying a password costs. Demonstrations and tests say ``ELECTION_PASSWORD_COST=cheap``."""
    return keys.CHEAP if os.environ.get("ELECTION_PASSWORD_COST") == "cheap" else keys.STANDARD


def wrap(store: Store, seed: bytes, password: str, account: str) -> dict[str, Any]:
    """A personal key under its password and a key of this home, so that a copy of the database gives nothing to guess at:
    a hall's PIN alone would be a million tries.
    """
    with _trying:
        return keys.wrap(seed, _with_home(store, password, account), account, cost()) | {"pepper": "index.key"}


def _with_home(store: Store, password: str, account: str) -> str:
    return store.vault.index("account-password", account, password)


def names(store: Store, session: Session, accounts: Iterable[str]) -> dict[str, str]:
    """Account -> name, of those there are."""
    rows = session.execute(select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(set(accounts))))
    return {account: store.vault.open(name, f"account:{account}").decode() for account, name in rows}


def get(store: Store, account: str) -> Account:
    """Raises Gone."""
    with store.read() as session:
        row = session.get(AccountRow, account)
        if row is None:
            raise Gone(account)
        return account_of(store, row)


def by_login(store: Store, login: str) -> Account | None:
    """The account of this login, wherever it is: a login is one in the whole office."""
    with everywhere(), store.read() as session:
        row = session.scalars(select(AccountRow).where(AccountRow.login == login)).first()
        return None if row is None else account_of(store, row)


def within(store: Store, scope: str, election: str | None = None) -> list[Account]:
    """Accounts at or below a place, by role and login; those of one election's hall if it is named."""
    query = select(AccountRow).order_by(AccountRow.scope, AccountRow.role, AccountRow.login)
    if scope:
        below = AccountRow.scope.startswith(scope + "/", autoescape=True)
        query = query.where(or_(AccountRow.scope == scope, below))
    if election is not None:
        query = query.where(AccountRow.election == election)
    with store.read() as session:
        return [account_of(store, row) for row in session.scalars(query)]


def try_password(store: Store, login: str, password: str) -> tuple[Account, bytes] | None:
    """The account and its unwrapped key, or None. An unknown login takes as long as a wrong password."""
    with everywhere(), store.read() as session:
        row = session.scalars(select(AccountRow).where(AccountRow.login == login)).first()
    seed = _unwrapped(store, row, password)
    return None if row is None or seed is None else (account_of(store, row), seed)


def unwrap(store: Store, account: str, password: str) -> bytes | None:
    """The key of an account, for one signature; None when the password is not its password."""
    with everywhere(), store.read() as session:
        row = session.get(AccountRow, account)
    return _unwrapped(store, row, password)


def _unwrapped(store: Store, row: AccountRow | None, password: str) -> bytes | None:
    own = row.wrapped if row is not None and row.active else None
    if row is not None and own and "pepper" in own:  # without it: a key made before there was one
        password = _with_home(store, password, row.id)
    with _trying:
        try:
            seed = keys.unwrap(own or decoy(), password, row.id if row is not None and own else None)
        except keys.WrongPassword:
            return None
    return seed if own else None


_decoys: dict[keys.Cost, dict[str, Any]] = {}


def decoy() -> dict[str, Any]:
    """A wrapped key that nobody has the password of, so that trying nobody's password takes its time."""
    price = cost()
    if price not in _decoys:
        _decoys[price] = keys.wrap(keys.generate(), secrets.token_hex(16), "nobody", price)
    return _decoys[price]


def new_code() -> str:
    """A one-time code of 60 bits as it is printed: three groups of four."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(3))


def code_index(store: Store, code: str) -> str:
    """The keyed hash under which a code is kept; blanks, dashes and case are forgiven."""
    return store.vault.index("account-code", "".join(c for c in code.upper() if c.isalnum()))


def by_code(store: Store, login: str, code: str, now: datetime) -> Account | None:
    """The account that may set its password with this code now."""
    with everywhere(), store.read() as session:
        row = session.scalars(
            select(AccountRow).where(AccountRow.login == login, AccountRow.code_index == code_index(store, code))
        ).first()
        if row is None or not row.active or row.code_until is None or row.code_until < now:
            return None
        return account_of(store, row)
