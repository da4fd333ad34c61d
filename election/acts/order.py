"""The order of names on papers and ballots: strokes of the surname (姓氏笔画), by the practice that the ruleset names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from election.law import Ruleset
from election.names.strokes import SingleGiven, UnknownStrokes, sort_key, unknown_characters
from election.process.facts import Candidate

T = TypeVar("T")

SEX = {"male": "男", "female": "女"}

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_NUMBER = re.compile(r"\d+|[〇零一二两三四五六七八九十百]+")


def single_given(rules: Ruleset | None) -> SingleGiven:
    return "plain" if rules is not None and rules.get("names.single_given") == "plain" else "first"


def in_order(people: Iterable[T], name: Callable[[T], str], rules: Ruleset | None) -> list[T]:
    """People in stroke order of their names; equal names keep their order.

    A name with a character that the table of strokes lacks is never placed by a guess: it stands after all others,
    by code point, and ``order_words`` says so on the paper.
    """
    practice = single_given(rules)

    def key(person: T) -> tuple[bool, object]:
        try:
            return False, sort_key(name(person), practice)
        except UnknownStrokes:
            return True, name(person)

    return sorted(people, key=key)


def order_words(names: Iterable[str]) -> str:
    """How these names are ordered, as a paper says it."""
    unknown = sorted({c for name in names for c in unknown_characters(name)})
    return "以姓氏笔画为序" + (f"；笔画表未收“{'、'.join(unknown)}”，含该字的姓名列后" if unknown else "")


def candidates_in_order(candidates: Iterable[Candidate], rules: Ruleset | None) -> list[Candidate]:
    """As ballots and lists print them; namesakes by their id, so that every paper has one order."""
    return in_order(sorted(candidates, key=lambda c: c.person), lambda c: c.name, rules)


def ranked(votes: Iterable[Mapping[str, Any]], rules: Ruleset | None) -> list[Mapping[str, Any]]:
    """The lines of one contest of a count as they are told: the elected first, most votes first, equals as on the ballot."""
    outcomes = ("elected", "tied", "not_elected")
    ordered = in_order(sorted(votes, key=lambda line: str(line["candidate"])), lambda line: str(line["name"]), rules)
    return sorted(ordered, key=lambda v: (outcomes.index(v["outcome"]), -(int(v["for"]) + int(v.get("carried", 0)))))


def telling_apart(candidates: Sequence[Candidate]) -> dict[str, str]:
    """Person -> the word beside the name that tells namesakes of one contest apart: sex, or else age; blank if none."""
    notes = {c.person: "" for c in candidates}
    for name in {c.name for c in candidates}:
        same = [c for c in candidates if c.name == name]
        if len(same) < 2:
            continue
        for words in (
            [SEX.get(c.sex, "") for c in same],
            [f"{c.age}岁" if c.age is not None else "" for c in same],
            [SEX.get(c.sex, "") + (f"{c.age}岁" if c.age is not None else "") for c in same],
        ):
            if all(words) and len(set(words)) == len(words):
                notes.update(zip((c.person for c in same), words, strict=True))
                break
    return notes


def group_key(title: str) -> tuple[bool, int, str]:
    """Sorts residents' groups as people count them: 第二 before 第十, 2组 before 10组; a nameless group comes last."""
    found = _NUMBER.search(title)
    return not title, _number(found[0]) if found else 0, title


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[character]
    return total + digit
