"""The result: looked at before it is announced by those who announce it, then a page of every round for everybody.

The preview is the count itself (``process.result.decide``) over the signed sheets; nothing is announced but that.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from election.faults import WrongInput
from election.names.writing import clean_name
from election.process.base import Demand
from election.process.facts import Round
from election.process.result import Announce, Identified, decide, written_in
from election.process.world import World
from election.web.access.policy import EVERYONE, policy
from election.web.committee.flow import Answer
from election.web.committee.people import Roll
from election.web.context import place, store, today
from election.web.forms import Found
from election.web.hall import blueprint, doing
from election.web.hall.doing import Doing
from election.web.hall.home import round_words
from election.web.hall.recount import drawn_packs
from election.web.hall.rights import CHAIR, WATCH, has_role
from election.web.hall.standings import Standings, standings
from election.web.words import _, fault

#: answer of a select: nobody of this name is on the roll
NOT_LISTED = "none"


@blueprint.get("/<uuid:election>/result")
@policy(at="election", roles=EVERYONE)
def result(election: UUID) -> Answer:
    """Every round that was announced, oldest first, void ones too."""
    world = place().world
    facts = world.election
    announced = [
        (this, standings(this, this.answer, facts), drawn_packs(world, this))
        for this in facts.rounds
        if this.answer is not None
    ]
    waiting = facts.round if announced and facts.round is not None and facts.round.answer is None else None
    return render_template(
        "web/hall/result.html",
        announced=announced,
        waiting=waiting,
        facts=facts,
        round_words=round_words,
        announces=_announces(world),
        hall_role=has_role(place(), WATCH),
    )


def _announces(world: World) -> bool:
    return has_role(place(), CHAIR) and world.election.round is not None and world.election.round.answer is None


@blueprint.route("/<uuid:election>/announce", methods=["GET", "POST"])
@policy(at="election", roles=CHAIR)
def announce(election: UUID) -> Answer:
    """What will be announced, everything it rests on, and the signature: one page, read to its end."""
    world = place().world
    this = world.election.round
    if this is None or this.answer is not None:
        return redirect(url_for("hall.result", election=place().election))
    answer, uneven = counted(world, this)
    if request.method == "GET" or answer is None:
        attempt = Doing("", today())
        if answer is None:
            attempt.demands = uneven or doing.judged(attempt, Announce()).demands
        return _preview(world, this, answer, attempt)
    attempt = doing.begun()
    if request.form.get("seen") != _code(answer):
        attempt.errors[""] = _("结果在您核对之后有变动，请重新核对")
    act = Announce(identified=tuple(_identified(answer, attempt)))
    if doing.judged_and_signed(attempt, act).stopped or doing.done(attempt, act) is None:
        return _preview(world, this, answer, attempt)
    flash(_("选举结果已宣布"))
    return redirect(url_for("hall.result", election=place().election))


def counted(world: World, this: Round) -> tuple[dict[str, Any] | None, list[Demand]]:
    """The count; None where sheets are open, or where boxes do not fit the account of ballots, with that said."""
    if uneven := _uneven(this):
        return None, uneven
    try:
        return decide(world), []
    except WrongInput as wrong:
        return None, [Demand("tally.countable", False, {"fault": fault(wrong)}, act="tally.restart")]


def _uneven(this: Round) -> list[Demand]:
    """Whatever the contest, a box holds the same ballots, and all boxes those that the account says were returned."""
    if this.method != "ballot" or this.account is None:
        return []
    held = {key: int(sheet.final["returned"]) for key, sheet in this.sheets.items() if sheet.final is not None}
    found = []
    for box in this.boxes:
        numbers = [held[c.id, box] for c in this.contests if (c.id, box) in held]
        if len(set(numbers)) > 1:
            said = {"box": box, "numbers": [str(n) for n in numbers]}
            found.append(Demand("tally.box-one-number", False, said, act="tally.restart"))
    for contest in this.contests:
        numbers = [held[contest.id, box] for box in this.boxes if (contest.id, box) in held]
        if len(numbers) == len(this.boxes) and sum(numbers) != this.account["returned"]:
            params = {"office": contest.office, "sum": sum(numbers), "account": this.account["returned"]}
            found.append(Demand("tally.boxes-add-up", False, params, act="tally.restart"))
    return found


def _preview(world: World, this: Round, answer: dict[str, Any] | None, attempt: Doing) -> Answer:
    shown: Standings | None = standings(this, answer, world.election) if answer is not None else None
    page = render_template(
        "web/hall/announce.html",
        this=this,
        shown=shown,
        drawn=drawn_packs(world, this),
        code=_code(answer) if answer is not None else "",
        written=_written(world, answer) if answer is not None else [],
        doing=attempt,
        round_words=round_words,
        facts=world.election,
        not_listed=NOT_LISTED,
    )
    return (page, 422) if attempt.stopped and request.method == "POST" else page


def _code(answer: dict[str, Any]) -> str:
    """What was looked at, so that nothing else is announced than what was on the page."""
    votes = [
        (c["id"], v["candidate"], v["for"], v["against"], v["outcome"]) for c in answer["contests"] for v in c["votes"]
    ]
    return store().vault.index("result-seen", repr((answer["valid"], votes)))


# --- written names that were elected ---------------------------------------------------------------------------------


def _winners(answer: dict[str, Any]) -> list[str]:
    """Names that voters wrote in and elected, each once."""
    return list(
        dict.fromkeys(
            line["name"]
            for contest in answer["contests"]
            for line in contest["votes"]
            if line["outcome"] == "elected" and written_in(line["candidate"])
        )
    )


def _written(world: World, answer: dict[str, Any]) -> list[tuple[str, list[Found]]]:
    """``(name, people of that name on the roll)``."""
    roll = Roll(store(), world)
    return [(name, [p for p in roll.find(clean_name(name)) if p.name == clean_name(name)]) for name in _winners(answer)]


def _identified(answer: dict[str, Any], attempt: Doing) -> list[Identified]:
    """Who the elected written names are; an error for one that nobody has looked up."""
    found = []
    for at, (name, people) in enumerate(_written(place().world, answer)):
        chosen = request.form.get(f"w.{at}", "")
        if any(p.id == chosen for p in people):
            found.append(Identified(name=name, person=chosen))
        elif chosen != NOT_LISTED:
            attempt.errors[f"w.{at}"] = _("另选他人“{name}”当选，请核对是名册上的哪一位", name=name)
    return found
