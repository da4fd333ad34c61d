"""Who is elected: announced with every number, and what follows in a further round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from election import count
from election.process.base import (
    PRESIDING_CHAIR,
    Act,
    Deed,
    Demand,
    Filled,
    Name,
    Payload,
    PersonId,
    Role,
    Text,
    Words,
    catalogued,
)
from election.process.demands import carried, counting_demands, sheet_signed
from election.process.facts import Candidate, Contest, Election, Round
from election.process.resets import withdraw_notice
from election.process.steps import reopen
from election.process.tally import count_file
from election.process.world import World


class Outcome(Payload):
    """What ``count.decide`` says of one contest; a write-in is named by its place in the list of votes (``w1``)."""

    contest: str
    elected: tuple[PersonId, ...] = ()
    tied: tuple[PersonId, ...] = ()
    vacant: int = Field(ge=0)
    next: Text = ""


def outcomes(answer: dict[str, Any]) -> tuple[Outcome, ...]:
    found = []
    for contest in answer["contests"]:
        short = short_ids(contest)
        found.append(
            Outcome(
                contest=contest["id"],
                elected=tuple(short[c] for c in contest["elected"]),
                tied=tuple(short[c] for c in contest["tied"]),
                vacant=contest["vacant"],
                next=contest["next"]["kind"] if contest["next"] else "",
            )
        )
    return tuple(found)


def short_ids(contest: dict[str, Any]) -> dict[str, str]:
    """Candidate id of the answer -> id in the record: write-ins carry a name there, and a number here."""
    found: dict[str, str] = {}
    for line in contest["votes"]:
        identifier = line["candidate"]
        found[identifier] = (
            f"w{sum(v.startswith('w') for v in found.values()) + 1}" if newly_written(identifier) else identifier
        )
    return found


def carried_ids(number: int, contest: dict[str, Any]) -> dict[str, str]:
    """Candidate id of round ``number``'s answer -> id in the votes after it: who was written in has no name there."""
    return {long: f"r{number}{short}" if long != short else long for long, short in short_ids(contest).items()}


def newly_written(identifier: str) -> bool:
    """Whether voters wrote this person in, in the vote of this answer."""
    return identifier.startswith(count.WRITE_IN)


def circled(line: Mapping[str, Any]) -> dict[str, int | None]:
    """``against`` and ``abstain`` of a line of an answer, as the ballot asks them: None for whom voters wrote in.

    Their row has no such circles; what the count adds up there to the valid ballots is nobody's choice.
    """
    return {choice: None if newly_written(line["candidate"]) else line[choice] for choice in ("against", "abstain")}


def written_in(identifier: str) -> bool:
    """Whether voters wrote this person in, in this vote or an earlier one: who of the roll it is must be said."""
    return newly_written(identifier) or re.fullmatch(r"r\d+w\d+", identifier) is not None


class Identified(Payload):
    """A write-in who got votes is this person of the roll."""

    name: Name
    person: PersonId


def decide(world: World) -> dict[str, Any] | None:
    """The answer of the current round, once everything it needs is in; None before."""
    facts = world.election
    this = facts.round
    if this is None:
        return None
    if this.method == "hands":
        return count.decide(count_file(world, this), facts.law) if this.hands is not None else None
    expected = [(c.id, box) for c in this.contests for box in this.boxes]
    signed = all(
        (s := this.sheets.get(k)) is not None and s.final is not None and sheet_signed(s.signatures) for k in expected
    )
    if this.account is None or not expected or not signed:
        return None
    return count.decide(count_file(world, this), facts.law)


@catalogued
class Announce(Act):
    """The head of the leading group (the presider for the party) announces the result on the spot (S-14, P-26)."""

    code: ClassVar[str] = "result.announce"
    step: ClassVar[str] = "ballot|hands"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR | {Role.PRESIDER}
    signed: ClassVar[bool] = True
    papers: ClassVar[tuple[str, ...]] = ("result_report",)

    identified: tuple[Identified, ...] = ()
    valid: Annotated[bool, Filled()] = False
    outcomes: Annotated[tuple[Outcome, ...], Filled()] = ()

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        this = world.election.round
        yield Demand("result.not-announced", this is None or this.answer is None)
        if this is not None and this.method == "hands":
            yield Demand("hands.signed", "scrutineer" in this.hands_signatures.values(), act="hands.sign")
        if this is not None and this.method == "ballot":
            yield from counting_demands(world.election, this)
        answer = decide(world)
        yield Demand("result.tallies-signed", answer is not None, act="tally.sign")
        if answer is not None:
            yield Demand("result.recounted", self.valid == answer["valid"] and self.outcomes == outcomes(answer))

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        this = facts.rounds[-1]
        answer = decide(world)
        assert answer is not None  # the guard has recounted it
        this.answer, this.announced_on = answer, deed.occurred_on
        people = {i.name: i.person for i in self.identified}
        for contest in answer["contests"]:
            for person in contest["elected"]:
                name = next(v["name"] for v in contest["votes"] if v["candidate"] == person)
                identifier = people.get(name, person)
                facts.elected[identifier] = contest["id"]
                facts.names[identifier] = name
        # the notice of an earlier round does not announce this one
        withdraw_notice(facts, "result_notice")
        if not answer["valid"]:
            # void: preparations and meeting again; a fresh round among the same candidates
            facts.returns.append(("ballot", "void", deed.seq))
            reopen(world, "prepare")
            return
        open_next_round(world, this, answer)


def open_next_round(world: World, this: Round, answer: dict[str, Any]) -> None:
    """Re-vote among the tied, or second round for the seats left: what ``count.decide`` says follows.

    Re-votes come first (contracts §2). Once they are held, all seats that the vote before them left open go to one round,
    also those of other contests, and those held for a kind beside a tie.
    """
    facts = world.election
    contests, candidates = [], {}
    revote = any(c["next"] and c["next"]["kind"] == "revote" for c in answer["contests"])
    if this.revote and not revote:
        this, winners = _voted_on(facts, this.number)
        answer = count.decide(count_file(world, this), facts.law, settled=winners)
    for contest in answer["contests"]:
        following = contest["next"]
        if not following or (revote and following["kind"] != "revote"):
            continue
        original = next(c for c in this.contests if c.id == contest["id"])
        require = [] if following["kind"] == "revote" else _still_required(this, original, contest)
        contests.append(replace(original, seats=following["seats"], require=require))
        candidates[original.id] = [_candidate(this, original.id, c, contest, world) for c in following["candidates"]]
    if contests:
        number = this.number if revote else this.number + 1
        facts.rounds.append(Round(number, contests, candidates, revote=revote, method=this.method))


def _voted_on(facts: Election, number: int) -> tuple[Round, dict[str, list[str]]]:
    """The last vote of this number that was no re-vote, and whom the re-votes after it elected, by contest."""
    place = max(at for at, r in enumerate(facts.rounds) if r.number == number and not r.revote and r.answer)
    winners: dict[str, list[str]] = {}
    first = facts.rounds[place]
    answer = first.answer or {"contests": []}
    known = {c["id"]: {short: long for long, short in carried_ids(number, c).items()} for c in answer["contests"]}
    for again in facts.rounds[place + 1 :]:
        for contest in again.answer["contests"] if again.answer else ():
            winners.setdefault(contest["id"], []).extend(known[contest["id"]].get(c, c) for c in contest["elected"])
    return first, winners


def _still_required(this: Round, contest: Contest, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """What the composition still asks of the seats left: whoever is elected already is not asked for again."""
    elected = [c for c in this.candidates[contest.id] if c.person in answer["elected"]]
    left = [
        {**rule, "at_least": rule["at_least"] - sum(rule["kind"] in c.reserved for c in elected)}
        for rule in contest.require
    ]
    return [rule for rule in left if rule["at_least"] > 0]


def _candidate(this: Round, office: str, identifier: str, contest: dict[str, Any], world: World) -> Candidate:
    known = next((c for c in this.candidates[office] if c.person == identifier), None)
    if known is not None:
        return known
    name = next(v["name"] for v in contest["votes"] if v["candidate"] == identifier)
    return Candidate(carried_ids(this.number, contest)[identifier], name, office)


@catalogued
class LeaveVacant(Act):
    """Seats still open stay open: with the consent of more than half of those present (P-23), or after the last round."""

    code: ClassVar[str] = "result.leave_vacant"
    step: ClassVar[str] = "ballot|hands"
    who: ClassVar[frozenset[str]] = PRESIDING_CHAIR | {Role.PRESIDER}
    signed: ClassVar[bool] = True

    consent: int = Field(ge=0)
    reason: Words = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        this = facts.round
        waiting = (
            len(facts.rounds) > 1
            and this is not None
            and this.answer is None
            and this.account is None
            and this.hands is None
        )
        yield Demand("result.round-waiting", waiting)
        yield carried(facts, self.consent)

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        dropped = facts.rounds.pop()
        last = facts.rounds[-1]
        for contest in dropped.contests:
            facts.closed_vacant[contest.id] = contest.seats
        if last.answer is not None:
            for contest_answer in last.answer["contests"]:
                contest_answer["next"] = None
