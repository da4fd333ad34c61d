"""Ballots of more than one page: which pages of a pile are one ballot, and what a lost page does to the pack."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import pytest

from election.acts.laying import Laid, put_together


def pile(lying: str) -> list[Laid]:
    """``a1 a2 b2 b1 X O``: ballot and page; X is a page that was not read, O a back without print, W a pure white one."""
    found = []
    for one in lying.split():
        why = {"X": "other-design", "O": "no-markers", "W": "one-bit"}.get(one, "")
        answer = {"ballot": one[0], "ballot_page": int(one[1]) if not why else None}
        found.append(Laid(answer, None if why else b"page", why))
    return found


def cut(lying: str, of: int = 2) -> tuple[list[str], list[str]]:
    """The ballots, each by the letters of its pages, and the loose pages."""
    sheets, loose = put_together(pile(lying), of)
    return (
        ["".join(one.answer["ballot"] for one in sheet) for sheet in sheets],
        [f"{one.answer['ballot']}{one.answer['ballot_page']}" for one in loose],
    )


@pytest.mark.parametrize(
    ("lying", "ballots"),
    [
        ("a1 a2 b1 b2 c1 c2", ["aa", "bb", "cc"]),
        ("a1 O a2 O b1 O b2 O", ["aa", "bb"]),  # printed on one side, scanned on both
        ("a1 W a2 O b1 W b2 W", ["aa", "bb"]),
        ("", []),
    ],
)
def test_pages_of_a_pile_are_ballots_as_they_lie(lying: str, ballots: list[str]) -> None:
    assert cut(lying) == (ballots, [])


def test_ballots_of_three_pages_have_a_back_without_print() -> None:
    assert cut("a1 a2 a3 O b1 b2 b3 O", 3) == (["aaa", "bbb"], [])
    assert cut("a1 a2 a3 b1 b2 b3", 3) == (["aaa", "bbb"], [])


@pytest.mark.parametrize("torn", ["X", "O"])
@pytest.mark.parametrize("lying", ["a1 a2 {} b2 c1 c2 d1 d2", "a1 a2 b1 {} c1 c2 d1 d2"])
def test_a_page_that_was_not_read_breaks_its_own_ballot_alone(lying: str, torn: str) -> None:
    """Were its place forgotten, every ballot after it would be put together of two people's pages."""
    ballots, loose = cut(lying.format(torn))
    assert ballots == ["aa", "cc", "dd"]
    assert [one[0] for one in loose] == ["b"]


@pytest.mark.parametrize(
    "lying",
    [
        "a1 a2 b1 c1 c2 d1 d2",  # b's second page was not scanned
        "a1 a2 b2 c1 c2 d1 d2",  # nor here its first: 2 and 1 would still follow one another
        "a1 a2 b1 c1 c2 d1",  # two lost: the number of pages is even
        "a1 b1 a2 b2",  # sheets that came apart
        "a1 X b2 X",
        "a2 b1 b2 c1",  # the first page and the last
        "a2 a1 b2 b1",  # face down: nothing tells it from the pile before
        "a1 a2 b2 b1 c1 c2",
        "a1 O O b2 c1 c2 d1 d2",
        "a1 X a2 O b1 O b2 O c1 O c2 O",  # X lies where a back should
    ],
)
def test_a_pile_that_has_lost_a_page_is_not_taken_at_all(lying: str) -> None:
    ballots, loose = cut(lying)
    assert ballots == []
    assert len(loose) == sum(one not in ("X", "O", "W") for one in lying.split())


def test_a_ballot_of_one_page_needs_no_other() -> None:
    assert cut("a1 X O b1", 1) == (["a", "b"], [])


def turned(of: int, way: str) -> Iterator[list[str]]:
    """Whole piles of up to four ballots, each face up or face down; ``way`` names the empty backs."""
    for size in range(1, 5):
        for down in product([False, True], repeat=size):
            lying = []
            for ballot, reverse in zip("abcd", down, strict=False):
                pages = [f"{ballot}{page}" for page in range(1, of + 1)]
                if way == "each":
                    pages = [side for page in pages for side in (page, "O")]
                elif way == "last":
                    pages.append("O")
                lying += pages[::-1] if reverse else pages
            yield lying


def damaged(lying: list[str]) -> Iterator[list[str]]:
    """The pile with one page lost, not read, taken for blank or too many, and with none."""
    yield lying
    for at, page in enumerate(lying):
        yield [*lying[:at], *lying[at + 1 :]]
        for other in ("X", "O", "W"):
            yield [*lying[:at], other, *lying[at + 1 :]]
            yield [*lying[:at], page, other, *lying[at + 1 :]]


def mixed(lying: list[str], of: int) -> bool:
    return any(len(set(ballot)) > 1 for ballot in cut(" ".join(lying), of)[0])


@pytest.mark.parametrize(("of", "way"), [(2, "none"), (2, "each"), (3, "none"), (3, "last"), (4, "none")])
def test_one_page_lost_or_not_read_or_too_many_never_makes_a_ballot_of_two_peoples_pages(of: int, way: str) -> None:
    for whole in turned(of, way):
        for lying in damaged(whole):
            assert not mixed(lying, of), lying


def test_two_lost_or_one_moved_page_mix_two_people_only_where_all_that_is_left_lies_in_turn() -> None:
    """The cases without a sign that the docstring names: what is left looks as a good pile does."""
    unseen = set()
    for whole in turned(2, "none"):
        places = range(len(whole))
        lost = [[whole[at] for at in places if at not in two] for two in combinations(places, 2)]
        rests = [(page, [one for one in whole if one != page]) for page in whole]
        moved = [[*rest[:to], page, *rest[to:]] for page, rest in rests for to in places]
        for lying in lost + moved:
            if mixed(lying, 2):
                assert [page[1] for page in lying] == ["1", "2"] * (len(lying) // 2)
                unseen.add(" ".join(lying))
    assert {"a1 b2", "a1 b2 b1 c2", "a1 b2 b1 a2"} <= unseen
    assert "a2 b1 b2 a1" not in unseen
