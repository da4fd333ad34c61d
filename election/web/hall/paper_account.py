"""The account of ballots: issued, returned, spoiled, unused against what was printed, before any is counted.

The equation stands beside the form while numbers are typed. More returned than issued, or more issued than present,
voids the vote; it is asked a second time, in words, before it is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for

from election.process.base import Demand, Role
from election.process.facts import Round
from election.process.meeting import AccountBallots, BoxReturned
from election.web.access.policy import policy
from election.web.committee import links
from election.web.committee.flow import Answer
from election.web.context import place, today
from election.web.controls import listed
from election.web.hall import blueprint, doing
from election.web.hall.doing import Doing
from election.web.hall.home import mixing_address
from election.web.hall.rights import LEAD
from election.web.hall.sheets import LARGEST, digits, number_of
from election.web.words import _, role_name

WHO = LEAD | {Role.DESK_CLERK, Role.SCRUTINEER, Role.TELLER}
NAMES = ("issued", "returned", "spoiled", "unused")
#: what a second confirmation may pass over
VOIDING = frozenset({"ballot.issued-present", "ballot.returned-issued"})


@dataclass(frozen=True)
class Equation:
    """What the typed numbers make, as far as there are any."""

    printed: int
    present: int
    numbers: Mapping[str, int | None]

    @property
    def out(self) -> int:
        return sum(self.numbers[name] or 0 for name in ("issued", "spoiled", "unused"))

    @property
    def complete(self) -> bool:
        return all(self.numbers[name] is not None for name in NAMES)

    @property
    def even(self) -> bool:
        return self.out == self.printed

    def over(self, name: str, limit: str) -> bool:
        """Whether one number is beyond another."""
        most = self.present if limit == "present" else self.numbers[limit]
        number = self.numbers[name]
        return number is not None and most is not None and number > most


def _round() -> Round:
    this = place().world.election.round
    if this is None or this.method != "ballot":
        abort(404)
    return this


def _equation(typed: Mapping[str, str]) -> Equation:
    meeting = place().world.election.meeting
    present = meeting.present if meeting is not None and meeting.present is not None else 0
    numbers = {name: digits(typed.get(name, "")) for name in NAMES}
    capped = {name: None if n is not None and n > LARGEST else n for name, n in numbers.items()}
    return Equation(_round().printed or 0, present, capped)


@blueprint.route("/<uuid:election>/account", methods=["GET", "POST"])
@policy(at="election", roles=WHO)
def paper_account(election: UUID) -> Answer:
    this = _round()
    if request.method == "GET":
        return _page(this, _proposed(this), Doing("", today()))
    typed = {name: request.form.get(name, "") for name in (*NAMES, *_boxes(this))}
    attempt = doing.begun()
    if request.form.get("_go") == "edit":  # back from the second look, with what was typed
        return _page(this, typed, attempt)
    act = _act(this, typed, attempt)
    if act is None or attempt.errors:
        return _page(this, typed, attempt)
    doing.judged(attempt, act)
    voiding = [d for d in attempt.demands if d.code in VOIDING]
    if len(voiding) < len(attempt.demands):
        return _page(this, typed, attempt)
    if voiding:  # nothing else is wrong: it can be confirmed
        return _page(this, typed, attempt, voiding=voiding)
    if request.form.get("_go") != "do":
        return _page(this, typed, attempt, asked=act)
    if doing.done(attempt, act) is None:
        return _page(this, typed, attempt)
    flash(_("选票已清点登记：发出 {issued} 张，收回 {returned} 张", issued=act.issued, returned=act.returned))
    return redirect(url_for("hall.home", election=place().election))


def _boxes(this: Round) -> dict[str, str]:
    """Input name -> box, where the ballots of each box are counted apart: at stations."""
    if not place().world.election.at_stations:
        return {}
    return {f"box{number}": box for number, box in enumerate(this.boxes, 1)}


def _proposed(this: Round) -> dict[str, str]:
    """What is known before anybody counts, to be confirmed or changed: what the stations recorded when they closed, else a
    ballot for each person who signed in. What came back is counted by people alone."""
    if not place().world.election.at_stations:
        meeting = place().world.election.meeting
        return {"issued": str(meeting.present)} if meeting is not None and meeting.present is not None else {}
    issued, spoiled = (sum(getattr(p, n) for p in this.polls.values()) for n in ("issued", "spoiled"))
    unused = (this.printed or 0) - issued - spoiled
    return {"issued": str(issued), "spoiled": str(spoiled), "unused": str(unused)}


def _act(this: Round, typed: Mapping[str, str], attempt: Doing) -> AccountBallots | None:
    labels = {"issued": _("发出"), "returned": _("收回"), "spoiled": _("作废换发"), "unused": _("剩余")} | _boxes(this)
    found: dict[str, int] = {}
    for name, words in labels.items():
        number, wrong = number_of(typed[name])
        if number is None:
            attempt.errors[name] = f"{words}：{wrong}"
        else:
            found[name] = number
    if attempt.errors:
        return None
    held = tuple(BoxReturned(box=box, returned=found.pop(name)) for name, box in _boxes(this).items())
    return AccountBallots(**found, boxes=held, confirm_void=request.form.get("confirm_void") == "1")


def _page(
    this: Round,
    typed: Mapping[str, str],
    attempt: Doing,
    *,
    voiding: list[Demand] | None = None,
    asked: AccountBallots | None = None,
) -> Answer:
    page = render_template(
        "web/hall/paper_account.html",
        this=this,
        typed=typed,
        boxes=_boxes(this),
        doing=attempt,
        mixes=_mixes(attempt),
        voiding=voiding or (),
        asked=asked,
        each=[(held.box, held.returned) for held in asked.boxes] if asked else [],
        equation=_equation(typed),
        proposed=_proposed(this).get("issued", ""),
        confirm_void=request.form.get("confirm_void") == "1",
    )
    return (page, 422) if attempt.stopped else page


def _mixes(attempt: Doing) -> tuple[str, str] | None:
    """Who pours boxes together and where, while a box stands against the account; None where none does."""
    if not any(d.act == "tally.mix" for d in attempt.demands):
        return None
    world = place().world
    who = listed([role_name(role) for role in links.doers("tally.mix", world)])
    return who, mixing_address(world)


@blueprint.get("/<uuid:election>/account/equation")
@policy(at="election", roles=WHO)
def equation(election: UUID) -> Answer:
    """The equation alone, while numbers are being typed."""
    return render_template("web/hall/_equation.html", equation=_equation(request.args))
