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
_ANGLES = 24
_BINS = 36


def classify(ink: npt.NDArray[np.bool_], scale: float) -> Sign:
    """The sign in ``ink`` (``scale`` pixels per millimetre; north up): ``for`` ○, ``against`` ×, or ``unclear``."""
    rows, columns = np.nonzero(ink)
    if rows.size < 8:
        return "unclear"
    points = np.stack([columns, rows], axis=1).astype(np.float64) / scale
    if rows.size > MOST_POINTS:
        points = points[:: rows.size // MOST_POINTS + 1]
    if _is_ring(points):
        return "for"
    if _is_cross(points, _pen(ink, scale) / 2 + STRAY_MM):
        return "against"
    return "unclear"


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


def _is_cross(points: Points, stray: float) -> bool:
    """Two straight strokes near the diagonals, through one point, that reach to both sides of it.

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
        return False
    one, other = falling[centre, first], rising[centre, second]
    if min((one & ~other).sum(), (other & ~one).sum()) < CROSS_ALONE * len(points):
        return False
    for mask, direction in (
        (falling[centre, first], directions[angles > 0][first]),
        (rising[centre, second], directions[angles < 0][second]),
    ):
        along = away[centre][mask] @ direction
        arms = -float(np.quantile(along, 0.02)), float(np.quantile(along, 0.98))
        if min(arms) < ARM_MM or min(arms) < ARM_SHARE * sum(arms):
            return False
    return True


@cache
def _fan() -> tuple[Points, Points, Points]:
    """Normals, directions and angles (degrees; positive falls to the right) of the strokes that are tried."""
    half = np.linspace(45.0 - OFF_DIAGONAL, 45.0 + OFF_DIAGONAL, _ANGLES // 2)
    angles = np.concatenate([half, -half])
    radians = np.radians(angles)
    directions = np.stack([np.cos(radians), np.sin(radians)], axis=1)
    normals = np.stack([-directions[:, 1], directions[:, 0]], axis=1)
    return normals, directions, angles
