"""Splits: every row in exactly one part, the same for the same seed; and leaks, found when they are planted."""

# ruff: noqa: PT017 (random input may pass or be refused, and both are right: pytest.raises does not fit)

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.data import leaks, mnist, split, split_rows, table

HERE = os.environ.get("WORKINGS_DATA", "")


@settings(max_examples=200, deadline=None)
@given(
    m=st.integers(3, 300),
    test=st.floats(0, 0.5),
    validation=st.one_of(st.none(), st.floats(0, 0.3)),
    seed=st.integers(0, 2**32),
    classes=st.one_of(st.none(), st.integers(1, 5)),
)
def test_a_split_is_a_partition(m, test, validation, seed, classes):
    y = np.arange(m) % (classes or 1)
    X = np.arange(3 * m).reshape(m, 3)
    try:
        parts = split(X, y, test, validation, seed, stratify=classes is not None)
    except ValueError as error:
        assert "nothing is left to train on" in str(error)
        return
    held = [part for part in parts if part is not None]
    assert (parts.validation is None) == (validation is None)
    rows = np.concatenate([part.X[:, 0] // 3 for part in held])
    assert sorted(rows.tolist()) == list(range(m))
    for part in held:
        np.testing.assert_array_equal(part.y, y[part.X[:, 0] // 3])
    assert len(parts.test.y) == (max(1, round(m * test)) if test else 0)
    assert leaks(parts.train.X, parts.test.X) == 0
    again = split(X, y, test, validation, seed, stratify=classes is not None)
    np.testing.assert_array_equal(again.train.X, parts.train.X)


@settings(max_examples=100, deadline=None)
@given(counts=st.lists(st.integers(1, 60), min_size=2, max_size=5), seed=st.integers(0, 99))
def test_stratified_parts_keep_the_frequencies_up_to_one_row(counts, seed):
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    m = len(labels)
    _, validation, test = split_rows(m, 0.25, 0.0, seed, labels)
    assert len(validation) == 0
    share = len(test) / m
    for which, count in enumerate(counts):
        assert abs((labels[test] == which).sum() - share * count) <= 1


def test_shares_go_to_the_largest_remainders():
    """7, 2 and 1 rows, 3 of 10 wanted: 2.1, 0.6 and 0.3 of each, so 2, 1 and 0."""
    labels = np.repeat(["a", "b", "c"], [7, 2, 1])
    for seed in range(5):
        assert sorted(labels[split_rows(10, 3, seed=seed, labels=labels)[2]].tolist()) == ["a", "a", "b"]
    assert [len(rows) for rows in split_rows(1, 0)] == [1, 0, 0]


def test_known_rows():
    """Pinned: another order of random draws would change every published split."""
    assert np.random.default_rng(0).permutation(10)[:3].tolist() == [4, 6, 2]  # two for the test, then one held out
    assert [rows.tolist() for rows in split_rows(10, 0.2, 0.1, seed=0)] == [[0, 1, 3, 5, 7, 8, 9], [2], [4, 6]]
    assert split_rows(10, 0.2, seed=1)[2].tolist() != split_rows(10, 0.2, seed=0)[2].tolist()


def test_rows_may_be_counted_and_data_may_be_lists_tables_or_frames(tmp_path):
    parts = split(["a", "b", "c", "d"], [0, 1, 0, 1], test=1, validation=1)
    assert (len(parts.train.y), sorted(parts.train.X + parts.validation.X + parts.test.X)) == (2, list("abcd"))

    path = tmp_path / "t.csv"
    path.write_text("size,price\n" + "".join(f"{i},{10 * i}\n" for i in range(10)))
    train, _, test = split(table(path), test=0.3)
    assert (len(train.X), len(test.X)) == (7, 3)
    np.testing.assert_array_equal(train.y, 10 * train.X.columns["size"])
    assert train.X.where(0) == f"line {2 + train.X.columns['size'][0]} of {str(path)!r}"

    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"y": range(10), "features": range(10)})
    train, _, _test = split(frame, list(range(10)), test=0.3)
    assert train.X["y"].tolist() == train.y
    with pytest.raises(ValueError, match="split needs y"):  # a column named y is not taken for the labels
        split(frame)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"X": [1, 2], "y": [1]}, "X has 2 rows and y has 1"),
        ({"X": [1, 2]}, "split needs y"),
        ({"X": 5, "y": [1]}, "rows: an array, a list or a table, not int"),
        ({"X": [], "y": []}, "no rows to split"),
        ({"X": [1, 2], "y": [1, 2], "test": 2}, "test takes 2 and validation 0: nothing is left"),
        ({"X": [1, 2], "y": [1, 2], "test": 1.5}, "from 0 to 1"),
        ({"X": [1, 2], "y": [1, 2], "test": -1}, "from 0 to 1"),
        ({"X": [1, 2], "y": [1, 2], "test": float("nan")}, "from 0 to 1"),
        ({"X": [1, 2], "y": [1, 2], "test": "some"}, "a fraction .* or a number of rows"),
        ({"X": [1, 2], "y": [1, 2], "stratify": [1]}, "1 labels for 2 rows"),
    ],
)
def test_what_cannot_be_split_is_said(arguments, says):
    with pytest.raises(ValueError, match=says):
        split(**arguments)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), planted=st.integers(0, 20), kind=st.sampled_from(["f4", "f8", "i8", "u1", "U3"]))
def test_planted_leaks_are_counted(seed, planted, kind):
    rng = np.random.default_rng(seed)
    rows = (np.arange(60 * 8).reshape(60, 8) % 251 + rng.integers(0, 3)).astype(kind)
    assert len(np.unique(rows, axis=0)) == 60
    train, test = rows[:40], rows[40:].copy()
    where = rng.choice(20, planted, replace=False)
    test[where] = train[rng.integers(0, 40, planted)]
    assert leaks(train, test) == planted
    assert leaks(train.tolist(), test.tolist()) == planted


def test_leaks_across_types_and_signs_of_zero():
    assert leaks(np.array([[0.0, 1.0]]), np.array([[-0.0, 1.0]])) == 1
    assert leaks(np.array([[1, 2]], np.uint8), np.array([[1.0, 2.0]])) == 1
    assert leaks(np.array([[np.nan, 2]]), np.array([[-np.nan, 2.0]])) == 1
    assert leaks(np.zeros((0, 3)), np.zeros((2, 3))) == 0
    with pytest.raises(ValueError, match="rows of train hold 2 numbers, rows of test 3"):
        leaks(np.zeros((2, 2)), np.zeros((2, 3)))


@pytest.mark.skipif(not HERE or not Path(HERE, "mnist").is_dir(), reason="WORKINGS_DATA names no folder with mnist/")
def test_the_splitter_leaks_no_mnist_row_and_a_planted_one_is_found():
    X, y = mnist("test")
    parts = split(X, y, test=0.2, validation=0.1, stratify=True)
    assert leaks(parts.train.X, parts.test.X) == 0
    assert leaks(parts.train.X, parts.validation.X) == 0
    assert leaks(np.concatenate([parts.train.X, parts.test.X[:7]]), parts.test.X) == 7
    frequency = np.bincount(parts.test.y) / len(parts.test.y)
    np.testing.assert_allclose(frequency, np.bincount(y) / len(y), atol=1 / len(parts.test.y))
