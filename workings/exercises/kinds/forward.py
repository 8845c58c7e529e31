"""Forward: products, neurons, layers and batches, worked from the inputs to the outputs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from workings.exercises.bank import matrix_multiplication
from workings.exercises.generated import Generated, exercise
from workings.exercises.kinds.numbers import positive, signed, signed_apart
from workings.layers import Dense, Relu
from workings.network import chain

SUM = "Multiply each row of weights with the column of inputs, number by number; add, and add the bias."
Sizes = tuple[int, ...] | None  # of the inputs and of every layer; None takes those of the level
RELU = "What is negative becomes 0; what is positive stays."


def matrix_product(rng: Any, level: int) -> Generated:
    """C = A B."""
    rows, inner, columns = [(2, 3, 2), (3, 3, 2), (3, 4, 3)][level - 1]
    A, B = signed(rng, (rows, inner), 9, 2), signed(rng, (inner, columns), 12, 2)
    base = matrix_multiplication.exercise(A.tolist(), B.tolist())
    return exercise(
        "matrix-product",
        base.title,
        base.lead,
        [(task.title, task.what, task.fills) for task in base.tasks],
        level,
        base.parameters,
        product=base.product,
        work=base.work,
    )


def neuron(rng: Any, level: int, sizes: Sizes = None) -> Generated:
    """One neuron with ReLU: its sum, and what becomes of it."""
    (n,) = sizes or (level + 2,)
    return _layers(
        "neuron",
        "A single neuron",
        level,
        _drawn(rng, [n, 1], 1),
        "One neuron reads every input through its weight.",
    )


def layer(rng: Any, level: int, sizes: Sizes = None) -> Generated:
    """Several neurons that read the same x."""
    lead = "The same inputs meet a row of weights for each neuron."
    return _layers("layer", "A layer of neurons", level, _drawn(rng, sizes or (level + 2, level + 2), 1), lead)


def hidden_layer(rng: Any, level: int, sizes: Sizes = None) -> Generated:
    """Two layers, each with ReLU."""
    sizes = sizes or [(2, 3, 2), (3, 3, 2), (3, 4, 3)][level - 1]
    return _layers(
        "hidden-layer", "A hidden layer", level, _drawn(rng, sizes, 1), "Work down from x, layer by layer."
    )


def batch(rng: Any, level: int, sizes: Sizes = None) -> Generated:
    """Two layers on several inputs."""
    sizes, m = sizes or [(2, 2, 2), (2, 3, 2), (3, 3, 2)][level - 1], [2, 3, 3][level - 1]
    lead = "Each column of X is one input.  The same weights meet every column."
    numbers = _drawn(rng, sizes, m) | {"W1": signed_apart(rng, sizes[:2], 9, 2).T}
    return _layers("batch", "A batch of inputs", level, numbers, lead)


def deep(rng: Any, level: int, sizes: Sizes = None) -> Generated:
    """Several layers without biases, ReLU between them."""
    sizes = sizes or [(2, 3, 3, 1), (3, 3, 3, 2), (3, 3, 3, 3, 2)][level - 1]
    numbers = _drawn(rng, sizes, 1) | {"W1": signed_apart(rng, sizes[:2], [6, 5, 5][level - 1], 2).T}
    zeros = {name: value * 0 for name, value in numbers.items() if name[0] == "b"}
    lead = "All biases are 0.  A negative value becomes 0, but not in the output layer."
    return _layers("deep", "Many layers", level, numbers | zeros, lead, last=False, bias=False)


def _drawn(rng: Any, sizes: Sequence[int], m: int) -> dict[str, Any]:
    made: dict[str, Any] = {"X": positive(rng, (sizes[0], m), 12, 2)}
    for l, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        made[f"W{l}"] = signed(rng, (n_out, n_in), 9 if l == 1 else 4, 1 if l > 1 else 2)
        made[f"b{l}"] = signed(rng, (n_out, 1), 30 if l == 1 else 40, 11)
    return made


def _layers(
    kind: str, title: str, level: int, numbers: dict[str, Any], lead: str, last: bool = True, bias: bool = True
) -> Generated:
    numbers = dict(numbers)
    X = numbers.pop("X")
    depth = len(numbers) // 2
    layers: list[Any] = []
    tasks = []
    for l in range(1, depth + 1):
        layers += [Dense(len(numbers[f"W{l}"])), Relu()]
        tasks.append((f"Sums, layer {l}", SUM if bias else SUM.split("; ")[0] + "; add.", [f"Z{l}"]))
        tasks.append((f"ReLU, layer {l}", RELU, [f"A{l}"]))
    if not last:
        layers, tasks = layers[:-1], tasks[:-1]
    return exercise(kind, title, lead, tasks, level, numbers, network=chain(*layers), X=X, bias=bias)
