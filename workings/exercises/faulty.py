"""Faulty: the script that the notes link to for exercise 7 has four faults; numbers tell which.

The network is run again with each set of faults, and a set is named only if it alone explains every number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from workings.contract import Array, Namespace
from workings.exercises.exercise import Exercise
from workings.layers import Relu, Softmax
from workings.network import Network
from workings.optimizers import GradientDescent

FAULTS = {
    "no softmax": "softmax was left out: the sums Z3 were taken for the prediction",
    "no slope": "the slope of ReLU was skipped on the way back: dZ was taken as dA",
    "transposed": "dW1 stands transposed: columns are units and rows are inputs",
    "no update": "the last step was left out: weights and biases are as they were",
}


@dataclass(frozen=True)
class ReluWithoutSlope:
    """ReLU forwards, and nothing at all backwards."""

    def forward(self, xp: Namespace, Z: Array):
        return Relu().forward(xp, Z)

    def backward(self, xp: Namespace, dA: Array, **cache: Array):
        return dA, {}


def faulty(exercise: Exercise, faults: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The numbers of exercise 7 by name, run with these faults."""
    assert exercise.network is not None
    hidden = [row for row in exercise.network.rows if not isinstance(row.layer, Softmax)]
    broken = {r.name: (_broken(r.layer, faults), *r.reads) for r in hidden}
    network, params = Network(broken), _floats(exercise.params)
    wires, caches = network.forward(np, params, np.asarray(exercise.X, float))
    declared = getattr(exercise.loss, "prediction", None)
    made = dict(wires)
    if "no softmax" in faults:
        made["A3"] = wires["Z3"]
    elif declared is not None:
        made["A3"] = np.array([[float(p)] for p in declared])
    else:
        made["A3"] = Softmax().forward(np, wires["Z3"])[0]
    back, grads = network.backward(np, params, caches, made["A3"] - np.asarray(exercise.Y, float))
    made |= {f"d{name}": d for name, d in back.items()}
    moved = params
    if "no update" not in faults:
        step = GradientDescent()
        moved, _ = step.update(np, params, grads, step.init(params), float(exercise.rate))
    for row, named in params.items():
        for symbol in named:
            made[f"d{symbol}{row[1:]}"] = grads[row][symbol]
            made[f"{symbol}{row[1:]}_new"] = moved[row][symbol]
    if "transposed" in faults:
        made["dW1"] = made["dW1"].T
    return made


def found(exercise: Exercise, numbers: Mapping[str, Any], tolerance: float = 1e-6) -> list[tuple[str, ...]]:
    """The sets of faults that explain all these numbers: [()] for none at all, several where several fit.

    >>> from workings.exercises import load
    >>> found(load(7), {"dZ1": [[1], [-2], [2], [-1]]})
    [('no slope',)]
    """
    sets = [faults for faults in _sets() if _explains(faulty(exercise, faults), numbers, tolerance)]
    fewest = [s for s in sets if not any(set(other) < set(s) for other in sets)]
    return fewest


def told(exercise: Exercise, numbers: Mapping[str, Any]) -> str:
    """What the numbers say, in sentences."""
    sets = found(exercise, numbers)
    if not sets:
        return "no set of the known faults explains these numbers"
    if len(sets) > 1:
        return "two explanations fit: " + "; or ".join(" and ".join(FAULTS[f] for f in s) or "no fault" for s in sets)
    return "; ".join(FAULTS[fault] for fault in sets[0]) or "these numbers are right"


def _broken(layer: Any, faults: tuple[str, ...]) -> Any:
    return ReluWithoutSlope() if "no slope" in faults and isinstance(layer, Relu) else layer


def _floats(params: Any) -> Any:
    return {row: {s: np.asarray(v, float) for s, v in named.items()} for row, named in params.items()}


def _sets() -> Iterator[tuple[str, ...]]:
    for n in range(len(FAULTS) + 1):
        yield from combinations(FAULTS, n)


def _explains(made: Mapping[str, np.ndarray], numbers: Mapping[str, Any], tolerance: float) -> bool:
    for name, given in numbers.items():
        if name not in made:
            raise ValueError(f"exercise 7 has no array {name!r}; it has {', '.join(made)}")
        given = np.asarray(given, float)
        if given.shape != made[name].shape or not np.allclose(given, made[name], rtol=0, atol=tolerance):
            return False
    return True
