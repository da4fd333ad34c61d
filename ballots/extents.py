"""Where a contest and each of its rows stand on the paper: what people are shown of a page, and nothing beside it.

The rules that are printed round a row say how far it reaches. A layout that does not tell its rules is measured by its
boxes: a row ends half way to the next, and begins where the boxes of what stands left of it end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ballots.geometry import Mark, Rectangle, WriteIn
from ballots.template import Template

#: paper round what is shown, less than lies between two contests
AROUND_MM = 1.5
#: without rules: how far above the first box the heads of the columns stand, and how far a row alone reaches
HEADS_MM, REACH_MM = 14.0, 4.5
#: two rules are one where they lie no further apart
SAME_MM = 0.5

#: a candidate or the number of a write-in's row
Name = str | int


@dataclass(frozen=True)
class _Row:
    """``boxes`` bounds what is to be marked or written in, ``all`` the row from its name's left edge, rule to rule."""

    name: Name
    boxes: Rectangle
    all: Rectangle


def of_contest(template: Template, contest: str) -> list[Rectangle]:
    """The whole contest with its heads and its write-in rows, one part for each column it runs through."""
    return of_rows(template, contest, {row.name for row in _rows(template, contest)})


def of_rows(template: Template, contest: str, names: Collection[Name]) -> list[Rectangle]:
    """These rows from name to box, each column's heads above them; rows that touch are one part."""
    page = _page(template, contest)
    paper = Rectangle(0.0, 0.0, template.width, template.height)
    shown: list[Rectangle] = []
    for column in _columns(_rows(template, contest)):
        asked = [row.all for row in column if row.name in names]
        if asked:
            shown += [_grown(part, paper) for part in _joined([_heads(template, page, column[0].all), *asked])]
    return shown


def _rows(template: Template, contest: str) -> list[_Row]:
    boxes: dict[Name, list[Rectangle]] = {}
    for one in _boxes(template):
        if one.contest == contest:
            candidate = one.candidate if isinstance(one, Mark) else None
            boxes.setdefault(candidate if candidate is not None else one.row or 0, []).append(one.box)
    page = _page(template, contest)
    bounds = {name: around(found) for name, found in boxes.items()}
    return [_Row(name, b, ruled(template, page, b) or _measured(template, page, b)) for name, b in bounds.items()]


def _columns(rows: Iterable[_Row]) -> list[list[_Row]]:
    """The rows that stand below one another, downward; all of a column are as wide."""
    columns: list[list[_Row]] = []
    for row in sorted(rows, key=lambda row: (row.boxes.x, row.boxes.y)):
        if columns and any(row.boxes.x < one.boxes.right for one in columns[-1]):
            columns[-1].append(row)
        else:
            columns.append([row])
    found = []
    for column in columns:
        left, right = max(row.all.x for row in column), max(row.all.right for row in column)
        downward = sorted(column, key=lambda row: row.boxes.y)
        found.append([replace(row, all=replace(row.all, x=left, w=right - left)) for row in downward])
    return found


def _boxes(template: Template) -> list[Mark | WriteIn]:
    return [*template.marks, *template.write_ins]


def _page(template: Template, contest: str) -> int:
    return next(one.page for one in _boxes(template) if one.contest == contest)


def _across(template: Template, page: int, over: Rectangle) -> list[Rectangle]:
    """The page's horizontal rules that run over the whole width of ``over``, downward."""
    found = (one.box for one in template.lines if one.page == page and one.y1 == one.y2 and not one.dash)
    return sorted((one for one in found if one.x <= over.x and over.right <= one.right), key=lambda one: one.y)


def ruled(template: Template, page: int, box: Rectangle) -> Rectangle | None:
    """The row round a box, from rule to rule; None where the layout does not tell its rules."""
    rules = _across(template, page, box)
    above = [one for one in rules if one.y <= box.y + SAME_MM]
    below = [one for one in rules if one.y >= box.bottom - SAME_MM]
    if not above or not below:
        return None
    return Rectangle(above[-1].x, above[-1].y, above[-1].w, below[0].y - above[-1].y)


def _measured(template: Template, page: int, box: Rectangle) -> Rectangle:
    """A row of a layout without rules."""
    others = [one.box for one in _boxes(template) if one.page == page]
    over = [one for one in others if one.x < box.right and box.x < one.right]
    gap_above = min((box.y - one.bottom for one in over if one.bottom <= box.y), default=2 * REACH_MM)
    gap_below = min((one.y - box.bottom for one in over if one.y >= box.bottom), default=2 * REACH_MM)
    top, bottom = box.y - min(gap_above / 2, REACH_MM), box.bottom + min(gap_below / 2, REACH_MM)
    beside = [one for one in others if one.y < bottom and top < one.bottom and not one.overlaps(box)]
    left = max((one.right + AROUND_MM for one in beside if one.right <= box.x), default=0.0)
    return Rectangle(left, top, box.right - left, bottom - top)


def _heads(template: Template, page: int, first: Rectangle) -> Rectangle:
    """What stands above a column of rows, whose first is given: the office and the words over the boxes."""
    rules = [one for one in _across(template, page, first) if one.y < first.y - SAME_MM]
    if not rules:
        return Rectangle(first.x, first.y - HEADS_MM, first.w, HEADS_MM)
    table = rules[-1]
    above = [
        text.box.y
        for text in template.texts
        if text.page == page
        and abs(text.box.bottom - table.y) < SAME_MM
        and first.x <= text.box.x
        and text.box.right <= first.right
    ]
    top = min(above, default=table.y)
    return Rectangle(first.x, top, first.w, first.y - top)


def _joined(parts: Iterable[Rectangle]) -> Iterator[Rectangle]:
    """Parts of one column, downward; neighbours are one."""
    now: Rectangle | None = None
    for part in parts:
        if now is not None and part.y - now.bottom < SAME_MM:
            now = around([now, part])
            continue
        if now is not None:
            yield now
        now = part
    if now is not None:
        yield now


def around(boxes: Sequence[Rectangle]) -> Rectangle:
    x, y = min(one.x for one in boxes), min(one.y for one in boxes)
    return Rectangle(x, y, max(one.right for one in boxes) - x, max(one.bottom for one in boxes) - y)


def _grown(part: Rectangle, paper: Rectangle) -> Rectangle:
    """With paper round it, as far as there is any."""
    x, y = max(paper.x, part.x - AROUND_MM), max(paper.y, part.y - AROUND_MM)
    right, bottom = min(paper.right, part.right + AROUND_MM), min(paper.bottom, part.bottom + AROUND_MM)
    return Rectangle(x, y, right - x, bottom - y)
