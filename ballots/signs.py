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
#: a stroke's bow is told from the ink this near it beside half the pen's width (mm), time after time, and from more than
#: so many pixels; how far beside both strokes ink may lie, and how long a piece of a stroke may lie farther (mm; a hook)
BOW_MM, LEAST_TOLD, OFF_MM, OFF_LENGTH = (STRAY_MM, 0.2, 0.2, 0.2), 8, 0.3, 0.25
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
        middle, arm, ways = cross
        four, beside = _has_four_arms(ink, scale, middle, arm, pen), _beside(ink, scale, middle, ways, pen)
        # in a cross too thick for its arms to be counted, nothing at all may lie beside its strokes
        if beside <= OFF_LENGTH if four else four is None and not beside:
            return "against"
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


def _has_four_arms(ink: npt.NDArray[np.bool_], scale: float, middle: Points, arm: float, pen: float) -> bool | None:
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


def _beside(ink: npt.NDArray[np.bool_], scale: float, middle: Points, ways: Points, pen: float) -> float:
    """How long a piece of a stroke (mm) lies beside two through ``middle``, each bent in one bow at most and as wide as
    the narrowest arm: a third stroke does, the short one of a tick, and what was gone over again and again.

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
    return np.count_nonzero(away.min(axis=1) > width / 2 + OFF_MM) / scale**2 / width


def _bent(along: Points, bows: Points) -> Points:
    return np.asarray(bows[0] * along**2 + bows[1] * along + bows[2], dtype=np.float64)


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
