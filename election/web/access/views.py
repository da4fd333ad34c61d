"""Signing in and out, one's own account, where work begins, the demonstration's date, the health check."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from election.acts import accounts as acts
from election.acts.passwords import normal
from election.acts.perform import Refused
from election.faults import Unavailable
from election.process.base import Demand, Role
from election.process.machine import SHANGHAI, unvouched
from election.store import accounts, places, second
from election.store.settings import governing, set_demonstration_offset
from election.store.worlds import Gone
from election.web.access import blueprint, entering, officials, sessions, throttle, watch
from election.web.access.entering import own_address
from election.web.access.policy import DISTRICT, EVERYONE, policy
from election.web.context import account, now, place, real_now, store, today
from election.web.place_names import place_name
from election.web.shell import link
from election.web.words import _

Answer = str | Response | tuple[str, int]


def front() -> Answer:
    """The first page where no public pages are installed."""
    return render_template("web/access/front.html")


front.policy = policy(at="public")(front).policy  # type: ignore[attr-defined]


@blueprint.get("/healthz")
@policy(at="machine")
def health() -> Answer:
    """200 ``ok`` when the database answers and the office log's head is read, and the last writing was no failure."""
    try:
        with store().read() as session:
            places.office(session)
        store().try_again()
    except (SQLAlchemyError, Unavailable, Gone) as error:
        reason = f": {error.kind}" if isinstance(error, Unavailable) else ""
        response = make_response(f"not ready{reason}", 503)
    else:
        response = make_response("ok")
    response.mimetype = "text/plain"
    return response


@blueprint.route("/login", methods=["GET", "POST"])
@policy(at="public")
def login() -> Answer:
    following = own_address(request.values.get("next", ""))
    if request.method == "GET":
        if place().account is not None:
            return redirect(following or url_for("access.home"))
        return render_template("web/access/login.html", login="", following=following, errors={})
    name, password = acts.clean_login(request.form.get("login", "")), request.form.get("password", "")
    errors = _blank({"login": (name, _("请填写登录名")), "password": (password, _("请输入密码"))})
    if not errors and (errors := (this := throttle.take(name)).errors):
        watch.note("sign-in-held", login=name)
    if not errors:
        found = accounts.try_password(store(), name, normal(password))
        if found is not None:
            this.right()
            return entering.enter(found[0], following)
        watch.note("sign-in-failed", login=name)
        errors["password"] = _("登录名或密码不对")
    status = 429 if "" in errors else 422
    return render_template("web/access/login.html", login=name, following=following, errors=errors), status


@blueprint.post("/logout")
@policy(at="public")
def logout() -> Answer:
    response = redirect(url_for("access.login"))
    flash(_("您已退出"))
    return sessions.end(response)


@blueprint.route("/password", methods=["GET", "POST"])
@policy(at="public")
def password() -> Answer:
    """A first or new password, with the one-time code from the slip."""
    typed = {k: request.form.get(k, "") for k in ("login", "code")}
    if request.method == "GET":
        typed["login"] = request.args.get("login", "")
        return render_template("web/access/password.html", typed=typed, errors={}, demands=())
    name = acts.clean_login(typed["login"])
    new = request.form.get("password", "")
    errors = _blank(
        {
            "login": (name, _("请填写登录名")),
            "code": (typed["code"], _("请填写一次性口令")),
            "password": (new, _("请输入新密码")),
        }
    )
    errors |= _twice(new)
    demands = []
    if not errors:
        errors = (this := throttle.take(name)).errors
    if not errors:
        try:
            made = acts.set_password(store(), login=name, code=typed["code"], password=new, now=now())
        except Refused as refused:
            demands = list(refused.demands)
            if any(d.code == "account.code" for d in demands):
                watch.note("code-failed", login=name)
            else:
                this.right()
        else:
            this.right()
            watch.note("password-set", account=made.id)
            flash(_("密码已设置，您的个人签名钥匙已登记"))
            return entering.enter(made, url_for("access.own"), keep_messages=True)
    return render_template("web/access/password.html", typed=typed, errors=errors, demands=demands), 422


@blueprint.route("/account", methods=["GET", "POST"])
@policy(at="signed_in", roles=EVERYONE)
def own() -> Answer:
    """My account: who I am here, my key's fingerprint, another password."""
    if request.method == "GET":
        return _own_page({}, [])
    old, new = request.form.get("old", ""), request.form.get("password", "")
    errors = _blank({"old": (old, _("请输入现在的密码")), "password": (new, _("请输入新密码"))}) | _twice(new)
    demands: list[Demand] = []
    if not errors and (this := throttle.take(account().login)).wait:
        errors["old"] = this.wait
    if not errors:
        try:
            changed = acts.change_password(store(), account(), old=old, new=new, now=now())
        except Refused as refused:
            demands = list(refused.demands)
            if all(d.code != "account.password-wrong" for d in demands):
                this.right()
        else:
            this.right()
            watch.note("password-changed", account=account().id)
            flash(_("密码已更改，新的签名钥匙已登记，其他设备上的登录已失效"))
            return sessions.begin(redirect(url_for("access.own")), changed, keep_messages=True)
    return _own_page(errors, demands), 422


def _own_page(errors: dict[str, str], demands: list[Demand]) -> str:
    me = account()
    return render_template(
        "web/access/own.html",
        me=me,
        where=place_name(me.scope),
        opened=sessions.opened(me.id),
        needed=entering.needed(me),
        enrolled=second.enrolled(store(), me.id),
        vouched_by=_vouchers(),
        handed=throttle.pass_of(me.login),
        word=officials.word_for(me.id) if unvouched(place().world.office, me.id) else None,
        errors=errors,
        demands=demands,
    )


def _vouchers() -> int:
    """How many officials have vouched for the person's key."""
    known = place().world.office.accounts.get(account().id)
    return len(known.key.vouchers) if known is not None and known.key is not None else 0


@blueprint.post("/account/sessions")
@policy(at="signed_in", roles=EVERYONE)
def end_sessions() -> Answer:
    """Sign out one session, or all but this, with the password again: who found a browser open ends nobody's work."""
    if errors := entering.again(account()):
        return _own_page(errors, []), 422
    if named := request.form.get("session", ""):
        sessions.end_one(account().id, named)
        flash(_("那一处登录已退出"))
    else:
        sessions.end_others(account().id)
        flash(_("其他设备上的登录都已退出"))
    watch.note("sessions-ended", account=account().id)
    return redirect(url_for("access.own"))


@blueprint.get("/home")
@policy(at="signed_in", roles=EVERYONE)
def home() -> Answer:
    """Where a person's work begins."""
    me = account()
    if me.election is not None:
        address = link("hall.home", election=me.election)
    elif me.role in (*DISTRICT, Role.STREET):
        address = link("district.home")
    elif me.role == Role.ADMINISTRATOR:
        address = url_for("access.accounts")
    else:
        address = _community_home(me.scope)
    if address is not None:
        return redirect(address)
    return render_template("web/access/home.html")


def _community_home(scope: str) -> str | None:
    """The newest campaign's page of the community that a scope names."""
    community = scope.rsplit("/", 1)[-1]
    with store().read() as session:
        for log in reversed(places.around(session, scope)):
            if log.path == scope.rsplit("/", 1)[0]:
                return link("committee.home", campaign=log.id, community=community)
    return None


@blueprint.route("/demonstration/date", methods=["GET", "POST"])
@policy(at="signed_in", roles={Role.ADMINISTRATOR, Role.STREET})
def demonstration_date() -> Answer:
    """Move a demonstration's date forward, so that deadlines and windows can be tried. Never in a real election."""
    if not place().demonstration:
        return render_template(
            "web/errors/error.html", status=404, title="没有找到", words="地址有误，或者这里没有您可以查看的内容。"
        ), 404
    errors: dict[str, str] = {}
    typed = request.form.get("day", (today() + timedelta(days=1)).isoformat())
    if request.method == "POST":
        try:
            chosen = date.fromisoformat(typed)
        except ValueError:
            errors["day"] = _("请填写日期，如 2010-12-26")
        else:
            if chosen <= today():
                errors["day"] = _("演示日期只能往后移动，现在是 {day}", day=today())
            elif chosen > today() + timedelta(days=366):
                errors["day"] = _("一次最多往后移动一年")
            else:
                moment = datetime.combine(chosen, now().astimezone(SHANGHAI).timetz())
                set_demonstration_offset(store(), moment - real_now(), governing(store(), account().scope))
                flash(_("演示日期已移到 {day}", day=chosen))
                return redirect(url_for("access.home"))
    return render_template("web/access/demonstration.html", day=typed, errors=errors), 422 if errors else 200


def _blank(fields: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {name: words for name, (value, words) in fields.items() if not value}


def _twice(new: str) -> dict[str, str]:
    if new and request.form.get("again", "") != new:
        return {"again": _("两次输入的密码不一样")}
    return {}
