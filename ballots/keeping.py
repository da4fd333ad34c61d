"""A scanned page as it is kept: straightened to the ballot's own millimetres, grey, without anything but its pixels.

No EXIF, no resolution, no name, no time: what the scanner wrote beside the picture is not copied. A crop for people who
must look at a mark is then a plain rectangle in millimetres.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from ballots import workers
from ballots.geometry import Rectangle
from ballots.template import Template
from ballots.workers import Limits

#: of the kept JPEG: a pen's stroke stays what it was, a page of A4 takes about 150 kB
QUALITY = 72
#: pixels per millimetre of a kept page (152 dpi)
SCALE = 6.0
#: between two parts of a page that are shown together
GAP_MM, GAP_GREY = 1.0, 205
Place = tuple[str, int]


def straight_pages(template: Template, places: Sequence[Place], limits: Limits | None = None) -> Iterator[bytes | None]:
    """For each ``(file, page)`` the straightened page as JPEG; None where it cannot be opened or placed any more.

    One worker process within the reader's limits of memory and time; one that dies costs its page and is replaced.
    """
    limits = limits or Limits()
    pool = _pool(template, limits)
    try:
        for file, page in places:
            try:
                yield pool.submit(_straight, file, page).result()
            except BrokenProcessPool:
                pool.shutdown(wait=False, cancel_futures=True)
                pool = _pool(template, limits)
                yield None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(template: Template, limits: Limits) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_start, initargs=(template, limits))


_template: Template | None = None
_limits = Limits()


def _start(template: Template, limits: Limits) -> None:
    global _template, _limits
    _template, _limits = template, limits
    workers.start(template, limits)


def _straight(file: str, page: int) -> bytes | None:
    import cv2

    from ballots.pictures import Source, Unusable
    from ballots.registration import register, sheet

    assert _template is not None  # the process was started with it
    workers.within(_limits.page_seconds)
    try:
        with Source(file) as source:
            grey = source.page(page)
        size = round(_template.width * SCALE), round(_template.height * SCALE)
        straight = sheet(grey, register(grey, _template)).cut(0.0, 0.0, *size)
        return bytes(cv2.imencode(".jpg", straight, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())
    except (Unusable, MemoryError):
        return None
    finally:
        workers.within(0.0)


def crop(page: bytes, parts: Sequence[Rectangle]) -> bytes:
    """Parts of a kept page (mm) and nothing beside them, one below the other with a gap between, as PNG."""
    import cv2
    import numpy as np

    grey = cv2.imdecode(np.frombuffer(page, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError("no picture")
    cut = [
        grey[
            max(0, round(one.y * SCALE)) : round(one.bottom * SCALE),
            max(0, round(one.x * SCALE)) : round(one.right * SCALE),
        ]
        for one in parts
    ]
    gap = round(GAP_MM * SCALE)
    height, width = sum(one.shape[0] for one in cut) + gap * (len(cut) - 1), max(one.shape[1] for one in cut)
    shown, y = np.full((height, width), GAP_GREY, np.uint8), 0
    for one in cut:
        shown[y : y + one.shape[0], : one.shape[1]] = one
        y += one.shape[0] + gap
    return bytes(cv2.imencode(".png", shown)[1].tobytes())
