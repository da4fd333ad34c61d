"""The street's campaign: its plan, rules confirmed, elections opened, days, violations, postponements."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from election import law
from election.acts import accounts
from election.acts.archive import export
from election.law.keys import KEYS
from election.process.base import Role
from election.process.campaign import RecordViolation
from election.process.facts import Campaign
from election.store import places
from election.store.worlds import world_of
from election.verify.run import verify

from .conftest import PASSWORD, STREET, Clock, Store, Town
from .test_access_second import enrol

SignIn = Callable[[str], FlaskClient]


def facts(town: Town, campaign: str = "") -> Campaign:
    with town.store.read() as session:
        return world_of(town.store, session, campaign or town.campaign).campaign


def campaigns(town: Town) -> list[str]:
    with town.store.read() as session:
        return [log.id for log in places.below(session, "campaign", "")]


@pytest.fixture
def real(store: Store, clock: Clock) -> Town:
    """An office that is no demonstration, with one street officer and one reviewer."""
    accounts.open_office(store, name="town-office", demonstration=False, now=clock())
    town = Town(store, clock)
    town.join("street", Role.STREET, STREET)
    town.join("organisation", Role.ORGANISATION, STREET.split("/")[0])
    return town


@pytest.fixture
def sign_in(app: Flask, sign_in: SignIn, clock: Clock) -> SignIn:
    """With the second factor where a real office asks for it."""
    browsers: dict[str, FlaskClient] = {}

    def signed_in(login: str) -> FlaskClient:
        if login not in browsers:
            browser = sign_in(login)
            opened = browser.get("/account").status_code == 200
            browsers[login] = browser if opened else enrol(app, login, clock)[0]
        return browsers[login]

    return signed_in


PLAN = {
    "_go": "do",
    "title": "2010年社区“两委”换届选举",
    "term": "第三届",
    "district": "七里河区",
    "street": "柳荫街道",
    "party_ruleset": "qilihe-2010.party",
    "residents_ruleset": "qilihe-2010.residents",
    "window_from": "2010-11-01",
    "window_to": "2010-12-31",
    "party_day": "2010-12-24",
    "residents_day": "2010-12-26",
    "phases.rows": "1",
    "phases.0.title": "动员部署",
    "phases.0.start": "2010-11-01",
    "phases.0.end": "2010-11-30",
    "community_names": "榆苑社区\n槐安社区、枣林社区",
}


def plan(browser: FlaskClient, **changed: str) -> TestResponse:
    return browser.post("/d/campaigns/new", data=PLAN | changed)


# --- the plan ------------------------------------------------------------------------------------------------------------


def test_the_empty_form_has_the_plan_of_2010(real: Town, sign_in: SignIn) -> None:
    page = sign_in("street").get("/d/campaigns/new").get_data(as_text=True)
    for words in ("2010-11-01", "2010-12-24", "2010-12-26", "动员部署", "组织选举", "总结验收"):
        assert words in page
    assert '<option value="qilihe-2010.party" selected>' in page


def test_a_plan_is_made(real: Town, sign_in: SignIn) -> None:
    answer = plan(sign_in("street"))
    assert answer.status_code == 302
    (log,) = campaigns(real)
    made = facts(real, log)
    assert [c.name for c in made.communities.values()] == ["榆苑社区", "槐安社区", "枣林社区"]
    assert len({c.id for c in made.communities.values()}) == 3
    assert made.path == STREET
    assert not made.demonstration
    page = sign_in("organisation").get(f"/d/campaign/{log}").get_data(as_text=True)
    assert "动员部署" in page
    assert "槐安社区" in page
    assert "启动选中的选举" not in page  # the district opens none


def test_a_plan_is_read_once_more_before_it_is_made(real: Town, sign_in: SignIn) -> None:
    """It can never be changed, so the first press shows what would be made and what follows."""
    browser = sign_in("street")
    answer = plan(browser, _go="next")
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert campaigns(real) == []
    for words in ("请核对：制定换届方案", "不能删改", "第三届", "2010年12月24日", "动员部署", "槐安社区\n枣林社区"):
        assert words in page, words
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    back = unescape(browser.post("/d/campaigns/new", data=carried | {"_go": "edit"}).get_data(as_text=True))
    assert "榆苑社区\n槐安社区\n枣林社区</textarea>" in back
    assert campaigns(real) == []
    assert browser.post("/d/campaigns/new", data=carried | {"_go": "do"}).status_code == 302
    (log,) = campaigns(real)
    assert [c.name for c in facts(real, log).communities.values()] == ["榆苑社区", "槐安社区", "枣林社区"]


def test_a_plan_that_cannot_be_made_is_told_at_the_first_press(real: Town, sign_in: SignIn) -> None:
    browser = sign_in("street")
    late = plan(browser, _go="next", party_day="2011-02-01")
    assert late.status_code == 422
    assert "还不能办理" in late.get_data(as_text=True)
    plan(browser)
    twice = plan(browser, _go="next")
    assert twice.status_code == 422
    assert len(campaigns(real)) == 1


def test_the_form_begins_with_the_place_of_whoever_plans(real: Town, sign_in: SignIn) -> None:
    page = sign_in("street").get("/d/campaigns/new").get_data(as_text=True)
    assert re.search('name="district" value="七里河区"', page)
    assert re.search('name="street" value="柳荫街道"', page)


def test_a_community_keeps_its_id_in_the_next_campaign(real: Town, sign_in: SignIn) -> None:
    browser = sign_in("street")
    plan(browser)
    (first,) = campaigns(real)
    page = browser.get("/d/campaigns/new").get_data(as_text=True)
    assert "榆苑社区\n槐安社区\n枣林社区" in page
    plan(browser, title="补选", community_names="枣林社区\n新建社区")
    (second,) = [c for c in campaigns(real) if c != first]
    before = {c.name: c.id for c in facts(real, first).communities.values()}
    after = {c.name: c.id for c in facts(real, second).communities.values()}
    assert after["枣林社区"] == before["枣林社区"]
    assert after["新建社区"] not in before.values()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"community_names": " \n"}, "请列出各社区"),
        ({"community_names": "\n".join(f"第{n}社区" for n in range(201))}, "最多 200 个社区"),
        ({"community_names": "长" * 61}, "每个名称最多 60 个字"),
        ({"title": ""}, "请填写"),
        ({"window_to": "2010-10-01"}, "还不能办理"),
        ({"party_day": "2011-02-01"}, "还不能办理"),
        ({"party_day": "随便"}, "须是日期"),
        ({"party_ruleset": "qilihe-2010.residents"}, "还不能办理"),
        ({"party_ruleset": "party-2020"}, "还不能办理"),
        ({"party_ruleset": "no-such"}, "还不能办理"),
        ({"community_names": "榆苑社区\n榆苑社区"}, "还不能办理"),
    ],
)
def test_a_plan_with_a_fault_is_not_made(real: Town, sign_in: SignIn, changed: dict[str, str], words: str) -> None:
    answer = plan(sign_in("street"), **changed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "第三届" in page  # nothing typed is lost
    assert campaigns(real) == []


def test_a_row_is_added_without_losing_anything(real: Town, sign_in: SignIn) -> None:
    page = plan(sign_in("street"), _go="add:phases").get_data(as_text=True)
    assert 'name="phases.1.title"' in page
    assert "枣林社区" in page


def test_only_the_street_plans(real: Town, sign_in: SignIn) -> None:
    assert sign_in("organisation").get("/d/campaigns/new").status_code == 404
    assert plan(sign_in("organisation")).status_code == 404


# --- rules are confirmed before elections open ---------------------------------------------------------------------------


def test_no_real_election_opens_before_its_rules_are_confirmed(real: Town, sign_in: SignIn) -> None:
    browser = sign_in("street")
    plan(browser)
    (log,) = campaigns(real)
    community = next(iter(facts(real, log).communities))
    ticked = {"open": [f"{community}:party", f"{community}:residents"]}
    answer = browser.post(f"/d/campaign/{log}/open", data=ticked)
    assert answer.status_code == 422
    assert "有 2 项选举没有启动" in answer.get_data(as_text=True)

    page = browser.get(f"/d/campaign/{log}/rules").get_data(as_text=True)
    for ruleset in ("qilihe-2010.party", "qilihe-2010.residents"):
        body = ruleset.split(".")[1]
        for key in law.load(ruleset).unconfirmed():
            assert f'name="article:{body}:{key}"' in page
    typed = {"source:all": "七里河区换届选举实施意见(2010年)"}
    for body in ("party", "residents"):
        typed |= {f"article:{body}:{k}": "第八条" for k in law.load(f"qilihe-2010.{body}").unconfirmed()}
    assert browser.post(f"/d/campaign/{log}/rules", data=typed).status_code == 302
    assert len(facts(real, log).confirmed) == len(typed) - 1
    assert "没有待确认的规定" in browser.get(f"/d/campaign/{log}/rules").get_data(as_text=True)

    assert browser.post(f"/d/campaign/{log}/open", data=ticked).status_code == 302
    with real.store.read() as session:
        assert set(places.elections(session, log, community)) == {"party", "residents"}
    again = browser.post(f"/d/campaign/{log}/open", data=ticked)  # opened once, not twice
    assert again.status_code == 302
    with real.store.read() as session:
        assert len(places.below(session, "election", STREET)) == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"article:party:carry_down": "第八条"}, "请写明来源"),
        ({"source:party:carry_down": "实施意见"}, "请写明条款"),
        ({"source:all": "实", "article:party:carry_down": "第八条"}, "请写明来源"),
        ({"source:party:carry_down": "长" * 201, "article:party:carry_down": "第八条"}, "请写明来源"),
        ({"source:party:carry_down": "实施意见", "article:party:carry_down": "长" * 201}, "请写明条款"),
    ],
)
def test_a_rule_half_filled_in_is_not_confirmed(real: Town, sign_in: SignIn, typed: dict[str, str], words: str) -> None:
    browser = sign_in("street")
    plan(browser)
    (log,) = campaigns(real)
    good = {"source:party:margin.scope": "实施意见", "article:party:margin.scope": "第九条"}
    answer = browser.post(f"/d/campaign/{log}/rules", data=good | typed)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert facts(real, log).confirmed == set()


def test_confirming_nothing_says_so(real: Town, sign_in: SignIn) -> None:
    browser = sign_in("street")
    plan(browser)
    (log,) = campaigns(real)
    answer = browser.post(f"/d/campaign/{log}/rules", data={"source:all": "实施意见"}, follow_redirects=True)
    assert "还没有填写来源和条款" in answer.get_data(as_text=True)


def test_the_district_reads_rules_and_confirms_none(real: Town, sign_in: SignIn) -> None:
    plan(sign_in("street"))
    (log,) = campaigns(real)
    browser = sign_in("organisation")
    page = browser.get(f"/d/campaign/{log}/rules").get_data(as_text=True)
    assert 'name="article:' not in page
    assert browser.post(f"/d/campaign/{log}/rules", data={"source:all": "x"}).status_code == 404


# --- acts of the campaign ------------------------------------------------------------------------------------------------


def act(browser: FlaskClient, town: Town, code: str, **typed: str) -> TestResponse:
    data = {"_go": "do", "occurred_on": "2010-12-04", "sign_password": PASSWORD} | typed
    return browser.post(f"/d/campaign/{town.campaign}/act/{code}", data=data)


def test_elections_open_with_a_tick(town: Town, sign_in: SignIn) -> None:
    browser = sign_in("street")
    page = browser.get(f"/d/campaign/{town.campaign}").get_data(as_text=True)
    assert 'value="c2:residents"' in page
    assert 'value="c1:party"' not in page  # opened already
    assert browser.post(f"/d/campaign/{town.campaign}/open", data={"open": "c2:residents"}).status_code == 302
    with town.store.read() as session:
        assert set(places.elections(session, town.campaign, "c2")) == {"party", "residents"}


@pytest.mark.parametrize("value", ["c2", "c77:party", "c2:village", ":", ""])
def test_odd_ticks_open_nothing(town: Town, sign_in: SignIn, value: str) -> None:
    answer = sign_in("street").post(f"/d/campaign/{town.campaign}/open", data={"open": value})
    assert answer.status_code == 302
    with town.store.read() as session:
        assert set(places.elections(session, town.campaign, "c2")) == {"party"}


def test_a_committee_is_formed(town: Town, sign_in: SignIn) -> None:
    answer = act(
        sign_in("street"), town, "community.committee", community="c1", head="苗主任", members="申委员\n汪委员"
    )
    assert answer.status_code == 302
    assert facts(town).communities["c1"].committee


def test_a_day_is_changed_with_its_reason(town: Town, sign_in: SignIn) -> None:
    browser = sign_in("street")
    typed = {"community": "c1", "body": "party", "day": "2010-12-20"}
    assert act(browser, town, "campaign.change_day", **typed).status_code == 422
    assert act(browser, town, "campaign.change_day", **typed, reason="会场被占用").status_code == 302
    assert facts(town).day("c1", "party") == date(2010, 12, 20)
    assert "另定" in browser.get(f"/d/campaign/{town.campaign}").get_data(as_text=True)


def test_a_violation_is_found_and_remedied(town: Town, sign_in: SignIn) -> None:
    found = {"community": "c1", "finding": "名单没有张贴", "author": "督查员"}
    assert act(sign_in("organisation"), town, "campaign.violation", **found).status_code == 302
    street = sign_in("street")
    inbox = street.get("/d/inbox").get_data(as_text=True)
    assert f"/d/campaign/{town.campaign}/act/campaign.remedy?finding=1" in inbox
    review = street.get(f"/d/{town.elections['c1/party']}").get_data(as_text=True)
    assert "名单没有张贴" in review
    assert "未整改" in review
    other = street.get(f"/d/{town.elections['c2/party']}").get_data(as_text=True)
    assert "名单没有张贴" not in other
    form = street.get(f"/d/campaign/{town.campaign}/act/campaign.remedy?finding=1").get_data(as_text=True)
    assert "名单没有张贴" in form
    assert act(street, town, "campaign.remedy", finding="1", remedy="已补贴并延长公示").status_code == 302
    assert "已补贴并延长公示" in street.get(f"/d/{town.elections['c1/party']}").get_data(as_text=True)
    assert "campaign.remedy" not in street.get("/d/inbox").get_data(as_text=True)


def test_the_finder_is_not_named_on_the_page(town: Town, sign_in: SignIn) -> None:
    act(sign_in("organisation"), town, "campaign.violation", community="c1", finding="名单没有张贴", author="督查员甲")
    page = sign_in("street").get(f"/d/campaign/{town.campaign}").get_data(as_text=True)
    assert "督查员甲" not in page
    assert "［" not in page
    assert "（不公开）" in page


@pytest.mark.parametrize(
    ("body", "decides", "looks_on"), [("party", "organisation", "street"), ("residents", "street", "organisation")]
)
def test_a_postponement_is_asked_and_decided(
    town: Town, sign_in: SignIn, body: str, decides: str, looks_on: str
) -> None:
    asked = {"community": "c1", "body": body, "new_day": "2011-03-01", "reason": "社区正在撤并"}
    assert act(sign_in("street"), town, "campaign.ask_postponement", **asked).status_code == 302
    address = f"/d/campaign/{town.campaign}/act/campaign.decide_postponement?request=1"
    assert address in sign_in(decides).get("/d/inbox").get_data(as_text=True)
    assert address not in sign_in(looks_on).get("/d/inbox").get_data(as_text=True)
    typed = {"request": "1", "approve": "yes"}
    assert act(sign_in(decides), town, "campaign.decide_postponement", **typed).status_code == 422  # no number
    typed["document_number"] = "七组〔2010〕9号"
    assert act(sign_in(looks_on), town, "campaign.decide_postponement", **typed).status_code == 422
    assert act(sign_in(decides), town, "campaign.decide_postponement", **typed).status_code == 302
    assert facts(town).day("c1", body) == date(2011, 3, 1)


def test_a_wrong_password_signs_nothing(town: Town, sign_in: SignIn) -> None:
    asked = {"community": "c1", "body": "residents", "new_day": "2011-03-01", "reason": "社区正在撤并"}
    act(sign_in("street"), town, "campaign.ask_postponement", **asked)
    typed = {"request": "1", "approve": "yes", "document_number": "柳街〔2010〕9号", "sign_password": "错"}
    answer = act(sign_in("street"), town, "campaign.decide_postponement", **typed)
    assert answer.status_code == 422
    assert facts(town).postponements[0].decided is None


def test_the_street_does_not_inspect_itself(town: Town, sign_in: SignIn) -> None:
    assert act(sign_in("street"), town, "campaign.inspect", findings="很好").status_code == 404
    assert act(sign_in("organisation"), town, "campaign.inspect", findings="程序完备").status_code == 302
    assert facts(town).inspected_on == date(2010, 12, 4)


@pytest.mark.parametrize("code", ["campaign.plan", "campaign.confirm_rule", "community.notice", "roll.fix", "nothing"])
def test_what_is_done_elsewhere_is_not_done_here(town: Town, sign_in: SignIn, code: str) -> None:
    assert sign_in("street").get(f"/d/campaign/{town.campaign}/act/{code}").status_code == 404


def test_another_street_is_out_of_reach(town: Town, sign_in: SignIn) -> None:
    browser = sign_in("other_street")
    for address in (
        f"/d/campaign/{town.campaign}",
        f"/d/campaign/{town.campaign}/rules",
        f"/d/campaign/{town.campaign}/act/campaign.train",
        f"/d/{town.elections['c1/party']}",
        f"/d/{town.elections['c1/party']}/act/inspection.record",
    ):
        assert browser.get(address).status_code == 404, address
    assert browser.post(f"/d/campaign/{town.campaign}/open", data={"open": "c2:residents"}).status_code == 404
    page = browser.get("/d/campaigns").get_data(as_text=True)
    assert "槐树街道" in page
    assert "柳荫街道" not in page


def test_findings_of_the_other_street_stay_there(town: Town, sign_in: SignIn) -> None:
    from election.acts.do import do

    other = town.people["other_street"].actor
    found = RecordViolation(community="c9", finding="票箱没有封", author="督查员")
    do(town.store, town.other_campaign, found, other, date(2010, 12, 4), town.clock())
    assert "campaign.remedy" not in sign_in("street").get("/d/inbox").get_data(as_text=True)
    assert "campaign.remedy" in sign_in("other_street").get("/d/inbox").get_data(as_text=True)


def test_the_district_sees_both_streets(town: Town, sign_in: SignIn) -> None:
    page = sign_in("organisation").get("/d/").get_data(as_text=True)
    assert "c1社区" in page
    assert "c9社区" in page
    assert 'name="street"' in page
    only = sign_in("organisation").get(f"/d/?street={town.other_campaign}").get_data(as_text=True)
    assert "c1社区" not in only


def test_two_terms_of_a_street_show_the_newest(town: Town, sign_in: SignIn) -> None:
    browser = sign_in("street")
    plan(
        browser,
        title="2011年补选",
        window_from="2011-01-01",
        window_to="2011-12-31",
        party_day="2011-06-01",
        residents_day="2011-06-02",
    )
    page = browser.get("/d/").get_data(as_text=True)
    assert "榆苑社区" in page
    assert "c1社区" not in page
    listed = browser.get("/d/campaigns").get_data(as_text=True)
    assert listed.index("2011年补选") < listed.index("2010年社区两委换届选举")


# --- rules ---------------------------------------------------------------------------------------------------------------


def test_rulesets_side_by_side(town: Town, sign_in: SignIn) -> None:
    browser = sign_in("civil")
    differ = browser.get("/d/rulesets").get_data(as_text=True)
    assert "超过 4/5" in differ
    assert "不少于 4/5" in differ
    assert "差额比例" not in differ[differ.index("规则对照") :]  # the same everywhere
    every = browser.get("/d/rulesets?view=all").get_data(as_text=True)
    assert "差额比例" in every
    two = browser.get("/d/rulesets?r=qilihe-2010.party&r=party-2020").get_data(as_text=True)
    assert two.count('<table class="side">') <= 2
    assert "villagers-2018</th>" not in two
    assert browser.get("/d/rulesets?r=nonsense&view=x").status_code == 200


@pytest.mark.parametrize("ruleset", law.ids())
def test_every_ruleset_has_its_page(town: Town, sign_in: SignIn, ruleset: str) -> None:
    answer = sign_in("civil").get(f"/d/rulesets/{ruleset}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "ruleset." not in page  # every key has its words
    count = len(law.load(ruleset).unconfirmed())
    assert (f"有 {count} 项决定选举结果的规定没有查到原文" in page) == bool(count)
    fixed = sum(KEYS[key].fixed for key in law.load(ruleset).values if key in KEYS)
    assert page.count("本程序只此一种做法") == fixed > 0


def test_no_such_ruleset(town: Town, sign_in: SignIn) -> None:
    assert sign_in("civil").get("/d/rulesets/../etc").status_code == 404
    assert sign_in("civil").get("/d/rulesets/none").status_code == 404


# --- an office's own rules -----------------------------------------------------------------------------------------------

OWN = """id = "liuyin-2010"
extends = "qilihe-2010.residents"
title = "柳荫街道居民委员会换届选举规则"
[values]
official.days_before = { value = 7, source = "柳街〔2010〕1号", article = "第三条" }
"""


def bring(browser: FlaskClient, text: str, name: str = "own.toml") -> TestResponse:
    return browser.post("/d/rulesets", data={"file": (BytesIO(text.encode()), name)})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OWN.replace(', source = "柳街〔2010〕1号"', ""), ("没有写明来源", "own.toml：official.days_before")),
        (OWN.replace("days_before", "days_befor"), ("规则里没有这一项", "是不是 official.days_before？")),
        (OWN.replace("= 7", '= "七"'), ("“七”不合要求", "须是不小于 0 的整数。")),
        (OWN.replace("value = 7,", ""), ("没有写值", "official.days_before")),
        (OWN.replace('extends = "qilihe-2010.residents"', ""), ("没有写明依据哪一部内置规则", "extends")),
        (OWN.replace("liuyin-2010", "party-2020"), ("这个编号是内置规则的", "own.toml：id")),
        ("id = ", ("文件格式有误", "own.toml")),
        (OWN + "seats.min = { value = 11, source = '甲' }", ("小于 seats.min", "seats.max")),
        (OWN + "quorum.plenary = { value = '> 1/2', source = '甲' }", ("缺少这一项", "threshold.plenary")),
    ],
)
def test_a_file_that_is_no_ruleset_names_the_key_and_the_mend(
    real: Town, sign_in: SignIn, text: str, words: tuple[str, ...]
) -> None:
    answer = bring(sign_in("street"), text)
    assert answer.status_code == 422
    page = unescape(answer.get_data(as_text=True))
    assert not [word for word in words if word not in page]
    assert "liuyin-2010" not in unescape(sign_in("street").get("/d/campaigns/new").get_data(as_text=True))


def test_no_file_and_no_right_bring_nothing(real: Town, sign_in: SignIn) -> None:
    answer = sign_in("street").post("/d/rulesets", data={})
    assert answer.status_code == 422
    assert "请选择本地规则文件" in answer.get_data(as_text=True)
    assert bring(sign_in("organisation"), OWN).status_code in (403, 404)
    assert "检查并收下" not in sign_in("organisation").get("/d/rulesets").get_data(as_text=True)


def test_a_turnover_under_an_office_s_own_rules(town: Town, sign_in: SignIn, tmp_path: Path) -> None:
    """Brought on a page, named by a plan, sealed in it, followed by the election, proved by the bundle."""
    browser = sign_in("street")
    answer = bring(browser, OWN)
    assert answer.headers["Location"] == "/d/rulesets/liuyin-2010"
    page = unescape(browser.get("/d/rulesets/liuyin-2010").get_data(as_text=True))
    assert "柳街〔2010〕1号" in page
    assert "柳荫街道居民委员会换届选举规则" in page
    assert bring(browser, OWN).status_code == 302  # the same again changes nothing
    other = bring(browser, OWN.replace("= 7", "= 8"))
    assert other.status_code == 422
    assert "这个编号已经用于另一部规则" in other.get_data(as_text=True)
    assert "liuyin-2010" in browser.get("/d/rulesets?r=liuyin-2010&view=all").get_data(as_text=True)

    before = set(campaigns(town))
    assert plan(browser, residents_ruleset="liuyin-2010").status_code == 302
    (log,) = set(campaigns(town)) - before
    own = law.load_bytes(OWN.encode(), "own.toml")
    assert facts(town, log).own == {"liuyin-2010": own}
    community = next(iter(facts(town, log).communities))
    ticked = {"open": [f"{community}:residents", f"{community}:party"]}
    assert browser.post(f"/d/campaign/{log}/open", data=ticked).status_code == 302
    with town.store.read() as session:
        opened = places.elections(session, log, community)
        assert world_of(town.store, session, opened["residents"]).election.law == own
        assert world_of(town.store, session, opened["party"]).election.law == law.load("qilihe-2010.party")
    for election in opened.values():
        export(town.store, election, tmp_path / f"{election}.zip")
        assert verify(tmp_path / f"{election}.zip").ok
