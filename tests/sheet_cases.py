"""Networks with numbers that are laid out on sheets: small ones of every kind, and one that is wide."""

from __future__ import annotations

import numpy as np

from workings.explain import explain
from workings.layers import Convolution, Dense, Flatten, LeakyRelu, LstmCell, Recurrent, Relu, Sigmoid, Softmax, Tanh
from workings.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from workings.network import chain


def drawn(network, loss, shape, m, outputs, kind, seed=0):
    """A network with numbers: its parameters, X and Y."""
    rng = np.random.default_rng(seed)
    start = network.init(rng, shape)
    params = {row: {s: W + rng.normal(0, 0.1, W.shape) for s, W in named.items()} for row, named in start.items()}
    X = rng.standard_normal((*shape, m)).round(3)
    Y = np.eye(outputs)[:, rng.integers(0, outputs, m)] if kind == "classes" else rng.random((outputs, m)).round(2)
    Y = (Y > 0.5).astype(float) if kind == "bits" else Y
    return network, loss, params, X, Y


NETWORKS = {
    "softmax": lambda: drawn(
        chain(Dense(4), Relu(), Dense(3), Softmax()), CategoricalCrossEntropy(), (3,), 3, 3, "classes"
    ),
    "sigmoid": lambda: drawn(chain(Dense(3), Tanh(), Dense(2), Sigmoid()), BinaryCrossEntropy(), (2,), 2, 2, "bits"),
    "squares": lambda: drawn(chain(Dense(3), LeakyRelu(), Dense(2)), SquaredError("mean"), (4,), 2, 2, "numbers"),
    "wide": lambda: drawn(
        chain(Dense(14), Relu(), Dense(13), Sigmoid(), Dense(2), Softmax()),
        CategoricalCrossEntropy(),
        (20,),
        15,
        2,
        "classes",
    ),
    "convolution": lambda: drawn(
        chain(Convolution(2, 2), Relu(), Flatten(), Dense(2), Softmax()),
        CategoricalCrossEntropy(),
        (1, 3, 3),
        2,
        2,
        "classes",
    ),
    "lstm": lambda: drawn(chain(Recurrent(LstmCell(2))), SquaredError("half"), (2, 2), 1, 2, "steps"),
}


def network_of(name, nudge=0.0):
    """One pass, with the first weight moved."""
    network, loss, params, X, Y = NETWORKS[name]()
    if name == "lstm":
        Y = np.full((2, 2, 1), 0.3)
    first = next(iter(params.values()))
    symbol = next(iter(first))
    first[symbol] = first[symbol].copy()
    first[symbol].flat[0] += nudge
    return explain(network, loss, params, X, Y)
