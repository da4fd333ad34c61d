"""Letters, certificates, filing, handover, inspection, reports; and how papers are drawn."""

from __future__ import annotations

import copy
from datetime import date

import pytest

from election.acts import papers
from election.acts.papers import BUILDERS, pdf
from election.process import after, approval, campaign
from election.process.base import Role
from election.process.facts import Notice
from tests.acts.paper_worlds import (
    PLACE,
    announced,
    made,
    party,
    person,
    post,
    residents,
    sources,
    text_of,
)


def test_the_street_asks_and_the_department_replies_with_leaders_first():
    world, known = party()
    request = made("approval_request", world, known, approval.SubmitResult(document_number="柳街工〔2010〕31号"))
    offices = [(o.office, o.names) for o in request.communities[0].offices]
    assert offices == [("书记", ("丁力",)), ("副书记", ("王喆",)), ("委员", ("赵刚",))]
    assert request.heading.issuer == "中共七里河区柳荫街道工作委员会"
    assert request.addressee == "中共七里河区委组织部"
    assert "应到59人，实到55人" in request.paragraphs[0]
    assert request.communities[0].community == "中共福临里社区总支部委员会"
    reply = made(
        "approval_reply", world, known, approval.DecideResult(approve=True, document_number="七组发〔2010〕66号")
    )
    assert reply.reply_to == request.heading.title


def test_a_return_has_no_reply_to_seal():
    world, known = party()
    returned = approval.DecideResult(approve=False, target="papers", reason="材料不全")
    assert list(BUILDERS["approval_reply"](sources(world, known), returned)) == []


def test_the_appointment_cites_the_approval():
    world, known = party()
    act = approval.Appoint(document_number="柳街工〔2010〕33号")
    assert list(BUILDERS["appointment_notice"](sources(world, known), act)) == []
    known.say(approval.DecideResult(approve=True, document_number="七组发〔2010〕66号"))
    notice = made("appointment_notice", world, known, act)
    assert notice.approval == "七组发〔2010〕66号"
    assert notice.heading.title == "关于丁力等同志任职的通知"


def test_certificates_are_a_page_each_and_filed_with_their_numbers():
    world, known = announced()
    act = approval.Certify(
        certificates=(
            approval.Certificate(person="p1", number="柳证001"),
            approval.Certificate(person="p3", number="柳证002"),
        )
    )
    paper = made("certificate", world, known, act)
    assert [(p.number, p.name, p.office) for p in paper.persons] == [
        ("柳证001", "王喆", "主任"),
        ("柳证002", "赵刚", "委员"),
    ]
    assert paper.term_of_office == "任期三年"
    known.say(act)
    filed = made("filing_form", world, known, approval.FileResult(document_number="柳街办〔2010〕9号"))
    assert [(m.name, m.sex, m.birth, m.certificate) for m in filed.members] == [
        ("王喆", "男", "1961年3月", "柳证001"),
        ("赵刚", "男", "1963年3月", "柳证002"),
    ]


def test_an_elected_write_in_is_filed_with_what_the_roll_says():
    world, known = announced()
    world.election.elected["p9"] = "member"
    world.election.names["p9"] = "钱多"
    known.people.append(person(9, "钱多", sex="female", birth="1980-01-01"))
    filed = made("filing_form", world, known, approval.FileResult(document_number="柳街办〔2010〕9号"))
    assert [(m.sex, m.birth) for m in filed.members if m.name == "钱多"] == [("女", "1980年1月")]


def test_every_section_of_a_handover_is_there_and_being_late_shows():
    world, known = announced()
    act = after.ListHandover(
        items=(after.Item(kind="stamps", what="公章", quantity="1枚"),), held_on=date(2010, 12, 31)
    )
    paper = made("handover_list", world, known, act, on=date(2010, 12, 31))
    assert len(paper.sections) == 7
    assert paper.sections[0].items[0].name == "公章"
    assert (paper.due, paper.handed_over_on) == (date(2010, 12, 29), date(2010, 12, 31))


@pytest.mark.parametrize(
    ("role", "issuer"),
    [
        (Role.STREET, "柳荫街道换届选举工作领导小组"),
        (Role.ORGANISATION, "中共七里河区委组织部"),
        (Role.CIVIL, "七里河区民政局"),
    ],
)
def test_an_inspection_is_signed_by_whoever_inspects(role, issuer):
    world, known = announced()
    points = (after.Point(point="选民名单：张榜公布", ok=True), after.Point(point="交接", ok=False, remedy="补记原因"))
    paper = made("inspection_report", world, known, after.Inspect(points=points, record_verified=True), role=role)
    assert paper.heading.issuer == issuer
    assert [(i.step, i.demand, i.finding.ok) for i in paper.items] == [
        ("选民名单", "张榜公布", True),
        ("交接", "程序合法，材料齐全", False),
    ]
    assert "复查" in paper.conclusion


def test_the_turnover_report_keeps_the_words_and_adds_the_figures():
    world, known = announced()
    words = "现将工作情况报告如下。\n一、基本情况\n居民1240户。\n二、做法\n依法办事。\n公开。"
    paper = made("turnover_report", world, known, after.SubmitReport(text=words))
    assert paper.opening == "现将工作情况报告如下。"
    assert [(x.title, x.paragraphs) for x in paper.sections] == [
        ("基本情况", ("居民1240户。",)),
        ("做法", ("依法办事。", "公开。")),
    ]
    assert {x.label: x.value for x in paper.figures}["当选"] == "2人"


def test_a_community_posts_what_its_committee_worded():
    world, known = residents()
    known.say(
        campaign.PlanCampaign(
            title="换届",
            term="第三届",
            street="柳荫街道",
            path="七里河区/柳荫街道",
            party_ruleset="qilihe-2010.party",
            residents_ruleset="qilihe-2010.residents",
            window_from=date(2010, 11, 1),
            window_to=date(2010, 12, 31),
            party_day=date(2010, 12, 24),
            residents_day=date(2010, 12, 26),
            phases=(campaign.Phase(title="动员部署", start=date(2010, 11, 1), end=date(2010, 11, 30)),),
            communities=(campaign.CommunityRef(id="c1", name="福临里社区"),),
        )
    )
    world.campaign.communities["c1"].notices.append(Notice(1, "posts_notice", date(2010, 11, 10)))
    act = campaign.PostPosts(
        community="c1",
        purpose="依法换届。",
        party_posts="委员5人,其中书记1人",
        residents_posts="主任1人、委员4人",
        conditions="热心服务。\n身体健康。",
        place="宣传栏",
    )
    (found,) = BUILDERS["posts_notice"](sources(world, known), act)
    text = text_of(pdf("posts_notice", found))
    for words in (
        "职数和任职条件公告",
        "第二号",
        "本公告代替第一号公告",
        "委员5人，其中书记1人",
        "身体健康。",
        "11月1日至11月30日：动员部署",
        "2010年12月26日",
    ):
        assert words in text
    assert found.number == "2"


# --- drawing ---------------------------------------------------------------------------------------------------------


def test_a_draft_says_so_and_leaves_room_for_what_is_not_known():
    world, known = party()
    (found,) = BUILDERS["approval_request"](sources(world, known, draft=True), None)
    text = text_of(pdf("approval_request", found))
    assert "草稿" in text
    assert "＿＿＿＿" in text


def test_a_sealed_paper_carries_the_record_and_no_watermark():
    world, known = announced()
    known.say(PLACE)
    found = BUILDERS["result_report"](sources(world, known), approval.ReportResult())[0]
    text = text_of(pdf("result_report", found))
    for words in ("应到58人，实到55人", "9d1f-6e20-77ab-c4d8-01e3", "5f3c9a0e", "王喆"):
        assert words in text
    assert "草稿" not in text
    assert "演示" not in text


def test_a_demonstration_is_marked():
    world, known = announced()
    world.election.demonstration = True
    (found,) = BUILDERS["staff_notice"](sources(world, known), post("staff_notice"))
    assert "演示" in text_of(pdf("staff_notice", found))


def test_the_same_facts_give_the_same_bytes():
    world, known = announced()
    first, second = (
        pdf("official_list", BUILDERS["official_list"](sources(copy.deepcopy(world), known), post("official_list"))[0])
        for _ in range(2)
    )
    assert first == second


def test_papers_module_offers_every_form():
    assert set(papers.forms) == {
        "tally_blank",
        "hands_tally",
        "sign_in_sheet",
        "ballot_account",
        "ballot_control",
        "ballot_packs",
        "result_report",
        "objection_slip",
        "signing_sheet",
        "member_roll",
        "proxy_request",
        "station_record",
        "vetting_sheet",
        "visit_list",
        "visit_request",
    }
