"""Passwords: set with a code, tried at a growing price, and the same words for every miss."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from election.acts import accounts as acts
from election.acts import passes
from election.acts.passwords import LONGEST, SHORTEST, common, fault, normal
from election.acts.perform import Refused
from election.process.base import Role
from election.process.machine import SERVER
from election.record import keys
from election.store import accounts, sessions
from election.store.database import Store
from election.store.tables import AccountRow
from election.store.worlds import world_of

from .conftest import PASSWORD, Clock, Town

SignIn = Callable[[str], FlaskClient]
NEW = "另外-一个-好记-的密码"


def page(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined,no-any-return]


def without_token(html: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html)


def test_unknown_login_and_wrong_password_are_the_same_page(app: Flask, office: Town) -> None:
    unknown = app.test_client().post("/login", data={"login": "nobody", "password": "x"})
    wrong = app.test_client().post("/login", data={"login": "admin", "password": "x"})
    assert unknown.status_code == wrong.status_code == 422
    assert "登录名或密码不对" in page(wrong)
    assert without_token(page(unknown)).replace("nobody", "admin") == without_token(page(wrong))


@pytest.mark.parametrize("login", ["nobody", "admin", "waiting", "closed"])
def test_every_miss_costs_one_unwrapping(
    login: str, office: Town, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown login, a wrong password, no password yet, a closed account: the same work, so the same time."""
    acts.create_account(store, SERVER, login="waiting", name="等", role=Role.ADMINISTRATOR, scope="", now=clock())
    closed = office.join("closed", Role.ADMINISTRATOR, "")
    acts.close(store, SERVER, closed, reason="", now=clock())
    accounts.decoy()
    tried: list[int] = []
    derive = keys.derive

    def counted(password: str, salt: bytes, cost: keys.Cost) -> bytes:
        tried.append(cost.memory_kib)
        return derive(password, salt, cost)

    monkeypatch.setattr(keys, "derive", counted)
    assert accounts.try_password(store, login, "wrong") is None
    assert tried == [keys.CHEAP.memory_kib]


def test_a_blank_form_says_what_is_missing_and_keeps_the_login(client: FlaskClient, office: Town) -> None:
    answer = client.post("/login", data={"login": "admin", "password": ""})
    assert 'href="#f-password"' in page(answer)
    assert 'value="admin"' in page(answer)


def test_after_five_misses_the_wait_doubles(client: FlaskClient, office: Town, clock: Clock) -> None:
    for _ in range(6):
        client.post("/login", data={"login": "admin", "password": "x"})
    held = client.post("/login", data={"login": "admin", "password": PASSWORD})
    assert held.status_code == 429
    assert "2 秒" in page(held)
    clock.forward(seconds=2)
    client.post("/login", data={"login": "admin", "password": "x"})
    assert "4 秒" in page(client.post("/login", data={"login": "admin", "password": PASSWORD}))
    clock.forward(seconds=4)
    assert client.post("/login", data={"login": "admin", "password": PASSWORD}).status_code == 302


def test_the_wait_is_never_longer_than_a_quarter_of_an_hour(client: FlaskClient, office: Town, clock: Clock) -> None:
    for _ in range(40):
        client.post("/login", data={"login": "admin", "password": "x"})
        clock.forward(minutes=15)
    assert client.post("/login", data={"login": "admin", "password": PASSWORD}).status_code == 302


def test_guessers_do_not_lock_out_a_browser_that_is_known(app: Flask, office: Town, sign_in: SignIn) -> None:
    own = sign_in("admin")
    own.post("/logout")
    guesser = app.test_client()
    for _ in range(20):
        guesser.post("/login", data={"login": "admin", "password": "x"})
    assert guesser.post("/login", data={"login": "admin", "password": PASSWORD}).status_code == 429
    assert own.post("/login", data={"login": "admin", "password": PASSWORD}).status_code == 302


def test_guessers_elsewhere_slow_down_nobody_here(app: Flask, office: Town) -> None:
    """Nor does another address of the same subscriber help a guesser."""

    def tries(address: str, password: str = "x") -> int:
        client, asked = app.test_client(), {"login": "admin", "password": password}
        return client.post("/login", data=asked, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [tries(f"2001:db8:1:2::{n}") for n in range(1, 8)] == [422] * 6 + [429]
    assert tries("2001:db8:1:2::1", PASSWORD) == 429
    assert tries("2001:db8:1:3::1", PASSWORD) == 302


def test_many_addresses_wait_for_each_other_at_one_login(app: Flask, office: Town, clock: Clock) -> None:
    def tries(network: int) -> int:
        client, asked = app.test_client(), {"login": "admin", "password": "x"}
        return client.post(
            "/login", data=asked, environ_overrides={"REMOTE_ADDR": f"2001:db8:1:{network:x}::1"}
        ).status_code

    assert {tries(network) for network in range(101)} == {422}
    assert tries(200) == 429
    clock.forward(seconds=60)
    assert tries(200) == 422


def flood(app: Flask, page: str = "/login", **fields: str) -> None:
    """So many strangers try admin's login that one a minute gets through."""
    for network in range(102):
        app.test_client().post(
            page,
            data={"login": "admin", "password": "x", **fields},
            environ_overrides={"REMOTE_ADDR": f"2001:db8:1:{network:x}::1"},
        )


def test_a_pass_lets_its_holder_in_whoever_else_guesses(
    app: Flask, office: Town, sign_in: SignIn, clock: Clock
) -> None:
    shown = re.search(r'class="code">([\d ]{24})<', page(sign_in("admin").get("/account")))
    assert shown is not None
    flood(app)
    fresh = app.test_client()
    held = fresh.post("/login", data={"login": "admin", "password": PASSWORD})
    assert (held.status_code, 'name="pass"' in page(held)) == (429, True)
    full_width = shown[1].replace("1", "１").replace(" ", "-")
    let_in = fresh.post("/login", data={"login": "admin", "password": PASSWORD, "pass": full_width})
    assert let_in.status_code == 302
    fresh.post("/logout")
    assert fresh.post("/login", data={"login": "admin", "password": PASSWORD}).status_code == 302, "known from now on"


@pytest.mark.parametrize(
    "typed",
    ["20260101 0000 0000 0000", "99999999 000000000000", "x", "1" * 500, "{other}", "{old}", "{early}"],
)
def test_what_is_no_pass_of_this_login_waits_as_all_others_do(
    app: Flask, office: Town, store: Store, clock: Clock, typed: str
) -> None:
    today = clock().date()
    passes_of = {
        "{other}": passes.issue(store.vault, "street", today),
        "{old}": passes.issue(store.vault, "admin", today - passes.GOOD_FOR - timedelta(days=1)),
        "{early}": passes.issue(store.vault, "admin", today + timedelta(days=1)),
    }
    flood(app)
    data = {"login": "admin", "password": PASSWORD, "pass": passes_of.get(typed, typed)}
    answer = app.test_client().post("/login", data=data)
    assert (answer.status_code, "通行码不对" in page(answer)) == (429, True)
    assert 'value="' + PASSWORD not in page(answer)


def test_a_pass_stays_good_for_a_year_and_has_a_limit_of_its_own(
    app: Flask, office: Town, store: Store, clock: Clock
) -> None:
    handed = passes.issue(store.vault, "admin", clock().date() - passes.GOOD_FOR)
    flood(app)
    data = {"login": "admin", "password": "x", "pass": handed}
    assert [app.test_client().post("/login", data=data).status_code for _ in range(7)] == [422] * 6 + [429]


def test_a_code_is_taken_with_a_pass_while_others_guess(app: Flask, office: Town, store: Store, clock: Clock) -> None:
    found = accounts.by_login(store, "admin")
    assert found is not None
    code = acts.reset(store, SERVER, found, reason="忘记密码", now=clock())
    guess = {"code": "AAAA-AAAA-AAAA", "password": NEW, "again": NEW}
    flood(app, "/password", **guess)
    typed = {"login": "admin", "code": code, "password": NEW, "again": NEW}
    held = app.test_client().post("/password", data=typed)
    assert "尝试太多" in page(held)
    handed = passes.issue(store.vault, "admin", clock().date())
    assert app.test_client().post("/password", data={**typed, "pass": handed}).status_code == 302


def test_a_pass_helps_where_somebody_else_tried_too_often_at_the_same_machine(
    app: Flask, office: Town, sign_in: SignIn, store: Store, clock: Clock
) -> None:
    shared = sign_in("admin")
    shared.post("/logout")
    for _ in range(8):
        shared.post("/login", data={"login": "admin", "password": "x"})
    right = {"login": "admin", "password": PASSWORD}
    assert shared.post("/login", data=right).status_code == 429
    handed = passes.issue(store.vault, "admin", clock().date())
    assert shared.post("/login", data={**right, "pass": handed}).status_code == 302


def test_a_known_browser_has_its_own_limit(office: Town, sign_in: SignIn) -> None:
    own = sign_in("admin")
    own.post("/logout")
    for _ in range(6):
        own.post("/login", data={"login": "admin", "password": "x"})
    assert own.post("/login", data={"login": "admin", "password": PASSWORD}).status_code == 429


def test_a_forged_mark_of_a_known_browser_is_worth_nothing(app: Flask, office: Town) -> None:
    guesser = app.test_client()
    for number in range(7):
        guesser.set_cookie("known", f"{number}.{'0' * 64}")
        guesser.post("/login", data={"login": "admin", "password": "x"})
    assert guesser.post("/login", data={"login": "admin", "password": PASSWORD}).status_code == 429


def test_unknown_logins_wait_as_known_ones_do(client: FlaskClient, office: Town) -> None:
    for _ in range(6):
        client.post("/login", data={"login": "nobody", "password": "x"})
    assert client.post("/login", data={"login": "nobody", "password": "x"}).status_code == 429


def test_one_address_that_tries_many_logins_waits(app: Flask, office: Town) -> None:
    for number in range(31):
        app.test_client().post("/login", data={"login": f"name{number}", "password": "x"})
    assert app.test_client().post("/login", data={"login": "admin", "password": PASSWORD}).status_code == 429
    elsewhere = app.test_client()
    answer = elsewhere.post(
        "/login", data={"login": "admin", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.9"}
    )
    assert answer.status_code == 302


def test_signing_in_goes_where_one_was_going_and_never_elsewhere(app: Flask, office: Town) -> None:
    for following, expected in (
        ("/account", "/account"),
        ("//evil.example/", "/home"),
        ("/\\evil.example", "/home"),
        ("https://evil.example/", "/home"),
        ("javascript:alert(1)", "/home"),
        ("", "/home"),
    ):
        answer = app.test_client().post("/login", data={"login": "admin", "password": PASSWORD, "next": following})
        assert answer.headers["Location"] == expected


def test_first_password_by_code_registers_a_key(client: FlaskClient, office: Town, store: Store, clock: Clock) -> None:
    made, code = acts.create_account(
        store, SERVER, login="new", name="新人", role=Role.ADMINISTRATOR, scope="", now=clock()
    )
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", code)
    answer = client.post(
        "/password", data={"login": "new", "code": code.lower().replace("-", " "), "password": NEW, "again": NEW}
    )
    assert answer.status_code == 302
    assert client.get("/account").status_code == 200
    stored = accounts.get(store, made.id)
    with store.read() as session:
        (key,) = world_of(store, session).office.accounts[made.id].keys
    assert stored.fingerprint == key.fingerprint
    assert keys.public(acts.unlock(store, made.id, NEW).seed).hex() == key.public
    again = client.post("/password", data={"login": "new", "code": code, "password": NEW, "again": NEW})
    assert again.status_code == 422  # used up


def test_a_code_runs_out_after_a_week(client: FlaskClient, office: Town, store: Store, clock: Clock) -> None:
    _, code = acts.create_account(store, SERVER, login="new", name="新", role=Role.ADMINISTRATOR, scope="", now=clock())
    clock.forward(days=7, seconds=1)
    answer = client.post("/password", data={"login": "new", "code": code, "password": NEW, "again": NEW})
    assert "已过期" in page(answer)


def test_a_code_works_for_its_own_login_only(client: FlaskClient, office: Town, store: Store, clock: Clock) -> None:
    _, code = acts.create_account(store, SERVER, login="new", name="新", role=Role.ADMINISTRATOR, scope="", now=clock())
    answer = client.post("/password", data={"login": "admin", "code": code, "password": NEW, "again": NEW})
    assert answer.status_code == 422
    assert acts.unlock(store, office.people["admin"].id, PASSWORD)


def test_codes_are_not_guessed_for_long(client: FlaskClient, office: Town) -> None:
    for _ in range(6):
        client.post("/password", data={"login": "admin", "code": "AAAA-BBBB-CCCC", "password": NEW, "again": NEW})
    answer = client.post("/password", data={"login": "admin", "code": "AAAA", "password": NEW, "again": NEW})
    assert "秒后再试" in page(answer)


def test_two_passwords_must_agree_and_what_was_typed_stays(client: FlaskClient, office: Town) -> None:
    answer = client.post("/password", data={"login": "new", "code": "ABCD-EFGH-JKLM", "password": NEW, "again": "x"})
    assert "两次输入的密码不一样" in page(answer)
    assert 'value="ABCD-EFGH-JKLM"' in page(answer)
    assert NEW not in page(answer)


def test_changing_the_password_changes_the_key(office: Town, sign_in: SignIn, store: Store) -> None:
    before = office.people["admin"]
    browser = sign_in("admin")
    assert browser.post("/account", data={"old": PASSWORD, "password": NEW, "again": NEW}).status_code == 302
    after = accounts.get(store, before.id)
    assert after.fingerprint != before.fingerprint
    with store.read() as session:
        old, new = world_of(store, session).office.accounts[before.id].keys
    assert old.revoked is not None
    assert new.revoked is None
    with pytest.raises(keys.WrongPassword):
        acts.unlock(store, before.id, PASSWORD)
    assert accounts.try_password(store, "admin", NEW) is not None


def test_changing_the_password_needs_the_present_one(office: Town, sign_in: SignIn) -> None:
    answer = sign_in("admin").post("/account", data={"old": "x", "password": NEW, "again": NEW})
    assert "现在的密码不对" in page(answer)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one!!", "account.password-short"),
        ("x" * 201, "account.password-long"),
        ("123456789012", "account.password-guessed"),
        ("aaaaaaaaaaaaaaaa", "account.password-guessed"),
        ("abababababab", "account.password-guessed"),
        ("qwertyuiop12", "account.password-guessed"),
        ("PASSWORD1234", "account.password-guessed"),
        ("Sonyericsson", "account.password-guessed"),
        ("七里河区letmein12345", "account.password-guessed"),
        ("huanjiexuanju", "account.password-guessed"),
        ("柳荫街道柳荫街道柳荫街道", "account.password-guessed"),
        ("柳荫街道柳荫街道2010", "account.password-guessed"),
        ("98765432109876", "account.password-guessed"),
        (NEW, None),
        ("correct horse battery", None),
        ("柳荫街道的老槐树会唱歌吗", None),
    ],
)
def test_which_passwords_are_refused(password: str, code: str | None) -> None:
    assert fault(password, ["柳荫街道", "七里河区"]) == code


def test_the_list_of_the_commonest_is_of_passwords_that_could_be_chosen() -> None:
    """ASVS 6.2.4 asks for the first 3000 that are long enough here; a line that is too short would protect nobody."""
    assert len(common()) > 10_000
    assert all(SHORTEST <= len(word) <= LONGEST and word == normal(word).lower() for word in common() - {""})


def test_a_guessed_password_is_refused_on_the_page(office: Town, sign_in: SignIn) -> None:
    answer = sign_in("admin").post(
        "/account", data={"old": PASSWORD, "password": "123456789012", "again": "123456789012"}
    )
    assert "容易被猜到" in page(answer)


def test_the_same_password_from_two_keyboards(office: Town, store: Store) -> None:
    """Full-width and half-width digits are one password (NFKC)."""
    fullwidth = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in PASSWORD)
    assert acts.unlock(store, office.people["admin"].id, fullwidth).account == office.people["admin"].id


@pytest.mark.parametrize("entry", ["old password", "one-time code"])
def test_what_was_taken_back_while_somebody_typed_lets_nobody_in(
    office: Town, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    """A stolen account is reset between the check of what the thief has and their new password: the reset stands."""
    admin, mine = office.people["admin"].actor, office.join("stolen", Role.STREET, "区/街")
    slip = acts.reset(store, admin, mine, reason="", now=clock()) if entry == "one-time code" else ""
    codes: list[str] = []

    def reset_meanwhile(*_: object) -> None:
        codes.append(acts.reset(store, admin, accounts.get(store, mine.id), reason="被盗用", now=clock()))

    monkeypatch.setattr(acts, "check_password", reset_meanwhile)
    come_in: Callable[[], object] = (
        partial(acts.set_password, store, login="stolen", code=slip, password=NEW, now=clock())
        if slip
        else partial(acts.change_password, store, mine, old=PASSWORD, new=NEW, now=clock())
    )
    with pytest.raises(Refused) as refused:
        come_in()
    assert [d.code for d in refused.value.demands] == ["account.code" if slip else "account.password-wrong"]
    assert accounts.try_password(store, "stolen", NEW) is None
    assert accounts.by_code(store, "stolen", codes[0], clock()) is not None


@pytest.mark.parametrize("change", ["password", "reset", "closed"])
def test_a_sign_in_under_way_ends_with_the_password_that_it_tried(
    client: FlaskClient, office: Town, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    mine, open_session = office.people["admin"], sessions.open_session

    def overtaken(*arguments: object) -> str:
        monkeypatch.setattr(sessions, "open_session", open_session)
        if change == "password":
            acts.change_password(store, mine, old=PASSWORD, new=NEW, now=clock())
        else:
            act = acts.reset if change == "reset" else acts.close
            act(store, SERVER, mine, reason="调离", now=clock())
        return open_session(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sessions, "open_session", overtaken)
    answer = client.post("/login", data={"login": "admin", "password": PASSWORD})
    assert answer.headers["Location"] == "/login"
    assert "请用新的密码登录" in page(client.get("/login"))
    assert client.get("/account").status_code == 302


def test_a_copied_row_gives_nothing_to_guess_at_without_the_home(office: Town, store: Store) -> None:
    """A hall's PIN is one of a million: whoever has only the database cannot try them."""
    person = office.people["admin"]
    with store.read() as session:
        wrapped = session.get_one(AccountRow, person.id).wrapped
    assert wrapped is not None
    with pytest.raises(keys.WrongPassword):
        keys.unwrap(wrapped, PASSWORD, person.id)
    assert accounts.unwrap(store, person.id, PASSWORD) is not None
    moved = replace(store.vault, index_key=bytes(32))
    with pytest.raises(keys.WrongPassword):
        keys.unwrap(wrapped, moved.index("account-password", person.id, PASSWORD), person.id)


def test_a_key_wrapped_under_the_password_alone_still_opens(office: Town, store: Store) -> None:
    """As it was before homes had a part in it, until its next password."""
    person, seed = office.people["admin"].id, keys.generate()
    with store.write() as session:
        session.get_one(AccountRow, person).wrapped = keys.wrap(seed, PASSWORD, person, keys.CHEAP)
    assert accounts.unwrap(store, person, PASSWORD) == seed
    assert accounts.unwrap(store, person, PASSWORD + "x") is None


def test_login_is_one_whatever_its_case(client: FlaskClient, office: Town) -> None:
    assert client.post("/login", data={"login": " ADMIN ", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"login": "a b"}, "account.login-shape"),
        ({"login": "admin"}, "account.login-free"),
        ({"scope": "a//b"}, "account.scope-shape"),
        ({"scope": "a/b/c/d"}, "account.scope-shape"),
        ({"scope": "区"}, "account.scope-level"),
        ({"role": Role.SERVER}, "account.scope-level"),
    ],
)
def test_accounts_that_are_refused(change: dict[str, str], code: str, office: Town, store: Store, clock: Clock) -> None:
    wanted = {"login": "new", "name": "新", "role": Role.STREET, "scope": "区/街"} | change
    with pytest.raises(Refused) as refused:
        acts.create_account(store, office.people["admin"].actor, now=clock(), **wanted)  # type: ignore[arg-type]
    assert [d.code for d in refused.value.demands] == [code]


def test_the_security_log_knows_who_and_names_nobody(
    client: FlaskClient, office: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="election.security")
    client.post("/login", data={"login": "admin", "password": "wrong-secret"})
    client.post("/login", data={"login": "admin", "password": PASSWORD})
    client.get("/h/00000000-0000-0000-0000-000000000000/staff")
    failed, signed_in, refused = [r.getMessage() for r in caplog.records if r.name == "election.security"]
    assert failed.startswith("sign-in-failed who=login:")
    assert signed_in.startswith(f"signed-in who={office.people['admin'].id}")
    assert refused.startswith(f"not-granted who={office.people['admin'].id}")
    assert not [word for word in ("admin ", "姓名", PASSWORD, "wrong-secret") if word in caplog.text]
