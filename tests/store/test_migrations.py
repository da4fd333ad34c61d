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

from election.cli import main
from election.store import migrations
from election.store.database import Store
from election.store.tables import Base

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
    put(emptied(store), "0001", {})
    monkeypatch.setenv("ELECTION_HOME", str(store.home.path))
    with pytest.raises(SystemExit) as stop:
        main([*command, *(["--port", "5999"] if command == ("serve",) else [])])
    assert stop.value.code == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "election migrate" in said
    with pytest.raises(SystemExit) as stop:
        main(["migrate"])
    assert stop.value.code == 0
    assert store.schema() == "current"


def test_a_newer_database_is_left_alone(
    each_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
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
