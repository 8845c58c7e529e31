"""Seen: what a tour is drawn from: a model, a few examples, one of them opened, and a chain of single neurons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isqrt
from typing import Any

import numpy as np

from workings.explain import Explanation
from workings.model import Model
from workings.network import Row
from workings.plots.wiring import built, is_activation
from workings.specs import Dense


@dataclass(frozen=True)
class Seen:
    """A classifier of small pictures, X (m, pixels) and y (m,), the example that is followed, and the chain."""

    model: Model
    X: np.ndarray
    y: np.ndarray
    example: int
    chain: Model

    @cached_property
    def one(self) -> Explanation:
        """Every number of the example that is followed."""
        i = self.example
        return self.model.explain(self.X[i : i + 1], self.y[i : i + 1])

    @cached_property
    def some(self) -> Explanation:
        """The same for all examples."""
        return self.model.explain(self.X, self.y)

    @cached_property
    def link(self) -> Explanation:
        """Every number of the chain, for the mean ink of the example and the answer 1."""
        ink = float(np.mean(self.one.numbers["X"]))
        return self.chain.explain([[ink]], [[1.0]])

    def fresh(self) -> Model:
        """The same network, not trained yet; a new one each time, and always the same numbers."""
        model = Model(self.model.network, loss=self.model.loss, seed=self.model.seed + 1, dtype=self.model.dtype)
        model.build(built(self.model))
        return model

    @cached_property
    def sums(self) -> list[str]:
        """The weighted sums of the layers: Z1, Z2, ..."""
        return [row.name for row in self.model.network.rows if not is_activation(row)]

    @cached_property
    def layers(self) -> list[str]:
        """What the layers hold: X, A1, A2, ..."""
        return ["X", *(_bent(self.model.network.rows, name) for name in self.sums)]

    def column(self, name: str) -> np.ndarray:
        """The numbers of a wire for the example that is followed."""
        return self.one.numbers[name][:, 0].astype(float)

    def label(self, name: str, back: int = 1) -> str:
        """The parameters' name in the layer so many from the end: the last W is label("W")."""
        return self.model.network.label(name, self.sums[-back])

    @cached_property
    def right(self) -> int:
        """The output that should have said 1."""
        return int(np.argmax(self.column("Y")))

    @cached_property
    def strongest(self) -> int:
        """The unit of the first layer that is most active."""
        return int(np.argmax(self.column(self.layers[1])))

    @cached_property
    def sides(self) -> tuple[int, int]:
        """How high and how wide a picture is."""
        n = isqrt(self.X.shape[1])
        return n, n


def seen(model: Model, X: Any, y: Any, example: int, chain: Model | None) -> Seen:
    """The same, checked.  Raises ValueError with a sentence where a tour has nothing to show."""
    X, y = np.asarray(X), np.asarray(y)
    rows, dense = model.network.rows, [r for r in model.network.rows if type(r.layer).__name__ == "Dense"]
    if any(type(r.layer).__name__ != "Dense" and not is_activation(r) for r in rows) or len(dense) < 2:
        raise ValueError("a tour goes through a stack of at least two dense layers, such as 64-16-10")
    if model.state.params[dense[-1].name]["W"].shape[0] < 2 if model.state.params else False:
        raise ValueError("a tour ends in several outputs, one for each class; this network has one")
    if X.ndim != 2 or isqrt(X.shape[1]) ** 2 != X.shape[1] or X.shape[1] < 9:
        raise ValueError(f"a tour starts from square pictures, a row of pixels each, not from X of {X.shape}")
    if len(X) < 2 or len(X) != len(y):
        raise ValueError(f"a tour compares at least two examples; X has {len(X)} and y {len(y)}")
    if not 0 <= example < len(X):
        raise ValueError(f"there is no example {example}: they are counted from 0 to {len(X) - 1}")
    built(model)
    return Seen(model, X, y, example, chain or single_neurons(model.seed))


def single_neurons(seed: int = 0, layers: int = 3) -> Model:
    """One sigmoid neuron in each layer, with the squared error of the one answer.

    >>> single_neurons().summary().parameters
    6
    """
    return Model([Dense(1, "sigmoid")] * layers, loss="squared-error", inputs=1, seed=seed, dtype="float64")


def _bent(rows: tuple[Row, ...], name: str) -> str:
    """The activation of a sum, or the sum where nothing bends it."""
    return next((row.name for row in rows if is_activation(row) and row.reads == (name,)), name)
