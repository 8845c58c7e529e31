"""Parameters by hand: exact where they can be, in the shapes they must have."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from workings import layers
from workings.network import Network, chain
from workings.parameters import by_label, exactly, fitted, given, numbers

NETWORK = chain(layers.Dense(2), layers.Relu(), layers.Dense(1))
START = NETWORK.init(np.random.default_rng(0), (3,))

EXACT = {
    "whole": ([[1, -2]], [[1, -2]]),
    "fractions": (["1/2", Fraction(4, 2)], [Fraction(1, 2), 2]),
    "decimals in quotes": (["0.1", "-1e-3"], [Fraction(1, 10), Fraction(-1, 1000)]),
    "large": ([10**40], [10**40]),
    "numpy": (np.arange(3), [0, 1, 2]),
    "one": (7, 7),
    "a float": ([1, 0.5], None),
    "a bool": ([True], None),
    "none": ([None], None),
}


@pytest.mark.parametrize(("value", "want"), EXACT.values(), ids=EXACT)
def test_exactly(value, want):
    got = exactly(value)
    assert got is None if want is None else got.tolist() == want
    if got is not None:
        assert {type(cell) for cell in got.ravel()} <= {int, Fraction}


@pytest.mark.parametrize("text", ["x", "1/0", "", "nan", "inf", "1,5"])
def test_texts_that_are_no_number(text):
    with pytest.raises(ValueError, match=r"is not a number; write 3, 0\.5 or 1/2"):
        exactly([text])


@pytest.mark.parametrize("text", ["1e9999999", "1e-401", "1E+0401", "2.5e1_000", "1e" + "9" * 9999])
def test_exponents_that_would_take_all_memory(text):
    with pytest.raises(ValueError, match=r"is not within what can be computed, 1e-400 to 1e400"):
        exactly([text])


def test_exponents_that_can_be():
    assert exactly(["1e400", "1e-0000400", "-2E+3"]).tolist() == [10**400, Fraction(1, 10**400), -2000]


def test_every_parameter_of_rows_with_one_number_is_given():
    table = {"conv1": (layers.Dense(2), "X"), "dense1": (layers.Dense(1), "conv1")}
    network = Network(table)
    start = network.init(np.random.default_rng(0), (1,))
    hand = {"W_conv1": [[1], [2]], "b_conv1": [0, 0], "W_dense1": [[1, 1]], "b_dense1": [5]}
    assert list(by_label(network, start)) == list(hand)
    params, exact = given(network, start, hand)
    assert exact["conv1"]["W"].tolist() == [[1], [2]]
    assert params["dense1"]["b"].tolist() == [[5]]


def test_names_for_users():
    assert list(by_label(NETWORK, START)) == ["W1", "b1", "W2", "b2"]


def test_given_takes_the_place_of_what_was_drawn():
    W = [[1, 2, 3], [4, 5, "1/3"]]
    params, exact = given(NETWORK, START, {"W1": W})
    assert params["Z1"]["W"].tolist() == [[1, 2, 3], [4, 5, pytest.approx(1 / 3)]]
    assert params["Z2"]["W"] is not W
    np.testing.assert_array_equal(params["Z2"]["W"], START["Z2"]["W"])
    assert exact is None
    _, exact = given(NETWORK, START, {"W1": W, "b1": [0, 0], "W2": [[1, 1]], "b2": [0]})
    assert exact["Z1"]["W"][1, 2] == Fraction(1, 3)
    _, exact = given(NETWORK, START, {"W1": W, "b1": [0, 0.5], "W2": [[1, 1]], "b2": [0]})
    assert exact is None


def test_given_copies():
    W = np.ones((2, 3))
    params, _ = given(NETWORK, START, {"W1": W})
    W[0, 0] = 99
    assert params["Z1"]["W"][0, 0] == 1


def test_fitted():
    column = fitted("b1", np.arange(2), (2, 1))
    assert column.shape == (2, 1)
    with pytest.raises(ValueError, match=r"W1 must have the shape \(2, 3\), not \(3, 2\) .*transpose"):
        fitted("W1", np.ones((3, 2)), (2, 3))
    with pytest.raises(ValueError, match=r"not \(2,\)$"):
        fitted("W1", np.ones(2), (2, 3))


def test_numbers():
    assert numbers("W1", ["0.5"]).tolist() == [0.5]
    assert numbers("W1", [1e300]).tolist() == [1e300]
    with pytest.raises(ValueError, match=r"W1 is 1e\+300 at \[0\]: that is no number that float32 can hold"):
        numbers("W1", [1e300], "float32")
