"""Look at one decoded page: which page of the ballot it is, which way it lies, what is in every box and field."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ballots import ink, rows, streaks
from ballots.decisions import Box
from ballots.pictures import Grey
from ballots.registration import Registered, register, sheet
from ballots.template import Template

#: turns a page upright by the quarters, clockwise, that it lies turned
_TURNS = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}


@dataclass(frozen=True)
class Seen:
    """``fields`` holds the share of ink in each write-in's field of the page, by contest and row, ``strays`` that of a
    mark beside all boxes of a candidate's row, by contest and candidate.
    """

    placed: Registered
    boxes: list[Box]
    fields: dict[tuple[str, int], float]
    strays: dict[tuple[str, str], float]


def look(template: Template, grey: Grey) -> Seen:
    """Raises Unusable where this is no page of the design or cannot be measured."""
    placed = register(grey, template)
    marks = [mark for mark in template.marks if mark.page == placed.page]
    fields = [one for one in template.write_ins if one.page == placed.page]
    known = ink.levels(grey, placed, [one for one in template.fiducials if one.page == placed.page])
    page = sheet(grey, placed)
    shape: ink.Shape = "circle" if template.form == "columns" else "rectangle"
    places = [mark.box for mark in marks]
    seen = ink.measure(page, places, shape, template.outline, known)
    streaked = streaks.find(grey, known).touched(places, placed)
    reaching = [place for place, one in enumerate(seen) if one.crossing]
    joined = {
        place
        for pair in combinations(reaching, 2)
        if len({(marks[place].contest, marks[place].candidate, marks[place].row) for place in pair}) == 2
        and ink.joined(page, places[pair[0]], places[pair[1]], known)
        for place in pair
    }
    boxes = [
        Box(mark, one, "streak" if under else "outline-lost" if one.lost else "joined" if place in joined else None)
        for place, (mark, one, under) in enumerate(zip(marks, seen, streaked, strict=True))
    ]
    inked = {(box.mark.contest, box.mark.candidate) for box in boxes if box.seen.state != "absent"}
    strays = {
        key: share
        for key, row in rows.rows_on(template, placed.page).items()
        if key not in inked and (share := rows.stray(page, row, known)) is not None
    }
    inks = {(one.contest, one.row): ink.field_ink(page, one.box, known) for one in fields}
    return Seen(placed, boxes, inks, strays)


def digest(grey: Grey, placed: Registered | None, key: bytes) -> bytes:
    """What tells a picture from every other of a run: its pixels, turned upright where it is known which way it lies.

    A keyed sum (GMAC) of all pixels, because SHA-256 takes half as long as decoding the page: ``key`` is drawn for one
    run and forgotten with it, so that two pictures have the same digest only where nobody could have made them so.
    """
    across = placed.matrix[:2, 0] if placed is not None else np.array([1.0, 0.0])
    quarters = round(float(np.arctan2(across[1], across[0])) / (np.pi / 2)) % 4
    upright = cv2.rotate(grey, _TURNS[quarters]) if quarters else np.ascontiguousarray(grey)
    return AESGCM(key).encrypt(bytes(12), b"", upright.data)
