"""Each sentence of the counting contract."""

from __future__ import annotations

import pytest

from election import count, law
from election.commands.count import put_into_words
from election.faults import WrongInput

EXAMPLE = {
    "ruleset": "qilihe-2010.residents",
    "round": 1,
    "entitled": 58,
    "present": 55,
    "issued": 55,
    "returned": 55,
    "contests": [
        {
            "id": "chair",
            "office": "主任",
            "seats": 1,
            "candidates": [
                {"id": "c1", "name": "王建国", "sex": "male"},
                {"id": "c2", "name": "李秀英", "sex": "female"},
            ],
        }
    ],
    "ballots": [
        {"times": 30, "marks": {"chair": {"c1": "for", "c2": "against"}}},
        {
            "times": 23,
            "marks": {"chair": {"c2": "against"}},
            "write_ins": {"chair": [{"name": "赵六", "mark": "for"}]},
        },
        {"times": 1, "marks": {"chair": "unreadable"}},
        {"times": 1, "spoiled": True},
    ],
}


def outcomes(answer, contest=0):
    return {row["candidate"]: row["outcome"] for row in answer["contests"][contest]["votes"]}


def figures(answer, contest=0):
    return {
        row["candidate"]: (row["for"], row["against"], row["abstain"]) for row in answer["contests"][contest]["votes"]
    }


def test_the_example(decide):
    answer = decide(EXAMPLE)
    assert answer["valid"] is True
    assert answer["ruleset"] == "qilihe-2010.residents"
    assert answer["round"] == 1
    assert [(check["rule"], check["ok"], check["needs"], check["code"]) for check in answer["checks"]] == [
        ("quorum", True, "2*55 > 58", "quorum.met"),
        ("returned", True, "55 <= 55", "returned.within"),
        ("issued", True, "55 <= 55", "issued.within"),
    ]
    (contest,) = answer["contests"]
    assert {key: contest[key] for key in ("id", "returned", "valid", "invalid", "base", "needed")} == {
        "id": "chair",
        "returned": 55,
        "valid": 53,
        "invalid": 2,
        "base": 55,
        "needed": 28,
    }
    assert figures(answer) == {"c1": (30, 0, 23), "c2": (0, 53, 0), "write-in:赵六": (23, 0, 30)}
    assert outcomes(answer) == {"c1": "elected", "c2": "not_elected", "write-in:赵六": "not_elected"}
    assert (contest["elected"], contest["tied"], contest["vacant"], contest["next"]) == (["c1"], [], 0, None)


def test_round_is_one_unless_said(decide, tally):
    assert decide(tally([30], of=55))["round"] == 1
    assert decide(tally([30], of=55, round=2))["round"] == 2


# --- ballots ---------------------------------------------------------------------------------------------------------


def test_a_candidate_without_a_mark_is_an_abstention(decide, cast):
    answer = decide(cast([{"marks": {"chair": {"c1": "for"}}}, {"marks": {"chair": {"c2": "abstain"}}}, {}]))
    assert figures(answer) == {"c1": (1, 0, 2), "c2": (0, 0, 3), "c3": (0, 0, 3)}


def test_unreadable_voids_that_contest_only(decide, cast, contest):
    contests = [contest("甲", id="a"), contest("乙", id="b")]
    answer = decide(cast([{"marks": {"a": "unreadable", "b": {"c1": "for"}}}], contests=contests))
    assert [(c["valid"], c["invalid"]) for c in answer["contests"]] == [(0, 1), (1, 0)]


def test_spoiled_voids_the_whole_ballot(decide, cast, contest):
    contests = [contest("甲", id="a"), contest("乙", id="b")]
    answer = decide(cast([{"spoiled": True, "marks": {"a": {"c1": "for"}}}], contests=contests))
    assert [(c["valid"], c["invalid"]) for c in answer["contests"]] == [(0, 1), (0, 1)]


def test_times_defaults_to_one(decide, cast):
    assert figures(decide(cast([{"marks": {"chair": {"c1": "for"}}}] * 3)))["c1"] == (3, 0, 0)


@pytest.mark.parametrize(
    ("ruleset", "expected"),
    [("qilihe-2010.residents", [(0, 2), (2, 0)]), ("qilihe-2010.party", [(0, 2), (0, 2)])],
)
def test_an_over_mark_voids_what_the_ruleset_says(decide, cast, contest, ruleset, expected):
    contests = [contest("甲 乙", id="a"), contest("丙", id="b")]
    over = {"times": 2, "marks": {"a": {"c1": "for", "c2": "for"}, "b": {"c1": "for"}}}
    answer = decide(cast([over], contests=contests, ruleset=ruleset))
    assert [(c["valid"], c["invalid"]) for c in answer["contests"]] == expected


def test_fewer_marks_than_seats_are_valid(decide, cast):
    answer = decide(cast([{"marks": {"chair": {"c1": "for"}}}], seats=3))
    assert answer["contests"][0]["valid"] == 1


@pytest.mark.parametrize("mark", ["against", "abstain", None, "missing"])
def test_a_write_in_counts_only_with_the_mark_for(decide, cast, mark):
    row = {"name": "赵六"} if mark == "missing" else {"name": "赵六", "mark": mark}
    answer = decide(cast([{"write_ins": {"chair": [row]}}]))
    assert "write-in:赵六" not in figures(answer)
    assert answer["contests"][0]["valid"] == 1


@pytest.mark.parametrize("ruleset", ["qilihe-2010.party", "party-2020"])
def test_both_party_rulesets_ask_a_write_in_to_oppose_someone(decide, cast, ruleset):
    written = {"chair": [{"name": "赵六", "mark": "for"}]}
    answer = decide(
        cast(
            [
                {"write_ins": written},
                {"marks": {"chair": {"c1": "abstain"}}, "write_ins": written},
                {"marks": {"chair": {"c1": "against"}}, "write_ins": written},
            ],
            ruleset=ruleset,
        )
    )
    assert figures(answer)["write-in:赵六"] == (1, 0, 2)
    assert answer["contests"][0]["valid"] == 3


def test_opposing_someone_in_another_contest_is_not_enough(decide, cast, contest):
    contests = [contest("甲", id="a"), contest("乙", id="b")]
    ballot = {"marks": {"a": {"c1": "against"}}, "write_ins": {"b": [{"name": "赵六", "mark": "for"}]}}
    answer = decide(cast([ballot], contests=contests, ruleset="qilihe-2010.party"))
    assert list(figures(answer, 1)) == ["c1"]


def test_residents_write_in_freely(decide, cast):
    answer = decide(cast([{"write_ins": {"chair": [{"name": "赵六", "mark": "for"}]}}]))
    assert answer["contests"][0]["elected"] == ["write-in:赵六"]


def test_a_write_in_over_marks_even_where_it_would_not_count(decide, cast):
    ballot = {"marks": {"chair": {"c1": "for"}}, "write_ins": {"chair": [{"name": "赵六", "mark": "for"}]}}
    answer = decide(cast([ballot], ruleset="qilihe-2010.party"))
    assert answer["contests"][0]["invalid"] == 1


def test_one_name_is_one_person_and_one_vote(decide, cast):
    twice = {"write_ins": {"chair": [{"name": "赵六", "mark": "for"}, {"name": "赵 六", "mark": "for"}]}}
    answer = decide(cast([twice, {"write_ins": {"chair": [{"name": "赵六", "mark": "for"}]}}]))
    assert figures(answer)["write-in:赵六"] == (2, 0, 0)


def test_a_write_in_of_a_listed_name_is_a_mark_for_that_candidate(decide, cast):
    answer = decide(
        cast([{"write_ins": {"chair": [{"name": "甲", "mark": "for"}]}}], "甲 乙", ruleset="qilihe-2010.party")
    )
    assert figures(answer) == {"c1": (1, 0, 0), "c2": (0, 0, 1)}


@pytest.mark.parametrize("mark", ["for", "against", "abstain"])
def test_beside_another_mark_it_makes_the_contest_unreadable(decide, cast, contest, mark):
    contests = [contest("甲 乙", id="a"), contest("丙", id="b")]
    ballot = {
        "marks": {"a": {"c1": mark}, "b": {"c1": "for"}},
        "write_ins": {"a": [{"name": "甲", "mark": "for"}]},
    }
    for ruleset in ("qilihe-2010.party", "qilihe-2010.residents"):
        answer = decide(cast([ballot], contests=contests, ruleset=ruleset))
        assert [c["invalid"] for c in answer["contests"]] == [1, 0], "never an over-mark of one person"


def test_a_mark_for_one_and_a_written_listed_name_over_mark(decide, cast):
    ballot = {"marks": {"chair": {"c1": "for"}}, "write_ins": {"chair": [{"name": "乙", "mark": "for"}]}}
    assert decide(cast([ballot]))["contests"][0]["invalid"] == 1


def test_a_written_name_that_two_candidates_share_cannot_be_read(decide, cast):
    ballot = {"write_ins": {"chair": [{"name": "甲", "mark": "for"}]}}
    assert decide(cast([ballot], "甲 甲"))["contests"][0]["invalid"] == 1


def test_write_ins_stand_after_the_candidates_most_first(decide, cast):
    ballots = [
        {"times": times, "write_ins": {"chair": [{"name": name, "mark": "for"}]}}
        for name, times in (("少", 1), ("乙", 2), ("多", 4), ("甲", 2))
    ]
    assert list(figures(decide(cast(ballots, "候选")))) == [
        "c1",
        "write-in:多",
        "write-in:乙",
        "write-in:甲",
        "write-in:少",
    ]


def test_a_blank_ballot_is_valid_unless_the_ruleset_says_otherwise(decide, cast, changed):
    file = cast([{}, {"marks": {"chair": {}}}, {"write_ins": {"chair": []}}, {"marks": {"chair": {"c1": "abstain"}}}])
    assert decide(file)["contests"][0]["invalid"] == 0
    strict = changed("qilihe-2010.residents", {"blank_ballot": "invalid"})
    assert decide(file, strict)["contests"][0]["invalid"] == 3


@pytest.mark.parametrize("mark", ["for", "against", None])
def test_a_ballot_with_a_name_alone_is_not_blank(decide, cast, changed, mark):
    file = cast([{"write_ins": {"chair": [{"name": "赵六", "mark": mark}]}}, {"marks": {"chair": "unreadable"}}, {}])
    (contest,) = decide(file, changed("qilihe-2010.residents", {"blank_ballot": "invalid"}))["contests"]
    assert (contest["valid"], contest["invalid"]) == (1, 2)


def test_a_ballot_with_one_contest_blank_is_not_wholly_blank(decide, cast, contest, changed):
    contests = [contest("甲", id="a"), contest("乙", id="b")]
    file = cast([{"marks": {"a": {"c1": "for"}}}], contests=contests)
    strict = changed("qilihe-2010.residents", {"blank_ballot": "invalid"})
    assert [c["invalid"] for c in decide(file, strict)["contests"]] == [0, 0]


# --- hand tallies ----------------------------------------------------------------------------------------------------


def test_tallies_and_ballots_give_one_answer(decide):
    hand = {key: value for key, value in EXAMPLE.items() if key != "ballots"}
    hand["tallies"] = {
        "chair": {
            "valid": 53,
            "invalid": 2,
            "votes": {
                "c1": {"for": 30, "against": 0, "abstain": 23},
                "c2": {"for": 0, "against": 53, "abstain": 0},
            },
            "write_ins": [{"name": "赵六", "for": 23}],
        }
    }
    assert decide(hand) == decide(EXAMPLE)


def test_boxes_are_added_up(decide, tally):
    whole = tally([28, 17], of=55, invalid=5, write_ins={"赵六": 3})
    boxes = dict(whole)
    del boxes["tallies"]
    parts = [
        tally([12, 17], of=31, invalid=1, write_ins={"赵六": 1})["tallies"],
        tally([16, 0], of=24, invalid=4, write_ins={"赵六": 2})["tallies"],
    ]
    boxes["boxes"] = [
        {"id": str(n), "returned": of, "tallies": t} for n, of, t in zip((1, 2), (31, 24), parts, strict=True)
    ]
    assert decide(boxes) == decide(whole)


def test_a_listed_name_written_in_on_a_tally_goes_to_that_candidate(decide, tally):
    answer = decide(tally([30, 20], of=55, write_ins={"候选人2": 5}))
    assert figures(answer) == {"c1": (30, 0, 25), "c2": (25, 0, 30)}


# --- who is elected --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ruleset", "base", "needed"),
    [
        ("qilihe-2010.party", 90, 46),
        ("qilihe-2010.residents", 90, 46),
        ("party-2020", 100, 51),
        ("villagers-2018", 80, 41),
        ("residents-2026", 80, 41),
    ],
)
def test_base_is_present_entitled_or_returned(decide, tally, ruleset, base, needed):
    file = tally([needed, needed - 1], of=80, seats=2, ruleset=ruleset) | {"entitled": 100, "present": 90, "issued": 85}
    (contest,) = decide(file)["contests"]
    assert (contest["base"], contest["needed"], contest["elected"]) == (base, needed, ["c1"])


def test_invalid_ballots_stay_in_the_base(decide, tally):
    (contest,) = decide(tally([30], of=60, invalid=29))["contests"]
    assert (contest["valid"], contest["needed"], contest["elected"]) == (31, 31, [])


def test_elected_lists_most_votes_first_and_the_table_keeps_the_file_order(decide, tally):
    (contest,) = decide(tally([31, 50, 40], of=60, seats=3))["contests"]
    assert contest["elected"] == ["c2", "c3", "c1"]
    assert [row["candidate"] for row in contest["votes"]] == ["c1", "c2", "c3"]


def test_more_over_the_threshold_than_seats_are_ranked(decide, tally):
    answer = decide(tally([35, 45, 40], of=60, seats=2))
    assert outcomes(answer) == {"c1": "not_elected", "c2": "elected", "c3": "elected"}
    assert answer["contests"][0]["votes"][0]["why"]["code"] == "count.why.rank"


def test_a_tie_at_the_cut_is_voted_again_among_the_tied_only(decide, tally):
    (contest,) = decide(tally([50, 40, 40, 40, 10], of=60, seats=3))["contests"]
    assert contest["elected"] == ["c1"]
    assert contest["tied"] == ["c2", "c3", "c4"]
    assert contest["vacant"] == 2
    assert contest["next"] == {"kind": "revote", "candidates": ["c2", "c3", "c4"], "seats": 2}


def test_a_tie_that_decides_nothing_is_none(decide, tally):
    (contest,) = decide(tally([40, 40, 20, 20], of=60, seats=2))["contests"]
    assert (contest["elected"], contest["tied"], contest["next"]) == (["c1", "c2"], [], None)


def test_in_a_revote_most_votes_win_and_one_is_needed(decide, tally):
    (contest,) = decide(tally([3, 2], of=60, revote=True))["contests"]
    assert (contest["needed"], contest["elected"], contest["next"]) == (1, ["c1"], None)


def test_a_revote_may_tie_again_and_nobody_wins_without_a_vote(decide, tally):
    (again,) = decide(tally([3, 3], of=60, revote=True))["contests"]
    assert again["next"] == {"kind": "revote", "candidates": ["c1", "c2"], "seats": 1}
    (nobody,) = decide(tally([0, 0], of=60, revote=True))["contests"]
    assert (nobody["elected"], nobody["tied"]) == ([], [])


def test_quorum_holds_in_every_round(decide, tally):
    file = tally([3, 2], of=29, revote=True) | {"entitled": 58}
    assert decide(file)["valid"] is False


def test_the_struck_are_shown_and_not_elected(decide, tally):
    listed = [{"id": "c1", "name": "甲", "struck": True}, {"id": "c2", "name": "乙"}, {"id": "c3", "name": "丙"}]
    (contest,) = decide(tally([50, 40, 5], of=60, seats=2, candidates=listed))["contests"]
    assert contest["elected"] == ["c2"]
    assert contest["votes"][0]["for"] == 50
    assert contest["votes"][0]["why"]["code"] == "count.why.struck"
    assert contest["next"] == {"kind": "second_round", "candidates": ["c3"], "seats": 1}


# --- what comes next -------------------------------------------------------------------------------------------------


def test_a_second_round_is_among_as_many_as_the_margin_asks(decide, tally):
    (contest,) = decide(tally([50, 30, 10, 20, 25, 29], of=60, seats=3))["contests"]
    assert contest["next"] == {"kind": "second_round", "candidates": ["c2", "c6", "c5"], "seats": 2}


def test_those_level_with_the_last_of_them_come_too_write_ins_as_well(decide, tally):
    (contest,) = decide(tally([50, 20, 10, 15], of=60, seats=2, write_ins={"赵六": 15}))["contests"]
    assert contest["next"] == {"kind": "second_round", "candidates": ["c2", "c4", "write-in:赵六"], "seats": 1}


def test_all_come_if_fewer_are_left(decide, tally):
    (contest,) = decide(tally([50, 20], of=60, seats=3))["contests"]
    assert contest["next"] == {"kind": "second_round", "candidates": ["c2"], "seats": 2}


def test_qilihe_keeps_its_threshold_in_the_second_round(decide, tally):
    (contest,) = decide(tally([30, 25], of=60, round=2))["contests"]
    assert (contest["needed"], contest["elected"]) == (31, [])
    assert contest["next"]["kind"] == "second_round"


@pytest.mark.parametrize("ruleset", ["villagers-2018", "residents-2026"])
def test_the_second_and_last_round_asks_a_third_and_leaves_the_rest_vacant(decide, tally, ruleset):
    (contest,) = decide(tally([20, 19, 21], of=60, seats=3, round=2, ruleset=ruleset))["contests"]
    assert (contest["needed"], contest["elected"], contest["vacant"], contest["next"]) == (20, ["c3", "c1"], 1, None)
    (fraction,) = decide(tally([20, 21], of=61, round=2, ruleset=ruleset))["contests"]
    assert (fraction["needed"], fraction["elected"]) == (21, ["c2"])


def test_a_tie_in_the_last_round_is_still_voted_again(decide, tally):
    (contest,) = decide(tally([25, 25], of=60, round=2, ruleset="villagers-2018"))["contests"]
    assert contest["next"] == {"kind": "revote", "candidates": ["c1", "c2"], "seats": 1}


def test_a_void_election_shows_its_votes_and_elects_nobody(decide, tally):
    answer = decide(tally([29, 29], of=29, seats=2) | {"entitled": 58})
    (contest,) = answer["contests"]
    assert answer["valid"] is False
    assert answer["checks"][0]["code"] == "quorum.not_met"
    assert [row["for"] for row in contest["votes"]] == [29, 29]
    assert outcomes(answer) == {"c1": "not_elected", "c2": "not_elected"}
    assert (contest["elected"], contest["vacant"], contest["next"]) == ([], 2, {"kind": "rerun"})


@pytest.mark.parametrize(
    ("change", "rule"), [({"issued": 59, "returned": 60}, "returned"), ({"issued": 61, "present": 60}, "issued")]
)
def test_more_papers_than_people_or_ballots_void_the_election(decide, tally, change, rule):
    answer = decide(tally([40], of=60) | {"entitled": 70} | change)
    assert [check["rule"] for check in answer["checks"] if not check["ok"]] == [rule]
    assert answer["valid"] is False


def test_fewer_returned_than_issued_is_good(decide, tally):
    assert decide(tally([40], of=50) | {"entitled": 60, "present": 60, "issued": 60})["valid"] is True


@pytest.mark.parametrize("ruleset", ["villagers-2018", "residents-2026"])
def test_issued_is_not_compared_where_proxies_are_allowed(decide, tally, ruleset):
    answer = decide(tally([40], of=60, ruleset=ruleset) | {"present": 50})
    assert [check["rule"] for check in answer["checks"]] == ["quorum", "returned"]
    assert answer["valid"] is True


# --- other meetings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ruleset", ["qilihe-2010.party", "party-2020"])
def test_the_plenary_has_its_own_quorum_and_base(decide, tally, ruleset):
    file = tally([3], of=4, ruleset=ruleset, meeting="plenary") | {"entitled": 5}
    answer = decide(file)
    assert answer["checks"][0]["needs"] == "3*4 > 2*5"
    assert (answer["contests"][0]["base"], answer["contests"][0]["needed"]) == (5, 3)
    assert decide(tally([4], of=4, ruleset=ruleset, meeting="plenary") | {"entitled": 6})["valid"] is False


def test_the_council_is_as_the_residents_meeting(decide, tally):
    answer = decide(tally([31], of=60, meeting="council", method="show_of_hands"))
    assert answer["checks"][0]["needs"] == "2*60 > 60"
    assert answer["contests"][0]["elected"] == ["c1"]


@pytest.mark.parametrize(("meeting", "ruleset"), [("plenary", "qilihe-2010.residents"), ("council", "party-2020")])
def test_a_meeting_that_the_ruleset_does_not_know(decide, tally, meeting, ruleset):
    with pytest.raises(WrongInput, match="meeting"):
        decide(tally([31], of=60, meeting=meeting, ruleset=ruleset))


def test_a_show_of_hands_needs_no_papers(decide, tally):
    file = tally([31], of=60, method="show_of_hands")
    bare = {key: value for key, value in file.items() if key not in ("issued", "returned")}
    assert decide(bare) == decide(file)
    with pytest.raises(WrongInput, match="show of hands"):
        decide(file | {"issued": 59})


# --- a required kind -------------------------------------------------------------------------------------------------


def people(*sexes, **reserved):
    return [
        {"id": f"c{n}", "name": f"候选人{n}", "sex": sex, "reserved": reserved.get(f"c{n}", [])}
        for n, sex in enumerate(sexes, 1)
    ]


WOMAN = [{"kind": "woman", "at_least": 1}]


def test_a_requirement_that_rank_meets_changes_nothing(decide, tally):
    file = tally([45, 40, 35], of=60, seats=2, candidates=people("male", "female", "male"))
    assert decide(file | {"require": WOMAN}) == decide(file)


def test_the_woman_over_the_threshold_is_elected_first(decide, tally):
    file = tally([45, 40, 35], of=60, seats=2, candidates=people("male", "male", "female"), require=WOMAN)
    answer = decide(file)
    assert outcomes(answer) == {"c1": "elected", "c2": "not_elected", "c3": "elected"}
    assert answer["contests"][0]["votes"][2]["why"]["code"] == "count.why.elected_of_kind"
    assert answer["contests"][0]["elected"] == ["c1", "c3"]


def test_where_none_passed_the_seat_stays_vacant_for_a_round_among_the_kind(decide, tally):
    sexes = ("male", "male", "female", "female", "female")
    file = tally([40, 35, 20, 10, 15], of=60, seats=2, candidates=people(*sexes), require=WOMAN)
    (contest,) = decide(file)["contests"]
    assert (contest["elected"], contest["vacant"]) == (["c1"], 1)
    assert contest["votes"][1]["why"]["code"] == "count.why.held"
    assert contest["next"] == {"kind": "second_round", "candidates": ["c3", "c5"], "seats": 1}


def test_a_tie_among_the_kind_is_voted_again_among_them(decide, tally):
    file = tally(
        [60, 58, 1, 1],
        of=60,
        seats=2,
        revote=True,
        candidates=people("male", "male", "female", "female"),
        require=WOMAN,
    )
    (contest,) = decide(file)["contests"]
    assert (contest["elected"], contest["tied"]) == (["c1"], ["c3", "c4"])
    assert contest["next"] == {"kind": "revote", "candidates": ["c3", "c4"], "seats": 1}


def test_a_woman_level_at_the_cut_goes_first(decide, tally):
    file = tally([50, 35, 35], of=60, seats=2, candidates=people("male", "male", "female"), require=WOMAN)
    assert outcomes(decide(file)) == {"c1": "elected", "c2": "not_elected", "c3": "elected"}


def test_without_a_contest_it_binds_the_whole_file(decide, cast, contest):
    contests = [
        contest(people("female"), 1, "a"),
        contest(people("male", "male", "female"), 2, "b"),
        contest(people("male", "male", "female"), 2, "c"),
    ]
    ranked = {"b": {"c1": "for", "c2": "for"}, "c": {"c1": "for", "c2": "for"}}
    woman_in_c = {"b": {"c1": "for", "c2": "for"}, "c": {"c1": "for", "c3": "for"}}
    chair = {"a": {"c1": "for"}}
    ballots = [{"times": 4, "marks": ranked}, {"times": 6, "marks": woman_in_c}]
    # c: c1 10, c2 4, c3 6
    free = decide(cast(ballots, contests=contests))
    assert free["contests"][2]["elected"] == ["c1", "c3"]
    assert decide(cast(ballots, contests=contests, require=WOMAN)) == free, "one elected in any contest counts"
    # two women: one is elected in c by rank, the other seat is held in c, the last of the largest contests
    held = decide(cast(ballots, contests=contests, require=[{"kind": "woman", "at_least": 2}]))
    assert held["contests"][1] == free["contests"][1]
    assert held["contests"][2]["elected"] == ["c3"]
    assert held["contests"][2]["next"] is not None
    # with a woman as chair, two are met
    with_chair = [{**ballot, "marks": ballot["marks"] | chair} for ballot in ballots]
    answer = decide(cast(with_chair, contests=contests, require=[{"kind": "woman", "at_least": 2}]))
    assert answer["contests"][2]["elected"] == ["c1", "c3"]


def test_with_a_contest_it_binds_that_one_alone(decide, cast, contest):
    contests = [contest(people("female"), 1, "a"), contest(people("male", "male", "female"), 2, "b")]
    marks = {"a": {"c1": "for"}, "b": {"c1": "for", "c2": "for"}}
    file = cast([{"times": 9, "marks": marks}, {"marks": {"b": {"c3": "for"}}}], contests=contests)
    bound = decide(file | {"require": [{"kind": "woman", "at_least": 1, "contest": "b"}]})
    assert bound["contests"][1]["vacant"] == 2, "c1 and c2 are level, so the one free seat is a tie"
    assert bound["contests"][1]["next"] == {"kind": "revote", "candidates": ["c1", "c2"], "seats": 1}
    assert decide(file | {"require": WOMAN})["contests"][1]["elected"] == ["c1", "c2"]


def test_any_other_kind_stands_in_reserved(decide, tally):
    listed = people("male", "male", "male", c3=["管段民警"])
    file = tally([45, 40, 35], of=60, seats=2, candidates=listed, require=[{"kind": "管段民警", "at_least": 1}])
    assert outcomes(decide(file)) == {"c1": "elected", "c2": "not_elected", "c3": "elected"}


def test_woman_is_the_sex_and_not_a_word_in_reserved(decide, tally):
    file = tally([35, 25], of=60, candidates=people("male", "male", c2=["woman"]), require=WOMAN)
    assert decide(file)["contests"][0]["vacant"] == 1


def test_two_kinds_at_once(decide, tally):
    listed = people("male", "male", "female", "male", c4=["少数民族"])
    file = tally([50, 49, 40, 35], of=60, seats=3, candidates=listed)
    both = [{"kind": "woman", "at_least": 1}, {"kind": "少数民族", "at_least": 1}]
    assert decide(file | {"require": both})["contests"][0]["elected"] == ["c1", "c3", "c4"]


def test_more_required_than_there_are_seats_holds_every_seat(decide, tally):
    file = tally([50], of=60, candidates=people("male"), require=[{"kind": "woman", "at_least": 3}])
    (contest,) = decide(file)["contests"]
    assert (contest["elected"], contest["vacant"]) == ([], 1)
    assert contest["next"] == {"kind": "second_round", "candidates": [], "seats": 1}


# --- votes from higher posts -----------------------------------------------------------------------------------------


def test_votes_carried_down_count_for_rank_and_threshold(decide, cast, contest, changed):
    contests = [
        contest([{"id": "c1", "name": "甲"}, {"id": "c2", "name": "乙"}], 1, "chair"),
        contest([{"id": "m1", "name": "乙"}, {"id": "m2", "name": "丙"}], 1, "member"),
    ]
    ballots = [
        {"times": 30, "marks": {"chair": {"c1": "for"}, "member": {"m2": "for"}}},
        {"times": 25, "marks": {"chair": {"c2": "for"}, "member": {"m1": "for"}}},
    ]
    file = cast(ballots, contests=contests)
    plain = decide(file)
    assert "carried" not in plain["contests"][1]["votes"][0]
    assert plain["contests"][1]["elected"] == ["m2"]
    answer = decide(file, changed("qilihe-2010.residents", {"carry_down": True}))
    assert [(row["for"], row["carried"]) for row in answer["contests"][1]["votes"]] == [(25, 25), (30, 0)]
    assert answer["contests"][1]["elected"] == ["m1"]
    assert [row["carried"] for row in answer["contests"][0]["votes"]] == [0, 0]


def test_a_hand_tally_may_give_the_carried_votes_itself(decide, tally, changed):
    file = tally([25, 26], of=60)
    file["tallies"]["chair"]["votes"]["c1"]["carried"] = 10
    answer = decide(file, changed("qilihe-2010.residents", {"carry_down": True}))
    assert answer["contests"][0]["elected"] == ["c1"]
    assert answer["contests"][0]["votes"][0]["carried"] == 10
    with pytest.raises(WrongInput, match="carried"):
        decide(file)


def test_one_person_one_post_where_the_ruleset_says_so(decide, cast, contest, changed):
    contests = [contest("甲 乙", 1, "chair"), contest("甲 丙", 1, "member")]
    ballots = [{"times": 9, "marks": {"chair": {"c1": "for"}, "member": {"c1": "for"}}}]
    file = cast(ballots, contests=contests)
    assert decide(file)["contests"][1]["elected"] == ["c1"]
    answer = decide(file, changed("qilihe-2010.residents", {"one_post_each": True}))
    assert answer["contests"][1]["elected"] == []
    assert answer["contests"][1]["votes"][0]["why"]["code"] == "count.why.higher_post"


def test_a_ruleset_without_write_ins_counts_none(decide, cast, tally, changed):
    strict = changed("qilihe-2010.residents", {"write_in.allowed": False})
    ballots = [{"write_ins": {"chair": [{"name": "赵六", "mark": "for"}]}}]
    assert decide(cast(ballots), strict)["contests"][0]["elected"] == []
    with pytest.raises(WrongInput, match="write-ins"):
        decide(tally([30], of=60, write_ins={"赵六": 1}), strict)


def test_a_local_ruleset_counts_files_of_its_own_name_and_of_its_base(decide, tally, changed):
    own = changed("qilihe-2010.residents", {"threshold.assembly": ">= 2/3"})
    file = tally([39], of=60)
    assert decide(file, own)["ruleset"] == "local"
    assert decide(file, own)["contests"][0]["needed"] == 40
    assert decide(file | {"ruleset": "local"}, own)["contests"][0]["needed"] == 40
    with pytest.raises(WrongInput, match="ruleset"):
        decide(file, law.load("party-2020"))


def test_semantics_has_a_version():
    assert count.SEMANTICS == 1


def test_two_requirements_of_one_kind_are_met_by_the_same_people(decide, tally):
    file = tally([45, 35, 32], of=60, seats=2, candidates=people("male", "female", "female"))
    both = [{"kind": "woman", "at_least": 1, "contest": "chair"}, {"kind": "woman", "at_least": 1}]
    assert decide(file | {"require": both})["contests"][0]["elected"] == ["c1", "c2"]


def test_who_holds_a_higher_post_is_out_of_every_lower_one(decide, cast, contest, changed):
    """Three posts, two of them taken: the chair is elected to the third by votes alone, and not under this rule."""
    contests = [contest("甲 乙 丙", 1, post) for post in ("chair", "deputy", "member")]
    ballots = [{"times": 60, "marks": {"chair": {"c1": "for"}, "deputy": {"c2": "for"}, "member": {"c1": "for"}}}]
    answer = decide(cast(ballots, contests=contests), changed("qilihe-2010.residents", {"one_post_each": True}))
    assert [c["elected"] for c in answer["contests"]] == [["c1"], ["c2"], []]
    assert answer["contests"][2]["votes"][0]["why"]["code"] == "count.why.higher_post"
    assert [c["elected"] for c in decide(cast(ballots, contests=contests))["contests"]] == [["c1"], ["c2"], ["c1"]]


def test_reconciliation_holds_in_every_round(decide, tally):
    for file in (tally([3, 2], of=60, revote=True), tally([30, 29], of=60, round=2)):
        assert decide(file)["valid"] is True
        answer = decide(file | {"issued": 59})
        assert answer["valid"] is False
        assert [check["rule"] for check in answer["checks"] if not check["ok"]] == ["returned"]


@pytest.mark.parametrize("ruleset", law.ids())
def test_quorum_compares_those_present_with_those_entitled(decide, tally, ruleset):
    """Whatever the base: 40 of 60 ballots returned is no quorum of its own."""
    file = tally([40], of=40, ruleset=ruleset)
    assert decide(file)["valid"] is True
    assert decide(file | {"entitled": 81})["valid"] is False
    assert decide(file | {"entitled": 81})["checks"][0]["rule"] == "quorum"
    returned_fewer = tally([1], of=1, ruleset=ruleset) | {"entitled": 60, "present": 60, "issued": 60}
    assert decide(returned_fewer)["valid"] is True, "ballots returned are not people present"


def test_a_void_second_round_says_what_is_assumed(decide, tally):
    (first,) = decide(tally([29, 29], of=29, seats=2) | {"entitled": 58})["contests"]
    assert {row["why"]["code"] for row in first["votes"]} == {"count.why.void"}
    answer = decide(tally([29, 29], of=29, seats=2, round=2) | {"entitled": 58})
    (contest,) = answer["contests"]
    assert (answer["valid"], contest["vacant"], contest["next"]) == (False, 2, {"kind": "rerun"})
    assert contest["votes"][0]["why"]["code"] == "count.why.void_round"
    assert contest["votes"][0]["why"]["params"] == {"votes": 29, "round": 2}
    put_into_words(answer)
    assert "未见条文" in answer["contests"][0]["votes"][0]["why"]["text"]
