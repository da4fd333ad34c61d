"""The language that the system speaks, in which the command line says what goes to standard error."""

from __future__ import annotations

import os
from copy import copy
from functools import cache

import click

from election.faults import WrongInput
from election.words import Language, entries, faults, translate


def spoken() -> Language:
    """Chinese where the first of LC_ALL, LC_MESSAGES and LANG that says anything begins with ``zh``, else English."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if named.startswith("zh") else "en"


def said(wrong: WrongInput) -> str:
    return faults.said(wrong, spoken())


def note(chinese: str, /, **params: object) -> None:
    """A line on standard error beside the answer; its English is in ``words/interface``."""
    click.echo(translate(chinese, spoken()).format_map(params), err=True)


@cache
def helps() -> dict[str, str]:
    """``{English: Chinese}`` of what ``--help`` says, without line breaks."""
    return dict(entries("help"))


def in_its_language(command: click.Command) -> click.Command:
    """The command, its options and sub-commands with their help in the language that the system speaks."""
    if spoken() == "en":
        return command
    made = copy(command)
    made.help = _helped(command.help)
    made.params = [copy(param) for param in command.params]
    for option in made.params:
        if isinstance(option, click.Option):
            option.help = _helped(option.help)
    if isinstance(made, click.Group):
        made.commands = {name: in_its_language(one) for name, one in made.commands.items()}
    return made


def _helped(english: str | None) -> str | None:
    return english and helps().get(" ".join(english.split()), english)
