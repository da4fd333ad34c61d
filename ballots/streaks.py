"""Lines that a scanner drew: dirt on the glass makes a dark line along the whole picture, straight in its own axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ballots.geometry import Rectangle
from ballots.ink import Levels
from ballots.pictures import Grey
from ballots.registration import Registered

#: share of the picture's length that is dark along a streak (a table's line reaches two thirds of a page)
LENGTH = 0.85
#: how dark, as a share of the contrast
DARKNESS = 0.2
#: in how many places along a line it is looked at
LOOKS = 200
#: a box is doubtful this near to a streak (mm)
NEAR_MM = 0.3


@dataclass(frozen=True)
class Streaks:
    """Pixel ranges of the picture that streaks cover, downwards ones by x and sideways ones by y."""

    columns: tuple[tuple[float, float], ...] = ()
    rows: tuple[tuple[float, float], ...] = ()

    def touched(self, boxes: Sequence[Rectangle], registered: Registered) -> list[bool]:
        """Over which of these boxes of the page does one of them run?"""
        if not self.columns and not self.rows:
            return [False] * len(boxes)
        corners = [((box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)) for box in boxes]
        pixels = registered.pixels(np.array(corners).reshape(-1, 2)).reshape(-1, 4, 2)
        near = NEAR_MM * registered.scale
        least, most = pixels.min(axis=1) - near, pixels.max(axis=1) + near
        touched = np.zeros(len(boxes), dtype=np.bool_)
        for ranges, axis in ((self.columns, 0), (self.rows, 1)):
            for start, end in ranges:
                touched |= (start <= most[:, axis]) & (least[:, axis] <= end)
        return [bool(one) for one in touched]


def find(grey: Grey, known: Levels) -> Streaks:
    """The streaks of a picture, straight along its own axes whatever way the sheet lies."""
    height, width = grey.shape
    limit = known.paper - DARKNESS * (known.paper - known.black)
    down = grey[:: max(1, height // LOOKS)] < limit
    across = np.ascontiguousarray(grey[:, :: max(1, width // LOOKS)]) < limit
    return Streaks(_runs(down, 0), _runs(across, 1))


def _runs(dark: npt.NDArray[np.bool_], axis: int) -> tuple[tuple[float, float], ...]:
    """Ranges, in pixels of the picture, where as much is dark along ``axis`` as along a streak."""
    along = cv2.reduce(dark.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    long = np.flatnonzero(along >= LENGTH * dark.shape[axis])
    if not long.size:
        return ()
    runs = np.split(long, np.flatnonzero(np.diff(long) > 1) + 1)
    return tuple((float(run[0]), float(run[-1] + 1)) for run in runs)
