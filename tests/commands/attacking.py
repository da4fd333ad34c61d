"""What somebody with every table, file and log of a finished turnover can put together. They must not get from a voter to a vote."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: on which side of the ballot box each table stands. A new table says so here, and is then held to it
PEOPLE = {"person", "roll_row", "signed_in"}
FIGURES = {"blind_sheet", "scan_decision", "scan_doubt", "scan_image", "scan_pack", "scan_secret"}
#: the record (looked into entry by entry below), and what is neither
RECORD = {"entry", "opening", "blob"}
NEITHER = {
    "account", "alembic_version", "checkpoint", "cosignature", "draft", "follow_code", "job", "log", "paper", "ruleset", "session", "setting",
    "step_state", "tries",
}  # fmt: skip
#: what a table on the figures' side may not have: who, in which order, when
TELLING = re.compile(r"person|voter|roll|_at$|time|seq|serial|order")
ID = re.compile(rb"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: what a name or a number looks like among other bytes
READABLE = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2,}|[0-9]{11,18}[0-9X]?")
#: what an entry about votes has in it
VOTES = {"votes_for", "against", "abstain", "figures", "marks"}


@dataclass(frozen=True)
class Loot:
    """A home that somebody has carried away."""

    home: Path

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "election.db") as database:
            return database.execute(query).fetchall()

    def tables(self) -> set[str]:
        return {name for (name,) in self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self.ask(f'PRAGMA table_info("{table}")')]

    def entries(self) -> Iterator[tuple[dict[str, Any], set[str]]]:
        """Each entry, and every id and hash in it."""
        for (data,) in self.ask("SELECT data FROM entry ORDER BY log, seq"):
            yield json.loads(data), {found.decode() for found in ID.findall(bytes(data))}

    def voters(self) -> dict[str, set[str]]:
        """By what the people's side can be known again: ids, commitments, salts, indexes of names and numbers."""
        person = self.ask("SELECT id, name_index, number_index, check_index FROM person")
        rows = self.ask("SELECT id, hex(salt), commitment FROM roll_row")
        return {
            "person": {p[0] for p in person},
            "other": {str(v).lower() for row in [*[p[1:] for p in person], *rows] for v in row if v},
        }

    def files(self) -> list[Path]:
        return [path for path in self.home.rglob("*") if path.is_file()]


def has_votes(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(VOTES & value.keys()) or any(has_votes(v) for v in value.values())
    return isinstance(value, list) and any(has_votes(v) for v in value)


def ids_in(value: Any) -> set[str]:
    return {found.decode() for found in ID.findall(json.dumps(value).encode())}


def readable(data: bytes) -> str:
    """The Chinese words and the long numbers in some bytes, encrypted ones mostly noise."""
    return "\n".join(sorted({found.decode("utf-8", "replace") for found in READABLE.findall(data)}))
