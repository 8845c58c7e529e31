"""Rows 93-110 of the coverage: logistic regression, from a picture to the vectorised step."""

import runpy
from pathlib import Path

import numpy as np
import pytest

import workings as wk
from workings.data import index_of, pixel_at, synthetic_cats, unroll
from workings.landscape import Cost, bend, local_minima
from workings.losses import BinaryCrossEntropy
from workings.shapes import shapes
from workings.slopes import nudged, slope_of

EXAMPLE = Path(__file__).parent.parent / "examples" / "logistic_regression.py"


@pytest.fixture(scope="module")
def points():
    """Two overlapping clouds: no line parts them, so the best weights are finite."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(-1, 1.2, (60, 2)), rng.normal(1, 1.2, (60, 2))])
    return X, np.repeat([0, 1], 60)


def logistic(loss=None, **start):
    return wk.Model([wk.Dense(1, "sigmoid")], loss, dtype="float64", **start)


def test_row_93_cat_or_not_cat_is_a_binary_task():
    X, y = synthetic_cats(20)
    assert X.shape == (20, 12_288)
    assert sorted(set(y.tolist())) == [0, 1]
    model = wk.Model([wk.Dense(1, "sigmoid")], seed=0)
    model.fit(X, y, epochs=2, learning_rate=0.01, progress=False)
    assert model.summary().parameters == 12_289
    assert model.predict_proba(X).shape == (20, 2)


def test_row_94_a_picture_is_12_288_numbers_and_back():
    assert 64 * 64 * 3 == 12_288
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3))
    for planes in (False, True):
        x = unroll(image, planes)
        assert x.shape == (12_288,)
        for i in (0, 1, 64, 4096, 12_287):
            pixel = pixel_at(i, (64, 64, 3), planes)
            assert x[i] == image[pixel]
            assert index_of(pixel, (64, 64, 3), planes) == i
    assert index_of((1, 2, 0), (64, 64, 3)) == (1 * 64 + 2) * 3
    assert index_of((1, 2, 2), (64, 64, 3), planes=True) == 2 * 4096 + 1 * 64 + 2


def test_row_95_X_is_n_x_by_m_and_Y_1_by_m(points):
    X, y = points
    model = logistic(inputs=2)
    s = shapes(model, m=120)
    assert (s["X"].shape, s["X"].letters) == ((2, 120), "(n[0], m)")
    assert (s["W1"].shape, s["b1"].shape, s["A1"].shape) == ((1, 2), (1, 1), (1, 120))
    w = model.explain(X, y)
    assert (w["X"].shape, w["Y"].shape) == ((2, 120), (1, 120))
    assert w["X"].numbers[:, 7].tolist() == X[7].tolist()  # x(8) is a column inside and a row outside
    assert s.check({name: w[name].numbers for name in s if name in w}) == []


def test_row_96_logistic_regression_by_hand():
    model = logistic(parameters={"W1": [[2, -1]], "b1": [1]})
    w = model.explain([[1, 3]], [1])
    assert w["Z1"][0, 0].value == 2 * 1 - 1 * 3 + 1 == 0
    assert w["A1"][0, 0].value == 0.5  # P(y = 1 | x)


def test_row_97_sigmoid_facts_and_the_line_that_leaves_0_to_1():
    assert slope_of("sigmoid", 0.0).value == 0.5
    assert slope_of("sigmoid", 40.0).value == pytest.approx(1, abs=1e-15)
    assert slope_of("sigmoid", -40.0).value == pytest.approx(0, abs=1e-15)
    z = np.linspace(-20, 20, 401)
    a = slope_of("sigmoid", z).value
    assert (a > 0).all()
    assert (a < 1).all()
    assert (np.diff(a) > 0).all()
    np.testing.assert_allclose(a + a[::-1], 1, rtol=1e-12)  # σ(-z) = 1 - σ(z)
    linear = slope_of("identity", z).value  # question 1: no probability
    assert (linear.min(), linear.max()) == (-20, 20)


@pytest.mark.parametrize(
    ("a", "y", "L"), [(0.9, 1, 0.1053605), (0.1, 1, 2.3025851), (0.9, 0, 2.3025851), (0.5, 0, 0.6931472)]
)
def test_row_98_cross_entropy_for_y_1_and_y_0(a, y, L):
    J, _ = BinaryCrossEntropy().forward(np, np.array([[a]]), np.array([[y]]))
    assert J == pytest.approx(L, abs=1e-7)


def test_row_98_zero_times_log_zero_counts_as_zero():
    with np.errstate(divide="ignore", invalid="ignore"):
        J, kept = BinaryCrossEntropy().forward(np, np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]]))
        dA = BinaryCrossEntropy().backward(np, **kept)
    assert J == 0  # sure and right costs nothing
    assert dA.tolist() == [[-1, 1]]
    wrong, _ = BinaryCrossEntropy().forward(np, np.array([[0.5]]), np.array([[1.0]]))
    assert wrong == pytest.approx(np.log(2))
    model = logistic(parameters={"W1": [[1000]], "b1": [0]})
    assert model.evaluate([[1.0], [-1.0]], [1, 0])["loss"] == 0
    assert model.evaluate([[1.0], [-1.0]], [0, 1])["loss"] == 1000  # sure and wrong: finite, not log 0


def test_row_99_squared_error_is_not_convex_and_cross_entropy_is():
    """Six examples, one weight: the curve over w bends both ways under squared error, and up under cross-entropy."""
    x, y = [[-1], [1.5], [-1], [6], [0.5], [1.5]], [1, 0, 1, 1, 1, 0]

    def over(loss):
        cost = Cost(logistic(loss, parameters={"W1": [[0]], "b1": [0]}), x, y)
        return lambda w: cost([w, 0])

    line = np.linspace(-4, 4, 321)
    entropy, squares = bend(over("cross-entropy"), line), bend(over("squared-error"), line)
    assert entropy.convex
    assert entropy.least > 0
    assert not squares.convex
    assert squares.least == pytest.approx(-0.548, abs=0.001)  # at w = -0.3
    assert squares.downward == pytest.approx(0.65, abs=0.01)  # the share of the line that bends down
    assert len(local_minima([over("cross-entropy")(w) for w in line])) == 1
    valleys = local_minima([over("squared-error")(w) for w in line])
    heights = [over("squared-error")(line[k]) for k in valleys]
    assert len(valleys) == 2  # two places where descent can end, one worse than the other
    assert line[valleys] == pytest.approx([-1.525, 0.075])
    assert heights == pytest.approx([0.2576, 0.2480], abs=1e-4)


def test_row_100_loss_is_of_one_example_and_cost_their_average(points):
    X, y = points
    w = logistic(seed=0).explain(X[:5], y[:5])
    assert w["L"].shape == (1, 5)
    assert w["J"].formula == "sum(L) / 5"
    assert float(w["J"]) == pytest.approx(w["L"].numbers.mean())


def test_row_101_one_step_of_gradient_descent_from_zeros():
    model = logistic(parameters={"W1": [[0.0, 0.0]], "b1": [0.0]})
    w = model.explain([[1, 2], [3, -1]], [1, 0])
    # a = 1/2 for both, so dz = -1/2 and 1/2: dw = ((-1/2)·1 + (1/2)·3)/2 = 1/2 and ((-1/2)·2 + (1/2)(-1))/2 = -3/4
    assert w["dW1"].numbers.tolist() == [[0.5, -0.75]]
    assert w["db1"].numbers.tolist() == [[0]]
    model.fit([[1, 2], [3, -1]], [1, 0], epochs=1, batch_size=2, learning_rate=0.1, progress=False)
    np.testing.assert_allclose(model.parameters["W1"], [[-0.05, 0.075]], atol=1e-12)  # w := w - α dw


def test_row_101_the_bowl_is_convex_and_any_start_ends_in_the_same_place(points):
    from sklearn.linear_model import LogisticRegression

    X, y = points
    ends = []
    for start in ([[0.0, 0.0]], [[8.0, -8.0]], [[-5.0, 3.0]]):
        model = logistic(parameters={"W1": start, "b1": [4.0]})
        model.fit(X, y, epochs=3000, batch_size=120, learning_rate=1.0, progress=False)
        ends.append(np.append(model.parameters["W1"], model.parameters["b1"]))
    np.testing.assert_allclose(ends[1], ends[0], atol=1e-6)
    np.testing.assert_allclose(ends[2], ends[0], atol=1e-6)
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(ends[0], np.append(peer.coef_, peer.intercept_), atol=1e-4)
    cost = Cost(logistic(parameters={"W1": [[0.0, 0.0]], "b1": [0.0]}), X, y)
    rng = np.random.default_rng(0)
    for direction in rng.standard_normal((10, 3)):
        assert bend(lambda t, d=direction: cost(t * d), np.linspace(-5, 5, 101)).convex


def test_row_103_dw_and_db_are_names_of_derivatives(points):
    X, y = points
    model = logistic(seed=0)
    w = model.explain(X, y)
    assert {"dW1", "db1"} <= set(w)
    cost = Cost(model, X, y)
    rates = [nudged(lambda t, k=k: cost(cost.start + t * np.eye(3)[k]), 0.0, 1e-6).slope for k in range(3)]
    assert rates == pytest.approx([*w["dW1"].numbers.ravel(), w["db1"].numbers.item()], abs=1e-5)


def test_row_106_logistic_backward_and_da_times_slope_is_a_minus_y(points):
    X, y = points
    w = logistic(seed=1).explain(X, y)
    A, Y = w["A1"].numbers, w["Y"].numbers
    np.testing.assert_allclose(w["dA1"].numbers, -Y / A + (1 - Y) / (1 - A), rtol=1e-12)
    np.testing.assert_allclose(w["dA1"].numbers * A * (1 - A), A - Y, atol=1e-14)
    np.testing.assert_allclose(w["dZ1"].numbers, A - Y, atol=1e-14)
    one = logistic(seed=1).explain(X[:1], y[:1])
    np.testing.assert_allclose(one["dW1"].numbers, X[:1] * one["dZ1"].numbers, rtol=1e-14)  # dw_j = x_j dz
    assert one["db1"].numbers == one["dZ1"].numbers


def test_row_106_by_exact_fractions():
    from fractions import Fraction

    for y in (0, 1):
        for a in map(Fraction, ("1/4", "1/2", "9/10")):
            da = -Fraction(y) / a + (1 - y) / (1 - a)
            assert da * a * (1 - a) == a - y


@pytest.fixture(scope="module")
def written():
    """The functions of the example, which is a page to read."""
    return runpy.run_path(str(EXAMPLE))


def test_rows_107_108_109_loops_and_arrays_take_the_same_step(written, points):
    X, y = points
    X, Y = X.T, y.reshape(1, -1)
    w, b = np.array([[0.3], [-0.2]]), 0.1
    loops, arrays = written["step_with_loops"](X, Y, w, b), written["step_with_arrays"](X, Y, w, b)
    for one, other in zip(loops, arrays, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)
    seen = logistic(parameters={"W1": w.T, "b1": [[b]]}).explain(X.T, y)  # and so does the library
    J, dw, db = arrays
    assert float(seen["J"]) == pytest.approx(J, abs=1e-12)
    np.testing.assert_allclose(seen["dW1"].numbers.T, dw, atol=1e-12)
    assert seen["db1"].numbers.item() == pytest.approx(db, abs=1e-12)


def test_row_107_the_accumulators_by_hand(written):
    X, Y = np.array([[1.0, 3.0], [2.0, -1.0]]), np.array([[1.0, 0.0]])
    J, dw, db = written["step_with_loops"](X, Y, np.zeros((2, 1)), 0.0)
    assert pytest.approx(np.log(2)) == J
    assert dw.ravel().tolist() == [0.5, -0.75]
    assert db == 0


def test_row_110_the_ratio_is_measured(written):
    slow, fast = written["timed"](n=20, m=200)
    assert 0 < fast < slow
