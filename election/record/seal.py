"""Personal data as salted commitments.

An entry holds ``{"sealed": hex}`` where a name, a number or an address would stand: the SHA-256 of a random salt and
the value. The opening (salt and value) lives beside the log, encrypted; once it is deleted nothing in the record leads
back to the person, and the chain still verifies (个人信息保护法 art. 19, 47). A posted value is opened in the bundle.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

PURPOSE = b"elec-opening/v1\n"
SALT_BYTES = 32

_HEX = re.compile(r"[0-9a-f]{64}")

#: where a value stands in a payload: keys and list indexes from the top
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Opening:
    """A commitment (64 hex digits) with what opens it. The value never shows in a traceback."""

    commitment: str
    salt: bytes = field(repr=False)
    value: str = field(repr=False)


def commit(value: str, salt: bytes | None = None) -> Opening:
    """Seal ``value`` with a fresh random salt (a given one is for tests and for checking)."""
    salt = os.urandom(SALT_BYTES) if salt is None else salt
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return Opening(sha256(PURPOSE + salt + value.encode()).hexdigest(), salt, value)


def check(opening: Opening) -> bool:
    """Whether the opening opens its commitment."""
    return len(opening.salt) == SALT_BYTES and commit(opening.value, opening.salt).commitment == opening.commitment


def is_sealed(value: object) -> bool:
    """Whether ``value`` is a commitment as it stands in a payload."""
    return (
        type(value) is dict
        and len(value) == 1
        and isinstance(value.get("sealed"), str)
        and _HEX.fullmatch(value["sealed"]) is not None
    )


def seal_payload(
    payload: Mapping[str, Any],
    personal: Callable[[Path], bool],
    salt: Callable[[], bytes] = lambda: os.urandom(SALT_BYTES),
) -> tuple[dict[str, Any], list[Opening]]:
    """The payload with its personal leaves sealed, and their openings in the order met.

    ``personal(path)`` says whether the value at ``path`` is personal; such a value is a text (TypeError otherwise: write
    a number or a table as canonical text first), or null, which stays null.
    """
    openings: list[Opening] = []

    def walk(value: Any, path: Path) -> Any:
        if path and personal(path):
            if value is None:
                return None
            if type(value) is not str:
                raise TypeError(f"the personal value at {'.'.join(map(str, path))} is not a text")
            opening = commit(value, salt())
            openings.append(opening)
            return {"sealed": opening.commitment}
        if isinstance(value, Mapping):
            return {key: walk(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [walk(inner, (*path, i)) for i, inner in enumerate(value)]
        return value

    return walk(payload, ()), openings


def paths(*patterns: str) -> Callable[[Path], bool]:
    """``personal`` for ``seal_payload`` from dotted patterns; ``*`` stands for any one key or index: ``people.*.name``."""
    parsed = [tuple(pattern.split(".")) for pattern in patterns]

    def personal(path: Path) -> bool:
        return any(
            len(pattern) == len(path)
            and all(want in ("*", str(have)) for want, have in zip(pattern, path, strict=True))
            for pattern in parsed
        )

    return personal


def sealed_in(value: Any) -> Iterable[str]:
    """Every commitment that stands in ``value``, in order."""
    if is_sealed(value):
        yield value["sealed"]
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from sealed_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from sealed_in(inner)


def reveal(value: Any, openings: Mapping[str, str]) -> Any:
    """``value`` with every commitment whose value is known (commitment -> value) put back; others stay sealed."""
    if is_sealed(value):
        return openings.get(value["sealed"], value)
    if isinstance(value, Mapping):
        return {key: reveal(inner, openings) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [reveal(inner, openings) for inner in value]
    return value
