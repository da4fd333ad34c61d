"""A street's campaign: its plan, its leading group, training, violations, days, postponements, and opening elections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from election.acts import elections
from election.acts.perform import Refused
from election.process.base import ACTS, Demand, Role
from election.process.campaign import CampaignAct
from election.record.entry import Entry
from election.store import places
from election.store.worlds import entries
from election.web.access.policy import OVERSEERS, policy
from election.web.committee import minutes
from election.web.committee.flow import Answer, Flow, conduct
from election.web.context import account, now, place, store, today
from election.web.district import blueprint, planning
from election.web.district.campaign_offers import offer
from election.web.district.confirming import unconfirmed
from election.web.district.where import BODIES, turnovers
from election.web.words import _, body_name, language
from election.words import acts as said

#: done on pages of their own
ELSEWHERE = frozenset({"campaign.plan", "campaign.confirm_rule"})


@blueprint.get("/campaigns")
@policy(at="signed_in", roles=OVERSEERS)
def campaigns() -> str:
    with store().read() as session:
        found = turnovers(session, past=True)
    return render_template("web/district/campaigns.html", found=found, may_plan=account().role == Role.STREET)


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@policy(at="signed_in", roles={Role.STREET})
def plan() -> Answer:
    """The plan of a new campaign, read once more before it is made: it can never be changed.

    What the last plan of the street or the ruleset says stands in it at first.
    """
    with store().read() as session:
        before = turnovers(session, past=True)
    if request.method == "GET":
        return planning.Plan(before).show()
    sheet = planning.Plan(before, request.form)
    order = request.form.get("_go", "next")
    if order == "edit" or sheet.form.change(order):
        return sheet.show()
    made = sheet.read()
    if made is None:
        return sheet.show(422)
    try:
        if order != "do":
            elections.check_plan(store(), account().actor, made, today(), now())
            return sheet.review(made)
        log = elections.plan_campaign(store(), account().actor, made, today(), now())
    except Refused as refused:
        sheet.demands = refused.demands
        return sheet.show(422)
    flash(_("换届方案已制定"))
    return redirect(url_for("district.campaign", campaign=log))


@blueprint.get("/campaign/<uuid:campaign>")
@policy(at="campaign", roles=OVERSEERS)
def campaign(campaign: Any) -> Answer:
    return _show()


def _show(refused: list[tuple[str, tuple[Demand, ...]]] | None = None) -> Answer:
    here = place()
    facts = here.world.campaign
    with store().read() as session:
        opened = {c: places.elections(session, here.campaign, c) for c in facts.communities}
        found = entries(session, here.log)
        lines = minutes.lines(store(), session, here.world, found)
    first = found[0].payload
    page = render_template(
        "web/district/campaign.html",
        facts=facts,
        plan=first,
        bodies=BODIES,
        opened=opened,
        rows=[_community(c) for c in facts.communities],
        acts=[(a.code, said.act_title(a.code, language()), said.act_hint(a.code, language())) for a in _acts()],
        unconfirmed={body: unconfirmed(here.world.campaign, body) for body in BODIES},
        findings=[(f, found_text) for f, found_text in zip(facts.findings, _texts(found), strict=True)],
        lines=[(e.day, e.who, e.title, _where(found[e.seq]), _said(e.fields)) for e in reversed(lines)],
        may_open=here.role == Role.STREET,
        unopened=any(len(of) < len(BODIES) for of in opened.values()),
        refused=refused or [],
    )
    return page, 422 if refused else 200


def _where(entry: Entry) -> str:
    """Name of the community that an entry of the campaign is about."""
    one = place().world.campaign.communities.get(str(entry.payload.get("community", "")))
    return one.name if one is not None else ""


def _said(fields: Sequence[tuple[str, str]]) -> str:
    """What an entry says, as one line."""
    return "；".join(f"{words} {value}" for words, value in fields[:4])


def _texts(found: Sequence[Entry]) -> list[str]:
    """What each finding says, in their order."""
    return [str(e.payload.get("finding", "")) for e in found if e.act == "campaign.violation"]


def _community(community: str) -> dict[str, Any]:
    """One community's line: its shared steps, its days."""
    facts = place().world.campaign
    one = facts.communities[community]
    return {
        "id": community,
        "name": one.name,
        "committee": one.committee,
        "noticed": bool(one.notices),
        "reports": len(one.reports),
        "days": {body: facts.day(community, body) for body in BODIES},
        "moved": {body: facts.day(community, body) != facts.days.get(body) for body in BODIES},
    }


def _acts() -> list[type[CampaignAct]]:
    """What this reader may do in the campaign."""
    role = place().role
    return [
        act
        for act in ACTS.values()
        if issubclass(act, CampaignAct) and not act.hidden and role in act.who and act.code not in ELSEWHERE
    ]


@blueprint.route("/campaign/<uuid:campaign>/act/<code>", methods=["GET", "POST"])
@policy(at="campaign", roles=OVERSEERS)
def campaign_act(campaign: Any, code: str) -> Answer:
    """One act of the campaign."""
    here = place()
    chosen = next((a for a in _acts() if a.code == code), None)
    if chosen is None:
        abort(404)
    back = url_for("district.campaign", campaign=here.campaign)
    with store().read() as session:
        found = entries(session, here.log)
    return conduct(
        Flow(
            here.log,
            here.world,
            chosen,
            offer(here.world.campaign, chosen, here.role, found),
            back=back,
            crumbs=[(_("换届工作"), url_for("district.campaigns")), (here.world.campaign.title, back)],
        )
    )


@blueprint.post("/campaign/<uuid:campaign>/open")
@policy(at="campaign", roles={Role.STREET})
def open_elections(campaign: Any) -> Answer:
    """Open the elections that are ticked; each stands by itself."""
    here = place()
    facts = here.world.campaign
    wanted = [tuple(v.split(":", 1)) for v in dict.fromkeys(request.form.getlist("open")) if ":" in v]
    with store().read() as session:
        opened = {c: places.elections(session, here.campaign, c) for c in facts.communities}
    refused: list[tuple[str, tuple[Demand, ...]]] = []
    count = 0
    for community, body in wanted:
        if community not in facts.communities or body not in BODIES or body in opened[community]:
            continue
        try:
            elections.open_election(store(), account().actor, here.campaign, community, body, today(), now())
            count += 1
        except Refused as against:
            name = f"{facts.communities[community].name} · {body_name(body)}"
            refused.append((name, against.demands))
    if not wanted:
        flash(_("请先勾选要启动的选举"), "warning")
    elif count:
        flash(_("已启动 {count} 项选举", count=count))
    return _show(refused) if refused else redirect(url_for("district.campaign", campaign=here.campaign))
