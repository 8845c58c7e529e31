"""Metrics: what counts as right, in known digits, on NumPy and on array-api-strict."""

from __future__ import annotations

import array_api_strict
import numpy as np
import pytest

from workings.metrics import Accuracy, RootMeanSquare

KNOWN = {  # metric, A, Y, per example; columns are examples
    "the largest of three": (Accuracy(), [[0.2, 0.5], [0.5, 0.3], [0.3, 0.2]], [[0, 0], [1, 0], [0, 1]], [1, 0]),
    "of equal ones the first": (Accuracy(), [[0.5, 0.5], [0.5, 0.5]], [[1, 0], [0, 1]], [1, 0]),
    "yes or no": (Accuracy(), [[0.9, 0.4, 0.5]], [[1, 1, 1]], [1, 0, 0]),
    "yes or no, before the sigmoid": (Accuracy(threshold=0.0), [[2.0, -1.0, 0.3]], [[1, 0, 0]], [1, 1, 0]),
    "several, all right": (Accuracy(several=True), [[0.9, 0.9], [0.1, 0.6]], [[1, 1], [0, 0]], [1, 0]),
    "NaN is not the largest": (
        Accuracy(),
        [[np.nan, 0.5], [0.1, np.nan], [0.1, 0.1]],
        [[1, 1], [0, 0], [0, 0]],
        [0, 0],
    ),
    "NaN is not no": (Accuracy(), [[np.nan, 0.4]], [[0, 0]], [0, 1]),
    "NaN is not no, of several": (Accuracy(several=True), [[0.9, 0.9], [np.nan, 0.1]], [[1, 1], [0, 0]], [0, 1]),
    "mean square": (RootMeanSquare(), [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 0.0]], [4.5, 10.0]),
}


@pytest.mark.parametrize("xp", [np, array_api_strict])
@pytest.mark.parametrize(("metric", "A", "Y", "want"), KNOWN.values(), ids=KNOWN)
def test_known_digits(metric, A, Y, want, xp):
    got = metric.per_example(xp, xp.asarray(A), xp.asarray(Y, dtype=xp.float64))
    assert [float(x) for x in got] == want


def test_finish():
    assert Accuracy().finish(0.25) == 0.25
    assert RootMeanSquare().finish(6.25) == 2.5
    assert Accuracy().higher_is_better
    assert not RootMeanSquare().higher_is_better
