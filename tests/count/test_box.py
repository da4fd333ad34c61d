"""A box of ballots and the sheets that a hand count of it makes are one thing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from election import count
from election.law import load

CONTESTS = [
    {"id": "a", "office": "主任", "seats": 1, "candidates": [{"id": "a1", "name": "甲"}, {"id": "a2", "name": "乙"}]},
    {"id": "b", "office": "委员", "seats": 2, "candidates": [{"id": f"b{n}", "name": f"丙{n}"} for n in range(3)]},
]
MARK = st.sampled_from(["for", "against", "abstain"])
BALLOT = st.one_of(
    st.just({"spoiled": True}),
    st.fixed_dictionaries(
        {
            "marks": st.fixed_dictionaries(
                {},
                optional={
                    c["id"]: st.one_of(
                        st.just("unreadable"),
                        st.dictionaries(st.sampled_from([x["id"] for x in c["candidates"]]), MARK),
                    )
                    for c in CONTESTS
                },
            )
        },
        optional={"write_ins": st.fixed_dictionaries({"b": st.just([{"name": "丁", "mark": "for"}])})},
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BALLOT, max_size=12))
def test_sheets_of_a_box_elect_whom_its_ballots_elect(ballots: list[dict[str, object]]) -> None:
    rules = load("villagers-2018")
    n = len(ballots)
    file = {"ruleset": "villagers-2018", "entitled": 20, "present": n, "issued": n, "returned": n, "contests": CONTESTS}
    sheets = count.count_box(ballots, CONTESTS, rules)
    for contest in CONTESTS:
        assert not [c for c in count.check_sheet(sheets[contest["id"]], contest, n) if c.severity == "error"]
    by_ballots = count.decide({**file, "ballots": ballots}, rules)
    assert count.decide({**file, "tallies": sheets}, rules)["contests"] == by_ballots["contests"]


def test_no_ballot_gives_noughts() -> None:
    sheets = count.count_box([], CONTESTS, load("villagers-2018"))
    assert sheets["a"] == {
        "valid": 0,
        "invalid": 0,
        "votes": {c: {"for": 0, "against": 0, "abstain": 0} for c in ("a1", "a2")},
        "write_ins": [],
    }
