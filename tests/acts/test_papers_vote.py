"""Papers of the vote and its result: the ballot, tallies, every number, and what follows."""

from __future__ import annotations

import copy
from datetime import date

import pytest

from election.acts import ballots
from election.acts.papers import BUILDERS, pdf
from election.faults import WrongInput
from election.process import approval, preparation, result, tally
from election.process.facts import Notice, Round
from election.process.result import decide
from tests.acts.paper_worlds import (
    PLACE,
    announced,
    made,
    post,
    residents,
    sources,
    text_of,
)


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
    (master,) = BUILDERS["ballot"](sources(world, known), preparation.ReleaseBallots(printed=60, design=design))
    assert master.number == design[:8]
    assert master.data == ballots.design(world, world.election.rounds[0])[0]
    text = text_of(master.data)
    assert "福临里社区第三届居民委员会选举选票" in text
    assert text.index("丁一") < text.index("陈堃") < text.index("赵刚")


def test_the_release_chooses_marking_sheet_and_type():
    world, known = residents()
    act = preparation.ReleaseBallots(printed=60, design="0" * 64, marking="sign", sheet="A3", large_type=True)
    act = act.model_copy(update={"design": ballots.design_digest(world, act)})
    assert act.design != ballots.design_digest(world)
    (master,) = BUILDERS["ballot"](sources(world, known), act)
    assert "画“○”" in text_of(master.data).replace("〇", "○")
    this = world.election.rounds[0]
    this.marking, this.sheet, this.large_type = act.marking, act.sheet, act.large_type
    pdf, layout = ballots.design(world, this)
    assert (pdf, layout["design"]) == (master.data, act.design)
    assert (layout["form"], layout["page"]["width_mm"]) == ("sign", 297.0)


def test_another_design_than_that_of_the_candidates_is_refused():
    world, known = residents()
    with pytest.raises(WrongInput, match="layout is not that of the candidates"):
        BUILDERS["ballot"](sources(world, known), preparation.ReleaseBallots(printed=60, design="0" * 64))


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
        ("钱多", 3, None, None, "未当选"),
    ]
    assert chair.rows[2].write_in
    assert chair.needed == 28
    assert chair.rows[0].article == "方案五（二）8"
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


def test_a_show_of_hands_is_reported_as_one_with_the_number_present_as_its_ballots():
    world, known = residents()
    known.say(PLACE)
    facts = world.election
    this = facts.rounds[0]
    facts.method = this.method = "hands"
    this.contests, this.candidates = this.contests[:1], {"chair": this.candidates["chair"][:1]}
    this.hands = {"chair": {"valid": 55, "invalid": 0, "votes": {"p1": {"for": 50, "against": 5, "abstain": 0}}}}
    report = made("result_report", world, known, result.Announce())
    assert (report.method, report.issued, report.returned) == ("举手表决", 55, 55)
    assert report.contests[0].follows == "应选名额已选满。"


def test_a_tie_is_reported_with_the_revote_that_follows():
    world, known = residents()
    known.say(PLACE)
    sheet = world.election.rounds[0].sheets[("member", "1号票箱")].final
    assert sheet is not None
    for row, votes in zip(sheet["rows"], (40, 30, 30), strict=True):
        row.update(votes_for=votes, against=0, abstain=55 - votes)
    world.election.rounds[0].contests[1].seats = 2
    report = made("result_report", world, known, result.Announce())
    assert [r.outcome for r in report.contests[1].rows] == ["当选", "票数相等", "票数相等"]
    assert "丁一、陈堃" in report.contests[1].follows
    assert "重新投票" in report.contests[1].follows
