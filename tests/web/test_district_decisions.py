"""What superiors decide: one community or many, approved or given back, by those whose place it is."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from election.process.facts import Election
from election.store.worlds import entries, world_of

from ..once import once
from .district_towns import PASSWORD, Told, copied, tell

NUMBER = "七组发〔2010〕66号"


@pytest.fixture(scope="module")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> Path:
        tell(folder / "home")
        return folder / "home"

    return once(tmp_path_factory, "district", make)


@pytest.fixture
def told(told_home: Path, tmp_path: Path) -> Told:
    return copied(told_home, tmp_path / "home")


def facts(told: Told, election: str) -> Election:
    with told.store.read() as session:
        return world_of(told.store, session, election).election


def acts(told: Told, election: str) -> list[str]:
    with told.store.read() as session:
        return [e.act for e in entries(session, election)]


@pytest.fixture
def waiting(told: Told) -> list[str]:
    return [told.election(4, "party"), told.election(5, "party")]


# --- the inbox -----------------------------------------------------------------------------------------------------------


@pytest.mark.each_engine
def test_the_inbox_shows_what_waits_for_each_role(told: Told, waiting: list[str]) -> None:
    organisation = told.sign_in("zuzhibu").get("/d/inbox").get_data(as_text=True)
    for election in waiting:
        assert f"/d/{election}/act/approve.decide" in organisation
    assert "/d/many/approve.decide" in organisation
    street = told.sign_in("jiedao").get("/d/inbox").get_data(as_text=True)
    assert "approve.decide" not in street
    civil = told.sign_in("minzhengju").get("/d/inbox").get_data(as_text=True)
    assert "approve.decide" not in civil
    assert "现在没有等您办理的事" in civil


def test_an_item_says_since_when_it_waits(told: Told, waiting: list[str]) -> None:
    page = told.sign_in("zuzhibu").get("/d/inbox").get_data(as_text=True)
    assert "2010年12月4日" in page  # the day of the street's request
    assert "0 天" in page


# --- many under one number -----------------------------------------------------------------------------------------------


def send(told: Told, login: str, elections: list[str], **typed: str) -> tuple[int, str]:
    data = {"e": elections, "document_number": NUMBER, "sign_password": PASSWORD} | typed
    answer = told.sign_in(login).post("/d/many/approve.decide", data=data)
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.each_engine
def test_many_are_approved_under_one_number_with_one_signature(told: Told, waiting: list[str]) -> None:
    status, _ = send(told, "zuzhibu", waiting)
    assert status == 302
    for election in waiting:
        assert facts(told, election).approved
        with told.store.read() as session:
            last = entries(session, election)[-1]
        assert last.act == "approve.decide"
        assert last.payload["document_number"] == NUMBER
        assert len(last.statements) == 1
        assert [p["kind"] for p in last.papers] == ["approval_reply"]
    street = told.sign_in("jiedao").get("/d/inbox").get_data(as_text=True)
    assert all(f"/d/{e}/act/approve.appoint" in street for e in waiting)


def test_the_page_shows_every_case_before_it_asks(told: Told, waiting: list[str]) -> None:
    answer = told.sign_in("zuzhibu").get("/d/many/approve.decide", query_string={"e": waiting})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count("当选人") == 2
    assert "sign_password" in page
    assert "document_number" in page
    assert 'name="target"' not in page  # a return is one community's


def test_one_that_cannot_be_approved_stops_all(told: Told, waiting: list[str]) -> None:
    before = {e: acts(told, e) for e in waiting}
    other = told.election(1, "party")
    status, page = send(told, "zuzhibu", [*waiting, other])
    assert status == 422
    assert "有 1 个社区还不能办理，因此一个也没有办" in page
    assert {e: acts(told, e) for e in waiting} == before
    assert not any(facts(told, e).approved for e in waiting)
    assert NUMBER in page  # nothing typed is lost


def test_a_refusal_at_the_last_moment_leaves_none_standing(
    told: Told, waiting: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own check passes, the record's does not: the transaction takes the first one back with the second."""
    other = told.election(1, "party")
    monkeypatch.setattr("election.web.district.many.missing_for", lambda *a: [])
    before = acts(told, waiting[0])
    status, page = send(told, "zuzhibu", [waiting[0], other])
    assert status == 422
    assert "还不能办理" in page
    assert acts(told, waiting[0]) == before
    assert not facts(told, waiting[0]).approved


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"sign_password": "错的密码"}, "密码不对"),
        ({"sign_password": ""}, "请输入密码"),
        ({"document_number": ""}, "还不能办理"),
        ({"occurred_on": "昨天吧"}, "实际发生日期须是日期"),
        ({"occurred_on": "2010-12-09"}, "还不能办理"),
    ],
)
def test_nothing_is_done_on_a_fault(told: Told, waiting: list[str], typed: dict[str, str], words: str) -> None:
    status, page = send(told, "zuzhibu", waiting, **typed)
    assert status == 422
    assert words in page
    assert not any(facts(told, e).approved for e in waiting)


def test_ticking_none_says_so(told: Told) -> None:
    browser = told.sign_in("zuzhibu")
    answer = browser.get("/d/many/approve.decide", follow_redirects=True)
    assert "请先勾选要一并办理的社区" in answer.get_data(as_text=True)


def test_too_many_are_not_taken(told: Told, waiting: list[str]) -> None:
    query = {"e": [f"{n:08d}-0000-4000-8000-000000000000" for n in range(61)]}
    answer = told.sign_in("zuzhibu").get("/d/many/approve.decide", query_string=query, follow_redirects=True)
    assert "一次最多一并办理 60 个社区" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("jiedao", "approve.decide"),  # the street does not approve
        ("minzhengju", "approve.decide"),
        ("zuzhibu", "approve.submit"),
        ("zuzhibu", "later.record"),  # not decided together by anybody
        ("zuzhibu", "no.such.act"),
    ],
)
@pytest.mark.each_engine
def test_many_is_only_for_whose_act_it_is(told: Told, waiting: list[str], login: str, code: str) -> None:
    browser = told.sign_in(login)
    assert browser.get(f"/d/many/{code}", query_string={"e": waiting}).status_code == 404
    assert browser.post(f"/d/many/{code}", data={"e": waiting, "sign_password": PASSWORD}).status_code == 404


@pytest.mark.parametrize("election", ["not-an-id", "00000000-0000-4000-8000-000000000000", "campaign", "residents"])
def test_a_case_that_is_none_is_not_found(told: Told, waiting: list[str], election: str) -> None:
    named = {"campaign": told.campaign(), "residents": told.election(1, "residents")}.get(election, election)
    answer = told.sign_in("zuzhibu").get("/d/many/approve.decide", query_string={"e": [*waiting, named]})
    assert answer.status_code == 404


# --- one, approved or given back -----------------------------------------------------------------------------------------


def decide(told: Told, election: str, decision: str, **typed: str | list[str]) -> tuple[int, str]:
    data = {"_go": "do", "occurred_on": "2010-12-04", "sign_password": PASSWORD} | typed
    address = f"/d/{election}/act/approve.decide?decision={decision}"
    answer = told.sign_in("zuzhibu").post(address, data=data)
    return answer.status_code, answer.get_data(as_text=True)


def test_one_is_approved(told: Told, waiting: list[str]) -> None:
    status, _ = decide(told, waiting[0], "approve", document_number=NUMBER)
    assert status == 302
    assert facts(told, waiting[0]).approved
    assert not facts(told, waiting[1]).approved


def test_an_approval_asks_for_no_target_and_a_return_for_no_number(told: Told, waiting: list[str]) -> None:
    browser = told.sign_in("zuzhibu")
    approve = browser.get(f"/d/{waiting[0]}/act/approve.decide?decision=approve").get_data(as_text=True)
    assert 'name="document_number"' in approve
    assert 'name="target"' not in approve
    back = browser.get(f"/d/{waiting[0]}/act/approve.decide?decision=return").get_data(as_text=True)
    assert 'name="target"' in back
    assert 'name="document_number"' not in back


def test_papers_are_returned_and_the_vote_stands(told: Told, waiting: list[str]) -> None:
    election = waiting[0]
    elected = facts(told, election).elected
    status, _ = decide(told, election, "return", target="papers", reason="报告单缺监票人签名")
    assert status == 302
    after = facts(told, election)
    assert after.elected == elected
    assert not after.submitted
    assert after.returns[-1][1] == "papers"
    page = told.sign_in("jiedao").get(f"/d/{election}").get_data(as_text=True)
    assert "报告单缺监票人签名" in page
    assert "退回" in page


def test_void_needs_its_article_and_begins_the_meeting_again(told: Told, waiting: list[str]) -> None:
    election = waiting[0]
    status, page = decide(told, election, "return", target="void", reason="到会人数不实")
    assert status == 422
    assert facts(told, election).returns == []
    assert "条款" in page
    status, _ = decide(told, election, "return", target="void", reason="到会人数不实", article="暂行条例第二十五条")
    assert status == 302
    after = facts(told, election)
    assert after.elected == {}
    assert after.steps["party.prepare"].attempt == 2


def test_one_person_is_refused_and_the_seat_goes_to_a_further_round(told: Told, waiting: list[str]) -> None:
    election = waiting[0]
    before = facts(told, election)
    person = next(iter(before.elected))
    status, _ = decide(told, election, "return", target="person", reason="受过处分", persons=[person])
    assert status == 302
    after = facts(told, election)
    assert person in after.refused
    assert set(after.elected) == set(before.elected) - {person}
    assert len(after.rounds) == 2
    page = told.sign_in("zuzhibu").get(f"/d/{election}").get_data(as_text=True)
    assert "当选后未获同意" in page


@pytest.mark.parametrize(
    "typed",
    [
        {"target": "papers"},  # no reason
        {"reason": "没有写退到哪里"},
        {"target": "person", "reason": "没有写是谁"},
        {"target": "person", "reason": "不是当选人", "persons": ["00000000-0000-4000-8000-000000000000"]},
        {"target": "elsewhere", "reason": "没有这一种"},
    ],
)
def test_a_return_that_says_too_little_is_refused(told: Told, waiting: list[str], typed: dict[str, str]) -> None:
    status, _ = decide(told, waiting[0], "return", **typed)
    assert status == 422
    assert facts(told, waiting[0]).returns == []


# --- whose place it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["zhuren4", "dengji4", "admin"])
@pytest.mark.each_engine
def test_nobody_else_comes_to_these_pages(told: Told, waiting: list[str], login: str) -> None:
    browser = told.sign_in(login)
    for address in ("/d/", "/d/inbox", "/d/statistics", "/d/statistics.xlsx", "/d/rulesets", f"/d/{waiting[0]}"):
        assert browser.get(address).status_code == 404, address
    assert browser.post(f"/d/{waiting[0]}/act/approve.decide", data={"_go": "do"}).status_code == 404


def test_a_stranger_is_sent_to_sign_in(told: Told, waiting: list[str]) -> None:
    browser = told.app.test_client()
    for address in ("/d/", f"/d/{waiting[0]}", "/d/inbox"):
        answer = browser.get(address)
        assert answer.status_code == 302
        assert "/login" in answer.headers["Location"]


@pytest.mark.parametrize("code", ["no.such.act", "roll.fix", "campaign.plan", "election.open", "tally.reveal"])
def test_only_acts_of_superiors_are_done_here(told: Told, waiting: list[str], code: str) -> None:
    assert told.sign_in("jiedao").get(f"/d/{waiting[0]}/act/{code}").status_code == 404


def test_assessments_are_done_on_their_own_page(told: Told, waiting: list[str]) -> None:
    answer = told.sign_in("jiedao").get(f"/d/{waiting[0]}/act/assess.record")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/candidates")


# --- review, board and statistics of real elections --------------------------------------------------------------------


def test_the_review_holds_numbers_against_rules(told: Told, waiting: list[str]) -> None:
    page = told.sign_in("zuzhibu").get(f"/d/{waiting[0]}").get_data(as_text=True)
    entitled = facts(told, waiting[0]).entitled
    for words in (
        "应选 5，至少 6 人",
        f"应到 {entitled}，至少 ",
        "差额比例",
        "符合",
        "已核对至第",
        "决定选举结果的规定",
        "组织考察",
        f"/d/{waiting[0]}/act/approve.decide?decision=approve",
        f"/d/{waiting[0]}/act/approve.decide?decision=return",
    ):
        assert words in page, words
    assert "不符" not in page.replace("核对不符", "")


def test_the_review_tells_who_is_waited_for(told: Told, waiting: list[str]) -> None:
    page = told.sign_in("jiedao").get(f"/d/{waiting[0]}").get_data(as_text=True)
    assert "由区委组织部办理" in page
    assert "decision=approve" not in page


def test_statistics_add_up(told: Told, waiting: list[str]) -> None:
    page = told.sign_in("zuzhibu").get("/d/statistics").get_data(as_text=True)
    elected = sum(len(facts(told, e).elected) for e in waiting)
    women = sum(
        c.sex == "female" for e in waiting for c in facts(told, e).official if c.person in facts(told, e).elected
    )
    share = f"{(2000 * women + elected) // (2 * elected) // 10}."
    assert f"（{women} / {elected}）" in page
    assert share in page
    assert "20.0%（候选人 12，应选 10）" in page


def test_sheets_open_in_a_spreadsheet(told: Told) -> None:
    browser = told.sign_in("jiedao")
    for address, least in (("/d/board.xlsx", 2 + 5), ("/d/statistics.xlsx", 2 + 2)):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert load_workbook(io.BytesIO(answer.data)).active.max_row == least


@pytest.mark.each_engine
def test_every_page_and_every_kind_of_link_on_it_opens(told: Told, waiting: list[str]) -> None:
    """Of links that differ in their ids alone, one is followed."""
    starts = ["/d/", "/d/inbox", "/d/campaigns", "/d/statistics", "/d/rulesets", f"/d/campaign/{told.campaign()}"]
    starts += [f"/d/{waiting[0]}", f"/d/{told.election(1, 'residents')}"]
    for login in ("jiedao", "zuzhibu"):
        browser, seen = told.sign_in(login), set()
        for address in starts:
            answer = browser.get(address)
            assert answer.status_code == 200, (login, address)
            for found in re.findall(r'href="(/d/[^"#]*|/c/[^"#]*)', answer.get_data(as_text=True)):
                kind = re.sub(r"[0-9a-f]{8}[0-9a-f-]{28,}|c\d", "", found)
                if kind not in seen:
                    seen.add(kind)
                    link = found.replace("&amp;", "&")
                    assert browser.get(link).status_code in (200, 302), (login, address, link)


def test_pages_speak_english(told: Told, waiting: list[str]) -> None:
    browser = told.sign_in("zuzhibu")
    for address, words in (
        ("/d/", "Progress of the turnover"),
        ("/d/inbox", "Waiting for me"),
        (f"/d/{waiting[0]}", "Sealed papers"),
    ):
        assert words in browser.get(f"{address}?lang=en").get_data(as_text=True)
