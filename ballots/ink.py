"""What is in a box: nothing, a clear mark, or something that people must look at.

Darkness is relative: 0 is the paper round the box, 1 the black of the page's own markers, so that lamp, paper and
scanner cancel out. Nothing here decides for a candidate; see :mod:`ballots.decisions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from ballots.geometry import Fiducial, Rectangle
from ballots.markers import MODULES
from ballots.pictures import Grey, Unusable
from ballots.registration import WORK_SCALE
from ballots.signs import Sign, classify

Dark = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Shape = Literal["circle", "rectangle"]

#: contract: a clear mark has at least 40 % of the print's contrast, covers a tenth of the box, is 3 mm across;
#: specks under 0.25 mm2 are nothing
CLEAR_DARKNESS, CLEAR_COVER, CLEAR_EXTENT_MM, SPECK_MM2 = 0.40, 0.10, 3.0, 0.25
#: share of the box whose darkest part tells the pen's darkness (measured: faint at most 0.19, clear at least 0.42)
CORE_SHARE = 0.04
#: the least darkness that counts as ink, and how many times the paper's noise it must exceed
LEAST_INK, NOISE_TIMES = 0.10, 5.0
#: grey levels between paper and print below which nothing can be told
LEAST_CONTRAST = 40.0
#: white kept inside the printed outline for what registration leaves (mm)
CLEARANCE_MM = 0.35
#: how far an outline is looked for where the sheet is bent, and how far it may lie before the sheet counts as bent
SEARCH_MM, BENT_MM = 1.7, 0.8
#: share of the outline that must be seen
LEAST_OUTLINE, GOOD_OUTLINE = 0.6, 0.9
#: the strip round a box in which a mark that missed it would lie, and the least ink there (mm2)
BESIDE_MM, BESIDE_INK_MM2 = 1.2, 0.5
#: how much paper round a box is cut out with it
MARGIN_MM = 2.5


@dataclass(frozen=True)
class Measured:
    """``cover`` is the share of the box inside its outline that is covered; ``sign`` is set where signs are asked for.

    ``shift_mm`` is how far the outline lay from its place, ``outline`` the share of it that was seen, ``beside`` whether
    there is ink just outside.
    """

    state: Literal["absent", "clear", "doubtful"]
    cover: float
    why: str = ""
    shift_mm: float = 0.0
    outline: float = 1.0
    beside: bool = False
    sign: Sign | None = None


@dataclass(frozen=True)
class Levels:
    """Grey of the page's print and paper at its markers, and the paper's noise as darkness."""

    black: float
    paper: float


def levels(page: Grey, fiducials: Sequence[Fiducial]) -> Levels:
    """Raises Unusable where print and paper are too near each other."""
    blacks: list[float] = []
    papers: list[float] = []
    for fiducial in fiducials:
        box = fiducial.box
        module = box.w / MODULES
        # the middle of the black border's four sides, and the white just outside
        for inside, sink in ((module / 2, blacks), (-module * 0.8, papers)):
            along = np.linspace(module, box.w - module, 12)
            xs = np.concatenate([along, along, np.full(12, inside), np.full(12, box.w - inside)]) + box.x
            ys = np.concatenate([np.full(12, inside), np.full(12, box.h - inside), along, along]) + box.y
            columns = np.clip((xs * WORK_SCALE).astype(int), 0, page.shape[1] - 1)
            rows = np.clip((ys * WORK_SCALE).astype(int), 0, page.shape[0] - 1)
            sink.append(float(np.median(page[rows, columns])))
    # a torn or covered corner shows no contrast; the median of the others stands
    found = Levels(float(np.median(blacks)), float(np.median(papers)))
    if found.paper - found.black < LEAST_CONTRAST:
        raise Unusable("too-pale")
    return found


def measure(page: Grey, boxes: Sequence[Rectangle], shape: Shape, outline: float, known: Levels) -> list[Measured]:
    """One answer per box. Boxes of one size are worked on together."""
    answers: dict[int, Measured] = {}
    sizes = {(box.w, box.h) for box in boxes}
    for w, h in sizes:
        places = [place for place, box in enumerate(boxes) if (box.w, box.h) == (w, h)]
        masks = _masks(w, h, shape, outline)
        grey, corners = _cut(page, [boxes[place] for place in places], masks.half)
        patches = _darkness(grey, masks, known)
        for place, patch, corner in zip(places, patches, corners, strict=True):
            answers[place] = _one(page, patch, corner, masks, known)
    return [answers[place] for place in range(len(boxes))]


def field_ink(page: Grey, field: Rectangle, known: Levels) -> float:
    """The share of a write-in's field that is covered; 0 where there is nothing but specks."""
    inset = CLEARANCE_MM + 0.5
    left, top = round((field.x + inset) * WORK_SCALE), round((field.y + inset) * WORK_SCALE)
    right, bottom = round((field.right - inset) * WORK_SCALE), round((field.bottom - inset) * WORK_SCALE)
    patch = cv2.GaussianBlur(page[top:bottom, left:right], (3, 3), 0).astype(np.float32)
    paper = float(np.percentile(patch, 75))
    dark = (paper - patch) / max(known.paper - known.black, LEAST_CONTRAST)
    noise = float(np.median(np.abs(dark))) * 1.4826
    ink = _components(dark, np.ones(dark.shape, dtype=np.bool_), max(LEAST_INK, NOISE_TIMES * noise))
    return float(np.count_nonzero(ink)) / ink.size


@dataclass(frozen=True)
class _Masks:
    """For one size of box: ``half`` the patch's half side in pixels (x, y), its regions, and the outline's points."""

    half: tuple[int, int]
    inside: Mask
    beside: Mask
    paper: Mask
    ring: npt.NDArray[np.int64]
    ring_patch: Dark
    signs: bool


@cache
def _masks(w: float, h: float, shape: Shape, outline: float) -> _Masks:
    half = (round((w / 2 + MARGIN_MM) * WORK_SCALE), round((h / 2 + MARGIN_MM) * WORK_SCALE))
    y, x = np.mgrid[0 : 2 * half[1] + 1, 0 : 2 * half[0] + 1].astype(np.float64)
    dx, dy = np.abs(x - half[0]) / WORK_SCALE, np.abs(y - half[1]) / WORK_SCALE
    if shape == "circle":
        # distance outside the outline's outer edge, for an ellipse nearly so
        outside = (np.hypot(dx / (w / 2), dy / (h / 2)) - 1.0) * min(w, h) / 2
    else:
        outside = np.maximum(dx - w / 2, dy - h / 2)
    middle = np.linspace(0.0, 1.0, 96, endpoint=False)
    if shape == "circle":
        ring_x = np.cos(2 * np.pi * middle) * (w - outline) / 2
        ring_y = np.sin(2 * np.pi * middle) * (h - outline) / 2
    else:
        turn = middle * 4
        side, along = turn.astype(int), (turn % 1.0 - 0.5)
        ring_x = np.choose(side, [along, np.full(96, 0.5), -along, np.full(96, -0.5)]) * (w - outline)
        ring_y = np.choose(side, [np.full(96, -0.5), along, np.full(96, 0.5), -along]) * (h - outline)
    ring = np.stack([np.rint(ring_y * WORK_SCALE) + half[1], np.rint(ring_x * WORK_SCALE) + half[0]]).astype(np.int64)
    return _Masks(
        half=half,
        inside=outside < -(outline + CLEARANCE_MM),
        beside=(outside > CLEARANCE_MM) & (outside < BESIDE_MM),
        paper=outside > CLEARANCE_MM,
        ring=ring,
        signs=shape == "rectangle",
        ring_patch=(np.abs(outside + outline / 2) < max(outline / 2, 0.6 / WORK_SCALE)).astype(np.float32),
    )


def _cut(
    page: Grey, boxes: Sequence[Rectangle], half: tuple[int, int]
) -> tuple[npt.NDArray[np.float32], list[tuple[int, int]]]:
    """Patches centred on the boxes, and the pixel each begins at; what lies off the page repeats its edge."""
    padded = max(half)
    framed = cv2.copyMakeBorder(page, padded, padded, padded, padded, cv2.BORDER_REPLICATE)
    corners = []
    patches = np.empty((len(boxes), 2 * half[1] + 1, 2 * half[0] + 1), dtype=np.float32)
    for place, box in enumerate(boxes):
        left = round((box.x + box.w / 2) * WORK_SCALE - 0.5) - half[0]
        top = round((box.y + box.h / 2) * WORK_SCALE - 0.5) - half[1]
        rows = slice(top + padded, top + padded + 2 * half[1] + 1)
        patches[place] = framed[rows, left + padded : left + padded + 2 * half[0] + 1]
        corners.append((left, top))
    return patches, corners


def _darkness(grey: npt.NDArray[np.float32], masks: _Masks, known: Levels) -> Dark:
    """Grey to darkness with the paper round each box as its zero; a box in a blot falls back on the page's paper."""
    around = grey[:, masks.paper]
    local = np.percentile(around, 75, axis=1) if len(grey) else np.empty(0)
    paper = np.maximum(local, known.black + 0.6 * (known.paper - known.black))[:, None, None]
    return np.asarray((paper - grey) / np.maximum(paper - known.black, LEAST_CONTRAST), dtype=np.float32)


def _one(page: Grey, patch: Dark, corner: tuple[int, int], masks: _Masks, known: Levels) -> Measured:
    exact, shift = _outline_seen(patch, masks, near=0), 0.0
    if exact < GOOD_OUTLINE:
        dx, dy = _outline_shift(patch, masks)
        moved = _moved(page, corner, dx, dy, masks, known)
        if _outline_seen(moved, masks, near=0) > exact:
            patch, shift = moved, float(np.hypot(dx, dy)) / WORK_SCALE
    seen = _outline_seen(patch, masks, near=1)
    soft = np.asarray(cv2.GaussianBlur(patch, (3, 3), 0), dtype=np.float32)
    quiet = soft[masks.paper & (np.abs(soft) < 0.5)]
    noise = 1.4826 * float(np.median(np.abs(quiet - np.median(quiet)))) if quiet.size else 0.0
    least = max(LEAST_INK, NOISE_TIMES * noise)
    ink = _components(soft, masks.inside, least)
    beside = float(np.count_nonzero(_components(soft, masks.beside, max(least, 0.25)))) / WORK_SCALE**2
    if not ink.any():
        return Measured("absent", 0.0, "", shift, seen, beside >= BESIDE_INK_MM2)
    inside = patch[masks.inside]
    core = float(np.quantile(inside, 1.0 - CORE_SHARE))
    mark = ink & (soft >= max(least, 0.5 * min(core, 1.0)))
    cover = float(np.count_nonzero(mark)) / float(np.count_nonzero(masks.inside))
    extent = _extent(mark)
    if core < CLEAR_DARKNESS:
        cover, why = float(np.count_nonzero(ink)) / float(np.count_nonzero(masks.inside)), "faint"
    elif cover < CLEAR_COVER:
        why = "little"
    elif extent < CLEAR_EXTENT_MM:
        why = "short"
    else:
        why = ""
    sign: Sign | None = None
    if masks.signs and not why:
        sign = classify((soft >= max(least, 0.5 * min(core, 1.0))) & (masks.inside | masks.beside), WORK_SCALE)
    return Measured("doubtful" if why else "clear", cover, why, shift, seen, beside >= BESIDE_INK_MM2, sign)


def _components(dark: Dark, region: Mask, least: float) -> Mask:
    """The ink in ``region`` without specks; a speck is measured where it is half as dark as its middle."""
    ink = (dark >= least) & region
    kept = np.zeros(dark.shape, dtype=np.bool_)
    if np.count_nonzero(ink) < SPECK_MM2 * WORK_SCALE**2:
        return kept
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < SPECK_MM2 * WORK_SCALE**2:
            continue
        part = labels == label
        peak = min(float(dark[part].max()), 1.0)
        if np.count_nonzero(dark[part] >= max(least, 0.5 * peak)) >= SPECK_MM2 * WORK_SCALE**2:
            kept |= part
    return kept


def _extent(mark: Mask) -> float:
    """The longer of the mark's width, height and diagonals, in millimetres."""
    rows, columns = np.nonzero(mark)
    if not rows.size:
        return 0.0
    diagonal = np.sqrt(0.5)
    spans = (rows, columns, (rows + columns) * diagonal, (rows - columns) * diagonal)
    longest = max(float(np.ptp(span)) for span in spans)
    across: float = (longest + 1.0) / WORK_SCALE
    return across


def _outline_seen(patch: Dark, masks: _Masks, near: int) -> float:
    """The share of the printed outline that is there, ``near`` pixels to either side allowed."""
    spread = cv2.dilate(patch, np.ones((2 * near + 1, 2 * near + 1), dtype=np.uint8)) if near else patch
    rows, columns = masks.ring
    return float(np.count_nonzero(spread[rows, columns] >= 0.25)) / rows.size


def _outline_shift(patch: Dark, masks: _Masks) -> tuple[int, int]:
    """Where the outline lies best within ``SEARCH_MM``, in pixels (x, y)."""
    reach = round(SEARCH_MM * WORK_SCALE)
    framed = cv2.copyMakeBorder(np.clip(patch, 0.0, 1.0), reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0.0)
    score = cv2.matchTemplate(framed, masks.ring_patch, cv2.TM_CCORR)
    _, _, _, best = cv2.minMaxLoc(score)
    return best[0] - reach, best[1] - reach


def _moved(page: Grey, corner: tuple[int, int], dx: int, dy: int, masks: _Masks, known: Levels) -> Dark:
    left, top = corner[0] + dx, corner[1] + dy
    centre = Rectangle((left + masks.half[0] + 0.5) / WORK_SCALE, (top + masks.half[1] + 0.5) / WORK_SCALE, 0.0, 0.0)
    grey, _ = _cut(page, [centre], masks.half)
    moved: Dark = _darkness(grey, masks, known)[0]
    return moved
