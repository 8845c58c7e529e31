"""Bad inputs at every public door: refused at once, by a sentence, with nothing changed.

Every day a part of the calls; with WORKINGS_FULL=1 all of them.
"""

from __future__ import annotations

import copy
import os
import pickle
import re
import tempfile
import time
import warnings
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import sparse

import workings as wk

FULL = bool(os.environ.get("WORKINGS_FULL"))
AT_MOST = 1.0  # seconds of this process, however busy the machine is
RNG = np.random.default_rng(0)
M, N = 24, 3
X = RNG.standard_normal((M, N))
CLASSES, NUMBERS = np.arange(M) % 2, X[:, 0] + 0.1
WEIGHTS = RNG.random(M) + 0.5


class Raises:
    """An array that cannot be read."""

    shape, ndim = (M, N), 2

    def __init__(self, error: type[Exception] = ValueError):
        self.error = error

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise self.error("these cells are gone")


class Changes:
    """An array that has another number of rows whenever it is read."""

    shape, ndim = (M, N), 2

    def __init__(self, by: int):
        self.rows, self.by = M, by

    def __len__(self) -> int:
        return M

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        self.rows += self.by
        return np.resize(X, (self.rows, N))


class Subclass(np.ndarray):
    """An array by another name."""


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


def masked(array: np.ndarray) -> np.ndarray:
    made = np.ma.masked_array(array.copy())
    made[3] = np.ma.masked
    return made


def tensor(array: np.ndarray, tape: bool = False, **how: Any) -> Any:
    """A PyTorch tensor; with a tape, one that gradients are wanted of."""
    import torch

    made = torch.tensor(array, requires_grad=tape, **how)
    return made * 2 if tape else made


def on_disk(array: np.ndarray) -> np.memmap:
    """The array in a file that has no name any more."""
    with tempfile.TemporaryFile() as file:
        made = np.memmap(file, array.dtype, "w+", shape=array.shape)
    made[:] = array
    return made


def polars(**columns: Any) -> Any:
    import polars

    return polars.DataFrame(columns)


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
    "cannot be read, of its own": lambda: Raises(RuntimeError),
    "cannot be read, on purpose": lambda: Raises(NotImplementedError),
    "fewer rows each time": lambda: Changes(-1),
    "more rows each time": lambda: Changes(+1),
    "a tensor on a tape": lambda: tensor(X, tape=True),
    "a tensor without numbers": lambda: tensor(X).to("meta"),
    "a sparse tensor": lambda: tensor(X).to_sparse(),
    "masked": lambda: masked(X),
    "masked list": lambda: np.ma.masked_invalid(with_cell(X, np.nan)),
    "nan on the disk": lambda: on_disk(with_cell(X, np.nan)),
    "too large for float64": lambda: X.astype(np.longdouble) * np.longdouble("1e4000"),
    "columns twice": lambda: frame().set_axis(["a", "a", "b"], axis=1),
    "categories in a table": lambda: frame(a=frame(a=["low", "high"] * (M // 2)).a.astype("category")),
    "missing in polars": lambda: polars(a=[None, *X[1:, 0]], b=X[:, 1], c=X[:, 2]),
    "a set": lambda: {1.0, 2.0},
    "a view of memory": lambda: memoryview(b"abc"),
    "too large": lambda: objects(X, 10**400),
    "sparse nan": lambda: sparse.csr_array(with_cell(X, np.nan)),
    "sparse complex": lambda: sparse.csr_array(X + 1j),
    "missing in a table": lambda: frame(a=with_cell(X[:, 0], np.nan)),
    "text in a table": lambda: frame(a=["low", "high"] * (M // 2)),
    "dates in a table": lambda: frame(a=np.full(M, np.datetime64("2020-01-01"))),
}
ASK = {"a tensor on a tape": "torch", "a tensor without numbers": "torch", "a sparse tensor": "torch"}
for kind, needed in {**ASK, "missing in polars": "polars"}.items():
    if not find_spec(needed):
        del BAD_X[kind]
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
    "cannot be read": lambda y: Raises(RuntimeError),
    "fewer rows each time": lambda y: Changes(-1),
    "a tensor on a tape": lambda y: tensor(y.astype(float), tape=True),
    "masked": masked,
    "a set": lambda y: {0, 1},
    "sparse": lambda y: sparse.csr_array(y[None, :]),
    "the same but for blanks": lambda y: np.array(["0", " 0", "1"] * (M // 3)),
}
if not find_spec("torch"):
    del BAD_Y["a tensor on a tape"]
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
    "masked": masked(WEIGHTS),
    "structured": STRUCTURED,
    "a set": {1.0},
    "cannot be read": Raises(RuntimeError),
    "too large for float64": np.full(M, np.longdouble("1e4000")),
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
    before, began, said = state(thing), time.process_time(), None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(thing, "fit" if call.method == "set" else call.method)(**given)
    except Exception as error:
        said = error
    assert time.process_time() - began < AT_MOST, "it took too long"
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


OTHER_COLUMNS = {  # of a table with names → what is wrong with it
    "another order": lambda t: t[["b", "a", "c"]],
    "one less": lambda t: t[["a", "b"]],
    "one more": lambda t: t.assign(d=1.0),
    "another name": lambda t: t.rename(columns={"a": "z"}),
    "one twice": lambda t: t[["a", "b", "b"]],
}


@pytest.mark.parametrize("kind", OTHER_COLUMNS)
@pytest.mark.parametrize("method", ["predict", "score", "explain", "partial_fit", "fit"])
def test_columns_by_name(kind, method):
    """A model that was trained on a table with names takes no other; nor does an estimator, unless it begins anew."""
    table = frame()
    model = wk.Model([wk.Dense(3, "tanh"), wk.Dense(1, "sigmoid")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(table, CLASSES, epochs=1, progress=False)
        classifier = wk.MLPClassifier((3,), max_iter=1).fit(table, CLASSES)
    told = {} if method == "predict" else {"y": CLASSES}
    for thing in (model, classifier):
        name = {"score": "evaluate", "partial_fit": "fit"}.get(method, method) if thing is model else method
        more = {"epochs": 1, "progress": False} if thing is model and name == "fit" else {}
        if thing is classifier and method == "fit" and kind != "one twice":
            continue
        before = state(thing)
        with pytest.raises(ValueError, match=r"columns? |[Ff]eature names"):
            getattr(thing, name)(OTHER_COLUMNS[kind](table), **told, **more)
        assert state(thing) == before


def test_there_are_as_many_as_promised():
    assert len(CALLS) >= 4000
    kinds = {(call.argument, call.kind) for call in CALLS}
    assert len(kinds) >= 240
    print(f"{len(CALLS)} calls, {len(kinds)} kinds")


ODD = {  # unusual, and right
    "uint8": lambda: (X * 50).astype(np.int8).view(np.uint8),
    "int64": lambda: (X * 50).astype(np.int64),
    "bool": lambda: X > 0,
    "float16": lambda: X.astype(np.float16),
    "longdouble": lambda: X.astype(np.longdouble),
    "big-endian": lambda: X.astype(">f8"),
    "list": X.tolist,
    "objects": lambda: X.astype(object),
    "fractions": lambda: np.vectorize(Fraction, otypes=[object])(X),
    "csr": lambda: sparse.csr_array(X),
    "csc": lambda: sparse.csc_array(X),
    "coo": lambda: sparse.coo_array(X),
    "sparse with long indices": lambda: long_indices(sparse.csr_array(X)),
    "Fortran": lambda: np.asfortranarray(X),
    "negative stride": lambda: X[::-1],
    "every other column": lambda: np.repeat(X, 2, axis=1)[:, ::2],
    "read-only": lambda: read_only(X),
    "a subclass": lambda: X.view(Subclass),
    "a file": lambda: on_disk(X),
    "masked nowhere": lambda: np.ma.masked_array(X),
    "a view of memory": lambda: memoryview(np.ascontiguousarray(X)),
    "one column": lambda: X[:, :1],
    "the same row throughout": lambda: np.repeat(X[:1], M, axis=0),
    "a tensor": lambda: tensor(X),
    "jax": lambda: pytest.importorskip("jax").numpy.asarray(X),
    "table": frame,
    "table with nullable numbers": lambda: frame().astype("Float64"),
    "table of Arrow": lambda: frame().astype("float64[pyarrow]"),
    "Arrow": lambda: pytest.importorskip("pyarrow").table(dict(zip("abc", X.T, strict=True))),
    "polars": lambda: polars(**dict(zip("abc", X.T, strict=True))),
}
NUMBERS_ONLY = {"uint8"}  # which a Model reads as pixels, where it is sure; tests/test_model.py


def long_indices(made: Any) -> Any:
    made.indices, made.indptr = made.indices.astype(np.int64), made.indptr.astype(np.int64)
    return made


def read_only(array: np.ndarray) -> np.ndarray:
    made = array.copy()
    made.setflags(write=False)
    return made


@pytest.mark.parametrize("kind", ODD)
def test_what_is_unusual_and_right_is_read(kind):
    if kind in ("a tensor", "polars"):
        pytest.importorskip({"a tensor": "torch"}.get(kind, kind))
    given = ODD[kind]()
    plain = given.toarray() if hasattr(given, "toarray") else np.asarray(given, dtype=float)
    plain = np.array(plain, float, order="C")
    how = {"hidden_layer_sizes": (3,), "solver": "lbfgs", "max_iter": 5, "random_state": 0}
    tolerance = 1e-2 if kind == "float16" else 1e-5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, want = (wk.MLPRegressor(**how).fit(each, NUMBERS) for each in (given, plain))
        np.testing.assert_allclose(ours.predict(given), want.predict(plain), rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(  # the network's own numbers, in float64
            ours.explain(given)["Z2"].numbers[0], ours.predict(given), rtol=1e-2, atol=tolerance
        )
    if kind in NUMBERS_ONLY:
        return
    ours, want = (wk.Model([wk.Dense(3, "tanh"), wk.Dense(1)], dtype="float64") for _ in range(2))
    for model, each in ((ours, given), (want, plain)):
        model.fit(each, NUMBERS, epochs=2, progress=False)
    np.testing.assert_allclose(ours.predict(given), want.predict(plain), rtol=tolerance, atol=tolerance)


def test_one_row_and_a_batch_larger_than_the_data():
    for rows in (1, 5):
        model = wk.Model([wk.Dense(3, "tanh"), wk.Dense(1)])
        model.fit(X[:rows], NUMBERS[:rows], epochs=1, batch_size=64, progress=False)
        assert np.isfinite(model.predict(X)).all()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        wk.MLPRegressor(hidden_layer_sizes=(3,), max_iter=1, batch_size=64).fit(X, NUMBERS)
    assert any("batch_size" in str(each.message) for each in said)


@pytest.mark.parametrize("method", ["predict", "explain", "score", "to_model"])
def test_before_it_was_trained(method):
    told = {"predict": (X,), "explain": (X, CLASSES), "score": (X, CLASSES), "to_model": ()}[method]
    for made in (wk.MLPClassifier(), wk.MLPRegressor()):
        with pytest.raises(ValueError, match="not fitted"):
            getattr(made, method)(*told)


def test_one_class_only():
    """Nothing to tell apart: a model says so; a classifier of scikit-learn's manner knows that one answer."""
    with pytest.raises(ValueError, match="y has one class only, 0"):
        wk.Model([wk.Dense(1, "sigmoid")]).fit(X, np.zeros(M, int), progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert (wk.MLPClassifier((3,), max_iter=2).fit(X, np.zeros(M, int)).predict(X) == 0).all()
    with pytest.raises(ValueError, match="the label 2, which was never seen in training"):
        FITTED["model classifier"].evaluate(X, CLASSES + 1)


def test_read_only_is_only_read():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wk.MLPClassifier((3,), max_iter=2).fit(read_only(X), CLASSES, sample_weight=read_only(WEIGHTS))
