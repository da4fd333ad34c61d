"""What each kind of value accepts, and the mend it gives, word for word."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from election import law
from election.faults import WrongInput
from election.law.keys import DEPARTMENTS, key_of

TEXT, NUMBER = "must be a text in quotes", "must be a whole number of at least {}"
SOME = "must be some of {}, with blanks between them"
DAYS = "must be a whole number of days, at most 1000"
DATE = 'must be a date in quotes, "YYYY-MM-DD"'
THRESHOLD = '{!r} is not a threshold; write it like "> 1/2" or ">= 4/5"'
SHARE = '{!r} is not a share; write it like "1/5"'


@pytest.mark.parametrize(("name", "value"), [
    ("handover.days", 0), ("handover.days", 1_000_000), ("seats.min", 1), ("candidate.head.max_age", 18),
    ("calendar.days.handover", -1000), ("calendar.days.handover", 1000), ("calendar.days.handover", 0),
    ("plan.election_day", "2010-12-26"), ("seats.odd", False), ("seats.odd", True), ("struck.electable", False),
    ("base.assembly", "returned"), ("margin.share", "1/5"), ("margin.share", " 0/1 "), ("margin.share", "1/1"),
    ("quorum.assembly", "> 4/5"), ("quorum.assembly", ">=4/5"), ("quorum.assembly", "≥ 1/1"),
    ("threshold.assembly", " > 1 / 2 "), ("electorate", "households"), ("staff.relatives", "allow"),
    ("candidate.head.min_education", "primary"), ("authority.result", "civil_affairs"),
])  # fmt: skip
def test_accepted(name, value):
    key_of(name).check(value)


@pytest.mark.parametrize(("name", "value", "mend"), [
    ("handover.days", -1, NUMBER.format(0)), ("handover.days", 1_000_001, NUMBER.format(0)),
    ("handover.days", True, NUMBER.format(0)), ("handover.days", "3", NUMBER.format(0)),
    ("handover.days", 3.0, NUMBER.format(0)), ("seats.min", 0, NUMBER.format(1)),
    ("candidate.head.max_age", 17, NUMBER.format(18)),
    ("calendar.days.handover", 1001, DAYS), ("calendar.days.handover", -1001, DAYS),
    ("calendar.days.handover", True, DAYS), ("calendar.days.handover", "1", DAYS),
    ("plan.election_day", "2010-02-30", DATE), ("plan.election_day", 20101226, DATE), ("plan.election_day", "", DATE),
    ("seats.odd", 1, "must be true or false"), ("seats.odd", "true", "must be true or false"),
    ("struck.electable", True, "can only be false"), ("struck.electable", 0, "can only be false"),
    ("base.assembly", "all", "must be one of present, entitled, returned"),
    ("base.assembly", None, "must be one of present, entitled, returned"),
    ("staff.relatives", "Refuse", "must be one of refuse, warn, allow"), ("staff.candidate", "warn", "must be one of refuse"),
    ("margin.scope", "whole", "must be one of office"), ("authority.assess", "organisation", "must be one of street"),
    ("authority.candidates", "civil_affairs", "must be one of organisation, leading_group"),
    ("authority.postpone", "leading_group", "must be one of street, organisation"),
    ("authority.result", "street", "must be one of organisation, civil_affairs"),
    ("vetting.departments", "police police", SOME.format(", ".join(DEPARTMENTS))),
    ("vetting.departments", "police fire", SOME.format(", ".join(DEPARTMENTS))),
    ("vetting.departments", " ", TEXT), ("presiding.name", "", TEXT),
    ("quorum.assembly", 1, TEXT), ("quorum.assembly", " ", TEXT), ("margin.share", None, TEXT),
    ("quorum.assembly", "4/5", THRESHOLD.format("4/5")), ("quorum.assembly", "> 0/5", THRESHOLD.format("> 0/5")),
    ("quorum.assembly", "> 4/0", THRESHOLD.format("> 4/0")), ("quorum.assembly", "> 4/5x", THRESHOLD.format("> 4/5x")),
    ("quorum.assembly", "> 1000000/1000000", THRESHOLD.format("> 1000000/1000000")),
    ("quorum.assembly", "> 1/1", "'> 1/1' asks for more than everyone"),
    ("quorum.assembly", ">= 6/5", "'>= 6/5' asks for more than everyone"),
    ("margin.share", "2/1", SHARE.format("2/1")), ("margin.share", "20%", SHARE.format("20%")),
    ("margin.share", "1/0", SHARE.format("1/0")),
])  # fmt: skip
def test_refused(name, value, mend):
    with pytest.raises(WrongInput, match=r".*") as error:
        key_of(name).check(value)
    assert str(error.value) == mend


def test_no_such_key():
    assert key_of("calendar.day.handover") is None
    assert key_of("quorum") is None


@pytest.mark.parametrize("year", [1900, 2999])
def test_the_first_and_the_last_year(year):
    rules = law.load("qilihe-2010.residents")
    assert law.deadline(rules, "residents.official", date(year, 12, 26)) == date(year, 12, 21)
    with pytest.raises(WrongInput) as error:
        law.deadline(rules, "residents.official", date(1899 if year == 1900 else 3000, 12, 26))
    assert str(error.value).endswith("is no election day; give a day of this time")


def test_a_planned_day_has_the_title_that_its_ruleset_gives_the_step():
    rules = law.load("residents-2026")
    titles = {step.name: (step.title, step.title_en) for step in rules.steps}
    for milestone in law.calendar(rules, date(2026, 12, 26)):
        assert (milestone.title, milestone.title_en) == titles.get(milestone.step, law.step_titles()[milestone.step])
    assert titles["residents.meeting"] != law.step_titles()["residents.meeting"]


def test_a_step_outside_the_election_comes_before_it_on_one_day():
    rules = law.load("qilihe-2010.residents")
    values = dict(rules.values)
    for step in ("campaign.lead", "community.notice", "residents.lead"):
        values[f"calendar.days.{step}"] = dataclasses.replace(rules.rule("calendar.days.campaign.lead"), value=0)
    days = law.calendar(dataclasses.replace(rules, values=values), date(2010, 12, 26))
    assert [day.step for day in days if day.date == date(2010, 12, 26)] == [
        "campaign.lead", "community.notice", "residents.lead", "residents.meeting", "residents.ballot", "residents.council",
    ]  # fmt: skip
