"""The wall 唱票墙 on a screen in the hall, on phones of those present, and the caller's keypad.

The wall's address holds a code that is made when the wall is opened, so that a projector need not sign in; it ends with
the wall. Nothing that is called is written anywhere: the wall is in memory, the program keeps no access log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for

from election.acts import wall as walls
from election.acts.perform import Refused
from election.names.writing import clean_name
from election.process.base import Demand, Role
from election.process.facts import Contest
from election.process.tally import takes_names
from election.process.world import World
from election.store.worlds import world_of
from election.web.access.policy import policy
from election.web.committee.flow import Answer
from election.web.context import memory, now, place, store
from election.web.hall import blueprint
from election.web.hall.rights import CALLERS, LEAD, WATCH, has_role
from election.web.hall.sheets import Line, lines_of
from election.web.words import _

OPENS = LEAD | CALLERS
CLOSES = LEAD | {Role.SCRUTINEER}
#: one key for a candidate and a choice; from the eleventh on with Shift
KEYS = {"for": "1234567890", "against": "qwertyuiop", "abstain": "asdfghjkl;"}
#: strokes of 正 that are drawn for one person; whole hundreds stand before them as a number
DRAWN = 100


@dataclass(frozen=True)
class Key:
    """One candidate on the keypad."""

    line: Line
    #: name of its inputs
    name: str
    #: choice -> key; none where the keys have run out
    keys: dict[str, str]


# --- the wall --------------------------------------------------------------------------------------------------------


@blueprint.get("/<uuid:election>/wall")
@policy(at="election", roles=WATCH)
def wall(election: UUID) -> Answer:
    """The way to the wall: there it is, or what must be done before it can be opened."""
    world = place().world
    code = walls.code_of(memory(), world, place().log)
    if code:
        return redirect(url_for("hall.public_wall", code=code))
    return render_template(
        "web/hall/wall_closed.html", waiting=walls.opening_demands(world), opens=has_role(place(), OPENS)
    )


@blueprint.post("/<uuid:election>/wall")
@policy(at="election", roles=OPENS)
def open_wall(election: UUID) -> Answer:
    walls.open_wall(memory(), place().world, place().log)
    callers = has_role(place(), CALLERS)
    return redirect(url_for("hall.calling" if callers else "hall.wall", election=place().election))


@blueprint.post("/<uuid:election>/wall/close")
@policy(at="election", roles=CLOSES)
def close_wall(election: UUID) -> Answer:
    seen = walls.view(memory(), place().world, place().log, now())
    if seen is not None and request.form.get("_go") != "do":
        return render_template("web/hall/wall_close.html", seen=seen)
    walls.close_wall(memory(), place().log)
    flash(_("唱票大屏已关闭，屏上的数已清除"))
    return redirect(url_for("hall.home", election=place().election))


@blueprint.get("/wall/<code>")
@policy(at="public")
def public_wall(code: str) -> Answer:
    found = _election_of(code)
    if found is None:
        return render_template("web/hall/wall_gone.html"), 404
    world, log = found
    return _dark("web/hall/wall.html", code, world, walls.view(memory(), world, log, now()))


@blueprint.get("/wall/<code>/state")
@policy(at="public")
def wall_state(code: str) -> Answer:
    """What is new on the wall, for a page that stays open; nothing while nothing has changed; that it is over."""
    found = _election_of(code)
    if found is None:  # no error: a page that is open shows none, and the last figures would stay
        return render_template("web/hall/_wall.html", view=None)
    world, log = found
    seen = walls.view(memory(), world, log, now())
    if seen is not None and seen.calling and request.args.get("seen") == str(seen.version):
        return make_response("", 204)
    return _dark("web/hall/_wall.html", code, world, seen)


def _election_of(code: str) -> tuple[World, str] | None:
    """None where no wall has this address, or has it no more."""
    log = walls.log_of(memory(), code) if len(code) < 20 else ""
    if not log:
        return None
    with store().read() as session:
        return world_of(store(), session, log), log


def _dark(template: str, code: str, world: World, seen: walls.View | None) -> Answer:
    facts = world.election
    response = make_response(
        render_template(
            template,
            code=code,
            facts=facts,
            view=seen,
            scrutineers=[s.name for s in facts.staff if s.role == Role.SCRUTINEER],
            drawn=DRAWN,
            results=url_for("voter.results", election=facts.id, _external=True),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


# --- the keypad ------------------------------------------------------------------------------------------------------


@blueprint.route("/<uuid:election>/calling", methods=["GET", "POST"])
@policy(at="election", roles=CALLERS)
def calling(election: UUID) -> Answer:
    """One ballot at a time: a key per candidate and choice, Enter when the whole ballot is called."""
    world, log = place().world, place().log
    code = walls.code_of(memory(), world, log)
    if not code:
        return redirect(url_for("hall.wall", election=election))
    if request.method == "GET":
        return _keypad(world, code)
    try:
        said = _told(world, log, request.form.get("_go", "call"))
    except Refused as refused:
        return _keypad(world, code, refused.demands)
    flash(said)
    return redirect(url_for("hall.calling", election=place().election))


def _told(world: World, log: str, order: str) -> str:
    if order == "undo" and place().role == Role.SCRUTINEER:
        return _("已撤回上一张，大屏上现在是 {called} 张", called=walls.undo(memory(), world, log))
    ballot = _ballot(world)
    if order == "withdraw" and place().role == Role.SCRUTINEER:
        return _("已撤回这样一张票，大屏上现在是 {called} 张", called=walls.withdraw(memory(), world, log, ballot))
    called, void = walls.call(memory(), world, log, ballot)
    if void:
        return _("第 {called} 张已唱，其中无效：{offices}", called=called, offices="、".join(void))
    return _("第 {called} 张已唱", called=called)


def _ballot(world: World) -> dict[str, Any]:
    """The keyed ballot as a count file has it; what is not keyed is an abstention."""
    if request.form.get("spoiled") == "1":
        return {"spoiled": True}
    this = world.election.round
    marks: dict[str, Any] = {}
    written: dict[str, Any] = {}
    for at, contest in enumerate(this.contests if this is not None else ()):
        if request.form.get(f"{at}.unreadable") == "1":
            marks[contest.id] = "unreadable"
            continue
        marks[contest.id] = {
            key.line.person: chosen
            for key in _keys_of(world, at, contest)
            if (chosen := request.form.get(key.name, "")) in KEYS
        }
        names = {clean_name(name)[: walls.LONGEST_NAME] for name in request.form.getlist(f"{at}.written")[:20]}
        if this is not None and takes_names(this, world.election.law):
            written[contest.id] = [{"name": name, "mark": "for"} for name in sorted(names - {""})]
    return {"marks": marks, "write_ins": written}


def _keys_of(world: World, at: int, contest: Contest) -> list[Key]:
    this = world.election.round
    assert this is not None  # a wall is open for it
    before = sum(len(this.candidates.get(c.id, [])) for c in this.contests[:at])
    found = []
    for row, line in enumerate(lines_of(this, contest, world.election.law)):
        place_, shifted = before + row, ""
        if len(KEYS["for"]) <= place_ < 2 * len(KEYS["for"]):
            place_, shifted = place_ - len(KEYS["for"]), "Shift+"
        keys = {choice: shifted + keys[place_] for choice, keys in KEYS.items()} if place_ < len(KEYS["for"]) else {}
        found.append(Key(line, f"{at}.{row}", keys))
    return found


def _keypad(world: World, code: str, demands: tuple[Demand, ...] = ()) -> Answer:
    this = world.election.round
    seen = walls.view(memory(), world, place().log, now())
    if this is None or seen is None:
        return redirect(url_for("hall.wall", election=place().election))
    page = render_template(
        "web/hall/calling.html",
        contests=[(at, contest, _keys_of(world, at, contest)) for at, contest in enumerate(this.contests)],
        written=takes_names(this, world.election.law),
        seen=seen,
        code=code,
        demands=demands,
        undoes=place().role == Role.SCRUTINEER,
        typed=request.form if demands else {},
    )
    return (page, 422) if demands else page
