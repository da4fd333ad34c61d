"""A turnover as people tell it to the program: from an office without a campaign to the candidates of both elections."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from election.demo.people import Resident, street
from election.demo.rolls import write_members_xlsx, write_roll_xlsx
from election.names.identity import age_on
from election.process.base import Role
from election.store import places
from election.store.database import Store

from .driving import Clock, Election, Hall, Person, code_on

#: 336 residents in three groups, 21 full members and a probationary one
COMMUNITY = street().communities[4]
SCOPE = "七里河区/柳荫街道"
PARTY_DAY, RESIDENTS_DAY = date(2010, 12, 24), date(2010, 12, 26)
BOARD = "社区宣传栏"


def plain(people: list[Resident]) -> list[Resident]:
    """Those whose name nobody else in the community has."""
    once = Counter(r.name for r in COMMUNITY.residents)
    return [r for r in people if once[r.name] == 1]


def members() -> list[Resident]:
    return [r for r in COMMUNITY.members if r.membership == "full"]


def age(resident: Resident) -> int:
    return age_on(resident.birth, RESIDENTS_DAY)


def by_group(group: str) -> list[Resident]:
    return [r for r in COMMUNITY.voters if r.group == group]


def representatives_of(group: str) -> list[Resident]:
    """Three of each group, old enough not to stand."""
    return [r for r in plain(by_group(group)) if 45 <= age(r) <= 70 and r != forgotten()][1:4]


def standing() -> list[tuple[Resident, str]]:
    """Eight for five seats of the residents' committee; whoever may be deputy has been to college."""
    able = [r for r in plain(list(COMMUNITY.voters)) if 26 <= age(r) <= 40 and r != forgotten() and not r.membership]
    learned = [r for r in able if r.education in ("college", "bachelor")][:4]
    others = [r for r in able if r.education == "senior_secondary" and r not in learned][:4]
    offices = ["chair", "chair", "deputy", "deputy", "member", "member", "member", "member"]
    return list(zip(learned + others, offices, strict=True))


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
    #: body -> day of its election
    days: dict[str, date] = field(default_factory=lambda: {"party": PARTY_DAY, "residents": RESIDENTS_DAY})
    #: a real office: two officials vouch for every key that signs
    real: bool = True
    #: those who stand for the party committee, in no order that matters
    candidates: list[str] = field(default_factory=list)
    #: body -> short name -> login and PIN of a card of the hall
    cards: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def __getitem__(self, short: str) -> Person:
        return self.people[short]

    @property
    def clock(self) -> Clock:
        return self.hall.clock

    @property
    def shared(self) -> str:
        """Address of what both elections share."""
        return f"/c/{self.campaign}/{self.community}"

    def numbered(self, office: str, number: int) -> str:
        """A document's number as it is printed."""
        return f"{office}〔{self.clock.year}〕{number}号"

    def joins(self, maker: str, short: str, login: str, name: str, role: Role, place: str) -> Person:
        """An account made on the page of accounts; its owner sets the password with the code on the slip."""
        by = self[maker]
        by.go("/office/accounts/new")
        by.shows({"name": name, "login": login, "role": role.value})
        by.shows({"other": place} if by.page.locator("#f-other").count() else {"scope": place})
        by.page.fill("[name=present_password]", by.password)
        by.press(by.page.get_by_role("button", name="开账号", exact=True))
        code = by.page.locator(".slip-code").inner_text()
        by.picture("account-slip")
        self.people[short] = self.hall.person(name, login).sets_password(code)
        return self.people[short]

    def vouched(self, officials: Sequence[str], people: Sequence[str]) -> None:
        """People come to two officials one after the other, and read out their codes."""
        codes = {self[short].name: self[short].read_out for short in people}
        for official in officials:
            self[official].vouches(codes)


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
    assert "请核对" in officer.text, officer.refusal
    officer.send()
    assert "换届方案已制定" in officer.said, officer.refusal
    t.campaign = code_on(officer.page, r"/campaign/([0-9a-f-]+)")
    link = officer.page.get_by_role("link", name=COMMUNITY.name, exact=True).first.get_attribute("href") or ""
    t.community = link.rsplit("/", 1)[-1]
    assert "确认来源和条款以前不能启动选举" in officer.text
    officer.page.locator(f'[name="open"][value="{t.community}:party"]').check()
    officer.press(officer.page.get_by_role("button", name="启动选中的选举"))
    assert "没有启动" in officer.refusal
    confirmed(t)
    campaign = f"/d/campaign/{t.campaign}"
    officer.act(
        campaign,
        "campaign.lead",
        head="乔书记",
        members=["安主任", "季副书记"],
        guidance=[{"community": COMMUNITY.name, "name": "指导员一"}],
    )
    officer.act(campaign, "campaign.train", topic="选举程序与计票办法", place="街道会议室", attendees=36)


def confirmed(t: Turnover) -> None:
    """What the program has from memory is taken over by the office: each number with its article, one source for all."""
    officer = t["street"]
    officer.go(f"/d/campaign/{t.campaign}")
    officer.follow("逐项确认")
    officer.page.get_by_label("共同的来源").fill("七里河区社区换届选举工作实施方案")
    articles = officer.page.locator('main input[name^="article:"]')
    articles.first.fill("第五部分")
    officer.picture("confirm-rules", height=900)
    for box in articles.all():
        box.fill("第五部分")
    officer.press(officer.page.get_by_role("button", name="确认已填写的规定"))
    assert "全部确认" in officer.text


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
    waiting(t)
    t.vouched(("street", "org"), ("chair", "lead"))
    t.vouched(("chair", "lead"), ("outgoing", "incoming"))
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
    officer.picture("campaign", height=1000)
    for box in officer.page.locator('[name="open"]').all():
        box.check()
    officer.press(officer.page.get_by_role("button", name="启动选中的选举"))
    assert "已启动 2 项选举" in officer.said
    with t.store.read() as session:
        found = places.elections(session, t.campaign, t.community)
    t.party, t.residents = Election(found["party"], "party"), Election(found["residents"], "residents")


def waiting(t: Turnover) -> None:
    """Whose signature nobody has vouched for yet is told so before they fill in a form, and signs nothing."""
    chair = t["chair"]
    chair.go(t.shared)
    assert "您的签名还没有两名负责人确认" in chair.said
    chair.follow("怎样确认")
    assert "前五组" in chair.text
    chair.picture("account-waits")


# --- rolls -----------------------------------------------------------------------------------------------------------


def import_roll(t: Turnover, election: Election, write: Callable[..., None], people: list[Resident], name: str) -> None:
    """The registrar's file: checked, imported, and whoever waits looked at."""
    registrar = t["registrar"]
    registrar.go(f"{election.committee}/roll/import")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(people, path)
        registrar.page.get_by_label("名册文件").set_input_files(path)
        registrar.press(registrar.page.get_by_role("button", name="上传并核对"))
    if election.body == "residents":
        registrar.picture("roll-check")
    registrar.press(registrar.page.locator('button[value="import"]'))
    assert "已导入" in registrar.said, registrar.refusal
    registrar.go(f"{election.committee}/roll/review")
    ticks = registrar.page.locator('[name="person"]').all()
    if ticks:
        for tick in ticks:
            tick.check()
        registrar.page.get_by_label("依据", exact=True).fill("凭户口簿核对")
        registrar.picture("roll-review")
        registrar.press(registrar.page.get_by_role("button", name="核对无误，予以登记"))
        assert "予以登记" in registrar.said, registrar.refusal


def forgotten() -> Resident:
    """A voter whom the registrar's file has not."""
    return plain([r for r in COMMUNITY.voters if r.id_number and not r.membership])[40]


def residents_roll(t: Turnover) -> None:
    """Residents registered from a file that lacks one; the leading group formed."""
    t.clock.at(11, 18)
    people = [r for r in COMMUNITY.residents if r != forgotten()]
    import_roll(t, t.residents, write_roll_xlsx, people, "选民登记册.xlsx")
    leaders = [next(r for r in plain(by_group(g)) if 45 <= age(r) <= 70) for g in COMMUNITY.groups]
    t["chair"].takes_up(
        t.residents,
        "lead",
        "lead.form",
        chair=leaders[0].name,
        members=[{"person": r.name, "group": r.group} for r in leaders],
    )


def party_roll(t: Turnover) -> None:
    """The members' roll stands; assembly and seats are fixed. The residents' list is posted."""
    chair, officer = t["chair"], t["street"]
    t.clock.at(11, 20)
    import_roll(t, t.party, write_members_xlsx, list(COMMUNITY.members), "党员名册.xlsx")
    chair.takes_up(t.party, "roll", "roll.fix")
    t.clock.at(11, 22)
    officer.decides(t.party, "assembly.fix", form="assembly")
    chair.opens(t.party, "seats.fix")
    chair.shows({"form": "committee", "offices": [{"office": "委员", "seats": 5}]})
    chair.picture("act-form")
    chair.page.get_by_text("已自动保存草稿").wait_for()
    chair.finish("seats.fix", picture="confirm")
    t["registrar"].takes_up(t.residents, "register", "roll.close_registration")
    t["lead"].takes_up(t.residents, "roll", "notice.post", query="kind=roll_notice", place="各居民小组公示栏")


def asks_roll(t: Turnover, resident: Resident) -> str:
    """A resident asks whether they are on the roll."""
    visitor = t["resident"]
    visitor.go("/")
    visitor.picture("voter-home")
    visitor.follow("查登记")
    visitor.page.get_by_label("姓名").fill(resident.name)
    visitor.page.get_by_label("身份证号后六位").fill(resident.id_number[-6:])
    visitor.press(visitor.page.get_by_role("button", name="查我的登记"))
    return visitor.text


def objection(t: Turnover) -> None:
    """One asks and is on the list; another is not, objects, is heard, put on it, and reads the answer by number and code."""
    visitor, lead, registrar = t["resident"], t["lead"], t["registrar"]
    t.clock.at(11, 23)
    assert "已登记为选民" in asks_roll(t, plain(list(COMMUNITY.voters))[0])
    visitor.picture("voter-found")
    missing = forgotten()
    assert "这一次没有查出结果" in asks_roll(t, missing)
    visitor.picture("voter-missed")
    visitor.follow("提异议")
    visitor.shows({"kind": "roll_missing", "about": missing.name, "text": "我住在本社区，名单上没有我。"})
    visitor.shows({"by": missing.name, "contact": "00012345678"})
    visitor.picture("voter-object", height=1250)
    visitor.press(visitor.page.get_by_role("button", name="提交异议"))
    number, code = visitor.page.locator(".slip-code").all_inner_texts()
    visitor.picture("voter-objected")
    t.clock.at(11, 24)
    lead.go(f"{t.residents.committee}/objections")
    lead.picture("objections")
    lead.follow("作出决定并答复")
    lead.shows({"upheld": True, "answer": "经核对户口簿，确属漏登，已予补登并公布更正。"})
    lead.finish("objection.decide")
    registrar.go(f"{t.residents.committee}/roll/add")
    registrar.shows(
        {
            "name": missing.name,
            "id_number": missing.id_number,
            "group": missing.group,
            "household": missing.household,
            "hukou": missing.hukou,
            "basis": "第 1 号异议已采纳",
            "objection": 1,
        }
    )
    registrar.press(registrar.page.get_by_role("button", name="登记", exact=True))
    assert "已登记" in registrar.said, registrar.refusal
    lead.takes_up(t.residents, "roll", "notice.post", query="kind=roll_correction", place="各居民小组公示栏")
    assert "已登记为选民" in asks_roll(t, missing)
    visitor.go("/object/follow")
    visitor.shows({"number": number, "code": code})
    visitor.press(visitor.page.get_by_role("button", name="看答复"))
    assert "确属漏登" in visitor.text
    visitor.picture("voter-answer")


# --- seats, representatives, candidates ------------------------------------------------------------------------------


def residents_seats(t: Turnover) -> None:
    """Fixed by the sitting meeting and posted."""
    lead = t["lead"]
    t.clock.at(11, 25)
    lead.takes_up(
        t.residents,
        "seats",
        "seats.fix",
        offices=[
            {"office": "主任", "seats": 1},
            {"office": "副主任", "seats": 1, "tertiary": True},
            {"office": "委员", "seats": 3},
        ],
        meeting_on=date(2010, 11, 24),
        meeting_present=25,
        reason="副主任仅1名，管段民警另行安排。",
    )
    lead.takes_up(t.residents, "seats", "notice.post", query="kind=seats_notice", place=BOARD)


def party_list(t: Turnover) -> list[Resident]:
    """Seven proposed; five for five seats are refused, six are listed and posted."""
    chair = t["chair"]
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
    chair.opens(t.party, "nomination.prospective")
    for person in chosen[:5]:
        chair.page.get_by_label(person.name).check()
    chair.send()
    assert "至少 6 人，现有 5 人" in chair.refusal
    chair.picture("margin-refused")
    chair.page.get_by_label(chosen[5].name).check()
    chair.finish("nomination.prospective")
    chair.takes_up(t.party, "prospective", "notice.post", query="kind=prospective_list", place=BOARD)
    return chosen


def representatives(t: Turnover) -> None:
    """The roll stands when its window is over; each group chooses three."""
    lead = t["lead"]
    lead.opens(t.residents, "roll.fix")
    lead.send()
    assert "2010年11月27日" in lead.refusal
    lead.picture("window-refused")
    t.clock.at(11, 28)
    lead.takes_up(t.residents, "roll", "roll.fix")
    for group in COMMUNITY.groups:
        lead.go(f"{t.residents.committee}/representatives")
        lead.press(lead.page.get_by_role("row", name=group).get_by_role("link", name="登记推选结果"))
        lead.shows({"elected": [{"person": r.name} for r in representatives_of(group)]})
        lead.finish("representatives.elect")
    lead.takes_up(t.residents, "representatives", "representatives.fix", reason="社区较小，按小组推选。")
    lead.takes_up(t.residents, "representatives", "notice.post", query="kind=representatives", place=BOARD)


def residents_list(t: Turnover) -> None:
    """Eight proposed for five seats; listed, posted, agreed to by the groups, reported."""
    lead = t["lead"]
    t.clock.at(11, 29)
    for at, (person, office) in enumerate(standing()):
        jointly = {"routes": ["joint_voters"], "supporters": [r.name for r in plain(list(COMMUNITY.voters))[-12:]]}
        lead.act(
            t.residents,
            "nomination.propose",
            query=f"office={office}",
            person=person.name,
            education=person.education,
            sitting=at == 0,
            **(jointly if at == 0 else {"routes": ["leading_group", "masses"]}),
        )
    lead.opens(t.residents, "nomination.prospective")
    for person, _ in standing():
        lead.page.get_by_label(person.name).check()
    lead.finish("nomination.prospective")
    lead.takes_up(t.residents, "prospective", "notice.post", query="kind=prospective_list", place=BOARD)
    lead.takes_up(
        t.residents, "prospective", "nomination.agree", asked_whom="groups", how="各小组会议表决", asked=3, agreed=3
    )
    lead.go(t.shared)
    lead.picture("committee-home", height=1100)
    lead.go(f"{t.residents.committee}/step/residents.prospective")
    lead.picture("step")
    lead.takes_up(t.residents, "prospective", "nomination.report")


def assess(t: Turnover, election: Election) -> None:
    """Every candidate, everything that is asked of them, from the table of all."""
    officer = t["street"]
    officer.go(f"{election.committee}/candidates")
    links = officer.page.locator("main table").get_by_role("link", name="登记").all()
    for address in [link.get_attribute("href") or "" for link in links]:
        officer.go(address)
        officer.shows({"held_on": t.clock.today, "passed": True, "result": "合格"})
        officer.finish("assess.record")


def party_returned(t: Turnover) -> None:
    """Reported, assessed, studied; returned by the district with its reason."""
    t.clock.at(12, 1)
    t["chair"].takes_up(t.party, "prospective", "nomination.report")
    assess(t, t.party)
    t["street"].decides(t.party, "nomination.study", opinion="经街道工委研究，同意上报。")
    t.clock.at(12, 2)
    t["org"].decides(t.party, "nomination.decide", "return", reason="预备人选的结构须再酝酿，请重新确定。")


def party_again(t: Turnover, chosen: list[Resident]) -> None:
    """The list is made again with another person, posted again, reported in time."""
    chair = t["chair"]
    t.clock.at(12, 3)
    chair.go(f"{t.party.committee}/step/party.prospective")
    assert "第 2 次办理" in chair.said
    chair.picture("returned")
    chair.opens(t.party, "nomination.prospective")
    chair.page.get_by_label(chosen[5].name).uncheck()
    chair.page.get_by_label(chosen[6].name).check()
    chair.finish("nomination.prospective")
    chair.takes_up(t.party, "prospective", "notice.post", query="kind=prospective_list", place=BOARD)
    t.clock.at(12, 5)
    chair.takes_up(t.party, "prospective", "nomination.report")
    t.candidates = [r.name for r in [*chosen[:5], chosen[6]]]


def approved(t: Turnover) -> None:
    """Both lists assessed, studied, approved; the residents' official list posted in time."""
    officer, org, lead = t["street"], t["org"], t["lead"]
    t.clock.at(12, 10)
    for election in (t.party, t.residents):
        assess(t, election)
        officer.decides(election, "nomination.study", opinion="经街道工委研究，同意上报。")
    t.clock.at(12, 14)
    org.go("/d/")
    org.picture("board", height=900)
    org.go("/d/inbox")
    org.picture("inbox")
    org.go(t.party.district)
    org.picture("review", height=1100)
    for election, number in ((t.party, "58"), (t.residents, "59")):
        org.decides(election, "nomination.decide", "approve", document_number=f"七组发〔2010〕{number}号")
    t.clock.at(12, 18)
    lead.takes_up(t.residents, "official", "official.fix", opinion="根据多数选民意见确定")
    lead.takes_up(t.residents, "official", "notice.post", query="kind=official_list", place=BOARD)
