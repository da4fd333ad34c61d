"""How often somebody may try a password, without letting anybody lock somebody else out.

A browser that has signed in with this login before carries a cookie that says so and has a bucket of its own (OWASP
"device cookies"): whoever guesses at somebody's login slows down the guessers, not the person. At another machine the
person types the pass of their slip, and has a bucket of its own as well. Of strangers, those at one address are slowed
first: at this login, and at all. What many addresses try at one login, and all strangers try at all, opens at least once
a minute, and every two seconds.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from election.acts import passes
from election.acts.public import subscriber
from election.store import tries
from election.store.tries import Bucket
from election.web import cookies
from election.web.context import real_now, store
from election.web.words import _

COOKIE = "known"
#: the field in which somebody types a pass
FIELD = "pass"
KNOWN_FOR = 90 * 24 * 3600


def buckets(login: str, what: str = "login") -> list[Bucket]:
    """``what`` is tried: the password (``login``) or the ``second`` factor, each counted by itself."""
    if device := _device(login):
        return [Bucket(f"device-{what}", device, free=5, longest=900)]
    here = subscriber(request.remote_addr or "")
    own = [
        Bucket(f"{what}-here", f"{login} {here}", free=5, longest=900),
        Bucket(what, login, free=100, longest=60),
    ]
    if what == "second":  # whoever is asked for it has shown the password: strangers are not among them
        return own
    return [*own, Bucket("address", here, free=30, longest=60), Bucket("everybody", "", free=1000, longest=2)]


@dataclass(frozen=True)
class Try:
    """A try that may be made now, or has to wait. It counts as a failure from its beginning until it is ``right``."""

    limited: list[Bucket]
    taken: tries.Taken

    @property
    def wait(self) -> str:
        """What is said to whoever has to wait; nothing where the try may be made."""
        seconds = self.taken.seconds
        return _("尝试太多，请在 {seconds} 秒后再试", seconds=seconds) if seconds else ""

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with a form on which a pass can be typed."""
        if not self.wait:
            return {}
        typed, own = request.form.get(FIELD, ""), self.limited[0].purpose.startswith("device")
        return {"": self.wait} | ({FIELD: _("通行码不对：请核对登录名和 20 位数字")} if typed and not own else {})

    def right(self) -> None:
        tries.right(store(), self.limited, self.taken)


def take(login: str, what: str = "login") -> Try:
    """This browser's next try at this login."""
    limited = buckets(login, what)
    return Try(limited, tries.take(store(), limited, real_now()))


def succeeded(response: Response, login: str, what: str = "login") -> None:
    """The browser is known from now on."""
    tries.succeeded(store(), buckets(login, what)[0])
    nonce = secrets.token_hex(16)
    cookies.put(response, COOKIE, f"{nonce}.{_proof(login, nonce)}", seconds=KNOWN_FOR)


def pass_of(login: str) -> str:
    """What is handed to the person of this login today."""
    return passes.issue(store().vault, login, real_now().date())


def _device(login: str) -> str:
    handed = passes.day_of(store().vault, login, request.form.get(FIELD, ""), real_now().date())
    if handed is not None:  # before the cookie: another may have tried too often at this machine
        return f"{login} {handed}"
    nonce, _, proof = cookies.get(COOKIE).partition(".")
    return nonce if nonce and hmac.compare_digest(proof.encode(), _proof(login, nonce).encode()) else ""


def _proof(login: str, nonce: str) -> str:
    return store().vault.index("device", login, nonce)
