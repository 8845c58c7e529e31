"""Every page by keyboard alone: Tab comes to every control, in the order of reading, and shows where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.studio_guests import Place, visited, wait
from workings.studio.pages import PAGES

# What can be worked, as Tab should find it: a group of arrow keys or of radio buttons is one stop.
STOPS = """() => [
  ...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]"),
].filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true })
    && !(e.type === "radio" && !e.checked))"""
WALK = f"""() => {{
  const stops = ({STOPS})();
  window.walked = [];
  window.walking = (e) => {{
    const at = stops.indexOf(e.target), style = getComputedStyle(e.target), box = e.target.getBoundingClientRect();
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && e.target.matches(":focus-visible") && box.bottom > 0 && box.top < innerHeight;
    walked.push([at, seen, `${{e.target.localName}} ${{e.target.ariaLabel ?? e.target.textContent}}`]);
  }};
  addEventListener("focusin", walking);
  return stops.length;
}}"""
READY = {
    "draw": ".layer:nth-child(3) .neuron",
    "play": ".bias[data-text]",
    "train": ".chart",
    "weights": ".images canvas",
    "sweep": "main button.primary",
    "sheet": "input.blank",
    "calculus": ".tree-node",
}


@pytest.mark.parametrize("name", PAGES)
def test_tab_comes_to_every_control_in_order(browser: Any, place: Place, name: str) -> None:
    with visited(browser, place, name) as page:
        page.wait_for_selector(READY[name])
        many = page.evaluate(WALK)
        for _ in range(2 * many):  # a part that scrolls by keyboard is a stop of the browser's own
            page.keyboard.press("Tab")
            if page.evaluate(f"walked.some(([at]) => at === {many - 1})"):
                break
        walked = [stop for stop in page.evaluate("walked") if stop[0] >= 0]
        missed = sorted(set(range(many)) - {at for at, *_ in walked})
        assert not missed, [page.evaluate(f"({STOPS})()[{at}].outerHTML") for at in missed]
        assert [at for at, *_ in walked] == list(range(many)), walked
        assert not [what for _, seen, what in walked if not seen]


def test_a_number_opens_and_closes_and_the_keyboard_is_where_it_was(browser: Any, place: Place) -> None:
    with visited(browser, place, "play") as page:
        page.wait_for_selector(READY["play"])
        for key, cell in (("Enter", "b1[2,1]"), ("Space", "A1[1,1]")):
            at = page.get_by_role("button", name=cell) if cell[0] == "A" else page.locator(".bias").nth(1)
            at.focus()
            page.keyboard.press(key)
            wait(page, f"document.activeElement.dataset.cell == '{cell}' && document.activeElement.matches('.value')")
            page.keyboard.press("Escape")
            wait(page, "!document.querySelector('.value')")
            assert at.evaluate("(e) => e === document.activeElement")
