"""Outbox: what goes out to the browser.

What is *said* arrives, all of it and in order.  What is *shown* (a picture of a moment: the network after this step)
is worth only as much as it is new: one picture of a page is on its way at a time, the browser says when it has
painted it, and the next is made at that moment.  So a slow browser sees fewer pictures, not older ones, and training
never waits.  A fast one gets PER_SECOND of a kind: more would not look smoother, and would cost the training time.
A page that shows much makes several kinds of it, which take turns: each is painted sooner than all of it would be.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from workings.studio.frames import pack

Arrays = Mapping[str, np.ndarray]
Picture = Callable[[], tuple[dict[str, Any], Arrays] | None]
MOST = 500  # things said that wait; a browser that reads none of them is let go
PER_SECOND = 25  # pictures of one kind


class Overflow(Exception):
    """The browser does not read what it is sent."""


class Outbox:
    """Filled from any thread, emptied by one socket."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self.filled = asyncio.Event()
        self.words: deque[bytes] = deque()
        self.pictures: dict[tuple[str, str], tuple[Picture, float]] = {}
        self.on_their_way: set[tuple[str, str]] = set()
        self.due: dict[tuple[str, str], float] = {}  # when the next of a kind may be made
        self.hands_on = threading.Lock()  # on `words` and `pictures`
        self.over = False

    def say(self, page: str, kind: str, data: Any = None, arrays: Arrays | None = None) -> None:
        """Something that must arrive."""
        frame = pack({"page": page, "kind": kind, "data": data}, arrays)
        with self.hands_on:
            self.over = self.over or len(self.words) >= MOST
            if not self.over:  # nobody reads it any more, and whoever comes back is told anew
                self.words.append(frame)
        self._wake()

    def show(self, page: str, kind: str, picture: Picture, per_second: float = PER_SECOND) -> None:
        """Something of which the newest counts; `picture` makes it when the browser is ready for it, or None."""
        with self.hands_on:
            waits = (page, kind) in self.pictures
            self.pictures[page, kind] = picture, per_second
        if not waits:  # a training shows itself 2,000 times a second; who knows of one picture needs no telling
            self._wake()

    def begin(self) -> None:
        """Whoever reads begins anew: what was said before is not told any more."""
        self.words.clear()
        self.over = False

    def painted(self, page: str, kind: str) -> None:
        """The browser has painted the last picture of a kind."""
        self.on_their_way.discard((page, kind))
        self.filled.set()

    def _wake(self) -> None:
        try:
            self.loop.call_soon_threadsafe(self.filled.set)
        except RuntimeError:  # the server is going down
            self.over = True

    async def next(self) -> bytes:
        """The next frame for the browser.  Raises Overflow where it has stopped reading."""
        while True:
            if self.over:
                raise Overflow(f"{MOST} messages were not read")
            if self.words:
                return self.words.popleft()
            key, rest = self._ready()
            if key is not None and rest is not None and rest <= 0:
                with self.hands_on:
                    picture, per_second = self.pictures.pop(key)
                when = time.time()
                self.due[key] = time.monotonic() + 1 / per_second
                try:
                    made = await asyncio.to_thread(picture)
                except asyncio.CancelledError:  # another socket takes over, and shows it
                    self.pictures.setdefault(key, (picture, per_second))
                    raise
                if made is not None:
                    self.on_their_way.add(key)
                    page, kind = key
                    return pack({"page": page, "kind": kind, "data": made[0], "paint": when}, made[1])
                continue
            self.filled.clear()
            with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
                await asyncio.wait_for(self.filled.wait(), rest)

    def _ready(self) -> tuple[tuple[str, str] | None, float | None]:
        """The picture whose turn it is, and in how many seconds."""
        busy = {page for page, _ in self.on_their_way}
        free = [key for key in list(self.pictures) if key[0] not in busy]
        if not free:
            return None, None
        key = min(free, key=lambda key: self.due.get(key, 0.0))
        return key, self.due.get(key, 0.0) - time.monotonic()
