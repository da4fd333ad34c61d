"""A candidate's row beside its boxes: a mark there is no vote, and no silence either.

Where the printed lines of a layout are known, the row that a box stands in is known too, and all that is printed in it.
Whatever else lies whole in the row of a candidate without a mark, people look at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from ballots import extents
from ballots.geometry import Rectangle
from ballots.ink import CLEAR_EXTENT_MM, OUTLINE_DARKNESS, Levels
from ballots.pictures import Grey
from ballots.registration import WORK_SCALE, Sheet
from ballots.template import Template

#: how far round print nothing is looked for (mm): what registration leaves, and a sheet's bend
PRINT_MM, EDGE_MM = 1.0, 0.7
#: the least ink of a mark there (mm2), and how high it is at least (mm): a fold along the row is not
LEAST_MM2, HIGH_MM = 1.0, 1.2
#: pixels per millimetre: a third of what a box is looked at with
SCALE = WORK_SCALE / 3

Key = tuple[str, str]
Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Row:
    """Where a candidate's row lies, and at which of its pixels (1) nothing is printed; ``SCALE`` of them a millimetre."""

    place: Rectangle
    white: Mask


@lru_cache(maxsize=32)
def rows_on(template: Template, page: int) -> Mapping[Key, Row]:
    """The rows of a page's candidates, by contest and candidate; none where the layout does not say its lines."""
    boxes: dict[Key, list[Rectangle]] = {}
    for mark in template.marks:
        if mark.page == page and mark.candidate is not None:
            boxes.setdefault((mark.contest, mark.candidate), []).append(mark.box)
    rows: dict[Key, Row] = {}
    for key, own in boxes.items():
        if whole := extents.ruled(template, page, extents.around(own)):
            place = Rectangle(whole.x + EDGE_MM, whole.y + EDGE_MM, whole.w - 2 * EDGE_MM, whole.h - 2 * EDGE_MM)
            rows[key] = Row(place, _white(template, page, place, own))
    return rows


def stray(page: Sheet, row: Row, known: Levels) -> float | None:
    """The share of the row's white that a mark there covers; None where there is none."""
    height, width = row.white.shape
    grey = page.cut(row.place.x, row.place.y, width, height, scale=SCALE)
    dark = _dark(grey, row, known.paper, known.black)
    if cv2.countNonZero(dark) < LEAST_MM2 * SCALE**2:
        return None
    # a shadow darkens a whole row
    dark = _dark(grey, row, float(np.median(grey[row.white > 0])), known.black)
    # a stroke goes on beyond a printed line
    side = round(2 * PRINT_MM * SCALE) + 1
    _, labels = cv2.connectedComponents(cv2.dilate(dark, np.ones((side, side), dtype=np.uint8)), connectivity=8)
    labels = np.where(dark, labels, 0)
    sizes = np.bincount(labels.reshape(-1))
    # a sign ends in a stroke upwards: what comes up into the row is another row's, what crosses its ends runs over the sheet
    edge = np.concatenate([labels[-1], labels[:, 0], labels[:, -1]])
    kept = np.setdiff1d(np.flatnonzero(sizes >= LEAST_MM2 * SCALE**2), [0, *edge])
    mark = np.isin(labels, kept).astype(np.uint8)
    _, _, across, high = cv2.boundingRect(mark)
    if math.hypot(across, high) < CLEAR_EXTENT_MM * SCALE or high < HIGH_MM * SCALE:
        return None
    return cv2.countNonZero(mark) / cv2.countNonZero(row.white)


def _dark(grey: Grey, row: Row, paper: float, black: float) -> Mask:
    _, dark = cv2.threshold(grey, paper - OUTLINE_DARKNESS * (paper - black), 1, cv2.THRESH_BINARY_INV)
    return np.asarray(cv2.bitwise_and(dark, row.white), dtype=np.uint8)


def _white(template: Template, page: int, place: Rectangle, boxes: list[Rectangle]) -> Mask:
    """Where in a row nothing is printed: all but its boxes, its texts and the lines through it, and a little round them."""
    white = np.ones((round(place.h * SCALE), round(place.w * SCALE)), dtype=np.uint8)
    texts = (text.printed for text in template.texts if text.page == page)
    lines = (line.box for line in template.lines if line.page == page)
    for one in (*boxes, *texts, *lines):
        if not one.overlaps(place):
            continue
        x1, y1, x2, y2 = (
            max(0, round(edge * SCALE))
            for edge in (
                one.x - PRINT_MM - place.x,
                one.y - PRINT_MM - place.y,
                one.right + PRINT_MM - place.x,
                one.bottom + PRINT_MM - place.y,
            )
        )
        white[y1:y2, x1:x2] = 0
    return white
