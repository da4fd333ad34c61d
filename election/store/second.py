"""A second factor: time-based one-time codes (RFC 6238: SHA-1, six digits, thirty seconds; ASVS 6.3.3, 6.5).

The secret is kept encrypted beside the account; the last step that was used is kept too, so that a code counts once.
A lost telephone is a reset of the account: an act of whoever looks after it, recorded, after which key, password and
second factor are all new.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import cast
from urllib.parse import quote

from sqlalchemy import CursorResult, or_, update

from election.names.writing import composed
from election.store.database import Store
from election.store.reach import everywhere
from election.store.tables import AccountRow

STEP_SECONDS = 30
DIGITS = 6
#: clocks may differ by one step either way
DRIFT = 1


def new_secret() -> bytes:
    """160 bits, as RFC 4226 advises."""
    return secrets.token_bytes(20)


def code_at(secret: bytes, step: int) -> str:
    """The code of one time step (RFC 4226 §5.3, RFC 6238 §4)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The step whose code this is, now or one step away; every candidate is compared."""
    typed = "".join(c for c in composed("NFKC", code) if c.isdecimal()).encode()
    present = int(now.timestamp()) // STEP_SECONDS
    steps = range(present - DRIFT, present + DRIFT + 1)
    right = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), typed)]
    return right[0] if right else None


def address(secret: bytes, office: str, login: str) -> str:
    """What an authenticator reads from the picture."""
    key = base64.b32encode(secret).decode()
    return f"otpauth://totp/{quote(office)}:{quote(login)}?secret={key}&issuer={quote(office)}&digits={DIGITS}&period={STEP_SECONDS}"


def enrol(store: Store, account: str, secret: bytes, code: str, now: datetime) -> bool:
    """Keep the secret, if the person has shown that their authenticator has it."""
    step = step_of(secret, code, now)
    if step is None:
        return False
    sealed = store.vault.seal(secret, belongs(account))
    with everywhere(), store.write() as session:
        row = session.get_one(AccountRow, account)
        row.second, row.second_step = sealed, step
    return True


def remove(store: Store, account: str) -> None:
    with everywhere(), store.write() as session:
        row = session.get_one(AccountRow, account)
        row.second = row.second_step = None


def enrolled(store: Store, account: str) -> bool:
    with everywhere(), store.read() as session:
        return session.get_one(AccountRow, account).second is not None


def take(store: Store, account: str, code: str, now: datetime) -> bool:
    """Whether this is the account's code now. A code is taken once: its step, and every step before it, is then used."""
    with everywhere(), store.write() as session:
        row = session.get_one(AccountRow, account)
        if row.second is None:
            return False
        step = step_of(store.vault.open(bytes(row.second), belongs(account)), code, now)
        if step is None:
            return False
        unused = or_(AccountRow.second_step.is_(None), AccountRow.second_step < step)
        used = session.execute(update(AccountRow).where(AccountRow.id == account, unused).values(second_step=step))
        return cast("CursorResult[object]", used).rowcount == 1


def belongs(account: str) -> str:
    return f"second:{account}"
