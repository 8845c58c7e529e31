"""Agreement: the largest difference between what a model says and what its twin in another tool says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workings.interop.imported import needs
from workings.model import Model

TOLERANCE = 1e-4  # of the largest number they say: more is no rounding


class Agreement(NamedTuple):
    """How far two tools are apart on the same rows: `largest` difference, at which row and output, both from 0."""

    largest: float
    row: int
    output: int
    ours: float
    theirs: float
    rows: int
    other: str

    def __str__(self) -> str:
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        if not self.largest:
            return f"Workings and {self.other} say the same of {rows}, to the last bit"
        return (
            f"Workings and {self.other} differ by at most {self.largest:.1e} on {rows}: in row {self.row}, output "
            f"{self.output}, where they say {self.ours:.9g} and {self.theirs:.9g}"
        )

    __repr__ = __str__


def agreement(model: Model, other: Any, X: Any) -> Agreement:
    """Ask a model and its twin about the rows of X, and compare all they say.

    `other`: a PyTorch module, a scikit-learn estimator, a Keras model, the path of an ONNX file (asked through
    onnxruntime), or any function that takes X in the model's arrangement and gives (m, k).

    Raises ValueError where the answers are not as many.

    >>> import workings as wk
    >>> model = wk.Model([wk.Dense(1)], parameters={"W1": [[2]], "b1": [1]})
    >>> print(agreement(model, lambda X: 2 * X + 1, [[1.0], [2.0]]))
    Workings and a function say the same of 2 rows, to the last bit
    """
    ask, name = asked(other, model)
    ours = model.outputs(X).astype(np.float64)
    theirs = np.asarray(ask(X), dtype=np.float64)
    theirs = theirs.reshape(len(theirs), -1) if theirs.ndim else theirs.reshape(1, 1)
    ours = ours.reshape(len(ours), -1)
    if ours.shape[1] == 1 and theirs.shape == (len(ours), 2):  # both classes of a single yes or no
        ours = np.hstack([1 - ours, ours])
    if ours.shape != theirs.shape:
        raise ValueError(
            f"Workings says {ours.shape} numbers and {name} says {theirs.shape}: they cannot be compared"
        )
    apart = np.abs(ours - theirs)
    if np.isnan(apart).any():
        raise ValueError(f"{'Workings' if np.isnan(ours).any() else name} says NaN of these rows")
    row, output = np.unravel_index(int(np.argmax(apart)), apart.shape)
    at = (row, output)
    return Agreement(float(apart[at]), int(row), int(output), float(ours[at]), float(theirs[at]), len(ours), name)


def checked(model: Model, other: Any, X: Any) -> Model:
    """The model; with rows X the agreement is printed, and a difference that is no rounding is refused."""
    if X is not None:
        found = agreement(model, other, X)
        print(found)
        if found.largest > TOLERANCE * max(1.0, abs(found.ours), abs(found.theirs)):
            raise ValueError(f"the two are not the same network: {found}")
    return model


def asked(other: Any, model: Model) -> tuple[Callable[[Any], Any], str]:
    """How the other tool is asked, and what it is called."""
    if isinstance(other, str | Path):
        return lambda X: _onnx(other, X, model), f"onnxruntime ({Path(other).name})"
    home = {word for kind in type(other).__mro__ for word in [kind.__module__.split(".")[0]]}
    if "torch" in home:
        return lambda X: _torch(other, X, model), "PyTorch"
    if "keras" in home:
        return lambda X: other.predict(np.asarray(_read(X, model)), verbose=0), "Keras"
    if isinstance(other, Model):
        return other.outputs, "the other model"
    if hasattr(other, "predict"):
        name = "scikit-learn" if type(other).__module__.startswith("sklearn") else type(other).__name__
        return lambda X: _estimator(other, X), name
    if callable(other):
        return lambda X: other(_read(X, model)), "a function"
    raise ValueError(f"{type(other).__name__} cannot be asked: give a module, an estimator, a path or a function")


def _read(X: Any, model: Model) -> np.ndarray:
    """The rows in the model's type; words stay whole numbers, and bytes become shares of 255."""
    X = np.asarray(model.preparation.transform(X) if hasattr(X, "columns") and model.preparation else X)
    if X.dtype == np.uint8:
        X = X / 255
    words = any(hasattr(row.layer, "words") and row.reads == ("X",) for row in model.network.rows)
    return X.astype(np.int64 if words else model.dtype)


def _torch(module: Any, X: Any, model: Model) -> np.ndarray:
    import torch

    was = module.training
    try:
        with torch.no_grad():
            return module.eval()(torch.from_numpy(_read(X, model))).numpy()
    finally:
        module.train(was)


def _estimator(estimator: Any, X: Any) -> np.ndarray:
    if not hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict(X), dtype=np.float64)
    said = estimator.predict_proba(X)
    return np.stack([each[:, -1] for each in said], axis=1) if isinstance(said, list) else said


def _onnx(path: Any, X: Any, model: Model) -> np.ndarray:
    session = needs("onnxruntime").InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (taken,) = session.get_inputs()
    rows = _read(X, model)
    if (kind := taken.type) in TYPES:
        rows = rows.astype(TYPES[kind])
    sizes = [size if isinstance(size, int) else None for size in taken.shape]
    if rows.ndim == 4 and sizes[1:] != list(rows.shape[1:]) and sizes[3] == rows.shape[1]:
        rows = np.moveaxis(rows, 1, -1)  # channels last, as Keras has them
    names = [out.name for out in session.get_outputs()]
    said = [session.run([name], {taken.name: rows})[0] for name in names]
    said = [_shares(out) for out in said]
    numbers = [out for out in said if isinstance(out, np.ndarray) and out.dtype.kind == "f"]
    if not numbers:
        raise ValueError(f"{path} answers with labels only, which cannot be compared as numbers")
    return numbers[-1]


TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}


def _shares(said: Any) -> Any:
    """Probabilities by class, as skl2onnx likes to give them, as a table."""
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return np.array([list(row.values()) for row in said], dtype=np.float64)
    return said
