"""Show of hands: its own tally form, every line adding up to those present; no ballots, no boxes (S-14)."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from election.process.equal import HandTally, RecordHands
from election.process.facts import Contest, Round
from election.process.tally import Row
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import place, today
from election.web.hall import blueprint, doing
from election.web.hall.doing import Doing
from election.web.hall.home import round_words
from election.web.hall.rights import LEAD
from election.web.hall.sheets import Sheet, lines_of
from election.web.words import _


@blueprint.route("/<uuid:election>/hands", methods=["GET", "POST"])
@policy(at="election", roles=LEAD)
def hands(election: UUID) -> Answer:
    this = _round()
    if request.method == "GET":
        return _page(this, _sheets(this), Doing("", today()))
    sheets, attempt = _sheets(this), doing.begun()
    act = _act(this, sheets, attempt)
    if act is None or doing.judged(attempt, act).stopped:
        return _page(this, sheets, attempt)
    if request.form.get("_go") != "do":
        return _page(this, sheets, attempt, asked=act)
    if doing.signed(attempt).stopped or doing.done(attempt, act) is None:
        return _page(this, sheets, attempt, asked=None if attempt.demands else act)
    flash(_("举手表决结果已登记，请监票人签名"))
    return redirect(url_for("hall.home", election=place().election))


def _round() -> Round:
    this = place().world.election.round
    if this is None or this.method != "hands" or this.answer is not None:
        abort(404)
    return this


def present() -> int:
    meeting = place().world.election.meeting
    return meeting.present if meeting is not None and meeting.present is not None else 0


def _sheets(this: Round) -> list[tuple[Contest, str, Sheet]]:
    """Contest, start of its inputs' names, and its typed lines."""
    rules = place().world.election.law
    found = []
    for at, contest in enumerate(this.contests):
        start = f"c{at}."
        own = {k.removeprefix(start): v for k, v in request.form.items() if k.startswith(start)}
        found.append((contest, start, Sheet.of(lines_of(this, contest, rules), own, write_ins=False)))
    return found


def _act(this: Round, sheets: list[tuple[Contest, str, Sheet]], attempt: Doing) -> RecordHands | None:
    tallies = []
    for contest, start, sheet in sheets:
        rows: list[Row] = sheet.read_rows()
        attempt.errors |= {start + name: f"{contest.office} {said}" for name, said in sheet.errors.items()}
        if rows:
            tallies.append(HandTally(contest=contest.id, rows=tuple(rows)))
    return None if attempt.errors or not tallies else RecordHands(tallies=tuple(tallies))


def _page(
    this: Round, sheets: list[tuple[Contest, str, Sheet]], attempt: Doing, *, asked: RecordHands | None = None
) -> Answer:
    page = render_template(
        "web/hall/hands.html",
        this=this,
        sheets=sheets,
        present=present(),
        doing=attempt,
        asked=asked,
        round_words=round_words,
    )
    return (page, 422) if attempt.stopped else page
