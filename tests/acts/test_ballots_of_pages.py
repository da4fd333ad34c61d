"""Ballots of more than one page: which pages of a pile are one ballot, and what a lost page does to the pack."""

from __future__ import annotations

import pytest

from election.acts.packs import Laid, put_together


def pile(lying: str) -> list[Laid]:
    """``a1 a2 b2 b1 X O``: ballot and page; X is a page that was not read, O a back without print."""
    found = []
    for one in lying.split():
        why = {"X": "other-design", "O": "no-markers"}.get(one, "")
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
        ("a1 a2 b2 b1 c1 c2", ["aa", "bb", "cc"]),  # fed with its back first
        ("a1 O a2 O b1 O b2 O", ["aa", "bb"]),  # printed on one side, scanned on both
        ("", []),
    ],
)
def test_pages_of_a_pile_are_ballots_as_they_lie(lying: str, ballots: list[str]) -> None:
    assert cut(lying) == (ballots, [])


def test_ballots_of_three_pages_have_a_back_without_print() -> None:
    assert cut("a1 a2 a3 O b1 b2 b3 O", 3) == (["aaa", "bbb"], [])
    assert cut("a1 a2 a3 b1 b2 b3", 3) == (["aaa", "bbb"], [])


@pytest.mark.parametrize("torn", ["X", "O"])
@pytest.mark.parametrize("lying", ["a1 a2 {} b2 c1 c2 d1 d2", "a1 a2 {} b1 c2 c1 d1 d2", "a1 a2 b1 {} c1 c2 d1 d2"])
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
    ],
)
def test_a_pile_that_has_lost_a_page_is_not_taken_at_all(lying: str) -> None:
    ballots, loose = cut(lying)
    assert ballots == []
    assert len(loose) == sum(one not in ("X", "O") for one in lying.split())


def test_a_ballot_of_one_page_needs_no_other() -> None:
    assert cut("a1 X O b1", 1) == (["a", "b"], [])
