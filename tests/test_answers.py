"""Answers are read as numbers, and nothing else is."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workings.exercises.answers import read

READ = {
    "12": 12,
    " -7 ": -7,
    "−7": -7,
    "+3": 3,
    "0.5": Fraction(1, 2),
    "0,5": Fraction(1, 2),
    ".25": Fraction(1, 4),
    "3.": 3,
    "2/3": Fraction(2, 3),
    "-2 / 3": Fraction(-2, 3),
    "0.5/2": Fraction(1, 4),
    "1 1/2": Fraction(3, 2),
    "-1 1/2": Fraction(-3, 2),
    "= 4": 4,
    "1e-3": Fraction(1, 1000),
    "1.5E2": 150,
    "2⁄3": Fraction(2, 3),
}
REFUSED = [
    *("", "?", "--3", "1/0", "nan", "inf", "-inf", "1e999", "1e13", "9" * 41, "9" * 14, "1_000", "0x10", "2**9"),
    *("1,234.5", "1.2.3", "__import__('os')", "(1)", "a", "1 2", "1+1", "٣", "1e", "e5", "1/2/3", "½"),
]


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_what_is_read(text, value):
    assert read(text).value == value


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text):
    with pytest.raises(ValueError, match=r"number|far|letters|divided"):
        read(text)


def test_decimals_are_counted():
    assert [read(x).decimals for x in ("12", "2/3", "0.50", "1,5", "1.5e-2", "1.5e2")] == [None, None, 2, 1, 3, None]


@given(st.fractions(-(10**9), 10**9, max_denominator=10**6))
def test_every_fraction_comes_back(x):
    assert read(str(x)).value == x


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(ValueError):
        assert abs(read(text).value) <= 10**12
