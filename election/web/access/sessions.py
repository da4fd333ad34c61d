"""The session's cookie."""

from __future__ import annotations

from typing import cast

from flask import g, request, session
from werkzeug.wrappers import Response

from election.store import sessions
from election.store.accounts import Account
from election.web.context import real_now, store


def cookie_name() -> str:
    """``__Host-`` binds the cookie to this host and to https; a hall without https has the bare name."""
    return "__Host-sid" if request.is_secure else "sid"


def token() -> str:
    return request.cookies.get(cookie_name(), "")


def current() -> Account | None:
    """Who is signed in."""
    if "person" not in g:
        g.person = sessions.person_of(store(), token(), real_now()) if token() else None
    return cast("Account | None", g.person)


def begin(response: Response, account: str, *, keep_messages: bool = False) -> Response:
    """Sign in: new tokens, never those that a stranger may have planted."""
    if token():
        sessions.close_session(store(), token())
    messages = session.get("_flashes", []) if keep_messages else []
    session.clear()
    if messages:
        session["_flashes"] = messages
    response.set_cookie(
        cookie_name(),
        sessions.open_session(store(), account, real_now()),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def end(response: Response) -> Response:
    if token():
        sessions.close_session(store(), token())
    response.delete_cookie(cookie_name(), secure=request.is_secure, httponly=True, samesite="Lax", path="/")
    return response
