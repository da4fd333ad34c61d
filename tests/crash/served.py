"""The polling day through the program as it is served: its pages over real connections, and SIGKILL to its processes."""

from __future__ import annotations

import http.client
import os
import queue
import random
import re
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from election.demo.story import PASSWORD, PIN
from election.store.settings import set_demonstration_offset

from .polling import BOXES, EACH, Polling

ROOT = Path(__file__).parents[2]
#: what a browser meets whose server is killed, at any place of an answer
CUT = (OSError, http.client.HTTPException)


class SignedOut(Exception):
    """The session's token was exchanged at a signature, and the answer with the new one was cut."""


class Server:
    """``election serve`` over the day's home, in a process group of its own."""

    def __init__(self, day: Polling, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        elsewhere = {} if day.url.startswith("sqlite") else {"ELECTION_DATABASE_URL": day.url}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "election", "serve", "--port", str(self.port), "--workers", str(workers)],
            cwd=ROOT,
            env=os.environ | {"ELECTION_HOME": str(day.home.path), "PYTHONUNBUFFERED": "1"} | elsewhere,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.gone = threading.Event()
        assert self.process.stderr is not None
        assert f"http://127.0.0.1:{self.port}" in self.process.stderr.readline()

    def kill_a_worker(self, chance: random.Random) -> None:
        """One of its processes; the others, and the one that takes its place, go on."""
        parent = self.process.pid
        workers = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        os.kill(int(chance.choice(workers)), signal.SIGKILL)

    def kill(self) -> str:
        """All at once, as a power cut does. Returns what it had said."""
        self.gone.set()
        os.killpg(self.process.pid, signal.SIGKILL)
        said = self.process.communicate()[1]
        return str(said)


@dataclass
class Browser:
    """One person's: it keeps cookies, over every end of the server."""

    cookies: dict[str, str] = field(default_factory=dict)
    port: int = 0
    signed_in: bool = False
    #: a signature was sent whose answer never came: the session's new token may have gone with it
    in_doubt: bool = False

    def ask(self, method: str, address: str, typed: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, where to go, page); raises one of ``CUT``. A form brings the token of the page asked before."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        signing = typed is not None and not {"sign_password", "present_password"}.isdisjoint(typed)
        self.in_doubt = self.in_doubt or signing
        if typed is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(typed)
        try:
            line.request(method, address, body, headers)
            answer = line.getresponse()
            for name, value in answer.getheaders():
                if name == "Set-Cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            page, onward = answer.read().decode(), answer.getheader("Location", "") or ""
            if signing:
                self.in_doubt = False
            elif self.in_doubt and onward.startswith("/login"):
                raise SignedOut
            return answer.status, onward, page
        finally:
            line.close()

    def see(self, address: str) -> str:
        status, onward, page = self.ask("GET", address)
        if status != 200:
            raise AssertionError(f"{address}: {status} {onward}")
        return page

    def send(self, address: str, typed: dict[str, str], page: str, wanted: int = 302) -> str:
        """Fill in the form of ``page``; where it leads. Raises AssertionError for another answer."""
        status, onward, back = self.ask("POST", address, typed | {"csrf_token": value_of(page, "csrf_token")})
        if status != wanted:
            words = " ".join(re.sub(r"<[^>]+>", " ", back).split())
            raise AssertionError(f"{address}: {status} {words[:600]}")
        return urlsplit(onward).path

    def sign_in(self, login: str, password: str) -> None:
        self.cookies.clear()
        self.in_doubt = False
        self.send("/login", {"login": login, "password": password}, self.see("/login"))
        self.signed_in = True


def value_of(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert found is not None, name
    value = re.search(r'value="([^"]*)"', found[0])
    return unescape(value[1]) if value else ""


# --- who works at the same time --------------------------------------------------------------------------------------

#: does one thing after the other in a browser, and gives what was acknowledged of each
Work = Callable[[Polling, Browser, random.Random], Iterator[list[Any]]]


def teller(short: str) -> Work:
    """Types the sheet of every box, reads it back and seals it; a box that was sealed already is passed over."""

    def enters(day: Polling, browser: Browser, chance: random.Random) -> Iterator[list[Any]]:
        boxes = list(enumerate(BOXES, start=1))
        chance.shuffle(boxes)
        for number, box in boxes:
            address = f"/h/{day.election}/tally/member/{number}"
            page = browser.see(address)
            if 'name="stamp"' not in page:
                continue
            typed = {"stamp": value_of(page, "stamp"), "w.rows": "0", "_go": "next"}
            typed |= {"returned": str(EACH), "valid": str(EACH - 1), "invalid": "1"}
            for row in set(re.findall(r'name="r\.(\d+)\.for"', page)):
                typed |= {f"r.{row}.for": "5", f"r.{row}.against": "2", f"r.{row}.abstain": "2"}
            onward = browser.send(address, typed, page)
            page = browser.see(onward)
            browser.send(onward, {"seen": value_of(page, "seen"), "sign_password": PIN}, page)
            yield ["sheet", day.cast.accounts[short].id, box]

    return enters


def officer(day: Polling, browser: Browser, chance: random.Random) -> Iterator[list[Any]]:
    """Trainings in the campaign."""
    address = f"/d/campaign/{day.campaign}/act/campaign.train"
    while True:
        topic = f"第{chance.getrandbits(64)}次"
        page = browser.see(address)
        browser.send(address, {"topic": topic, "place": "会议室", "attendees": "9", "_go": "do"}, page)
        yield ["training", topic]


def chair(day: Polling, browser: Browser, chance: random.Random) -> Iterator[list[Any]]:
    """Accounts: a row and an entry each."""
    while True:
        login = f"observer-{chance.getrandbits(64):016x}"
        page = browser.see("/office/accounts/new")
        scope = day.cast.accounts["chair5"].scope
        typed = {
            "login": login,
            "name": "观察员",
            "role": "observer",
            "scope": scope,
            "other": "",
            "present_password": PASSWORD,
        }
        browser.send("/office/accounts/new", typed, page, wanted=200)
        yield ["login", login]


WORKERS: dict[str, tuple[Work, str]] = {
    "teller1": (teller("teller1"), PIN),
    "teller2": (teller("teller2"), PIN),
    "street": (officer, PASSWORD),
    "chair5": (chair, PASSWORD),
}


def move_the_clock(day: Polling) -> None:
    """The served program goes by the machine's clock: its day is the polling day."""
    store = day.store()
    set_demonstration_offset(store, day.now - datetime.now(UTC))
    store.close()


def serve_and_kill(day: Polling, browsers: dict[str, Browser], chance: random.Random) -> list[list[Any]]:
    """Serve, let all work in their browsers, kill. What was acknowledged; who was signed in before still is."""
    server = Server(day, workers=chance.choice((1, 2)))
    told: queue.Queue[list[Any]] = queue.Queue()
    threads = []
    for short, (work, password) in WORKERS.items():
        browser = browsers.setdefault(short, Browser())
        browser.port = server.port
        who = (day.cast.accounts[short].login, password)
        seed = random.Random(chance.getrandbits(32))
        threads.append(threading.Thread(target=_works, args=(day, server, browser, who, work, seed, told)))
        threads[-1].start()
    wanted, hurt = chance.randint(4, 16), chance.random() < 0.5
    seen: list[list[Any]] = []
    while len(seen) < wanted and ["failed"] not in [one[:1] for one in seen]:
        seen.append(told.get(timeout=300))
        if hurt and len(seen) == wanted // 2:
            server.kill_a_worker(chance)
    select.select([], [], [], chance.random() * 0.1)  # anywhere within a request
    said = server.kill()
    for thread in threads:
        thread.join()
    while not told.empty():
        seen.append(told.get())
    failed = [one for one in seen if one[0] == "failed"]
    assert not failed, failed
    assert "Traceback" not in said
    return seen


def _works(
    day: Polling,
    server: Server,
    browser: Browser,
    who: tuple[str, str],
    work: Work,
    chance: random.Random,
    told: queue.Queue[list[Any]],
) -> None:
    """In a thread of its own, until the server is gone; what was cut is tried anew, as a person does.

    Who was signed in when a server ended still is at the next one, but for one who is ``SignedOut``.
    """
    while not server.gone.is_set():
        try:
            if not browser.signed_in:
                browser.sign_in(*who)
            for done in work(day, browser, chance):
                told.put(done)
            return
        except SignedOut:
            browser.signed_in = False
        except CUT:
            continue
        except Exception as error:
            told.put(["failed", repr(error)])
            return
