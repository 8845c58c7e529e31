"""Light, dark, on paper and in colors of the reader's own: what is painted follows, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.studio_guests import Place, axe, visited, wait
from tests.test_studio_keyboard import READY
from tests.test_studio_small import trains

PAINTED = """() => [...document.querySelectorAll("main canvas, main .neuron, .net .edges")].map(
  (e) => e.localName === "canvas" ? e.toDataURL() : e.localName === "svg" ? e.innerHTML : e.style.cssText)"""


DRAWN = {**READY, "calculus": ".valley canvas[aria-label*='Arrow keys']"}


@pytest.mark.parametrize("name", ["draw", "play", "weights", "calculus"])
def test_what_is_painted_turns_dark_with_the_page_and_white_on_paper(browser: Any, place: Place, name: str) -> None:
    with visited(browser, place, name) as page:
        page.wait_for_selector(DRAWN[name])
        light = page.evaluate(PAINTED)
        page.emulate_media(color_scheme="dark")
        wait(page, f"({PAINTED})()[0] !== {light[0]!r}")
        dark = page.evaluate(PAINTED)
        stale = [i for i, (a, b) in enumerate(zip(light, dark, strict=True)) if a == b]
        assert not stale
        page.emulate_media(color_scheme="dark", media="print")
        wait(page, f"({PAINTED})()[0] === {light[0]!r}")
        assert page.evaluate(PAINTED) == light
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
        assert not page.locator("header nav, .keep").first.is_visible()


def test_forced_colors_lose_nothing_that_colors_say(browser: Any, place: Place) -> None:
    with visited(browser, place, "train?epochs=2&hidden=4", forced_colors="active") as page:
        trains(page)
        back = "getComputedStyle(document.body).backgroundColor"
        for what, kind in ((".bar", "backgroundColor"), ("a[aria-current]", "borderBottomColor")):
            assert page.evaluate(f"getComputedStyle(document.querySelector('{what}')).{kind} !== {back}"), what
        other = "getComputedStyle(document.querySelector('nav a:not([aria-current])')).borderBottomColor"
        assert page.evaluate(f"{other} === {back}")
        assert (
            page.evaluate(
                "new Set([...document.querySelectorAll('.confusion td')].map((e) => "
                "getComputedStyle(e).backgroundColor)).size"
            )
            > 2
        )
        axe(page)
