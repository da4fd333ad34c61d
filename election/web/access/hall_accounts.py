"""Accounts of one meeting: a login and a PIN of six digits on a slip, within a minute."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from election.acts import accounts as acts
from election.acts.perform import Refused
from election.process.base import HALL, Role
from election.process.office import MAKES
from election.store import accounts
from election.store.accounts import Account
from election.store.worlds import Gone
from election.web import typed as texts
from election.web.access import blueprint
from election.web.access.policy import policy
from election.web.access.views import Answer
from election.web.context import account, now, place, store
from election.web.words import _

#: who gives out the accounts of a meeting: whoever presides over it, or the street on the spot
GIVERS = frozenset({Role.STREET, "presiding_chair"})


def _roles() -> list[str]:
    return [role for role in Role if role in HALL & MAKES[account().role]]


def _page(refused: Refused | None = None, errors: dict[str, str] | None = None) -> Answer:
    election = place().world.election
    hall = accounts.within(store(), election.path, place().election)
    typed = {k: request.form.get(k, "").strip() for k in ("name", "role")}
    have = {(a.person, a.role) for a in hall if a.active}
    waiting = [s for s in election.staff if (s.person, s.role) not in have]
    page = render_template(
        "web/access/hall_accounts.html",
        hall=hall,
        waiting=[s for s in waiting if s.role in _roles()],
        roles=_roles(),
        typed=typed,
        errors=errors or {},
        demands=refused.demands if refused else (),
    )
    return page, 422 if refused or errors else 200


@blueprint.get("/e/<uuid:election>/hall-accounts")
@policy(at="election", roles=GIVERS)
def hall_accounts(election: UUID) -> Answer:
    return _page()


@blueprint.post("/e/<uuid:election>/hall-accounts")
@policy(at="election", roles=GIVERS)
def new_hall_account(election: UUID) -> Answer:
    errors: dict[str, str] = {}
    name, role = texts.told(request.form, "name", 50, errors), request.form.get("role", "")
    if not name:
        errors["name"] = _("请填写姓名")
    if role not in _roles():
        errors["role"] = _("请选择角色")
    if errors:
        return _page(errors=errors)
    person = next((s.person for s in place().world.election.staff if s.name == name and s.role == role), None)
    try:
        made, pin = acts.create_hall_account(
            store(), account().actor, election=place().election, role=role, name=name, person=person, now=now()
        )
    except Refused as refused:
        return _page(refused)
    return render_template("web/access/pin.html", made=made, pin=pin)


@blueprint.post("/e/<uuid:election>/hall-accounts/<uuid:person>/pin")
@policy(at="election", roles=GIVERS)
def new_pin(election: UUID, person: UUID) -> Answer:
    found = _in_hall(person)
    try:
        pin = acts.new_pin(store(), account().actor, found, now=now())
    except Refused as refused:
        return _page(refused)
    return render_template("web/access/pin.html", made=found, pin=pin)


@blueprint.post("/e/<uuid:election>/hall-accounts/<uuid:person>/close")
@policy(at="election", roles=GIVERS)
def close_hall_account(election: UUID, person: UUID) -> Answer:
    found = _in_hall(person)
    try:
        acts.close(store(), account().actor, found, reason="", now=now())
    except Refused as refused:
        return _page(refused)
    flash(_("账号已停用：{name}", name=found.login))
    return redirect(url_for("access.hall_accounts", election=place().election))


def _in_hall(person: UUID) -> Account:
    try:
        found = accounts.get(store(), str(person))
    except Gone:
        abort(404)
    if found.election != place().election:
        abort(404)
    return found
