"""Patience: how long a connection may take to say what it wants."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 5.0
LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Patient(H11Protocol):
    """uvicorn's own reading of HTTP, which would wait for ever for the end of a request."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.clock: asyncio.TimerHandle = self.loop.call_later(SECONDS, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self.clock.cancel()
        super().connection_lost(exc)

    def _late(self) -> None:
        """Nothing whole has come: neither a request nor an upgrade to a socket."""
        waiting = self.cycle is None and self.transport.get_protocol() is self
        if waiting and not self.transport.is_closing():
            self.transport.write(LATE)
            self.transport.close()
