"""Breaking Chinese lines without a renderer: widths in ems, generous enough that nothing ever runs over."""

from __future__ import annotations

import math
import unicodedata

#: may not begin a line, may not end one (避头尾)
_NOT_FIRST = set("，。、；：？！）》」』】”’·…%,.;:?!)]}")
_NOT_LAST = set("（《「『【“‘([{")


#: ems that may come of dividing a width by the size it was made from
ROUNDING = 1e-6


def width(text: str) -> float:
    """An upper bound of the width of ``text`` in ems. Combining marks have no width of their own."""
    return sum(_advance(character) for character in text)


def broken(text: str, ems: float) -> tuple[str, ...]:
    """``text`` in lines of at most ``ems`` (one character at least), punctuation kept with its neighbour."""
    lines: list[str] = []
    line = ""
    for character in text:
        if line and width(line + character) > ems + ROUNDING:
            cut = _cut(line, character)
            lines.append(line[:cut])
            line = line[cut:].lstrip()
        line += character
    return (*lines, line)


def balanced(text: str, ems: float) -> tuple[str, ...]:
    """``text`` in as few lines as ``ems`` allows, about equally long."""
    count = math.ceil(width(text) / ems - ROUNDING)
    for spare in range(math.ceil(ems)):
        lines = broken(text, min(ems, width(text) / count + spare))
        if len(lines) <= count:
            return lines
    return broken(text, ems)


def _cut(line: str, following: str) -> int:
    """Where ``line`` breaks before ``following``: as late as punctuation and Latin words allow."""
    after = line + following
    for cut in range(len(line), len(line) // 2, -1):
        first, last = after[cut], after[cut - 1]
        if first in _NOT_FIRST or last in _NOT_LAST or (_latin(first) and _latin(last)):
            continue
        return cut
    return len(line)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _advance(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    return 0.95 if character.isupper() or character in "@%mMwW—" else 0.65
