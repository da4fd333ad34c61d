"""The inbox: what waits for this person, the oldest first, of one kind together so that many can be decided at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flask import render_template, url_for
from sqlalchemy.orm import Session

from election.process.base import Role
from election.web.access.policy import OVERSEERS, policy
from election.web.context import account, store, today
from election.web.district import blueprint
from election.web.district.duties import TOGETHER, Duty, duties, open_findings
from election.web.district.tracks import tracks
from election.web.district.where import BODIES, Turnover, turnovers
from election.web.words import _, body_name, language
from election.words import acts as said

#: an item whose day is not known is as old as can be
UNKNOWN = date.min
#: who decides on postponement, by body (``process.campaign.DecidePostponement``)
POSTPONES = {"party": Role.ORGANISATION, "residents": Role.STREET}


@dataclass(frozen=True)
class Item:
    """One thing that waits."""

    street: str
    community: str
    body: str
    since: date | None
    address: str
    election: str = ""
    #: what more there is to say: 12 项
    more: str = ""
    #: where it is read before it is decided
    review: str = ""

    def days(self, now: date) -> int | None:
        return (now - self.since).days if self.since is not None else None


@dataclass
class Group:
    """Things of one kind."""

    code: str
    title: str
    hint: str
    together: bool
    items: list[Item] = field(default_factory=list)

    @property
    def oldest(self) -> date:
        return min((i.since or UNKNOWN for i in self.items), default=date.max)


@blueprint.get("/inbox")
@policy(at="signed_in", roles=OVERSEERS)
def inbox() -> str:
    with store().read() as session:
        groups = waiting(session)
    return render_template(
        "web/district/inbox.html",
        groups=groups,
        count=sum(len(g.items) for g in groups),
        day_now=today(),
        streets=len({i.street for g in groups for i in g.items}) > 1,
    )


def waiting(session: Session) -> list[Group]:
    """Everything that waits for the reader, in groups, the oldest first."""
    found = turnovers(session)
    where = tracks(store(), session, found)
    groups: dict[str, Group] = {}
    for turnover in found:
        for (community, body), head in turnover.elections.items():
            known = turnover.facts.communities.get(community)
            if known is None:
                continue
            for duty in duties(store(), session, turnover, head, where[head.id], account().role):
                group(groups, duty.act).items.append(_item(turnover, known.name, body, head.id, duty))
        for code, item in _of_campaign(turnover):
            group(groups, code).items.append(item)
    for one in groups.values():
        one.items.sort(key=lambda i: (i.since or UNKNOWN, i.street, i.community))
    return sorted(groups.values(), key=lambda g: g.oldest)


def group(groups: dict[str, Group], code: str) -> Group:
    if code not in groups:
        groups[code] = Group(code, said.act_title(code, language()), said.act_hint(code, language()), code in TOGETHER)
    return groups[code]


def _item(turnover: Turnover, community: str, body: str, election: str, duty: Duty) -> Item:
    review = url_for("district.review", election=election)
    more = _("{count} 项", count=duty.count) if duty.count > 1 else ""
    address = act_address(duty.act, election)
    return Item(turnover.facts.street, community, body_name(body), duty.since, address, election, more, review)


def act_address(code: str, election: str) -> str:
    """Where an act is done: assessments on the page of all candidates, everything else in its own form."""
    if code == "assess.record":
        return url_for("committee.candidates", election=election)
    return url_for("district.act", election=election, code=code)


def _of_campaign(turnover: Turnover) -> list[tuple[str, Item]]:
    """Postponements to decide, violations without remedy, a street that is ready to be inspected."""
    role, facts = account().role, turnover.facts
    address = url_for("district.campaign", campaign=turnover.id)
    found: list[tuple[str, Item]] = []
    for asked in facts.postponements:
        if asked.decided is None and POSTPONES[asked.body] == role:
            where = url_for(
                "district.campaign_act", campaign=turnover.id, code="campaign.decide_postponement", request=asked.number
            )
            name = facts.communities[asked.community].name
            item = Item(facts.street, name, body_name(asked.body), asked.asked_on, where, review=address)
            found.append(("campaign.decide_postponement", item))
    if role == Role.STREET:
        for number in open_findings(facts):
            finding = facts.findings[number - 1]
            where = url_for("district.campaign_act", campaign=turnover.id, code="campaign.remedy", finding=number)
            name = facts.communities[finding.community].name
            found.append(("campaign.remedy", Item(facts.street, name, "", finding.on, where, review=address)))
    elif facts.inspected_on is None and _all_closed(turnover):
        where = url_for("district.campaign_act", campaign=turnover.id, code="campaign.inspect")
        found.append(("campaign.inspect", Item(facts.street, _("全街道"), "", None, where, review=address)))
    return found


def _all_closed(turnover: Turnover) -> bool:
    """Every election of the street is opened and has run to its end."""
    expected = {(c.id, body) for c in turnover.communities() for body in BODIES}
    if set(turnover.elections) != expected:
        return False
    with store().read() as session:
        where = tracks(store(), session, [turnover])
    return all(where[head.id].current is None for head in turnover.elections.values())
