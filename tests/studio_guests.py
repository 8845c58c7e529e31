"""Guests of the studio: a server on a free port, raw requests to it, and a browser that reaches nothing else."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the studio needs workings[studio]")
import uvicorn

from benchmarks.guests import FLAGS, Running, command
from workings.studio.server import HERE, Studio, configured, listen

__all__ = ["Running", "command"]  # what the benchmark has too

PATIENCE = 60.0  # seconds for anything that must happen, on a machine that does much else
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Place:
    """A studio that is being served."""

    studio: Studio
    port: int
    server: uvicorn.Server

    @property
    def address(self) -> str:
        return f"http://{HERE}:{self.port}"

    @property
    def token(self) -> str:
        return self.studio.token

    @property
    def link(self) -> str:
        return f"{self.address}/#t={self.token}"

    def send(self, request: str, seconds: float = PATIENCE) -> str:
        """The first part of the answer to a request as it stands, line by line."""
        with socket.create_connection((HERE, self.port), timeout=seconds) as s:
            s.sendall(request.replace("\n", "\r\n").encode("latin-1"))
            with contextlib.suppress(TimeoutError):
                return s.recv(65536).decode("latin-1")
        return ""


@contextlib.contextmanager
def served(folder: Path, token: str | None = None, port: int = 0) -> Iterator[Place]:
    """A studio, served in a thread until the end of the block."""
    listening = listen(HERE, port, any_other=False)
    port = listening.getsockname()[1]
    studio = Studio(folder, token)
    server = uvicorn.Server(configured(studio.app([f"{HERE}:{port}", f"localhost:{port}"])))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        yield Place(studio, port, server)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listening.close()


def until(true: Any, seconds: float = PATIENCE) -> None:
    """Wait for a state, never for a time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def wait(page: Any, true: str) -> None:
    """Wait until something is true on a page."""
    until(lambda: page.evaluate(true))  # a strict page lets playwright's own waiting evaluate nothing


def chromium() -> str:
    """Debian's browser; without it tests are skipped, and fail where WORKINGS_BROWSER says that it must be there."""
    if CHROMIUM is None:
        if os.environ.get("WORKINGS_BROWSER"):
            pytest.fail("WORKINGS_BROWSER is set, but there is no chromium: apt-get install chromium")
        pytest.skip("needs a browser: apt-get install chromium")
    return CHROMIUM


@contextlib.contextmanager
def browsing() -> Iterator[Any]:
    """A browser, for as many pages as are wanted."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def visited(browser: Any, place: Place, name: str = "draw", **options: Any) -> Iterator[Any]:
    """A page of the studio; what it complains of, and what it asks of others, fails the test."""
    wrong: list[str] = []
    page = tab(browser, **options)
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("request", lambda r: None if r.url.startswith(place.address) else wrong.append(r.url))
    page.goto(place.link)
    page.wait_for_selector("main h1")
    if name != "draw":
        page.goto(f"{place.address}/#{name}")
        page.wait_for_selector(f"header a[aria-current][data-page={name.partition('?')[0]}]")
    yield page
    page.context.close()
    assert not wrong, wrong


def tab(browser: Any, **options: Any) -> Any:
    """A tab of its own, in which everything may take its time."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
    context.set_default_timeout(1000 * PATIENCE)
    return context.new_page()


def axe(page: Any) -> None:
    """No rule of axe is broken on this page as it is now."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def fits(page: Any) -> None:
    """Nothing stands over the edge of the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def session(place: Place) -> Any:
    """The one visitor that is here, once those of earlier tests have gone."""
    here = lambda: [s for s in list(place.studio.sessions.known.values()) if s.socket is not None]
    until(lambda: len(here()) == 1)
    return here()[0]
