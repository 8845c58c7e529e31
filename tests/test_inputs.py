"""Inputs at the door: examples in rows, and the axes that the first layer wants."""

from __future__ import annotations

import numpy as np
import pytest

from workings import layers
from workings.inputs import check_shape, check_words, examples, first_kind
from workings.network import chain

KINDS = {
    "table": [layers.Dense(1)],
    "image": [layers.Convolution(1, 2)],
    "sequence": [layers.Recurrent(layers.RnnCell(2))],
    "words": [layers.Embedding(3, 2)],
}
AFTER_OTHERS = {
    "image": [layers.BatchNorm(), layers.Relu(), layers.MaxPool(2), layers.Dense(1)],
    "sequence": [layers.Dropout(0.1), layers.Positions(layers.Dense(1)), layers.Last()],
    "table": [layers.Sigmoid()],
}


def test_what_the_first_layer_reads():
    for kinds in (KINDS, AFTER_OTHERS):
        for kind, network in kinds.items():
            assert first_kind(chain(*network)) == kind


TURNED = {  # shape in, kind, shape out
    "a table": ((5, 3), "table", (5, 3)),
    "grey images": ((5, 4, 6), "image", (5, 1, 4, 6)),
    "colour images": ((5, 3, 4, 6), "image", (5, 3, 4, 6)),
    "a flat image": ((5, 16), "image", (5, 16)),
    "sequences": ((5, 7, 2), "sequence", (5, 2, 7)),
    "words": ((5, 7), "words", (5, 7)),
}


@pytest.mark.parametrize(("shape", "kind", "want"), TURNED.values(), ids=TURNED)
def test_axes(shape, kind, want):
    X = np.arange(np.prod(shape)).reshape(shape)
    got = examples(X, kind)
    assert got.shape == want
    if kind == "sequence":
        np.testing.assert_array_equal(got[2, 1], X[2, :, 1])


TYPES = {
    "float64 to float32": (np.float64, "table", "float32", np.float32),
    "float64 kept": (np.float64, "table", "float64", np.float64),
    "whole numbers": (np.int64, "table", "float32", np.float32),
    "bools": (bool, "table", "float32", np.float32),
    "pixels": (np.uint8, "table", "float32", np.uint8),
    "signed bytes": (np.int8, "table", "float32", np.float32),
    "half": (np.float16, "table", "float32", np.float32),
    "long": (np.longdouble, "table", "float32", np.float32),
    "big-endian": (">f4", "table", "float32", np.float32),
    "words": (np.uint8, "words", "float32", np.int64),
    "words as floats": (np.float32, "words", "float32", np.int64),
}


@pytest.mark.parametrize(("given", "kind", "dtype", "want"), TYPES.values(), ids=TYPES)
def test_types(given, kind, dtype, want):
    got = examples(np.ones((2, 2), given), kind, dtype)
    assert got.dtype == want
    assert got.dtype.isnative


def test_the_turn_is_a_view():
    """What has the right type is not copied."""
    for shape, kind in (((5, 3), "table"), ((5, 4, 4), "image"), ((5, 7, 2), "sequence")):
        X = np.ones(shape, np.float32)
        assert np.shares_memory(examples(X, kind), X)


def test_exact_numbers_stay_exact():
    from fractions import Fraction

    got = examples([[1, Fraction(1, 2)]], "table", exact=True)
    assert got.tolist() == [[1, Fraction(1, 2)]]


def test_shapes_and_words():
    check_shape(np.zeros((2, 3)), (3,))
    with pytest.raises(ValueError, match=r"examples of shape \(3,\), but the model was made for \(4,\)"):
        check_shape(np.zeros((2, 3)), (4,))
    network = chain(layers.Embedding(3, 2))
    check_words(np.array([[0, 2]]), network)
    with pytest.raises(ValueError, match=r"X has the word 3, but E1 knows 3 words, 0 to 2: write Embedding\(4, …\)"):
        check_words(np.array([[0, 3]]), network)
