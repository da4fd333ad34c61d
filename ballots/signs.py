"""○ for, × against: what was drawn in a one-box mark, or nothing where it is neither beyond doubt.

Only shapes that nobody could argue about are named: a tick, a scribble, a dot, a plus, a ○ over a × go to people.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

Sign = Literal["for", "against", "unclear"]
Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: points that are enough to tell a shape
MOST_POINTS = 220
#: a ring: its radius (mm), how uneven, how much of the full turn is seen, how much ink may lie well inside it
RING_RADIUS_MM, RING_UNEVEN, RING_TURN, RING_INSIDE = (0.9, 6.0), 0.24, 0.85, 0.04
#: the widest opening between a ring's ends, as a share of its radius: 40 degrees of a circle, at the middle of the stroke
OPEN = 0.7
#: the share of a ring's surface that may lie outside the ellipse of its spread: a square's is 0.07, a D's 0.05
SPILL = 0.045
#: how long a piece of a stroke may stand out of a ring, and from how far on (mm)
TAIL_MM, TAIL_FROM_MM = 0.3, 0.1
#: a cross: how far a shaky hand strays from a straight stroke beside half the pen's width, and the widest pen (mm)
STRAY_MM, WIDEST_PEN_MM = 0.35, 1.5
#: the share of ink on its two strokes and on either alone, the shortest arm (mm), how unequal a stroke's arms may be
CROSS_EXPLAINED, CROSS_ALONE, ARM_MM, ARM_SHARE = 0.9, 0.2, 0.9, 0.22
#: how far from the diagonals the strokes may lie, and the least angle between them (degrees)
OFF_DIAGONAL, CROSS_ANGLE = 22.5, 50.0
#: a part of the paper shut in by ink: the least that counts (mm2), the gap in a stroke that still shuts it in (mm)
#: and how far its rim may lie from its middle, in spreads of it
HOLE_MM2, GAP_MM, ROUND = 0.08, 0.5, 2.1
#: between the four arms of a cross the paper reaches into its hull at least so deep (mm); K, 文, a U and a thick V have fewer such bays
BAY_MM = 0.2
#: round the middle of a cross lie four arms: the share of rings there on which four are seen, over what length more may
#: be (mm; the hook of a pen), and how far out they part, in widths of an arm and mm beyond: a blot there hides a ring
FOUR_ARMS, MORE_ARMS_MM, PARTED, PARTED_MM = 0.75, 0.25, 1.2, 0.65
#: a stroke's bow is told from the ink this near it beside half the pen's width (mm), time after time, and from more than
#: so many pixels; how far beside both strokes ink may lie, and how long a piece of a stroke may lie farther (mm; a hook)
BOW_MM, LEAST_TOLD, OFF_MM, OFF_LENGTH = (STRAY_MM, 0.2, 0.2, 0.2), 8, 0.3, 0.25
_ANGLES = 24
_BINS = 36
_LOOKS = 120


def classify(ink: Mask, scale: float, hidden: Mask | None = None) -> Sign:
    """The sign in ``ink`` (``scale`` pixels per millimetre; north up): ``for`` ○, ``against`` ×, or ``unclear``.

    ``hidden`` is the paper on which no ink is seen, for the print that is there.
    """
    rows, columns = np.nonzero(ink)
    if rows.size < 8:
        return "unclear"
    points = np.stack([columns, rows], axis=1).astype(np.float64) / scale
    if rows.size > MOST_POINTS:
        points = points[:: rows.size // MOST_POINTS + 1]
    pen = _pen(ink, scale)
    if (circle := _circle(points)) is not None:
        return "for" if _is_ring(ink, scale, circle, pen, hidden) else "unclear"
    if _bays(ink, scale) != 4:
        return "unclear"
    cross = _cross(points, pen / 2 + STRAY_MM)
    if cross is not None and not any(_holes(ink, scale, gap) for gap in (0.0, GAP_MM)):
        middle, arm, ways = cross
        four, (beside, off) = _has_four_arms(ink, scale, middle, arm, pen), _beside(ink, scale, middle, ways, pen)
        # in a cross too thick for its arms to be counted, nothing at all may lie beside its strokes
        if off <= OFF_DIAGONAL and (beside <= OFF_LENGTH if four else four is None and not beside):
            return "against"
    return "unclear"


def _holes(ink: Mask, scale: float, gap: float = 0.0) -> list[Mask]:
    """The parts of the paper that ink shuts in, also where a stroke has a ``gap`` (mm)."""
    framed = np.pad(ink.astype(np.uint8), 1)
    side = 2 * round(gap * scale / 2) + 1
    shut = cv2.dilate(framed, np.ones((side, side), dtype=np.uint8))
    _, labels, found, _ = cv2.connectedComponentsWithStats(1 - shut, connectivity=4)
    least = HOLE_MM2 * scale**2
    outside = labels[0, 0]
    return [
        np.asarray(labels == number, dtype=np.bool_)
        for number in range(1, len(found))
        if number != outside and found[number, cv2.CC_STAT_AREA] >= least
    ]


def _is_ring(ink: Mask, scale: float, circle: tuple[Points, float], pen: float, hidden: Mask | None) -> bool:
    """Does ink along the ``circle`` shut in its middle in one piece, round, with no stroke that stands out of it?"""
    holes = _holes(ink, scale) or _holes(ink, scale, GAP_MM)
    if len(holes) > 1 or any(np.quantile(_spread(hole), 0.98) > ROUND for hole in holes):
        return False
    (x, y), radius = circle
    edge = round(radius * scale)
    drawn = np.pad(ink, edge)
    print_ = np.zeros_like(drawn) if hidden is None else np.pad(hidden, edge)
    opening = (OPEN * radius - pen) * scale
    inner = _shut_in(drawn, print_, (round(y * scale) + edge, round(x * scale) + edge), opening)
    if inner is None:
        return False
    # what the print hides is cut off: its shape tells nothing
    return bool((_grown(print_, 3) & drawn).any()) or _is_even(drawn, inner, opening, scale, pen)


def _shut_in(drawn: Mask, print_: Mask, centre: tuple[int, int], opening: float) -> Mask | None:
    """The paper round ``centre`` that ink and print shut in where openings (pixels) are closed; None where it lies open."""
    shut = _grown(drawn | print_, opening)
    if shut[centre]:
        return None
    _, parts = cv2.connectedComponents((~shut).astype(np.uint8), connectivity=4)
    inner = _grown(np.asarray(parts == parts[centre], dtype=np.bool_), opening)
    hull = np.zeros(drawn.shape, dtype=np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.argwhere(drawn)[:, ::-1].astype(np.int32)), 1)
    return None if (inner & ~_grown(hull > 0, 3)).any() else inner


def _is_even(drawn: Mask, inner: Mask, opening: float, scale: float, pen: float) -> bool:
    """Is a ring as round as an ellipse, and does hardly any stroke stand out of it?"""
    surface = ~_grown(~_grown(drawn | inner, opening), opening)
    middle = ~_grown(~surface, pen * scale)
    white = _grown(~_grown(~(inner & ~drawn), 3), 3)
    if min(float((_spread(one) > 2.0).mean()) for one in (middle, white)) > SPILL:
        return False
    body = _grown(middle, (pen + 2 * TAIL_FROM_MM) * scale)
    return bool(np.count_nonzero(surface & ~body) / scale**2 / pen <= TAIL_MM)


def _grown(surface: Mask, width: float) -> Mask:
    """``surface`` and what lies within half a ``width`` (pixels) of it."""
    side = 2 * max(0, round(width / 2)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(surface.astype(np.uint8), disc) > 0, dtype=np.bool_)


def _spread(surface: Mask) -> Points:
    """How far every point of a surface lies from its middle, in spreads of it: up to 2 in an ellipse, 2.4 in a square."""
    points = np.argwhere(surface).astype(np.float64)
    if len(points) < LEAST_TOLD:
        return np.full(1, 9.0)
    points -= points.mean(axis=0)
    spread = np.linalg.inv(np.cov(points.T) + np.eye(2) / 12)
    return np.asarray(np.sqrt(np.einsum("pi,ij,pj->p", points, spread, points)), dtype=np.float64)


def _bays(ink: Mask, scale: float) -> int:
    """How many times the paper reaches into the hull of what is drawn."""
    outlines, _ = cv2.findContours(ink.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea)
    hull = np.sort(cv2.convexHull(outline, returnPoints=False), axis=0)[::-1]
    found = cv2.convexityDefects(outline, hull) if len(hull) > 3 else None
    return 0 if found is None else int((found.reshape(-1, 4)[:, 3] >= BAY_MM * scale * 256).sum())


def _has_four_arms(ink: Mask, scale: float, middle: Points, arm: float, pen: float) -> bool | None:
    """Do circles round the ``middle`` of a cross (mm) meet four strokes, and hardly anywhere more? None where
    no circle meets four: a cross too thick for its size.

    ``arm`` is the shortest arm; nearer than the width of the ``pen`` the strokes are one.
    """
    step = 0.5 / scale
    radii = np.arange(step, np.hypot(*ink.shape) / scale, step)
    turn = np.linspace(0.0, 2 * np.pi, _LOOKS, endpoint=False)
    around = middle + radii[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    # a line of one pixel has gaps between its corners
    whole = cv2.dilate(ink.astype(np.uint8), np.ones((2, 2), dtype=np.uint8)) if pen * scale < 2.5 else ink
    places = np.rint(around * scale).astype(int)
    there = ((places >= 0) & (places < (ink.shape[1], ink.shape[0]))).all(axis=2)
    places[~there] = 0
    met = (whole[places[..., 1], places[..., 0]] > 0) & there
    strokes = (met & ~np.roll(met, 1, axis=1)).sum(axis=1)
    four, near = strokes == 4, (radii >= 1.2 * pen) & (radii <= 0.9 * arm)
    if not (four & near).any():
        return None
    if float(four[near].mean()) < FOUR_ARMS:
        return False
    width = float(np.median((met.mean(axis=1) * 2 * np.pi * radii / 4)[four & near]))
    parted = float(radii[four.argmax()])
    more = (strokes[radii >= pen] > 4).sum() * step
    return bool(parted <= PARTED * width + PARTED_MM and more <= MORE_ARMS_MM)


def _beside(ink: Mask, scale: float, middle: Points, ways: Points, pen: float) -> tuple[float, float]:
    """How long a piece of a stroke (mm) lies beside two through ``middle``, each bent in one bow at most and as wide as
    the narrowest arm: a third stroke does, the short one of a tick, and what was gone over again and again. And how far
    (degrees) the farther of the two lies from the diagonals, from end to end.

    ``ways`` are the strokes' directions, ``pen`` about their width, their middle with it, where they are one.
    """
    points = np.argwhere(ink)[:, ::-1] / scale - middle
    along, across = points @ ways.T, points @ np.stack([-ways[:, 1], ways[:, 0]])
    bows = np.zeros((3, 2))
    for near in BOW_MM:
        away = np.abs(across - _bent(along, bows))
        # where strokes meet, ink tells nothing of either
        own = (away < away[:, ::-1]) & (away[:, ::-1] > pen / 2)
        for stroke in (0, 1):
            told = own[:, stroke] & (away[:, stroke] < pen / 2 + near)
            if told.sum() > LEAST_TOLD:
                bows[:, stroke] = np.polyfit(along[told, stroke], across[told, stroke], 2)
    away = np.abs(across - _bent(along, bows))
    own = (away < away[:, ::-1]) & (away[:, ::-1] > pen / 2)
    arms = (own[:, stroke] & (side * along[:, stroke] > 0) for stroke in (0, 1) for side in (1, -1))
    widths = [4 * float(away[arm, n // 2].mean()) for n, arm in enumerate(arms) if arm.sum() > LEAST_TOLD]
    width = max(min(widths, default=pen), 1 / scale)
    beside = np.count_nonzero(away.min(axis=1) > width / 2 + OFF_MM) / scale**2 / width
    off = 0.0
    for stroke in (0, 1):
        told = along[own[:, stroke], stroke]
        if len(told) > LEAST_TOLD:
            ends = np.quantile(told, (0.02, 0.98))
            rise = np.diff(np.polyval(bows[:, stroke], ends))[0] / max(np.diff(ends)[0], 1 / scale)
            turned = np.degrees(np.arctan2(ways[stroke, 1], ways[stroke, 0]) + np.arctan(rise))
            off = max(off, abs(float(turned) % 90.0 - 45.0))
    return beside, off


def _bent(along: Points, bows: Points) -> Points:
    return np.asarray(bows[0] * along**2 + bows[1] * along + bows[2], dtype=np.float64)


def _circle(points: Points) -> tuple[Points, float] | None:
    """A circle fitted through all points (least squares) that leaves its middle white and closes almost round."""
    system = np.column_stack([points, np.ones(len(points))])
    solution, _, rank, _ = np.linalg.lstsq(system, -(points**2).sum(axis=1), rcond=None)
    if rank < 3:
        return None
    centre = -solution[:2] / 2
    square = float(centre @ centre - solution[2])
    if not RING_RADIUS_MM[0] ** 2 <= square <= RING_RADIUS_MM[1] ** 2:
        return None
    radius = float(np.sqrt(square))
    away = points - centre
    distance = np.hypot(away[:, 0], away[:, 1])
    if float(distance.std()) > RING_UNEVEN * radius or float((distance < 0.5 * radius).mean()) > RING_INSIDE:
        return None
    bins = ((np.arctan2(away[:, 1], away[:, 0]) + np.pi) / (2 * np.pi) * _BINS).astype(int) % _BINS
    return (centre, radius) if len(np.unique(bins)) >= RING_TURN * _BINS else None


def _pen(ink: Mask, scale: float) -> float:
    """The width of the strokes in millimetres: on average a pixel of a stroke lies a quarter of it from its edge."""
    depth = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 3)
    return min(4 * float(depth[ink].mean()) / scale, WIDEST_PEN_MM)


def _cross(points: Points, stray: float) -> tuple[Points, float, Points] | None:
    """Two straight strokes near the diagonals that reach to both sides of where they meet: that middle, the shortest
    arm, and the strokes' directions.

    ``stray`` is how far from a stroke's middle its ink may lie (mm).
    """
    normals, directions, angles = _fan()
    middle = points.mean(axis=0)
    offsets = np.arange(-1.5, 1.6, 0.5)
    centres = middle + np.array([[x, y] for x in offsets for y in offsets])
    away = points[None, :, :] - centres[:, None, :]
    # (centre, angle, point): is the point on the stroke of that angle through that centre
    on = np.abs(np.einsum("cpk,ak->cap", away, normals)) <= stray
    falling, rising = on[:, angles > 0], on[:, angles < 0]
    between = angles[angles > 0][:, None] - angles[angles < 0][None, :]
    crossing = np.minimum(between, 180.0 - between) >= CROSS_ANGLE
    explained = np.einsum("cap,cbp->cab", falling.astype(np.float32), 1.0 - rising.astype(np.float32))
    explained += rising.sum(axis=2, dtype=np.float32)[:, None, :]
    explained *= crossing
    centre, first, second = np.unravel_index(int(explained.argmax()), explained.shape)
    if explained[centre, first, second] < CROSS_EXPLAINED * len(points):
        return None
    one, other = falling[centre, first], rising[centre, second]
    if min((one & ~other).sum(), (other & ~one).sum()) < CROSS_ALONE * len(points):
        return None
    shortest = np.inf
    ways = np.stack([directions[angles > 0][first], directions[angles < 0][second]])
    for mask, direction in zip((falling[centre, first], rising[centre, second]), ways, strict=True):
        along = away[centre][mask] @ direction
        arms = -float(np.quantile(along, 0.02)), float(np.quantile(along, 0.98))
        if min(arms) < ARM_MM or min(arms) < ARM_SHARE * sum(arms):
            return None
        shortest = min(shortest, *arms)
    return centres[centre], float(shortest), ways


@cache
def _fan() -> tuple[Points, Points, Points]:
    """Normals, directions and angles (degrees; positive falls to the right) of the strokes that are tried."""
    half = np.linspace(45.0 - OFF_DIAGONAL, 45.0 + OFF_DIAGONAL, _ANGLES // 2)
    angles = np.concatenate([half, -half])
    radians = np.radians(angles)
    directions = np.stack([np.cos(radians), np.sin(radians)], axis=1)
    normals = np.stack([-directions[:, 1], directions[:, 0]], axis=1)
    return normals, directions, angles
