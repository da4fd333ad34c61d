"""Which communities hold elections, and what a visitor may know of one of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from flask import abort

from election.acts import posted
from election.acts.posted import Polling
from election.process.facts import Campaign
from election.process.world import World
from election.store import places
from election.store.worlds import world_of
from election.web.context import Place, place, store
from election.web.shell import district_name

#: voters look for the election they vote in first
BODIES = ("residents", "party")


@dataclass(frozen=True)
class Community:
    """A community of a campaign with at least one election."""

    campaign: str
    id: str
    name: str
    #: whose elections these are, from the district down: for the band of a page
    band: tuple[str, ...]
    #: ``district/street`` of its campaign: a demonstration's streets may stand at days of their own
    path: str
    #: body -> election id
    elections: dict[str, str]
    #: body -> election day
    days: dict[str, date]

    @property
    def key(self) -> str:
        """As a form says it: an id is only known within its campaign."""
        return f"{self.campaign}/{self.id}"


@dataclass(frozen=True)
class Street:
    """A street's campaign with its communities in the order of the plan."""

    district: str
    name: str
    title: str
    communities: tuple[Community, ...]


def streets() -> list[Street]:
    """Every street with elections, by district and name; the newest campaign of a street first."""
    with store().read() as session:
        opened: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for log in places.below(session, "election", ""):
            opened[log.campaign or "", log.community or ""][log.body or ""] = log.id
        campaigns = [
            (log, world_of(store(), session, log.id).campaign) for log in places.below(session, "campaign", "")
        ]
    campaigns.sort(key=lambda pair: pair[1].window[0] if pair[1].window else date.min, reverse=True)
    found = [
        Street(
            campaign.district or district_name(log.path),
            campaign.street,
            campaign.title,
            tuple(
                _of(log.id, log.path, campaign, c.id, opened[log.id, c.id])
                for c in campaign.communities.values()
                if (log.id, c.id) in opened
            ),
        )
        for log, campaign in campaigns
    ]
    return sorted((s for s in found if s.communities), key=lambda s: (s.district, s.name))


def _of(log: str, path: str, campaign: Campaign, community: str, opened: dict[str, str]) -> Community:
    bodies = {body: opened[body] for body in BODIES if body in opened}
    days = {body: campaign.day(community, body) for body in bodies}
    name = campaign.communities[community].name
    band = (campaign.district or district_name(path), campaign.street, name, campaign.term)
    return Community(
        log,
        community,
        name,
        tuple(words for words in band if words),
        path,
        bodies,
        {body: day for body, day in days.items() if day is not None},
    )


def communities(body: str = "") -> list[tuple[str, str, Community]]:
    """``(key, words, community)`` of every community, or of those that elect this body."""
    listed = streets()
    several = len(listed) > 1
    return [
        (c.key, f"{street.name} · {c.name}" if several else c.name, c)
        for street in listed
        for c in street.communities
        if not body or body in c.elections
    ]


def here() -> Community:
    """The community that the address names, by itself or by its election (the policy has loaded it).

    404 where it holds no election.
    """
    at: Place = place()
    opened = at.elections
    if at.election:
        with store().read() as session:
            opened = places.elections(session, at.campaign, at.community)
    if not opened or at.community not in at.world.campaign.communities:
        abort(404)
    return _of(at.campaign, at.path, at.world.campaign, at.community, opened)


def world(log: str) -> World:
    with store().read() as session:
        return world_of(store(), session, log)


@dataclass(frozen=True)
class Vote:
    """When, where and by whom one body is elected."""

    body: str
    election: str
    world: World
    polling: Polling | None
    voters: str

    @property
    def day(self) -> date | None:
        return self.world.day

    @property
    def announced(self) -> bool:
        return any(r.answer for r in self.world.election.rounds)


def votes(community: Community) -> list[Vote]:
    found = []
    with store().read() as session:
        for body, log in community.elections.items():
            known = world_of(store(), session, log)
            found.append(Vote(body, log, known, posted.polling(store(), session, known), posted.voters_of(known)))
    return found
