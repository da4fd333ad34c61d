"""Lines that a scanner drew: dirt on the glass makes a dark line along the whole picture, straight in its own axes."""

from __future__ import annotations

from dataclasses import dataclass

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
    height, width = grey.shape
    limit = known.paper - DARKNESS * (known.paper - known.black)
    down = grey[:: max(1, height // LOOKS)] < limit
    across = np.ascontiguousarray(grey[:, :: max(1, width // LOOKS)]) < limit
    return Streaks(_runs(down.mean(axis=0)), _runs(across.mean(axis=1)))


def _runs(share: npt.NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Ranges, in pixels of the picture, where the ``share`` of dark along it is that of a streak."""
    long = np.flatnonzero(share >= LENGTH)
    if not long.size:
        return ()
    runs = np.split(long, np.flatnonzero(np.diff(long) > 1) + 1)
    return tuple((float(run[0]), float(run[-1] + 1)) for run in runs)
