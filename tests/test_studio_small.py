"""Every page on a small screen, and on one at 200 %: nothing stands over an edge, and all of it can be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.studio_guests import Place, axe, fits, visited, wait

# Words smaller than 10 pixels, also where a picture that was made larger is shown small.
TINY = """() => {
  const small = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest(".whole, math, option")) continue;
    const size = parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM?.().d ?? 1);
    if (size < 10) small.push([size, walk.currentNode.data]);
  }
  return small;
}"""
# What breaks in the middle of a number, and formulas and tables of terms that are cut off.
CUT = """() => [
  ...[...document.querySelectorAll(".bias")].filter((e) => e.scrollHeight > e.clientHeight + 1),
  ...[...document.querySelectorAll(".whole")].filter((e) => e.offsetWidth > e.parentElement.clientWidth + 1),
  ...[...document.querySelectorAll(".terms-place")].filter((e) => e.scrollWidth > e.clientWidth),
].map((e) => e.outerHTML)"""


def draws(page: Any) -> None:
    wait(page, "document.querySelector('#should')?.options.length == 11")
    page.get_by_role("button", name="Take a sample").click()
    page.wait_for_selector("button[data-cell=J]")
    page.locator(".layer:nth-child(3) .neuron").nth(3).click()
    page.wait_for_selector(".value[data-cell='A3[4,1]']")


def sums(page: Any) -> None:
    wait(page, "document.querySelector('#should')?.options.length == 11")
    page.get_by_role("button", name="Take a sample").click()
    page.wait_for_selector("button[data-cell=J]")
    page.locator(".layer:nth-child(1) .neuron").nth(2).click()
    page.locator(".by-hand .number[data-cell='Z1[3,1]']").first.click()
    page.wait_for_selector(".value[data-cell='Z1[3,1]']")


def plays(page: Any) -> None:
    page.get_by_role("button", name="Train", exact=True).click()
    wait(page, "parseInt(document.querySelector('.row > .number').textContent.slice(6)) > 5")
    page.get_by_role("button", name="Pause").click()
    page.locator(".net-picture").last.click()
    page.wait_for_selector(".value")


def trains(page: Any) -> None:
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".confusion td")
    page.locator(".first .number").first.click()
    page.wait_for_selector(".value")


def weighs(page: Any) -> None:
    page.locator(".images canvas").first.click()
    page.wait_for_selector(".value")


def sweeps(page: Any) -> None:
    page.locator("main button.primary:enabled").click()
    wait(page, "/^(\\d+) of \\1 runs/.test(document.querySelector('main [role=status]').textContent)")
    for i in (0, 1):
        page.locator(".multiple").nth(i).click()
    page.wait_for_selector("text=differ in")


def marks(page: Any) -> None:
    page.locator("input.blank").first.fill("4")
    page.keyboard.press("Enter")
    page.wait_for_selector("input.blank.wrong")
    page.keyboard.press("?")
    page.wait_for_selector(".rungs li")


def reckons(page: Any) -> None:
    page.locator(".tree-node button.back").first.click()
    page.wait_for_selector(".value")
    page.locator(".given-value button").first.click()
    page.wait_for_selector("[aria-live] table")


SIZES = [{"width": 360, "height": 760}, {"width": 180, "height": 760}]
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
STATES = [
    ("draw", draws),
    ("draw", sums),
    ("play?data=xor&hidden=8~8~4&features=x1~x2", plays),
    ("train?epochs=2&hidden=16~16", trains),
    ("weights", weighs),
    ('sweep?data="digits"&hidden=[[2],[16,16]]&rate=[0.5,2]&epochs=2', sweeps),
    ("sheet?kind=3", marks),
    ("sheet?kind=7", marks),
    ("calculus", reckons),
]


@pytest.mark.parametrize(("name", "act"), STATES, ids=[f"{name[:5]}-{act.__name__}" for name, act in STATES])
def test_all_of_it_can_be_read(browser: Any, place: Place, name: str, act: Any) -> None:
    with visited(browser, place, name, viewport=SIZES[0], color_scheme="dark") as page:
        act(page)
        for size in SIZES:
            page.set_viewport_size(size)
            page.evaluate(PAINTED)
            fits(page)
            assert page.evaluate(TINY) == []
            assert size["width"] < 360 or page.evaluate(CUT) == []
            axe(page)
