"""``election rulesets`` and ``election margin``: what the law says, and where it says it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from election.law import Ruleset, Value
    from election.words import Language

_FILE_HELP = "An office's own ruleset, instead of the built-in one."


def chosen(ruleset_id: str | None, ruleset_file: str | None) -> Ruleset:
    """The ruleset that a command names, by id or by file; both must mean the same one. Raises WrongInput."""
    from election import law
    from election.faults import WrongInput

    if ruleset_file is None:
        if ruleset_id is None:
            raise WrongInput(
                "no ruleset is named", place="RULESET", mend="one of {choices}", choices=", ".join(law.ids())
            )
        return law.load(ruleset_id)
    own = law.load_file(ruleset_file)
    if ruleset_id not in (None, own.id, own.extends):
        raise WrongInput(
            "is {own!r}, not {ruleset!r}",
            place="{file}",
            mend="name the same ruleset twice",
            own=own.id,
            ruleset=ruleset_id,
            file=ruleset_file,
        )
    return own


@click.command()
@click.argument("ruleset_id", metavar="[ID]", required=False)
@click.option("--ruleset-file", type=click.Path(), help=_FILE_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--table", is_flag=True, help="Print all built-in rulesets side by side, as Markdown.")
def rulesets(ruleset_id: str | None, ruleset_file: str | None, as_json: bool, table: bool) -> int:
    """List the rulesets, or print the one named ID with the source of each number."""
    from election import law

    if table:
        from election.commands.rulesets_table import side_by_side

        click.echo(side_by_side(), nl=False)
    elif ruleset_id is None and ruleset_file is None:
        summaries = [law.load(known).summary() for known in law.ids()]
        if as_json:
            click.echo(json.dumps(summaries, ensure_ascii=False))
        else:
            for summary in summaries:
                click.echo(f"{summary['id']:<24}{summary['title']}")
    else:
        rules = chosen(ruleset_id, ruleset_file)
        click.echo(json.dumps(rules.as_json(), ensure_ascii=False) if as_json else _page(rules))
    return 0


def _page(rules: Ruleset) -> str:
    from election.words import sentence

    lines = [f"{rules.id}  {rules.title}", ""]
    lines += [
        f"{label(key)}：{shown(value)}（{place(value)}；{sentence(f'ruleset.status.{value.status}')}）"
        for key, value in sorted(rules.values.items())
    ]
    lines += ["", "步骤:"]
    lines += [f"  {step.name:<28}{step.title}" for step in rules.steps]
    return "\n".join(lines)


def label(key: str, language: Language = "zh") -> str:
    """A key in words. The planned day of a step is named after the step."""
    from election.law import step_titles
    from election.law.keys import PLANNED
    from election.words import sentence

    if key.startswith(PLANNED):
        title, title_en = step_titles()[key.removeprefix(PLANNED)]
        return sentence("ruleset.planned", {"step": title if language == "zh" else title_en}, language)
    return sentence(f"ruleset.{key}", language=language)


def shown(value: Value) -> str:
    """A plain value as people read it."""
    return {True: "是", False: "否"}[value.value] if isinstance(value.value, bool) else str(value.value)


def place(value: Value) -> str:
    """Where a value stands: its article, or its source where no article was found."""
    return value.article or value.source


@click.command()
@click.argument("ruleset", required=False)
@click.option("--seats", type=int, required=True, help="Seats to be filled.")
@click.option("--ruleset-file", type=click.Path(), help=_FILE_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def margin(ruleset: str | None, seats: int, ruleset_file: str | None, as_json: bool) -> int:
    """Print how many candidates SEATS need at least under RULESET (差额)."""
    from election import law

    rules = chosen(ruleset, ruleset_file)
    least = law.margin(rules, seats)
    article = rules.article(law.margin_key(rules))
    if as_json:
        answer = {"seats": seats, "candidates_at_least": least, "article": article}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"应选 {seats} 名，候选人至少 {least} 名（{article}）")
    return 0
