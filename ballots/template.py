"""A layout file as the reader needs it, checked key by key. A layout that was changed is not read with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ballots.files import read_json
from ballots.geometry import (
    CHOICES,
    DICTIONARY,
    DICTIONARY_SIZE,
    FORMS,
    MOST_PAGES,
    OUTLINE_MM,
    Fiducial,
    Form,
    Line,
    Mark,
    Rectangle,
    Text,
    WriteIn,
    design_of,
    fiducial_ids,
    proof_design,
)
from election.faults import WrongInput

MOST_BOXES = 20_000
LONGEST_SIDE_MM = 2000.0
#: two markers are the least that place a page
LEAST_MARKERS = 2


@dataclass(frozen=True, eq=False)
class Template:
    """What to look for. ``proof_ids`` are the markers of this design's proof copy; ``own`` layouts come from here, and
    tell the ``texts`` and ``lines`` that are printed beside it all.
    """

    form: Form
    width: float
    height: float
    pages: int
    seats: Mapping[str, int]
    fiducials: tuple[Fiducial, ...]
    marks: tuple[Mark, ...]
    write_ins: tuple[WriteIn, ...]
    outline: float
    own: bool
    proof: bool
    proof_ids: frozenset[int]
    texts: tuple[Text, ...] = ()
    lines: tuple[Line, ...] = ()

    def contests_on(self, page: int) -> list[str]:
        """The contests of a page in the layout's order."""
        here = {mark.contest for mark in self.marks if mark.page == page}
        return [contest for contest in self.seats if contest in here]


def load(path: str | Path) -> Template:
    """The layout file ``L.json``. Raises WrongInput naming the file and the key."""
    return template(read_json(path), Path(path).name)


def template(document: Mapping[str, Any], name: str = "layout") -> Template:
    """The checked layout. Raises WrongInput: a key missing or out of range, or a design that is not this layout's."""
    try:
        return _template(document)
    except _Unfit as unfit:
        unfit.file = name
        raise


def _template(document: Mapping[str, Any]) -> Template:
    read = _Reading(document)
    form = read.one_of("form", FORMS)
    page = read.object(document.get("page"), "page")
    width = read.number(page, "width_mm", "page", 20.0, LONGEST_SIDE_MM)
    height = read.number(page, "height_mm", "page", 20.0, LONGEST_SIDE_MM)
    read.paper = Rectangle(0.0, 0.0, width, height)
    read.pages = read.integer(document, "pages", "", 1, MOST_PAGES)
    seats: dict[str, int] = {}
    for place, one in read.objects("contests"):
        contest = read.text(one, "id", place)
        if contest in seats:
            raise _Unfit("contest {contest} stands twice", f"{place}.id", contest=contest)
        seats[contest] = read.integer(one, "seats", place, 1, 100_000)
    fiducials = tuple(read.fiducial(one, place) for place, one in read.objects("fiducials"))
    marks = tuple(read.mark(one, place, form, seats) for place, one in read.objects("marks"))
    write_ins = tuple(
        WriteIn(
            read.page(one, place),
            read.contest(one, place, seats),
            read.integer(one, "row", place, 1, MOST_BOXES),
            read.box(one, place),
        )
        for place, one in read.objects("write_ins")
    )
    read.unique("fiducials", [one.id for one in fiducials])
    read.unique("marks", [(one.contest, one.candidate, one.row, one.choice) for one in marks])
    read.unique("write_ins", [(one.contest, one.row) for one in write_ins])
    per_page = Counter(one.page for one in fiducials)
    for number in range(1, read.pages + 1):
        if per_page[number] < LEAST_MARKERS:
            raise _Unfit("page {page} has fewer than {least}", "fiducials", page=number, least=LEAST_MARKERS)
    for number in range(1, read.pages + 1):
        if all(mark.page != number for mark in marks):
            raise _Unfit("page {page} has none", "marks", page=number)
    places = {(one.contest, one.page) for one in marks} | {(one.contest, one.page) for one in write_ins}
    for contest in seats:
        if sum(1 for name, _ in places if name == contest) > 1:
            raise _Unfit("contest {contest} stands on two pages", "marks", contest=contest)
    try:
        design = design_of(document)
    except (ValueError, OverflowError):
        design = ""
    if document.get("design") != design:
        raise _Unfit("is not the design of this layout", "design")
    own = "outline_mm" in document
    return Template(
        form=form,
        width=width,
        height=height,
        pages=read.pages,
        seats=seats,
        fiducials=fiducials,
        marks=marks,
        write_ins=write_ins,
        outline=read.number(document, "outline_mm", "", 0.05, 2.0) if own else OUTLINE_MM,
        own=own,
        proof=document.get("proof") is True,
        proof_ids=frozenset(fiducial_ids(proof_design(document))[: 4 * read.pages]),
        texts=tuple(
            read.words(one, place) for place, one in (read.objects("texts") if own and "texts" in document else ())
        ),
        lines=tuple(
            read.line(one, place) for place, one in (read.objects("lines") if own and "lines" in document else ())
        ),
    )


class _Unfit(WrongInput):
    """What is wrong at a place of the layout; ``template`` adds the file's name."""

    def __init__(self, what: str, at: str, **params: object) -> None:
        super().__init__(what, place="{at}", mend="use the layout that was printed with the ballots", at=at, **params)


class _Reading:
    """Takes values out of one document and refuses with the place in it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.paper = Rectangle(0.0, 0.0, 0.0, 0.0)
        self.pages = 1

    def object(self, value: Any, place: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise _Unfit("is missing or not an object", place)
        return value

    def objects(self, key: str) -> list[tuple[str, Mapping[str, Any]]]:
        value = self.document.get(key)
        if not isinstance(value, list):
            raise _Unfit("is missing or not a list", key)
        if len(value) > MOST_BOXES:
            raise _Unfit("has more than {most} entries", key, most=MOST_BOXES)
        return [(f"{key}[{number}]", self.object(one, f"{key}[{number}]")) for number, one in enumerate(value)]

    def number(self, value: Mapping[str, Any], key: str, place: str, least: float, most: float) -> float:
        number = value.get(key)
        if not isinstance(number, int | float) or isinstance(number, bool) or not least <= number <= most:
            raise _Unfit("is not a number {least:g}–{most:g}", f"{place}.{key}".lstrip("."), least=least, most=most)
        return float(number)

    def integer(self, value: Mapping[str, Any], key: str, place: str, least: int, most: int) -> int:
        number = value.get(key)
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            raise _Unfit("is not a whole number {least}–{most}", f"{place}.{key}".lstrip("."), least=least, most=most)
        return number

    def text(self, value: Mapping[str, Any], key: str, place: str) -> str:
        text = value.get(key)
        if not isinstance(text, str) or not text:
            raise _Unfit("is missing or not a text", f"{place}.{key}")
        return text

    def one_of(self, key: str, values: tuple[Form, ...]) -> Form:
        value = self.document.get(key)
        for known in values:
            if value == known:
                return known
        raise _Unfit("is none of {choices}", key, choices=", ".join(values))

    def page(self, value: Mapping[str, Any], place: str) -> int:
        return self.integer(value, "page", place, 1, self.pages)

    def contest(self, value: Mapping[str, Any], place: str, seats: Mapping[str, int]) -> str:
        contest = self.text(value, "contest", place)
        if contest not in seats:
            raise _Unfit("there is no contest {contest}", f"{place}.contest", contest=contest)
        return contest

    def box(self, value: Mapping[str, Any], place: str, width: str = "w_mm", height: str = "h_mm") -> Rectangle:
        box = Rectangle(
            self.number(value, "x_mm", place, 0.0, LONGEST_SIDE_MM),
            self.number(value, "y_mm", place, 0.0, LONGEST_SIDE_MM),
            self.number(value, width, place, 2.0, LONGEST_SIDE_MM),
            self.number(value, height, place, 2.0, LONGEST_SIDE_MM),
        )
        if not box.inside(self.paper):
            raise _Unfit("lies outside the page", place)
        return box

    def line(self, value: Mapping[str, Any], place: str) -> Line:
        x1, y1, x2, y2 = (
            self.number(value, key, place, -LONGEST_SIDE_MM, LONGEST_SIDE_MM)
            for key in ("x1_mm", "y1_mm", "x2_mm", "y2_mm")
        )
        return Line(self.page(value, place), x1, y1, x2, y2, dash=value.get("dash") is True)

    def words(self, value: Mapping[str, Any], place: str) -> Text:
        lines, align = value.get("lines"), value.get("align")
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise _Unfit("is not a list of texts", f"{place}.lines")
        if align not in ("left", "center", "right"):
            raise _Unfit("is none of left, center, right", f"{place}.align")
        x, y, w, h = (
            self.number(value, key, place, -LONGEST_SIDE_MM, LONGEST_SIDE_MM)
            for key in ("x_mm", "y_mm", "w_mm", "h_mm")
        )
        size, leading = (
            self.number(value, "size_mm", place, 0.0, 200.0),
            self.number(value, "leading", place, 0.0, 10.0),
        )
        return Text(self.page(value, place), Rectangle(x, y, w, h), tuple(lines), size, align, leading=leading)

    def fiducial(self, value: Mapping[str, Any], place: str) -> Fiducial:
        if value.get("dictionary") != DICTIONARY:
            raise _Unfit("is not {dictionary}", f"{place}.dictionary", dictionary=DICTIONARY)
        return Fiducial(
            self.page(value, place),
            self.integer(value, "id", place, 0, DICTIONARY_SIZE - 1),
            self.box(value, place, "size_mm", "size_mm"),
        )

    def mark(self, value: Mapping[str, Any], place: str, form: Form, seats: Mapping[str, int]) -> Mark:
        choice = value.get("choice")
        if choice not in CHOICES[form]:
            raise _Unfit("is none of {choices}", f"{place}.choice", choices=", ".join(CHOICES[form]))
        known = next(one for one in CHOICES[form] if one == choice)
        candidate = None if value.get("candidate") is None else self.text(value, "candidate", place)
        row = self.integer(value, "row", place, 1, MOST_BOXES) if candidate is None else None
        return Mark(
            self.page(value, place), self.contest(value, place, seats), candidate, known, self.box(value, place), row
        )

    def unique(self, key: str, values: list[Any]) -> None:
        if len(set(values)) < len(values):
            twice = next(value for value, times in Counter(values).items() if times > 1)
            raise _Unfit("{twice} stands twice", key, twice=twice)
