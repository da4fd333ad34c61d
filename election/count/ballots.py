"""Ballots into votes: what each mark is worth, and which contests of a ballot are void.

The order of judging one contest on one ballot: who is marked ``for`` (write-ins too, one person once) against the
seats; then whether the contest can be read; then whether a write-in counts. An over-mark voids the contest or the whole
ballot as the ruleset says, even where the write-in that makes it would not count or the contest cannot be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from election.count.shape import Contest, Frame, flag, known_keys, mapping, person, sequence, whole
from election.faults import WrongInput
from election.law import Ruleset

MARKS = ("for", "against", "abstain")
UNREADABLE = "unreadable"
_BALLOT_KEYS = frozenset({"times", "marks", "write_ins", "spoiled", "box"})
_WRITE_IN_KEYS = frozenset({"name", "mark"})


@dataclass(slots=True)
class Votes:
    """One contest added up. ``for_`` and ``against`` by candidate, ``write_ins`` by name, in ballots."""

    valid: int = 0
    invalid: int = 0
    for_: Counter[str] = field(default_factory=Counter)
    against: Counter[str] = field(default_factory=Counter)
    write_ins: Counter[str] = field(default_factory=Counter)
    #: votes from higher posts that a hand tally gives itself; empty where they are computed
    carried: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One contest on one ballot."""

    over_marked: bool
    readable: bool
    marks: Mapping[str, str]
    write_ins: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    void_whole: bool
    blank_invalid: bool
    write_ins: bool
    needs_against: bool


def count_ballots(given: object, frame: Frame, rs: Ruleset) -> dict[str, Votes]:
    """Votes by contest. Raises WrongInput naming the ballot and the key."""
    votes = add_ballots(given, frame.contests, rs)
    total = next(votes[contest.id].valid + votes[contest.id].invalid for contest in frame.contests)
    if total != frame.returned:
        raise WrongInput(
            "{total} ballots are not the {returned} returned",
            place="ballots",
            mend="check times and returned",
            total=total,
            returned=frame.returned,
        )
    return votes


def add_ballots(given: object, contests: Sequence[Contest], rs: Ruleset) -> dict[str, Votes]:
    """Votes by contest of any number of ballots. Raises WrongInput naming the ballot and the key."""
    rules = _Rules(
        void_whole=rs.text("over_mark.voids") == "ballot",
        blank_invalid=rs.text("blank_ballot") == "invalid",
        write_ins=bool(rs.value("write_in.allowed")),
        needs_against=bool(rs.value("write_in.needs_against")),
    )
    votes = {contest.id: Votes() for contest in contests}
    for index, ballot in enumerate(sequence(given, "ballots")):
        _count_ballot(ballot, f"ballots[{index}]", contests, rules, votes)
    return votes


def _count_ballot(
    given: object, place: str, contests: Sequence[Contest], rules: _Rules, votes: Mapping[str, Votes]
) -> None:
    ballot = mapping(given, place)
    known_keys(ballot, _BALLOT_KEYS, place)
    times = whole(ballot.get("times", 1), f"{place}.times", least=1)
    if not isinstance(box := ballot.get("box", ""), str | int) or isinstance(box, bool):
        raise WrongInput("is not a box's name", place="{at}.box", mend="write it as text", at=place)
    spoiled = flag(ballot.get("spoiled", False), f"{place}.spoiled")
    readings = _read(ballot, place, contests)
    void = spoiled or (rules.blank_invalid and _blank(ballot))
    if rules.void_whole and any(reading.over_marked for reading in readings.values()):
        void = True
    for contest in contests:
        reading = readings.get(contest.id)
        if void or (reading is not None and (reading.over_marked or not reading.readable)):
            votes[contest.id].invalid += times
            continue
        votes[contest.id].valid += times
        if reading is not None:
            _add(reading, times, rules, votes[contest.id])


def _blank(ballot: Mapping[str, Any]) -> bool:
    """Nothing on it at all: no mark in any contest, not even ``abstain``, and no name."""
    return not any(ballot.get("marks", {}).values()) and not any(ballot.get("write_ins", {}).values())


def _read(ballot: Mapping[str, Any], place: str, contests: Sequence[Contest]) -> dict[str, _Reading]:
    marks = mapping(ballot.get("marks", {}), f"{place}.marks")
    write_ins = mapping(ballot.get("write_ins", {}), f"{place}.write_ins")
    by_id = {contest.id: contest for contest in contests}
    for given, name in ((marks, "marks"), (write_ins, "write_ins")):
        for contest_id in given:
            if contest_id not in by_id:
                raise WrongInput(
                    "is not a contest of this file",
                    place="{at}.{name}.{contest}",
                    mend="name a contest's id",
                    at=place,
                    name=name,
                    contest=contest_id,
                )
    return {
        contest_id: _read_contest(
            by_id[contest_id],
            marks.get(contest_id, {}),
            f"{place}.marks.{contest_id}",
            write_ins.get(contest_id, []),
            f"{place}.write_ins.{contest_id}",
        )
        for contest_id in by_id
        if contest_id in marks or contest_id in write_ins
    }


def _read_contest(contest: Contest, given: object, place: str, rows: object, rows_place: str) -> _Reading:
    names = _written_for(rows, rows_place)
    readable = given != UNREADABLE
    marks = dict(_marks(contest, given, place)) if readable else {}
    supported: set[str] = {candidate for candidate, mark in marks.items() if mark == "for"}
    others = set()
    for name in names:
        listed = contest.named(name)
        if len(listed) == 1:
            # the name of a listed candidate is a mark for them; beside another mark nobody knows which was meant
            readable = readable and listed[0] not in marks
            supported.add(listed[0])
        elif listed:
            # two listed people share the name: which of them is meant cannot be read
            readable = False
            supported.add(listed[0])
        else:
            others.add(name)
    over_marked = len(supported) + len(others) > contest.seats
    return _Reading(over_marked, readable, marks | dict.fromkeys(supported, "for"), frozenset(others))


def _marks(contest: Contest, given: object, place: str) -> Mapping[str, str]:
    ids = {candidate.id for candidate in contest.candidates}
    marks = mapping(given, place)
    for candidate, mark in marks.items():
        if candidate not in ids:
            raise WrongInput(
                "is not a candidate of this contest",
                place="{at}.{candidate}",
                mend="name a candidate's id",
                at=place,
                candidate=candidate,
            )
        if mark not in MARKS:
            raise WrongInput(
                "{mark!r} is not a mark",
                place="{at}.{candidate}",
                mend="one of {choices}",
                mark=str(mark)[:40],
                at=place,
                candidate=candidate,
                choices=", ".join(MARKS),
            )
    return marks


def _written_for(given: object, place: str) -> set[str]:
    """The names written in and marked ``for``; a name without that mark stands for nothing."""
    names = set()
    for index, row in enumerate(sequence(given, place)):
        here = f"{place}[{index}]"
        row = mapping(row, here)
        known_keys(row, _WRITE_IN_KEYS, here)
        name, mark = person(row.get("name"), f"{here}.name"), row.get("mark")
        if mark is not None and mark not in MARKS:
            raise WrongInput(
                "{mark!r} is not a mark",
                place="{here}.mark",
                mend="one of {choices}",
                mark=str(mark)[:40],
                here=here,
                choices=", ".join(MARKS),
            )
        if mark == "for":
            names.add(name)
    return names


def _add(reading: _Reading, times: int, rules: _Rules, votes: Votes) -> None:
    opposed = False
    for candidate, mark in reading.marks.items():
        if mark == "for":
            votes.for_[candidate] += times
        elif mark == "against":
            votes.against[candidate] += times
            opposed = True
    if rules.write_ins and (opposed or not rules.needs_against):
        for name in reading.write_ins:
            votes.write_ins[name] += times
