"""The studio as it is served: raw requests, foreign sockets, nonsense by the thousand, links, restarts, crowds."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import string
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases import FULL
from tests.studio_guests import PATIENCE, Place, Running, command, served, tab, until, visited, wait
from workings.studio.assets import assets
from workings.studio.frames import unpack
from workings.studio.guard import PROTOCOL
from workings.studio.messages import LARGEST, shapes
from workings.studio.pages import PAGES
from workings.studio.session import MOST

client = pytest.importorskip("websockets.sync.client")
exceptions = pytest.importorskip("websockets.exceptions")
ConnectionClosed, InvalidStatus = exceptions.ConnectionClosed, exceptions.InvalidStatus

MANY = 2000 if FULL else 300  # messages of nonsense
DEAF: dict[str, Any] = {"close_timeout": 0.1}  # who reads nothing hears no goodbye, and need not wait for it


@contextlib.contextmanager
def guest(place: Place | Running, visitor: str = "", hello: bool = True, **more: Any) -> Iterator[Any]:
    """A socket as our own page opens it."""
    ours = {"origin": place.address, "subprotocols": [PROTOCOL, place.token], "max_size": None}
    given = {**ours, "open_timeout": PATIENCE, "ping_interval": None, **more}
    with client.connect(f"{place.address.replace('http', 'ws')}/socket", proxy=None, **given) as ws:
        if hello:
            name = visitor or "".join(random.choices(string.ascii_lowercase, k=24))
            ws.send(json.dumps({"visitor": name, "load": "x" * 20}))
            assert unpack(ws.recv(timeout=PATIENCE))[0]["kind"] == "welcome"
        yield ws


def heard(ws: Any, page: str, kind: str, seconds: float = PATIENCE) -> tuple[dict, dict]:
    """The next message of a kind."""
    end = time.monotonic() + seconds
    while True:
        header, arrays = unpack(ws.recv(timeout=max(0.01, end - time.monotonic())))
        if header.get("paint"):
            ws.send(json.dumps({"page": "studio", "kind": "painted", "of": header["page"], "what": header["kind"]}))
        if (header["page"], header["kind"]) == (page, kind):
            return header, arrays


def status(place: Place, request: str) -> int:
    answer = place.send(request)
    return int(answer.split()[1]) if answer else 0


def test_it_listens_on_this_machine_only(place: Place) -> None:
    told = Path("/proc/net/tcp")
    if not told.exists():
        pytest.skip("reads /proc/net/tcp, which this system does not have")
    listening = [line.split()[1] for line in told.read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert [a for a in listening if a.endswith(f":{place.port:04X}")] == [f"0100007F:{place.port:04X}"]


def test_every_route_is_an_asset_or_the_socket(place: Place) -> None:
    routes = {route.path for route in place.server.config.app.app.routes}
    assert routes == {*assets(), "/socket"}
    for path in routes - {"/socket"}:
        assert status(place, f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{place.port}\nConnection: close\n\n") == 200


ODD = [
    ("GET /app.js HTTP/1.1\nHost: evil.example\n\n", 403),
    ("GET /app.js HTTP/1.1\n\n", 400),
    ("GET http://127.0.0.1:{p}/app.js HTTP/1.1\nHost: evil.example\n\n", 403),
    ("GET /app.js HTTP/1.1\nHost: 127.0.0.1:{p}\nHost: evil.example\n\n", 400),
    ("GET /app.js HTTP/1.0\n\n", 403),
    ("POST / HTTP/1.1\nHost: 127.0.0.1:{p}\nContent-Length: 10\n\n0123456789", 405),
    ("POST / HTTP/1.1\nHost: 127.0.0.1:{p}\nContent-Length: 99999999999\n\n", 405),
    ("BREW / HTTP/1.1\nHost: 127.0.0.1:{p}\n\n", 405),
    ("GET /nothing HTTP/1.1\nHost: 127.0.0.1:{p}\n\n", 404),
    ("GET /socket HTTP/1.1\nHost: 127.0.0.1:{p}\n\n", 404),
    ("GET /app.js HTTP/1.1\nHost: 127.0.0.1:{p}\nX: " + "y" * 20_000 + "\n\n", 431),
    ("nonsense\n\n", 400),
    ("GET / HTTP/1.1\nHost: 127.0.0.1:{p}\nTransfer-Encoding: chunked\nContent-Length: 3\n\n", 200),
]
UP = ["../", "..\\", "%2e%2e/", "%252e%252e/", "..%2f", "..%5c", "%c0%ae%c0%ae/", "....//", "..;/", "/", "//", "~/"]
UP += ["./.", "\\\\host\\share\\", "C:/", "file:///"]
TARGETS = ["etc/passwd", "proc/self/environ", "app.js/../../server.py", "pages/../../guard.py"]
TARGETS += ["index.html%00.py", "app.js::$DATA"]
FIRST = ['{"visitor":"short","load":"short"}', "[]", "x" * 1000]
FIRST += ['{"visitor":"../../../../etc/passwd/aaaa","load":"aaaaaaaaaaaaaaaaaa"}']


@pytest.mark.parametrize("case", range(len(ODD)))
def test_odd_requests_are_refused(place: Place, case: int) -> None:
    request, wanted = ODD[case]
    got = status(place, request.replace("{p}", str(place.port)))
    assert got == wanted or (wanted in (400, 431) and got in (400, 403, 431)), got


def test_no_path_leads_out(place: Place) -> None:
    tried = [f"/{up * n}{target}" for up in UP for n in (1, 2, 3, 4, 8, 20) for target in TARGETS]
    for path in tried:
        if " " in path or "\n" in path:
            continue
        got = place.send(f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{place.port}\nConnection: close\n\n")
        assert got.split()[1] in ("404", "400"), path
    assert len(tried) >= 500


def test_a_request_that_never_ends_is_let_go(place: Place) -> None:
    with socket.create_connection(("127.0.0.1", place.port), timeout=PATIENCE) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        assert s.recv(100).startswith(b"HTTP/1.1 408")


WRONG: list[dict[str, Any]] = [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": None},
    {"subprotocols": [PROTOCOL]},
    {"subprotocols": [PROTOCOL, "w" * 32]},
    {"subprotocols": None},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_foreign_socket_is_refused(place: Place, wrong: dict) -> None:
    with pytest.raises(InvalidStatus, match="403"), guest(place, **wrong):
        pass


def test_a_socket_that_does_not_say_who_it_is_is_closed(place: Place) -> None:
    for first in FIRST:
        with guest(place, hello=False) as ws:
            ws.send(first)
            with pytest.raises(ConnectionClosed):
                ws.recv(timeout=PATIENCE)


def nonsense(rng: random.Random) -> str | bytes:
    """A message that is nearly right."""
    page = rng.choice([*PAGES.values()])
    kinds = shapes(page)
    kind = rng.choice([*kinds, "start", "nothing"])
    junk = [
        None,
        -1,
        1e308,
        10**400,
        "x" * rng.choice([1, 300, 5000]),
        [],
        {},
        [[[]]],
        True,
        "../../etc/passwd",
        "<b>",
    ]
    fields = {name: rng.choice(junk) for name in getattr(kinds.get(kind), "__struct_fields__", ())[2:]}
    message = {"page": rng.choice([page.name, "studio", "x", None]), "kind": kind, **fields}
    if rng.random() < 0.3:
        message[rng.choice(["extra", "__proto__", "kind", "page"])] = rng.choice(junk)
    text = json.dumps(message)
    if rng.random() < 0.3:
        cut = rng.randrange(len(text))
        text = text[:cut] + rng.choice(["", "\0", "}", "é", '"']) + text[cut + rng.randrange(3) :]
    return text.encode("utf-8", "surrogatepass") if rng.random() < 0.1 else text


def test_nonsense_is_refused_and_nobody_falls(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    rng = random.Random(5)
    sent = 0
    while sent < MANY:
        with guest(place, **DEAF) as ws, contextlib.suppress(ConnectionClosed):
            for _ in range(40):
                ws.send(nonsense(rng))
                sent += 1
    with guest(place) as ws:
        ws.send(json.dumps({"page": "calculus", "kind": "start"}))
        assert heard(ws, "calculus", "graph")[0]["data"]["result"] == "J"
    left = lambda: sum(q.qsize() for s in [*place.studio.sessions.known.values()] for q in [*s.lines.values()])
    until(lambda: left() == 0)
    assert not [record.getMessage() for record in caplog.records if record.name == "workings.studio"]


def test_a_message_that_is_too_large_ends_the_socket(place: Place) -> None:
    with guest(place) as ws, contextlib.suppress(ConnectionClosed):
        ws.send("x" * (LARGEST + 1))
        for _ in range(100):
            ws.recv(timeout=PATIENCE)
        pytest.fail("it went on")


def test_a_guest_who_does_not_read_does_not_hold_up_others(place: Place) -> None:
    with guest(place, **DEAF) as deaf, guest(place) as other:
        for _ in range(600):
            with contextlib.suppress(ConnectionClosed):
                deaf.send(json.dumps({"page": "play", "kind": "start"}))
        other.send(json.dumps({"page": "calculus", "kind": "start"}))
        heard(other, "calculus", "graph")


def test_many_visitors_are_not_mixed_up_and_old_ones_are_forgotten(place: Place) -> None:
    with contextlib.ExitStack() as stack:
        guests = [stack.enter_context(guest(place)) for _ in range(10)]
        for k, ws in enumerate(guests):
            ws.send(
                json.dumps({"page": "calculus", "kind": "graph", "formula": "J = a * 2", "values": {"a": str(k)}})
            )
        for k, ws in enumerate(guests):
            told = heard(ws, "calculus", "graph")[0]["data"]
            assert {n["name"]: n["value"] for n in told["nodes"]} == {"a": str(k), "J": str(2 * k)}
    for _ in range(MOST + 5):
        with guest(place):
            pass
    until(lambda: len(place.studio.sessions.known) <= MOST + 1)


def test_a_visitor_who_comes_back_finds_the_training_going_on(place: Place) -> None:
    with guest(place, "v" * 24) as ws:
        ws.send(json.dumps({"page": "play", "kind": "train", "wanted": True}))
        heard(ws, "play", "moment")
    with guest(place, "v" * 24) as ws:
        ws.send(json.dumps({"page": "play", "kind": "start"}))
        while (epoch := heard(ws, "play", "moment")[0]["data"]["epoch"]) < 5:
            pass
        assert epoch >= 5
        ws.send(json.dumps({"page": "play", "kind": "train", "wanted": False}))
    with guest(place, "w" * 24) as ws:
        ws.send(json.dumps({"page": "play", "kind": "start"}))
        assert heard(ws, "play", "moment")[0]["data"]["epoch"] == 0


def test_the_terminal_hears_nothing_of_the_token_nor_of_who_was_refused(tmp_path: Path) -> None:
    with command(tmp_path, stderr=subprocess.PIPE) as running:
        with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as s:
            s.sendall(f"GET /?t={running.token} HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\n\r\n".encode())
            assert s.recv(1000)
        for wrong in WRONG:
            with pytest.raises(InvalidStatus), guest(running, **wrong):
                pass
        running.process.terminate()
        assert running.process.stdout is not None
        assert running.process.stderr is not None
        assert running.process.stdout.read() == b"Stop it with Ctrl-C.\n"
        assert running.process.stderr.read() == b""


def test_a_port_that_is_taken_is_a_sentence(place: Place, tmp_path: Path) -> None:
    environment = os.environ | {"WORKINGS_STATE": str(tmp_path / "state"), "PYTHONPATH": str(Path.cwd())}
    code = "import sys; from workings.cli import main; main()"
    for words, said in [
        (["--port", str(place.port)], f"port {place.port} is taken"),
        (["--host", "0.0.0.0"], "--let-others-in"),
        ([str(tmp_path / "nowhere")], "is not a folder"),
    ]:
        run = subprocess.run(
            [sys.executable, "-c", code, "studio", "--no-browser", *words],
            capture_output=True,
            text=True,
            env=environment,
            timeout=2 * PATIENCE,
        )
        assert run.returncode == 2
        assert said in run.stderr
        assert "Traceback" not in run.stderr


def test_the_page_comes_back_by_itself_after_a_restart(browser: Any, tmp_path: Path) -> None:
    page = tab(browser)
    with served(tmp_path) as first:
        token, port = first.studio.token, first.port
        page.goto(f"{first.address}/#t={token}")
        page.wait_for_selector("main h1")
        assert token not in page.url
        assert token not in page.content()
    wait(page, "document.querySelector('.status')?.innerText.includes('trying again')")
    with served(tmp_path, token, port):
        wait(page, "document.querySelector('.status').innerText.includes('connected')")
    page.context.close()


def test_a_page_without_a_token_says_so(browser: Any, place: Place) -> None:
    page = tab(browser)
    page.goto(f"{place.address}/")
    wait(page, "document.querySelector('.status')?.innerText.includes('no valid token')")
    page.context.close()


def test_ten_tabs(browser: Any, place: Place) -> None:
    with contextlib.ExitStack() as stack:
        units = [k % 8 + 1 for k in range(10 if FULL else 4)]
        tabs = [stack.enter_context(visited(browser, place, f"play?data=xor&hidden={n}")) for n in units]
        for tab in tabs:
            tab.wait_for_selector(".net-picture")
            tab.get_by_role("button", name="New seed").click()
        for n, tab in zip(units, tabs, strict=True):
            wait(tab, f"document.querySelectorAll('.net-layer')[1].querySelectorAll('.net-picture').length == {n}")
            wait(tab, "new URLSearchParams(location.hash.split('?')[1]).has('seed')")
            assert f"hidden={n}&" in f"{tab.url}&"
