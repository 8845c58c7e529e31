"""Rows 61-77 of the study notes: what each output asks for, the table of nudges, and the chain of single neurons."""

from __future__ import annotations

import numpy as np
import pytest

import workings as wk

DIGIT = np.array([[0.2, 0.9, 0.1]])  # three activations of the layer before
OUTPUTS = {"W1": [[0.5, -1.0, 0.25], [1.0, 0.5, -2.0]], "b1": [[0.0], [-1.0]]}


@pytest.fixture(scope="module")
def wanted():
    """Two sigmoid outputs, of which the first should be 1."""
    model = wk.Model([wk.Dense(2, "sigmoid")], loss="squared-error", parameters=OUTPUTS)
    return model.explain(DIGIT, [[1, 0]])


def test_row_61_the_arrow_of_every_output_is_twice_its_gap(wanted):
    A, Y = wanted["A1"].numbers, wanted["Y"].numbers
    np.testing.assert_allclose(wanted["dA1"].numbers, 2 * (A - Y))
    assert str(wanted["dA1"][0, 0]).splitlines()[0] == "dA1[1,1] = 2 x (A1[1,1] - Y[1,1])"


def test_row_62_three_ways_to_raise_a_neuron(wanted):
    """By its bias; by its weights, as much as what they see is active; by what it sees, as much as it weighs."""
    dZ, W = wanted["dZ1"].numbers, np.array(OUTPUTS["W1"])
    np.testing.assert_allclose(wanted["db1"].numbers, dZ)
    np.testing.assert_allclose(wanted["dW1"].numbers, dZ * DIGIT)
    np.testing.assert_allclose(wanted["dX"].numbers, W.T @ dZ)


def test_row_63_the_most_active_neuron_has_the_most_influence(wanted):
    ranked = np.argsort(-np.abs(wanted["dW1"].numbers[0]))
    assert ranked.tolist() == np.argsort(-np.abs(DIGIT[0])).tolist() == [1, 0, 2]


def test_rows_64_65_every_output_asks_and_the_wishes_are_added(wanted):
    """One layer further back the same happens again: see row 77."""
    dZ, W = wanted["dZ1"].numbers, np.array(OUTPUTS["W1"])
    asked = [W[k] * dZ[k] for k in range(2)]
    np.testing.assert_allclose(wanted["dX"].numbers[:, 0], asked[0] + asked[1])
    assert str(wanted["dX"][1, 0]).splitlines()[0] == "dX[2,1] = W1[1,2] x dZ1[1,1] + W1[2,2] x dZ1[2,1]"


def test_rows_66_67_the_average_of_the_nudges_is_the_gradient():
    X, y = wk.data.digits()
    model = wk.Model([wk.Dense(4, "sigmoid"), wk.Dense(10, "softmax")], seed=0)
    w = model.explain(X[:6], y[:6])
    each = [model.explain(X[i : i + 1], y[i : i + 1])["dW2"].numbers for i in range(6)]
    np.testing.assert_allclose(np.mean(each, axis=0), w["dW2"].numbers, atol=1e-15)
    table = w.nudges("W2")
    np.testing.assert_allclose(table.average, w["dW2"].numbers, atol=1e-15)


def test_row_68_a_batch_is_cheaper_and_points_much_the_same_way():
    """The gradient of all is the mean of the batches' gradients; each alone leans a little to the side."""
    X, y = wk.data.digits()
    model = wk.Model([wk.Dense(10, "softmax")], seed=0)
    whole = model.explain(X[:200], y[:200])["dW1"].numbers
    parts = [model.explain(X[i : i + 50], y[i : i + 50])["dW1"].numbers for i in range(0, 200, 50)]
    np.testing.assert_allclose(np.mean(parts, axis=0), whole, atol=1e-14)
    lean = [np.sum(p * whole) / np.linalg.norm(p) / np.linalg.norm(whole) for p in parts]
    assert all(0.7 < cosine < 0.95 for cosine in lean)


@pytest.fixture(scope="module")
def chain():
    """One neuron per layer, three layers: a⁽ᴸ⁾ = σ(w a⁽ᴸ⁻¹⁾ + b), C₀ = (a⁽ᴸ⁾ - y)²."""
    specs = [wk.Dense(1, "sigmoid")] * 3
    numbers = {"W1": [[1.0]], "b1": [[0.0]], "W2": [[-2.0]], "b2": [[1.0]], "W3": [[3.0]], "b3": [[-1.0]]}
    return wk.Model(specs, loss="squared-error", parameters=numbers).explain([[0.5]], [[1]])


def sigma(z):
    return 1 / (1 + np.exp(-z))


A1 = sigma(0.5)
A2 = sigma(-2 * A1 + 1)
Z3 = 3 * A2 - 1
A3 = sigma(Z3)


def test_rows_69_70_71_the_chain_forward(chain):
    assert float(chain["Z3"][0, 0]) == pytest.approx(Z3, abs=1e-15)
    assert float(chain["A3"][0, 0]) == pytest.approx(A3, abs=1e-15)
    assert float(chain["J"][()]) == pytest.approx((A3 - 1) ** 2, abs=1e-15)


def test_row_72_the_tree_of_the_last_layer(chain):
    """w, a⁽ᴸ⁻¹⁾ and b make z, z makes a, a and y make C."""
    made = {name: {str(x.array) for x in chain[name][0, 0].made_from} for name in ("Z3", "A3", "L")}
    assert made == {"Z3": {"W3", "A2", "b3"}, "A3": {"Z3"}, "L": {"A3", "Y"}}


def test_row_73_the_chain_rule(chain):
    """∂C/∂w = a⁽ᴸ⁻¹⁾ · σ′(z) · 2(a - y): three factors, and the only path of that weight."""
    slope = A2 * A3 * (1 - A3) * 2 * (A3 - 1)
    assert float(chain["dW3"][0, 0]) == pytest.approx(slope, abs=1e-15)
    paths = chain.paths("W3", 0, 0)
    assert paths.count == 1
    assert float(paths.total) == pytest.approx(slope, abs=1e-15)


def test_row_74_the_bias_has_the_factor_1(chain):
    assert float(chain["db3"][0, 0]) == pytest.approx(A3 * (1 - A3) * 2 * (A3 - 1), abs=1e-15)
    assert float(chain["dW3"][0, 0]) / float(chain["db3"][0, 0]) == pytest.approx(A2)


def test_rows_75_76_the_average_is_one_component_of_the_gradient_vector(chain):
    names = [name for name in chain if name.startswith(("dW", "db"))]
    assert sorted(names) == ["dW1", "dW2", "dW3", "db1", "db2", "db3"]
    biggest = max(names, key=lambda name: abs(float(chain[name][0, 0])))
    assert biggest == "db3"


def test_row_77_earlier_layers_multiply_on_and_several_neurons_are_summed(chain):
    back = 2 * (A3 - 1) * A3 * (1 - A3) * 3 * A2 * (1 - A2)
    assert float(chain["dW2"][0, 0]) == pytest.approx(A1 * back, abs=1e-15)
    wide = wk.Model([wk.Dense(3, "sigmoid"), wk.Dense(2, "sigmoid")], loss="squared-error", inputs=2, seed=1)
    w = wide.explain([[1.0, 2.0]], [[1, 0]])
    np.testing.assert_allclose(w["dA1"].numbers, wide.parameters["W2"].astype(float).T @ w["dZ2"].numbers)
    assert w.paths("W1", 1, 0).count == 2  # through each of the two outputs
