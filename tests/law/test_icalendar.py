"""The calendar file read back by the grammar of RFC 5545, with a reader of its own."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, timedelta

import pytest

from election import law

DAY = date(2010, 12, 26)
ALL = tuple(law.ids())
LINE = re.compile(r"(?P<name>[A-Z0-9-]+)(?P<parameters>(;[A-Z0-9-]+=[^;:,]+)*):(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)")
TEXT = re.compile(r"(?:[^\\;,\x00-\x08\x0a-\x1f]|\\[\\;,nN])*")


def content_lines(raw):
    """§3.1: lines of at most 75 octets, ended by CRLF, unfolded; each fold lies between two characters."""
    assert raw.endswith(b"\r\n")
    lines = raw[:-2].split(b"\r\n")
    for line in lines:
        assert len(line) <= 75
        assert b"\r" not in line
        assert b"\n" not in line
        line.decode("utf-8")
    return raw.decode("utf-8").replace("\r\n ", "")[:-2].split("\r\n")


def parse(raw):
    """``(properties of the calendar, [properties of each event])``; a property is its parameters and its value."""
    calendar, events, inside = {}, [], []
    for line in content_lines(raw):
        found = LINE.fullmatch(line)
        assert found, line
        name, value = found["name"], found["value"]
        if name == "BEGIN":
            inside.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert inside.pop() == value
        else:
            place = events[-1] if inside[-1] == "VEVENT" else calendar
            assert name not in place, "each property once"
            place[name] = (found["parameters"], value)
    assert not inside
    return calendar, events


def plain(value):
    assert TEXT.fullmatch(value), value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@pytest.mark.parametrize("ruleset", ALL)
def test_it_is_a_calendar_with_one_event_per_day(ruleset):
    rules = law.load(ruleset)
    days = law.calendar(rules, DAY)
    calendar, events = parse(law.icalendar(rules, DAY, days))
    assert {name: value for name, (_, value) in calendar.items()} == {
        "VERSION": "2.0",
        "PRODID": "-//huanjie-election//calendar//ZH",
        "CALSCALE": "GREGORIAN",
        "X-WR-CALNAME": rules.title,
    }
    assert len(events) == len(days)
    for event, milestone in zip(events, days, strict=True):
        kind = "deadline" if milestone.deadline else "day"
        assert event == {
            "UID": ("", f"{rules.id}.{milestone.step}.{kind}.20101226@huanjie-election"),
            "DTSTAMP": ("", "20101226T000000Z"),
            "DTSTART": (";VALUE=DATE", f"{milestone.date:%Y%m%d}"),
            "DTEND": (";VALUE=DATE", f"{milestone.date + timedelta(days=1):%Y%m%d}"),
            "SUMMARY": ("", event["SUMMARY"][1]),
            "DESCRIPTION": ("", event["DESCRIPTION"][1]),
            "TRANSP": ("", "TRANSPARENT"),
        }
        assert plain(event["SUMMARY"][1]) == milestone.title + ("(截止)" if milestone.deadline else "")
        assert plain(event["DESCRIPTION"][1]) == f"{milestone.title_en} — {milestone.article}"
    assert len({event["UID"] for event in events}) == len(events)


def test_an_event_keeps_its_identity():
    rules = law.load("qilihe-2010.residents")
    whole = law.calendar(rules, DAY)
    few = [milestone for milestone in whole if milestone.deadline]
    identities = [event["UID"] for event in parse(law.icalendar(rules, DAY, whole))[1]]
    assert [event["UID"] for event in parse(law.icalendar(rules, DAY, few))[1]] == [
        identity for identity, milestone in zip(identities, whole, strict=True) if milestone.deadline
    ]


@pytest.mark.parametrize("title", [
    "分;号,逗号\\反斜线\n第二行\r完", "𠀀" * 60, "a" * 200, "é" * 74, "甲" * 22 + "ab" * 30, "x" * 67, "x" * 68, "",
])  # fmt: skip
def test_any_title_comes_back(title):
    rules = law.load("qilihe-2010.residents")
    milestone = dataclasses.replace(law.calendar(rules, DAY)[0], title=title, deadline=False)
    raw = law.icalendar(rules, DAY, [milestone])
    (event,) = parse(raw)[1]
    assert plain(event["SUMMARY"][1]) == title.replace("\r", "")
    if len(title.encode()) > 75:
        assert any(len(line) > 70 for line in raw.split(b"\r\n")), "folded no earlier than it must be"


def test_a_line_is_folded_where_it_is_full():
    rules = law.load("qilihe-2010.residents")
    milestone = dataclasses.replace(law.calendar(rules, DAY)[0], title="a" * 250, deadline=False)
    lines = law.icalendar(rules, DAY, [milestone]).split(b"\r\n")
    start = next(n for n, line in enumerate(lines) if line.startswith(b"SUMMARY:"))
    assert [len(line) for line in lines[start : start + 4]] == [75, 75, 75, 36]
    assert [line[:1] for line in lines[start + 1 : start + 4]] == [b" "] * 3
    exact = dataclasses.replace(milestone, title="a" * 67)
    assert b"SUMMARY:" + b"a" * 67 + b"\r\n" in law.icalendar(rules, DAY, [exact])
