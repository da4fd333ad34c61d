"""Announced results: every number, and in words why each is or is not elected. Nothing before it is announced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template

from election.acts.order import ranked
from election.acts.papers.results import turnout
from election.law import Ruleset
from election.names.writing import clean_name, mask_name
from election.process.facts import Contest as Post
from election.process.facts import Round
from election.process.result import circled, newly_written
from election.web.access.policy import policy
from election.web.context import place
from election.web.voter import blueprint, communities
from election.web.voter.notices import line_of
from election.web.words import _, checked, sentence

#: width of a bar in its own units
WIDTH = 1000


@dataclass(frozen=True)
class Line:
    """One person's votes. Widths are parts of ``WIDTH``."""

    name: str
    votes_for: int
    #: None where the ballot does not ask it
    against: int | None
    abstain: int | None
    #: votes from higher posts that count here too (下加计票); None where the ruleset has no such thing
    carried: int | None
    outcome: str
    why: str
    article: str
    write_in: bool
    widths: tuple[int, int, int]


@dataclass(frozen=True)
class Contest:
    office: str
    seats: int
    valid: int
    invalid: int
    base: int
    needed: int
    lines: list[Line]
    #: where the threshold stands, in parts of ``WIDTH``; None in a re-vote, which most votes win
    threshold: int | None
    vacant: int
    follows: str
    #: box -> the ``for`` of each line, where no box is so small that a voter could be read off it
    boxes: dict[str, list[int | str]]


@dataclass(frozen=True)
class Announced:
    number: int
    revote: bool
    hands: bool
    on: date | None
    valid: bool
    numbers: dict[str, int]
    checks: list[tuple[bool, str, str]]
    contests: list[Contest]


@blueprint.get("/results/<uuid:election>")
@policy(at="public")
def results(election: object) -> str:
    world = place().world
    facts = world.election
    notice = facts.posted("result_notice")
    return render_template(
        "web/voter/results.html",
        here=communities.here(),
        facts=facts,
        rounds=[announced(r, r.answer, facts.law, facts.at_stations) for r in facts.rounds if r.answer is not None],
        notice=line_of(world, notice) if notice else None,
        day=world.day,
    )


def announced(
    this: Round, answer: dict[str, Any], rules: Ruleset | None = None, at_stations: bool = False
) -> Announced:
    """A round as it was announced, each contest in the order of its papers."""
    offices, least = {c.id: c for c in this.contests}, rules.get("boxes.count_min") if rules is not None else None
    return Announced(
        number=this.number,
        revote=this.revote,
        hands=this.method == "hands",
        on=this.announced_on,
        valid=answer["valid"],
        numbers=turnout(answer),
        checks=[(c["ok"], checked(c, at_stations), c["article"]) for c in answer["checks"]],
        contests=[
            _contest(found, offices[found["id"]], this.revote, by_box(this, found, least), rules)
            for found in answer["contests"]
        ],
    )


def by_box(this: Round, found: dict[str, Any], least: int | None) -> dict[str, dict[str, int]]:
    """Box -> candidate -> ``for``. Empty for a single box, and where one box holds fewer than ``least`` ballots."""
    sheets = {
        box: this.sheets[(found["id"], box)].final or {} for box in this.boxes if (found["id"], box) in this.sheets
    }
    held = [int(sheet.get("returned", 0)) for sheet in sheets.values()]
    if least is None or len(held) < 2 or min(held) < int(least):
        return {}
    return {box: {row["candidate"]: row["votes_for"] for row in sheet["rows"]} for box, sheet in sheets.items()}


def _contest(
    found: dict[str, Any], post: Post, revote: bool, boxes: dict[str, dict[str, int]], rules: Ruleset | None
) -> Contest:
    rows = ranked(found["votes"], rules)
    following = (found["next"] or {}).get("candidates", ())
    scale = max([found["needed"], found["base"], 1, *(_total(line) for line in rows)])
    return Contest(
        office=post.office,
        seats=post.seats,
        valid=found["valid"],
        invalid=found["invalid"],
        base=found["base"],
        needed=found["needed"],
        lines=[_of(line, scale, line["candidate"] in following) for line in rows],
        threshold=None if revote else found["needed"] * WIDTH // scale,
        vacant=found["vacant"],
        follows=follows(found),
        # who was written in is not told by box: a few wrote each
        boxes={box: [of.get(line["candidate"], "—") for line in rows] for box, of in boxes.items()},
    )


def _total(line: Mapping[str, Any]) -> int:
    return int(line["for"] + line.get("carried", 0) + line["against"] + line["abstain"])


def _of(line: Mapping[str, Any], scale: int, stands: bool) -> Line:
    """One line. Whom a few voters wrote in did not stand: the name is masked unless elected or to be voted on again."""
    write_in = newly_written(line["candidate"])
    name = clean_name(line["name"])
    parts = (line["for"] + line.get("carried", 0), line["against"], line["abstain"])
    return Line(
        name=mask_name(name) if write_in and line["outcome"] == "not_elected" and not stands else name,
        votes_for=line["for"],
        **circled(line),
        carried=line.get("carried"),
        outcome=line["outcome"],
        why=sentence(line["why"]["code"], line["why"]["params"]),
        article=line["why"]["article"],
        write_in=write_in,
        widths=(parts[0] * WIDTH // scale, parts[1] * WIDTH // scale, parts[2] * WIDTH // scale),
    )


def follows(found: dict[str, Any]) -> str:
    """What comes after a contest, in the reader's language."""
    then = found["next"]
    if then is None:
        return _("还有 {count} 个名额暂缺", count=found["vacant"]) if found["vacant"] else _("应选名额已选满")
    if then["kind"] == "rerun":
        return sentence("count.next.rerun")
    names = {line["candidate"]: clean_name(line["name"]) for line in found["votes"]}
    people = _("、").join(names[c] for c in then["candidates"])
    if then["kind"] == "second_round" and not people:
        return sentence("count.next.second_round_open", {"seats": then["seats"]})
    return sentence(f"count.next.{then['kind']}", {"candidates": people, "seats": then["seats"]})
