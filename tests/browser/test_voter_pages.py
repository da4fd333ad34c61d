"""The public pages in a real browser: axe finds nothing, nothing runs over the edge of a phone, no script is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask

from election.store.database import Store
from tests.web.conftest import Clock
from tests.web.voter_sample import Sample, copied

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

Served = Callable[[Flask], str]
NewContext = Callable[..., "BrowserContext"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def town(filled: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    made = copied(filled, tmp_path_factory.mktemp("voter"), Clock(), guarded=True)
    yield made
    made.store.close()


def sound(page: Page, name: str) -> None:
    """axe finds nothing, and the page is no wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert not [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found], name
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name  # type: ignore[index]


@pytest.mark.parametrize(("viewport", "type_size"), [(PHONE, "normal"), (DESK, "normal"), (PHONE, "large")])
def test_every_public_page_is_sound(
    viewport: dict[str, int], type_size: str, town: Sample, served: Served, new_context: NewContext
) -> None:
    address = served(town.app)
    page = new_context(viewport=viewport).new_page()
    page.goto(f"{address}/?type={type_size}")
    here, party = f"{town.campaign}/c1", town.elections["c5", "party"]
    paths = ["/", "/check", "/when", "/object", "/object/follow", "/paper", f"/community/{here}", f"/when/{here}"]
    paths += [f"/object/{here}", f"/notices/{town.campaign}/c5", f"/notices/{party}"]
    paths += [f"/candidates/{town.elections['c1', 'party']}", f"/candidates/{party}", f"/results/{party}"]
    for path in [*paths, "/no-such-page"]:
        page.goto(address + path)
        sound(page, path)
    page.goto(f"{address}/check?at={here}")
    page.click("main button")
    sound(page, "errors of the check")
    page.goto(f"{address}/object/{here}")
    page.click("main button")
    sound(page, "errors of an objection")
    notice = town.world("c5", "party").election.posted("result_notice")
    assert notice is not None
    page.goto(f"{address}/paper?code={notice.sha256[:16]}")
    sound(page, "a known paper")


def test_without_script_on_a_phone_from_check_to_objection_and_its_code(
    town: Sample, served: Served, new_context: NewContext
) -> None:
    address = served(town.app)
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    person = town.numbered("c1", 7)
    page.goto(address)
    page.click("text=查登记")
    page.select_option("select", label="榆苑社区")
    page.fill("#f-name", person.resident.name)
    page.fill("#f-last_six", person.resident.id_number[-6:].lower())
    page.click("main button")
    assert "已登记为选民" in page.inner_text("h1")
    assert page.url.endswith("/check")
    page.click("text=登记有错")
    page.check("#f-kind-2")
    page.fill("#f-about", "丁小满")
    page.fill("#f-text", "名单上的组别写错了。")
    page.fill("#f-by", "丁大满")
    page.fill("#f-contact", "槐安路 7 号")
    page.click("main button")
    number, code = page.locator(".slip-code").all_inner_texts()
    page.goto(address)
    page.click("text=查异议的答复")
    page.fill("#f-number", number)
    page.fill("#f-code", code)
    page.click("main button")
    assert "办理中" in page.inner_text("main")


def test_keyboard_alone_checks_a_registration(town: Sample, served: Served, new_context: NewContext) -> None:
    page = new_context(viewport=DESK).new_page()
    page.goto(f"{served(town.app)}/check?at={town.campaign}/c1")
    page.focus("#f-name")
    page.keyboard.type("查无此人")
    page.keyboard.press("Tab")
    page.keyboard.type("123456")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=这一次没有查出结果")


def test_the_receipt_prints_with_its_code_and_without_tools(
    town: Sample, served: Served, new_context: NewContext, tmp_path: Path
) -> None:
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{served(town.app)}/object/{town.campaign}/c2")
    page.check("#f-kind-1")
    for name, value in (("about", "丁小满"), ("text", "名单上没有我。"), ("by", "丁大满"), ("contact", "槐安路")):
        page.fill(f"#f-{name}", value)
    page.click("main button")
    page.emulate_media(media="print")
    assert all(page.locator(".slip-code").nth(n).is_visible() for n in range(2))
    assert not page.locator(".tools").is_visible()
    assert not page.locator("main .button").is_visible()
    assert re.fullmatch(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", page.locator(".slip-code").nth(1).inner_text())
