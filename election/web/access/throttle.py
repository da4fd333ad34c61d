"""How often somebody may try a password, without letting anybody lock somebody else out.

Strangers' tries at a login share one bucket, and those from one address another. A browser that has signed in with
this login before carries a cookie that says so and has a bucket of its own (OWASP "device cookies"): whoever
guesses at somebody's login slows down the guessers, not the person.
"""

from __future__ import annotations

import hmac
import secrets

from flask import request
from werkzeug.wrappers import Response

from election.store import tries
from election.store.tries import Bucket
from election.web.context import real_now, store

COOKIE = "known"
KNOWN_FOR = 90 * 24 * 3600


def buckets(login: str) -> list[Bucket]:
    if device := _device(login):
        return [Bucket("device", device, free=5, longest=900)]
    address = Bucket("address", request.remote_addr or "", free=30, longest=60)
    return [Bucket("login", login, free=5, longest=900), address]


def wait(login: str) -> int:
    """Seconds until this browser may try this login again; 0 for at once."""
    return tries.wait(store(), buckets(login), real_now())


def failed(login: str) -> None:
    tries.failed(store(), buckets(login), real_now())


def succeeded(response: Response, login: str) -> None:
    """The browser is known from now on."""
    tries.succeeded(store(), buckets(login)[0])
    nonce = secrets.token_hex(16)
    response.set_cookie(
        COOKIE,
        f"{nonce}.{_proof(login, nonce)}",
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def _device(login: str) -> str:
    nonce, _, proof = request.cookies.get(COOKIE, "").partition(".")
    return nonce if nonce and hmac.compare_digest(proof.encode(), _proof(login, nonce).encode()) else ""


def _proof(login: str, nonce: str) -> str:
    return store().vault.index("device", login, nonce)
