"""Initializers: their spread, their first digits, and one generator for all."""

from __future__ import annotations

import numpy as np
import pytest

from workings.initializers import INITIALIZERS, he, initial, ones, small, zeros

SHAPE = (300, 20, 5)  # 300 units, each fed by 100
SPREADS = {
    "he": (2 / 100) ** 0.5,
    "xavier": (2 / 400) ** 0.5,
    "lecun": (1 / 100) ** 0.5,
    "small": 0.01,
    "normal": 1,
    "zeros": 0,
    "ones": 0,
}


def test_none_is_forgotten():
    assert SPREADS.keys() == INITIALIZERS.keys()


@pytest.mark.parametrize("name", SPREADS)
def test_the_spread_is_as_written(name):
    """30,000 draws: the mean within 4 of its standard errors, the spread within 2 %."""
    drawn = initial(name, np.random.default_rng(0), SHAPE)
    assert drawn.shape == SHAPE
    assert drawn.dtype == np.float64
    assert drawn.std() == pytest.approx(SPREADS[name], rel=0.02)
    assert abs(drawn.mean() - (name == "ones")) <= 4 * SPREADS[name] / drawn.size**0.5


def test_known_digits():
    """The first standard normal of NumPy's generator with seed 0 is 0.12573022; he of 2 inputs leaves it."""
    assert he(np.random.default_rng(0), (1, 2))[0, 0] == pytest.approx(0.12573022, abs=1e-8)
    assert small(np.random.default_rng(0), (1, 2))[0, 0] == pytest.approx(0.0012573022, abs=1e-10)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_one_seed_fixes_the_numbers(name):
    first, second = (initial(name, np.random.default_rng(7), (3, 4)) for _ in range(2))
    np.testing.assert_array_equal(first, second, strict=True)


def test_zeros_and_ones_draw_nothing():
    rng = np.random.default_rng(0)
    assert (zeros(rng, (2, 3)) == 0).all()
    assert (ones(rng, (2, 3)) == 1).all()
    assert rng.random() == np.random.default_rng(0).random()


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(
        ValueError, match="no initializer 'hee'; there are he, xavier, lecun, small, normal, zeros, on"
    ):
        initial("hee", np.random.default_rng(0), (1, 1))
