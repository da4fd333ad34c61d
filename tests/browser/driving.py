"""People at their own browsers: each sign-in, form and signature is one readable line.

``chair.act(party, "seats.fix", form="committee", offices=[{"office": "委员", "seats": 5}])`` opens the form of the act,
answers it by the names of its inputs, reads it once more, signs it with the password and waits until the record has it.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from election.process.machine import SHANGHAI
from election.store import second

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Locator, Page

PASSWORD = "向阳-苹果-自行车-七里河"
IMAGES = Path(__file__).parents[2] / "docs" / "images"
#: pictures for the manuals are written when it is set to 1
ASKED = os.environ.get("MANUAL_IMAGES") == "1"
LARGEST_IMAGE = 150_000
#: steps that are called the same in every election
AFTER = frozenset({"handover", "division", "inspection", "report", "archive"})
#: what a form's control is, by its input's name
KIND = """name => {
  const found = document.getElementsByName(name);
  if (found.length) return found[0].type;
  return document.getElementsByName(name + '.find').length ? 'person' : '';
}"""


@dataclass
class Clock:
    """The time on the wall, which only the story moves, and never back."""

    now: datetime = datetime(2010, 11, 1, 1, 0, tzinfo=UTC)
    year: int = 2010

    def __call__(self) -> datetime:
        return self.now

    def at(self, month: int, day: int, hour: int = 9) -> date:
        """Go to a day of the year, in Shanghai."""
        moment = datetime.combine(date(self.year, month, day), time(hour), SHANGHAI).astimezone(UTC)
        self.now = max(moment, self.now + timedelta(minutes=1))
        return self.now.astimezone(SHANGHAI).date()

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Election:
    """One election's addresses."""

    id: str
    #: ``party`` or ``residents``
    body: str

    def step(self, name: str) -> str:
        return name if name in AFTER else f"{self.body}.{name}"

    @property
    def committee(self) -> str:
        return f"/c/{self.id}"

    @property
    def hall(self) -> str:
        return f"/h/{self.id}"

    @property
    def district(self) -> str:
        return f"/d/{self.id}"


@dataclass
class Hall:
    """The served program and what went wrong in it while people worked."""

    address: str
    clock: Clock
    new_context: Callable[..., BrowserContext]
    #: answers of 500 and more, errors of scripts, refusals of the content security policy
    faults: list[str] = field(default_factory=list)
    #: pictures that this story has taken
    pictures: set[str] = field(default_factory=set)

    def person(self, name: str, login: str = "", password: str = PASSWORD) -> Person:
        """Somebody with a browser of their own; without a login a visitor."""
        page = self.new_context(accept_downloads=True).new_page()
        page.set_default_timeout(120_000)  # a busy machine is no failure
        page.on("response", lambda r: self.faults.append(f"{r.status} {r.url}") if r.status >= 500 else None)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda m: self.faults.append(m.text) if "Content Security Policy" in m.text else None)
        return Person(self, name, page, login, password)


@dataclass
class Person:
    """Somebody at a browser."""

    hall: Hall
    name: str
    page: Page
    login: str = ""
    password: str = PASSWORD
    #: what the authenticator on this person's telephone was shown
    secret: bytes = b""

    # --- going about -------------------------------------------------------------------------------------------------

    def go(self, path: str) -> Page:
        """Open a page; sign in where it is asked, as after every long pause."""
        self.page.goto(self.hall.address + path, wait_until="domcontentloaded")
        return self._signed_in()

    def press(self, button: Locator) -> Page:
        """Press what leads to another page, and be there."""
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            button.click()
        return self._signed_in()

    def _signed_in(self) -> Page:
        """After a pause the program asks who it is, and then goes on to the page that was wanted."""
        if self.login and "/login" in self.page.url:
            self.page.get_by_label("登录名").fill(self.login)
            self.page.get_by_label("密码").fill(self.password)
            self._enters("登录")
            if "/login/code" in self.page.url:
                self.page.get_by_label("动态码").fill(self._telephone())
                self._enters("登录")
            assert "/login" not in self.page.url, f"{self.login} cannot sign in: {self.refusal}"
        return self.page

    def _enters(self, button: str) -> None:
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.get_by_role("button", name=button, exact=True).click()

    def _telephone(self) -> str:
        """The six digits that the authenticator shows now."""
        return second.code_at(self.secret, int(self.hall.clock().timestamp()) // second.STEP_SECONDS)

    def follow(self, words: str, *, within: str = "main") -> Page:
        """The first link of these words."""
        return self.press(self.page.locator(within).get_by_role("link", name=words).first)

    def becomes(self, login: str, password: str) -> Person:
        """The same browser, another account: for the next meeting's card."""
        self.page.context.clear_cookies()
        self.login, self.password, self.secret = login, password, b""
        return self

    def sets_password(self, code: str) -> Person:
        """With the one-time code of the slip; then the second factor, of whoever needs one."""
        self.go("/password")
        for label, words in (
            ("登录名", self.login), ("一次性口令", code), ("新密码", self.password), ("再输入一次新密码", self.password)
        ):  # fmt: skip
            self.page.get_by_label(label, exact=True).fill(words)
        self.press(self.page.get_by_role("button", name="设置密码"))
        assert "您的个人签名钥匙已登记" in self.said
        if "/account/second" in self.page.url:
            self.picture("second-factor")
            self.page.get_by_text("扫描不了").click()
            self.secret = base64.b32decode(self.page.locator("main .code").inner_text().replace(" ", ""))
            self.page.get_by_label("动态码").fill(self._telephone())
            self._enters("启用动态码")
            assert "动态码已启用" in self.said
        return self

    @property
    def read_out(self) -> str:
        """The groups of the key's check code that a person reads out to an official."""
        return self.go("/account").locator(".check-code strong").inner_text()

    def vouches(self, codes: Mapping[str, str]) -> None:
        """Tick the people who came (name -> what they read out), and sign."""
        self.go("/office/vouch")
        for name, code in codes.items():
            line = self.page.locator(".choice.person").filter(has_text=code)
            assert name in line.inner_text(), f"{code} is not the code of {name}"
            line.get_by_role("checkbox").check()
        if (anyway := self.page.get_by_label("仍要现在确认")).count():  # the first to vouch, in an office of few
            anyway.check()
        self.picture("vouch", height=1100)
        self.sign()
        assert f"已确认 {len(codes)} 人的签名" in self.said

    # --- what the page says ------------------------------------------------------------------------------------------

    @property
    def said(self) -> str:
        """The notifications above the page."""
        return " ".join(self.page.locator("main .notification").all_inner_texts())

    @property
    def refusal(self) -> str:
        """The error summary; empty where nothing is refused."""
        return " ".join(self.page.locator("#errors").all_inner_texts())

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    # --- acts --------------------------------------------------------------------------------------------------------

    def act(self, where: Election | str, code: str, *, query: str = "", **answers: Any) -> None:
        """Do one act from its form to the record."""
        self.opens(where, code, query)
        self.shows(answers)
        self.finish(code)

    def refused(self, where: Election | str, code: str, *, query: str = "", **answers: Any) -> str:
        """Try one act that the law refuses: the sentence that is said."""
        self.opens(where, code, query)
        self.shows(answers)
        self.send()
        assert self.refusal, f"{code} was not refused"
        return self.refusal

    def decides(self, election: Election, code: str, decision: str = "", **answers: Any) -> None:
        """A superior's act, from the page where the community's numbers stand beside the rules."""
        door = f"act/{code}?decision={decision}" if decision else f"act/{code}"
        self._opens_at(election.district, f'.panel a.button[href*="{door}"]')
        self.shows(answers)
        self.finish(code)

    def takes_up(self, election: Election, step: str, code: str, *, query: str = "", **answers: Any) -> None:
        """An act from its step's page, by its button there."""
        door = f"act/{code}?{query}" if query else f"act/{code}"
        self._opens_at(f"{election.committee}/step/{election.step(step)}", f'.offered a.button[href*="{door}"]')
        self.shows(answers)
        self.finish(code)

    def _opens_at(self, path: str, button: str) -> None:
        """A form by its button on a page; one may still be on that page from what was done before."""
        found = self.page.locator(button).first
        if not self.page.url.endswith(path) or not found.count():
            self.go(path)
        assert found.count(), f"{self.name}: {path} offers no {button}: {self.text[:600]}"
        self.press(found)

    def next(self, election: Election, code: str, **answers: Any) -> None:
        """What the hall's page says is this person's to do now: an act with a form of its own."""
        self.turn(election, f"act/{code}")
        self.shows(answers)
        self.finish(code)

    def turn(self, election: Election, address: str) -> Page:
        """The one filled button of the hall's page, which leads to ``address``."""
        self.go(election.hall)
        button = self.page.locator(".next a.button")
        assert button.count(), f"{self.name}: nothing to do instead of {address}: {self.text[:600]}"
        target = button.get_attribute("href") or ""
        assert address in target, f"{self.name}: {target} instead of {address}"
        return self.press(button)

    def opens(self, where: Election | str, code: str, query: str = "") -> Page:
        """The form of an act: of an election as this person's pages have it, or below an address."""
        base = where if isinstance(where, str) else where.committee
        return self.go(f"{base}/act/{code}" + (f"?{query}" if query else ""))

    def shows(self, answers: Mapping[str, Any], start: str = "") -> None:
        """Answer the form that is open."""
        for key, value in answers.items():
            self._answer(f"{start}{key}", value)

    def send(self) -> None:
        """The form's main button."""
        self.press(self.page.locator("#act-form .actions .button.main"))

    def finish(self, code: str, *, picture: str = "") -> None:
        """Send the form, read it once more, sign, and see that the record has it."""
        self.send()
        assert not self.refusal, f"{self.name}, {code}: {self.refusal}"
        if self.page.get_by_role("heading", level=1).inner_text().startswith("请核对"):
            if picture:
                self.picture(picture, height=1000)
            self.sign()
        assert "已记入选举记录第" in self.said, f"{self.name}, {code}: {self.refusal or self.text[:400]}"

    def sign(self) -> None:
        """The last button of a page, with the password where one is asked."""
        password = self.page.locator("#f-sign_password")
        if password.count():
            password.fill(self.password)
        self.press(self.page.locator("main .actions .button.main"))
        assert not self.refusal, f"{self.name}: {self.refusal}"

    # --- controls ----------------------------------------------------------------------------------------------------

    def _answer(self, name: str, value: Any) -> None:
        match value:
            case bool():
                self._put(name, "yes" if value else "no")
            case dict():
                self.shows(value, f"{name}.")
            case [dict(), *_]:
                self._rows(name, value)
            case list() if self._kind(name) == "checkbox":
                for box in self._named(name).all():
                    box.set_checked(box.get_attribute("value") in value)
            case list():
                self._put(name, "\n".join(value))
            case date():
                self._put(name, value.isoformat())
            case _:
                self._put(name, str(value))

    def _kind(self, name: str) -> str:
        return str(self.page.evaluate(KIND, name))

    def _named(self, name: str) -> Locator:
        return self.page.locator(f'[name="{name}"]')

    def _put(self, name: str, text: str) -> None:
        match self._kind(name):
            case "":
                raise AssertionError(f"{self.page.url} asks for no {name}")
            case "person":
                self._named(f"{name}.find").fill(text)
            case "radio":
                self._named(name).and_(self.page.locator(f'[value="{text}"]')).check()
            case "select-one":
                self._select(self._named(name), text)
            case "hidden":  # a person chosen before
                self._named(f"{name}.find").fill(text)
            case _:
                self._named(name).fill(text)

    def _select(self, select: Locator, text: str) -> None:
        """By value, or by how the words begin: a name, with what tells namesakes apart behind it."""
        options = select.locator("option").evaluate_all("all => all.map(o => [o.value, o.textContent.trim()])")
        value = next((v for v, words in options if v == text or words == text), None)
        value = value or next((v for v, words in options if words.startswith(text)), None)
        assert value is not None, f"{self.page.url} offers no {text}: {options}"
        select.select_option(value)

    def _rows(self, name: str, rows: list[dict[str, Any]]) -> None:
        table = self.page.locator(f"#f-{name.replace('.', '-')}")
        for have in range(int(self._named(f"{name}.rows").input_value()), len(rows)):
            table.get_by_role("button", name="再加一行").click()
            self.page.locator(f'[name="{name}.rows"][value="{have + 1}"]').wait_for(state="attached")
        for at, row in enumerate(rows):
            self.shows(row, f"{name}.{at}.")

    # --- pictures for the manuals ------------------------------------------------------------------------------------

    def picture(self, name: str, *, of: str = "", height: int = 0) -> None:
        """A picture of the page from its top, of ``height`` pixels, or from one part of it on: the first of its name."""
        if not ASKED or name in self.hall.pictures:
            return
        self.hall.pictures.add(name)
        with self._height(height):
            if of:
                self.page.locator(of).first.evaluate("part => part.scrollIntoView()")
            else:
                self.page.evaluate("scrollTo(0, 0)")
            shot = self.page.screenshot(animations="disabled")
        _write(IMAGES / f"{name}.png", shot)

    @contextmanager
    def _height(self, height: int) -> Iterator[None]:
        size = self.page.viewport_size
        assert size is not None
        if height:
            self.page.set_viewport_size({"width": size["width"], "height": height})
        yield
        self.page.set_viewport_size(size)


def pictured(page: Page, name: str) -> None:
    """A picture of what a tab shows, for pages outside a told turnover."""
    if ASKED:
        _write(IMAGES / f"{name}.png", page.screenshot(animations="disabled"))


def _write(path: Path, shot: bytes) -> None:
    """A picture of few colours, small enough to be looked at over a slow line."""
    from PIL import Image

    picture = Image.open(BytesIO(shot)).convert("RGB")
    for colours in (128, 64, 32):
        out = BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST_IMAGE:
            break
    assert out.tell() <= LARGEST_IMAGE, f"{path.name} has {out.tell()} bytes"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(out.getvalue())


def code_on(page: Page, pattern: str) -> str:
    """The first piece of the page's address of a pattern: an id."""
    found = re.search(pattern, page.url)
    assert found, page.url
    return found[1]
