"""Guard: who may speak to the server.

A local server is reached by every web page that the user's browser shows, by name tricks (DNS rebinding) and by other
users of the machine.  So: an exact list of hosts, our own origin only, and for the socket a token that stands in no
address, log or cookie.  What is refused is refused before anything else looks at it.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

Scope = dict[str, Any]
ASGI = Callable[[Scope, Any, Any], Awaitable[None]]

PROTOCOL = "workings"  # the name of our subprotocol; the token follows it as a second one
LONGEST = 8192  # bytes of all headers together
TOO_LONG = "the headers of this request are too long"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """An ASGI application in front of another: it passes on what comes from our own page, and refuses the rest."""

    def __init__(self, app: ASGI, hosts: Iterable[str], token: str):
        self.app = app
        self.hosts = frozenset(hosts)  # host:port, as a browser writes it
        self.token = token

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if sum(len(name) + len(value) for name, value in scope.get("headers", ())) > LONGEST:
            return await (refuse(send, 431, TOO_LONG) if scope["type"] == "http" else _close(send, TOO_LONG))
        if scope["type"] == "http":
            if why := self.refusal(scope):
                return await refuse(send, 403, why)
            if scope["method"] not in ("GET", "HEAD"):
                return await refuse(send, 405, "only GET: everything that changes something goes over the socket")
            return await self.app(scope, receive, _with_headers(send))
        if scope["type"] == "websocket":
            if why := self.refusal(scope) or self.unproven(scope):
                await receive()
                return await _close(send, why)
            scope["subprotocols"] = [PROTOCOL]  # the token goes no further
            scope["headers"] = [(k, v) for k, v in scope["headers"] if k != b"sec-websocket-protocol"]
            return await self.app(scope, receive, send)
        await self.app(scope, receive, send)  # the server's own start and end

    def refusal(self, scope: Scope) -> str:
        """Why a request is not from our own page; empty where it may be."""
        hosts, origins = headers(scope, "host"), headers(scope, "origin")
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return "this server answers to its own address only"
        socket = scope["type"] == "websocket"
        if len(origins) > 1 or (socket and not origins) or not all(map(self._ours, origins)):
            return "this request comes from another site"
        site = headers(scope, "sec-fetch-site")
        if site and site[-1] not in ("same-origin", "none") and not self._arrives(scope):
            return "this request comes from another site"
        return ""

    def unproven(self, scope: Scope) -> str:
        """Why a socket has not shown the token; empty where it has."""
        named = scope.get("subprotocols") or []
        shown = [p for p in named if p != PROTOCOL]
        if PROTOCOL not in named or len(shown) != 1:
            return "the token is missing"
        return "" if hmac.compare_digest(shown[0].encode(), self.token.encode()) else "the token is wrong"

    def _ours(self, origin: str) -> bool:
        scheme, _, host = origin.partition("://")
        return scheme == "http" and host in self.hosts

    @staticmethod
    def _arrives(scope: Scope) -> bool:
        """A link that was followed to the front page: it brings nothing but the page."""
        mode, to = headers(scope, "sec-fetch-mode"), headers(scope, "sec-fetch-dest")
        navigates = mode == ["navigate"] and to == ["document"]
        return scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET" and navigates


def headers(scope: Scope, name: str) -> list[str]:
    """Every value of a header."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key.decode("latin-1").lower() == name]


def _with_headers(send: Any) -> Any:
    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *packed(HEADERS)]
        await send(message)

    return sending


def packed(named: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI wants them."""
    return [(name.lower().encode(), value.encode()) for name, value in named.items()]


async def refuse(send: Any, status: int, why: str) -> None:
    """A sentence, and nothing of the page."""
    body = f"{why}\n".encode()
    told = packed({**HEADERS, "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))})
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


async def _close(send: Any, why: str) -> None:
    await send({"type": "websocket.close", "code": 4403, "reason": why})  # before it opens: a 403 without a body
