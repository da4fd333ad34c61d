"""The session's cookie."""

from __future__ import annotations

from typing import cast

from flask import after_this_request, flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from election.store import sessions
from election.store.accounts import Account
from election.web import cookies
from election.web.access.devices import device_word
from election.web.context import real_now, store
from election.web.words import _

#: the session's cookie
SID = "sid"


def token() -> str:
    return cookies.get(SID)


def current() -> Account | None:
    """Who is signed in."""
    if "person" not in g:
        g.person = sessions.person_of(store(), token(), real_now()) if token() else None
    return cast("Account | None", g.person)


def half(stage: sessions.Stage) -> Account | None:
    """Whose password was right a moment ago, in this browser, while that is still to come."""
    return sessions.person_of(store(), token(), real_now(), stage) if token() else None


def begin(
    response: Response, account: Account, *, stage: sessions.Stage = "whole", keep_messages: bool = False
) -> Response:
    """Sign in: new tokens, never those that a stranger may have planted. ``account`` is as its password was tried."""
    device = device_word(request.user_agent.string)
    try:
        opened = sessions.open_session(store(), account, real_now(), stage, device)
    except sessions.Superseded:
        flash(_("密码刚刚被更改或重置，请用新的密码登录"))
        return redirect(url_for("access.login"))
    if token():
        sessions.close_session(store(), token())
    messages = session.get("_flashes", []) if keep_messages else []
    session.clear()
    if messages:
        session["_flashes"] = messages
    return cookies.put(response, SID, opened)


def step_up() -> None:
    """Somebody has just proved anew who they are: the session goes on under a new token (ASVS 7.2.4)."""
    fresh = sessions.renew(store(), token()) if token() else None
    if fresh is not None:
        after_this_request(lambda response: cookies.put(response, SID, fresh))


def opened(account: str) -> list[sessions.Open]:
    return sessions.of(store(), account, token(), real_now())


def end_one(account: str, named: str) -> None:
    sessions.close_one(store(), account, named)


def end_others(account: str) -> None:
    sessions.close_all(store(), account, but=token())


def end_all(account: str) -> None:
    sessions.close_all(store(), account)


def end(response: Response) -> Response:
    """Signed out: here, on the server, and in what the browser keeps (ASVS 14.3.1)."""
    if token():
        sessions.close_session(store(), token())
    response.headers["Clear-Site-Data"] = '"cache"'
    return cookies.drop(response, SID)
