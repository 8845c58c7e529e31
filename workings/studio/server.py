"""Server: the application, and the address it listens at."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket as sockets
import sys
import webbrowser
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from workings.studio.assets import assets
from workings.studio.guard import PROTOCOL, Guard
from workings.studio.messages import LARGEST, Refused
from workings.studio.networks import Networks
from workings.studio.pages import PAGES
from workings.studio.remembered import place, remember, remembered
from workings.studio.session import NONSENSE, Sessions, receive
from workings.studio.shelf import Shelf

if TYPE_CHECKING:
    import uvicorn

HERE = "127.0.0.1"
MOST = 400  # connections at once
THREADS = 100  # pages at work at once, and pictures being made; most of them wait, for the end of an epoch or a pool
SOON = 5.0  # seconds until a socket must have said who it is
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Id = Annotated[str, msgspec.Meta(min_length=16, max_length=64, pattern="^[0-9A-Za-z-]*$")]


class Hello(msgspec.Struct, forbid_unknown_fields=True):
    """The first message of every socket: which visitor it is, and which loading of the page."""

    visitor: Id
    load: Id


class Studio:
    """What all visitors share: the folder, the networks in it, the pages there are, the token.

    folder   models and data are read from here, and what is saved goes here; nothing outside it is touched
    shelf    where the work of visitors outlives the server; by default nowhere
    """

    def __init__(self, folder: Path | str = ".", token: str | None = None, shelf: Path | None = None):
        self.folder = Path(folder).resolve()
        self.token = token or secrets.token_urlsafe(24)
        self.networks = Networks(self.folder)
        self.pages = PAGES
        self.sessions = Sessions(self)
        self.shelf = Shelf(shelf)
        self.start = secrets.token_hex(8)  # tells a page whether it still speaks to the same server

    def app(self, hosts: Iterable[str]) -> Guard:
        """The ASGI application, behind its guard."""
        routes = [Route(path, _asset) for path in assets()] + [WebSocketRoute("/socket", self._socket)]
        return Guard(Starlette(routes=routes, lifespan=self._life), hosts, self.token)

    @contextlib.asynccontextmanager
    async def _life(self, app: Starlette) -> AsyncIterator[None]:
        from threadpoolctl import threadpool_limits

        from workings.backends import native

        native.available()  # loads the kernel, whose threads are to be limited, too
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "page"))
        sys.setswitchinterval(0.001)  # a training in a thread leaves room for the pen
        with threadpool_limits(1):  # two threads on two cores make every picture wait
            self.networks.begin()
            yield
            await self.sessions.close()
            self.shelf.close()

    async def _socket(self, socket: WebSocket) -> None:
        await socket.accept(PROTOCOL)
        try:
            hello = msgspec.json.decode(await asyncio.wait_for(receive(socket), SOON), type=Hello)
        except (msgspec.MsgspecError, Refused, TimeoutError) as error:
            return await socket.close(NONSENSE, str(error)[:100])
        except WebSocketDisconnect:
            return
        visitor, session, known = await self.sessions.welcome(hello.visitor, hello.load)
        session.outbox.say("studio", "welcome", {"visitor": visitor, "known": known, "start": self.start})
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # gone
            await session.serve(socket)


async def _asset(request: Request) -> Response:
    body, kind = assets()[request.url.path]
    return Response(body, media_type=kind)


def serve(
    folder: Path | str = ".",
    port: int | None = None,
    host: str = HERE,
    allow: Iterable[str] = (),
    browser: bool = True,
    tell: Any = print,
) -> None:
    """Serve the studio until it is interrupted.

    folder   where models and data are found and saved
    port     None: the one of last time where it is free, else any
    host     another address than this machine's own lets others in; ask before you do that
    allow    more names under which a browser may reach it, as host:port
    browser  open the page in the browser

    Raises OSError where the port is taken.
    """
    import uvicorn

    before = remembered()
    listening = listen(host, port if port is not None else before.port, any_other=port is None)
    here = int(listening.getsockname()[1])
    studio = Studio(folder, before.token, place().parent / "studio-work")
    remember(here, studio.token)
    name = f"[{host}]" if ":" in host else host
    link = f"http://{name if host in LOOPBACK else HERE}:{here}/#t={studio.token}"
    hosts = [f"{each}:{here}" for each in ("127.0.0.1", "localhost", "[::1]")]
    tell(f"The studio is open at {link}\nStop it with Ctrl-C.")
    if browser:
        webbrowser.open(link)
    uvicorn.Server(
        configured(studio.app([*hosts, *([f"{name}:{port}"] if host not in LOOPBACK else []), *allow]))
    ).run(sockets=[listening])


def configured(app: Any) -> uvicorn.Config:
    """How uvicorn serves it: small headers, small messages, no log of addresses."""
    import uvicorn

    from workings.studio.patience import Patient

    return uvicorn.Config(
        app,
        http=Patient,
        log_level="error",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=LARGEST,
        ws_ping_interval=5.0,
        ws_ping_timeout=20.0,
        ws_per_message_deflate=False,
        h11_max_incomplete_event_size=16_384,
        timeout_keep_alive=5,
        limit_concurrency=MOST,
        timeout_graceful_shutdown=2,
    )


def listen(host: str, port: int, any_other: bool) -> sockets.socket:
    """A socket that listens there; where the port is taken, at any other if that will do."""
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    listening = sockets.socket(family, sockets.SOCK_STREAM)
    listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        if not any_other:
            listening.close()
            raise
        listening.bind((host, 0))
    listening.listen(128)
    return listening
