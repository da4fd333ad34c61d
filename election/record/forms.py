"""Forms of entries: nearly every line of a long log differs from an earlier one only in its texts and numbers.

A line that was parsed and looked at once gives a form: its keys, nesting and constants as they stand, and in place of
each text, digest, day and integer whatever the profile allows there; where it had only ASCII, only ASCII. A later line
that fits a form, and whose other texts are UTF-8 in NFC, is canonical and has the shape of an entry without being parsed.
What fits no form (a text with an escape, an integer of sixteen digits) is parsed as before, so a form only ever says yes
where `Entry.from_bytes` would.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import is_normalized

import orjson

from election.record.entry import CODE, DAY, HASH, INSTANT, Entry

#: how many lines of one act fit no form before the next of them is made one: compiling costs as much as some hundred
#: lines, and a short log needs none
EVERY = 100
#: forms kept for one act, and the longest line that is made one or fits one: what is remembered of its texts is bounded
MOST, LONGEST = 8, 4096

_ASCII = rb'"[ !#-\[\]-\x7f]*+"'
#: the only groups without a name
_TEXT = rb'"([^"\\\x00-\x1f]*+)"'
_COUNT = rb"(?:0|[1-9][0-9]{0,14})"
_WHOLE = rb"(?:0|-?[1-9][0-9]{0,14})"


def _quoted(pattern: re.Pattern[str]) -> bytes:
    return b'"' + pattern.pattern.encode() + b'"'


#: the parts of papers, attachments and of what was seen that are more than any text
_PARTS = {"sha256": _quoted(HASH), "head": _quoted(HASH), "size": _COUNT}
#: the parts of an entry that are one text or number
_FIELDS = {
    "attempt": _COUNT,
    "occurred_on": _quoted(DAY),
    "prev": _quoted(HASH),
    "recorded_at": _quoted(INSTANT),
    "seq": _COUNT,
    "step": _quoted(CODE),
}
_SHAPED = ("papers", "attachments", "seen")
#: in one log as they stand: an entry of another is none that a form knows
_CONSTANT = ("kind", "log", "act")
#: where an entry belongs, which every reader asks
_PLACE = ("prev", "seq")


@dataclass(frozen=True)
class Form:
    pattern: re.Pattern[bytes]
    #: groups of the texts that are not ASCII alone
    texts: tuple[int, ...]

    def fits(self, line: bytes) -> re.Match[bytes] | None:
        found = self.pattern.fullmatch(line)
        if found is not None:
            for at in self.texts:
                if not _normal(found[at]):
                    return None
        return found


def form_of(entry: Entry) -> Form:
    """The form of an entry that was looked at, with a group for where it belongs, and for each part of a signed one."""
    fields = {name: b'"' + re.escape(getattr(entry, name).encode()) + b'"' for name in _CONSTANT} | _FIELDS
    for name in _SHAPED:
        fields[name] = _pattern(getattr(entry, name), _PARTS, _COUNT)
    for name in ("actor", "payload", "statements", "on_paper"):
        fields[name] = _pattern(getattr(entry, name), {}, _WHOLE)
    for name in fields if entry.statements else _PLACE:
        fields[name] = b"(?P<%b>%b)" % (name.encode(), fields[name])
    pattern = re.compile(_object(fields))
    named = set(pattern.groupindex.values())
    return Form(pattern, tuple(at for at in range(1, pattern.groups + 1) if at not in named))


def _pattern(value: Any, parts: Mapping[str, bytes], integer: bytes) -> bytes:
    if isinstance(value, dict):
        return _object({key: parts.get(key) or _pattern(inner, parts, integer) for key, inner in value.items()})
    if isinstance(value, list):
        return rb"\[" + b",".join(_pattern(inner, parts, integer) for inner in value) + rb"\]"
    if isinstance(value, str):
        return _ASCII if value.isascii() else _TEXT
    if value is None or isinstance(value, bool):
        return orjson.dumps(value)
    return integer


def _object(fields: Mapping[str, bytes]) -> bytes:
    inner = (b'"' + re.escape(key.encode()) + b'":' + fields[key] for key in sorted(fields))
    return rb"\{" + b",".join(inner) + rb"\}"


#: no line fits it
_NONE = re.compile(rb"(?!)")


class Forms:
    """The forms met so far in one reading of a log."""

    def __init__(self) -> None:
        self._known: dict[bytes, list[Form]] = {}
        self._unknown: Counter[str] = Counter()
        #: what the line before fitted: most logs have long runs of one act
        self._last: Callable[[bytes], re.Match[bytes] | None] = _NONE.fullmatch

    def fitting(self, line: bytes) -> re.Match[bytes] | None:
        """The match of a line that has a known form, as `Entry.known` takes it."""
        if len(line) > LONGEST:
            return None
        if (found := self._last(line)) is not None:
            return found
        for form in self._known.get(line[8 : line.find(b'"', 8)], ()):
            if (found := form.fits(line)) is not None:
                self._last = form.fits
                return found
        return None

    def learn(self, entry: Entry) -> None:
        """Make a form of every hundredth entry of an act that fitted none."""
        self._unknown[entry.act] += 1
        known = self._known.setdefault(entry.act.encode(), [])
        if self._unknown[entry.act] % EVERY == 0 and len(known) < MOST and len(entry.to_bytes()) <= LONGEST:
            known.append(form_of(entry))


@lru_cache(maxsize=4096)
def _normal(text: bytes) -> bool:
    """Whether a text is UTF-8 in NFC. What stands around it is a quotation mark, with which nothing composes."""
    try:
        return is_normalized("NFC", text.decode())
    except UnicodeDecodeError:
        return False
