"""Directions through the space of all parameters, for a model's loss along them.

A point is all parameters in one row; `Path` is a callback that keeps the points training went through.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.contract import Tree
from workings.plots.wiring import built

if TYPE_CHECKING:
    from workings.model import Model


class Path:
    """The way of training through the parameters: give it to `fit` as a callback, then to `loss_surface`.

    >>> from workings import Dense, Model
    >>> model, path = Model([Dense(1)], inputs=1), Path()
    >>> _ = model.fit([[0.0], [1.0]], [0.5, 1.5], epochs=3, callbacks=[path], progress=False)
    >>> len(path.points), path.points[0].shape
    (3, (2,))
    """

    def __init__(self, model: Model | None = None):
        self.points: list[np.ndarray] = [] if model is None else [flat(model)]

    def __call__(self, model: Model, history: Any = None) -> None:
        self.points.append(flat(model))


def flat(model: Model) -> np.ndarray:
    """All parameters of a model in one row of float64."""
    built(model)
    return np.concatenate([np.asarray(W, dtype=float).ravel() for W in _arrays(model.state.params)])


def _arrays(params: Tree) -> list[Any]:
    return [W for named in params.values() for W in named.values()]


def folded(point: np.ndarray, like: Tree) -> Tree:
    """The row as parameters again."""
    made: Tree = {}
    start = 0
    for row, named in like.items():
        made[row] = {}
        for symbol, W in named.items():
            made[row][symbol] = point[start : start + W.size].reshape(W.shape).astype(W.dtype)
            start += W.size
    return made


def loss_at(model: Model, X: Any, y: Any) -> Callable[[np.ndarray], float]:
    """The mean loss over the examples as a function of a point; the model itself is left as it is."""
    if model.labels is None:  # so that the model learns nothing from being looked at
        model = copy.deepcopy(model)
    still = copy.copy(model)
    params = model.state.params

    def loss(point: np.ndarray) -> float:
        still.state = replace(model.state, params=folded(point, params))
        return float(still.evaluate(X, y)["loss"])

    return loss


def cell(model: Model, name: str) -> np.ndarray:
    """The direction of one parameter, by its cell: "W1[1,2]", "b2[1]", counted as the model's conventions say.

    >>> from workings import Dense, Model
    >>> cell(Model([Dense(2)], inputs=2), "W1[2,1]")
    array([0., 0., 1., 0., 0., 0.])
    """
    base, parameters = model.conventions.base, model.parameters
    match = re.fullmatch(r"\s*([^\[\]]+)\[([\d\s,]+)\]\s*", name)
    if not match or match[1].strip() not in parameters:
        raise ValueError(f"{name!r} is no parameter's cell; write it as 'W1[1,2]': there are {', '.join(parameters)}")
    symbol = match[1].strip()
    shape = parameters[symbol].shape
    place = tuple(int(i) - base for i in match[2].split(",") if i.strip())
    if len(place) == 1 and len(shape) == 2 and shape[1] == 1:
        place = (*place, 0)
    if len(place) != len(shape) or not all(0 <= i < n for i, n in zip(place, shape, strict=True)):
        raise ValueError(
            f"{name} lies outside of {symbol}, which is {' by '.join(map(str, shape))}, counted from {base}"
        )
    start = 0
    for other, W in parameters.items():
        if other == symbol:
            break
        start += W.size
    direction = np.zeros(sum(W.size for W in parameters.values()))
    direction[start + int(np.ravel_multi_index(place, shape))] = 1
    return direction


def random(model: Model, rng: np.random.Generator) -> np.ndarray:
    """A random direction in which every unit's weights move in proportion to their size; biases rest.

    Source: Li, Xu, Taylor, Studer, Goldstein, Visualizing the Loss Landscape of Neural Nets (2018): filter
    normalisation, without which the picture shows the scale of the weights and not the shape of the loss.
    """
    parts = []
    for symbol, W in ((s, W) for named in model.state.params.values() for s, W in named.items()):
        d = rng.standard_normal(W.shape)
        if symbol.startswith("b"):
            d[:] = 0
        else:
            over = tuple(range(1, W.ndim))
            size = np.sqrt(np.sum(np.asarray(W, dtype=float) ** 2, axis=over, keepdims=True))
            d *= size / np.sqrt(np.sum(d**2, axis=over, keepdims=True))
        parts.append(d.ravel())
    return np.concatenate(parts)


def principal(points: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The two directions that a path mostly follows, seen from its end, and the share of it that they show."""
    if len(points) < 3:
        raise ValueError(f"a path of {len(points)} points has no two directions: record at least 3 epochs")
    _, sizes, directions = np.linalg.svd(points - end, full_matrices=False)
    return directions[0], directions[1], float(np.sum(sizes[:2] ** 2) / (np.sum(sizes**2) or 1))
