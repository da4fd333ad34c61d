"""Every paper that an act seals, made from facts: what it says, what it must not say, and when it is not made at all."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pypdfium2
import pytest

from election.acts import ballots, papers
from election.acts.papers import BUILDERS, forms, kinds, pdf
from election.documents import KINDS
from election.faults import WrongInput
from election.process import after, approval, campaign, meeting, nomination, result, roll, tally
from election.process.base import ACTS, Role
from election.process.facts import Contest, Notice, Objection, Representative, Round
from election.process.result import decide
from tests.acts.paper_worlds import Known, announced, candidate, party, person, residents, sources

PLACE = meeting.FixPlace(on=date(2010, 12, 26), time="上午9时", place="社区活动中心")


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        found = []
        for page in document:
            reader = page.get_textpage()
            found.append(reader.get_text_range())
            reader.close()
            page.close()
        return "".join("".join(found).split())
    finally:
        document.close()


def post(kind: str, **more: Any) -> roll.PostNotice:
    return roll.PostNotice(kind=kind, place="社区宣传栏", **more)  # type: ignore[arg-type]


def made(kind: str, world: Any, known: Known, act: Any = None, **more: Any) -> Any:
    """The data of the one paper of this kind."""
    (found,) = BUILDERS[kind](sources(world, known, **more), act)
    return found.data


def names(groups: Any) -> list[tuple[str, tuple[str, ...]]]:
    return [(g.title, g.names) for g in groups]


# --- which act seals what --------------------------------------------------------------------------------------------


def test_every_paper_that_an_act_demands_can_be_built():
    asked = {kind for act in ACTS.values() for kind in act.papers} | set(roll.NOTICES)
    assert asked <= set(BUILDERS)
    assert set(BUILDERS) - {"ballot"} <= set(KINDS)


def test_an_act_without_papers_has_none():
    assert kinds(approval.DecideConsent(approve=True)) == ()


def test_a_notice_is_of_its_own_kind():
    assert kinds(post("staff_notice")) == ("staff_notice",)


def test_nothing_is_made_before_the_facts_can_fill_it():
    world, _ = residents()
    facts = world.election
    facts.contests, facts.prospective, facts.official, facts.rounds, facts.staff = [], [], [], [], []
    facts.representatives, facts.notices, facts.official_fixed = {}, [], False
    s = sources(world, Known())
    for kind in {*roll.NOTICES, "candidate_report", "ballot", "tally_sheet", "result_report", "certificate"} - {
        "roll_notice"
    }:
        assert list(BUILDERS[kind](s, None)) == [], kind


# --- rolls and lists -------------------------------------------------------------------------------------------------


def test_the_roll_gives_names_by_group_as_people_count_them():
    world, known = residents()
    known.people = [
        person(1, "王英", "第十居民小组"),
        person(2, "丁一", "第二居民小组"),
        person(3, "王 大", "第十居民小组"),
        person(4, "田富", ""),
    ]
    notice = made("roll_notice", world, known, post("roll_notice"))
    assert names(notice.groups) == [
        ("第二居民小组", ("丁一",)),
        ("第十居民小组", ("王大", "王英")),
        ("未编组", ("田富",)),
    ]
    assert (notice.objection_from, notice.objection_until) == (date(2010, 12, 6), date(2010, 12, 11))
    assert notice.answer_days == 3
    assert notice.heading.number == 3


def test_a_character_without_strokes_stands_last_and_the_list_says_so():
    world, known = residents()
    world.election.prospective = [candidate(1, "𪜀一", "chair"), candidate(2, "龚雪", "chair")]
    notice = made("prospective_list", world, known, post("prospective_list"))
    assert [c.name for c in notice.contests[0].candidates] == ["龚雪", "𪜀一"]
    assert "“𪜀”" in notice.order
    assert "列后" in notice.order


def test_party_members_are_not_posted():
    world, known = party()
    assert list(BUILDERS["roll_notice"](sources(world, known), post("roll_notice"))) == []


def test_a_correction_lists_who_came_and_went_since_the_roll_was_posted():
    world, known = residents()
    state: dict[str, Any] = {"registered": 2612, "root": "0" * 64, "basis": "户口簿"}
    known.people = [person(11, "郑昇", "第二居民小组"), person(13, "吴刚"), person(15, "旧名")]

    def change(kind: str, number: int, name: str, seq: int) -> None:
        known.say(roll.ChangeRoll(kind=kind, person=f"p{number}", name=name, **state), seq=seq)  # type: ignore[arg-type]

    change("add", 15, "旧名", 7)  # before the list was posted: it stood there already
    change("add", 11, "郑昇", 9)
    change("remove", 12, "钱去", 10)
    change("add", 13, "吴刚", 11)
    change("remove", 14, "郑昇二", 12)
    change("add", 14, "郑昇二", 13)
    known.people.append(person(14, "郑昇二"))
    notice = made("roll_correction", world, known, post("roll_correction"))
    assert notice.roll_number == 1
    assert names(notice.added) == [("第一居民小组", ("吴刚", "郑昇二")), ("第二居民小组", ("郑昇",))]
    assert names(notice.cancelled) == [("未编组", ("钱去",))]
    assert notice.total == 2612


def test_seats_name_those_who_are_publicly_selected_or_required():
    world, known = residents()
    world.election.contests = [Contest("deputy", "副主任", 2, public=1, require=[{"kind": "police", "at_least": 1}])]
    known.say(
        roll.FixSeats(
            form="residents",
            offices=(roll.OfficeSeats(office="副主任", seats=2),),
            meeting_on=date(2010, 11, 24),
            meeting_present=45,
        )
    )
    notice = made("seats_notice", world, known, post("seats_notice"))
    assert notice.seats[0].note == "其中公选副主任1名、管段民警1名"
    assert notice.decided_on == date(2010, 11, 24)
    assert notice.decided_by == "福临里社区居民代表会议"


def test_representatives_of_large_units_stand_apart():
    world, known = residents()
    notice = made("representatives", world, known, post("representatives"))
    assert names(notice.large_units) == [("兰州某机械厂", ("徐伟",))]
    assert [g.title for g in notice.groups] == ["第二居民小组", "第十居民小组"]
    assert (notice.total, notice.residents) == (58, 57)
    assert notice.women is None  # nobody is known on the roll of this test, so no number is claimed


def test_women_are_counted_where_all_are_known():
    world, known = residents()
    world.election.representatives = {
        "p1": Representative("p1", "甲", "一组"),
        "p2": Representative("p2", "乙", "一组"),
    }
    assert made("representatives", world, known, post("representatives")).women == 1


def test_households_as_the_way_of_choosing_are_said():
    world, known = residents()
    known.say(roll.ElectRepresentatives(group="一组", households=120, elected=(roll.Chosen(person="r1", name="周一"),)))
    assert made("representatives", world, known, post("representatives")).method == "每20至60户推选1名"


def test_delegates_name_their_approval():
    world, known = party()
    world.election.delegates = {"d1": Representative("d1", "丁一", "第一党支部")}
    known.say(roll.ApproveAssembly(document_number="七组复〔2010〕8号"))
    notice = made("delegates", world, known, post("delegates"))
    assert (notice.approval, notice.approved_by) == ("七组复〔2010〕8号", "中共七里河区委组织部")
    assert names(notice.branches) == [("第一党支部", ("丁一",))]


def test_a_member_roll_counts_who_is_left_out_and_who_is_probationary():
    world, known = party()
    paper: Any = forms["member_roll"](sources(world, known, form=True))
    assert [paper.count(standing) for standing in ("full", "probationary", "left_out")] == [5, 1, 1]
    left_out = [m for branch in paper.branches for m in branch.members if m.standing == "left_out"]
    assert [(m.name, m.note) for m in left_out] == [("何珺", "因病")]


# --- candidates ------------------------------------------------------------------------------------------------------


def test_posted_candidates_show_name_sex_month_of_birth_and_schooling_alone():
    world, known = residents()
    notice = made("official_list", world, known, post("official_list"))
    assert [o.office for o in notice.contests] == ["主任", "委员"]
    first = notice.contests[0].candidates[0]
    assert (first.name, first.sex, first.birth, first.education) == ("王喆", "男", "1961年3月", "大专")
    assert (first.proposed_by, first.politics, first.post, first.ethnicity) == ("", "", "", "")
    assert [c.name for c in notice.contests[1].candidates] == ["丁一", "陈堃", "赵刚"]
    assert notice.order == "以姓氏笔画为序"


def test_namesakes_are_told_apart():
    world, known = residents()
    world.election.official = [
        candidate(1, "王英", "chair", sex="female"),
        candidate(2, "王英", "chair", sex="male"),
        candidate(3, "李强", "member", age=30),
        candidate(4, "李强", "member", age=40),
    ]
    notice = made("official_list", world, known)
    assert [c.note for c in notice.contests[0].candidates] == ["女", "男"]
    assert [c.note for c in notice.contests[1].candidates] == ["30岁", "40岁"]


def test_the_report_of_candidates_shows_the_margin_and_how_they_were_proposed():
    world, known = residents()
    world.election.objections = {1: Objection(1, "candidate", date(2010, 12, 3), False, decided_on=date(2010, 12, 4))}
    report = made("candidate_report", world, known, nomination.ReportProspective())
    assert [(f.office, f.seats, f.candidates_at_least, f.candidates) for f in report.figures] == [
        ("主任", 1, 2, 2),
        ("委员", 2, 3, 3),
    ]
    assert report.contests[1].candidates[0].proposed_by == "选民10人以上联名、群众推荐"
    assert (report.posted_from, report.posted_until) == (date(2010, 12, 1), date(2010, 12, 6))
    assert (report.objections, report.objections_settled) == (1, "均已调查答复")
    assert report.addressee == "柳荫街道换届选举工作领导小组办公室"


def test_agreement_asked_for_is_in_the_report():
    world, known = residents()
    world.election.agreed = True
    known.say(nomination.AskAgreement(asked_whom="groups", how="入户征求", asked=8, agreed=7))
    report = made("candidate_report", world, known)
    assert "以入户征求的方式征求居民小组意见，征求8，同意7。" in report.course


def test_where_no_window_is_set_candidates_are_posted_until_the_day_of_the_report():
    world, known = party()
    notice = made("prospective_list", world, known, on=date(2010, 12, 1))
    assert notice.posted_until == date(2010, 12, 6)


# --- the vote --------------------------------------------------------------------------------------------------------


def test_time_and_place_are_those_that_were_fixed():
    world, known = residents()
    assert list(BUILDERS["polling_notice"](sources(world, known), post("polling_notice"))) == []
    known.say(PLACE)
    notice = made("polling_notice", world, known, post("polling_notice"))
    assert (notice.stations[0].place, notice.stations[0].hours, notice.voters) == (
        "社区活动中心",
        "上午9时",
        "选民代表",
    )
    assert any("该项职务的选票无效" in line for line in notice.instructions)


def test_the_ballot_is_sealed_under_the_start_of_its_design():
    world, known = residents()
    design = ballots.design_digest(world)
    (master,) = BUILDERS["ballot"](sources(world, known), meeting.ReleaseBallots(printed=60, design=design))
    assert master.number == design[:8]
    assert master.data == ballots.design(world, world.election.rounds[0])[0]
    text = text_of(master.data)
    assert "福临里社区第三届居民委员会选举选票" in text
    assert text.index("丁一") < text.index("陈堃") < text.index("赵刚")


def test_another_design_than_that_of_the_candidates_is_refused():
    world, known = residents()
    with pytest.raises(WrongInput, match="版式"):
        BUILDERS["ballot"](sources(world, known), meeting.ReleaseBallots(printed=60, design="0" * 64))


def test_who_is_struck_after_printing_stays_on_the_ballot():
    world, _ = residents()
    before = ballots.design_digest(world)
    world.election.rounds[0].candidates["member"][0].struck = True
    assert ballots.design_digest(world) == before


def test_a_revote_has_no_row_for_another_name_and_its_own_title():
    world, _ = residents()
    first = world.election.rounds[0]
    again = Round(1, [first.contests[1]], {"member": first.candidates["member"][:2]}, revote=True)
    _, layout = ballots.design(world, again)
    assert layout["write_ins"] == []
    assert ballots.title(world, again).endswith("（重新投票）")


def test_a_tally_is_sealed_with_the_first_signature_only():
    world, known = residents()
    sign = tally.SignTally(contest="chair", box="1号票箱", sheet_sha256="a" * 64)
    assert list(BUILDERS["tally_sheet"](sources(world, known), sign)) == []
    world.election.rounds[0].sheets[("chair", "1号票箱")].signatures = {}
    sheet = made("tally_sheet", world, known, sign)
    assert [(r.name, r.votes_for, r.against, r.abstain) for r in sheet.contests[0].rows] == [
        ("王喆", 30, 20, 3),
        ("李秀英", 20, 30, 3),
    ]
    assert [(w.name, w.votes_for) for w in sheet.contests[0].write_ins] == [("钱多", 3)]


# --- the result ------------------------------------------------------------------------------------------------------


def test_the_result_is_reported_with_every_number_and_why():
    world, known = residents()
    known.say(PLACE)
    report = made("result_report", world, known, result.Announce())
    assert (report.entitled, report.present, report.issued, report.returned) == (58, 55, 55, 55)
    chair, member = report.contests
    assert [(r.name, r.votes_for, r.against, r.abstain, r.outcome) for r in chair.rows] == [
        ("王喆", 30, 20, 3, "当选"),
        ("李秀英", 20, 30, 3, "未当选"),
        ("钱多", 3, 0, 50, "未当选"),
    ]
    assert chair.rows[2].write_in
    assert chair.needed == 28
    assert chair.rows[0].article == "方案五(二)8"
    assert "28" in chair.rows[1].why
    assert member.vacant == 1
    assert "另行选举" in member.follows
    assert report.conclusion.startswith("选举有效。王喆当选为福临里社区第三届居民委员会主任")


def test_an_announcement_that_is_not_ready_has_no_report():
    world, known = residents()
    world.election.rounds[0].sheets.popitem()
    assert decide(world) is None
    assert list(BUILDERS["result_report"](sources(world, known), result.Announce())) == []


def test_all_rounds_of_the_vote_that_stands_are_reported():
    world, known = announced()
    known.say(PLACE)
    first = world.election.rounds[0]
    void = copy.deepcopy(first)
    second = copy.deepcopy(first)
    second.number = 2
    world.election.rounds = [void, first, second]
    found = BUILDERS["result_report"](sources(world, known), approval.ReportResult())
    assert [(m.number, m.data.round) for m in found] == [("1", 1), ("2", 2)]  # type: ignore[union-attr]


def test_a_void_vote_is_announced_with_what_it_failed_by():
    world, known = residents()
    world.election.meetings[0].present = 29
    this = world.election.rounds[0]
    this.answer = decide(world)
    notice = made("result_notice", world, known, post("result_notice"))
    assert (notice.valid, notice.elected) == (False, ())
    assert "未达到规定的至少30人" in notice.follows.replace(" ", "")
    assert "重新选举" in notice.follows


def test_the_notice_of_the_result_lists_who_is_elected_and_what_is_open():
    world, known = announced()
    notice = made("result_notice", world, known, post("result_notice"))
    assert [(o.office, o.names) for o in notice.elected] == [("主任", ("王喆",)), ("委员", ("赵刚",))]
    assert notice.follows.startswith("委员：缺额1名") or notice.follows.startswith("委员：缺额 1 名")


def test_a_correction_is_the_whole_notice_again():
    world, known = residents()
    world.election.notices.append(Notice(3, "polling_notice", date(2010, 12, 20)))
    known.say(PLACE)
    act = post("correction_notice", supersedes=3, reason="因会场调整")
    (found,) = BUILDERS["correction_notice"](sources(world, known), act)
    text = text_of(pdf("correction_notice", found))
    assert "投票时间地点公告（更正）" in text
    assert "第四号" in text
    assert "本公告代替第三号公告" in text
    assert "更正原因：因会场调整" in text
    assert "社区活动中心" in text


# --- letters and closing ---------------------------------------------------------------------------------------------


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
        ("交接", "交接", False),
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
        "result_report",
        "objection_slip",
        "signing_sheet",
        "member_roll",
    }
