"""What a line leaves out: what says nothing, and the small terms of a long sum."""

import math

import pytest

from workings.ink.number import Name, Number, work
from workings.ink.text import numbers
from workings.sheets.tidy import added, tidy

A, B, C = (Number(value, name=Name(name)) for name, value in (("a", 2), ("b", -3), ("c", 0)))
NO, ONE = Number(0), Number(1)


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (work("+", A, NO), "2"),
        (work("+", A, ONE), "2 + 1"),
        (work("+", A, B, NO), "2 + (-3)"),
        (work("+", A, C), "2 + 0"),
        (work("+", NO, NO), "0"),
        (work("+", NO, A, work("*", NO, B)), "2"),
        (work("+", A, work("/", NO, B)), "2"),
        (work("+", A, work("/", B, A)), "2 + (-3 / 2)"),
        (work("+", A, work("*", C, B)), "2 + (0)(-3)"),
        (work("+", A, work("-", A, A)), "2 + (2 - 2)"),
        (work("+", A, work("*", work("+", ONE, Number(-1)), B)), "2 + (1 + (-1))(-3)"),
        (work("+", A, work("*", work("+", NO, NO), B)), "2"),
        (work("*", ONE, A), "2"),
        (work("*", work("*", ONE, A), B), "(2)(-3)"),
        (work("*", ONE, ONE), "1"),
        (work("*", NO, A), "(0)(2)"),
        (work("*", Number(True), A), "(True)(2)"),
        (work("+", A, Number(False)), "2 + False"),
        (work("/", A, ONE), "2"),
        (work("/", ONE, A), "1 / 2"),
        (work("**", A, ONE), "2"),
        (work("**", ONE, A), "1^2"),
        (work("-", A, ONE), "2 - 1"),
        (work("neg", NO), "0"),
        (work("neg", ONE), "-1"),
        (work("max", A, ONE), "max(2, 1)"),
        (work("where", work(">", A, NO), A, B), "2 if 2 > 0 else -3"),
        (work("*", A, work("where", work(">", A, NO), A, B)), "(2)(2)"),
        (work("*", A, work("where", work("<", A, NO), A, B)), "(2)(-3)"),
    ],
)
def test_what_says_nothing_is_left_out(x, told):
    assert numbers(tidy(x, 3)) == told
    assert tidy(x, 3).value == x.value


def terms(*values):
    return [work("*", Number(v), Number(2)) for v in values]


BIAS = Number(7, name=Name("b1"))


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (work("+", *terms(7, 5, 2, 4)), "(7)(2) + (5)(2) + (2)(2) + (4)(2)"),
        (work("+", *terms(3, 5, 2, 4, 6)), "(6)(2) + (5)(2) + (3 smaller: 18)"),
        (work("+", *terms(3, -5, 2, 4), BIAS), "(-5)(2) + (4)(2) + (2 smaller: 10) + 7"),
        (work("+", *terms(3, 5, 3, 3, -3)), "(5)(2) + (3)(2) + (3 smaller: 6)"),
        (work("+", Number(9), *terms(3, 5, 2), BIAS), "(5)(2) + 9 + (3 smaller: 17)"),
        (work("+", *terms(3.0, 5.0, 2.0, math.nan, 4.0)), "(nan)(2) + (5.0)(2) + (3 smaller: 18.0)"),
        (work("+", *terms(3, 5, 10**400, 2, 4)), f"({10**400})(2) + (5)(2) + (3 smaller: 18)"),
    ],
)
def test_of_a_long_sum_the_largest_terms_are_shown(x, told):
    shown = tidy(x, 2)
    rest = [part for part in shown.operands if part.op == "rest"]
    text = " + ".join(
        f"({len(part.operands)} smaller: {part.value})" if part.op == "rest" else numbers(part) or str(part.value)
        for part in shown.operands
    )
    assert text == told
    assert len(rest) == ("smaller" in told)


def test_the_rest_is_added_correctly_rounded():
    parts = [Number(v) for v in (1e16, 1.0, -1e16, 0.5)]
    assert added(parts, [0, 1, 2]) == 1.0
    assert added(parts, [1, 3]) == 1.5
    assert added([Number(math.inf), Number(-math.inf)], [0, 1]) != 0
    assert added([Number(2), Number(3)], [1]) == 3
