"""What comes after a right password: signed in, or first the second factor."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, url_for
from werkzeug.wrappers import Response

from election.process.base import HALL, Role
from election.store import second
from election.store.accounts import Account
from election.web.access import sessions, throttle, watch
from election.web.context import place, store

#: accounts that only enter data or look on, or that live for one meeting; everybody else needs a second factor
WITHOUT = HALL | {Role.REGISTRAR, Role.OBSERVER}


def needed(account: Account) -> bool:
    """A demonstration's accounts are public, so nothing more is asked there."""
    return account.role not in WITHOUT and not place().demonstration


def enter(account: Account, following: str, *, keep_messages: bool = False) -> Response:
    """Signed in, as far as the password goes."""
    if second.enrolled(store(), account.id):
        onward = redirect(url_for("access.second_code", next=following or None))
        return sessions.begin(onward, account.id, stage="code", keep_messages=keep_messages)
    if needed(account):
        onward = redirect(url_for("access.second_factor", next=following or None))
        return sessions.begin(onward, account.id, stage="enrol", keep_messages=keep_messages)
    response = redirect(following or url_for("access.home"))
    throttle.succeeded(response, account.login)
    watch.note("signed-in", account=account.id)
    return sessions.begin(response, account.id, keep_messages=keep_messages)


def own_address(address: str) -> str:
    """Where to go after signing in: only a page of ours, never another site's (ASVS 3.7.2)."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket that is not closed
        return ""
    ours = not parts.scheme and not parts.netloc and address.startswith("/")
    plain = not address.startswith(("//", "/\\")) and "\\" not in address and address.isprintable()
    return address if ours and plain else ""
