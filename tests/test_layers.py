"""The same questions for every layer; the layers themselves are rows of tests/cases.py.

What no comparison of a formula with itself can see (a slip made both ways) is pinned by test_layers_known.py.
"""

from __future__ import annotations

import copy
from functools import partial

import numpy as np
import pytest

from tests.cases import LAYERS, draw, machine, slopes, there_and_back
from workings.layers import (
    Add,
    Attention,
    BatchNorm,
    Concat,
    Convolution,
    Dense,
    Dropout,
    Embedding,
    GruCell,
    LstmCell,
    MaxPool,
    Positions,
    Recurrent,
    RnnCell,
)
from workings.layers.convolution import patches
from workings.layers.select import Select


def same(got, want, atol=1e-9):
    assert got.keys() == want.keys()
    for name, value in want.items():
        np.testing.assert_allclose(np.asarray(got[name]).astype(float), value, atol=atol, rtol=0, err_msg=name)


def test_backward_is_the_gradient_of_forward(case):
    """For J = Σ dout·out / m, a wire carries m·∂J/∂A and a parameter gets ∂J/∂W."""
    layer, params, givens, into, dout = case
    m = dout.shape[-1]

    def J():
        return np.sum(dout * layer.forward(np, *into, **params, **givens)[0]) / m

    got = there_and_back(np, *case)
    for i, A in enumerate(into):
        want = np.zeros(A.shape) if isinstance(layer, Embedding) else m * slopes(J, A)
        np.testing.assert_allclose(got[f"d{i}"], want, atol=1e-6, rtol=0)
    for name, W in params.items():
        np.testing.assert_allclose(got[f"d{name}"], slopes(J, W), atol=1e-6, rtol=0, err_msg=name)


@pytest.mark.parametrize("name", ["jax", "strict", "paper"])
def test_every_machine_gets_the_same_answer(case, name):
    same(there_and_back(machine(name), *case), there_and_back(np, *case))


def test_it_compiles_with_jax(case):
    jnp, jax = machine("jax"), pytest.importorskip("jax", reason="jax is not installed")
    layer, *arrays = case
    same(jax.jit(partial(there_and_back, jnp, layer))(*arrays), there_and_back(np, *case))


def test_givens_are_left_alone(case):
    before = copy.deepcopy(case)
    there_and_back(np, *case)
    for old, new in zip(before[1:], case[1:], strict=True):
        np.testing.assert_equal(new, old)


def test_backward_changes_no_cache_and_repeats_to_the_bit(case):
    layer, params, givens, into, dout = case
    _, cache = layer.forward(np, *into, **params, **givens)
    first = layer.backward(np, dout, **params, **copy.deepcopy(cache))
    second = layer.backward(np, dout, **params, **cache)
    third = layer.backward(np, dout, **params, **cache)
    np.testing.assert_equal(second, first)
    np.testing.assert_equal(third, first)


def test_shapes_are_as_announced(case):
    """`out_shape` tells the shape of the output (`dout` was drawn by it); a gradient has the shape of its array."""
    got = there_and_back(np, *case)
    assert got["out"].shape == case.dout.shape
    assert [got[f"d{i}"].shape for i in range(len(case.into))] == [A.shape for A in case.into]
    assert {k: got[f"d{k}"].shape for k in case.params} == {k: W.shape for k, W in case.params.items()}


def test_float32_stays_float32(case):
    narrow = lambda x: x.astype(np.float32) if x.dtype.kind == "f" else x
    layer, params, givens, into, dout = case
    params, givens = ({k: narrow(v) for k, v in named.items()} for named in (params, givens))
    got = there_and_back(np, layer, params, givens, list(map(narrow, into)), narrow(dout))
    kept = {k: v.dtype for k, v in got.items() if not (isinstance(layer, Embedding) and k == "d0")}
    assert kept == dict.fromkeys(kept, np.float32)


def test_a_layer_is_a_value(case):
    """Equal descriptions are equal and hash alike (a compiled function is found again by them); none can change."""
    layer = case.layer
    twin = copy.deepcopy(layer)
    assert twin == layer
    assert hash(twin) == hash(layer)
    with pytest.raises(AttributeError):
        layer.anything = 1


STARTS = {
    "dense": (Dense(3), (4,), {"W": (3, 4), "b": (3, 1)}),
    "convolution": (Convolution(2, k=3), (5, 4, 4), {"W": (2, 45), "b": (2, 1)}),
    "batch norm": (BatchNorm(), (2, 3, 4), {"gamma": (2, 1, 1, 1), "beta": (2, 1, 1, 1)}),
    "embedding": (Embedding(words=7, n_out=3), (5,), {"W": (3, 7)}),
    "positions": (Positions(Dense(3)), (4, 6), {"W": (3, 4), "b": (3, 1)}),
    "attention": (Attention(d_k=3, d_v=2), (4, 6), {"Wq": (3, 4), "Wk": (3, 4), "Wv": (2, 4)}),
    "rnn": (Recurrent(RnnCell(3)), (2, 6), {"Waa": (3, 3), "Wax": (3, 2), "ba": (3, 1)}),
    "gru": (Recurrent(GruCell(3)), (2, 6), {f"W{g}": (3, 5) for g in "urc"} | {f"b{g}": (3, 1) for g in "urc"}),
    "lstm": (Recurrent(LstmCell(3)), (2, 6), {f"W{g}": (3, 5) for g in "fico"} | {f"b{g}": (3, 1) for g in "fico"}),
}


@pytest.mark.parametrize(("layer", "shape", "want"), STARTS.values(), ids=STARTS)
def test_starting_parameters(layer, shape, want):
    """Their names and shapes; weights are drawn, biases and shifts start at 0, scales at 1."""
    params = layer.init(np.random.default_rng(0), shape)
    assert {k: v.shape for k, v in params.items()} == want
    for name, value in params.items():
        if name.startswith("W"):
            assert len(np.unique(value)) == value.size, name
        else:
            assert (value == (name == "gamma")).all(), name


def test_batch_norm_before_the_first_batch():
    memory = BatchNorm().memory((2, 3, 4))
    np.testing.assert_array_equal(memory["mu"], np.zeros((2, 1, 1, 1)), strict=True)
    np.testing.assert_array_equal(memory["var"], np.ones((2, 1, 1, 1)), strict=True)


@pytest.mark.parametrize("given", [{"mu": np.ones((3, 1))}, {"var": np.ones((3, 1))}], ids=["mu", "var"])
def test_batch_norm_with_half_a_memory_takes_the_batch(given):
    layer, params, _, (Z,), _ = draw(LAYERS["batch norm"]())
    np.testing.assert_array_equal(layer.forward(np, Z, **params, **given)[0], layer.forward(np, Z, **params)[0])


def test_dropout_draws_evenly_from_0_to_1():
    R = Dropout(0.3).noise(np.random.default_rng(0), (50, 400))["R"]
    assert R.shape == (50, 400)
    assert abs((R < 0.3).mean() - 0.3) < 0.01
    assert R.min() >= 0
    assert R.max() < 1


REFUSED = {
    "dropout of all": (lambda: Dropout(1.0), "0 ≤ rate < 1, not 1.0"),
    "dropout of less than none": (lambda: Dropout(-0.1), "0 ≤ rate < 1, not -0.1"),
    "add": (lambda: Add().out_shape((4,), (3,)), r"not \(4,\) and \(3,\)"),
    "concat": (lambda: Concat().out_shape((4, 2), (4, 3)), r"must agree, not \(4, 2\) and \(4, 3\)"),
    "kernel": (lambda: Convolution(1, k=3).out_shape((1, 2, 5)), "3×3 kernel does not fit"),
    "feature": (lambda: Select((0, 4)).out_shape((4, 2)), "no feature 4: they go from 0 to 3"),
    "dropout of a text": (lambda: Dropout("a"), "0 ≤ rate < 1, not 'a'"),
    "dropout of nan": (lambda: Dropout(float("nan")), "0 ≤ rate < 1, not nan"),
    "dropout of yes": (lambda: Dropout(False), "0 ≤ rate < 1, not False"),
    "norm of less than none": (lambda: BatchNorm(eps=-1e-5), "eps is a number, 0 or more, not -1e-05"),
    "norm of a text": (lambda: BatchNorm("a"), "eps is a number, 0 or more, not 'a'"),
    "norm that keeps more than all": (lambda: BatchNorm(keep=1.5), "0 ≤ keep ≤ 1, not 1.5"),
    "half a feature": (lambda: Select((0.0,)), r"different whole numbers from 0, .* not \(0.0,\)"),
    "a feature alone": (lambda: Select(5), r"such as \(0, 2\), not 5"),
    "no feature": (lambda: Select(()), r"at least one, .* not \(\)"),
    "a feature twice": (lambda: Select((1, 1)), "different whole numbers"),
    "a feature below 0": (lambda: Select((-1, 1)), "whole numbers from 0"),
    "window": (lambda: MaxPool(3).out_shape((1, 5, 2)), "3×3 window does not fit in an image of 5×2"),
}


@pytest.mark.parametrize(("make", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused(make, told):
    with pytest.raises(ValueError, match=told):
        make()


def test_the_smallest_that_fits_is_taken():
    assert Dropout(0).rate == 0
    assert Convolution(1, k=3).out_shape((1, 3, 3)) == (1, 1, 1)
    assert Convolution(1, k=3, padding=1).out_shape((1, 1, 2)) == (1, 1, 2)
    assert MaxPool(3).out_shape((1, 3, 5)) == (1, 1, 1)
    assert Select((3, 1)).out_shape((4, 2)) == (2, 2)
    assert Select([0]) == Select((0,))


def test_padding_and_dropout_are_off_unless_asked():
    assert Convolution(1, k=3).padding == 0
    assert patches(np, np.ones((1, 3, 3, 2)), k=3).shape == (9, 2)
    A = np.array([[1.0, 2.0]])
    assert Dropout(0.5).forward(np, A) == (A, {})
    assert Dropout(0.5).backward(np, A) == (A, {})


def test_the_ends_of_what_batch_norm_takes_are_taken():
    assert (BatchNorm(eps=0).eps, BatchNorm(keep=0).keep, BatchNorm(keep=1).keep) == (0, 0, 1)
    with pytest.raises(ValueError, match="eps is a number"):
        BatchNorm(eps=float("inf"))
