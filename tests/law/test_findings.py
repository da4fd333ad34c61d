"""What a finding says in full: its code, its weight, the article and every number."""

from __future__ import annotations

import dataclasses

import pytest

from election import law
from election.faults import WrongInput
from election.law import Finding

PARTY, RESIDENTS = law.load("qilihe-2010.party"), law.load("qilihe-2010.residents")


def other_articles(rules):
    """The same rules, each value with its own key for an article: then an answer shows which one it cites."""
    values = {key: dataclasses.replace(value, article=key, status="seen") for key, value in rules.values.items()}
    return dataclasses.replace(rules, values=values)


P, R = other_articles(PARTY), other_articles(RESIDENTS)


@pytest.mark.parametrize(
    ("form", "seats", "members", "expected"),
    [
        ("branch", 3, 7, [Finding("law.seats.no_committee", "error", "seats.branch.over_members", {"members": 7, "over": 7})]),
        ("branch", 9, 8, [Finding("law.seats.outside", "error", "seats.branch.max", {"seats": 9, "min": 3, "max": 7})]),
        ("general_branch", 3, 60, [Finding("law.seats.outside", "error", "seats.general_branch.max", {"seats": 3, "min": 5, "max": 9})]),
        ("branch", 7, 8, [Finding("law.seats.above_normal", "reason", "seats.branch.max", {"seats": 7, "min": 3, "max": 5})]),
        ("committee", 6, 80, [Finding("law.seats.even", "error", "seats.odd", {"seats": 6})]),
        ("committee", 1, 5, [Finding("law.seats.outside", "error", "seats.committee.max", {"seats": 1, "min": 5, "max": 9})]),
    ],
)  # fmt: skip
def test_seats_of_a_party_organisation(form, seats, members, expected):
    assert list(law.check_seats(P, seats, form=form, members=members)) == expected


@pytest.mark.parametrize("seats", [3, 4, 10, 11])
def test_seats_of_a_committee(seats):
    outside = Finding("law.seats.outside", "error", "seats.min", {"seats": seats, "min": 5, "max": 9})
    even = Finding("law.seats.even", "error", "seats.odd", {"seats": seats})
    assert law.check_seats(R, seats) == ((outside, even) if seats % 2 == 0 else (outside,))


def test_units_the_total_and_the_residents_share():
    found = law.check_representatives(R, 20, {"厂": 0, "医院": 3, "校": 2, "所": 1, "站": 1, "馆": 2, "队": 2})
    assert list(found) == [
        Finding("law.representatives.unit", "error", "representatives.per_unit_max", {"group": "厂", "places": 0, "min": 1, "max": 2}),
        Finding("law.representatives.unit", "error", "representatives.per_unit_max", {"group": "医院", "places": 3, "min": 1, "max": 2}),
        Finding("law.representatives.total", "reason", "representatives.total_max", {"total": 31, "min": 40, "max": 60}),
        Finding("law.representatives.residents_share", "error", "representatives.residents_share", {"residents": 20, "total": 31, "needed": 21}),
    ]  # fmt: skip
    assert law.check_representatives(R, 40, {}) == ()
    assert law.check_representatives(R, 60, {}) == ()
    assert [f.code for f in law.check_representatives(R, 61, {})] == ["law.representatives.total"]
    assert [f.code for f in law.check_representatives(R, 39, {})] == ["law.representatives.total"]


def test_an_impossible_number_of_places():
    found = law.apportion(R, {"一": 300, "二": 900}, route="households", units={"厂": 2}, total=100)
    impossible = {"wanted": 98, "min": 20, "max": 60}
    total = {"total": 62, "min": 40, "max": 60}
    assert list(found.findings) == [
        Finding("law.apportion.impossible", "error", "representatives.households_min", impossible),
        Finding("law.representatives.total", "reason", "representatives.total_max", total),
    ]
    assert (found.places, found.units, found.total, found.ok) == ({"一": 15, "二": 45}, {"厂": 2}, 62, False)
    by_groups = law.apportion(R, {"一": 300, "二": 900}, route="groups", total=7)
    assert by_groups.findings[0] == Finding(
        "law.apportion.impossible", "error", "representatives.per_group_min", {"wanted": 7, "min": 4, "max": 6}
    )
    assert by_groups.places == {"一": 3, "二": 3}


def test_a_reason_alone_is_lawful():
    found = law.apportion(R, {f"{n}": 100 for n in range(5)}, route="groups", total=12)
    assert [f.severity for f in found.findings] == ["reason"]
    assert found.ok


@pytest.mark.parametrize(("households", "bounds"), [
    (1, (1, 1)), (20, (1, 1)), (39, (1, 1)), (40, (1, 2)), (60, (1, 3)), (61, (2, 3)), (120, (2, 6)), (121, (3, 6)), (0, (0, 0)),
])  # fmt: skip
def test_one_representative_per_twenty_to_sixty_households(households, bounds):
    assert law.household_limits(R, households) == law.Limits(*bounds)


def test_delegates():
    found = law.apportion(P, {"一": 200, "二": 100}, route="delegates", total=99)
    assert list(found.findings) == [
        Finding("law.delegates.too_few_members", "error", "delegates.above_members", {"members": 300, "above": 300}),
        Finding("law.delegates.total", "error", "delegates.max", {"total": 99, "min": 100, "max": 200}),
    ]
    assert (found.places, found.units, found.method) == ({"一": 66, "二": 33}, {}, "largest_remainder")
    many = law.apportion(P, {"一": 301}, route="delegates", total=302)
    assert many.findings[-1] == Finding(
        "law.apportion.impossible", "error", "delegates.max", {"wanted": 302, "min": 1, "max": 301}
    )
    assert law.apportion(P, {"一": 301}, route="delegates").total == 100, "the fewest"


@pytest.mark.parametrize(("options", "line"), [
    ({"sizes": {"一": 0}, "route": "groups"}, "一: 0 is not a number of households; at least 1"),
    ({"sizes": {"一": 40}, "route": "groups", "units": {"厂": -1}}, "厂: -1 is not a number of units; at least 0"),
    ({"sizes": {"一": 0}, "route": "delegates"}, "一: 0 is not a number of members; at least 1"),
    ({"sizes": {}, "route": "groups"}, "households: there is none to share among; give at least one group"),
    ({"sizes": {}, "route": "delegates"}, "members: there is none to share among; give at least one group"),
])  # fmt: skip
def test_numbers_that_are_none(options, line):
    rules = P if options["route"] == "delegates" else R
    with pytest.raises(WrongInput) as error:
        law.apportion(rules, **options)
    assert str(error.value) == line


@pytest.mark.parametrize(("sizes", "total", "places"), [
    # the whole parts first, then the largest remainders, the earlier of equals
    ({"a": 100, "b": 100, "c": 101}, 100, {"a": 33, "b": 33, "c": 34}),
    ({"a": 150, "b": 150, "c": 3}, 101, {"a": 50, "b": 50, "c": 1}),
    ({"a": 151, "b": 151}, 101, {"a": 51, "b": 50}),
    # a branch of one keeps its least, the rest is shared anew
    ({"a": 400, "b": 1, "c": 1}, 100, {"a": 98, "b": 1, "c": 1}),
    ({"a": 2, "b": 300}, 200, {"a": 1, "b": 199}),
    ({"a": 3, "b": 298}, 299, {"a": 3, "b": 296}),
    ({"a": 301}, 150, {"a": 150}),
])  # fmt: skip
def test_largest_remainder(sizes, total, places):
    assert law.apportion(P, sizes, route="delegates", total=total).places == places


def test_a_threshold_and_its_printing():
    assert str(law.threshold("> 4/5")) == "> 4/5"
    assert str(law.threshold("≥ 2/3")) == ">= 2/3"
    with pytest.raises(TypeError):
        RESIDENTS.threshold("official.days_before")
    with pytest.raises(KeyError, match="x"):
        RESIDENTS.threshold("x")
