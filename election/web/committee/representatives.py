"""Voters' representatives: by group or unit, with how many each may choose and the share of residents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, url_for

from election.acts.order import group_key
from election.process.base import ACTS
from election.process.facts import Representative
from election.process.steps import demands, full_names, status
from election.web.access.policy import policy
from election.web.committee import blueprint, links, steps
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.home import WORKERS
from election.web.context import place
from election.web.words import _


@dataclass(frozen=True)
class Group:
    """A residents' group or a large unit with those it has chosen."""

    name: str
    unit: bool
    people: tuple[Representative, ...]
    #: voters on the roll; None for a unit
    voters: int | None
    choose: str


@blueprint.get("/<uuid:election>/representatives")
@policy(at="election", roles=WORKERS)
def representatives(election: Any) -> Answer:
    here = place()
    facts = here.world.election
    step = next(iter(full_names(facts, "representatives")), "")
    if not step:
        abort(404)
    may_choose = links.may(ACTS["representatives.elect"], here.world, here.role) and not facts.representatives_closed

    def choose(group: str, unit: bool) -> str:
        said = {"group": group, "unit": "yes" if unit else "no"} if group else {}
        return links.form_address("representatives.elect", here.world, **said) if may_choose else ""

    names = sorted(
        {*facts.roll.groups, *(r.group for r in facts.representatives.values() if not r.unit)}, key=group_key
    )
    groups = [Group(n, False, _of(n), facts.roll.groups.get(n, 0), choose(n, False)) for n in names if n]
    units = sorted({r.group for r in facts.representatives.values() if r.unit}, key=group_key)
    groups += [Group(n, True, _of(n), None, choose(n, True)) for n in units]
    return render_template(
        "web/committee/representatives.html",
        groups=groups,
        total=len(facts.representatives),
        residents=sum(1 for r in facts.representatives.values() if not r.unit),
        items=[steps.item(d, here.world, step, status(here.world, step)) for d in demands(here.world, step)],
        unit=choose("", True),
        change=links.address("representatives.change", here.world, here.role),
        step_address=url_for("committee.step", election=here.election, step=step),
        crumbs=crumbs(step, (_("选民代表"), "")),
    )


def _of(group: str) -> tuple[Representative, ...]:
    return tuple(r for r in place().world.election.representatives.values() if r.group == group)
