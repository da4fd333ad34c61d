"""The whole office as a stream of lines, from either engine into either: tables as rows, keys as files.

One JSON document a line. First the head, then the secrets, then for each table its columns and its rows, last an end
that counts the rows, hashes all lines before it and is signed by the server. Tables are read from the database as it
is, not from this program's models, in one transaction that sees one moment. See ``docs/backup-format.md``.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import orjson
from sqlalchemy import Connection, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import StatementError

from election.faults import WrongInput
from election.record import keys
from election.store.database import Store, guard
from election.store.home import SECRETS
from election.store.migrations import head, known, revision_of, upgrade
from election.store.reach import without_row_security
from election.store.tables import Base
from election.store.trouble import kind_of

FORMAT = "election-backup/1"
#: the table of the migrations themselves; the head says its content
MIGRATIONS = "alembic_version"
#: never restored: who was signed in signs in again
LEFT_OUT = frozenset({"session"})
#: rows held at a time; one row of ``blob`` is a file of up to 12 MB
AT_A_TIME = 500
_FEW = {"blob": 4, "draft": 4, "scan_image": 16}
#: a file of 12 MB, encrypted and written in base64, with room
LONGEST_LINE = 64 * 1024 * 1024
_PIECE = 1024 * 1024
_GZIP = 31

_To = Callable[[Any], Any]


def _instant(value: datetime) -> str:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


#: what JSON does not hold: how it is written, how it is read
_KINDS: dict[type, tuple[str, _To, _To]] = {
    bytes: ("bytes", lambda v: b64encode(v).decode(), lambda v: b64decode(v, validate=True)),
    datetime: ("instant", _instant, datetime.fromisoformat),
    date: ("date", date.isoformat, date.fromisoformat),
}
_READ = {name: read for name, _, read in _KINDS.values()}


class Damaged(ValueError):
    """The stream is not a whole backup."""


def lines(store: Store, now: datetime) -> Iterator[bytes]:
    """The backup of a store as it is at one moment."""
    digest, counts = sha256(), dict[str, int]()

    def line(document: Any) -> bytes:
        data = orjson.dumps(document) + b"\n"
        digest.update(data)
        return data

    with store.snapshot() as connection:
        schema = revision_of(connection)
        yield line(
            {"format": FORMAT, "schema": schema, "program": version("huanjie-election"), "made_at": _instant(now)}
        )
        for name in SECRETS:
            yield line({"file": f"secrets/{name}", "data": (store.home.secrets / name).read_text()})
        for table in _tables(connection):
            kinds = [_KINDS.get(column.type.python_type) for column in table.columns]
            yield line(
                {
                    "table": str(table.name),
                    "columns": {str(c.name): k[0] if k else "" for c, k in zip(table.columns, kinds, strict=True)},
                }
            )
            counts[str(table.name)] = 0
            if table.name in LEFT_OUT:
                continue
            few = select(table).execution_options(yield_per=_FEW.get(table.name, AT_A_TIME))
            for row in connection.execute(few):
                counts[str(table.name)] += 1
                yield line([v if v is None or k is None else k[1](v) for v, k in zip(row, kinds, strict=True)])
    yield (
        orjson.dumps(
            {
                "end": counts,
                "sha256": digest.hexdigest(),
                "signature": keys.sign(store.vault.server_seed, _signed(digest.hexdigest())).hex(),
            }
        )
        + b"\n"
    )


def _signed(digest: str) -> bytes:
    return f"{FORMAT}\n{digest}\n".encode()


def _tables(connection: Connection) -> list[Table]:
    """Ours, those that are pointed at before those that point."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in Base.metadata.tables)
    return found.sorted_tables


@dataclass
class Loaded:
    """What a stream brought: its secrets by file name, rows by table."""

    schema: str
    made_at: str
    secrets: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def packed(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Lines as gzip, in pieces."""
    press = zlib.compressobj(1, wbits=_GZIP)
    for line in stream:
        if piece := press.compress(line):
            yield piece
    yield press.flush()


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, without their ends, of what `packed` made. Raises Damaged."""
    press, parts, length = zlib.decompressobj(wbits=_GZIP), list[bytes](), 0
    try:
        for chunk in chunks:
            while chunk:
                if press.eof:
                    raise Damaged("something stands behind the end")
                first, *others = press.decompress(chunk, _PIECE).split(b"\n")
                chunk = press.unused_data if press.eof else press.unconsumed_tail
                parts.append(first)
                length += len(first)
                if length > LONGEST_LINE:
                    raise Damaged("a line is too long")
                for other in others:
                    yield b"".join(parts)
                    parts, length = [other], len(other)
    except zlib.error:
        raise Damaged("the lines are not packed as they should be") from None
    if not press.eof or any(parts):
        raise Damaged("the end is missing")


def load(connection: Connection, stream: Iterable[bytes]) -> Loaded:
    """Fill an empty database from a backup's lines, and bring it to this program's schema; the caller commits.

    Raises Damaged, and WrongInput for a backup of a newer program.
    """
    digest, reader = sha256(), iter(stream)
    try:
        first = next(reader)
        loaded = _begun(json.loads(first))
        digest.update(first + b"\n")
        upgrade(connection, loaded.schema)
        tables = {table.name: table for table in _tables(connection)}
        end = _filled(connection, tables, reader, loaded, digest.update)
        if next(reader, None) is not None:
            raise Damaged("something stands behind the end")
    except StopIteration:
        raise Damaged("the end is missing") from None
    except Damaged:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, StatementError) as error:
        if kind_of(error):  # the disk's fault
            raise
        raise Damaged(f"a line is not what it should be ({type(error).__name__})") from None
    _demand_end(end, digest.hexdigest(), loaded)
    upgrade(connection)
    guard(connection)
    return loaded


def _begun(document: Mapping[str, Any]) -> Loaded:
    if not str(document["format"]).startswith("election-backup/"):
        raise Damaged("not a backup of this program")
    if document["format"] != FORMAT or document["schema"] not in known():
        raise WrongInput(
            "the backup was made by a newer program",
            place="schema {schema}",
            mend="install the newer program; this one has the schema {head}",
            schema=document["schema"],
            head=head(),
        )
    return Loaded(str(document["schema"]), str(document["made_at"]))


def _filled(
    connection: Connection,
    tables: Mapping[str, Table],
    reader: Iterator[bytes],
    loaded: Loaded,
    seen: Callable[[bytes], None],
) -> Mapping[str, Any]:
    """Take files and rows up to the end, which is returned."""
    table: Table | None = None
    names: list[str] = []
    reads: list[_To | None] = []
    waiting: list[dict[str, Any]] = []
    most = AT_A_TIME

    def put() -> None:
        if table is not None and waiting:
            connection.execute(insert(table), waiting)
            loaded.rows[table.name] += len(waiting)
            waiting.clear()

    for data in reader:
        document = json.loads(data)
        if isinstance(document, list):
            waiting.append(
                {n: v if v is None or r is None else r(v) for n, v, r in zip(names, document, reads, strict=True)}
            )
            if len(waiting) >= most:
                put()
        elif "end" in document:
            put()
            return document  # type: ignore[no-any-return]
        elif "file" in document:
            folder, _, name = document["file"].partition("/")
            if folder != "secrets" or name not in SECRETS:
                raise Damaged("an unknown file")
            loaded.secrets[name] = document["data"]
        else:
            put()
            table = tables[document["table"]]
            names, reads = list(document["columns"]), [_READ.get(kind) for kind in document["columns"].values()]
            most = _FEW.get(table.name, AT_A_TIME)
            if table.name in loaded.rows:
                raise Damaged("a table stands twice")
            loaded.rows[table.name] = 0
        seen(data + b"\n")
    raise Damaged("the end is missing")


def _demand_end(end: Mapping[str, Any], digest: str, loaded: Loaded) -> None:
    """The counts, the hash and the server's signature are of what was read."""
    if end.get("end") != loaded.rows or end.get("sha256") != digest or set(loaded.secrets) != set(SECRETS):
        raise Damaged("what was read is not what was written")
    public = keys.public(bytes.fromhex(loaded.secrets["server.key"].strip()))
    if not keys.verify(public, bytes.fromhex(str(end.get("signature"))), _signed(digest)):
        raise Damaged("the signature is not the server's")


def drop_all(connection: Connection) -> None:
    """Take away every table of ours: the same transaction fills the database anew."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in {*Base.metadata.tables, MIGRATIONS})
    if connection.dialect.name == "postgresql":  # a policy holds the tables that it asks
        for statement in without_row_security(found.tables):
            connection.execute(text(statement))
    found.drop_all(connection)


def holds_record(connection: Connection) -> bool:
    """Whether the database has entries."""
    return any(
        t.name == "entry" and connection.scalar(select(func.count()).select_from(t)) for t in _tables(connection)
    )
