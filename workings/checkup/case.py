"""Case: a network with its numbers in float64 on a few rows, ready to be nudged and asked for its way back."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.checkup.finding import listed
from workings.contract import Tree
from workings.explain.passes import Problem, textbook
from workings.network import Network
from workings.penalties import cost, steepen


@dataclass(frozen=True)
class Case:
    """A network with its numbers in float64, ready to be nudged."""

    problem: Problem
    labels: dict[str, tuple[str, str]]  # W1 → (Z1, W)
    base: int

    @classmethod
    def of(cls, model: Any, X: Any, y: Any, penalties: tuple[Any, ...], noise: int | None) -> Case:
        """The model on these rows; `noise` is the seed of dropout's masks, which are left out without one."""
        model = deepcopy(model)
        rows, Y, _ = model._reader.exactly(X, y, False)
        model.build_for(rows)
        X = np.moveaxis(rows, 0, -1)
        givens = {}
        if noise is not None:
            givens = model.network.noise(np.random.default_rng(noise), model.shape, X.shape[-1])
        whole = Problem(
            model.network, textbook(model.network, model.loss), model.state.params, X, Y, givens, penalties
        )
        whole = whole.widened().prepared(False)
        copied = {r: {s: np.array(W, np.float64) for s, W in named.items()} for r, named in whole.params.items()}
        labels = {model.network.label(s, r): (r, s) for r, named in copied.items() for s in named}
        short = whole.trained or whole
        problem = Problem(short.network, short.loss, copied, short.X, short.Y, short.givens, short.penalties)
        return cls(problem, labels, model.conventions.base)

    @property
    def order(self) -> list[str]:
        """The names of the parameters, as the way back meets them."""
        rows = [row.name for row in reversed(self.problem.network.rows)]
        return sorted(self.labels, key=lambda name: rows.index(self.labels[name][0]))

    def array(self, name: str) -> np.ndarray:
        """A parameter by its name."""
        row, symbol = self.labels[name]
        return self.problem.params[row][symbol]

    def J(self) -> float:
        """The loss as it stands."""
        p = self.problem
        with np.errstate(all="ignore"):
            wires, _ = p.network.forward(np, p.params, p.X, p.givens)
            J, _ = p.loss.forward(np, wires[p.network.output], p.Y)
            return float(J + cost(np, p.penalties, p.params) if p.penalties else J)

    def back(self, network: Network) -> Tree:
        """The gradients by the way back through these rows."""
        p = self.problem
        with np.errstate(all="ignore"):
            wires, caches = network.forward(np, p.params, p.X, p.givens)
            _, cache = p.loss.forward(np, wires[network.output], p.Y)
            _, grads = network.backward(np, p.params, caches, p.loss.backward(np, **cache))
            return steepen(np, p.penalties, p.params, grads) if p.penalties else grads

    def wires(self) -> Any:
        """Every wire of the pass."""
        with np.errstate(all="ignore"):
            return self.problem.network.forward(np, self.problem.params, self.problem.X, self.problem.givens)[0]

    def named(self, tree: Tree) -> dict[str, np.ndarray]:
        """Gradients of rows, by the names of the parameters."""
        return {name: np.asarray(tree[row][symbol]) for name, (row, symbol) in self.labels.items()}

    def read(self, gradients: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Those that a user hands in, as dW1 or W1."""
        found = {}
        for name, g in gradients.items():
            short = name if name in self.labels else str(name).removeprefix("d")
            if short not in self.labels:
                raise ValueError(
                    f"there is no gradient {name!r}; there are {listed([f'd{n}' for n in self.labels], 20)}"
                )
            found[short] = np.asarray(g.detach().numpy() if hasattr(g, "detach") else g)
            if found[short].dtype.kind not in "biuf":
                raise ValueError(f"{name} holds {found[short].dtype}; a gradient is a table of numbers")
        if not found:
            raise ValueError(f"no gradient was handed in; there are {listed([f'd{n}' for n in self.labels], 20)}")
        return found
