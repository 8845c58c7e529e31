"""The bound on another order of the same sums: 4 n eps Σ|terms| for a sum of products; the rest passes it on."""

import math

import numpy as np
import pytest

from workings.explain import explain
from workings.explain.accuracy import EPS, bound
from workings.ink import namespace as ink
from workings.ink.number import Name, Number, work
from workings.ink.text import symbols
from workings.layers import Dense
from workings.losses import SquaredError
from workings.network import chain

A, B, C = Number(3.0, name=Name("a")), Number(-2.0, name=Name("b")), Number(0.5, name=Name("c"))
SUM = work("+", A, B, C)  # error 2 (3 + 2 + 0.5) = 11
S = 11.0


@pytest.mark.parametrize(
    ("x", "units"),
    [
        (Number(1.5), 0),
        (work("+", Number(1), Number(2)), 0),
        (SUM, S),
        (work("-", A, B), 5),
        (work("+", work("*", A, B), work("*", B, C), work("*", A, C)), 3 * (6 + 1 + 1.5)),
        (work("*", A, B), 6),
        (work("*", SUM, B), 2 * S + 3),
        (work("/", SUM, B), S / 2 + 0.75),
        (work("/", B, SUM), (2 / 1.5) * S / 1.5 + 2 / 1.5),
        (work("neg", SUM), S),
        (work("abs", SUM), S),
        (work("exp", SUM), math.exp(1.5) * (S + 2)),
        (work("log", SUM), S / 1.5 + 2 * math.log(1.5)),
        (work("log1p", SUM), S / 2.5 + 2 * math.log1p(1.5)),
        (work("sqrt", A), math.sqrt(3)),
        (work("sqrt", SUM), S / (2 * math.sqrt(1.5)) + math.sqrt(1.5)),
        (work("tanh", SUM), S + 2 * math.tanh(1.5)),
        (work("**", A, Number(2)), 2 * 9),
        (work("**", SUM, Number(2)), 2 * 1.5 * S + 2 * 2.25),
        (work("max", SUM, B), S),
        (work("where", work(">", A, B), SUM, A), S),
        (work("where", work("<", A, B), SUM, A), 0),
    ],
)
def test_every_operation_has_its_share(x, units):
    assert bound(x) / (4 * EPS) == pytest.approx(units, rel=1e-14)  # the bound itself is less than approx tells apart


def test_a_long_sum_is_bounded_as_a_short_one():
    x, y = np.random.default_rng(0).standard_normal((2, 1, 40))
    made = (ink.asarray(x, "x") @ ink.asarray(y.T, "y")).cell(0, 0)
    assert bound(made) / (4 * EPS) == pytest.approx(40 * np.abs(x * y).sum(), rel=1e-12)
    assert bound(made) > abs(made.value - math.fsum((x * y).ravel()))


def test_cells_are_counted_from_1_unless_told_otherwise():
    x = ink.asarray(np.ones((2, 3)), "W1")
    assert symbols((x * 2).cell(0, 2)) == "W1[1,3] x 2"
    assert symbols((x * 2).cell(0, 2), base=0) == "W1[0,2] x 2"


def test_whole_numbers_among_floats_are_bounded_too():
    third = work("/", Number(1), Number(3))
    assert bound(third) == 0
    assert bound(third, in_floats=True) / (4 * EPS) == pytest.approx(1 / 3)
    params = {"Z1": {"W": np.array([[1, 1]]), "b": np.array([[0]])}}
    w = explain(chain(Dense(1)), SquaredError("half"), params, np.array([[1, 2], [2, 1]]), np.array([[0.5, 0]]))
    assert w["dW1"][0, 0].bound > 0
