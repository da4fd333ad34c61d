"""Breaking Chinese lines without a renderer: widths in ems, generous enough that nothing ever runs over."""

from __future__ import annotations

import math
import re
import unicodedata

#: may not begin a line, may not end one (避头尾)
_NOT_FIRST = set("，。、；：？！）》」』】”’·…%,.;:?!)]}")
_NOT_LAST = set("（《「『【“‘([{")


#: the words that an office's name is made of, by their ends: 某某社区 居民委员会 换届选举 工作 领导小组
_NAME_PARTS = re.compile(
    ".*?(?:街道|社区|居民委员会|村民委员会|居委会|村委会|委员会|党组织|党支部|党总支|换届选举|选举|工作|领导小组|办公室"
    "|村(?=村民)|[省市区县乡镇](?=..)|$)",
    re.DOTALL,
)

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


def name(text: str, ems: float) -> tuple[str, ...]:
    """An office's name as ``balanced`` has it, but broken between its words where that takes no more lines."""
    plain, parts = balanced(text, ems), [part for part in _NAME_PARTS.findall(text) if part]
    runs = {width("".join(parts[start:end])) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)}
    for most in sorted(run for run in runs if run <= ems + ROUNDING):
        lines = [""]
        for part in parts:
            if width(lines[-1] + part) <= most:
                lines[-1] += part
            else:
                lines.append(part)
        if len(lines) <= len(plain) and max(map(width, lines)) <= most:
            return tuple(lines)
    return plain


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
