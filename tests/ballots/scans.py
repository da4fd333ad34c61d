"""Synthetic scans: print, rasterise, mark with a pen, lay on the glass askew, scan with lamp and noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ballots.pictures import Grey
from ballots.proving import rasterised

Layout = dict[str, Any]


def rasterise(pdf: bytes, dpi: float, page: int = 0) -> Grey:
    return rasterised(pdf, page + 1, dpi)


def box_of(
    layout: Layout, contest: str, candidate: str | None, choice: str, row: int | None = None
) -> dict[str, float]:
    for mark in layout["marks"]:
        if (mark["contest"], mark["candidate"], mark["choice"], mark.get("row")) == (contest, candidate, choice, row):
            found: dict[str, float] = mark
            return found
    raise LookupError((contest, candidate, choice, row))


@dataclass
class Pen:
    """Draws in millimetres on a raster of ``dpi``; ``grey`` is the ink, ``width`` the line in millimetres."""

    page: Grey
    dpi: float
    grey: int = 50
    width: float = 0.7

    def line(self, *points: tuple[float, float]) -> None:
        scale, shift = self.dpi / 25.4, 4
        pixels = np.array([[round((v * scale - 0.5) * (1 << shift)) for v in point] for point in points], np.int32)
        width = max(1, round(self.width * scale))
        left, top = np.maximum((pixels.min(axis=0) >> shift) - width - 2, 0)
        right, bottom = (pixels.max(axis=0) >> shift) + width + 3
        here = self.page[top:bottom, left:right]
        ink = np.full_like(here, 255)
        offset = np.array([left, top]) << shift
        cv2.polylines(ink, [pixels - offset], False, self.grey, width, cv2.LINE_AA, shift)
        np.minimum(here, ink, out=here)

    def ellipse(self, x: float, y: float, rx: float, ry: float, start: float = 0.0, turn: float = 360.0) -> None:
        angles = np.radians(np.linspace(start, start + turn, 60))
        self.line(*((x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles))

    def tick(self, box: dict[str, float], size: float = 1.0) -> None:
        x, y, r = _centre(box)
        r *= size
        self.line((x - 0.7 * r, y), (x - 0.2 * r, y + 0.6 * r), (x + 0.9 * r, y - 0.9 * r))

    def cross(self, box: dict[str, float], size: float = 0.8) -> None:
        x, y, r = _centre(box)
        r *= size
        self.line((x - r, y - r), (x + r, y + r))
        self.line((x + r, y - r), (x - r, y + r))

    def ring(self, box: dict[str, float], size: float = 0.65) -> None:
        x, y, r = _centre(box)
        self.ellipse(x, y, r * size, r * size)

    def fill(self, box: dict[str, float], size: float = 0.75) -> None:
        x, y, r = _centre(box)
        steps = np.linspace(-size, size, 14)
        self.line(*((x + r * s, y + r * size * (1 if n % 2 else -1)) for n, s in enumerate(steps)))

    def dot(self, x: float, y: float, area_mm2: float) -> None:
        scale = self.dpi / 25.4
        radius, shift = math.sqrt(area_mm2 / math.pi), 4
        reach = round(radius * scale) + 3
        left, top = max(0, round(x * scale) - reach), max(0, round(y * scale) - reach)
        here = self.page[top : top + 2 * reach, left : left + 2 * reach]
        ink = np.full_like(here, 255)
        centre = (round((x * scale - 0.5 - left) * (1 << shift)), round((y * scale - 0.5 - top) * (1 << shift)))
        cv2.circle(ink, centre, round(radius * scale * (1 << shift)), self.grey, -1, cv2.LINE_AA, shift)
        np.minimum(here, ink, out=here)


def _centre(box: dict[str, float]) -> tuple[float, float, float]:
    return box["x_mm"] + box["w_mm"] / 2, box["y_mm"] + box["h_mm"] / 2, box["w_mm"] / 2


def scanned(
    page: Grey,
    rng: np.random.Generator,
    *,
    turn: float = 0.0,
    scale: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
    quarter: int = 0,
    noise: float = 2.0,
    contrast: float = 1.0,
) -> Grey:
    """The sheet on the glass: turned a few degrees, scaled, moved (pixels), by quarters; with lamp and noise."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, scale)
    matrix[:, 2] += shift
    sheet = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=250)
    grained = cv2.multiply(sheet, contrast, dtype=cv2.CV_32F)
    grained += 250 * (1 - contrast)
    grained *= np.linspace(0.96, 1.0, width, dtype=np.float32)[None, :]
    grained *= np.linspace(1.0, 0.97, height, dtype=np.float32)[:, None]
    grain = np.resize(np.roll(_grain(), int(rng.integers(GRAINS))), grained.shape)
    cv2.scaleAdd(grain, noise, grained, grained)
    return np.ascontiguousarray(np.rot90(cv2.convertScaleAbs(np.maximum(grained, 0, out=grained)), quarter))


#: noise that is drawn once and laid on every sheet at another place: drawing it anew cost more than all the reading
GRAINS = 1 << 21


@cache
def _grain() -> NDArray[np.float32]:
    return np.random.default_rng(2010).standard_normal(GRAINS, np.float32)
