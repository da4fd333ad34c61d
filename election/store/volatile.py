"""What is kept in memory alone and goes when the program ends: the wall, the progress of work in the background.

Nothing of it reaches a disk: an anonymous file in memory (``memfd``) holds one JSON document per key. Processes that
are forked after it was made share it (``election serve --workers``); processes that were not do not see each other's.
Where the system has no ``memfd``, one process keeps a dictionary.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson

T = TypeVar("T")
Document = dict[str, Any]
#: bytes of all documents together
LARGEST = 32_000_000


class Volatile:
    """Documents by key. ``read`` and ``change`` see whole documents; changes of two workers never mix."""

    def __init__(self) -> None:
        self._file = os.memfd_create("election") if hasattr(os, "memfd_create") else None
        self._made_by = os.getpid()
        self._threads = threading.Lock()
        self._own: bytes = b"{}"

    @property
    def forks(self) -> bool:
        """Whether processes that are forked from this one will share it."""
        return self._file is not None

    @property
    def shared(self) -> bool:
        """Whether it was made before this process was forked, so that the others of its kind have it too."""
        return self.forks and os.getpid() != self._made_by

    def read(self, key: str) -> Document | None:
        with self._alone():
            found: Document | None = self._load().get(key)
        return found

    def change(self, key: str, how: Callable[[Document | None], tuple[Document | None, T]]) -> T:
        """Put what ``how`` makes of a document in its place (None: it is gone), and return what it says.

        Whatever ``how`` raises leaves everything as it was.
        """
        with self._alone():
            known = self._load()
            changed, answer = how(known.get(key))
            if changed is None:
                known.pop(key, None)
            else:
                known[key] = changed
            self._save(known)
        return answer

    def drop(self, key: str) -> None:
        self.change(key, lambda _: (None, None))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One thread of one process; the lock of a process that dies is given back by the system."""
        with self._threads:
            if self._file is None:
                yield
                return
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _load(self) -> dict[str, Document]:
        data = self._own if self._file is None else os.pread(self._file, LARGEST, 0)
        known: dict[str, Document] = orjson.loads(data or b"{}")
        return known

    def _save(self, known: dict[str, Document]) -> None:
        data = orjson.dumps(known)
        if len(data) > LARGEST:
            raise MemoryError("more than is kept in memory")
        if self._file is None:
            self._own = data
            return
        os.ftruncate(self._file, 0)
        written = 0
        while written < len(data):
            written += os.pwrite(self._file, data[written:], written)
