"""Kinds: what can be generated.  Adding a kind is adding a row.

A kind draws an exercise from a random generator at a level; `workings.exercises.generate` draws many, and keeps the
one in which the mistakes are most easily told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workings.exercises.generated import Generated
from workings.exercises.kinds import counting, descent, forward, graphs, images, losses, networks, sequences


class Kind(NamedTuple):
    """A kind of exercise: what it trains, how it is drawn at a level from 1 to 3, and in how many sizes."""

    title: str
    skills: str
    draw: Callable[..., Generated]
    sizes: tuple[int, int] | None = None  # how many sizes may be given, from and to; None where they cannot


ALL = "forward, loss, backward, update"
KINDS = {
    "matrix-product": Kind("Matrix multiplication", "forward", forward.matrix_product),
    "neuron": Kind("A single neuron", "forward", forward.neuron, (1, 1)),
    "layer": Kind("A layer of neurons", "forward", forward.layer, (2, 2)),
    "hidden-layer": Kind("A hidden layer", "forward", forward.hidden_layer, (3, 3)),
    "batch": Kind("A batch of inputs", "forward", forward.batch, (3, 3)),
    "deep": Kind("Many layers", "forward", forward.deep, (3, 8)),
    "backprop": Kind("Backpropagation", "forward, backward, update", networks.backprop, (3, 3)),
    "two-layer-network": Kind("One step of a two-layer network", ALL, networks.two_layer, (3, 3)),
    "logistic-regression": Kind(
        "One step of logistic regression", ALL, losses.logistic_regression
    ),
    "softmax": Kind("Softmax and cross-entropy", "forward, loss, backward", losses.softmax),
    "neuron-chain": Kind("A chain of single neurons", "forward, loss, backward", losses.neuron_chain),
    "computation-graph": Kind("A computation graph", "forward, backward", graphs.computation_graph),
    "gradient-descent": Kind("Steps of gradient descent", "update", descent.gradient_descent),
    "shapes": Kind("The shapes of matrices", "shapes", counting.shapes),
    "parameter-counts": Kind("Counting parameters", "counting", counting.parameter_counts),
    "convolution": Kind("A convolution", "forward", images.convolution),
    "recurrent": Kind("A recurrent cell", "forward", sequences.recurrent),
}  # fmt: skip
