"""Small elections to count."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from election import count, law
from election.commands.count import put_into_words

Decide = Callable[..., dict[str, Any]]


def _candidates(names: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not isinstance(names, str):
        return names
    return [{"id": f"c{number}", "name": name} for number, name in enumerate(names.split(), 1)]


@pytest.fixture
def contest() -> Callable[..., dict[str, Any]]:
    """``contest("甲 乙", seats=1)``: candidates c1, c2 with those names."""

    def build(names: str | list[dict[str, Any]], seats: int = 1, id: str = "chair") -> dict[str, Any]:  # noqa: A002
        return {"id": id, "office": id, "seats": seats, "candidates": _candidates(names)}

    return build


@pytest.fixture
def tally(contest: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """``tally([30, 20], seats=1, of=60)``: a whole count file with a hand tally of one contest, ``for`` by candidate.

    ``of`` ballots were returned, as many people were present and entitled unless said otherwise.
    """

    def build(
        votes: list[int],
        *,
        seats: int = 1,
        of: int,
        ruleset: str = "qilihe-2010.residents",
        invalid: int = 0,
        write_ins: dict[str, int] | None = None,
        candidates: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        listed = candidates or [{"id": f"c{n}", "name": f"候选人{n}"} for n in range(1, len(votes) + 1)]
        valid = of - invalid
        rows = {
            who["id"]: {"for": number, "against": 0, "abstain": valid - number}
            for who, number in zip(listed, votes, strict=True)
        }
        return {
            "ruleset": ruleset,
            "entitled": of,
            "present": of,
            "issued": of,
            "returned": of,
            "contests": [contest(listed, seats)],
            "tallies": {
                "chair": {
                    "valid": valid,
                    "invalid": invalid,
                    "votes": rows,
                    "write_ins": [{"name": name, "for": number} for name, number in (write_ins or {}).items()],
                }
            },
            **more,
        }

    return build


@pytest.fixture
def cast(contest: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """``cast([ballot, …], "甲 乙", seats=1)``: a whole count file of ballots; everybody entitled came and returned one."""

    def build(
        ballots: list[dict[str, Any]],
        names: str | list[dict[str, Any]] = "甲 乙 丙",
        *,
        seats: int = 1,
        ruleset: str = "qilihe-2010.residents",
        contests: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        people = sum(ballot.get("times", 1) for ballot in ballots)
        return {
            "ruleset": ruleset,
            "entitled": people,
            "present": people,
            "issued": people,
            "returned": people,
            "contests": contests or [contest(names, seats)],
            "ballots": ballots,
            **more,
        }

    return build


@pytest.fixture
def decide() -> Decide:
    """Count under the built-in ruleset that the file names, or a ruleset given; everything said has its sentences."""

    def run(file: dict[str, Any], ruleset: law.Ruleset | None = None) -> dict[str, Any]:
        answer = count.decide(file, ruleset or law.load(file["ruleset"]))
        put_into_words(copy.deepcopy(answer))
        return answer

    return run


@pytest.fixture
def changed() -> Callable[..., law.Ruleset]:
    """``changed("qilihe-2010.party", {"blank_ballot": "invalid"})``: an office's own ruleset."""

    def build(base: str, values: dict[str, Any]) -> law.Ruleset:
        document = law.load(base).as_json()
        document["id"], document["extends"] = "local", base
        for key, value in values.items():
            document["values"][key] = {"value": value, "source": "本地规定", "article": "", "status": "local"}
        return law.from_json(document)

    return build
