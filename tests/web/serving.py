"""``election serve`` as a real process on a port of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    """Its address while the block runs; it must end well when it is told to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "election", "serve", "--port", port, *options]
    environment = os.environ | {"ELECTION_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address is not None, said
        yield address[0]
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
        process.stderr.close()
    assert code == 0


@dataclass
class Visitor:
    """Somebody whose every request is a connection of its own."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str:
        return self._asked(path, None)

    def post(self, path: str, **sent: str) -> str:
        """Send a form with the token of the page that was seen last. The page it leads to."""
        return self._asked(path, urlencode(sent | {"csrf_token": self._token}).encode())

    _token: str = ""

    def _asked(self, path: str, sent: bytes | None) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        asked = urllib.request.Request(self.address + path, sent, {"Cookie": cookies, "Connection": "close"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            page: str = answer.read().decode()
            for header in answer.headers.get_all("Set-Cookie") or ():
                self.cookies |= {name: found.value for name, found in SimpleCookie(header).items()}
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self._token = token[1] if token else self._token
        return page
