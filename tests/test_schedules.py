"""Schedules: α after k epochs, by hand."""

from __future__ import annotations

from math import inf, nan

import pytest

from tests.cases import SCHEDULES
from workings.schedules import Constant, Cosine, Exponential, Inverse, Step, WarmUp, schedule

KNOWN = {  # schedule: α for k = 0, 1, 2, …
    "constant": (Constant(0.4), [0.4, 0.4, 0.4]),
    "step": (Step(0.8, every=2, factor=0.5), [0.8, 0.8, 0.4, 0.4, 0.2]),
    "step by tenths": (Step(0.8, every=1), [0.8, 0.08, 0.008]),
    "exponential": (Exponential(0.8, factor=0.5), [0.8, 0.4, 0.2]),
    "exponential by a twentieth": (Exponential(1.0), [1, 0.95, 0.9025]),
    "inverse": (Inverse(0.6, decay=0.5), [0.6, 0.4, 0.3, 0.24]),
    "inverse by 1": (Inverse(0.6), [0.6, 0.3, 0.2, 0.15]),
    # cos 0 = 1, cos π/3 = 1/2, cos 2π/3 = -1/2, cos π = -1, and then no further
    "cosine": (Cosine(0.9, epochs=3, end=0.1), [0.9, 0.7, 0.3, 0.1, 0.1, 0.1]),
    "cosine to 0": (Cosine(0.8, epochs=2), [0.8, 0.4, 0, 0]),
    "warm-up": (WarmUp(Exponential(0.8, factor=0.5), epochs=4), [0.2, 0.4, 0.6, 0.8, 0.8, 0.4, 0.2]),
    "warm-up of one epoch": (WarmUp(Exponential(0.8, factor=0.5)), [0.8, 0.8, 0.4]),
}


@pytest.mark.parametrize(("rate", "want"), KNOWN.values(), ids=KNOWN)
def test_known_digits(rate, want):
    assert [rate(k) for k in range(len(want))] == pytest.approx(want, rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("rate", SCHEDULES.values(), ids=SCHEDULES)
def test_a_rate_is_a_positive_number_and_never_rises_after_the_warm_up(rate):
    alphas = [rate(k) for k in range(getattr(rate, "epochs", 0) * isinstance(rate, WarmUp), 30)]
    assert all(type(alpha) is float and alpha > 0 for alpha in alphas)
    assert alphas == sorted(alphas, reverse=True)
    assert rate == type(rate)(**vars(rate))


def test_a_number_is_a_constant_schedule():
    assert schedule(0.1) == Constant(0.1)
    assert schedule(2) == Constant(2.0)
    assert type(schedule(2).start) is float
    cosine = Cosine(0.4, epochs=3)
    assert schedule(cosine) is cosine


@pytest.mark.parametrize("rate", [0, -0.1, inf, nan, "0.1", None, True])
def test_what_is_no_rate_is_refused(rate):
    with pytest.raises(ValueError, match=r"a positive number or a schedule, not .*; try 0\.1"):
        schedule(rate)
