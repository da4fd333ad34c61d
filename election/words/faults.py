"""What a ``WrongInput`` says in Chinese.

``faults/*.toml`` has the English template of a fault, as it stands where it is raised, and its Chinese. A place that
holds only names of files, keys and options stands as it is. ``reasons/*.toml`` has plain words that are put into a
fault: what the operating system says, kinds of things; where one is not there, it stays English.
"""

from __future__ import annotations

from functools import cache

from election.faults import WrongInput
from election.words import Language, entries

_ENDS = tuple("。？！")


@cache
def templates() -> dict[str, str]:
    """``{English: Chinese}`` of every file. Where two files disagree the first stands; a test says so."""
    return dict(reversed(entries("faults")))


@cache
def reasons() -> dict[str, str]:
    return dict(reversed(entries("reasons")))


def said(wrong: WrongInput, language: Language = "zh") -> str:
    """The fault in ``language``: file, place, what is wrong, and the mend."""
    if language == "en":
        return str(wrong)
    put = {name: _chinese(value) for name, value in wrong.params.items()}
    place, what, mend = (templates().get(text, text).format_map(put) for text in (wrong.place, wrong.what, wrong.mend))
    place = place.replace(": ", "：")
    first = "：".join(part for part in (wrong.file, place, what) if part)
    return " ".join("".join(part if part.endswith(_ENDS) else f"{part}。" for part in (first, mend) if part).split())


def _chinese(value: object) -> object:
    if isinstance(value, WrongInput):
        return said(value).removesuffix("。")
    text = str(value)
    return reasons().get(text) or (value if text.isprintable() else repr(text)[1:-1])
