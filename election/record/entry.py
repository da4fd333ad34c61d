"""One entry of a log: an act that stands.

Its canonical bytes are the record: they are stored, chained, put in the tree and exported exactly as they are.
The hash of an entry is the SHA-256 of these bytes, so that anyone can check the chain with ``sha256sum``; the next
entry holds it as ``prev``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from typing import Any, Literal, cast

from election.record import canonical

#: ``prev`` of a log's first entry, and the head of a log that is empty
ZERO = "0" * 64

KINDS = ("office", "campaign", "election")

Kind = Literal["office", "campaign", "election"]


class NotAnEntry(ValueError):
    """A canonical value that has not the shape of an entry; ``field`` is the first part that is wrong."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"the field {field!r} of an entry is missing, misspelt or has the wrong form")


@dataclass(frozen=True)
class Entry:
    """An act with everything that was judged. Times and ids are texts in one spelling, ready to be hashed."""

    #: UUID of the log
    log: str
    kind: Kind
    #: place in the log, from 0
    seq: int
    #: hash of the entry before, 64 zeros at seq 0
    prev: str
    #: code of the act
    act: str
    #: code of the step it belongs to; an act of the office has the step ``office``
    step: str
    #: which instance of the step, from 1
    attempt: int
    #: the day it happened, Asia/Shanghai, ``YYYY-MM-DD``
    occurred_on: str
    #: when it was entered, RFC 3339, UTC, milliseconds: ``2010-12-06T08:30:00.000Z``
    recorded_at: str
    #: who: ``{"account", "role", "scope"}``
    actor: dict[str, Any]
    #: the act's fields; a personal value is ``{"sealed": commitment}``
    payload: dict[str, Any]
    #: documents it seals: ``{"kind", "number", "sha256"}``
    papers: list[dict[str, Any]] = field(default_factory=list)
    #: files it seals: ``{"sha256", "size", "media_type"}``
    attachments: list[dict[str, Any]] = field(default_factory=list)
    #: how far other logs were read when this was judged: log id -> ``{"size", "head"}``, head the hash of entry size-1
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: signed statements, as ``Statement.to_dict`` gives them
    statements: list[dict[str, Any]] = field(default_factory=list)
    #: for an act signed by hand in the hall, vouched for by the two whose statements it has; it may name them and the
    #: scan: ``{"vouchers": [account, account], "scan": sha256 of an attachment}``
    on_paper: dict[str, Any] | None = field(default_factory=type(None))  # no value on the class: see `known`

    def to_bytes(self) -> bytes:
        """The canonical bytes. Raises NotCanonical or NotAnEntry."""
        return self._bytes

    @cached_property
    def _bytes(self) -> bytes:
        value = {name: getattr(self, name) for name in _FIELDS}
        _check(value)
        return canonical.encode(value)

    @classmethod
    def from_bytes(cls, data: bytes) -> Entry:
        """The entry of exactly these bytes. Raises NotCanonical or NotAnEntry."""
        value = canonical.parse(data)
        try:
            _check(value)
        except NotAnEntry:
            canonical.look(value)
            raise
        for part in _FREE:  # the shape has looked at all the others
            canonical.look(value[part])
        entry = cls.__new__(cls)
        # what __init__ would set, and what cached_property would compute: the bytes were just proved canonical
        entry.__dict__.update(value, _bytes=data)
        return entry

    @classmethod
    def known(cls, data: bytes, digest: str, parts: re.Match[bytes]) -> Entry:
        """The entry of bytes known to be one, with their hash, and a match with groups for its parts, or some of them.

        What has a group is read alone when it is asked for; what has none is read with all the others.
        """
        entry = cls.__new__(cls)
        own = entry.__dict__
        own["_bytes"], own["hash"], own["_parts"] = data, digest, parts
        return entry

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        if name not in _NAMES or "_parts" not in own:
            raise AttributeError(name)
        try:
            own[name] = canonical.read(own["_parts"][name])
        except IndexError:  # no group
            own.update(canonical.read(self._bytes))
        return own[name]

    def only(self, names: tuple[str, ...]) -> bytes:
        """The canonical bytes of an object with these parts alone; ``names`` in alphabetical order."""
        try:
            parts: re.Match[bytes] = self._parts
            return _shell(names) % parts.group(*names)
        except (AttributeError, IndexError):  # it was read whole, or not each of them has a group
            return canonical.again({name: getattr(self, name) for name in names})

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the bytes, 64 hex digits."""
        return sha256(self._bytes).hexdigest()


@cache
def _shell(names: tuple[str, ...]) -> bytes:
    return b"{%b}" % b",".join(b'"%b":%%b' % name.encode() for name in names)


_FIELDS = tuple(Entry.__dataclass_fields__)
_NAMES = frozenset(_FIELDS)
#: as they stand in canonical bytes
_SORTED = tuple(sorted(_FIELDS))
#: fields whose content the shape does not know
_FREE = ("payload", "statements", "on_paper")

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH = re.compile(r"[0-9a-f]{64}")
CODE = re.compile(r"[a-z0-9_.-]+")
DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
INSTANT = re.compile(rf"{DAY.pattern}T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)\.\d{{3}}Z", re.ASCII)


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: type(value) is str and pattern.fullmatch(value) is not None


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value < canonical.LIMIT


def _object(**parts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    names = frozenset(parts)
    tests = tuple(parts.items())

    def good(value: Any) -> bool:
        if type(value) is not dict or value.keys() != names:
            return False
        for name, test in tests:  # noqa: SIM110 a loop, not all(): this runs a million times
            if not test(value[name]):
                return False
        return True

    return good


def _list_of(good: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: type(value) is list and (not value or all(map(good, value)))


def _text(value: Any) -> bool:
    return type(value) is str


def _text_or_null(value: Any) -> bool:
    return value is None or type(value) is str


def _dict(value: Any) -> bool:
    return type(value) is dict


_hash = _matches(HASH)
_uuid = _matches(UUID)
_seen = _object(size=_count, head=_hash)

_SHAPE: dict[str, Callable[[Any], bool]] = {
    "log": _uuid,
    "kind": lambda value: value in KINDS,
    "seq": _count,
    "prev": _hash,
    "act": _matches(CODE),
    "step": _matches(CODE),
    "attempt": _count,
    "occurred_on": _matches(DAY),
    "recorded_at": _matches(INSTANT),
    "actor": _object(account=_text, role=_text, scope=_text_or_null),
    "payload": _dict,
    "papers": _list_of(_object(kind=_text, number=lambda v: _text_or_null(v) or _count(v), sha256=_hash)),
    "attachments": _list_of(_object(sha256=_hash, size=_count, media_type=_text)),
    "seen": lambda value: type(value) is dict and all(_uuid(k) and _seen(v) for k, v in value.items()),
    "statements": _list_of(_dict),
    "on_paper": lambda value: value is None or type(value) is dict,
}


#: fields of which a log has few combinations: looked at once for each
_FEW = ("log", "kind", "act", "step", "occurred_on")
_TESTS = tuple(_SHAPE.items())
_REST = tuple((name, good) for name, good in _TESTS if name not in _FEW)


@lru_cache(maxsize=4096)
def _familiar(*parts: Any) -> bool:
    return all(_SHAPE[name](part) for name, part in zip(_FEW, parts, strict=True))


def _seen_before(value: dict[str, Any]) -> bool:
    try:
        return _familiar(*[value[name] for name in _FEW])
    except TypeError:  # a list or an object where a text should be
        return False


def _check(value: object) -> None:
    if type(value) is not dict:
        raise NotAnEntry("log")
    if tuple(value) != _SORTED and value.keys() != _NAMES:
        raise NotAnEntry(min(_NAMES.symmetric_difference(cast("dict[str, Any]", value))))
    for name, good in _REST if _seen_before(value) else _TESTS:
        if not good(value[name]):
            raise NotAnEntry(name)
