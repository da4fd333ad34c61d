"""What the machine cannot do is one line of the command line, never a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from election import cli
from election.faults import Kind, Unavailable
from election.store import database
from election.store.home import Home


@pytest.mark.parametrize("kind", get_args(Kind))
def test_what_the_database_cannot_do_is_said_in_one_line(
    kind: Kind, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise Unavailable(kind)

    database.open_store(Home(tmp_path)).close()
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path))
    monkeypatch.setattr(database.Store, "schema", refuse)
    with pytest.raises(SystemExit) as stop:
        cli.main(["audit", "verify"])
    assert stop.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"election: {cli.UNAVAILABLE[kind]}\n"
