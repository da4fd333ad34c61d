"""What stands on a ballot: contests and their candidates, checked before anything is drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ballots import words
from election.faults import WrongInput

#: limits that keep a hostile file from costing more than a page of paper can hold
MOST_CONTESTS, MOST_CANDIDATES, MOST_SEATS, MOST_WRITE_IN_ROWS = 40, 400, 200, 20
LONGEST_TITLE, LONGEST_OFFICE, LONGEST_NAME, LONGEST_NOTE, LONGEST_ID = 80, 30, 40, 20, 100

#: control, format (bidi, zero width), surrogate, private and unassigned characters, line and paragraph separators
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True)
class Candidate:
    """One printed name. ``note`` tells same names apart and is printed beside the name."""

    id: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Contest:
    """One office with its seats; ``candidates`` stand in the order in which they are printed."""

    id: str
    office: str
    seats: int
    candidates: tuple[Candidate, ...]
    write_in_rows: int = 1


def contests_from(document: Mapping[str, Any]) -> tuple[Contest, ...]:
    """The contests of a count file without ballots, in file order. Raises WrongInput naming the key."""
    contests = tuple(
        _contest(value, f"contests[{place}]")
        for place, value in enumerate(_list(document.get("contests"), "contests", MOST_CONTESTS))
    )
    check(contests)
    return contests


def check(contests: Sequence[Contest]) -> None:
    """Raises WrongInput for what no ballot can show: no contest, an id twice, two names nobody can tell apart."""
    if not contests:
        raise WrongInput("there is no contest", place="contests", mend="give at least one office")
    _unique([contest.id for contest in contests], "contests", "id")
    if sum(len(contest.candidates) for contest in contests) > MOST_CANDIDATES:
        raise WrongInput(
            "more than {most} candidates",
            place="contests",
            mend="print fewer offices on one ballot",
            most=MOST_CANDIDATES,
        )
    for contest in contests:
        place = f"contest {contest.id}"
        _unique([candidate.id for candidate in contest.candidates], place, "candidate id")
        shown = [candidate.name + "\n" + candidate.note for candidate in contest.candidates]
        for name in (text for text in shown if shown.count(text) > 1):
            raise WrongInput(
                "two candidates are both named {name}",
                place="{at}",
                mend="give each a note that tells them apart",
                name=name.splitlines()[0],
                at=place,
            )


def title_from(document: Mapping[str, Any]) -> str:
    """The key ``title``, or the plain word for a ballot."""
    return text_of(document, "title", "the file", LONGEST_TITLE, "") or words.TITLE


def issuer_from(document: Mapping[str, Any]) -> str:
    """The optional key ``issuer``: whose stamp the ballot gets, printed where it goes."""
    return text_of(document, "issuer", "the file", LONGEST_TITLE, "")


def date_from(document: Mapping[str, Any]) -> str:
    """The optional key ``election_day`` (YYYY-MM-DD) as it is printed: 2010年12月26日."""
    written = text_of(document, "election_day", "the file", len("YYYY-MM-DD"), "")
    if not written:
        return ""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise WrongInput("is no date", place="election_day", mend="write it as YYYY-MM-DD") from None
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"


def text_of(value: Mapping[str, Any], key: str, place: str, longest: int, otherwise: str | None = None) -> str:
    """A printable text of at most ``longest`` characters; required when ``otherwise`` is None."""
    text = value.get(key, otherwise)
    where = f"{place}: {key}"
    if not isinstance(text, str):
        raise WrongInput(
            "is missing or not a text", place="{where}", mend="write it between quotation marks", where=where
        )
    text = text.strip()
    if otherwise is None and not text:
        raise WrongInput("is empty", place="{where}", mend="fill it in", where=where)
    if len(text) > longest:
        raise WrongInput(
            "has more than {most} characters", place="{where}", mend="shorten it", most=longest, where=where
        )
    for character in text:
        if unicodedata.category(character) in _UNPRINTABLE:
            raise WrongInput(
                "holds the unprintable character U+{code:04X}",
                place="{where}",
                mend="remove it",
                code=ord(character),
                where=where,
            )
    return text


def _contest(value: Any, place: str) -> Contest:
    value = _object(value, place)
    candidates = _list(value.get("candidates"), f"{place}.candidates", MOST_CANDIDATES)
    contest = Contest(
        id=text_of(value, "id", place, LONGEST_ID),
        office=text_of(value, "office", place, LONGEST_OFFICE),
        seats=_integer(value, "seats", place, 1, MOST_SEATS),
        candidates=tuple(_candidate(one, f"{place}.candidates[{n}]") for n, one in enumerate(candidates)),
        write_in_rows=_integer(value, "write_in_rows", place, 0, MOST_WRITE_IN_ROWS, 1),
    )
    if not contest.candidates and not contest.write_in_rows:
        raise WrongInput(
            "has neither a candidate nor a write-in row", place="{at}", mend="give it candidates", at=place
        )
    return contest


def _candidate(value: Any, place: str) -> Candidate:
    value = _object(value, place)
    return Candidate(
        id=text_of(value, "id", place, LONGEST_ID),
        name=text_of(value, "name", place, LONGEST_NAME),
        note=text_of(value, "note", place, LONGEST_NOTE, ""),
    )


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise WrongInput("is not an object", place="{at}", mend="write it as {{…}}", at=place)
    return value


def _list(value: Any, place: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise WrongInput("is missing or not a list", place="{at}", mend="write it as […]", at=place)
    if len(value) > most:
        raise WrongInput("has more than {most} entries", place="{at}", mend="split it", most=most, at=place)
    return value


def _integer(
    value: Mapping[str, Any], key: str, place: str, least: int, most: int, otherwise: int | None = None
) -> int:
    number = value.get(key, otherwise)
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise WrongInput(
            "is not such a number",
            place="{at}: {key}",
            mend="give a whole number {least}–{most}",
            at=place,
            key=key,
            least=least,
            most=most,
        )
    return number


def _unique(ids: Sequence[str], place: str, kind: str) -> None:
    for one in ids:
        if ids.count(one) > 1:
            raise WrongInput(
                "the {kind} {one} stands twice", place="{at}", mend="give each its own", kind=kind, one=one, at=place
            )
