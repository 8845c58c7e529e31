"""Parameters by hand: exact where they can be, in the shapes they must have."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from workings import layers
from workings.network import chain
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
