"""The wall in a real browser: keyed at the caller's table, drawn on the projector and on a phone."""

# ruff: noqa: F811
from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from election.acts import wall

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
    screen = new_context(viewport=PROJECTOR).new_page()
    screen.goto(caller.locator("p.lead a").inner_text())
    size = screen.locator("tbody th").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 66  # six names: there is room
    keys(caller, "12345y")
    screen.get_by_text("已唱 1 张").wait_for(state="attached")
    assert screen.locator("svg path").count() == 5
    for pressed in ("124q", "123", "1w6", "123", "123", "14", "x"):
        keys(caller, pressed)
    screen.get_by_text("已唱 8 张").wait_for(state="attached")
    first = screen.locator("tbody tr").first
    assert first.locator("td.votes").inner_text() == "6"  # a key pressed and then another choice: against
    assert first.locator("svg").count() == 2
    assert first.locator("svg").first.locator("path").count() == 5
    clean(screen)
    clean(caller)
    pictured(screen, "hall-wall")
    pictured(caller, "hall-calling")
    phone = new_context(viewport=PHONE).new_page()
    phone.goto(screen.url)
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
    screen = page.context.new_page()
    screen.goto(f"{at}/wall")
    assert screen.locator("noscript meta, meta[http-equiv=refresh]").count()


# --- everybody is seen -----------------------------------------------------------------------------------------------

SCREENS = ((1366, 768), (1920, 1080), (1280, 720))
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
#: contests by their numbers of candidates
SAMPLE = {"主任": 2, "副主任": 3, "委员": 5}
FORTY = {"主任": 4, "副主任": 8, "委员": 18, "居民代表": 10}
#: where each name that is on the page stands, what is wrong with it, and its size
ROWS = """() => {
  const foot = document.querySelector('.wall-foot').getBoundingClientRect();
  const inside = (box) => box.top >= 0 && box.left >= 0 && box.right <= innerWidth && box.bottom <= foot.top;
  const lines = (one) => { const range = document.createRange(); range.selectNodeContents(one); return range.getClientRects().length; };
  const shown = (one) => getComputedStyle(one).visibility === 'visible';
  const rows = [...document.querySelectorAll('.wall tbody tr')].filter(shown);
  return {
    names: rows.map((row) => row.querySelector('.wall-name').firstChild.data.trim()),
    outside: rows.filter((row) => !inside(row.getBoundingClientRect())).map((row) => row.textContent),
    cut: rows.filter((row) => [...row.querySelectorAll('.zheng, .hundred')].some((one) => {
      const cell = one.closest('td').getBoundingClientRect(), own = one.getBoundingClientRect();
      return own.right > cell.right + 1 || own.bottom > cell.bottom + 1;
    })).map((row) => row.textContent),
    broken: [...document.querySelectorAll('.wall thead th:not(:first-child)')].filter((th) => lines(th) > 1).length,
    columns: new Set([...document.querySelectorAll('.wall table')].filter(shown).map((table) =>
      [...table.querySelectorAll('thead th')].map((th) => Math.round(th.getBoundingClientRect().left - table.getBoundingClientRect().left)).join())).size,
    under: [...document.querySelectorAll('.wall thead th')].filter((th) => th.scrollWidth > th.clientWidth + 1).length,
    size: parseFloat(getComputedStyle(document.querySelector('.wall tbody th')).fontSize),
    scrolls: document.documentElement.scrollHeight > innerHeight,
  };
}"""


def filled(
    monkeypatch: pytest.MonkeyPatch, contests: dict[str, int], *, called: int, returned: int, **changed: object
) -> list[str]:
    """The wall shows these contests instead of those of the hall; the names of all."""
    names = iter(a + b for b in ("建国", "秀英", "志强", "桂兰") for a in SURNAMES)
    sections = tuple(
        wall.Section(
            str(at),
            office,
            max(count - 1, 1),
            tuple(
                wall.Line(next(names), max(called - 3 * n, 0), min(3 * n, called), 0, int(n < count - 1))
                for n in range(count)
            ),
            at % 3,
        )
        for at, (office, count) in enumerate(contests.items())
    )
    seen = wall.View(**({"version": 1, "called": called, "issued": returned, "returned": returned} | {
        "sections": sections, "calling": True,
    } | changed))  # fmt: skip  # type: ignore[arg-type]
    monkeypatch.setattr(wall, "view", lambda *_a: seen)
    return [line.name for section in sections for line in section.lines]


def sound(page: Page, least: float = 26) -> list[str]:
    """Everything that is on the page now is whole and readable; the names."""
    found = page.evaluate(ROWS)
    wrong = {k: found[k] for k in ("outside", "cut", "broken", "under", "scrolls") if found[k]}
    assert not wrong
    assert found["columns"] == 1
    assert found["size"] >= least
    return list(found["names"])


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize(("contests", "returned"), [(SAMPLE, 103), (FORTY, 103), (FORTY, 1480), ({"主任": 2}, 60)])
def test_nobody_is_beyond_the_edge_of_the_screen(
    caller: Page,
    new_context: Callable[..., BrowserContext],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    height: int,
    contests: dict[str, int],
    returned: int,
) -> None:
    page = new_context(viewport={"width": width, "height": height}).new_page()
    address = caller.locator("p.lead a").inner_text()
    sizes = []
    for called in (0, returned // 5, returned):
        names = filled(monkeypatch, contests, called=called, returned=returned)
        page.goto(address)
        if shots := os.environ.get("WALL_SHOTS"):
            page.screenshot(path=f"{shots}/{width}-{sum(contests.values())}-{returned}-{called}.png")
        assert sound(page) == names
        sizes.append(page.evaluate(ROWS)["size"])
        if page.locator(".wall-turn").is_visible():
            raise AssertionError("the pages turn where one would do")
    assert len(set(sizes)) == 1  # letters do not change while ballots are called


def test_pages_turn_by_themselves_where_nobody_could_read_them_all_at_once(
    caller: Page, new_context: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = filled(monkeypatch, {"主任": 6, "委员": 114}, called=40, returned=103)
    page = new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.clock.install(time=0)
    page.goto(caller.locator("p.lead a").inner_text())
    turn = page.locator(".wall-turn")
    pages = int(turn.inner_text().split("共")[1].split("页")[0])
    assert pages > 1
    seen: list[str] = []
    for number in range(1, pages + 1):
        assert turn.inner_text().startswith(f"第{number}页/共{pages}页")
        if shots := os.environ.get("WALL_SHOTS"):
            page.screenshot(path=f"{shots}/page-{number}.png")
        seen += sound(page)
        page.clock.run_for(8_000)
    assert seen == names
    clean(page)
    turn.click()
    stays = turn.inner_text()
    page.clock.run_for(20_000)
    assert turn.inner_text() == stays


def test_a_page_that_stays_open_ends_with_the_announcement(
    caller: Page, new_context: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(monkeypatch, SAMPLE, called=20, returned=103)
    page = new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(caller.locator("p.lead a").inner_text())
    assert page.locator("tbody tr").count() == 10
    filled(monkeypatch, SAMPLE, called=20, returned=103, calling=False)
    page.get_by_text("选举结果已经宣布").wait_for()
    assert page.locator("tbody, .wall-foot").count() == 0
    if shots := os.environ.get("WALL_SHOTS"):
        page.screenshot(path=f"{shots}/over.png")
    clean(page)
