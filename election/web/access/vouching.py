"""Two officials vouch that a signature is the person's: they see the person and read its code together."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for

from election.acts import accounts as acts
from election.acts.perform import Refused
from election.process.machine import signing, unvouched
from election.process.office import VOUCHING
from election.store import accounts
from election.store.accounts import Account
from election.web.access import blueprint, officials
from election.web.access.policy import policy
from election.web.access.signing import Signing, signers_from_form
from election.web.access.views import Answer
from election.web.context import account, now, place, store
from election.web.place_names import known_places
from election.web.words import _


@dataclass(frozen=True)
class Row:
    """An account whose signature has been vouched for by ``count`` officials, ``mine`` if the reader is one of them."""

    account: Account
    #: of the key that is vouched for
    fingerprint: str
    where: str
    count: int
    mine: bool
    enough: bool


def rows() -> list[Row]:
    """Accounts that the reader may vouch for: they have something to sign, and a key to sign it with."""
    office, places = place().world.office, known_places(account().scope)
    found = []
    for held in [*accounts.within(store(), account().scope), *officials.elsewhere(account())]:
        known = office.accounts.get(held.id)
        if known is None or known.key is None or not held.active or held.id == account().id:
            continue
        if held.role not in signing():
            continue
        vouchers = known.key.vouchers
        where = places[held.scope]
        found.append(
            Row(held, known.key.fingerprint, where, len(vouchers), account().id in vouchers, office.vouched(held.id))
        )
    return sorted(found, key=lambda row: (row.where, row.account.role, row.account.name))


def _first() -> list[officials.Stranded]:
    """Before anybody has vouched: officials whose next keys too few could vouch for from then on."""
    return officials.too_few() if place().world.office.first_vouched is None else []


@blueprint.get("/office/vouch")
@policy(at="office", roles=VOUCHING)
def vouch() -> Answer:
    return _page()


def _page(
    refused: Refused | None = None, signed: Signing | None = None, errors: dict[str, str] | None = None
) -> Answer:
    wrong, listed = {**(errors or {}), **(signed.errors if signed else {})}, rows()
    page = render_template(
        "web/access/vouch.html",
        open=[row for row in listed if not row.enough and not row.mine],
        mine=[row for row in listed if not row.enough and row.mine],
        enough=[row for row in listed if row.enough],
        chosen=request.form.getlist("account"),
        may=not unvouched(place().world.office, account().id),
        stranded=_first(),
        anyway=request.form.get("anyway", ""),
        demands=refused.demands if refused else (),
        errors=wrong,
    )
    return page, 422 if wrong or refused else 200


@blueprint.post("/office/vouch")
@policy(at="office", roles=VOUCHING)
def vouched() -> Answer:
    """One signature for all that were ticked."""
    seen = set(request.form.getlist("account"))
    chosen = {row.account.id: row.fingerprint for row in rows() if row.fingerprint in seen and not row.mine}
    errors = {} if chosen else {"account": _("请选择当面核对过的人")}
    if _first() and not request.form.get("anyway"):
        errors["anyway"] = _("请先让其他负责人设好密码；仍要现在确认的，请勾选")
    if errors:
        return _page(errors=errors)
    signed = signers_from_form(request.form, {}, account())
    if signed.errors:
        return _page(signed=signed)
    try:
        acts.vouch(store(), signed.signers[0], chosen, now())
    except Refused as refused:
        return _page(refused)
    flash(_("已确认 {count} 人的签名", count=len(chosen)))
    return redirect(url_for("access.vouch"))
