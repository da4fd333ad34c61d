"""What a worker process does: open pages within limits of memory and time, and answer for each.

The limits are the operating system's and qpdf's, so that a hostile file costs one process and not the count.
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ballots.codes import Rejection
from ballots.template import Template

if TYPE_CHECKING:
    from ballots.looking import Seen


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
_key = bytes(16)


@dataclass(frozen=True)
class Place:
    """A page of a file, from 1. ``why`` is set where it is known without opening it that it cannot be read."""

    file: str
    page: int
    why: Rejection | None = None


@dataclass(frozen=True)
class Page:
    """The answer for one page and, where it was decoded, the digest of its pixels."""

    answer: dict[str, Any]
    digest: bytes | None = None


def start(template: Template, limits: Limits, key: bytes = bytes(16)) -> None:
    """Set this process up: its template, one thread, its limits, the ``key`` of its pages' digests.

    A limit of time ends the process.
    """
    import cv2

    global _template, _limits, _key
    _template, _limits, _key = template, limits, key
    cv2.setNumThreads(1)
    # Pillow, qpdf and libtiff write about a damaged file, its path included, wherever they like
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
        return kind(file) in ("pdf", "tiff")
    except OSError:
        return False


def count(file: str) -> tuple[int, Rejection | None]:
    """How many pages of a PDF or TIFF open, and why what comes after them does not."""
    from ballots.pictures import count as pages

    within(_limits.count_seconds)
    try:
        return pages(file)
    except (OSError, MemoryError):
        return 0, "cannot-open"
    finally:
        within(0.0)


def read(places: Sequence[Place]) -> list[Page]:
    """An answer for each place. What is opened once is decoded once: pages that follow each other share a file."""
    runs = groupby(enumerate(places), lambda one: (one[1].file, one[1].page - one[0], one[1].why))
    return [page for (file, _, why), run in runs for page in _read(file, [place.page for _, place in run], why)]


def _read(file: str, numbers: list[int], why: Rejection | None) -> list[Page]:
    from ballots.pictures import Source, Unusable

    pages: list[Page] = []
    try:
        if why:
            raise Unusable(why)
        within(_limits.page_seconds)
        with Source(file) as source:
            for number in numbers:
                within(_limits.page_seconds)
                pages.append(_page(file, number, source))
    except Unusable as unusable:
        pages = [Page(rejected(file, number, unusable.why)) for number in numbers]
    finally:
        within(0.0)
    return pages


def within(seconds: float) -> None:
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
    from ballots.looking import digest, look
    from ballots.pictures import Unusable

    try:
        grey = source.page(number)
        if _template is None:
            raise RuntimeError("start() was not called")
        try:
            seen = look(_template, grey)
        except Unusable as unusable:
            return Page(rejected(file, number, unusable.why), digest(grey, None, _key))
        return Page(answer(_template, file, number, seen), digest(grey, seen.placed, _key))
    except Unusable as unusable:
        return Page(rejected(file, number, unusable.why))
    except MemoryError:
        return Page(rejected(file, number, "too-large"))


def answer(template: Template, file: str, number: int, seen: Seen) -> dict[str, Any]:
    """The answer for a page as it was seen."""
    from ballots.decisions import decide

    decided = decide(template, seen.placed.page, seen.boxes, seen.fields)
    return {
        "file": file,
        "page": number,
        "ballot_page": seen.placed.page,
        "status": "review" if decided.review else "read",
        "marks": decided.marks,
        "review": decided.review,
        "write_ins": decided.write_ins,
        "why": decided.why,
    }
