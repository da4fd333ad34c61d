"""How long the server waits for a request to arrive and for its answer to leave: whoever sends or reads a byte now and
then must not keep a thread.

A request's head has ``HEAD_SECONDS``, its body as long as a slow line needs for its length. After that the connection
is closed for reading: the half request ends as one that broke off (ASVS 15.2.2; the threads are few). The answer has
``ANSWER_SECONDS`` and as long as the slow line needs for what was sent of it; whoever has not read it then is hung up on.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

HEAD_SECONDS = 20.0
BODY_SECONDS = 20.0
ANSWER_SECONDS = 20.0
#: the slowest line that is waited for
BYTES_PER_SECOND = 50_000
#: what a body of unknown length may take
UNKNOWN = 12 * 1024 * 1024

_here = threading.local()


class Deadline:
    """Closes a socket for reading after some seconds, unless ended before."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock = sock
        self._timer: threading.Timer | None = None
        self.restart(seconds)

    def restart(self, seconds: float) -> None:
        self.end()
        self._timer = threading.Timer(seconds, self._close)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RD)


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker whose threads wait no longer than that."""

    def handle(self, conn: Any) -> Any:
        _here.deadline, _here.sock = Deadline(conn.sock, HEAD_SECONDS), conn.sock
        try:
            return super().handle(conn)
        finally:
            _here.deadline.end()

    def handle_request(self, req: Any, conn: Any) -> Any:
        try:
            return super().handle_request(req, conn)
        except TimeoutError:  # the answer was not read
            raise StopIteration from None


class Arriving:
    """The body, read as ever; when the last byte is in, nobody waits any more."""

    def __init__(self, body: Any, length: int, arrived: Callable[[], None]) -> None:
        self._body, self._left, self._arrived = body, length, arrived

    def _count(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left <= 0 or not data:
            self._arrived()
        return data

    def read(self, size: int = -1) -> bytes:
        return self._count(self._body.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._count(self._body.readline(size))

    def readlines(self, hint: int = -1) -> list[bytes]:
        return self._count(b"".join(self._body.readlines(hint))).splitlines(keepends=True)

    def __iter__(self) -> Any:
        while line := self.readline():
            yield line


class Leaving:
    """The answer, piece by piece. The server has sent a piece when it asks for the next, and ``sendall`` keeps the time
    that the socket has (its timeout is for all of the piece)."""

    def __init__(self, answer: Iterable[bytes], sock: socket.socket) -> None:
        self._answer, self._sock = answer, sock

    def __iter__(self) -> Iterator[bytes]:
        left = ANSWER_SECONDS
        for piece in self._answer:
            left += len(piece) / BYTES_PER_SECOND
            self._sock.settimeout(max(left, 0.001))
            began = monotonic()
            yield piece
            left -= monotonic() - began

    def close(self) -> None:
        if hasattr(self._answer, "close"):
            self._answer.close()


def patient(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application behind this worker."""

    def wait(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        deadline: Deadline | None = getattr(_here, "deadline", None)
        if deadline is not None:
            length = UNKNOWN if "HTTP_TRANSFER_ENCODING" in environ else int(environ.get("CONTENT_LENGTH") or 0)
            if length:
                deadline.restart(BODY_SECONDS + min(length, UNKNOWN) / BYTES_PER_SECOND)
                environ["wsgi.input"] = Arriving(environ["wsgi.input"], length, deadline.end)
            else:
                deadline.end()
        answer = app(environ, start_response)
        return answer if deadline is None else Leaving(answer, _here.sock)

    return wait
