"""The second factor: what RFC 6238 says, who needs it, one use of a code, and how a lost telephone is mended."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text as sql

from election.acts import accounts as acts
from election.acts import passes
from election.process.base import Role
from election.store import second
from election.store.database import Store
from election.store.worlds import office_log, world_of

from .conftest import PASSWORD, STREET, Clock, Town

SignIn = Callable[[str], FlaskClient]


def text(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("time", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(time: int, code: str) -> None:
    """Appendix B has eight digits; six are its tail."""
    assert second.code_at(b"12345678901234567890", time // 30) == code[-6:]


@pytest.fixture
def real(store: Store, clock: Clock) -> Town:
    """A real office: no demonstration."""
    acts.open_office(store, name="七里河", demonstration=False, now=clock())
    town = Town(store, clock)
    town.join("admin", Role.ADMINISTRATOR, "")
    town.join("street", Role.STREET, STREET)
    town.join("registrar", Role.REGISTRAR, f"{STREET}/c1")
    return town


def password(app: Flask, login: str) -> FlaskClient:
    browser = app.test_client()
    assert browser.post("/login", data={"login": login, "password": PASSWORD}).status_code == 302
    return browser


def offered(browser: FlaskClient) -> tuple[str, bytes]:
    html = text(browser.get("/account/second"))
    kept = re.search(r'name="kept" value="([^"]+)"', html)
    key = re.search(r'<p class="code">([A-Z2-7 ]+)</p>', html)
    assert kept is not None
    assert key is not None
    assert 'src="data:image/svg+xml' in html
    return kept[1], base64.b32decode(key[1].replace(" ", ""))


def code(secret: bytes, clock: Clock) -> str:
    return second.code_at(secret, int(clock().timestamp()) // 30)


def enrol(app: Flask, login: str, clock: Clock) -> tuple[FlaskClient, bytes]:
    browser = password(app, login)
    kept, secret = offered(browser)
    answer = browser.post("/account/second", data={"kept": kept, "code": code(secret, clock)})
    assert answer.status_code == 302, text(answer)
    return browser, secret


def test_above_data_entry_nothing_opens_before_it_is_set_up(app: Flask, real: Town, clock: Clock) -> None:
    browser = password(app, "street")
    for path in ("/home", "/account", "/office/accounts"):
        assert browser.get(path).headers["Location"].startswith("/login")
    browser, _ = enrol(app, "street", clock)
    assert browser.get("/account").status_code == 200


def test_who_only_enters_data_needs_none(app: Flask, real: Town) -> None:
    assert password(app, "registrar").get("/account").status_code == 200


def test_a_demonstration_asks_for_none_and_says_so(sign_in: SignIn, office: Town) -> None:
    assert "演示中的账号人人可用" in text(sign_in("admin").get("/account"))


def test_strangers_keep_nobody_waiting_at_the_second_factor(app: Flask, real: Town, clock: Clock) -> None:
    """They are slowed by address, the hall's own as well; who has shown the password is no stranger."""
    _, secret = enrol(app, "street", clock)
    clock.forward(minutes=2)
    holder = password(app, "street")
    for number in range(60):
        app.test_client().post("/login", data={"login": f"name{number}", "password": "x"})
    assert app.test_client().post("/login", data={"login": "chair", "password": PASSWORD}).status_code == 429
    assert holder.post("/login/code", data={"code": code(secret, clock)}).status_code == 302


def test_whoever_knows_the_password_too_keeps_nobody_waiting_who_has_the_pass(
    app: Flask, real: Town, clock: Clock, store: Store
) -> None:
    _, secret = enrol(app, "street", clock)
    clock.forward(minutes=2)
    guesser = password(app, "street")
    for _ in range(8):
        guesser.post("/login/code", data={"code": "000000"})
    holder = password(app, "street")
    held = holder.post("/login/code", data={"code": code(secret, clock)})
    assert "尝试太多" in text(held)
    assert 'name="pass"' in text(held)
    handed = passes.issue(store.vault, "street", clock().date())
    answer = holder.post("/login/code", data={"code": code(secret, clock), "pass": handed})
    assert answer.status_code == 302


def test_then_the_password_alone_opens_nothing(app: Flask, real: Town, clock: Clock) -> None:
    _, secret = enrol(app, "street", clock)
    clock.forward(seconds=30)
    browser = password(app, "street")
    assert browser.get("/account").status_code == 302
    assert browser.post("/login/code", data={"code": "000000"}).status_code == 422
    answer = browser.post("/login/code", data={"code": code(secret, clock), "next": "/account"})
    assert answer.headers["Location"] == "/account"
    assert browser.get("/account").status_code == 200


def test_a_code_is_taken_once(app: Flask, real: Town, clock: Clock) -> None:
    _, secret = enrol(app, "street", clock)
    used = code(secret, clock)
    assert password(app, "street").post("/login/code", data={"code": used}).status_code == 422
    clock.forward(seconds=30)
    now = code(secret, clock)
    assert password(app, "street").post("/login/code", data={"code": now}).status_code == 302
    assert password(app, "street").post("/login/code", data={"code": now}).status_code == 422
    assert password(app, "street").post("/login/code", data={"code": used}).status_code == 422  # an earlier step


def test_codes_of_the_neighbouring_steps_are_taken_and_no_others(app: Flask, real: Town, clock: Clock) -> None:
    _, secret = enrol(app, "street", clock)
    clock.forward(minutes=5)
    step = int(clock().timestamp()) // 30
    for off in (-2, 2):
        assert second.step_of(secret, second.code_at(secret, step + off), clock()) is None
    for off in (-1, 0, 1):
        assert second.take(real.store, real.people["street"].id, second.code_at(secret, step + off), clock())


def test_guessing_codes_is_slowed_and_the_password_does_not_reset_it(app: Flask, real: Town, clock: Clock) -> None:
    _, secret = enrol(app, "street", clock)
    clock.forward(minutes=1)
    for _ in range(6):
        guess = password(app, "street")
        guess.post("/login/code", data={"code": "000000"})
    answer = password(app, "street").post("/login/code", data={"code": code(secret, clock)})
    assert "秒后再试" in text(answer)


def test_half_a_session_is_short(app: Flask, real: Town, clock: Clock) -> None:
    _, secret = enrol(app, "street", clock)
    browser = password(app, "street")
    clock.forward(minutes=11)
    assert browser.post("/login/code", data={"code": code(secret, clock)}).headers["Location"] == "/login"


def test_nobody_chooses_their_own_secret(app: Flask, real: Town, clock: Clock, store: Store) -> None:
    browser = password(app, "street")
    own = base64.urlsafe_b64encode(b"12345678901234567890").decode()
    answer = browser.post("/account/second", data={"kept": own, "code": code(b"12345678901234567890", clock)})
    assert answer.status_code == 422
    other = password(app, "admin")
    kept, secret = offered(other)
    assert browser.post("/account/second", data={"kept": kept, "code": code(secret, clock)}).status_code == 422
    assert not second.enrolled(store, real.people["street"].id)


def test_another_telephone_needs_the_password_and_the_first_one_again(app: Flask, real: Town, clock: Clock) -> None:
    browser, first = enrol(app, "street", clock)
    clock.forward(seconds=30)
    kept, secret = offered(browser)
    typed = {"kept": kept, "code": code(secret, clock), "present_code": code(first, clock)}
    assert "请输入密码" in text(browser.post("/account/second", data=typed))
    typed["present_password"] = PASSWORD
    for wrong in ("", "000000", code(secret, clock)):
        answer = browser.post("/account/second", data=typed | {"present_code": wrong})
        assert answer.status_code == 422
        assert "动态码不对" in text(answer)
    assert browser.post("/account/second", data=typed).status_code == 302
    assert browser.post("/account/second/remove", data={"present_password": PASSWORD}).status_code == 404


def test_a_lost_telephone_is_a_reset_that_is_recorded(app: Flask, real: Town, clock: Clock, store: Store) -> None:
    enrol(app, "street", clock)
    person = real.people["street"]
    with store.read() as session:
        before = office_log(session).size  # type: ignore[union-attr]
    new = acts.reset(store, real.people["admin"].actor, person, reason="手机丢失", now=clock())
    with store.read() as session:
        assert office_log(session).size == before + 1  # type: ignore[union-attr]
        assert world_of(store, session).office.accounts[person.id].keys[-1].revoked is not None
    assert not second.enrolled(store, person.id)
    browser = app.test_client()
    fresh = "另外-一个-好记-的密码"
    browser.post("/password", data={"login": "street", "code": new, "password": fresh, "again": fresh})
    assert browser.get("/account").status_code == 302  # to be set up again first
    offered(browser)


def test_in_a_demonstration_it_can_be_tried_and_put_away(sign_in: SignIn, office: Town, clock: Clock) -> None:
    browser = sign_in("admin")
    kept, secret = offered(browser)
    browser.post("/account/second", data={"kept": kept, "code": code(secret, clock), "present_password": PASSWORD})
    assert "已启用" in text(browser.get("/account"))
    clock.forward(seconds=30)
    present = {"present_code": code(secret, clock)}
    for wrong in (present | {"present_password": "wrong"}, {"present_password": PASSWORD, "present_code": "000000"}):
        browser.post("/account/second/remove", data=wrong)
        assert "已启用" in text(browser.get("/account"))
    browser.post("/account/second/remove", data=present | {"present_password": PASSWORD})
    assert "尚未启用" not in text(browser.get("/account"))
    assert "演示中的账号人人可用" in text(browser.get("/account"))


def test_the_secret_is_encrypted_and_belongs_to_its_account(app: Flask, real: Town, clock: Clock, store: Store) -> None:
    _, secret = enrol(app, "street", clock)
    with store.engine.connect() as connection:
        rows = connection.scalars(sql("SELECT second FROM account WHERE second IS NOT NULL")).all()
    assert len(rows) == 1
    assert secret not in bytes(rows[0])
    moved = real.people["admin"].id
    with store.engine.begin() as connection:
        connection.execute(sql("UPDATE account SET second = :s WHERE id = :a"), {"s": rows[0], "a": moved})
    with pytest.raises(Exception, match="does not open"):
        second.take(store, moved, code(secret, clock), clock())


def test_everybody_above_data_entry_needs_one() -> None:
    from election.web.access.entering import WITHOUT
    from election.web.access.policy import EVERYONE

    assert {Role.ADMINISTRATOR, Role.ORGANISATION, Role.CIVIL, Role.STREET, Role.COMMITTEE_CHAIR} <= EVERYONE - WITHOUT
