"""Read scanned ballots: one answer per page, in the order given.

A page is ``read``, for ``review`` by people, or ``rejected``; a file that cannot be opened, or that kills the worker
that opens it, is a rejected page and never an error of the whole. Nothing about time, order or place of a ballot is
kept beyond the answer itself.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from ballots import workers
from ballots.codes import Rejection
from ballots.template import Template
from ballots.workers import Limits, Place
from election.faults import WrongInput

Progress = Callable[[int], None]
Given = TypeVar("Given")
Answer = TypeVar("Answer")
#: pages that a worker takes at once, so that a long file is not opened, nor a worker asked, for each page
TOGETHER = 8
#: work handed out ahead per worker; bounds what is in memory
AHEAD = 3
MOST_PROCESSES = 32
ORDINARY = Limits()
#: of a file that kills whoever counts its pages
UNCOUNTED: tuple[int, Rejection | None] = (0, "cannot-open")


def read(
    template: Template,
    files: Sequence[str],
    *,
    processes: int | None = None,
    progress: Progress | None = None,
    limits: Limits = ORDINARY,
) -> Iterator[dict[str, Any]]:
    """The answers for all pages of ``files``, lazily. ``progress`` hears how many are done.

    Raises WrongInput before the first answer for a file that is missing or cannot be read.
    """
    for file in files:
        _there(file)
    crew = _Crew(template, processes or min(len(os.sched_getaffinity(0)), MOST_PROCESSES), limits)
    return _answers(crew, files, progress or (lambda _: None))


def _there(file: str) -> None:
    try:
        if not Path(file).is_file() and Path(file).exists():
            raise WrongInput("is no file", place="{file}", mend="name the pictures themselves", file=file)
        with Path(file).open("rb") as opened:
            opened.read(1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file name"
        raise WrongInput(
            "cannot be read ({reason})", place="{file}", mend="check the path and its rights", reason=reason, file=file
        ) from None


def _answers(crew: _Crew, files: Sequence[str], progress: Progress) -> Iterator[dict[str, Any]]:
    seen: set[bytes] = set()
    done = 0
    with crew:
        for place, page in crew.results(_places(files, crew)):
            answer = page.answer
            if page.digest is not None and page.digest in seen:
                answer = workers.rejected(place.file, place.page, "same-image")
            elif page.digest is not None:
                seen.add(page.digest)
            done += 1
            progress(done)
            yield answer


def _places(files: Sequence[str], crew: _Crew) -> Iterator[Place]:
    for file in files:
        pages, why = crew.count(file)
        yield from (Place(file, number) for number in range(1, pages + 1))
        if why:
            yield Place(file, pages + 1, why)


class _Crew:
    """Worker processes that open pictures; one that dies is replaced and its pages are tried one by one, alone."""

    def __init__(self, template: Template, processes: int, limits: Limits) -> None:
        self._template, self._processes, self._limits = template, processes, limits
        self._key = os.urandom(16)

    def __enter__(self) -> _Crew:
        self._pool = self._new(self._processes)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _new(self, processes: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            processes,
            mp_context=get_context("spawn"),
            initializer=workers.start,
            initargs=(self._template, self._limits, self._key),
        )

    def count(self, file: str) -> tuple[int, Rejection | None]:
        """How many pages of a file open, and why what comes after them does not; the whole file where it kills."""
        if not workers.has_many_pages(file):
            return 1, None
        try:
            return self._pool.submit(workers.count, file).result()
        except BrokenProcessPool:  # by this file, or by a page that was read meanwhile
            self._renew()
            return self._alone(workers.count, file, UNCOUNTED)

    def results(self, places: Iterator[Place]) -> Iterator[tuple[Place, workers.Page]]:
        waiting: deque[tuple[list[Place], Future[list[workers.Page]]]] = deque()
        while True:
            while len(waiting) < self._processes * AHEAD and (together := list(islice(places, TOGETHER))):
                waiting.append((together, self._submit(together)))
            if not waiting:
                return
            together, future = waiting.popleft()
            try:
                pages = future.result()
            except BrokenProcessPool:
                self._renew()
                pages = [self._page_alone(place) for place in together]
                waiting = deque((others, self._submit(others)) for others, _ in waiting)
            yield from zip(together, pages, strict=True)

    def _submit(self, places: list[Place]) -> Future[list[workers.Page]]:
        try:
            return self._pool.submit(workers.read, places)
        except BrokenProcessPool as broken:
            failed: Future[list[workers.Page]] = Future()
            failed.set_exception(broken)
            return failed

    def _page_alone(self, place: Place) -> workers.Page:
        rejected = workers.Page(workers.rejected(place.file, place.page, "cannot-open"))
        return self._alone(workers.read, [place], [rejected])[0]

    def _alone(self, work: Callable[[Given], Answer], given: Given, otherwise: Answer) -> Answer:
        """In a process of its own: what kills that one is the fault of what was given."""
        with self._new(1) as pool:
            try:
                return pool.submit(work, given).result()
            except BrokenProcessPool:
                return otherwise

    def _renew(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new(self._processes)
