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
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ballots import workers
from ballots.template import Template
from ballots.workers import Limits
from election.faults import WrongInput

Progress = Callable[[int], None]
#: pages of one file that a worker takes at once, so that a long file is not opened for each page
TOGETHER = 8
#: work handed out ahead per worker; bounds what is in memory
AHEAD = 3
MOST_PROCESSES = 32
ORDINARY = Limits()


@dataclass(frozen=True)
class Task:
    """Pages ``first``…``last`` of a file."""

    file: str
    first: int
    last: int

    def single(self) -> Iterator[Task]:
        for page in range(self.first, self.last + 1):
            yield Task(self.file, page, page)


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
            raise WrongInput("is no file", place=file, mend="name the pictures themselves")
        with Path(file).open("rb") as opened:
            opened.read(1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file name"
        raise WrongInput(f"cannot be read ({reason})", place=file, mend="check the path and its rights") from None


def _answers(crew: _Crew, files: Sequence[str], progress: Progress) -> Iterator[dict[str, Any]]:
    seen: set[bytes] = set()
    done = 0
    with crew:
        for task, pages in crew.results(_tasks(files, crew)):
            for page in pages:
                answer = page.answer
                if page.digest is not None and page.digest in seen:
                    answer = workers.rejected(task.file, answer["page"], "same-image")
                elif page.digest is not None:
                    seen.add(page.digest)
                done += 1
                progress(done)
                yield answer


def _tasks(files: Sequence[str], crew: _Crew) -> Iterator[Task]:
    for file in files:
        pages = crew.count(file)
        for first in range(1, pages + 1, TOGETHER):
            yield Task(file, first, min(first + TOGETHER - 1, pages))


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

    def count(self, file: str) -> int:
        """How many pages a file has; one where that cannot be told, to be rejected when it is read."""
        if not workers.has_many_pages(file):
            return 1
        try:
            return self._pool.submit(workers.count, file).result()
        except BrokenProcessPool:
            self._renew()
            return 1

    def results(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, list[workers.Page]]]:
        waiting: deque[tuple[Task, Future[list[workers.Page]]]] = deque()
        ahead = self._processes * AHEAD
        while True:
            for task in islice(tasks, ahead - len(waiting)):
                waiting.append((task, self._submit(task)))
            if not waiting:
                return
            task, future = waiting.popleft()
            try:
                pages = future.result()
            except BrokenProcessPool:
                self._renew()
                pages = [page for single in task.single() for page in self._alone(single)]
                waiting = deque((other, self._submit(other)) for other, _ in waiting)
            yield task, pages

    def _submit(self, task: Task) -> Future[list[workers.Page]]:
        try:
            return self._pool.submit(workers.read, task.file, task.first, task.last)
        except BrokenProcessPool as broken:
            failed: Future[list[workers.Page]] = Future()
            failed.set_exception(broken)
            return failed

    def _alone(self, task: Task) -> list[workers.Page]:
        """One page in a process of its own: what kills that one is the page's fault."""
        with self._new(1) as pool:
            try:
                return pool.submit(workers.read, task.file, task.first, task.last).result()
            except BrokenProcessPool:
                return [workers.Page(workers.rejected(task.file, task.first, "cannot-open"))]

    def _renew(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new(self._processes)
