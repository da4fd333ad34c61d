"""What comes after a right password: signed in, or first the second factor."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from election.acts.passwords import normal
from election.process.base import HALL, Role
from election.store import accounts, second
from election.store.accounts import Account
from election.web.access import sessions, throttle, watch
from election.web.context import place, real_now, store
from election.web.words import _

#: accounts that only enter data or look on, or that live for one meeting; everybody else needs a second factor
WITHOUT = HALL | {Role.REGISTRAR, Role.OBSERVER}


def needed(account: Account) -> bool:
    """A demonstration's accounts are public, so nothing more is asked there."""
    return account.role not in WITHOUT and not place().demonstration


def enter(account: Account, following: str, *, keep_messages: bool = False) -> Response:
    """Signed in, as far as the password goes."""
    if second.enrolled(store(), account.id):
        onward = redirect(url_for("access.second_code", next=following or None))
        return sessions.begin(onward, account, stage="code", keep_messages=keep_messages)
    if needed(account):
        onward = redirect(url_for("access.second_factor", next=following or None))
        return sessions.begin(onward, account, stage="enrol", keep_messages=keep_messages)
    response = redirect(following or url_for("access.home"))
    throttle.succeeded(response, account.login)
    watch.note("signed-in", account=account.id)
    return sessions.begin(response, account, keep_messages=keep_messages)


def again(person: Account, *, second_too: bool = False) -> dict[str, str]:
    """What is wrong with the proof of a person who is signed in that it is still them (ASVS 7.5).

    The form brings ``present_password``, and where a second factor is about to be changed its ``present_code``.
    """
    if not (typed := request.form.get("present_password", "")):
        return {"present_password": _("请输入密码")}
    if (password := throttle.take(person.login)).wait:
        return {"present_password": password.wait}
    if accounts.unwrap(store(), person.id, normal(typed)) is None:
        return {"present_password": _("密码不对")}
    password.right()
    if not second_too or not second.enrolled(store(), person.id):
        return {}
    if (code := throttle.take(person.login, "second")).wait:
        return {"present_code": code.wait}
    if not second.take(store(), person.id, request.form.get("present_code", ""), real_now()):
        watch.note("second-failed", account=person.id)
        return {"present_code": _("动态码不对，或已经用过。请等下一个动态码")}
    code.right()
    return {}


def step_up(person: Account) -> dict[str, str]:
    """Before accounts of others are made, reset or closed: ``again``, and the session goes on under a new token."""
    if not (errors := again(person)):
        sessions.step_up()
    return errors


def own_address(address: str) -> str:
    """Where to go after signing in: only a page of ours, never another site's (ASVS 3.7.2)."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket that is not closed
        return ""
    ours = not parts.scheme and not parts.netloc and address.startswith("/")
    plain = not address.startswith(("//", "/\\")) and "\\" not in address and address.isprintable()
    return address if ours and plain else ""
