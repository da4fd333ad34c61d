"""A box by scanner: its packs, the work behind the page, what was rejected and why, the box closed and signed.

No figure of the box is on any of these pages: until its count is closed they say how many ballots, never how they voted.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from election.acts import doubts, packs, scans, spools
from election.acts import wall as walls
from election.acts.perform import Refused
from election.process.base import Demand, Role
from election.process.facts import Round, Scan
from election.process.scanning import sheets_open
from election.process.tally import returned_in
from election.process.world import World
from election.web.access import sessions
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import account, memory, now, place, store, today
from election.web.hall import blueprint, doing
from election.web.hall.doing import Doing
from election.web.hall.rights import SCANS
from election.web.hall.sheets import number_of
from election.web.words import _, sentence

TELLERS = frozenset({Role.TELLER})
SCRUTINEERS = frozenset({Role.SCRUTINEER})
#: bytes of one upload: a pack of fifty sheets at 300 dpi
LARGEST = 400 * 1024 * 1024
#: the endpoint that takes so much; any other page takes what ``create_app`` says
UPLOAD = "hall.scan_pack"
INPUTS = ("pack", "counted", "void")


def take_packs() -> None:
    """Before anything reads the request: a pack of scans, which only tellers send, is larger than other forms may be."""
    if request.endpoint == UPLOAD and (person := sessions.current()) is not None and person.role in TELLERS:
        request.max_content_length = LARGEST


@dataclass(frozen=True)
class Here:
    """One box of the round that stands."""

    world: World
    this: Round
    box: str
    number: int

    @property
    def scan(self) -> Scan | None:
        return self.this.scans.get(self.box)

    @property
    def round(self) -> int:
        return len(self.world.election.rounds)


def _here(box: int) -> Here:
    world = place().world
    this = world.election.round
    if this is None or this.method != "ballot" or not 1 <= box <= len(this.boxes):
        abort(404)
    return Here(world, this, this.boxes[box - 1], box)


@blueprint.get("/<uuid:election>/scan/<int:box>")
@policy(at="election", roles=SCANS)
def scan(election: UUID, box: int) -> Answer:
    return _page(_here(box), Doing("", today()), {})


@blueprint.post("/<uuid:election>/scan/<int:box>")
@policy(at="election", roles=TELLERS)
def scan_pack(election: UUID, box: int) -> Answer:
    """Take the files of one pack and read them behind the page."""
    here = _here(box)
    typed = {name: request.form.get(name, "") for name in INPUTS}
    attempt = Doing("", today())
    numbers = _numbers(typed, attempt)
    files = [f for f in request.files.getlist("files") if f.filename]
    if not files:
        attempt.errors["files"] = _("请选择这一扎选票的扫描文件")
    if numbers is None or attempt.errors:
        return _page(here, attempt, typed)
    folder = spools.spool()
    try:
        taken = [((f.filename or "")[-80:], _saved(f, folder)) for f in files]
        packs.begin(packs.Pile(store(), memory(), here.world, place().log, here.box, *numbers, taken, folder))
    except BaseException as error:  # whatever stops it, a full disk too: no picture of a ballot stays behind
        spools.remove(folder)
        if not isinstance(error, Refused):
            raise
        attempt.demands = error.demands
        return _page(here, attempt, typed)
    return redirect(url_for("hall.scan", election=election, box=box))


def _saved(file: FileStorage, folder: Path) -> Path:
    path = folder / secrets.token_hex(16)
    file.save(path)
    return path


def _numbers(typed: dict[str, str], attempt: Doing) -> tuple[int, int, int] | None:
    labels = {"pack": _("第几扎"), "counted": _("点过的张数"), "void": _("扫不出的废票")}
    found: dict[str, int] = {}
    for name, label in labels.items():
        number, wrong = number_of(typed[name] or ("0" if name == "void" else ""))
        if name != "void" and not typed[name].strip():
            attempt.errors[name] = _("{label}：请填写，1 到 1000", label=label)
        elif number is None or (name != "void" and not 1 <= number <= 1000):
            attempt.errors[name] = f"{label}：{wrong or _('须是 1 到 1000 的整数')}"
        elif name == "void" and number > found.get("counted", number):
            attempt.errors[name] = f"{label}：{_('不能多于点过的张数')}"
        else:
            found[name] = number
    return (found["pack"], found["counted"], found["void"]) if len(found) == len(labels) else None


@blueprint.get("/<uuid:election>/scan/<int:box>/progress")
@policy(at="election", roles=SCANS)
def scan_progress(election: UUID, box: int) -> Answer:
    """How far the reading is, for a page that stays open; the whole page again once it is done."""
    here = _here(box)
    work = _working(here)
    response = make_response(render_template("web/hall/_scan_progress.html", here=here, work=work))
    if work is None or work["state"] != "running":
        response.headers["HX-Refresh"] = "true"
    return response


def _working(here: Here) -> dict[str, Any] | None:
    return packs.working(memory(), place().log, here.round, here.box)


@blueprint.post("/<uuid:election>/scan/<int:box>/drop")
@policy(at="election", roles=TELLERS)
def scan_drop(election: UUID, box: int) -> Answer:
    """A pack put aside, once it was asked what goes with it."""
    here = _here(box)
    number, _wrong = number_of(request.form.get("pack", ""))
    with store().read() as session:
        there = packs.packs_of(store(), session, place().log, here.round, here.box)
        found = next((p for p in there if p.number == number), None)
        decided = packs.decided(session, found) if found is not None else 0
    if found is not None and here.scan is None and request.form.get("_go") != "do":
        return render_template("web/hall/scan_drop.html", here=here, pack=found, decided=decided)
    packs.put_aside(store(), here.world, place().log, here.box, number or 0)
    flash(_("第 {pack} 扎已删去，可以重新扫描", pack=number or 0))
    return redirect(url_for("hall.scan", election=election, box=box))


@blueprint.post("/<uuid:election>/scan/<int:box>/void")
@policy(at="election", roles=SCRUTINEERS)
def scan_void(election: UUID, box: int) -> Answer:
    """A scrutineer, who has seen them, finds void the ballots of a pack that no scanner reads."""
    here = _here(box)
    number, void = (number_of(request.form.get(name, ""))[0] or 0 for name in ("pack", "void"))
    packs.find_void(store(), place().log, here.box, number, void, account().id)
    flash(_("第 {pack} 扎的废票已认定", pack=number))
    return redirect(url_for("hall.scan", election=election, box=box))


@blueprint.route("/<uuid:election>/scan/<int:box>/close", methods=["GET", "POST"])
@policy(at="election", roles=TELLERS)
def scan_close(election: UUID, box: int) -> Answer:
    """The box read back in numbers of ballots alone, then sealed with the teller's own signature."""
    here = _here(box)
    if here.scan is not None or here.world.election.counting == "hand":
        return redirect(url_for("hall.scan", election=election, box=box))
    attempt = doing.begun()
    with store().read() as session:
        attempt.demands = scans.closing_demands(store(), session, memory(), here.world, place().log, here.box)
    if request.method == "GET" or attempt.stopped or doing.signed(attempt).stopped:
        return _closing(here, attempt)
    assert attempt.signing is not None  # it was signed
    try:
        signer = attempt.signing.signers[0]
        scans.close(store(), memory(), account().actor, signer, place().log, here.box, attempt.on, now())
    except Refused as refused:
        attempt.demands = refused.demands
        return _closing(here, attempt)
    flash(_("{box}的扫描结果已封存", box=here.box))
    return redirect(url_for("hall.scan", election=election, box=box))


@blueprint.route("/<uuid:election>/scan/<int:box>/again/<contest>", methods=["GET", "POST"])
@policy(at="election", roles=TELLERS)
def scan_again(election: UUID, box: int, contest: str) -> Answer:
    """A sheet was put aside and is counted again: the scan's sheet enters anew."""
    here = _here(box)
    found = next((c for c in here.this.contests if c.id == contest), None)
    if found is None or here.scan is None or here.scan.account != account().id:
        abort(404)
    attempt = doing.begun() if request.method == "POST" else Doing("", today())
    if request.method == "GET" or attempt.stopped or doing.signed(attempt).stopped:
        page = render_template("web/hall/scan_again.html", here=here, contest=found, doing=attempt)
        return (page, attempt.status) if attempt.stopped else page
    assert attempt.signing is not None  # it was signed
    signer = attempt.signing.signers[0]
    scans.enter_again(store(), account().actor, signer, place().log, contest, here.box, attempt.on, now())
    flash(_("{box}的扫描结果已封存", box=here.box))
    return redirect(url_for("hall.scan", election=election, box=box))


@blueprint.post("/<uuid:election>/scan/<int:box>/show")
@policy(at="election", roles=SCANS)
def scan_show(election: UUID, box: int) -> Answer:
    """The scanned box on the wall, ballot by ballot, shuffled, once its count is closed."""
    here = _here(box)
    if here.scan is None:
        raise Refused([Demand("scan.closed", False, {"box": here.box}, act="scan.close")])
    walls.open_wall(memory(), here.world, place().log)
    with store().read() as session:
        found = scans.ballots_of(store(), session, place().log, here.round, here.box)
    walls.show_box(memory(), here.world, place().log, here.box, found, now())
    return redirect(url_for("hall.wall", election=election))


# --- pages -----------------------------------------------------------------------------------------------------------


def _page(here: Here, attempt: Doing, typed: dict[str, str]) -> Answer:
    with store().read() as session:
        there = packs.packs_of(store(), session, place().log, here.round, here.box)
        found, left = doubts.left(store(), session, here.world, place().log, here.box)
        against = scans.closing_demands(store(), session, memory(), here.world, place().log, here.box)
    work = _working(here)
    again = [
        c
        for c in here.this.contests
        if here.scan is not None
        and here.world.election.counting == "scan"
        and here.scan.account == account().id
        and (sheet := here.this.sheets.get((c.id, here.box))) is not None
        and sheet.restarts
        and account().id not in sheet.commitments
        and len(sheet.commitments) < 2
    ]
    rejected = work["rejected"] if work is not None else []
    total = sum(p.size for p in there)
    over = total - returned if (returned := returned_in(here.this, here.box)) is not None else 0
    following = max((p.number for p in there), default=0) + 1
    page = render_template(
        "web/hall/scan.html",
        here=here,
        packs=there,
        voids=packs.unconfirmed(here.world, there),
        doubts=found,
        left=left,
        against=against,
        work=work,
        rejected=rejected,
        repeated=_repeated(rejected, work["pack"] if work is not None else 0, there),
        over=over,
        alike=packs.alike(there) if here.scan is None and over > 0 else None,
        why=why,
        doing=attempt,
        typed={"pack": str(following), "counted": "", "void": "0"} | typed,
        total=total,
        returned=returned,
        teller=place().role == Role.TELLER,
        scrutinises=place().role in SCRUTINEERS,
        adjudicates=place().role in (Role.ADJUDICATOR, Role.SCRUTINEER),
        opened=here.box in here.this.opened,
        counted=sheets_open(here.this, here.box),
        again=again,
    )
    return (page, 422) if attempt.stopped else page


def _repeated(rejected: list[dict[str, Any]], pack: int, there: list[packs.Pack]) -> int:
    """The pack whose very pictures came in again as ``pack``, of which nothing else was read; 0 where that is not so."""
    before = {r.get("before", 0) if r["why"] == "same-image" else 0 for r in rejected}
    empty = any(p.number == pack and not p.ballots for p in there)
    return next(iter(before)) if empty and len(before) == 1 and before != {pack} else 0


def _closing(here: Here, attempt: Doing) -> Answer:
    with store().read() as session:
        there = packs.packs_of(store(), session, place().log, here.round, here.box)
        found, _left = doubts.left(store(), session, here.world, place().log, here.box)
    page = render_template(
        "web/hall/scan_close.html",
        here=here,
        packs=there,
        doubts=found,
        total=sum(p.size for p in there),
        rejected=sum(n for p in there for n in p.rejected.values()),
        doing=attempt,
    )
    return (page, attempt.status) if attempt.stopped else page


def why(code: str) -> str:
    """Why a page was rejected, or why a mark is doubtful, in words."""
    return sentence(f"ballot.why.{code}")
