"""Rows 36-50 of the coverage: the digits network, its neurons and its layers."""

import os

import numpy as np
import pytest

import workings as wk
from workings.data import index_of, pixel_at
from workings.layers import LstmCell, Relu

CHAIN = [wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "softmax")]


@pytest.fixture(scope="module")
def trained():
    """64-16-16-10 on the embedded digits, and examples it has not seen."""
    X, y = wk.data.digits()
    model = wk.Model(CHAIN, seed=0)
    model.fit(X[:1400], y[:1400], epochs=20, learning_rate=2.0, progress=False)
    return model, X[1400:], y[1400:]


@pytest.fixture(scope="module")
def pictures():
    """The first embedded digits at MNIST's size: every pixel of 8 x 8 as 3 x 3, and a margin of 2."""
    X, y = wk.data.digits()
    large = np.kron(X[:40].reshape(-1, 8, 8), np.ones((1, 3, 3), np.float32))
    return np.pad(large, ((0, 0), (2, 2), (2, 2))).reshape(-1, 784), y[:40]


def sigma(z):
    return 1 / (1 + np.exp(-z))


def test_row_36_layers_nodes_and_parameters_are_counted_together():
    summary = wk.Model(CHAIN, inputs=784).summary()
    units = [(x.name, x.shape, x.counted) for x in summary.lines if x.count]
    assert units == [
        ("Z1", "16", "16 × (784 + 1) = 12,560"),
        ("Z2", "16", "16 × (16 + 1) = 272"),
        ("Z3", "10", "10 × (16 + 1) = 170"),
    ]


def test_row_37_linear_regression_is_the_simplest_network_and_agrees_with_the_closed_form():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (50, 1))
    y = 2.5 * x[:, 0] - 0.7 + 0.1 * rng.standard_normal(50)
    model = wk.Model([wk.Dense(1)], dtype="float64")
    model.fit(x, y, epochs=300, batch_size=50, learning_rate=0.5, progress=False)
    slope, intercept = np.linalg.lstsq(np.column_stack([x, np.ones(50)]), y, rcond=None)[0]
    assert model.parameters["W1"].item() == pytest.approx(slope, abs=1e-6)
    assert model.parameters["b1"].item() == pytest.approx(intercept, abs=1e-6)
    assert model.summary().parameters == 2
    assert slope == pytest.approx(2.5, abs=0.1)


def test_row_37_several_features_agree_with_the_closed_form_too():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((80, 3))
    y = X @ [1.0, -2.0, 0.5] + 3 + 0.3 * rng.standard_normal(80)
    model = wk.Model([wk.Dense(1)], dtype="float64")
    model.fit(X, y, epochs=400, batch_size=80, learning_rate=0.3, progress=False)
    closed = np.linalg.lstsq(np.column_stack([X, np.ones(80)]), y, rcond=None)[0]
    np.testing.assert_allclose(model.parameters["W1"].ravel(), closed[:3], atol=1e-6)
    np.testing.assert_allclose(model.parameters["b1"].item(), closed[3], atol=1e-6)


def test_row_38_a_3_by_3_kernel_on_a_5_by_5_image_by_hand():
    image = [[[0, 0, 1, 1, 1]] * 5]  # one picture, dark on the left, bright from the third column on
    edge = [[-1, 0, 1, -1, 0, 1, -1, 0, 1]]  # right column minus left column, row by row
    model = wk.Model([wk.Convolution(1, 3), wk.Flatten()], inputs=(1, 5, 5), parameters={"W1": edge, "b1": [0]})
    w = model.explain(np.array(image), np.zeros((1, 9), int))
    assert w["Z1"].shape == (1, 3, 3, 1)
    assert w["Z1"].numbers[0, :, :, 0].tolist() == [[3, 3, 0]] * 3  # 3 where the edge is in sight, 0 beyond it
    assert w["Z1"][0, 0, 0, 0].value == 3
    assert w["Z1"][0, 0, 0, 0].exact


def test_row_38_every_place_has_its_own_sum_of_nine_products():
    image = np.arange(25).reshape(1, 5, 5)
    kernel = [[1, 2, 1, 0, 0, 0, -1, -2, -1]]
    model = wk.Model([wk.Convolution(1, 3), wk.Flatten()], inputs=(1, 5, 5), parameters={"W1": kernel, "b1": [1]})
    by_hand = [
        [(image[0, i : i + 3, j : j + 3] * np.reshape(kernel, (3, 3))).sum() + 1 for j in range(3)] for i in range(3)
    ]
    # (1·0 + 2·1 + 1·2) - (1·10 + 2·11 + 1·12) + 1 = 4 - 44 + 1
    assert by_hand[0][0] == -39
    assert model.explain(image, np.zeros((1, 9), int))["Z1"].numbers[0, :, :, 0].tolist() == by_hand


def test_row_39_one_lstm_step_with_all_four_gates_by_hand():
    logit = lambda p: np.log(p / (1 - p))  # so that the gates come out as round numbers
    column = lambda x: np.array([[x]])
    bias = {"bf": logit(0.5), "bi": logit(0.8), "bo": logit(0.25), "bc": np.arctanh(0.6)}
    weights = {f"W{gate}": np.zeros((1, 2)) for gate in "fico"}
    (a, c), kept = LstmCell(1).forward(
        np, column(0.3), column(2.0), column(7.0), **weights, **{k: column(b) for k, b in bias.items()}
    )
    gates = {gate: float(kept[gate].item()) for gate in "figo"}
    assert gates == pytest.approx({"f": 0.5, "i": 0.8, "g": 0.6, "o": 0.25})
    assert c.item() == pytest.approx(0.5 * 2.0 + 0.8 * 0.6)  # what is kept, and what is new: 1.48
    assert a.item() == pytest.approx(0.25 * np.tanh(1.48))


def test_row_39_the_gates_of_an_lstm_open_one_by_one():
    W = {"Wf1": [[1, 0]], "Wi1": [[0, 1]], "Wc1": [[1, 1]], "Wo1": [[-1, 1]]}
    b = {"bf1": [0], "bi1": [1], "bc1": [0], "bo1": [0]}
    model = wk.Model([wk.LSTM(1)], inputs=(1, 1), parameters=W | b)
    w = model.explain(np.array([[[2.0]]]), [0.0])  # one example, one step, one feature; the state starts at 0
    gates = {s: w[f"{s}1"].numbers.item() for s in "fiogca"}
    assert gates["f"] == pytest.approx(0.5)
    assert gates["i"] == pytest.approx(sigma(3.0))
    assert gates["o"] == pytest.approx(sigma(2.0))
    assert gates["g"] == pytest.approx(np.tanh(2.0))
    assert gates["c"] == pytest.approx(0.5 * 0 + sigma(3.0) * np.tanh(2.0))
    assert gates["a"] == pytest.approx(sigma(2.0) * np.tanh(sigma(3.0) * np.tanh(2.0)))


def test_row_40_a_list_of_layers_is_a_multilayer_perceptron():
    network = wk.Model(CHAIN, inputs=784).network
    assert [row.name for row in network.rows] == ["Z1", "A1", "Z2", "A2", "Z3", "A3"]
    assert [row.reads for row in network.rows] == [("X",), ("Z1",), ("A1",), ("Z2",), ("A2",), ("Z3",)]


def test_rows_41_and_45_every_neuron_holds_a_number_made_from_the_layer_before(trained):
    model, X, _ = trained
    seen = model.activations(X[:5])
    assert list(seen) == ["X", "Z1", "A1", "Z2", "A2", "Z3", "A3"]
    for before, after in (("X", "A1"), ("A1", "A2")):
        l = after[1]
        Z = seen[before] @ model.parameters[f"W{l}"].T + model.parameters[f"b{l}"].T
        np.testing.assert_allclose(seen[after], sigma(Z), atol=1e-6)
        assert ((seen[after] > 0) & (seen[after] < 1)).all()


@pytest.mark.skipif("WORKINGS_DATA" not in os.environ, reason="set WORKINGS_DATA to the folder that holds mnist")
def test_row_42_a_digit_is_784_numbers_from_0_black_to_1_white():
    X, _ = wk.data.mnist("test")
    assert X.shape[1] == 28 * 28 == 784
    assert (X.min() / 255, X.max() / 255) == (0.00, 1.00)
    seen = wk.Model([wk.Dense(1, "sigmoid")], seed=0).activations(X[:50])["X"]  # at the door 0…255 becomes 0…1
    np.testing.assert_allclose(seen, X[:50] / 255, atol=1e-7)


def test_row_42_pixel_and_index_both_ways(pictures):
    X, _ = pictures
    assert pixel_at(300, (28, 28)) == (10, 20)
    assert index_of((10, 20), (28, 28)) == 10 * 28 + 20 == 300
    image = X[0].reshape(28, 28)
    assert all(image[pixel_at(i, (28, 28))] == X[0, i] for i in range(784))


def test_row_43_ten_outputs_and_the_winner(trained):
    model, X, y = trained
    bars = model.predict_proba(X)
    assert bars.shape == (len(X), 10)
    np.testing.assert_allclose(bars.sum(axis=1), 1, atol=1e-6)
    assert (model.predict(X) == bars.argmax(axis=1)).all()
    assert (model.predict(X) == y).mean() > 0.85


def test_row_44_13_002_as_arithmetic():
    summary = wk.Model(CHAIN, inputs=784).summary()
    assert 784 * 16 + 16 + 16 * 16 + 16 + 16 * 10 + 10 == summary.parameters == 13_002
    assert summary.total.endswith("12,560 + 272 + 170 = 13,002")
    assert wk.Model([wk.Dense(30, "sigmoid"), wk.Dense(10, "softmax")], inputs=784).summary().parameters == 23_860


def likeness_to_an_edge(weights):
    """How well the best straight edge (24 directions, 9 places) goes with an 8 x 8 picture: 1 would be an edge."""
    rows, columns = np.mgrid[0:8, 0:8] - 3.5
    edges = [
        np.sign(rows * np.sin(turn) + columns * np.cos(turn) - place).ravel()
        for turn in np.linspace(0, np.pi, 24, endpoint=False)
        for place in np.linspace(-2, 2, 9)
    ]
    return max(abs(np.corrcoef(weights, edge)[0, 1]) for edge in edges)


def neighbours(pictures):
    """The correlation of cells that stand side by side."""
    return np.corrcoef(pictures[:, :, :-1].ravel(), pictures[:, :, 1:].ravel())[0, 1]


def test_row_46_hidden_weights_are_pictures_smoother_than_chance_but_no_edges(trained):
    model, _, _ = trained
    learned, start = model.parameters["W1"], wk.Model(CHAIN, inputs=64, seed=0).parameters["W1"]
    assert (
        neighbours(learned.reshape(16, 8, 8)) > 0.3
    )  # neighbours have learned alike, as pixels of digits go together
    assert abs(neighbours(start.reshape(16, 8, 8))) < 0.1
    alike = [likeness_to_an_edge(unit) for unit in learned]
    assert likeness_to_an_edge(np.sign(np.mgrid[0:8, 0:8][1] - 3.5).ravel()) == pytest.approx(1)
    assert max(alike) < 0.6  # honest: not one of the 16 units looks like an edge
    assert np.mean([likeness_to_an_edge(unit) for unit in start]) > 0.25  # and chance alone gives 0.3


def test_row_47_a_weighted_sum_over_784_pixels(pictures):
    X, y = pictures
    model = wk.Model(CHAIN, inputs=784, seed=0)
    w = model.explain(X[:1], y[:1])
    cell = w["Z1"][3, 0]
    assert len([name for name in cell.made_from if name.array == "W1"]) == 784
    assert len([name for name in cell.made_from if name.array == "b1"]) == 1
    pixels, weights = X[0].astype(float), model.parameters["W1"][3].astype(float)
    assert cell.value == pytest.approx((pixels * weights).sum() + model.parameters["b1"][3, 0])
    np.testing.assert_allclose(  # the pixel grid times the weight grid is the same sum
        (pixels.reshape(28, 28) * weights.reshape(28, 28)).sum(), cell.value, rtol=1e-12
    )


def test_row_48_a_bias_is_a_threshold():
    for threshold in (0, 10):
        neuron = wk.Model([wk.Dense(1, "relu")], parameters={"W1": [[1, 1, 1]], "b1": [-threshold]})
        sums = np.array([[3, 3, 3], [4, 3, 3], [4, 4, 3]])  # 9, 10 and 11
        fires = neuron.outputs(sums).ravel() > 0
        assert fires.tolist() == [total > threshold for total in (9, 10, 11)]
    soft = wk.Model([wk.Dense(1, "sigmoid")], parameters={"W1": [[1]], "b1": [-10]})
    np.testing.assert_allclose(soft.outputs([[9.0], [10.0], [11.0]]).ravel(), sigma(np.array([-1, 0, 1])), atol=1e-7)


def test_row_49_squashing_keeps_between_0_and_1_and_bends():
    sums = np.array([[-20.0], [-1.0], [0.0], [1.0], [20.0]])
    squashed = wk.Model([wk.Dense(1, "sigmoid")], parameters={"W1": [[1]], "b1": [0]}).outputs(sums).ravel()
    plain = wk.Model([wk.Dense(1)], parameters={"W1": [[1]], "b1": [0]}).outputs(sums).ravel()
    assert plain.tolist() == [-20, -1, 0, 1, 20]
    assert squashed == pytest.approx([0, sigma(-1.0), 0.5, sigma(1.0), 1], abs=1e-7)
    X, y = wk.data.circles(200)
    scores = {}
    for bends in ("tanh", None):
        model = wk.Model([wk.Dense(8, bends), wk.Dense(1, "sigmoid")], seed=0)
        model.fit(X, y, epochs=200, learning_rate=0.5, progress=False)
        scores[bends] = model.evaluate(X, y)["accuracy"]
    assert scores["tanh"] > 0.98
    assert scores[None] < 0.7


def test_row_50_a_layer_is_sigma_of_W_a_plus_b(trained):
    model, X, y = trained
    w = model.explain(X[:3], y[:3])
    assert (w["Z1"].formula, w["A1"].formula) == ("W1 @ X + b1", "1 / (1 + exp(-Z1))")
    A1 = sigma(w["W1"].numbers @ w["X"].numbers + w["b1"].numbers)
    np.testing.assert_allclose(w["A1"].numbers, A1, rtol=1e-12)
    assert (w["W1"].shape, w["X"].shape, w["b1"].shape, w["A1"].shape) == ((16, 64), (64, 3), (16, 1), (16, 3))
    assert Relu().forward(np, np.array([[-1.0, 2.0]]))[0].tolist() == [[0.0, 2.0]]
