"""Two officials vouch that a signature is the person's: they see the person and read its code together."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for

from election.acts import accounts as acts
from election.acts.perform import Refused
from election.process.office import VOUCHING
from election.store import accounts
from election.store.accounts import Account
from election.web.access import blueprint
from election.web.access.policy import policy
from election.web.access.signing import Signing, signers_from_form
from election.web.access.views import Answer
from election.web.context import account, now, place, store
from election.web.words import _


@dataclass(frozen=True)
class Row:
    """An account whose signature has been vouched for by ``count`` officials, ``mine`` if the reader is one of them."""

    account: Account
    count: int
    mine: bool
    enough: bool


def rows() -> list[Row]:
    """Accounts in the reader's place that have a signature, those still to be vouched for first."""
    office = place().world.office
    found = []
    for held in accounts.within(store(), account().scope):
        known = office.accounts.get(held.id)
        if known is None or known.key is None or not held.active or held.id == account().id:
            continue
        vouchers = known.key.vouchers
        found.append(Row(held, len(vouchers), account().id in vouchers, office.vouched(held.id)))
    return sorted(found, key=lambda row: (row.enough, row.mine, row.account.name))


@blueprint.get("/office/vouch")
@policy(at="office", roles=VOUCHING)
def vouch() -> Answer:
    return _page()


def _page(
    refused: Refused | None = None, signing: Signing | None = None, errors: dict[str, str] | None = None
) -> Answer:
    wrong = {**(errors or {}), **(signing.errors if signing else {})}
    page = render_template(
        "web/access/vouch.html",
        rows=rows(),
        chosen=request.form.getlist("account"),
        demands=refused.demands if refused else (),
        errors=wrong,
        signing=signing,
    )
    return page, 422 if wrong or refused else 200


@blueprint.post("/office/vouch")
@policy(at="office", roles=VOUCHING)
def vouched() -> Answer:
    """One signature for all that were ticked."""
    open_ = {row.account.id for row in rows() if not row.mine}
    chosen = [id_ for id_ in request.form.getlist("account") if id_ in open_]
    if not chosen:
        return _page(errors={"account": _("请选择当面核对过的人")})
    signing = signers_from_form(request.form, {}, account())
    if signing.errors:
        return _page(signing=signing)
    try:
        acts.vouch(store(), signing.signers[0], chosen, now())
    except Refused as refused:
        return _page(refused)
    flash(_("已确认 {count} 人的签名", count=len(chosen)))
    return redirect(url_for("access.vouch"))
