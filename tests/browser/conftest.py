"""Real Chromium. ``page`` is one tab; ``served`` runs an application on a port of its own."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.serving import make_server

from ..web.conftest import app, clock, guarded_app, office, sign_in, town  # noqa: F401  the same small town

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

#: the same engine without windows costs 40 % of the processor; ``CHROMIUM`` names another
BINARIES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BINARIES)), "")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb", "--lang=zh-CN"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).is_file():
        pytest.skip(f"no Chromium{CHROMIUM and f' at {CHROMIUM}'}: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """``new_context(viewport=..., java_script_enabled=False)``: a person's own browser; closed after the test."""
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings: dict[str, object] = {
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": {"width": 1280, "height": 800},
        }
        opened.append(browser.new_context(**(settings | options)))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


@contextmanager
def serving(application: Flask) -> Iterator[str]:
    """The address of ``application`` while the block runs."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture
def served() -> Iterator[Callable[[Flask], str]]:
    with ExitStack() as stack:
        yield lambda application: stack.enter_context(serving(application))
