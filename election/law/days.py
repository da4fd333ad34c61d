"""The days of an election, counted from the election day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from election.faults import WrongInput
from election.law.keys import PLANNED
from election.law.reading import step_titles
from election.law.ruleset import Deadline, Ruleset, StepRule


@dataclass(frozen=True, slots=True)
class Milestone:
    """One day of the calendar: the last day for a step (``deadline``), or the day it is planned for."""

    date: date
    step: str
    title: str
    title_en: str
    deadline: bool
    article: str

    def as_json(self) -> dict[str, str | bool]:
        return {
            "date": self.date.isoformat(),
            "step": self.step,
            "title": self.title,
            "title_en": self.title_en,
            "deadline": self.deadline,
            "article": self.article,
        }


def deadline(rs: Ruleset, step: str | StepRule, election_day: date, since: date | None = None) -> date | None:
    """The last day for ``step``, or None where it has none.

    ``since`` is the day from which a "within n days" runs; without it the election day, on which the ballot is held.
    "n days before" has two readings: by ``calendar.reading`` ``inclusive`` the n-th day before still counts, by
    ``strict`` n whole days must lie between. Raises KeyError for a step that the ruleset does not run.
    """
    rule = (step if isinstance(step, StepRule) else rs.step(step)).deadline
    return None if rule is None else _last_day(rs, rule, election_day, since)


def days_before(rs: Ruleset, days: int, election_day: date) -> date:
    """The last day for what must be done ``days`` before the election day, by the ruleset's ``calendar.reading``."""
    return _shift(election_day, -days - (rs.get("calendar.reading") == "strict"))


def _last_day(rs: Ruleset, rule: Deadline, election_day: date, since: date | None) -> date:
    if rule.days_before is not None:
        return days_before(rs, rule.days_before, election_day)
    return _shift(since or election_day, rule.days_after or 0)


def _shift(start: date, days: int) -> date:
    """``days`` later; far-off years are slips of the keyboard, and no calendar reaches there."""
    if not 1900 <= start.year <= 2999:
        raise WrongInput(
            "{start} is no election day", place="election day", mend="give a day of this time", start=start
        )
    return start + timedelta(days=days)


def calendar(rs: Ruleset, election_day: date) -> list[Milestone]:
    """Every deadline and every planned day, in order of days; on one day in the order of the steps."""
    order = {step.name: number for number, step in enumerate(rs.steps)}
    found: list[Milestone] = []
    for step in rs.steps:
        if step.deadline is not None:
            last = _last_day(rs, step.deadline, election_day, None)
            article = rs.article(step.deadline.key)
            found.append(Milestone(last, step.name, step.title, step.title_en, True, article))
    titles = {step.name: (step.title, step.title_en) for step in rs.steps}
    for key in rs.values:
        if not key.startswith(PLANNED):
            continue
        name = key.removeprefix(PLANNED)
        title, title_en = titles.get(name) or step_titles()[name]
        day = _shift(election_day, -rs.number(key))
        found.append(Milestone(day, name, title, title_en, False, rs.article(key)))
    # the campaign's and the community's own steps come before the election's on the same day
    return sorted(found, key=lambda milestone: (milestone.date, order.get(milestone.step, -1), milestone.step))
