"""Voters who cannot come to their station: proxies by name, and for the staff of the mobile box whom it visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template

from election.law import days_before
from election.process.absent import AskVisit, GrantProxy
from election.process.base import ACTS, PRESIDING, Role
from election.process.steps import full_names
from election.web.access.policy import policy
from election.web.committee import blueprint, links
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.people import Roll
from election.web.context import place, store
from election.web.words import _


@dataclass(frozen=True)
class Proxy:
    principal: str
    proxy: str
    revoke: str


@dataclass(frozen=True)
class Visit:
    number: int
    name: str
    group: str
    drop: str


@blueprint.get("/<uuid:election>/absent")
@policy(at="election", roles=PRESIDING | {Role.REGISTRAR})
def absent(election: Any) -> Answer:
    """Who gave a proxy, who asked for the mobile box, and until when both can be asked for."""
    here = place()
    facts, world = here.world.election, here.world
    if not (GrantProxy.belongs(facts) or AskVisit.belongs(facts)):
        abort(404)
    roll = Roll(store(), world)

    def form(code: str, **query: str | int) -> str:
        return links.form_address(code, world, **query) if ACTS[code].belongs(facts) else ""

    visits = []
    for number, person in facts.visits.items():
        known = roll.known(person)
        visits.append(
            Visit(number, known.name if known else "", known.detail if known else "", form("visit.drop", number=number))
        )
    return render_template(
        "web/committee/absent.html",
        proxies=[
            Proxy(facts.names.get(p, ""), facts.names.get(proxy, ""), form("proxy.revoke", principal=p))
            for p, proxy in facts.proxies.items()
        ],
        visits=visits,
        grant=form("proxy.grant"),
        ask=form("visit.ask"),
        due={key: _due(key) for key in ("proxy", "mobile_box")},
        most=facts.law.get("proxy.max_held"),
        posted=facts.posted("proxy_list"),
        post=links.address("notice.post", world, here.role, kind="proxy_list"),
        crumbs=crumbs((full_names(facts, "prepare") or [""])[0], (_("委托投票和流动票箱"), "")),
    )


def _due(key: str) -> Any:
    world = place().world
    days, day = world.election.law.get(f"{key}.days_before"), world.day
    return None if days is None or day is None else days_before(world.election.law, int(days), day)
