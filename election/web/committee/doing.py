"""Pages of single acts: of an election, and of what both elections of a community share."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, url_for

from election.process.base import ACTS, Act, Role
from election.process.steps import demands, full_names, status
from election.process.world import World
from election.web.access.policy import COMMUNITY, EVERYONE, OVERSEERS, policy
from election.web.committee import blueprint, links
from election.web.committee.beginnings import beginning
from election.web.committee.flow import Answer, Flow, conduct
from election.web.committee.offers import offer
from election.web.committee.proposed import offices
from election.web.context import place, store
from election.web.controls import listed
from election.web.fields import Field, shape_of
from election.web.forms import Offer
from election.web.shell import link
from election.web.words import _, body_name, day, step_title

ACTORS = EVERYONE - {Role.OBSERVER, Role.ADMINISTRATOR}
#: forms that are more than one input after the other
TEMPLATES = {"nomination.prospective": "web/committee/prospective.html"}


@blueprint.route("/<uuid:election>/act/<code>", methods=["GET", "POST"])
@policy(at="election", roles=ACTORS)
def act(election: Any, code: str) -> Answer:
    """One act of an election."""
    here = place()
    chosen = ACTS.get(code)
    if chosen is None or chosen.log != "election" or not links.may(chosen, here.world, here.role):
        abort(404)
    if links.in_hall(chosen) and (hall := links.hall(here.world, here.role)):
        return redirect(hall)
    step = _step_of(chosen, here.world)
    empty = not here.world.election.roll.imported and any(f.kind in ("person", "people") for f in searched(chosen))
    return conduct(
        Flow(
            here.log,
            here.world,
            chosen,
            offer(store(), here.world, chosen),
            back=_back(step),
            beginning=beginning(here.world, chosen),
            crumbs=crumbs(step),
            bearing=bearing(here.world),
            demands=demands(here.world, step) if step else (),
            template=TEMPLATES.get(code, "web/committee/act.html"),
            notice=_("名册还没有导入，查不到人。") if empty else "",
            notice_address=links.address("roll.import", here.world, here.role) if empty else "",
            more=offices(here.world, here.role) if code == "nomination.prospective" else None,
        )
    )


@blueprint.route("/<uuid:campaign>/<community>/act/<code>", methods=["GET", "POST"])
@policy(at="community", roles=COMMUNITY | OVERSEERS)
def community_act(campaign: Any, community: str, code: str) -> Answer:
    """One act of what the community's elections share: its committee, the notice of posts, the work reports."""
    here = place()
    chosen = ACTS.get(code)
    shared = chosen is not None and (chosen.step.startswith("community.") or code == "campaign.ask_postponement")
    if chosen is None or not shared or here.role not in chosen.who:
        abort(404)
    home = url_for("committee.home", campaign=here.campaign, community=here.community)
    return conduct(
        Flow(
            here.log,
            here.world,
            chosen,
            Offer(fixed={"community": community}),
            back=home,
            beginning=beginning(here.world, chosen),
            crumbs=[(_("换届选举"), home)],
        )
    )


def searched(chosen: type[Act]) -> list[Field]:
    """Fields of an act, those of its rows included."""
    fields = shape_of(chosen).fields
    return [*fields, *(inner for f in fields for inner in f.fields)]


def _step_of(chosen: type[Act], world: World) -> str:
    """The step an act belongs to as things stand; the open one where it has several."""
    names = full_names(world.election, chosen.step) if chosen.step else []
    running = [n for n in names if status(world, n) != "skipped"]
    return running[0] if running else ""


def _back(step: str) -> str:
    here = place()
    if here.account is not None and here.account.election is not None:
        return link("hall.home", election=here.election) or url_for("access.home")
    if step:
        return url_for("committee.step", election=here.election, step=step)
    return url_for("committee.home", campaign=here.campaign, community=here.community)


def crumbs(step: str = "", *more: tuple[str, str]) -> list[tuple[str, str]]:
    """From the community's home down to here."""
    here = place()
    if here.account is not None and here.account.election is not None:
        return list(more)
    home = url_for("committee.home", campaign=here.campaign, community=here.community)
    found = [(_("{body}换届选举", body=body_name(here.world.election.body)), home)]
    if step:
        found.append((step_title(step), url_for("committee.step", election=here.election, step=step)))
    return [*found, *more]


def bearing(world: World) -> list[tuple[str, str]]:
    """Numbers that decisions of an election rest on, as far as they are known."""
    facts = world.election
    found: list[tuple[str, str]] = []
    if world.day is not None:
        found.append((_("选举日"), day(world.day)))
    if facts.roll.imported:
        found.append((_("名册人数"), f"{facts.roll.registered:,}"))
    if facts.representatives:
        found.append((_("选民代表"), str(len(facts.representatives))))
    if facts.seats_fixed:
        found.append((_("应选职数"), "，".join(f"{c.office} {c.seats}" for c in facts.contests)))
    if facts.prospective and not facts.official:
        found.append((_("预备人选"), listed([c.name for c in facts.prospective])))
    if facts.official:
        found.append((_("正式候选人"), listed([c.name for c in facts.official])))
    if facts.entitled and facts.seats_fixed:
        found.append((_("应到人数"), f"{facts.entitled:,}"))
    if facts.meeting is not None and facts.meeting.present is not None:
        found.append((_("实到人数"), f"{facts.meeting.present:,}"))
    if facts.elected:
        found.append((_("当选人"), listed([facts.names.get(p, "") for p in facts.elected])))
    return found
