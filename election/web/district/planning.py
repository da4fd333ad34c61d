"""The form of a campaign's plan: rulesets, days and phases of the plan in force, communities one a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from flask import render_template
from werkzeug.datastructures import MultiDict

from election import law
from election.process.base import Demand
from election.process.campaign import CommunityRef, PlanCampaign
from election.web.committee.flow import Answer
from election.web.context import account, place, today
from election.web.controls import controls, summary
from election.web.district.rulesets import known_rulesets
from election.web.district.where import BODIES, Turnover
from election.web.forms import ActForm, Offer
from election.web.typed import Typed, names
from election.web.words import _, language
from election.words import acts as said

#: phases of a plan, by the values of a ruleset that date them
PHASES = (("prepare", "动员部署"), ("elect", "组织选举"), ("accept", "总结验收"))
#: most communities of one street
MOST = 200
LONGEST = 60


def known_communities(before: Sequence[Turnover]) -> dict[str, str]:
    """Name -> id of the street's communities in earlier campaigns: a community keeps its id, and with it its accounts."""
    found: dict[str, str] = {}
    for turnover in before:
        for community in turnover.communities():
            found.setdefault(community.name, community.id)
    return found


class Plan:
    """The plan as it is typed; ``before`` are the street's earlier campaigns, the newest first."""

    def __init__(self, before: Sequence[Turnover], typed: MultiDict[str, str] | None = None) -> None:
        self.known = known_communities(before)
        self.names = names(typed.get("community_names", "")) if typed is not None else list(self.known)
        self.form = ActForm(PlanCampaign, self._offer())
        self.form.typed = Typed.of(typed, self.form.names) if typed is not None else beginning(today().year, before)
        self.errors: dict[str, str] = {}
        self.demands: Sequence[Demand] = ()

    def _offer(self) -> Offer:
        refs = tuple(
            CommunityRef(id=self.known.get(n) or str(uuid4()), name=n) for n in self.names[:MOST] if len(n) <= LONGEST
        )
        return Offer(
            fixed={"path": account().scope, "communities": refs, "demonstration": place().demonstration},
            options={f"{body}_ruleset": rulesets(body) for body in BODIES},
        )

    def read(self) -> PlanCampaign | None:
        """The plan; None where ``errors`` say what is wrong."""
        made = self.form.read()
        self.errors = dict(self.form.errors)
        if not self.names:
            self.errors["community_names"] = _("请列出各社区，每行一个")
        elif len(self.names) > MOST or any(len(n) > LONGEST for n in self.names):
            self.errors["community_names"] = _(
                "最多 {most} 个社区，每个名称最多 {longest} 个字", most=MOST, longest=LONGEST
            )
        if "community_names" in self.errors:  # what pydantic says of the list is said there
            self.errors.pop("", None)
        return made if isinstance(made, PlanCampaign) and not self.errors else None

    def review(self, made: PlanCampaign) -> Answer:
        """The plan as it would be made, and what follows."""
        return render_template(
            "web/district/plan_review.html",
            typed=self.form.typed,
            community_names="\n".join(self.names),
            summary=[*summary(self.form, made), (_("参加换届的社区"), "\n".join(self.names))],
            title=said.act_title("campaign.plan", language()),
            hint=said.act_hint("campaign.plan", language()),
        )

    def show(self, status: int = 200) -> Answer:
        page = render_template(
            "web/district/plan.html",
            controls=controls(self.form),
            community_names="\n".join(self.names),
            errors=self.errors or self.form.errors,
            demands=self.demands,
            title=said.act_title("campaign.plan", language()),
            hint=said.act_hint("campaign.plan", language()),
        )
        return page, status


def rulesets(body: str) -> list[tuple[str, str]]:
    """Rulesets that fit a body, built in or brought by an office; a villagers' ruleset is a residents' one."""
    found = known_rulesets()
    fits = [r for r in found if r.body == body or (body == "residents" and r.body == "villagers")]
    return [(r.id, f"{r.title if language() == 'zh' else r.title_en}（{r.id}）") for r in fits]


def beginning(year: int, before: Sequence[Turnover] = ()) -> Typed:
    """The plan of the rulesets in force, its days moved to this year where they name any.

    District and street are those of the account, or as the last campaign had them.
    """
    typed = Typed()
    district, _slash, street = account().scope.partition("/")
    typed.put("district", district)
    typed.put("street", street)
    for turnover in before[:1]:
        typed.put("district", turnover.facts.district or district)
        typed.put("street", turnover.facts.street)
    typed.put("title", _("{year}年社区“两委”换届选举", year=year))
    chosen = {body: in_force(body, date(year, 12, 24)) for body in BODIES}
    for body, rules in chosen.items():
        if rules is None:
            continue
        typed.put(f"{body}_ruleset", rules.id)
        typed.put(f"{body}_day", _moved(rules, "plan.election_day", year))
    party = chosen["party"]
    if party is not None:
        typed.put("window_from", _moved(party, "plan.window_from", year))
        typed.put("window_to", _moved(party, "plan.window_to", year))
        for name, title in PHASES:
            days = {"start": _moved(party, f"plan.{name}_from", year), "end": _moved(party, f"plan.{name}_to", year)}
            if all(days.values()):
                typed.add_row("phases", {"title": _(title), **days})
    return typed


def in_force(body: str, day: date) -> law.Ruleset | None:
    """The ruleset of a body that is in force on a day, the most particular one first."""
    found = [law.load(i) for i in law.ids()]
    return next((r for r in found if r.body == body and day in r.in_force), None)


def _moved(rules: law.Ruleset, key: str, year: int) -> str:
    said_day = rules.get(key)
    return date.fromisoformat(str(said_day)).replace(year=year).isoformat() if said_day else ""
