"""One box of ballots into its sheets: what a person would write who counted it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from election.count.ballots import add_ballots
from election.count.shape import contests_of
from election.law import Ruleset

Ballot = Mapping[str, Any]


def count_box(ballots: Iterable[Ballot], contests: Sequence[Mapping[str, Any]], rs: Ruleset) -> dict[str, Any]:
    """The tally of each contest over ``ballots``, each as in a count file (contracts §2); no ballot gives noughts.

    ``{contest: {"valid", "invalid", "votes": {candidate: {"for", "against", "abstain"}}, "write_ins": [{"name",
    "for"}]}}`` in ballots. Raises WrongInput naming the ballot and the key.
    """
    known = contests_of(contests)
    votes = add_ballots(list(ballots), known, rs)
    return {
        contest.id: {
            "valid": found.valid,
            "invalid": found.invalid,
            "votes": {
                candidate.id: {
                    "for": found.for_[candidate.id],
                    "against": found.against[candidate.id],
                    "abstain": found.valid - found.for_[candidate.id] - found.against[candidate.id],
                }
                for candidate in contest.candidates
            },
            "write_ins": [{"name": name, "for": n} for name, n in sorted(found.write_ins.items()) if n],
        }
        for contest in known
        for found in (votes[contest.id],)
    }
