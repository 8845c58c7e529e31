"""The pages in a notebook: one module without a server, messages both ways, and the page in a browser."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

pytest.importorskip("anywidget", reason="needs workings[notebook]")
from tests.studio_guests import until
from workings import Dense, Model, data
from workings.studio.notebook import module
from workings.studio.pages import PAGES

START = """async (code) => {
  const listeners = [];
  window.model = { send: (m) => window.python(m), on: (_, f) => listeners.push(f), off: () => {} };
  const view = (bytes) => new DataView(new Uint8Array(bytes).buffer);
  window.hear = (m, buffers) => listeners.forEach((f) => f(m, buffers.map(view)));
  const packed = btoa(unescape(encodeURIComponent(code)));
  const { default: page } = await import("data:text/javascript;base64," + packed);
  await page.render({ model: window.model, el: document.getElementById("here") });
}"""


@pytest.fixture(scope="module")
def model() -> Model:
    X, y = data.digits()
    found = Model([Dense(8, "sigmoid"), Dense(10, "softmax")], seed=0)
    found.fit(X, y, epochs=2, learning_rate=2.0, progress=False)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_one_module_that_asks_for_nothing(page: str) -> None:
    files = json.loads(re.search(r"of (\[\[.*\]\])\) \{", module(page))[1])
    there: set[str] = set()
    for name, text in files:  # each after those that it asks for
        assert not re.search(r"""from ["'`]\.""", text)
        assert set(re.findall(r"@@(.+?)@@", text)) <= there
        there.add(name)
    assert {"/notebook.js", f"/pages/{page}.js", "/dom.js"} <= there


def test_messages_go_both_ways(model: Model) -> None:
    widget = model.show()
    sent: list[tuple[Any, Any]] = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))
    widget._heard(widget, {"kind": "start"}, [])
    widget._heard(widget, {"kind": "ink", "pixels": [0] * 392 + [255] * 392}, [])
    widget._heard(widget, {"kind": "target", "label": "3"}, [])
    kinds = [content["kind"] for content, _ in sent]
    assert {"networks", "ready", "guess"} <= set(kinds)
    guess, buffers = next((c, b) for c, b in sent if c["kind"] == "guess" and c["data"]["target"])
    assert len(buffers) == len(guess["arrays"])
    widget._heard(widget, {"kind": "open", "cell": "J"}, [])
    assert sent[-1][0]["data"]["cell"] == "J"
    widget._heard(widget, {"kind": "open", "cell": 5}, [])
    assert sent[-1][0]["kind"] == "failed"


def test_pictures_wait_until_the_last_was_seen(model: Model) -> None:
    widget = model.show("play")
    sent: list[Any] = []
    widget.send = lambda content, buffers=None: sent.append(content)
    widget._heard(widget, {"kind": "start"}, [])
    widget._heard(widget, {"kind": "train", "wanted": True}, [])
    until(lambda: widget.page.epoch > 10)
    assert [c["kind"] for c in sent].count("moment") == 1
    widget._heard(widget, {"kind": "painted", "what": "moment"}, [])
    until(lambda: [c["kind"] for c in sent].count("moment") == 2)
    widget.page.close()


def test_a_page_there_is_not(model: Model) -> None:
    with pytest.raises(ValueError, match="there is no page 'nothing'; there are draw"):
        model.show("nothing")


def test_the_page_runs_without_a_server(browser: Any, model: Model) -> None:
    widget = model.show("weights")
    page = browser.new_page()
    page.set_content("<div id=here></div>")
    said: list[Any] = []
    page.expose_function("python", lambda message: said.append(message))
    page.evaluate(START, module("weights"))
    until(lambda: said)
    widget.send = lambda content, buffers=None: page.evaluate(
        "([m, b]) => window.hear(m, b)", [content, [list(x) for x in buffers or []]]
    )
    widget._heard(widget, said[0], [])
    page.wait_for_selector(".images canvas")
    assert page.locator(".images canvas").count() == 8
