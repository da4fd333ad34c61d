"""What holds for every election, and an oracle that counts slowly and in another way."""

from __future__ import annotations

import os
from collections import Counter
from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from election import count, law

RULESETS = ("qilihe-2010.party", "qilihe-2010.residents", "party-2020", "residents-2026", "villagers-2018")
NAMES = ("甲", "乙", "丙", "丁", "戊")
MARK = st.sampled_from(["for", "against", "abstain"])


@st.composite
def _contest(draw, identity):
    number = draw(st.integers(1, 5))
    candidates = [
        {
            "id": f"c{n}",
            "name": NAMES[n],
            "sex": draw(st.sampled_from(["male", "female"])),
            "struck": draw(st.integers(0, 9)) == 0,
        }
        for n in range(number)
    ]
    return {"id": identity, "seats": draw(st.integers(1, 4)), "candidates": candidates}


@st.composite
def _ballot(draw, contests):
    ballot = {"times": draw(st.integers(1, 4))}
    if draw(st.integers(0, 14)) == 0:
        return ballot | {"spoiled": True}
    marks, write_ins = {}, {}
    for contest in contests:
        kind = draw(st.integers(0, 9))
        if kind == 0:
            marks[contest["id"]] = "unreadable"
        elif kind > 1:
            ids = [candidate["id"] for candidate in contest["candidates"]]
            marks[contest["id"]] = draw(st.dictionaries(st.sampled_from(ids), MARK, max_size=5))
        if draw(st.integers(0, 3)) == 0:
            row = st.fixed_dictionaries({"name": st.sampled_from((*NAMES, "赵六", "钱七")), "mark": MARK})
            write_ins[contest["id"]] = draw(st.lists(row, max_size=2))
    return ballot | {"marks": marks, "write_ins": write_ins}


@st.composite
def elections(draw):
    """A small election whose numbers mostly fit, under any built-in ruleset."""
    contests = [draw(_contest(identity)) for identity in ("a", "b")[: draw(st.integers(1, 2))]]
    ballots = draw(st.lists(_ballot(contests), min_size=1, max_size=6))
    returned = sum(ballot["times"] for ballot in ballots)
    issued = returned + draw(st.integers(-1, 2))
    present = max(0, issued + draw(st.integers(-1, 1)))
    file = {
        "ruleset": draw(st.sampled_from(RULESETS)),
        "round": draw(st.integers(1, 3)),
        "revote": draw(st.integers(0, 5)) == 0,
        "entitled": present + draw(st.integers(0, 3)),
        "present": present,
        "issued": max(0, issued),
        "returned": returned,
        "contests": contests,
        "ballots": ballots,
    }
    if draw(st.booleans()):
        bound = {"contest": "a"} if draw(st.booleans()) else {}
        file["require"] = [{"kind": "woman", "at_least": draw(st.integers(1, 3)), **bound}]
    return file


def decide(file):
    return count.decide(file, law.load(file["ruleset"]))


@given(elections())
@settings(max_examples=300, deadline=None)
def test_every_row_adds_up_and_every_seat_is_elected_or_vacant(file):
    for contest, given_contest in zip(decide(file)["contests"], file["contests"], strict=True):
        assert contest["valid"] + contest["invalid"] == file["returned"]
        for row in contest["votes"]:
            assert row["for"] + row["against"] + row["abstain"] == contest["valid"]
            assert min(row["for"], row["against"], row["abstain"]) >= 0
        assert len(contest["elected"]) + contest["vacant"] == given_contest["seats"]
        assert sum(row["for"] for row in contest["votes"]) <= given_contest["seats"] * contest["valid"]
        outcomes = {row["candidate"]: row["outcome"] for row in contest["votes"]}
        assert [c for c in outcomes if outcomes[c] == "tied"] == contest["tied"]
        assert {c for c in outcomes if outcomes[c] == "elected"} == set(contest["elected"])


@given(elections(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_ballots_and_marks_does_not_matter(file, random):
    shuffled = [dict(random.sample(list(ballot.items()), len(ballot))) for ballot in file["ballots"]]
    random.shuffle(shuffled)
    for ballot in shuffled:
        for contest, marks in ballot.get("marks", {}).items():
            if isinstance(marks, dict):
                ballot["marks"] = ballot["marks"] | {contest: dict(reversed(marks.items()))}
    assert decide(file | {"ballots": shuffled}) == decide(file)


@given(elections())
@settings(max_examples=200, deadline=None)
def test_times_is_the_same_as_writing_it_out(file):
    spelt = [
        {k: v for k, v in ballot.items() if k != "times"} for ballot in file["ballots"] for _ in range(ballot["times"])
    ]
    assert decide(file | {"ballots": spelt}) == decide(file)


@given(elections(), st.integers(2, 7))
@settings(max_examples=200, deadline=None)
def test_scaling_every_number_keeps_every_outcome(file, factor):
    scaled = file | {key: file[key] * factor for key in ("entitled", "present", "issued", "returned")}
    scaled["ballots"] = [ballot | {"times": ballot["times"] * factor} for ballot in file["ballots"]]
    before, after = decide(file), decide(scaled)
    assert before["valid"] == after["valid"]
    for small, large in zip(before["contests"], after["contests"], strict=True):
        assert [row["outcome"] for row in small["votes"]] == [row["outcome"] for row in large["votes"]]
        assert (small["elected"], small["tied"], small["next"]) == (large["elected"], large["tied"], large["next"])


@given(elections(), st.data())
@settings(max_examples=400, deadline=None)
def test_one_more_mark_for_someone_elected_never_unseats_them(file, data):
    before = decide(file)
    elected = [(c["id"], who) for c in before["contests"] for who in c["elected"] if not who.startswith("write-in:")]
    if not elected:
        return
    contest, who = data.draw(st.sampled_from(elected))
    seats = next(c["seats"] for c in file["contests"] if c["id"] == contest)
    for index, ballot in enumerate(file["ballots"]):
        marks = ballot.get("marks", {}).get(contest, {})
        if marks == "unreadable" or ballot.get("spoiled") or contest in ballot.get("write_ins", {}):
            continue
        supported = sum(mark == "for" for mark in marks.values())
        if marks.get(who) == "abstain" and supported < seats:
            ballots = list(file["ballots"])
            ballots[index] = ballot | {"marks": ballot["marks"] | {contest: marks | {who: "for"}}}
            after = decide(file | {"ballots": ballots})
            assert who in next(c["elected"] for c in after["contests"] if c["id"] == contest)


# --- the oracle ------------------------------------------------------------------------------------------------------

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
#: quorum, whether it must be exceeded, the base, ballots void as a whole, write-ins ask opposition, a third and no more
LAW = {
    "qilihe-2010.party": (Fraction(4, 5), True, "present", True, True, False),
    "qilihe-2010.residents": (HALF, True, "present", False, False, False),
    "party-2020": (Fraction(4, 5), False, "entitled", True, True, False),
    "residents-2026": (HALF, True, "returned", False, False, True),
    "villagers-2018": (HALF, True, "returned", False, False, True),
}


def oracle(file):
    """``(valid, [(valid ballots, {candidate: (for, against)}, outcomes, next)])``, ballot by ballot and order by order."""
    quorum, exceed, base, whole, oppose, third = LAW[file["ruleset"]]
    needed_present = quorum * file["entitled"]
    valid = file["present"] > needed_present if exceed else file["present"] >= needed_present
    valid = valid and file["returned"] <= file["issued"]
    if not third:
        valid = valid and file["issued"] <= file["present"]
    if file["revote"]:
        passes = lambda votes: votes > 0  # noqa: E731
    elif third and file["round"] > 1:
        passes = lambda votes: votes > 0 and votes >= THIRD * file[base]  # noqa: E731
    else:
        passes = lambda votes: votes > HALF * file[base]  # noqa: E731
    tallies = [_slow_tally(file, contest, whole, oppose) for contest in file["contests"]]
    passed = [
        {who: votes for who, (votes, _) in tally[1].items() if passes(votes) and who not in _struck(contest)}
        for contest, tally in zip(file["contests"], tallies, strict=True)
    ]
    women = [{c["id"] for c in contest["candidates"] if c["sex"] == "female"} for contest in file["contests"]]
    asked = [0] * len(tallies)
    for requirement in file.get("require", []):
        if "contest" in requirement:
            asked[0] = requirement["at_least"]
        else:
            ranked = [
                _seat(p, contest["seats"], w, 0)[0]
                for p, contest, w in zip(passed, file["contests"], women, strict=True)
            ]
            largest = max(range(len(tallies)), key=lambda n: (file["contests"][n]["seats"], n))
            others = sum(len(ranked[n] & women[n]) for n in range(len(tallies)) if n != largest)
            asked[largest] = max(0, requirement["at_least"] - others)
    answers = []
    for contest, tally, people, kind, number in zip(file["contests"], tallies, passed, women, asked, strict=True):
        elected, tied = _seat(people, contest["seats"], kind, number) if valid else (set(), set())
        outcomes = {who: "elected" if who in elected else "tied" if who in tied else "not_elected" for who in tally[1]}
        then = _slow_next(contest, tally[1], elected, tied, third, file["round"]) if valid else ("rerun", set(), None)
        answers.append((tally[0], tally[1], outcomes, then))
    return valid, answers


def _slow_next(contest, votes, elected, tied, third, number):
    vacant = contest["seats"] - len(elected)
    if tied:
        return "revote", tied, None
    if not vacant or (third and number > 1):
        return None
    wanted = vacant + 1 if third else vacant + (vacant + 4) // 5
    pool = {who: for_ for who, (for_, _) in votes.items() if who not in elected and who not in _struck(contest)}
    ahead = {who: sum(other > for_ for other in pool.values()) for who, for_ in pool.items()}
    return "second_round", {who for who in pool if ahead[who] < wanted}, vacant


def _struck(contest):
    return {candidate["id"] for candidate in contest["candidates"] if candidate["struck"]}


def _slow_tally(file, contest, whole, oppose):
    people = {candidate["id"]: [0, 0] for candidate in contest["candidates"]}
    valid = 0
    for ballot in file["ballots"]:
        for _ in range(ballot["times"]):
            votes = _slow_ballot(ballot, contest, oppose)
            if ballot.get("spoiled") or votes is None:
                continue
            if whole and any(_over(ballot, other) for other in file["contests"]):
                continue
            valid += 1
            for who, mark in votes.items():
                people.setdefault(who, [0, 0])[mark == "against"] += 1
    return valid, {who: tuple(votes) for who, votes in people.items() if votes[0] or not who.startswith("write-in:")}


def _supported(ballot, contest):
    ids = {candidate["name"]: candidate["id"] for candidate in contest["candidates"]}
    marks = ballot.get("marks", {}).get(contest["id"], {})
    listed = {who for who, mark in marks.items() if mark == "for"} if marks != "unreadable" else set()
    rows = ballot.get("write_ins", {}).get(contest["id"], [])
    return listed, {ids.get(row["name"], "write-in:" + row["name"]) for row in rows if row["mark"] == "for"}


def _over(ballot, contest):
    listed, written = _supported(ballot, contest)
    return len(listed | written) > contest["seats"]


def _slow_ballot(ballot, contest, oppose):
    marks = ballot.get("marks", {}).get(contest["id"], {})
    _, written = _supported(ballot, contest)
    if marks == "unreadable" or _over(ballot, contest) or written & set(marks):
        return None
    votes = {who: mark for who, mark in marks.items() if mark != "abstain"}
    for who in written:
        if not who.startswith("write-in:") or not oppose or "against" in marks.values():
            votes[who] = "for"
    return votes


def _seat(people, seats, kind, asked):
    """Every order of the passed that their votes allow; in for all is elected, in for some is tied."""
    winners = []
    for order in permutations(people):
        if any(people[a] < people[b] for a, b in pairwise(order)):
            continue
        chosen = [who for who in order if who in kind][: min(asked, seats)]
        held = min(asked, seats) - len(chosen)
        rest = [who for who in order if who not in chosen]
        winners.append(frozenset(chosen + rest[: seats - len(chosen) - held]))
    certain = frozenset.intersection(*winners)
    open_ = frozenset().union(*winners) - certain
    level = max((people[who] for who in open_), default=None)
    return certain, {who for who in open_ if people[who] == level}


def _compare(file):
    answer = decide(file)
    valid, expected = oracle(file)
    assert answer["valid"] == valid
    for contest, (ballots, votes, outcomes, then) in zip(answer["contests"], expected, strict=True):
        assert contest["valid"] == ballots
        assert {row["candidate"]: (row["for"], row["against"]) for row in contest["votes"]} == votes
        assert {row["candidate"]: row["outcome"] for row in contest["votes"]} == outcomes
        following = contest["next"]
        if then is None or following is None:
            assert following is then
        elif "require" not in file or then[0] != "second_round":
            assert (following["kind"], set(following.get("candidates", ()))) == then[:2]
            assert then[2] in (None, following.get("seats"))


@given(elections())
@settings(max_examples=2000, deadline=None)
def test_the_oracle_agrees(file):
    _compare(file)


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(elections())
@settings(max_examples=int(os.environ.get("ELECTION_ORACLE", "100000")), deadline=None)
def test_the_oracle_agrees_at_length(file):
    _compare(file)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6), st.integers(1, 4), st.integers(0, 3), st.data())
@settings(max_examples=300, deadline=None)
def test_seating_agrees_with_every_order(votes, seats, asked, data):
    from election.count.seating import Person, Reservation, seat

    women = data.draw(st.sets(st.integers(0, len(votes) - 1)))
    passed = [Person(n, v, frozenset({"woman"} if n in women else ())) for n, v in enumerate(votes)]
    found = seat(passed, seats, [Reservation("woman", asked)])
    elected, tied = _seat(dict(enumerate(votes)), seats, women, asked)
    assert (found.elected, found.tied) == (elected, tied)
    assert Counter(found.held).total() == max(0, min(asked, seats) - len(women))
    if tied:
        assert 0 < found.tied_seats < len(tied)


def test_ten_thousand_people_over_the_threshold_are_seated_at_once():
    from election.count.seating import Person, Reservation, seat

    women = frozenset({"woman"})
    passed = [Person(place, 20_000 - place, women if place % 2 else frozenset()) for place in range(10_000)]
    found = seat(passed, 6_000, [Reservation("woman", 4_000)])
    assert sum(place % 2 for place in found.elected) == 4_000
    assert len(found.elected) == 6_000
