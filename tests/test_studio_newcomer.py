"""Newcomers: every word of a page is explained there; from a digit to its pixels, from a weight to its gradient."""

from __future__ import annotations

from typing import Any

import pytest

from tests.studio_guests import Place, visited, wait
from tests.test_studio_keyboard import READY
from tests.test_studio_play import Playground, Post

LABELS = """[...document.querySelectorAll(".controls .control > :is(label, span:first-child)")]
  .map((e) => e.firstChild.textContent.trim().toLowerCase())"""
WORDS = "[...document.querySelectorAll('.meanings dt')].map((e) => e.textContent.toLowerCase())"
SPEED = "epochs a second"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("play", ["unit", "weight", "loss", "gradient", "z1["]),
        ("train", ["unit", "accuracy", "loss", "z1[", "w1["]),
        ("sweep", ["loss", "accuracy"]),
        ("draw", ["unit", "activation", "output", "loss", "z1[", "e3["]),
        ("weights", ["w1[", "unit", "weight"]),
        ("calculus", ["derivative"]),
        ("sheet", ["unit", "weight", "z1[", "w1[", "loss", "gradient"]),
    ],
)
def test_every_word_is_explained_on_its_page(browser: Any, place: Place, name: str, more: list[str]) -> None:
    with visited(browser, place, name) as page:
        page.wait_for_selector(f"main:not([inert]) :is({', '.join(READY.values())})")
        known = page.evaluate(WORDS)
        for label in [*page.evaluate(LABELS), *more]:
            one = label.removesuffix("ies") + "y" if label.endswith("ies") else label.removesuffix("s")
            assert label == SPEED or any(word.startswith((one, label)) for word in known), label


def test_from_the_drawing_to_what_a_pixel_adds(browser: Any, place: Place) -> None:
    with visited(browser, place) as page:
        page.wait_for_selector(".neuron")
        page.get_by_role("button", name="Take a sample").click()
        page.wait_for_selector(".guess button")
        page.locator(".guess button").click()  # all the way back from the answer
        for back in ("E3[", "Z3[", "A2[", "Z2[", "A1[", "Z1["):
            page.locator(f".by-hand :is(table, section) [data-cell^='{back}']").first.click()
            page.wait_for_selector(f".value[data-cell^='{back}']")
        page.wait_for_selector(".terms [data-cell^='X[']")
        page.keyboard.press("Escape")
        page.locator(".neuron[data-cell='A1[1,1]']").focus()  # or from a unit that sees the pixels, by two keys
        page.keyboard.press("Enter")
        page.wait_for_selector(".value[data-cell='A1[1,1]']")
        page.locator(".by-hand [data-cell='Z1[1,1]']").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".terms [data-cell^='X[']")


def test_from_a_weight_to_its_gradient_and_the_paths_it_adds_up(browser: Any, place: Place) -> None:
    with visited(browser, place, "play?data=moons&hidden=2&seed=3") as page:
        wait(page, "document.querySelector('.net svg line') !== null")
        page.locator(".net-picture").nth(2).hover()
        wait(page, "document.querySelector('#plane-heading').textContent == 'What unit 1 of layer 1 answers'")
        wait(page, "document.querySelector('.plane canvas').width == 30")
        page.locator("h1").hover()
        wait(page, "document.querySelector('.plane canvas').width == 100")
        box = page.locator(".net svg line").first.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 3)  # beside a thin line is near enough
        page.get_by_role("button", name="Its gradient").click()
        page.wait_for_selector(".value[data-cell='dW1[1,1]']")
        page.get_by_role("button", name="Paths to the loss").click()
        wait(page, "document.querySelector('.by-hand pre')?.textContent.startsWith('W1[1,1] -> Z1[1,1]')")
        page.get_by_label("trail").get_by_role("button").click()
        page.get_by_label("new value of W1[1,1]").fill("")
        page.get_by_role("button", name="Set it to").click()  # an empty field is no number
        page.get_by_label("new value of W1[1,1]").fill("0.5")
        page.get_by_role("button", name="Set it to").click()
        wait(page, "document.querySelector('.value output').textContent == '0.5'")


def test_without_an_answer_there_is_no_gradient_and_that_is_said_in_words() -> None:
    page = Playground(None, Post())  # type: ignore[arg-type]  (it needs no studio)
    page.on_look(0.0, 5.9)  # where no point is
    for ask in (page.on_open, page.on_paths, page.on_nudge):
        ask("dW1[1,1]")
        assert page.post.said[-1][1]["why"] == page.aimless
    page.on_open("W9[1,1]")
    assert "nearest: W3" in page.post.said[-1][1]["why"]
