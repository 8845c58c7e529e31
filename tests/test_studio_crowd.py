"""The studio under load: many who ask, many sockets, one that does not read; and it calls nobody."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.guests import HOME
from tests.cases import FULL
from tests.studio_guests import PATIENCE, Place, Running, command, until
from tests.test_studio_safety import DEAF, guest, heard
from workings.studio.outbox import MOST
from workings.studio.pages import PAGES

CLIENTS, PER_SECOND, SECONDS, TURNS = (50, 100, 20, 10) if FULL else (10, 40, 1, 1)  # ten minutes in all
WARM = 300 if FULL else 3  # epochs after which all has been loaded
TRAININGS = [
    ("the playground at full speed", "play", {"speed": {"per_second": 0}}),
    ("the digits", "train", {"start": {"course": {"epochs": 100_000, "hidden": [256, 128]}}}),
    ("the playground at 60 epochs a second", "play", {"speed": {"per_second": 60}}),
][: 3 if FULL else 1]
SOCKETS, ROUNDS = (200, 60) if FULL else (30, 3)
MINUTES, TABS, REST, WATCHED = (60, 10, 3.0, 20) if FULL else (0, 4, 0.0, 4)  # of coming and going


def told(page: str, kind: str, **more: Any) -> str:
    return json.dumps({"page": page, "kind": kind, **more})


def crowded(port: int) -> dict[str, list[Any]]:
    """What a crowd met: a process of its own, so that what is measured is the server."""
    words = [str(n) for n in (port, CLIENTS, PER_SECOND, SECONDS)]
    asked = [sys.executable, "-m", "tests.crowd", *words]
    return json.loads(subprocess.run(asked, cwd=HOME, capture_output=True, check=True).stdout)


def epoch(ws: Any, page: str) -> int:
    """How far the training is now."""
    ws.send(told(page, "start"))
    heard(ws, page, "all")  # what comes after it was made after it
    return heard(ws, page, "moment")[0]["data"]["epoch"]


def busy(running: Running | Place) -> float:
    """Seconds that a server's own thread has worked, the training's not counted; 0 where it cannot be known."""
    own = running.process.pid if isinstance(running, Running) else 0
    file = Path(f"/proc/{own}/task/{own}/schedstat")
    return int(file.read_text().split()[0]) / 1e9 if file.exists() else 0.0


def test_many_clients_while_a_network_trains(tmp_path: Path, place: Place) -> None:
    took: list[float] = []
    server = command(tmp_path) if FULL else contextlib.nullcontext(place)  # what is measured has a process of its own
    with server as running, guest(running) as ws:
        for what, page, begin in TRAININGS:
            for kind, more in begin.items():
                ws.send(told(page, kind, **more))
            ws.send(told(page, "train", wanted=True))
            until(lambda page=page: epoch(ws, page) > WARM, 5 * PATIENCE)
            worked, asked = 0.0, len(took)
            paces: dict[bool, list[float]] = {False: [], True: []}
            for crowd in [
                False,
                *(True, False) * TURNS,
            ]:
                first, began, before = epoch(ws, page), time.monotonic(), busy(running)
                if crowd:
                    met = crowded(running.port)
                    worked += busy(running) - before
                    took += met["took"]
                    assert not met["wrong"], met["wrong"][:3]
                else:
                    time.sleep(SECONDS / 4)
                paces[crowd].append((epoch(ws, page) - first) / (time.monotonic() - began))
            at = epoch(ws, page)
            until(lambda page=page, at=at: epoch(ws, page) > at)  # it goes on
            ws.send(told(page, "train", wanted=False))
            alone, beside = float(np.median(paces[False])), float(np.median(paces[True]))
            slower = 100 * (1 - beside / alone) if alone else 0.0
            print(
                f"{what}: {alone:,.0f} epochs a second, {beside:,.0f} with the crowd, {slower:.1f} % slower;", end=" "
            )
            print(f"{1000 * worked / (len(took) - asked):.2f} ms of the server's own thread for a request")
    p95 = float(np.percentile(took, 95))
    print(f"{len(took):,} requests of {CLIENTS} clients, {PER_SECOND} a second: p95 {p95:.1f} ms, 0 errors")
    assert not FULL or p95 <= 100


def test_one_of_many_sockets_does_not_read(place: Place) -> None:
    waits: list[float] = []
    with contextlib.ExitStack() as stack:
        deaf = stack.enter_context(guest(place, "deaf" * 6, max_queue=1, **DEAF))
        others = [stack.enter_context(guest(place)) for _ in range(SOCKETS - 1)]
        session = place.studio.sessions.known["deaf" * 6]
        for k in range(ROUNDS):
            with contextlib.suppress(Exception):  # it is closed in the end
                for _ in range(MOST // 2):
                    deaf.send(told("play", "start"))
            for ws in others:
                began = time.perf_counter()
                ws.send(told("calculus", "move", name="a", by=k) if k else told("calculus", "start"))
                heard(ws, "calculus", "moved" if k else "graph")
                waits.append(1000 * (time.perf_counter() - began))
            assert len(session.outbox.words) <= MOST + 1
    p95 = float(np.percentile(waits, 95))
    print(f"{SOCKETS} sockets, one deaf: {len(waits):,} answers to the others, p95 {p95:.1f} ms")


HOOKED = """
import sys
def heard(event, given):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto") and sys.stderr:
        print("CALLS", event, given[1:], file=sys.stderr, flush=True)
sys.addaudithook(heard)
"""
SAY = {
    "draw": [told("draw", "start"), told("draw", "ink", pixels=[0] * 783 + [255]), told("draw", "keep", form="svg")],
    "play": [told("play", "start"), told("play", "train", wanted=True), told("play", "keep", form="pdf")],
    "train": [told("train", "start"), told("train", "train", wanted=True), told("train", "keep", form="png")],
    "weights": [told("weights", "start"), told("weights", "table", array="W1")],
    "sweep": [told("sweep", "start")],
    "sheet": [told("sheet", "start"), told("sheet", "write", form="pdf"), told("sheet", "write", form="xlsx")],
    "calculus": [told("calculus", "start"), told("calculus", "move", name="a", by=1)],
}


def test_it_calls_nobody(tmp_path: Path) -> None:
    assert SAY.keys() == PAGES.keys()
    with command(tmp_path, before=HOOKED, stderr=subprocess.PIPE) as running:
        with guest(running) as ws:
            for page, said in SAY.items():
                for text in said:
                    ws.send(text)
                ws.send(told(page, "open", cell="nothing"))
                heard(ws, page, "unopened")  # all before it has been done
        running.process.terminate()
        assert running.process.stderr is not None
        said = running.process.stderr.read().decode()
    assert "CALLS" not in said, said


@pytest.mark.slow
def test_memory_is_flat_while_it_trains_and_visitors_come_and_go(tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("reads /proc, which this system does not have")
    stop, visits = threading.Event(), []

    def visit(k: int) -> None:
        rng, page = random.Random(k), ("play", "train")[k % 2]
        begin = [("speed", {"per_second": 20})] if page == "play" else [("course", {"course": {}})]
        while not stop.is_set():
            with contextlib.suppress(Exception), guest(running, f"{k:024d}") as ws:
                for kind, more in [("start", {}), *begin, ("train", {"wanted": True}), ("open", {"cell": "J"})]:
                    ws.send(told(page, kind, **more))
                for _ in range(WATCHED):
                    heard(ws, page, "moment")
                visits.append(k)
            stop.wait(rng.uniform(0, 2 * REST))

    with command(tmp_path) as running:
        files = lambda: len(list(Path(f"/proc/{running.process.pid}/fd").iterdir()))
        crowd = [threading.Thread(target=visit, args=(k,)) for k in range(TABS)]
        for thread in crowd:
            thread.start()
        until(lambda: len(visits) > 20, 5 * PATIENCE)  # everything has been there once
        seen: list[tuple[float, float, int]] = []
        end, many = time.monotonic() + MINUTES * 60, len(visits)
        while time.monotonic() < end or len(visits) < many + 20:
            seen.append((time.monotonic() / 3600, running.memory, files()))
            time.sleep(0.5 + MINUTES / 6)
        stop.set()
        for thread in crowd:
            thread.join()
    when, size, open_files = np.array(seen).T
    late = when >= (when[0] + when[-1]) / 2
    slope = np.polyfit(when[late], size[late], 1)[0] if MINUTES else 0.0
    memory = f"memory {size[0]:.1f} to {size[-1]:.1f} MB, {slope:.2f} MB an hour at the end"
    files = f"{open_files.min():.0f} to {open_files.max():.0f} open files"
    print(f"{MINUTES} minutes, {TABS} tabs, {len(visits):,} visits: {memory}; {files}")
    assert size[-1] - size[0] < 24
    assert open_files[-5:].min() <= open_files[:5].max()
