from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from election.store import backup
from election.store.database import make_engine
from election.store.home import Home

from .polling import Polling, told


@pytest.fixture(scope="session")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Polling, list[bytes]]:
    """The polling day, told once, and its backup, from which PostgreSQL takes it."""
    with pytest.MonkeyPatch.context() as patch:
        day = told(tmp_path_factory.mktemp("polling"), patch)
    store = day.store()
    lines = [line.rstrip(b"\n") for line in backup.lines(store, datetime.now(UTC))]
    store.close()
    return day, lines


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def afresh(
    request: pytest.FixtureRequest, told_once: tuple[Polling, list[bytes]], tmp_path: Path
) -> Callable[[], Polling]:
    """Gives the polling day on this engine, as it was told, whatever was done with it before."""
    day, lines = told_once
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    count = iter(range(1_000_000))

    def make() -> Polling:
        home = Home(tmp_path / f"home{next(count)}")
        shutil.copytree(day.home.path, home.path)
        if not url:
            return replace(day, home=home, url=f"sqlite:///{home.path / 'election.db'}")
        (home.path / "election.db").unlink()
        engine = make_engine(url)
        with engine.begin() as connection:
            backup.drop_all(connection)
            backup.load(connection, lines)
        engine.dispose()
        return replace(day, home=home, url=url)

    return make


@pytest.fixture
def polling(afresh: Callable[[], Polling]) -> Polling:
    return afresh()
