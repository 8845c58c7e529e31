"""Labels at the door: what answers are called, and the numbers a network is trained on."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.labels import Labels, check_lengths, rows, said

ROWS = {
    "a list": ([1, 2], "i", (2,)),
    "a list with bools": ([True, 2], "i", (2,)),
    "objects": (np.array([1, 2], dtype=object), "i", (2,)),
    "floats as objects": (np.array([1, 2.5], dtype=object), "f", (2,)),
    "decimals": ([Decimal("1.5"), Decimal(2)], "f", (2,)),
    "whole decimals": ([Decimal(1), Decimal(2)], "i", (2,)),
    "fractions": ([Fraction(1, 2), 3], "f", (2,)),
    "bools as objects": (np.array([True, False], dtype=object), "b", (2,)),
    "texts as objects": (np.array(["a", "bc"], dtype=object), "U", (2,)),
    "bytes": ([b"a", "ü".encode()], "U", (2,)),
    "a column": ([[1], [2]], "i", (2, 1)),
    "rows": ([[1.0, 0.5]], "f", (1, 2)),
    "large": ([2**62, 1], "i", (2,)),
}


@pytest.mark.parametrize(("y", "kind", "shape"), ROWS.values(), ids=ROWS)
def test_rows(y, kind, shape):
    got = rows(y)
    assert (got.dtype.kind, got.shape) == (kind, shape)


ENCODED = {  # y, outputs, several, kind, classes, Y
    "classes": (["b", "a", "b"], 2, False, "classes", ("a", "b"), [[0, 1], [1, 0], [0, 1]]),
    "yes or no": (["b", "a"], 1, False, "classes", ("a", "b"), [[1], [0]]),
    "bools": ([True, False], 1, False, "classes", (False, True), [[1], [0]]),
    "some of the numbers": ([2, 0], 3, False, "classes", (0, 1, 2), [[0, 0, 1], [1, 0, 0]]),
    "numbers beyond": ([7, 5], 2, False, "classes", (5, 7), [[0, 1], [1, 0]]),
    "one-hot": ([[0, 1], [1, 0]], 2, False, "classes", (0, 1), [[0, 1], [1, 0]]),
    "several, by chance one each": ([[0, 1], [1, 0]], 2, True, "several", (0, 1), [[0, 1], [1, 0]]),
    "classes of several sigmoids": ([1, 0], 2, True, "classes", (0, 1), [[0, 1], [1, 0]]),
    "several": ([[1, 1], [0, 0]], 2, True, "several", (0, 1), [[1, 1], [0, 0]]),
}


@pytest.mark.parametrize(("y", "k", "several", "kind", "classes", "Y"), ENCODED.values(), ids=ENCODED)
def test_learned_and_encoded(y, k, several, kind, classes, Y):
    labels = Labels.learned(y, k, classifies=True, several=several)
    assert (labels.kind, labels.classes, labels.outputs) == (kind, classes, k)
    got = labels.encode(y, "float32")
    assert got.dtype == np.float32
    assert got.tolist() == Y
    np.testing.assert_array_equal(
        labels.decode(got), y if kind == "several" or np.ndim(y) == 1 else np.argmax(y, axis=1)
    )


def test_numbers():
    for y, rank in (([1.5, 2.5], 1), ([[1.5], [2.5]], 2)):
        labels = Labels.learned(y, 1, classifies=False)
        assert (labels.kind, labels.rank) == ("numbers", rank)
        assert labels.encode(y).shape == (2, 1)
        np.testing.assert_array_equal(labels.decode(labels.encode(y)), y)


def test_probabilities():
    one = Labels("classes", 1, ("no", "yes"))
    np.testing.assert_array_equal(one.probabilities(np.array([[0.25]])), [[0.75, 0.25]])
    assert one.decode(np.array([[0.25], [0.75], [0.5]])).tolist() == ["no", "yes", "no"]
    three = Labels("classes", 3, (1, 2, 3))
    A = np.array([[0.2, 0.5, 0.3]])
    assert three.probabilities(A) is A


@pytest.mark.parametrize("kind", ["classes", "several", "numbers"])
def test_nan_is_no_answer(kind):
    labels = Labels(kind, 2, (0, 1))
    with pytest.raises(ValueError, match=r"the network answers with NaN in row 1 \(1 of 3 rows\)"):
        labels.decode(np.array([[0.5, 0.5], [0.1, np.nan], [0.5, 0.5]]))


def test_masked_labels_are_refused():
    with pytest.raises(ValueError, match=r"y is masked in row 1: leave such rows out"):
        rows(np.ma.masked_equal([1, 0, 1], 0))
    assert rows(np.ma.masked_equal([1, 2], 0)).tolist() == [1, 2]


LABELS = st.one_of(
    st.lists(st.text(max_size=4), min_size=2, max_size=30),
    st.lists(st.integers(-(2**53), 2**53), min_size=2, max_size=30),
    st.lists(st.booleans(), min_size=2, max_size=30),
    st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=30),
)


@settings(max_examples=40)
@given(LABELS)
def test_whatever_they_are_called_they_come_back(y):
    k = len(set(y))
    if k < 2 or any("\0" in str(label) for label in y) or len({str(label).strip() for label in y}) < k:
        return
    labels = Labels.learned(y, k, classifies=True)
    Y = labels.encode(y)
    assert (Y.sum(axis=1) == 1).all()
    assert labels.decode(Y).tolist() == y
    assert list(labels.classes) == sorted(labels.classes)


def test_classes_that_differ_in_blanks_only():
    with pytest.raises(ValueError, match="the classes ' 0' and '0', which differ in blanks only"):
        Labels.learned(["0", " 0", "1"], 3, classifies=True)


def test_lengths():
    X = np.zeros((3, 2))
    check_lengths(X, [1, 2, 3])
    with pytest.raises(ValueError, match=r"X has 3 examples and y has 4 labels: they must be as many$"):
        check_lengths(X, [1, 2, 3, 4])


def test_only_a_few_are_said():
    assert said(range(3)) == "0, 1, 2"
    assert said(list("abcdefgh")) == "'a', 'b', 'c', 'd', 'e', 'f', …"
