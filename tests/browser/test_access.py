"""Signing in and accounts in a real browser: by keyboard, without JavaScript, in large type, with nothing for axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from ..web.conftest import PASSWORD, Clock, Town

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser
Serve = Callable[[Flask], str]


def sign_in_at(page: Page, address: str, login: str = "street", following: str = "") -> None:
    page.goto(f"{address}/login?next={following}")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def faults(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    return [f"{v['id']}: {n['html'][:120]}" for v in found.response["violations"] for n in v["nodes"]]


def test_axe_finds_nothing(page: Page, served: Serve, guarded_app: Flask, town: Town) -> None:
    address = served(guarded_app)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in ("/login", "/password", "/no-such-page"):
        page.goto(address + path)
        assert faults(page) == [], path
    page.goto(f"{address}/login")
    page.get_by_role("button", name="登录", exact=True).click()
    assert faults(page) == []
    sign_in_at(page, address)
    hall = f"/h/{town.elections['c1/party']}/staff"
    for path in ("/account", "/office/accounts", "/office/accounts/new", "/office/keys", "/demonstration/date", hall):
        for size in ("normal", "large"):
            page.goto(f"{address}{path}?type={size}")
            assert faults(page) == [], (path, size)
    assert not [m for m in said if "Content Security Policy" in m]


def test_signing_in_by_keyboard_alone(page: Page, served: Serve, guarded_app: Flask, town: Town) -> None:
    page.goto(f"{served(guarded_app)}/login?next=/account")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("street")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    assert page.get_by_text("street的姓名").count() >= 1


def test_signing_in_without_javascript(
    new_context: Callable[..., BrowserContext], served: Serve, guarded_app: Flask, town: Town
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in_at(page, served(guarded_app), following="/account")
    assert page.url.endswith("/account")


def test_an_error_takes_the_reader_to_its_field(page: Page, served: Serve, guarded_app: Flask, town: Town) -> None:
    page.goto(f"{served(guarded_app)}/login")
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("link", name="请填写登录名").click()
    assert page.evaluate("document.activeElement.id") == "f-login"


def test_large_type_has_targets_of_sixty_pixels_and_one_column(
    new_context: Callable[..., BrowserContext], served: Serve, guarded_app: Flask, town: Town
) -> None:
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    address = served(guarded_app)
    page.goto(f"{address}/login?type=large")
    for control in page.locator("main input:visible, main button:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 60
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    sign_in_at(page, address)
    for path in ("/account", "/office/accounts", "/office/accounts/new", "/office/keys"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_a_form_left_open_is_sent_again_with_what_was_typed(
    page: Page, served: Serve, guarded_app: Flask, town: Town, clock: Clock
) -> None:
    """A form whose token has gone: the person signs nothing twice and types nothing twice but the password."""
    address = served(guarded_app)
    page.goto(f"{address}/login?next=/account")
    page.get_by_label("登录名").fill("street")
    page.get_by_label("密码").fill(PASSWORD)
    page.context.clear_cookies(name="form")
    page.get_by_role("button", name="登录", exact=True).click()
    assert page.get_by_text("street", exact=True).count() == 1
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="再次提交").click()
    page.wait_for_url("**/account")
