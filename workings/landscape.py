"""Landscape: the cost seen as a surface over the parameters, and walks down it.

cost = Cost(model, X, y)      every parameter in one row of numbers → J, one number; the examples stay fixed
descend(slope, start, α, n)   x ← x - α slope(x), n times
bend(f, points)               is f convex there?  measured by second differences
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings import losses
from workings.backends.numpy import cast, quiet
from workings.contract import Tree
from workings.optimizers import GradientDescent


class Cost:
    """J of a model on these examples, as a function of its parameters laid end to end (in float64).

    `start` is where the model stands.  The model itself is only read.  Meant for looking: every J is one pass over
    all the examples, so hundreds of them are wiser than all.
    """

    def __init__(self, model: Any, X: Any, y: Any):
        seen = model.explain(X, y)  # turned and encoded as the model itself does it
        self.X, self.Y = (np.asarray(seen[name].numbers, dtype=np.float64) for name in ("X", "Y"))
        self.model, self.network, self.loss = model, model.network, model.loss
        last = self.network.rows[-1].layer
        if len(self.network.rows) > 1 and (together := losses.fused(last, self.loss)):
            self.network, self.loss = self.network.without_last(), together
        self.params = cast(model.state.params, "float64")
        self.start = self.flat(self.params)

    def __len__(self) -> int:
        return self.start.size

    def __call__(self, theta: Any) -> float:
        return self._forward(self.tree(theta))[0]

    def gradient(self, theta: Any) -> np.ndarray:
        """∂J/∂θ at theta: one number for every parameter, from one backward pass."""
        params = self.tree(theta)
        _, caches, found = self._forward(params)
        with quiet():
            _, grads = self.network.backward(np, params, caches, self.loss.backward(np, **found))
        return self.flat(grads)

    def along(self, direction: Any, distances: Sequence[float]) -> np.ndarray:
        """J at every distance from `start` along a direction."""
        return np.array([self(self.start + t * np.asarray(direction)) for t in distances])

    def flat(self, tree: Tree) -> np.ndarray:
        """A tree of parameters or gradients as one row of numbers, in the order of the rows."""
        return np.concatenate([np.ravel(tree[row][s]) for row, named in self.params.items() for s in named])

    def tree(self, theta: Any) -> Tree:
        """The row of numbers back in its places."""
        theta = np.asarray(theta, dtype=np.float64).ravel()
        if theta.size != sum(W.size for named in self.params.values() for W in named.values()):
            raise ValueError(f"this model has {len(self):,} parameters, not {theta.size:,}")
        cells, made = iter(np.split(theta, self._ends())), {}
        for row, named in self.params.items():
            made[row] = {symbol: next(cells).reshape(W.shape) for symbol, W in named.items()}
        return made

    def _ends(self) -> np.ndarray:
        return np.cumsum([W.size for named in self.params.values() for W in named.values()])[:-1]

    def _forward(self, params: Tree) -> tuple[float, Tree, Any]:
        with quiet():
            wires, caches = self.network.forward(np, params, self.X, self.model.state.memory)
            J, found = self.loss.forward(np, wires[self.network.output], self.Y)
        return float(J), caches, found


def descend(slope: Callable[[Any], Any], start: Any, learning_rate: float, steps: int) -> np.ndarray:
    """The points of a walk straight down: `start` and one more for every step, on a curve or a surface.

    >>> descend(lambda x: 2 * x, 1.0, 0.25, 3).tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    rule, path = GradientDescent(), [np.asarray(start, dtype=np.float64)]
    with quiet():
        for t in range(steps):
            x, _ = rule.step(np, path[-1], np.asarray(slope(path[-1])), learning_rate, t + 1)
            path.append(x)
    return np.stack(path)


@dataclass(frozen=True)
class Bend:
    """How a curve bends over a stretch: its smallest second derivative, where, and the share that bends down."""

    least: float
    at: float
    downward: float

    @property
    def convex(self) -> bool:
        return self.downward == 0


def bend(f: Callable[[float], float], points: Sequence[float], tolerance: float = 1e-9) -> Bend:
    """Second differences of f over evenly spaced points; below -tolerance the curve bends down.

    >>> bend(lambda x: x**2, np.linspace(-1, 1, 21)).convex, bend(np.cos, np.linspace(-1, 1, 21)).convex
    (True, False)
    """
    x = np.asarray(points, dtype=np.float64)
    values, h = np.array([f(float(p)) for p in x]), np.diff(x)
    if len(x) < 3 or not np.allclose(h, h[0]):
        raise ValueError("bend needs three or more evenly spaced points, such as np.linspace(-5, 5, 101)")
    curved = np.diff(values, 2) / h[0] ** 2
    lowest = int(np.argmin(curved))
    return Bend(float(curved[lowest]), float(x[lowest + 1]), float(np.mean(curved < -tolerance)))


def local_minima(values: Any) -> np.ndarray:
    """Where a row of values is lower than both its neighbours: the places, counted from 0."""
    v = np.asarray(values)
    return np.flatnonzero((v[1:-1] < v[:-2]) & (v[1:-1] < v[2:])) + 1
