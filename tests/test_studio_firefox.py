"""A second engine: Firefox, driven over WebDriver BiDi: every page works."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.studio_guests import served, until

client = pytest.importorskip("websockets.sync.client")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One tab."""

    def __init__(self, ws: Any):
        self.ws, self.ids = ws, count(1)
        self.do("session.new", capabilities={})
        self.tab = self.do("browsingContext.getTree")["contexts"][0]["context"]

    def do(self, method: str, **params: Any) -> Any:
        """One command, and its answer."""
        number = next(self.ids)
        self.ws.send(json.dumps({"id": number, "method": method, "params": params}))
        while (told := json.loads(self.ws.recv(timeout=60))).get("id") != number:
            pass
        assert told["type"] == "success", told
        return told["result"]

    def go(self, address: str) -> None:
        self.do("browsingContext.navigate", context=self.tab, url=address, wait="interactive")

    def ask(self, script: str) -> Any:
        """A value of the page, as JSON."""
        asked = {"expression": f"JSON.stringify({script})", "target": {"context": self.tab}, "awaitPromise": False}
        return json.loads(self.do("script.evaluate", **asked)["result"].get("value", "null"))

    def stroke(self, at: list[tuple[int, int]]) -> None:
        """A line with the pen."""
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 20} for x, y in at]
        steps = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        pen = {"type": "pointer", "id": "pen", "actions": steps}
        self.do("input.performActions", context=self.tab, actions=[pen])


@contextlib.contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    if FIREFOX is None:
        pytest.skip("needs Firefox: apt-get install firefox-esr")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", str(port)]
    with subprocess.Popen(command, env=os.environ | {"HOME": str(profile)}, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: _answers(port), 60)
            with client.connect(f"ws://127.0.0.1:{port}/session", max_size=None, proxy=None) as ws:
                yield Firefox(ws)
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


OTHERS = [  # address, what must be there first, what is done to it, what comes of it
    ("train?epochs=2&hidden=3", "button.primary", "it.click()", ".confusion td"),
    ("weights", "main canvas", "it.focus()", "main table td"),
    ("sweep?data=%22digits%22&hidden=[[2]]&epochs=1", "button.primary:enabled", "it.click()", "main table td"),
    ("sheet?kind=3", "input.blank", "it.value = '4', it.dispatchEvent(new Event('change'))", "input.blank.wrong"),
    ("calculus", ".tree-node button", "it.click()", ".by-hand .value"),
]


@pytest.mark.slow
def test_every_page_works(tmp_path: Path) -> None:
    (tmp_path / "profile").mkdir()
    (tmp_path / "folder").mkdir()
    with served(tmp_path / "folder") as place, firefox(tmp_path / "profile") as fox:
        fox.go(place.link)
        until(lambda: fox.ask("document.querySelector('#should')?.options.length ?? 0") == 11, 60)
        box = fox.ask("document.querySelector('.pad').getBoundingClientRect()")
        x, y, side = box["x"], box["y"], box["width"]
        down = [(int(x + 0.5 * side), int(y + part * side)) for part in (0.2, 0.4, 0.6, 0.8)]
        fox.stroke(down)
        until(lambda: fox.ask("/^\\d, /.test(document.querySelector('.guess').textContent)"))
        fox.ask("document.querySelector('.layer:nth-child(3) .neuron').click()")
        until(lambda: fox.ask("document.querySelectorAll('.by-hand math').length > 0"))
        fox.ask("void (location.hash = '#play')")
        until(lambda: fox.ask("document.querySelectorAll('.net-picture').length > 0"))
        fox.ask("document.querySelector('button.primary').click()")
        until(lambda: fox.ask("/^epoch [1-9]/.test(document.querySelector('.row > .number').textContent)"))
        assert fox.ask("document.querySelectorAll('.net svg line:not(.near)').length") == 18
        fox.ask("void (window.wrong = [], onerror = (words) => void wrong.push(words))")
        for address, there, act, then in OTHERS:
            fox.ask(f"void (location.hash = '{address}')")
            page = address.partition("?")[0]
            until(
                lambda page=page: fox.ask(
                    f"document.querySelector('header a[data-page={page}][aria-current]') !== null"
                )
            )
            until(lambda there=there: fox.ask(f"document.querySelector('{there}') !== null"))
            fox.ask(f"void ((it) => {{ {act} }})(document.querySelector('{there}'))")
            until(lambda then=then: fox.ask(f"document.querySelector('{then}') !== null"))
        assert fox.ask("wrong") == []
