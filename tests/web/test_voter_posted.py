"""What hangs on the board: notices, candidates, results, and whether a paper is the one that was sealed."""

from __future__ import annotations

import ast
import re
from datetime import date
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from election.acts import posted
from election.acts.order import candidates_in_order
from election.process.base import Role
from election.process.facts import Contest, Notice, Round
from election.process.machine import ACTS
from election.record.tree import root
from election.store.append import content_of
from election.store.worlds import entries
from election.web.voter.results import WIDTH, announced
from election.words import interface, sentences

from .voter_sample import Sample, guarded, sample, words

__all__ = ["guarded", "sample"]


def get(sample: Sample, address: str) -> TestResponse:
    return sample.browser().get(address)


def election(sample: Sample, community: str, body: str) -> str:
    return sample.elections[community, body]


# --- notices ---------------------------------------------------------------------------------------------------------


def test_the_board_lists_every_notice_with_number_title_day_and_place(sample: Sample) -> None:
    said = words(get(sample, f"/notices/{sample.campaign}/c5"))
    facts = sample.world("c5", "party").election
    assert len(facts.notices) == 4
    for notice in facts.notices:
        assert f"第 {notice.number} 号" in said
        assert (
            f"{notice.posted_on.year}年{notice.posted_on.month}月{notice.posted_on.day}日 张贴在{notice.place}" in said
        )
    assert "选举结果公告" in said
    assert "职数和任职条件公告" in said


def test_a_notices_paper_is_the_sealed_one_byte_for_byte(sample: Sample) -> None:
    log = election(sample, "c5", "party")
    notice = sample.world("c5", "party").election.posted("result_notice")
    assert notice is not None
    answer = get(sample, f"/notices/{log}/{notice.number}.pdf")
    assert answer.mimetype == "application/pdf"
    assert sha256(answer.data).hexdigest() == notice.sha256
    assert answer.headers["X-Robots-Tag"] == "noindex"
    again = sample.browser().get(
        f"/notices/{log}/{notice.number}.pdf", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_communitys_own_notice_is_served(sample: Sample) -> None:
    answer = get(sample, f"/notices/{sample.campaign}/c1/1.pdf")
    notice = sample.world("c1").campaign.communities["c1"].notices[0]
    assert sha256(answer.data).hexdigest() == notice.sha256


def test_lists_of_residents_are_named_but_not_served(sample: Sample) -> None:
    log = election(sample, "c1", "residents")
    facts = sample.world("c1").election
    kinds = {n.kind: n.number for n in facts.notices}
    assert {"roll_notice", "representatives", "seats_notice"} <= set(kinds)
    said = words(get(sample, f"/notices/{log}"))
    assert "选民名单公告" in said
    assert "各居民小组公示栏" in said
    assert "这份名单只在张贴处看，不上网" in said
    for kind, number in kinds.items():
        assert get(sample, f"/notices/{log}/{number}.pdf").status_code == (200 if kind in posted.SERVED else 404)
    assert not posted.SERVED & {"roll_notice", "roll_correction", "representatives", "delegates"}


def test_no_public_page_names_who_is_only_on_the_roll(sample: Sample) -> None:
    """Every public page of a community, held against the names of its whole roll."""
    facts = sample.world("c1").election
    public_roles = {r.name for r in facts.representatives.values()} | {c.name for c in facts.prospective}
    party = sample.world("c1", "party").election
    public_roles |= {c.name for c in [*party.prospective, *party.official]}
    names = {p.resident.name for p in sample.people("c1") if len(p.resident.name) > 2} - public_roles
    pages = [f"/community/{sample.campaign}/c1", f"/notices/{sample.campaign}/c1", f"/when/{sample.campaign}/c1"]
    pages += [
        f"/{kind}/{election(sample, 'c1', b)}"
        for kind in ("candidates", "results", "notices")
        for b in ("party", "residents")
    ]
    for page in [*pages, "/", "/check", "/object", "/when", "/paper"]:
        said = words(get(sample, page))
        assert not [n for n in names if n in said], page


def test_prospective_candidates_are_served_only_as_long_as_they_are_posted(sample: Sample) -> None:
    over, standing = election(sample, "c5", "party"), election(sample, "c1", "party")
    assert get(sample, f"/notices/{standing}/1.pdf").status_code == 200
    assert get(sample, f"/notices/{over}/1.pdf").status_code == 404
    assert "公示期已过，网上不再提供" in words(get(sample, f"/notices/{over}"))


def test_a_superseded_notice_is_crossed_out_with_the_way_to_the_new_one(sample: Sample) -> None:
    facts = sample.world("c5", "party").election
    facts.notices[1].superseded_by = 4  # the sample has no correction; the copy's facts are its own
    try:
        html = get(sample, f"/notices/{facts.id}").get_data(as_text=True)
    finally:
        facts.notices[1].superseded_by = None
    assert re.search(
        r'<del>选举工作人员名单公告</del>\s*<span class="tag waiting">已作废</span> <a href="#party-4">看第 4 号</a>',
        html,
    )
    assert 'id="party-4"' in html


@pytest.mark.parametrize("number", ["0", "5", "99", "-1", "x"])
def test_a_notice_that_is_not_there_is_not_found(number: str, sample: Sample) -> None:
    assert get(sample, f"/notices/{election(sample, 'c5', 'party')}/{number}.pdf").status_code == 404
    assert get(sample, f"/notices/{sample.campaign}/c1/{number}.pdf").status_code == 404


@pytest.mark.parametrize("kind", ["notices", "candidates", "results"])
def test_an_election_that_is_not_there_is_not_found(kind: str, sample: Sample) -> None:
    assert get(sample, f"/{kind}/11111111-1111-4111-8111-111111111111").status_code == 404
    assert get(sample, f"/{kind}/{sample.campaign}").status_code == 404
    assert get(sample, f"/{kind}/nonsense").status_code == 404


# --- candidates ------------------------------------------------------------------------------------------------------


def test_prospective_candidates_stand_in_stroke_order_while_posted(sample: Sample) -> None:
    facts = sample.world("c1", "party").election
    html = get(sample, f"/candidates/{facts.id}").get_data(as_text=True)
    shown = re.findall(r'<span class="name">([^<]+)</span>', html)
    assert shown == [c.name for c in candidates_in_order(facts.prospective, facts.law)]
    assert len(shown) == 6
    assert "候选人预备人选" in html


def test_candidates_that_are_not_posted_are_not_shown(sample: Sample) -> None:
    facts = sample.world("c1").election
    assert facts.proposed
    assert facts.posted("prospective_list") is None
    said = words(get(sample, f"/candidates/{facts.id}"))
    assert "现在没有公布的候选人" in said
    assert not [c.name for c in facts.proposed.values() if c.name in said]


def test_a_list_that_was_sent_back_is_not_shown(sample: Sample) -> None:
    facts = sample.world("c3", "party").election
    assert facts.posted("prospective_list") is None
    assert "现在没有公布的候选人" in words(get(sample, f"/candidates/{facts.id}"))


def test_official_candidates_take_the_place_of_the_prospective(sample: Sample) -> None:
    facts = sample.world("c1", "party").election
    day = facts.notices[0].posted_on
    facts.notices.append(Notice(9, "official_list", day, "c1", "社区宣传栏"))
    facts.official = facts.prospective[:2]
    try:
        html = get(sample, f"/candidates/{facts.id}").get_data(as_text=True)
    finally:
        facts.notices.pop()
        facts.official = []
    assert "正式候选人" in html
    assert len(re.findall(r'<span class="name">', html)) == 2


# --- results ---------------------------------------------------------------------------------------------------------


def test_an_announced_result_gives_every_number_and_reason(sample: Sample) -> None:
    facts = sample.world("c5", "party").election
    answer = facts.rounds[0].answer
    assert answer is not None
    html = get(sample, f"/results/{facts.id}").get_data(as_text=True)
    said = words(get(sample, f"/results/{facts.id}"))
    contest = answer["contests"][0]
    for line in contest["votes"]:
        assert f"赞成{line['for']}反对{line['against']}弃权{line['abstain']}" in said.replace(" ", "")
        why = sentences()[line["why"]["code"]]["zh"].format_map(line["why"]["params"])
        assert why in said
        assert line["why"]["article"] in said
    assert said.count("当选") > len(contest["elected"])
    assert f"当选需要 {contest['needed']} 票（基数 {contest['base']}）" in said
    assert html.count("<svg") == len(contest["votes"])
    assert html.count('class="threshold"') == len(contest["votes"])
    assert "style=" not in html
    assert "2010年12月3日 当场宣布" in said
    assert "须经上级党组织批准" in said


@pytest.mark.parametrize(("community", "body"), [("c1", "party"), ("c1", "residents"), ("c4", "party")])
def test_nothing_of_a_result_before_it_is_announced(community: str, body: str, sample: Sample) -> None:
    answer = get(sample, f"/results/{election(sample, community, body)}")
    assert "结果还没有宣布" in words(answer)
    assert "<svg" not in answer.get_data(as_text=True)


def test_a_decided_but_unannounced_round_stays_hidden(sample: Sample) -> None:
    facts = sample.world("c5", "party").election
    this = facts.rounds[0]
    kept, this.answer = this.answer, None
    try:
        answer = get(sample, f"/results/{facts.id}")
    finally:
        this.answer = kept
    assert "结果还没有宣布" in words(answer)
    assert not [c.name for c in facts.official if c.name in words(answer)]


def line(candidate: str, votes: tuple[int, int, int], outcome: str, why: str, **more: Any) -> dict[str, Any]:
    params = {"votes": votes[0], "needed": 8, "base": 15, "seats": 1, "tied": 2, "open": 1, "held": 1}
    return {
        "candidate": candidate,
        "name": candidate.removeprefix("write-in:"),
        "for": votes[0],
        "against": votes[1],
        "abstain": votes[2],
        "outcome": outcome,
        "why": {"code": why, "params": params, "article": "方案五"},
        **more,
    }


def round_of(votes: list[dict[str, Any]], then: dict[str, Any] | None, **more: Any) -> tuple[Round, dict[str, Any]]:
    contest = {
        "id": "chair",
        "valid": 15,
        "invalid": 0,
        "base": 15,
        "needed": 8,
        "votes": votes,
        "vacant": 1,
        "next": then,
    }
    checks = [
        {
            "rule": "quorum",
            "ok": True,
            "code": "quorum.met",
            "article": "a",
            "params": {"present": 15, "entitled": 20, "needed": 11},
        },
        {
            "rule": "returned",
            "ok": True,
            "code": "returned.within",
            "article": "b",
            "params": {"returned": 15, "issued": 15},
        },
    ]
    answer = {"valid": True, "checks": checks, "contests": [contest | more]}
    return Round(1, [Contest("chair", "主任", 1)], {"chair": []}), answer


def shown(this: Round, answer: dict[str, Any]) -> Any:
    with Flask("page").test_request_context("/"):
        return announced(this, answer)


def test_most_votes_stand_first_and_bars_keep_within_their_width() -> None:
    votes = [
        line("甲", (3, 10, 2), "not_elected", "count.why.below"),
        line("乙", (9, 6, 0), "elected", "count.why.elected"),
        line("write-in:丙丁", (1, 0, 14), "not_elected", "count.why.below"),
    ]
    (contest,) = shown(*round_of(votes, None)).contests
    assert [x.name for x in contest.lines] == ["乙", "甲", "丙*"]
    assert [x.write_in for x in contest.lines] == [False, False, True]
    assert [(x.against, x.abstain) for x in contest.lines] == [(6, 0), (10, 2), (None, None)], "no circles, no number"
    assert all(sum(x.widths) <= WIDTH for x in contest.lines)
    assert contest.lines[0].widths == (600, 400, 0)
    assert contest.threshold == 533
    assert contest.follows == "还有 1 个名额暂缺"


def test_a_write_in_is_named_only_when_elected_or_voted_on_again() -> None:
    votes = [
        line("write-in:丙丁", (9, 0, 6), "elected", "count.why.elected"),
        line("write-in:戊己", (5, 0, 10), "not_elected", "count.why.below"),
        line("write-in:庚辛", (1, 0, 14), "not_elected", "count.why.below"),
    ]
    then = {"kind": "second_round", "candidates": ["write-in:戊己"], "seats": 1}
    (contest,) = shown(*round_of(votes, then)).contests
    assert [x.name for x in contest.lines] == ["丙丁", "戊己", "庚*"]


def test_votes_carried_down_are_part_of_the_bar() -> None:
    votes = [line("甲", (3, 2, 10), "elected", "count.why.elected", carried=6)]
    (contest,) = shown(*round_of(votes, None)).contests
    assert contest.lines[0].carried == 6
    assert sum(contest.lines[0].widths) <= WIDTH
    assert contest.lines[0].widths[0] > contest.threshold


def test_a_tie_says_who_votes_again_and_a_re_vote_has_no_threshold() -> None:
    votes = [line("甲", (8, 7, 0), "tied", "count.why.tied"), line("乙", (8, 7, 0), "tied", "count.why.tied")]
    this, answer = round_of(votes, {"kind": "revote", "candidates": ["甲", "乙"], "seats": 1})
    (contest,) = shown(this, answer).contests
    assert "票数相等的 甲、乙 中重新投票" in contest.follows
    this.revote = True
    assert shown(this, answer).contests[0].threshold is None


@pytest.mark.parametrize(
    ("then", "words_of_it"),
    [
        ({"kind": "second_round", "candidates": ["甲"], "seats": 1}, "候选人"),
        ({"kind": "second_round", "candidates": [], "seats": 1}, "须重新提名"),
        ({"kind": "rerun"}, "重新选举"),
    ],
)
def test_what_follows_is_said(then: dict[str, Any], words_of_it: str) -> None:
    votes = [line("甲", (3, 2, 10), "not_elected", "count.why.below")]
    assert words_of_it in shown(*round_of(votes, then)).contests[0].follows


# --- check a paper ---------------------------------------------------------------------------------------------------


def paper(sample: Sample, code: str) -> TestResponse:
    return sample.browser().post("/paper", data={"code": code})


def result_notice(sample: Sample) -> Notice:
    notice = sample.world("c5", "party").election.posted("result_notice")
    assert notice is not None
    return notice


@pytest.mark.parametrize(
    "spell",
    [str, str.upper, lambda c: " ".join(re.findall("....", c)), lambda c: "".join(chr(ord(x) + 0xFEE0) for x in c)],
)
@pytest.mark.parametrize("length", [16, 64])
def test_a_papers_own_code_is_known(spell: Any, length: int, sample: Sample) -> None:
    notice = result_notice(sample)
    answer = paper(sample, spell(notice.sha256[:length]))
    said = words(answer)
    assert answer.status_code == 200
    assert "这是存证里的文书" in said
    assert f"选举结果公告 第 {notice.number} 号" in said
    assert "杏坛社区 · 党组织" in said
    assert "2010年12月3日" in said


def test_the_root_printed_at_the_foot_is_known(sample: Sample) -> None:
    notice = result_notice(sample)
    with sample.store.read() as session:
        data = [e.to_bytes() for e in entries(session, election(sample, "c5", "party"), 0, notice.seq)]
    printed = root(data).hex()
    assert f"选举结果公告 第 {notice.number} 号" in words(paper(sample, printed[:16]))
    assert f"选举结果公告 第 {notice.number} 号" in words(paper(sample, printed))
    assert paper(sample, printed[:63] + ("0" if printed[63] != "0" else "1")).status_code == 404
    assert paper(sample, root([*data, b"forged"]).hex()[:16]).status_code == 404


def test_every_sealed_notice_is_found_by_its_root(sample: Sample) -> None:
    """Each paper is stamped with the record as it stood before its own entry."""
    for (community, body), log in sample.elections.items():
        notices = sample.world(community, body).election.notices
        with sample.store.read() as session:
            data = [e.to_bytes() for e in entries(session, log)]
            for notice in notices:
                found = posted.papers_of(sample.store, session, root(data[: notice.seq]).hex()[:16])
                assert [p.sha256 for p in found] == [notice.sha256]


def test_an_uploaded_paper_is_compared_byte_for_byte(sample: Sample) -> None:
    notice = result_notice(sample)
    with sample.store.read() as session:
        content = content_of(sample.store, session, notice.sha256)
    assert content is not None
    upload = {"code": "", "file": (BytesIO(content.data), "notice.pdf")}
    assert "这是存证里的文书" in words(sample.browser().post("/paper", data=upload))
    forged = {"code": "", "file": (BytesIO(content.data + b" "), "notice.pdf")}
    assert sample.browser().post("/paper", data=forged).status_code == 404


def test_a_list_that_was_destroyed_is_said_to_be(sample: Sample) -> None:
    log = election(sample, "c1", "residents")
    world = sample.world("c1")
    notice = world.election.posted("roll_notice")
    assert notice is not None
    world.election.gone[notice.sha256] = date(2014, 6, 1)  # as the pages have it in their memory
    try:
        browser = sample.browser()
        assert "这份名单保存期满，已销毁。" in words(browser.get(f"/notices/{sample.campaign}/c1"))
        assert "2014年6月1日已销毁" in words(paper(sample, notice.sha256[:16]))
        gone = browser.get(f"/notices/{log}/{notice.number}.pdf")
        assert (gone.status_code, "已按选举所依规则的期限销毁" in words(gone)) == (410, True)
    finally:
        world.election.gone.clear()


def test_a_posted_roll_can_be_checked_though_it_is_not_served(sample: Sample) -> None:
    notice = sample.world("c1").election.posted("roll_notice")
    assert notice is not None
    assert "选民名单公告" in words(paper(sample, notice.sha256[:16]))


def test_a_superseded_paper_is_known_as_such(sample: Sample) -> None:
    notice = result_notice(sample)
    notice.superseded_by = 5
    try:
        said = words(paper(sample, notice.sha256[:16]))
    finally:
        notice.superseded_by = None
    assert "有这份文书，但已作废" in said
    assert "请看第 5 号公告" in said


def test_a_paper_that_is_no_notice_tells_its_kind_and_nobody(sample: Sample) -> None:
    log = election(sample, "c5", "party")
    with sample.store.read() as session:
        report = next(p for e in entries(session, log) for p in e.papers if p["kind"] == "result_report")
    said = words(paper(sample, report["sha256"][:16]))
    assert "选举结果报告单" in said
    assert not [c.name for c in sample.world("c5", "party").election.official if c.name in said]


def test_an_unknown_code_is_one_sentence(sample: Sample) -> None:
    answer = paper(sample, "0" * 16)
    assert answer.status_code == 404
    assert words(answer).count("存证里没有这份文书") == 1


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "   ",
        "0123456789abcde",
        "g" * 16,
        "0" * 65,
        "😀" * 20,
        "'; --",
        "\u202e" * 30,
        "f" * 100_000,
        "%",
    ],
)
def test_what_is_no_code_is_said_to_be_none(odd: str, sample: Sample) -> None:
    answer = paper(sample, odd)
    assert answer.status_code in (404, 422)
    assert "校验码" in words(answer)


def test_a_code_in_the_address_of_a_printed_square(sample: Sample) -> None:
    code = result_notice(sample).sha256[:16]
    assert "这是存证里的文书" in words(get(sample, f"/paper?code={code}"))


def test_codes_cannot_be_tried_without_end(sample: Sample) -> None:
    browser = sample.browser()
    answers = [browser.post("/paper", data={"code": f"{n:016x}"}).status_code for n in range(101)]
    assert answers == [404] * 100 + [429]


# --- home ------------------------------------------------------------------------------------------------------------


def test_home_lists_communities_by_street_and_what_can_be_done(sample: Sample) -> None:
    answer = get(sample, "/")
    html, said = answer.get_data(as_text=True), words(answer)
    assert "七里河区 · 柳荫街道" in said
    for name in ("榆苑社区", "槐安社区", "枣林社区", "柳湾社区", "杏坛社区"):
        assert name in said
    for address in ("/check", "/object", "/object/follow", "/when", "/paper", "/login"):
        assert f'href="{address}"' in html
    assert "演示" in said


def test_who_doubts_a_result_is_told_what_to_ask_for(sample: Sample) -> None:
    said = words(get(sample, "/doubt"))
    for what in ("存证包", "街道", "签过字的纸", "verify_alone.py", "--trust", "--checkpoint", "不放在网上"):
        assert what in said
    pages = ["/", f"/results/{election(sample, 'c5', 'party')}"]
    assert all('href="/doubt"' in get(sample, page).text for page in pages)


def test_the_bundle_is_for_nobody_without_an_account(sample: Sample) -> None:
    log = election(sample, "c5", "party")
    assert sample.browser().get(f"/c/{log}/bundle").status_code in (302, 303, 404)


def test_a_community_page_leads_to_everything_of_it(sample: Sample) -> None:
    html = get(sample, f"/community/{sample.campaign}/c1").get_data(as_text=True)
    for body in ("party", "residents"):
        for kind in ("candidates", "results"):
            assert f'href="/{kind}/{election(sample, "c1", body)}"' in html
    assert f'href="/notices/{sample.campaign}/c1"' in html
    assert f'href="/object/{sample.campaign}/c1"' in html


def test_every_page_has_its_english(sample: Sample) -> None:
    pages = ["/", "/check", "/when", "/object", "/object/follow", "/paper", f"/community/{sample.campaign}/c1"]
    pages += [f"/{kind}/{election(sample, 'c5', 'party')}" for kind in ("notices", "candidates", "results")]
    for page in pages:
        answer = get(sample, f"{page}?lang=en")
        assert answer.status_code == 200
        assert '<html lang="en"' in answer.get_data(as_text=True)


def test_a_visitor_can_do_one_act_and_no_other() -> None:
    assert {code for code, act in ACTS.items() if Role.VOTER in act.who} == {"objection.file"}


def test_every_text_has_its_english_with_the_same_numbers() -> None:
    found: set[str] = set()
    for file in (Path(str(files("election.templates"))) / "web/voter").glob("*.html"):
        found.update(re.findall(r"\b_\(\s*'([^']+)'", file.read_text(encoding="utf-8")))
    for file in (Path(str(files("election.web"))) / "voter").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                said = node.args[0]
                if isinstance(said, ast.Constant):
                    found.add(str(said.value))
    assert len(found) > 150
    assert not sorted(t for t in found if t not in interface())
    for chinese in found:
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", interface()[chinese])), chinese
