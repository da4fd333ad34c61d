"""Acts of the meeting that are one short form: opened, signed in, adopted, declared, a box opened, seats left vacant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from election.process.base import ACTS, Demand, Role
from election.process.steps import demands, full_names
from election.process.world import World
from election.store import signing_in
from election.web.access.policy import policy
from election.web.committee.beginnings import beginning
from election.web.committee.flow import Answer, Flow, conduct
from election.web.committee.offers import offer
from election.web.context import place, store
from election.web.hall import beside, blueprint, where
from election.web.hall.differences import Cell
from election.web.hall.rights import LEAD, has_role, may
from election.web.hall.sheets import digits
from election.web.typed import Typed
from election.web.words import _

#: what cannot be corrected afterwards is shown once more, signed or not
ASKED_TWICE = frozenset(
    {"meeting.sign_in", "meeting.void", "prepare.boxes", "polling.open", "polling.close", "polling.void"}
)
SIMPLE = frozenset(
    {
        "meeting.open",
        "meeting.sign_in",
        "meeting.hear_report",
        "meeting.adopt_method",
        "meeting.approve_scrutineers",
        "meeting.declare",
        "meeting.void",
        "polling.open",
        "polling.close",
        "polling.declare",
        "polling.void",
        "prepare.boxes",
        "tally.mix",
        "tally.open_box",
        "tally.restart",
        "prepare.counting",
        "scan.explain",
        "result.leave_vacant",
        "hands.sign",
        "plenary.elect",
    }
)
WHO = LEAD | {Role.DESK_CLERK, Role.SCRUTINEER, Role.TELLER, Role.ADJUDICATOR}


@dataclass(frozen=True)
class HallFlow(Flow):
    @property
    def confirmed(self) -> bool:
        return self.act.code in ASKED_TWICE or super().confirmed


@blueprint.route("/<uuid:election>/act/<code>", methods=["GET", "POST"])
@policy(at="election", roles=WHO)
def act(election: UUID, code: str) -> Answer:
    here = place()
    if code not in SIMPLE or not may(here, code) or ACTS[code].only not in ("", here.world.election.body):
        abort(404)
    if code == "meeting.sign_in" and _signed_in(here.world):
        # a number alone would close the sign-in and lose the list of who came
        return redirect(url_for("hall.close_sign_in", election=election))
    return conduct(_flow(here.world, code))


def _signed_in(world: World) -> bool:
    """Whether people have signed in on the page of the desk: then their number and their list are closed together."""
    with store().read() as session:
        return bool(signing_in.present(session, world.election.id))


def _flow(world: World, code: str) -> HallFlow:
    chosen = ACTS[code]
    home = url_for("hall.home", election=world.election.id)
    given = offer(store(), world, chosen)
    if code == "tally.open_box":
        closed = [b for b in (world.election.round.boxes if world.election.round else []) if b not in _opened(world)]
        given = replace(given, fixed={"contest": ""}, options={"box": [(b, b) for b in closed]})
    elif code in ("tally.restart", "scan.explain"):
        given = replace(given, fixed=_sheet_named(world))
    steps = full_names(world.election, chosen.step)
    return HallFlow(
        world.election.id,
        world,
        chosen,
        given,
        back=home,
        beginning=_first(world, code),
        crumbs=[(_("会场"), home)],
        bearing=bearing(world, code),
        demands=_step_demands(world, code, steps),
        template="web/hall/act.html",
        more=_beside() if code == "scan.explain" else None,
    )


def _beside() -> list[Cell]:
    """Where the scan and the hands differ, on the sheet of the address."""
    return beside.standing(where.find(request.args["contest"], int(request.args["n"]))).cells


def _opened(world: World) -> set[str]:
    return world.election.round.opened if world.election.round else set()


def _sheet_named(world: World) -> dict[str, str]:
    """Contest and box of the address; a sheet that is not there is not found."""
    this = world.election.round
    contest, box = request.args.get("contest", ""), digits(request.args.get("n", ""))
    if this is None or contest not in {c.id for c in this.contests} or box is None or not 1 <= box <= len(this.boxes):
        abort(404)
    return {"contest": contest, "box": this.boxes[box - 1]}


def _first(world: World, code: str) -> Typed:
    """What stands in the form at first: the one box that is still closed, the place that was posted."""
    if code == "tally.open_box" and world.election.round is not None:
        closed = [b for b in world.election.round.boxes if b not in world.election.round.opened]
        asked = digits(request.args.get("n", ""))
        if asked is not None and 1 <= asked <= len(world.election.round.boxes):
            return Typed({"box": [world.election.round.boxes[asked - 1]]})
        return Typed({"box": closed[:1]}) if closed else Typed()
    return beginning(world, ACTS[code])


def _step_demands(world: World, code: str, steps: list[str]) -> list[Demand]:
    return demands(world, steps[0]) if steps and code.startswith(("meeting.", "polling.")) else []


def needed(world: World) -> int:
    """How many must be present for the meeting to be valid."""
    return world.election.law.threshold("quorum.assembly").needed(world.election.entitled)


def _at_stations(world: World) -> list[tuple[str, str]]:
    """Registered, needed, and how many have voted at the stations that are closed."""
    facts = world.election
    polls = facts.round.polls.values() if facts.round is not None else ()
    voted = sum(p.voted for p in polls)
    return [
        (_("登记选民"), str(facts.entitled)),
        (_("至少须投票"), str(needed(world))),
        (_("已结束的投票站投票"), _("{count} 人", count=voted)),
        (_("登记委托"), _("{count} 份", count=len(facts.proxies))),
        (_("申请流动票箱"), _("{count} 人", count=len(facts.visits))),
    ]


def bearing(world: World, code: str = "") -> list[tuple[str, str]]:
    """The numbers that an act of the meeting rests on."""
    facts = world.election
    if facts.at_stations:
        return _at_stations(world)
    found = [(_("应到"), str(facts.entitled)), (_("至少须到"), str(needed(world)))]
    if facts.meeting is not None and facts.meeting.present is not None:
        found.append((_("实到"), str(facts.meeting.present)))
        found.append((_("通过须"), str(facts.law.threshold("meeting.majority").needed(facts.meeting.present))))
    if code == "plenary.elect":
        found = [(_("当选委员"), "、".join(facts.names.get(p, "") for p in facts.elected)), *_head_conditions(world)]
    this = facts.round
    if code == "result.leave_vacant" and this is not None:
        found += [(_("尚缺"), "，".join(f"{c.office} {c.seats}" for c in this.contests))]
    return found


def _head_conditions(world: World) -> list[tuple[str, str]]:
    """What the ruleset asks of the head, who is elected in the plenary and nowhere else (S-11)."""
    rules = world.election.law
    found = [(_("全体委员"), str(len(world.election.elected)))]
    quorum = rules.threshold("quorum.plenary")
    found.append((_("至少到会"), str(quorum.needed(len(world.election.elected)))))
    if (age := rules.get("candidate.head.max_age")) is not None:
        found.append((_("书记年龄"), _("原则上不超过 {age} 岁，超过的写明理由", age=age)))
    if rules.get("candidate.head.min_education") == "senior_secondary":
        found.append((_("书记学历"), _("一般应有高中以上学历")))
    return found


@blueprint.get("/<uuid:election>/quorum")
@policy(at="election", roles=LEAD | {Role.DESK_CLERK})
def quorum(election: UUID) -> Answer:
    """While the number present is being typed: is it enough?"""
    world = place().world
    present = digits(request.args.get("present", ""))
    if present is None or present > 10_000_000:
        return Response("", mimetype="text/html")
    return render_template(
        "web/hall/_quorum.html",
        present=present,
        entitled=world.election.entitled,
        needed=needed(world),
        article=world.election.law.article("quorum.assembly"),
        may_void=has_role(place(), LEAD),
    )
