"""Codes and numbers into sentences, Chinese and English.

All words are TOML, so that a person who does not program can mend them:

- ``sentences/*.toml``: a code (``quorum.met``) with its Chinese and English template, ``{name}`` for numbers put in;
  pure rooms return codes and numbers, and only this room makes prose of them.
- ``interface/*.toml``: the words of pages and papers; the Chinese text is the key, the English text the value;
- ``faults/*.toml``: what cannot be used of what comes from outside; the English template is the key (``words.faults``);
- ``help/*.toml``: what ``--help`` says, keyed by its English.

A code or text that is missing is an error in the tests, not a blank on a page.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["zh", "en"]


@cache
def sentences() -> dict[str, dict[str, str]]:
    """``{code: {"zh": template, "en": template}}`` of every file; a code in two files is an error."""
    merged: dict[str, dict[str, str]] = {}
    for code, value in entries("sentences"):
        if code in merged:
            raise ValueError(f"sentence {code} is defined twice")
        merged[code] = value
    return merged


@cache
def interface() -> dict[str, str]:
    """``{Chinese: English}`` of every interface file. Where two files disagree the first stands; a test says so."""
    merged: dict[str, str] = {}
    for chinese, english in entries("interface"):
        merged.setdefault(chinese, english)
    return merged


def entries(folder: str) -> list[tuple[str, Any]]:
    """Every key of a folder's files with its value."""
    return [entry for text in _texts(folder) for entry in _table(text).items()]


@cache
def _texts(folder: str) -> tuple[str, ...]:
    """The files of a folder in the order of their names, as text."""
    found = sorted(files(__package__).joinpath(folder).iterdir(), key=lambda f: f.name)
    return tuple(file.read_text(encoding="utf-8") for file in found if file.name.endswith(".toml"))


@cache
def _table(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


@cache
def _entry(code: str) -> dict[str, str]:
    """The templates of one code. Only a file that names it is parsed: a count needs one of two dozen."""
    for text in _texts("sentences"):
        if f'"{code}"' in text and code in _table(text):
            found: dict[str, str] = _table(text)[code]
            return found
    raise KeyError(code)


def sentence(code: str, params: Mapping[str, object] | None = None, language: Language = "zh") -> str:
    """The sentence of ``code`` with ``params`` put in. Raises KeyError for an unknown code or a missing number."""
    return _entry(code)[language].format_map(dict(params or {}))


def of_check(code: str, at_stations: bool) -> str:
    """The code by which a check of a count is said: at stations nobody was present, they voted."""
    own = f"{code}.stations"
    return own if at_stations and own in sentences() else code


def translate(chinese: str, language: Language = "zh") -> str:
    """An interface text in ``language``; Chinese stands where no English is known (a test keeps that from lasting)."""
    return chinese if language == "zh" else interface().get(chinese, chinese)
