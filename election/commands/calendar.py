"""``election calendar``: the days of an election, counted from the election day."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("ruleset", required=False)
@click.option("--election-day", required=True, metavar="YYYY-MM-DD", help="The day of the vote.")
@click.option("--ruleset-file", type=click.Path(), help="An office's own ruleset, instead of the built-in one.")
@click.option("--ics", type=click.Path(), help="Also write the days as a calendar file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def calendar(ruleset: str | None, election_day: str, ruleset_file: str | None, ics: str | None, as_json: bool) -> int:
    """Print the deadlines and planned days of an election under RULESET."""
    from election import law
    from election.commands.rulesets import chosen
    from election.faults import WrongInput

    rules = chosen(ruleset, ruleset_file)
    try:
        day = law.day(election_day)
    except ValueError:
        raise WrongInput(
            "{day!r} is not a day", place="--election-day", mend="write YYYY-MM-DD", day=election_day
        ) from None
    days = law.calendar(rules, day)
    if ics:
        try:
            Path(ics).write_bytes(law.icalendar(rules, day, days))
        except OSError as error:
            raise WrongInput(
                "cannot be written ({reason})", place="{file}", mend="check the folder", reason=error.strerror, file=ics
            ) from None
    if as_json:
        click.echo(json.dumps([milestone.as_json() for milestone in days], ensure_ascii=False))
    else:
        for milestone in days:
            last = "截止" if milestone.deadline else "    "
            click.echo(f"{milestone.date}  {last}  {milestone.title}（{milestone.article}）")
    return 0
