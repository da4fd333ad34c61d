"""One geometry in millimetres: what the printer draws is what the reader looks for.

All lengths are millimetres from the page's top-left corner. A :class:`Layout` holds everything that is printed, texts
too, so that its hash (``design``) names the printed paper and not only the places of its boxes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ballots import typeset

Form = Literal["columns", "sign"]
Paper = Literal["A3", "A4", "A5"]
Choice = Literal["for", "against", "abstain", "sign"]

PAPERS: dict[str, tuple[float, float]] = {"A3": (297.0, 420.0), "A4": (210.0, 297.0), "A5": (148.0, 210.0)}
FORMS: tuple[Form, ...] = ("columns", "sign")
CHOICES: dict[str, tuple[Choice, ...]] = {"columns": ("for", "against", "abstain"), "sign": ("sign",)}

DICTIONARY = "DICT_4X4_250"
DICTIONARY_SIZE = 250
#: measured: at 10 mm from the edge 7 of 200 skewed scans lost two markers, at 14 mm none of 500
MARKER_MM, INSET_MM = 10.0, 14.0
CORNERS = 4
#: each page takes four markers of its own out of the dictionary
MOST_PAGES = DICTIONARY_SIZE // CORNERS
OUTLINE_MM = 0.3


@dataclass(frozen=True)
class Rectangle:
    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    def overlaps(self, other: Rectangle) -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def inside(self, other: Rectangle) -> bool:
        return self.x >= other.x and self.y >= other.y and self.right <= other.right and self.bottom <= other.bottom


@dataclass(frozen=True)
class Fiducial:
    """A printed ArUco marker; ``box`` is its black border."""

    page: int
    id: int
    box: Rectangle
    dictionary: str = DICTIONARY


@dataclass(frozen=True)
class Mark:
    """A box to be marked; ``box`` bounds the printed outline. ``row`` is set, ``candidate`` is not, for a write-in."""

    page: int
    contest: str
    candidate: str | None
    choice: Choice
    box: Rectangle
    row: int | None = None


@dataclass(frozen=True)
class WriteIn:
    """The field for a write-in's name."""

    page: int
    contest: str
    row: int
    box: Rectangle


@dataclass(frozen=True)
class Text:
    """Printed lines, already broken; the block stands vertically in the middle of ``box``."""

    page: int
    box: Rectangle
    lines: tuple[str, ...]
    size: float
    align: Literal["left", "center", "right"] = "left"
    face: Literal["serif", "sans"] = "serif"
    bold: bool = False
    leading: float = 1.3

    @property
    def printed(self) -> Rectangle:
        """What of its box the type covers, an upper bound."""
        width = max((typeset.width(line) for line in self.lines), default=0.0) * self.size
        height = len(self.lines) * self.size * self.leading
        x = self.box.x + {"left": 0.0, "center": 0.5, "right": 1.0}[self.align] * (self.box.w - width)
        return Rectangle(x, self.box.y + (self.box.h - height) / 2, width, height)


@dataclass(frozen=True)
class Line:
    """A printed straight line, or with ``dash`` a dashed one."""

    page: int
    x1: float
    y1: float
    x2: float
    y2: float
    width: float = 0.2
    dash: bool = False

    @property
    def box(self) -> Rectangle:
        x, y = min(self.x1, self.x2), min(self.y1, self.y2)
        return Rectangle(x, y, abs(self.x2 - self.x1), abs(self.y2 - self.y1))


@dataclass(frozen=True)
class Example:
    """The picture of how to mark: ``sign`` (tick, circle, cross or none) inside an outline like the printed ones."""

    page: int
    box: Rectangle
    sign: Literal["tick", "circle", "cross", "none"]


@dataclass(frozen=True)
class ContestSeats:
    id: str
    seats: int


@dataclass(frozen=True)
class Layout:
    """A ballot of ``pages`` pages. ``proof`` is a watermarked copy, which has a design of its own."""

    form: Form
    width: float
    height: float
    pages: int
    contests: tuple[ContestSeats, ...]
    fiducials: tuple[Fiducial, ...]
    marks: tuple[Mark, ...]
    write_ins: tuple[WriteIn, ...]
    texts: tuple[Text, ...] = ()
    lines: tuple[Line, ...] = ()
    examples: tuple[Example, ...] = ()
    outline: float = OUTLINE_MM
    proof: bool = False

    @property
    def shape(self) -> Literal["circle", "rectangle"]:
        return "circle" if self.form == "columns" else "rectangle"

    @property
    def design(self) -> str:
        return design_of(self._body())

    def with_fiducials(self) -> Layout:
        """This layout with the four markers of each page, whose ids follow from the design."""
        ids = iter(fiducial_ids(replace(self, fiducials=_fiducials(self, [0] * CORNERS * self.pages)).design))
        return replace(self, fiducials=_fiducials(self, [next(ids) for _ in range(CORNERS * self.pages)]))

    def to_json(self) -> dict[str, Any]:
        """The layout file: ``design`` first, then what it was made of."""
        return {"design": self.design, **self._body()}

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "form": self.form,
            "page": {"width_mm": _mm(self.width), "height_mm": _mm(self.height)},
            "pages": self.pages,
            "contests": [{"id": contest.id, "seats": contest.seats} for contest in self.contests],
            "fiducials": [
                {
                    "page": fiducial.page,
                    "dictionary": fiducial.dictionary,
                    "id": fiducial.id,
                    "x_mm": _mm(fiducial.box.x),
                    "y_mm": _mm(fiducial.box.y),
                    "size_mm": _mm(fiducial.box.w),
                }
                for fiducial in self.fiducials
            ],
            "marks": [
                {
                    "page": mark.page,
                    "contest": mark.contest,
                    "candidate": mark.candidate,
                    **({} if mark.row is None else {"row": mark.row}),
                    "choice": mark.choice,
                    **_box(mark.box),
                }
                for mark in self.marks
            ],
            "write_ins": [
                {"page": one.page, "contest": one.contest, "row": one.row, **_box(one.box)} for one in self.write_ins
            ],
            "outline_mm": _mm(self.outline),
            "texts": [
                {
                    "page": text.page,
                    **_box(text.box),
                    "lines": list(text.lines),
                    "size_mm": _mm(text.size),
                    "align": text.align,
                    "face": text.face,
                    "bold": text.bold,
                    "leading": _mm(text.leading),
                }
                for text in self.texts
            ],
            "lines": [
                {
                    "page": line.page,
                    "x1_mm": _mm(line.x1),
                    "y1_mm": _mm(line.y1),
                    "x2_mm": _mm(line.x2),
                    "y2_mm": _mm(line.y2),
                    "width_mm": _mm(line.width),
                    "dash": line.dash,
                }
                for line in self.lines
            ],
            "examples": [{"page": one.page, **_box(one.box), "sign": one.sign} for one in self.examples],
        }
        if self.proof:
            body["proof"] = True
        return body


def design_of(body: Mapping[str, Any]) -> str:
    """sha256 of the canonical JSON of a layout without the key ``design`` and without the fiducials' ids."""
    rest = {key: value for key, value in body.items() if key != "design"}
    rest["fiducials"] = [{key: value for key, value in one.items() if key != "id"} for one in body["fiducials"]]
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def fiducial_ids(design: str) -> list[int]:
    """All ids of the dictionary in an order drawn from the design; page p takes those from ``4 * (p - 1)`` on.

    No id repeats within a design, so one marker tells its page and corner; two designs share the four of a page once
    in 3.9 thousand million.
    """
    ids = list(range(DICTIONARY_SIZE))
    for place in range(DICTIONARY_SIZE - 1, 0, -1):
        drawn = hashlib.sha256(f"{design}:{place}".encode()).digest()
        other = int.from_bytes(drawn[:8], "big") % (place + 1)
        ids[place], ids[other] = ids[other], ids[place]
    return ids


def proof_design(body: Mapping[str, Any]) -> str:
    """The design of the proof copy of the layout ``body``."""
    return design_of({**body, "proof": True})


def _fiducials(layout: Layout, ids: list[int]) -> tuple[Fiducial, ...]:
    far_x, far_y = layout.width - INSET_MM - MARKER_MM, layout.height - INSET_MM - MARKER_MM
    corners = ((INSET_MM, INSET_MM), (far_x, INSET_MM), (far_x, far_y), (INSET_MM, far_y))
    return tuple(
        Fiducial(page, ids[CORNERS * (page - 1) + corner], Rectangle(x, y, MARKER_MM, MARKER_MM))
        for page in range(1, layout.pages + 1)
        for corner, (x, y) in enumerate(corners)
    )


def _mm(length: float) -> float:
    return round(float(length), 3)


def _box(box: Rectangle) -> dict[str, float]:
    return {"x_mm": _mm(box.x), "y_mm": _mm(box.y), "w_mm": _mm(box.w), "h_mm": _mm(box.h)}
