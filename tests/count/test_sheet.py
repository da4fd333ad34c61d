"""The checks beside a teller's form."""

from __future__ import annotations

import pytest

from election.count import check_sheet
from election.count.sheet import read_sheet

CONTEST = {"id": "a", "seats": 2, "candidates": [{"id": "c1", "name": "甲"}, {"id": "c2", "name": "乙"}]}


def sheet(valid=10, invalid=1, votes=None, **more):
    row = {"for": 5, "against": 3, "abstain": 2}
    return {"valid": valid, "invalid": invalid, "votes": votes or {"c1": row, "c2": row}, **more}


def found(given, returned=11):
    return [(check.code, check.severity, check.fields) for check in check_sheet(given, CONTEST, returned)]


def test_a_good_sheet_has_no_findings():
    assert found(sheet(write_ins=[{"name": "赵六", "for": 2}])) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ("sheet.not_a_sheet", "error", ())),
        (sheet(extra=1), ("sheet.unknown_key", "error", ("extra",))),
        (sheet(valid=None), ("sheet.not_a_number", "error", ("valid",))),
        (sheet(votes={"c1": {"for": 5, "against": 3, "abstain": 2}}), ("sheet.row_missing", "error", ("votes.c2",))),
        (sheet(write_ins=[{"name": " ", "for": 1}]), ("sheet.write_in_unnamed", "error", ("write_ins[0].name",))),
        (sheet(invalid=2), ("sheet.returned", "error", ("valid", "invalid"))),
        (
            sheet(votes={"c1": {"for": 5, "against": 3, "abstain": 2}, "c2": {"for": 5, "against": 3, "abstain": 3}}),
            ("sheet.row", "error", ("votes.c2.for", "votes.c2.against", "votes.c2.abstain")),
        ),
        (
            sheet(
                votes={"c1": {"for": 5, "against": 5, "abstain": 0}, "c2": {"for": 0, "against": 5, "abstain": 5}},
                write_ins=[{"name": "赵六", "for": 11}],
            ),
            ("sheet.write_in_over", "error", ("write_ins",)),
        ),
        (
            sheet(write_ins=[{"name": "赵六", "for": 6}, {"name": "钱七", "for": 5}]),
            ("sheet.too_many", "error", ("votes.c1.for", "votes.c2.for", "write_ins")),
        ),
        (sheet(write_ins=[{"name": "甲", "for": 2}]), ("sheet.write_in_listed", "warning", ("write_ins[0].name",))),
        (
            sheet(write_ins=[{"name": "甲", "for": 3}]),
            ("sheet.write_in_listed_over", "error", ("write_ins[0].for", "votes.c1.abstain")),
        ),
    ],
)
def test_each_finding(given, expected):
    assert found(given) == [expected]


def test_all_abstaining_and_mostly_invalid_ask_for_a_second_look():
    row = {"for": 0, "against": 0, "abstain": 2}
    assert [code for code, severity, _ in found(sheet(2, 9, {"c1": row, "c2": row})) if severity == "warning"] == [
        "sheet.all_abstain",
        "sheet.mostly_invalid",
    ]


def test_every_finding_has_its_sentence():
    from election.words import sentence

    for check in check_sheet(sheet(invalid=2, write_ins=[{"name": "赵六", "for": 11}]), CONTEST, 11):
        for language in ("zh", "en"):
            assert sentence(check.code, check.params, language)


@pytest.mark.parametrize(("given", "params"), [
    (sheet(invalid=2), {"valid": 10, "invalid": 2, "returned": 11}),
    (sheet(votes={"c1": {"for": 5, "against": 3, "abstain": 2}, "c2": {"for": 5, "against": 3, "abstain": 3}}),
     {"total": 11, "valid": 10}),
    (sheet(votes={"c1": {"for": 5, "against": 5, "abstain": 0}, "c2": {"for": 0, "against": 5, "abstain": 5}},
           write_ins=[{"name": "赵六", "for": 11}]), {"for": 11, "valid": 10}),
    (sheet(write_ins=[{"name": "赵六", "for": 6}, {"name": "钱七", "for": 5}]), {"for": 21, "most": 20, "seats": 2}),
])  # fmt: skip
def test_a_finding_says_its_numbers(given, params):
    (check,) = check_sheet(given, CONTEST, 11)
    assert check.params == params


def test_exactly_as_many_votes_as_seats_allow_are_good():
    full = {"for": 10, "against": 0, "abstain": 0}
    assert found(sheet(votes={"c1": full, "c2": full})) == []
    assert found(sheet(write_ins=[{"name": "赵六", "for": 10}])) == []
    assert found(sheet(0, 11, {"c1": dict.fromkeys(full, 0), "c2": dict.fromkeys(full, 0)})) == [
        ("sheet.mostly_invalid", "warning", ("invalid",))
    ]


def test_warnings_say_their_numbers_and_begin_where_they_should():
    row = {"for": 0, "against": 0, "abstain": 6}
    all_abstain, mostly = check_sheet(sheet(6, 7, {"c1": row, "c2": row}), CONTEST, 13)
    assert (all_abstain.code, all_abstain.fields, all_abstain.params) == ("sheet.all_abstain", ("valid",), {"valid": 6})
    assert (mostly.fields, mostly.params) == (("invalid",), {"valid": 6, "invalid": 7})
    opposed = row | {"against": 1, "abstain": 5}
    assert found(sheet(6, 6, {"c1": opposed, "c2": row}), 12) == [], "one mark is enough, half is not most"


def test_shape_comes_before_sums_and_every_fault_is_listed():
    given = {
        "valid": "x",
        "votes": {"c1": {"for": -1, "more": 1}, "c3": {}, "c2": 5},
        "write_ins": [3, {"for": 1.5}],
        "y": 0,
    }
    assert found(given) == [
        ("sheet.unknown_key", "error", ("y",)),
        ("sheet.not_a_number", "error", ("valid",)),
        ("sheet.not_a_number", "error", ("invalid",)),
        ("sheet.unknown_key", "error", ("votes.c1.more",)),
        ("sheet.not_a_number", "error", ("votes.c1.for",)),
        ("sheet.not_a_number", "error", ("votes.c1.against",)),
        ("sheet.not_a_number", "error", ("votes.c1.abstain",)),
        ("sheet.row_unknown", "error", ("votes.c3",)),
        ("sheet.not_a_sheet", "error", ("votes.c2",)),
        ("sheet.not_a_sheet", "error", ("write_ins[0]",)),
        ("sheet.write_in_unnamed", "error", ("write_ins[1].name",)),
        ("sheet.not_a_number", "error", ("write_ins[1].for",)),
    ]
    assert found(sheet(votes=[1])) == [("sheet.not_a_sheet", "error", ("votes",))]
    assert found(sheet(write_ins="甲")) == [("sheet.not_a_sheet", "error", ("write_ins",))]
    assert found(sheet(write_ins=[{"name": "赵六", "for": 1, "against": 0}])) == [
        ("sheet.unknown_key", "error", ("write_ins[0].against",))
    ]


def test_votes_from_higher_posts_only_where_they_are_carried():
    row = {"for": 5, "against": 3, "abstain": 2, "carried": 4}
    given = sheet(votes={"c1": row, "c2": row | {"carried": -1}})
    assert found(given)[0] == ("sheet.unknown_key", "error", ("votes.c1.carried",))
    allowed = check_sheet(given, CONTEST, 11, carried=True)
    assert [(check.code, check.fields) for check in allowed] == [("sheet.not_a_number", ("votes.c2.carried",))]


def test_one_written_name_is_one_person_on_the_sheet():
    given = sheet(write_ins=[{"name": "赵 六", "for": 3}, {"name": "赵六", "for": 2}, {"name": "钱七", "for": 0}])
    votes = read_sheet(given, CONTEST)
    assert votes.write_ins == {"赵六": 5}
    assert (votes.valid, votes.invalid, votes.for_, votes.against) == (10, 1, {"c1": 5, "c2": 5}, {"c1": 3, "c2": 3})
    twice = sheet(write_ins=[{"name": "甲", "for": 1}, {"name": "甲 ", "for": 1}])
    assert read_sheet(twice, CONTEST).for_ == {"c1": 7, "c2": 5}
    assert found(twice) == [("sheet.write_in_listed", "warning", ("write_ins[1].name",))]
    shared = CONTEST | {"candidates": [{"id": "c1", "name": "甲"}, {"id": "c2", "name": "甲"}]}
    assert [
        (c.code, c.severity, c.fields) for c in check_sheet(sheet(write_ins=[{"name": "甲", "for": 1}]), shared, 11)
    ] == [("sheet.write_in_ambiguous", "error", ("write_ins[0].name",))]


def test_a_contest_without_candidates_has_write_ins_alone():
    """海选: no names are printed, so a sheet may leave the rows out."""
    contest = {"id": "a", "seats": 1, "candidates": []}
    bare = {"valid": 10, "invalid": 0, "write_ins": [{"name": "赵六", "for": 6}]}
    assert check_sheet(bare, contest, 10) == []
    assert read_sheet(bare, contest).write_ins == {"赵六": 6}
    many = bare | {"write_ins": [{"name": "赵六", "for": 6}, {"name": "钱七", "for": 5}]}
    (check,) = check_sheet(many, contest, 10)
    assert (check.code, check.fields, check.params) == (
        "sheet.too_many",
        ("write_ins",),
        {"for": 11, "most": 10, "seats": 1},
    )
