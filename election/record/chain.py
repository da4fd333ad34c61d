"""The chain of a log, read as a stream: canonical bytes, shape, place, link to the entry before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from election.record import canonical
from election.record.canonical import NotCanonical
from election.record.entry import ZERO, Entry, NotAnEntry
from election.record.forms import PLACE, Forms

#: `PLACE` of an entry, each part as it stands in its bytes
Place = tuple[bytes | Any, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong with the entry at ``seq`` (its place in the stream, from 0); the code has its sentence in words.

    Codes: ``chain.not-canonical`` ``chain.shape`` ``chain.log`` ``chain.seq`` ``chain.prev``.
    """

    code: str
    seq: int
    params: dict[str, Any] = field(default_factory=dict)


def walk(lines: Iterable[bytes]) -> Iterator[tuple[bytes, Entry | None, Problem | None]]:
    """Each line with its entry (None if it is none) and the first thing wrong with it, if any.

    After a fault the walk goes on from the line as it stands, so one change is one problem and its neighbour's link.
    """
    previous, log, forms = b'"%b"' % ZERO.encode(), None, Forms()
    for seq, line in enumerate(lines):
        problem: Problem | None = None
        if (fits := forms.fitting(line)) is not None:
            entry: Entry | None = Entry.known(line, sha256(line).hexdigest(), fits)
            place: Place | None = fits.group(*PLACE)
        else:
            entry, place, problem = _looked_at(line, seq, forms)
        if place is not None:
            log = log or place[:2]
            if place != (*log, previous, b"%d" % seq):
                problem = _misplaced(place, log, seq)
        previous = b'"%b"' % entry.hash.encode() if entry is not None else b""
        yield line, entry, problem


def _looked_at(line: bytes, seq: int, forms: Forms) -> tuple[Entry | None, Place | None, Problem | None]:
    try:
        entry = Entry.from_bytes(line)
    except NotCanonical:
        return None, None, Problem("chain.not-canonical", seq)
    except NotAnEntry as error:
        return None, None, Problem("chain.shape", seq, {"field": error.field})
    forms.learn(entry)
    return entry, tuple(canonical.again(getattr(entry, part)) for part in PLACE), None


def _misplaced(place: Place, log: tuple[bytes, ...], seq: int) -> Problem:
    if place[:2] != log:
        return Problem("chain.log", seq)
    if int(place[3]) != seq:
        return Problem("chain.seq", seq, {"found": int(place[3])})
    return Problem("chain.prev", seq)


def verify_chain(lines: Iterable[bytes]) -> list[Problem]:
    """Everything wrong with a log whose entries are ``lines`` (exact bytes, no line ends); empty if it is whole."""
    return [problem for _, _, problem in walk(lines) if problem is not None]
