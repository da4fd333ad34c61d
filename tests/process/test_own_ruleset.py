"""A street's own ruleset: sealed whole in the plan, and what the elections of the campaign are held under."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pytest

from election import law
from election.process import campaign, roll
from election.process.campaign import OwnRuleset
from election.process.machine import SERVER
from tests.process.telling import PATH, Refusal, Telling, day

OWN = law.load_bytes(
    """id = "liuyin-2010"
extends = "qilihe-2010.residents"
[values]
official.days_before = { value = 7, source = "柳街〔2010〕1号", article = "第三条" }
postpone.max_days = { value = 30, source = "柳街〔2010〕1号", article = "第五条" }
authority.postpone = { value = "organisation", source = "柳街〔2010〕1号", article = "第六条" }
""".encode(),
    "own.toml",
)


def brought(rules: law.Ruleset, **changed: str) -> OwnRuleset:
    document = rules.sealed().decode()
    return OwnRuleset(
        **{"id": rules.id, "sha256": sha256(document.encode()).hexdigest(), "document": document} | changed
    )


@dataclass
class OwnTelling(Telling):
    """A campaign whose residents' elections follow ``OWN``."""

    own: tuple[OwnRuleset, ...] = (brought(OWN),)
    named: str = OWN.id

    def plan(self, **changes: Any) -> campaign.PlanCampaign:
        return super().plan(residents_ruleset=self.named, own_rulesets=self.own, **changes)


def opening(**changed: str) -> roll.OpenElection:
    said = {
        "body_of_election": "residents", "community": "c1", "community_name": "某社区", "path": PATH,
        "campaign": "campaign", "ruleset": OWN.id, "ruleset_sha256": "2" * 64, "demonstration": True,
    }  # fmt: skip
    return roll.OpenElection(**said | changed)


def test_the_elections_of_the_campaign_follow_it():
    told = OwnTelling("residents")
    told.world.rules = lambda sha256: OWN
    told.do(opening(), SERVER)
    assert told.facts.law == OWN
    assert told.world.campaign.rules("residents") == OWN
    assert told.world.campaign.rules("party") == law.load("qilihe-2010.party")
    assert law.deadline(told.facts.law, "residents.official", day(12, 26)) == day(12, 19)


def test_what_the_campaign_decides_follows_it_too():
    told = OwnTelling("residents")
    ask = campaign.AskPostponement(community="c1", body="residents", new_day=day(12, 30), reason="条件不成熟")
    late = ask.model_copy(update={"new_day": day(12, 26).replace(year=2011, month=2)})
    limit = told.refused(late, "committee_chair", "campaign.postpone-limit")
    assert (limit.params, limit.article) == ({"days": 30}, "第五条")
    told.do(ask, "committee_chair")
    decide = campaign.DecidePostponement(request=1, approve=True, document_number="1号")
    refused = told.refused(decide, "street_officer", "act.role")
    assert refused.article == "第六条"
    told.do(decide, "organisation_reviewer")
    assert told.world.day is None or told.world.campaign.day("c1", "residents") == day(12, 30)


def test_an_election_under_other_numbers_of_the_same_id_does_not_open():
    told = OwnTelling("residents")
    other = replace(OWN, values={**OWN.values, "official.days_before": law.Value(1, "别处", "", "local")})
    told.world.rules = lambda sha256: other
    told.refused(opening(), SERVER, "election.ruleset")
    told.world.rules = lambda sha256: law.load("qilihe-2010.residents")
    told.refused(opening(), SERVER, "election.ruleset")
    told.refused(opening(ruleset="qilihe-2010.residents"), SERVER, "election.ruleset")


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ((brought(OWN, sha256="0" * 64),), OWN.id),
        ((brought(OWN, id="liuyin-2011"),), "liuyin-2011"),
        ((brought(OWN, document="{"),), OWN.id),
        ((brought(replace(OWN, id="qilihe-2010.residents")),), "qilihe-2010.residents"),
        ((brought(replace(OWN, extends=None)),), OWN.id),
        ((brought(OWN),), "qilihe-2010.residents"),
        ((brought(OWN), brought(OWN)), OWN.id),
    ],
)
def test_a_plan_with_another_document_is_refused(own, named):
    with pytest.raises(Refusal, match=r"campaign\.ruleset-own"):
        OwnTelling("residents", own=own, named=named)


def test_numbers_of_an_own_ruleset_are_confirmed_like_any():
    told = OwnTelling("residents", demonstration=False)
    confirm = campaign.ConfirmRule(ruleset=OWN.id, key="tie.rule", source="实施意见", article="第八条")
    told.refused(
        confirm.model_copy(update={"key": "official.days_before"}), "street_officer", "campaign.rule-unconfirmed"
    )
    told.refused(
        confirm.model_copy(update={"ruleset": "qilihe-2010.residents"}), "street_officer", "campaign.rule-unconfirmed"
    )
    told.do(confirm, "street_officer")
    assert (OWN.id, "tie.rule") in told.world.campaign.confirmed
