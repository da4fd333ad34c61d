"""What a worker process does: open pages within limits of memory and time, and answer for each.

The limits are the operating system's and qpdf's, so that a hostile file costs one process and not the count.
"""

from __future__ import annotations

import hashlib
import signal
from dataclasses import dataclass
from typing import Any

from ballots.template import Template

#: address space of a worker: two full decodings of the largest picture and the libraries
MEMORY = 4_000_000_000
#: seconds for one page; an ordinary one takes a thirtieth of one
PAGE_SECONDS = 60
#: for the structure of a PDF or TIFF, whatever it claims to hold
COUNT_SECONDS = 120

_template: Template | None = None


@dataclass(frozen=True)
class Page:
    """The answer for one page and, where it was decoded, the digest of its pixels."""

    answer: dict[str, Any]
    digest: bytes | None = None


def start(template: Template) -> None:
    """Set this process up: its template, one thread, its limits."""
    import resource

    import cv2
    import pikepdf

    from ballots.pictures import LARGEST_STREAM, MOST_PIXELS

    global _template
    _template = template
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
    limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


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

    signal.alarm(COUNT_SECONDS)
    try:
        return pages(file)
    except (Unusable, OSError, MemoryError):
        return 1
    finally:
        signal.alarm(0)


def read(file: str, first: int, last: int) -> list[Page]:
    """Answers for pages ``first``…``last``."""
    from ballots.pictures import Source, Unusable

    pages: list[Page] = []
    try:
        signal.alarm(PAGE_SECONDS)
        with Source(file) as source:
            for number in range(first, last + 1):
                # an alarm ends this process; the pages are then tried one by one
                signal.alarm(PAGE_SECONDS)
                pages.append(_page(file, number, source))
    except Unusable as unusable:
        pages = [Page(rejected(file, number, unusable.why)) for number in range(first, last + 1)]
    finally:
        signal.alarm(0)
    return pages


def rejected(file: str, page: int, why: str) -> dict[str, Any]:
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
        return Page(answer(file, number, grey), digest)
    except Unusable as unusable:
        return Page(rejected(file, number, unusable.why), digest)
    except MemoryError:
        return Page(rejected(file, number, "too-large"), digest)


def answer(file: str, number: int, grey: Any) -> dict[str, Any]:
    """The answer for one decoded page. Raises Unusable."""
    from ballots import ink, streaks
    from ballots.decisions import Box, decide
    from ballots.registration import register, straightened

    template = _template
    if template is None:
        raise RuntimeError("start() was not called")
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
        Box(mark, one, "streak" if lines.touch(mark.box, placed) else "outline-lost" if one.lost else "")
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
