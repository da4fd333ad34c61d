from __future__ import annotations

import copy
from typing import Any

import pytest

from ballots.contests import MOST_CANDIDATES, check, contests_from, date_from, issuer_from, title_from
from election.faults import WrongInput

from . import samples

GOOD: dict[str, Any] = {
    "contests": [
        {
            "id": "chair",
            "office": "主任",
            "seats": 1,
            "candidates": [{"id": "c1", "name": "王建国", "sex": "male"}, {"id": "c2", "name": "李秀英"}],
        }
    ]
}


def changed(*path: Any, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return document


def test_a_count_file_without_ballots_gives_its_contests_in_order() -> None:
    (chair,) = contests_from(GOOD)
    assert (chair.id, chair.office, chair.seats, chair.write_in_rows) == ("chair", "主任", 1, 1)
    assert [(one.id, one.name, one.note) for one in chair.candidates] == [("c1", "王建国", ""), ("c2", "李秀英", "")]


def test_same_names_with_notes_are_two_people() -> None:
    document = changed("contests", 0, "candidates", 1, to={"id": "c2", "name": "王建国", "note": "三组"})
    assert contests_from(document)[0].candidates[1].note == "三组"


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({}, "contests"),
        ({"contests": []}, "contests"),
        ({"contests": {}}, "contests"),
        ({"contests": [7]}, "contests[0]"),
        ({"contests": GOOD["contests"] * 2}, "chair"),
        ({"contests": GOOD["contests"] * 50}, "contests"),
        (changed("contests", 0, "id", to=""), "contests[0]: id"),
        (changed("contests", 0, "id", to=3), "contests[0]: id"),
        (changed("contests", 0, "office", to=None), "contests[0]: office"),
        (changed("contests", 0, "office", to="长" * 31), "contests[0]: office"),
        (changed("contests", 0, "seats", to=0), "contests[0]: seats"),
        (changed("contests", 0, "seats", to=True), "contests[0]: seats"),
        (changed("contests", 0, "seats", to=1.0), "contests[0]: seats"),
        (changed("contests", 0, "write_in_rows", to=-1), "contests[0]: write_in_rows"),
        (changed("contests", 0, "candidates", to="c1"), "contests[0].candidates"),
        (changed("contests", 0, "candidates", to=[None]), "contests[0].candidates[0]"),
        (changed("contests", 0, "candidates", 1, "id", to="c1"), "candidate id c1"),
        (changed("contests", 0, "candidates", 1, "name", to=" "), "candidates[1]: name"),
        (changed("contests", 0, "candidates", 1, "name", to="王建国"), "note"),
        (changed("contests", 0, "candidates", 1, "name", to="李\u202e秀英"), "U+202E"),
        (changed("contests", 0, "candidates", 1, "name", to="李\n秀英"), "U+000A"),
        (changed("contests", 0, "candidates", 1, "note", to=5), "candidates[1]: note"),
    ],
)
def test_what_no_ballot_can_show_is_refused_with_its_place(document: dict[str, Any], named: str) -> None:
    with pytest.raises(WrongInput) as refused:
        contests_from(document)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_more_candidates_than_a_ballot_holds_are_refused_over_all_offices() -> None:
    half = [f"王{chr(0x4E00 + number)}" for number in range(MOST_CANDIDATES // 2)]
    whole = [samples.contest("chair", "主任", 1, half), samples.contest("member", "委员", 5, half)]
    check(whole)
    with pytest.raises(WrongInput, match="more than 400 candidates"):
        check([*whole, samples.contest("deputy", "副主任", 1, ["李秀英"])])


def test_a_contest_needs_a_candidate_or_a_write_in_row() -> None:
    document = changed("contests", 0, "candidates", to=[])
    assert contests_from(document)[0].candidates == ()
    document["contests"][0]["write_in_rows"] = 0
    with pytest.raises(WrongInput, match="neither"):
        contests_from(document)


def test_title_issuer_and_day_are_printed_as_given() -> None:
    assert title_from({}) == "选票"
    assert title_from({"title": " 某某社区选票 "}) == "某某社区选票"
    assert issuer_from({"issuer": "某某委员会"}) == "某某委员会"
    assert date_from({}) == ""
    assert date_from({"election_day": "2010-12-26"}) == "2010年12月26日"


@pytest.mark.parametrize(
    ("key", "value"),
    [("title", 7), ("title", "长" * 81), ("election_day", "26.12.2010"), ("election_day", "2010-02-30")],
)
def test_a_title_or_day_that_cannot_be_printed_is_refused(key: str, value: object) -> None:
    with pytest.raises(WrongInput, match=key):
        (title_from if key == "title" else date_from)({key: value})
