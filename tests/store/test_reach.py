"""How far a transaction sees: a forgotten WHERE shows nothing foreign, and nothing stays behind in a pooled connection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from election.faults import WrongInput
from election.store import accounts, places
from election.store.database import Store, make_engine
from election.store.home import Home
from election.store.reach import EVERYWHERE, NOWHERE, OF_A_LOG, PLACELESS, ROLE, Reach, everywhere, set_reach
from election.store.tables import (
    AccountRow,
    Base,
    BlindSheet,
    CheckpointRow,
    CosignatureRow,
    Draft,
    EntryRow,
    FollowCode,
    Job,
    Log,
    OpeningRow,
    Paper,
    Person,
    RollRow,
    ScanDecision,
    ScanDoubt,
    ScanImage,
    ScanPackRow,
    ScanSecret,
    SignedIn,
    StepRow,
)
from election.store.worlds import Gone

NOW = datetime(2010, 12, 4, tzinfo=UTC)
#: path -> logs there
OWN, SIBLING, STREET2, DISTRICT2 = "qlh/ly/c1", "qlh/ly/c2", "qlh/hs/c1", "other/x/c1"
PLACES = (OWN, SIBLING, STREET2, DISTRICT2)
#: a place whose name begins like another's
TWIN = "qlh/ly/c10"
CAMPAIGN = "qlh/ly"


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    yield
    set_reach(EVERYWHERE)


@pytest.fixture
def town(each_store: Store) -> Store:
    """An office, a campaign, and in each place an election with one row in every table."""
    with each_store.write() as session:
        session.add(_log("", "office"))
        session.add(_log(CAMPAIGN, "campaign"))
        for path in (*PLACES, TWIN):
            _fill(session, path)
    return each_store


def _log(path: str, kind: str) -> Log:
    return Log(id=str(uuid4()), kind=kind, path=path, size=1, head="0" * 64)


def _fill(session: Any, path: str) -> None:
    log, person, doubt = _log(path, "election"), str(uuid4()), str(uuid4())
    session.add(log)
    session.flush()
    session.add(ScanDoubt(id=doubt, log=log.id, round=1, box="1", pack="1", sealed=b"x"))
    session.add(Person(id=person, community=path, sealed=b"x", name_index="x", group="1", household="1"))
    session.flush()
    session.add_all(
        [
            EntryRow(log=log.id, seq=0, hash="0" * 64, data=b"x"),
            OpeningRow(commitment=uuid4().hex, log=log.id, seq=0, posted=False, sealed=b"x"),
            Paper(log=log.id, seq=0, place=0, kind="x", number="", sha256="0" * 64),
            CheckpointRow(log=log.id, size=1, note="x"),
            CosignatureRow(log=log.id, size=1, witness="x", line="x"),
            StepRow(log=log.id, step="x", place=0, status="x", attempt=1, late_days=0),
            RollRow(
                id=str(uuid4()),
                log=log.id,
                person=person,
                status="registered",
                category="",
                codes="",
                salt=b"x",
                commitment="0" * 64,
            ),
            BlindSheet(log=log.id, round=1, contest="x", box="1", account="x", sealed=b"x"),
            Draft(account=path, log=log.id, form="x", sealed=b"x", updated_at=NOW),
            FollowCode(code_index=uuid4().hex, log=log.id, number=1),
            ScanPackRow(id=str(uuid4()), log=log.id, round=1, box="1", number=1, sealed=b"x"),
            ScanImage(id=str(uuid4()), log=log.id, sealed=b"x"),
            ScanDecision(doubt=doubt, account="x", log=log.id, sealed=b"x"),
            ScanSecret(log=log.id, round=1, box="1", sealed=b"x"),
            SignedIn(log=log.id, person=person),
            Job(
                id=str(uuid4()),
                log=log.id,
                kind="cards",
                account="x",
                state="done",
                done=1,
                total=1,
                why="",
                started_at=NOW,
                seen_at=NOW,
                until=NOW,
            ),
            AccountRow(
                id=str(uuid4()), login=path, name=b"x", role="registrar", scope=path, active=True, created_at=NOW
            ),
        ]
    )


def _counts(store: Store) -> dict[str, int]:
    """Every row of every table of places, asked for without a WHERE."""
    with store.read() as session:
        return {t.__tablename__: len(session.scalars(select(t)).all()) for t in (Log, Person, AccountRow, *OF_A_LOG)}


def _paths(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Log.path)))


def test_every_table_has_a_place_or_is_said_to_have_none() -> None:
    placed = {t.__tablename__ for t in (Log, Person, AccountRow, *OF_A_LOG)}
    assert placed | PLACELESS == set(Base.metadata.tables) | {"alembic_version"}
    assert not placed & PLACELESS


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("", {"", CAMPAIGN, *PLACES, TWIN}),
        ("qlh", {"", CAMPAIGN, OWN, SIBLING, STREET2, TWIN}),
        (CAMPAIGN, {"", CAMPAIGN, OWN, SIBLING, TWIN}),
        (OWN, {"", CAMPAIGN, OWN}),
        (TWIN, {"", CAMPAIGN, TWIN}),
        ("qlh/l_", {""}),
        ("qlh/%", {""}),
        ("?", {""}),
    ],
)
def test_a_place_sees_itself_what_is_below_and_what_it_lies_in(path: str, seen: set[str], town: Store) -> None:
    set_reach(Reach(path))
    assert _paths(town) == seen


def test_a_forgotten_where_shows_one_place(town: Store) -> None:
    assert set(_counts(town).values()) == {5, 7}
    for place in PLACES:
        set_reach(Reach(place))
        seen = _counts(town)
        assert seen.pop("log") == (3 if place.startswith(CAMPAIGN) else 2), place
        assert set(seen.values()) == {1}, (place, seen)
    set_reach(NOWHERE)
    assert set(_counts(town).values()) == {0, 1}


def test_what_is_foreign_is_not_there_by_its_id_either(town: Store) -> None:
    with town.read() as session:
        foreign = session.scalars(select(Log).where(Log.path == SIBLING)).one().id
        other = session.scalars(select(AccountRow).where(AccountRow.scope == SIBLING)).one().id
    set_reach(Reach(OWN))
    with town.read() as session:
        assert session.get(Log, foreign) is None
        with pytest.raises(Gone):
            places.log(session, foreign, "election")
    with pytest.raises(Gone):
        accounts.get(town, other)


def test_a_hall_account_sees_one_election(town: Store) -> None:
    with town.read() as session:
        first = session.scalars(select(Log.id).where(Log.path == OWN)).one()
    with town.write() as session:
        session.add(second := _log(OWN, "election"))
        second_id = second.id
    set_reach(Reach(OWN, election=first))
    with town.read() as session:
        assert session.get(Log, first) is not None
        assert session.get(Log, second_id) is None
        assert {log.kind for log in session.scalars(select(Log))} == {"office", "campaign", "election"}
        assert len(session.scalars(select(EntryRow)).all()) == 1


def test_what_is_foreign_is_neither_changed_nor_deleted(town: Store) -> None:
    set_reach(Reach(OWN))
    with town.write() as session:
        session.execute(update(StepRow).values(status="y"))
        session.execute(delete(Draft))
    set_reach(EVERYWHERE)
    with town.read() as session:
        assert sorted(session.scalars(select(StepRow.status))) == ["x"] * 4 + ["y"]
        assert OWN not in set(session.scalars(select(Draft.account)))
        assert len(session.scalars(select(Draft)).all()) == 4


def test_a_door_is_open_only_while_one_stands_in_it(town: Store) -> None:
    set_reach(Reach(OWN))
    with everywhere():
        assert len(_paths(town)) == 7
    assert len(_paths(town)) == 3
    with pytest.raises(RuntimeError), everywhere():
        raise RuntimeError
    assert len(_paths(town)) == 3


# --- PostgreSQL: the database itself ----------------------------------------------------------------------------------


@pytest.fixture
def on_postgresql(town: Store) -> Store:
    if town.engine.dialect.name != "postgresql":
        pytest.skip("SQLite knows no row-level security")
    return town


RAW = [t.__tablename__ for t in (Log, Person, AccountRow, *OF_A_LOG)]


def _raw(session: Any, table: str) -> int:
    return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_hand_written_sql_does_not_escape(on_postgresql: Store) -> None:
    set_reach(Reach(OWN))
    with on_postgresql.read() as session:
        seen = {table: _raw(session, table) for table in RAW}
    assert seen.pop("log") == 3
    assert set(seen.values()) == {1}, seen


def test_a_transaction_that_says_nothing_sees_nothing(on_postgresql: Store) -> None:
    with on_postgresql.engine.connect() as connection:
        connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
        assert {table: _raw(connection, table) for table in RAW} == dict.fromkeys(RAW, 0)


def test_nothing_stays_in_a_connection_that_is_used_again(on_postgresql: Store) -> None:
    pooled = create_engine(on_postgresql.engine.url, pool_size=1, max_overflow=0)
    store = Store(on_postgresql.home, on_postgresql.vault, pooled)
    try:
        with store.read() as session:
            assert _raw(session, "log") == 7
            backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with pooled.connect() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() == backend
            assert connection.execute(text("SELECT current_user")).scalar_one() != ROLE
            connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
            assert _raw(connection, "log") == 0
        set_reach(Reach(SIBLING))
        with pytest.raises(DBAPIError), store.write() as session:  # a transaction that fails leaves nothing either
            session.execute(text("SELECT 1 / (SELECT count(*) - 3 FROM log)"))
        set_reach(Reach(OWN))
        with store.read() as session:
            assert session.execute(text("SELECT pg_backend_pid()")).scalar_one() == backend
            assert _raw(session, "person") == 1
            session.commit()  # and once more in the next transaction of the same session
            assert _raw(session, "person") == 1
    finally:
        pooled.dispose()


def test_the_rule_binds_the_owner_and_the_role_owns_nothing(on_postgresql: Store) -> None:
    with on_postgresql.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            )
        ).all()
        attributes = connection.execute(
            text("SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = :r"),
            {"r": ROLE},
        ).one()
    assert {name for name, on, forced, _ in rows if on and forced} == set(RAW)
    assert ROLE not in {owner for *_, owner in rows}
    assert not any(attributes)


def test_nothing_is_put_into_a_foreign_log(on_postgresql: Store) -> None:
    with on_postgresql.read() as session:
        foreign = session.scalars(select(Log).where(Log.path == SIBLING)).one().id
    set_reach(Reach(OWN))
    with pytest.raises(ProgrammingError, match="row-level security"), on_postgresql.write() as session:
        session.add(EntryRow(log=foreign, seq=1, hash="0" * 64, data=b"x"))


@pytest.mark.parametrize("said", ["UPDATE entry SET data = ''", "DELETE FROM entry", "TRUNCATE entry"])
def test_the_program_has_no_right_to_change_an_entry(said: str, on_postgresql: Store) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), on_postgresql.write() as session:
        session.execute(text(said))


def test_an_owner_without_rights_is_told_what_to_do_and_then_bound(plain_owner: tuple[URL, Any], home: Home) -> None:
    url, admin = plain_owner
    store = Store(home, home.vault(), make_engine(url.render_as_string(hide_password=False)))
    with pytest.raises(WrongInput, match=f"GRANT {ROLE}"):
        store.migrate()
    admin.execute(text(f"GRANT {ROLE} TO {url.username}"))
    store.migrate()
    store.migrate()
    with store.write() as session:
        session.add(_log(OWN, "election"))
    with store.read() as session:
        assert _raw(session, "log") == 1
    with store.engine.connect() as connection:  # the owner, who has not taken the role
        assert _raw(connection, "log") == 0
    store.close()
