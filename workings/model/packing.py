"""Packing: a model as named arrays and plain data, and back: what `save`, `load` and checkpoints have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings import saving
from workings.backends.plan import State
from workings.contract import Named, Shape, Tree
from workings.conventions import Conventions
from workings.labels import Labels
from workings.network import Network
from workings.parameters import given
from workings.training import History

if TYPE_CHECKING:
    from workings.model.model import Model


def pack(model: Model) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a model, and all the rest of it as plain data."""
    arrays = saving.flat(model.state.params, "params/") | saving.flat(model.state.memory, "memory/")
    labels = model.labels and {**vars(model.labels), "classes": list(model.labels.classes)}
    exact = model.exact and {row: {s: texts(W) for s, W in named.items()} for row, named in model.exact.items()}
    return arrays, {
        "network": saving.describe_network(model.network),
        "loss": saving.describe(model.loss),
        "shape": list(model.shape or ()),
        "dtype": model.dtype,
        "seed": model.seed,
        "rng": model.rng.bit_generator.state,
        "conventions": model.conventions.to_json(),
        "labels": labels,
        "preparation": model.preparation and model.preparation.to_json(),
        "columns": model.columns and list(model.columns),
        "pixels": model.pixels,
        "exact": exact,
        "history": model.history.to_json(),
    }


def read(kind: type[Model], path: Any) -> Model:
    """The model saved in a file.  Raises ValueError with the reason for a file that is none."""
    arrays, about = saving.read(path)
    try:
        model = kind(
            saving.rebuild_network(about["network"]),
            saving.rebuild(about["loss"]),
            conventions=Conventions(**about["conventions"]),
            seed=about["seed"],
            dtype=about["dtype"],
        )
        unpack(model, arrays, about)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError) as error:
        raise ValueError(f"{path} is damaged or was not saved by this version of Workings: {error}") from None
    return model


def unpack(model: Model, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
    """Put what `pack` gave into a model of the same network.  Raises ValueError where they do not fit."""
    shape = tuple(about["shape"])
    start = blank(model.network, shape)
    params = held(arrays, "params/", start, model.dtype)
    memory = held(arrays, "memory/", model.network.memory(shape), model.dtype)
    exact = None
    if about["exact"]:
        told = {model.network.label(s, row): W for row, named in about["exact"].items() for s, W in named.items()}
        _, exact = given(model.network, start, told)
    if about["labels"]:
        model.labels = labels_from(about["labels"])
    if about["preparation"]:
        from workings.preparation import Pictures, Preparation

        told = about["preparation"]
        pictures = isinstance(told, dict) and told.get("kind") == "pictures"
        model.preparation = (Pictures if pictures else Preparation).from_json(told)
    if columns := about.get("columns"):  # files of an earlier version have none
        if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
            raise ValueError(f"its columns are called {columns!r}")
        model.columns = tuple(columns)
    model.pixels = told if isinstance(told := about.get("pixels"), bool) else None
    model.state, model.shape, model.exact = State(params, memory, {}), shape, exact
    model.rng.bit_generator.state = about["rng"]
    model.history = History.from_json(about["history"])


def labels_from(told: dict[str, Any]) -> Labels:
    """Labels as they were told in a file."""
    return Labels(**{**told, "classes": tuple(told["classes"])})


def texts(cells: np.ndarray) -> list[Any]:
    """Exact numbers as texts such as "1/2", in their rows."""
    return np.vectorize(str, otypes=[object])(cells).tolist()


def held(arrays: dict[str, np.ndarray], prefix: str, like: Tree, dtype: str) -> Tree:
    """The tree under this prefix, checked against one of the same rows, symbols and shapes."""
    tree = saving.nested(arrays, prefix)
    for row, named in like.items():
        for symbol, W in named.items():
            found = tree.get(row, {}).get(symbol)
            if told := _unfit(found, W.shape, dtype):
                raise ValueError(
                    f"its array {prefix}{row}/{symbol} is {told}, but the network needs {dtype} {W.shape}"
                )
    return saving.ordered(tree, like)


def _unfit(array: np.ndarray | None, shape: Shape, dtype: str) -> str:
    """What is wrong with an array, or nothing."""
    if array is None:
        return "missing"
    if array.shape != shape or array.dtype != dtype:
        return f"{array.dtype} {array.shape}"
    return "" if np.isfinite(array).all() else "not all numbers"


def blank(network: Network, shape: Shape) -> dict[str, Named]:
    """The rows and symbols of the parameters with their shapes; nothing is drawn, and no room is taken."""
    return network.init(_Shapes(), shape)


class _Shapes:
    """A generator that gives shapes instead of numbers: a file that lies about its sizes costs no memory."""

    def standard_normal(self, shape: Shape) -> Any:
        return _Shape(shape)


class _Shape:
    def __init__(self, shape: Shape):
        self.shape = shape

    def __mul__(self, factor: Any) -> _Shape:
        return self
