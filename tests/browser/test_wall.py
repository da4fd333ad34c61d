"""The wall in a real browser: keyed at the caller's table, drawn on the projector and on a phone."""

# ruff: noqa: F811
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ..web.hall_town import Hall, hall, hall_once  # noqa: F401
from .driving import pictured
from .test_hall import at, clean, enter  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

PROJECTOR = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def caller(enter: Callable[..., Page], at: str) -> Page:
    page = enter("caller1")
    page.goto(f"{at}/wall")
    page.get_by_role("button", name="打开唱票大屏").click()
    page.wait_for_url("**/calling")
    return page


def keys(page: Page, pressed: str) -> None:
    """One ballot: its keys, then Enter."""
    for key in pressed:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_keys_at_the_table_are_strokes_on_the_wall(caller: Page, new_context: Callable[..., BrowserContext]) -> None:
    wall = new_context(viewport=PROJECTOR).new_page()
    wall.goto(caller.locator("p.lead a").inner_text())
    assert (
        wall.locator("tbody th").first.evaluate("one => getComputedStyle(one).fontSize") == "66px"
    )  # six names: there is room
    keys(caller, "12345y")
    wall.get_by_text("已唱 1 张").wait_for(state="attached")
    assert wall.locator("svg path").count() == 5
    for pressed in ("124q", "123", "1w6", "123", "123", "14", "x"):
        keys(caller, pressed)
    wall.get_by_text("已唱 8 张").wait_for(state="attached")
    first = wall.locator("tbody tr").first
    assert first.locator("td.votes").inner_text() == "6"  # a key pressed and then another choice: against
    assert first.locator("svg").count() == 2
    assert first.locator("svg").first.locator("path").count() == 5
    clean(wall)
    clean(caller)
    pictured(wall, "hall-wall")
    pictured(caller, "hall-calling")
    phone = new_context(viewport=PHONE).new_page()
    phone.goto(wall.url)
    clean(phone)


def test_the_newest_stroke_moves_only_for_those_who_like_it(
    caller: Page, new_context: Callable[..., BrowserContext]
) -> None:
    keys(caller, "1")
    address = caller.locator("p.lead a").inner_text()
    for motion, moves in (("no-preference", "lit"), ("reduce", "none")):
        page = new_context(reduced_motion=motion).new_page()
        page.goto(address)
        assert page.locator(".newest").first.evaluate("one => getComputedStyle(one).animationName") == moves


def test_the_keypad_works_without_scripts(enter: Callable[..., Page], at: str, caller: Page) -> None:
    page = enter("scrutineer1", java_script_enabled=False, viewport=PHONE)
    page.goto(f"{at}/calling")
    page.locator('[name="0.0"][value="for"]').check(force=True)
    page.get_by_role("button", name="这一张唱完").click()
    assert "第 1 张已唱" in page.locator("main").inner_text()
    page.get_by_role("button", name="撤回上一张").click()
    assert "大屏上现在是 0 张" in page.locator("main").inner_text()
    wall = page.context.new_page()
    wall.goto(f"{at}/wall")
    assert wall.locator("noscript meta, meta[http-equiv=refresh]").count()
