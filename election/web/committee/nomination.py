"""Proposed persons by office with the margin they need; candidates with what was assessed of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template

from election.process.base import ACTS
from election.process.demands import assess_act, assess_kinds
from election.process.facts import Candidate
from election.process.steps import full_names
from election.process.world import World
from election.web.access.policy import policy
from election.web.committee import blueprint, links
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.home import WORKERS
from election.web.committee.proposed import offices
from election.web.context import place
from election.web.words import _, language
from election.words import acts as said


@blueprint.get("/<uuid:election>/proposals")
@policy(at="election", roles=WORKERS)
def proposals(election: Any) -> Answer:
    here = place()
    step = (full_names(here.world.election, "propose") or [""])[0]
    return render_template(
        "web/committee/proposals.html",
        offices=offices(here.world, here.role),
        fix=links.address("nomination.prospective", here.world, here.role),
        crumbs=crumbs(step, (_("初步人选"), "")),
    )


@dataclass(frozen=True)
class Cell:
    """One kind of assessment of one candidate: ``passed`` None while it is not recorded."""

    kind: str
    title: str
    passed: bool | None
    address: str


@dataclass(frozen=True)
class Row:
    candidate: Candidate
    office: str
    #: kind -> cell; a kind that this candidate does not need has none
    cells: dict[str, Cell]
    withdraw: str


@blueprint.get("/<uuid:election>/candidates")
@policy(at="election", roles=WORKERS)
def candidates(election: Any) -> Answer:
    """Prospective or official candidates, and what was found of each."""
    here = place()
    facts = here.world.election
    names = {c.id: c.office for c in facts.contests}
    rows = [
        Row(
            c,
            names.get(c.office, c.office),
            {kind: _cell(here.world, here.role, c, kind) for kind in assess_kinds(facts, c)},
            links.address("candidate.withdraw", here.world, here.role, person=c.person),
        )
        for c in (facts.official or facts.prospective)
    ]
    kinds = list(dict.fromkeys(kind for row in rows for kind in row.cells))
    step = (full_names(facts, "assess") or [""])[0]
    return render_template(
        "web/committee/candidates.html",
        rows=rows,
        kinds=[(k, said.option_label("assess.record", "kind", k, language())) for k in kinds],
        official=bool(facts.official),
        crumbs=crumbs(step, (_("候选人考察"), "")),
    )


def _cell(world: World, role: str, candidate: Candidate, kind: str) -> Cell:
    address, code = "", assess_act(world.election, kind)
    asked = {"person": candidate.person} | ({"kind": kind} if code == "assess.record" else {})
    if links.may(ACTS[code], world, role) and not world.election.decided and not world.election.official_fixed:
        address = links.form_address(code, world, **asked)
    title = said.option_label("assess.record", "kind", kind, language())
    return Cell(kind, title, candidate.assessed.get(kind), address)
