"""Homes and databases for tests: SQLite always, PostgreSQL where a server answers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

#: a slow machine is no failure, and a run says the same as the one before
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

os.environ["ELECTION_PASSWORD_COST"] = "cheap"
os.environ.pop("ELECTION_DATABASE_URL", None)
os.environ.pop("ELECTION_HOME", None)
#: what the command line and its children say does not hang on the machine: English, unless a test says otherwise
os.environ["LC_ALL"] = "C.UTF-8"

from election.store.database import Store  # noqa: E402 after the environment is set
from election.store.home import Home  # noqa: E402

from . import engines  # noqa: E402
from .once import once  # noqa: E402


def pytest_report_header() -> str:
    there = engines.server() is not None
    return (
        f"PostgreSQL: {'tested' if there else 'NOT TESTED, no server answers at TEST_POSTGRES_URL or 127.0.0.1:5432'}"
    )


@pytest.fixture(scope="session", autouse=True)
def _databases_of_the_run() -> Iterator[None]:
    with engines.dropped_afterwards(those_that_stay=True):
        yield


@pytest.fixture(autouse=True)
def _databases_of_a_test() -> Iterator[None]:
    with engines.dropped_afterwards():
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked ``each_engine`` is asked on both, whatever makes its stores; not where the whole run is on one."""
    if engines.RUN == "sqlite" and metafunc.definition.get_closest_marker("each_engine"):
        metafunc.fixturenames.insert(0, "engine")
        server = pytest.param("postgresql", marks=pytest.mark.postgresql)
        metafunc.parametrize("engine", ["sqlite", server], indirect=True)


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[None]:
    with engines.on(request.param):
        yield


@pytest.fixture(scope="session")
def postgresql() -> str:
    return engines.new_database(stays=True)


@pytest.fixture(scope="session")
def second_postgresql() -> str:
    """Another one beside it: what one gives, the other takes."""
    return engines.new_database(stays=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    """An empty migrated store on the chosen engine: SQLite, unless the run or the test says otherwise."""
    made = engines.empty(home)
    yield made
    made.close()


@pytest.fixture
def on_server(home: Home, postgresql: str) -> Iterator[Store]:
    """An empty migrated store on PostgreSQL."""
    made = engines.emptied(home, postgresql)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def each_store(request: pytest.FixtureRequest) -> Store:
    """An empty migrated store on each engine."""
    made: Store = request.getfixturevalue({"sqlite": "on_file", "postgresql": "on_server"}[request.param])
    return made


@pytest.fixture
def on_file(home: Home) -> Iterator[Store]:
    """An empty migrated store on SQLite."""
    made = engines.on_sqlite(home)
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
        store = engines.on_sqlite(home)
        store.migrate()
        fill.fill(store)
        store.close()
        return home.path

    home = Home(tmp_path_factory.mktemp("filled") / "home")
    shutil.copytree(once(tmp_path_factory, "filled", make), home.path)  # nobody opens what others copy
    store = engines.on_sqlite(home)
    with store.read() as session:
        for log in places.below(session, "election", ""):
            world_of(store, session, log.id)
    store.close()
    return store
