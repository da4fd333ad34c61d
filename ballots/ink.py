"""What is in a box: nothing, a clear mark, or something that people must look at.

Darkness is relative: 0 is the paper round the box, 1 the black of the page's own markers, so that lamp, paper and
scanner cancel out. Nothing here decides for a candidate; see :mod:`ballots.decisions`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from ballots.codes import Doubt
from ballots.geometry import Fiducial, Rectangle
from ballots.markers import MODULES
from ballots.pictures import Grey, Unusable
from ballots.registration import WORK_SCALE, Registered, Sheet
from ballots.signs import Sign, classify

Dark = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Shape = Literal["circle", "rectangle"]

#: contract: a clear mark has at least 40 % of the print's contrast, covers a tenth of the box, is 3 mm across;
#: specks under 0.25 mm2 are nothing
CLEAR_DARKNESS, CLEAR_COVER, CLEAR_EXTENT_MM, SPECK_MM2 = 0.40, 0.10, 3.0, 0.25
#: share of the box whose darkest part tells the pen's darkness (measured: faint at most 0.19, clear at least 0.42)
CORE_SHARE = 0.04
#: the least darkness that counts as ink, how many times the paper's noise it must exceed, and the most noise that is
#: taken for noise: beyond it is a scan, or a box drowned in ink, that people must look at
LEAST_INK, NOISE_TIMES, MOST_NOISE = 0.10, 5.0, 0.03
#: the paper round a box is its lighter part (share that may be darker), even where a wide sign covers much of it;
#: it is so light, as a share of the page's contrast: below it is a blot
LIGHTEST, LEAST_PAPER = 0.85, 0.75
#: how much darker than the paper a surface is that somebody coloured (a yellow pen is hardly grey), how large it is at
#: least (mm2), and over how wide a square it is averaged (pixels)
COLOURED, COLOURED_MM2, AVERAGED = 0.04, 1.5, 5
#: grey levels between paper and print below which nothing can be told
LEAST_CONTRAST = 40.0
#: white kept inside the printed outline for what registration leaves (mm), and for a coarse scan's blur (its pixels)
CLEARANCE_MM, CLEARANCE_PIXELS = 0.35, 2.6
#: how far an outline is looked for where the sheet is bent, and how far it may lie before the sheet counts as bent
SEARCH_MM, BENT_MM = 1.7, 0.8
#: share of the outline that must be seen
LEAST_OUTLINE, GOOD_OUTLINE = 0.6, 0.9
#: how dark a point of the outline is at least; what lies beside a box counts from there too
OUTLINE_DARKNESS = 0.25
#: the strip round a box in which a mark that missed it would lie, and the least ink there (mm2)
BESIDE_MM, BESIDE_INK_MM2 = 1.2, 0.5
#: ink there from which a stroke may run on to another box (mm2), how far away that one is at most, and over how much
#: paper a pen may skip on its way (mm); what runs on so far straight across or down is a rule
CROSSING_MM2, JOINED_MM, SKIPPED_MM, RULE_MM = 0.1, 25.0, 1.0, (8.0, 14.0)
#: an outline that somebody traced: this far to each side its ink is summed (mm), and how much more than on the page's
#: other boxes makes it doubtful (share of it, and mm2); a printer may snap a square's sides to whole dots, each its own
TRACED_MM, TRACED_MM2 = 0.5, 1.0
TRACED_SHARE: dict[Shape, float] = {"circle": 0.15, "rectangle": 0.35}
#: paler ink from which a sign is in doubt, because another may lie under it (mm2), and how wide (pixels) a sign's own
#: blur is
UNDER_MM2, BLUR = 0.4, 7
#: how much paper round a box is cut out with it
MARGIN_MM = 2.0
#: every so many pixels of the paper round a box tell its grey and its noise as well as all
SAMPLED = 8


@dataclass(frozen=True)
class Measured:
    """``cover`` is the share of the box inside its outline that is covered; ``sign`` is set where signs are asked for.

    ``shift_mm`` is how far the outline lay from its place, ``outline`` the share of it that was seen, ``beside`` whether
    there is ink just outside.
    """

    state: Literal["absent", "clear", "doubtful"]
    cover: float
    why: Doubt | None = None
    shift_mm: float = 0.0
    outline: float = 1.0
    beside: bool = False
    sign: Sign | None = None
    #: does its ink reach out of the box?
    crossing: bool = False

    @property
    def lost(self) -> bool:
        """Is too little of the printed outline there to trust what is inside?"""
        return self.outline < LEAST_OUTLINE


@dataclass(frozen=True)
class Levels:
    """Grey of the page's print and paper at its markers, and the paper's noise as darkness."""

    black: float
    paper: float


def levels(grey: Grey, registered: Registered, fiducials: Sequence[Fiducial]) -> Levels:
    """Print and paper at the page's markers. Raises Unusable where they are too near each other."""
    height, width = grey.shape
    # of each marker the points on its border, then as many beside it
    points = np.concatenate([_sides(fiducial.box) for fiducial in fiducials])
    pixels = np.rint(registered.pixels(points)).astype(int).reshape(2 * len(fiducials), -1, 2)
    inside = np.asarray(((pixels >= 0) & (pixels < (width, height))).all(axis=2), dtype=np.bool_)
    blacks: list[float] = []
    papers: list[float] = []
    for place, (at, there) in enumerate(zip(pixels, inside, strict=True)):
        if there.any():
            (papers if place % 2 else blacks).append(float(_ranked(grey[at[there, 1], at[there, 0]], 0.5)))
    # a torn or covered corner shows no contrast; the median of the others stands
    found = Levels(float(np.median(blacks or [0.0])), float(np.median(papers or [0.0])))
    if found.paper - found.black < LEAST_CONTRAST:
        raise Unusable("too-pale")
    return found


@cache
def _sides(box: Rectangle) -> npt.NDArray[np.float64]:
    """Points (mm) along the middle of a marker's black border and, as many, along the white just outside."""
    module = box.w / MODULES
    return np.array(
        [
            (box.x + x, box.y + y)
            for inset in (module / 2, -module * 0.8)
            for s in np.linspace(module, box.w - module, 12)
            for x, y in ((s, inset), (s, box.w - inset), (inset, s), (box.w - inset, s))
        ]
    )


def measure(page: Sheet, boxes: Sequence[Rectangle], shape: Shape, outline: float, known: Levels) -> list[Measured]:
    """One answer per box. Boxes of one size are worked on together; ``outline`` is the printed line's width (mm)."""
    # in steps, so that the masks of a size are made once
    clearance = math.ceil(max(CLEARANCE_MM, CLEARANCE_PIXELS / page.scale) * 20) / 20
    answers: dict[int, Measured] = {}
    sizes = {(box.w, box.h) for box in boxes}
    for w, h in sizes:
        places = [place for place, box in enumerate(boxes) if (box.w, box.h) == (w, h)]
        masks = _masks(w, h, shape, outline, clearance)
        centres = [(box.x + w / 2, box.y + h / 2) for box in (boxes[place] for place in places)]
        patches = _cut(page, centres, masks, known)
        blank, traced = _blank(patches, masks), _traced(patches, masks)
        for number, place in enumerate(places):
            if blank[number]:
                one = Measured("absent", 0.0, outline=float(patches.seen[number]))
            else:
                one = _one(page, patches, number, centres[number], masks, known)
            answers[place] = replace(one, beside=True) if one.state == "absent" and traced[number] else one
    return [answers[place] for place in range(len(boxes))]


def joined(page: Sheet, one: Rectangle, other: Rectangle, known: Levels) -> bool:
    """Does ink run from inside one box to inside the other, with small gaps? Print between them counts as ink."""
    left, top = min(one.x, other.x) - BESIDE_MM, min(one.y, other.y) - BESIDE_MM
    width, height = max(one.right, other.right) + BESIDE_MM - left, max(one.bottom, other.bottom) + BESIDE_MM - top
    if max(width - one.w - other.w, height - one.h - other.h) > JOINED_MM:
        return False
    grey = page.cut(left, top, round(width * WORK_SCALE), round(height * WORK_SCALE))
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    ink = soft <= known.paper - OUTLINE_DARKNESS * (known.paper - known.black)
    # a pen skips paper, print does not: marks near a rule are not near each other
    near = ink.view(np.uint8)
    for span in ((1, round(RULE_MM[0] * WORK_SCALE)), (round(RULE_MM[1] * WORK_SCALE), 1)):
        wide = cv2.dilate(near, np.ones((3, 3), dtype=np.uint8))
        rules = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones(span, dtype=np.uint8))
        near = np.where(rules > 0, 0, near).astype(np.uint8)
    side = round(SKIPPED_MM * WORK_SCALE) + 1
    near = np.asarray(cv2.dilate(near, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))), dtype=np.uint8)
    return any(_connected(one_ink, (left, top), one, other) for one_ink in (ink.view(np.uint8), near))


def _connected(ink: npt.NDArray[np.uint8], corner: tuple[float, float], one: Rectangle, other: Rectangle) -> bool:
    """Is ink in the middle of one box in one piece with ink in the other's? ``corner`` (mm) is where ``ink`` begins."""
    _, labels = cv2.connectedComponents(ink, connectivity=8)
    parts: list[npt.NDArray[np.int32]] = []
    for box in (one, other):
        # a square inside a circle
        x, y = ((v + side / 2) * WORK_SCALE for v, side in ((box.x - corner[0], box.w), (box.y - corner[1], box.h)))
        across, down = box.w * 0.33 * WORK_SCALE, box.h * 0.33 * WORK_SCALE
        here = labels[round(y - down) : round(y + down) + 1, round(x - across) : round(x + across) + 1]
        parts.append(np.asarray(here[here > 0], dtype=np.int32))
    return bool(np.isin(parts[0], parts[1]).any())


def field_ink(page: Sheet, field: Rectangle, known: Levels) -> float:
    """The share of a write-in's field that is covered; 0 where there is nothing but specks."""
    inset = CLEARANCE_MM + 0.5
    width, height = (round((side - 2 * inset) * WORK_SCALE) for side in (field.w, field.h))
    grey = page.cut(field.x + inset, field.y + inset, width, height)
    paper = np.float32(_ranked(grey.reshape(-1)[::SAMPLED], 0.75))
    sharp = np.asarray((paper - grey) / max(known.paper - known.black, LEAST_CONTRAST), dtype=np.float32)
    soft = _soft(sharp)
    noise = min(1.4826 * float(_ranked(np.abs(soft.reshape(-1)[::SAMPLED]), 0.5)), MOST_NOISE)
    ink = _components(soft, sharp, np.ones(soft.shape, dtype=np.bool_), max(LEAST_INK, NOISE_TIMES * noise))
    return float(np.count_nonzero(ink)) / ink.size


@dataclass(frozen=True)
class _Masks:
    """For one size of box: ``half`` the patch's half side in pixels (x, y), its regions, and the outline's points.

    ``paper``, ``ring`` and ``band`` are for patches whose pixels stand in one row: places of some of the paper's and of
    the outline's pixels, and 1 for every pixel along the outline.
    """

    half: tuple[int, int]
    inside: Mask
    beside: Mask
    hidden: Mask
    paper: npt.NDArray[np.intp]
    ring: npt.NDArray[np.intp]
    ring_patch: Dark
    band: Dark
    signs: bool
    traced: float


@cache
def _masks(w: float, h: float, shape: Shape, outline: float, clearance: float) -> _Masks:
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
    rows, columns = np.rint(ring_y * WORK_SCALE) + half[1], np.rint(ring_x * WORK_SCALE) + half[0]
    return _Masks(
        half=half,
        inside=outside < -(outline + clearance),
        beside=(outside > clearance) & (outside < BESIDE_MM),
        hidden=(outside >= -(outline + clearance)) & (outside <= clearance),
        paper=np.flatnonzero(outside > clearance)[::SAMPLED],
        ring=(rows * x.shape[1] + columns).astype(np.intp),
        band=(np.abs(outside + outline / 2) < outline / 2 + TRACED_MM).astype(np.float32).reshape(-1),
        signs=shape == "rectangle",
        traced=TRACED_SHARE[shape],
        ring_patch=(np.abs(outside + outline / 2) < max(outline / 2, 0.6 / WORK_SCALE)).astype(np.float32),
    )


@dataclass(frozen=True)
class _Patches:
    """Boxes of one size with the paper round them, as darkness. ``soft`` is ``dark`` with its noise smoothed.

    ``least`` is how dark ink is at least in each, ``middle`` the paper's middle, ``seen`` the share of each outline that is at its place.
    """

    dark: Dark
    soft: Dark
    least: npt.NDArray[np.float32]
    middle: npt.NDArray[np.float64]
    seen: npt.NDArray[np.float64]


def _cut(page: Sheet, centres: Sequence[tuple[float, float]], masks: _Masks, known: Levels) -> _Patches:
    """The boxes round ``centres`` (mm); the paper round each is its zero, but for one in a blot: there the page's is."""
    grey = page.around(centres, masks.half)
    count, height, width = grey.shape
    local = _ranked(grey.reshape(count, -1)[:, masks.paper], LIGHTEST)
    paper = np.maximum(local, known.black + LEAST_PAPER * (known.paper - known.black))[:, None, None]
    contrast = np.maximum(paper - known.black, LEAST_CONTRAST)
    dark = (paper.astype(np.float32) - grey) * (1 / contrast).astype(np.float32)
    soft = _soft(dark.reshape(count * height, width)).reshape(dark.shape)
    sampled = soft.reshape(count, -1)[:, masks.paper]
    middle = _ranked(sampled, 0.5)
    least = np.maximum(LEAST_INK, NOISE_TIMES * _noise(sampled, middle))
    seen = (dark.reshape(count, -1)[:, masks.ring] >= OUTLINE_DARKNESS).mean(axis=1)
    return _Patches(dark, soft, least.astype(np.float32), middle, seen)


def _blank(patches: _Patches, masks: _Masks) -> npt.NDArray[np.bool_]:
    """In which boxes plainly nothing is: most boxes of most ballots."""
    ink = (patches.soft >= patches.least[:, None, None]) & (masks.inside | masks.beside)
    inked = np.array([np.count_nonzero(one) for one in ink])
    blank = (inked < SPECK_MM2 * WORK_SCALE**2) & (patches.seen >= GOOD_OUTLINE)
    # a coloured surface shows in the whole already; only then is it looked for
    flat = patches.dark.reshape(len(blank), -1)
    more = flat @ masks.inside.astype(np.float32).reshape(-1) - patches.middle * np.count_nonzero(masks.inside)
    for number in np.flatnonzero(blank & (more >= COLOURED * COLOURED_MM2 * WORK_SCALE**2)):
        blank[number] = not _coloured(patches, int(number), masks)
    return np.asarray(blank, dtype=np.bool_)


def _coloured(patches: _Patches, number: int, masks: _Masks) -> float:
    """The share of the box that is a little darker than the paper round it over a surface; 0 where it is small."""
    inside = masks.inside.astype(np.float32)
    side = (AVERAGED, AVERAGED)
    # specks, which are darker, count no more than a surface does
    mean = cv2.blur(np.minimum(patches.dark[number], LEAST_INK) * inside, side) / np.maximum(
        cv2.blur(inside, side), 0.01
    )
    area = np.count_nonzero((mean >= COLOURED + patches.middle[number]) & masks.inside)
    return area / np.count_nonzero(masks.inside) if area >= COLOURED_MM2 * WORK_SCALE**2 else 0.0


def _soft(dark: Dark) -> Dark:
    return np.asarray(cv2.GaussianBlur(dark, (3, 3), 0), dtype=np.float32)


def _noise(paper: Dark, middle: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The spread of the paper round each box, as a standard deviation; ink round it is not noise."""
    away = np.abs(paper - middle[..., None])
    return np.minimum(1.4826 * _ranked(away, 0.5), MOST_NOISE)


def _ranked(values: npt.NDArray[Any], share: float) -> npt.NDArray[np.float64]:
    """The value below which ``share`` of them lie, along the last axis."""
    place = round(share * (values.shape[-1] - 1))
    return np.asarray(np.partition(values, place, axis=-1)[..., place], dtype=np.float64)


def _traced(patches: _Patches, masks: _Masks) -> npt.NDArray[np.bool_]:
    """Which boxes have more ink along their outline than most: a ring drawn on the printed one adds to it alone."""
    ink = np.clip(patches.dark, 0.0, 1.0).reshape(len(patches.dark), -1) @ masks.band / WORK_SCALE**2
    usual = float(np.median(ink))
    return np.asarray(ink > usual + max(masks.traced * usual, TRACED_MM2), dtype=np.bool_)


def _one(
    page: Sheet, patches: _Patches, number: int, centre: tuple[float, float], masks: _Masks, known: Levels
) -> Measured:
    """Measure the box where it should be, and where its outline really lies if that leaves a doubt."""
    first = _measured(patches, number, masks, 0.0)
    seen = patches.seen[number]
    if seen >= GOOD_OUTLINE and first.state != "doubtful":
        return first
    dx, dy = _outline_shift(patches.dark[number], masks)
    moved = _cut(page, [(centre[0] + dx / WORK_SCALE, centre[1] + dy / WORK_SCALE)], masks, known)
    if moved.seen[0] < seen:
        return first
    return _measured(moved, 0, masks, float(np.hypot(dx, dy)) / WORK_SCALE)


def _measured(patches: _Patches, number: int, masks: _Masks, shift: float) -> Measured:
    patch, soft, least = patches.dark[number], patches.soft[number], float(patches.least[number])
    outline = _outline_seen(patch, masks)
    line = max(least, OUTLINE_DARKNESS)
    stray = int(np.count_nonzero(_components(soft, patch, masks.beside, line)))
    beside = stray >= BESIDE_INK_MM2 * WORK_SCALE**2
    crossing = int(np.count_nonzero((soft >= line) & masks.beside)) >= CROSSING_MM2 * WORK_SCALE**2
    ink = _components(soft, patch, masks.inside, least)
    if not ink.any():
        if share := _coloured(patches, number, masks):
            return Measured("doubtful", share, "faint", shift, outline, beside)
        return Measured("absent", 0.0, None, shift, outline, beside)
    core = float(_ranked(patch[masks.inside], 1.0 - CORE_SHARE))
    mark = ink & (soft >= max(least, 0.5 * min(core, 1.0)))
    area = float(np.count_nonzero(masks.inside))
    cover = np.count_nonzero(mark) / area
    if core < CLEAR_DARKNESS:
        return Measured("doubtful", np.count_nonzero(ink) / area, "faint", shift, outline, beside, crossing=crossing)
    if cover < CLEAR_COVER:
        return Measured("doubtful", cover, "little", shift, outline, beside, crossing=crossing)
    if _short(mark):
        return Measured("doubtful", cover, "short", shift, outline, beside, crossing=crossing)
    sign: Sign | None = None
    if masks.signs:
        drawn = _components(soft, patch, masks.inside | masks.beside, least) & (
            soft >= max(least, 0.5 * min(core, 1.0))
        )
        away = cv2.dilate(drawn.view(np.uint8), np.ones((BLUR, BLUR), dtype=np.uint8)) == 0
        pale = np.count_nonzero(ink & away) >= UNDER_MM2 * WORK_SCALE**2
        sign = "unclear" if pale else classify(drawn, WORK_SCALE, masks.hidden)
    return Measured("clear", cover, None, shift, outline, beside, sign, crossing)


def _components(soft: Dark, sharp: Dark, region: Mask, least: float) -> Mask:
    """The ink in ``region`` without specks. ``soft`` is ``sharp`` with its noise smoothed.

    A speck's area is its whole darkness over that of its darkest point, which a coarse scan that smears it leaves
    as it was.
    """
    speck = SPECK_MM2 * WORK_SCALE**2
    ink = (soft >= least) & region
    if np.count_nonzero(ink) < speck:
        return np.zeros(soft.shape, dtype=np.bool_)
    count, labels = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    parts = labels[ink].astype(np.intp)
    areas = np.bincount(parts, minlength=count)
    darkness = np.bincount(parts, np.clip(soft[ink], 0.0, 1.0), minlength=count)
    peaks = np.zeros(count, dtype=np.float32)
    np.maximum.at(peaks, parts, sharp[ink])
    kept = (areas >= speck) & (darkness >= speck * np.minimum(peaks, 1.0))
    return np.asarray(kept[labels] & ink, dtype=np.bool_)


def _short(mark: Mask) -> bool:
    """Are its width, height and diagonals all shorter than a clear mark's?"""
    least = CLEAR_EXTENT_MM * WORK_SCALE
    _, _, width, height = cv2.boundingRect(mark.view(np.uint8))
    if max(width, height) >= least:
        return False
    rows, columns = np.nonzero(mark)
    longest = max(np.ptp(rows + columns), np.ptp(rows - columns)) * math.sqrt(0.5)
    return int(longest) + 1 < least


def _outline_seen(patch: Dark, masks: _Masks) -> float:
    """The share of the printed outline that is there, one pixel to either side allowed."""
    spread = cv2.dilate(patch, np.ones((3, 3), dtype=np.uint8))
    return int(np.count_nonzero(spread.reshape(-1)[masks.ring] >= OUTLINE_DARKNESS)) / masks.ring.size


def _outline_shift(patch: Dark, masks: _Masks) -> tuple[int, int]:
    """Where the outline lies best within ``SEARCH_MM``, in pixels (x, y)."""
    reach = round(SEARCH_MM * WORK_SCALE)
    framed = cv2.copyMakeBorder(np.clip(patch, 0.0, 1.0), reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0.0)
    score = cv2.matchTemplate(framed, masks.ring_patch, cv2.TM_CCORR)
    _, _, _, best = cv2.minMaxLoc(score)
    return best[0] - reach, best[1] - reach
