"""Signing an act: the password again, or paper with two who vouch."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest
from flask import Flask, g
from werkzeug.datastructures import FileStorage

from election.acts import passes
from election.record import keys
from election.store.database import Store
from election.web.access.signing import Signing, signers_from_form
from election.web.context import Place

from .conftest import PASSWORD, Clock, Town

PDF = b"%PDF-1.7 a signed page"


def sign(app: Flask, town: Town, who: str, form: dict[str, str], scan: bytes | None = None) -> Signing:
    files = {} if scan is None else {"sign_scan": FileStorage(io.BytesIO(scan), filename="签名页.pdf")}
    with app.test_request_context(method="POST", data=form, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        from election.process.world import World

        g.place = Place(town.people[who], World())
        return signers_from_form(form, files, town.people[who])


def test_a_password_gives_one_signer(app: Flask, town: Town) -> None:
    signers, on_paper, attachments, errors = sign(app, town, "committee_chair", {"sign_password": PASSWORD})
    assert not errors
    assert on_paper is None
    assert not attachments
    (signer,) = signers
    assert signer.account == town.people["committee_chair"].id
    assert signer.role == "committee_chair"
    assert keys.fingerprint(keys.public(signer.seed)) == town.people["committee_chair"].fingerprint


@pytest.mark.parametrize(("password", "said"), [("", "请输入密码"), ("wrong", "密码不对")])
def test_without_the_password_nobody_signs(password: str, said: str, app: Flask, town: Town) -> None:
    found = sign(app, town, "committee_chair", {"sign_password": password})
    assert found.errors == {"sign_password": said}
    assert not found.signers


def test_paper_needs_the_scan_and_another_person(app: Flask, town: Town) -> None:
    form = {"sign_password": PASSWORD, "sign_voucher": "registrar", "sign_voucher_password": PASSWORD}
    found = sign(app, town, "committee_chair", form, PDF)
    assert not found.errors
    people = [town.people["committee_chair"].id, town.people["registrar"].id]
    assert [s.account for s in found.signers] == people
    assert found.on_paper == {"vouchers": people, "scan": sha256(PDF).hexdigest()}
    (scan,) = found.attachments
    assert (scan.data, scan.media_type) == (PDF, "application/pdf")


@pytest.mark.parametrize(
    ("form", "scan", "name", "said"),
    [
        ({"sign_voucher": "registrar", "sign_voucher_password": PASSWORD}, None, "sign_scan", "请上传"),
        ({"sign_voucher": "registrar", "sign_voucher_password": PASSWORD}, b"MZ\x90", "sign_scan", "须是 PDF"),
        (
            {"sign_voucher": "registrar", "sign_voucher_password": PASSWORD},
            PDF + b"0" * 10_485_760,
            "sign_scan",
            "10 MB",
        ),
        ({"sign_voucher": "", "sign_voucher_password": PASSWORD}, PDF, "sign_voucher", "请填写"),
        ({"sign_voucher": "committee_chair", "sign_voucher_password": PASSWORD}, PDF, "sign_voucher", "另一个人"),
        ({"sign_voucher": "registrar", "sign_voucher_password": "x"}, PDF, "sign_voucher_password", "登录名或密码不对"),
        ({"sign_voucher": "nobody", "sign_voucher_password": "x"}, PDF, "sign_voucher_password", "登录名或密码不对"),
        ({"sign_voucher": "registrar", "sign_voucher_password": ""}, PDF, "sign_voucher_password", "请输入密码"),
    ],
)
def test_paper_that_is_not_taken(
    form: dict[str, str], scan: bytes | None, name: str, said: str, app: Flask, town: Town
) -> None:
    found = sign(app, town, "committee_chair", {"sign_password": PASSWORD} | form, scan)
    assert said in found.errors[name]
    assert found.on_paper is None
    assert not found.attachments


def test_wrong_passwords_at_signing_wait_as_at_signing_in(app: Flask, town: Town, clock: Clock) -> None:
    for _ in range(6):
        sign(app, town, "committee_chair", {"sign_password": "wrong"})
    held = sign(app, town, "committee_chair", {"sign_password": PASSWORD})
    assert "秒后再试" in held.errors["sign_password"]
    clock.forward(seconds=2)
    assert not sign(app, town, "committee_chair", {"sign_password": PASSWORD}).errors


def test_a_second_person_who_is_kept_waiting_types_their_pass(
    app: Flask, town: Town, clock: Clock, store: Store
) -> None:
    """At somebody else's machine, where strangers guess at their login."""
    for _ in range(8):
        app.test_client().post("/login", data={"login": "registrar", "password": "x"})
    form = {"sign_password": PASSWORD, "sign_voucher": "registrar", "sign_voucher_password": PASSWORD}
    held = sign(app, town, "committee_chair", form, PDF)
    assert "秒后再试" in held.errors["sign_voucher_password"]
    assert held.held
    wrong = sign(app, town, "committee_chair", form | {"pass": "1" * 20}, PDF)
    assert "通行码不对" in wrong.errors["pass"]
    handed = passes.issue(store.vault, "registrar", clock().date())
    taken = sign(app, town, "committee_chair", form | {"pass": handed}, PDF)
    assert not taken.errors
    assert len(taken.signers) == 2


def test_a_seed_is_never_shown(app: Flask, town: Town) -> None:
    found = sign(app, town, "committee_chair", {"sign_password": PASSWORD})
    assert found.signers[0].seed.hex() not in repr(found)
    assert str(found.signers[0].seed) not in repr(found)
