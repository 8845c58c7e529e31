"""A crowd in a process of its own: clients that ask the studio for its files, each at its own pace.

    python -m tests.crowd PORT CLIENTS PER_SECOND SECONDS

prints as JSON how long every answer took, in milliseconds, and what was wrong.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import sys
import threading
import time
from pathlib import Path

PATIENCE = 60.0
WEB = Path(__file__).parent.parent / "workings" / "studio" / "web"
FILES = {f"/{file.relative_to(WEB).as_posix()}": file.read_bytes() for file in WEB.rglob("*.*")}


def client(k: int, port: int, rest: float, end: float, took: list[float], wrong: list[str]) -> None:
    """One of them: keeps its connection, as a browser does, and rests about so many seconds between two requests."""
    rng = random.Random(k)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    time.sleep(rest * rng.random())
    began = 0.0
    while not began or time.monotonic() < end:  # once at least
        began, path = time.monotonic(), rng.choice([*FILES])
        try:
            answer = asked(connection, path)
            if answer.status != 200 or answer.read() != FILES[path]:
                wrong.append(f"{path}: {answer.status}")
        except (OSError, http.client.HTTPException) as error:
            wrong.append(f"{path}: {error!r}")
            connection.close()
        spent = time.monotonic() - began
        took.append(1000 * spent)
        time.sleep(max(0.0, rest * rng.uniform(0.5, 1.5) - spent))


def asked(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    """The answer; where a kept connection turns out to have ended, through a new one, as a browser does it."""
    kept = connection.sock is not None
    try:
        connection.request("GET", path)
        return connection.getresponse()
    except (ConnectionError, http.client.BadStatusLine):
        connection.close()
        if not kept:
            raise
        return asked(connection, path)


def main() -> None:
    """Ask, and tell."""
    port, clients, per_second, seconds = map(int, sys.argv[1:])
    with contextlib.suppress(AttributeError):  # Windows
        os.nice(10)  # what is measured is the server
    took: list[float] = []
    wrong: list[str] = []
    end = time.monotonic() + seconds
    crowd = [
        threading.Thread(target=client, args=(k, port, clients / per_second, end, took, wrong))
        for k in range(clients)
    ]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    print(json.dumps({"took": took, "wrong": wrong}))


if __name__ == "__main__":
    main()
