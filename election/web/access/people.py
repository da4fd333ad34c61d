"""Accounts within one's own place: made, given a new code, closed. Every change is an entry of the office log.

Whoever changes one gives their own password with the form: an open browser that is found takes nobody's account over.
"""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from election.acts import accounts as acts
from election.acts.perform import Refused
from election.process.base import HALL, Role
from election.process.machine import covers
from election.process.office import MAKES, VOUCHING
from election.store import accounts
from election.store.accounts import Account
from election.store.worlds import Gone
from election.web import typed as texts
from election.web.access import blueprint, entering, officials, sessions, throttle, watch
from election.web.access.policy import policy
from election.web.access.views import Answer
from election.web.context import account, now, store
from election.web.place_names import known_places
from election.web.words import _

MAKERS = frozenset(MAKES) - {Role.SERVER}


def makes() -> list[str]:
    """Roles of accounts that the person may make here; those of a meeting are made on its own page."""
    return [role for role in Role if role in MAKES[account().role] - HALL]


@blueprint.get("/office/accounts", endpoint="accounts")
@policy(at="office", roles=MAKERS)
def accounts_page() -> Answer:
    mine = makes()
    listed = [a for a in accounts.within(store(), account().scope) if a.role in mine and a.election is None]
    return render_template(
        "web/access/accounts.html",
        listed=listed,
        places=known_places(account().scope),
        vouching=VOUCHING,
        stranded=officials.too_few() if account().role == Role.ADMINISTRATOR else [],
        locked=officials.locked(),
    )


@blueprint.route("/office/accounts/new", methods=["GET", "POST"])
@policy(at="office", roles=MAKERS)
def new_account() -> Answer:
    long: dict[str, str] = {}
    typed = {
        k: texts.told(request.form, k, 50 if k == "name" else 200, long)
        for k in ("login", "name", "role", "scope", "other")
    }
    known = known_places(account().scope)
    for held in accounts.within(store(), account().scope):  # places that no campaign has named yet
        known.setdefault(held.scope, known[held.scope])
    known.pop("", None)
    options = {"roles": makes(), "places": list(known.items()), "typed": typed}
    if request.method == "GET":
        return render_template("web/access/new_account.html", errors={}, demands=(), **options)
    scope = typed["other"].strip("/") or typed["scope"]
    errors = {
        name: said
        for name, good, said in (
            ("login", typed["login"], _("请填写登录名")),
            ("name", typed["name"], _("请填写姓名")),
            ("role", typed["role"] in makes(), _("请选择角色")),
            ("scope", scope or not account().scope, _("请选择所属地")),
        )
        if not good
    } | long
    errors = errors or entering.step_up(account())
    if not errors:
        try:
            made, code = acts.create_account(
                store(),
                account().actor,
                login=typed["login"],
                name=typed["name"],
                role=typed["role"],
                scope=scope,
                now=now(),
            )
        except Refused as refused:
            return render_template("web/access/new_account.html", errors={}, demands=refused.demands, **options), 422
        return render_template(
            "web/access/slip.html", made=made, code=code, handed=throttle.pass_of(made.login), places=known
        )
    return render_template("web/access/new_account.html", errors=errors, demands=(), **options), 422


@blueprint.get("/office/accounts/<uuid:person>")
@policy(at="office", roles=MAKERS)
def one_account(person: UUID) -> Answer:
    return _one(_reachable(person))


@blueprint.post("/office/accounts/<uuid:person>/code")
@policy(at="office", roles=MAKERS)
def reset_account(person: UUID) -> Answer:
    """A new one-time code; the key that was lost stops counting."""
    found, errors = _reachable(person), dict[str, str]()
    reason = texts.told(request.form, "reason", 200, errors)
    word = officials.word_after_reissue(found.id)
    if found.active and word is not None and word.few and not request.form.get("anyway"):
        errors["anyway"] = _("重发以后没有两个人能确认他的签名；仍要重发的，请勾选")
    if errors := errors or entering.step_up(account()):
        return _one(found, errors=errors)
    try:
        code = acts.reset(store(), account().actor, found, reason=reason, now=now())
    except Refused as refused:
        return _one(found, refused)
    return render_template(
        "web/access/slip.html",
        made=found,
        code=code,
        handed=throttle.pass_of(found.login),
        places=known_places(account().scope),
    )


@blueprint.post("/office/accounts/<uuid:person>/close")
@policy(at="office", roles=MAKERS)
def close_account(person: UUID) -> Answer:
    found, errors = _reachable(person), dict[str, str]()
    reason = texts.told(request.form, "reason", 200, errors)
    if not request.form.get("sure"):
        errors["sure"] = _("停用不能恢复；确实要停用的，请勾选")
    if errors := errors or entering.step_up(account()):
        return _one(found, errors=errors)
    try:
        acts.close(store(), account().actor, found, reason=reason, now=now())
    except Refused as refused:
        return _one(found, refused)
    flash(_("账号已停用：{name}", name=found.name))
    return redirect(url_for("access.accounts"))


@blueprint.post("/office/accounts/<uuid:person>/sessions")
@policy(at="office", roles=MAKERS)
def end_account_sessions(person: UUID) -> Answer:
    """Sign somebody out everywhere: a machine was left open, or lost."""
    found = _reachable(person)
    if errors := entering.step_up(account()):
        return _one(found, errors=errors)
    sessions.end_all(found.id)
    watch.note("sessions-ended", account=found.id)
    flash(_("{name} 的所有登录都已退出", name=found.name))
    return redirect(url_for("access.one_account", person=found.id))


def _one(found: Account, refused: Refused | None = None, errors: dict[str, str] | None = None) -> Answer:
    page = render_template(
        "web/access/account.html",
        who=found,
        demands=refused.demands if refused else (),
        errors=errors or {},
        reason=request.form.get("reason", ""),
        anyway=request.form.get("anyway", ""),
        word=officials.word_after_reissue(found.id),
        handed=throttle.pass_of(found.login),
        places=known_places(account().scope),
    )
    return page, 422 if refused or errors else 200


def _reachable(person: UUID) -> Account:
    """An account that the person may look after; any other is not found."""
    try:
        found = accounts.get(store(), str(person))
    except Gone:
        abort(404)
    if found.role not in makes() or found.election is not None or not covers(account().scope, found.scope):
        abort(404)
    return found
