"""Signing a tally: two tellers and a scrutineer, each over the same figures with their own key, or by hand on paper."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from election.process.base import Demand, Role
from election.process.tally import SignTally
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import account, place, today
from election.web.hall import beside, blueprint, doing, where
from election.web.hall.doing import Doing
from election.web.hall.rights import WATCH, may
from election.web.hall.where import Where
from election.web.words import _, role_name


@blueprint.route("/<uuid:election>/sign/<contest>/<int:box>", methods=["GET", "POST"])
@policy(at="election", roles=WATCH)
def sign_sheet(election: UUID, contest: str, box: int) -> Answer:
    here = where.find(contest, box)
    if here.sheet is None or here.sheet.final is None:
        differs = here.sheet is not None and here.sheet.differs
        return redirect(
            url_for("hall.differences", **here.address) if differs else url_for("hall.home", election=place().election)
        )
    if request.method == "GET" or not may(place(), "tally.sign"):
        return _page(here, Doing("", today()))
    attempt = doing.begun()
    act = SignTally(contest=here.contest.id, box=here.box, sheet_sha256=here.sheet.sha256)
    if request.form.get("seen") != here.sheet.sha256:
        attempt.demands = [Demand("tally.same-bytes", False)]
    if doing.judged_and_signed(attempt, act).stopped or doing.done(attempt, act) is None:
        return _page(here, attempt)
    flash(_("已签署计票单：{sheet}", sheet=here.words))
    return redirect(url_for("hall.home", election=place().election))


def _page(here: Where, attempt: Doing) -> Answer:
    assert here.sheet is not None  # it is settled
    sheet = here.sheet
    scan = beside.standing(here)
    waits = scan.state in ("missing", "differs")
    signs = (
        may(place(), "tally.sign") and account().id not in sheet.signatures and here.this.answer is None and not waits
    )
    recounts = may(place(), "tally.restart") and here.this.answer is None
    page = render_template(
        "web/hall/sign_sheet.html",
        here=here,
        figures=sheet.final,
        signers=[(role_name(role), where.name_of(a)) for a, role in sheet.signatures.items()],
        open_roles=_open_roles(sheet.signatures),
        signs=signs,
        recounts=recounts,
        scan=scan,
        explains=scan.state == "differs" and may(place(), "scan.explain") and here.this.answer is None,
        doing=attempt,
    )
    return (page, 422) if attempt.stopped else page


def _open_roles(signatures: dict[str, str]) -> list[str]:
    """Roles whose signature is still open."""
    roles = list(signatures.values())
    tellers = max(2 - roles.count(Role.TELLER), 0)
    scrutineers = max(1 - roles.count(Role.SCRUTINEER), 0)
    return [role_name(Role.TELLER)] * tellers + [role_name(Role.SCRUTINEER)] * scrutineers
