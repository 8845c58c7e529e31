"""Networks: the whole way there and back, in whole numbers and simple fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from workings.exercises.bank.backpropagation import DeclaredPrediction
from workings.exercises.generated import Generated, exercise
from workings.exercises.kinds.forward import RELU, SUM, Sizes
from workings.exercises.kinds.numbers import one_hot, positive, signed, signed_apart
from workings.layers import Dense, Relu
from workings.losses import SquaredError
from workings.network import chain

SHARES = ((2, 3, 5), (1, 3, 6), (1, 2, 7))


def backprop(rng: Any, level: int, sizes: Sizes = None) -> Generated:
    """A network with a declared prediction: all gradients, and one step."""
    sizes = (*sizes, 3) if sizes else [(2, 3, 2, 3), (3, 2, 2, 3), (3, 3, 2, 3)][level - 1]
    depth = len(sizes) - 1
    numbers = _parameters(rng, sizes)
    X = positive(rng, (sizes[0], 1), 12, 2)
    prediction = _declared(numbers, X, SHARES[rng.integers(len(SHARES))])
    layers = [layer for n in sizes[1:] for layer in (Dense(n), Relu())][:-1]
    told = ", ".join(str(float(p)) for p in prediction)
    step = ", then take one step with rate 0.1" if level > 1 else ""
    lead = (
        f"The forward pass is done, and the prediction is declared: ({told}).  Fill in the gradients from the bottom "
        f"up{step}."
    )
    tasks = [("Output", f"dZ{depth} = A{depth} - Y: prediction less target.", [f"dZ{depth}"])]
    for l in range(depth, 0, -1):
        read = "X" if l == 1 else f"A{l - 1}"
        what = f"dW{l} | db{l}: multiply dZ{l} with [{read} | 1]."
        tasks.append((f"Layer {l}, weights and biases", what, [f"dW{l}", f"db{l}"]))
        if l > 1:
            down = f"dA{l - 1}: multiply dZ{l} with W{l}, down its columns."
            through = f"dZ{l - 1}: dA{l - 1} where Z{l - 1} is positive, 0 elsewhere."
            tasks.append((f"Layer {l - 1}, activations", down, [f"dA{l - 1}"]))
            tasks.append((f"Layer {l - 1}, ReLU", through, [f"mask{l - 1}", f"dZ{l - 1}"]))
    new = [f"{letter}{l}_new" for l in range(depth, 0, -1) for letter in "Wb"]
    if step:
        tasks.append(("Gradient descent", "Subtract 0.1 times the gradient.", new))
    return exercise(
        "backprop",
        "Backpropagation",
        lead,
        tasks,
        level,
        numbers,
        network=chain(*layers),
        X=X,
        Y=one_hot(rng, sizes[-1], 1),
        loss=DeclaredPrediction(prediction),
        rate="0.1" if step else None,
        titles={f"A{depth}": "the declared prediction"},
    )


def two_layer(rng: Any, level: int, sizes: Sizes = None) -> Generated:
    """A hidden layer with ReLU, a linear output, half the squared error, and one step."""
    sizes, m = sizes or [(2, 2, 1), (2, 3, 1), (2, 3, 2)][level - 1], 2
    numbers, X = _parameters(rng, sizes), positive(rng, (sizes[0], m), 12, 2)
    numbers["W1"] = signed_apart(rng, sizes[:2], 7, 2).T
    Y = _sums(numbers, X) - signed(rng, (sizes[2], m), 20, 3)
    lead = "Two examples, one in each column.  L is half the squared error, J its mean; the learning rate is 0.1."
    tasks = [
        ("Sums, layer 1", SUM, ["Z1"]),
        ("ReLU", RELU, ["A1"]),
        ("Sums, layer 2", SUM, ["Z2"]),
        ("Loss", "L: half the sum of the squared differences; J: the mean of L over the examples.", ["L", "J"]),
        ("Back to layer 2", "dZ2 = Z2 - Y.", ["dZ2"]),
        ("Weights and biases, layer 2", "dW2 = dZ2 A1.T / m; db2: the mean of dZ2.", ["dW2", "db2"]),
        ("Back to layer 1", "dA1 = W2.T dZ2; dZ1: dA1 where Z1 is positive, 0 elsewhere.", ["dA1", "dZ1"]),
        ("Weights and biases, layer 1", "dW1 = dZ1 X.T / m; db1: the mean of dZ1.", ["dW1", "db1"]),
        ("Gradient descent", "Subtract 0.1 times the gradient.", ["W2_new", "b2_new", "W1_new", "b1_new"]),
    ]
    return exercise(
        "two-layer-network",
        "One step of a two-layer network",
        lead,
        tasks,
        level,
        numbers,
        network=chain(Dense(sizes[1]), Relu(), Dense(sizes[2])),
        X=X,
        Y=Y,
        loss=SquaredError("half"),
        rate="0.1",
    )


def _declared(numbers: dict[str, Any], X: np.ndarray, shares: tuple[int, ...]) -> tuple[Fraction, ...]:
    """A simple prediction that ranks the classes as the last sums do."""
    Z = _sums(numbers, X)
    return tuple(Fraction(shares[rank], 10) for rank in np.argsort(np.argsort(Z[:, 0])))


def _sums(numbers: dict[str, Any], A: np.ndarray) -> np.ndarray:
    """The sums of the last layer."""
    Z = A
    for l in range(1, len(numbers) // 2 + 1):
        Z = numbers[f"W{l}"] @ np.maximum(Z, 0) + numbers[f"b{l}"]
    return Z


def _parameters(rng: Any, sizes: Sequence[int]) -> dict[str, Any]:
    made = {}
    for l, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        made[f"W{l}"] = signed(rng, (n_out, n_in), 4)
        made[f"b{l}"] = signed(rng, (n_out, 1), 15, 2)
    return made
