"""The calendar for calendar programs (RFC 5545): one all-day event per milestone, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from election.law.days import Milestone
from election.law.ruleset import Ruleset

#: a content line holds at most 75 octets before it is folded
_OCTETS = 75


def icalendar(rs: Ruleset, election_day: date, milestones: Iterable[Milestone]) -> bytes:
    """An ``.ics`` file. Its time stamp is the election day, so that two runs give the same bytes."""
    return b"".join(_fold(line) for line in _lines(rs, election_day, milestones))


def _lines(rs: Ruleset, election_day: date, milestones: Iterable[Milestone]) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//huanjie-election//calendar//ZH", "CALSCALE:GREGORIAN")
    yield f"X-WR-CALNAME:{_escape(rs.title)}"
    for milestone in milestones:
        kind = "deadline" if milestone.deadline else "day"
        after = milestone.date + timedelta(days=1)
        yield from (
            "BEGIN:VEVENT",
            f"UID:{rs.id}.{milestone.step}.{kind}.{election_day:%Y%m%d}@huanjie-election",
            f"DTSTAMP:{election_day:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{milestone.date:%Y%m%d}",
            f"DTEND;VALUE=DATE:{after:%Y%m%d}",
            f"SUMMARY:{_escape(milestone.title)}{'(截止)' if milestone.deadline else ''}",
            f"DESCRIPTION:{_escape(f'{milestone.title_en} — {milestone.article}')}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        )
    yield "END:VCALENDAR"


def _escape(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _fold(line: str) -> bytes:
    """The line in UTF-8, continued on lines that begin with a blank, never inside a character."""
    pieces, octets = [""], 0
    for character in line:
        size = len(character.encode())
        if octets + size > _OCTETS:
            pieces.append(" ")
            octets = 1
        pieces[-1] += character
        octets += size
    return "\r\n".join(pieces).encode() + b"\r\n"
