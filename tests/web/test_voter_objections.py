"""Objecting without an account: the number, the code, the answer; late ones as complaints; nothing for anybody else."""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from election.acts import auditing, objecting
from election.process.facts import Notice
from election.process.machine import VOTER
from election.process.objections import DecideObjection, FileObjection
from election.store.tables import EntryRow, FollowCode, OpeningRow
from election.store.worlds import entries

from ..acts.test_auditing import changed
from .voter_sample import Sample, guarded, hidden, sample, words

__all__ = ["guarded", "sample"]

TYPED = {
    "kind": "roll_missing",
    "about": "丁小满",
    "text": "本人住槐安路二十年，名单上没有我的名字。",
    "by": "丁大满",
    "contact": "槐安路 7 号 0931-0000000",
}
IN_TIME = datetime(2010, 11, 27, 15, 30, tzinfo=UTC)  # the last half hour of the window, in Shanghai


def address(sample: Sample, community: str = "c2") -> str:
    return f"/object/{sample.campaign}/{community}"


def send(sample: Sample, *, community: str = "c2", once: str = "", **changed: str) -> TestResponse:
    browser = sample.browser()
    once = once or hidden(browser.get(address(sample, community)), "once")
    return browser.post(address(sample, community), data={**TYPED, "once": once, **changed})


def receipt(answer: TestResponse) -> tuple[str, str]:
    """Number and code, as printed."""
    found = re.findall(r'class="slip-code"[^>]*>([^<]+)<', answer.get_data(as_text=True))
    assert len(found) == 2, words(answer)
    return found[0], found[1]


def follow(sample: Sample, number: str, code: str, host: str = "192.0.2.1") -> TestResponse:
    return sample.browser(host).post("/object/follow", data={"number": number, "code": code})


def test_the_audit_knows_the_objection_of_every_code(sample: Sample) -> None:
    receipt(send(sample))
    assert auditing.audit(sample.store)[1] == []
    assert "follow_code" in {table for table, _ in changed(sample.store, "UPDATE follow_code SET number = 99")}


# --- filing ----------------------------------------------------------------------------------------------------------


@pytest.mark.each_engine
def test_an_objection_in_time_gets_number_code_and_the_days_of_the_answer(sample: Sample) -> None:
    sample.clock.now = IN_TIME
    assert "2010年11月27日 以前（含当日）提出" in words(sample.browser().get(address(sample)))
    answer = send(sample)
    number, code = receipt(answer)
    said = words(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert number == "2"  # the sample has one
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    assert "3 日内答复" in said
    assert "投诉" not in said
    filed = sample.world("c2").election.objections[2]
    assert (filed.kind, filed.late) == ("roll_missing", False)


def test_a_day_later_it_is_a_complaint_and_says_so(sample: Sample) -> None:
    sample.clock.now = IN_TIME + timedelta(hours=1)
    page = words(sample.browser().get(address(sample)))
    assert "异议期 2010年11月27日 已过，作为投诉受理" in page
    assert "已登记，作为投诉受理" in words(send(sample))
    assert sample.world("c2").election.objections[2].late


def test_the_entry_is_the_voters_and_holds_no_word_of_it(sample: Sample) -> None:
    send(sample)
    log = sample.elections["c2", "residents"]
    with sample.store.read() as session:
        last = entries(session, log)[-1]
        data = bytes(session.get_one(EntryRow, (log, last.seq)).data).decode()
        codes = list(session.scalars(select(FollowCode)))
    assert last.act == "objection.file"
    assert last.actor["account"] == VOTER.account
    assert not any(TYPED[name] in data for name in ("about", "text", "by", "contact"))
    assert [(c.log, c.number) for c in codes] == [(log, 2)]


def test_the_code_itself_is_kept_nowhere(sample: Sample) -> None:
    _, code = receipt(send(sample))
    with sample.store.read() as session:
        assert code.replace("-", "") not in {c.code_index for c in session.scalars(select(FollowCode))}


def test_the_same_form_sent_twice_is_one_objection(sample: Sample) -> None:
    once = hidden(sample.browser().get(address(sample)), "once")
    assert receipt(send(sample, once=once)) == receipt(send(sample, once=once))
    assert len(sample.world("c2").election.objections) == 2


def test_the_same_form_with_other_words_is_another_objection(sample: Sample) -> None:
    once = hidden(sample.browser().get(address(sample)), "once")
    first = receipt(send(sample, once=once))
    second = receipt(send(sample, once=once, text="还有我的儿子，也不在名单上。"))
    assert (first[0], second[0]) == ("2", "3")
    assert first[1] != second[1]


@pytest.mark.each_engine
def test_a_button_pressed_twice_at_once_files_once(sample: Sample) -> None:
    act = FileObjection(**TYPED)
    log, now = sample.elections["c2", "residents"], sample.clock()
    filed: list[objecting.Filed] = []

    def press() -> None:
        filed.append(objecting.file(sample.store, log, act, "once", now.date(), now))

    presses = [threading.Thread(target=press) for _ in range(3)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    assert len(filed) == 3
    assert len({(f.number, f.code) for f in filed}) == 1
    assert len(sample.world("c2").election.objections) == 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": ""}, "请选择对什么有异议"),
        ({"kind": "candidate"}, "请选择对什么有异议"),  # no prospective list hangs in c2
        ({"kind": "nonsense"}, "请选择对什么有异议"),
        ({"about": " \u200b"}, "请填写涉及谁"),
        ({"text": "不对"}, "请写明情况和理由，至少 4 个字"),
        ({"text": "字" * 4001}, "太长了，最多 4000 个字"),
        ({"by": ""}, "请填写您的姓名"),
        ({"by": "王" * 51}, "太长了，最多 50 个字"),
        ({"contact": ""}, "请填写电话或住址，以便答复"),
        ({"once": ""}, ""),
    ],
)
def test_each_gap_has_its_sentence_and_nothing_typed_is_lost(
    changed: dict[str, str], sentence: str, sample: Sample
) -> None:
    typed = {**TYPED, "once": "x", **changed}
    answer = sample.browser().post(address(sample), data=typed)
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert (sentence or "页面不完整") in html
    assert all(value in html for name, value in TYPED.items() if name not in changed and name != "kind")
    assert len(sample.world("c2").election.objections) == 1


@pytest.mark.parametrize(
    "odd",
    [
        "😀😀😀😀",
        "'; DROP TABLE entry; --",
        "=1+1+cmd|' /C calc'!A0",
        "\u202eabcd",
        "\x00\x01abcd",
        "<b>bold</b>",
        "𠮷𠮷𠮷𠮷",
    ],
)
def test_odd_words_are_taken_or_answered(odd: str, sample: Sample) -> None:
    answer = send(sample, about=odd, text=odd * 3, by=odd, contact=odd)
    assert answer.status_code in (200, 422)
    assert "<b>bold" not in answer.get_data(as_text=True)


@pytest.mark.each_engine
def test_objections_are_limited_by_address(sample: Sample) -> None:
    done = [send(sample, text=f"第 {n} 件事情").status_code for n in range(11)]
    assert done == [200] * 10 + [429]
    refused = send(sample, text="第十二件事情")
    assert "书面提出" in words(refused)
    assert "第十二件事情" in refused.get_data(as_text=True)
    assert len(sample.world("c2").election.objections) == 11


def test_where_no_list_hangs_only_other_matters_are_taken(sample: Sample) -> None:
    page = sample.browser().get(address(sample, "c4")).get_data(as_text=True)
    assert page.count('type="radio"') == 1
    assert 'value="other"' in page
    assert "作为投诉受理" in words(send(sample, community="c4", kind="other"))


def test_a_form_without_its_token_files_nothing(guarded: Sample) -> None:
    answer = guarded.browser().post(address(guarded), data={**TYPED, "once": "x"})
    assert answer.status_code == 400
    assert len(guarded.world("c2").election.objections) == 1


def test_another_sites_form_files_nothing(sample: Sample) -> None:
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = sample.browser().post(address(sample), data={**TYPED, "once": "x"}, headers=headers)
    assert answer.status_code == 403
    assert len(sample.world("c2").election.objections) == 1


def test_nothing_of_an_objection_is_logged(sample: Sample, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    number, code = receipt(send(sample))
    follow(sample, number, code)
    for private in (*(TYPED[n] for n in ("about", "text", "by", "contact")), code, code.replace("-", "")):
        assert private not in caplog.text


# --- following -------------------------------------------------------------------------------------------------------


def decided(sample: Sample, *, upheld: bool, answer: str) -> tuple[str, str]:
    number, code = receipt(send(sample))
    act = DecideObjection(objection=int(number), upheld=upheld, answer=answer, late_reason="")
    sample.do("zuzhang2", sample.elections["c2", "residents"], act)
    return number, code


@pytest.mark.each_engine
def test_number_and_code_show_the_state_and_then_the_answer(sample: Sample) -> None:
    number, code = receipt(send(sample))
    waiting = words(follow(sample, number, code))
    assert "办理中" in waiting
    assert "还没有答复。" in waiting
    assert "答复期限 2010年12月7日" in re.sub(r"(?<=期限)", " ", waiting)
    act = DecideObjection(objection=int(number), upheld=True, answer="经核对户口簿，予以补登。\n请看更正公告。")
    sample.do("zuzhang2", sample.elections["c2", "residents"], act)
    done = follow(sample, number, code)
    said = words(done)
    assert "异议成立" in said
    assert "经核对户口簿，予以补登。 请看更正公告。" in said
    assert done.headers["Cache-Control"] == "no-store"
    html = done.get_data(as_text=True)
    assert not any(TYPED[name] in html for name in ("about", "text", "by", "contact"))


def test_an_objection_that_is_not_upheld(sample: Sample) -> None:
    assert "异议不成立" in words(follow(sample, *decided(sample, upheld=False, answer="不满十八周岁。")))


def test_blanks_case_and_width_of_the_code_are_forgiven(sample: Sample) -> None:
    number, code = receipt(send(sample))
    spoken = " ".join(chr(ord(c) + 0xFEE0) for c in code.lower() if c != "-")
    assert "办理中" in words(follow(sample, f" {number} ", spoken))


def test_an_answer_that_was_erased_is_said_to_be(sample: Sample) -> None:
    number, code = decided(sample, upheld=True, answer="同意补登。")
    with sample.store.write() as session:
        session.execute(delete(OpeningRow).where(OpeningRow.log == sample.elections["c2", "residents"]))
    said = words(follow(sample, number, code))
    assert "答复的内容已按规定删除" in said
    assert "同意补登" not in said


def test_one_that_waits_too_long_says_whom_to_ask(sample: Sample) -> None:
    number, code = receipt(send(sample))
    sample.clock.forward(days=4)
    said = words(follow(sample, number, code))
    assert "超过期限未答复" in said
    assert "催问" in said


@pytest.mark.each_engine
def test_another_number_another_code_or_a_paper_objection_shows_nothing(sample: Sample) -> None:
    number, code = receipt(send(sample))
    other = "A" + code[1:] if code[0] != "A" else "B" + code[1:]
    answers = [follow(sample, "1", code), follow(sample, number, other), follow(sample, "99", code)]
    assert {a.status_code for a in answers} == {404}
    assert all("没有这个编号和查询码" in words(a) for a in answers)


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        ("", "ABCD", "请填写异议编号，是一个数字"),
        ("二", "ABCD", "请填写异议编号，是一个数字"),
        ("9" * 50, "ABCD", "请填写异议编号，是一个数字"),
        ("1", "", "请填写查询码"),
        ("1", "\u200b - ", "请填写查询码"),
    ],
)
def test_what_is_missing_to_follow(number: str, code: str, sentence: str, sample: Sample) -> None:
    answer = follow(sample, number, code)
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_codes_cannot_be_tried_for_long(sample: Sample) -> None:
    number, code = receipt(send(sample))
    assert [follow(sample, "1", f"ABCD{n}").status_code for n in range(20)] == [404] * 20
    assert follow(sample, number, code).status_code == 429
    assert follow(sample, number, code, host="192.0.2.2").status_code == 200


# --- windows ---------------------------------------------------------------------------------------------------------


def test_a_ruleset_without_objections_takes_none_here(sample: Sample) -> None:
    assert objecting.windows(sample.world("c2", "party"), sample.clock().date()) == []


def test_the_prospective_list_opens_its_own_window(sample: Sample) -> None:

    world = sample.world("c2")
    notices = [*world.election.notices, Notice(9, "prospective_list", datetime(2010, 12, 2, tzinfo=UTC).date())]

    open_ = objecting.windows(replace(world, election=replace(world.election, notices=notices)), sample.clock().date())
    assert [(w.kind, w.open) for w in open_] == [
        ("roll_missing", False),
        ("roll_wrong", False),
        ("candidate", True),
        ("other", False),
    ]


def test_an_archived_election_takes_no_more(sample: Sample) -> None:

    world = sample.world("c2")
    today = sample.clock().date()
    assert objecting.windows(replace(world, election=replace(world.election, archived_on=today)), today) == []
