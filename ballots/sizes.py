"""Type and box sizes of a ballot in millimetres, ordinary and large. 1 pt is 0.353 mm; names are never under 14 pt."""

from __future__ import annotations

from dataclasses import dataclass, replace

#: 14 pt, the least a name may shrink to before it breaks into two lines
LEAST_NAME_MM = 5.0
#: the round official stamp of a committee is 42 mm across
STAMP_MM = 44.0
PAD_MM = 2.0
#: from one outline to the next: a rule stands between, and to both its sides the strip in which ink beside a box is
#: looked for (measured: with 2.5 mm the rule is taken for ink, with 2.8 one box in fifteen)
BETWEEN_MM = 3.0


@dataclass(frozen=True)
class Sizes:
    title: float
    least_title: float
    seats: float
    heading: float
    header: float
    name: float
    note: float
    body: float
    #: row heights, best first; a lower one is taken only where it saves a column or a page
    rows: tuple[float, ...]
    circle: float
    square: float
    least_pitch: float
    pitch: float
    least_name_width: float
    #: between two columns
    gap: float = 8.0
    #: of names that take several lines
    leading: float = 1.3

    def box(self, form: str) -> float:
        """The side of a box, or a circle's diameter."""
        return self.circle if form == "columns" else self.square

    @property
    def caption(self) -> float:
        return round(self.header * 0.85, 2)

    @property
    def heading_height(self) -> float:
        return round(self.heading * 1.9, 1)

    @property
    def header_height(self) -> float:
        return round(self.header * 1.8, 1)


ORDINARY = Sizes(
    title=8.0,
    least_title=5.6,
    seats=4.4,
    heading=5.2,
    header=4.0,
    name=6.0,
    note=4.2,
    body=3.5,
    rows=(16.0, 14.0, 13.0, 12.0, 11.5),
    circle=7.0,
    square=8.0,
    least_pitch=15.0,
    pitch=26.0,
    least_name_width=36.0,
)
LARGE = Sizes(
    title=10.5,
    least_title=5.6,
    seats=5.6,
    heading=7.0,
    header=5.2,
    name=9.0,
    note=6.0,
    body=4.6,
    rows=(20.0, 18.0, 16.5, 15.0),
    circle=9.0,
    square=10.0,
    least_pitch=17.0,
    pitch=30.0,
    least_name_width=50.0,
)


def dense(sizes: Sizes) -> Sizes:
    """The same type with boxes nearer each other, for a contest that no page would hold otherwise.

    Between two outlines lie :data:`BETWEEN_MM` at least.
    """
    least = sizes.circle + 3.5
    return replace(
        sizes,
        header=round(sizes.header * 0.85, 2),
        rows=tuple(round(sizes.square + space, 1) for space in (4.0, 3.0, 2.5, 2.0)),
        least_pitch=least,
        least_name_width=round(sizes.least_name_width * 0.67, 1),
        gap=5.0,
    )


def tight(sizes: Sizes) -> Sizes:
    """Dense, with the lines of long names nearer each other: what is left before a contest is refused."""
    return replace(dense(sizes), leading=1.15)
