"""The result: looked at by who announces it, announced, shown with every round; written names, ties, void votes."""

# ruff: noqa: F811
from __future__ import annotations

import re

import pytest

from election.process.facts import Round
from election.process.result import circled
from election.web.hall.standings import WIDTH, bar

from .hall_town import BOX, PASSWORD, PIN, Hall, Page, hall, hall_once  # noqa: F401

#: five elected of six
VOTES = [(18, 1), (17, 2), (16, 1), (15, 3), (14, 2), (3, 11)]


def ready(hall: Hall, votes: list[tuple[int, int]] | None = None, **changes: str) -> None:
    """Counted and signed, nothing announced."""
    hall.opened()
    hall.counted(hall.sheet(votes or VOTES, **changes))
    hall.signed()


def test_the_preview_is_for_those_who_announce(hall: Hall) -> None:
    ready(hall)
    page = hall.browser("chair").get(hall.at("/announce"))
    assert "还没有宣布" in page.text
    assert page.text.count("当选所需的") == 6
    assert hall.browser("presider1").get(hall.at("/announce")).status == 200
    for login in ("observer", "teller1", "scrutineer1", "registrar", "jiedao"):
        assert hall.browser(login).get(hall.at("/announce")).status == 404
    result = hall.browser("observer").get(hall.at("/result"))
    assert "结果还没有宣布" in result.text
    assert "18" not in result.text.replace("2010", "")


def test_nothing_is_announced_before_all_have_signed(hall: Hall) -> None:
    hall.opened()
    hall.counted(hall.sheet(VOTES))
    page = hall.browser("chair").get(hall.at("/announce"))
    assert page.status == 200
    assert "还不能宣布" in page.text
    assert "计票单或表决结果还没有都签好" in page.text
    assert hall.browser("chair").post(hall.at("/announce"), {"seen": "x", "sign_password": PASSWORD}).status == 422
    assert hall.this.answer is None


def test_announced_once_and_shown_to_everybody(hall: Hall) -> None:
    ready(hall)
    wrong = hall.browser("chair").post(hall.at("/announce"), {"seen": "x", "sign_password": PASSWORD})
    assert wrong.status == 422
    assert "有变动" in wrong.summary
    assert hall.announced().status == 302
    page = hall.browser("caller1").get(hall.at("/result"))
    assert page.html.count('class="line elected"') == 5
    assert page.html.count('class="line not_elected"') == 1
    assert "应到 21" in page.text
    assert "应选名额已选满" in page.text
    assert page.text.index("赞成 18") < page.text.index("赞成 3 ")
    replay = hall.browser("chair").post(hall.at("/announce"), {"seen": "x", "sign_password": PASSWORD})
    assert (replay.status, replay.location) == (302, hall.at("/result"))
    home = hall.browser("chair").get(hall.at())
    assert "公布选举结果" in home.text


def test_a_wrong_password_announces_nothing(hall: Hall) -> None:
    ready(hall)
    page = hall.browser("chair").get(hall.at("/announce"))
    answer = hall.browser("chair").post(hall.at("/announce"), {"seen": page.value("seen"), "sign_password": PIN})
    assert answer.status == 422
    assert hall.this.answer is None


def test_a_second_round_says_who_stands(hall: Hall) -> None:
    """Four over the threshold of 11; the fifth seat is voted again among two."""
    ready(hall, [(18, 1), (17, 2), (16, 1), (15, 3), (9, 2), (3, 11)])
    assert hall.announced().status == 302
    page = hall.browser("observer").get(hall.at("/result"))
    assert "缺额 1 名" in page.text
    assert "另行选举" in page.text
    assert "接着进行：第2轮投票" in page.text
    home = hall.browser("chair").get(hall.at())
    assert "第2轮投票" in home.text
    assert "prepare.ballots" in home.html
    assert "result.leave_vacant" in home.html
    stands = {c.name for c in hall.this.candidates["member"]}
    assert len(stands) == 2
    assert all(name in home.text for name in stands)
    released: dict[str, object] = {"printed": "40", "marking": "columns", "sheet": "A4", "_go": "next"}
    again = hall.browser("chair").post(f"/c/{hall.log}/act/prepare.ballots", released)
    assert (again.status, "每张选票 1 页" in again.text) == (200, True)  # before anything is sealed
    assert hall.browser("teller1").get(hall.at("/tally/member/1")).status == 404  # boxes are closed anew first


def test_seats_are_left_vacant_by_the_meeting(hall: Hall) -> None:
    ready(hall, [(18, 1), (17, 2), (16, 1), (15, 3), (9, 2), (3, 11)])
    hall.announced()
    address = hall.at("/act/result.leave_vacant")
    few: dict[str, object] = {"consent": "10", "reason": "接近应选名额", "_go": "next"}
    assert hall.browser("chair").post(address, few).status == 422
    done = hall.browser("chair").post(address, {**few, "consent": "11", "_go": "do", "sign_password": PASSWORD})
    assert done.status == 302, done.summary
    page = hall.browser("observer").get(hall.at("/result"))
    assert "缺额 1 名，决定空缺" in page.text
    assert "接着进行" not in page.text


def test_a_tie_at_the_cut_leads_to_a_re_vote(hall: Hall) -> None:
    ready(hall, [(18, 1), (17, 2), (16, 1), (15, 3), (13, 2), (13, 2)])
    hall.announced()
    assert hall.this.revote
    page = hall.browser("chair").get(hall.at("/result"))
    assert "接着进行：重新投票" in page.text
    assert page.html.count('class="line tied"') == 2
    assert "竖线处" in page.text


def test_a_void_vote_is_shown_as_void(hall: Hall) -> None:
    printed = hall.this.printed
    assert printed is not None
    numbers: dict[str, object] = {"issued": "20", "returned": "21", "spoiled": "1", "unused": str(printed - 21)}
    hall.browser("chair").post(hall.at("/account"), {**numbers, "confirm_void": "1", "_go": "do"})
    hall.browser("scrutineer1").post(
        hall.at("/act/tally.open_box?n=1"), {"box": BOX, "_go": "do", "sign_password": PIN}
    )
    hall.counted(hall.sheet([(18, 1), (17, 2), (16, 1), (15, 3), (14, 2), (3, 11)]))
    hall.signed()
    page = hall.browser("chair").get(hall.at("/announce"))
    assert "本次选举无效" in page.text
    assert hall.announced().status == 302
    page = hall.browser("observer").get(hall.at("/result"))
    assert "多于发出的 20 张" in page.text
    assert "须重新选举" in page.text
    assert not hall.facts.elected
    assert "还不能开会" in hall.browser("chair").get(hall.at()).text


# --- written names ---------------------------------------------------------------------------------------------------


def test_an_elected_written_name_is_looked_up_on_the_roll(hall: Hall) -> None:
    standing = hall.facts.standing()
    person = next(p for p in hall.people() if p.person not in standing and p.category == "full")
    name = person.resident.name
    low = [(18, 1), (17, 2), (16, 1), (15, 3), (3, 14), (3, 11)]
    ready(hall, low, **{"w.0.name": name, "w.0.for": "13"})
    page = hall.browser("chair").get(hall.at("/announce"))
    assert f"另选他人“{name}”当选" in page.text
    asks_for_alone(page, name)
    refused = hall.announced()
    assert refused.status == 422
    assert "请核对是名册上的哪一位" in refused.summary
    assert hall.announced(w__0="no-such-person").status == 422
    done = hall.announced(w__0=person.person)
    assert done.status == 302, done.summary
    assert person.person in hall.facts.elected
    shown = hall.browser("observer").get(hall.at("/result"))
    assert "另选他人" in shown.text
    asks_for_alone(shown, name)
    (line,) = [v for v in hall.facts.rounds[0].answer["contests"][0]["votes"] if v["name"] == name]
    assert (line["for"], line["against"], line["abstain"]) == (13, 0, 6), "the answer itself is as the contract has it"
    assert circled(line) == {"against": None, "abstain": None}
    review = hall.browser("jiedao").get(f"/d/{hall.log}")
    assert (review.status, re.search(f"{name}</th>(<td[^>]*>(13|—)</td>){{3}}", review.html) is not None) == (200, True)


def asks_for_alone(page: Page, name: str) -> None:
    """The row of a written name has no circles against it and none to abstain, so no number stands there."""
    votes = re.search(
        rf'{name}</span> <span class="tag">另选他人.*?<p class="line-votes">(.*?)</p>', page.html, re.DOTALL
    )
    assert votes is not None
    assert re.sub("<.*?>", "", votes[1]).strip() == "赞成 13 反对 — 弃权 —"


def test_a_written_name_that_the_roll_lacks_is_announced_as_written(hall: Hall) -> None:
    low = [(18, 1), (17, 2), (16, 1), (15, 3), (3, 14), (3, 11)]
    ready(hall, low, **{"w.0.name": "无此人测", "w.0.for": "13"})
    done = hall.announced(w__0="none")
    assert done.status == 302, done.summary
    assert "无此人测" in hall.facts.names.values()


# --- boxes that do not fit -------------------------------------------------------------------------------------------


def test_boxes_that_hold_other_ballots_than_were_returned_are_named(hall: Hall) -> None:
    from election.process import preparation
    from election.web.hall.result import _uneven

    ready(hall)
    this: Round = hall.this
    assert _uneven(this) == []
    assert this.account is not None
    this.account["returned"] = 21
    (demand,) = _uneven(this)
    assert (demand.code, demand.params["sum"], demand.act) == ("tally.boxes-add-up", 20, "tally.restart")
    assert preparation.Box(id=BOX)


# --- bars ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "against", "needed", "scale"), [(0, 0, 1, 1), (38, 30, 38, 75), (75, 75, 38, 75), (7, 0, 11, 20)]
)
def test_a_bar_never_leaves_its_ground(votes: int, against: int, needed: int, scale: int) -> None:
    drawn = bar(votes, against, needed, scale)
    assert 0 <= drawn.votes <= WIDTH
    assert drawn.votes + drawn.against <= WIDTH
    assert 0 < drawn.needed <= WIDTH
    assert all(0 < mark < drawn.votes for mark in drawn.marks)


def test_a_bar_is_marked_every_fifth_vote_while_marks_can_be_told_apart() -> None:
    assert bar(17, 0, 11, 20).marks == (250, 500, 750)
    assert bar(5, 0, 11, 20).marks == ()
    assert bar(900, 0, 501, 1000).marks == ()


# --- the plenary -----------------------------------------------------------------------------------------------------


def test_the_new_committee_elects_its_secretary(hall: Hall) -> None:
    """The form says what the head must be, offers the members elected, and is the scrutineer's to sign (S-13, S-11)."""
    ready(hall)
    hall.announced()
    chair, street, scrutineer = hall.browser("chair"), hall.browser("jiedao"), hall.browser("scrutineer1")
    address = hall.at("/act/plenary.elect")
    assert "plenary.elect" not in scrutineer.get(hall.at()).html
    for browser, code, typed in (
        (chair, "notice.post", {"kind": "result_notice", "place": "社区宣传栏"}),
        (chair, "result.report", {}),
        (street, "consent.decide", {"approve": "yes"}),
    ):
        sent: dict[str, object] = {**typed, "_go": "do", "sign_password": PASSWORD}
        answer = browser.post(f"/c/{hall.log}/act/{code}", sent)
        assert answer.status == 302, (code, answer.summary)
    assert "plenary.elect" in scrutineer.get(hall.at()).html
    page = scrutineer.get(address)
    assert "原则上不超过 40 岁" in page.text
    assert "至少到会 4" in page.text
    elected = [c for c in hall.facts.official if c.person in hall.facts.elected]
    head = min(elected, key=lambda c: c.age or 99)
    figures = {"secretary.votes_for": "5", "secretary.against": "0", "secretary.abstain": "0"}
    typed = {"present": "5", "secretary.person": head.person, **figures, "exception_reason": "经街道同意"}
    few: dict[str, object] = {**typed, "present": "3", "_go": "do", "sign_password": PIN}
    assert scrutineer.post(address, few).status == 422
    done = scrutineer.post(address, {**typed, "_go": "do", "sign_password": PIN})
    assert done.status == 302, done.summary
    assert hall.facts.plenary is not None
