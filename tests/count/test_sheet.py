"""The checks beside a teller's form."""

from __future__ import annotations

import pytest

from election.count import check_sheet

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
