"""Chinese typesetting as filters of the print templates: dates, numerals, name columns, codes, squares."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

DIGITS = "〇一二三四五六七八九"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_CJK = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]"
#: half-width marks that stand beside a Chinese character
_HALF_WIDTH = re.compile(rf"(?<={_CJK})[,;:?!]|[,;:?!](?={_CJK})")
_BRACKETS = re.compile(rf"(?<={_CJK})\(([^()]*)\)|\(([^()]*{_CJK}[^()]*)\)")
_FULL_WIDTH = {mark: chr(ord(mark) + 0xFEE0) for mark in ",;:?!"}

#: names in a list stand in cells of three characters and a gap, as on any notice board
CELL = 4
_TWO = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2}")
_THREE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{3}")


def clean(value: object) -> object:
    """What the template prints: None is an error, control and direction characters are left out.

    Such characters are stripped where names come in; here it is the last door before a paper. Punctuation beside
    Chinese characters is set full-width (GB/T 15834), whatever was typed.
    """
    if value is None:
        raise ValueError("a paper would print nothing where a value belongs")
    if isinstance(value, str) and not isinstance(value, Markup):
        return full_width(without_controls(value))
    return value


def full_width(text: str) -> str:
    """Commas, colons, brackets and their like beside a Chinese character in their full-width form."""
    text = _BRACKETS.sub(lambda pair: f"（{pair[1] or pair[2] or ''}）", text)
    return _HALF_WIDTH.sub(lambda mark: _FULL_WIDTH[mark[0]], text)


def without_controls(text: str) -> str:
    """``text`` without Cc and Cf characters (bidi overrides, zero-width), line breaks kept."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def chinese_date(day: date) -> str:
    """2010年12月6日, Arabic digits without leading zeros (GB/T 9704-2012, 7.3.5.3)."""
    return f"{day.year}年{day.month}月{day.day}日"


def english_date(day: date) -> str:
    """6 December 2010, whatever the machine's locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def chinese_numeral(number: int) -> str:
    """1 to 99 as 一 to 九十九, for headings and 第三号; larger numbers stay Arabic."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones else "")


def spaced(name: str) -> Markup:
    """A name in a table: two characters are drawn three wide, so that columns of names align."""
    name = without_controls(name)
    if _TWO.fullmatch(name):
        return Markup('<span class="two">{}</span>{}').format(name[0], name[1])
    return escape(name)


def name_rows(names: Iterable[str], per_row: int) -> Markup:
    """Names in columns, ``per_row`` cells a line; a long name takes as many cells as it needs.

    One line of text per row and no box per name: a table or inline block for each of 2,600 names costs seconds.
    """
    rows: list[str] = []
    row: list[str] = []
    used = 0
    for name in names:
        text, cells = _cell(without_controls(name), per_row)
        if used + cells > per_row:
            rows.append("".join(row))
            row, used = [], 0
        row.append(text)
        used += cells
    if row:
        rows.append("".join(row))
    return Markup("").join(Markup('<p class="names">{}</p>\n').format(Markup(text)) for text in rows)  # noqa: S704


def _cell(name: str, per_row: int) -> tuple[str, int]:
    """Escaped text of one cell group, and how many cells wide it is."""
    if _TWO.fullmatch(name):
        return f'<span class="two">{name[0]}</span>{name[1]}\u3000', 1
    if _THREE.fullmatch(name):
        return f"{name}\u3000", 1
    width = sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in name if not unicodedata.combining(c))
    cells = min(per_row, -(-(width + 2) // (2 * CELL)))
    return f'<span class="long" style="width:{cells * CELL}em">{escape(name)}</span>', cells


def signing_rows(names: Sequence[str]) -> Markup:
    """Numbered names, two a line, each with a line to sign on. Text and tab stops only, as in `name_rows`."""
    entries = [_signing_entry(number, without_controls(name)) for number, name in enumerate(names, start=1)]
    rows = (Markup("\t").join(entries[i : i + 2]) for i in range(0, len(entries), 2))
    return Markup("").join(Markup('<p class="sign">{}</p>\n').format(row) for row in rows)


def _signing_entry(number: int, name: str) -> Markup:
    """Number, tab, name and rule: thirteen characters wide unless the name itself is longer."""
    shown = f"{name[0]}\u3000{name[1]}" if _TWO.fullmatch(name) else name
    blanks = max(3 - len(shown), 0) + 1
    return Markup("{}\t{}").format(number, shown + "\u3000" * blanks + "＿" * max(12 - max(len(shown), 3), 4))


def grouped(code: str) -> str:
    """A code in groups of four, to be read aloud and compared."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


@lru_cache(maxsize=64)
def square(text: str) -> Markup:
    """A QR code as a picture without a border; the stylesheet gives its size.

    A picture, not a drawing: WeasyPrint draws the some 800 strokes of a drawing anew on every page.
    """
    import segno

    picture = segno.make(text, error="m", micro=False).png_data_uri(scale=8, border=0)
    return Markup('<img class="qr" alt="{}" src="{}">').format(text, picture)


def present_columns(people: Sequence[Any], columns: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of ``(field, label)`` those that at least one person fills: a posted list has no empty columns."""
    return ((field, label) for field, label in columns if any(getattr(person, field) for person in people))
