"""What a finding says in full: its code, its weight, the article and every number."""

from __future__ import annotations

import dataclasses
import math
import random
from fractions import Fraction

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


def _shares(weights, limits, total):
    """Exact shares by weight, each held within its limits: one factor for all, so that they add up to ``total``.

    The sum grows with the factor, straight between the factors at which a group meets a limit.
    """

    def held(factor):
        return {g: min(max(factor * w, limits[g].least), limits[g].most) for g, w in weights.items()}

    turns = sorted({Fraction(end, weights[g]) for g in weights for end in (limits[g].least, limits[g].most)})
    low = max((t for t in turns if sum(held(t).values()) <= total), default=Fraction(0))
    high = min((t for t in turns if sum(held(t).values()) >= total), default=low)
    at_low, at_high = sum(held(low).values()), sum(held(high).values())
    step = (high - low) * (total - at_low) / (at_high - at_low) if at_high > at_low else 0
    return held(low + step)


@pytest.mark.parametrize("seed", range(60))
def test_no_group_is_further_than_one_from_its_share(seed):
    """Another way to the same: whoever is held at a limit takes nothing from what the others are due."""
    chance = random.Random(seed)
    weights = {f"{n}": chance.choice((1, 3, 20, 45, 90, 200, 700)) for n in range(chance.randrange(2, 9))}
    limits = {g: law.household_limits(R, w * 3) for g, w in weights.items()}
    least, most = sum(x.least for x in limits.values()), sum(x.most for x in limits.values())
    total = chance.randint(least, most)
    found = law.apportion(R, {g: w * 3 for g, w in weights.items()}, route="households", total=total)
    shares = _shares(weights, limits, total)
    assert sum(found.places.values()) == total
    assert all(math.floor(shares[g]) <= n <= math.ceil(shares[g]) for g, n in found.places.items()), (weights, total)


@pytest.mark.parametrize("seed", range(60))
def test_no_sub_branch_is_further_than_one_from_its_share(seed):
    chance = random.Random(f"delegates {seed}")
    sizes = {f"{n}": chance.choice((1, 1, 2, 5, 40, 90, 300)) for n in range(chance.randrange(2, 12))} | {"大": 400}
    limits = {branch: law.Limits(1, members) for branch, members in sizes.items()}
    total = chance.randint(max(100, len(sizes)), min(200, sum(sizes.values())))
    places = law.apportion(P, sizes, route="delegates", total=total).places
    shares = _shares(sizes, limits, total)
    assert sum(places.values()) == total
    assert all(math.floor(shares[b]) <= n <= math.ceil(shares[b]) for b, n in places.items()), (sizes, total)


def test_a_threshold_and_its_printing():
    assert str(law.threshold("> 4/5")) == "> 4/5"
    assert str(law.threshold("≥ 2/3")) == ">= 2/3"
    with pytest.raises(TypeError):
        RESIDENTS.threshold("official.days_before")
    with pytest.raises(KeyError, match="x"):
        RESIDENTS.threshold("x")
