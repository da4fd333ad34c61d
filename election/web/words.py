"""The language of a page: ``_`` for interface texts, ``sentence`` for what the rules say, names of roles and steps."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, has_request_context, request

from election.law.reading import step_titles
from election.process.base import Demand, Role
from election.words import Language, translate
from election.words import sentence as spoken

log = logging.getLogger(__name__)

#: what a role is called
ROLES: dict[str, str] = {
    Role.ADMINISTRATOR: "系统管理员",
    Role.ORGANISATION: "区委组织部",
    Role.CIVIL: "区民政局",
    Role.STREET: "街道工委办事处",
    Role.COMMITTEE_CHAIR: "换届选举工作委员会主任",
    Role.COMMITTEE_MEMBER: "换届选举工作委员会成员",
    Role.LEADING_CHAIR: "居民委员会选举领导小组组长",
    Role.LEADING_MEMBER: "居民委员会选举领导小组成员",
    Role.REGISTRAR: "登记员",
    Role.PRESIDER: "主持人",
    Role.DESK_CLERK: "发票员",
    Role.CALLER: "唱票人",
    Role.TELLER: "计票人",
    Role.SCRUTINEER: "监票人",
    Role.ADJUDICATOR: "疑难票认定人",
    Role.OUTGOING: "上届成员",
    Role.INCOMING: "新一届成员",
    Role.OBSERVER: "观察员",
    Role.VOTER: "选民",
    Role.SERVER: "系统",
}
BODIES = {"party": "社区党组织", "residents": "居民委员会"}


def language() -> Language:
    """``zh`` or ``en``: the address says it, else the cookie, else Chinese."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        said = request.args.get("lang") or request.cookies.get("lang")
        g.language = "en" if said == "en" else "zh"
    chosen: Language = g.language
    return chosen


def _(chinese: str, /, **params: object) -> str:
    """An interface text in the reader's language, with ``{name}`` put in."""
    text = translate(chinese, language())
    return text.format_map({k: written(v) for k, v in params.items()}) if params else text


def role_name(role: str) -> str:
    return _(ROLES.get(role, role))


def body_name(body: str) -> str:
    return _(BODIES.get(body, body))


def step_title(step: str) -> str:
    titles = step_titles().get(step)
    return step if titles is None else titles[0 if language() == "zh" else 1]


def day(value: date | None) -> str:
    """2010年12月26日, or 26 December 2010."""
    if value is None:
        return ""
    if language() == "en":
        return f"{value.day} {value:%B %Y}"
    return f"{value.year}年{value.month}月{value.day}日"


def written(value: object) -> object:
    """A value as it stands in a sentence: dates, lists and the codes of roles, steps and bodies become words."""
    if isinstance(value, date):
        return day(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return ("、" if language() == "zh" else ", ").join(str(written(v)) for v in value)
    if isinstance(value, str):
        if value in ROLES:
            return role_name(value)
        if value in BODIES:
            return body_name(value)
        return step_title(value)
    return value


def sentence(of: Demand | str, params: Mapping[str, Any] | None = None) -> str:
    """What a demand, or a code with its numbers, says. A code that has no sentence is shown as it is, and logged."""
    code, given = (of.code, of.params) if isinstance(of, Demand) else (of, params or {})
    try:
        return spoken(code, {k: written(v) for k, v in given.items()}, language())
    except KeyError as missing:
        log.warning("no sentence for %s (%s)", code, missing)
        return code
