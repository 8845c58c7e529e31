"""Counting: parameters, and the shapes of matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.contract import Array, Namespace
from workings.exercises.exercise import Exercise
from workings.exercises.generated import Generated, by_formulas, exercise
from workings.explain import Explanation


@dataclass(frozen=True)
class Counts:
    """Layer by layer: a weight for every pair of nodes, a bias for every node; the inputs are no layer."""

    def step(self, xp: Namespace, *, nodes: Array, columns: Array):
        layers = columns - 1
        weights = nodes[1:, :] * nodes[:-1, :]
        biases = 1 * nodes[1:, :]
        parameters = weights + biases
        total = xp.sum(parameters, axis=0, keepdims=True)
        return layers, total


@dataclass(frozen=True)
class ShapeTable:
    """A row for each layer: its matrix has so many rows and so many columns."""

    def step(self, xp: Namespace, *, nodes: Array, m: Array):
        n, before = nodes[1:, :], nodes[:-1, :]
        ones = xp.ones_like(n)
        shape_W = 1 * xp.concat([n, before], axis=1)
        shape_b = 1 * xp.concat([n, ones], axis=1)
        shape_Z = 1 * xp.concat([n, m * ones], axis=1)
        shape_dW = 1 * xp.concat([n, before], axis=1)
        return shape_W, shape_b, shape_Z, shape_dW


def parameter_counts(rng: Any, level: int) -> Generated:
    """Weights, biases and all parameters of each layer, and of the network."""
    sizes = _sizes(rng, level + 2, [9, 16, 32][level - 1])
    lead = (
        f"A fully connected network has {sizes[0]} inputs and layers of {_listed(sizes[1:])} nodes with biases.  "
        "The column of inputs is drawn too, so that there are as many columns of nodes as `columns` says."
    )
    return exercise(
        "parameter-counts",
        "Counting parameters",
        lead,
        [
            ("Layers", "How many layers has the network?  The inputs are none.", ["layers"]),
            ("Weights", "Each node has one weight for every node before it.", ["weights"]),
            ("Biases", "Each node has one bias.", ["biases"]),
            ("Parameters", "Weights and biases of each layer, then of all.", ["parameters", "total"]),
        ],
        level,
        {"nodes": [[n] for n in sizes], "columns": [[len(sizes)]]},
        titles={"weights": "nodes x nodes before", "biases": "one for each node"},
        work=_counted,
    )


def shapes(rng: Any, level: int) -> Generated:
    """Rows and columns of W, b, Z and dW in every layer."""
    *sizes, m = _sizes(rng, level + 3, [9, 16, 64][level - 1])
    lead = (
        f"A network has {sizes[0]} inputs and layers of {_listed(sizes[1:])} nodes; X has one example in each of "
        f"its {m} columns.  Write rows and columns of every matrix: a row of the table for each layer."
    )
    return exercise(
        "shapes",
        "The shapes of matrices",
        lead,
        [
            ("Weights", "W has a row for each node and a column for each number it reads.", ["shape_W"]),
            ("Biases", "b is a column.", ["shape_b"]),
            ("Sums", "Z has a row for each node and a column for each example.", ["shape_Z"]),
            ("Gradients", "dW goes with W.", ["shape_dW"]),
        ],
        level,
        {"nodes": [[n] for n in sizes], "m": [[m]]},
        titles={f"shape_{name}": f"rows and columns of {name}" for name in ("W", "b", "Z", "dW")},
        work=_shaped,
    )


def _counted(asked: Exercise) -> Explanation:
    return by_formulas(Counts(), asked.parameters)


def _shaped(asked: Exercise) -> Explanation:
    return by_formulas(ShapeTable(), asked.parameters)


def _sizes(rng: Any, count: int, largest: int) -> list[int]:
    """Different numbers, so that no shape is its own mirror."""
    return rng.permutation(np.arange(2, largest + 1))[:count].tolist()


def _listed(sizes: list[int]) -> str:
    return ", ".join(map(str, sizes[:-1])) + (" and " if len(sizes) > 1 else "") + str(sizes[-1])
