"""Rows 102, 104 and 105 of the coverage: a derivative as a slope, the chain rule, and the computation graph."""

from fractions import Fraction

import pytest

from workings.ink.graph import graph
from workings.slopes import nudged


def test_row_102_a_derivative_is_the_ratio_of_a_nudge():
    tiny = Fraction("0.001")
    assert nudged(lambda a: 3 * a, Fraction(2), tiny).slope == 3  # 6 becomes 6.003
    assert nudged(lambda a: a * a, Fraction(2), tiny).slope == Fraction("4.001")  # near 4
    assert nudged(lambda a: a * a, Fraction(5), tiny).slope == Fraction("10.001")  # another place, another slope
    here = nudged(lambda a: a * a, 2.0, 1e-7)
    assert here.tangent(3.0) == pytest.approx(8, abs=1e-5)  # the line 4 + 4 (t - 2)


def test_row_104_the_chain_rule():
    g = graph("v = a + 6; J = 3 * v", a=5)
    assert (g["J"].value, g.slope("v"), g.slope("a")) == (33, 3, 3)  # dJ/da = dJ/dv · dv/da
    g = graph("v = 2 * a; J = 3 * v", a=5)
    assert g.slope("a") == 3 * 2
    assert "dJ/da = dJ/dv x 2 = (3)(2) = 6" in str(g)


def test_row_105_the_computation_graph_of_3_times_a_plus_bc():
    g = graph("u = b * c; v = a + u; J = 3 * v", a=5, b=3, c=2)
    assert {name: g[name].value for name in "uvJ"} == {"u": 6, "v": 11, "J": 33}
    assert {name: g.slope(name) for name in "abcuv"} == {"a": 3, "b": 6, "c": 9, "u": 3, "v": 3}
    order = [line.split(" ")[0] for line in str(g).splitlines()]
    assert order[:3] == ["u", "v", "J"]  # left to right
    assert [name for name in order if name in ("dJ/dv", "dJ/du", "dJ/db")] == ["dJ/dv", "dJ/du", "dJ/db"]  # and back
    assert "dJ/db = dJ/du x c = (3)(2) = 6" in str(g)
    assert graph("J = 3 * (a + b * c)", a=5, b=3, c=2)["J"].value == 33


@pytest.mark.parametrize("formula", ["x * x * x - 2 / x", "exp(-x) * tanh(x)", "sqrt(x) + log(x)", "max(x, 1) ** 2"])
def test_row_105_formulas_that_a_user_types(formula):
    J = lambda x: graph(f"J = {formula}", x=x)
    measured = nudged(lambda x: J(x)["J"].value, 1.7, 1e-6).slope
    assert J(1.7).slope("x") == pytest.approx(measured, abs=1e-4)


@pytest.mark.parametrize("formula", ["", "import os", "y + 1", "x +", "x.real", "x ** 9999999", "f(x)"])
def test_row_105_what_is_no_formula_is_refused_with_a_sentence(formula):
    with pytest.raises(ValueError, match=r"formula|cannot be read|needs a value|not understood|too large|not known"):
        graph(formula, x=2)
