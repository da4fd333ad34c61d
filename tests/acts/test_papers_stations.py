"""Papers of a vote at stations: where everybody votes, who votes for whom, and what never leaves the hands of the staff."""

from __future__ import annotations

from datetime import date

import pytest

from election import law
from election.acts.papers import BUILDERS, DRAWN_AS, forms
from election.documents import render
from election.process.absent import GrantProxy
from election.process.stations import FixStations, StationPlan
from election.process.world import World
from tests.acts.paper_worlds import Known, made, post, residents, sources, text_of

DAY = date(2026, 10, 18)
PLANS = (
    StationPlan(name="中心投票站", place="社区大院", hours="8时至15时", groups=("第一居民小组",)),
    StationPlan(name="二号投票站", place="第九中学", hours="8时至15时", groups=("第二居民小组",)),
    StationPlan(name="流动票箱", mobile=True, place="沿福临路各院", hours="9时至11时"),
)


def stations() -> tuple[World, Known]:
    """The same community under the law of 2026, its stations fixed, a proxy given and a visit asked for."""
    world, known = residents()
    facts = world.election
    facts.rules = law.load("residents-2026")
    world.campaign.days["residents"] = DAY
    act = FixStations(on=DAY, stations=PLANS, count_place="社区大院", count_time="15时30分")
    act.apply(world, None)  # type: ignore[arg-type]
    known.say(act)
    facts.proxies, facts.visits = {"p1": "p2"}, {1: "p3"}
    return world, known


def test_the_notice_says_every_station_with_its_groups_and_how_to_ask():
    world, known = stations()
    notice = made("polling_notice", world, known, post("polling_notice"))
    assert [(x.place, x.voters) for x in notice.stations] == [
        ("社区大院", "第一居民小组"),
        ("第九中学", "第二居民小组"),
    ]
    assert [(x.name, x.route) for x in notice.mobile_boxes] == [("流动票箱", "沿福临路各院")]
    assert (notice.voters, notice.count_place) == ("登记选民", "社区大院")
    asked = [line for line in notice.instructions if "2026年10月15日以前（含当日）" in line]
    assert len(asked) == 2
    assert "不得超过3人" in asked[0]


def test_the_list_of_proxies_names_both_and_nothing_else():
    world, known = stations()
    notice = made("proxy_list", world, known, post("proxy_list"))
    assert [(x.principal, x.proxy, x.group) for x in notice.pairs] == [("王喆", "李秀英", "第一居民小组")]
    assert notice.heading.issuer == "福临里社区居民选举委员会"
    world.election.proxies = {}
    assert list(BUILDERS["proxy_list"](sources(world, known), post("proxy_list"))) == []


def test_a_certificate_is_numbered_and_bears_no_reason():
    world, known = stations()
    act = GrantProxy(principal="p1", principal_name="王喆", proxy="p2", proxy_name="李秀英", reason="外地治病")
    (found,) = BUILDERS["proxy_certificate"](sources(world, known), act)
    text = text_of(render("proxy_certificate", found.data))  # type: ignore[arg-type]
    assert found.number == "1"
    assert "王喆" in text
    assert "治病" not in text
    assert list(BUILDERS["proxy_certificate"](sources(world, known), None)) == []


def test_who_does_not_sign_in_at_a_station_is_not_on_its_sheet():
    world, known = stations()
    sheet = forms["sign_in_sheet"](sources(world, known, form=True))
    signs = [name for group in sheet.groups for name in group.names]
    assert [g.title for g in sheet.groups] == ["中心投票站　第一居民小组"]
    assert "王喆" not in signs  # a proxy votes
    assert "赵刚" not in signs  # the mobile box comes
    assert "丁一" in signs


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("station_record", ("中心投票站", "受托代投（按委托人计）", "验看空箱")),
        ("proxy_request", ("委托投票书", "2026年10月15日", "不公布")),
        ("visit_request", ("流动票箱申请表", "不张贴")),
        ("visit_list", ("赵刚", "内部资料，不得张贴", "申请1人")),
        ("vetting_sheet", ("纪检监察", "拉票贿选", "拟任职务")),
    ],
)
def test_a_form_for_a_hall_without_power(kind, words):
    world, known = stations()
    data = forms[kind](sources(world, known, form=True))
    text = text_of(render(DRAWN_AS.get(kind, kind), data))
    assert [w for w in words if w not in text] == []


@pytest.mark.parametrize("kind", ["station_record", "proxy_request", "visit_request", "visit_list", "vetting_sheet"])
def test_2010_has_no_such_form(kind):
    world, known = residents()
    assert forms[kind](sources(world, known, form=True)) is None
