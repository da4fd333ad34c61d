"""Lines that a scanner drew: dirt on the glass makes a dark line along the whole picture, straight in its own axes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ballots.geometry import Rectangle
from ballots.ink import Levels
from ballots.pictures import Grey
from ballots.registration import Registered

#: share of the picture's length that is dark along a streak (a table's line reaches two thirds of a page)
LENGTH = 0.85
#: how dark, as a share of the contrast, averaged over two pixels across
DARKNESS = 0.2
_STEPS = 200
#: a box is doubtful this near to a streak (mm)
NEAR_MM = 0.3


@dataclass(frozen=True)
class Streaks:
    """Pixel ranges of the picture that streaks cover, downwards ones by x and sideways ones by y."""

    columns: tuple[tuple[float, float], ...] = ()
    rows: tuple[tuple[float, float], ...] = ()

    def touch(self, box: Rectangle, registered: Registered) -> bool:
        """Does one of them run over this box of the page?"""
        if not self.columns and not self.rows:
            return False
        corners = registered.pixels([(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)])
        near = NEAR_MM * registered.scale
        for ranges, axis in ((self.columns, 0), (self.rows, 1)):
            least, most = float(corners[:, axis].min()) - near, float(corners[:, axis].max()) + near
            if any(start <= most and least <= end for start, end in ranges):
                return True
        return False


def find(grey: Grey, known: Levels) -> Streaks:
    """The streaks of a picture, straight along its own axes whatever way the sheet lies."""
    return Streaks(_dark_columns(grey, known), _dark_columns(np.ascontiguousarray(grey.T), known))


def _dark_columns(grey: Grey, known: Levels) -> tuple[tuple[float, float], ...]:
    height, width = grey.shape
    narrow = cv2.resize(grey, (max(1, width // 2), min(_STEPS, height)), interpolation=cv2.INTER_AREA)
    dark = narrow < known.paper - DARKNESS * (known.paper - known.black)
    long = np.flatnonzero(dark.mean(axis=0) >= LENGTH)
    if not long.size:
        return ()
    step = width / narrow.shape[1]
    runs = np.split(long, np.flatnonzero(np.diff(long) > 1) + 1)
    return tuple((float(run[0]) * step, float(run[-1] + 1) * step) for run in runs)
