"""Days counted from the election day."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from election import law
from election.faults import WrongInput

PARTY, RESIDENTS = law.load("qilihe-2010.party"), law.load("qilihe-2010.residents")


def reading(rules, text):
    values = dict(rules.values)
    values["calendar.reading"] = dataclasses.replace(values["calendar.reading"], value=text)
    return dataclasses.replace(rules, values=values)


def test_the_plan_s_own_days():
    party = {(m.step, m.deadline): m.date for m in law.calendar(PARTY, date(2010, 12, 24))}
    assert party["party.prospective", True] == date(2010, 12, 6)
    assert party["handover", True] == date(2010, 12, 27)
    assert party["party.roll", False] == date(2010, 12, 1)
    residents = {(m.step, m.deadline): m.date for m in law.calendar(RESIDENTS, date(2010, 12, 26))}
    assert residents["residents.prospective", True] == date(2010, 12, 6)
    assert residents["residents.official", True] == date(2010, 12, 21)
    assert residents["handover", True] == date(2010, 12, 29)
    assert residents["residents.register", False] == date(2010, 12, 1)
    assert residents["campaign.lead", False] == date(2010, 11, 1)
    assert residents["inspection", False] == date(2010, 12, 31)


def test_days_stand_in_order():
    days = law.calendar(RESIDENTS, date(2010, 12, 26))
    assert [day.date for day in days] == sorted(day.date for day in days)
    assert [day.step for day in days if day.date == date(2010, 12, 26)] == [
        "residents.meeting",
        "residents.ballot",
        "residents.council",
    ]


def test_two_readings_of_days_before():
    strict = reading(RESIDENTS, "strict")
    assert law.deadline(RESIDENTS, "residents.official", date(2010, 12, 26)) == date(2010, 12, 21)
    assert law.deadline(strict, "residents.official", date(2010, 12, 26)) == date(2010, 12, 20)
    assert law.deadline(strict, "handover", date(2010, 12, 26)) == date(2010, 12, 29), "within is not before"


def test_within_days_of_the_day_it_happened():
    assert law.deadline(RESIDENTS, "handover", date(2010, 12, 26), since=date(2010, 12, 30)) == date(2011, 1, 2)


def test_a_step_without_a_deadline_and_one_that_does_not_run():
    assert law.deadline(RESIDENTS, "residents.lead", date(2010, 12, 26)) is None
    assert law.deadline(RESIDENTS, RESIDENTS.step("residents.lead"), date(2010, 12, 26)) is None
    with pytest.raises(KeyError):
        law.deadline(RESIDENTS, "party.roll", date(2010, 12, 26))


def test_what_a_deadline_says():
    official, handover = (RESIDENTS.step(name).deadline for name in ("residents.official", "handover"))
    assert (official.days_before, official.days_after, official.of, official.on_miss) == (5, None, (), "refuse")
    assert (handover.days_before, handover.days_after, handover.on_miss) == (None, 3, "flag")
    assert handover.of == ("residents.ballot", "residents.hands")
    assert (official.article, official.status) == ("方案五（二）6", "seen")
    assert PARTY.step("party.prospective").deadline.on_miss == "reason"


@pytest.mark.parametrize(("ruleset", "step", "day"), [
    ("villagers-2018", "residents.roll", date(2024, 12, 6)), ("villagers-2018", "handover", date(2025, 1, 5)),
    ("residents-2026", "residents.official", date(2024, 12, 21)),
])  # fmt: skip
def test_other_rulesets(ruleset, step, day):
    assert law.deadline(law.load(ruleset), step, date(2024, 12, 26)) == day


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_outside_this_time(day):
    with pytest.raises(WrongInput, match="election day"):
        law.calendar(RESIDENTS, day)


@pytest.mark.parametrize("text", ["20101226", "2010-W52-7", "2010-12-32", "", "12-26"])
def test_a_day_is_written_one_way(text):
    with pytest.raises(ValueError, match=r".*"):
        law.day(text)


def test_a_calendar_file():
    day = date(2010, 12, 26)
    days = law.calendar(RESIDENTS, day)
    raw = law.icalendar(RESIDENTS, day, days)
    assert raw == law.icalendar(RESIDENTS, day, days)
    assert raw.endswith(b"END:VCALENDAR\r\n")
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    text = raw.replace(b"\r\n ", b"").decode()
    assert text.count("BEGIN:VEVENT") == len(days)
    assert "DTSTART;VALUE=DATE:20101221\r\nDTEND;VALUE=DATE:20101222\r\nSUMMARY:公布正式候选人名单(截止)" in text
    identities = [line for line in text.split("\r\n") if line.startswith("UID:")]
    assert len(set(identities)) == len(identities)
    assert "SUMMARY:召开全体成员会议\\,明确分工" not in text
    assert r"Notice of posts and conditions for office — 方案五（一）3" in text


def test_a_deadline_of_no_days_is_the_day_itself():
    values = dict(RESIDENTS.values)
    values["handover.days"] = dataclasses.replace(values["handover.days"], value=0)
    steps = tuple(
        dataclasses.replace(step, deadline=dataclasses.replace(step.deadline, days_after=0))
        if step.name == "handover" and step.deadline
        else step
        for step in RESIDENTS.steps
    )
    rules = dataclasses.replace(RESIDENTS, values=values, steps=steps)
    assert law.deadline(rules, "handover", date(2010, 12, 26)) == date(2010, 12, 26)


@pytest.mark.parametrize("rules", [PARTY, RESIDENTS], ids=lambda rules: rules.id)
def test_a_deadline_has_the_article_source_and_status_of_its_days(rules):
    for step in rules.steps:
        if step.deadline:
            rule = rules.rule(step.deadline.key)
            assert (step.deadline.article, step.deadline.source, step.deadline.status) == (
                rule.article,
                rule.source,
                rule.status,
            )
