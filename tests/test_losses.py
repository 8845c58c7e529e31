"""Losses: their slopes, their machines, their known digits, and the two faces of cross-entropy."""

from __future__ import annotations

import copy
from functools import partial
from math import log
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.cases import LOSSES, draw_loss, machine, slopes
from workings.layers import Exp, Identity, Sigmoid, Softmax
from workings.losses import (
    FUSED,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    ExpPoisson,
    Poisson,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
    fused,
    per_example,
)


def there_and_back(xp, loss, A, Y):
    J, cache = loss.forward(xp, xp.asarray(A), xp.asarray(Y))
    return {"J": J, "dA": loss.backward(xp, **cache)}


def same(got, want, **within):
    for name, value in want.items():
        np.testing.assert_allclose(np.asarray(got[name]).astype(float), value, err_msg=name, **within)


SHAPES = [(3, 5), (1, 4), (2, 1), (3, 2, 4)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", LOSSES)
def test_backward_is_the_gradient_of_forward(name, shape):
    """m·∂J/∂A, by the m rule; also with positions between the outputs and the examples."""
    loss, A, Y = draw_loss(LOSSES[name], shape)
    want = shape[-1] * slopes(lambda: loss.forward(np, A, Y)[0], A)
    np.testing.assert_allclose(there_and_back(np, loss, A, Y)["dA"], want, atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", ["jax", "strict", "paper"])
def test_every_machine_gets_the_same_answer(loss_case, name):
    same(there_and_back(machine(name), *loss_case), there_and_back(np, *loss_case), atol=1e-9, rtol=0)


def test_it_compiles_with_jax(loss_case):
    jnp, jax = machine("jax"), pytest.importorskip("jax", reason="jax is not installed")
    loss, *arrays = loss_case
    got = jax.jit(partial(there_and_back, jnp, loss))(*arrays)
    same(got, there_and_back(np, *loss_case), atol=1e-9, rtol=0)


def test_givens_are_left_alone_and_it_repeats_to_the_bit(loss_case):
    before = copy.deepcopy(loss_case)
    first, second = there_and_back(np, *loss_case), there_and_back(np, *loss_case)
    np.testing.assert_equal(loss_case[1:], before[1:])
    np.testing.assert_equal(second, first)


def test_float32_stays_float32(loss_case):
    loss, A, Y = loss_case
    got = there_and_back(np, loss, A.astype(np.float32), Y.astype(np.float32))
    assert {k: v.dtype for k, v in got.items()} == {"J": np.float32, "dA": np.float32}


def test_shapes(loss_case):
    loss, A, Y = loss_case
    got = there_and_back(np, loss, A, Y)
    assert np.shape(got["J"]) == ()
    assert got["dA"].shape == A.shape
    assert per_example(np, np.ones((2, 3, 4))).tolist() == [[[6, 6, 6, 6]]]


class Known(NamedTuple):
    """J and m·∂J/∂A for A (or Z) and Y, worked by hand."""

    loss: Any
    A: list
    Y: list
    J: float
    dA: list


ERRORS = [[3, 1], [4, 1], [5, 1]], [[2, 0], [2, 0], [3, 0]]  # A and Y; A - Y = (1, 2, 2) and (1, 1, 1)
LN = [[0.0, 7], [log(2), 7], [log(5), 7]]  # e^Z = (1, 2, 5), and three alike
KNOWN = {
    "mean": Known(SquaredError(), *ERRORS, (9 / 3 + 3 / 3) / 2, [[2 / 3, 2 / 3], [4 / 3, 2 / 3], [4 / 3, 2 / 3]]),
    "sum": Known(SquaredError("sum"), *ERRORS, (9 + 3) / 2, [[2, 2], [4, 2], [4, 2]]),
    "mean over positions": Known(SquaredError(), [[[3], [1]]], [[[1], [0]]], (4 + 1) / 2, [[[2], [1]]]),
    "half": Known(SquaredError("half"), *ERRORS, (9 / 2 + 3 / 2) / 2, [[1, 1], [2, 1], [2, 1]]),
    # log 4 for the quarter that came true, log 4 for the three quarters that did not
    "binary": Known(
        BinaryCrossEntropy(),
        [[1 / 4, 3 / 4], [1 / 2, 1 / 2]],
        [[1, 0], [1, 0]],
        log(4) + log(2),
        [[-4, 4], [-2, 2]],
    ),
    "categorical": Known(
        CategoricalCrossEntropy(),
        [[1 / 8, 1 / 2], [2 / 8, 1 / 4], [5 / 8, 1 / 4]],
        [[0, 1], [1, 0], [0, 0]],
        (log(4) + log(2)) / 2,
        [[0, -2], [-4, 0], [0, 0]],
    ),
    # 3 came where 1 was expected, 2 where 2 was, 0 where 4 was
    "poisson": Known(Poisson(), [[1, 2, 4]], [[3, 2, 0]], (3 * log(3) - 2 + 0 + 4) / 3, [[1 - 3, 0, 1]]),
    "exp poisson": Known(
        ExpPoisson(), [[0, log(2), log(4)]], [[3, 2, 0]], (3 * log(3) - 2 + 0 + 4) / 3, [[1 - 3, 0, 4]]
    ),
    "sigmoid": Known(
        SigmoidCrossEntropy(), [[log(3), log(3)]], [[1, 0]], (log(4 / 3) + log(4)) / 2, [[-1 / 4, 3 / 4]]
    ),
    "softmax": Known(
        SoftmaxCrossEntropy(),
        LN,
        [[0, 0], [1, 0], [0, 1]],
        (log(4) + log(3)) / 2,
        [[1 / 8, 1 / 3], [-6 / 8, 1 / 3], [5 / 8, -2 / 3]],
    ),
}


@pytest.mark.parametrize("known", KNOWN.values(), ids=KNOWN)
def test_known_digits(known):
    got = there_and_back(np, known.loss, np.array(known.A, float), np.array(known.Y, float))
    same(got, {"J": known.J, "dA": known.dA}, rtol=1e-14, atol=1e-14)


def test_a_factor_is_one_of_three():
    assert SquaredError() == SquaredError("mean")
    with pytest.raises(ValueError, match=r'"mean", "sum" or "half", not \'double\''):
        SquaredError("double")


# ── the two faces ───

TARGETS = {Sigmoid(): "yes or no", Softmax(): "one-hot", Exp(): "yes or no"}


def textbook(activation, loss, Z, Y):
    A, cache = activation.forward(np, Z)
    J, found = loss.forward(np, A, Y)
    return {"J": J, "dA": activation.backward(np, loss.backward(np, **found), **cache)[0]}


@pytest.mark.parametrize("shape", [(3, 5), (2, 1), (3, 2, 4)], ids=str)
@pytest.mark.parametrize("pair", FUSED, ids=lambda pair: type(pair[1]).__name__)
def test_the_two_faces_agree(pair, shape):
    stable = FUSED[pair]
    name = next(name for name, row in LOSSES.items() if row.loss == stable and row.targets == TARGETS[pair[0]])
    _, Z, Y = draw_loss(LOSSES[name], shape)
    same(there_and_back(np, stable, Z, Y), textbook(*pair, Z, Y), rtol=1e-12, atol=1e-13)


CERTAIN = {Sigmoid(): ([[800.0, -800.0]], [[0.0, 1.0]], 800), Softmax(): ([[800.0], [0.0]], [[0.0], [1.0]], 800)}
CERTAIN[Exp()] = [[-800.0]], [[1.0]], 799  # e^-800 - 1 + 800


@pytest.mark.parametrize("pair", FUSED, ids=lambda pair: type(pair[1]).__name__)
def test_only_the_fused_face_survives_a_certain_wrong_answer(pair):
    Z, Y, J = map(np.array, CERTAIN[pair[0]])
    with np.errstate(over="ignore"):  # the backend's door: e^800 in a sigmoid has the right limit
        got = there_and_back(np, FUSED[pair], Z, Y)
    assert got["J"] == J
    np.testing.assert_array_equal(abs(got["dA"]), 1)
    with np.errstate(all="ignore"):
        assert np.isinf(textbook(*pair, Z, Y)["J"])
        assert not np.isfinite(textbook(*pair, Z, Y)["dA"]).all()


def test_fused_finds_the_pairs_and_nothing_else():
    assert {pair: fused(*pair) for pair in FUSED} == FUSED
    assert fused(Sigmoid(), SquaredError()) is None
    assert fused(Softmax(), BinaryCrossEntropy()) is None
    assert fused(Identity(), CategoricalCrossEntropy()) is None


# ── 0 · log 0 ───


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), CategoricalCrossEntropy()], ids=lambda x: type(x).__name__)
def test_nought_times_log_nought_counts_as_0(loss):
    """A certain right answer costs nothing.  The log of 0 is still looked up, hence the two states."""
    Y = np.array([[1.0, 0.0], [0.0, 1.0]])
    with np.errstate(divide="ignore", invalid="ignore"):
        got = there_and_back(np, loss, Y, Y)
    assert got["J"] == 0
    np.testing.assert_array_equal(got["dA"], {1: -Y, 2: 1 - 2 * Y}[2 if loss == BinaryCrossEntropy() else 1])


def test_a_certain_wrong_answer_costs_infinitely_much_on_paper():
    with np.errstate(divide="ignore", invalid="ignore"):
        assert there_and_back(np, BinaryCrossEntropy(), np.array([[0.0]]), np.array([[1.0]]))["J"] == np.inf
