"""Homes and databases for tests: SQLite always, PostgreSQL where a server answers."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

#: a slow machine is no failure, and a run says the same as the one before
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

os.environ["ELECTION_PASSWORD_COST"] = "cheap"
os.environ.pop("ELECTION_DATABASE_URL", None)
os.environ.pop("ELECTION_HOME", None)

from election.store.database import Store, make_engine  # noqa: E402 after the environment is set
from election.store.home import Home  # noqa: E402

from .once import once  # noqa: E402


def _server() -> str | None:
    """Address of a PostgreSQL server that answers: TEST_POSTGRES_URL, else the one on 127.0.0.1:5432."""
    import psycopg

    named = os.environ.get("TEST_POSTGRES_URL")
    for url in (
        [named]
        if named
        else ["postgresql://postgres@127.0.0.1:5432/postgres", "postgresql://root@127.0.0.1:5432/postgres"]
    ):
        try:
            psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), connect_timeout=2).close()
        except psycopg.OperationalError:
            continue
        return url.replace("postgresql+psycopg", "postgresql")
    return None


def pytest_report_header() -> str:
    return f"PostgreSQL: {'tested' if _server() else 'NOT TESTED, no server answers at TEST_POSTGRES_URL or 127.0.0.1:5432'}"


@contextmanager
def _own_database() -> Iterator[str]:
    """A database of the tests' own making, dropped after them."""
    import psycopg

    server = _server()
    if server is None:
        pytest.skip("no PostgreSQL server answers")
    name = f"election_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}".replace("postgresql://", "postgresql+psycopg://")
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with _own_database() as url:
        yield url


@pytest.fixture(scope="session")
def second_postgresql() -> Iterator[str]:
    """Another one beside it: what one gives, the other takes."""
    with _own_database() as url:
        yield url


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    """An empty migrated store on SQLite."""
    made = Store(home, home.vault(), make_engine(home.database_url))
    made.migrate()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def each_store(request: pytest.FixtureRequest, home: Home) -> Iterator[Store]:
    """An empty migrated store on each engine."""
    from sqlalchemy import text

    url = home.database_url if request.param == "sqlite" else request.getfixturevalue("postgresql")
    made = Store(home, home.vault(), make_engine(url))
    if request.param == "postgresql":
        with made.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    made.migrate()
    yield made
    made.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Filled once: it takes longer than all the tests that read it. Its logs are folded, for the copies to start from."""

    from election.demo import fill
    from election.store import places
    from election.store.worlds import world_of

    def make(folder: Path) -> Path:
        home = Home(folder / "home")
        store = Store(home, home.vault(), make_engine(home.database_url))
        store.migrate()
        fill.fill(store)
        store.close()
        return home.path

    home = Home(tmp_path_factory.mktemp("filled") / "home")
    shutil.copytree(once(tmp_path_factory, "filled", make), home.path)  # nobody opens what others copy
    store = Store(home, home.vault(), make_engine(home.database_url))
    with store.read() as session:
        for log in places.below(session, "election", ""):
            world_of(store, session, log.id)
    store.close()
    return store
