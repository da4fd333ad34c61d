"""Recount of packs: dice thrown in the hall draw them, a hand counts them again, the difference is shown and recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from election.acts import sheets as checked
from election.process.base import Act, Role
from election.process.facts import Contest, PackCount, Round
from election.process.scanning import ContestFigures, DrawPacks, ExplainRecount, RecordRecount
from election.process.tally import takes_names
from election.process.world import World
from election.web import typed as texts
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import place, today
from election.web.hall import blueprint, doing
from election.web.hall.differences import Cell, compared
from election.web.hall.doing import Doing
from election.web.hall.rights import WATCH, may
from election.web.hall.sheets import Sheet, lines_of, notes
from election.web.hall.where import Where
from election.web.words import _, sentence

SCRUTINEERS = frozenset({Role.SCRUTINEER})
#: contest, start of its inputs' names, and its typed lines
Sheets = list[tuple[Contest, str, Sheet]]


@dataclass(frozen=True)
class PackLine:
    """A drawn pack, and place by place where the hand found something else in it than the scanner."""

    box: str
    #: place of the box among the boxes from 1 on
    number: int
    pack: int
    #: None until it is counted again
    count: PackCount | None
    cells: list[Cell]


def drawn_packs(world: World, this: Round) -> list[PackLine]:
    if this.recount is None:
        return []
    numbers = {box: at for at, box in enumerate(this.boxes, 1)}
    return [_pack_line(world, this, box, numbers.get(box, 0), pack) for box, pack in this.recount.drawn]


def _pack_line(world: World, this: Round, box: str, number: int, pack: int) -> PackLine:
    count = this.recount.counts.get((box, pack)) if this.recount is not None else None
    cells: list[Cell] = []
    if count is not None:
        for contest in this.contests:
            here = Where(world, this, contest, box, number, None)
            office = f"{contest.office} · " if len(this.contests) > 1 else ""
            found = compared(here, count.hand[contest.id], count.scan[contest.id])
            cells += [replace(cell, words=office + cell.words) for cell in found]
    return PackLine(box, number, pack, count, cells)


def _round() -> Round:
    this = place().world.election.round
    if this is None or not place().world.election.recount_packs:
        abort(404)
    return this


@blueprint.route("/<uuid:election>/recount", methods=["GET", "POST"])
@policy(at="election", roles=WATCH)
def recount(election: UUID) -> Answer:
    """The draw, and how far the recount is."""
    this = _round()
    if request.method == "GET":
        return _draw_page(this, Doing("", today()))
    if not may(place(), "recount.draw"):
        abort(404)
    attempt = doing.begun()
    if request.form.get("_go") == "edit":  # back from the second look, with what was typed
        return _draw_page(this, attempt)
    seed = "".join(request.form.get("seed", "").split())[:60]
    if not (seed.isascii() and seed.isdigit() and 4 <= len(seed) <= 40):
        attempt.errors["seed"] = _("骰子点数：请写 4 到 40 个数字，照掷出的先后连着写")
        return _draw_page(this, attempt)
    act = DrawPacks(seed=seed)
    if doing.judged(attempt, act).stopped:
        return _draw_page(this, attempt)
    if not _signed_and_done(attempt, act):
        count = place().world.election.recount_packs
        return _read_back(attempt, {"seed": seed}, seed=seed, count=count)
    flash(_("已抽定要复核的票扎"))
    return redirect(url_for("hall.recount", election=election))


def _signed_and_done(attempt: Doing, act: Act) -> bool:
    """Only what was read back is signed; until then, and where the signature or the act fails, it is shown (again)."""
    return (
        request.form.get("_go") == "do" and not doing.signed(attempt).stopped and doing.done(attempt, act) is not None
    )


def _read_back(attempt: Doing, typed: Mapping[str, str], **shown: Any) -> Answer:
    """What was typed, large, before it is signed for good; it comes back with the signature as it was shown."""
    page = render_template("web/hall/recount_confirm.html", doing=attempt, typed=typed, **shown)
    return (page, attempt.status) if attempt.stopped else page


def _draw_page(this: Round, attempt: Doing) -> Answer:
    page = render_template(
        "web/hall/recount.html",
        this=this,
        drawn=drawn_packs(place().world, this),
        draws=may(place(), "recount.draw"),
        count=place().world.election.recount_packs,
        seed=request.form.get("seed", ""),
        doing=attempt,
    )
    return (page, 422) if attempt.stopped else page


@blueprint.route("/<uuid:election>/recount/<int:box>/<int:pack>", methods=["GET", "POST"])
@policy(at="election", roles=SCRUTINEERS)
def recount_pack(election: UUID, box: int, pack: int) -> Answer:
    """What the hand counted in a drawn pack, fixed by its signature; the scanner's figures open with it, not before.

    Where they differ, each place is shown with both numbers, and why is asked.
    """
    this, world = _round(), place().world
    if not 1 <= box <= len(this.boxes) or this.recount is None or (this.boxes[box - 1], pack) not in this.recount.drawn:
        abort(404)
    name = this.boxes[box - 1]
    if (count := this.recount.counts.get((name, pack))) is not None:
        return _explain(world, this, name, box, pack) if count.open else _back()
    sheets = _sheets(world, this)
    ballots = this.scans[name].packs[pack].ballots
    attempt = Doing("", today())
    if request.method == "POST":
        attempt = doing.begun()
        order = request.form.get("_go", "next")
        # every sheet is asked: a button stands under one of them
        changed = [sheet.changed(order.removeprefix(start)) for _c, start, sheet in sheets if order.startswith(start)]
        act = None if any(changed) or order == "edit" else _act(this, name, pack, sheets, attempt)
        if act is not None and not doing.judged(attempt, act).stopped:
            if _signed_and_done(attempt, act):
                flash(_("{box}第 {pack} 扎已复核", box=name, pack=pack))
                return redirect(request.path)
            return _read_pack_back(this, act, sheets, attempt)
    page = render_template(
        "web/hall/recount_pack.html",
        box=name,
        pack=pack,
        ballots=ballots,
        sheets=sheets,
        doing=attempt,
    )
    return (page, 422) if attempt.stopped else page


def _read_pack_back(this: Round, act: RecordRecount, sheets: Sheets, attempt: Doing) -> Answer:
    counted = [
        (contest, sheet.lines, one.figures, notes(this, contest, one.figures))
        for (contest, _start, sheet), one in zip(sheets, act.counted, strict=True)
    ]
    typed = {start + name: value for _c, start, sheet in sheets for name, value in sheet.typed.items()}
    return _read_back(attempt, typed, counted=counted, box=act.box, pack=act.pack)


def _back() -> Answer:
    return redirect(url_for("hall.recount", election=place().election))


def _explain(world: World, this: Round, box: str, number: int, pack: int) -> Answer:
    """Both numbers of every place that differs, and the reason that is written for them."""
    attempt = Doing("", today())
    if request.method == "POST":
        attempt = doing.begun()
        reason = texts.told(request.form, "reason", 4000, attempt.errors, long=True)
        if len(reason) < 2:
            attempt.errors.setdefault("reason", _("请写明不同的理由"))
        if not attempt.stopped:
            act = ExplainRecount(box=box, pack=pack, reason=reason)
            if not doing.judged_and_signed(attempt, act).stopped and doing.done(attempt, act) is not None:
                flash(_("已写明理由：{box}第 {pack} 扎", box=box, pack=pack))
                return _back()
    page = render_template(
        "web/hall/recount_differs.html",
        line=_pack_line(world, this, box, number, pack),
        doing=attempt,
        reason=request.form.get("reason", ""),
    )
    return (page, 422) if attempt.stopped else page


def _sheets(world: World, this: Round) -> Sheets:
    found = []
    for at, contest in enumerate(this.contests):
        start = f"c{at}."
        own = {k.removeprefix(start): v for k, v in request.form.items() if k.startswith(start)}
        lines = lines_of(this, contest, world.election.law)
        found.append((contest, start, Sheet.of(lines, own, write_ins=takes_names(this, world.election.law))))
    return found


def _act(this: Round, box: str, pack: int, sheets: Sheets, attempt: Doing) -> RecordRecount | None:
    counted = []
    for contest, start, sheet in sheets:
        figures = sheet.read()
        if figures is not None:
            for check in checked.checks(this, contest, figures):
                if check.severity == "error":
                    named = next((n for place_ in check.fields if (n := sheet.input_of(place_))), "")
                    sheet.errors.setdefault(named, sentence(check.code, check.params))
        attempt.errors |= {f"{start}{n}" if n else "": f"{contest.office}：{said}" for n, said in sheet.errors.items()}
        if figures is not None:
            counted.append(ContestFigures(contest=contest.id, figures=figures))
    return None if attempt.errors else RecordRecount(box=box, pack=pack, counted=tuple(counted))
