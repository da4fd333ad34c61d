"""One contest as a block of rows: how tall it is, and what it draws at a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ballots import typeset, words
from ballots.contests import Candidate, Contest
from ballots.geometry import CHOICES, Choice, Form, Line, Mark, Rectangle, Text, WriteIn
from ballots.sizes import LEAST_NAME_MM, PAD_MM, Sizes

FRAME_MM, RULE_MM = 0.4, 0.2


@dataclass(frozen=True)
class Table:
    """Widths of one printed column: names on the left, ``pitch`` for each choice on the right."""

    form: Form
    sizes: Sizes
    width: float
    pitch: float
    row: float

    @property
    def name_width(self) -> float:
        return self.width - self.pitch * len(CHOICES[self.form])

    @property
    def box(self) -> float:
        return self.sizes.box(self.form)


@dataclass(frozen=True)
class Row:
    """A candidate's row (``candidate`` set) or a write-in row (``write_in`` set, from 1)."""

    height: float
    candidate: Candidate | None = None
    write_in: int | None = None


@dataclass(frozen=True)
class Drawn:
    marks: tuple[Mark, ...]
    write_ins: tuple[WriteIn, ...]
    texts: tuple[Text, ...]
    lines: tuple[Line, ...]


def rows_of(contest: Contest, table: Table) -> tuple[Row, ...]:
    """The rows of a contest; a long name makes its row taller."""
    named = [Row(_height(candidate, table), candidate=candidate) for candidate in contest.candidates]
    return (*named, *(Row(table.row, write_in=number) for number in range(1, contest.write_in_rows + 1)))


def head_height(table: Table) -> float:
    return table.sizes.heading_height + table.sizes.header_height


def height(rows: Sequence[Row], table: Table) -> float:
    return head_height(table) + sum(row.height for row in rows)


def draw(
    contest: Contest, rows: Sequence[Row], table: Table, page: int, x: float, y: float, *, continued: bool
) -> Drawn:
    """The block with its top-left corner at ``x``, ``y``."""
    texts: list[Text] = []
    marks: list[Mark] = []
    write_ins: list[WriteIn] = []
    sizes, right = table.sizes, x + table.width
    office = contest.office + (words.CONTINUED if continued else "")
    seats = words.SEATS.format(seats=contest.seats)
    seats_width = (typeset.width(seats) + 0.5) * sizes.header
    head = Rectangle(x + PAD_MM, y, table.width - 2 * PAD_MM - seats_width, sizes.heading_height)
    shrunk = min(sizes.heading, head.w / typeset.width(office))
    texts.append(Text(page, head, (office,), shrunk, face="sans", bold=True))
    seats_box = Rectangle(right - PAD_MM - seats_width, y, seats_width, sizes.heading_height)
    texts.append(Text(page, seats_box, (seats,), sizes.header, "right"))

    top = y + sizes.heading_height
    name_x = x + table.name_width
    header = Rectangle(x, top, table.name_width, sizes.header_height)
    texts.append(Text(page, header, (words.CANDIDATE,), sizes.header, "center", "sans"))
    for choice, cell in _cells(table, name_x, top, sizes.header_height):
        texts.append(Text(page, cell, (words.CHOICE[choice],), sizes.header, "center", "sans"))

    rules = [top, top + sizes.header_height]
    for row in rows:
        line = rules[-1]
        if row.candidate is not None:
            texts.extend(_name(row.candidate, table, page, Rectangle(x, line, table.name_width, row.height)))
        else:
            label, field = _write_in(table, x, line, row.height)
            texts.append(Text(page, label, words.WRITE_IN, sizes.header * 0.9, "center", leading=1.2))
            write_ins.append(WriteIn(page, contest.id, row.write_in or 0, field))
        for choice, cell in _cells(table, name_x, line, row.height):
            if row.write_in and choice in ("against", "abstain"):
                # a write-in is a vote for somebody; there is nothing to oppose in an empty row
                texts.append(Text(page, cell, (words.NO_CHOICE,), sizes.header, "center"))
                continue
            box = Rectangle(
                round(cell.x + (cell.w - table.box) / 2, 1),
                round(cell.y + (cell.h - table.box) / 2, 1),
                table.box,
                table.box,
            )
            candidate = row.candidate.id if row.candidate else None
            marks.append(Mark(page, contest.id, candidate, choice, box, row.write_in))
        rules.append(line + row.height)

    bottom = rules[-1]
    lines = [Line(page, x, rule, right, rule, RULE_MM) for rule in rules[1:-1]]
    verticals = [name_x + table.pitch * number for number in range(len(CHOICES[table.form]))]
    lines.extend(Line(page, across, top, across, bottom, RULE_MM) for across in verticals)
    lines.extend(
        (
            Line(page, x, top, right, top, FRAME_MM),
            Line(page, right, top, right, bottom, FRAME_MM),
            Line(page, right, bottom, x, bottom, FRAME_MM),
            Line(page, x, bottom, x, top, FRAME_MM),
        )
    )
    return Drawn(tuple(marks), tuple(write_ins), tuple(texts), tuple(lines))


def _cells(table: Table, x: float, y: float, height: float) -> Iterator[tuple[Choice, Rectangle]]:
    for number, choice in enumerate(CHOICES[table.form]):
        yield choice, Rectangle(x + table.pitch * number, y, table.pitch, height)


def _name_lines(candidate: Candidate, table: Table) -> tuple[tuple[str, ...], float]:
    """The name's lines and size: one line, smaller down to 14 pt, then as many lines as it takes."""
    space = table.name_width - 2 * PAD_MM
    size = min(table.sizes.name, space / typeset.width(candidate.name))
    if size >= LEAST_NAME_MM:
        return (candidate.name,), size
    size = max(LEAST_NAME_MM, table.sizes.name * 0.75)
    return typeset.broken(candidate.name, space / size), size


def _note_lines(candidate: Candidate, table: Table) -> tuple[str, ...]:
    if not candidate.note:
        return ()
    return typeset.broken(f"（{candidate.note}）", (table.name_width - 2 * PAD_MM) / table.sizes.note)


def _tall(table: Table, type_height: float) -> float:
    return type_height * table.sizes.leading


def _height(candidate: Candidate, table: Table) -> float:
    names, size = _name_lines(candidate, table)
    notes = _note_lines(candidate, table)
    return max(table.row, round(_tall(table, len(names) * size + len(notes) * table.sizes.note) + PAD_MM, 1))


def _name(candidate: Candidate, table: Table, page: int, cell: Rectangle) -> Iterator[Text]:
    names, size = _name_lines(candidate, table)
    notes = _note_lines(candidate, table)
    name_height, note_height = _tall(table, len(names) * size), _tall(table, len(notes) * table.sizes.note)
    top = cell.y + (cell.h - name_height - note_height) / 2
    x, w = cell.x + PAD_MM, cell.w - 2 * PAD_MM
    leading = table.sizes.leading
    yield Text(page, Rectangle(x, top, w, name_height), names, size, "center", leading=leading)
    if notes:
        box = Rectangle(x, top + name_height, w, note_height)
        yield Text(page, box, notes, table.sizes.note, "center", leading=leading)


def _write_in(table: Table, x: float, y: float, height: float) -> tuple[Rectangle, Rectangle]:
    """Where the words 另选他人 stand and the field beside them, a millimetre inside its cell."""
    label = round(table.sizes.header * 2.4, 1)
    return (
        Rectangle(x, y, label - 0.5, height),
        Rectangle(round(x + label, 1), round(y + 1, 1), round(table.name_width - label - 1, 1), round(height - 2, 1)),
    )
