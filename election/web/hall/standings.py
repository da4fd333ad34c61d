"""A count's answer as a page shows it: lines with their bars, checks, numbers of the whole, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from election.acts.order import ranked
from election.names.writing import clean_name
from election.process.facts import Election, Round
from election.process.result import circled, newly_written
from election.web.words import _, checked, sentence

OUTCOMES = {"elected": "当选", "not_elected": "未当选", "tied": "票数相等"}
#: a bar is drawn in these units; its page scales it
WIDTH = 1000
#: strokes of 正: a bar is marked after every so many votes, as long as the marks can be told apart
STROKES, MOST_MARKS = 5, 40


@dataclass(frozen=True)
class Bar:
    """A line's bar in units of ``WIDTH``: votes for and against, the threshold, a mark after every fifth vote for."""

    votes: int
    against: int
    needed: int
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    """One person's line."""

    name: str
    write_in: bool
    votes: int
    #: None where the ballot does not ask it
    against: int | None
    abstain: int | None
    #: votes from higher posts that count too (下加计票); None where the ruleset knows none
    carried: int | None
    outcome: str
    outcome_words: str
    why: str
    article: str
    bar: Bar


@dataclass(frozen=True)
class ContestShown:
    office: str
    seats: int
    valid: int
    invalid: int
    base: int
    needed: int
    lines: tuple[Standing, ...]
    follows: str
    vacant: int


@dataclass(frozen=True)
class CheckShown:
    ok: bool
    words: str
    article: str


@dataclass(frozen=True)
class Standings:
    """One round's answer."""

    valid: bool
    checks: tuple[CheckShown, ...]
    contests: tuple[ContestShown, ...]
    #: 应到, 实到, 发出, 收回
    entitled: int
    present: int
    issued: int
    returned: int


def standings(this: Round, answer: Mapping[str, Any], facts: Election) -> Standings:
    params = {check["rule"]: check["params"] for check in answer["checks"]}
    return Standings(
        valid=answer["valid"],
        checks=tuple(CheckShown(c["ok"], checked(c, facts.at_stations), c["article"]) for c in answer["checks"]),
        contests=tuple(_contest(this, found, facts) for found in answer["contests"]),
        entitled=params["quorum"]["entitled"],
        present=params["quorum"]["present"],
        issued=params["returned"]["issued"],
        returned=params["returned"]["returned"],
    )


def _contest(this: Round, found: Mapping[str, Any], facts: Election) -> ContestShown:
    contest = next(c for c in this.contests if c.id == found["id"])
    scale = max([found["base"], found["needed"], 1, *(_counts(line) for line in found["votes"])])
    return ContestShown(
        office=contest.office,
        seats=contest.seats,
        valid=found["valid"],
        invalid=found["invalid"],
        base=found["base"],
        needed=found["needed"],
        lines=tuple(_line(line, found["needed"], scale) for line in ranked(found["votes"], facts.law)),
        follows=follows(found, facts.closed_vacant.get(contest.id, 0)),
        vacant=found["vacant"],
    )


def _counts(line: Mapping[str, Any]) -> int:
    """Votes that rank and threshold use."""
    return int(line["for"]) + int(line.get("carried", 0))


def _line(line: Mapping[str, Any], needed: int, scale: int) -> Standing:
    why = line["why"]
    return Standing(
        name=clean_name(line["name"]),
        write_in=newly_written(line["candidate"]),
        votes=line["for"],
        **circled(line),
        carried=line.get("carried"),
        outcome=line["outcome"],
        outcome_words=_(OUTCOMES[line["outcome"]]),
        why=sentence(why["code"], why["params"]),
        article=why["article"],
        bar=bar(_counts(line), line["against"], needed, scale),
    )


def bar(votes: int, against: int, needed: int, scale: int) -> Bar:
    """The bar of one line; ``scale`` votes fill it."""
    fives = range(STROKES, votes, STROKES)
    marks = tuple(_units(n, scale) for n in fives) if scale // STROKES <= MOST_MARKS else ()
    room = WIDTH - _units(votes, scale)
    return Bar(_units(votes, scale), min(_units(against, scale), room), _units(needed, scale), marks)


def _units(number: int, scale: int) -> int:
    # the nearest unit of the drawing, not a count
    return min((number * WIDTH + scale // 2) // scale, WIDTH)


def follows(contest: Mapping[str, Any], left_vacant: int = 0) -> str:
    """What comes after this contest, as a sentence."""
    then = contest["next"]
    if then is None:
        if left_vacant:
            return _("缺额 {count} 名，决定空缺，不再另行选举。", count=left_vacant)
        return _("缺额暂不补选。") if contest["vacant"] else _("应选名额已选满。")
    if then["kind"] == "rerun":
        return sentence("count.next.rerun")
    names = {line["candidate"]: clean_name(line["name"]) for line in contest["votes"]}
    people = [names[c] for c in then["candidates"]]
    if then["kind"] == "second_round" and not people:
        return sentence("count.next.second_round_open", {"seats": then["seats"]})
    return sentence(f"count.next.{then['kind']}", {"candidates": people, "seats": then["seats"]})
