"""Exercise 7: forward, eleven steps back, and one step of gradient descent.

The notes give the prediction as [0.5, 0.5, 0]; that is the softmax rounded, for an exact 0 is impossible.  It is
kept as a declared override; `EXACT` is the same exercise with the softmax worked out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from workings.contract import Array, Namespace
from workings.exercises.bank import four_neurons_relu as four
from workings.exercises.bank.remarks import on_both
from workings.exercises.exercise import Exercise, Task
from workings.layers import Dense, Relu, Softmax
from workings.losses import CategoricalCrossEntropy, per_example, y_log_a
from workings.network import chain

PREDICTION = (Fraction(1, 2), Fraction(1, 2), 0)
TARGET = ((0,), (1,), (0,))


@dataclass(frozen=True)
class DeclaredPrediction:
    """Cross-entropy of a prediction A3 that is declared instead of worked out, and the short way back from it."""

    prediction: tuple[Fraction | int, ...]
    spoken = "cross-entropy of the declared prediction"

    def forward(self, xp: Namespace, Z3: Array, Y: Array):
        A3 = xp.asarray([[p] for p in self.prediction])
        L = -per_example(xp, y_log_a(xp, Y, A3))
        J = xp.sum(L) / Y.shape[-1]
        return J, {"A3": A3, "Y": Y}

    def backward(self, xp: Namespace, *, A3: Array, Y: Array):
        dZ3 = A3 - Y
        return dZ3


TASKS = (
    Task("Forward pass", "Work down from x: sums, ReLU, sums, ReLU, sums.", ("Z1", "A1", "Z2", "A2", "Z3", "A3")),
    Task("Backpropagation", "Beside each forward cell there is an empty cell for its gradient."),
    Task("Layer 3, softmax", "dZ3 = A3 - Y: prediction less target.", ("dZ3",)),
    Task("Layer 3, weights and biases", "dW3 | db3: multiply dZ3 with [A2 | 1].", ("dW3",)),
    Task("Layer 2, activations", "dA2: multiply dZ3 with W3, down its columns.", ("dA2",)),
    Task("Layer 2, ReLU", "dZ2: multiply dA2 with 1 for positive Z2 and 0 otherwise.", ("dZ2",)),
    Task("Layer 2, weights and biases", "dW2 | db2: multiply dZ2 with [A1 | 1].", ("dW2",)),
    Task("Layer 1, activations", "dA1: multiply dZ2 with W2, down its columns.", ("dA1",)),
    Task("Layer 1, ReLU", "dZ1: multiply dA1 with 1 for positive Z1 and 0 otherwise.", ("dZ1",)),
    Task("Layer 1, weights and biases", "dW1 | db1: multiply dZ1 with [X | 1].", ("dW1",)),
    Task(
        "Gradient descent",
        "Subtract 0.01 times the gradient from every weight and every bias.",
        ("W3_new", "b3_new", "W2_new", "b2_new", "W1_new", "b1_new"),
    ),
)

BLANKS = (
    *("dZ3", "dW3", "db3", "dA2", "mask2", "dZ2", "dW2", "db2", "dA1", "mask1", "dZ1", "dW1", "db1"),
    *("W1_new", "b1_new", "W2_new", "b2_new", "W3_new", "b3_new"),
)

EXERCISE = Exercise(
    7,
    "backpropagation",
    "Backpropagation",
    "Three layers, one input x, the prediction [0.5, 0.5, 0] as declared, and the target [0, 1, 0].  Fill in the "
    "gradients from the bottom up, then take one step.",
    TASKS,
    chain(Dense(4), Relu(), Dense(2), Relu(), Dense(3)),
    {
        "W1": four.W1,
        "b1": four.b1,
        "W2": ((1, -1, 1, 0), (0, 1, -1, 1)),
        "b2": ((0,), (3,)),
        "W3": ((2, 0), (0, 2), (1, 1)),
        "b3": ((-1,), (-5,), (-7,)),
    },
    ((2,), (1,), (3,)),
    BLANKS,
    Y=TARGET,
    loss=DeclaredPrediction(PREDICTION),
    rate="0.01",
    titles={"A3": "the declared prediction"},
    remarks=lambda exercise: on_both(exercise, EXACT),
)

EXACT = replace(
    EXERCISE,
    title="Backpropagation, softmax worked out",
    lead="Three layers, one input x, the prediction by softmax, and the target [0, 1, 0].  Fill in the gradients "
    "from the bottom up, then take one step.",
    network=chain(Dense(4), Relu(), Dense(2), Relu(), Dense(3), Softmax()),
    loss=CategoricalCrossEntropy(),
    titles={},
    remarks=lambda exercise: on_both(EXERCISE, exercise),
)
