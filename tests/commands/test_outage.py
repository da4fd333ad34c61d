"""What the machine cannot do is one line of the command line, never a traceback."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from election import cli
from election.acts.accounts import open_office
from election.faults import Kind, Unavailable
from election.store import database
from election.store.home import Home
from election.web.access.outage import ANSWERS
from election.words import translate


@pytest.mark.parametrize("kind", get_args(Kind))
def test_what_the_database_cannot_do_is_said_in_one_line(
    kind: Kind, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise Unavailable(kind)

    store = database.open_store(Home(tmp_path))
    open_office(store, name="test-office", demonstration=False, now=datetime.now(UTC))
    store.close()
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    monkeypatch.setattr(database, "_schema", refuse)
    # what may pass is no 2 of the server: systemd starts it again after any other
    for order, code in ((["audit", "verify"], 2), (["serve", "--port", "5998"], 2 if kind == "damaged" else 1)):
        with pytest.raises(SystemExit) as stop:
            cli.main(order)
        assert stop.value.code == code
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err == f"election: {cli.UNAVAILABLE[kind]}\n"


def test_a_page_says_each_in_both_languages() -> None:
    assert set(ANSWERS) == set(get_args(Kind))
    for _, *words in ANSWERS.values():
        for chinese in words:
            assert translate(chinese, "en") != chinese
