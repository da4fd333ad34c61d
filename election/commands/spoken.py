"""The language that the system speaks, in which the command line says what goes to standard error."""

from __future__ import annotations

import os

import click

from election.faults import WrongInput
from election.words import Language, faults, translate


def spoken() -> Language:
    """Chinese where the first of LC_ALL, LC_MESSAGES and LANG that says anything begins with ``zh``, else English."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if named.startswith("zh") else "en"


def said(wrong: WrongInput) -> str:
    return faults.said(wrong, spoken())


def note(chinese: str, /, **params: object) -> None:
    """A line on standard error beside the answer; its English is in ``words/interface``."""
    click.echo(translate(chinese, spoken()).format_map(params), err=True)
