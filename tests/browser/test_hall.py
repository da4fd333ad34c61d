"""The hall at its tables: a sheet typed on a number pad, a draft that survives, pages that axe finds nothing in."""

# ruff: noqa: F811
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from ..web.hall_town import PASSWORD, PIN, Hall, hall, hall_once  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

VOTES = [(18, 1), (17, 2), (16, 1), (15, 3), (14, 2), (3, 11)]
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def at(hall: Hall, served: Callable[[Flask], str]) -> str:
    """Address of the hall, its box open."""
    hall.opened()
    return served(hall.app) + hall.at()


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext], at: str) -> Callable[..., Page]:
    """Somebody signs in at their own machine."""

    def entered(login: str, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.goto(at.split("/h/")[0] + "/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD if login == "chair" else PIN)
        page.click("main button")
        page.wait_for_url("**/h/**" if login != "chair" else "**/c/**")
        return page

    return entered


def type_sheet(page: Page) -> None:
    """Digits and Enter, nothing else."""
    for number in (20, 19, 1, *(n for f, a in VOTES for n in (f, a, 19 - f - a))):
        page.keyboard.type(str(number))
        page.keyboard.press("Enter")


def clean(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert not found, [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_sheet_is_typed_on_a_number_pad(enter: Callable[..., Page], at: str, hall: Hall) -> None:
    page = enter("teller1")
    page.goto(f"{at}/tally/member/1")
    assert page.evaluate("document.activeElement.name") == "returned"
    type_sheet(page)
    assert page.evaluate("document.activeElement.name") == "w.0.name"
    assert page.locator("[data-sum] .sum-even").count() == 6
    page.keyboard.press("Enter")  # nobody was written in
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm")
    clean(page)
    page.fill("[name=sign_password]", PIN)
    page.keyboard.press("Enter")
    page.get_by_text("已封存，等待第二人录入").wait_for()
    clean(page)
    assert len(hall.this.sheets["member", "1号票箱"].commitments) == 1


def test_what_is_missing_stands_beside_the_line_while_typing(enter: Callable[..., Page], at: str) -> None:
    page = enter("teller1")
    page.goto(f"{at}/tally/member/1")
    page.fill("[name=valid]", "19")
    page.fill("[name='r.0.for']", "１０")
    assert page.input_value("[name='r.0.for']") == "10"
    assert page.text_content("#s-r-0") == "还差 9"
    page.fill("[name='r.0.against']", "10")
    assert page.text_content("#s-r-0") == "多出 1"
    page.fill("[name='r.0.against']", "9")
    page.focus("[name='r.0.against']")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.name") == "r.1.against"


def test_a_draft_survives_a_closed_window(enter: Callable[..., Page], at: str) -> None:
    page = enter("teller1")
    page.goto(f"{at}/tally/member/1")
    page.fill("[name=returned]", "20")
    page.get_by_text("草稿已存").wait_for()
    page.close()
    again = enter("teller1")
    again.goto(f"{at}/tally/member/1")
    assert again.input_value("[name=returned]") == "20"


def test_all_of_it_works_without_scripts(enter: Callable[..., Page], at: str, hall: Hall) -> None:
    page = enter("teller1", java_script_enabled=False)
    page.goto(f"{at}/tally/member/1")
    for name, value in hall.sheet(VOTES).items():
        if name != "stamp":
            page.fill(f"[name='{name}']", str(value))
    page.click("text=只核对")
    assert page.get_by_text("各项都相符").is_visible()
    page.click("text=核对并封存计票单")
    page.fill("[name=sign_password]", PIN)
    page.click("text=签名并封存计票单")
    assert page.get_by_text("已封存，等待第二人录入").is_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("type_", ["normal", "large"])
def test_pages_of_the_hall_are_clean(enter: Callable[..., Page], at: str, hall: Hall, size: str, type_: str) -> None:
    hall.enter("teller1", hall.sheet(VOTES))
    pages = {
        "teller2": ("", "/tally/member/1", "/account"),
        "chair": ("", "/staff", "/staff/new", "/forms", "/result", "/printing", "/sign-in"),
    }
    for login, paths in pages.items():
        page = enter(login, viewport=SIZES[size])
        for path in paths:
            page.goto(f"{at}{path}?type={type_}")
            clean(page)
    hall.enter("teller2", hall.sheet(VOTES) | {"r.1.for": "16", "r.1.against": "3"})
    page = enter("scrutineer1", viewport=SIZES[size])
    page.goto(f"{at}/differences/member/1?type={type_}")
    clean(page)
    for at_, choice in enumerate(("first", "first")):
        page.check(f"[name='c.{at_}'][value={choice}]")
    page.fill("[name=reason]", "对照纸质计票单")
    page.fill("[name=sign_password]", PIN)
    page.get_by_role("button", name="签名并核定").click()
    page.wait_for_url("**/sign/**")
    clean(page)
    hall.signed()
    page = enter("chair", viewport=SIZES[size])
    page.goto(f"{at}/announce?type={type_}")
    clean(page)
    page.fill("[name=sign_password]", PASSWORD)
    page.get_by_role("button", name="宣布选举结果").click()
    page.wait_for_url("**/result")
    clean(page)
