"""What each check and each outcome rests on: its code, every number put in, and the value of the ruleset it cites."""

from __future__ import annotations

import dataclasses

import pytest

from election import count, law
from election.commands.count import put_into_words

ALL = tuple(law.ids())


def cited(ruleset, **changed):
    """The ruleset with each value's own key for its article, so that an answer shows which one it cites."""
    rules = law.load(ruleset)
    values = {key: dataclasses.replace(value, article=key, status="seen") for key, value in rules.values.items()}
    for key, value in changed.items():
        key = key.replace("__", ".")
        values[key] = law.Value(value, "本地规定", key, "local")
    return dataclasses.replace(rules, values=values)


def whys(file, ruleset="qilihe-2010.residents", **changed):
    answer = count.decide(file, cited(ruleset, **changed))
    return [[row["why"] for row in contest["votes"]] for contest in answer["contests"]]


def why(code, article, **params):
    return {"code": f"count.why.{code}", "params": params, "article": article}


def listed(*sexes, **more):
    return [
        {"id": f"c{n}", "name": f"候选人{n}", "sex": sex, **more.get(f"c{n}", {})} for n, sex in enumerate(sexes, 1)
    ]


@pytest.mark.parametrize("ruleset", ALL)
def test_the_checks(tally, ruleset):
    rules = cited(ruleset)
    file = tally([1], of=48, ruleset=ruleset) | {"entitled": 60, "present": 52, "issued": 50}
    quorum, returned, *issued = count.decide(file, rules)["checks"]
    needs, needed = {
        "qilihe-2010.party": ("5*52 > 4*60", 49),
        "party-2020": ("5*52 >= 4*60", 48),
    }.get(ruleset, ("2*52 > 60", 31))
    assert quorum == {
        "rule": "quorum",
        "ok": True,
        "needs": needs,
        "article": "quorum.assembly",
        "code": "quorum.met",
        "params": {"present": 52, "entitled": 60, "needed": needed},
    }
    assert returned == {
        "rule": "returned",
        "ok": True,
        "needs": "48 <= 50",
        "article": "returned.at_most",
        "code": "returned.within",
        "params": {"returned": 48, "issued": 50},
    }
    within = {
        "rule": "issued",
        "ok": True,
        "needs": "50 <= 52",
        "article": "issued.at_most",
        "code": "issued.within",
        "params": {"issued": 50, "present": 52},
    }
    assert issued == ([] if rules.value("proxy.allowed") else [within])


def test_the_checks_that_fail(tally):
    file = tally([1], of=48) | {"entitled": 60, "present": 30, "issued": 47}
    quorum, returned, issued = count.decide(file, cited("qilihe-2010.residents"))["checks"]
    assert (quorum["ok"], quorum["code"], quorum["needs"]) == (False, "quorum.not_met", "2*30 > 60")
    assert (returned["ok"], returned["code"], returned["needs"]) == (False, "returned.over", "48 <= 47")
    assert returned["params"] == {"returned": 48, "issued": 47}
    assert (issued["ok"], issued["code"], issued["params"]) == (False, "issued.over", {"issued": 47, "present": 30})


@pytest.mark.parametrize(("meeting", "ruleset", "key"), [
    ("plenary", "qilihe-2010.party", "plenary"), ("council", "qilihe-2010.residents", "council"),
])  # fmt: skip
def test_another_meeting_cites_its_own_values(tally, meeting, ruleset, key):
    answer = count.decide(tally([9], of=9, ruleset=ruleset, meeting=meeting), cited(ruleset))
    assert answer["checks"][0]["article"] == f"quorum.{key}"
    assert answer["contests"][0]["votes"][0]["why"]["article"] == f"threshold.{key}"


def test_elected_below_and_rank(tally):
    numbers = {"needed": 31, "base": 60, "seats": 2}
    assert whys(tally([40, 35, 31, 14], of=60, seats=2)) == [
        [
            why("elected", "threshold.assembly", votes=40, **numbers),
            why("elected", "threshold.assembly", votes=35, **numbers),
            why("rank", "threshold.assembly", votes=31, **numbers),
            why("below", "threshold.assembly", votes=14, **numbers),
        ]
    ]


def test_tied(tally):
    numbers = {"needed": 31, "base": 60, "seats": 3}
    assert whys(tally([45, 40, 40, 40], of=60, seats=3)) == [
        [
            why("elected", "threshold.assembly", votes=45, **numbers),
            *[why("tied", "tie.rule", votes=40, tied=3, open=2, **numbers)] * 3,
        ]
    ]


def test_a_revote_and_a_second_round_cite_their_own_rule(tally):
    (revote,) = whys(tally([3, 2, 0], of=60, revote=True))
    numbers = {"needed": 1, "base": 60, "seats": 1}
    assert revote == [
        why("elected", "tie.rule", votes=3, **numbers),
        why("rank", "tie.rule", votes=2, **numbers),
        why("below", "tie.rule", votes=0, **numbers),
    ]
    (second,) = whys(tally([20, 19], of=60, round=2, ruleset="villagers-2018"), "villagers-2018")
    numbers = {"needed": 20, "base": 60, "seats": 1}
    assert second == [
        why("elected", "second_round.floor", votes=20, **numbers),
        why("below", "second_round.floor", votes=19, **numbers),
    ]
    (same,) = whys(tally([31], of=60, round=2))
    assert same == [why("elected", "threshold.assembly", votes=31, needed=31, base=60, seats=1)]


def test_struck_and_void(tally):
    candidates = listed("male", "male", c1={"struck": True})
    assert whys(tally([40, 35], of=60, seats=2, candidates=candidates)) == [
        [
            why("struck", "struck.electable", votes=40, needed=31, base=60, seats=2),
            why("elected", "threshold.assembly", votes=35, needed=31, base=60, seats=2),
        ]
    ]
    void = whys(tally([40, 35], of=60, seats=2, candidates=candidates) | {"entitled": 120})
    assert void == [[why("void", "quorum.assembly", votes=40), why("void", "quorum.assembly", votes=35)]]


def test_a_required_kind(tally):
    woman = [{"kind": "woman", "at_least": 1}]
    numbers = {"needed": 31, "base": 60, "seats": 2}
    passed = tally([45, 40, 35], of=60, seats=2, candidates=listed("male", "male", "female"), require=woman)
    assert whys(passed) == [
        [
            why("elected", "threshold.assembly", votes=45, **numbers),
            why("displaced", "require.rule", votes=40, **numbers),
            why("elected_of_kind", "require.rule", votes=35, **numbers),
        ]
    ]
    short = tally([45, 40, 30], of=60, seats=2, candidates=listed("male", "male", "female"), require=woman)
    assert whys(short) == [
        [
            why("elected", "threshold.assembly", votes=45, **numbers),
            why("held", "require.rule", votes=40, held=1, **numbers),
            why("below", "threshold.assembly", votes=30, **numbers),
        ]
    ]


def test_a_woman_whom_rank_elects_is_not_preferred(tally):
    file = tally([45, 40, 35], of=60, seats=2, candidates=listed("female", "male", "female"))
    woman = file | {"require": [{"kind": "woman", "at_least": 1}]}
    assert whys(woman) == whys(file)


def test_reasons_of_equals_of_whom_only_one_is_of_the_kind(tally):
    """35 against 35: nobody with more votes took his seat, she did, by her kind."""
    file = tally([50, 35, 35], of=60, seats=2, candidates=listed("male", "male", "female"))
    numbers = {"needed": 31, "base": 60, "seats": 2}
    assert whys(file | {"require": [{"kind": "woman", "at_least": 1}]}) == [
        [
            why("elected", "threshold.assembly", votes=50, **numbers),
            why("displaced", "require.rule", votes=35, **numbers),
            why("elected_of_kind", "require.rule", votes=35, **numbers),
        ]
    ]


def test_who_fell_below_the_cut_is_not_displaced_by_a_kind(tally):
    candidates = listed("male", "male", "female", "male")
    file = tally([42, 41, 35, 36], of=80, revote=True, seats=2, candidates=candidates)
    (reasons,) = whys(file | {"require": [{"kind": "woman", "at_least": 1}]})
    assert [reason["code"].removeprefix("count.why.") for reason in reasons] == [
        "elected",
        "displaced",
        "elected_of_kind",
        "rank",
    ]


def test_a_void_election_cites_the_check_that_failed(tally):
    more = tally([45, 20], of=70) | {"issued": 69}
    assert {reason["article"] for reason in whys(more)[0]} == {"returned.at_most"}
    few = tally([45, 20], of=70) | {"entitled": 140}
    assert {reason["article"] for reason in whys(few)[0]} == {"quorum.assembly"}


def test_one_post_each_and_carried_votes(cast, contest):
    contests = [contest("甲 乙", 1, "chair"), contest("甲 丙", 1, "member")]
    ballots = [{"times": 9, "marks": {"chair": {"c1": "for"}, "member": {"c1": "for"}}}]
    file = cast([*ballots, {"times": 3, "marks": {"member": {"c2": "for"}}}], contests=contests)
    numbers = {"needed": 7, "base": 12, "seats": 1}
    chair, member = whys(file, one_post_each=True)
    assert chair == [
        why("elected", "threshold.assembly", votes=9, **numbers),
        why("below", "threshold.assembly", votes=0, **numbers),
    ]
    assert member == [
        why("higher_post", "one_post_each", votes=9, **numbers),
        why("below", "threshold.assembly", votes=3, **numbers),
    ]
    _, carried = whys(file, carry_down=True)
    assert carried[0] == why("elected", "threshold.assembly", votes=18, **numbers), "the votes that decided"


def test_nobody_elected_to_a_higher_post_is_invited_again(cast, contest):
    contests = [contest("甲 乙", 1, "chair"), contest("甲 丙 丁", 1, "member")]
    ballots = [{"times": 9, "marks": {"chair": {"c1": "for"}, "member": {"c1": "for"}}}]
    answer = count.decide(cast(ballots, contests=contests), cited("qilihe-2010.residents", one_post_each=True))
    assert answer["contests"][1]["next"] == {"kind": "second_round", "candidates": ["c2", "c3"], "seats": 1}


@pytest.mark.parametrize("ruleset", ALL)
def test_every_sentence_says_its_numbers(tally, ruleset):
    file = tally([35, 34, 32, 5], of=60, invalid=7, seats=2, ruleset=ruleset)
    answer = count.decide(file, law.load(ruleset))
    put_into_words(answer)
    for fact in [*answer["checks"], *(row["why"] for row in answer["contests"][0]["votes"])]:
        for key in ("text", "text_en"):
            assert "{" not in fact[key]
        assert fact["article"]
        if "votes" in fact["params"]:
            assert str(fact["params"]["votes"]) in fact["text"]
            assert str(fact["params"]["votes"]) in fact["text_en"]
