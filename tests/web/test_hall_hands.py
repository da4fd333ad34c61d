"""Show of hands and the consultation council: their own forms, every line adding up to those present."""

# ruff: noqa: F811
from __future__ import annotations

import pytest

from .hall_town import BOX, PASSWORD, PIN, Hall, Page, hall, hall_once  # noqa: F401


def present(hall: Hall) -> int:
    meeting = hall.world(hall.residents).election.meeting
    assert meeting is not None
    assert meeting.present is not None
    return meeting.present


def lines(hall: Hall, against: int = 0) -> dict[str, object]:
    this = hall.world(hall.residents).election.round
    assert this is not None
    typed: dict[str, object] = {}
    for c, contest in enumerate(this.contests):
        for r in range(len(this.candidates[contest.id])):
            typed |= {
                f"c{c}.r.{r}.for": str(present(hall) - against),
                f"c{c}.r.{r}.against": str(against),
                f"c{c}.r.{r}.abstain": "0",
            }
    return typed


def recorded(hall: Hall, **changes: str) -> Page:
    sent = lines(hall, 2) | {"_go": "do", "sign_password": PASSWORD}
    sent |= {k.replace("__", "."): v for k, v in changes.items()}
    return hall.browser("lead").post(hall.at("/hands", hall.residents), sent)


def test_hands_are_recorded_signed_and_announced(hall: Hall) -> None:
    lead = hall.browser("lead")
    assert "/hands" in lead.get(hall.at("", hall.residents)).html
    page = lead.get(hall.at("/hands", hall.residents))
    assert f"实到 {present(hall)} 人" in page.text
    asked = lead.post(hall.at("/hands", hall.residents), lines(hall, 2) | {"_go": "next"})
    assert asked.status == 200
    assert "请核对举手表决结果" in asked.text
    done = recorded(hall)
    assert done.status == 302, done.summary
    scrutineer = hall.browser("scrutineer1r")
    assert "hands.sign" in scrutineer.get(hall.at("", hall.residents)).html
    signed = scrutineer.post(hall.at("/act/hands.sign", hall.residents), {"_go": "do", "sign_password": PIN})
    assert signed.status == 302, signed.summary
    page = lead.get(hall.at("/announce", hall.residents))
    sent: dict[str, object] = {"seen": page.value("seen"), "sign_password": PASSWORD}
    announced = lead.post(hall.at("/announce", hall.residents), sent)
    assert announced.status == 302, announced.summary
    result = hall.browser("observer").get(hall.at("/result", hall.residents))
    assert result.html.count('class="line elected"') == 7
    assert "发出" not in result.text.split("主任")[0].split("应到")[1].split("应选")[0].replace("发出选票", "")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"c0__r__0__for": "1"}, "不符"),
        ({"c0__r__0__for": ""}, "还没有填写"),
        ({"c1__r__1__against": "-1"}, "须是不小于 0 的整数"),
        ({"sign_password": "x"}, "密码不对"),
    ],
)
def test_what_does_not_add_up_is_refused_and_kept(hall: Hall, changes: dict[str, str], says: str) -> None:
    page = recorded(hall, **changes)
    assert page.status == 422
    assert says in page.summary
    assert page.value("c0.r.0.against") == "2"
    this = hall.world(hall.residents).election.round
    assert this is not None
    assert this.hands is None


def test_there_is_no_hands_form_in_a_vote_by_ballot(hall: Hall) -> None:
    assert hall.browser("chair").get(hall.at("/hands")).status == 404
    assert hall.browser("lead").get(hall.at("/account", hall.residents)).status == 404
    assert hall.browser("teller1r").get(hall.at("/hands", hall.residents)).status == 404
    assert hall.browser("teller1r").get(hall.at("/tally/chair/1", hall.residents)).status == 404


# --- the council -----------------------------------------------------------------------------------------------------


def announced(hall: Hall) -> None:
    recorded(hall)
    hall.browser("scrutineer1r").post(hall.at("/act/hands.sign", hall.residents), {"_go": "do", "sign_password": PIN})
    lead = hall.browser("lead")
    page = lead.get(hall.at("/announce", hall.residents))
    lead.post(hall.at("/announce", hall.residents), {"seen": page.value("seen"), "sign_password": PASSWORD})
    posted = {"kind": "result_notice", "place": "社区宣传栏", "_go": "do"}
    answer = lead.post(f"/c/{hall.residents}/act/notice.post", dict(posted))
    assert answer.status == 302, answer.summary


def test_the_council_is_made_name_by_name_and_recorded(hall: Hall) -> None:
    announced(hall)
    lead, address = hall.browser("lead"), hall.at("/council", hall.residents)
    assert "/council" in lead.get(hall.at("", hall.residents)).html
    people = list(hall.world(hall.residents).election.representatives.values())[:2]
    assert "名单还是空的" in lead.get(address).text
    typed: dict[str, object] = {"m.rows": "0"}
    for at, person in enumerate(people):
        page = lead.post(address, {**typed, "find": person.name, "_go": "add"})
        if "是哪一位" in page.text:
            page = lead.post(address, {**typed, "chosen": person.person, "_go": "add"})
        assert page.status == 200, page.summary
        assert page.value("m.rows") == str(at + 1)
        typed |= {
            "m.rows": str(at + 1),
            f"m.{at}.person": page.value(f"m.{at}.person"),
            f"m.{at}.for": page.value(f"m.{at}.for"),
            f"m.{at}.against": page.value(f"m.{at}.against"),
            f"m.{at}.abstain": page.value(f"m.{at}.abstain"),
        }
    assert typed["m.0.for"] == str(present(hall))
    again = lead.post(address, {**typed, "chosen": people[0].person, "_go": "add"})
    assert "已在名单上" in again.summary
    uneven = lead.post(address, {**typed, "m.1.for": "1", "_go": "next"})
    assert uneven.status == 422
    assert "不符" in uneven.summary
    asked = lead.post(address, {**typed, "_go": "next"})
    assert "请核对推选结果" in asked.text
    done = lead.post(address, {**typed, "_go": "do", "sign_password": PASSWORD})
    assert done.status == 302, done.summary
    council = hall.world(hall.residents).election.council
    assert council is not None
    assert len(council["contests"][0]["elected"]) == 2


def test_names_that_nobody_bears_and_odd_lines(hall: Hall) -> None:
    announced(hall)
    lead, address = hall.browser("lead"), hall.at("/council", hall.residents)
    assert "没有查到" in lead.post(address, {"find": "无此人", "_go": "add"}).summary
    assert "请写姓名" in lead.post(address, {"_go": "add"}).summary
    assert "请先写上推选的人" in lead.post(address, {"_go": "next"}).summary
    odd: dict[str, object] = {"m.rows": "99999", "m.0.person": "x" * 99, "_go": "next", "m.0.for": "-5"}
    assert lead.post(address, odd).status == 422
    assert lead.post(address, {"_go": "remove:7", "m.rows": "2"}).status == 200
    assert hall.browser("chair").get(hall.at("/council")).status == 404  # the party elects none
    assert BOX


def test_the_council_waits_for_its_turn(hall: Hall) -> None:
    person = next(iter(hall.world(hall.residents).election.representatives.values()))
    typed: dict[str, object] = {
        "m.rows": "1", "m.0.person": person.person, "m.0.for": str(present(hall)), "m.0.against": "0", "m.0.abstain": "0",
        "_go": "next",
    }  # fmt: skip
    page = hall.browser("lead").post(hall.at("/council", hall.residents), typed)
    assert page.status == 422
    assert page.summary
    assert "/council" not in hall.browser("lead").get(hall.at("", hall.residents)).html
