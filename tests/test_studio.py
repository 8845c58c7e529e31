"""The studio's server: who may speak to it, what it understands, and what it never does."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("starlette", reason="the studio needs workings[studio]")
from workings import Dense, Model, data
from workings.studio.assets import assets
from workings.studio.by_hand import panel, terms
from workings.studio.frames import pack, unpack
from workings.studio.guard import PROTOCOL, Guard
from workings.studio.messages import LARGEST, Refused, call, envelope, shapes
from workings.studio.outbox import MOST, Outbox, Overflow
from workings.studio.pages import PAGES
from workings.studio.remembered import Remembered, place, remember, remembered
from workings.studio.server import Studio
from workings.studio.session import Session

HOST, TOKEN = "127.0.0.1:8000", "t" * 32


def asked(kind: str = "http", path: str = "/", method: str = "GET", protocols: Any = (), **headers: Any) -> int:
    """The status with which a request is answered; 200 where the guard lets it pass."""
    given = [("host", HOST)] if "host" not in headers else []
    given += [
        (k.replace("_", "-"), v) for k, each in headers.items() for v in (each if isinstance(each, list) else [each])
    ]
    scope = {
        "type": kind,
        "path": path,
        "method": method,
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in given],
        "subprotocols": list(protocols),
    }
    answers: list[dict] = []

    async def passed(scope: dict, receive: object, send: object) -> None:
        answers.append({"status": 200})

    async def nothing(message: dict | None = None) -> dict:
        if message:
            answers.append(message)
        return {"type": "websocket.connect"}

    asyncio.run(Guard(passed, [HOST, "localhost:8000"], TOKEN)(scope, nothing, nothing))
    return answers[0].get("status", 403)  # a socket that is closed before it opens


OURS = {"origin": f"http://{HOST}"}
HOSTS = [
    "",
    "evil.example",
    "127.0.0.1",
    "127.0.0.1:8001",
    "127.0.0.1:8000.",
    "127.0.0.1.:8000",
    "localhost",
    "[::1]:8000",
]
HOSTS += ["127.0.0.1:8000@evil.example", "evil.example:8000", "127.0.0.1:08000", "0.0.0.0:8000", "2130706433:8000"]
HOSTS += ["127.1:8000", "LOCALHOST:8000", "127.0.0.1:8000, evil.example", "http://127.0.0.1:8000", "127.0.0.1:8000/"]
ORIGINS = ["null", "", "http://evil.example", "https://127.0.0.1:8000", "http://127.0.0.1", "http://127.0.0.1:8001"]
ORIGINS += [
    "http://127.0.0.1:8000.evil.example",
    "http://127.0.0.1:8000/",
    "http://localhost",
    "file://",
    "ws://127.0.0.1:8000",
]


def test_our_own_page_is_let_in() -> None:
    assert asked() == asked(sec_fetch_site="none") == asked(path="/app.js", sec_fetch_site="same-origin") == 200
    assert asked(host="localhost:8000") == 200
    assert asked("websocket", protocols=(PROTOCOL, TOKEN), **OURS) == 200
    assert asked(sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document") == 200


@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_refused(host: str) -> None:
    assert asked(host=host) == 403
    assert asked("websocket", protocols=(PROTOCOL, TOKEN), host=host, **OURS) == 403


def test_two_hosts_are_refused() -> None:
    assert asked(host=[HOST, HOST]) == 403


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_foreign_origin_is_refused(origin: str) -> None:
    assert asked("websocket", protocols=(PROTOCOL, TOKEN), origin=origin) == 403
    assert asked(path="/app.js", origin=origin) == 403


def test_a_socket_needs_an_origin_and_the_token() -> None:
    assert asked("websocket", protocols=(PROTOCOL, TOKEN)) == 403
    for wrong in (
        (),
        (PROTOCOL,),
        (TOKEN,),
        (PROTOCOL, ""),
        (PROTOCOL, TOKEN[:-1]),
        (PROTOCOL, TOKEN, TOKEN),
        (PROTOCOL, TOKEN + "t"),
    ):
        assert asked("websocket", protocols=wrong, **OURS) == 403, wrong


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", ""])
def test_other_sites_get_nothing_but_the_front_page_by_a_link(site: str) -> None:
    for more in (
        {},
        {"sec_fetch_mode": "no-cors", "sec_fetch_dest": "script"},
        {"sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    ):
        assert asked(path="/app.js", sec_fetch_site=site, **more) == 403
    assert asked("websocket", protocols=(PROTOCOL, TOKEN), sec_fetch_site="cross-site", **OURS) == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])
def test_nothing_is_changed_by_a_request(method: str) -> None:
    assert asked(method=method, **OURS) == 405


def test_only_files_of_ours_are_served() -> None:
    assert {"/", "/app.js", "/pages/draw.js"} < set(assets())
    assert all(page in {Path(name).stem for name in assets() if name.startswith("/pages/")} for page in PAGES)
    text = b"".join(body for body, _ in assets().values())
    assert b"https://" not in text, "the studio fetches nothing"
    assert b"innerHTML" not in text, "text stays text"
    assert b"style=" not in text, "styles stand in the sheet: the page allows no others"


@settings(deadline=None)
@given(
    st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=3),
    st.lists(st.integers(0, 4), min_size=1, max_size=3),
    st.sampled_from(["uint8", "float32", "int32"]),
)
def test_a_frame_comes_out_as_it_went_in(header: dict, shape: list[int], dtype: str) -> None:
    arrays = {"a": np.arange(np.prod(shape)).astype(dtype).reshape(shape), "b": np.zeros((3,), dtype)}
    told, found = unpack(pack({"data": header}, arrays))
    assert told["data"] == header
    assert all(np.array_equal(found[n], a) and found[n].shape == a.shape for n, a in arrays.items())


NONSENSE = [
    "",
    "null",
    "[]",
    "{}",
    '{"page":1,"kind":"x"}',
    "NaN",
    '{"page":"draw"}',
    "[" * 100_000,
    '{"page":"' + "x" * 30 + '","kind":"x"}',
]


@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="this is not a message"):
        envelope(text)


def test_a_message_that_is_too_long_is_refused() -> None:
    with pytest.raises(Refused, match="at most 1,048,576 bytes"):
        envelope(" " * (LARGEST + 1))


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_message_of_a_page_is_read_by_its_form(page: type) -> None:
    for kind, form in shapes(page).items():
        for more in ({"surprise": 1}, {name: {"a": []} for name in form.__struct_fields__[2:]} or {"x": 1}):
            with pytest.raises(Refused):
                call(page, kind, json.dumps({"page": page.name, "kind": kind, **more}))
    with pytest.raises(Refused, match="does not listen"):
        call(page, "close", '{"page":"draw","kind":"close"}')


def test_the_newest_picture_is_sent_and_one_at_a_time() -> None:
    async def scene() -> list[dict]:
        box, got = Outbox(asyncio.get_running_loop()), []
        for step in range(5):
            box.show("p", "moment", lambda step=step: ({"step": step}, {}))
        box.say("p", "word")
        got += [unpack(await box.next())[0] for _ in range(2)]
        box.show("p", "moment", lambda: ({"step": 7}, {}))
        box.show("p", "moment", lambda: ({"step": 8}, {}))
        with pytest.raises(TimeoutError):  # the first has not been painted
            await asyncio.wait_for(box.next(), 0.05)
        box.painted("p", "moment")
        return [*got, unpack(await box.next())[0]]

    word, first, last = asyncio.run(scene())
    assert word["kind"] == "word"
    assert first["data"] == {"step": 4}
    assert first["paint"]
    assert last["data"] == {"step": 8}


def test_what_a_page_shows_takes_turns() -> None:
    async def scene() -> list[str]:
        box, got = Outbox(asyncio.get_running_loop()), []
        for _ in range(6):
            box.show("p", "often", lambda: ({}, {}), 1e3)
            box.show("p", "seldom", lambda: ({}, {}), 0.01)
            got.append(unpack(await box.next())[0]["kind"])
            box.painted("p", got[-1])
        return got

    assert sorted(asyncio.run(scene())) == [*["often"] * 5, "seldom"]


def test_training_shows_itself_to_a_loop_once_for_every_picture() -> None:
    async def scene() -> int:
        loop = asyncio.get_running_loop()
        box, told = Outbox(loop), []
        loop.call_soon_threadsafe = lambda do: told.append(do)  # type: ignore[assignment,method-assign]  (an ear in its place)
        for _ in range(100):
            box.show("p", "moment", lambda: ({}, {}))
        return len(told)

    assert asyncio.run(scene()) == 1


def test_who_does_not_read_is_let_go() -> None:
    async def scene() -> None:
        box = Outbox(asyncio.get_running_loop())
        for _ in range(MOST + 1):
            box.say("p", "word")
        await asyncio.sleep(0)
        await box.next()

    with pytest.raises(Overflow):
        asyncio.run(scene())


def test_port_and_token_are_remembered_for_this_user_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKINGS_STATE", str(tmp_path / "state"))
    assert remembered() == Remembered()
    remember(8123, TOKEN)
    assert remembered() == Remembered(8123, TOKEN)
    assert place().stat().st_mode & 0o777 == 0o600
    place().chmod(0o644)
    assert remembered() == Remembered(), "others could have read the token"
    place().chmod(0o600)
    place().write_text('{"port": 99999, "token": "x"}')
    assert remembered() == Remembered()


class Wire:
    """A socket whose page never says anything."""

    def __init__(self) -> None:
        self.sent: list[dict] = []

    async def receive(self) -> dict:
        return await asyncio.Event().wait()  # type: ignore[return-value]

    async def send_bytes(self, frame: bytes) -> None:
        self.sent.append(unpack(frame)[0])


def test_a_page_that_comes_back_before_its_old_socket_is_missed_sees_the_next_picture(tmp_path: Path) -> None:
    making, made = threading.Event(), threading.Event()

    def slow() -> tuple[dict, dict]:
        making.set()
        made.wait(60)
        return {}, {}

    async def tried() -> list[dict]:
        session = Session(Studio(tmp_path), "v" * 20, "l" * 20, asyncio.get_running_loop())
        first, second = Wire(), Wire()
        old = asyncio.create_task(session.serve(first))  # type: ignore[arg-type]
        session.outbox.show("play", "moment", slow)
        await asyncio.to_thread(making.wait, 60)
        new = asyncio.create_task(session.serve(second))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        made.set()
        while not second.sent:
            await asyncio.sleep(0.01)
        for task in (old, new):
            task.cancel()
        return first.sent + second.sent

    assert [header["kind"] for header in asyncio.run(asyncio.wait_for(tried(), 60))] == ["moment"]


def small() -> Model:
    return Model(
        [Dense(2, "relu"), Dense(1)], parameters={"W1": [[1, -1], [2, 1]], "b1": [0, -1], "W2": [[3, 2]], "b2": [1]}
    )


def test_the_panel_says_what_the_derivation_says() -> None:
    w = small().explain([[2, 1]], [10])
    p = panel(w.cell("Z1[2,1]"))
    assert (p["value"], p["rounded"], p["words"]) == ("4", False, "sum before the activation of layer 1, unit 2")
    assert [[f["cell"] for f in row["factors"]] for row in p["table"]["rows"]] == [
        ["W1[2,1]", "X[1,1]"],
        ["W1[2,2]", "X[2,1]"],
        ["b1[2,1]"],
    ]
    assert [row["so_far"] for row in p["table"]["rows"]] == ["4", "5", "4"]
    signs = [part[2] for part in p["lines"][1]["terms"][-1][2][2:]]
    assert signs == ["(", "−", "1", ")"], "what comes after a + has its minus in brackets"
    assert [x["first"][0]["cell"] for x in p["leads_to"]] == ["A1[2,1]", "dZ1[2,1]"]
    assert (
        panel(w.cell("dW1[2,1]"))["words"]
        == "how much the loss grows with the weight of layer 1, to unit 2 from feature 1"
    )


def test_every_cell_of_a_network_opens_and_its_parts_open_too() -> None:
    X, y = data.digits()
    model = Model([Dense(4, "sigmoid"), Dense(10, "softmax")], seed=0)
    model.fit(X[:100], y[:100], epochs=1, progress=False)
    w = model.explain(X[:2], y[:2])
    for name in w:
        shape = w.numbers[name].shape
        cell = f"{name}[{','.join('1' for _ in shape)}]" if shape else name
        p = panel(w.cell(cell))
        assert p["cell"] == cell
        json.dumps(p)
        below = [c["cell"] for x in p["made_from"] + p["leads_to"] for c in x["first"]]
        assert all(w.cell(c).value is not None for c in below)


def test_a_long_sum_is_paged_in_order_and_adds_up() -> None:
    X, y = data.digits()
    model = Model([Dense(10, "softmax")], seed=0)
    model.fit(X[:200], y[:200], epochs=1, progress=False)
    d = model.explain(X[:1], y[:1]).cell("Z1[3,1]")
    first: Any = terms(d)
    assert first["count"] == 65
    assert [row["rest"] for row in first["rows"]][8] == 56
    pages: list[Any] = [terms(d, 0), terms(d, 50)]
    assert [len(t["rows"]) for t in pages] == [50, 15]
    assert not pages[1]["more"]
    assert pages[0]["rows"][4]["factors"][0]["cell"] == "W1[3,5]"
    assert pages[0]["arrays"] == ["W1", "X"]
