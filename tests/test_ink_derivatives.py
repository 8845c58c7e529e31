"""The slope of every operation, in known digits and at its kinks."""

import math

import pytest

from workings.ink.derivatives import slopes
from workings.ink.number import Name, Number, work


def leaf(name, value):
    return Number(value, name=Name(name))


@pytest.mark.parametrize(
    ("op", "values", "found"),
    [
        ("+", (3, 5), {"a": 1, "b": 1}),
        ("-", (3, 5), {"a": 1, "b": -1}),
        ("*", (3, 5), {"a": 5, "b": 3}),
        ("/", (3, 2), {"a": 0.5, "b": -0.75}),
        ("**", (3, 2), {"a": 6, "b": 9 * math.log(3)}),
        ("**", (2.0, 3), {"a": 12, "b": 8 * math.log(2)}),
        ("neg", (3,), {"a": -1}),
        ("abs", (0.5,), {"a": 1}),
        ("abs", (-0.5,), {"a": -1}),
        ("abs", (0,), {}),
        ("exp", (1.0,), {"a": math.e}),
        ("log", (4.0,), {"a": 0.25}),
        ("log1p", (3.0,), {"a": 0.25}),
        ("tanh", (0.5,), {"a": 1 - math.tanh(0.5) ** 2}),
        ("sqrt", (4.0,), {"a": 0.25}),
        ("max", (3, 5), {"b": 1}),
        ("max", (5, 5), {"a": 1}),
        (">", (3, 5), {}),
        ("argmax", (3, 5), {}),
    ],
)
def test_every_operation_has_its_slope(op, values, found):
    x = work(op, *(leaf(name, value) for name, value in zip("ab", values, strict=False)))
    assert {name.array: float(slope) for name, slope in slopes(x).items()} == pytest.approx(found)


def test_a_choice_hands_its_slope_to_what_was_chosen():
    a, b = leaf("a", 3), leaf("b", 5)
    for condition, chosen in [(work("<", a, b), "a"), (work(">", a, b), "b")]:
        assert {n.array: s for n, s in slopes(work("where", condition, a, b)).items()} == {chosen: 1}


def test_a_shut_relu_has_no_slope_at_0():
    for value, found in [(2, {"a": 1}), (-2, {}), (0, {})]:
        assert {n.array: s for n, s in slopes(work("max", leaf("a", value), Number(0))).items()} == found


def test_what_is_used_twice_adds_up():
    a = leaf("a", 3)
    square = work("*", a, a)
    assert slopes(work("+", square, work("*", square, Number(2)))) == {Name("a"): 18}
