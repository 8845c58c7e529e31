"""What people do wrong: links that were edited, values that cannot be, presses that come too early, lost servers.

A page says what is wrong in its own words, and stays a page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.studio_guests import Place, command, session, tab, until, visited, wait
from workings.studio.messages import plain

USABLE = "!document.querySelector('main').inert && document.querySelectorAll('main :is(select, input)').length > 3"
SAID = "[...document.querySelectorAll('main :is(.bad, .says)')].some((e) => e.textContent.includes({!r}))"

LINKS = [
    ("play?data=moons&noise=abc", "noise: this must be a number"),
    ("play?data=moons&hidden=99", "units in a layer: this must be a whole number of at most 8"),
    ("play?data=moons&activation=swish", "activation: there is no 'swish'"),
    ("play?data=moons&seed=1.5", "seed: this must be a whole number"),
    ("play?data=cats", "data is one of"),
    ("play?data=xor&rate=long", "learning rate: this must be a number"),
    ("play?data=xor&speed=-1", "epochs a second: this must be a number of at least 0"),
    ("train?data=nothing.csv", "there is no file 'nothing.csv'"),
    ("train?data=digits&rate=-1", "learning rate: this must be a number above 0"),
    ("train?data=digits&optimizer=luck", "the optimizer is one of"),
    ('sweep?data="digits"&rate=["a"]', "learning rate: this must be a number"),
    ("sheet?kind=9", "there is no exercise 9"),
    ("sheet?kind=3&seed=-1", "seed: this must be a whole number of at least 0"),
    ("calculus?formula=J=2x", "'2x' cannot be read"),
    ("calculus?formula=J=a*q", ""),
]


def go(page: Any, to: str) -> None:
    """As who edits the address by hand."""
    page.evaluate("(to) => { location.hash = to; }", to)
    page.wait_for_selector(f"header a[aria-current][data-page={to.partition('?')[0]}]")


@pytest.mark.parametrize(("link", "said"), LINKS)
def test_a_link_that_cannot_be_is_said_and_the_page_works(browser: Any, place: Place, link: str, said: str) -> None:
    with visited(browser, place) as page:
        go(page, link)
        wait(page, SAID.format(said))
        wait(page, USABLE)
        wait(page, "(document.querySelector('#formula')?.value ?? 'J=').startsWith('J=')")  # it can be mended


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("Expected `float` <= 1.0 - at `$.settings.noise`", "noise: this must be a number of at most 1"),
        ("Expected `float`, got `null` - at `$.course.rate`", "learning rate: this must be a number"),
        ("Expected `int` <= 100000 - at `$.course.epochs`", "epochs: this must be a whole number of at most 100,000"),
        ("Expected `array` of length <= 12 - at `$.grid.l2`", "L2 penalty: this must be a list of at most 12 values"),
        ("Expected `str` of length <= 80 - at `$.target`", "target: this must be a text of at most 80 characters"),
        ("Invalid enum value 'luck' - at `$.grid.activation[0]`", "activation: there is no 'luck'"),
        ("JSON is malformed", "value: JSON is malformed"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_in_the_words_of_the_page(error: str, said: str) -> None:
    assert plain(error) == said


FIELDS = [
    ("rate", "fast", "learning rate: this must be a number"),
    ("rate", "", "learning rate: this must be a number"),
    ("rate", "-1", "learning rate: this must be a number above 0"),
    ("epochs", "0.5", "epochs: this must be a whole number"),
    ("hidden", "16 3000", "units in a layer: this must be a whole number of at most 2,000"),
]


def test_a_value_that_cannot_be_is_said_and_leaves_the_others_alone(browser: Any, place: Place) -> None:
    with visited(browser, place, "train") as page:
        page.get_by_role("button", name="dW1[1,1]", exact=True).click()
        page.wait_for_selector("text=press Train first")
        for name, text, said in FIELDS:
            page.locator(f"#{name}").fill(text)
            page.locator(f"#{name}").press("Enter")
            wait(page, SAID.format(said))
        page.locator("#batch").fill("8")
        page.locator("#batch").press("Enter")
        wait(page, "location.hash.includes('batch=8')")
        page.locator("#rate").fill("0,5")
        page.locator("#rate").press("Enter")
        until(lambda: session(place).pages["train"].course.rate == 0.5)
        wait(page, "location.hash.includes('rate=0.5') && location.hash.includes('batch=8')")
        go(page, "sweep")
        page.locator("#sweep-batch").fill("many")
        page.locator("#sweep-batch").press("Enter")
        page.get_by_role("button", name="Run").click()
        wait(page, SAID.format("batch size: this must be a whole number"))


def test_what_is_selected_or_being_written_outlives_a_late_answer(browser: Any, place: Place) -> None:
    def answered() -> None:
        page.evaluate("document.querySelector('#rate').dataset.old = 'yes'")
        session(place).pages["train"]._all()
        wait(page, "!document.querySelector('#rate').dataset.old")

    with visited(browser, place, "train") as page:
        page.locator("#rate").select_text()
        answered()
        page.keyboard.type("0,5")
        answered()
        page.keyboard.press("Enter")
        until(lambda: session(place).pages["train"].course.rate == 0.5)


def test_what_was_answered_is_not_told_again_when_its_field_is_left(browser: Any, place: Place) -> None:
    with visited(browser, place, "train") as page:
        page.evaluate(
            """() => {
              const send = WebSocket.prototype.send;
              window.sent = [];
              WebSocket.prototype.send = function (text) { window.sent.push(text); return send.call(this, text); };
            }"""
        )
        page.locator("#rate").fill("0.5")
        page.locator("#rate").press("Enter")
        wait(page, "location.hash.includes('rate=0.5')")
        page.locator("#batch").focus()
        assert page.evaluate("sent.filter((text) => text.includes('course')).length") == 1


@pytest.mark.parametrize("name", ["play", "train", "sheet"])
def test_nothing_can_be_pressed_before_the_first_answer(browser: Any, place: Place, name: str) -> None:
    with visited(browser, place) as page:
        page.evaluate(
            """(name) => {
              new MutationObserver((_, self) => {
                window.inert = document.querySelector("main").inert;
                self.disconnect();
              }).observe(document.querySelector("main"), { childList: true });
              location.hash = name;
            }""",
            name,
        )
        wait(page, "window.inert === true && !document.querySelector('main').inert")


def test_a_page_is_found_again_as_it_was(browser: Any, place: Place) -> None:
    with visited(browser, place, "play?data=moons&hidden=3") as page:
        wait(page, "document.querySelector('#data')?.value == 'moons'")
        go(page, "play?data=xor&hidden=2")  # the same page, another link
        wait(page, "document.querySelector('#data')?.value == 'xor'")
        wait(page, "document.querySelectorAll('.bias').length == 3")
        go(page, "play?data=xor&hidden=2&rate=0.03&speed=10")  # of the same network, that goes on
        wait(
            page, "document.querySelector('#rate')?.value == '0.03' && document.querySelector('#speed').value == '10'"
        )
        page.select_option("#speed", "2")
        wait(page, "location.hash.includes('speed=2')")
        page.locator("header a[data-page=play]").click()
        page.locator("header a[data-page=calculus]").click()
        page.locator("#formula").fill("J = π * r^2")
        page.locator("#formula").press("Enter")
        wait(page, "document.querySelector('[data-node=π]') !== null")
        page.locator("header a[data-page=draw]").click()
        page.wait_for_selector(".neuron")
        box = page.locator(".pad").bounding_box()
        page.mouse.move(box["x"] + 140, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 140, box["y"] + 240, steps=5)
        page.mouse.up()
        page.locator(".guess button").click()  # the answer opens, as any other number
        page.wait_for_selector(".value[data-cell^='A3[']")
        page.locator("header a[data-page=calculus]").click()
        wait(page, "document.querySelector('#formula')?.value == 'J = π * r^2'")
        page.locator("header a[data-page=draw]").click()
        page.wait_for_selector(".guess button")
        page.locator("header a[data-page=play]").click()
        wait(page, "document.querySelector('#data')?.value == 'xor'")
        assert all(f"{name}=" in page.url for name in ("data", "hidden", "seed", "rate", "activation"))
        page.evaluate("location.hash = 'nowhere'")
        wait(page, "location.hash == '#draw'")
        page.locator("header a[data-page=play]").click()
        page.wait_for_selector("#activation")
        page.evaluate(  # a page that is being left keeps its state, and holds nobody
            "location.hash = 'sheet'; document.querySelector('#activation').dispatchEvent(new Event('change'))"
        )
        page.wait_for_selector("header a[aria-current][data-page=sheet]")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cat.png", b"\x89PNG\r\n\x1a\n\x00\x00", "a point is two numbers and a label"),
        ("huge.csv", b"1,2,a\n" * 100_000, "huge.csv is too large"),
        ("empty.csv", b"", "there are no points in it"),
        ("good.csv", b"x;y;kind\n1,5;2;yes\n0,5;1;no\n", ""),
    ],
)
def test_a_file_that_falls_on_the_playground(
    browser: Any, place: Place, name: str, content: bytes, said: str
) -> None:
    with visited(browser, place, "play?data=xor&hidden=1") as page:
        wait(page, USABLE)
        drop = """([name, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], name));
          const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
          document.querySelector("main h1").dispatchEvent(event);
          return event.defaultPrevented;
        }"""
        assert page.evaluate(drop, ["bad.csv", "1,2\n"])
        wait(page, SAID.format("line 1 has 2 cells"))
        page.evaluate(drop, [name, content.decode("latin-1")])
        if said:
            wait(page, SAID.format(said))
        else:
            wait(page, "document.querySelector('#data').value == 'own' && !document.querySelector('.says .bad')")


def test_a_sheet_outlives_its_server(browser: Any, tmp_path: Path) -> None:
    page = tab(browser)
    with command(tmp_path) as first:
        page.goto(f"{first.link}")
        page.wait_for_selector("main h1")
        go(page, "sheet?kind=two-layer-network&seed=4")
        page.get_by_label("Z1[1,1]", exact=True).fill("1")
        page.keyboard.press("Enter")
        wait(page, "document.activeElement.ariaLabel == 'Z1[1,2]'")  # the next in the order of the work
        wait(page, "document.querySelectorAll('.blank:is(.good, .wrong)').length == 1")
    wait(page, "document.querySelector('.dot.away') !== null")
    page.get_by_label("Z1[1,2]", exact=True).fill("2")
    page.keyboard.press("Enter")
    page.keyboard.type("3")  # and is still being written
    with command(tmp_path, first.port):
        wait(page, "document.querySelectorAll('.blank:is(.good, .wrong)').length == 3")
        for cell, text in (("Z1[1,1]", "1"), ("Z1[1,2]", "2"), ("Z1[2,1]", "3")):
            assert page.get_by_label(cell, exact=True).input_value() == text
        page.get_by_role("button", name="Clear the sheet").click()
        wait(page, "[...document.querySelectorAll('.blank')].every((e) => e.value == '')")
        page.reload()
        wait(page, "document.querySelectorAll('.blank').length > 9")
        assert page.locator(".blank:is(.good, .wrong)").count() == 0
    page.context.close()
