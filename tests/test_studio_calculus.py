"""Calculus: graphs of formulas, nudges, descents; and in a browser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.studio_guests import Place, axe, fits, visited, wait
from tests.test_studio_play import Post
from workings.ink import graph
from workings.studio.pages.calculus import CURVES, EXAMPLES, Calculus


def plain(text: str) -> float:
    """A typeset number, read again."""
    return float(text.replace("×10", "e").translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")))


@pytest.fixture
def page() -> Calculus:
    return Calculus(None, Post())  # type: ignore[arg-type]  (it needs no studio)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_node_of_an_example_says_what_the_graph_says(page: Any, name: str) -> None:
    formula, values = EXAMPLES[name]
    page.on_graph(formula, values)
    kind, told = page.post.said[-1]
    assert kind == "graph"
    g = graph(formula, **values)
    assert [n["name"] for n in told["nodes"]] == list(g.forward)
    by_name = {n["name"]: n for n in told["nodes"]}
    for node in told["nodes"]:
        assert all(by_name[read]["depth"] < node["depth"] for read in node["reads"])
        assert plain(node["slope"]) == pytest.approx(float(g.slope(node["name"])), rel=1e-3, abs=1e-12)
    for cell in g:
        page.on_open(cell)
        kind, shown = page.post.said[-1]
        assert kind == "opened"
        assert shown["full"] in (str(g[cell].value), repr(g[cell].value))


def test_the_known_numbers_of_the_notes(page: Any) -> None:
    page.on_start()
    told = page.post.said[-1][1]
    assert {n["name"]: (n["value"], n["slope"]) for n in told["nodes"]} == {
        "a": ("5", "3"),
        "b": ("3", "6"),
        "c": ("2", "9"),
        "u": ("6", "3"),
        "v": ("11", "3"),
        "J": ("33", "1"),
    }
    page.on_move("b", 0.001)
    moved = page.post.said[-1][1]
    assert moved["says"] == "dJ/db = 6, so J should change by 0.006; it changes by 0.006"
    assert [r["name"] for r in moved["rows"]] == ["b", "u", "v", "J"]


@pytest.mark.parametrize(
    ("formula", "values", "said"),
    [
        ("J = ", {}, ""),
        ("J = a +", {"a": "1"}, ""),
        ("J = log(a)", {"a": "-1"}, "no value"),
        ("J = a / b", {"a": "1", "b": "0"}, "no value|zero"),
        ("J = __import__('os')", {}, ""),
        ("J = a", {"a": "many"}, "is not a number"),
        ("J = J + a", {"a": "1"}, "needs a value for J"),
        ("J = a ** 999999999", {"a": "9"}, "too large"),
        ("; ".join(f"a{i + 1} = a{i} * 2" for i in range(70)), {"a0": "1"}, "a picture holds 60"),
    ],
)
def test_what_is_no_formula_is_said_in_a_sentence(page: Any, formula: str, values: dict, said: str) -> None:
    page.on_graph(formula, values)
    kind, told = page.post.said[-1]
    assert kind == "failed"
    assert np.any([word in told for word in said.split("|")])


def test_numbers_are_read_as_they_are_copied(page: Calculus) -> None:
    page.on_graph("J = a * b * c", {"a": "−2", "b": "1,5", "c": "1e400"})
    kind, told = page.post.said[-1]
    assert (kind, told["values"]) == ("graph", {"a": "-2", "b": "1.5", "c": "1e400"})
    assert max(len(node["value"]) for node in told["nodes"]) < 20
    page.on_descend("J = exp(9 * w)", [1.0], 0.1, 3)  # far above what the picture holds, without a warning
    assert page.post.said[-1][0] == "descent"


@pytest.mark.parametrize("name", CURVES)
def test_a_descent_goes_down_by_the_slope(page: Any, name: str) -> None:
    formula = CURVES[name]
    names = 2 if "v" in formula else 1
    page.on_descend(formula, [1.5, 1.0][:names], 0.05, 10)
    kind, told = page.post.said[-1]
    assert kind == "descent"
    assert len(told["lines"]) == 11
    page.on_descend("J = w^2", [3.0], 0.25, 2)
    assert page.post.said[-1][1]["lines"] == [["3", "9", "6"], ["1.5", "2.25", "3"], ["0.75", "0.5625", "1.5"]]


def test_steps_that_are_too_long_leave_the_picture(page: Any) -> None:
    page.on_descend("J = w^2", [3.0], 3.0, 100)
    assert len(page.post.said[-1][1]["lines"]) < 20
    page.on_descend("J = a * b * c", [3.0], 1.0, 3)
    assert page.post.said[-1][0] == "undescended"


def test_the_page_in_a_browser(browser: Any, place: Place) -> None:
    with visited(browser, place, "calculus") as page:
        page.wait_for_selector(".tree-node")
        page.locator("[data-cell='dJ/db']").click()
        page.wait_for_selector(".value[data-cell='dJ/db']")
        assert page.locator(".value output").inner_text() == "6"
        page.get_by_role("textbox", name="b =").fill("4")
        page.get_by_role("textbox", name="b =").press("Enter")
        wait(page, "document.querySelector('[data-node=J] button').textContent == 'J = 39'")
        page.get_by_label("nudge c by 0.001").click()
        page.wait_for_selector("text=dJ/dc = 12, so J should change by 0.012; it changes by 0.012")
        page.select_option("#curves", "a saddle")
        wait(page, "document.querySelector('.valley canvas').height == 480")
        page.get_by_label("Formula", exact=True).fill("J = <img src=x onerror=alert(1)>")
        page.get_by_label("Formula", exact=True).press("Enter")
        page.wait_for_selector(".bad")
        axe(page)
        page.set_viewport_size({"width": 360, "height": 800})
        fits(page)


def test_axe_in_the_dark(browser: Any, place: Place) -> None:
    with visited(browser, place, "calculus", color_scheme="dark") as page:
        page.wait_for_selector(".tree-node")
        axe(page)
