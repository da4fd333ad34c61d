"""One act of a superior in one election: approve, or return with its target and reason; certificates, inspection, signatures."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import abort, redirect, request, url_for

from election.process.base import ACTS, Act
from election.process.steps import demands, full_names, runs
from election.process.world import World
from election.web.access.policy import OVERSEERS, policy
from election.web.committee import links, offers
from election.web.committee.beginnings import beginning
from election.web.committee.doing import bearing
from election.web.committee.flow import Answer, Flow, conduct
from election.web.context import place, store
from election.web.controls import Control
from election.web.district import blueprint
from election.web.district.duties import superior
from election.web.forms import Offer
from election.web.words import _, body_name

#: asked only of an approval, and only of a return
APPROVING = frozenset({"document_number", "receipt"})
RETURNING = frozenset({"target", "persons", "article", "reason"})


@blueprint.route("/<uuid:election>/act/<code>", methods=["GET", "POST"])
@policy(at="election", roles=OVERSEERS)
def act(election: Any, code: str) -> Answer:
    here = place()
    chosen = ACTS.get(code)
    if chosen is None or not superior(chosen) or not links.may(chosen, here.world, here.role):
        abort(404)
    if code in links.PAGES:
        return redirect(url_for(links.PAGES[code], election=here.election))
    decision = request.args.get("decision", "")
    review = url_for("district.review", election=here.election)
    step = _step_of(chosen, here.world)
    return conduct(
        Flow(
            here.log,
            here.world,
            chosen,
            decided(offers.offer(store(), here.world, chosen), chosen, decision),
            back=review,
            beginning=beginning(here.world, chosen),
            crumbs=[(_("待我办理"), url_for("district.inbox")), (heading(here.world), review)],
            bearing=[*(_decision(decision) if "approve" in chosen.model_fields else ()), *bearing(here.world)],
            demands=demands(here.world, step) if step else (),
            template="web/district/decide.html",
            more={"decision": decision, "review": review, "asked": partial(asked, decision)},
        )
    )


def _decision(decision: str) -> list[tuple[str, str]]:
    words = {"approve": _("同意"), "return": _("退回")}.get(decision, "")
    return [(_("本次决定"), words)] if words else []


def decided(offer: Offer, act: type[Act], decision: str) -> Offer:
    """The offer of a decision that the page has asked already: approve, or return."""
    if "approve" not in act.model_fields or decision not in ("approve", "return"):
        return offer
    hidden = RETURNING if decision == "approve" else APPROVING
    return replace(
        offer,
        fixed={**offer.fixed, "approve": decision == "approve"},
        hidden=offer.hidden | (hidden & set(act.model_fields)),
    )


def asked(decision: str, control: Control) -> Control:
    """A decision that is made asks what it needs: an approval its number, a return its target and reason."""
    needed = {"approve": APPROVING, "return": frozenset({"target", "reason"})}.get(decision, frozenset())
    return replace(control, required=control.required or control.name in needed)


def _step_of(act: type[Act], world: World) -> str:
    """The step an act belongs to on the branch that this election took."""
    facts = world.election
    names = full_names(facts, act.step) if act.step else []
    return next((n for n in names if runs(facts, facts.law.step(n))), "")


def heading(world: World) -> str:
    """Whose election: community and body."""
    return f"{world.election.community_name} · {body_name(world.election.body)}"
