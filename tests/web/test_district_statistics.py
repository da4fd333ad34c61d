"""Sums over results: bands, shares, combined posts; and every value of a ruleset in words."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from election import law
from election.process.facts import Candidate, Contest, Election, Meeting, Round
from election.process.nomination import EDUCATION
from election.web.district import bars
from election.web.district.rules import all_shown
from election.web.district.statistics import Line, Result, Sum, Tally, band, percent, result_of


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_rounded_half_up_to_one_decimal(part: int, whole: int) -> None:
    said = Fraction(percent(part, whole).removesuffix("%"))
    exact = Fraction(100 * part, whole)
    assert exact - Fraction(1, 20) < said <= exact + Fraction(1, 20)


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(1, 2000, "0.1%"), (3, 7, "42.9%"), (0, 5, "0.0%"), (5, 5, "100.0%"), (0, 0, "—")]
)
def test_shares(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words


@pytest.mark.parametrize(("age", "number"), [(18, 0), (35, 0), (36, 1), (45, 1), (46, 2), (55, 2), (56, 3), (90, 3)])
def test_bands_of_age(age: int, number: int) -> None:
    assert band(age) == number


def candidate(person: str, office: str = "member", **more: object) -> Candidate:
    return Candidate(person, f"{person}某", office, **more)  # type: ignore[arg-type]


def residents(**more: object) -> Election:
    """Three seats, four candidates; the chair, a member and a write-in are elected."""
    facts = Election(id="e", body="residents", rules=law.load("qilihe-2010.residents"))
    facts.contests = [Contest("chair", "主任", 1, head=True), Contest("member", "委员", 2)]
    facts.official = [
        candidate("a", "chair", sex="female", age=35, education="bachelor", sitting=True),
        candidate("b", "chair", sex="male", age=60, education="primary"),
        candidate("c", sex="female", age=36, education="college"),
        candidate("d", sex="male", age=50, education="master"),
    ]
    facts.elected = {"a": "chair", "c": "member", "w": "member"}
    facts.meetings = [Meeting(1, present=41)]
    for name, value in more.items():
        setattr(facts, name, value)
    return facts


def test_numbers_of_one_result() -> None:
    found = result_of(residents(), {"a"})
    assert (found.candidates, found.seats, found.elected, found.vacant, found.present) == (4, 3, 3, 0, 41)
    assert (found.women, found.party, found.sitting, found.unknown) == (2, 1, 1, 1)
    assert found.ages == (1, 1, 0, 0)
    assert dict(zip(EDUCATION, found.schools, strict=True)) == {
        name: int(name in ("bachelor", "college")) for name in EDUCATION
    }
    assert found.head == "a"


def test_where_nobody_meets_those_count_who_were_given_a_ballot() -> None:
    first = Round(1, [], {}, answer={"contests": []}, account={"issued": 812})
    assert result_of(residents(meetings=[], rounds=[first]), set()).present == 812
    assert result_of(residents(meetings=[], rounds=[]), set()).present == 0


def test_the_party_s_head_is_whom_its_plenary_elected() -> None:
    plenary = {"contests": [{"id": "secretary", "elected": ["c"]}, {"id": "deputy_secretary", "elected": ["a"]}]}
    found = result_of(residents(body="party", rules=law.load("qilihe-2010.party"), plenary=plenary), set())
    assert found.head == "c"
    assert found.party == found.elected == 3
    assert result_of(residents(body="party", rules=law.load("qilihe-2010.party")), set()).head == ""


def test_a_seat_left_open_is_vacant() -> None:
    assert result_of(residents(elected={"a": "chair"}), set()).vacant == 2


@pytest.mark.parametrize(
    ("party", "chair", "combined"), [("p", "p", True), ("p", "q", False), ("", "p", None), ("p", "", None)]
)
def test_posts_are_combined_where_one_person_heads_both(party: str, chair: str, combined: bool | None) -> None:
    line = Line("街道", "社区", {"party": Result("1", head=party), "residents": Result("2", head=chair)})
    assert line.combined is combined


def test_posts_are_not_known_while_one_body_has_no_result() -> None:
    assert Line("街道", "社区", {"party": Result("1", head="p")}).combined is None


def test_sums_and_their_sheet(app: Flask) -> None:
    one = result_of(residents(), {"a"})
    total = Sum()
    total.add(one)
    total.add(one)
    assert (total.elections, total.elected, total.women, total.tertiary) == (2, 6, 4, 4)
    assert total.ages == [2, 2, 0, 0]
    tally = Tally((Line("街道", "社区", {"residents": one}),), {"party": Sum(), "residents": total})
    with app.test_request_context("/"):
        heads, rows = bars.sheet(tally)
        assert [len(row) for row in rows] == [len(heads)]
        charts = {c.code: c for c in bars.charts(tally)}
    assert charts["women"].drawn == (bars.Bar("居民委员会", 4, 6, "66.7%（4 / 6）"),)
    assert charts["margin"].drawn[0].number == "33.3%（候选人 8，应选 6）"
    assert charts["ages-party"].empty
    assert charts["combined"].empty
    assert charts["women"].drawn[0].width == 666


@given(st.integers(0, 10**4), st.integers(0, 10**4))
def test_a_bar_never_leaves_its_ground(part: int, whole: int) -> None:
    assert 0 <= bars.Bar("", part, whole, "").width <= 1000


@pytest.mark.parametrize("ruleset", law.ids())
def test_every_value_of_a_ruleset_has_words(app: Flask, ruleset: str) -> None:
    with app.test_request_context("/"):
        deciding, others = all_shown(law.load(ruleset))
    assert len(deciding) + len(others) == len(law.load(ruleset).values)
    for value in (*deciding, *others):
        assert not re.search("[a-z]", value.value + value.label), value
