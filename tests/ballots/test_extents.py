"""What is shown of a page when people are asked about a part of it: that part, whole, and no other choice of the voter's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ballots import extents
from ballots.contests import Contest
from ballots.geometry import Form, Paper, Rectangle
from ballots.template import Template

from . import samples

LONG = samples.contest("long", "委员", 20, [f"王{n}" for n in range(40)], 2)
WAYS: list[tuple[tuple[Contest, ...], Form, Paper]] = [
    (samples.WHOLE, "columns", "A4"),
    (samples.WHOLE, "columns", "A3"),
    (samples.WHOLE, "sign", "A4"),
    (samples.WHOLE, "columns", "A5"),
    ((samples.CHAIR, LONG), "columns", "A4"),
    ((LONG,), "sign", "A4"),
]


def bare(template: Template) -> Template:
    """As a layout tells that has only what every layout has."""
    return replace(template, lines=(), texts=())


def seen(template: Template, contest: str, parts: Sequence[Rectangle]) -> tuple[set[object], set[object]]:
    """Which rows' boxes are wholly in the picture, and into which it reaches: (contest, candidate or row).

    A write-in's field stands so near the row beside it that a millimetre of it is paper round that row.
    """
    boxes = extents._boxes(template)
    page = next(one.page for one in boxes if one.contest == contest)
    here = [(one.contest, getattr(one, "candidate", None) or one.row, one.box) for one in boxes if one.page == page]
    cut = {(c, name) for c, name, box in here if not any(box.inside(part) for part in parts)}
    return (
        {(c, name) for c, name, _ in here} - cut,
        {(c, name) for c, name, box in here if any(inner(box).overlaps(part) for part in parts)},
    )


def inner(box: Rectangle) -> Rectangle:
    return Rectangle(box.x + 1, box.y + 1, box.w - 2, box.h - 2)


@pytest.mark.parametrize(("contests", "form", "paper"), WAYS)
@pytest.mark.parametrize("told", [True, False])
def test_a_row_is_shown_by_itself_and_a_contest_whole(
    contests: tuple[Contest, ...], form: Form, paper: Paper, told: bool
) -> None:
    template = samples.checked(contests, form, paper)
    if not told:
        template = bare(template)
    for contest in contests:
        names: list[str | int] = [one.id for one in contest.candidates]
        names += range(1, contest.write_in_rows + 1)
        for name in names:
            whole, touched = seen(template, contest.id, extents.of_rows(template, contest.id, {name}))
            assert whole == touched == {(contest.id, name)}
        whole, touched = seen(template, contest.id, extents.of_contest(template, contest.id))
        assert whole == touched == {(contest.id, name) for name in names}


@pytest.mark.parametrize(("contests", "form", "paper"), WAYS)
def test_names_and_heads_are_shown_and_nothing_of_another_contest(
    contests: tuple[Contest, ...], form: Form, paper: Paper
) -> None:
    template = samples.checked(contests, form, paper)
    texts = samples.printed(contests, form, paper)[1]["texts"]

    def printed(words: str, contest: str, parts: Sequence[Rectangle]) -> bool:
        """Whether these words are printed in one of the parts."""
        boxes = [
            Rectangle(*(text[key] for key in ("x_mm", "y_mm", "w_mm", "h_mm")))
            for text in texts
            if "".join(text["lines"]) == words and text["page"] == extents._page(template, contest)
        ]
        return any(box.inside(part) for box in boxes for part in parts)

    tables = {one.id: [row.all for row in extents._rows(template, one.id)] for one in contests}
    for contest in contests:
        whole = extents.of_contest(template, contest.id)
        assert printed(contest.office, contest.id, whole)
        for candidate in contest.candidates:
            assert printed(candidate.name, contest.id, extents.of_rows(template, contest.id, {candidate.id}))
        beside = [
            table
            for other in contests
            if other.id != contest.id and extents._page(template, other.id) == extents._page(template, contest.id)
            for table in tables[other.id]
        ]
        assert not any(part.overlaps(table) for part in whole for table in beside)


def test_lines_that_are_apart_are_parts_of_their_own_below_the_heads() -> None:
    template = samples.checked()
    heads, last = extents.of_rows(template, "member", {"member5"})
    assert heads.bottom < last.y
    (first,) = extents.of_rows(template, "member", {"member1"})
    assert first.y == heads.y
    (two,) = extents.of_rows(template, "member", {"member1", "member2"})
    assert two.h > first.h
