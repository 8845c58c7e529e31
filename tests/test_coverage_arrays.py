"""Rows 111 and 112 of the coverage: broadcasting, and arrays with one axis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import workings as wk
from workings.broadcasting import broadcast, rank1

# carbohydrates, proteins, fats in the rows, four foods in the columns, as the notes print them
CALORIES = np.array([[56, 104, 1.2, 12], [1.2, 13, 93, 2], [1.8, 135, 98, 5]])


@pytest.mark.parametrize(
    ("shapes", "result", "repeats"),
    [
        (((3, 4), ()), (3, 4), (1, 1, 3, 4)),  # a scalar: the tax on every price of the list
        (((3, 4), (1, 4)), (3, 4), (1, 1, 3, 1)),
        (((3, 4), (3, 1)), (3, 4), (1, 1, 1, 4)),
        (((3, 1), (1, 4)), (3, 4), (1, 4, 3, 1)),
        (((3, 4), (4,)), (3, 4), (1, 1, 3, 1)),
    ],
)
def test_row_111_which_array_is_stretched_how_often(shapes, result, repeats):
    told = broadcast(*shapes)
    assert told.shape == result == np.broadcast_shapes(*shapes)
    assert told.repeats[0] + told.repeats[1] == repeats


@given(st.lists(st.lists(st.integers(1, 3), max_size=4).map(tuple), min_size=1, max_size=3))
def test_row_111_the_rule_is_numpys_rule(shapes):
    try:
        wanted = np.broadcast_shapes(*shapes)
    except ValueError:
        with pytest.raises(ValueError, match="do not fit: on axis -"):
            broadcast(*shapes)
        return
    told = broadcast(*shapes)
    assert told.shape == wanted
    for shape, repeats in zip(shapes, told.repeats, strict=True):
        assert np.tile(np.zeros(shape), repeats).shape == wanted


def test_row_111_stretching_gives_the_same_as_copying():
    A, row, column = np.arange(12.0).reshape(3, 4), np.arange(4.0).reshape(1, 4), np.arange(3.0).reshape(3, 1)
    for other in (row, column):
        copied = np.tile(other, broadcast(A.shape, other.shape).repeats[1])
        assert copied.shape == A.shape
        np.testing.assert_array_equal(A + other, A + copied)


def test_row_111_tax_on_every_price():
    prices = np.array([[10.0, 20.0, 50.0]])
    assert (prices * 1.2).tolist() == [[12, 24, 60]]
    assert "3 times along axis 1" in str(broadcast(prices.shape, ()))


def test_row_111_what_does_not_fit_is_refused_with_its_axis():
    with pytest.raises(ValueError, match=r"\(3, 4\) and \(3, 2\) do not fit: on axis -1 they have 4 and 2"):
        broadcast((3, 4), (3, 2))
    with pytest.raises(ValueError, match=r"\(3, 4\) and \(3,\) do not fit: on axis -1"):  # a column that is no column
        broadcast((3, 4), (3,))


def test_row_111_the_calories_table_with_its_sum_corrected():
    """E1: the notes print 239 for the second food; it is 104 + 13 + 135 = 252."""
    total = CALORIES.sum(axis=0, keepdims=True)
    np.testing.assert_allclose(total, [[59, 252, 192.2, 19]], rtol=1e-12)
    assert total.shape == (1, 4)
    share = 100 * CALORIES / total
    assert share.shape == broadcast(CALORIES.shape, total.shape).shape
    np.testing.assert_allclose(share.sum(axis=0), 100, rtol=1e-12)
    assert share[:, 1].round(1).tolist() == [41.3, 5.2, 53.6]
    wrong = 100 * CALORIES[:, 1] / 239  # what the misprint leads to: shares that add up to 105
    assert wrong.round(1).tolist() == [43.5, 5.4, 56.5]
    assert wrong.sum() > 105


def test_row_112_an_array_with_one_axis_is_neither_row_nor_column():
    a = np.arange(5.0)
    assert a.shape == a.T.shape == (5,)
    assert np.shares_memory(a, a.T)
    assert np.ndim(a @ a.T) == 0
    column = a.reshape(5, 1)
    assert (column @ column.T).shape == (5, 5)
    assert (column.T @ column).shape == (1, 1)
    assert (a + column).shape == (5, 5)  # the accident: a table where five numbers were meant


def test_row_112_the_lint_names_it_and_says_what_to_write():
    said = rank1(w=np.zeros(5), W=np.zeros((1, 5)), b=0.0)
    assert len(said) == 1
    assert said[0].startswith("w has the shape (5,): w.T is w")
    assert "w.reshape(5, 1) or w.reshape(1, 5)" in said[0]
    with pytest.raises(AssertionError):
        assert np.zeros(5).shape == (5, 1)  # the course's advice: assert the shape you mean


def test_row_112_there_is_none_inside_the_library():
    X, y = wk.data.moons(20)
    w = wk.Model([wk.Dense(3, "tanh"), wk.Dense(1, "sigmoid")], seed=0).explain(X, y)
    assert rank1(**{name: w[name].numbers for name in w}) == []
    with pytest.raises(ValueError, match=r"one axis only: write X.reshape\(-1, 1\)"):
        wk.Model([wk.Dense(1)]).fit(np.arange(5.0), np.arange(5.0))
