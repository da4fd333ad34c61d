"""The law as data: rulesets with the source of each number, and the arithmetic that rests on them alone.

Nothing here knows an election; every function is given numbers and answers with numbers, codes and articles.
"""

from __future__ import annotations

from election.law.apportionment import (
    Apportionment,
    apportion,
    check_representatives,
    delegate_limits,
    delegates_allowed,
    group_holds,
    group_limits,
    household_limits,
    residents_floor,
    total_limits,
    unit_limits,
)
from election.law.dates import day
from election.law.days import Milestone, calendar, days_before, deadline
from election.law.finding import Finding
from election.law.icalendar import icalendar
from election.law.majority import Threshold, share, threshold
from election.law.reading import from_json, ids, load, load_bytes, load_file, step_titles
from election.law.ruleset import Deadline, Limits, Period, Ruleset, StepRule, Value
from election.law.seats import check_seats, margin, margin_key

__all__ = [
    "Apportionment",
    "Deadline",
    "Finding",
    "Limits",
    "Milestone",
    "Period",
    "Ruleset",
    "StepRule",
    "Threshold",
    "Value",
    "apportion",
    "calendar",
    "check_representatives",
    "check_seats",
    "day",
    "days_before",
    "deadline",
    "delegate_limits",
    "delegates_allowed",
    "from_json",
    "group_holds",
    "group_limits",
    "household_limits",
    "icalendar",
    "ids",
    "load",
    "load_bytes",
    "load_file",
    "margin",
    "margin_key",
    "residents_floor",
    "share",
    "step_titles",
    "threshold",
    "total_limits",
    "unit_limits",
]
