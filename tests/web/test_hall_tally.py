"""Tally entry: what does not add up is not read back, what is typed is not lost, what is sealed was read back."""

# ruff: noqa: F811
from __future__ import annotations

import re

import pytest

from election.acts.ballots import contests

from .hall_town import BOX, OTHER, PIN, VOTES, WRITTEN, Hall, hall, hall_once  # noqa: F401

# --- the sheet -------------------------------------------------------------------------------------------------------


def test_nothing_is_entered_before_the_box_is_open(hall: Hall) -> None:
    hall.accounted()
    page = hall.browser("teller1").get(hall.tally)
    assert "还没有开启" in page.text
    answer = hall.browser("teller1").post(hall.tally, {**hall.sheet(VOTES), "_go": "next"})
    assert answer.status == 422
    assert answer.value("r.0.for") == "18"


def test_lines_stand_in_the_order_of_the_ballot(hall: Hall) -> None:
    hall.opened()
    page = hall.browser("teller1").get(hall.tally)
    printed = [c.name for c in contests(hall.world(), hall.this)[0].candidates]
    shown = re.findall(r'class="sheet-number"[^>]*>\d+</span>([^<]+)', page.html)
    assert [name.strip() for name in shown] == printed


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"r.0.for": "19"}, "合计 20 张"),
        ({"r.5.abstain": "4"}, "合计 18 张"),
        ({"valid": "18"}, "有效票 18 张加无效票 1 张"),
        ({"returned": "19", "valid": "18"}, "清点登记的是 20 张"),
        ({"w.0.name": WRITTEN, "w.0.for": "20"}, "多于有效票 19 张"),
        ({"w.0.for": "2"}, "请写明姓名"),
        ({"w.0.name": WRITTEN}, "还没有填写"),
        ({"w.0.name": WRITTEN, "w.0.for": "0"}, "至少有 1 票"),
        ({"w.rows": "2", "w.0.name": WRITTEN, "w.0.for": "1", "w.1.name": "欧阳 测写", "w.1.for": "1"}, "写了两行"),
        ({"r.2.against": ""}, "还没有填写"),
    ],
)
def test_a_sheet_that_cannot_be_right_is_not_read_back(hall: Hall, changes: dict[str, str], says: str) -> None:
    hall.opened()
    sheet = hall.sheet(VOTES, **changes)
    page = hall.browser("teller1").post(hall.tally, {**sheet, "_go": "next"})
    assert page.status == 422
    assert says in page.summary
    assert all(page.value(name) == value for name, value in sheet.items() if name != "w.rows"), (
        "something typed was lost"
    )
    assert hall.browser("teller1").get(hall.tally + "/confirm").location.endswith("/tally/member/1")


def test_too_many_votes_for_are_said(hall: Hall) -> None:
    """Five seats and 19 valid ballots are at most 95 votes for."""
    hall.opened()
    page = hall.browser("teller1").post(hall.tally, {**hall.sheet([(19, 0)] * 6), "_go": "next"})
    assert "多于有效票可投的 95 张" in page.summary


@pytest.mark.parametrize("odd", ["-1", "1.5", "²", "٣", "x", "9" * 25, "<script>", "1e2", "١٢", "十"])
def test_odd_input_is_a_sentence_at_its_line(hall: Hall, odd: str) -> None:
    hall.opened()
    page = hall.browser("teller1").post(hall.tally, {**hall.sheet(VOTES), "r.3.for": odd, "_go": "next"})
    assert page.status == 422
    assert "赞成：" in page.summary
    assert 'href="#f-r-3-for"' in page.html
    assert "<script>" not in page.html.replace("<script src", "")


def test_full_width_digits_are_digits(hall: Hall) -> None:
    hall.opened()
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    sheet = {k: v if k == "stamp" else str(v).translate(wide) for k, v in hall.sheet(VOTES).items()}
    hall.enter("teller1", sheet)
    hall.enter("teller2", hall.sheet(VOTES))
    assert hall.this.sheets["member", BOX].final is not None


def test_missing_lines_and_unknown_inputs_are_no_error(hall: Hall) -> None:
    hall.opened()
    teller = hall.browser("teller1")
    stamp = hall.sheet(VOTES)["stamp"]
    page = teller.post(hall.tally, {"stamp": stamp, "_go": "next", "r.99.for": "1", "w.rows": "x"})
    assert page.status == 422
    assert "还没有填写" in page.summary
    assert teller.post(hall.tally, {"_go": "remove:99", "stamp": stamp}).status == 200
    assert teller.post(hall.tally, {"_go": "remove:-1", "stamp": stamp, "w.rows": "99999"}).status == 200
    assert teller.post(hall.tally, {}).status == 422


@pytest.mark.parametrize(
    "path", ["/tally/member/2", "/tally/member/0", "/tally/nobody/1", "/tally/member/99999999999999"]
)
@pytest.mark.each_engine
def test_sheets_that_are_not_there_are_not_found(hall: Hall, path: str) -> None:
    hall.opened()
    assert hall.browser("teller1").get(hall.at(path)).status == 404


def test_lines_for_written_names_come_and_go(hall: Hall) -> None:
    hall.opened()
    teller = hall.browser("teller1")
    sheet = hall.sheet(VOTES, **{"w.rows": "1", "w.0.name": WRITTEN, "w.0.for": "1"})
    page = teller.post(hall.tally, {**sheet, "_go": "add"})
    assert page.value("w.rows") == "2"
    assert page.value("w.0.name") == WRITTEN
    page = teller.post(hall.tally, {**sheet, "w.rows": "2", "w.1.name": "赵六", "w.1.for": "2", "_go": "remove:0"})
    assert (page.value("w.rows"), page.value("w.0.name"), page.value("w.0.for")) == ("1", "赵六", "2")


@pytest.mark.each_engine
def test_a_draft_comes_back_to_its_teller_alone(hall: Hall) -> None:
    hall.opened()
    hall.browser("teller1").post(hall.tally, {**hall.sheet(VOTES), "_go": "save"})
    again = hall.browser("teller1").get(hall.tally)
    assert again.value("r.0.for") == "18"
    assert "上次没有录完" in again.text
    assert hall.browser("teller2").get(hall.tally).value("r.0.for") == ""


def test_checking_says_that_all_is_even(hall: Hall) -> None:
    hall.opened()
    page = hall.browser("teller1").post(hall.tally, {**hall.sheet(VOTES), "_go": "check"})
    assert page.status == 200
    assert "可以封存" in page.text
    assert page.html.count("相符</span>") == 7  # six lines and the heads


# --- sealing ---------------------------------------------------------------------------------------------------------


def test_a_wrong_pin_seals_nothing_and_loses_nothing(hall: Hall) -> None:
    hall.opened()
    teller, size = hall.browser("teller1"), hall.facts.size
    teller.post(hall.tally, {**hall.sheet(VOTES), "_go": "next"})
    page = teller.get(hall.tally + "/confirm")
    for pin in ("000000", ""):
        answer = teller.post(hall.tally + "/confirm", {"seen": page.value("seen"), "sign_password": pin})
        assert answer.status == 422
        assert "18" in answer.text
    assert hall.facts.size == size
    assert teller.get(hall.tally).value("r.0.for") == "18"


@pytest.mark.each_engine
def test_only_what_was_read_back_is_sealed(hall: Hall) -> None:
    hall.opened()
    teller, size = hall.browser("teller1"), hall.facts.size
    teller.post(hall.tally, {**hall.sheet(VOTES), "_go": "next"})
    seen = teller.get(hall.tally + "/confirm").value("seen")
    teller.post(hall.tally, {**hall.sheet(OTHER), "_go": "save"})  # the other window
    answer = teller.post(hall.tally + "/confirm", {"seen": seen, "sign_password": PIN})
    assert answer.status == 422
    assert "又改过" in answer.summary
    assert hall.facts.size == size


@pytest.mark.each_engine
def test_the_same_teller_cannot_enter_twice(hall: Hall) -> None:
    hall.opened()
    hall.enter("teller1", hall.sheet(VOTES))
    size = hall.facts.size
    teller = hall.browser("teller1")
    page = teller.post(hall.tally, {**hall.sheet(VOTES), "_go": "next"})
    assert "等待第二人录入" in page.text
    assert teller.post(hall.tally + "/confirm", {"seen": "x", "sign_password": PIN}).status == 302
    assert hall.facts.size == size
    assert len(hall.this.sheets["member", BOX].commitments) == 1


def test_a_third_teller_comes_too_late(hall: Hall) -> None:
    hall.opened()
    hall.counted(hall.sheet(VOTES))
    page = hall.browser("teller3").get(hall.tally)
    assert "已有两人录入" in page.text
    assert 'name="r.0.for"' not in page.html


@pytest.mark.each_engine
def test_a_sheet_of_before_a_recount_is_not_taken(hall: Hall) -> None:
    hall.opened()
    stale = hall.sheet(VOTES)
    hall.enter("teller1", stale)
    restart = hall.at("/act/tally.restart?contest=member&n=1")
    assert hall.browser("scrutineer1").get(restart).status == 200
    answer = hall.browser("scrutineer1").post(restart, {"reason": "票数点错", "_go": "do", "sign_password": PIN})
    assert answer.status == 302, answer.summary
    page = hall.browser("teller2").post(hall.tally, {**stale, "_go": "next"})
    assert page.status == 422
    assert "已经重新开始" in page.summary
    hall.counted(hall.sheet(VOTES))
    assert hall.this.sheets["member", BOX].final is not None


@pytest.mark.parametrize(
    "query", ["", "?contest=member", "?contest=nobody&n=1", "?contest=member&n=7", "?contest=member&n=x"]
)
def test_only_a_sheet_that_is_there_is_counted_again(hall: Hall, query: str) -> None:
    hall.opened()
    assert hall.browser("scrutineer1").get(hall.at(f"/act/tally.restart{query}")).status == 404


# --- anything at all -------------------------------------------------------------------------------------------------

ANYTHING: tuple[dict[str, object], ...] = (
    {},
    {"_go": "do"},
    {"_go": "remove:9999999999999999999999"},
    {"_go": "\x01", "box": "\ud800".encode("utf-8", "replace").decode(), "m.rows": "-1", "present": "９" * 50},
    {"_go": "next", "person": "' OR 1=1", "figures": "{}", "c.0": "again", "w.rows": "1e9", "reason": "<script>"},
)


@pytest.mark.parametrize("login", ["chair", "teller1", "scrutineer1", "presider1", "observer"])
def test_nothing_that_is_sent_breaks_a_page(hall: Hall, login: str) -> None:
    """Every address of the hall, sent anything by anybody: an answer, never an error of the program."""
    hall.opened()
    browser, size = hall.browser(login), hall.facts.size
    known = {
        "election": hall.log, "contest": "member", "box": "1", "code": "meeting.open", "kind": "tally_blank",
        "role": "teller", "person": "nobody", "login": "00000000-0000-0000-0000-000000000000",
    }  # fmt: skip
    tried = 0
    for rule in browser.client.application.url_map.iter_rules():
        if not rule.rule.startswith("/h/<") or "POST" not in (rule.methods or ()):
            continue
        address = rule.rule
        for name, value in known.items():
            address = re.sub(rf"<(\w+:)?{name}>", value, address)
        for sent in ANYTHING:
            assert browser.post(address, sent).status < 500, (address, sent)
            tried += 1
    assert tried > 50
    assert hall.facts.size == size
