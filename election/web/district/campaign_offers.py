"""What the forms of a campaign's acts offer to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from election.process.base import Act, Role
from election.process.facts import Campaign
from election.record.entry import Entry
from election.web.forms import Offer
from election.web.words import _, body_name, day

#: who decides on a postponement of which body (``process.campaign.DecidePostponement``)
DECIDES = {Role.ORGANISATION: "party", Role.STREET: "residents"}
#: longest piece of somebody's words in a choice
PIECE = 40


def offer(campaign: Campaign, act: type[Act], role: str, found: Sequence[Entry]) -> Offer:
    """``found`` are the campaign's entries: findings and requests are told by their words."""
    options: dict[str, Any] = {}
    names = set(act.model_fields)
    if "community" in names:
        options["community"] = [(c.id, c.name) for c in campaign.communities.values()]
    if "finding" in names and act.model_fields["finding"].annotation is int:
        options["finding"] = _findings(campaign, found)
    if "request" in names:
        options["request"] = _requests(campaign, role, found)
    suggestions = {"guidance.community": tuple(c.name for c in campaign.communities.values())}
    return Offer(options=options, suggestions=suggestions)


def _findings(campaign: Campaign, found: Sequence[Entry]) -> list[tuple[str, str]]:
    texts = [str(e.payload.get("finding", "")) for e in found if e.act == "campaign.violation"]
    return [
        (
            str(f.number),
            _(
                "第 {number} 号 {community}：{text}",
                number=f.number,
                community=_name(campaign, f.community),
                text=texts[f.number - 1][:PIECE],
            ),
        )
        for f in campaign.findings
        if not f.remedied
    ]


def _requests(campaign: Campaign, role: str, found: Sequence[Entry]) -> list[tuple[str, str]]:
    reasons = [str(e.payload.get("reason", "")) for e in found if e.act == "campaign.ask_postponement"]
    return [
        (
            str(p.number),
            _(
                "第 {number} 号 {community} {body} 延期到{day}：{reason}",
                number=p.number,
                community=_name(campaign, p.community),
                body=body_name(p.body),
                day=day(p.new_day),
                reason=reasons[p.number - 1][:PIECE],
            ),
        )
        for p in campaign.postponements
        if p.decided is None and DECIDES.get(Role(role)) == p.body
    ]


def _name(campaign: Campaign, community: str) -> str:
    return campaign.communities[community].name
