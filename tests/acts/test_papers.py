"""Which act seals which paper, when none is made, and papers of rolls and candidates: what they say and must not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from election import law
from election.acts.papers import BUILDERS, forms, kinds
from election.documents import KINDS
from election.process import approval, nomination, notices, representatives, roll
from election.process.base import ACTS
from election.process.facts import Contest, Objection, Representative
from tests.acts.paper_worlds import (
    Known,
    candidate,
    made,
    names,
    party,
    person,
    post,
    residents,
    sources,
)

# --- which act seals what --------------------------------------------------------------------------------------------


def test_every_paper_that_an_act_demands_can_be_built():
    asked = {kind for act in ACTS.values() for kind in act.papers} | set(notices.NOTICES)
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
    for kind in {*notices.NOTICES, "candidate_report", "ballot", "tally_sheet", "result_report", "certificate"} - {
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
        representatives.FixSeats(
            form="residents",
            offices=(representatives.OfficeSeats(office="副主任", seats=2),),
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
    known.say(
        representatives.ElectRepresentatives(
            group="一组", households=120, elected=(representatives.Chosen(person="r1", name="周一"),)
        )
    )
    assert made("representatives", world, known, post("representatives")).method == "每20至60户推选1名"


def test_delegates_name_their_approval():
    world, known = party()
    world.election.delegates = {"d1": Representative("d1", "丁一", "第一党支部")}
    known.say(representatives.ApproveAssembly(document_number="七组复〔2010〕8号"))
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
    world.election.official[2] = replace(world.election.official[2], routes=["leading_group"])
    world.election.prospective = world.election.official
    for ruleset, proposer in (("qilihe-2010.residents", "选举领导小组"), ("residents-2026", "居民选举委员会")):
        world.election.rules = law.load(ruleset)
        again = made("candidate_report", world, known, nomination.ReportProspective())
        assert f"{proposer}提名" in {c.proposed_by for c in again.contests[1].candidates}
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
