"""The register of signing keys: first those that nobody vouched for, so that people compare them by hand."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from html import unescape

import cv2
import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from election.acts import accounts as acts
from election.record import note
from election.record.keys import grouped
from election.record.note import Checkpoint
from election.record.printed import Printed
from election.store.tables import CheckpointRow, Log

from .conftest import PASSWORD, Town

SignIn = Callable[[str], FlaskClient]
FOUNDERS, VOUCHED, WAITING = "没有经人确认的", "两名负责人确认过的", "还没有确认，不能签名的"


def parts(browser: FlaskClient) -> dict[str, str]:
    """Heading -> what stands below it."""
    answer = browser.get("/office/keys")
    assert answer.status_code == 200
    pieces = unescape(answer.get_data(as_text=True)).split("<h2>")[1:]
    return dict(piece.split("</h2>", 1) for piece in pieces)


def test_who_was_there_first_is_listed_to_everybody_below(town: Town, sign_in: SignIn) -> None:
    found = parts(sign_in("committee_chair"))
    for founder in ("admin", "organisation", "civil", "street"):
        key = town.people[founder].fingerprint or ""
        assert f"{founder}的姓名" in found[FOUNDERS]
        assert grouped(key[:20]) in found[FOUNDERS]
    assert "other_street的姓名" not in found[FOUNDERS]
    assert "committee_chair的姓名" in found[WAITING]
    assert "neighbour的姓名" not in found[WAITING]
    assert VOUCHED not in found


def test_who_was_vouched_for_stands_with_the_names_of_who_did(town: Town, sign_in: SignIn) -> None:
    chair = town.people["committee_chair"]
    for short in ("street", "admin"):
        signer = acts.unlock(town.store, town.people[short].id, PASSWORD)
        acts.vouch(town.store, signer, {chair.id: chair.fingerprint or ""}, town.clock())
    found = parts(sign_in("registrar"))
    assert "committee_chair的姓名" in found[VOUCHED]
    assert "确认人：admin的姓名、street的姓名" in found[VOUCHED]
    # an official who comes later is nobody's founder
    acts.reset(town.store, town.people["admin"].actor, town.people["civil"], reason="遗失", now=town.clock())
    assert "civil的姓名" not in parts(sign_in("registrar"))[FOUNDERS]


@pytest.mark.parametrize("login", ["teller", "scrutineer"])
def test_accounts_of_one_meeting_do_not_see_it(town: Town, sign_in: SignIn, login: str) -> None:
    assert sign_in(login).get("/office/keys").status_code == 404


def test_it_bears_the_state_of_the_office_log_as_papers_do_that_are_signed_by_hand(town: Town, sign_in: SignIn) -> None:
    html = unescape(sign_in("registrar").get("/office/keys").get_data(as_text=True))
    picture = re.search(r'class="qr" alt="[^"]*" src="data:image/png;base64,([^"]+)"', html)
    assert picture is not None
    pixels = cv2.imdecode(np.frombuffer(b64decode(picture[1]), np.uint8), cv2.IMREAD_GRAYSCALE)
    said, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(np.pad(pixels, 40, constant_values=255))
    read = Printed.parse(said)
    assert read is not None
    assert read.fingerprint == town.store.vault.trust.replace(" ", "")
    assert grouped(read.root.hex()) in html
    with town.store.read() as session:
        log = session.scalars(select(Log).where(Log.kind == "office")).one()
        signed = Checkpoint.parse(note.body_of(session.get_one(CheckpointRow, (log.id, read.size)).note))
        assert (read.size, read.root) == (log.size, signed.root)
