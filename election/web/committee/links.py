"""From a demand or an act to the page on which it is met, for whoever may meet it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from flask import current_app, url_for

from election.process.base import ACTS, Act, Actor, Deed, Demand, Role, expand
from election.process.notices import NOTICES, PostNotice
from election.process.roll import RollAct
from election.process.steps import full_names, suffix
from election.process.world import World
from election.web.access.policy import policy_of
from election.web.shell import link

#: done in the hall, at its tables and its wall
HALL_STEPS = frozenset({"meeting", "ballot", "hands", "council"})
#: done on a page of its own, not in a form of one act
PAGES = {
    "roll.import": "committee.roll_import",
    "roll.change": "committee.roll_review",
    "roll.review": "committee.roll_review",
    "nomination.propose": "committee.proposals",
    "assess.record": "committee.candidates",
    "vetting.record": "committee.candidates",
    "proxy.grant": "committee.absent",
    "proxy.revoke": "committee.absent",
    "visit.ask": "committee.absent",
    "visit.drop": "committee.absent",
    "objection.decide": "committee.objections",
    "representatives.elect": "committee.representatives",
}
#: acts that belong to no step of their own, where they are at hand
ALSO = {
    "roll": ("objection.file", "objection.decide"),
    "prospective": ("objection.file", "objection.decide", "candidate.withdraw"),
    "official": ("candidate.withdraw",),
    "prepare": ("candidate.withdraw",),
    "archive": ("later.record",),
}


def may(act: type[Act], world: World, role: str) -> bool:
    """Whether this role does this act in this election."""
    body = world.election.body
    mine = not act.hidden and role in expand(act.who, body) and act.only in ("", body)
    return mine and act.belongs(world.election)


def open_to(endpoint: str, world: World, role: str) -> bool:
    """Whether this installation has a page and this role may open it."""
    if endpoint not in current_app.view_functions:
        return False
    declared = policy_of(current_app, endpoint)
    return declared is not None and declared.grants(role, world.election.body)


def hall(world: World, role: str) -> str:
    """The hall's own pages, for whoever has work there or watches."""
    return url_for("hall.home", election=world.election.id) if open_to("hall.home", world, role) else ""


def answer_due(filed_on: date, world: World) -> date | None:
    """The last day to answer an objection; None where the ruleset sets none, as the party's of 2010."""
    days = world.election.law.get("objection.answer_days")
    return None if days is None else filed_on + timedelta(days=int(days))


def ready(kind: str, world: World) -> bool:
    """Whether what a notice would post is known by now."""
    post = PostNotice.model_validate({"kind": kind, "place": "-"})
    deed = Deed(post, Actor("", "", ""), date.min, datetime.min.replace(tzinfo=UTC))
    return all(d.met for d in post.guard(world, deed) if d.code.startswith("notice.ready."))


def in_hall(act: type[Act]) -> bool:
    """Whether the act belongs to the meeting's own pages."""
    return bool(act.step) and set(act.step.split("|")) <= HALL_STEPS


def address(code: str, world: World, role: str, **query: str | int) -> str:
    """Where somebody of ``role`` does this act; empty where it is not theirs to do."""
    act = ACTS.get(code)
    election = world.election.id
    if act is None:
        return ""
    if act.log == "campaign":
        return _campaign_address(act, world, role)
    if code in PAGES and role != Role.OBSERVER:
        allowed = role in expand(act.who, world.election.body)
        return url_for(PAGES[code], election=election) if allowed else ""
    if not may(act, world, role):
        return ""
    if in_hall(act) and (table := hall(world, role)):
        return table
    return form_address(code, world, **query)


def _campaign_address(act: type[Act], world: World, role: str) -> str:
    if act.step.startswith("community.") and role in act.who and world.election.community:
        return url_for(
            "committee.community_act", campaign=world.campaign.id, community=world.election.community, code=act.code
        )
    return (link("district.home") or "") if role in act.who else ""


def mend(demand: Demand, world: World, role: str) -> str:
    """The page that meets an unmet demand."""
    if demand.met or not demand.act:
        return ""
    kind = demand.code.rsplit(".", 1)[-1] if demand.code.startswith(("notice.posted.", "notice.ready.")) else ""
    if demand.act == "notice.post" and kind:
        return address("notice.post", world, role, kind=kind)
    return address(demand.act, world, role)


def doers(code: str, world: World) -> list[str]:
    """Roles that do an act, for "this is done by …"."""
    act = ACTS.get(code)
    return [] if act is None else sorted(expand(act.who, world.election.body) - {Role.SERVER, Role.VOTER})


def acts_of(step: str, world: World, role: str) -> list[tuple[str, dict[str, str]]]:
    """Acts of a step that this role does, in the catalogue's order, with what their form is told beforehand."""
    found: list[tuple[str, dict[str, str]]] = []
    for code, act in ACTS.items():
        if act.log != "election" or issubclass(act, RollAct) or not may(act, world, role) or not act.step:
            continue
        if step in full_names(world.election, act.step):
            found.append((code, {}))
    if may(ACTS["notice.post"], world, role):
        kinds = [k for k, of in NOTICES.items() if of and step in full_names(world.election, of)]
        found += [
            ("notice.post", {"kind": k}) for k in kinds if not (k == "roll_notice" and world.election.body == "party")
        ]
    found += [(code, {}) for code in ALSO.get(suffix(step), ()) if may(ACTS[code], world, role)]
    return found


def form_address(code: str, world: World, **query: str | int) -> str:
    """The act's own form, past the page that gathers its results."""
    form = url_for("committee.act", election=world.election.id, code=code)
    return f"{form}?{urlencode(query)}" if query else form
