"""What is printed before the vote: the released ballots, their packs, control sheet and stubs; the cards of the voters.

Cards are many and are made in the background: the page shows how far they are, can be left and come back to, and gives the
file out once.
"""

from __future__ import annotations

import json
from uuid import UUID

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ballots.stubs import sheet, with_stubs
from election.acts import ballots, cards, papers, witnessing
from election.faults import WrongInput
from election.process.base import PRESIDING
from election.store import jobs
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import account, place, real_now, store, today
from election.web.hall import blueprint
from election.web.words import _, fault, language

CARDS = "voter_cards"
KINDS = ("ballots", "stubs", "layout")
PACKS = ("ballot_packs", "ballot_control")


@blueprint.get("/<uuid:election>/printing")
@policy(at="election", roles=PRESIDING)
def printing(election: UUID) -> Answer:
    return _page()


def _page(wrong: str = "", *, asking: bool = False) -> Answer:
    world = place().world
    facts, this = world.election, world.election.round
    try:
        pages = ballots.layout(world)["pages"] if this is not None and this.printed else 0
    except WrongInput as error:
        wrong, pages = wrong or fault(error), 0
    job = jobs.standing(store(), facts.id, CARDS, real_now())
    why = job.why.split("\n") if job is not None else [""]
    page = render_template(
        "web/hall/printing.html",
        facts=facts,
        this=this,
        pages=pages,
        stub=sheet(this.sheet) if this is not None else None,
        card=cards.title(facts),
        job=job,
        why=why[0 if language() == "zh" else -1],
        wrong=wrong,
        asking=asking,
    )
    return (page, 422) if wrong else page


@blueprint.get("/<uuid:election>/printing/<kind>")
@policy(at="election", roles=PRESIDING)
def printed(election: UUID, kind: str) -> Answer:
    """The ballots that were released, as many as the record says; the same with stubs; or the layout for the reader."""
    world = place().world
    this = world.election.round
    if kind not in KINDS or this is None or not this.printed:
        abort(404)
    try:
        pdf, layout = ballots.design(world, this, this.printed)
        if layout["design"] != this.design:
            raise WrongInput(
                "the layout is not the one that was released",
                place="ballot",
                mend="withdraw the ballots, print them again and release them",
            )
        if kind == "layout":
            return _file(json.dumps(layout, ensure_ascii=False, indent=1).encode(), "application/json", "layout.json")
        if kind == "stubs":
            pdf = with_stubs(pdf, layout["pages"], this.printed, ballots.title(world, this))
    except WrongInput as wrong:
        return _page(fault(wrong))
    return _file(pdf, "application/pdf", f"{kind}.pdf")


@blueprint.get("/<uuid:election>/printing/papers/<kind>.pdf")
@policy(at="election", roles=PRESIDING)
def pack_papers(election: UUID, kind: str) -> Answer:
    """封签 and 控制单 of the ballots that were released."""
    if kind not in PACKS:
        abort(404)
    witnessing.newest(store(), place().election)  # they are signed in the hall, and bear the record's state
    try:
        with store().read() as session:
            return _file(papers.form(store(), session, place().world, kind, today()), "application/pdf", f"{kind}.pdf")
    except WrongInput as wrong:
        return _page(fault(wrong))


@blueprint.post("/<uuid:election>/printing/cards")
@policy(at="election", roles=PRESIDING)
def make_cards(election: UUID) -> Answer:
    """Start the cards, or go to those under way."""
    job, new = jobs.begin(store(), place().log, CARDS, account().id, real_now())
    if new:
        current_app.extensions["election"].launch(store(), job)
    return redirect(url_for("hall.printing", election=place().election))


@blueprint.get("/<uuid:election>/printing/cards/state")
@policy(at="election", roles=PRESIDING)
def cards_state(election: UUID) -> Answer:
    """How far the cards are, for a page that stays open; nothing while one that is asked to confirm waits for the answer."""
    job = jobs.standing(store(), place().log, CARDS, real_now())
    if "asking" in request.args and job is not None and job.state == "done":
        return make_response("", 204)
    return render_template("web/hall/_cards.html", facts=place().world.election, job=job, asking=False)


@blueprint.post("/<uuid:election>/printing/cards.pdf")
@policy(at="election", roles=PRESIDING)
def fetch_cards(election: UUID) -> Answer:
    """The file, once: it holds every name, and does not stay here."""
    if request.form.get("_go") != "do":
        return _page(asking=True)
    made = jobs.fetch(store(), place().log, CARDS, real_now())
    if made is None:
        return _page(_("文件已经取走或者过期，请重新生成"))
    return _file(made, "application/pdf", "cards.pdf")


def _file(data: bytes, kind: str, name: str) -> Response:
    response = make_response(data)
    response.mimetype = kind
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
