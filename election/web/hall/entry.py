"""Tally entry: one sheet, typed by one teller who sees no other figure of the box, read back, sealed.

What is typed is kept as an encrypted draft of this teller alone until it is sealed. Until a second teller's sheet is
in, no page shows a figure of either; this teller's own page says only that it is sealed.
"""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from election.acts import sheets as checked
from election.acts import tallies
from election.acts.perform import Refused
from election.process.base import Demand, Role
from election.process.tally import CommitTally, Figures, canonical
from election.store import drafts
from election.store.append import Content
from election.web.access.policy import policy
from election.web.committee.uploads import attachments
from election.web.context import account, now, place, real_now, store
from election.web.hall import blueprint, doing, where
from election.web.hall.doing import Doing
from election.web.hall.sheets import MARKS, Sheet, notes
from election.web.hall.where import Where
from election.web.words import _, sentence

Answer = str | Response | tuple[str, int]
TELLERS = frozenset({Role.TELLER})


@blueprint.route("/<uuid:election>/tally/<contest>/<int:box>", methods=["GET", "POST"])
@policy(at="election", roles=TELLERS)
def tally(election: UUID, contest: str, box: int) -> Answer:
    here = where.find(contest, box)
    if not _mine_to_enter(here):
        return _sealed(here)
    if _by_scan(here):
        return redirect(url_for("hall.scan", election=election, box=box))
    if request.method == "GET":
        sheet = _draft(here)
        return _form(here, sheet, waiting=_waiting(here), restored=None if sheet.blank else _kept_at(here))
    sheet = Sheet.of(here.lines, request.form, write_ins=here.write_ins)
    if request.form.get("stamp") != here.stamp:
        return _form(here, sheet, errors={"": _("这张计票单已经重新开始，请按现在的票重新录入")})
    return _ordered(here, sheet, request.form.get("_go", "next"))


@blueprint.route("/<uuid:election>/tally/<contest>/<int:box>/confirm", methods=["GET", "POST"])
@policy(at="election", roles=TELLERS)
def confirm_tally(election: UUID, contest: str, box: int) -> Answer:
    """The figures read back, large, before they are sealed with the teller's own signature."""
    here = where.find(contest, box)
    sheet = _draft(here)
    figures = sheet.read()
    if not _mine_to_enter(here) or _by_scan(here) or figures is None or _faults(here, sheet, figures):
        return redirect(url_for("hall.tally", **here.address))
    if request.method == "GET":
        return _read_back(here, sheet, figures, Doing("", now().date()))
    attempt = doing.begun()
    if request.form.get("seen") != _code(figures):
        attempt.errors["seen"] = _("计票单在您核对之后又改过，请重新核对下面的数")
    photos, wrong = attachments(request.files.getlist("attachments"))
    if wrong:
        attempt.errors["attachments"] = wrong
    if attempt.stopped or doing.signed(attempt).stopped:
        return _read_back(here, sheet, figures, attempt)
    return _seal(here, sheet, figures, attempt, photos)


def _seal(here: Where, sheet: Sheet, figures: Figures, attempt: Doing, photos: list[Content]) -> Answer:
    assert attempt.signing is not None  # it was signed
    try:
        tallies.enter(
            store(),
            account().actor,
            attempt.signing.signers[0],
            place().log,
            here.contest.id,
            here.box,
            figures,
            attempt.on,
            now(),
            photos,
        )
    except Refused as refused:
        attempt.demands = refused.demands
        return _read_back(here, sheet, figures, attempt)
    drafts.drop(store(), account().id, place().log, here.draft("tally"))
    flash(_("计票单已封存：{sheet}", sheet=here.words))
    return redirect(url_for("hall.tally", **here.address))


# --- what a teller may see -------------------------------------------------------------------------------------------


def _mine_to_enter(here: Where) -> bool:
    """Neither has this teller entered it, nor have two others."""
    return here.sheet is None or (account().id not in here.sheet.commitments and len(here.sheet.commitments) < 2)


def _by_scan(here: Where) -> bool:
    """This teller's sheet of the box is what the scanner read, or the one sheet by hand is in already."""
    if here.world.election.counting != "scan":
        return False
    scan = here.this.scans.get(here.box)
    if scan is None:
        return here.sheet is not None and bool(here.sheet.commitments)
    return scan.account == account().id


def _sealed(here: Where) -> Answer:
    """Nothing but where the sheet stands; figures are on the pages that come after both entries."""
    assert here.sheet is not None  # somebody has entered it
    own = account().id in here.sheet.commitments
    found = where.state(here.sheet)
    following = {"differ": "hall.differences", "one": ""}.get(found, "hall.sign_sheet")
    return render_template("web/hall/sealed.html", here=here, own=own, state=found, following=following)


def _waiting(here: Where) -> list[Demand]:
    """What must be done before anything can be entered: the account of ballots, the box opened."""
    act = CommitTally(contest=here.contest.id, box=here.box, commitment="0" * 64)
    return list(doing.judged(doing.begun(), act).demands)


# --- the form --------------------------------------------------------------------------------------------------------


def _ordered(here: Where, sheet: Sheet, order: str) -> Answer:
    """What a button of the form asks for; whatever it is, what was typed is kept first."""
    changed = sheet.changed(order)
    _keep(here, sheet)
    if order == "save":
        return Response(_("草稿已存"), mimetype="text/plain")
    if changed:
        return _form(here, sheet)
    figures = sheet.read()
    demands = _waiting(here)
    if _faults(here, sheet, figures) or demands:
        return _form(here, sheet, errors=sheet.errors, demands=demands)
    if order == "check":
        return _form(here, sheet, good=True)
    return redirect(url_for("hall.confirm_tally", **here.address))


def _faults(here: Where, sheet: Sheet, figures: Figures | None) -> dict[str, str]:
    """What does not add up, at the inputs it concerns; also what the account of ballots says against it."""
    if figures is None:
        return sheet.errors
    for check in checked.checks(here.this, here.contest, figures):
        if check.severity != "error":
            continue
        said = sentence(check.code, check.params)
        name = next((found for place_ in check.fields if (found := sheet.input_of(place_))), "")
        if name.startswith("r."):
            said = f"{sheet.lines[int(name.split('.')[1])].words}：{said}" if check.code == "sheet.row" else said
        sheet.errors.setdefault(name, said)
    for demand in checked.against(here.world, here.contest.id, here.box, figures):
        sheet.errors.setdefault("returned" if demand.code == "tally.returned" else "", sentence(demand))
    return sheet.errors


def _form(
    here: Where,
    sheet: Sheet,
    *,
    errors: dict[str, str] | None = None,
    demands: list[Demand] | None = None,
    waiting: list[Demand] | None = None,
    restored: object = None,
    good: bool = False,
) -> Answer:
    page = render_template(
        "web/hall/tally.html",
        here=here,
        sheet=sheet,
        errors=errors or {},
        demands=demands or (),
        waiting=waiting or (),
        restored=restored,
        good=good,
    )
    return (page, 422) if errors or demands else page


def _read_back(here: Where, sheet: Sheet, figures: Figures, attempt: Doing) -> Answer:
    page = render_template(
        "web/hall/confirm_tally.html",
        here=here,
        sheet=sheet,
        figures=figures,
        doing=attempt,
        code=_code(figures),
        notes=notes(here.this, here.contest, figures),
        marks=MARKS,
    )
    return (page, attempt.status) if attempt.stopped else page


def _code(figures: Figures) -> str:
    """What was read back, so that nothing else is sealed than what was on the page."""
    return store().vault.index("tally-read-back", canonical(figures).decode())


# --- the draft -------------------------------------------------------------------------------------------------------


def _keep(here: Where, sheet: Sheet) -> None:
    drafts.keep(store(), account().id, place().log, here.draft("tally"), dict(sheet.typed), real_now())


def _draft(here: Where) -> Sheet:
    kept = drafts.kept(store(), account().id, place().log, here.draft("tally"))
    value = kept.value if kept is not None else {}
    return Sheet.of(here.lines, {str(k): str(v) for k, v in value.items()}, write_ins=here.write_ins)


def _kept_at(here: Where) -> object:
    kept = drafts.kept(store(), account().id, place().log, here.draft("tally"))
    return kept.at if kept is not None else None
