"""Large count files: equal ballots together before any of them is read.

A town's ballots repeat a few thousand patterns a million times. The text of the ``ballots`` array is cut where one
ballot ends and the next begins, equal pieces are counted, and each different piece is parsed once. Where pieces differ
only in the order of their keys, a bite of them at a time is first brought into one order.

A joint between two ballots may also stand inside one (two write-ins, a name with braces in it). Then a piece does not
parse, and the file is left to the plain reading, which also finds the place of an error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from json import JSONDecoder
from typing import Any

import orjson

#: bytes of the array that are cut at once: what they become should stay in the processor's cache
_BITE = 1 << 18
#: a piece is a ballot or a few; longer ones mean that ballots end in another way
_LONGEST = 1 << 14
#: with more different pieces than this among the first, their keys are in different orders
_VARIED = 4096

_BEGIN = re.compile(rb'"ballots"\s*:\s*\[\s*(?=\{)')
_JOINTS = (re.compile(rb"\}\}(\s*,\s*)\{"), re.compile(rb"\}(\s*,\s*)\{"))

Strict = Callable[[bytes], Any]


class _NotFolded(ValueError):
    """Only the plain reading will do."""


def fold(raw: bytes, strict: Strict, decoder: JSONDecoder) -> dict[str, Any] | None:
    """The file with equal ballots together and their ``times`` added, or None where only plain reading will do.

    ``strict`` reads JSON and ``decoder`` the beginning of a text; both raise ValueError for anything doubtful.
    """
    begin = _BEGIN.search(raw)
    if begin is None:
        return None
    for pattern in _JOINTS:
        joint = pattern.search(raw, begin.end(), begin.end() + _BITE)
        if joint is not None:
            try:
                return _fold(raw, begin, joint, strict, decoder)
            except (ValueError, RecursionError):
                continue
    return None


def _fold(
    raw: bytes, begin: re.Match[bytes], joint: re.Match[bytes], strict: Strict, decoder: JSONDecoder
) -> dict[str, Any]:
    close, between = raw[joint.start() : joint.start(1)], joint[1]
    pieces: Counter[bytes] = Counter()
    ordered: Counter[bytes] = Counter()
    position = begin.end()
    while (end := _bite(raw, position, joint[0])) > 0:
        inside = raw[position + 1 : end]
        if len(pieces) > _VARIED:
            ordered.update(_in_one_order(b"[{" + inside + close + b"]", strict))
        else:
            cut = inside.split(close + between + b"{")
            if len(inside) > _LONGEST * len(cut):
                raise _NotFolded
            pieces.update(cut)
        position = end + len(joint[0]) - 1
    rest = raw[position:].decode("utf-8")
    last, length = decoder.raw_decode("[" + rest)
    tail = rest[length - 1 :].encode("utf-8")
    file = strict(raw[: begin.start()] + b'"ballots": []' + tail)
    if not isinstance(file, dict) or file.get("ballots") != []:
        raise _NotFolded
    texts = ((b"[{" + piece + close + b"]", number) for piece, number in pieces.items())
    sorted_texts = ((b"[" + ballot + b"]", number) for ballot, number in ordered.items())
    file["ballots"] = [
        *_ballots(texts, strict),
        *_ballots(sorted_texts, strict),
        *last,
    ]
    return file


def _bite(raw: bytes, position: int, joint: bytes) -> int:
    """Where the last joint within the next bite begins, or -1 at the end of the array."""
    end = raw.rfind(joint, position, position + _BITE)
    if end < 0 and raw.find(joint, position) >= 0:
        raise _NotFolded
    return end


def _in_one_order(bite: bytes, strict: Strict) -> list[bytes]:
    """Each ballot of a bite with its keys sorted.

    A key that stands twice in one object must not be lost here: without escapes, every string shows its two quotation
    marks before and after; with escapes, the strict reading looks.
    """
    ballots = strict(bite) if b"\\" in bite else orjson.loads(bite)
    ordered = list(map(partial(orjson.dumps, option=orjson.OPT_SORT_KEYS), ballots))
    if b"\\" not in bite and b"".join(ordered).count(b'"') != bite.count(b'"'):
        raise _NotFolded
    return ordered


def _ballots(texts: Iterable[tuple[bytes, int]], strict: Strict) -> Iterator[dict[str, Any]]:
    """Each different piece read once, its ``times`` multiplied by how often it stands in the file."""
    for text, number in texts:
        for ballot in strict(text):
            times = ballot.get("times", 1) if isinstance(ballot, dict) else None
            if type(times) is not int or times < 1:
                raise _NotFolded
            yield {**ballot, "times": times * number}
