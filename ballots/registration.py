"""Find the page in a picture: the four markers give the page's number, its turn, scale and slant.

Markers are looked for on a reduction to about 105 dpi and their corners refined at full size, which errs by 0.03 mm.
The four corners of the picture are searched for the ballot's own markers first, a fifth of what decoding costs; the
whole picture for all markers only where one is missing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ballots import markers
from ballots.geometry import Fiducial
from ballots.pictures import Grey, Unusable
from ballots.template import LEAST_MARKERS, Template

Points = npt.NDArray[np.float64]

#: pixels per millimetre of the reductions that are searched, the first of them corner by corner
SEARCH = (4.2, 8.0, 2.8)
#: how much of the page is searched at each corner: markers end 24 mm from the edges, turned and moved sheets farther in
CORNER_MM = 52.0
#: 127 dpi; contracts promise 150 to 400
LEAST_SCALE = 5.0
#: how unequal the scale may be in two directions (a photograph held askew)
MOST_STRETCH = 1.3
#: a marker found again this near (in its own sizes) is the same one
SAME_PLACE = 0.5
#: pixels per millimetre in which marks are measured (152 dpi)
WORK_SCALE = 6.0


_STRAIGHTENING = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


@dataclass(frozen=True)
class Found:
    """A marker in the picture: its corners in pixels, clockwise from its own top left."""

    id: int
    corners: Points


@dataclass(frozen=True)
class Registered:
    """``matrix`` takes millimetres of the page to pixels of the picture (3 x 3)."""

    page: int
    matrix: Points
    scale: float

    def pixels(self, points: Sequence[tuple[float, float]] | Points) -> Points:
        """Where points of the page (mm) lie in the picture."""
        here = np.asarray(points, dtype=np.float64).reshape(-1, 1, 2)
        return np.asarray(cv2.perspectiveTransform(here, self.matrix), dtype=np.float64).reshape(-1, 2)


def register(grey: Grey, template: Template) -> Registered:
    """Place the page. Raises Unusable: no marker, another design, a proof copy, two ballots, too coarse, too askew."""
    wanted = {fiducial.id: fiducial for fiducial in template.fiducials}
    found: dict[int, Found] = {}
    for marker in _search(grey, template, wanted, found):
        before = found.setdefault(marker.id, marker)
        if before is not marker and marker.id in wanted and _apart(before, marker):
            raise Unusable("two-ballots")
    by_page: dict[int, list[Found]] = {}
    for number, marker in found.items():
        if number in wanted:
            by_page.setdefault(wanted[number].page, []).append(marker)
    page = max(by_page, key=lambda one: len(by_page[one]), default=0)
    here = by_page.get(page, [])
    strangers = [number for number in found if number not in wanted]
    if len(here) < LEAST_MARKERS or (len(here) == LEAST_MARKERS and len(strangers) >= LEAST_MARKERS):
        if sum(number in template.proof_ids for number in strangers) >= LEAST_MARKERS:
            raise Unusable("proof-copy")
        raise Unusable("other-design" if len(strangers) >= LEAST_MARKERS else "no-markers")
    if template.proof:
        raise Unusable("proof-copy")
    if sum(len(others) >= LEAST_MARKERS for others in by_page.values()) > 1:
        raise Unusable("two-ballots")
    return _placed(grey, page, [(wanted[marker.id], marker) for marker in here], template)


@dataclass(frozen=True)
class Sheet:
    """A placed page, from which parts are cut straightened, ``WORK_SCALE`` pixels per millimetre.

    ``matrix`` takes millimetres of the page to pixels of ``grey``; ``scale`` is how many pixels the picture had per
    millimetre.
    """

    grey: Grey
    matrix: Points
    scale: float

    def cut(
        self,
        left: float,
        top: float,
        width: int,
        height: int,
        into: Grey | None = None,
        *,
        scale: float = WORK_SCALE,
    ) -> Grey:
        """``width`` x ``height`` pixels from the point ``left``, ``top`` (mm) on; outside the picture all is black."""
        # pixel centres: left + (u + 0.5) / scale is the millimetre of column u
        to_mm = np.array([[1, 0, left * scale + 0.5], [0, 1, top * scale + 0.5], [0, 0, scale]])
        return np.asarray(
            cv2.warpPerspective(self.grey, self.matrix @ to_mm, (width, height), into, flags=_STRAIGHTENING),
            dtype=np.uint8,
        )

    def around(self, centres: Sequence[tuple[float, float]], half: tuple[int, int]) -> Grey:
        """Patches whose middle pixels lie on ``centres`` (mm), ``half`` pixels to each side of them."""
        width, height = 2 * half[0] + 1, 2 * half[1] + 1
        patches = np.empty((len(centres), height, width), dtype=np.uint8)
        for patch, (x, y) in zip(patches, centres, strict=True):
            self.cut(x - width / 2 / WORK_SCALE, y - height / 2 / WORK_SCALE, width, height, patch)
        return patches


def sheet(grey: Grey, registered: Registered) -> Sheet:
    """The page to cut from. Only what is looked at is straightened: warping all of it cost as much as all the boxes."""
    factor = max(1, int(registered.scale / WORK_SCALE + 0.25))
    if factor == 1:
        return Sheet(grey, registered.matrix, registered.scale)
    # averaging keeps thin strokes that plain sampling would skip
    return Sheet(reduced(grey, factor), _reduction(float(factor)) @ registered.matrix, registered.scale)


def reduced(grey: Grey, factor: int) -> Grey:
    """Every ``factor`` x ``factor`` pixels averaged to one; an incomplete edge is cut off."""
    height, width = grey.shape[0] // factor * factor, grey.shape[1] // factor * factor
    small = cv2.resize(grey[:height, :width], (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def _search(grey: Grey, template: Template, wanted: dict[int, Fiducial], found: dict[int, Found]) -> Iterator[Found]:
    """Markers from the cheapest look to the dearest, until the markers of one page are all found."""
    full = max(grey.shape) / max(template.width, template.height)
    needed = Counter(one.page for one in wanted.values())

    def complete() -> bool:
        pages = Counter(wanted[number].page for number in found if number in wanted)
        return any(pages[page] >= needed[page] for page in pages)

    yield from _in_corners(grey, full, template.fiducials)
    tried: set[int] = set()
    for scale in SEARCH:
        if complete():
            return
        factor = max(1, round(full / scale))
        if factor not in tried:
            tried.add(factor)
            yield from _detect(_any_marker(), reduced(grey, factor), factor)


def _in_corners(grey: Grey, full: float, own: tuple[Fiducial, ...]) -> Iterator[Found]:
    """The ballot's own markers where most scans have them; ``full`` is about how many pixels a millimetre takes."""
    height, width = grey.shape
    side = min(height, width, round(CORNER_MM * full))
    # powers of two are averaged many times as fast as other factors
    factor: int = 2 ** max(0, round(math.log2(full / SEARCH[0])))
    for top in (0, height - side):
        for left in (0, width - side):
            crop = reduced(grey[top : top + side, left : left + side], factor)
            for found in _detect(_own_marker(own), crop, factor, (left, top)):
                yield replace(found, id=own[found.id].id)


def _detect(detector: Any, small: Grey, factor: int, offset: tuple[int, int] = (0, 0)) -> Iterator[Found]:
    corners, ids, _ = detector.detectMarkers(small)
    for quadrilateral, number in zip(corners, [] if ids is None else ids.flatten(), strict=True):
        points = np.asarray(quadrilateral, dtype=np.float64).reshape(4, 2)
        yield Found(int(number), (points + 0.5) * factor - 0.5 + offset)


@cache
def _any_marker() -> Any:
    # a marker is at least 8 pixels wide at the coarsest scale searched, and never fills the picture;
    # black and white are told apart in windows smaller than half a marker, as large and larger
    return _detector(markers.dictionary(), 0.02, (7, 35, 14))


@cache
def _own_marker(own: tuple[Fiducial, ...]) -> Any:
    """Finds markers by their place in ``own``; comparing with few, and large ones, takes a fifth of the time."""
    known = markers.dictionary()
    few = cv2.aruco.Dictionary(known.bytesList[[one.id for one in own]], known.markerSize, known.maxCorrectionBits)
    # half as large as it should be, for a ballot on a larger sheet
    return _detector(few, 2 * min(one.box.w for one in own) / CORNER_MM, (21, 21, 1))


def _detector(dictionary: Any, perimeter: float, window: tuple[int, int, int]) -> Any:
    """``perimeter`` is the least one of a marker as a share of the picture's longer side."""
    parameters = cv2.aruco.DetectorParameters()
    parameters.minMarkerPerimeterRate = perimeter
    parameters.adaptiveThreshWinSizeMin, parameters.adaptiveThreshWinSizeMax = window[:2]
    parameters.adaptiveThreshWinSizeStep = window[2]
    return cv2.aruco.ArucoDetector(dictionary, parameters)


def _apart(one: Found, other: Found) -> bool:
    distance = float(np.linalg.norm(one.corners.mean(axis=0) - other.corners.mean(axis=0)))
    return distance > SAME_PLACE * float(np.linalg.norm(one.corners[0] - one.corners[1]))


def _placed(grey: Grey, page: int, pairs: Sequence[tuple[Fiducial, Found]], template: Template) -> Registered:
    millimetres = np.concatenate([_corners_of(fiducial) for fiducial, _ in pairs])
    pixels = np.concatenate([_refined(grey, found.corners) for _, found in pairs])
    if len(pairs) > LEAST_MARKERS:
        matrix, _ = cv2.findHomography(millimetres, pixels, 0)
    else:
        similar, _ = cv2.estimateAffinePartial2D(millimetres, pixels)
        matrix = None if similar is None else np.vstack([similar, [0.0, 0.0, 1.0]])
    if matrix is None or not np.all(np.isfinite(matrix)):
        raise Unusable("too-askew")
    # scale in two directions at the middle and the corners of the page
    width, height = template.width, template.height
    at = np.array([(width / 2, height / 2), (0, 0), (width, 0), (width, height), (0, height)])[:, None]
    here = cv2.perspectiveTransform(at + np.array([(0, 0), (1, 0), (0, 1)]), matrix)
    across, down = here[:, 1] - here[:, 0], here[:, 2] - here[:, 0]
    if (across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0] <= 0).any():
        raise Unusable("too-askew")
    scales = np.linalg.norm([across, down], axis=2)
    if scales.max() > MOST_STRETCH * scales.min():
        raise Unusable("too-askew")
    if scales.min() < LEAST_SCALE:
        raise Unusable("too-coarse")
    return Registered(page, np.asarray(matrix, dtype=np.float64), float(scales[:, 0].mean()))


def _corners_of(fiducial: Fiducial) -> Points:
    box = fiducial.box
    return np.array([[box.x, box.y], [box.right, box.y], [box.right, box.bottom], [box.x, box.bottom]])


def _refined(grey: Grey, corners: Points) -> Points:
    """Corners at full size to a fraction of a pixel. Edges lie between pixels, hence the half."""
    module = float(np.linalg.norm(corners[0] - corners[1])) / markers.MODULES
    window = max(2, int(module * 0.5))
    left, top = np.maximum(np.floor(corners.min(axis=0) - 3 * window).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0) + 3 * window).astype(int)
    crop = np.ascontiguousarray(grey[top:bottom, left:right])
    local = (corners - (left, top)).astype(np.float32).reshape(-1, 1, 2)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.01)
    refined = cv2.cornerSubPix(crop, local, (window, window), (-1, -1), criteria)
    return np.asarray(refined, dtype=np.float64).reshape(-1, 2) + np.array([left, top], dtype=np.float64)


def _reduction(factor: float) -> Points:
    """Pixels of a picture to pixels of its reduction, centre to centre."""
    shift = 0.5 / factor - 0.5
    return np.array([[1 / factor, 0, shift], [0, 1 / factor, shift], [0, 0, 1]])
