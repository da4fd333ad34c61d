"""Both committees' whole turnover on PostgreSQL, from an empty database to two archives that both verifiers accept.

Papers are of one line here: typesetting is the same on both engines, and costs more than all the rest.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from election.acts import archive, auditing
from election.demo import fill
from election.documents import pdf
from election.process.steps import current
from election.store.database import Store
from election.store.worlds import world_of
from election.verify import run
from tests.verify.test_forgeries import ALONE


@pytest.mark.postgresql
def test_a_whole_turnover(on_server: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = on_server
    monkeypatch.setattr(pdf, "typeset", lambda html, style: b"%PDF " + html.encode()[:40])
    told = fill.to_end(store, "2010")
    with store.read() as session:
        assert [current(world_of(store, session, line["id"])) for line in told] == ["archived", "archived"]
    for line in told:
        path = tmp_path / f"{line['body']}.zip"
        archive.export(store, line["id"], path)
        report = run.verify(path, store.vault.trust)
        assert (report.problems, report.trust) == ([], "pinned")
        assert ALONE.check(path.read_bytes(), store.vault.trust).problems == []
    assert auditing.audit(store)[1] == []
