"""Lay a ballot out: the fewest pages, then the fewest columns, then the tallest rows; a contest on one page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from ballots import blocks, typeset, words
from ballots.blocks import Drawn, Table
from ballots.contests import Contest, check
from ballots.geometry import (
    CHOICES,
    FORMS,
    INSET_MM,
    MARKER_MM,
    MOST_PAGES,
    PAPERS,
    ContestSeats,
    Example,
    Form,
    Layout,
    Line,
    Paper,
    Rectangle,
    Text,
)
from ballots.sizes import BETWEEN_MM, LARGE, ORDINARY, PAD_MM, STAMP_MM, Sizes, dense, tight
from election.faults import WrongInput

#: white round a marker, without which it is not found
QUIET_MM = 4.0
#: a table wider than this is hard to follow from the name to the box
WIDEST = {"columns": 182.0, "sign": 130.0}
MOST_COLUMNS = 3
#: how far the words on how to mark may shrink, step by step
SHRINK = (1.0, 0.92, 0.85, 0.78)
#: the space a marker and its quiet take at each corner
CORNER_MM = INSET_MM + MARKER_MM + QUIET_MM


@dataclass(frozen=True)
class Placed:
    contest: Contest
    rows: tuple[blocks.Row, ...]
    page: int
    x: float
    y: float
    continued: bool


@dataclass(frozen=True)
class Sheet:
    """What every page of the ballot shares, and the field that is left for the contests."""

    width: float
    height: float
    field: Rectangle
    texts: tuple[Text, ...]
    lines: tuple[Line, ...]
    examples: tuple[Example, ...]


def design(
    contests: Sequence[Contest],
    title: str = words.TITLE,
    *,
    form: Form = "columns",
    paper: Paper = "A4",
    large: bool = False,
    proof: bool = False,
    issuer: str = "",
    date: str = "",
    over_mark_voids: Literal["contest", "ballot"] | None = None,
    against_first: bool = False,
) -> Layout:
    """The layout of a ballot whose candidates stand in the order given.

    ``issuer`` and ``date`` are printed where the stamp goes. ``over_mark_voids`` and ``against_first`` (a write-in
    counts only beside a vote against) are the ruleset's and change the words of 填写说明 only.
    Raises WrongInput for an unknown form or paper and for contests that this paper cannot hold.
    """
    if form not in FORMS:
        raise WrongInput(
            "there is no form {form}", place="form", mend="take one of {choices}", form=form, choices=", ".join(FORMS)
        )
    if paper not in PAPERS:
        raise WrongInput(
            "there is no paper {paper}",
            place="paper",
            mend="take one of {choices}",
            paper=paper,
            choices=", ".join(PAPERS),
        )
    check(contests)

    def fitted(form: Form, paper: Paper, large: bool) -> tuple[Sheet, Table, list[Placed]] | None:
        how = words.instructions(
            form,
            write_ins=any(contest.write_in_rows for contest in contests),
            over_mark_voids=over_mark_voids,
            against_first=against_first,
        )
        return _fitting(contests, title, form, paper, LARGE if large else ORDINARY, how, words.stamp(issuer, date))

    found = fitted(form, paper, large)
    if found is None:
        ways = {
            WrongInput("larger paper"): paper != "A3" and fitted(form, "A3", large),
            WrongInput("ordinary type"): large and fitted(form, paper, False),
            WrongInput("the form sign, which has one box for each"): form == "columns" and fitted("sign", paper, large),
        }
        raise _too_much(contests, paper, [way for way, fits in ways.items() if fits])
    sheet, table, placed = found
    pages = placed[-1].page
    if pages > MOST_PAGES:
        raise WrongInput(
            "the ballot needs {pages} pages, more than {most}",
            place="contests",
            mend="split it",
            pages=pages,
            most=MOST_PAGES,
        )
    drawn = [
        blocks.draw(one.contest, one.rows, table, one.page, one.x, one.y, continued=one.continued) for one in placed
    ]
    return Layout(
        form=form,
        width=sheet.width,
        height=sheet.height,
        pages=pages,
        contests=tuple(ContestSeats(contest.id, contest.seats) for contest in contests),
        fiducials=(),
        marks=tuple(mark for block in drawn for mark in block.marks),
        write_ins=tuple(one for block in drawn for one in block.write_ins),
        texts=tuple(_texts(sheet, drawn, pages)),
        lines=tuple(_lines(sheet, drawn, pages)),
        examples=tuple(replace(one, page=page) for page in range(1, pages + 1) for one in sheet.examples),
        proof=proof,
    ).with_fiducials()


def _fitting(
    contests: Sequence[Contest],
    title: str,
    form: Form,
    paper: Paper,
    sizes: Sizes,
    how: Sequence[str],
    stamp: tuple[str, ...],
) -> tuple[Sheet, Table, list[Placed]] | None:
    """The page and the placing of its contests; None where one of them does not fit on a page.

    Where a contest needs the room, first the words on how to mark shrink, then they share the stamp's height with their
    pictures, then the boxes move nearer each other, then the lines of long names.
    """
    for rows in (sizes, dense(sizes), tight(sizes)):
        for below in (False, True):
            for shrink in SHRINK:
                small = replace(sizes, body=round(sizes.body * shrink, 2))
                sheet = _sheet(contests, title, form, paper, small, how, stamp, pictures_below=below)
                if sheet and (best := _best(contests, form, rows, sheet.field)):
                    return sheet, *best
    return None


def _too_much(contests: Sequence[Contest], paper: Paper, ways: Sequence[WrongInput]) -> WrongInput:
    """The refusal of a contest that no page of this paper holds, naming what was tried and would do."""
    either = reduce(lambda one, other: WrongInput("{one} or {other}", one=one, other=other), ways) if ways else None
    longest = max(contests, key=lambda contest: len(contest.candidates) + contest.write_in_rows)
    return WrongInput(
        "{office} with {candidates} candidates does not fit on one {paper} page",
        place="contest {contest}",
        mend="take {either}" if ways else "print it by itself or fix fewer candidates",
        office=longest.office,
        candidates=len(longest.candidates),
        paper=paper,
        contest=longest.id,
        either=either,
    )


def _best(contests: Sequence[Contest], form: Form, sizes: Sizes, field: Rectangle) -> tuple[Table, list[Placed]] | None:
    found: list[tuple[tuple[int, int, float], Table, list[Placed]]] = []
    for columns in range(1, MOST_COLUMNS + 1):
        width = (field.w - sizes.gap * (columns - 1)) / columns
        for row in sizes.rows:
            table = _table(form, sizes, width, row)
            placed = table and _flow(contests, table, field, columns)
            if table and placed:
                found.append(((placed[-1].page, columns, -row), table, placed))
    return min(found, key=lambda one: one[0])[1:] if found else None


def _table(form: Form, sizes: Sizes, width: float, row: float) -> Table | None:
    """The table for a column ``width`` wide, or None where names or boxes would be cramped."""
    width = math.floor(min(width, WIDEST[form]) * 10) / 10
    choices = len(CHOICES[form])
    least = max(sizes.least_pitch, sizes.box(form) + BETWEEN_MM)
    pitch = min(sizes.pitch, max(least, (width - 1.6 * sizes.least_name_width) / choices))
    table = Table(form, sizes, width, round(pitch, 1), row)
    cramped = table.name_width < sizes.least_name_width or round(row - table.box, 1) < BETWEEN_MM
    return None if cramped else table


def _flow(contests: Sequence[Contest], table: Table, field: Rectangle, columns: int) -> list[Placed] | None:
    """Blocks down the columns of as many pages as it takes; None where one contest is taller than a whole page."""
    step = table.width + table.sizes.gap
    left = field.x + (field.w - (step * columns - table.sizes.gap)) / 2
    page, column, y = 1, 0, field.y
    placed: list[Placed] = []
    for contest in contests:
        rows = blocks.rows_of(contest, table)
        if blocks.height(rows, table) <= field.h:
            if y + blocks.height(rows, table) > field.bottom:
                page, column = (page, column + 1) if column + 1 < columns else (page + 1, 0)
                y = field.y
            parts = [rows]
        else:
            parts = _parts(rows, table, field.h)
            if len(parts) > columns:
                return None
            if column or y > field.y:
                page, column, y = page + 1, 0, field.y
        for number, part in enumerate(parts):
            if number:
                column, y = column + 1, field.y
            placed.append(Placed(contest, part, page, round(left + step * column, 2), round(y, 2), number > 0))
            y += blocks.height(part, table) + PAD_MM
    return placed


def _parts(rows: Sequence[blocks.Row], table: Table, height: float) -> list[tuple[blocks.Row, ...]]:
    """The rows of one contest cut into columns no taller than ``height``."""
    parts: list[tuple[blocks.Row, ...]] = [()]
    for row in rows:
        if parts[-1] and blocks.height((*parts[-1], row), table) > height:
            parts.append(())
        parts[-1] = (*parts[-1], row)
    return parts


def _sheet(
    contests: Sequence[Contest],
    title: str,
    form: Form,
    paper: Paper,
    sizes: Sizes,
    how: Sequence[str],
    stamp: tuple[str, ...],
    *,
    pictures_below: bool,
) -> Sheet | None:
    """Title above, how to mark and the stamp below, between the markers; None where nothing is left between.

    With ``pictures_below`` the sentences stand beside the stamp from the page's edge, their pictures under them.
    """
    width, height = PAPERS[paper]
    title_text, seats_text = _title(contests, title, width, sizes)
    band = Rectangle(CORNER_MM, height - INSET_MM - STAMP_MM, width - 2 * CORNER_MM, STAMP_MM)
    seal = Rectangle(band.right - STAMP_MM, band.y, STAMP_MM, STAMP_MM)
    beside = Rectangle(band.x, band.y, band.w - STAMP_MM - QUIET_MM, band.h)
    pictured = _picture_width(form, sizes)
    told = _how_to(how, replace(beside, w=beside.w - pictured - PAD_MM), sizes)
    if pictures_below:
        low = Rectangle(beside.x, 0.0, beside.w, _pictures_height(form, sizes, across=True))
        low = replace(low, y=band.bottom - low.h)
        left = Rectangle(INSET_MM, 0.0, beside.right - INSET_MM, height)
        told = _lowered(_how_to(how, left, sizes), min(low.y, height - CORNER_MM) - PAD_MM)
        if not told:
            return None
        examples, captions = _examples(form, sizes, low, across=True)
    elif told and _pictures_height(form, sizes, across=False) <= beside.h:
        pictures = Rectangle(beside.right - pictured, beside.y, pictured, beside.h)
        examples, captions = _examples(form, sizes, pictures, across=False)
    else:
        # too little room beside the stamp: the sentences run over the whole width above it
        told = _lowered(_how_to(how, Rectangle(INSET_MM, 0.0, width - 2 * INSET_MM, height), sizes), band.y - PAD_MM)
        examples, captions = _examples(form, sizes, beside, across=True)
    top = max(seats_text.box.bottom + PAD_MM, CORNER_MM + PAD_MM)
    rule = min(band.y, *(text.box.y for text in told)) - PAD_MM
    if rule - PAD_MM <= top:
        return None
    return Sheet(
        width=width,
        height=height,
        field=Rectangle(INSET_MM, top, width - 2 * INSET_MM, rule - PAD_MM - top),
        texts=(title_text, seats_text, *captions, *_stamp(seal, stamp), *told),
        lines=(Line(1, INSET_MM, rule, width - INSET_MM, rule, blocks.RULE_MM), *_frame(seal)),
        examples=tuple(examples),
    )


def _stamp(seal: Rectangle, lines: tuple[str, ...]) -> Iterator[Text]:
    """Where the stamp goes, and in its middle who stamps and the date, over which it is put."""
    place, *issued = lines
    yield Text(1, Rectangle(seal.x, seal.y + 1, seal.w, 6.0), (place,), 3.2, "center")
    if issued:
        space = seal.w - 2 * PAD_MM
        size = 3.4
        broken = tuple(part for line in issued for part in typeset.name(line, space / size))
        box = Rectangle(seal.x + PAD_MM, seal.y + 7.0, space, seal.h - 7.0)
        yield Text(1, box, broken, size, "center", leading=1.6)


def _title(contests: Sequence[Contest], title: str, width: float, sizes: Sizes) -> tuple[Text, Text]:
    space = width - 2 * CORNER_MM
    ems = typeset.width(title)
    size = max(sizes.least_title, min(sizes.title, space / ems))
    lines = typeset.balanced(title, space / size)
    box = Rectangle(CORNER_MM, INSET_MM - 1, space, round(len(lines) * size * 1.3, 1))
    seats = "　".join(contest.office + words.SEATS.format(seats=contest.seats) for contest in contests)
    seats_lines = typeset.broken(seats, (width - 2 * INSET_MM) / sizes.seats)
    # the second line of offices starts below the markers
    y = max(box.bottom, CORNER_MM - sizes.seats) if len(seats_lines) > 1 or _wide(seats, sizes, space) else box.bottom
    below = Rectangle(INSET_MM, y, width - 2 * INSET_MM, round(len(seats_lines) * sizes.seats * 1.5, 1))
    return (
        Text(1, box, lines, size, "center", bold=True),
        Text(1, below, seats_lines, sizes.seats, "center", leading=1.5),
    )


def _wide(text: str, sizes: Sizes, space: float) -> bool:
    return typeset.width(text) * sizes.seats > space


def _how_to(how: Sequence[str], space: Rectangle, sizes: Sizes) -> list[Text]:
    """填写说明 from the top of ``space``; nothing where it does not fit."""
    size = sizes.body
    if space.w < size * 14:
        return []
    lines = tuple(line for sentence in how for line in typeset.broken(sentence, space.w / size))
    heading = Rectangle(space.x, space.y, space.w, round(size * 1.8, 2))
    body = Rectangle(space.x, heading.bottom, space.w, round(len(lines) * size * 1.35, 2))
    if body.bottom > space.bottom:
        return []
    return [
        Text(1, heading, (words.HOW_TO,), size * 1.1, face="sans", bold=True),
        Text(1, body, lines, size, leading=1.35),
    ]


def _lowered(texts: Sequence[Text], bottom: float) -> list[Text]:
    """The texts moved down or up together so that the last ends at ``bottom``."""
    lift = bottom - max((text.box.bottom for text in texts), default=0.0)
    return [replace(text, box=replace(text.box, y=round(text.box.y + lift, 2))) for text in texts]


def _picture_width(form: Form, sizes: Sizes) -> float:
    side = sizes.circle if form == "columns" else sizes.square
    captions = (words.EXAMPLE, *(word for _, word in words.EXAMPLES[form]))
    return max(side + 2 * PAD_MM, sizes.caption * max(typeset.width(word) for word in captions))


def _pictures_height(form: Form, sizes: Sizes, *, across: bool) -> float:
    side = sizes.circle if form == "columns" else sizes.square
    shown = 1.25 * side if across else len(words.EXAMPLES[form]) * side
    lines = 1 if across else len(words.EXAMPLES[form])
    return sizes.caption * (1.6 + 1.3 * lines) + shown


def _examples(form: Form, sizes: Sizes, space: Rectangle, *, across: bool) -> tuple[list[Example], list[Text]]:
    """The pictures of how to mark in ``space``, one below the other or side by side, each with its word."""
    shown = words.EXAMPLES[form]
    side = sizes.circle if form == "columns" else sizes.square
    line = sizes.caption * 1.3
    head = Rectangle(space.x, space.y, space.w, sizes.caption * 1.6)
    step_x = min(space.w / len(shown), 3.5 * side) if across else 0.0
    left = space.x + (space.w - step_x * len(shown)) / 2 if across else space.x
    step_y = 0.0 if across else (space.h - head.h) / len(shown)
    examples: list[Example] = []
    texts = [Text(1, head, (words.EXAMPLE,), sizes.caption, "center", "sans", bold=True)]
    for number, (sign, word) in enumerate(shown):
        width, room = step_x or space.w, step_y or 1.5 * side + line
        x = left + step_x * number
        y = head.bottom + step_y * number + max(0.0, (room - side - line) / 2)
        box = Rectangle(round(x + (width - side) / 2, 1), round(y, 1), side, side)
        examples.append(Example(1, box, sign))
        texts.append(Text(1, Rectangle(x, box.bottom, width, line), (word,), sizes.caption, "center", "sans"))
    return examples, texts


def _frame(seal: Rectangle) -> Iterator[Line]:
    corners = ((seal.x, seal.y), (seal.right, seal.y), (seal.right, seal.bottom), (seal.x, seal.bottom))
    for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True):
        yield Line(1, x1, y1, x2, y2, 0.15, dash=True)


def _texts(sheet: Sheet, drawn: Sequence[Drawn], pages: int) -> Iterator[Text]:
    for page in range(1, pages + 1):
        yield from (replace(text, page=page) for text in sheet.texts)
        if pages > 1:
            box = Rectangle(CORNER_MM, sheet.height - INSET_MM + 1, sheet.width - 2 * CORNER_MM, 5.0)
            yield Text(page, box, (words.PAGE.format(page=page, pages=pages),), 3.4, "center")
    for block in drawn:
        yield from block.texts


def _lines(sheet: Sheet, drawn: Sequence[Drawn], pages: int) -> Iterator[Line]:
    for page in range(1, pages + 1):
        yield from (replace(line, page=page) for line in sheet.lines)
    for block in drawn:
        yield from block.lines
