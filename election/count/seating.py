"""Who takes the seats: by rank, with seats held for a kind of person where rank leaves that kind short.

A tie matters only where it decides who is in: someone is elected if they are in however equals are put in order, tied
if they are in for some orders and out for others. Of two equals the one who meets more of the requirements is taken
for them, so that nobody with more votes gives way without need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, permutations

#: orders of the kinds among equals that are tried; four kinds at one level make 24, and no election has met five
_MOST_ORDERS = 120


@dataclass(frozen=True, slots=True)
class Person:
    """Someone over the threshold: where they stand in the contest, their votes, the kinds they are of."""

    place: int
    votes: int
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reservation:
    kind: str
    at_least: int


@dataclass(frozen=True, slots=True)
class Seating:
    """``elected`` and ``tied`` are places; ``tied_seats`` of the tied will get in; ``held`` seats by kind stay empty.

    ``preferred`` are those elected because of their kind, whom rank alone would have left out or level with others;
    ``displaced`` those whom rank alone would have brought so far, and who are neither elected nor tied.
    """

    elected: frozenset[int]
    tied: frozenset[int]
    tied_seats: int
    held: dict[str, int]
    preferred: frozenset[int]
    displaced: frozenset[int]


def seat(passed: Sequence[Person], seats: int, reservations: Sequence[Reservation] = ()) -> Seating:
    """Fill ``seats`` from those who ``passed``. Reservations are met in their order, then rank fills."""
    kinds = frozenset(reservation.kind for reservation in reservations)
    equals: dict[tuple[int, frozenset[str]], set[int]] = {}
    for person in passed:
        equals.setdefault((person.votes, person.kinds & kinds), set()).add(person.place)
    votes_of = {person.place: person.votes for person in passed}
    every = [_draw(order, seats, reservations) for order in _orders(passed, kinds)]
    totals = [sum(map(votes_of.__getitem__, chosen)) for chosen, _ in every]
    draws = [draw for draw, total in zip(every, totals, strict=True) if total == max(totals)]
    certain: set[int] = set()
    undecided: dict[int, set[int]] = {}
    for (votes, _), places in equals.items():
        counts = {len(places & chosen) for chosen, _ in draws}
        if counts == {len(places)}:
            certain |= places
        elif counts != {0}:
            undecided.setdefault(votes, set()).update(places)
    # where a tie hangs on a tie above it, the upper one is voted on first
    tied = undecided[max(undecided)] if undecided else set()
    by_rank, level = _by_rank(passed, seats)
    return Seating(
        elected=frozenset(certain),
        tied=frozenset(tied),
        tied_seats=min(len(chosen & tied) for chosen, _ in draws),
        held=draws[0][1],
        preferred=frozenset(certain - by_rank),
        displaced=frozenset((by_rank | level) - certain - tied),
    )


def _by_rank(passed: Sequence[Person], seats: int) -> tuple[set[int], set[int]]:
    """Whom votes alone would elect, and who would be level for the last of the seats."""
    if len(passed) <= seats:
        return {person.place for person in passed}, set()
    cut, below = (sorted(passed, key=lambda person: -person.votes)[at].votes for at in (seats - 1, seats))
    level = {person.place for person in passed if person.votes == cut == below}
    return {person.place for person in passed if person.votes >= cut} - level, level


def _draw(
    order: Sequence[Person], seats: int, reservations: Sequence[Reservation]
) -> tuple[frozenset[int], dict[str, int]]:
    """The seats filled as if ``order`` had no equals: places elected, and seats held by kind."""
    chosen: set[int] = set()
    held: dict[str, int] = {}
    for reservation in reservations:
        of_kind = [person.place for person in order if reservation.kind in person.kinds]
        room = seats - len(chosen) - sum(held.values())
        short = max(0, min(reservation.at_least - len(chosen.intersection(of_kind)), room))
        found = [place for place in of_kind if place not in chosen][:short]
        chosen.update(found)
        if len(found) < short:
            held[reservation.kind] = held.get(reservation.kind, 0) + short - len(found)
    room = seats - len(chosen) - sum(held.values())
    chosen.update([person.place for person in order if person.place not in chosen][:room])
    return frozenset(chosen), held


def _orders(passed: Sequence[Person], kinds: frozenset[str]) -> Iterator[list[Person]]:
    """Orders by votes that differ in which kind stands first among equals; equals of one kind are as good as each other."""
    classes = sorted({tuple(sorted(person.kinds & kinds)) for person in passed}) or [()]
    for arrangement in islice(permutations(classes), _MOST_ORDERS):
        rank = {kind: number for number, kind in enumerate(arrangement)}
        by_kind = sorted(passed, key=lambda person: rank[tuple(sorted(person.kinds & kinds))])
        yield sorted(by_kind, key=lambda person: -person.votes)
