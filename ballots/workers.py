"""What a worker process does: open pages within limits of memory and time, and answer for each.

The limits are the operating system's and qpdf's, so that a hostile file costs one process and not the count.
"""

from __future__ import annotations

import hashlib
import resource
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ballots.codes import Rejection
from ballots.template import Template


@dataclass(frozen=True)
class Limits:
    """What one worker may use. ``memory`` is the address space (bytes) beside that of the libraries: the largest
    picture several times over. The others are seconds of the processor's time, so that a busy machine changes nothing: an
    ordinary page takes a thirtieth of one.
    """

    memory: int = 3_000_000_000
    page_seconds: float = 60.0
    count_seconds: float = 120.0


_template: Template | None = None
_limits = Limits()


@dataclass(frozen=True)
class Page:
    """The answer for one page and, where it was decoded, the digest of its pixels."""

    answer: dict[str, Any]
    digest: bytes | None = None


def start(template: Template, limits: Limits) -> None:
    """Set this process up: its template, one thread, its limits. A limit of time ends the process."""
    import cv2
    import pikepdf

    from ballots.pictures import LARGEST_STREAM, MOST_PIXELS

    global _template, _limits
    _template, _limits = template, limits
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=4 * MOST_PIXELS,
        png_max_memory=4 * MOST_PIXELS,
        tiff_max_memory=4 * MOST_PIXELS,
        run_length_max_memory=LARGEST_STREAM,
        dct_max_memory=4 * MOST_PIXELS,
        max_stream_filters=3,
    )
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _address_space() + limits.memory
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _address_space() -> int:
    """Bytes that this process has mapped already: libraries reserve more the more processors there are."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def has_many_pages(file: str) -> bool:
    """May this file hold more than one page? Looks at its first bytes only."""
    from ballots.pictures import kind

    try:
        return kind(file) != "image"
    except OSError:
        return False


def count(file: str) -> int:
    """The pages of a PDF or TIFF; 1 where they cannot be counted, to be rejected when the page is read."""
    from ballots.pictures import Unusable
    from ballots.pictures import count as pages

    _within(_limits.count_seconds)
    try:
        return pages(file)
    except (Unusable, OSError, MemoryError):
        return 1
    finally:
        _within(0.0)


def read(file: str, first: int, last: int) -> list[Page]:
    """Answers for pages ``first``…``last``."""
    from ballots.pictures import Source, Unusable

    pages: list[Page] = []
    try:
        _within(_limits.page_seconds)
        with Source(file) as source:
            for number in range(first, last + 1):
                _within(_limits.page_seconds)
                pages.append(_page(file, number, source))
    except Unusable as unusable:
        pages = [Page(rejected(file, number, unusable.why)) for number in range(first, last + 1)]
    finally:
        _within(0.0)
    return pages


def _within(seconds: float) -> None:
    """End this process unless it comes back within so much processor time; 0 takes the limit away."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def rejected(file: str, page: int, why: Rejection) -> dict[str, Any]:
    """The answer for a page that is not counted by machine."""
    return {
        "file": file,
        "page": page,
        "ballot_page": None,
        "status": "rejected",
        "marks": {},
        "review": [],
        "write_ins": {},
        "why": why,
    }


def _page(file: str, number: int, source: Any) -> Page:
    from ballots.pictures import Unusable

    digest = None
    try:
        grey = source.page(number)
        digest = hashlib.sha256(grey.data, usedforsecurity=True).digest()
        if _template is None:
            raise RuntimeError("start() was not called")
        return Page(answer(_template, file, number, grey), digest)
    except Unusable as unusable:
        return Page(rejected(file, number, unusable.why), digest)
    except MemoryError:
        return Page(rejected(file, number, "too-large"), digest)


def answer(template: Template, file: str, number: int, grey: Any) -> dict[str, Any]:
    """The answer for one decoded page. Raises Unusable."""
    from ballots import ink, streaks
    from ballots.decisions import Box, decide
    from ballots.registration import register, straightened

    placed = register(grey, template)
    marks = [mark for mark in template.marks if mark.page == placed.page]
    fields = [one for one in template.write_ins if one.page == placed.page]
    known = ink.levels(grey, placed, [one for one in template.fiducials if one.page == placed.page])
    places = [mark.box for mark in marks] + [field.box for field in fields]
    page = straightened(grey, placed, ink.field_of(places))
    shape: ink.Shape = "circle" if template.form == "columns" else "rectangle"
    seen = ink.measure(page, [mark.box for mark in marks], shape, template.outline, known)
    lines = streaks.find(grey, known)
    boxes = [
        Box(mark, one, "streak" if lines.touch(mark.box, placed) else "outline-lost" if one.lost else None)
        for mark, one in zip(marks, seen, strict=True)
    ]
    inked = {(one.contest, one.row): ink.field_ink(page, one.box, known) for one in fields}
    decided = decide(template, placed.page, boxes, inked)
    return {
        "file": file,
        "page": number,
        "ballot_page": placed.page,
        "status": "review" if decided.review else "read",
        "marks": decided.marks,
        "review": decided.review,
        "write_ins": decided.write_ins,
        "why": decided.why,
    }
