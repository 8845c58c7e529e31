"""Draw, in a real browser: from the pen to a pixel's part in the answer, by pointer and by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.studio_guests import Place, axe, fits, session, until, visited, wait
from workings.studio.by_hand import panel

THREE = [
    (0.35, 0.25),
    (0.5, 0.18),
    (0.65, 0.27),
    (0.6, 0.42),
    (0.5, 0.48),
    (0.64, 0.56),
    (0.66, 0.7),
    (0.5, 0.8),
    (0.33, 0.74),
]


@pytest.fixture(scope="module")
def place(place: Place) -> Place:
    until(lambda: place.studio.networks.known["digits"].done.is_set())
    return place


@pytest.fixture
def page(browser: Any, place: Place) -> Iterator[Any]:
    with visited(browser, place) as found:
        wait(found, "document.querySelector('#should')?.options.length == 11")
        yield found


def draw(page: Any, strokes: list[tuple[float, float]] = THREE) -> None:
    """A stroke with the pointer; the answer has come when it ends."""
    box = page.locator(".pad").bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in strokes]
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(x, y, steps=5)
    page.mouse.up()
    answered(page)


def answered(page: Any) -> None:
    """The answer to all that was drawn is on the page."""
    wait(page, "document.querySelector('.pad:not([data-asking])') !== null")
    wait(page, "!/nothing|…/.test(document.querySelector('.guess').textContent)")


def test_a_digit_is_drawn_and_read_and_its_numbers_are_those_of_explain(page: Any, place: Place) -> None:
    draw(page)
    assert page.locator(".guess").inner_text().startswith("3")
    w = session(place).pages["draw"].explanation()
    shown = page.locator(".layer:nth-child(3) .neuron").all_inner_texts()
    assert [text.split()[-1] for text in shown] == [f"{v:.2f}" for v in w.numbers["A3"][:, 0]]
    page.locator(".layer:nth-child(3) .neuron").nth(3).click()
    page.wait_for_selector("[data-cell='A3[4,1]'].value")
    assert page.locator(".value").get_attribute("title") == repr(w["A3"][3, 0].value)
    page.select_option("#should", "5")
    wait(page, "document.querySelector('#should').value == '5'")
    page.wait_for_selector("button[data-cell=J]")
    w = session(place).pages["draw"].explanation()
    assert page.locator("button[data-cell=J]").inner_text() == f"loss {float(w.numbers['J']):.4g}"


def test_from_a_digit_to_a_pixel_in_six_keys(page: Any) -> None:
    draw(page)
    page.locator(".layer:nth-child(3) .neuron").nth(3).focus()
    page.keyboard.press("Enter")
    for cell in ("Z3[4,1]", "A2[", "Z2[", "A1[", "Z1[", "X["):
        wait(page, "document.activeElement.matches('.by-hand .value')")
        target = page.locator(
            f".by-hand tbody .number[data-cell^='{cell}'], .by-hand ul .number[data-cell^='{cell}']"
        )
        target.first.focus()
        page.keyboard.press("Enter")
        wait(page, f"document.querySelector('.by-hand .value').dataset.cell.startsWith('{cell}')")
    assert page.locator(".words").inner_text().startswith("input, feature")
    wait(page, "[...document.querySelectorAll('.reads figcaption')].at(-1).innerText.includes('pixel in row')")


def test_a_late_answer_leaves_the_keyboard_and_the_press_where_they_are(page: Any, place: Place) -> None:
    draw(page)
    page.select_option("#should", "5")
    page.locator(".layer:nth-child(2) .neuron").nth(2).click()
    page.wait_for_selector(".value[data-cell='A2[3,1]']")
    page.locator(".by-hand .number[data-cell='Z2[3,1]']").first.click()
    page.wait_for_selector(".value[data-cell='Z2[3,1]']")
    post, panels = session(place).outbox, count(1)

    def late() -> None:
        """An answer nobody waits for, with other numbers, as after another stroke."""
        told = panel(session(place).pages["draw"].explanation().cell("Z2[3,1]"))
        text = f"late {next(panels)}"
        told["table"]["rows"].reverse()
        post.say("draw", "opened", {**told, "value": text})
        wait(page, f"document.querySelector('.by-hand .value output').textContent == {text!r}")

    def at(kind: str = "data-cell") -> str:
        return page.evaluate(f"document.activeElement.getAttribute('{kind}')")

    wait(page, "document.activeElement.matches('.by-hand .value')")
    page.locator(".by-hand tbody .number[data-cell='W2[3,5]']").focus()
    page.evaluate("document.querySelector('.by-hand').scrollTop = 40")
    scrolled = page.evaluate("document.querySelector('.by-hand').scrollTop")
    late()
    assert at() == "W2[3,5]"
    assert page.evaluate("document.querySelector('.by-hand').scrollTop") == scrolled
    page.get_by_role("button", name="Paths to the loss").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".by-hand pre")
    late()
    assert page.evaluate("document.activeElement.textContent") == "Paths to the loss"
    assert "Z2[3,1] -> A2[3,1]" in page.locator(".by-hand pre").inner_text()
    page.locator(".by-hand tbody .number[data-cell='W2[3,5]']").hover()
    page.mouse.down()
    told = panel(session(place).pages["draw"].explanation().cell("Z2[3,1]"))
    post.say("draw", "opened", {**told, "value": "while it is pressed"})
    post.say("draw", "paths", {"text": "heard"})
    page.wait_for_selector(".by-hand pre:text-is('heard')")
    page.mouse.up()
    page.wait_for_selector(".value[data-cell='W2[3,5]']")


def test_what_it_should_be_opens_the_way_back_to_a_weight(page: Any) -> None:
    draw(page)
    page.select_option("#should", "5")
    page.locator("button[data-cell=J]").click()
    page.wait_for_selector(".value[data-cell=J]")
    page.locator(".layer:nth-child(2) .neuron").nth(2).click()
    page.wait_for_selector(".value[data-cell='A2[3,1]']")
    page.locator(".by-hand .number[data-cell='Z2[3,1]']").first.click()
    page.locator(".by-hand .number[data-cell='W2[3,1]']").first.click()
    page.wait_for_selector(".value[data-cell='W2[3,1]']")
    page.get_by_role("button", name="Paths to the loss").click()
    page.wait_for_selector(".by-hand pre")
    assert "W2[3,1] -> Z2[3,1]" in page.locator(".by-hand pre").inner_text()
    page.get_by_role("button", name="Nudge it by").click()
    wait(page, "document.querySelector('.by-hand').innerText.includes('and changes it by')")


def test_clear_undo_and_a_sample(page: Any) -> None:
    draw(page)
    page.get_by_role("button", name="Clear").click()
    wait(page, "document.querySelector('.guess').textContent == 'nothing drawn yet'")
    page.get_by_role("button", name="Undo").click()
    wait(page, "document.querySelector('.guess').textContent != 'nothing drawn yet'")
    page.get_by_role("button", name="Take a sample").click()
    page.wait_for_selector("button[data-cell=J]")


def test_the_pad_is_drawn_on_with_the_keyboard(page: Any) -> None:
    page.locator(".pad").focus()
    for key in ("ArrowUp", "ArrowUp", " ", *["Shift+ArrowDown"] * 8):
        page.keyboard.press(key)
    answered(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, place: Place, scheme: str) -> None:
    with visited(browser, place, color_scheme=scheme) as page:
        wait(page, "document.querySelector('#should')?.options.length == 11")
        draw(page)
        page.locator(".layer:nth-child(2) .neuron").nth(2).click()
        page.wait_for_selector(".value")
        axe(page)


@pytest.mark.parametrize("width", [360, 640])
def test_nothing_stands_over_the_edge(browser: Any, place: Place, width: int) -> None:
    with visited(browser, place, viewport={"width": width, "height": 800}) as page:
        draw(page)
        fits(page)
