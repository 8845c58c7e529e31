"""Rows 127-133 of the coverage: many layers, their dimensions, their caches and their way back."""

import numpy as np
import pytest

import workings as wk
from workings import parity
from workings.collapse import collapse
from workings.layers import Dense, Relu, Sigmoid
from workings.losses import BinaryCrossEntropy
from workings.shapes import shapes

SIZES = (20, 15, 5, 1)


@pytest.fixture(scope="module")
def deep():
    """10-20-15-5-1, ReLU and a sigmoid at the end, float64, with 100 examples."""
    model = wk.Model([*[wk.Dense(n, "relu") for n in SIZES[:-1]], wk.Dense(1, "sigmoid")], inputs=10, dtype="float64")
    rng = np.random.default_rng(0)
    return model, rng.standard_normal((100, 10)), rng.integers(0, 2, 100)


def test_row_127_L_counts_hidden_and_output_layers(deep):
    model, X, _ = deep
    assert shapes(model).L == 4  # three hidden layers and the output
    assert [model.network.shapes((10,))[f"A{l}"] for l in range(1, 5)] == [(n,) for n in SIZES]  # n[l]
    assert shapes(wk.Model([wk.Dense(1, "sigmoid")], inputs=10)).L == 1  # logistic regression: the shallowest
    np.testing.assert_allclose(model.activations(X)["X"], X)  # a[0] = x
    np.testing.assert_array_equal(model.activations(X)["A4"], model.outputs(X))  # a[L]


def test_row_128_forward_for_one_example_and_for_the_set(deep):
    model, X, _ = deep
    A = X.T
    for l in range(1, 5):  # this loop may stay: layer l needs layer l - 1
        Z = model.parameters[f"W{l}"] @ A + model.parameters[f"b{l}"]
        A = np.maximum(Z, 0) if l < 4 else 1 / (1 + np.exp(-Z))
    np.testing.assert_allclose(model.outputs(X).T, A, rtol=1e-12)
    for i in (0, 57):
        np.testing.assert_allclose(model.outputs(X[i : i + 1])[0], A[:, i], rtol=1e-12)
    w = model.explain(X[:1], [1])
    assert [w[f"A{l}"].shape for l in range(5)] == [(10, 1), *[(n, 1) for n in SIZES]]


def test_row_129_every_dimension_follows_its_rule(deep):
    model, X, y = deep
    s = shapes(model, m=100)
    n = (10, *SIZES)
    for l in range(1, 5):
        for twin in ("", "d"):
            assert s[f"{twin}W{l}"].shape == (n[l], n[l - 1])
            assert s[f"{twin}b{l}"].shape == (n[l], 1)
            assert s[f"{twin}Z{l}"].shape == s[f"{twin}A{l}"].shape == (n[l], 100)
        assert (s[f"W{l}"].letters, s[f"b{l}"].letters) == (f"(n[{l}], n[{l - 1}])", f"(n[{l}], 1)")
    w = model.explain(X, y)
    assert s.check({name: w[name].numbers for name in s}) == []  # what was computed has these shapes
    assert shapes(model)["Z2"].shape == (15, 1)  # one example


@pytest.mark.parametrize(
    ("name", "shape", "said"),
    [
        (
            "W2",
            (20, 15),
            r"W2 is (20, 15), but must be (n[2], n[1]) = (15, 20): one row per unit, one column per input",
        ),
        ("b3", (5,), "b3 is (5,), but must be (n[3], 1) = (5, 1): one number per unit; it has one axis only"),
        ("dW4", (1, 6), "dW4 is (1, 6), but must be (n[4], n[3]) = (1, 5): as W4"),
        (
            "A1",
            (100, 20),
            "A1 is (100, 20), but must be (n[1], m) = (20, 100): one row per unit, one column per example",
        ),
        ("W9", (1, 1), "W9 is no array of this network"),
    ],
)
def test_row_129_a_wrong_one_is_named_with_its_rule(deep, name, shape, said):
    found = shapes(deep[0], m=100).check({"W1": np.zeros((20, 10)), name: np.zeros(shape)})
    assert len(found) == 1
    assert found[0].startswith(said)
    assert found[0].endswith("it is turned round: take its transpose") == (name in ("W2", "A1"))


def test_row_129_layers_of_other_kinds_are_listed_too():
    model = wk.Model([wk.Convolution(4, 3, "relu"), wk.Flatten(), wk.Dense(10, "softmax")], inputs=(1, 8, 8))
    s = shapes(model, m=32)
    assert (s["Z1"].shape, s["Z1"].letters) == ((4, 6, 6, 32), "(4, 6, 6, m)")
    assert s["W1"] == ((4, 9), "its own", "as Convolution makes it")
    assert s["W2"].shape == (10, 144)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8, 10])
def test_row_131_a_tree_of_n_minus_1_gates_computes_the_xor_of_n_bits(n):
    X, y = wk.data.xor(n)
    model = parity.tree(n)
    assert sum(parity.gates(n)) == n - 1
    assert len(parity.gates(n)) == int(np.ceil(np.log2(n)))  # depth
    assert model.exact is not None
    np.testing.assert_array_equal(model.outputs(X).ravel(), y)  # all 2^n rows of the truth table
    short = collapse(model)  # the sum of one gate and the units of the next are linear layers in a row
    assert shapes(short).L == len(parity.gates(n)) + 1
    np.testing.assert_array_equal(short.outputs(X).ravel(), y)


@pytest.mark.parametrize("n", [2, 3, 4, 8, 10])
def test_row_131_one_hidden_layer_with_a_unit_per_odd_row_needs_2_to_the_n_minus_1(n):
    X, y = wk.data.xor(n)
    model = parity.shallow(n)
    assert model.network.shapes((n,))["A1"] == (2 ** (n - 1),)
    np.testing.assert_array_equal(model.outputs(X).ravel(), y)
    fires = model.activations(X)["A1"]
    assert (fires.sum(axis=0) == 1).all()  # every unit knows one row by heart
    assert (fires.sum(axis=1) == y).all()


def test_row_131_units_side_by_side():
    hidden = lambda model: sum(row.layer.n_out for row in model.network.rows if type(row.layer) is Dense) - 1
    counts = {n: (hidden(parity.tree(n)), hidden(parity.shallow(n))) for n in (4, 8, 16)}
    assert counts == {4: (8, 8), 8: (20, 128), 16: (44, 32768)}


@pytest.mark.parametrize("n", [2, 3, 8, 10])
def test_row_131_what_the_notes_leave_out_units_that_add_need_only_n(n):
    """The exponential price is that of units which recognise one row each; a layer of ReLU can count instead."""
    X, y = wk.data.xor(n)
    model = parity.counting(n)
    assert model.network.shapes((n,))["A1"] == (n,)
    np.testing.assert_array_equal(model.outputs(X).ravel(), y)


def test_row_131_by_hand():
    w = parity.tree(2).explain([[1, 1]], [0])
    assert w["A1"].numbers.ravel().tolist() == [2, 1]  # ReLU(1 + 1) and ReLU(1 + 1 - 1)
    assert w["Z2"][0, 0].record == "(1)(2) + (-2)(1) + 0"
    assert w["Z2"][0, 0].value == 0
    with pytest.raises(ValueError, match="from 2 to 16, not 40"):
        parity.shallow(40)


def test_row_132_what_a_block_keeps_and_who_reads_it(deep):
    model, X, _ = deep
    params = {f"Z{l}": {s: model.parameters[f"{s}{l}"] for s in "Wb"} for l in range(1, 5)}
    wires, caches = model.network.forward(np, params, X.T)
    assert {name: set(kept) for name, kept in caches.items()} == {
        **{f"Z{l}": {"A"} for l in range(1, 5)},  # dense keeps what it read, for dW = dZ Aᵀ
        **{f"A{l}": {"Z"} for l in range(1, 4)},  # ReLU keeps Z, for where Z > 0
        "A4": {"A"},  # sigmoid keeps what it said, for A (1 - A)
    }
    assert caches["Z3"]["A"] is wires["A2"]
    dA = np.ones_like(wires["Z2"])
    back, grads = Dense(15).backward(np, dA, **params["Z2"], **caches["Z2"])
    assert (back.shape, grads["W"].shape, grads["b"].shape) == ((20, 100), (15, 20), (15, 1))
    with pytest.raises(TypeError, match="'A'"):  # without its cache a block cannot go back
        Dense(15).backward(np, dA, **params["Z2"])


def test_row_132_the_explanation_says_what_each_gradient_uses(deep):
    model, X, y = deep
    w = model.explain(X[:3], y[:3])
    used = {name: {x.array for x in w[name][0, 0].made_from} for name in ("dW2", "db2", "dA1", "dZ2")}
    assert used == {"dW2": {"dZ2", "A1"}, "db2": {"dZ2"}, "dA1": {"W2", "dZ2"}, "dZ2": {"dA2", "Z2"}}


def test_row_133_four_backward_equations_layer_by_layer(deep):
    model, X, y = deep
    w = {name: cells.numbers for name, cells in model.explain(X, y).items()}
    m = 100
    for l in range(4, 0, -1):
        slope = w["A4"] * (1 - w["A4"]) if l == 4 else (w[f"Z{l}"] > 0) * 1.0
        before = w["X" if l == 1 else f"A{l - 1}"]
        dZ = w[f"dA{l}"] * slope  # cell by cell, no matrix product
        np.testing.assert_allclose(w[f"dZ{l}"], dZ, atol=1e-14)
        np.testing.assert_allclose(w[f"dW{l}"], dZ @ before.T / m, atol=1e-14)
        np.testing.assert_allclose(w[f"db{l}"], np.sum(dZ, axis=1, keepdims=True) / m, atol=1e-14)
        np.testing.assert_allclose(w["dX" if l == 1 else f"dA{l - 1}"], w[f"W{l}"].T @ dZ, atol=1e-14)


def test_row_133_where_backward_starts_and_where_the_1_over_m_is(deep):
    """E11: dA[L] has no 1/m and dW has.  The convention: a wire carries m ∂J/∂A, a parameter ∂J/∂W."""
    model, X, y = deep
    w = model.explain(X, y)
    A, Y = w["A4"].numbers, w["Y"].numbers
    np.testing.assert_allclose(w["dA4"].numbers, -(Y / A) + (1 - Y) / (1 - A), rtol=1e-12)
    np.testing.assert_allclose(w["dZ4"].numbers, A - Y, atol=1e-14)
    loss = BinaryCrossEntropy()
    nudge = np.zeros_like(A)
    nudge[0, 3] = 1e-6
    rate = (loss.forward(np, A + nudge, Y)[0] - loss.forward(np, A - nudge, Y)[0]) / 2e-6
    assert w["dA4"].numbers[0, 3] == pytest.approx(100 * rate, rel=1e-6)  # m times ∂J/∂A
    assert w["dW4"].formula == "dZ4 @ A3.T / 100"
    assert "/ 100" not in w["dA4"].formula + w["dZ4"].formula + w["dA3"].formula
    twice = model.explain(np.concatenate([X, X]), np.concatenate([y, y]))
    np.testing.assert_allclose(twice["dW1"].numbers, w["dW1"].numbers, atol=1e-14)  # so dW does not grow with m


def test_row_133_the_blocks_are_the_librarys_layers():
    Z = np.array([[-2.0, 0.5]])
    dA = np.array([[3.0, 4.0]])
    assert Relu().backward(np, dA, Z=Z)[0].tolist() == [[0, 4]]
    A, kept = Sigmoid().forward(np, Z)
    np.testing.assert_allclose(Sigmoid().backward(np, dA, **kept)[0], dA * A * (1 - A))


def test_week_4_question_2_the_four_shapes(deep):
    """E4: with n[4] = 1 there are four layers, not three."""
    s = shapes(deep[0], m=100)
    assert s.L == 4
    assert (s["W2"].shape, s["b3"].shape, s["A1"].shape, s["Z4"].shape) == ((15, 20), (5, 1), (20, 100), (1, 100))
