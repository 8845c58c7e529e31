"""Rows 102, 104 and 105 of the coverage: a derivative as a slope, the chain rule, and the computation graph."""

from fractions import Fraction

import pytest

from workings.computation_graph import graph
from workings.slopes import nudged


def test_row_102_a_derivative_is_the_ratio_of_a_nudge():
    tiny = Fraction("0.001")
    assert nudged(lambda a: 3 * a, Fraction(2), tiny).slope == 3  # 6 becomes 6.003
    assert nudged(lambda a: a * a, Fraction(2), tiny).slope == Fraction("4.001")  # near 4
    here = nudged(lambda a: a * a, 2.0, 1e-7)
    assert here.tangent(3.0) == pytest.approx(8, abs=1e-5)  # the line 4 + 4 (t - 2)


def test_row_104_the_chain_rule():
    g = graph("v = a + 6; J = 3 * v", a=5)
    assert (g.slopes["v"], g.slopes["a"]) == (3, 3)
    assert "dJ/da = dJ/dv * 1 = 3 * 1 = 3" in g.backward


def test_row_105_the_computation_graph_of_3_times_a_plus_bc():
    g = graph("u = b * c; v = a + u; J = 3 * v", a=5, b=3, c=2)
    assert {name: g[name].value for name in "uvJ"} == {"u": 6, "v": 11, "J": 33}
    assert {name: g.slopes[name] for name in "abcuv"} == {"a": 3, "b": 6, "c": 9, "u": 3, "v": 3}
    forward = [name for name in g if g[name].reads]
    assert forward == ["u", "v", "J"]  # left to right
    assert [line.split(" ")[0] for line in g.backward] == ["dJ/dv", "dJ/du", "dJ/da", "dJ/db", "dJ/dc"]  # and back
    assert graph("3 * (a + b * c)", a=5, b=3, c=2)["J"].value == 33


@pytest.mark.parametrize("formula", ["x * x * x - 2 / x", "exp(-x) * tanh(x)", "sqrt(x) + log(x)", "max(x, 1) ** 2"])
def test_row_105_formulas_that_a_user_types(formula):
    g = graph(formula, x=1.7)
    measured = nudged(lambda x: graph(formula, x=x)["J"].value, 1.7, 1e-6).slope
    assert g.slopes["x"] == pytest.approx(measured, abs=1e-4)


@pytest.mark.parametrize(
    "formula", ["", "import os", "y + 1", "x +", "x.real", "9 ** 9 ** 9", "x = 2", "f(x)", "x" * 600]
)
def test_row_105_what_is_no_formula_is_refused_with_a_sentence(formula):
    with pytest.raises(
        ValueError, match=r"no value|no step|not a formula|cannot be read|no formula|exponent|already|characters"
    ):
        graph(formula, x=1)
