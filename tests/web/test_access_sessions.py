"""Sessions: on the server, ended by time, by signing out, by another password, by whoever closes the account."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from election.acts import accounts
from election.process.machine import SERVER
from election.store.database import Store
from election.store.tables import SessionRow
from election.web.access.policy import EVERYONE, policy
from election.web.access.signing import signers_from_form
from election.web.context import account

from .conftest import PASSWORD, Clock, Town

SignIn = Callable[[str], FlaskClient]


def inside(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def token(browser: FlaskClient) -> str:
    cookie = browser.get_cookie("sid")
    assert cookie is not None
    return cookie.value


def test_only_a_digest_of_the_token_is_kept(office: Town, sign_in: SignIn, store: Store) -> None:
    browser = sign_in("admin")
    with store.read() as session:
        kept = list(session.scalars(select(SessionRow.id)))
    assert kept == [sha256(token(browser).encode()).hexdigest()]
    assert len(token(browser)) >= 43  # 256 bits


def test_none_begins_before_the_form_was_sent_and_was_right(app: Flask, town: Town, store: Store) -> None:
    """Whatever is opened, and with whatever in its address; and not by a wrong password (ASVS 7.6.2)."""
    browser = app.test_client()

    def begun(answer: TestResponse) -> bool:
        with store.read() as session:
            kept = session.scalars(select(SessionRow.id)).all()
        sent = any(re.match(r"(__Host-)?sid=[^;]", line) for line in answer.headers.getlist("Set-Cookie"))
        answer.close()
        assert sent == bool(kept)
        return sent

    who = {"login": "street", "password": PASSWORD}
    rules = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.arguments]
    assert len(rules) > 20
    for rule in rules:
        assert not begun(browser.get(rule.rule)), rule
        assert not begun(browser.get(rule.rule, query_string=who)), rule
    assert not begun(browser.post("/login", data=who | {"password": "x" * 16}))
    assert begun(browser.post("/login", data=who))


def test_half_an_hour_idle_ends_it(office: Town, sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in("admin")
    for _ in range(3):
        clock.forward(minutes=29)
        assert inside(browser)
    clock.forward(minutes=31)
    assert not inside(browser)


def test_twelve_hours_end_it_however_busy(office: Town, sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in("admin")
    for _ in range(35):
        clock.forward(minutes=20)
        assert inside(browser)
    clock.forward(minutes=21)
    assert not inside(browser)


def test_signing_out_ends_it_on_the_server(office: Town, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    stolen = token(browser)
    assert browser.post("/logout").status_code == 302
    browser.set_cookie("sid", stolen)
    assert not inside(browser)


def test_each_sign_in_has_a_new_token_and_ends_the_one_before(app: Flask, office: Town, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    first = token(browser)
    browser.post("/login", data={"login": "admin", "password": PASSWORD})
    assert token(browser) != first
    other = app.test_client()
    other.set_cookie("sid", first)
    assert not inside(other)


def test_a_planted_token_is_not_taken_over(app: Flask, office: Town) -> None:
    browser = app.test_client()
    browser.set_cookie("sid", "planted")
    browser.post("/login", data={"login": "admin", "password": PASSWORD})
    assert token(browser) != "planted"


def test_another_password_ends_the_other_sessions(office: Town, sign_in: SignIn) -> None:
    here, there = sign_in("admin"), sign_in("admin")
    new = "另外-一个-好记-的密码"
    answer = here.post("/account", data={"old": PASSWORD, "password": new, "again": new})
    assert answer.status_code == 302
    assert inside(here)
    assert not inside(there)


def test_a_reset_and_a_closed_account_end_its_sessions(town: Town, sign_in: SignIn, store: Store, clock: Clock) -> None:
    chair, member = sign_in("committee_chair"), sign_in("committee_member")
    accounts.reset(store, SERVER, town.people["committee_chair"], reason="遗失", now=clock())
    accounts.close(store, town.people["street"].actor, town.people["committee_member"], reason="离任", now=clock())
    assert not inside(chair)
    assert not inside(member)


def test_the_cookie_is_bound_to_host_and_https_where_there_is_https(app: Flask, office: Town) -> None:
    plain = app.test_client().post("/login", data={"login": "admin", "password": PASSWORD})
    safe = app.test_client().post(
        "/login", data={"login": "admin", "password": PASSWORD}, base_url="https://xuanju.example"
    )
    (bare,) = [c for c in plain.headers.getlist("Set-Cookie") if c.startswith("sid=")]
    (host,) = [c for c in safe.headers.getlist("Set-Cookie") if c.startswith("__Host-sid=")]
    assert "HttpOnly" in bare
    assert "SameSite=Lax" in bare
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(host.split("; "))
    assert "Domain" not in host


def test_old_sessions_are_swept(office: Town, sign_in: SignIn, store: Store, clock: Clock) -> None:
    sign_in("admin")
    clock.forward(hours=13)
    sign_in("admin")
    with store.read() as session:
        assert len(list(session.scalars(select(SessionRow)))) == 1


def test_signing_goes_on_under_a_new_token(town: Town, sign_in: SignIn, app: Flask) -> None:
    """A step up (ASVS 7.2.4): the token that was there before the password opens nothing after it."""

    @policy(at="signed_in", roles=EVERYONE)
    def signs() -> str:
        return str(signers_from_form(request.form, {}, account()).errors)

    app.add_url_rule("/signs", "signs", signs, methods=["POST"])
    browser = sign_in("committee_chair")
    before = token(browser)
    assert browser.post("/signs", data={"sign_password": "wrong"}).get_data(as_text=True) != "{}"
    assert token(browser) == before
    assert browser.post("/signs", data={"sign_password": PASSWORD}).get_data(as_text=True) == "{}"
    assert token(browser) != before
    assert inside(browser)
    stolen = app.test_client()
    stolen.set_cookie("sid", before)
    assert not inside(stolen)


def test_everywhere_else_is_signed_out_by_oneself(office: Town, sign_in: SignIn) -> None:
    here, there = sign_in("admin"), sign_in("admin")
    page = here.get("/account").get_data(as_text=True)
    assert page.count("最后使用") == 2
    assert page.count("本设备") == 1
    for wrong, words in (({}, "请输入密码"), ({"present_password": "不是这个密码"}, "密码不对")):
        answer = here.post("/account/sessions", data=wrong)
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)
        assert inside(there)
    assert here.post("/account/sessions", data={"present_password": PASSWORD}).status_code == 302
    assert inside(here)
    assert not inside(there)


WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
TELEPHONE = (
    "Mozilla/5.0 (Linux; Android 14; SM-S9180 Build/UP1A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.49"
)


def test_each_session_is_known_by_its_device_and_ended_by_itself(app: Flask, office: Town, store: Store) -> None:
    here, there, elsewhere = (app.test_client() for _ in range(3))
    for browser, agent in ((here, WINDOWS), (there, TELEPHONE), (elsewhere, "curl/8")):
        browser.post("/login", data={"login": "admin", "password": PASSWORD}, headers={"User-Agent": agent})
    page = here.get("/account").get_data(as_text=True)
    assert "Firefox · Windows" in page
    assert "未知的浏览器" in page
    assert "SM-S9180" not in page
    (named,) = re.findall(r'value="([0-9a-f]{64})" aria-label="退出 WeChat · Android', page)
    assert here.post("/account/sessions", data={"session": named, "present_password": "错"}).status_code == 422
    assert inside(there)
    assert here.post("/account/sessions", data={"session": named, "present_password": PASSWORD}).status_code == 302
    assert inside(here)
    assert not inside(there)
    assert inside(elsewhere)
    with store.read() as session:
        assert set(session.scalars(select(SessionRow.device))) == {"Firefox · Windows", ""}


def test_nobody_ends_the_session_of_another(town: Town, sign_in: SignIn, store: Store) -> None:
    chair, street = sign_in("committee_chair"), sign_in("street")
    sign_in("street")
    named = sha256(token(chair).encode()).hexdigest()
    street.post("/account/sessions", data={"session": named, "present_password": PASSWORD})
    assert inside(chair)


def test_whoever_looks_after_an_account_signs_it_out(town: Town, sign_in: SignIn) -> None:
    chair, street, neighbour = sign_in("committee_chair"), sign_in("street"), sign_in("neighbour")
    person = town.people["committee_chair"].id
    assert neighbour.post(f"/office/accounts/{person}/sessions").status_code == 404
    assert inside(chair)
    answer = street.post(f"/office/accounts/{person}/sessions", data={"present_password": PASSWORD})
    assert answer.status_code == 302
    assert not inside(chair)
    assert inside(street)


def test_over_https_every_cookie_is_bound_to_this_host(app: Flask, office: Town) -> None:
    answer = app.test_client().post(
        "/login?lang=en&type=large", data={"login": "admin", "password": PASSWORD}, base_url="https://xuanju.example"
    )
    form = app.test_client().get("/login", base_url="https://xuanju.example")
    given = answer.headers.getlist("Set-Cookie") + form.headers.getlist("Set-Cookie")
    assert {c.partition("=")[0] for c in given} == {f"__Host-{n}" for n in ("sid", "known", "lang", "type", "form")}
    for cookie in given:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie


def test_signing_out_clears_what_the_browser_keeps(office: Town, sign_in: SignIn) -> None:
    assert sign_in("admin").post("/logout").headers["Clear-Site-Data"] == '"cache"'
