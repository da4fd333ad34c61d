"""Stroke order of names 姓氏笔画为序 (GF 3003-1999): the order of candidates on ballots and notices.

Characters are compared one by one from the first of the surname string (欧阳 sorts as 欧): fewer strokes first, then the
strokes themselves in writing order, 横 before 竖 before 撇 before 点 before 折, then the place in the Table of General
Standard Chinese Characters, which is itself in this order, then the code point. A single-character given name has two practices:

- ``first`` (姓氏笔画, party congresses): a blank stands before it, so 田富 comes before 田大利;
- ``plain`` (姓名笔画, people's congresses): no blank, so 田大利 comes before 田富.

A character whose strokes are not known is never guessed: ``UnknownStrokes``, and a person gives them (``extra``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

SingleGiven = Literal["first", "plain"]
#: strokes, their sequence, place in the standard table, code point; the blank's is (0, "", 0, 0)
CharacterKey = tuple[int, str, int, int]
NameKey = tuple[CharacterKey, ...]

_BLANK: CharacterKey = (0, "", 0, 0)
_SEQUENCE = re.compile("[1-5]{1,64}")
#: written between the parts of a name and never compared
_NOT_COMPARED = frozenset("· \u3000")
_NO_EXTRA: Mapping[str, str] = {}

#: surnames of two characters; before a single given character the blank stands after them. Left out are those that
#: would take a common surname's given name apart (梁丘, 贺兰, 叶赫)
COMPOUND_SURNAMES = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 亓官 司寇 巫马 颛孙 公良 漆雕 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 西门 达奚 褚师 纳兰 完颜 耶律 宰父 谷梁 乐正".split()  # noqa: SIM905
)


class UnknownStrokes(LookupError):
    """``character``'s strokes are in neither the table nor ``extra``; a clerk gives them as digits 1 to 5."""

    def __init__(self, character: str) -> None:
        self.character = character
        super().__init__(f"strokes of {character} (U+{ord(character):04X}) are not known")


def sort_key(name: str, single_given: SingleGiven = "first", extra: Mapping[str, str] = _NO_EXTRA) -> NameKey:
    """A key that sorts names into stroke order.

    ``extra`` gives the strokes of characters that the table lacks, ``{"𠮷": "121251"}``; for a character of the table
    the table stands. Raises UnknownStrokes, and ValueError for strokes that are not digits 1 to 5.
    """
    characters = [character for character in name if character not in _NOT_COMPARED]
    keys = [_character_key(character, extra) for character in characters]
    if single_given == "first" and len(keys) > 1:
        surname = 2 if "".join(characters[:2]) in COMPOUND_SURNAMES else 1
        if len(keys) == surname + 1:
            keys.insert(surname, _BLANK)
    return tuple(keys)


def in_order(
    names: Iterable[str], single_given: SingleGiven = "first", extra: Mapping[str, str] = _NO_EXTRA
) -> list[str]:
    """The names in stroke order; equal names keep their order."""
    return sorted(names, key=lambda name: sort_key(name, single_given, extra))


def unknown_characters(name: str, extra: Mapping[str, str] = _NO_EXTRA) -> tuple[str, ...]:
    """The characters of the name whose strokes a person has to give, each once, in the order of the name."""
    table = _table()
    return tuple(
        dict.fromkeys(
            character
            for character in name
            if character not in _NOT_COMPARED and not table.get(character, (0,))[0] and character not in extra
        )
    )


def strokes_of(character: str) -> str | None:
    """The stroke sequence of a character as digits 横1 竖2 撇3 点4 折5, or None if it is not known."""
    return _table().get(character, _BLANK)[1] or None


def _character_key(character: str, extra: Mapping[str, str]) -> CharacterKey:
    known = _table().get(character)
    if known is not None and known[0]:
        return known
    given = extra.get(character)
    if given is None:
        raise UnknownStrokes(character)
    if not _SEQUENCE.fullmatch(given):
        raise ValueError(f"strokes of {character} are digits 1 to 5, not {given!r}")
    place = known[2] if known is not None else len(_table())
    return len(given), given, place, ord(character)


@cache
def _table() -> dict[str, CharacterKey]:
    """Every character of ``strokes.txt``; one whose strokes are not known has none (its first number is 0)."""
    table: dict[str, CharacterKey] = {}
    lines = files(__package__).joinpath("strokes.txt").read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        character, _, sequence = line.partition("\t")
        table[character] = (len(sequence), sequence, place, ord(character))
    return table
