"""The chain of a log, read as a stream: canonical bytes, shape, place, link to the entry before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from election.record.canonical import NotCanonical
from election.record.entry import ZERO, Entry, NotAnEntry
from election.record.forms import Forms


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
    previous, log, forms = ZERO, None, Forms()
    for seq, line in enumerate(lines):
        entry: Entry | None = None
        problem: Problem | None = None
        if (fits := forms.fitting(line)) is not None:
            entry = Entry.known(line, sha256(line).hexdigest(), fits)
            if fits.group("prev", "seq") != (b'"%b"' % previous.encode(), b"%d" % seq):
                problem = _misplaced(entry, log, previous, seq)
        else:
            try:
                entry = Entry.from_bytes(line)
                log = log or (entry.kind, entry.log)
                problem = _misplaced(entry, log, previous, seq)
            except NotCanonical:
                problem = Problem("chain.not-canonical", seq)
            except NotAnEntry as error:
                problem = Problem("chain.shape", seq, {"field": error.field})
            if entry is not None and problem is None:
                forms.learn(entry)
        previous = entry.hash if entry is not None else ""
        yield line, entry, problem


def _misplaced(entry: Entry, log: tuple[str, str] | None, previous: str, seq: int) -> Problem | None:
    if (entry.kind, entry.log) != log:
        return Problem("chain.log", seq)
    if entry.seq != seq:
        return Problem("chain.seq", seq, {"found": entry.seq})
    return Problem("chain.prev", seq) if entry.prev != previous else None


def verify_chain(lines: Iterable[bytes]) -> list[Problem]:
    """Everything wrong with a log whose entries are ``lines`` (exact bytes, no line ends); empty if it is whole."""
    return [problem for _, _, problem in walk(lines) if problem is not None]
