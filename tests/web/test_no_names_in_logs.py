"""Nothing personal in any log, whatever level it is set to and whoever writes it: our own, the libraries', a failure's."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from election.store.database import Store
from election.web import create_app
from election.web.access.policy import policy

from .conftest import PASSWORD, Clock, Town

NAME, NUMBER, PHONE, LOGIN, WRONG = "欧阳某某", "62010319640808101X", "13900000000", "yinsi-login", "一个-打错了-的密码"
PERSONAL = (NAME, NUMBER, NUMBER[-6:], PHONE, LOGIN, WRONG, PASSWORD, "committee_chair的姓名")


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    yield caplog
    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)


def said(log: pytest.LogCaptureFixture) -> str:
    return "\n".join(log.handler.format(record) for record in log.records)


def test_what_people_type_is_in_no_log(
    everything: pytest.LogCaptureFixture, sign_in: Callable[[str], FlaskClient], app: Flask, town: Town
) -> None:
    stranger = app.test_client()
    stranger.post("/login", data={"login": LOGIN, "password": WRONG})
    stranger.post("/login", data={"login": "committee_chair", "password": WRONG})
    stranger.post("/password", data={"login": LOGIN, "code": "AAAA-BBBB-CCCC", "password": WRONG, "again": WRONG})
    community = f"{town.campaign}/c1"
    stranger.post("/check", data={"community": community, "name": NAME, "last_six": NUMBER[-6:]})
    stranger.post(f"/object/{community}", data={"kind": "roll_missing", "about": NAME, "text": PHONE, "contact": PHONE})
    chair = sign_in("committee_chair")
    chair.post("/office/accounts/new", data={"login": LOGIN, "name": NAME, "role": "registrar", "scope": "x"})
    registrar = sign_in("registrar")
    election = town.elections["c1/residents"]
    roll = f"姓名,身份证号,电话\n{NAME},{NUMBER},{PHONE}\n{NAME},1,{PHONE}\n".encode()
    registrar.post(
        f"/e/{election}/roll/import",
        data={"file": (io.BytesIO(roll), f"{NAME}.csv")},
        content_type="multipart/form-data",
    )
    registrar.get(f"/e/{election}/roll/import/check")
    registrar.get(f"/e/{election}/roll", query_string={"q": NAME})
    text = said(everything)
    assert "sign-in-failed" in text, "the check looks at nothing"
    assert "INSERT INTO" in text, "the check does not hear the database"
    for personal in PERSONAL:
        assert personal not in text, personal


def test_a_failure_logs_where_and_not_what(
    everything: pytest.LogCaptureFixture, store: Store, clock: Clock, office: Town
) -> None:
    app = create_app(store, clock=clock)

    @policy(at="public")
    def breaks() -> str:
        try:
            {}[NAME]
        except KeyError as error:
            raise ValueError(f"bad number {NUMBER}") from error
        return ""

    app.add_url_rule("/breaks", "breaks", breaks)
    assert app.test_client().get("/breaks").status_code == 500
    text = said(everything)
    assert "breaks failed" in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "test_no_names_in_logs.py" in text
    assert NAME not in text
    assert NUMBER not in text
