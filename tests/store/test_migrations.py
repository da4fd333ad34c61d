"""From every released schema forward with its data in place, on both engines; the models are what migrations make."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, MetaData, Table, inspect, select, text

from election.acts.accounts import create_account, open_office
from election.cli import main
from election.process.base import Role
from election.process.machine import SERVER
from election.record.age import Identity
from election.store import migrations
from election.store.database import Store
from election.store.tables import Base
from tests.engines import told_to_children

#: rows of every table as the first released schema held them
FIRST = Path(__file__).parent / "schema-0001.json"


def put(engine: Engine, revision: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """A database of a released schema with rows in it."""
    with engine.begin() as connection:
        migrations.upgrade(connection, revision)
        found = MetaData()
        found.reflect(connection)
        for table in found.sorted_tables:
            if rows.get(table.name):
                connection.execute(table.insert(), [_typed(table, row) for row in rows[table.name]])


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    typed = {}
    for name, value in row.items():
        kind = table.c[name].type.python_type
        if value is not None and kind is bytes:
            value = bytes.fromhex(value)
        elif value is not None and kind.__name__ in ("date", "datetime"):
            value = _in_utc(kind.fromisoformat(value))
        typed[name] = value
    return typed


def emptied(store: Store) -> Engine:
    """The store's database without any table."""
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "postgresql":  # policies hold tables together
            for said in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
                connection.exec_driver_sql(said)
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection)
    return store.engine


def aged(store: Store, revision: str) -> None:
    """The store's database as an older program would have it: of that schema, with the rows that it knows."""
    with store.engine.begin() as connection:
        found = MetaData()
        found.reflect(connection)
        rows = {t.name: [dict(row._mapping) for row in connection.execute(select(t))] for t in found.sorted_tables}
    with emptied(store).begin() as connection:
        migrations.upgrade(connection, revision)
        found = MetaData()
        found.reflect(connection, only=lambda name, _: name != "alembic_version")
        for table in found.sorted_tables:
            for row in rows[table.name]:
                connection.execute(table.insert(), {name: row[name] for name in row.keys() & table.c.keys()})


def test_models_are_what_migrations_make(each_store: Store) -> None:
    with each_store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_there_is_one_line_of_migrations(each_store: Store) -> None:
    with each_store.engine.connect() as connection:
        assert migrations.revision_of(connection) == migrations.head()
    assert each_store.schema() == "current"


def test_the_first_schema_comes_forward_with_its_data(each_store: Store) -> None:
    rows = json.loads(FIRST.read_text(encoding="utf-8"))
    put(emptied(each_store), "0001", rows)
    assert each_store.schema() == "older"
    each_store.migrate()
    assert each_store.schema() == "current"
    with each_store.engine.connect() as connection:
        found = MetaData()
        found.reflect(connection)
        for name, expected in rows.items():
            table = found.tables[name]
            have = [dict(r._mapping) for r in connection.execute(select(table))]
            want = [_typed(table, row) for row in expected]
            key = [c.name for c in table.primary_key.columns]
            assert _ordered([{k: _in_utc(r[k]) for k in want[0]} for r in have] if want else have, key) == _ordered(
                want, key
            ), name
        with pytest.raises(Exception, match="entries are never"):
            connection.execute(text("DELETE FROM entry"))


def _ordered(rows: list[dict[str, Any]], key: list[str]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [str(row[name]) for name in key])


def _in_utc(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@pytest.mark.parametrize("command", [("serve",), ("audit", "verify")])
def test_an_older_database_is_not_served(
    store: Store, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_office(store, name="test-office", demonstration=False, now=datetime.now(UTC))
    aged(store, "0001")
    told_to_children(store, monkeypatch)
    with pytest.raises(SystemExit) as stop:
        main([*command, *(["--port", "5999"] if command == ("serve",) else [])])
    assert stop.value.code == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "election migrate" in said
    for told in (f"from schema 0001 to {migrations.head()}", f"already: {migrations.head()}"):
        with pytest.raises(SystemExit) as stop:
            main(["migrate"])
        assert stop.value.code == 0
        assert told in capsys.readouterr().err
    assert store.schema() == "current"


@pytest.mark.parametrize("revision", ["0001", "0005"])
def test_an_older_database_is_backed_up_as_it_is(
    revision: str,
    each_store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By this program, before it migrates; the backup comes up in the schema of this one."""
    open_office(each_store, name="test-office", demonstration=False, now=datetime.now(UTC))
    for login in ("eins", "zwei"):
        create_account(
            each_store, SERVER, login=login, name="某人", role=Role.ADMINISTRATOR, scope="", now=datetime.now(UTC)
        )
    aged(each_store, revision)
    told_to_children(each_store, monkeypatch)
    key, out = Identity.generate(), tmp_path / "old.age"
    (tmp_path / "key").write_text(str(key))
    with pytest.raises(SystemExit) as stop:
        main(["backup", "--out", str(out), "--recipient", key.recipient])
    assert (stop.value.code, each_store.schema()) == (0, "older")
    monkeypatch.delenv("ELECTION_DATABASE_URL")
    monkeypatch.setenv("ELECTION_HOME", str(tmp_path / "restored"))
    for order in (["restore", str(out), "--identity", str(tmp_path / "key")], ["audit", "verify"]):
        with pytest.raises(SystemExit) as stop:
            main(order)
        assert stop.value.code == 0
    assert "3 条记录" in capsys.readouterr().out


def test_a_migration_that_fails_says_why_and_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_office(store, name="test-office", demonstration=False, now=datetime.now(UTC))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    told_to_children(store, monkeypatch)
    with pytest.raises(SystemExit) as stop:
        main(["migrate"])
    err = capsys.readouterr().err
    assert (stop.value.code, len(err.splitlines())) == (2, 1)
    assert "device" in err
    assert "left as it was" in err
    with store.engine.connect() as connection:
        assert migrations.revision_of(connection) == "0006"


def test_a_newer_database_is_left_alone(
    each_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_office(each_store, name="test-office", demonstration=False, now=datetime.now(UTC))
    with each_store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    monkeypatch.setenv("ELECTION_HOME", str(each_store.home.path))
    monkeypatch.setenv("ELECTION_DATABASE_URL", each_store.engine.url.render_as_string(hide_password=False))
    for command in ("migrate", "serve"):
        with pytest.raises(SystemExit) as stop:
            main([command])
        assert stop.value.code == 2
        said = capsys.readouterr().err.strip()
        assert len(said.splitlines()) == 1
        assert "newer" in said
    with each_store.engine.connect() as connection:
        assert inspect(connection).has_table("entry")
        assert migrations.revision_of(connection) == "9999"
