"""Migrations, run by our own command: ``upgrade(connection)`` brings any released schema to this one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

State = Literal["empty", "older", "current", "newer"]


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    command.upgrade(configuration(connection), revision)


def head() -> str:
    """The schema of this program."""
    return str(ScriptDirectory.from_config(configuration()).get_current_head())


def known() -> set[str]:
    """Every released schema."""
    return {str(script.revision) for script in ScriptDirectory.from_config(configuration()).walk_revisions()}


def revision_of(connection: Connection) -> str | None:
    """The schema that a database has; None for one without tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def state_of(connection: Connection) -> State:
    found = revision_of(connection)
    if found is None:
        return "older" if inspect(connection).has_table("entry") else "empty"
    if found == head():
        return "current"
    return "older" if found in known() else "newer"
