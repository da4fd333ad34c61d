"""The reader's language on a page: ``_`` for interface texts, and the words of the rules in that language."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import g, has_request_context, request

from election.faults import WrongInput
from election.law import Ruleset
from election.process.base import Demand
from election.process.machine import SHANGHAI
from election.web import cookies
from election.words import Language, acts, faults, of_check, sentences, translate

log = logging.getLogger(__name__)


def language() -> Language:
    """``zh`` or ``en``: the address says it, else the cookie, else Chinese."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        said = request.args.get("lang") or cookies.get("lang")
        g.language = "en" if said == "en" else "zh"
    chosen: Language = g.language
    return chosen


def _(chinese: str, /, **params: object) -> str:
    """An interface text in the reader's language, with ``{name}`` put in; a date is written out."""
    text = translate(chinese, language())
    if not params:
        return text
    return text.format_map({k: day(v) if isinstance(v, date) else v for k, v in params.items()})


def fault(wrong: WrongInput) -> str:
    """What cannot be used and how it is mended, in the reader's language."""
    return faults.said(wrong, language())


def role_name(role: str) -> str:
    return acts.role_name(role, language())


def body_name(body: str) -> str:
    return acts.body_name(body, language())


def step_title(step: str, rules: Ruleset | None = None) -> str:
    """As ``rules``, or the ruleset of the election that this page is of, calls the step."""
    if rules is None and has_request_context() and "place" in g:
        rules = g.place.world.election.rules
    return acts.step_title(step, language(), ruleset=rules)


def day(value: date | None) -> str:
    """2010年12月26日, or 26 December 2010; nothing for no day."""
    return "" if value is None else acts.day(value, language())


def moment(value: datetime) -> str:
    """Day and time in Shanghai."""
    local = value.astimezone(SHANGHAI)
    return f"{day(local.date())} {local:%H:%M}"


def sentence(of: Demand | str, params: Mapping[str, Any] | None = None) -> str:
    """What a demand, or a code with its numbers, says: as a refusal. A code without words stands as itself, and is logged."""
    code, given = (of.code, of.params) if isinstance(of, Demand) else (of, params or {})
    if code not in sentences():
        log.warning("no sentence for %s", code)
    return acts.demand_sentence(code, given, language())


def checked(check: Mapping[str, Any], at_stations: bool) -> str:
    """What a check of a count's answer says."""
    return sentence(of_check(check["code"], at_stations), check["params"])


def line(demand: Demand) -> str:
    """A demand as a line of a checklist, ticked or open."""
    return acts.demand_line(demand.code, demand.params, language())
