"""The session's cookie."""

from __future__ import annotations

from typing import cast

from flask import after_this_request, g, request, session
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


def half(stage: sessions.Stage) -> Account | None:
    """Whose password was right a moment ago, in this browser, while that is still to come."""
    return sessions.person_of(store(), token(), real_now(), stage) if token() else None


def begin(
    response: Response, account: str, *, stage: sessions.Stage = "whole", keep_messages: bool = False
) -> Response:
    """Sign in: new tokens, never those that a stranger may have planted."""
    if token():
        sessions.close_session(store(), token())
    messages = session.get("_flashes", []) if keep_messages else []
    session.clear()
    if messages:
        session["_flashes"] = messages
    return _hand_out(response, sessions.open_session(store(), account, real_now(), stage))


def step_up() -> None:
    """Somebody has just proved anew who they are: the session goes on under a new token (ASVS 7.2.4)."""
    fresh = sessions.renew(store(), token()) if token() else None
    if fresh is not None:
        after_this_request(lambda response: _hand_out(response, fresh))


def opened(account: str) -> list[sessions.Open]:
    return sessions.of(store(), account, token(), real_now())


def end_others(account: str) -> None:
    sessions.close_all(store(), account, but=token())


def end_all(account: str) -> None:
    sessions.close_all(store(), account)


def _hand_out(response: Response, fresh: str) -> Response:
    response.set_cookie(cookie_name(), fresh, secure=request.is_secure, httponly=True, samesite="Lax", path="/")
    return response


def end(response: Response) -> Response:
    if token():
        sessions.close_session(store(), token())
    response.delete_cookie(cookie_name(), secure=request.is_secure, httponly=True, samesite="Lax", path="/")
    return response
