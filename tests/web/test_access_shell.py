"""The frame: language, type size, whose election it is, the demonstration's date; every text has its English."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from election.process.base import Demand
from election.store.database import Store
from election.store.settings import set_demonstration_offset
from election.web import words
from election.words import interface, sentences

from .conftest import Clock, Town

SignIn = Callable[[str], FlaskClient]
WEB = Path(str(files("election.web")))
TEMPLATES = Path(str(files("election.templates"))) / "web"
OWN_TEMPLATES = [
    *TEMPLATES.glob("*.html"),
    *(f for d in ("macros", "access", "errors") for f in (TEMPLATES / d).glob("*.html")),
]
OWN_CODE = [*(WEB / "access").glob("*.py"), *(WEB / f"{n}.py" for n in ("shell", "words", "context"))]


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined,no-any-return]


def texts() -> Iterator[str]:
    for file in OWN_TEMPLATES:
        yield from re.findall(r"\b_\(\s*'([^']+)'", file.read_text(encoding="utf-8"))
    for file in OWN_CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                for said in ast.walk(node.args[0]):
                    if isinstance(said, ast.Constant):
                        yield str(said.value)
    from election.web.access.guards import WORDS

    for pair in WORDS.values():
        yield from pair


def test_every_text_has_its_english_with_the_same_numbers() -> None:
    found = set(texts())
    assert len(found) > 100
    lacking = sorted(t for t in found if t not in interface())
    assert not lacking
    for chinese in found:
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", interface()[chinese])), chinese


def test_every_code_of_accounts_has_its_sentence() -> None:
    code = (WEB.parent / "acts/accounts.py").read_text() + (WEB.parent / "acts/passwords.py").read_text()
    codes = set(re.findall(r'"(account\.[a-z-]+)"', code))
    assert len(codes) > 8
    assert codes == {c for c in sentences() if c.startswith("account.")}


def test_language_is_said_in_the_address_and_remembered(client: FlaskClient, office: Town) -> None:
    assert '<html lang="zh-CN"' in text(client.get("/login"))
    english = client.get("/login?lang=en")
    assert '<html lang="en"' in text(english)
    assert "Staff sign-in" in text(english)
    assert "Staff sign-in" in text(client.get("/password"))
    assert "工作人员登录" in text(client.get("/password?lang=zh"))
    assert "工作人员登录" in text(client.get("/password"))


def test_large_type_is_remembered(client: FlaskClient, office: Town) -> None:
    assert 'data-type="normal"' in text(client.get("/login"))
    assert 'data-type="large"' in text(client.get("/login?type=large"))
    assert 'data-type="large"' in text(client.get("/password"))
    client.get("/login?type=normal")
    assert 'data-type="normal"' in text(client.get("/password"))


@pytest.mark.parametrize("value", ["fr", "<script>", ""])
def test_a_choice_that_is_none_is_not_remembered(value: str, client: FlaskClient, office: Town) -> None:
    answer = client.get("/login", query_string={"lang": value, "type": value})
    assert not [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(("lang=", "type="))]
    assert "<script>" not in text(answer).replace('<script src="/static', "")


def test_switching_keeps_the_rest_of_the_address(client: FlaskClient, office: Town) -> None:
    html = text(client.get("/login?next=/account&lang=zh"))
    assert 'href="/login?next=%2Faccount&amp;lang=en"' in html


def test_the_band_says_whose_election_it_is(sign_in: SignIn, town: Town) -> None:
    html = text(sign_in("street").get(f"/h/{town.elections['c1/party']}/staff"))
    assert "七里河区 · 柳荫街道 · c1社区 · 党组织 · 第三届" in html
    assert "2010年12月4日" in html


def test_a_demonstration_says_so_on_every_page(client: FlaskClient, office: Town) -> None:
    assert "不是真实选举" in text(client.get("/login"))


def test_the_demonstrations_date_moves_forward_only(sign_in: SignIn, town: Town) -> None:
    street = sign_in("street")
    assert "只能往后移动" in text(street.post("/demonstration/date", data={"day": "2010-12-04"}))
    assert "请填写日期" in text(street.post("/demonstration/date", data={"day": "tomorrow"}))
    assert "一次最多" in text(street.post("/demonstration/date", data={"day": "2013-01-01"}))
    assert street.post("/demonstration/date", data={"day": "2010-12-24"}).status_code == 302
    html = text(street.get("/account"))
    assert "2010年12月24日" in html
    assert "演示日期只能" in text(street.post("/demonstration/date", data={"day": "2010-12-24"}))


def test_a_moved_date_ends_no_session(sign_in: SignIn, town: Town) -> None:
    street = sign_in("street")
    street.post("/demonstration/date", data={"day": "2011-03-01"})
    assert street.get("/account").status_code == 200


def test_no_date_is_moved_in_a_real_election(store: Store, clock: Clock, app: Flask) -> None:
    from election.acts import accounts
    from election.process.base import Role
    from election.store import second

    accounts.open_office(store, name="real-office", demonstration=False, now=clock())
    town = Town(store, clock)
    admin = town.join("admin", Role.ADMINISTRATOR, "")
    secret = second.new_secret()
    assert second.enrol(store, admin.id, secret, second.code_at(secret, int(clock().timestamp()) // 30), clock())
    clock.forward(seconds=30)
    browser = app.test_client()
    from .conftest import PASSWORD

    browser.post("/login", data={"login": "admin", "password": PASSWORD})
    browser.post("/login/code", data={"code": second.code_at(secret, int(clock().timestamp()) // 30)})
    assert browser.get("/demonstration/date").status_code == 404
    assert browser.post("/demonstration/date", data={"day": "2011-01-01"}).status_code == 404
    assert "不是真实选举" not in text(browser.get("/account"))
    assert "2010年12月4日" in text(browser.get("/account"))


def test_acts_are_recorded_on_the_demonstrations_date(app: Flask, office: Town, store: Store) -> None:
    from datetime import timedelta

    from election.web import context

    set_demonstration_offset(store, timedelta(days=20))
    with app.test_request_context():
        assert context.today() == date(2010, 12, 24)
        assert context.real_now() == office.clock()


def test_a_day_is_a_day_in_shanghai(app: Flask, office: Town, clock: Clock) -> None:
    from election.web import context

    clock.forward(hours=14, minutes=30)  # 16:00 UTC is midnight there
    with app.test_request_context():
        assert context.today() == date(2010, 12, 5)


def test_sentences_speak_the_readers_language(app: Flask, office: Town) -> None:
    demand = Demand("account.login-free", False, {"login": "甲"})
    with app.test_request_context("/?lang=en"):
        assert words.sentence(demand) == "The login “甲” is taken. Choose another."
        assert words.day(date(2010, 12, 26)) == "26 December 2010"
    with app.test_request_context("/"):
        assert words.sentence(demand) == "登录名“甲”已有人使用，请换一个。"
        assert words.day(date(2010, 12, 26)) == "2010年12月26日"


def test_a_code_without_words_is_shown_and_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.test_request_context("/"):
        assert words.sentence(Demand("no.such-code", False)) == "no.such-code"
    assert "no.such-code" in caplog.text


def test_vendored_files_are_those_that_were_vendored() -> None:
    folder = WEB / "static/vendor"
    listed = dict(re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (folder / "README.md").read_text(), flags=re.M))
    assert listed
    for name, digest in listed.items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest
    assert {f.name for f in folder.glob("*.js")} <= set(listed)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "ground"),
        ("ink-soft", "ground"),
        ("ink-soft", "ground-soft"),
        ("ink", "amber-ground"),
        ("on-red", "red"),
        ("on-blue", "blue"),
        ("blue", "ground"),
        ("blue", "ground-soft"),
        ("blue-deep", "info-ground"),
        ("blue", "amber-ground"),
        ("amber", "amber-ground"),
        ("overdue", "overdue-ground"),
        ("overdue", "ground"),
        ("green", "green-ground"),
        ("ground", "overdue"),
    ],
)
def test_text_keeps_seven_to_one(ink: str, ground: str) -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (WEB / "static/tokens.css").read_text()))
    light, dark = sorted((luminance(tokens[ink]), luminance(tokens[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 7


def test_parts_escape_what_they_are_given(app: Flask, office: Town) -> None:
    source = """{% import "web/macros/ui.html" as ui %}{% import "web/macros/form.html" as form %}
    {{ form.field(x, 'name', value=x, error=x, hint=x) }}{{ form.field(x, 'n', type='textarea', value=x) }}
    {{ form.field(x, 'r', type='radios', value='1', options=[('1', x)]) }}{{ ui.notification(x) }}
    {{ ui.error_summary({'name': x}) }}{{ ui.table(x, [x], [[x]]) }}{{ ui.facts([(x, x)]) }}"""
    with app.test_request_context():
        html = render_template_string(source, x="<script>\"'&")
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 12


def test_an_error_is_tied_to_its_field(app: Flask, office: Town) -> None:
    source = """{% import "web/macros/ui.html" as ui %}{% import "web/macros/form.html" as form %}
    {{ ui.error_summary({'items[0].name': '请填写'}) }}
    {{ form.field('姓名', 'items[0].name', error='请填写', hint='如身份证') }}"""
    with app.test_request_context():
        html = render_template_string(source)
    (target,) = re.findall(r'href="#([^"]+)"', html)
    assert f'id="{target}"' in html
    assert f'for="{target}"' in html
    assert f'aria-describedby="{target}-hint {target}-error"' in html
    assert 'aria-invalid="true"' in html
