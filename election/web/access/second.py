"""The second factor: asked for after the password, set up on one's own account page."""

from __future__ import annotations

import base64
import binascii

import segno
from flask import abort, flash, redirect, render_template, request, url_for

from election.faults import WrongInput
from election.store import second
from election.store.accounts import Account
from election.web.access import blueprint, entering, sessions, throttle, watch
from election.web.access.entering import needed, own_address
from election.web.access.policy import policy
from election.web.access.views import Answer
from election.web.context import place, real_now, store
from election.web.words import _


@blueprint.route("/login/code", methods=["GET", "POST"])
@policy(at="public")
def second_code() -> Answer:
    person = sessions.half("code")
    if person is None:
        return redirect(url_for("access.login"))
    following = own_address(request.values.get("next", ""))
    errors: dict[str, str] = {}
    if request.method == "POST":
        if (this := throttle.take(person.login, "second")).wait:
            errors = this.errors
        elif second.take(store(), person.id, request.form.get("code", ""), real_now()):
            this.right()
            watch.note("signed-in", account=person.id)
            response = redirect(following or url_for("access.home"))
            throttle.succeeded(response, person.login, "second")
            return sessions.begin(response, person, keep_messages=True)
        else:
            watch.note("second-failed", account=person.id)
            errors["code"] = _("动态码不对，或已经用过。请等下一个动态码")
    page = render_template("web/access/second_code.html", following=following, errors=errors)
    return (page, 422) if errors else page


@blueprint.route("/account/second", methods=["GET", "POST"])
@policy(at="public")
def second_factor() -> Answer:
    """Show the secret to an authenticator once; keep it when the authenticator has answered."""
    person = sessions.current()
    whole = person is not None
    person = person or sessions.half("enrol")
    if person is None:
        return redirect(url_for("access.login"))
    following = own_address(request.values.get("next", ""))
    secret = _opened(person, request.form.get("kept", "")) or second.new_secret()
    errors: dict[str, str] = {}
    if request.method == "POST":
        if whole:
            errors |= entering.again(person, second_too=True)
        if not errors:
            if second.enrol(store(), person.id, secret, request.form.get("code", ""), real_now()):
                watch.note("second-enrolled", account=person.id)
                sessions.end_all(person.id)
                response = redirect(url_for("access.own") if whole else following or url_for("access.home"))
                throttle.succeeded(response, person.login)
                flash(_("动态码已启用，下次登录时在密码之后输入"))
                return sessions.begin(response, person, keep_messages=True)
            errors["code"] = _("动态码不对。请检查手机时间是否准确，再输入一次")
    key = base64.b32encode(secret).decode()
    picture = segno.make(second.address(secret, place().world.office.name or "huanjie", person.login), error="m")
    page = render_template(
        "web/access/second_factor.html",
        whole=whole,
        enrolled=whole and second.enrolled(store(), person.id),
        picture=picture.svg_data_uri(scale=5, border=4),
        key=" ".join(key[i : i + 4] for i in range(0, len(key), 4)),
        kept=base64.urlsafe_b64encode(store().vault.seal(secret, _belongs(person))).decode(),
        following=following,
        errors=errors,
    )
    return (page, 422) if errors else page


@blueprint.post("/account/second/remove")
@policy(at="public")
def remove_second() -> Answer:
    """Only where none is needed; elsewhere whoever looks after the account resets it, and that is recorded."""
    person = sessions.current()
    if person is None:
        return redirect(url_for("access.login"))
    if needed(person):
        abort(404)
    if errors := entering.again(person, second_too=True):
        flash(next(iter(errors.values())), "error")
    else:
        second.remove(store(), person.id)
        sessions.step_up()
        watch.note("second-removed", account=person.id)
        flash(_("动态码已停用"))
    return redirect(url_for("access.own"))


def _belongs(person: Account) -> str:
    return f"second-offer:{person.id}"


def _opened(person: Account, kept: str) -> bytes | None:
    """The secret that this page offered a moment ago; the form carries it sealed, so that nobody chooses their own."""
    try:
        return store().vault.open(base64.urlsafe_b64decode(kept[:400]), _belongs(person))
    except (WrongInput, ValueError, binascii.Error):
        return None
