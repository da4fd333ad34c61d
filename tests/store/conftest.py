from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, text


@pytest.fixture
def plain_owner(postgresql: str) -> Iterator[tuple[URL, Any]]:
    """A database whose owner is no superuser and may make no roles, and an administrator's connection."""
    name = f"election_owner_{uuid4().hex[:8]}"
    server = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with server.connect() as admin:
        admin.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'x'"))
        admin.execute(text(f"CREATE DATABASE {name} OWNER {name}"))
        yield server.url.set(username=name, password="x", database=name), admin
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.execute(text(f"DROP ROLE {name}"))
    server.dispose()
