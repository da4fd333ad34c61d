"""Groups and names in the order in which papers print them."""

from __future__ import annotations

from dataclasses import replace

from election import law
from election.acts import offices
from election.acts.order import group_key, in_order, order_words, ranked, telling_apart
from election.law import Value
from tests.acts.paper_worlds import candidate, party, residents


def test_groups_are_ordered_as_people_count_them():
    titles = ["第十一居民小组", "", "10组", "第二居民小组", "第二十居民小组", "2组", "第十居民小组"]
    found = sorted(titles, key=group_key)
    assert found[-1] == ""
    assert (
        found.index("第二居民小组")
        < found.index("第十居民小组")
        < found.index("第十一居民小组")
        < found.index("第二十居民小组")
    )
    assert found.index("2组") < found.index("10组")


def test_the_ruleset_names_the_practice_for_single_given_names():
    rules = law.load("qilihe-2010.residents")
    assert in_order(["田大利", "田富"], str, rules) == ["田富", "田大利"]
    plain = dict(rules.values) | {"names.single_given": Value("plain", "local", "", "local")}

    assert in_order(["田大利", "田富"], str, replace(rules, values=plain)) == ["田大利", "田富"]


def test_unknown_characters_are_named_once():
    assert order_words(["王英", "𪜀一", "𪜀二"]) == "以姓氏笔画为序；笔画表未收“𪜀”，含该字的姓名列后"
    assert order_words(["王英"]) == "以姓氏笔画为序"


def test_namesakes_whom_nothing_tells_apart_have_no_note():
    same = [candidate(1, "王英", "chair"), candidate(2, "王英", "chair")]
    assert telling_apart(same) == {"p1": "", "p2": ""}


def test_sex_and_age_together_tell_three_apart():
    three = [
        candidate(1, "王英", "chair", sex="male", age=30),
        candidate(2, "王英", "chair", sex="male", age=40),
        candidate(3, "王英", "chair", sex="female", age=40),
    ]
    assert telling_apart(three) == {"p1": "男30岁", "p2": "男40岁", "p3": "女40岁"}


def test_offices_are_named_in_full():
    world, _ = residents()
    assert offices.presiding(world) == "福临里社区居民委员会选举领导小组"
    assert offices.meeting(world) == "福临里社区居民代表大会"
    world.campaign.street, world.campaign.path, world.campaign.term = "某", "d/s", "2010年"
    assert offices.street_committee(world) == "中共某街道工作委员会"
    assert offices.organisation_department(world) == "区委组织部"
    assert offices.term(world) == ""


def test_a_party_organisation_is_named_by_its_form():
    world, _ = party()
    names = {}
    for form in ("branch", "general_branch", "committee", "no_committee"):
        world.election.form = form
        names[form] = offices.elected_body(world)
    assert names == {
        "branch": "中共福临里社区支部委员会",
        "general_branch": "中共福临里社区总支部委员会",
        "committee": "中共福临里社区委员会",
        "no_committee": "中共福临里社区支部",
    }


def test_a_contest_is_told_by_votes_and_equals_as_on_the_ballot():
    lines = [
        {"candidate": c, "name": name, "for": votes, "outcome": outcome}
        for c, name, votes, outcome in (
            ("a", "郭敏", 7, "not_elected"),
            ("b", "刘帆", 9, "elected"),
            ("c", "丁一", 9, "elected"),
            ("d", "王喆", 12, "elected"),
            ("e", "陈堃", 8, "not_elected"),
        )
    ]
    assert [line["name"] for line in ranked(lines, None)] == ["王喆", "丁一", "刘帆", "陈堃", "郭敏"]
