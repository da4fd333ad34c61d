"""Acts of the campaign log: what a street's communities share (steps ``campaign.*`` and ``community.*``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from election import law
from election.faults import WrongInput
from election.process.base import (
    COMMITTEE,
    Act,
    Deed,
    Demand,
    Filled,
    Name,
    Payload,
    PrivateName,
    Role,
    Sha256,
    Text,
    Words,
    catalogued,
)
from election.process.facts import Campaign, Community, Finding, Notice, Postponement
from election.process.world import World

Body = Literal["party", "residents"]


class Phase(Payload):
    title: Text
    start: date
    end: date


class CommunityRef(Payload):
    id: str
    name: Text


#: a resolved ruleset, as ``Ruleset.sealed`` gives it
Document = Annotated[str, StringConstraints(max_length=200_000)]


class OwnRuleset(Payload):
    """A ruleset of the street's own (本地规则), whole, under its hash; what it extends is inside."""

    id: Text = Field(min_length=1)
    sha256: Sha256
    document: Document

    def read(self) -> law.Ruleset | None:
        """The ruleset; None where it is none, or not the one that the hash and the id name."""
        try:
            found = law.from_json(self.document)
        except WrongInput:
            return None
        known = sha256(self.document.encode()).hexdigest() == self.sha256 and found.id == self.id
        return found if known and self.id not in law.ids() and found.extends in law.ids() else None


class CampaignAct(Act):
    log: ClassVar[str] = "campaign"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})
    any_time: ClassVar[bool] = True


@catalogued
class PlanCampaign(CampaignAct):
    """Title, term, rulesets, window, phases, election days, communities, conditions for office (S-03)."""

    code: ClassVar[str] = "campaign.plan"
    step: ClassVar[str] = "campaign.plan"

    title: Text = Field(min_length=1)
    term: Text = Field(min_length=1)
    #: name of the district that approves
    district: Text = ""
    street: Text = Field(min_length=1)
    path: str
    party_ruleset: str
    residents_ruleset: str
    window_from: date
    window_to: date
    party_day: date
    residents_day: date
    phases: tuple[Phase, ...] = ()
    communities: tuple[CommunityRef, ...] = Field(min_length=1)
    conditions: Words = ""
    demonstration: bool = False
    #: the street's own rulesets that the two above name
    own_rulesets: Annotated[tuple[OwnRuleset, ...], Filled()] = Field(default=(), max_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("campaign.first", world.campaign.size == 0)
        yield Demand("campaign.window", self.window_from <= self.window_to)
        for body, day in (("party", self.party_day), ("residents", self.residents_day)):
            yield Demand(
                "campaign.day-in-window", self.window_from <= day <= self.window_to, {"body": body, "day": day}
            )
        for phase in self.phases:
            yield Demand("campaign.phase", phase.start <= phase.end, {"title": phase.title})
        names = [c.name for c in self.communities]
        yield Demand("campaign.communities-once", len(set(names)) == len(names))
        own = self._own()
        named = {self.party_ruleset, self.residents_ruleset}
        whole = len(own) == len(self.own_rulesets) and own.keys() <= named
        yield Demand("campaign.ruleset-own", whole, {"ruleset": "、".join(r.id for r in self.own_rulesets)})
        for body, ruleset_id, day in (
            ("party", self.party_ruleset, self.party_day),
            ("residents", self.residents_ruleset, self.residents_day),
        ):
            rules = own.get(ruleset_id) or (law.load(ruleset_id) if ruleset_id in law.ids() else None)
            if rules is None:
                yield Demand("campaign.ruleset-known", False, {"ruleset": ruleset_id})
                continue
            fits = rules.body == body or (body == "residents" and rules.body == "villagers")
            yield Demand("campaign.ruleset-body", fits, {"ruleset": ruleset_id, "body": body})
            yield Demand("campaign.ruleset-in-force", day in rules.in_force, {"ruleset": ruleset_id, "day": day})

    def _own(self) -> dict[str, law.Ruleset]:
        return {given.id: found for given in self.own_rulesets if (found := given.read()) is not None}

    def apply(self, world: World, deed: Deed) -> None:
        campaign = world.campaign
        campaign.own = self._own()
        campaign.district = self.district
        campaign.title, campaign.term, campaign.street, campaign.path = self.title, self.term, self.street, self.path
        campaign.window = (self.window_from, self.window_to)
        campaign.days = {"party": self.party_day, "residents": self.residents_day}
        campaign.rulesets = {"party": self.party_ruleset, "residents": self.residents_ruleset}
        campaign.demonstration = self.demonstration
        campaign.communities = {c.id: Community(c.id, c.name) for c in self.communities}


@catalogued
class ConfirmRule(CampaignAct):
    """The office takes over a number that rests on memory or assumption, with its own source and article."""

    code: ClassVar[str] = "campaign.confirm_rule"
    step: ClassVar[str] = "campaign.plan"

    ruleset: str
    key: str
    source: Text = Field(min_length=2)
    article: Text = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        campaign = world.campaign
        known = self.ruleset in campaign.rulesets.values() and self.key in campaign.ruleset(self.ruleset).unconfirmed()
        yield Demand("campaign.rule-unconfirmed", known, {"ruleset": self.ruleset, "key": self.key})

    def apply(self, world: World, deed: Deed) -> None:
        world.campaign.confirmed.add((self.ruleset, self.key))


@catalogued
class ChangeDay(CampaignAct):
    """Another election day for one community, with the reason ("in principle" 12-24 and 12-26)."""

    code: ClassVar[str] = "campaign.change_day"
    step: ClassVar[str] = "campaign.plan"

    community: str
    body: Body
    day: date
    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        campaign = world.campaign
        yield Demand("campaign.community-known", self.community in campaign.communities)
        if campaign.window:
            inside = campaign.window[0] <= self.day <= campaign.window[1]
            yield Demand(
                "campaign.day-in-window", inside, {"body": self.body, "day": self.day}, act="campaign.ask_postponement"
            )
        yield Demand("campaign.day-ahead", self.day >= deed.occurred_on, {"day": self.day})

    def apply(self, world: World, deed: Deed) -> None:
        world.campaign.communities[self.community].days[self.body] = self.day


class Guidance(Payload):
    community: Text
    name: PrivateName


@catalogued
class LeadCampaign(CampaignAct):
    """Street leading group headed by the street's party secretary, working group, guidance officers (S-04)."""

    code: ClassVar[str] = "campaign.lead"
    step: ClassVar[str] = "campaign.lead"

    head: Name
    members: tuple[Name, ...] = ()
    working_group: tuple[Name, ...] = ()
    guidance: tuple[Guidance, ...] = ()

    def apply(self, world: World, deed: Deed) -> None:
        world.campaign.head = True


@catalogued
class Train(CampaignAct):
    code: ClassVar[str] = "campaign.train"
    step: ClassVar[str] = "campaign.train"

    topic: Text = Field(min_length=1)
    place: Text = Field(min_length=1)
    attendees: int = Field(ge=1, le=100000)
    materials: Words = ""

    def apply(self, world: World, deed: Deed) -> None:
        world.campaign.trainings += 1


@catalogued
class RecordViolation(CampaignAct):
    code: ClassVar[str] = "campaign.violation"
    step: ClassVar[str] = "campaign.violation"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET, Role.ORGANISATION, Role.CIVIL})

    community: str
    finding: Words = Field(min_length=2)
    author: PrivateName

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("campaign.community-known", self.community in world.campaign.communities)

    def apply(self, world: World, deed: Deed) -> None:
        number = len(world.campaign.findings) + 1
        world.campaign.findings.append(Finding(number, self.community, deed.occurred_on))


@catalogued
class RemedyViolation(CampaignAct):
    code: ClassVar[str] = "campaign.remedy"
    step: ClassVar[str] = "campaign.violation"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET, Role.ORGANISATION, Role.CIVIL})

    finding: int = Field(ge=1)
    remedy: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        open_findings = [f.number for f in world.campaign.findings if not f.remedied]
        yield Demand("campaign.finding-open", self.finding in open_findings, {"finding": self.finding})

    def apply(self, world: World, deed: Deed) -> None:
        world.campaign.findings[self.finding - 1].remedied = True


@catalogued
class AskPostponement(CampaignAct):
    """One body of one community asks to be postponed (plan 六.1)."""

    code: ClassVar[str] = "campaign.ask_postponement"
    step: ClassVar[str] = "campaign.postpone"
    who: ClassVar[frozenset[str]] = COMMITTEE | {Role.STREET}

    community: str
    body: Body
    new_day: date
    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        campaign = world.campaign
        day = campaign.day(self.community, self.body)
        yield Demand("campaign.community-known", self.community in campaign.communities)
        if day is None:
            return
        yield Demand("campaign.postpone-later", self.new_day > day, {"day": day})
        rules = campaign.rules(self.body)
        limit = int(rules.get("postpone.max_days", 365))
        yield Demand(
            "campaign.postpone-limit",
            (self.new_day - campaign.days[self.body]).days <= limit,
            {"days": limit},
            article=rules.article("postpone.max_days"),
        )

    def apply(self, world: World, deed: Deed) -> None:
        asked = world.campaign.postponements
        asked.append(Postponement(len(asked) + 1, self.community, self.body, self.new_day, deed.occurred_on))


@catalogued
class DecidePostponement(CampaignAct):
    """The authority that the body's ruleset names decides: the organisation department or the street."""

    code: ClassVar[str] = "campaign.decide_postponement"
    step: ClassVar[str] = "campaign.postpone"
    who: ClassVar[frozenset[str]] = frozenset({Role.ORGANISATION, Role.STREET})
    signed: ClassVar[bool] = True

    request: int = Field(ge=1)
    approve: bool
    document_number: Text = ""
    reason: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        waiting = {p.number: p for p in world.campaign.postponements if p.decided is None}
        yield Demand("campaign.request-waiting", self.request in waiting, {"request": self.request})
        if self.request in waiting:
            rules = world.campaign.rules(waiting[self.request].body)
            wants = {"organisation": Role.ORGANISATION, "street": Role.STREET}[rules.text("authority.postpone")]
            article = rules.article("authority.postpone")
            yield Demand("act.role", deed.actor.role == wants, {"roles": [wants.value]}, article=article)
        yield Demand("act.reason", self.approve or bool(self.reason))
        yield Demand("act.document-number", not self.approve or bool(self.document_number))

    def apply(self, world: World, deed: Deed) -> None:
        asked = world.campaign.postponements[self.request - 1]
        asked.decided = self.approve
        if self.approve:
            world.campaign.communities[asked.community].postponed[asked.body] = asked.new_day


class CommunityAct(CampaignAct):
    who: ClassVar[frozenset[str]] = COMMITTEE

    community: str

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("campaign.community-known", self.community in world.campaign.communities)


@catalogued
class FormCommittee(CommunityAct):
    """The turnover committee of a community, for both bodies (plan 五.1)."""

    code: ClassVar[str] = "community.committee"
    step: ClassVar[str] = "community.committee"
    who: ClassVar[frozenset[str]] = frozenset({Role.STREET})

    head: Name
    members: tuple[Name, ...] = Field(min_length=1)

    def apply(self, world: World, deed: Deed) -> None:
        world.campaign.communities[self.community].committee = True


@catalogued
class PostPosts(CommunityAct):
    """Purpose, steps, numbers of posts and conditions for office are posted; nomination waits for it (plan 五.3)."""

    code: ClassVar[str] = "community.notice"
    step: ClassVar[str] = "community.notice"
    papers: ClassVar[tuple[str, ...]] = ("posts_notice",)

    purpose: Words = Field(min_length=2)
    party_posts: Text = Field(min_length=1)
    residents_posts: Text = Field(min_length=1)
    conditions: Words = Field(min_length=2)
    place: Text = Field(min_length=1)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        known = world.campaign.communities.get(self.community)
        yield Demand("community.committee", known is not None and known.committee, act="community.committee")

    def apply(self, world: World, deed: Deed) -> None:
        community = world.campaign.communities[self.community]
        number = len(community.notices) + 1
        for earlier in community.notices:
            earlier.superseded_by = number
        sha256 = deed.papers[0]["sha256"] if deed.papers else ""
        before = community.notices[-1].number if community.notices else None
        community.notices.append(
            Notice(number, "posts_notice", deed.occurred_on, self.community, self.place, sha256, before, seq=deed.seq)
        )


@catalogued
class DraftReport(CommunityAct):
    """The outgoing body's work report, drafted for the meeting (plan 五.3)."""

    code: ClassVar[str] = "community.reports"
    step: ClassVar[str] = "community.reports"

    body_of_report: Body
    title: Text = Field(min_length=1)
    summary: Words = ""

    def apply(self, world: World, deed: Deed) -> None:
        world.campaign.communities[self.community].reports.add(self.body_of_report)


@catalogued
class InspectStreet(CampaignAct):
    """The district leading group inspects the street (plan 五.11)."""

    code: ClassVar[str] = "campaign.inspect"
    step: ClassVar[str] = "campaign.inspect"
    who: ClassVar[frozenset[str]] = frozenset({Role.ORGANISATION, Role.CIVIL})
    signed: ClassVar[bool] = True

    findings: Words = Field(min_length=2)
    remedies: Words = ""

    def apply(self, world: World, deed: Deed) -> None:
        world.campaign.inspected_on = deed.occurred_on


def community_demands(campaign: Campaign, community: str, step: str) -> list[Demand]:
    """What a step of ``campaign.*`` or ``community.*`` still needs, met or not."""
    table = _shared(campaign, community)
    if step not in table:
        return []
    code, met, act = table[step]
    return [Demand(code, met, act=act)]


def shared_steps(campaign: Campaign) -> dict[str, dict[str, tuple[str, bool, str]]]:
    """How the steps that both elections of a community share stand, by community."""
    return {community: _shared(campaign, community) for community in campaign.communities}


def _shared(campaign: Campaign, community: str) -> dict[str, tuple[str, bool, str]]:
    """Step -> the one demand it has, whether it is met, the act that meets it."""
    place = campaign.communities.get(community)
    return {
        "campaign.plan": ("campaign.planned", campaign.size > 0, "campaign.plan"),
        "campaign.lead": ("campaign.led", campaign.head, "campaign.lead"),
        "campaign.train": ("campaign.trained", campaign.trainings > 0, "campaign.train"),
        "community.committee": ("community.committee", place is not None and place.committee, "community.committee"),
        "community.notice": ("community.noticed", place is not None and bool(place.notices), "community.notice"),
        "community.reports": (
            "community.reported",
            place is not None and place.reports >= {"party", "residents"},
            "community.reports",
        ),
    }
