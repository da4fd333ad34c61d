"""``bench.py store``: an act's time on both engines, beside a bare transaction of one row, flushed to the disk, in turn."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

ACTS = 400
SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


def store() -> None:
    """SQLite always; PostgreSQL at TEST_POSTGRES_URL or on this machine, in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", Path(folder), "")
    with _own_database() as url, tempfile.TemporaryDirectory() as folder:
        if url:
            _measure("PostgreSQL", Path(folder), url)
        else:
            print("PostgreSQL was not measured: no server answers")


@contextmanager
def _own_database() -> Iterator[str]:
    import psycopg

    server = os.environ.get("TEST_POSTGRES_URL", SERVER).replace("postgresql+psycopg", "postgresql")
    name = f"election_bench_{uuid.uuid4().hex[:8]}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError:
        yield ""
        return
    with connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server.rsplit('/', 1)[0]}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _measure(engine: str, folder: Path, url: str) -> None:
    from election.acts.perform import Command, perform
    from election.demo.fill import begin
    from election.process.campaign import Train
    from election.store.database import Store, make_engine
    from election.store.home import Home

    home = Home(folder / "home")
    made = Store(
        home,
        home.vault(),
        make_engine(
            url.replace("postgresql", "postgresql+psycopg") if url else f"sqlite:///{home.path / 'election.db'}"
        ),
    )
    made.migrate()
    sample = begin(made)
    act = Train(topic="培训", place="会议室", attendees=1)
    command = Command(sample.campaign, act, sample.cast.actor("street"), date(2010, 11, 10))
    now = datetime(2010, 11, 10, tzinfo=UTC)
    with _bare(home.path / "election.db", url) as bare:
        times: dict[str, list[float]] = {"a bare transaction of one row": [], "an act": []}
        for _ in range(ACTS):
            times["a bare transaction of one row"].append(_timed(bare))
            times["an act"].append(_timed(lambda: perform(made, command, now)))
    made.close()
    limit = sorted(times["a bare transaction of one row"])
    for name, found in times.items():
        found.sort()
        median, late = found[ACTS // 2], found[ACTS * 99 // 100]
        print(
            f"{engine:<12} {name:<34} median {median:>8.2f} ms {median / limit[ACTS // 2]:>6.1f}x"
            f"   99 % within {late:>8.2f} ms {late / limit[ACTS * 99 // 100]:>6.1f}x",
            flush=True,
        )


@contextmanager
def _bare(file: Path, url: str) -> Iterator[Callable[[], object]]:
    """One row inserted and committed by the driver alone, on a connection that is kept, with every commit flushed."""
    if url:
        import psycopg

        with psycopg.connect(url, autocommit=True) as server:
            server.execute("CREATE TABLE bare (id text PRIMARY KEY)")
            yield lambda: server.execute("INSERT INTO bare VALUES (%s)", (uuid.uuid4().hex,))
        return
    embedded = sqlite3.connect(file, isolation_level=None)
    embedded.execute("PRAGMA synchronous=FULL")
    embedded.execute("CREATE TABLE bare (id text PRIMARY KEY)")
    yield lambda: embedded.execute("INSERT INTO bare VALUES (?)", (uuid.uuid4().hex,))
    embedded.close()


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000
