"""How the studio feels, in headless Chromium: the pen, the stream of a training, a slow browser, the start.

    python benchmarks/studio.py                          a table, with the lines to be passed
    python benchmarks/studio.py --write docs/studio.md   and into the page

The server is a process of its own, as `workings studio` starts it.  From the pen to the answer is timed for every
single move of the pen: from the browser's own stamp on it until after the frame that shows the answer for it.  A
picture of a training carries the moment at which the server began it; its age is that of the moment it is painted.
The same training, at full speed, is unwatched, watched, and watched by a slow browser by turns, so that what else the
machine does falls on all three.  The browser has to do with one core: Chromium slows a page by a busy loop, which on
a machine of two would take from the server what no slow computer elsewhere takes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from guests import FLAGS, Running, command
from side_by_side.machine import processor
from side_by_side.page import put

from workings.studio.frames import unpack
from workings.studio.guard import PROTOCOL

START, END = "<!-- benchmark -->", "<!-- end -->"
CIRCLE = [(0.5 + 0.3 * np.cos(t), 0.5 + 0.35 * np.sin(t)) for t in np.linspace(0, 8 * np.pi, 240)]
WATCH = """(() => {
  const told = (window.measured = { pen: [], ages: [], pictures: 0, frames: 0, counting: true, sent: [], moved: [] });
  const count = () => (told.frames++, told.counting && requestAnimationFrame(count));
  requestAnimationFrame(count);
  addEventListener("pointermove", (e) => e.buttons && told.moved.push(e.timeStamp), true);
  const painted = (f) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = f;
    channel.port2.postMessage(null);
  });
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (text) {
    if (text.includes('"kind":"ink"')) told.sent.push(told.moved.splice(0));
    if (!this.heard) this.addEventListener("message", (this.heard = ({ data }) => {
      const length = new DataView(data).getUint32(0, true);
      const { kind, paint } = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
      if (kind === "guess" && told.sent.length) {
        const moves = told.sent.shift();
        painted(() => told.pen.push(...moves.map((t) => performance.now() - t)));
      }
      if (kind === "moment") told.pictures++;
      if (paint) painted(() => told.ages.push(performance.timeOrigin + performance.now() - 1000 * paint));
    }));
    return send.call(this, text);
  };
})()"""


@dataclass
class Line:
    """One line of the table: what, how much, and which line it has to pass."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def passed(self) -> bool | None:
        if self.most is None and self.least is None:
            return None
        return self.value < (np.inf if self.most is None else self.most) and self.value >= (self.least or 0)

    def cells(self) -> list[str]:
        """As they stand in the table."""
        wanted = f"< {self.most:g}" if self.most is not None else f"≥ {self.least:g}" if self.least else ""
        verdict = {True: "yes", False: "**no**", None: ""}[self.passed]
        value = f"{self.value:.3g}" if self.value < 1000 else f"{self.value:,.0f}"
        return [self.what, f"{value} {self.unit}", f"{wanted} {self.unit}" if wanted else "", verdict]


@contextlib.contextmanager
def started() -> Iterator[Running]:
    """A studio in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, command(Path(folder)) as server:
        yield server


@contextlib.contextmanager
def guest(server: Running, visitor: str) -> Iterator[Any]:
    """A socket as a page opens it."""
    from websockets.sync.client import connect

    given: dict[str, Any] = {"origin": server.address, "subprotocols": [PROTOCOL, server.token], "max_size": None}
    with connect(f"{server.address.replace('http', 'ws')}/socket", proxy=None, **given) as socket:
        socket.send(json.dumps({"visitor": visitor, "load": "b" * 20}))
        yield socket


@contextlib.contextmanager
def visited(browser: Any, server: Running, page: str = "draw") -> Iterator[Any]:
    """A page that watches itself."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.add_init_script(WATCH)
    tab = context.new_page()
    tab.goto(server.link)
    tab.wait_for_selector(".pad")
    if page != "draw":
        tab.goto(f"{server.address}/#{page}")
        tab.wait_for_selector("text=epoch 0")
    yield tab
    context.close()


def starting(browser: Any) -> float:
    """Seconds from the command until somebody can draw."""
    began = time.perf_counter()
    with started() as server, visited(browser, server):
        return time.perf_counter() - began


def pen(browser: Any, server: Running) -> list[float]:
    """Milliseconds of every move of a pen that moves 60 times a second."""
    with visited(browser, server) as page:
        while not page.evaluate("document.querySelector('#should').options.length"):  # it is still being trained
            page.wait_for_timeout(100)
        box = page.locator(".pad").bounding_box()
        at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in CIRCLE]
        page.mouse.move(*at[0])
        page.mouse.down()
        next_ = time.perf_counter()
        for x, y in at:
            page.mouse.move(x, y)
            next_ = max(next_ + 1 / 60, time.perf_counter())
            time.sleep(max(0.0, next_ - time.perf_counter()))
        page.mouse.up()
        page.wait_for_timeout(500)
        return page.evaluate("measured.pen")[20:]  # the first answers find everything cold


def stream(browser: Any, server: Running, seconds: float, slower: int = 1) -> tuple[float, float, list[float], float]:
    """Pictures a second, frames a second, ages of the painted pictures in ms, and epochs a second."""
    with visited(browser, server, "play") as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        if slower > 1:  # to ask for 60 frames a second only to count them is most of what such a browser can do
            page.evaluate("measured.counting = false")
        page.get_by_label("Epochs a second").select_option("full")
        page.get_by_role("button", name="Train", exact=True).click()
        page.wait_for_timeout(1500)
        page.evaluate("measured.ages = []; measured.frames = measured.pictures = 0")
        first, began = epoch(page), time.perf_counter()
        page.wait_for_timeout(1000 * seconds)
        told = page.evaluate("measured")
        took, last = time.perf_counter() - began, epoch(page)
        page.get_by_role("button", name="Pause").click()
        return told["pictures"] / took, told["frames"] / took, told["ages"], (last - first) / took


def epoch(page: Any) -> int:
    """The epoch that the page shows."""
    told = re.match(r"epoch ([\d,]+?)(, |$)", page.locator(".row > .number").first.inner_text())
    return int(told[1].replace(",", ""))  # type: ignore[index]


def unwatched(server: Running, seconds: float, visitor: str) -> float:
    """Epochs a second of the same training while no page is open."""

    def asked(*messages: dict[str, Any], until: Any) -> int:
        with guest(server, visitor) as socket:
            for message in messages:
                socket.send(json.dumps({"page": "play", **message}))
            while True:
                told = unpack(socket.recv(timeout=20))[0]
                if told["kind"] == "moment" and until(told["data"]):
                    return told["data"]["epoch"]
                if told.get("paint"):
                    socket.send(json.dumps({"page": "studio", "kind": "painted", "of": "play", "what": told["kind"]}))

    full = {"kind": "speed", "per_second": 0}
    asked(full, {"kind": "train", "wanted": True}, until=lambda told: told["running"])
    time.sleep(1.5)
    first, began = asked({"kind": "start"}, until=lambda told: True), time.perf_counter()
    time.sleep(seconds)
    last, took = asked({"kind": "start"}, until=lambda told: True), time.perf_counter() - began
    asked({"kind": "train", "wanted": False}, until=lambda told: not told["running"])
    return (last - first) / took


def late(ages: tuple[list[float], ...]) -> float:
    """The age below which 95 of 100 pictures are, in ms."""
    return float(np.percentile(np.concatenate(ages), 95))


def lost(alone: list[float], beside: tuple[float, ...]) -> float:
    """How much slower a training is beside something, in %: half of all rounds are worse."""
    return max(0.0, 100 * (1 - median(b / a for a, b in zip(alone, beside, strict=True))))


def measured(browser: Any, seconds: float, rounds: int) -> Iterator[Line]:
    """Every line, one after the other."""
    yield Line("from the command to a page that can be drawn on", median(starting(browser) for _ in range(3)), "s", 3)
    with started() as server:
        moves = pen(browser, server)
        yield Line("from the pen to the painted answer, half of all moves within", float(np.median(moves)), "ms", 50)
        yield Line("the same, 95 of 100 moves within", float(np.percentile(moves, 95)), "ms")
        alone, watched, slowed = [], [], []
        for k in range(rounds):
            alone.append(unwatched(server, seconds, f"{k:020d}"))
            watched.append(stream(browser, server, seconds))
            slowed.append(stream(browser, server, seconds, slower=8))
        pictures, frames, ages, speeds = zip(*watched, strict=True)
        yield Line("pictures of a training, painted each second", median(pictures), "/s", least=20)
        yield Line("frames of that page each second", median(frames), "/s", least=59)
        yield Line("age of a painted picture, 95 of 100 below", late(ages), "ms")
        yield Line("epochs a second while no page is open", median(alone), "/s")
        yield Line("slower while a page watches", lost(alone, speeds), "%", 10)
        pictures, _, ages, speeds = zip(*slowed, strict=True)
        yield Line("browser slowed 8 times: pictures each second", median(pictures), "/s")
        yield Line("the same: age of a painted picture, 95 of 100 below", late(ages), "ms", 200)
        yield Line("the same: slower than unwatched", lost(alone, speeds), "%", 10)
        yield Line("memory of the server after all this", server.memory, "MB")


@contextlib.contextmanager
def on_one_core() -> Iterator[None]:
    """Processes that are started in this block keep to one core, where the system knows how."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {max(cores)})
    yield
    if cores:
        os.sched_setaffinity(0, cores)


def table(lines: list[Line]) -> str:
    """In Markdown."""
    rows = [["what", "measured", "wanted", "passed"], ["---"] * 4, *(line.cells() for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(words: list[str] | None = None) -> int:
    """Measure, print, and write into the page where one is asked for."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="that each training is watched for")
    parser.add_argument("--rounds", type=int, default=5, help="with and without a page")
    parser.add_argument("--write", type=Path, metavar="FILE")
    asked = parser.parse_args(words)
    with contextlib.ExitStack() as stack:
        with on_one_core():
            playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        lines = []
        for line in measured(browser, asked.seconds, asked.rounds):
            lines.append(line)
            print(" | ".join(line.cells()), flush=True)
        version = browser.version
        browser.close()
    text = f"`python benchmarks/studio.py`, {processor()}, Chromium {version}:\n\n{table(lines)}"
    print(f"\n{text}")
    if asked.write:
        before = asked.write.read_text(encoding="utf-8")
        if START not in before:
            before = f"{before.rstrip()}\n\n## How it feels\n\n{START}\n{END}\n"
        made = re.sub(rf"{START}.*?{END}", lambda _: f"{START}\n{text}\n{END}", before, flags=re.DOTALL)
        put(asked.write, made)
        print(f"written to {asked.write}")
    return 0 if all(line.passed is not False for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
