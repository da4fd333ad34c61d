"""Numbers that decide an election and rest on memory or assumption: the office takes each over, with its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request

from election.acts.do import do_many
from election.acts.perform import Refused
from election.process.base import Demand, Role
from election.process.campaign import ConfirmRule
from election.process.facts import Campaign
from election.web.access.policy import OVERSEERS, policy
from election.web.committee.flow import Answer
from election.web.context import account, now, place, store, today
from election.web.district import blueprint
from election.web.district.rules import Shown, shown
from election.web.district.where import BODIES
from election.web.typed import line, told
from election.web.words import _

#: longest source or article (``process.base.Text``)
LONGEST = 200


def unconfirmed(campaign: Campaign, body: str) -> list[str]:
    """Deciding numbers that rest on memory or assumption and that the office has not confirmed."""
    ruleset = campaign.rules(body)
    return [k for k in ruleset.unconfirmed() if (ruleset.id, k) not in campaign.confirmed]


@blueprint.route("/campaign/<uuid:campaign>/rules", methods=["GET", "POST"])
@policy(at="campaign", roles=OVERSEERS)
def confirm_rules(campaign: Any) -> Answer:
    """Each such number, with room for the office's own source and article."""
    if request.method == "GET":
        return _page({}, ())
    if place().role != Role.STREET:
        abort(404)
    acts, errors = _read()
    if errors:
        return _page(errors, ())
    if not acts:
        flash(_("还没有填写来源和条款"), "warning")
        return redirect(request.path)
    try:
        do_many(store(), [(place().log, act) for act in acts], account().actor, today(), now())
    except Refused as refused:
        return _page({}, refused.demands)
    flash(_("已确认 {count} 项规定", count=len(acts)))
    return redirect(request.path)


def _read() -> tuple[list[ConfirmRule], dict[str, str]]:
    """The lines that are filled in; one that is half filled in is an error. A common source serves lines without one."""
    facts = place().world.campaign
    acts: list[ConfirmRule] = []
    errors: dict[str, str] = {}
    common = told(request.form, "source:all", LONGEST, errors)
    for body in BODIES:
        for key in unconfirmed(facts, body):
            name = f"{body}:{key}"
            article = line(request.form.get(f"article:{name}", ""))
            source = line(request.form.get(f"source:{name}", "")) or (common if article else "")
            if not source and not article:
                continue
            if not 2 <= len(source) <= LONGEST:
                errors[f"source:{name}"] = _("请写明来源，2 至 {count} 个字", count=LONGEST)
            elif not 1 <= len(article) <= LONGEST:
                errors[f"article:{name}"] = _("请写明条款，最多 {count} 个字", count=LONGEST)
            else:
                acts.append(ConfirmRule(ruleset=facts.rulesets[body], key=key, source=source, article=article))
    return acts, errors


def _page(errors: dict[str, str], demands: Sequence[Demand]) -> Answer:
    here = place()
    facts = here.world.campaign
    left: dict[str, list[Shown]] = {}
    for body in BODIES:
        rules = facts.rules(body)
        left[body] = [shown(key, rules.rule(key)) for key in unconfirmed(facts, body)]
    page = render_template(
        "web/district/confirm_rules.html",
        left=left,
        facts=facts,
        confirmed=len(facts.confirmed),
        errors=errors,
        demands=demands,
        typed=request.form,
        may=here.role == Role.STREET,
        longest=LONGEST,
    )
    return page, 422 if errors or demands else 200
