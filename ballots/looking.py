"""Look at one decoded page: which page of the ballot it is, which way it lies, what is in every box and field."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from ballots import ink, streaks
from ballots.decisions import Box
from ballots.pictures import Grey
from ballots.registration import Registered, register, sheet
from ballots.template import Template


@dataclass(frozen=True)
class Seen:
    """``fields`` holds the share of ink in each write-in's field of the page, by contest and row."""

    placed: Registered
    boxes: list[Box]
    fields: dict[tuple[str, int], float]


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
    boxes = [
        Box(mark, one, "streak" if under else "outline-lost" if one.lost else None)
        for mark, one, under in zip(marks, seen, streaked, strict=True)
    ]
    return Seen(placed, boxes, {(one.contest, one.row): ink.field_ink(page, one.box, known) for one in fields})


def digest(grey: Grey, placed: Registered | None = None) -> bytes:
    """What tells a picture from every other: its pixels, turned upright where it is known which way the page lies."""
    across = placed.matrix[:2, 0] if placed is not None else np.array([1.0, 0.0])
    quarters = round(float(np.arctan2(across[1], across[0])) / (np.pi / 2)) % 4
    return hashlib.sha256(np.ascontiguousarray(np.rot90(grey, quarters)).data).digest()
