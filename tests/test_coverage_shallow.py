"""Rows 114-123 of the coverage: one hidden layer, why it must bend, and how it must start."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workings as wk
from workings.collapse import collapse, merged
from workings.layers import Add, Dense, Relu, Sigmoid, Tanh
from workings.shapes import shapes
from workings.slopes import nudged, slope_of


@pytest.fixture(scope="module")
def flower():
    return wk.data.flower(400)


def two_layers(bends="tanh", start=None, units=4, **more):
    return wk.Model([wk.Dense(units, bends, start), wk.Dense(1, "sigmoid", start)], **more)


def trained(model, X, y, epochs=200, learning_rate=0.1):
    model.fit(X, y, epochs=epochs, learning_rate=learning_rate, progress=False)
    return model


def test_row_114_layer_0_is_X_and_the_input_is_not_counted(flower):
    X, y = flower
    model = two_layers(seed=0, inputs=2)
    assert shapes(model).L == 2  # a "two-layer network": hidden layer and output
    w = model.explain(X[:3], y[:3])
    np.testing.assert_array_equal(w["A0"].numbers, X[:3].T)
    np.testing.assert_allclose(w["A2"].numbers[0], model.outputs(X[:3])[:, 0], atol=1e-7)  # A[2] is the prediction
    assert str(w.cell("A1[4,2]")).startswith("A1[4,2]")  # unit j = 4, example i = 2


def test_row_115_a_node_takes_two_steps():
    model = wk.Model([wk.Dense(1, "relu")], parameters={"W1": [[1, -1, 1]], "b1": [-5]})
    w = model.explain([[2, 1, 3]], [0])
    assert w["Z1"][0, 0].record == "(1)(2) + (-1)(1) + (1)(3) + (-5)"
    assert (w["Z1"][0, 0].value, w["A1"][0, 0].value) == (-1, 0)
    assert (w["Z1"].formula, w["A1"].formula) == ("W1 @ X + b1", "max(Z1, 0)")


def test_row_116_the_layer_equations_with_shapes_and_b_stretched(flower):
    X, y = flower
    model = two_layers(seed=0)
    w = model.explain(X, y)
    assert shapes(model, m=400).check({name: w[name].numbers for name in shapes(model)}) == []
    Z1 = w["W1"].numbers @ w["X"].numbers + np.tile(w["b1"].numbers, (1, 400))  # b copied m times
    np.testing.assert_allclose(w["Z1"].numbers, Z1, rtol=1e-12)
    np.testing.assert_allclose(w["Z2"].numbers, w["W2"].numbers @ np.tanh(Z1) + w["b2"].numbers, rtol=1e-12)


def test_row_117_linear_layers_collapse_exactly():
    given = {"W1": [[1, 2], [3, 4], [0, -1]], "b1": [1, "1/2", 0], "W2": [[1, -1, 2]], "b2": ["1/3"]}
    long = wk.Model([wk.Dense(3), wk.Dense(1)], parameters=given)
    short = collapse(long)
    # W' = W2 W1 = [1 - 3 + 0, 2 - 4 - 2]    b' = W2 b1 + b2 = 1 - 1/2 + 0 + 1/3
    assert short.parameters["W1"].tolist() == [[-2, -4]]
    assert str(short.parameters["b1"].item()) == "5/6"
    X = [[5, 7], [-1, 0], [2, 2]]
    assert [long.explain(X, [0, 0, 0])["Z2"].numbers.tolist()] == [short.explain(X, [0, 0, 0])["Z1"].numbers.tolist()]


@given(st.lists(st.integers(1, 4), min_size=2, max_size=5), st.integers(0, 1000))
@settings(max_examples=20)
def test_row_117_however_many_are_stacked_exactly(sizes, seed):
    rng = np.random.default_rng(seed)
    whole = lambda *shape: rng.integers(-5, 6, shape).tolist()
    layers = range(1, len(sizes))
    numbers = {f"W{l}": whole(sizes[l], sizes[l - 1]) for l in layers} | {f"b{l}": whole(sizes[l], 1) for l in layers}
    long = wk.Model([wk.Dense(n) for n in sizes[1:]], parameters=numbers)
    short = collapse(long)
    assert shapes(short).L == 1
    x = np.array([whole(sizes[0])], dtype=int)
    target = np.zeros((1, sizes[-1]), int)
    said = long.explain(x, target)[f"Z{len(sizes) - 1}"].numbers
    assert short.explain(x, target)["Z1"].numbers.tolist() == said.tolist()


def test_row_117_a_network_that_branches_is_refused():
    rows = {"Z1": (Dense(2), "X"), "S1": (Add(), "Z1", "X")}
    with pytest.raises(ValueError, match="this network branches; collapse reads a plain stack"):
        collapse(wk.Model(wk.Network(rows), inputs=2))


def test_row_117_what_bends_stays():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 3))
    model = wk.Model([wk.Dense(4), wk.Dense(5, "linear"), wk.Dense(6, "relu"), wk.Dense(2), wk.Dense(1)], inputs=3)
    short = collapse(model)
    assert [row.name for row in short.network.rows] == ["Z1", "A1", "Z2"]
    np.testing.assert_allclose(short.outputs(X), model.outputs(X), atol=1e-5)
    W, b = merged(*(rng.standard_normal(s) for s in ((4, 3), (4, 1), (2, 4), (2, 1))))
    assert (W.shape, b.shape) == ((2, 3), (2, 1))


def test_row_117_and_a_stack_of_linear_layers_is_no_better_than_logistic_regression(flower):
    X, y = flower
    y = np.array(["blue", "red"])[y]
    plain = trained(wk.Model([wk.Dense(1, "sigmoid")], seed=0), X, y)
    stack = trained(wk.Model([wk.Dense(8), wk.Dense(8), wk.Dense(1, "sigmoid")], seed=0), X, y)
    assert stack.evaluate(X, y)["loss"] == pytest.approx(plain.evaluate(X, y)["loss"], abs=1e-3)
    short = collapse(stack)
    assert short.summary().parameters == plain.summary().parameters == 3
    np.testing.assert_allclose(short.predict_proba(X), stack.predict_proba(X), atol=1e-6)
    assert set(short.predict(X)) == {"blue", "red"}


def test_row_118_a_linear_output_is_right_for_a_regression():
    x = np.linspace(-1, 1, 60).reshape(-1, 1)
    y = 3 * x[:, 0] ** 2 - 1  # from -1 to 2: no sigmoid reaches it
    errors = {}
    for last in (None, "sigmoid"):
        model = wk.Model([wk.Dense(12, "tanh"), wk.Dense(1, last)], "mse", seed=0)
        errors[last] = trained(model, x, y, epochs=300).evaluate(x, y)["rmse"]
    assert errors[None] < 0.1 < 0.5 < errors["sigmoid"]


def test_row_119_logistic_regression_fails_where_a_hidden_layer_succeeds(flower):
    X, y = flower
    line = trained(wk.Model([wk.Dense(1, "sigmoid")], seed=0), X, y)
    assert line.evaluate(X, y)["accuracy"] < 0.6
    assert trained(two_layers(seed=0), X, y).evaluate(X, y)["accuracy"] > 0.9


def test_row_120_six_backward_equations_against_the_library(flower):
    X, y = flower
    m = len(X)
    w = two_layers(seed=0).explain(X, y)
    A0, A1, A2, Y, W2 = (w[name].numbers for name in ("A0", "A1", "A2", "Y", "W2"))
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = W2.T @ dZ2 * (1 - A1**2)
    dW1 = dZ1 @ A0.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    for name, value in {"dZ2": dZ2, "dW2": dW2, "db2": db2, "dZ1": dZ1, "dW1": dW1, "db1": db1}.items():
        np.testing.assert_allclose(w[name].numbers, value, atol=1e-14, err_msg=name)
    assert np.sum(dZ1, axis=1).shape == (4,)  # without keepdims: an array with one axis
    assert w["db1"].shape == (4, 1)
    assert w["dW1"].formula == "dZ1 @ X.T / 400"


def test_row_120_four_steps_are_one_epoch(flower):
    X, y = flower
    model = two_layers(seed=0, inputs=2, dtype="float64")  # 1 start
    before = dict(model.parameters)
    w = model.explain(X, y)  # 2 forward, 3 backward
    model.fit(X, y, epochs=1, batch_size=400, learning_rate=1.2, progress=False)
    for name, W in before.items():  # 4 update
        np.testing.assert_allclose(model.parameters[name], W - 1.2 * w[f"d{name}"].numbers, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "layer", "derived"),
    [
        ("sigmoid", Sigmoid(), lambda z, a: a * (1 - a)),
        ("tanh", Tanh(), lambda z, a: 1 - a**2),
        ("relu", Relu(), lambda z, a: (z > 0) * 1.0),
    ],
)
def test_row_121_every_slope_is_derived_and_measured(name, layer, derived):
    z = np.array([-3.0, -0.5, 0.25, 1.0, 4.0])
    here = slope_of(name, z)
    np.testing.assert_allclose(here.slope, derived(z, here.value), rtol=1e-12)
    for x, slope in zip(z, here.slope, strict=True):
        sides = (nudged(lambda t: slope_of(name, t).value, x, nudge).slope for nudge in (1e-5, -1e-5))
        assert sum(sides) / 2 == pytest.approx(slope, abs=1e-9)
    assert slope_of(layer, 1.0) == slope_of(name, 1.0)


def test_row_121_relu_has_two_slopes_at_0_and_0_is_chosen():
    right, left = (nudged(lambda t: slope_of("relu", t).value, 0.0, h).slope for h in (0.001, -0.001))
    assert (right, left) == (1, 0)
    assert slope_of("relu", 0.0).slope == 0
    assert (slope_of("sigmoid", 0.0).slope, slope_of("tanh", 0.0).slope) == (0.25, 1.0)


@pytest.mark.parametrize("bends", ["sigmoid", "tanh", "relu"])
def test_row_122_from_zero_weights_all_units_stay_alike_for_ever(flower, bends):
    X, y = flower
    model = two_layers(bends, "zeros", seed=0)
    alike = []
    for _ in range(5):
        trained(model, X, y, epochs=20, learning_rate=0.5)
        w = model.explain(X, y)
        alike += [np.ptp(w[name].numbers, axis=0).max() for name in ("W1", "b1", "A1", "dW1", "db1")]
        alike += [np.ptp(w[name].numbers) for name in ("W2", "dW2")]
    assert max(alike) == 0  # not nearly: identical
    moved = {"sigmoid": True, "tanh": False, "relu": False}  # σ(0) = ½ lets its units move, all together
    assert model.parameters["W1"].any() == moved[bends]
    assert model.evaluate(X, y)["loss"] > 0.66


def test_row_122_what_counts_is_being_alike_not_being_zero(flower):
    X, y = flower
    same = {"W1": np.full((4, 2), 0.5), "b1": [[0.0]] * 4, "W2": np.full((1, 4), 0.5), "b2": [[0.0]]}
    model = trained(two_layers(parameters=same), X, y)
    assert np.ptp(model.parameters["W1"], axis=0).max() == 0  # four units, the work of one
    one = {"W1": [[0.5, 0.5]], "b1": [[0.0]], "W2": [[2.0]], "b2": [[0.0]]}
    alone = two_layers(units=1, parameters=one)
    np.testing.assert_allclose(alone.outputs(X), two_layers(parameters=same).outputs(X), atol=1e-6)


def test_row_122_zero_biases_are_harmless(flower):
    X, y = flower
    model = two_layers(seed=0, inputs=2)
    assert not model.parameters["b1"].any()
    assert trained(model, X, y).evaluate(X, y)["accuracy"] > 0.9
    b = model.parameters["b1"].ravel()
    assert len(set(b.round(4).tolist())) == 4  # each has gone its own way


def test_row_123_small_random_weights_cure_it(flower):
    X, y = flower
    start = two_layers(start="small", seed=0, inputs=2).parameters["W1"]
    assert np.abs(start).max() < 0.05
    scores = {
        start: trained(two_layers(start=start, seed=0), X, y).evaluate(X, y)["accuracy"]
        for start in ("zeros", "small")
    }
    assert scores["small"] > 0.9
    assert scores["zeros"] < 0.6


def test_row_123_large_weights_saturate_and_learn_slowly():
    """Mean slope of the hidden sigmoids before training, and the loss after five epochs, for W1 times 1, 10, 100."""
    X, y = wk.data.digits()
    specs = [wk.Dense(16, "sigmoid"), wk.Dense(10, "softmax")]
    W1 = wk.Model(specs, seed=0, inputs=64).parameters["W1"]
    slopes, losses = [], []
    for scale in (1, 10, 100):
        model = wk.Model(specs, seed=0, parameters={"W1": scale * W1})
        A1 = model.activations(X)["A1"]
        slopes.append(float((A1 * (1 - A1)).mean()))
        losses.append(model.fit(X, y, epochs=5, learning_rate=0.5, progress=False)[-1]["loss"])
    assert slopes == pytest.approx([0.236, 0.072, 0.0075], rel=0.1)  # 0.25 is the most there is
    assert losses[0] < losses[1] < losses[2]
    assert losses[2] > 2 * losses[0]


def test_week_3_question_4_the_four_shapes():
    s = shapes(wk.Model([wk.Dense(10, "relu"), wk.Dense(1, "sigmoid")], inputs=5))
    assert [s[name].shape for name in ("W1", "b1", "W2", "b2")] == [(10, 5), (10, 1), (1, 10), (1, 1)]
