"""Rows 51-60 of the coverage: activations at a point, the cost, and walking down it."""

import numpy as np
import pytest

import workings as wk
from workings.landscape import Cost, bend, descend, local_minima
from workings.optimizers import GradientDescent
from workings.slopes import nudged, slope_of

DIGITS = [wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "sigmoid")]


@pytest.fixture(scope="module")
def pictures():
    """The first embedded digits at MNIST's size: every pixel of 8 x 8 as 3 x 3, and a margin of 2."""
    X, y = wk.data.digits()
    large = np.kron(X[:40].reshape(-1, 8, 8), np.ones((1, 3, 3), np.float32))
    return np.pad(large, ((0, 0), (2, 2), (2, 2))).reshape(-1, 784), y[:40]


def sigma(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("name", "z", "value", "slope"),
    [
        ("sigmoid", 0.0, 0.5, 0.25),
        ("sigmoid", 2.0, sigma(2.0), sigma(2.0) * sigma(-2.0)),
        ("sigmoid", 10.0, 0.9999546, 0.0000454),
        ("relu", -1.0, 0.0, 0.0),
        ("relu", 3.0, 3.0, 1.0),
        ("relu", 0.0, 0.0, 0.0),
        ("tanh", 0.0, 0.0, 1.0),
        ("tanh", 1.0, 0.7615942, 0.4199743),
    ],
)
def test_rows_51_52_53_value_and_slope_at_a_point(name, z, value, slope):
    here = slope_of(name, z)
    assert (here.value, here.slope) == pytest.approx((value, slope), abs=1e-7)
    if (name, z) != ("relu", 0.0):
        assert nudged(lambda t: slope_of(name, t).value, z, 1e-6).slope == pytest.approx(slope, abs=1e-5)


def test_row_52_relu_learns_faster_than_sigmoid_here():
    """A measured race, not a law: six layers deep, the same start, rate and number of epochs."""
    X, y = wk.data.digits()
    losses = {}
    for bends in ("sigmoid", "relu"):
        model = wk.Model([*[wk.Dense(16, bends, "he") for _ in range(5)], wk.Dense(10, "softmax")], seed=0)
        losses[bends] = model.fit(X, y, epochs=10, learning_rate=0.1, progress=False)[-1]["loss"]
    assert losses["relu"] < 0.5
    assert losses["sigmoid"] > 2.2  # about ln 10 = 2.303: it has learned next to nothing


def test_row_54_weights_start_random_and_the_same_seed_rolls_the_same():
    rolls = [wk.Model(DIGITS, inputs=784, seed=seed).parameters["W1"] for seed in (3, 3, 4)]
    np.testing.assert_array_equal(rolls[0], rolls[1])
    assert (rolls[0] != rolls[2]).all()


def test_row_54_untrained_output_is_nonsense():
    X, y = wk.data.digits()
    hits = [(wk.Model(DIGITS, inputs=64, seed=s).outputs(X).argmax(axis=1) == y).mean() for s in range(30)]
    assert np.mean(hits) == pytest.approx(0.1, abs=0.03)  # ten digits, chance


def test_row_55_the_cost_of_one_example_is_ten_squared_differences(pictures):
    X, y = pictures
    w = wk.Model(DIGITS, "squared-error", inputs=784, seed=0).explain(X[:1], y[:1])
    line, put_in = str(w["L"][0, 0]).split("\n")[:2]
    assert line.count("^2") == put_in.count("^2") == 10
    wanted = np.eye(10)[y[0]]
    assert w["L"][0, 0].value == pytest.approx(((w["A3"].numbers[:, 0] - wanted) ** 2).sum(), rel=1e-12)
    assert y[0] == 0
    assert line.endswith("(A3[10,1] - Y[10,1])^2")  # counted from 1 on paper: the first output is the digit 0
    assert " - 1)^2" in put_in.split(" + ")[0]


def test_row_55_by_hand():
    ten = wk.Model([wk.Dense(10)], "squared-error", parameters={"W1": [[0]] * 10, "b1": [[0]] * 3 + [["1/2"]] * 7})
    w = ten.explain([[0]], [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]])
    assert w["L"][0, 0].value == 7 / 4  # seven times (1/2)²
    assert w["L"][0, 0].exact


def test_row_56_the_average_cost_and_its_divisor(pictures):
    X, y = pictures
    model = wk.Model(DIGITS, "squared-error", inputs=784, seed=0)
    w = model.explain(X[:4], y[:4])
    assert w["J"].formula == "sum(L) / 4"
    assert float(w["J"]) == pytest.approx(w["L"].numbers.sum() / 4)
    mean = wk.Model(DIGITS, "mse", inputs=784, seed=0).explain(X[:4], y[:4])  # E7: which divisor, stated
    assert float(mean["J"]) == pytest.approx(float(w["J"]) / 10)


def test_row_57_the_cost_takes_13_002_numbers_and_gives_one(pictures):
    X, y = pictures
    model = wk.Model(DIGITS, "squared-error", inputs=784, seed=0)
    cost = Cost(model, X[:20], y[:20])
    assert len(cost) == cost.start.size == 13_002
    assert cost(cost.start) == pytest.approx(float(model.explain(X[:20], y[:20])["J"]))
    assert cost.gradient(cost.start).shape == (13_002,)
    other = Cost(model, X[20:40], y[20:40])  # the examples are its parameters: others give another function
    assert other(cost.start) != cost(cost.start)
    with pytest.raises(ValueError, match="this model has 13,002 parameters, not 3"):
        cost([1, 2, 3])


def test_row_57_its_gradient_is_what_nudges_measure():
    X, y = wk.data.digits()
    cost = Cost(wk.Model([wk.Dense(5, "tanh"), wk.Dense(10, "softmax")], seed=0), X[:30], y[:30])
    gradient = cost.gradient(cost.start)
    downhill = cost.along(-gradient, [0.0, 0.01])
    assert downhill[1] - downhill[0] == pytest.approx(-0.01 * (gradient**2).sum(), rel=0.02)
    for k in (40, 322, 330, 384):
        step = np.zeros(len(cost))
        step[k] = 1e-5
        measured = (cost(cost.start + step) - cost(cost.start - step)) / 2e-5
        assert measured == pytest.approx(gradient[k], abs=1e-8)


def curve(x):  # two valleys, the left one deeper
    return x**4 - 3 * x**2 + x


def slope(x):
    return 4 * x**3 - 6 * x + 1


def test_row_58_where_you_start_decides_which_minimum_you_fall_into():
    ends = [descend(slope, start, 0.05, 200)[-1] for start in (-2.0, 0.0, 0.3, 2.0)]
    assert ends == pytest.approx([-1.30084, -1.30084, 1.13090, 1.13090], abs=1e-4)
    assert curve(ends[0]) < curve(ends[-1])  # the right valley is a minimum, but not the lowest
    x = np.linspace(-2, 2, 4001)
    assert x[local_minima(curve(x))] == pytest.approx([-1.30084, 1.13090], abs=1e-3)
    assert np.abs([slope(end) for end in ends]).max() < 1e-9


def test_row_58_the_negative_gradient_on_a_surface_points_down():
    surface = lambda p: curve(p[0]) + p[1] ** 2
    gradient = lambda p: np.array([slope(p[0]), 2 * p[1]])
    path = descend(gradient, [0.3, 2.0], 0.05, 200)
    heights = [surface(p) for p in path]
    assert path.shape == (201, 2)
    assert (np.diff(heights) <= 1e-15).all()
    assert path[-1] == pytest.approx([1.13090, 0], abs=1e-4)
    other = descend(gradient, [-0.3, 2.0], 0.05, 200)  # on the other side of the ridge
    assert other[-1] == pytest.approx([-1.30084, 0], abs=1e-4)
    first = path[1] - path[0]
    circle = [[np.cos(t), np.sin(t)] for t in np.linspace(0, 2 * np.pi, 720)]
    steepest = min(circle, key=lambda d: surface(path[0] + 1e-4 * np.array(d)))
    assert first / np.linalg.norm(first) == pytest.approx(steepest, abs=0.01)


def test_row_58_a_curve_is_measured_on_even_points_only():
    told = bend(curve, np.linspace(-2, 2, 401))
    assert not told.convex
    assert (told.at, told.least) == pytest.approx((0, -6), abs=1e-3)  # the second derivative is 12x² - 6
    with pytest.raises(ValueError, match="three or more evenly spaced points"):
        bend(curve, [0, 1, 3])
    assert bend(lambda x: 2 * x, np.linspace(-1, 1, 21)).convex  # a straight line bends neither way


def test_row_59_steps_shrink_with_the_slope_near_the_minimum():
    steps = np.abs(np.diff(descend(lambda x: 2 * x, 1.0, 0.1, 20)))
    assert (np.diff(steps) < 0).all()
    assert steps[1:] / steps[:-1] == pytest.approx(0.8)


def test_row_59_a_high_rate_overshoots_which_the_notes_deny():
    """E8: "without overshooting" holds for small rates only.  On x² every step multiplies x by 1 - 2α."""
    bowl = lambda x: 2 * x
    assert descend(bowl, 1.0, 0.4, 3).tolist() == pytest.approx([1, 0.2, 0.04, 0.008])  # one side, closer and closer
    assert descend(bowl, 1.0, 0.75, 3).tolist() == [1, -0.5, 0.25, -0.125]  # beyond the minimum at every step
    assert descend(bowl, 1.0, 1.0, 3).tolist() == [1, -1, 1, -1]  # to and fro for ever
    assert descend(bowl, 1.0, 1.5, 3).tolist() == [1, -2, 4, -8]  # and away


def test_row_60_back_propagation_computes_and_gradient_descent_applies():
    """E7: two things.  The first changes no weight; the second needs nothing but the gradients."""
    X, y = wk.data.digits()
    X, y = X[:40], y[:40]
    model = wk.Model([wk.Dense(6, "relu"), wk.Dense(10, "softmax")], seed=0, dtype="float64", inputs=64)
    before = {name: W.copy() for name, W in model.parameters.items()}
    w = model.explain(X, y)
    for name, W in before.items():
        np.testing.assert_array_equal(model.parameters[name], W)
    stepped, _ = GradientDescent().update(
        np, before, {name: w[f"d{name}"].numbers for name in before}, {"t": 0.0}, alpha=0.5
    )
    model.fit(X, y, epochs=1, batch_size=40, learning_rate=0.5, progress=False)
    for name, W in stepped.items():
        np.testing.assert_allclose(model.parameters[name], W, atol=1e-7)
        assert np.abs(W - before[name]).max() > 0
