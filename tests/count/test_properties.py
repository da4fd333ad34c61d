"""What holds for every election, whatever it is about."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from election import count, law

from . import oracle

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
        if marks.get(who, "abstain") == "abstain" and supported < seats:
            ballots = list(file["ballots"])
            ballots[index] = ballot | {"marks": ballot["marks"] | {contest: marks | {who: "for"}}}
            after = decide(file | {"ballots": ballots})
            assert who in next(c["elected"] for c in after["contests"] if c["id"] == contest)


# --- seating -------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6), st.integers(1, 4), st.integers(0, 3), st.data())
@settings(max_examples=300, deadline=None)
def test_seating_agrees_with_every_order(votes, seats, asked, data):
    from election.count.seating import Person, Reservation, seat

    women = data.draw(st.sets(st.integers(0, len(votes) - 1)))
    passed = [Person(n, v, frozenset({"woman"} if n in women else ())) for n, v in enumerate(votes)]
    found = seat(passed, seats, [Reservation("woman", asked)])
    kinds = {person.place: person.kinds for person in passed}
    slow = oracle._seat(dict(enumerate(votes)), kinds, seats, [("woman", asked)])
    assert (found.elected, found.tied, found.tied_seats) == (slow["elected"], slow["tied"], slow["for_tied"])
    assert found.held == slow["held"]
    assert Counter(found.held).total() == max(0, min(asked, seats) - len(women))
    if found.tied:
        assert 0 < found.tied_seats < len(found.tied)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from(["w", "m"]))), min_size=1, max_size=5),
    st.integers(1, 3), st.permutations(["w", "m"]), st.tuples(st.integers(0, 2), st.integers(0, 2)),
)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_two_kinds_are_seated_as_in_every_order_and_whoever_ties_has_a_seat_to_vote_on(people, seats, order, asked):
    from election.count.seating import Person, Reservation, seat

    wanted = list(zip(order, asked, strict=True))
    passed = [Person(place, votes, frozenset(kinds)) for place, (votes, kinds) in enumerate(people)]
    found = seat(passed, seats, [Reservation(*one) for one in wanted])
    slow = oracle._seat({p.place: p.votes for p in passed}, {p.place: p.kinds for p in passed}, seats, wanted)
    assert (found.elected, found.tied, found.tied_seats) == (slow["elected"], slow["tied"], slow["for_tied"])
    assert len({p.votes for p in passed if p.place in found.tied}) <= 1
    if found.tied:
        assert 0 < found.tied_seats < len(found.tied)


def test_of_two_equals_the_one_of_more_kinds_is_taken_and_nobody_gives_way_for_nothing():
    from election.count.seating import Person, Reservation, seat

    passed = [Person(0, 30, frozenset("w")), Person(1, 50, frozenset()), Person(2, 30, frozenset("wm"))]
    found = seat(passed, 2, [Reservation("w", 1), Reservation("m", 1)])
    assert (found.elected, found.tied) == ({1, 2}, frozenset())


def test_where_a_tie_hangs_on_one_above_it_the_upper_is_voted_on_first():
    from election.count.seating import Person, Reservation, seat

    both, one = frozenset("wm"), frozenset("m")
    passed = [Person(0, 40, both), Person(1, 40, both), Person(2, 50, one), Person(3, 50, one)]
    found = seat(passed, 2, [Reservation("w", 1), Reservation("m", 1)])
    assert (found.elected, found.tied, found.tied_seats) == (frozenset(), {2, 3}, 1)


def test_ten_thousand_people_over_the_threshold_are_seated_at_once():
    from election.count.seating import Person, Reservation, seat

    women = frozenset({"woman"})
    passed = [Person(place, 20_000 - place, women if place % 2 else frozenset()) for place in range(10_000)]
    found = seat(passed, 6_000, [Reservation("woman", 4_000)])
    assert sum(place % 2 for place in found.elected) == 4_000
    assert len(found.elected) == 6_000
