"""The built-in rulesets say what the contract's table says, and every number carries its source."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest

from election import law
from election.faults import WrongInput
from election.law.keys import KEYS, key_of

ALL = ("qilihe-2010.party", "qilihe-2010.residents", "party-2020", "residents-2026", "villagers-2018")

#: the table of the contract, as values
TABLE = {
    "qilihe-2010.party": {
        "electorate": "assembly", "delegates.above_members": 300, "delegates.min": 100, "delegates.max": 200,
        "quorum.assembly": "> 4/5", "threshold.assembly": "> 1/2", "base.assembly": "present", "margin.share": "1/5",
        "second_round.rule": "threshold", "over_mark.voids": "ballot", "proxy.allowed": False,
        "quorum.plenary": "> 2/3", "base.plenary": "entitled", "write_in.needs_against": True,
    },
    "qilihe-2010.residents": {
        "electorate": "representatives", "representatives.total_min": 40, "representatives.total_max": 60,
        "representatives.residents_share": ">= 2/3", "quorum.assembly": "> 1/2", "threshold.assembly": "> 1/2",
        "base.assembly": "present", "margin.share": "1/5", "margin.equal_by_hands": True,
        "second_round.rule": "threshold", "over_mark.voids": "contest", "proxy.allowed": False,
        "quorum.council": "> 1/2", "base.council": "present", "nomination.joint_voters": 10,
        "nomination.joint_households": 5, "official.days_before": 5, "handover.days": 3, "objection.window_days": 5,
        "objection.answer_days": 3, "seats.min": 5, "seats.max": 9, "seats.odd": True,
    },
    "party-2020": {
        "electorate": "assembly", "delegates.above_members": 499, "quorum.assembly": ">= 4/5",
        "threshold.assembly": "> 1/2", "base.assembly": "entitled", "margin.share": "1/5",
        "second_round.rule": "threshold", "over_mark.voids": "ballot", "proxy.allowed": False,
        "quorum.plenary": "> 2/3", "base.plenary": "entitled", "write_in.needs_against": True,
    },
    "residents-2026": {
        "electorate": "voters", "quorum.assembly": "> 1/2", "threshold.assembly": "> 1/2", "base.assembly": "returned",
        "margin.more_than_seats": True, "second_round.rule": "most_votes", "second_round.floor": "1/3",
        "rounds.last": 2, "over_mark.voids": "contest", "proxy.allowed": True, "proxy.written": True,
        "proxy.max_held": 3, "proxy.near_relatives": False,
    },
    "villagers-2018": {
        "electorate": "voters", "quorum.assembly": "> 1/2", "threshold.assembly": "> 1/2", "base.assembly": "returned",
        "margin.more_than_seats": True, "second_round.rule": "most_votes", "second_round.floor": "1/3",
        "rounds.last": 2, "over_mark.voids": "contest", "proxy.allowed": True, "proxy.max_held": 3,
        "proxy.near_relatives": True,
    },
}  # fmt: skip

#: steps of the plan and what each waits for
PARTY = {
    "party.roll": (), "party.assembly": ("party.roll",), "party.seats": (),
    "party.propose": ("party.seats", "community.notice"), "party.prospective": ("party.propose", "party.roll"),
    "party.assess": ("party.prospective",), "party.nominate_approve": ("party.assess",),
    "party.prepare": ("party.nominate_approve", "party.assembly"), "party.meeting": ("party.prepare",),
    "party.ballot": ("party.meeting",), "party.consent": ("party.ballot",), "party.plenary": ("party.consent",),
    "party.approve": ("party.plenary",), "handover": ("party.approve",), "division": ("handover",),
    "inspection": ("handover",), "report": ("division",), "archive": ("inspection", "report"),
}  # fmt: skip
RESIDENTS = {
    "residents.lead": (), "residents.seats": ("residents.lead",), "residents.register": (),
    "residents.roll": ("residents.register", "residents.lead"),
    "residents.representatives": ("residents.lead", "residents.register"),
    "residents.propose": ("residents.seats", "community.notice"),
    "residents.prospective": ("residents.propose", "residents.roll"), "residents.assess": ("residents.prospective",),
    "residents.official": ("residents.assess", "residents.representatives"),
    "residents.prepare": ("residents.official",), "residents.meeting": ("residents.prepare",),
    "residents.ballot": ("residents.meeting",), "residents.hands": ("residents.meeting",),
    "residents.council": ("residents.ballot", "residents.hands"),
    "residents.certify": ("residents.ballot", "residents.hands"), "residents.file": ("residents.certify",),
    "handover": ("residents.ballot", "residents.hands"), "division": ("handover",),
    "inspection": ("handover", "residents.file"), "report": ("division",),
    "archive": ("inspection", "report", "residents.council"),
}  # fmt: skip


def test_the_ids():
    assert sorted(law.ids()) == sorted(ALL)


@pytest.mark.parametrize("ruleset", ALL)
def test_the_contract_s_table(ruleset):
    rules = law.load(ruleset)
    assert {key: rules.value(key) for key in TABLE[ruleset]} == TABLE[ruleset]


@pytest.mark.parametrize("ruleset", ALL)
def test_every_number_has_a_source_and_a_known_status(ruleset):
    rules = law.load(ruleset)
    for key, rule in rules.values.items():
        assert rule.source, key
        assert rule.status in ("seen", "secondary", "memory", "assumed"), key
        assert rule.article or rule.status in ("secondary", "memory", "assumed"), key
        assert rules.article(key), key


def test_what_decides_is_assumed_from_2026():
    rules = law.load("residents-2026")
    deciding = [key for key in rules.values if KEYS.get(key) and KEYS[key].decides]
    assert deciding
    assert {rules.rule(key).status for key in deciding} == {"assumed"}
    assert rules.unconfirmed() == tuple(sorted(deciding))


def test_unconfirmed_names_deciding_keys_only():
    found = law.load("qilihe-2010.residents").unconfirmed()
    assert "objection.window_days" in found
    assert "quorum.assembly" not in found, "seen"
    assert "retention.ballots_years" not in found, "decides nothing"


@pytest.mark.parametrize(("ruleset", "steps"), [("qilihe-2010.party", PARTY), ("qilihe-2010.residents", RESIDENTS)])
def test_the_plan_s_steps(ruleset, steps):
    assert {step.name: step.after for step in law.load(ruleset).steps} == steps


def test_branches_of_the_residents_election():
    rules = law.load("qilihe-2010.residents")
    assert {step.name: step.when for step in rules.steps if step.when} == {
        "residents.ballot": "ballot",
        "residents.hands": "hands",
    }


@pytest.mark.parametrize("ruleset", ALL)
def test_steps_come_after_what_they_wait_for_and_end_in_the_archive(ruleset):
    steps = law.load(ruleset).steps
    done: set[str] = set()
    running = {step.name for step in steps}
    for step in steps:
        assert {name for name in step.after if name in running} <= done, step.name
        done.add(step.name)
        assert step.title
        assert step.title_en
    assert steps[-1].name == "archive"


@pytest.mark.parametrize("ruleset", ALL)
def test_a_resolved_ruleset_reads_back_the_same(ruleset):
    rules = law.load(ruleset)
    sealed = json.dumps(rules.as_json(), ensure_ascii=False)
    assert law.from_json(sealed) == rules
    assert law.from_json(sealed.encode()) == rules
    assert law.from_json(json.loads(sealed)).as_json() == rules.as_json()


def test_in_force():
    period = law.load("villagers-2018").in_force
    assert date(2018, 12, 29) in period
    assert date(2026, 1, 1) not in period
    assert date(2026, 1, 1) in law.load("residents-2026").in_force
    assert date(2050, 1, 1) in law.load("party-2020").in_force


def test_only_2026_extends_another():
    assert {name: law.load(name).extends for name in ALL if law.load(name).extends} == {
        "residents-2026": "villagers-2018"
    }


def test_a_key_that_is_not_there():
    rules = law.load("qilihe-2010.party")
    with pytest.raises(KeyError, match=r"age\.min"):
        rules.value("age.min")
    assert rules.get("age.min") is None
    assert rules.get("age.min", 18) == 18
    with pytest.raises(KeyError, match=r"residents\.lead"):
        rules.step("residents.lead")
    with pytest.raises(TypeError):
        rules.number("quorum.assembly")
    with pytest.raises(TypeError):
        rules.text("delegates.min")
    with pytest.raises(TypeError):
        rules.number("proxy.allowed")


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(WrongInput, match="did you mean party-2020"):
        law.load("party-2021")
    with pytest.raises(WrongInput, match="one of"):
        law.load("x")
    with pytest.raises(WrongInput):
        law.load("../rulesets/party-2020")


def test_every_key_and_finding_has_words():
    from election.commands.rulesets import label
    from election.words import sentences

    for language in ("zh", "en"):
        for key in KEYS:
            assert label(key, language)
    assert label("calendar.days.handover") == "计划日：新老班子交接（选举日前天数）"
    assert key_of("calendar.days.handover") is not None
    said = sentences()
    for group, names in {"status": law.ruleset.STATUSES, "on_miss": law.ruleset.ON_MISS}.items():
        assert all(f"ruleset.{group}.{name}" in said for name in names)


def test_campaign_and_community_steps_have_titles():
    titles = law.step_titles()
    for name in ("campaign.plan", "campaign.postpone", "community.committee", "community.notice", "community.reports"):
        assert all(titles[name])


def test_the_printed_table_is_not_stale():
    from pathlib import Path

    from election.commands.rulesets_table import side_by_side

    page = Path(__file__).parents[2] / "docs" / "rulesets.md"
    assert page.read_text(encoding="utf-8") == side_by_side(), "run: election rulesets --table > docs/rulesets.md"


def test_the_printed_table_shows_disagreement_and_doubt():
    from election.commands.rulesets_table import side_by_side

    page = side_by_side()
    marked = {
        line.rsplit("`", 2)[-2]
        for line in page.splitlines()
        if line.startswith("| ≠ ")
        for line in [line.split(" | ")[0]]
    }
    assert {"quorum.assembly", "base.assembly", "second_round.rule", "seats.odd"} <= marked
    assert "margin.scope" not in marked
    for name in ALL:
        assert f"- `{name}` {len(law.load(name).unconfirmed())}: " in page


def test_the_order_of_the_ids():
    assert law.ids() == ["qilihe-2010.party", "qilihe-2010.residents", "villagers-2018", "party-2020", "residents-2026"]


def test_the_first_and_the_last_day_in_force_count():
    period = law.load("villagers-2018").in_force
    assert date(2018, 12, 28) not in period
    assert date(2025, 12, 31) in period
    assert period.as_json() == {"from": "2018-12-29", "to": "2025-12-31"}
    assert date(2018, 1, 1) not in law.load("residents-2026").in_force


#: SHA-256 of each resolved ruleset. An id never changes its meaning: what differs from here needs an id of its own
MEANINGS = {
    "qilihe-2010.party": "856c1b3e32749636384e3f1cc134846151bfdbf79966ee7654086ff637a8dd10",
    "qilihe-2010.residents": "0125724ca8bc56c328513f400bd49b1259dcb73d56d0f29d778ff531aaa1faa2",
    "villagers-2018": "69753ea8007b6d1b6f13b34ae5e66225c24fd9a4781e2ce6f8d0b0199a608319",
    "party-2020": "9df9e9e07c9feee41b90695b4e81c2c42250b641ab95dbe792c08319bb4c672e",
    "residents-2026": "2e64713386a87ae25b603037c7980e38fce9970d08ece6ee2d38d739c17b2cee",
}


@pytest.mark.parametrize("ruleset", ALL)
def test_an_id_never_changes_its_meaning(ruleset):
    resolved = json.dumps(law.load(ruleset).as_json(), ensure_ascii=False, sort_keys=True)
    assert hashlib.sha256(resolved.encode()).hexdigest() == MEANINGS[ruleset]


@pytest.mark.parametrize("known", ["qilihe-2010.party", "qilihe-2010.residents"])
def test_a_ruleset_sealed_before_a_number_was_asked_for_keeps_its_meaning(known):
    sealed = law.load(known).as_json()
    for key in ("meeting.majority", "nomination.agreement"):
        sealed["values"].pop(key, None)
    again = law.from_json(json.dumps(sealed))
    assert again.threshold("meeting.majority").needed(55) == 28
    assert again.body == "party" or again.threshold("nomination.agreement").needed(8) == 5
