"""Losses: exercises with exp and log, whose numbers are rounded to three decimals."""

from __future__ import annotations

from typing import Any

from workings.exercises.generated import Generated, exercise
from workings.exercises.kinds.numbers import one_hot, signed_apart, tenths, tenths_of
from workings.layers import Dense, Sigmoid, Softmax
from workings.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from workings.network import chain

ROUND = "Round to three decimals, and go on with the rounded numbers or with more digits."
STEP = "Subtract the learning rate times the gradient."


def logistic_regression(rng: Any, level: int) -> Generated:
    """Sigmoid, binary cross-entropy, gradients and one step."""
    n, m = [(2, 2), (2, 3), (3, 3)][level - 1]
    Y = rng.permutation([1, 0, 1][:m]).reshape(1, m)
    tasks = [
        ("Sums", "z = w x + b for each example.", ["Z1"]),
        ("Sigmoid", "a = 1 / (1 + e^-z).", ["A1"]),
        ("Loss", "L = -ln a where y is 1, -ln(1 - a) where y is 0; J is the mean of L.", ["L", "J"]),
        ("Back to z", "dZ = A - Y.", ["dZ1"]),
        ("Weights and bias", "dW = dZ X.T / m; db: the mean of dZ.", ["dW1", "db1"]),
        ("Gradient descent", STEP, ["W1_new", "b1_new"]),
    ]
    numbers = {"W1": tenths_of(signed_apart(rng, (n, 1), 8, 2).T), "b1": tenths(rng, (1, 1), 9, 2)}
    return exercise(
        "logistic-regression",
        "One step of logistic regression",
        f"Each column of X is one example; the learning rate is 0.5.  {ROUND}",
        tasks,
        level,
        numbers,
        network=chain(Dense(1), Sigmoid()),
        X=signed_apart(rng, (n, m), 5),
        Y=Y,
        loss=BinaryCrossEntropy(),
        rate="0.5",
    )


def softmax(rng: Any, level: int) -> Generated:
    """Shares, cross-entropy and the gradient at the output."""
    n, classes, m = [(2, 2, 2), (2, 3, 2), (3, 3, 3)][level - 1]
    tasks = [
        ("Sums", "A row of weights meets the column of inputs.", ["Z1"]),
        ("Softmax", "A: e^z divided by the sum of e^z down the column.", ["A1"]),
        ("Loss", "L = -ln of the share of the right class; J is the mean of L.", ["L", "J"]),
        ("Back to Z", "dZ = A - Y.", ["dZ1"]),
        ("Weights and biases", "dW = dZ X.T / m; db: the mean of dZ over the examples.", ["dW1", "db1"]),
    ]
    numbers = {"W1": tenths_of(signed_apart(rng, (n, classes), 7).T), "b1": tenths(rng, (classes, 1), 9, 1)}
    return exercise(
        "softmax",
        "Softmax and cross-entropy",
        f"Each column of X is one example, and each column of A adds up to 1.  {ROUND}",
        tasks,
        level,
        numbers,
        network=chain(Dense(classes), Softmax()),
        X=signed_apart(rng, (n, m), 5),
        Y=one_hot(rng, classes, m),
        loss=CategoricalCrossEntropy(),
    )


def neuron_chain(rng: Any, level: int) -> Generated:
    """One sigmoid neuron in each layer, the squared error, and every gradient by the chain rule."""
    depth = level + 1
    layers = [layer for _ in range(depth) for layer in (Dense(1), Sigmoid())]
    numbers: dict[str, Any] = {}
    tasks = []
    for l in range(1, depth + 1):
        numbers[f"W{l}"] = tenths(rng, (1, 1), 40, 11)
        numbers[f"b{l}"] = tenths(rng, (1, 1), 20, 3)
        tasks.append((f"Neuron {l}", "z = w a + b, then a = 1 / (1 + e^-z).", [f"Z{l}", f"A{l}"]))
    tasks.append(("Cost", "L: the square of a - y; with one example, J is the same.", ["L", "J"]))
    tasks.append((f"Back to a{depth}", "dA = 2 (a - y).", [f"dA{depth}"]))
    for l in range(depth, 0, -1):
        what = "dZ = dA a (1 - a); dW = dZ times what the neuron read; db = dZ."
        tasks.append((f"Back through neuron {l}", what, [f"dZ{l}", f"dW{l}", f"db{l}"]))
        if l > 1:
            tasks.append((f"Back to a{l - 1}", "dA = w dZ.", [f"dA{l - 1}"]))
    return exercise(
        "neuron-chain",
        "A chain of single neurons",
        f"Every layer is one neuron with a sigmoid; the cost is (a - y)^2.  {ROUND}",
        tasks,
        level,
        numbers,
        network=chain(*layers),
        X=tenths(rng, (1, 1), 19, 3),
        Y=rng.integers(0, 2, (1, 1)),
        loss=SquaredError("sum"),
    )
