"""The committee's home: both elections of a community side by side, and the next thing to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, url_for

from election.process.base import ACTS, Role
from election.process.campaign import community_demands
from election.store.worlds import world_of
from election.web.access.policy import COMMUNITY, LEADING, OVERSEERS, policy
from election.web.committee import blueprint, tasks
from election.web.committee.flow import Answer
from election.web.context import place, store, today
from election.web.words import _, language, step_title
from election.words import acts as said

#: whoever reads where the elections stand
READERS = COMMUNITY | OVERSEERS | {Role.OBSERVER}
#: whoever may look into a step
WORKERS = COMMUNITY | OVERSEERS
SHARED = ("community.committee", "community.notice", "community.reports")


@blueprint.get("/<uuid:campaign>/<community>")
@policy(at="community", roles=READERS)
def home(campaign: Any, community: str) -> Answer:
    here = place()
    works = here.role in WORKERS
    with store().read() as session:
        worlds = [
            world_of(store(), session, here.elections[body])
            for body in ("party", "residents")
            if body in here.elections
        ]
    columns = [tasks.column(world, here.role, today(), steps_open=works) for world in worlds]
    shared = [_shared(step) for step in SHARED]
    own = "residents" if here.role in LEADING else "party"
    nexts: list[tasks.Next] = [t["next"] for t in shared if t["next"]]
    nexts += [c.next for c in sorted(columns, key=lambda c: c.body != own) if c.next]
    main = min(nexts, key=lambda n: n.due) if nexts else None
    return render_template(
        "web/committee/home.html",
        columns=columns,
        shared=shared,
        main=main,
        works=works,
        facts=here.world.campaign.communities[community],
        absent=[b for b in ("party", "residents") if b not in here.elections],
        days={b: here.world.campaign.day(community, b) for b in ("party", "residents")},
    )


def _shared(step: str) -> dict[str, Any]:
    """A step that both elections share, as a task."""
    here = place()
    (demand,) = community_demands(here.world.campaign, here.community, step)
    allowed = here.role in ACTS[demand.act].who
    address = url_for("committee.community_act", campaign=here.campaign, community=here.community, code=demand.act)
    words = said.demand_line(demand.code, demand.params, language())
    can = allowed and not demand.met
    return {
        "title": step_title(step),
        "address": address if allowed else "",
        "state": "done" if demand.met else "open",
        "words": "",
        "lines": () if demand.met else (_("缺：{what}", what=words),),
        "due": "",
        "next": tasks.Next(said.act_title(demand.act, language()), address, date.min, step_title(step))
        if can
        else None,
    }
