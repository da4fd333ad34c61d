"""A scanned box in a real browser: uploaded, doubtful marks decided by keyboard, sealed, compared with the hand, a result."""

# ruff: noqa: F811
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ..web.box_scans import Box, finished
from ..web.hall_town import PASSWORD, PIN, Hall, hall, hall_once  # noqa: F401
from .driving import pictured
from .test_hall import at, clean, enter  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
#: twenty ballots: their marks, the faint one, the one with a name
PILE = ["ffffa-"] * 12 + ["fffaf-"] * 6 + ["fff-a-", "ff-aa-"]
SHEET = [(20, 0), (20, 0), (19, 0), (12, 7), (6, 13), (0, 0)]


@pytest.fixture
def chosen(hall: Hall) -> Hall:
    answer = hall.browser("chair").post(
        hall.at("/act/prepare.counting"), {"method": "scan", "packs": "1", "reason": "", "_go": "do"}
    )
    assert answer.status == 302, answer.summary
    return hall


@pytest.fixture
def files(chosen: Hall, tmp_path: Path) -> list[Path]:
    box = Box(chosen)
    found = []
    for n, marks in enumerate(PILE):
        path = tmp_path / f"scan{n:02}.jpg"
        path.write_bytes(box.ballot(marks, seed=n, doubt=4 if n == 18 else None, name=n == 19))
        found.append(path)
    return found


def decided(page: Page, at: str, keys: str, name: str) -> None:
    """Everything that waits for this person, by keyboard alone."""
    page.goto(f"{at}/adjudicate")
    while page.locator("form[data-doubt]").count():
        page.locator(".doubt-crop img").evaluate("one => one.decode()")
        if page.locator("[name='w.1.name']").count():
            page.keyboard.press("1")
            page.fill("[name='w.1.name']", name)
            page.fill("[name='w.1.again']", name)
            page.get_by_role("button", name="这样认定").focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
        else:
            page.keyboard.press(keys)
            with page.expect_navigation():
                page.keyboard.press("Enter")


def test_from_the_pile_to_the_result(
    files: list[Path], enter: Callable[..., Page], at: str, chosen: Hall, new_context: Callable[..., object]
) -> None:
    teller = enter("teller1")
    teller.goto(at)
    teller.get_by_role("link", name="扫描这一箱", exact=True).click()
    clean(teller)
    teller.fill("[name=counted]", "20")
    teller.set_input_files("[name=files]", [str(p) for p in files])
    teller.get_by_role("button", name="上传并读票").click()
    teller.get_by_text("第 1 扎正在读").wait_for()
    clean(teller)
    teller.goto(at)  # it can be left
    finished()
    teller.goto(f"{at}/scan/1")
    teller.get_by_text("相符").wait_for()
    clean(teller)
    pictured(teller, "hall-scan")

    first, second = enter("adjudicator1"), enter("scrutineer2", viewport=PHONE)
    first.goto(f"{at}/adjudicate")
    if first.locator("[name='w.1.name']").count():
        first.locator("[name='w.1.mark']").first.check(force=True)
    clean(first)
    pictured(first, "hall-doubt")
    decided(first, at, "1", "欧阳测写")
    second.goto(f"{at}/adjudicate")
    clean(second)
    second.locator(".doubt-crop img").evaluate("one => one.decode()")
    frame = "one => { const r = one.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }"
    left, top, right, bottom = second.locator(".doubt-crop img").evaluate(frame)
    # nothing to slide: what is asked, from the name to the circles, is in sight
    assert (left >= 0, top >= 0, right <= PHONE["width"], bottom <= PHONE["height"]) == (True,) * 4
    second.locator(".doubt-crop").click()
    assert second.locator(".doubt-crop img").evaluate("one => one.clientWidth") > 1.5 * (right - left)
    clean(second)
    second.locator(".doubt-crop").click()
    decided(second, at, "3", "欧阳测写")
    third = enter("adjudicator2")
    decided(third, at, "3", "欧阳测写")
    clean(third)

    teller.goto(f"{at}/scan/1")
    teller.get_by_role("link", name="封存扫描结果").click()
    clean(teller)
    pictured(teller, "hall-scan-close")
    teller.fill("[name=sign_password]", PIN)
    teller.get_by_role("button", name="签名并封存扫描结果").click()
    teller.get_by_text("扫描结果已封存").first.wait_for()
    clean(teller)
    assert "欧阳测写" not in teller.locator("main").inner_text()

    typed = chosen.sheet(SHEET, invalid=0, w__rows="1", w__0__name="欧阳测写", w__0__for="1")
    chosen.enter("teller2", typed)
    sheet = chosen.this.sheets["member", "1号票箱"]
    assert sheet.final is not None, sheet.entries
    assert chosen.this.scans["1号票箱"].doubts == 2

    dice = enter("scrutineer1")
    dice.goto(f"{at}/recount")
    clean(dice)
    dice.fill("[name=seed]", "352614")
    dice.get_by_role("button", name="核对骰子点数").click()
    clean(dice)
    dice.fill("[name=sign_password]", PIN)
    dice.get_by_role("button", name="签名并抽票").click()
    dice.get_by_role("link", name="录入复核结果").click()
    clean(dice)
    for name, value in typed.items():
        if name not in ("stamp", "w.rows"):
            dice.fill(f"[name='c0.{name}']", str(value))
    dice.fill("[name='c0.r.0.for']", "19")
    dice.fill("[name='c0.r.0.abstain']", "1")
    dice.get_by_role("button", name="核对复核结果").click()
    clean(dice)
    dice.fill("[name=sign_password]", PIN)
    dice.get_by_role("button", name="签名并记录复核结果").click()
    dice.get_by_text("复核与扫描有 2 处不同").first.wait_for()
    clean(dice)
    pictured(dice, "hall-recount-differs")
    dice.get_by_label("不同的理由").fill("第七张的浅色划写，手工按弃权")
    dice.fill("[name=sign_password]", PIN)
    dice.get_by_role("button", name="签名并写明理由").click()
    dice.get_by_text("有 2 处不同，理由已写明").wait_for()
    clean(dice)
    pictured(dice, "hall-recount")

    chosen.signed()
    assert chosen.announced().status == 302
    assert len(chosen.facts.elected) == 4
