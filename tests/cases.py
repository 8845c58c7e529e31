"""One row for everything that is a formula.  A class of the formula files without a row here fails test_house.

A row of LAYERS is a function of three sizes, so that the same row is asked with the usual sizes and with all of 1.
The everyday counts keep the suite short; the full counts of reliability.md are run with

    WORKINGS_FULL=1 python -m pytest tests/test_gradients.py tests/test_peers.py tests/test_limits.py
"""

from __future__ import annotations

import os
from math import prod
from typing import Any, NamedTuple

import numpy as np
import pytest

from workings.layers import (
    Add,
    Attention,
    BatchNorm,
    Concat,
    Convolution,
    Dense,
    Dropout,
    Embedding,
    Exp,
    Flatten,
    Gelu,
    GruCell,
    Identity,
    Last,
    LeakyRelu,
    LstmCell,
    MaxPool,
    Positions,
    Recurrent,
    Relu,
    RnnCell,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from workings.layers.select import Select
from workings.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    ExpPoisson,
    Poisson,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)
from workings.optimizers import Adam, AdamW, GradientDescent, Momentum, Nesterov, RMSprop
from workings.penalties import L1, L2
from workings.schedules import Constant, Cosine, Exponential, Inverse, Step, WarmUp

FULL = os.environ.get("WORKINGS_FULL") == "1"


class Row(NamedTuple):
    """A layer, the shape of one example on each wire it reads, and what it is given besides."""

    layer: Any
    shapes: list[tuple[int, ...]]
    given: str = ""  # "noise" as in training, "memory" as in prediction


LAYERS = {
    "identity": lambda a=4, b=1, c=1: Row(Identity(), [(a,)]),
    "sigmoid": lambda a=4, b=1, c=1: Row(Sigmoid(), [(a,)]),
    "tanh": lambda a=4, b=1, c=1: Row(Tanh(), [(a,)]),
    "relu": lambda a=4, b=1, c=1: Row(Relu(), [(a,)]),
    "leaky relu": lambda a=4, b=1, c=1: Row(LeakyRelu(slope=0.1), [(a,)]),
    "gelu": lambda a=4, b=1, c=1: Row(Gelu(), [(a,)]),
    "exp": lambda a=4, b=1, c=1: Row(Exp(), [(a,)]),
    "softplus": lambda a=4, b=1, c=1: Row(Softplus(), [(a,)]),
    "softmax": lambda a=4, b=1, c=1: Row(Softmax(), [(a,)]),
    "softmax at positions": lambda a=4, b=3, c=1: Row(Softmax(), [(a, b)]),
    "dense": lambda a=3, b=4, c=1: Row(Dense(a), [(b,)]),
    "add": lambda a=4, b=1, c=1: Row(Add(), [(a,), (a,)]),
    "add at positions": lambda a=4, b=3, c=1: Row(Add(), [(a, b), (a, b)]),
    "concat": lambda a=4, b=2, c=1: Row(Concat(), [(a,), (b,)]),
    "concat of images": lambda a=1, b=2, c=2: Row(Concat(), [(a, c, 3), (b, c, 3)]),
    "dropout": lambda a=4, b=1, c=1: Row(Dropout(rate=0.2), [(a,)], "noise"),
    "dropout, predicting": lambda a=4, b=1, c=1: Row(Dropout(rate=0.2), [(a,)]),
    "batch norm": lambda a=3, b=1, c=1: Row(BatchNorm(), [(a,)]),
    "batch norm of images": lambda a=2, b=2, c=3: Row(BatchNorm(), [(a, b, c)]),
    "batch norm, remembered": lambda a=3, b=1, c=1: Row(BatchNorm(), [(a,)], "memory"),
    "convolution": lambda a=2, b=2, c=3: Row(Convolution(a, k=3), [(b, c + 2, c + 1 + c % 2)]),
    "convolution, padded": lambda a=2, b=2, c=3: Row(Convolution(a, k=2, padding=1), [(b, c, c + 1)]),
    "max pool of threes": lambda a=1, b=2, c=2: Row(MaxPool(k=3), [(a, b + 2, c + 4)]),
    "max pool": lambda a=2, b=2, c=2: Row(MaxPool(k=2), [(a, b + 2, c + 3)]),
    "flatten": lambda a=2, b=3, c=2: Row(Flatten(), [(a, b, c)]),
    "select": lambda a=3, b=2, c=2: Row(Select((a, 0)), [(a + 1, b)]),
    "last": lambda a=3, b=4, c=1: Row(Last(), [(a, b)]),
    "embedding": lambda a=3, b=4, c=5: Row(Embedding(words=c, n_out=a), [(b,)]),
    "positions": lambda a=3, b=4, c=3: Row(Positions(Dense(a)), [(b, c)]),
    "positions of a softmax": lambda a=3, b=2, c=1: Row(Positions(Softmax()), [(a, b)]),
    "attention": lambda a=3, b=4, c=3: Row(Attention(d_k=a, d_v=2), [(b, c)]),
    "rnn": lambda a=3, b=2, c=4: Row(Recurrent(RnnCell(a)), [(b, c)]),
    "gru": lambda a=3, b=2, c=4: Row(Recurrent(GruCell(a)), [(b, c)]),
    "lstm": lambda a=3, b=2, c=4: Row(Recurrent(LstmCell(a)), [(b, c)]),
}


class LossRow(NamedTuple):
    """A loss, what it reads ("numbers", "chances" between 0 and 1, "shares" that add up to 1) and its targets."""

    loss: Any
    reads: str
    targets: str


LOSSES = {
    "mean squared error": LossRow(SquaredError(), "numbers", "numbers"),
    "squared error": LossRow(SquaredError("sum"), "numbers", "numbers"),
    "half the squared error": LossRow(SquaredError("half"), "numbers", "numbers"),
    "binary cross-entropy": LossRow(BinaryCrossEntropy(), "chances", "yes or no"),
    "binary cross-entropy, soft": LossRow(BinaryCrossEntropy(), "chances", "chances"),
    "categorical cross-entropy": LossRow(CategoricalCrossEntropy(), "shares", "one-hot"),
    "poisson": LossRow(Poisson(), "chances", "chances"),
    "poisson, counts": LossRow(Poisson(), "chances", "yes or no"),
    "exp poisson": LossRow(ExpPoisson(), "numbers", "yes or no"),
    "exp poisson, soft": LossRow(ExpPoisson(), "numbers", "chances"),
    "sigmoid cross-entropy": LossRow(SigmoidCrossEntropy(), "numbers", "yes or no"),
    "sigmoid cross-entropy, soft": LossRow(SigmoidCrossEntropy(), "numbers", "chances"),
    "softmax cross-entropy": LossRow(SoftmaxCrossEntropy(), "numbers", "one-hot"),
    "softmax cross-entropy, soft": LossRow(SoftmaxCrossEntropy(), "numbers", "shares"),
}

OPTIMIZERS = {
    "gradient descent": GradientDescent(),
    "momentum": Momentum(mu=0.8),
    "averaged momentum": Momentum(mu=0.8, averaged=True),
    "nesterov": Nesterov(mu=0.8),
    "rmsprop": RMSprop(rho=0.7, epsilon=1e-3),
    "adam": Adam(beta1=0.8, beta2=0.95, epsilon=1e-3),
    "adam, second form": Adam(beta1=0.8, beta2=0.95, epsilon=1e-3, uncorrected=True),
    "adamw": AdamW(decay=0.1, beta1=0.8, beta2=0.95, epsilon=1e-3),
}

PENALTIES = {"l1": L1(0.3), "l2": L2(0.3)}

SCHEDULES = {
    "constant": Constant(0.4),
    "step": Step(0.4, every=3, factor=0.5),
    "exponential": Exponential(0.4, factor=0.5),
    "inverse": Inverse(0.4, decay=0.5),
    "cosine": Cosine(0.4, epochs=4, end=0.1),
    "warm-up": WarmUp(Exponential(0.4, factor=0.5), epochs=4),
}


class Drawn(NamedTuple):
    """A layer with numbers: its parameters, its givens, its wires, and what flows back into its output."""

    layer: Any
    params: dict[str, np.ndarray]
    givens: dict[str, np.ndarray]
    into: list[np.ndarray]
    dout: np.ndarray


def numbers(rng, shape: tuple[int, ...]) -> np.ndarray:
    """As many different numbers as there are cells, up to ±3, none near another or near 0: no kink is in reach."""
    n = prod(shape)
    return (rng.permutation(n).reshape(shape) - (n - 1) / 2 + 0.25) * rng.uniform(2, 6) / n


def draw(row: Row, m: int = 5, seed: int = 0) -> Drawn:
    """The row with m examples."""
    rng = np.random.default_rng(seed)
    layer, shapes, given = row
    params = {k: numbers(rng, v.shape) for k, v in layer.init(rng, *shapes).items()}
    givens = {}
    if given == "noise":
        givens = layer.noise(rng, (*shapes[0], m))
    if given == "memory":
        givens = {k: v + abs(numbers(rng, v.shape)) for k, v in layer.memory(shapes[0]).items()}
    into = [numbers(rng, (*shape, m)) for shape in shapes]
    if isinstance(layer, Embedding):
        into = [rng.integers(layer.words, size=x.shape) for x in into]
    return Drawn(layer, params, givens, into, numbers(rng, (*layer.out_shape(*shapes), m)))


def draw_loss(row: LossRow, shape: tuple[int, ...] = (3, 5), seed: int = 0) -> tuple[Any, np.ndarray, np.ndarray]:
    """The loss, what it reads and its targets."""
    rng = np.random.default_rng(seed)
    softmax = lambda z: np.exp(z) / np.exp(z).sum(axis=0)
    kinds = {
        "numbers": lambda: numbers(rng, shape),
        "chances": lambda: 1 / (1 + np.exp(-numbers(rng, shape))),
        "shares": lambda: softmax(numbers(rng, shape)),
        "yes or no": lambda: rng.integers(2, size=shape).astype(float),
        "one-hot": lambda: np.moveaxis(np.eye(shape[0])[rng.integers(shape[0], size=shape[1:])], -1, 0),
    }
    return row.loss, kinds[row.reads](), kinds[row.targets]()


def tree() -> dict[str, dict[str, np.ndarray]]:
    """Parameters of two rows, for the optimizers and penalties."""
    rng = np.random.default_rng(1)
    return {name: {"W": numbers(rng, (n, 3)), "b": numbers(rng, (n, 1))} for name, n in {"Z1": 4, "Z2": 2}.items()}


def there_and_back(xp, layer, params, givens, into, dout) -> dict[str, Any]:
    """One forward and one backward on machine xp: every array that comes out, by name."""
    params, givens = ({k: xp.asarray(v) for k, v in named.items()} for named in (params, givens))
    out, cache = layer.forward(xp, *map(xp.asarray, into), **params, **givens)
    back, grads = layer.backward(xp, xp.asarray(dout), **params, **cache)
    back = back if isinstance(back, tuple) else (back,)
    return {"out": out} | {f"d{i}": d for i, d in enumerate(back)} | {f"d{k}": g for k, g in grads.items()}


def slopes(J, x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """∂J/∂x by central differences, one cell at a time."""
    out = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        keep = x[i]
        x[i] = keep + h
        up = J()
        x[i] = keep - h
        out[i] = (up - J()) / (2 * h)
        x[i] = keep
    return out


def machine(name: str) -> Any:
    """An array namespace by name; the test is skipped where its package is missing."""
    if name == "paper":
        from tests.object_arrays import Paper

        return Paper(places=15)
    packages = {"numpy": "numpy", "jax": "jax.numpy", "strict": "array_api_strict"}
    return pytest.importorskip(packages[name], reason=f"{packages[name]} is not installed: pip install it to compare")
