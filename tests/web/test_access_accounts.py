"""Pages of accounts: who makes whom, the code on the slip, accounts of a meeting within a minute."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from election.acts import accounts as acts
from election.acts.perform import Refused
from election.process.base import Role
from election.process.machine import SERVER
from election.record.keys import grouped
from election.store import accounts
from election.store.database import Store
from election.store.worlds import world_of

from .conftest import OTHER_STREET, PASSWORD, STREET, Clock, Town

SignIn = Callable[[str], FlaskClient]
#: what whoever changes an account of somebody else gives with the form
OWN = {"present_password": PASSWORD}


def text(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def new(browser: FlaskClient, **typed: str) -> str:
    return text(browser.post("/office/accounts/new", data=OWN | typed))


def test_a_chair_makes_a_registrar_who_sets_a_password(sign_in: SignIn, app: Flask, town: Town) -> None:
    html = new(sign_in("committee_chair"), login="dengji", name="邓登记", role="registrar", scope=f"{STREET}/c1")
    (code,) = re.findall(r'<p class="slip-code">([A-Z2-9-]{14})</p>', html)
    person = app.test_client()
    password = "一个-只有-我知道-的词"
    typed = {"login": "dengji", "code": code, "password": password, "again": password}
    assert person.post("/password", data=typed).status_code == 302
    assert "邓登记" in text(person.get("/account"))


def test_the_code_is_kept_nowhere_but_on_the_slip(sign_in: SignIn, town: Town, store: Store) -> None:
    chair = sign_in("committee_chair")
    html = new(chair, login="dengji", name="邓登记", role="registrar", scope=f"{STREET}/c1")
    (code,) = re.findall(r'<p class="slip-code">([A-Z2-9-]{14})</p>', html)
    made = accounts.by_login(store, "dengji")
    assert made is not None
    assert code not in text(chair.get(f"/office/accounts/{made.id}"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"login": ""}, "请填写登录名"),
        ({"name": ""}, "请填写姓名"),
        ({"role": "administrator"}, "请选择角色"),
        ({"role": "teller"}, "请选择角色"),
        ({"role": "nobody"}, "请选择角色"),
        ({"login": "committee_chair"}, "已有人使用"),
        ({"scope": f"{STREET}/c2"}, "管辖范围"),
        ({"scope": STREET}, "应是一个社区"),
    ],
)
def test_an_account_that_is_refused_keeps_what_was_typed(
    typed: dict[str, str], said: str, sign_in: SignIn, town: Town, store: Store
) -> None:
    wanted = {"login": "dengji", "name": "邓登记", "role": "registrar", "scope": f"{STREET}/c1"} | typed
    html = new(sign_in("committee_chair"), **wanted)
    assert said in html
    assert f'value="{wanted["login"]}"' in html
    assert accounts.by_login(store, "dengji") is None


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("organisation_reviewer", "区委组织部的所属地应是一个区，如：七里河区，"),
        ("street_officer", "街道的所属地应是一个街道，如：七里河区/某街道，"),
        ("committee_chair", "换届选举工作委员会主任的所属地应是一个社区，如：七里河区/某街道/某社区，"),
    ],
)
def test_an_account_at_the_wrong_level_is_told_the_right_one(
    role: str, said: str, sign_in: SignIn, office: Town
) -> None:
    """In an office where nothing is named yet the list is empty: the field that must be filled is not marked as optional."""
    admin = sign_in("admin")
    assert "（可不填）" not in text(admin.get("/office/accounts/new"))
    assert said in new(admin, login="quwei", name="区委", role=role)


def test_a_place_is_written_in_one_way(sign_in: SignIn, office: Town) -> None:
    admin = sign_in("admin")
    new(admin, login="jiedao", name="街道", role="street_officer", other=OTHER_STREET)
    for path in ("/office/accounts", "/office/accounts/new", "/office/keys"):
        page = text(admin.get(path))
        shown = re.sub(r'(?:value|action|href)="[^"]*"', "", page)
        assert OTHER_STREET not in shown, path
    assert OTHER_STREET.replace("/", " · ") in text(admin.get("/office/accounts"))


@pytest.mark.parametrize(
    ("address", "only"),
    [
        ("http://127.0.0.1:5711", True),
        ("http://localhost", True),
        ("http://[::1]:5000", True),
        ("http://192.168.1.20:5000", False),
        ("https://192.168.1.20", False),
    ],
)
def test_a_slip_says_when_its_address_opens_on_this_machine_only(
    address: str, only: bool, town: Town, app: Flask
) -> None:
    election, registrar, teller = town.elections["c1/party"], town.people["registrar"].id, town.people["teller"].id
    for login, path in (
        ("street", f"/office/accounts/{registrar}/code"),
        ("committee_chair", f"/h/{election}/staff/{teller}/pin"),
    ):
        browser = app.test_client()
        browser.post("/login", data={"login": login, "password": PASSWORD}, base_url=address)
        page = text(browser.post(path, data=OWN, base_url=address))
        assert f"打开 {address}/" in page
        assert ("只在这台机器上能打开" in page) == only, path


def test_a_forgotten_password_names_whom_everybody_asks(client: FlaskClient) -> None:
    page = text(client.get("/login"))
    assert "会场找主持选举的一方，社区找街道，街道和区找系统管理员，系统管理员找另一名系统管理员" in page


def test_codes_stand_in_letters_of_one_width(sign_in: SignIn, town: Town) -> None:
    registrar = town.people["registrar"]
    page = text(sign_in("street").get(f"/office/accounts/{registrar.id}"))
    assert f'<code class="check-code"><strong>{grouped((registrar.fingerprint or "")[:20])}</strong>' in page


def test_each_sees_the_accounts_of_their_own_place(sign_in: SignIn, town: Town) -> None:
    chair = text(sign_in("committee_chair").get("/office/accounts"))
    assert "registrar的姓名" in chair
    assert "neighbour的姓名" not in chair
    street = text(sign_in("street").get("/office/accounts"))
    assert "neighbour的姓名" in street
    assert "other_street的姓名" not in street


@pytest.mark.parametrize("who", ["neighbour", "street", "admin", "organisation", "teller"])
def test_a_chair_finds_no_account_that_is_not_theirs_to_keep(who: str, sign_in: SignIn, town: Town) -> None:
    chair = sign_in("committee_chair")
    id_ = town.people[who].id
    assert chair.get(f"/office/accounts/{id_}").status_code == 404
    assert chair.post(f"/office/accounts/{id_}/code").status_code == 404
    assert chair.post(f"/office/accounts/{id_}/close").status_code == 404
    assert accounts.get(town.store, id_).active


def test_a_reset_revokes_the_key_and_gives_a_code(sign_in: SignIn, town: Town, store: Store) -> None:
    id_ = town.people["registrar"].id
    html = text(sign_in("street").post(f"/office/accounts/{id_}/code", data=OWN | {"reason": "遗失"}))
    assert re.search(r'<p class="slip-code">[A-Z2-9-]{14}</p>', html)
    with store.read() as session:
        (key,) = world_of(store, session).office.accounts[id_].keys
    assert key.revoked is not None
    assert accounts.get(store, id_).fingerprint is None


def test_a_closed_account_is_closed_in_the_record(sign_in: SignIn, town: Town, store: Store) -> None:
    id_ = town.people["registrar"].id
    street = sign_in("street")
    asked = street.post(f"/office/accounts/{id_}/close", data=OWN)
    assert (asked.status_code, "停用不能恢复" in text(asked)) == (422, True)
    assert street.post(f"/office/accounts/{id_}/close", data=OWN | {"sure": "1"}).status_code == 302
    with store.read() as session:
        assert not world_of(store, session).office.accounts[id_].active
    assert "已停用" in text(street.get("/office/accounts"))
    assert street.post(f"/office/accounts/{id_}/close", data=OWN | {"sure": "1"}).status_code == 422
    assert street.post(f"/office/accounts/{id_}/code", data=OWN).status_code == 422


@pytest.mark.parametrize("password", ["", "不是这个密码"])
def test_whoever_finds_an_open_browser_takes_no_account_over(
    password: str, sign_in: SignIn, town: Town, store: Store
) -> None:
    """Made, reset, signed out or closed, of the office or of a meeting: each asks for the password of whoever does it."""
    chair, election = sign_in("committee_chair"), town.elections["c1/party"]
    registrar, teller = town.people["registrar"].id, town.people["teller"].id
    with store.read() as session:
        before = world_of(store, session).office
    wanted = {"sure": "1", "login": "dengji", "name": "邓登记", "role": "registrar", "scope": f"{STREET}/c1"}
    for address in (
        "/office/accounts/new",
        f"/office/accounts/{registrar}/code",
        f"/office/accounts/{registrar}/sessions",
        f"/office/accounts/{registrar}/close",
        f"/h/{election}/staff/{teller}/pin",
        f"/h/{election}/staff/{teller}/close",
    ):
        answer = chair.post(address, data=wanted | {"present_password": password})
        assert answer.status_code == 422, address
        assert re.search("请输入密码|密码不对|秒后再试", text(answer)), address
    with store.read() as session:
        assert world_of(store, session).office == before


def test_who_made_an_account_goes_on_under_a_new_token(sign_in: SignIn, town: Town) -> None:
    chair = sign_in("committee_chair")
    before = chair.get_cookie("sid")
    new(chair, login="dengji", name="邓登记", role="registrar", scope=f"{STREET}/c1")
    after = chair.get_cookie("sid")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert chair.get("/account").status_code == 200


def test_a_place_that_was_typed_is_offered_the_next_time(sign_in: SignIn, office: Town) -> None:
    admin = sign_in("admin")
    assert f'value="{STREET}"' not in text(admin.get("/office/accounts/new"))
    new(admin, login="jiedao", name="街道", role="street_officer", other=STREET)
    assert f'<option value="{STREET}">' in text(admin.get("/office/accounts/new"))


def test_logins_of_two_meetings_never_meet(town: Town, store: Store, clock: Clock) -> None:
    street = town.people["street"].actor
    logins = set()
    for election in town.elections.values():
        actor = street if election != town.elections["c9/party"] else town.people["other_street"].actor
        made, _ = acts.create_hall_account(
            store, actor, election=election, role=Role.TELLER, name="计", person="p", now=clock()
        )
        logins.add(made.login)
    assert len(logins) == 4


def test_a_new_pin_replaces_the_lost_one(sign_in: SignIn, app: Flask, town: Town) -> None:
    election, teller = town.elections["c1/party"], town.people["teller"]
    answer = sign_in("committee_chair").post(f"/h/{election}/staff/{teller.id}/pin", data=OWN)
    _, pin = re.findall(r'<dd class="slip-code">([^<]+)</dd>', text(answer))
    browser = app.test_client()
    assert browser.post("/login", data={"login": "teller", "password": "246810"}).status_code == 422
    assert browser.post("/login", data={"login": "teller", "password": pin.replace(" ", "")}).status_code == 302


def test_a_hall_account_is_closed_on_the_spot(sign_in: SignIn, town: Town, store: Store) -> None:
    election, teller = town.elections["c1/party"], town.people["teller"]
    answer = sign_in("committee_chair").post(f"/h/{election}/staff/{teller.id}/close", data=OWN)
    assert answer.status_code == 302
    assert not accounts.get(store, teller.id).active


def test_the_hall_of_another_election_is_not_reached(sign_in: SignIn, town: Town, store: Store) -> None:
    """The same chair, another meeting: its page does not touch this meeting's accounts."""
    elsewhere, teller = town.elections["c1/residents"], town.people["teller"]
    browser = sign_in("street")
    assert browser.post(f"/h/{elsewhere}/staff/{teller.id}/pin").status_code == 404
    assert browser.post(f"/h/{elsewhere}/staff/{teller.id}/close").status_code == 404
    assert accounts.get(store, teller.id).active


def test_only_people_of_the_hall_have_hall_accounts(town: Town, store: Store, clock: Clock) -> None:
    with pytest.raises(Refused) as refused:
        acts.create_hall_account(
            store, SERVER, election=town.elections["c1/party"], role=Role.REGISTRAR, name="甲", person="p", now=clock()
        )
    assert refused.value.demands[0].code == "account.hall-role"
    with pytest.raises(Refused) as refused:
        acts.create_hall_account(
            store, SERVER, election=town.elections["c1/party"], role=Role.TELLER, name="甲", person="", now=clock()
        )
    assert refused.value.demands[0].code == "office.person"
    with pytest.raises(Refused) as refused:
        acts.new_pin(store, SERVER, town.people["registrar"], now=clock())
    assert refused.value.demands[0].code == "account.hall-role"


def test_no_name_stands_in_the_record_itself(sign_in: SignIn, town: Town, store: Store) -> None:
    from sqlalchemy import select

    from election.store.tables import AccountRow, EntryRow

    new(sign_in("committee_chair"), login="dengji", name="邓登记", role="registrar", scope=f"{STREET}/c1")
    with store.read() as session:
        for data in [*session.scalars(select(EntryRow.data)), *session.scalars(select(AccountRow.name))]:
            assert "邓登记".encode() not in bytes(data)


def test_where_work_begins(sign_in: SignIn, town: Town) -> None:
    assert sign_in("admin").get("/home").headers["Location"] == "/office/accounts"
    assert sign_in("admin").get("/").headers["Location"] == "/home"
    assert sign_in("admin").get("/login").headers["Location"] == "/home"
