"""``election roll``: check a file, write the empty template. ``import`` joins the group where the database is at hand."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from election.commands.spoken import spoken
from election.faults import WrongInput, contents

if TYPE_CHECKING:
    from election.law import Ruleset
    from election.roll import Checked, Fault


@click.group()
def roll() -> None:
    """The roll of voters or party members 名册."""


def parse_day(text: str, option: str) -> date:
    """A day given as YYYY-MM-DD. Raises WrongInput."""
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise WrongInput(
            "“{text}” is not a date", place="{option}", mend="write it as 2010-12-26", text=text, option=option
        ) from None


def named_ruleset(ruleset_id: str | None, ruleset_file: Path | None) -> Ruleset:
    """The ruleset of an office's own file (``ruleset_id`` may then be its id or the one it extends) or a built-in one."""
    from election import law

    if ruleset_file is None:
        if ruleset_id is None:
            raise WrongInput(
                "no ruleset is named", place="--ruleset", mend="give the id of a ruleset, or --ruleset-file"
            )
        return law.load(ruleset_id)
    ruleset = law.load_file(ruleset_file)
    if ruleset_id not in (None, ruleset.id, ruleset.extends):
        raise WrongInput(
            "is not the id of {file}",
            place="--ruleset {named}",
            mend="it is {ruleset}",
            file=ruleset_file.name,
            named=ruleset_id,
            ruleset=ruleset.id,
        )
    return ruleset


@roll.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--election-day", required=True, help="the election day, YYYY-MM-DD")
@click.option("--ruleset", "ruleset_id", help="id of a ruleset")
@click.option("--ruleset-file", type=click.Path(path_type=Path), help="an office's own ruleset")
@click.option("--members", is_flag=True, help="the roll is of party members")
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def check(
    file: Path, election_day: str, ruleset_id: str | None, ruleset_file: Path | None, members: bool, as_json: bool
) -> int:
    """Check FILE (xlsx or csv) without writing anything. Exit 1 where rows are rejected."""
    from election.roll import LOCAL, check, check_members, read

    day = parse_day(election_day, "--election-day")
    ruleset = named_ruleset(ruleset_id, ruleset_file)
    checked = (check_members if members else check)(read(file, limits=LOCAL), day, ruleset)
    click.echo(json.dumps(answer(checked), ensure_ascii=False) if as_json else report(checked))
    return 1 if checked.rejected else 0


@roll.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="the .xlsx file to write")
@click.option("--members", is_flag=True, help="the roll is of party members")
def template(out: Path, members: bool) -> int:
    """Write the empty roll as xlsx with drop-downs."""
    from election.roll import template
    from election.words import sentence, sentences

    prefix = "roll.help."
    fields = [code.removeprefix(prefix) for code in sentences() if code.startswith(prefix)]
    template(out, members=members, help_texts={field: sentence(prefix + field) for field in fields})
    click.echo(sentence("roll.written", {"path": out}, spoken()), err=True)
    return 0


@roll.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--election", required=True, help="id of the election, from its page or from demo")
@click.option("--json", "as_json", is_flag=True)
def import_roll(file: Path, election: str, as_json: bool) -> int:
    """Import FILE into an election's roll: all of its good rows in one transaction, or none."""
    from datetime import UTC, datetime

    from election.acts import rolls
    from election.acts.perform import Refused
    from election.process.machine import SERVER, SHANGHAI
    from election.roll import UPLOAD
    from election.store.database import open_existing
    from election.store.settings import demonstration_offset
    from election.store.worlds import Gone
    from election.words.acts import demand_sentence

    data = contents(file, UPLOAD.file_bytes)
    store = open_existing()
    now = datetime.now(UTC) + demonstration_offset(store)
    try:
        _, found = rolls.import_file(store, SERVER, election, data, file.name, now.astimezone(SHANGHAI).date(), now)
    except Gone:
        raise WrongInput(
            "there is no such election",
            place="{election}",
            mend="take an id from the page of the election",
            election=election,
        ) from None
    except Refused as refused:
        raise WrongInput(
            "{refused}",
            place="{file}",
            refused=" ".join(demand_sentence(d.code, d.params, spoken()) for d in refused.demands),
            file=file.name,
        ) from None
    finally:
        store.close()
    click.echo(json.dumps(answer(found.checked), ensure_ascii=False) if as_json else report(found.checked))
    return 0 if not found.checked.rejected else 1


def answer(checked: Checked) -> dict[str, object]:
    """The document of contract §3."""
    return {
        "rows": len(checked.rows),
        "registered": checked.registered,
        "rejected": [_fault(fault) for fault in checked.rejected],
        "warnings": [_fault(fault) for fault in checked.warnings],
    }


def report(checked: Checked) -> str:
    """The same for people, in Chinese."""
    from election.words import sentence

    count = {
        "rows": len(checked.rows),
        "registered": checked.registered,
        "held": len(checked.held),
        "rejected": len({fault.row for fault in checked.rejected}),
    }
    lines = [sentence("roll.summary", count)]
    lines += [
        sentence("roll.line", {"row": fault.row, "text": sentence(fault.sentence, fault.params)})
        for fault in (*checked.rejected, *checked.warnings)
    ]
    return "\n".join(lines)


def _fault(fault: Fault) -> dict[str, object]:
    from election.words import sentence

    return {
        "row": fault.row,
        "code": fault.code,
        "text": sentence(fault.sentence, fault.params),
        "text_en": sentence(fault.sentence, fault.params, "en"),
    }
