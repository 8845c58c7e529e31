"""Estimators: scikit-learn's networks number for number in float64, and what is beyond it."""

from __future__ import annotations

import pickle
import warnings
from inspect import signature
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn import neural_network as theirs
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.fixes import parse_version

import workings as wk
from workings.backends import native
from workings.data import digits

BOTH = {"classifier": (wk.MLPClassifier, theirs.MLPClassifier), "regressor": (wk.MLPRegressor, theirs.MLPRegressor)}
RNG = np.random.default_rng(0)
X = RNG.standard_normal((230, 6))
TARGETS = {
    "two classes": ("classifier", np.where(X[:, 0] * X[:, 1] > 0, "yes", "no")),
    "three classes": ("classifier", np.digitize(X[:, 0] + X[:, 1] ** 2, [0.3, 1.2])),
    "several answers": ("classifier", (X[:, :3] > 0.4).astype(int)),
    "a number": ("regressor", X[:, 0] * X[:, 1] + 0.1 * RNG.standard_normal(230)),
    "counts": ("regressor", RNG.poisson(np.exp(0.5 * X[:, 0]))),
}
WEIGHTS = RNG.integers(0, 4, 230).astype(float)
HOW = {
    "adam": {},
    "adam, four sizes of batch": {"batch_size": 64, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.05},
    "sgd, plain": {"solver": "sgd", "momentum": 0, "learning_rate_init": 0.1, "shuffle": False},
    "momentum": {"solver": "sgd", "nesterovs_momentum": False, "learning_rate_init": 0.05},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.2, "learning_rate_init": 0.5},
    "adaptive": {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.1, "tol": 0.05},
    "early stopping": {"early_stopping": True, "n_iter_no_change": 3, "learning_rate_init": 0.02},
    "ends when nothing improves": {"tol": 0.02, "n_iter_no_change": 2, "learning_rate_init": 0.01},
    "alpha": {"alpha": 3.0, "batch_size": 50},
    "tanh, deep": {"activation": "tanh", "hidden_layer_sizes": (9, 7)},
    "logistic": {"activation": "logistic"},
    "identity": {"activation": "identity", "hidden_layer_sizes": 4},
    "lbfgs": {"solver": "lbfgs", "max_iter": 15},
    "lbfgs, alpha": {"solver": "lbfgs", "max_iter": 15, "alpha": 2.0, "activation": "tanh"},
}
FITTED = ("loss_", "best_loss_", "loss_curve_", "validation_scores_", "best_validation_score_", "n_iter_", "t_")
SAME = ("n_layers_", "n_outputs_", "out_activation_", "n_features_in_")


@pytest.fixture(autouse=True)
def unconverged():
    """Short fits are meant to be short."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def pair(kind, **how):
    ours, other = BOTH[kind]
    how = {"hidden_layer_sizes": (8,), "random_state": 3, "max_iter": 25, **how}
    return ours(backend="numpy", **how), other(**how)


@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
@pytest.mark.parametrize("what", TARGETS)
@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_every_number_is_scikit_learns(how, what, weighted):
    """From the same seed: the weights, the losses, the scores, the number of epochs."""
    kind, y = TARGETS[what]
    if (
        what == "two classes"
        and "early_stopping" in how
        and parse_version(sklearn.__version__) < parse_version("1.9")
    ):
        pytest.skip("scikit-learn before 1.9 cannot stop early where labels are texts")
    if what == "counts":
        how = {"loss": "poisson", **how}
    ours, other = pair(kind, **how)
    w = WEIGHTS if weighted else None
    other.fit(X, y, sample_weight=w)
    ours.fit(X, y, sample_weight=w)
    for name in SAME:
        assert getattr(ours, name) == getattr(other, name), name
    close: dict[str, Any] = {"rtol": 1e-6, "atol": 1e-8}
    for name in (n for n in FITTED if hasattr(other, n)):
        found, want = getattr(ours, name), getattr(other, name)
        assert (found is None) == (want is None), name
        if want is not None:
            np.testing.assert_allclose(found, want, err_msg=name, **close)
    for name in ("coefs_", "intercepts_"):
        for found, want in zip(getattr(ours, name), getattr(other, name), strict=True):
            np.testing.assert_allclose(found, want, err_msg=name, **close)
    np.testing.assert_array_equal(ours.predict(X), other.predict(X)) if kind == "classifier" else None
    assert ours.score(X, y) == pytest.approx(other.score(X, y), rel=1e-6)


@pytest.mark.parametrize("what", TARGETS)
def test_partial_fit_and_warm_start_are_scikit_learns(what):
    kind, y = TARGETS[what]
    for solver in ("sgd", "adam"):
        ours, other = pair(kind, solver=solver, batch_size=50)
        for each in (ours, other):
            for part in (slice(0, 120), slice(120, 230), slice(40, 90)):
                more = {"classes": np.unique(y) if y.ndim == 1 else [0, 1, 2]} if kind == "classifier" else {}
                each.partial_fit(X[part], y[part], **more)
        assert ours.t_ == other.t_ == 280
        np.testing.assert_allclose(ours.coefs_[0], other.coefs_[0], rtol=1e-9, atol=1e-12)
        ours, other = pair(kind, solver=solver, warm_start=True, max_iter=4)
        for each in (ours, other):
            each.fit(X, y).fit(X, y)
        assert len(ours.loss_curve_) == len(other.loss_curve_) == 8
        np.testing.assert_allclose(ours.loss_curve_, other.loss_curve_, rtol=1e-9)
        np.testing.assert_allclose(ours.coefs_[0], other.coefs_[0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", BOTH)
def test_the_parameters_are_scikit_learns(kind):
    """The same names with the same defaults in the same order; ours come after, by name only."""
    ours, other = (list(signature(each).parameters.values()) for each in BOTH[kind])
    assert [(p.name, p.default, p.kind) for p in ours[: len(other)]] == [(p.name, p.default, p.kind) for p in other]
    more = ours[len(other) :]
    assert {p.name for p in more} == {"dropout", "backend", "progress"} | (
        {"class_weight"} if kind == "classifier" else set()
    )
    assert all(p.kind is p.KEYWORD_ONLY for p in more)


def test_the_fast_backend_learns_the_same():
    """In float32, which drifts: the same losses to a few digits, the same score."""
    if reason := native.available():
        pytest.skip(str(reason))
    A, y = digits()
    A = A.reshape(len(A), -1).astype(float) / 255
    how = {"hidden_layer_sizes": (32,), "random_state": 0, "max_iter": 8}
    fast, exact = (wk.MLPClassifier(backend=name, **how).fit(A, y) for name in ("auto", "numpy"))
    np.testing.assert_allclose(fast.loss_curve_, exact.loss_curve_, rtol=1e-4)
    assert fast.score(A, y) == pytest.approx(exact.score(A, y), abs=0.002)
    assert fast.coefs_[0].dtype == np.float64


def test_alike_in_pieces_and_at_once():
    """How many epochs are one call of the kernel changes no bit."""
    from workings.estimators import stochastic

    y = TARGETS["three classes"][1]
    how = {"hidden_layer_sizes": (40,), "random_state": 0, "max_iter": 60, "backend": "native"}
    if reason := native.available():
        pytest.skip(str(reason))
    found = []
    for at_once in (1 << 22, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stochastic, "ORDERS", at_once)
            found.append(wk.MLPClassifier(**how).fit(X, y))
    np.testing.assert_array_equal(found[0].coefs_[0], found[1].coefs_[0])
    np.testing.assert_allclose(found[0].loss_curve_, found[1].loss_curve_, rtol=1e-12)


@pytest.mark.parametrize("what", TARGETS)
def test_a_model_says_the_same(what):
    kind, y = TARGETS[what]
    how = {"loss": "poisson"} if what == "counts" else {}
    ours = BOTH[kind][0](hidden_layer_sizes=(5, 4), activation="tanh", random_state=0, max_iter=30, **how).fit(X, y)
    model = ours.to_model()
    np.testing.assert_array_equal(model.predict(X), ours.predict(X))
    if kind == "classifier":
        np.testing.assert_array_equal(model.predict_proba(X), ours.predict_proba(X))
    w = ours.explain(X[:3], y[:3])
    got = w["A3"].numbers if "A3" in w else w["Z3"].numbers
    np.testing.assert_allclose(got.T, ours._outputs(X[:3]), rtol=1e-12)
    assert "= " in str(w["dW2"][1, 2])


@pytest.mark.parametrize(
    ("solver", "rate", "wrong"), [("sgd", 10.0, True), ("sgd", 0.01, False), ("lbfgs", 10.0, False)]
)
def test_a_checkup_knows_how_the_estimator_trains(solver, rate, wrong):
    y = TARGETS["three classes"][1]
    ours = wk.MLPClassifier((8,), solver=solver, learning_rate_init=rate, max_iter=2, random_state=0).fit(X, y)
    report = ours.checkup(X, y, try_cures=False)
    assert ("learning rate too high" in report.kinds) == wrong
    assert ("the learning rate 10" in str(report)) == wrong
    with pytest.raises(NotFittedError):
        clone(ours).checkup(X, y)


def test_the_loss_explained_is_the_loss_trained():
    y = TARGETS["three classes"][1]
    ours = wk.MLPClassifier((5,), solver="lbfgs", alpha=0.7, random_state=0, max_iter=20).fit(X, y)
    assert float(ours.explain(X, y)["J"].numbers) == pytest.approx(ours.loss_, rel=1e-9)


@pytest.mark.parametrize("activation", ["leaky-relu", "gelu", "softplus", "sigmoid"])
def test_more_activations(activation):
    y = TARGETS["three classes"][1]
    ours = wk.MLPClassifier((16,), activation=activation, solver="lbfgs", random_state=0).fit(X, y)
    assert ours.score(X, y) > 0.95


def test_class_weights_are_weights_of_rows():
    y = TARGETS["three classes"][1]
    by_class, by_row = (wk.MLPClassifier((5,), max_iter=10, random_state=0, class_weight=w) for w in ({0: 3}, None))
    by_class.fit(X, y)
    by_row.fit(X, y, sample_weight=np.where(y == 0, 3, 1))
    np.testing.assert_array_equal(by_class.coefs_[0], by_row.coefs_[0])
    balanced = wk.MLPClassifier((5,), max_iter=10, random_state=0, class_weight="balanced").fit(X, y)
    own = wk.MLPClassifier((5,), max_iter=10, random_state=0)
    own.fit(X, y, sample_weight=len(y) / (3 * np.bincount(y))[y])
    np.testing.assert_allclose(balanced.coefs_[0], own.coefs_[0], rtol=1e-12)


def test_dropout_is_for_training_only():
    y = TARGETS["a number"][1]
    ours = wk.MLPRegressor(
        hidden_layer_sizes=(40,), dropout=0.3, max_iter=30, random_state=0, learning_rate_init=0.01
    ).fit(X, y)
    np.testing.assert_array_equal(ours.predict(X), ours.predict(X))
    again = clone(ours).fit(X, y)
    np.testing.assert_array_equal(ours.coefs_[0], again.coefs_[0])
    assert not np.array_equal(ours.coefs_[0], clone(ours).set_params(dropout=0.0).fit(X, y).coefs_[0])


def test_in_a_pipeline_and_a_search():
    y = TARGETS["three classes"][1]
    made = make_pipeline(StandardScaler(), wk.MLPClassifier((8,), max_iter=20, random_state=0))
    assert cross_val_score(made, X, y, cv=3).mean() > 0.4
    search = GridSearchCV(
        made, {"mlpclassifier__alpha": [0.0, 10.0], "mlpclassifier__solver": ["adam", "lbfgs"]}, cv=2
    )
    assert search.fit(X, y).best_params_["mlpclassifier__solver"] == "lbfgs"


@pytest.mark.slow
def test_a_search_in_several_processes():
    y = TARGETS["a number"][1]
    grid = {"hidden_layer_sizes": [(4,), (16,)]}
    found = [
        GridSearchCV(wk.MLPRegressor(max_iter=20, random_state=0), grid, cv=2, n_jobs=jobs).fit(X, y)
        for jobs in (1, 2)
    ]
    np.testing.assert_array_equal(*(each.cv_results_["mean_test_score"] for each in found))


def test_tables_keep_their_names():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=list("abcdef"))
    ours = wk.MLPRegressor(hidden_layer_sizes=(4,), max_iter=5, random_state=0).fit(table, pandas.Series(X[:, 0]))
    assert ours.feature_names_in_.tolist() == list("abcdef")
    np.testing.assert_array_equal(ours.predict(table), ours.to_model().predict(table))
    with pytest.raises(ValueError, match="feature names should match"):
        ours.predict(table[list("bacdef")])
    scaled = StandardScaler().set_output(transform="pandas")
    assert make_pipeline(scaled, ours).fit(table, X[:, 0])[-1].feature_names_in_.tolist() == list("abcdef")


def test_divergence_is_said():
    y = 1e6 * TARGETS["a number"][1]
    with pytest.raises(ValueError, match=r"The loss became (nan|inf) in epoch \d+: scale"):
        wk.MLPRegressor(hidden_layer_sizes=(50,), solver="sgd", learning_rate_init=10.0, activation="identity").fit(
            X, y
        )
    with pytest.raises(ValueError, match=r"X has numbers up to 1e\+300, too large for float32"):
        wk.MLPRegressor(hidden_layer_sizes=(50,), backend="native").fit(1e300 * np.eye(6), np.arange(6.0))


def test_a_fit_that_fails_changes_nothing():
    y = TARGETS["three classes"][1]
    ours = wk.MLPClassifier((4,), max_iter=5, random_state=0).fit(X, y)
    before = pickle.dumps(ours)
    for bad in ((X * np.nan, y), (X[:5], y), (X, y[:, None, None])):
        with pytest.raises(ValueError, match=r"."):
            ours.fit(*bad)
        assert pickle.dumps(ours) == before
    with pytest.raises(ValueError, match="sample_weight is -1"):
        ours.fit(X, y, sample_weight=-np.ones(len(y)))
    assert pickle.dumps(ours) == before


def test_verbose_and_progress(capsys):
    y = TARGETS["a number"][1]
    wk.MLPRegressor(hidden_layer_sizes=(4,), max_iter=3, verbose=True, progress=True).fit(X, y)
    told = capsys.readouterr()
    assert told.out.count("Iteration") == 3
    assert "epoch 3/3" in told.err


@pytest.mark.parametrize("backend", ["native", "numpy"])
@pytest.mark.parametrize("stops", [True, False])
def test_the_generator_stands_where_scikit_learn_leaves_it(backend, stops):
    """Also where training ends before the epochs that were drawn in one go."""
    X, y = digits()
    drawn = []
    for kind, more in ((wk.MLPClassifier, {"backend": backend}), (theirs.MLPClassifier, {})):
        random, most = np.random.RandomState(3), 1000 if stops else 30
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            how = {"learning_rate_init": 0.1, "tol": 1e-3, "n_iter_no_change": 2, "random_state": random}
            model = kind((5,), max_iter=most, **how, **more)
            model.fit(X[:300].reshape(300, -1), y[:300])
        assert (model.n_iter_ < most) == stops
        drawn.append((model.n_iter_, random.randint(10**9)))
    assert drawn[0] == drawn[1]
