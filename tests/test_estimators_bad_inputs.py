"""Bad inputs at every public door: refused at once, by a sentence, with nothing changed.

Every day a part of the calls; with WORKINGS_FULL=1 all of them.
"""

from __future__ import annotations

import copy
import os
import pickle
import re
import time
import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import sparse

import workings as wk

FULL = bool(os.environ.get("WORKINGS_FULL"))
AT_MOST = 5.0  # seconds, so that a call that hangs is found on a busy machine too
RNG = np.random.default_rng(0)
M, N = 24, 3
X = RNG.standard_normal((M, N))
CLASSES, NUMBERS = np.arange(M) % 2, X[:, 0] + 0.1
WEIGHTS = RNG.random(M) + 0.5


class Raises:
    """An array that cannot be read."""

    shape, ndim = (M, N), 2

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise ValueError("X cannot be read")


def with_cell(array: np.ndarray, value: Any) -> np.ndarray:
    made = array.astype(np.result_type(array, np.float64))
    made[(3, *[0] * (made.ndim - 1))] = value
    return made


def objects(array: np.ndarray, value: Any) -> np.ndarray:
    made = array.astype(object)
    made[(3, *[0] * (made.ndim - 1))] = value
    return made


def frame(**more: Any) -> Any:
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], **more})


STRUCTURED = np.zeros(M, dtype=[("a", float), ("b", float), ("c", float)])
BAD_X = {  # what is wrong → X
    "nan": lambda: with_cell(X, np.nan),
    "inf": lambda: with_cell(X, np.inf),
    "-inf": lambda: with_cell(X, -np.inf),
    "no rows": lambda: X[:0],
    "no columns": lambda: X[:, :0],
    "0-d": lambda: np.array(1.0),
    "1-d": lambda: X[:, 0],
    "3-d": lambda: X[:, :, None],
    "ragged": lambda: [[1.0, 2.0, 3.0], [1.0]] * (M // 2),
    "text": lambda: X.astype(str).astype(object) + "m",
    "one text": lambda: objects(X, "high"),
    "bytes": lambda: np.full((M, N), b"\xff"),
    "complex": lambda: X + 1j,
    "datetime": lambda: np.full((M, N), np.datetime64("2020-01-01")),
    "time span": lambda: np.full((M, N), np.timedelta64(1, "D")),
    "structured": lambda: STRUCTURED,
    "None": lambda: None,
    "None inside": lambda: objects(X, None),
    "a list inside": lambda: objects(X, [1, 2]),
    "a generator": lambda: (row for row in X),
    "a dict": lambda: {"a": X},
    "a number": lambda: 7,
    "a string": lambda: "X",
    "cannot be read": Raises,
    "too large": lambda: objects(X, 10**400),
    "sparse nan": lambda: sparse.csr_array(with_cell(X, np.nan)),
    "sparse complex": lambda: sparse.csr_array(X + 1j),
    "missing in a table": lambda: frame(a=with_cell(X[:, 0], np.nan)),
    "text in a table": lambda: frame(a=["low", "high"] * (M // 2)),
    "dates in a table": lambda: frame(a=np.full(M, np.datetime64("2020-01-01"))),
}
BAD_Y = {
    "nan": lambda y: with_cell(y, np.nan),
    "inf": lambda y: with_cell(y, np.inf),
    "-inf": lambda y: with_cell(y, -np.inf),
    "empty": lambda y: y[:0],
    "0-d": lambda y: np.array(1),
    "3-d": lambda y: y[:, None, None],
    "ragged": lambda y: [[1], 0] * (M // 2),
    "too short": lambda y: y[:-1],
    "too long": lambda y: np.append(y, 1),
    "complex": lambda y: y + 1j,
    "datetime": lambda y: np.arange(M).astype("datetime64[D]"),
    "None": lambda y: None,
    "None inside": lambda y: objects(y, None),
    "a list inside": lambda y: objects(y, [1]),
    "a generator": lambda y: (each for each in y),
    "a string": lambda y: "y",
    "a number": lambda y: 7,
    "text and numbers": lambda y: np.array([0, "0"] * (M // 2), dtype=object),
    "structured": lambda y: STRUCTURED,
}
BAD_WEIGHTS = {
    "nan": with_cell(WEIGHTS, np.nan),
    "inf": with_cell(WEIGHTS, np.inf),
    "-inf": with_cell(WEIGHTS, -np.inf),
    "negative": with_cell(WEIGHTS, -1),
    "zeros": np.zeros(M),
    "too short": WEIGHTS[:-1],
    "2-d": WEIGHTS[:, None] * np.ones(2),
    "text": np.array(["heavy"] * M),
    "complex": WEIGHTS + 1j,
    "None inside": objects(WEIGHTS, None),
    "a string": "balanced",
    "ragged": [[1.0], 2.0] * (M // 2),
}
BAD_NUMBERS = (-1, float("nan"), float("inf"), "much", None, [1], 1j)
BAD_SETTINGS = {
    "hidden_layer_sizes": (0, -1, (3, 0), (2.5,), "wide", None, (10**9,), ((3, 3),), float("nan")),
    "activation": ("step", None, 3, ""),
    "solver": ("newton", None, 1),
    "alpha": (-1, float("nan"), "much", None, [1], 1j),
    "batch_size": (0, -1, 2.5, "many", None, float("nan")),
    "learning_rate": ("falling", None, 0.1),
    "learning_rate_init": (0, *BAD_NUMBERS[:2], *BAD_NUMBERS[3:]),
    "power_t": (-1, float("nan"), "much", None),
    "max_iter": (0, -1, 2.5, "many", None, float("nan")),
    "shuffle": ("yes", None, 2),
    "random_state": (-1, "seed", 2.5),
    "tol": (-1, float("nan"), "small", None),
    "verbose": ("loud", None, -1),
    "warm_start": ("yes", None),
    "momentum": (-0.1, 1.1, float("nan"), "fast", None),
    "nesterovs_momentum": ("yes", None),
    "early_stopping": ("yes", None),
    "validation_fraction": (-0.1, 1.0, "some", None),
    "beta_1": (-0.1, 1.0, "a", None),
    "beta_2": (-0.1, 1.0, "a", None),
    "epsilon": (0, -1, "a", None),
    "n_iter_no_change": (0, -1, 2.5, None),
    "max_fun": (0, -1, 2.5, None),
    "dropout": (-0.1, 1.0, "some", None),
    "backend": ("gpu", None, 1),
    "progress": ("yes", None),
    "class_weight": ("even", 3, {7: 1}, {0: -1}, {0: "much"}, {0: float("nan")}),
    "loss": ("absolute", None, 2),
}
SETTINGS_OF_FIT = {
    "epochs": (0, -1, 2.5, "many", None, float("nan")),
    "batch_size": (0, -1, 2.5, "many", None),
    "learning_rate": (0, -1, float("nan"), float("inf"), "fast", [1], 1j),
    "optimizer": ("newton", None, 1, wk.optimizers.Adam),
    "validation": (0.0, 1.0, -1, "some", (X,), 3),
    "l1": (-1, float("nan"), "much", None),
    "l2": (-1, float("nan"), "much", None),
    "early_stopping": (0, -1, "soon", 2.5),
    "checkpoint": (3, [1]),
    "callbacks": (3, ["log"]),
    "backend": ("gpu", 1),
    "class_weight": ("even", 3, {7: 1}, {0: -1}, {0: "much"}),
}


class Call(NamedTuple):
    """A call that has to fail: on what, how, with which argument wrong in what way."""

    target: str
    method: str
    argument: str
    kind: str
    given: dict[str, Any]


def fitted() -> dict[str, Any]:
    """Everything that has public doors, trained."""
    how = {"hidden_layer_sizes": (3,), "max_iter": 2, "random_state": 0}
    made: dict[str, Any] = {}
    for solver in ("adam", "sgd", "lbfgs"):
        made[f"classifier {solver}"] = wk.MLPClassifier(solver=solver, **how).fit(X, CLASSES)
        made[f"regressor {solver}"] = wk.MLPRegressor(solver=solver, **how).fit(X, NUMBERS)
    for kind, last in (("classifier", wk.Dense(1, "sigmoid")), ("regressor", wk.Dense(1))):
        made[f"model {kind}"] = wk.Model([wk.Dense(3, "tanh"), last], seed=0)
        made[f"model {kind}"].fit(X, CLASSES if kind == "classifier" else NUMBERS, epochs=2, progress=False)
    return made


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    FITTED = fitted()


def doors(target: str) -> dict[str, tuple[str, ...]]:
    """Public methods → the arguments they take."""
    if target.startswith("model"):
        found = {
            "fit": ("X", "y", "sample_weight"),
            "evaluate": ("X", "y", "sample_weight"),
            "explain": ("X", "y", "sample_weight"),
            "predict": ("X",),
            "outputs": ("X",),
            "activations": ("X",),
        }
    else:
        found = {"fit": ("X", "y", "sample_weight"), "predict": ("X",), "explain": ("X", "y", "sample_weight")}
        found["score"] = ("X", "y", "sample_weight")
        if "lbfgs" not in target:
            found["partial_fit"] = ("X", "y", "sample_weight")
    if "classifier" in target:
        found["predict_proba"] = ("X",)
        if not target.startswith("model"):
            found["predict_log_proba"] = ("X",)
    return found


NOT_ASKED = {  # (method, argument, kind): no y is asked for there, or scikit-learn's own metric reads it
    ("explain", "y", "None"),
}


def calls() -> list[Call]:
    """All of them."""
    made = []
    for target in FITTED:
        y = CLASSES if "classifier" in target else NUMBERS
        for method, takes in doors(target).items():
            good = {"X": X, "y": y} if "y" in takes else {"X": X}
            for kind, value in BAD_X.items():
                made.append(Call(target, method, "X", kind, {**good, "X": value}))
            if "y" in takes:
                for kind, value in BAD_Y.items():
                    if (method, "y", kind) not in NOT_ASKED:
                        made.append(Call(target, method, "y", kind, {**good, "y": lambda v=value, y=y: v(y)}))
                if "classifier" in target and method != "score":
                    made.append(Call(target, method, "y", "float labels", {**good, "y": NUMBERS}))
                if method != "score":  # its mixin is scikit-learn's
                    for kind, value in BAD_WEIGHTS.items():
                        made.append(Call(target, method, "sample_weight", kind, {**good, "sample_weight": value}))
            for kind, wide in (("a column more", np.hstack([X, X[:, :1]])), ("a column less", X[:, 1:])):
                if method != "fit" or target.startswith("model"):
                    made.append(Call(target, method, "X", kind, {**good, "X": wide}))
        if target.startswith("model"):
            made += [
                Call(target, "fit", name, repr(value), {"X": X, "y": y, name: value})
                for name, values in SETTINGS_OF_FIT.items()
                for value in values
                if not (name == "class_weight" and "regressor" in target and value is None)
            ]
        else:
            made += [
                Call(target, "set", name, repr(value), {"X": X, "y": y, name: value})
                for name, values in BAD_SETTINGS.items()
                if name in FITTED[target].get_params()
                for value in values
            ]
    return made


CALLS = calls()
EVERY_DAY = CALLS if FULL else CALLS[3::11]


def state(thing: Any) -> bytes:
    """All that a call could have changed."""
    if isinstance(thing, wk.Model):
        return pickle.dumps((thing.parameters, thing.history.rows, thing.labels, thing.shape, thing.columns))
    return pickle.dumps(vars(thing))


def refusal(call: Call) -> Exception | None:
    """What the call ends with."""
    thing = FITTED[call.target]
    given = {k: v() if callable(v) and not isinstance(v, type) else v for k, v in call.given.items()}
    given = {k: v() if v is Raises else v for k, v in given.items()}
    kept = {k: copy.deepcopy(v) for k, v in given.items() if isinstance(v, np.ndarray)}
    if call.method == "set":
        thing = copy.deepcopy(thing).set_params(**{call.argument: given.pop(call.argument)})
    elif call.target.startswith("model") and call.method == "fit":
        given = {"progress": False, "epochs": 1, **given}
    before, began, said = state(thing), time.perf_counter(), None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(thing, "fit" if call.method == "set" else call.method)(**given)
    except Exception as error:
        said = error
    assert time.perf_counter() - began < AT_MOST
    assert state(thing) == before, "it is not what it was"
    for name, array in kept.items():
        np.testing.assert_array_equal(given[name], array, err_msg=f"{name} was changed")
    return said


OTHERWISE = r"array|input|label|sample|feature|class|row|column|string|sparse|data ?type|0 feature|float\(\)|complex"


@pytest.mark.parametrize("part", range(8))
def test_refused_by_a_sentence_and_nothing_is_changed(part):
    wrong = []
    for call in EVERY_DAY[part::8]:
        try:
            said = refusal(call)
        except AssertionError as error:
            wrong.append((call[:4], f"{error}"))
            continue
        told = str(said)
        if said is None:
            wrong.append((call[:4], "was accepted"))
        elif not isinstance(said, ValueError | TypeError | OverflowError):
            wrong.append((call[:4], f"{type(said).__name__}: {told}"))
        elif not (
            re.search(rf"\b{call.argument.rstrip('s').replace('_', '[_ ]')}", told)
            or re.search(OTHERWISE, told, re.IGNORECASE)
        ):
            wrong.append((call[:4], f"does not name it: {told}"))
    assert not wrong, "\n".join(f"{call}: {told}" for call, told in wrong)


def test_there_are_as_many_as_promised():
    assert len(CALLS) >= 3000
    kinds = {(call.argument, call.kind) for call in CALLS}
    assert len(kinds) >= 60


ODD = {  # unusual, and right
    "uint8": lambda: (X * 50).astype(np.uint8),
    "int64": lambda: (X * 50).astype(np.int64),
    "bool": lambda: X > 0,
    "float16": lambda: X.astype(np.float16),
    "longdouble": lambda: X.astype(np.longdouble),
    "big-endian": lambda: X.astype(">f8"),
    "list": X.tolist,
    "objects": lambda: X.astype(object),
    "csr": lambda: sparse.csr_array(X),
    "csc": lambda: sparse.csc_array(X),
    "coo": lambda: sparse.coo_array(X),
    "Fortran": lambda: np.asfortranarray(X),
    "negative stride": lambda: X[::-1],
    "every other column": lambda: np.repeat(X, 2, axis=1)[:, ::2],
    "table": frame,
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_unusual_and_right_is_read(kind):
    given = ODD[kind]()
    plain = given.toarray() if hasattr(given, "toarray") else np.asarray(given, dtype=float)
    plain = np.ascontiguousarray(plain, float)
    how = {"hidden_layer_sizes": (3,), "solver": "lbfgs", "max_iter": 5, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, want = (wk.MLPRegressor(**how).fit(each, NUMBERS) for each in (given, plain))
    tolerance = 1e-2 if kind == "float16" else 1e-5
    np.testing.assert_allclose(ours.predict(given), want.predict(plain), rtol=tolerance, atol=tolerance)


def test_read_only_is_only_read():
    frozen = X.copy()
    frozen.setflags(write=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wk.MLPClassifier((3,), max_iter=2).fit(frozen, CLASSES, sample_weight=WEIGHTS)
