"""Doubtful marks: the lines of the ballot, the rule in words, the possible decisions; two people apart, a third after.

The page says nothing of what anybody else decided, of whose pile the ballot came from, or of when. Keys 1 to 4 choose,
Enter decides; without scripts Tab and the arrow keys do.
"""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for

from election.acts import doubts, packs, scans
from election.acts.doubts import CHOICES, MARKS, Doubt
from election.acts.perform import Refused
from election.names.writing import clean_name
from election.process.base import Demand
from election.process.facts import Contest
from election.process.scanning import ADJUDICATES
from election.process.world import World
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import account, place, store
from election.web.hall import blueprint
from election.web.hall.scanning import why
from election.web.hall.sheets import Line, lines_of
from election.web.words import _

LONGEST = 50


@blueprint.get("/<uuid:election>/adjudicate")
@policy(at="election", roles=ADJUDICATES)
def adjudicate(election: UUID) -> Answer:
    """The next doubt that is this person's, or word that there is none."""
    world = place().world
    if unmet := doubts.against(world, account().id):
        raise Refused(unmet)
    with store().read() as session:
        following = doubts.next_for(store(), session, world, place().log, account().id)
        total, left = doubts.left(store(), session, world, place().log)
    if following is not None:
        return redirect(url_for("hall.doubt", election=election, doubt=following.id))
    return render_template("web/hall/no_doubt.html", total=total, left=left)


@blueprint.route("/<uuid:election>/adjudicate/<uuid:doubt>", methods=["GET", "POST"])
@policy(at="election", roles=ADJUDICATES)
def doubt(election: UUID, doubt: UUID) -> Answer:
    world, number = place().world, len(place().world.election.rounds)
    found = _mine(str(doubt))
    if found is None:
        return redirect(url_for("hall.adjudicate", election=election))
    contest = _contest(world, found)
    if request.method == "GET":
        return _page(world, contest, found, {})
    errors: dict[str, str] = {}
    decided = _decided(world, contest, found, errors)
    if errors:
        return _page(world, contest, found, errors)
    try:
        doubts.decide(store(), place().log, number, found.id, account().id, decided)
    except Refused as refused:
        return _page(world, contest, found, {}, refused.demands)
    flash(_("已认定一处"))
    return redirect(url_for("hall.adjudicate", election=election))


@blueprint.get("/<uuid:election>/adjudicate/<uuid:doubt>/picture")
@policy(at="election", roles=ADJUDICATES)
def doubt_picture(election: UUID, doubt: UUID) -> Answer:
    found = _mine(str(doubt))
    if found is None:
        abort(404)
    with store().read() as session:
        try:
            data = scans.picture(store(), session, packs.layout(place().world), found)
        except LookupError:
            abort(404)
    response = make_response(data)
    response.mimetype = "image/png"
    response.headers["Cache-Control"] = "no-store"
    return response


def _mine(doubt: str) -> Doubt | None:
    """A doubt that is open to this person: it is not settled, and they have not decided it. Raises Refused."""
    world, person = place().world, account().id
    if unmet := doubts.against(world, person):
        raise Refused(unmet)
    with store().read() as session:
        found = doubts.find(store(), session, place().log, len(world.election.rounds), doubt)
        if found is None:
            return None
        known = doubts.decisions(store(), session, world, [found])[found.id]
    return None if doubts.decided_by(world, person, known) or doubts.state(known) == "decided" else found


def _contest(world: World, found: Doubt) -> Contest:
    this = world.election.round
    contest = next((c for c in this.contests if c.id == found.contest), None) if this is not None else None
    if contest is None:
        abort(404)
    return contest


def _lines(world: World, contest: Contest) -> list[Line]:
    this = world.election.round
    assert this is not None  # the contest is of it
    return lines_of(this, contest, world.election.law)


def _decided(world: World, contest: Contest, found: Doubt, errors: dict[str, str]) -> doubts.Decided:
    """What the form says, in the one form of a decision."""
    if request.form.get("unreadable") == "1":
        return doubts.decision({}, [], unreadable=True)
    marks = {}
    for at, line in enumerate(_asked(world, contest, found)):
        chosen = request.form.get(f"m.{at}", "")
        if chosen not in CHOICES:
            errors[f"m.{at}"] = _("{name}：请选定一项", name=line.words)
        marks[line.person] = chosen
    names = []
    for row in found.rows:
        mark, first, second = (request.form.get(f"w.{row}.{part}", "") for part in ("mark", "name", "again"))
        name = clean_name(first)
        if mark not in (*MARKS, "none"):
            errors[f"w.{row}.mark"] = _("另选他人：请选定一项")
        elif mark != "none" and not name:
            errors[f"w.{row}.name"] = _("另选他人：请照票面写出姓名")
        elif mark != "none" and len(name) > LONGEST:
            errors[f"w.{row}.name"] = _("最多写 {count} 个字", count=LONGEST)
        elif mark != "none" and name != clean_name(second):
            errors[f"w.{row}.again"] = _("另选他人：两次写的姓名不一样")
        names.append({"name": name if mark != "none" else "", "mark": mark})
    return doubts.decision(marks, names, unreadable=False)


def _asked(world: World, contest: Contest, found: Doubt) -> list[Line]:
    return [line for line in _lines(world, contest) if line.person in found.candidates]


def _page(
    world: World, contest: Contest, found: Doubt, errors: dict[str, str], demands: tuple[Demand, ...] = ()
) -> Answer:
    rules = world.election.law
    with store().read() as session:
        left = len(doubts.all_for(store(), session, world, place().log, account().id))
    printed = {m.choice for m in packs.layout(world).marks if m.contest == contest.id and m.candidate is None}
    page = render_template(
        "web/hall/doubt.html",
        doubt=found,
        left=left,
        written_marks=[mark for mark in MARKS if mark == "abstain" or mark in printed or "for" not in printed],
        contest=contest,
        lines=_asked(world, contest, found),
        names=[line.words for line in _lines(world, contest)],
        why=[why(code) for code in found.why],
        void_whole=rules.get("over_mark.voids") == "ballot",
        needs_against=bool(rules.get("write_in.needs_against")),
        typed=request.form,
        errors=errors,
        demands=demands,
    )
    return (page, 422) if errors or demands else page
