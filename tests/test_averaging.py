"""Averaging: a weight counts as so many rows would, in every backend, in training, judging and explaining."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workings as wk
from tests.cases import LOSSES, draw_loss, machine, slopes
from workings.averaging import Mean, Weighted, shares
from workings.backends import backend
from workings.backends import numpy as reference
from workings.backends.plan import Plan, State
from workings.labels import Labels
from workings.layers import Dense, Tanh
from workings.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy, SquaredError, charged
from workings.metrics import Accuracy, RootMeanSquare
from workings.model.weighing import weights_of_labels, weights_of_rows
from workings.network import chain
from workings.optimizers import Adam
from workings.penalties import L1, L2

HAND = {"W1": [[2, 3]], "b1": [-5]}  # Z = 2 x1 + 3 x2 - 5


def by_hand():
    return wk.Model([wk.Dense(1)], parameters=HAND, loss="half-squared-error")


def test_known_digits():
    L, w = np.array([[6.0, 2.0]]), np.array([[1.0, 3.0]])
    assert float(Mean().forward(np, L)) == 4
    assert shares(np, w).tolist() == [[0.5, 1.5]]
    assert float(Weighted().forward(np, L, shares(np, w))) == 3  # (1·6 + 3·2) / 4
    assert Weighted().backward(np, np.array([[4.0, 5.0]]), shares(np, w)).tolist() == [[2, 7.5]]
    assert shares(np, np.zeros((1, 2))).tolist() == [[0, 0]]  # nothing counts, and nothing is divided by 0


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_is_the_slope_of_the_weighted_mean(name):
    loss, A, Y = draw_loss(LOSSES[name], (3, 5))
    w = np.array([[0.0, 1, 2.5, 0.1, 7]])
    want = 5 * slopes(lambda: charged(np, loss, A, Y, w)[0], A)
    np.testing.assert_allclose(charged(np, loss, A, Y, w)[1], want, atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", ["jax", "strict", "paper"])
def test_every_machine_gets_the_same_answer(name):
    loss, A, Y = draw_loss(next(row for n, row in LOSSES.items() if "softmax" in n), (3, 4))
    w, xp = np.array([[1.0, 2, 0, 4]]), machine(name)
    got = charged(xp, loss, xp.asarray(A), xp.asarray(Y), xp.asarray(w))
    for mine, numpys in zip(got, charged(np, loss, A, Y, w), strict=True):
        np.testing.assert_allclose(np.asarray(mine).astype(float), numpys, atol=1e-9, rtol=0)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-9, 9)] * 3, st.integers(0, 3)), min_size=1, max_size=5))
def test_a_whole_weight_is_so_many_rows_exactly(rows):
    """In whole numbers and fractions: J, the gradients and the parts of them are the very same."""
    X, y, w = [row[:2] for row in rows], [row[2] for row in rows], [row[3] for row in rows]
    if not any(w):
        return
    weighted = by_hand().explain(X, y, sample_weight=w)
    repeated = by_hand().explain(np.repeat(X, w, axis=0), np.repeat(y, w))
    assert weighted.exact
    for name in ("J", "dW1", "db1"):
        assert weighted[name].numbers.tolist() == repeated[name].numbers.tolist()
    assert weighted.nudges("W1").average.tolist() == weighted["dW1"].numbers.tolist()


def test_the_working_shows_the_weight():
    w = by_hand().explain([[1, 4], [0, 1]], [8, 0], sample_weight=[1, 3])
    assert str(w.cell("s[1,2]")).splitlines()[-1].strip() == "= 3/2"
    assert str(w.cell("J")).splitlines() == [
        "J = (s[1,1] x L[1,1] + s[1,2] x L[1,2]) / 2",
        "  = ((1/2)(1/2) + (3/2)(2)) / 2",
        "  = 13/8",
    ]
    assert w.paths("W1", 0, 1).total == w["dW1"].numbers[0, 1] == Fraction(-1, 2)
    assert "weights w" in w.to_text()


RUNS = {
    "squared": (SquaredError(), RootMeanSquare(), 3),
    "sigmoid": (SigmoidCrossEntropy(), Accuracy(several=True, threshold=0.0), 2),
    "softmax": (SoftmaxCrossEntropy(), Accuracy(), 3),
}


def trained(name, run, weights, dtype="float64"):
    loss, metric, k = RUNS[run]
    rng = np.random.default_rng(0)
    X = rng.standard_normal((53, 4))
    Y = np.eye(k)[rng.integers(0, k, 53)] if run == "softmax" else rng.integers(0, 2, (53, k)).astype(float)
    network, penalties = chain(Dense(20), Tanh(), Dense(k)), (L2(0.3, shared=True), L1(0.2, shared=True), L2(0.01))
    plan = Plan(network, loss, Adam(), metric, (4,), penalties, dtype)
    params = reference.cast(network.init(rng, (4,)), dtype)
    state = State(params, {}, plan.optimizer.init(params))
    order = rng.permutation(53)
    return backend(name).run(plan, state, X, Y, order, 10, 0.01, np.random.default_rng(0), weights)


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", ["xla", "native"])
def test_every_backend_weighs_as_numpy_does(name, run, weighted):
    """With penalties that each batch shares, a last batch that is smaller, and a batch in which nothing counts."""
    if reason := backend(name).available():
        pytest.skip(reason)
    weights = None
    if weighted:
        weights = np.random.default_rng(3).exponential(size=53)
        weights[np.random.default_rng(0).permutation(53)[:7]] = 0
        weights[::9] = 0
    dtype = "float32" if name == "native" else "float64"
    close = 2e-5 if name == "native" else 1e-12
    (ours, said), (want, told) = trained(name, run, weights, dtype), trained("numpy", run, weights)
    for row, named in want.params.items():
        for symbol, W in named.items():
            np.testing.assert_allclose(ours.params[row][symbol], W, atol=close, rtol=close)
    assert said.loss == pytest.approx(told.loss, rel=close)
    assert said.metric == pytest.approx(told.metric, rel=close)


@pytest.mark.parametrize("name", ["numpy", "xla", "native"])
def test_a_batch_in_which_nothing_counts_teaches_nothing(name):
    if reason := backend(name).available():
        pytest.skip(reason)
    dtype = "float32" if name == "native" else "float64"
    plan = Plan(chain(Dense(1)), SquaredError(), Adam(), RootMeanSquare(), (2,), (L2(1.0, shared=True),), dtype)
    params = {"Z1": {"W": np.ones((1, 2), dtype), "b": np.ones((1, 1), dtype)}}
    state = State(params, {}, plan.optimizer.init(params))
    X, Y = np.ones((4, 2)), np.zeros((4, 1))
    made, tally = backend(name).run(plan, state, X, Y, np.arange(4), 4, 0.1, None, np.zeros(4))
    assert made.params["Z1"]["W"].tolist() == [[1, 1]]
    assert (tally.loss, tally.metric) == (0, 0)


@pytest.mark.parametrize("backend_name", ["numpy", "auto"])
def test_fit_with_weights_is_fit_on_the_rows(backend_name):
    rng = np.random.default_rng(0)
    X, y, w = rng.standard_normal((30, 3)), rng.integers(0, 3, 30), rng.integers(0, 4, 30)
    how = {"epochs": 50, "learning_rate": 0.3, "progress": False, "backend": backend_name, "batch_size": 1000}
    models = [wk.Model([wk.Dense(6, "tanh"), wk.Dense(3, "softmax")], seed=1) for _ in range(2)]
    one = models[0].fit(X, y, sample_weight=w, **how)
    many = models[1].fit(np.repeat(X, w, axis=0), np.repeat(y, w), **how)
    for name, W in models[1].parameters.items():
        np.testing.assert_allclose(models[0].parameters[name], W, atol=2e-5)
    np.testing.assert_allclose(one["loss"], many["loss"], rtol=2e-5)
    np.testing.assert_allclose(one["accuracy"], many["accuracy"], rtol=2e-5)
    got = models[0].evaluate(X, y, sample_weight=w)
    want = models[0].evaluate(np.repeat(X, w, axis=0), np.repeat(y, w))
    assert got == pytest.approx(want, rel=1e-5)


def test_only_proportions_matter():
    X, y, w = np.arange(20.0).reshape(10, 2) / 20, np.arange(10) % 2, np.arange(10) + 1.0
    curves = []
    for scale in (1, 4, 1e300 / 16):
        model = wk.Model([wk.Dense(1, "sigmoid")])
        curves.append(model.fit(X, y, sample_weight=w * scale, validation=0.3, progress=False))
    assert curves[0]["loss"] == pytest.approx(curves[1]["loss"], rel=1e-5) == curves[2]["loss"]
    assert curves[0]["validation_loss"] == pytest.approx(curves[1]["validation_loss"], rel=1e-5)


def test_classes_are_balanced():
    y = np.array(["b", "a", "a", "a"])
    labels = Labels.learned(y, 1, True)
    assert weights_of_labels("balanced", labels, labels.encode(y)).tolist() == [2, 2 / 3, 2 / 3, 2 / 3]
    assert weights_of_labels({"b": 5}, labels, labels.encode(y)).tolist() == [5, 1, 1, 1]
    rng = np.random.default_rng(0)
    X = np.r_[rng.normal(0, 1, (380, 1)), rng.normal(1, 1, (20, 1))]  # the rare class is drowned without weights
    y = np.r_[np.zeros(380), np.ones(20)].astype(int)
    found = {}
    for how in (None, "balanced", {1: 19}):
        model = wk.Model([wk.Dense(1, "sigmoid")])
        model.fit(X, y, class_weight=how, epochs=100, learning_rate=0.1, progress=False)
        found[str(how)] = int(model.predict(X)[y == 1].sum())
    assert found["None"] <= 2
    assert found["balanced"] == found["{1: 19}"] >= 8


X4, Y4 = np.eye(4), [0, 1, 0, 1]
REFUSED = {
    "too few": ({"sample_weight": [1, 2]}, r"sample_weight has the shape \(2,\), and X has 4 rows"),
    "negative": ({"sample_weight": [1, 2, -1, 1]}, r"sample_weight is -1.0 in row 2"),
    "nan": ({"sample_weight": [1, np.nan, 1, 1]}, r"sample_weight is nan in row 1"),
    "text": ({"sample_weight": ["1", "2", "3", "4"]}, "sample_weight is one number for each row"),
    "complex": ({"sample_weight": [1j, 1, 1, 1]}, "sample_weight is one number for each row"),
    "ragged": ({"sample_weight": [[1], 1, 1, 1]}, "sample_weight is one number for each row"),
    "zeros": ({"sample_weight": [0, 0, 0, 0]}, "there is nothing to learn from"),
    "unknown word": ({"class_weight": "even"}, 'class_weight is "balanced" or'),
    "unknown class": ({"class_weight": {7: 1}}, "class_weight names 7; the classes are 0, 1"),
    "no number": ({"class_weight": {1: "much"}}, "class_weight of 1 is 'much'"),
    "all zero": ({"class_weight": {0: 0, 1: 0}}, "class_weight is 0 for every row"),
}


@pytest.mark.parametrize(("how", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(how, said):
    model = wk.Model([wk.Dense(1, "sigmoid")], inputs=4)
    before = {name: W.copy() for name, W in model.parameters.items()}
    with pytest.raises(ValueError, match=said):
        model.fit(X4, Y4, progress=False, **how)
    for name, W in before.items():
        np.testing.assert_array_equal(model.parameters[name], W)


def test_weights_of_labels_need_classes():
    with pytest.raises(ValueError, match="class_weight is for classes, and here y holds numbers"):
        wk.Model([wk.Dense(1)]).fit(X4, [0.5, 1, 2, 3], class_weight="balanced", progress=False)
    with pytest.raises(ValueError, match="rows of several answers"):
        wk.Model([wk.Dense(2, "sigmoid")]).fit(X4, np.eye(4)[:, :2], class_weight="balanced", progress=False)


def test_a_loss_of_ones_own_without_each_is_named():
    class Own:
        forward, backward = SquaredError.forward, SquaredError.backward

    model = wk.Model([wk.Dense(1)], loss=Own())
    with pytest.raises(ValueError, match="Own tells only the mean of a batch"):
        model.fit(X4, [1.0, 2, 3, 4], sample_weight=np.ones(4), progress=False)


def test_weights_are_read_in_any_form():
    pandas = pytest.importorskip("pandas")
    for given_ in ([1, 2], (True, False), np.float16([1, 2]), pandas.Series([1, 2]), [Fraction(1, 2), 2]):
        assert weights_of_rows(given_, 2).dtype == np.float64
    assert weights_of_rows(None, 2) is None


def test_a_checkpoint_knows_the_weights(tmp_path):
    path, how = tmp_path / "run.safetensors", {"epochs": 2, "progress": False}
    wk.Model([wk.Dense(1, "sigmoid")]).fit(X4, Y4, sample_weight=[1, 2, 3, 4], checkpoint=path, **how)
    with pytest.raises(ValueError, match="with other weights"):
        wk.Model([wk.Dense(1, "sigmoid")]).fit(
            X4, Y4, sample_weight=[4, 2, 3, 4], checkpoint=path, resume=True, **how
        )
    with pytest.raises(ValueError, match="with weights"):
        wk.Model([wk.Dense(1, "sigmoid")]).fit(X4, Y4, checkpoint=path, resume=True, **how)


def test_shared_penalties_are_lambda_over_m():
    """λ/2m Σ W² of a course is our λ/2 Σ W² with λ/m."""
    plan = Plan(chain(Dense(1)), SquaredError("half"), Adam(), RootMeanSquare(), (2,), (L2(0.8, shared=True),))
    params = {"Z1": {"W": np.array([[2.0, 3.0]]), "b": np.array([[-5.0]])}}
    X, Y = np.array([[1.0, 0], [4, 1]]), np.array([[8.0, 0]])
    J, _, grads, _ = reference.slopes(plan, params, {}, X, Y, {})
    plain = replace(plan, penalties=(L2(0.4),))
    again, _, same, _ = reference.slopes(plain, params, {}, X, Y, {})
    assert J == again == 1.25 + 0.2 * 13
    np.testing.assert_array_equal(grads["Z1"]["W"], same["Z1"]["W"])
