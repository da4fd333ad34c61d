"""Margin, seats, apportionment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from election import law
from election.faults import WrongInput

PARTY, RESIDENTS = law.load("qilihe-2010.party"), law.load("qilihe-2010.residents")


def codes(findings):
    return [(finding.code, finding.severity) for finding in findings]


@pytest.mark.parametrize(
    ("households", "places", "holds"),
    [
        (0, 0, False),
        (0, 3, True),
        (0, 4, False),
        (300, 4, False),
        (300, 5, True),
        (300, 15, True),
        (300, 16, False),
        (300, 2, True),
    ],
)
def test_a_group_holds_its_places_by_the_group_or_by_its_households(households, places, holds):
    assert law.group_holds(RESIDENTS, households, places) is holds


@pytest.mark.parametrize("ruleset", ["qilihe-2010.party", "qilihe-2010.residents", "party-2020"])
def test_a_fifth_more_candidates_than_seats(ruleset):
    assert [law.margin(law.load(ruleset), seats) for seats in range(1, 10)] == [2, 3, 4, 5, 6, 8, 9, 10, 11]


@pytest.mark.parametrize("ruleset", ["villagers-2018", "residents-2026"])
def test_more_candidates_than_seats(ruleset):
    assert [law.margin(law.load(ruleset), seats) for seats in range(1, 10)] == list(range(2, 11))


@given(st.integers(1, 100_000))
def test_the_margin_is_the_smallest_lawful_number(seats):
    least = law.margin(PARTY, seats)
    assert 5 * (least - seats) >= seats > 5 * (least - 1 - seats)


@pytest.mark.parametrize("seats", [0, -1])
def test_no_seats(seats):
    with pytest.raises(WrongInput, match="seats"):
        law.margin(PARTY, seats)


@pytest.mark.parametrize(
    ("form", "members", "seats", "expected"),
    [
        ("branch", 8, 3, []),
        ("branch", 8, 5, []),
        ("branch", 8, 7, [("law.seats.above_normal", "reason")]),
        ("branch", 8, 9, [("law.seats.outside", "error")]),
        ("branch", 8, 1, [("law.seats.outside", "error")]),
        ("branch", 7, 3, [("law.seats.no_committee", "error")]),
        ("branch", None, 3, []),
        ("branch", 30, 4, [("law.seats.even", "error")]),
        ("general_branch", 60, 7, []),
        ("general_branch", 60, 9, [("law.seats.above_normal", "reason")]),
        ("general_branch", 60, 3, [("law.seats.outside", "error")]),
        ("committee", 86, 9, []),
        ("committee", 86, 11, [("law.seats.outside", "error")]),
        ("committee", 86, 10, [("law.seats.outside", "error"), ("law.seats.even", "error")]),
    ],
)
def test_seats_of_a_party_organisation(form, members, seats, expected):
    assert codes(law.check_seats(PARTY, seats, form=form, members=members)) == expected


@pytest.mark.parametrize(
    ("seats", "expected"),
    [
        (5, []), (7, []), (9, []), (8, [("law.seats.even", "error")]),
        (3, [("law.seats.outside", "error")]), (11, [("law.seats.outside", "error")]),
    ],
)  # fmt: skip
def test_seats_of_a_residents_committee(seats, expected):
    assert codes(law.check_seats(RESIDENTS, seats)) == expected


def test_a_party_organisation_needs_its_form():
    with pytest.raises(WrongInput, match="form"):
        law.check_seats(PARTY, 5)


SAMPLE = {f"第{n}组": households for n, households in enumerate((155, 150, 160, 140, 170, 155, 150, 160), 1)}


def test_the_sample_s_representatives_by_households():
    found = law.apportion(RESIDENTS, SAMPLE, route="households", units={"医院": 2, "厂": 2}, total=50)
    assert (found.method, found.total, found.ok, found.findings) == ("largest_remainder", 50, True, ())
    assert found.places == {g: 6 if h > 150 else 5 if h == 140 else found.places[g] for g, h in SAMPLE.items()}
    for group, places in found.places.items():
        assert SAMPLE[group] / 60 <= places <= SAMPLE[group] / 20


def test_the_fewest_that_the_usual_total_allows():
    assert law.apportion(RESIDENTS, SAMPLE, route="households").total == 40


def test_by_groups_two_or_three_each():
    found = law.apportion(RESIDENTS, SAMPLE, route="groups", units={"厂": 1}, total=20)
    assert (found.total, set(found.places.values())) == (20, {2, 3})
    assert codes(found.findings) == [("law.representatives.total", "reason")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"route": "groups", "total": 30}, ["law.apportion.impossible", "law.representatives.total"]),
        ({"route": "households", "total": 100}, ["law.apportion.impossible"]),
        ({"route": "households", "units": {"厂": 3}}, ["law.representatives.unit"]),
        ({"route": "groups", "units": {f"单位{n}": 2 for n in range(14)}}, ["law.representatives.residents_share"]),
    ],
)
def test_the_constraint_that_fails_is_named(options, expected):
    sizes = SAMPLE if options["route"] == "groups" else {"一": 300, "二": 900}
    found = law.apportion(RESIDENTS, sizes, **options)
    assert [finding.code for finding in found.findings] == expected
    assert all(finding.article for finding in found.findings)


def test_delegates_by_sub_branch():
    found = law.apportion(PARTY, {"一": 200, "二": 100, "三": 101, "四": 1}, route="delegates", total=100)
    assert found.places == {"一": 49, "二": 25, "三": 25, "四": 1}
    assert found.ok


@pytest.mark.parametrize(
    ("members", "total", "expected"),
    [
        ({"一": 300}, 100, ["law.delegates.too_few_members"]),
        ({"一": 301}, 100, []),
        ({"一": 301}, 99, ["law.delegates.total"]),
        ({"一": 301}, 201, ["law.delegates.total"]),
        ({"一": 301}, 302, ["law.delegates.total", "law.apportion.impossible"]),
    ],
)
def test_delegates_within_the_law(members, total, expected):
    found = law.apportion(PARTY, members, route="delegates", total=total)
    assert [finding.code for finding in found.findings] == expected


@pytest.mark.parametrize("sizes", [{}, {"一": 0}, {"一": -5}, {"一": True}, {"一": 2.5}])
def test_sizes_that_are_none(sizes):
    with pytest.raises(WrongInput):
        law.apportion(RESIDENTS, sizes, route="groups")


@given(st.dictionaries(st.integers(1, 30).map(str), st.integers(1, 400), min_size=1), st.integers(0, 400))
@settings(max_examples=300, deadline=None)
def test_places_stay_within_bounds_and_add_up(sizes, total):
    found = law.apportion(RESIDENTS, sizes, route="households", total=total)
    for group, households in sizes.items():
        assert -(-households // 60) <= found.places[group] <= max(-(-households // 60), households // 20)
    if "law.apportion.impossible" not in [finding.code for finding in found.findings]:
        assert found.total == total
    assert list(found.places) == list(sizes)


@given(st.dictionaries(st.integers(1, 30).map(str), st.integers(1, 400), min_size=1), st.integers(1, 300))
@settings(max_examples=300, deadline=None)
def test_a_larger_sub_branch_never_has_fewer_delegates(sizes, total):
    places = law.apportion(PARTY, sizes, route="delegates", total=total).places
    for one in sizes:
        for other in sizes:
            if sizes[one] > sizes[other]:
                assert places[one] >= places[other]


def test_every_finding_has_its_sentence():
    from election.words import sentence

    findings = [
        *law.check_seats(PARTY, 10, form="committee", members=80),
        *law.check_seats(PARTY, 7, form="branch", members=80),
        *law.check_seats(PARTY, 7, form="branch", members=5),
        *law.apportion(RESIDENTS, SAMPLE, route="groups", units={f"{n}": 3 for n in range(14)}, total=90).findings,
        *law.apportion(PARTY, {"一": 9}, route="delegates", total=99).findings,
    ]
    assert len({finding.code for finding in findings}) == 10
    for finding in findings:
        for language in ("zh", "en"):
            assert sentence(finding.code, finding.params, language)
