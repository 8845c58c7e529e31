"""Ink is an array namespace like the others, but exact where it can be, and lazy."""

import operator
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest

from tests.cases import OPTIMIZERS, Drawn, there_and_back, tree
from tests.object_arrays import Paper
from workings.ink import namespace as ink
from workings.ink.number import Name, Number, given, work
from workings.ink.terms import Terms
from workings.ink.text import numbers, symbols
from workings.layers import Dense, Relu
from workings.optimizers import GradientDescent, Momentum


def as_written(case: Drawn) -> Drawn:
    """The same case in exact numbers of two decimals: 0.37 is 37/100; whole numbers stay whole."""
    hundredth = np.vectorize(lambda v: Fraction(round(float(v) * 100), 100), otypes=[object])
    exact = lambda x: x if x.dtype.kind == "i" else hundredth(x)
    layer, params, givens, into, dout = case
    named = lambda arrays: {k: exact(v) for k, v in arrays.items()}
    return Drawn(layer, named(params), named(givens), [exact(A) for A in into], exact(dout))


def test_every_cell_is_numpys(case):
    want, got = there_and_back(np, *case), there_and_back(ink, *case)
    for name, array in want.items():
        assert got[name].shape == array.shape
        np.testing.assert_allclose(got[name].values().astype(float), array, atol=1e-12, err_msg=name)


def test_every_cell_is_the_judges(case):
    """On exact input the rational cells are equal, and the others to the judge's 14 places."""
    case = as_written(case)
    want, got = there_and_back(Paper(places=14), *case), there_and_back(ink, *case)
    for name, array in want.items():
        for index in np.ndindex(array.shape):
            theirs, ours = array[index], got[name].cell(*index)
            if ours.exact and getattr(theirs, "exact", True):
                assert Fraction(ours.value) == Fraction(getattr(theirs, "value", theirs)), f"{name}{list(index)}"
            else:
                assert float(ours.value) == pytest.approx(float(theirs), abs=1e-9), f"{name}{list(index)}"


@pytest.mark.parametrize("key", [
    (0, ...), (..., -1), (slice(None), 1, slice(1, 3)), (..., None), (None, ..., 0), (1, 2, 3),
    (slice(None, None, -1), ...), (slice(5, 1, -2), slice(1, 1), ...), (slice(-2, None), None, 0, ...),
])  # fmt: skip
def test_indexing_is_numpys(key):
    x = np.arange(60).reshape(3, 4, 5)
    np.testing.assert_array_equal(ink.asarray(x)[key].values(), x[key])


def test_moving_cells_is_numpys():
    x, y = np.arange(60).reshape(3, 4, 5), np.arange(15).reshape(3, 1, 5)
    X, Y = ink.asarray(x), ink.asarray(y)
    for want, got in [
        (np.permute_dims(x, (2, 0, 1)), ink.permute_dims(X, (2, 0, 1))),
        (x.reshape(6, -1), ink.reshape(X, (6, -1))),
        (np.concat([x, y, x], axis=1), ink.concat([X, Y, X], axis=1)),
        (np.concat([x, x]), ink.concat([X, X])),
        (np.expand_dims(x, axis=-2), ink.expand_dims(X, axis=-2)),
        (np.stack([x, x + 1]), ink.stack([X, X + 1])),
        (np.stack([x, x + 1], axis=-1), ink.stack([X, X + 1], axis=-1)),
        (np.broadcast_to(y, (3, 4, 5)), ink.broadcast_to(Y, (3, 4, 5))),
        (np.take(x, np.array([3, 0, 3]), axis=1), ink.take(X, np.array([3, 0, 3]), axis=1)),
        (x.mT @ x, X.mT @ X),
        (x[0] @ x.mT, X[0, ...] @ X.mT),
    ]:
        np.testing.assert_array_equal(got.values(), want)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
def test_reductions_are_numpys(axis, keepdims):
    x = np.random.default_rng(0).integers(-9, 9, (3, 4, 5))
    for name in ("sum", "max", "mean", "argmax"):
        if name == "argmax" and not isinstance(axis, int):
            continue
        want = getattr(np, name)(x, axis=axis, keepdims=keepdims)
        got = getattr(ink, name)(ink.asarray(x), axis=axis, keepdims=keepdims)
        np.testing.assert_allclose(got.values().astype(float), want)


def test_long_reductions_are_numpys_and_sums_are_added_at_once():
    x = np.random.default_rng(0).standard_normal((3, 40))
    for name in ("sum", "max", "mean", "argmax"):
        got = getattr(ink, name)(ink.asarray(x), axis=1)
        np.testing.assert_allclose(got.values().astype(float), getattr(np, name)(x, axis=1), rtol=1e-13)
    assert isinstance(ink.sum(ink.asarray(x), axis=1).cell(0).operands, Terms)


def test_one_array_alone_is_joined():
    x = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(ink.concat([ink.asarray(x)], axis=1).values(), x)
    np.testing.assert_array_equal(ink.stack([ink.asarray(x)]).values(), x[None])


def test_special_numbers_are_numpys():
    x = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1000.0])[:, None]
    X = ink.asarray(x)
    with np.errstate(all="ignore"):
        for name in ("exp", "log", "log1p", "tanh", "sqrt", "abs"):
            np.testing.assert_array_equal(getattr(ink, name)(X).values().astype(float), getattr(np, name)(x))
        np.testing.assert_array_equal((X / X.T).values().astype(float), x / x.T)
        np.testing.assert_array_equal((X**X.T).values().astype(float), x**x.T)
        np.testing.assert_array_equal(ink.maximum(X, X.T).values().astype(float), np.maximum(x, x.T))


def test_one_cell_costs_only_its_terms():
    rng = np.random.default_rng(0)
    dZ, A = (ink.asarray(rng.standard_normal((1000, 128)), name) for name in ("dZ2", "A1"))
    W, b = ink.asarray(rng.standard_normal((1000, 1000)), "W2"), ink.asarray(np.zeros((1000, 1)), "b2")
    dA, grads = Dense(1000).backward(ink, dZ, W=W, b=b, A=A)
    x = grads["W"].cell(3, 400)
    assert len(x.operands[0].operands) == 128
    assert (len(dZ.worked), len(A.worked)) == (0, 0)  # added at once: no term is worked before it is looked at
    assert numbers(x).count("(") == 2 * 128 + 1
    assert (len(dZ.worked), len(A.worked), len(W.worked), len(dA.worked)) == (128, 128, 0, 0)
    assert {leaf.name.cell for leaf in dZ.worked.values()} == {(3, k) for k in range(128)}


def test_floats_are_added_from_the_left_and_exact_sums_are_flat():
    x, y = (ink.asarray(np.full((1, 3), value), name) for value, name in [(0.1, "x"), (0.2, "y")])
    assert numbers((x @ x.T + y @ y.T).cell(0, 0)).count("((") == 1
    assert len((x @ x.T + y[..., :1]).cell(0, 0).operands) == 4
    x, y = ink.asarray([[1, 2, 3]], "x"), ink.asarray([[4, 5, 6]], "y")
    assert numbers((x @ x.T + y @ y.T).cell(0, 0)) == "(1)(1) + (2)(2) + (3)(3) + (4)(4) + (5)(5) + (6)(6)"


def test_nothing_added_up_is_nothing():
    empty = ink.asarray(np.ones((2, 0)))
    assert (empty @ empty.T).values().tolist() == [[0, 0], [0, 0]]
    assert ink.sum(empty, axis=1, keepdims=True).values().tolist() == [[0], [0]]


def test_exact_powers_stay_exact():
    x = ink.asarray([[0, 2, "1/2"]])
    assert [list(map(str, row)) for row in (x**2).values()] == [["0", "4", "1/4"]]
    assert [list(map(str, row)) for row in (x**0).values()] == [["1", "1", "1"]]
    assert [list(map(str, row)) for row in (x**-1).values()] == [["inf", "1/2", "2"]]


def test_a_choice_is_kept_and_told():
    Z = ink.asarray([[-1, 3, 3]], "Z1")
    A, cache = Relu().forward(ink, Z)
    assert [str(x.name or x.value) for x in A.cell(0, 0).operands] == ["Z1[0,0]", "0"]
    assert A.cell(0, 0).chosen.name is None
    dZ, _ = Relu().backward(ink, ink.asarray([[5, 7, 9]], "dA1"), **cache)
    assert (numbers(dZ.cell(0, 0)), str(dZ.cell(0, 1).chosen.name)) == ("5 if -1 > 0 else 0", "dA1[0,1]")
    assert str(ink.max(Z).cell().chosen.name) == "Z1[0,1]"  # the first of equals


def test_optimizers_are_formulas_too():
    W, dW = ink.asarray([[2]], "W1"), ink.asarray([[3]], "dW1")
    new, _ = GradientDescent().step(ink, W, dW, Fraction(1, 10), 1)
    assert (numbers(new.cell(0, 0)), new.cell(0, 0).value) == ("2 - (1/10)(3)", Fraction(17, 10))
    new, _ = Momentum().step(ink, W, dW, 0.1, 1, V=W * 0)  # a number in the code is read as it is written
    assert numbers(new.cell(0, 0)) == "2 - (1/10)((9/10)((2)(0)) + (1)(3))"
    assert new.cell(0, 0).value == Fraction(17, 10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_steps_as_on_numpy(name):
    optimizer, params = OPTIMIZERS[name], tree()
    grads = {row: {s: np.cos(W) for s, W in named.items()} for row, named in params.items()}
    inked = lambda t: {row: {s: ink.asarray(x) for s, x in named.items()} for row, named in t.items()}
    state, lazy = optimizer.init(params), optimizer.init(inked(params))
    ours, theirs = inked(params), params
    for _ in range(2):
        theirs, state = optimizer.update(np, theirs, grads, state, 0.3)
        ours, lazy = optimizer.update(ink, ours, inked(grads), lazy, 0.3)
    for row, named in theirs.items():
        for symbol, W in named.items():
            np.testing.assert_allclose(ours[row][symbol].values().astype(float), W, rtol=1e-12, atol=1e-15)


def test_what_ink_cannot_do_it_says():
    X = ink.asarray(np.ones((3, 2)), "X")
    with pytest.raises(TypeError, match=r"xp\.where"):
        bool(X > 0)
    with pytest.raises(TypeError, match="assignment"):
        X[0, 0] = 1
    with pytest.raises(TypeError, match="not iterable"):
        list(X)
    with pytest.raises(IndexError, match="index every axis"):
        X[0]
    with pytest.raises(IndexError, match=r"X has shape \(3, 2\): no cell \[3, 0\]"):
        X.cell(3, 0)
    with pytest.raises(ValueError, match=r"X \(3, 2\) @ X \(3, 2\): the left needs as many columns"):
        X @ X
    with pytest.raises(IndexError, match=r"no cell \[-4, 0\]"):
        X.cell(-4, 0)
    assert X.cell(-3, -1).name == Name("X", (0, 1))
    with pytest.raises(ValueError, match=r"left \(3,\) @ X \(3, 2\): the left needs"):
        ink.asarray([1, 2, 3]) @ X
    with pytest.raises(ValueError, match="do not fill"):
        ink.reshape(X, (4, 2))


def test_a_sum_added_at_once_is_the_sum_added_term_by_term():
    rng = np.random.default_rng(0)
    for n in (1, 15, 16, 17, 784):
        x, y = rng.standard_normal((3, n)) * 10.0 ** rng.integers(-9, 9, (3, n)), rng.standard_normal((n, 2))
        X, Y = ink.asarray(x, "X"), ink.asarray(y.astype(np.float32), "Y")
        plain = lambda a: ink.asarray(np.vectorize(float, otypes=[object])(a))
        for got, want in [
            (X @ Y, plain(x) @ plain(y.astype(np.float32))),
            (X @ Y + 1, plain(x) @ plain(y.astype(np.float32)) + 1),
            (ink.sum(X, axis=(0, 1)), ink.sum(plain(x), axis=(0, 1))),
            (ink.sum(X, axis=1, keepdims=True), ink.sum(plain(x), axis=1, keepdims=True)),
            (ink.concat([X, ink.zeros((3, 4))], axis=1)[:, ::2] @ plain(np.ones((-(-(n + 4) // 2), 1))),) * 2,
        ]:
            np.testing.assert_array_equal(got.values().astype(float), want.values().astype(float))
            for index in np.ndindex(*got.shape):
                x0 = got.cell(*index)
                terms = x0.operands if x0.op == "+" else [x0]
                assert x0.value == reduce(operator.add, [term.value for term in terms])


def test_a_choice_among_worked_cells_is_worked_cell_by_cell():
    x = np.arange(-10.0, 10.0).reshape(1, 20)
    X, W = ink.asarray(x, "X"), ink.asarray(np.ones((20, 1)), "W")
    for made, want in [
        (ink.where(X > 0, X, X * 2), np.where(x > 0, x, x * 2)),
        (ink.where(X > 0, X * 2, X), np.where(x > 0, x * 2, x)),
        (ink.where(X * 2 > 0, X, ink.zeros_like(X)), np.where(x > 0, x, 0)),
        (ink.where(X > 0, X, ink.zeros_like(X)), np.where(x > 0, x, 0)),
        (ink.where(X > 0, ink.ones_like(X), ink.zeros_like(X)), np.where(x > 0, 1, 0)),
    ]:
        assert (made @ W).cell(0, 0).value == (want @ np.ones((20, 1)))[0, 0]


def test_whole_numbers_are_not_added_as_floats():
    big = ink.asarray(np.full((1, 20), 2**60), "n")
    assert (big @ big.T).cell(0, 0).value == 20 * 2**120
    assert ink.sum(big, axis=1, keepdims=True).cell(0, 0).value == 20 * 2**60
    assert (big @ ink.asarray(np.full((20, 1), 0.5), "x")).cell(0, 0).value == 20 * 2.0**59
    odd = np.array([[2**63 - 1 - 1000 * k for k in range(20)]])
    product = (ink.asarray(odd, "n") @ ink.asarray(np.full((20, 1), 0.1), "x")).cell(0, 0)
    assert product.value == reduce(operator.add, [int(n) * 0.1 for n in odd.ravel()])
    assert [t.value for t in product.operands] == [int(n) * 0.1 for n in odd.ravel()]


def test_a_number_in_words_has_an_exponent_that_can_be_written_down():
    assert given("1e400") == 10**400
    assert given("1e-308") == Fraction(1, 10**308)
    assert (given("1e99"), given("25e000"), given("1_0e0_2")) == (10**99, 25, 1000)
    for text in ("1e401", "1e-401", "1e1000", "1e99999999"):
        with pytest.raises(ValueError, match="has an exponent beyond 400"):
            given(text)


def test_nothing_added_up_is_written_as_0():
    assert (numbers(work("+")), work("+").value) == ("0", 0)


def test_a_long_sum_with_a_name_stays_one_number_in_others():
    x = ink.asarray(np.ones((1, 40)), "x")
    total = ink.sum(x, axis=1, keepdims=True)
    assert len((total + 1.0).cell(0, 0).operands) == 41
    assert [str(part.name or part.value) for part in (total.named("S") + 1.0).cell(0, 0).operands] == ["S[0,0]", "1"]


def test_only_terms_that_may_read_a_mark_are_worked():
    worked = []
    term = lambda i: worked.append(i) or Number(float(i))
    assert [x.value for x in Terms(np.arange(3.0), term).touching(lambda array: array)] == [0, 1, 2]
    hot = Terms(np.arange(9.0), term, lambda marks: marks("x"))
    tail = hot.followed_by([Number(7)])
    found = tail.touching(lambda array: np.arange(9) == 4)
    assert ([x.value for x in found], worked) == ([4, 7], [0, 1, 2, 4])
    assert (len(tail), tail[-1].value, [x.value for x in tail[7:]]) == (10, 7, [7, 8, 7])


def test_cells_are_counted_from_1():
    x = (ink.asarray([[5, 6]], "x") * 2).cell(0, 1)
    assert (symbols(x), symbols(x, base=0)) == ("x[1,2] x 2", "x[0,1] x 2")
