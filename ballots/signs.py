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

#: points that are enough to tell a shape
MOST_POINTS = 220
#: a ring: its radius (mm), how uneven, how much of the full turn is drawn, how much ink may lie well inside it
RING_RADIUS_MM, RING_UNEVEN, RING_TURN, RING_INSIDE = (0.9, 6.0), 0.24, 0.85, 0.04
#: a cross: how far a shaky hand strays from a straight stroke beside half the pen's width, and the widest pen (mm)
STRAY_MM, WIDEST_PEN_MM = 0.35, 1.5
#: the share of ink on its two strokes and on either alone, the shortest arm (mm), how unequal a stroke's arms may be
CROSS_EXPLAINED, CROSS_ALONE, ARM_MM, ARM_SHARE = 0.9, 0.2, 0.9, 0.22
#: how far from the diagonals the strokes may lie, and the least angle between them (degrees)
OFF_DIAGONAL, CROSS_ANGLE = 25.0, 50.0
#: a part of the paper shut in by ink: the least that counts (mm2), the gap in a stroke that still shuts it in (mm), and
#: how far its rim may lie from its middle, in spreads of it: 2 for an ellipse, 2.4 for a rectangle
HOLE_MM2, GAP_MM, ROUND = 0.08, 0.5, 2.1
#: round the middle of a cross lie four arms: the share of rings there on which four are seen, over what length more may
#: be (mm; the hook of a pen), and how far out they part, in widths of an arm and mm beyond: a blot there hides a ring
FOUR_ARMS, MORE_ARMS_MM, PARTED, PARTED_MM = 0.75, 0.25, 1.2, 0.65
_ANGLES = 24
_BINS = 36
_LOOKS = 120


def classify(ink: npt.NDArray[np.bool_], scale: float) -> Sign:
    """The sign in ``ink`` (``scale`` pixels per millimetre; north up): ``for`` ○, ``against`` ×, or ``unclear``."""
    rows, columns = np.nonzero(ink)
    if rows.size < 8:
        return "unclear"
    points = np.stack([columns, rows], axis=1).astype(np.float64) / scale
    if rows.size > MOST_POINTS:
        points = points[:: rows.size // MOST_POINTS + 1]
    if _is_ring(points):
        return "for" if _is_whole(ink, scale) else "unclear"
    pen = _pen(ink, scale)
    cross = _cross(points, pen / 2 + STRAY_MM)
    if cross is not None and not any(_holes(ink, scale, gap) for gap in (0.0, GAP_MM)):
        return "against" if _has_four_arms(ink, scale, *cross, pen) else "unclear"
    return "unclear"


def _holes(ink: npt.NDArray[np.bool_], scale: float, gap: float = 0.0) -> list[npt.NDArray[np.bool_]]:
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


def _is_whole(ink: npt.NDArray[np.bool_], scale: float) -> bool:
    """Is what a ring shuts in one piece and round? One that is not quite closed need shut in nothing."""
    holes = _holes(ink, scale) or _holes(ink, scale, GAP_MM)
    return not holes or (len(holes) == 1 and _is_round(holes[0]))


def _is_round(hole: npt.NDArray[np.bool_]) -> bool:
    points = np.argwhere(hole).astype(np.float64)
    points -= points.mean(axis=0)
    spread = np.linalg.inv(np.cov(points.T) + np.eye(2) / 12)
    return float(np.quantile(np.einsum("pi,ij,pj->p", points, spread, points), 0.98)) <= ROUND**2


def _has_four_arms(ink: npt.NDArray[np.bool_], scale: float, middle: Points, arm: float, pen: float) -> bool:
    """Do circles round the ``middle`` of a cross (mm) meet four strokes, and hardly anywhere more?

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
    if not (four & near).any() or float(four[near].mean()) < FOUR_ARMS:
        return False
    width = float(np.median((met.mean(axis=1) * 2 * np.pi * radii / 4)[four & near]))
    parted = float(radii[four.argmax()])
    more = (strokes[radii >= pen] > 4).sum() * step
    return parted <= PARTED * width + PARTED_MM and more <= MORE_ARMS_MM


def _is_ring(points: Points) -> bool:
    """A circle fitted through all points (least squares) that leaves its middle white and closes almost round."""
    system = np.column_stack([points, np.ones(len(points))])
    solution, _, rank, _ = np.linalg.lstsq(system, -(points**2).sum(axis=1), rcond=None)
    if rank < 3:
        return False
    centre = -solution[:2] / 2
    square = float(centre @ centre - solution[2])
    if not RING_RADIUS_MM[0] ** 2 <= square <= RING_RADIUS_MM[1] ** 2:
        return False
    radius = float(np.sqrt(square))
    away = points - centre
    distance = np.hypot(away[:, 0], away[:, 1])
    if float(distance.std()) > RING_UNEVEN * radius or float((distance < 0.5 * radius).mean()) > RING_INSIDE:
        return False
    bins = ((np.arctan2(away[:, 1], away[:, 0]) + np.pi) / (2 * np.pi) * _BINS).astype(int) % _BINS
    return len(np.unique(bins)) >= RING_TURN * _BINS


def _pen(ink: npt.NDArray[np.bool_], scale: float) -> float:
    """The width of the strokes in millimetres: on average a pixel of a stroke lies a quarter of it from its edge."""
    depth = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 3)
    return min(4 * float(depth[ink].mean()) / scale, WIDEST_PEN_MM)


def _cross(points: Points, stray: float) -> tuple[Points, float] | None:
    """The middle and the shortest arm of two straight strokes near the diagonals that reach to both sides of it.

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
    for mask, direction in (
        (falling[centre, first], directions[angles > 0][first]),
        (rising[centre, second], directions[angles < 0][second]),
    ):
        along = away[centre][mask] @ direction
        arms = -float(np.quantile(along, 0.02)), float(np.quantile(along, 0.98))
        if min(arms) < ARM_MM or min(arms) < ARM_SHARE * sum(arms):
            return None
        shortest = min(shortest, *arms)
    return centres[centre], float(shortest)


@cache
def _fan() -> tuple[Points, Points, Points]:
    """Normals, directions and angles (degrees; positive falls to the right) of the strokes that are tried."""
    half = np.linspace(45.0 - OFF_DIAGONAL, 45.0 + OFF_DIAGONAL, _ANGLES // 2)
    angles = np.concatenate([half, -half])
    radians = np.radians(angles)
    directions = np.stack([np.cos(radians), np.sin(radians)], axis=1)
    normals = np.stack([-directions[:, 1], directions[:, 0]], axis=1)
    return normals, directions, angles
