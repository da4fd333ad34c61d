"""The whole turnover of both committees of one community, through the pages, by everybody who has a part in it.

From an office without a campaign to two archives that verify: with a list returned by the district, a margin refused
and mended, a meeting void for want of members and called again, a second round, an objection upheld.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from election.acts import accounts
from election.demo.people import Resident, street
from election.demo.rolls import write_members_xlsx, write_roll_xlsx
from election.process.base import Role
from election.process.machine import SERVER
from election.store.database import Store
from election.web import create_app

from .driving import PASSWORD, Clock, Election, Hall, Person, code_on

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser
Serve = Callable[[Flask], str]

#: 336 residents in three groups, 21 full members and a probationary one
COMMUNITY = street().communities[4]
SCOPE = "七里河区/柳荫街道"
PARTY_DAY, RESIDENTS_DAY = date(2010, 12, 24), date(2010, 12, 26)


def plain(people: list[Resident]) -> list[Resident]:
    """Those whose name nobody else in the community has."""
    once = Counter(r.name for r in COMMUNITY.residents)
    return [r for r in people if once[r.name] == 1]


def members() -> list[Resident]:
    return [r for r in COMMUNITY.members if r.membership == "full"]


@dataclass
class Turnover:
    """What the story has come to: people by a short name, the campaign, the two elections."""

    hall: Hall
    store: Store
    people: dict[str, Person] = field(default_factory=dict)
    campaign: str = ""
    community: str = ""
    party: Election = field(default_factory=lambda: Election("", "party"))
    residents: Election = field(default_factory=lambda: Election("", "residents"))

    def __getitem__(self, short: str) -> Person:
        return self.people[short]

    @property
    def clock(self) -> Clock:
        return self.hall.clock

    @property
    def shared(self) -> str:
        """Address of what both elections share."""
        return f"/c/{self.campaign}/{self.community}"

    def joins(self, maker: str, short: str, login: str, name: str, role: Role, place: str) -> Person:
        """An account made on the page of accounts; its owner sets the password with the code on the slip."""
        by = self[maker]
        by.go("/office/accounts/new")
        by.shows({"name": name, "login": login, "role": role.value})
        by.shows({"other": place} if by.page.locator("#f-other").count() else {"scope": place})
        by.press(by.page.get_by_role("button", name="开账号", exact=True))
        code = by.page.locator(".slip-code").inner_text()
        self.people[short] = self.hall.person(name, login).sets_password(code)
        return self.people[short]


@pytest.fixture
def turnover(store: Store, served: Serve, new_context: Callable[..., BrowserContext]) -> Iterator[Turnover]:
    """An office that has just been opened; its administrator has the one-time code."""
    clock = Clock()
    accounts.open_office(store, name="qilihe.liuyin", demonstration=False, now=clock())
    _, code = accounts.create_account(
        store, SERVER, login="admin", name="管理员", role=Role.ADMINISTRATOR, scope="", now=clock()
    )
    hall = Hall(served(create_app(store, clock=clock)), clock, new_context)
    told = Turnover(hall, store)
    told.people["admin"] = hall.person("管理员", "admin").sets_password(code)
    told.people["resident"] = hall.person("居民")
    yield told
    assert hall.faults == []


# --- the street's campaign -------------------------------------------------------------------------------------------


def plan(t: Turnover) -> None:
    """Accounts of district and street; the plan, its numbers confirmed, the leading group."""
    t.clock.at(11, 1)
    t.joins("admin", "org", "zuzhibu", "组织部审核员", Role.ORGANISATION, "七里河区")
    t.joins("admin", "civil", "minzhengju", "民政局审核员", Role.CIVIL, "七里河区")
    officer = t.joins("admin", "street", "jiedao", "街道换届办", Role.STREET, SCOPE)
    officer.go("/d/campaigns/new")
    officer.shows(
        {
            "term": "第三届",
            "district": "七里河区",
            "street": "柳荫街道",
            "party_day": PARTY_DAY,
            "residents_day": RESIDENTS_DAY,
            "party_ruleset": "qilihe-2010.party",
            "residents_ruleset": "qilihe-2010.residents",
            "community_names": COMMUNITY.name,
        }
    )
    officer.picture("plan", height=1000)
    officer.send()
    assert "换届方案已制定" in officer.said, officer.refusal
    t.campaign = code_on(officer.page, r"/campaign/([0-9a-f-]+)")
    link = officer.page.get_by_role("link", name=COMMUNITY.name, exact=True).first.get_attribute("href") or ""
    t.community = link.rsplit("/", 1)[-1]
    assert "确认来源和条款以前不能启动选举" in officer.text
    officer.page.locator(f'[name="open"][value="{t.community}:party"]').check()
    officer.press(officer.page.get_by_role("button", name="启动选中的选举"))
    assert "没有启动" in officer.refusal
    officer.go(f"/d/campaign/{t.campaign}/rules")
    officer.picture("confirm-rules")
    for box in officer.page.locator('main input[name^="source:"]').all():
        box.fill("七里河区社区换届选举工作实施方案")
    for box in officer.page.locator('main input[name^="article:"]').all():
        box.fill("第五部分")
    officer.press(officer.page.get_by_role("button", name="确认已填写的规定"))
    assert "全部确认" in officer.text
    campaign = f"/d/campaign/{t.campaign}"
    officer.act(
        campaign,
        "campaign.lead",
        head="乔书记",
        members=["安主任", "季副书记"],
        guidance=[{"community": COMMUNITY.name, "name": "指导员一"}],
    )
    officer.act(campaign, "campaign.train", topic="选举程序与计票办法", place="街道会议室", attendees=36)


def begin(t: Turnover) -> None:
    """The turnover committee with its accounts; posts and reports; both elections opened."""
    officer = t["street"]
    t.clock.at(11, 10)
    officer.act(
        f"/d/campaign/{t.campaign}",
        "community.committee",
        community=COMMUNITY.name,
        head="苗主任",
        members=["申委员", "汪委员", "路委员"],
    )
    here = f"柳荫街道 · {COMMUNITY.name}"
    chair = t.joins("street", "chair", "zhuren", "苗主任", Role.COMMITTEE_CHAIR, here)
    t.joins("street", "lead", "zuzhang", "领导小组组长", Role.LEADING_CHAIR, here)
    t.joins("chair", "registrar", "dengji", "登记员", Role.REGISTRAR, here)
    t.joins("chair", "outgoing", "shangjie", "上届代表", Role.OUTGOING, here)
    t.joins("chair", "incoming", "xinjie", "新一届代表", Role.INCOMING, here)
    t.clock.at(11, 15)
    chair.act(
        t.shared,
        "community.notice",
        purpose="依法选举产生新一届社区党组织委员会和居民委员会。",
        party_posts="委员5人，其中书记1人、副书记1人",
        residents_posts="主任1人、副主任1人、委员3人",
        conditions="党组织负责人一般应具有高中以上学历，原则上年龄在40岁以下。",
        place="社区宣传栏",
    )
    for body, title in (("party", "社区党组织三年工作报告"), ("residents", "第二届居民委员会工作报告")):
        chair.act(t.shared, "community.reports", body_of_report=body, title=title)
    officer.go(f"/d/campaign/{t.campaign}")
    for box in officer.page.locator('[name="open"]').all():
        box.check()
    officer.press(officer.page.get_by_role("button", name="启动选中的选举"))
    assert "已启动 2 项选举" in officer.said
    with t.store.read() as session:
        from election.store import places

        found = places.elections(session, t.campaign, t.community)
    t.party, t.residents = Election(found["party"], "party"), Election(found["residents"], "residents")


# --- the party organisation to its candidates ------------------------------------------------------------------------


def import_roll(t: Turnover, election: Election, write: Callable[..., None], people: list[Resident], name: str) -> None:
    """The registrar's file: checked, imported, and whoever waits looked at."""
    registrar = t["registrar"]
    registrar.go(f"{election.committee}/roll/import")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(people, path)
        registrar.page.get_by_label("名册文件").set_input_files(path)
        registrar.press(registrar.page.get_by_role("button", name="上传并核对"))
    registrar.picture(f"roll-check-{election.body}")
    registrar.press(registrar.page.locator('button[value="import"]'))
    assert "已导入" in registrar.said, registrar.refusal
    registrar.go(f"{election.committee}/roll/review")
    ticks = registrar.page.locator('[name="person"]')
    if ticks.count():
        for tick in ticks.all():
            tick.check(force=True)
        registrar.page.get_by_label("依据", exact=True).fill("凭户口簿核对")
        registrar.press(registrar.page.get_by_role("button", name="核对无误，予以登记"))
        assert "予以登记" in registrar.said, registrar.refusal


def party_to_list(t: Turnover) -> list[Resident]:
    """Roll, assembly, seats, six proposed; five for five seats are refused, six are listed and posted."""
    chair, officer = t["chair"], t["street"]
    t.clock.at(11, 20)
    import_roll(t, t.party, write_members_xlsx, list(COMMUNITY.members), "党员名册.xlsx")
    chair.takes_up(t.party, "roll", "roll.fix")
    t.clock.at(11, 22)
    officer.decides(t.party, "assembly.fix", form="assembly")
    chair.takes_up(t.party, "seats", "seats.fix", form="committee", offices=[{"office": "委员", "seats": 5}])
    t.clock.at(11, 26)
    chosen = sorted(plain(members()), key=lambda r: r.birth, reverse=True)[:7]
    for at, person in enumerate(chosen):
        chair.act(
            t.party,
            "nomination.propose",
            query="office=member",
            person=person.name,
            routes=["organisation", "members"],
            proposers="党员推荐会",
            education=person.education,
            sitting=at < 2,
        )
    t.clock.at(11, 29)
    chair.opens(t.party, "nomination.prospective")
    for person in chosen[:5]:
        chair.page.get_by_label(person.name).check()
    chair.send()
    assert "至少 6 人，现有 5 人" in chair.refusal
    chair.picture("margin-refused")
    chair.page.get_by_label(chosen[5].name).check()
    chair.finish("nomination.prospective")
    chair.takes_up(t.party, "prospective", "notice.post", query="kind=prospective_list", place="社区宣传栏")
    return chosen


def assess(t: Turnover, election: Election) -> None:
    """Every candidate, everything that is asked of them, from the table of all."""
    officer = t["street"]
    officer.go(f"{election.committee}/candidates")
    while (link := officer.page.locator("main table").get_by_role("link", name="登记").first).count():
        officer.press(link)
        officer.shows({"held_on": t.clock.today, "passed": True, "result": "合格"})
        officer.finish("assess.record")
        officer.go(f"{election.committee}/candidates")


def party_to_official(t: Turnover, chosen: list[Resident]) -> None:
    """Reported, assessed, studied; returned by the district, made again with another person; approved."""
    chair, officer, org = t["chair"], t["street"], t["org"]
    t.clock.at(12, 1)
    chair.takes_up(t.party, "prospective", "nomination.report")
    assess(t, t.party)
    officer.decides(t.party, "nomination.study", opinion="经街道工委研究，同意上报。")
    t.clock.at(12, 2)
    org.decides(t.party, "nomination.decide", "return", reason="预备人选的结构须再酝酿，请重新确定。")
    t.clock.at(12, 3)
    chair.go(f"{t.party.committee}/step/party.prospective")
    assert "第 2 次办理" in chair.said
    chair.opens(t.party, "nomination.prospective")
    chair.page.get_by_label(chosen[5].name).uncheck()
    chair.page.get_by_label(chosen[6].name).check()
    chair.finish("nomination.prospective")
    chair.takes_up(t.party, "prospective", "notice.post", query="kind=prospective_list", place="社区宣传栏")
    t.clock.at(12, 5)
    chair.takes_up(t.party, "prospective", "nomination.report")
    assess(t, t.party)
    officer.decides(t.party, "nomination.study", opinion="经街道工委再次研究，同意上报。")
    t.clock.at(12, 14)
    org.decides(t.party, "nomination.decide", "approve", document_number="七组发〔2010〕58号")


def test_the_whole_turnover(turnover: Turnover) -> None:
    plan(turnover)
    begin(turnover)
    chosen = party_to_list(turnover)
    party_to_official(turnover, chosen)


assert PASSWORD
