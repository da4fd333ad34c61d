"""What holds for every page: headers, forms of our own only, answers to errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from election.acts.perform import Refused
from election.faults import WrongInput
from election.process.base import Demand
from election.store import places
from election.store.database import Store
from election.store.worlds import Gone
from election.web import create_app
from election.web.access.policy import policy

from .conftest import PASSWORD, Clock, Town

SignIn = Callable[[str], FlaskClient]


def token_of(html: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/login", "/no-such-page", "/static/shell.css", "/healthz"])
def test_headers_on_every_answer(path: str, client: FlaskClient, office: Town) -> None:
    answer = client.get(path)
    answer.close()
    headers = answer.headers
    csp = headers["Content-Security-Policy"]
    assert "unsafe" not in csp
    assert "default-src 'none'" in csp
    assert "frame-ancestors 'none'" in csp
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config", "/.git/HEAD", "/.gitignore", "/static/.git/config", "/static/../../../.git/config",
        "/static/%2e%2e/%2e%2e/%2e%2e/.git/config", "/static/..%2f..%2f..%2fpyproject.toml", "/pyproject.toml", "/Makefile",
        "/static", "/static/", "/static/vendor", "/static/vendor/", "/static/.", "/election/", "/templates/",
    ],
)  # fmt: skip
def test_no_source_and_no_folder_is_served(path: str, client: FlaskClient, office: Town) -> None:
    """Neither what version control keeps nor a list of files (ASVS 13.4.1, 13.4.3)."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有找到" in answer.get_data(as_text=True)
    for name in ("shell.css", "[core]", "ref:", "build-backend"):
        assert name not in answer.get_data(as_text=True).split("</head>")[1]


def test_https_is_kept_for_a_year(client: FlaskClient, office: Town) -> None:
    hsts = client.get("/login", base_url="https://xuanju.example").headers["Strict-Transport-Security"]
    assert int(re.findall(r"max-age=(\d+)", hsts)[0]) >= 31_536_000


def test_pages_of_people_signed_in_are_not_kept(sign_in: SignIn, office: Town) -> None:
    assert sign_in("admin").get("/account").headers["Cache-Control"] == "no-store"


def test_no_page_has_inline_script_or_style(sign_in: SignIn, town: Town) -> None:
    street = sign_in("street")
    election = town.elections["c1/party"]
    for path in ("/login", "/account", "/office/accounts", "/office/accounts/new", f"/h/{election}/staff"):
        html = street.get(path).get_data(as_text=True)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html), path


def test_a_form_without_its_token_is_not_taken(guarded_app: Flask, office: Town) -> None:
    answer = guarded_app.test_client().post("/login", data={"login": "admin", "password": PASSWORD})
    assert answer.status_code == 400
    assert "sid=" not in str(answer.headers.getlist("Set-Cookie"))
    assert "页面打开太久" in answer.get_data(as_text=True)


def test_a_form_with_its_token_is_taken(guarded_app: Flask, office: Town) -> None:
    browser = guarded_app.test_client()
    token = token_of(browser.get("/login").get_data(as_text=True))
    data = {"login": "admin", "password": PASSWORD, "csrf_token": token}
    assert browser.post("/login", data=data).status_code == 302
    assert browser.get("/account").status_code == 200


def test_every_form_carries_a_token(guarded_app: Flask, town: Town) -> None:
    browser = guarded_app.test_client()
    token = token_of(browser.get("/login").get_data(as_text=True))
    browser.post("/login", data={"login": "street", "password": PASSWORD, "csrf_token": token})
    person = town.people["registrar"].id
    for path in ("/account", "/office/accounts/new", f"/office/accounts/{person}", "/demonstration/date"):
        html = browser.get(path).get_data(as_text=True)
        forms = re.findall(r'<form method="post".*?</form>', html, flags=re.S)
        assert forms, path
        assert all('name="csrf_token"' in form for form in forms), path


def test_a_stale_form_of_ours_can_be_sent_again_with_what_was_typed(guarded_app: Flask, office: Town) -> None:
    browser = guarded_app.test_client()
    answer = browser.post(
        "/password",
        data={"login": "新人", "code": "ABCD-EFGH", "password": "secret-secret", "csrf_token": "stale"},
        headers={"Origin": "http://localhost"},
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert '<input type="hidden" name="login" value="新人">' in html
    assert "secret-secret" not in html
    assert 'type="password" id="f-password"' in html
    assert 'action="/password"' in html
    assert "stale" not in html


def test_a_stale_form_shows_no_password_of_any_form(guarded_app: Flask, office: Town) -> None:
    """Every field that a template hides while it is typed, the present password on one's own account among them."""
    templates = Path(guarded_app.jinja_env.get_template("web/base.html").filename or "").parents[1]
    fields = {
        name
        for template in templates.rglob("*.html")
        for name in re.findall(r"form\.field\([^{}]*?'(\w+)', type='password'", template.read_text(encoding="utf-8"))
    }
    assert {"old", "again", "password", "present_password", "sign_password"} <= fields
    typed = {name: f"secret-of-{name}" for name in fields}
    answer = guarded_app.test_client().post(
        "/account", data=typed | {"csrf_token": "stale"}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 400
    html = answer.get_data(as_text=True)
    assert "secret-of-" not in html
    assert html.count('type="password"') == len(fields)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_another_site_sends_is_refused(headers: dict[str, str], client: FlaskClient, office: Town) -> None:
    answer = client.post("/login", data={"login": "admin", "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert "不是从本系统的页面发出" in answer.get_data(as_text=True)
    assert "再次提交" not in answer.get_data(as_text=True)


def test_what_our_own_page_sends_is_taken(client: FlaskClient, office: Town) -> None:
    answer = client.post(
        "/login",
        data={"login": "admin", "password": PASSWORD},
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 302


def test_an_upload_that_is_too_large_is_answered_with_a_page(sign_in: SignIn, office: Town) -> None:
    answer = sign_in("admin").post(
        "/account", data=b"0" * (13 * 1024 * 1024), content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "文件太大" in answer.get_data(as_text=True)


def test_a_method_that_is_not_there_is_not_found(client: FlaskClient, office: Town) -> None:
    answer = client.get("/logout")
    assert answer.status_code == 405
    assert "没有找到" in answer.get_data(as_text=True)


def test_a_failure_shows_no_traceback(
    store: Store, clock: Clock, office: Town, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(store, clock=clock)

    @policy(at="public")
    def breaks() -> str:
        raise RuntimeError("姓名 身份证 62010119800101")

    app.add_url_rule("/breaks", "breaks", breaks)
    answer = app.test_client().get("/breaks")
    assert answer.status_code == 500
    assert "系统出错" in answer.get_data(as_text=True)
    assert "RuntimeError" not in answer.get_data(as_text=True)
    assert "620101" not in answer.get_data(as_text=True)
    assert "breaks failed" in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (Gone("x"), 404, "没有找到"),
        (Refused([Demand("account.active", False, article="S-12")]), 422, "这个账号已停用"),
        (
            WrongInput("is empty", place="{name}, row {row}", mend="fill it in", name="名册.xlsx", row=3),
            422,
            "名册.xlsx，第 3 行：是空的。请填写。",
        ),
    ],
)
def test_what_a_view_lets_through_is_said_on_a_page(
    error: Exception, status: int, said: str, app: Flask, office: Town
) -> None:
    @policy(at="public")
    def lets_through() -> str:
        raise error

    app.add_url_rule("/lets-through", "lets_through", lets_through)
    answer = app.test_client().get("/lets-through")
    assert answer.status_code == status
    assert said in answer.get_data(as_text=True)


def test_health(client: FlaskClient, office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_data()) == (200, b"ok")

    def broken(_: object) -> str:
        raise OperationalError("select", {}, Exception("disk"))

    monkeypatch.setattr(places, "office", broken)
    assert client.get("/healthz").status_code == 503


def test_no_health_before_the_office_is_open(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 503
    assert client.get("/login").status_code == 200


def test_scripts_carry_the_word_of_their_own_answer(sign_in: SignIn, office: Town) -> None:
    admin = sign_in("admin")
    words = set()
    for _ in range(2):
        answer = admin.get("/account")
        (word,) = re.findall(r"script-src 'nonce-([\w-]{20,})';", answer.headers["Content-Security-Policy"])
        scripts = re.findall(r"<script[^>]*>", answer.get_data(as_text=True))
        assert scripts
        assert all(f'nonce="{word}"' in script for script in scripts)
        words.add(word)
    assert len(words) == 2


def test_every_script_of_every_template_carries_it() -> None:
    for file in sorted(Path(str(files("election.templates"))).rglob("*.html")):
        for script in re.findall(r"<script.*?>", file.read_text(encoding="utf-8")):
            assert script.startswith('<script nonce="{{ nonce() }}" src='), file


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("xuanju.example", 200),
        ("XUANJU.example:8443", 200),
        ("192.168.1.20:5000", 200),
        ("[fe80::1]:5000", 200),
        ("evil.example", 421),
        ("xuanju.example.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
    ],
)
def test_a_name_that_is_not_ours_is_refused(host: str, status: int, store: Store, clock: Clock, office: Town) -> None:
    app = create_app(store, clock=clock, hosts=frozenset({"xuanju.example"}), testing=True)
    answer = app.test_client().get("/login", headers={"Host": host})
    assert answer.status_code == status
    if status == 421:
        assert "ELECTION_HOSTS" in answer.get_data(as_text=True)
        assert 'name="password"' not in answer.get_data(as_text=True)


# --- requests that no browser sends -----------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["a" * 5000, "a..b", ".", "a" * 70 + ".cn"])
def test_a_name_that_is_none_is_refused_without_a_page(host: str, client: FlaskClient, office: Town) -> None:
    answer = client.get("/login", headers={"Host": host})
    assert (answer.status_code, answer.get_data(as_text=True)) == (421, "地址不对")


@pytest.mark.parametrize(
    "origin", ["http://[", "http://[::1", "", "x" * 9000, "localhost", "http://localhost@evil.example"]
)
def test_an_origin_that_is_none_is_refused(origin: str, client: FlaskClient, office: Town) -> None:
    assert client.post("/login", data={"login": "admin"}, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    "following",
    [
        "//[",
        "http://[",
        "//evil.example",
        "/\\evil.example",
        "/x\r\nSet-Cookie: a=1",
        "/\u202e",
        "https:///evil.example",
        "javascript:alert(1)",
    ],
)
def test_an_address_to_go_on_to_is_ours_or_none(following: str, client: FlaskClient, office: Town) -> None:
    shown = client.get("/login", query_string={"next": following})
    assert shown.status_code == 200
    answer = client.post("/login", data={"login": "admin", "password": PASSWORD, "next": following})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/home")
    assert "a" not in [c.partition("=")[0] for c in answer.headers.getlist("Set-Cookie")]


@pytest.mark.parametrize("number", ["9" * 10, "9" * 30, "9" * 5000, "-1", "٣", "1e3", "0x1", "%00"])
def test_a_number_in_an_address_is_one_that_a_database_holds(number: str, sign_in: SignIn, town: Town) -> None:
    election, street = town.elections["c1/residents"], sign_in("committee_chair")
    for address in (
        f"/c/{election}/record/{number}",
        f"/c/{election}/record/{number}/proof",
        f"/c/{election}/attachment/{number}/{number}",
        f"/h/{election}/scan/{number}",
        f"/notices/{election}/{number}.pdf",
    ):
        assert street.get(address).status_code == 404, address


@pytest.mark.parametrize("garbage", [b"\xff\xfe", "王".encode("gb18030"), b"\xed\xa0\x80", b"a\x00b"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_bytes_that_are_no_text_are_refused_with_a_sentence(
    garbage: bytes, kind: str, client: FlaskClient, office: Town
) -> None:
    sent = b"login=admin&password=" + garbage
    if kind.startswith("multipart"):
        sent = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n' + garbage + b"\r\n--x--\r\n"
    answer = client.post("/login", data=sent, content_type=kind)
    assert answer.status_code == 422
    assert "文字编码须是 UTF-8" in answer.get_data(as_text=True)
    asked = client.get("/paper?code=" + "".join(f"%{byte:02x}" for byte in garbage))
    assert asked.status_code == 422


def test_rare_characters_are_text(client: FlaskClient, office: Town) -> None:
    answer = client.post("/login", data={"login": "𠮷野家🂡", "password": "x"})
    assert answer.status_code == 422
    assert "𠮷野家🂡" in answer.get_data(as_text=True)


def test_head_is_answered_as_get_is_and_sends_no_form(sign_in: SignIn, town: Town) -> None:
    """A form whose every field may be left open would be done by an empty HEAD, which brings no token."""
    street, chair = sign_in("street"), sign_in("committee_chair")
    for browser, address in (
        (street, "/demonstration/date"),
        (street, "/d/campaigns/new"),
        (chair, f"/c/{town.elections['c1/party']}/act/roll.publish"),
    ):
        got, head = browser.get(address), browser.head(address)
        assert (head.status_code, head.get_data()) == (got.status_code, b""), address


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "FOO", "PUT", "DELETE", "PATCH"])
def test_a_method_that_nobody_knows_is_a_page(method: str, client: FlaskClient, office: Town) -> None:
    answer = client.open("/login", method=method)
    assert answer.status_code == 405
    assert "没有找到" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "cookie",
    ["sid=\xff", "known=\xed\xa0\x80.x", "known=a.\xff", "form=.eJw.x.y", "lang=\xff", "=;;", "sid=" + "a" * 60_000],
)
def test_garbage_in_cookies_is_nobody(cookie: str, app: Flask, office: Town) -> None:
    bare = app.test_client(use_cookies=False)
    assert bare.get("/account", headers={"Cookie": cookie}).status_code == 302
    answer = bare.post("/login", data={"login": "admin", "password": "wrong"}, headers={"Cookie": cookie})
    assert answer.status_code == 422
