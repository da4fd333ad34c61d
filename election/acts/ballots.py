"""The ballot of a round: contests and candidates as the facts have them, laid out and printed by ``ballots``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import ballots
from ballots.design import design as lay_out
from election.acts import offices
from election.acts.order import candidates_in_order, telling_apart
from election.names.writing import clean_name
from election.process.facts import Round
from election.process.preparation import ReleaseBallots
from election.process.tally import takes_names
from election.process.world import World


def released_round(world: World) -> Round:
    """The round a ballot is designed for: the one that stands, or the first among the official candidates."""
    return world.election.round or world.election.first_round()


def chosen(world: World, act: ReleaseBallots | None) -> Round:
    """The round as ``act`` would print it: with its marking, sheets and type."""
    this = released_round(world)
    if act is None:
        return this
    return replace(this, marking=act.marking, sheet=act.sheet, large_type=act.large_type)


def contests(world: World, this: Round) -> tuple[ballots.Contest, ...]:
    """Every candidate of the round in stroke order; one who is struck stays, so that a printed design stays the same.

    A re-vote is among the tied alone and has no row for another name (contracts §2).
    """
    rules = world.election.law
    write_ins = int(takes_names(this, rules))
    found = []
    for contest in this.contests:
        ordered = candidates_in_order(this.candidates.get(contest.id, []), rules)
        notes = telling_apart(ordered)
        found.append(
            ballots.Contest(
                contest.id,
                contest.office,
                contest.seats,
                tuple(ballots.Candidate(c.person, clean_name(c.name), notes[c.person]) for c in ordered),
                write_ins,
            )
        )
    return tuple(found)


def title(world: World, this: Round) -> str:
    """福临里社区第三届居民委员会选举选票（第二轮）."""
    suffix = "（重新投票）" if this.revote else f"（第{this.number}轮）" if this.number > 1 else ""
    return f"{offices.elected_body(world, offices.term(world))}选举选票{suffix}"


def _how(world: World, this: Round) -> dict[str, Any]:
    """How it is printed, and what stands round the contests, as the ruleset and the day have it."""
    rules = world.election.law
    return {
        "form": this.marking,
        "paper": this.sheet,
        "large": this.large_type,
        "issuer": offices.presiding(world),
        "date": ballots.date_from({"election_day": world.day.isoformat()}) if world.day is not None else "",
        "over_mark_voids": cast(Any, rules.get("over_mark.voids")),
        "against_first": bool(rules.get("write_in.needs_against")),
    }


def design(world: World, this: Round, copies: int = 1, *, proof: bool = False) -> tuple[bytes, dict[str, Any]]:
    """The PDF of ``copies`` ballots of a round and their layout; the same facts give the same bytes.

    ``proof`` prints a watermarked copy that no reader takes. Raises WrongInput for what no ballot can show, such as
    two candidates of one name whom nothing tells apart.
    """
    return ballots.make(contests(world, this), title(world, this), copies=copies, proof=proof, **_how(world, this))


def layout(world: World) -> dict[str, Any]:
    """The layout of the ballots of the round that stands, as the reader wants it. Raises WrongInput."""
    return _laid_out(world, released_round(world)).to_json()


def design_digest(world: World, act: ReleaseBallots | None = None) -> str:
    """The design that ``act`` releases, or of the round that stands: 64 hexadecimal digits. Raises WrongInput."""
    return _laid_out(world, chosen(world, act)).design


def pages(world: World, act: ReleaseBallots) -> int:
    """How many pages each ballot has that ``act`` would release. Raises WrongInput."""
    return _laid_out(world, chosen(world, act)).pages


def _laid_out(world: World, this: Round) -> ballots.Layout:
    return lay_out(contests(world, this), title(world, this), **_how(world, this))
