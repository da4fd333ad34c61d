"""The cards of the voters: ten to a sheet, each with what its voter needs and a square of a size that scans."""

from __future__ import annotations

import pytest

from election.documents import cards
from election.documents.cards import Card
from election.faults import WrongInput
from tests.documents.reading import pages, sizes


def card(name: str = "王喆") -> Card:
    return Card(
        title="选民证",
        election="福临里社区居民委员会换届选举",
        name=name,
        group="第一居民小组",
        day="2010年12月26日",
        issuer="福临里社区居民选举委员会",
        code="7KQ2-M4XD",
    )


def test_ten_cards_stand_on_a_sheet_and_the_eleventh_begins_another():
    names = [*(f"王{digit}" for digit in "一二三四五六七八九十"), "阿依努尔·买买提江"]
    made = cards.sheets([card(name) for name in names])
    assert sizes(made) == [(210, 297)] * 2
    first, second = pages(made)
    assert [first.count(name) for name in names] == [1] * 10 + [0]
    assert names[-1] in second
    for printed in ("选民证", "福临里社区居民委员会换届选举", "第一居民小组", "2010年12月26日", "本证不是选票"):
        assert (first.count(printed), second.count(printed)) == (10, 1)


def test_the_code_stands_in_the_square_alone():
    assert "7KQ2" not in "".join(pages(cards.sheets([card()])))


def test_the_same_cards_are_the_same_bytes_and_another_code_other_ones():
    assert cards.sheets([card()]) == cards.sheets([card()])
    assert cards.sheets([card()]) != cards.sheets([Card(**{**vars(card()), "code": "0000-0000"})])


def test_a_name_that_no_font_has_is_refused_with_its_character():
    with pytest.raises(WrongInput, match="cards: the fonts lack \ue000"):
        cards.sheets([card(), card("陈\ue000")])
