"""Session: one visitor, its pages, and the socket it speaks through at the moment.

A visitor outlives its socket: when the network fails or the page is loaded again, the same visitor comes back, and a
training that was running has gone on.  Two tabs are two visitors.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from workings.studio.messages import LARGEST, Refused, Text, call, envelope
from workings.studio.outbox import Outbox, Overflow
from workings.studio.page import Page

if TYPE_CHECKING:
    from workings.studio.server import Studio

log = logging.getLogger("workings.studio")
WAITING = 64  # messages of one page that wait for their turn; whoever sends more is not read until they are fewer
MOST = 40  # visitors that are remembered; the one that was away longest is forgotten first
REFUSALS = 50  # messages in a row that make no sense, and then the socket is closed
AWAY = 600.0  # seconds after which the pages of a visitor rest
LOST = "What was kept of your last training cannot be taken up again, so this page begins anew"
START = '{"page": "", "kind": "start"}'
TOO_MUCH, NONSENSE, TAKEN_OVER = 4408, 4400, 4409  # codes of a closing socket, as socket.js knows them


Asked = Callable[[Any], None]


class Session:
    """The pages of one visitor; itself the page "studio", which has no picture."""

    name = "studio"

    def __init__(self, studio: Studio, visitor: str, load: str, loop: asyncio.AbstractEventLoop):
        self.studio = studio
        self.visitor = visitor
        self.load = load  # which loading of the page it is: a reconnecting page may take over its old socket
        self.outbox = Outbox(loop)
        self.pages: dict[str, Page] = {}
        self.lines: dict[str, asyncio.Queue[tuple[str, Asked]]] = {}  # what every page is still to do
        self.working: list[asyncio.Task] = []
        self.socket: WebSocket | None = None
        self.writing: asyncio.Task | None = None
        self.seen = time.monotonic()
        self.clock: asyncio.TimerHandle | None = None  # runs while nobody is here

    def page(self, name: str) -> Page:
        """A page, made when it is first spoken to."""
        if name not in self.pages:
            page = self.pages[name] = self.studio.pages[name](self.studio, self.outbox)
            page.place = self.studio.shelf.place(self.visitor, name)
            _take_up(page)
        return self.pages[name]

    def on_painted(self, of: Text, what: Text) -> None:
        """The browser has painted a picture of a page."""
        self.outbox.painted(of, what)

    def on_refresh(self) -> None:
        """A hidden tab is looked at again: whatever it had not painted is given up."""
        self.outbox.on_their_way.clear()
        self.outbox.filled.set()

    async def close(self) -> None:
        """Forget the visitor, once every training has come to the end of its epoch."""
        for working in self.working:
            working.cancel()
        closing = (asyncio.to_thread(page.close) for page in self.pages.values())
        await asyncio.gather(*closing, return_exceptions=True)  # one that fails keeps no other from being put away

    async def serve(self, socket: WebSocket) -> None:
        """Speak through a socket until it ends, or another takes its place."""
        await _ended(self.writing)  # the socket before this one may not have noticed yet that it is gone
        self.socket = socket
        if self.clock is not None:
            self.clock.cancel()
        self.on_refresh()
        writing = self.writing = asyncio.create_task(self._write(socket))
        try:
            await self._read(socket)
        finally:
            await _ended(writing)
            self.seen = time.monotonic()
            if self.socket is socket:
                self.socket = None
                self.clock = self.outbox.loop.call_later(AWAY, self._rest)

    def _rest(self) -> None:
        for page in self.pages.values():
            self.outbox.loop.run_in_executor(None, page.rest)

    async def _write(self, socket: WebSocket) -> None:
        try:
            while True:
                await socket.send_bytes(await self.outbox.next())
        except Overflow as error:
            await socket.close(TOO_MUCH, str(error))

    async def _read(self, socket: WebSocket) -> None:
        nonsense = 0
        while nonsense < REFUSALS:
            try:
                await self._take(await receive(socket))
                nonsense = 0
            except Refused as error:
                nonsense += 1
                self.outbox.say("studio", "refused", str(error))
        await socket.close(NONSENSE, f"{REFUSALS} messages in a row made no sense")

    async def _take(self, text: str) -> None:
        """What a picture was painted for is heard at once; what a page is asked waits in the line of that page.

        A full line is waited for, so nothing is lost: its sender has said far more than is answered.
        """
        to = envelope(text)
        if to.page == self.name:
            return call(Session, to.kind, text)(self)
        if to.page not in self.studio.pages:
            raise Refused(f"there is no page {to.page!r}")
        kind = self.studio.pages[to.page]
        try:
            asked = call(kind, to.kind, text)
        except Refused as error:
            self.outbox.say(to.page, "failed", error.plain or str(error))
            if to.kind != "start":
                raise
            asked = call(kind, "start", START)  # a link that cannot be read: the page opens with what is there
        if to.page not in self.lines:
            self.lines[to.page] = asyncio.Queue(WAITING)
            self.working.append(asyncio.create_task(self._work(to.page)))
        await self.lines[to.page].put((to.kind, asked))

    async def _work(self, page: str) -> None:
        """A page does what it is asked, one after the other; other pages and visitors do not wait."""
        while True:
            await asyncio.to_thread(self._do, page, *await self.lines[page].get())

    def _do(self, page: str, kind: str, asked: Asked) -> None:
        try:
            asked(self.page(page))
        except Exception as error:  # a page that fails says so, and the others go on
            log.exception("page %s, message %s", page, kind)
            self.outbox.say(page, "failed", f"{kind}: {type(error).__name__}: {error}")


def _take_up(page: Page) -> None:
    """Go on with the work of a server that has ended; where that cannot be, the page says so and begins anew."""
    try:
        if (work := page.place.get()) is not None:
            page.restore(work)
    except (ValueError, OSError) as error:
        page.say("failed", f"{LOST}: {error}")
    except (LookupError, TypeError, AttributeError):
        page.say("failed", f"{LOST}: another version of Workings kept it, in another form")


async def _ended(task: asyncio.Task | None) -> None:
    """Once a task has been stopped."""
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


async def receive(socket: WebSocket) -> str:
    """The next message.  Raises Refused where it is no text, WebSocketDisconnect at the end."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1006)
    text = message.get("text")
    if text is None or len(text) > LARGEST:
        raise Refused(f"a message is text of at most {LARGEST:,} characters")
    return text


class Sessions:
    """All visitors, the one seen longest ago first."""

    def __init__(self, studio: Studio):
        self.studio = studio
        self.known: OrderedDict[str, Session] = OrderedDict()
        self.leaving: dict[str, asyncio.Task] = {}

    async def welcome(self, visitor: str, load: str) -> tuple[str, Session, bool]:
        """The visitor's session, and whether it goes on whole.  A copied tab becomes a visitor of its own."""
        if visitor in self.leaving:
            await self.leaving[visitor]  # its work is being put away
        session = self.known.get(visitor)
        if session and session.socket is not None:
            if session.load != load:
                visitor, session = f"{visitor[:40]}-{load[:20]}", None
            else:
                with contextlib.suppress(Exception):
                    await session.socket.close(TAKEN_OVER, "the page has come back through another socket")
        whole = session is not None and not session.outbox.over
        if session and (session.load != load or not whole):
            session.outbox.begin()  # a page that only lost its socket is told what it missed
        session = session or Session(self.studio, visitor, load, asyncio.get_running_loop())
        session.load = load
        self.known[visitor] = session
        self.known.move_to_end(visitor)
        self._forget()
        return visitor, session, whole

    def _forget(self) -> None:
        away = [name for name, session in self.known.items() if session.socket is None]
        for name in away[: max(0, len(self.known) - MOST)]:
            leaving = self.leaving[name] = asyncio.create_task(self.known.pop(name).close())  # nobody waits for it
            leaving.add_done_callback(lambda _, name=name: self.leaving.pop(name))

    async def close(self) -> None:
        """The server ends."""
        await asyncio.gather(*self.leaving.values(), *(session.close() for session in self.known.values()))

    def told(self) -> dict[str, Any]:
        """How many are here, for people who look after the server."""
        return {"known": len(self.known), "here": sum(s.socket is not None for s in self.known.values())}
