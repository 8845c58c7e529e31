"""Tabs: one that nobody looks at, two that train different networks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.studio_guests import Place, tab, until, visited, wait
from tests.test_studio_safety import guest, heard
from workings.studio import session
from workings.studio.maths import number

# A tab that is hidden gets no animation frames; `heard` counts the pictures that come, `away` those while it is.
HEARD = """() => {
  Object.assign(window, { heard: 0, away: 0 });
  let hidden = false;
  const waiting = [], frame = requestAnimationFrame.bind(window), { send } = WebSocket.prototype;
  window.requestAnimationFrame = (f) => (hidden ? waiting.push(f) : frame(f));
  const turn = (to) => {
    hidden = to;
    Object.defineProperty(document, "hidden", { value: to, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  };
  window.hide = () => turn(true);
  window.show = () => (turn(false), waiting.splice(0).forEach((f) => frame(f)));
  const count = ({ data }) => {
    const length = new DataView(data).getUint32(0, true);
    const { paint } = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    if (paint) [heard, away] = [heard + 1, away + Number(hidden)];
  };
  WebSocket.prototype.send = function (text) {
    this.onmessage !== null && this.addEventListener("message", count); // the same listener is added once
    return send.call(this, text);
  };
}"""


def test_who_goes_back_before_a_page_has_come_stays_where_they_are(browser: Any, place: Place) -> None:
    held: list[Any] = []
    with visited(browser, place) as page:
        page.route("**/pages/play.js", lambda route: held.append(route))  # it takes its time
        page.evaluate("location.hash = 'play'")
        until(lambda: page.evaluate("1") and held)
        page.go_back()
        with page.expect_response("**/pages/play.js"):
            held[0].continue_()
        page.evaluate("import('/pages/play.js').then(() => new Promise((done) => setTimeout(done)))")
        assert page.locator("main h1").inner_text() == "Draw a digit"
        assert page.locator("header a[aria-current]").inner_text() == "Draw"


def test_a_page_that_is_being_left_does_not_take_the_address_back(browser: Any, place: Place) -> None:
    seed = "[...document.querySelectorAll('button')].find((b) => b.innerText === 'New seed').click()"
    with visited(browser, place, "play") as page:
        page.wait_for_selector(".bias[data-text]")
        page.evaluate(f"location.hash = 'draw', {seed}")  # its seed would be put into the link of the playground
        wait(page, "document.querySelector('main h1')?.innerText === 'Draw a digit'")
        assert page.url.endswith("#draw")


def test_a_page_that_did_not_come_is_asked_for_again(browser: Any, place: Place) -> None:
    lost: list[Any] = []
    page = tab(browser)
    page.goto(place.link)
    page.wait_for_selector("main h1")
    page.route("**/pages/play.js", lambda route: route.continue_() if lost else (lost.append(route), route.abort()))
    page.evaluate("location.hash = 'play'")
    page.wait_for_selector(".net-picture")
    page.context.close()


def test_a_tab_that_is_not_looked_at_is_sent_nothing_and_one_beside_it_is_its_own(browser: Any, place: Place) -> None:
    link = "play?data=xor&hidden={}"
    with visited(browser, place, link.format(2)) as one, visited(browser, place, link.format(5)) as two:
        for page in (one, two):
            page.wait_for_selector(".bias[data-text]")
            page.evaluate(HEARD)
            page.get_by_role("button", name="Train", exact=True).click()
            wait(page, "heard > 5")
        here: list[Any] = [s.pages["play"] for s in place.studio.sessions.known.values() if s.socket]
        hidden, seen = sorted(here, key=lambda page: page.settings.hidden)
        one.evaluate("hide()")
        wait(one, "away > 0")  # the last that was on its way has come, and waits to be painted
        heard, epoch = one.evaluate("heard"), hidden.epoch
        until(lambda: hidden.epoch > epoch + 100)  # it trains on
        wait(two, f"heard > {two.evaluate('heard') + 5}")
        assert one.evaluate("heard") == heard
        one.evaluate("show()")
        wait(one, f"heard > {heard + 5}")
        one.get_by_role("button", name="Pause").click()
        until(lambda: not hidden.runner.running)
        epoch = seen.epoch
        until(lambda: seen.epoch > epoch + 100)
        two.get_by_role("button", name="Pause").click()
        until(lambda: not seen.runner.running)
        for page, its in ((one, hidden), (two, seen)):
            wait(page, f"document.querySelector('.row > .number b').textContent == '{its.epoch:,}'")
            told = [number(float(b), 4).text for b in its.ground.model.parameters["b1"][:, 0]]
            until(lambda page=page, told=told: told == page.locator("[data-bias=b1]").all_inner_texts())


def test_a_playground_whose_visitor_is_long_away_pauses(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(ws: Any, *messages: dict[str, Any]) -> dict[str, Any]:
        for message in messages:
            ws.send(json.dumps({"page": "play", **message}))
        heard(ws, "play", "all")  # what comes after it was made after it
        return heard(ws, "play", "moment")[0]["data"]

    name, train, start = "away" * 6, {"kind": "train", "wanted": True}, {"kind": "start"}
    page = lambda: place.studio.sessions.known[name].pages["play"]
    with guest(place, name) as ws:
        assert told(ws, train, start)["running"]
    until(lambda: place.studio.sessions.known[name].socket is None)
    with guest(place, name) as ws:  # back in time
        assert told(ws, start)["running"]
        monkeypatch.setattr(session, "AWAY", 0.05)
    until(lambda: not page()._running)
    epoch = page().epoch
    with guest(place, name) as ws:
        assert told(ws, start) | {"at": None} == {"epoch": epoch, "running": False, "at": None}
        assert told(ws, train, start)["running"]
