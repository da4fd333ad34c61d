"""The directories of a TIFF file, walked by hand: which pictures are pages, and whether the chain is whole.

A library ends the chain where it is damaged, without a word, and pages are lost; here the damage is told.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT = 254, 255, 256, 257
_INTEGERS = {1: "B", 3: "H", 4: "L", 16: "Q"}
#: a smaller copy of a page: so much narrower at least, its shape so much off at most
LESS, SHAPE = 0.95, 0.01
#: a page's directory has about twenty
MOST_ENTRIES = 1000
#: of NewSubfileType: a copy of another picture in fewer pixels, or a mask; of the older SubfileType: a copy
_NO_PAGE, _OLD_COPY = 0b101, 2


@dataclass(frozen=True)
class Picture:
    """``place`` counts the directories from 0; width and height are pixels."""

    place: int
    width: int
    height: int

    def may_copy(self, other: Picture) -> bool:
        """Is this the other's shape in plainly fewer pixels?"""
        return (
            self.width <= LESS * other.width
            and abs(self.width * other.height - self.height * other.width) <= SHAPE * self.width * other.height
        )


@dataclass(frozen=True)
class Chain:
    """``pages`` are the directories that hold a page; ``whole`` is False where more were lost."""

    pages: tuple[Picture, ...]
    whole: bool


def chain(path: str | Path, most: int) -> Chain:
    """Walk the directories, ``most`` and one page at most. Raises OSError."""
    pages: list[Picture] = []
    seen: set[int] = set()
    with Path(path).open("rb") as file:
        try:
            order, big, at = _header(file)
            while at and len(pages) <= most:
                if at in seen:
                    return Chain(tuple(pages), whole=False)
                values, following = _directory(file, order, big, at)
                picture = Picture(len(seen), values[_WIDTH], values[_HEIGHT])
                named = values.get(_SUBFILE, 0) & _NO_PAGE or values.get(_OLD_SUBFILE) == _OLD_COPY
                if not (named and pages and picture.width < pages[-1].width):  # a full one is a page, whatever its name
                    pages.append(picture)
                seen.add(at)
                at = following
        except (struct.error, KeyError, OverflowError):
            return Chain(tuple(pages), whole=False)
    return Chain(tuple(pages), whole=True)


def _header(file: BinaryIO) -> tuple[str, bool, int]:
    start = file.read(16)
    order = "<" if start[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", start, 2)[0] == 43
    return order, big, int(struct.unpack_from(order + ("Q" if big else "L"), start, 8 if big else 4)[0])


def _directory(file: BinaryIO, order: str, big: bool, at: int) -> tuple[dict[int, int], int]:
    """The first value of each integer entry that fits into its directory, and where the next directory lies.

    Raises struct.error where the file ends before, KeyError where it is no picture's directory.
    """
    size, entry, count_format, next_format = (8, 20, "Q", "Q") if big else (2, 12, "H", "L")
    file.seek(at)
    (count,) = struct.unpack(order + count_format, file.read(size))
    if count > MOST_ENTRIES:
        raise KeyError(count)
    data = file.read(count * entry)
    (following,) = struct.unpack(order + next_format, file.read(struct.calcsize(order + next_format)))
    values: dict[int, int] = {}
    for place in range(count):
        tag, kind = struct.unpack_from(order + "HH", data, place * entry)
        if kind in _INTEGERS:
            (values[tag],) = struct.unpack_from(order + _INTEGERS[kind], data, place * entry + (12 if big else 8))
    if not (values[_WIDTH] and values[_HEIGHT]):
        raise KeyError(_WIDTH)
    return values, int(following)
