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
LOOKS = 64
#: a box is doubtful this near to a streak (mm)
NEAR_MM = 0.3


Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Streaks:
    """The columns and rows of the picture that streaks cover, in order."""

    columns: Places
    rows: Places

    def touched(self, boxes: Sequence[Rectangle], registered: Registered) -> npt.NDArray[np.bool_]:
        """Over which of these boxes of the page does one of them run?"""
        touched = np.zeros(len(boxes), dtype=np.bool_)
        if not self.columns.size and not self.rows.size:
            return touched
        corners = [((box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)) for box in boxes]
        pixels = registered.pixels(np.array(corners)).reshape(-1, 4, 2)
        near = NEAR_MM * registered.scale
        least, most = pixels.min(axis=1) - near, pixels.max(axis=1) + near
        for axis, places in enumerate((self.columns, self.rows)):
            # a pixel reaches from its place to the next
            touched |= np.searchsorted(places, least[:, axis] - 1) < np.searchsorted(places, most[:, axis], "right")
        return touched


def find(grey: Grey, known: Levels) -> Streaks:
    """The streaks of a picture, straight along its own axes whatever way the sheet lies."""
    height, width = grey.shape
    limit = known.paper - DARKNESS * (known.paper - known.black)
    down = grey[:: max(1, height // LOOKS)] < limit
    across = np.ascontiguousarray(grey[:, :: max(1, width // LOOKS)]) < limit
    return Streaks(_dark(down, 0), _dark(across, 1))


def _dark(looks: npt.NDArray[np.bool_], axis: int) -> Places:
    """Where as much is dark along ``axis`` as along a streak."""
    dark = cv2.reduce(looks.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return np.flatnonzero(dark >= LENGTH * looks.shape[axis])
