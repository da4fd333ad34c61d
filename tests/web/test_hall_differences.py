"""Two entries that differ are settled cell by cell by a third person; a settled sheet is signed by three."""

# ruff: noqa: F811
from __future__ import annotations

import io

from election.store.worlds import entries

from .hall_town import BOX, PASSWORD, PIN, VOTES, WRITTEN, Hall, hall, hall_once  # noqa: F401

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
