"""The hall's home, the order of the meeting and the account of ballots."""

# ruff: noqa: F811
from __future__ import annotations

import pytest

from .hall_town import BOX, PASSWORD, PIN, PRESENT, Hall, before, hall, hall_once  # noqa: F401

# --- the order of the meeting ----------------------------------------------------------------------------------------


def test_the_whole_order_is_done_from_its_pages(before: Hall) -> None:
    chair = before.browser("chair")
    steps = (
        ("meeting.open", {"place": "活动中心"}, "大会开始"),
        ("meeting.sign_in", {"present": "２０"}, "实到 20"),
        ("meeting.hear_report", {"title": "工作报告"}, "工作报告"),
        ("meeting.adopt_method", {"votes_for": "20"}, "选举办法"),
        ("meeting.approve_scrutineers", {"votes_for": "19"}, "监票人"),
        ("meeting.declare", {}, "宣布大会有效"),
    )
    for code, typed, _words in steps:
        page = chair.get(before.at())
        assert f"/act/{code}" in page.html, (code, page.text)
        assert chair.get(before.at(f"/act/{code}")).status == 200
        asked = chair.post(before.at(f"/act/{code}"), {**typed, "_go": "next"})
        if asked.status == 200:  # asked once more
            asked = chair.post(before.at(f"/act/{code}"), {**typed, "_go": "do"})
        assert asked.status == 302, asked.summary
    meeting = before.facts.meeting
    assert meeting is not None
    assert (meeting.present, meeting.valid) == (20, True)


def test_closing_sign_in_is_asked_twice(before: Hall) -> None:
    chair = before.browser("chair")
    chair.post(before.at("/act/meeting.open"), {"place": "活动中心", "_go": "next"})
    asked = chair.post(before.at("/act/meeting.sign_in"), {"present": "18", "_go": "next"})
    assert asked.status == 200
    assert before.facts.meeting is not None
    assert before.facts.meeting.present is None


@pytest.mark.parametrize(
    ("present", "says"), [("16", "还差 1 人"), ("17", "人数够了"), ("22", "多于应到"), ("x", ""), ("9" * 40, "")]
)
def test_quorum_is_said_while_the_number_is_typed(before: Hall, present: str, says: str) -> None:
    """More than four fifths of 21 are 17 (S-13)."""
    page = before.browser("desk_clerk1").get(before.at(f"/quorum?present={present}"))
    assert page.status == 200
    assert says in page.text
    assert bool(page.text) == bool(says)


def test_too_few_present_leads_to_a_void_meeting(before: Hall) -> None:
    chair = before.browser("chair")
    chair.post(before.at("/act/meeting.open"), {"place": "活动中心", "_go": "next"})
    chair.post(before.at("/act/meeting.sign_in"), {"present": "16", "_go": "do"})
    refused = chair.post(before.at("/act/meeting.declare"), {"_go": "next"})
    assert refused.status == 422
    assert "至少须到 17 人" in refused.summary
    page = chair.get(before.at())
    assert "宣布大会无效" in page.text
    done = chair.post(before.at("/act/meeting.void"), {"reason": "人数不足", "_go": "do"})
    assert done.status == 302, done.summary
    page = chair.get(before.at())
    assert "还不能开会" in page.text
    assert "第 2 次召开" in page.text


def test_a_teller_has_nothing_of_the_meeting_to_do(before: Hall) -> None:
    page = before.browser("teller1").get(before.at())
    assert "现在没有等您办理的事" in page.text
    assert "/act/" not in page.html
    assert before.browser("teller1").get(before.at("/act/meeting.open")).status == 404


@pytest.mark.parametrize("code", ["result.announce", "tally.commit", "nothing.such", "archive.seal", "tally.resolve"])
def test_only_simple_acts_have_a_form_here(hall: Hall, code: str) -> None:
    assert hall.browser("chair").get(hall.at(f"/act/{code}")).status == 404


def test_every_role_that_may_look_in_gets_the_home_and_no_other(hall: Hall) -> None:
    looking = ("observer", "chair", "registrar", "jiedao", "zuzhibu", "minzhengju", "teller1", "scrutineer1", "caller1",
               "adjudicator1", "presider1", "desk_clerk1")  # fmt: skip
    for login in looking:
        assert hall.browser(login).get(hall.at()).status == 200, login
    assert hall.browser("lead").get(hall.at()).status == 404
    assert hall.browser("teller1r").get(hall.at()).status == 404  # the other election's
    assert hall.browser("admin").get(hall.at()).status == 404


# --- the account of ballots ------------------------------------------------------------------------------------------


def test_ballots_are_accounted_for_after_a_second_look(hall: Hall) -> None:
    printed = hall.this.printed
    assert printed == 26
    typed: dict[str, object] = {"issued": "２０", "returned": "20", "spoiled": "1", "unused": "5"}
    asked = hall.browser("desk_clerk1").post(hall.at("/account"), {**typed, "_go": "next"})
    assert asked.status == 200
    assert "请核对选票张数" in asked.text
    assert hall.this.account is None
    done = hall.browser("desk_clerk1").post(hall.at("/account"), {**typed, "_go": "do"})
    assert done.status == 302
    assert hall.this.account == {"issued": 20, "returned": 20, "spoiled": 1, "unused": 5}


def test_as_many_issued_as_signed_in_are_proposed_and_confirmed_by_a_person(hall: Hall) -> None:
    clerk = hall.browser("desk_clerk1")
    page = clerk.get(hall.at("/account"))
    assert page.value("issued") == str(PRESENT)
    assert "已照实到 20 人填好" in page.text
    assert [page.value(name) for name in ("spoiled", "unused", "returned")] == ["", "", ""]
    assert hall.this.account is None
    typed: dict[str, object] = {"issued": "19", "returned": "18", "spoiled": "1", "unused": "6"}
    assert clerk.post(hall.at("/account"), {**typed, "_go": "next"}).status == 200
    again = clerk.post(hall.at("/account"), {**typed, "_go": "edit"})
    assert [again.value(name) for name in typed] == ["19", "18", "1", "6"]
    assert "已照实到" not in again.text


def test_numbers_that_do_not_make_what_was_printed_are_refused_and_kept(hall: Hall) -> None:
    typed: dict[str, object] = {"issued": "20", "returned": "20", "spoiled": "1", "unused": "4"}
    page = hall.browser("chair").post(hall.at("/account"), {**typed, "_go": "do"})
    assert page.status == 422
    assert "印制 26 张" in page.summary
    assert "合计 25 张" in page.summary
    assert page.value("unused") == "4"
    assert hall.this.account is None


@pytest.mark.parametrize(("issued", "returned", "unused"), [("20", "21", "5"), ("21", "20", "4")])
def test_a_void_vote_is_confirmed_in_words_and_then_once_more(
    hall: Hall, issued: str, returned: str, unused: str
) -> None:
    typed: dict[str, object] = {"issued": issued, "returned": returned, "spoiled": "1", "unused": unused}
    chair = hall.browser("chair")
    first = chair.post(hall.at("/account"), {**typed, "_go": "do"})
    assert first.status == 422
    assert "本次投票将无效" in first.text
    second = chair.post(hall.at("/account"), {**typed, "confirm_void": "1", "_go": "next"})
    assert second.status == 200
    assert "您已确认" in second.text
    assert hall.this.account is None
    assert chair.post(hall.at("/account"), {**typed, "confirm_void": "1", "_go": "do"}).status == 302
    assert hall.this.account is not None


def test_the_account_is_given_once(hall: Hall) -> None:
    assert hall.accounted().status == 302
    again = hall.accounted()
    assert again.status == 422
    assert "已经清点登记" in again.summary


ODD = ["", " ", "-1", "1.5", "1e3", "²", "٣", "x", "9" * 25, "<b>1</b>", "1 0"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_numbers_are_sentences_never_errors(hall: Hall, odd: str) -> None:
    typed: dict[str, object] = {"issued": odd, "returned": "20", "spoiled": "1", "unused": "5"}
    page = hall.browser("chair").post(hall.at("/account"), {**typed, "_go": "do"})
    assert page.status == 422
    assert "发出：" in page.summary
    assert hall.this.account is None
    assert hall.browser("chair").get(hall.at("/account/equation"), issued=odd).status == 200


def test_the_equation_is_answered_while_typing(hall: Hall) -> None:
    page = hall.browser("chair").get(hall.at("/account/equation?issued=20&spoiled=1&unused=4&returned=21"))
    assert "还差 1 张" in page.text
    assert "收回多于发出" in page.text
    page = hall.browser("chair").get(hall.at("/account/equation?issued=21&spoiled=1&unused=5&returned=20"))
    assert "多出 1 张" in page.text
    assert "发出多于实到" in page.text
    page = hall.browser("chair").get(hall.at("/account/equation?issued=20&spoiled=1&unused=5&returned=20"))
    assert "相符" in page.text


def test_a_day_that_is_none_is_said(hall: Hall) -> None:
    page = hall.accounted(occurred_on="昨天")
    assert page.status == 422
    assert "须是日期" in page.summary
    assert hall.accounted(occurred_on="2099-01-01").status == 422  # not in the future
    assert hall.this.account is None


def test_an_observer_has_no_form(hall: Hall) -> None:
    assert hall.browser("observer").get(hall.at("/account")).status == 404
    assert hall.browser("observer").get(hall.at("/act/meeting.open")).status == 404


# --- opening the box -------------------------------------------------------------------------------------------------


def test_the_scrutineer_is_led_to_the_closed_box(hall: Hall) -> None:
    hall.accounted()
    scrutineer = hall.browser("scrutineer1")
    page = scrutineer.get(hall.at())
    assert "/act/tally.open_box?n=1" in page.html
    form = scrutineer.get(hall.at("/act/tally.open_box?n=1"))
    assert f'value="{BOX}" selected' in form.html
    wrong = scrutineer.post(hall.at("/act/tally.open_box?n=1"), {"box": BOX, "_go": "do", "sign_password": PASSWORD})
    assert wrong.status == 422
    assert not hall.this.opened
    done = scrutineer.post(hall.at("/act/tally.open_box?n=1"), {"box": BOX, "_go": "do", "sign_password": PIN})
    assert done.status == 302
    assert hall.this.opened == {BOX}


def test_states_of_the_sheets_are_sent_only_when_something_has_changed(hall: Hall) -> None:
    size = hall.facts.size
    assert hall.browser("teller1").get(hall.at(f"/sheets?seen={size}")).status == 204
    page = hall.browser("teller1").get(hall.at("/sheets?seen=0"))
    assert page.status == 200
    assert "未开箱" in page.text
    hall.opened()
    page = hall.browser("teller1").get(hall.at(f"/sheets?seen={size}"))
    assert "录入计票单" in page.text
