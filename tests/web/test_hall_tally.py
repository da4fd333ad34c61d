"""Tally entry: nobody sees a figure before both are in; what does not add up is not sealed; differences are settled."""

# ruff: noqa: F811
from __future__ import annotations

import re
from pathlib import Path

import pytest

from election.store import drafts
from election.store.accounts import by_login

from .hall_town import BOX, PASSWORD, PIN, Browser, Hall, Page, hall, hall_once, twin  # noqa: F401

#: (for, against) of six candidates, 19 valid ballots
VOTES = [(18, 1), (17, 2), (16, 1), (15, 3), (14, 2), (3, 11)]
OTHER = [(13, 4), (12, 2), (11, 5), (10, 6), (9, 7), (8, 0)]
WRITTEN = "欧阳测写"
#: everybody who can look into the hall
LOGINS = (
    "observer", "chair", "registrar", "jiedao", "zuzhibu", "minzhengju", "teller1", "teller2", "teller3", "scrutineer1",
    "scrutineer2", "caller1", "adjudicator1", "presider1", "desk_clerk1",
)  # fmt: skip


# --- secrecy ---------------------------------------------------------------------------------------------------------


def plain(page: Page) -> str:
    """A page without what differs by chance."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.html)


def pages(hall: Hall, browser: Browser) -> dict[str, str]:
    """Every page of the hall that the application knows, as this person sees it."""
    rules = browser.client.application.url_map.iter_rules()
    known = {"election": hall.log, "contest": hall.this.contests[0].id, "box": 1}
    found = {}
    for rule in rules:
        if rule.rule.startswith("/h/<") and "GET" in (rule.methods or ()) and rule.arguments <= set(known):
            address = rule.rule
            for name, value in known.items():
                address = re.sub(rf"<(\w+:)?{name}>", str(value), address)
            found[rule.endpoint] = plain(browser.get(address))
    return found


def database(hall: Hall) -> bytes:
    """Every byte on disk, the write-ahead log too."""
    return b"".join(p.read_bytes() for p in sorted(Path(hall.store.home.path).glob("election.db*")))


def test_no_page_of_anybody_depends_on_the_figures_of_one_entry(hall: Hall, twin: Hall) -> None:
    """Two halls that differ in one sealed sheet alone look the same to everybody, byte for byte."""
    for one, votes in ((hall, VOTES), (twin, OTHER)):
        one.opened()
        one.enter(
            "teller1", one.sheet(votes, **{"w.0.name": WRITTEN, "w.0.for": "1"}) if votes is VOTES else one.sheet(votes)
        )
    for login in LOGINS:
        first, second = pages(hall, hall.browser(login)), pages(twin, twin.browser(login))
        assert "hall.home" in first
        for endpoint, page in first.items():
            assert page == second[endpoint], (login, endpoint)


def test_no_page_of_others_depends_on_a_draft(hall: Hall, twin: Hall) -> None:
    for one, votes in ((hall, VOTES), (twin, OTHER)):
        one.opened()
        answer = one.browser("teller1").post(one.tally, {**one.sheet(votes), "_go": "save"})
        assert answer.status == 200
    for login in LOGINS:
        if login != "teller1":
            assert pages(hall, hall.browser(login)) == pages(twin, twin.browser(login)), login


def test_the_database_holds_no_plain_figure_before_both_are_in(hall: Hall) -> None:
    hall.opened()
    sheet = hall.sheet(VOTES, **{"w.0.name": WRITTEN, "w.0.for": "1"})
    hall.browser("teller1").post(hall.tally, {**sheet, "_go": "save"})
    hall.enter("teller1", sheet)
    hall.browser("teller2").post(hall.tally, {**sheet, "_go": "save"})
    held = database(hall)
    for plain_bytes in (WRITTEN.encode(), WRITTEN.encode("unicode_escape"), b'"write_ins"', b'"r.0.for"'):
        assert plain_bytes not in held
    hall.enter("teller2", sheet)
    assert b'"write_ins"' in database(hall), "the check looks at nothing"


def test_a_sealed_sheet_is_gone_from_its_own_teller(hall: Hall) -> None:
    hall.opened()
    page = hall.enter("teller1", hall.sheet(VOTES))
    assert "已封存，等待第二人录入" in page.text
    assert 'name="r.0.for"' not in page.html
    account = by_login(hall.store, "teller1")
    assert account is not None
    assert drafts.kept(hall.store, account.id, hall.log, f"tally:1.0:{hall.this.contests[0].id}:1") is None
    confirm = hall.browser("teller1").get(hall.tally + "/confirm")
    assert confirm.status == 302


@pytest.mark.parametrize("login", [x for x in LOGINS if not x.startswith("teller")])
def test_only_tellers_have_the_form(hall: Hall, login: str) -> None:
    hall.opened()
    assert hall.browser(login).get(hall.tally).status == 404
    assert hall.browser(login).post(hall.tally, hall.sheet(VOTES)).status == 404
    assert hall.browser(login).get(hall.tally + "/confirm").status == 404


def test_before_both_are_in_there_is_nothing_to_compare_or_sign(hall: Hall) -> None:
    hall.opened()
    hall.enter("teller1", hall.sheet(VOTES))
    for path in ("/differences/member/1", "/sign/member/1"):
        answer = hall.browser("scrutineer1").get(hall.at(path))
        assert (answer.status, answer.location) == (302, hall.at())
    assert hall.browser("scrutineer1").get(hall.at("/differences/member/1/photo")).status == 404


# --- the sheet -------------------------------------------------------------------------------------------------------


def test_nothing_is_entered_before_the_box_is_open(hall: Hall) -> None:
    hall.accounted()
    page = hall.browser("teller1").get(hall.tally)
    assert "还没有开启" in page.text
    answer = hall.browser("teller1").post(hall.tally, {**hall.sheet(VOTES), "_go": "next"})
    assert answer.status == 422
    assert answer.value("r.0.for") == "18"


def test_lines_stand_in_the_order_of_the_ballot(hall: Hall) -> None:
    from election.acts.ballots import contests

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


# --- differences -----------------------------------------------------------------------------------------------------


def differing(hall: Hall) -> None:
    hall.opened()
    hall.enter("teller1", hall.sheet(VOTES, **{"w.0.name": WRITTEN, "w.0.for": "2"}))
    second = hall.sheet(VOTES) | {"r.1.for": "16", "r.1.against": "3"}
    hall.enter("teller2", second)


DIFFERENCES = "/differences/member/1"


def test_differing_entries_flow_to_the_announcement(hall: Hall) -> None:
    differing(hall)
    scrutineer = hall.browser("scrutineer1")
    assert DIFFERENCES in scrutineer.get(hall.at()).html
    page = scrutineer.get(hall.at(DIFFERENCES))
    assert "3 处不同" in page.text
    assert page.html.count('<fieldset class="difference"') == 3
    chosen: dict[str, object] = {
        "c.0": "first", "c.1": "again", "c.1.again": "２", "c.2": "second", "reason": "对照纸质计票单", "sign_password": PIN,
    }  # fmt: skip
    answer = scrutineer.post(hall.at(DIFFERENCES), chosen)
    assert answer.status == 302, answer.summary
    final = hall.this.sheets["member", BOX].final
    assert final is not None
    assert not final["write_ins"]
    assert {(r["votes_for"], r["against"]) for r in final["rows"]} == set(VOTES)
    hall.signed()
    done = hall.announced()
    assert done.status == 302, done.summary
    page = hall.browser("observer").get(hall.at("/result"))
    assert page.text.count("当选") >= 5
    assert len(hall.facts.elected) == 5


def test_every_difference_must_be_decided_with_a_reason(hall: Hall) -> None:
    differing(hall)
    page = hall.browser("adjudicator1").post(
        hall.at(DIFFERENCES), {"c.0": "first", "c.1": "again", "sign_password": PIN}
    )
    assert page.status == 422
    assert "请选定" in page.summary
    assert "反对：还没有填写" in page.summary
    assert "理由" in page.summary
    assert 'name="c.0" value="first" checked' in page.html
    assert hall.this.sheets["member", BOX].final is None


def test_a_decision_that_does_not_add_up_names_its_line(hall: Hall) -> None:
    differing(hall)
    sent: dict[str, object] = {"c.0": "first", "c.1": "second", "c.2": "first", "reason": "看过", "sign_password": PIN}
    page = hall.browser("adjudicator1").post(hall.at(DIFFERENCES), sent)
    assert page.status == 422
    assert "合计 20 张" in page.summary


def test_a_wrong_pin_settles_nothing(hall: Hall) -> None:
    differing(hall)
    sent: dict[str, object] = {"c.0": "first", "c.1": "first", "c.2": "second", "reason": "看过", "sign_password": "1"}
    page = hall.browser("adjudicator1").post(hall.at(DIFFERENCES), sent)
    assert page.status == 422
    assert "密码不对" in page.summary
    assert hall.this.sheets["member", BOX].final is None


def test_those_who_entered_only_look(hall: Hall) -> None:
    differing(hall)
    page = hall.browser("teller1").get(hall.at(DIFFERENCES))
    assert "不能核定" in page.text
    assert '<form method="post" enctype' not in page.html
    assert hall.browser("teller1").post(hall.at(DIFFERENCES), {"c.0": "first"}).status == 404
    assert hall.browser("observer").post(hall.at(DIFFERENCES), {"c.0": "first"}).status == 404
    assert hall.browser("caller1").get(hall.at(DIFFERENCES)).status == 200


PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def test_a_photo_stands_beside_and_is_sealed_with_the_decision(hall: Hall) -> None:
    import io

    differing(hall)
    browser = hall.browser("adjudicator1")
    for bad, says in ((b"GIF89a", "PDF、JPG"), (b"%PDF-1.7", "JPG 或 PNG")):
        page = browser.post(hall.at(DIFFERENCES), {"_go": "photo", "photo": (io.BytesIO(bad), "x.png")})
        assert page.status == 422
        assert says in page.summary
    assert "请选择照片" in browser.post(hall.at(DIFFERENCES), {"_go": "photo"}).summary
    page = browser.post(hall.at(DIFFERENCES), {"_go": "photo", "photo": (io.BytesIO(PNG), "x.png")})
    assert page.status == 200
    photo = browser.get(hall.at(DIFFERENCES + "/photo"))
    assert photo.answer.data == PNG
    assert photo.answer.mimetype == "image/png"
    assert hall.browser("scrutineer1").get(hall.at(DIFFERENCES + "/photo")).status == 404
    sent: dict[str, object] = {"c.0": "first", "c.1": "first", "c.2": "second", "reason": "看过", "sign_password": PIN}
    assert browser.post(hall.at(DIFFERENCES), sent).status == 302
    from election.store.worlds import entries

    with hall.store.read() as session:
        last = entries(session, hall.log)[-1]
    assert last.act == "tally.resolve"
    assert [a["media_type"] for a in last.attachments] == ["image/png"]


# --- signing ---------------------------------------------------------------------------------------------------------

SIGN = "/sign/member/1"


def test_each_signs_once_over_what_they_saw(hall: Hall) -> None:
    hall.opened()
    hall.counted(hall.sheet(VOTES))
    teller = hall.browser("teller1")
    stale = teller.post(hall.at(SIGN), {"seen": "0" * 64, "sign_password": PIN})
    assert stale.status == 422
    assert "已有变动" in stale.summary
    seen = teller.get(hall.at(SIGN)).value("seen")
    assert teller.post(hall.at(SIGN), {"seen": seen, "sign_password": PASSWORD}).status == 422
    assert teller.post(hall.at(SIGN), {"seen": seen, "sign_password": PIN}).status == 302
    again = teller.post(hall.at(SIGN), {"seen": seen, "sign_password": PIN})
    assert again.status == 422
    assert "已经签名" in again.summary
    assert len(hall.this.sheets["member", BOX].signatures) == 1
    assert "签名 1/3" in hall.browser("observer").get(hall.at()).text


def test_who_may_not_sign_has_no_form(hall: Hall) -> None:
    hall.opened()
    hall.counted(hall.sheet(VOTES))
    for login in ("observer", "chair", "adjudicator1"):
        page = hall.browser(login).post(
            hall.at(SIGN), {"seen": hall.this.sheets["member", BOX].sha256, "sign_password": PIN}
        )
        assert page.status == 200
        assert "sign_password" not in page.html
    assert not hall.this.sheets["member", BOX].signatures


def test_by_hand_with_two_who_vouch(hall: Hall) -> None:
    import io

    hall.opened()
    hall.counted(hall.sheet(VOTES))
    teller = hall.browser("teller1")
    sent: dict[str, object] = {
        "seen": teller.get(hall.at(SIGN)).value("seen"), "sign_password": PIN, "sign_voucher": "scrutineer1",
        "sign_voucher_password": PIN, "sign_scan": (io.BytesIO(PNG), "scan.png"),
    }  # fmt: skip
    answer = teller.post(hall.at(SIGN), sent)
    assert answer.status == 302, answer.summary
    assert len(hall.this.sheets["member", BOX].signatures) == 1


def test_a_recount_is_ordered_from_the_sheet(hall: Hall) -> None:
    hall.opened()
    hall.counted(hall.sheet(VOTES))
    page = hall.browser("scrutineer1").get(hall.at(SIGN))
    assert "/act/tally.restart" in page.html
    assert "/act/tally.restart" not in hall.browser("teller1").get(hall.at(SIGN)).html


# --- two boxes -------------------------------------------------------------------------------------------------------


def test_boxes_are_counted_apart_and_must_fit_the_account(hall: Hall) -> None:
    chair, scrutineer = hall.browser("chair"), hall.browser("scrutineer1")
    boxes: dict[str, object] = {
        "boxes.rows": "2",
        "boxes.0.id": "1号",
        "boxes.1.id": "流动/2号",
        "boxes.1.mobile": "yes",
    }
    answer = chair.post(hall.at("/act/prepare.boxes"), {**boxes, "_go": "do"})
    assert answer.status == 302, answer.summary
    hall.accounted()
    for number, box in ((1, "1号"), (2, "流动/2号")):
        sent: dict[str, object] = {"box": box, "_go": "do", "sign_password": PIN}
        assert scrutineer.post(hall.at(f"/act/tally.open_box?n={number}"), sent).status == 302
    sizes = {1: 12, 2: 7}  # one ballot of the account is missing
    for number, returned in sizes.items():
        sheet: dict[str, object] = {"stamp": "1.0", "returned": str(returned), "valid": str(returned), "invalid": "0"}
        for at in range(6):
            sheet |= {f"r.{at}.for": "1", f"r.{at}.against": "0", f"r.{at}.abstain": str(returned - 1)}
        address = hall.at(f"/tally/member/{number}")
        for teller in ("teller1", "teller2"):
            browser = hall.browser(teller)
            assert browser.post(address, {**sheet, "_go": "next"}).status == 302
            seen = browser.get(address + "/confirm").value("seen")
            assert browser.post(address + "/confirm", {"seen": seen, "sign_password": PIN}).status == 302
        for who in ("teller1", "teller2", "scrutineer1"):
            page = hall.browser(who).get(hall.at(f"/sign/member/{number}"))
            sent = {"seen": page.value("seen"), "sign_password": PIN}
            assert hall.browser(who).post(hall.at(f"/sign/member/{number}"), sent).status == 302
    page = chair.get(hall.at("/announce"))
    assert page.status == 200
    assert "合计 19 张" in page.text
    assert "清点登记的 20 张" in page.text
    assert chair.post(hall.at("/announce"), {"seen": "x", "sign_password": PASSWORD}).status == 422


# --- anything at all -------------------------------------------------------------------------------------------------

ANYTHING: tuple[dict[str, object], ...] = (
    {},
    {"_go": "do"},
    {"_go": "remove:9999999999999999999999"},
    {"_go": "\x00", "box": "\ud800".encode("utf-8", "replace").decode(), "m.rows": "-1", "present": "９" * 50},
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
