"""What is asked of a page waits in the line of that page, in order, and holds up nothing else."""

from __future__ import annotations

import contextlib
import functools
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.studio_guests import PATIENCE, Place, served, until
from tests.test_studio_safety import DEAF, guest, heard
from workings.studio.pages.calculus import Calculus
from workings.studio.session import MOST, WAITING

BUSY = Calculus.name  # the page that is long at work


def told(page: str, kind: str, **more: Any) -> str:
    return json.dumps({"page": page, "kind": kind, **more})


class Work:
    """What the busy page was asked to move, while it may not go on before `enough`."""

    def __init__(self) -> None:
        self.enough = threading.Event()
        self.moved: list[int] = []
        self.at_once = self.most = 0

    def move(self, page: Any, name: str, by: float) -> None:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.moved.append(int(by))
        self.enough.wait(PATIENCE)
        self.at_once -= 1
        page.say("moved", {"by": by})


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A studio for one test: what it left undone is no matter of the next."""
    with served(tmp_path) as found:
        yield found


@pytest.fixture
def work(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """The busy page, whose work does not end by itself."""
    made, move = Work(), Calculus.on_move
    monkeypatch.setattr(Calculus, "on_move", functools.wraps(move)(lambda page, **given: made.move(page, **given)))
    yield made
    made.enough.set()


def busy(ws: Any, many: int = 1) -> None:
    """Ask the busy page for more than it can do."""
    for k in range(many):
        ws.send(told(BUSY, "move", name="a", by=k))


def pictures(ws: Any) -> None:
    ws.send(told("play", "train", wanted=True))
    for _ in range(5):
        heard(ws, "play", "moment")  # each is sent when the one before it is said to be painted
    ws.send(told("play", "train", wanted=False))


MEANWHILE: dict[str, Callable[[Any], Any]] = {
    "a sign of life is answered": lambda ws: ws.ping().wait(PATIENCE) or pytest.fail("no pong"),
    "what was painted is heard": pictures,
    "another page answers": lambda ws: (ws.send(told("weights", "start")), heard(ws, "weights", "networks")),
    "nonsense is refused": lambda ws: (ws.send("nonsense"), heard(ws, "studio", "refused")),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_while_a_page_is_at_work(place: Place, work: Work, what: str) -> None:
    with guest(place) as ws:
        busy(ws, WAITING // 2)
        until(lambda: work.moved)
        MEANWHILE[what](ws)
        assert work.moved == [0]


@pytest.mark.parametrize("many", [2, WAITING, 5 * WAITING])
@pytest.mark.parametrize("sockets", [1, 3])
def test_nothing_is_lost_and_all_of_it_is_in_order(place: Place, work: Work, many: int, sockets: int) -> None:
    lines: Callable[[], dict[str, Any]] = lambda: place.studio.sessions.known["v" * 24].lines
    waiting = lambda: lines()[BUSY].qsize() if BUSY in lines() else 0
    with contextlib.ExitStack() as stack:
        for k in range(sockets):  # the page loses its connection and comes back, while it is at work
            ws = stack.enter_context(guest(place, "v" * 24, **DEAF))
            busy(ws, many if k == sockets - 1 else 1)
            until(lambda k=k: len(work.moved) + waiting() > k)
        until(lambda: waiting() == min(many + sockets - 2, WAITING))
        work.enough.set()
        until(lambda: len(work.moved) == many + sockets - 1)
    assert work.moved == [0] * (sockets - 1) + [*range(many)]
    assert work.most == 1


def test_a_page_that_is_loaded_again_is_the_same_visitor(place: Place, work: Work) -> None:
    with guest(place, "v" * 24) as ws:
        busy(ws)
        until(lambda: work.moved)
    until(lambda: place.studio.sessions.told()["here"] == 0)
    with guest(place, hello=False) as ws:
        ws.send(json.dumps({"visitor": "v" * 24, "load": "y" * 20}))
        assert heard(ws, "studio", "welcome")[0]["data"]["visitor"] == "v" * 24
    assert work.at_once == 1


def test_many_who_work_do_not_stop_another(place: Place, work: Work) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(MOST):
            busy(stack.enter_context(guest(place)))
        until(lambda: work.at_once == MOST)
        ws = stack.enter_context(guest(place))
        pictures(ws)


def test_one_who_is_forgotten_in_the_middle_of_an_epoch_stops_nobody(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, asked = threading.Event(), threading.Event()
    monkeypatch.setattr(Calculus, "close", lambda page: (asked.set(), ended.wait(PATIENCE)))
    with guest(place, "slow" * 6) as ws:
        ws.send(told(BUSY, "start"))
        heard(ws, BUSY, "graph")
    try:
        while not asked.is_set():
            with guest(place):
                pass
        with guest(place) as ws:
            pictures(ws)
        assert not ended.is_set()
    finally:
        ended.set()
