"""Network: an estimator's lists of arrays as a network of the house with its parameters, and back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from workings.contract import Array, Tree
from workings.layers import Dense, Dropout
from workings.network import Network, chain
from workings.specs import activation as by_name

# scikit-learn's names, then ours
ACTIVATIONS = {
    "identity": None,
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "sigmoid": "sigmoid",
    "leaky-relu": "leaky-relu",
    "gelu": "gelu",
    "softplus": "softplus",
}
LARGEST = 2**31  # parameters


@dataclass(frozen=True)
class Task:
    """What is predicted: the last activation (scikit-learn's name and ours), both faces of the loss, the metric."""

    name: str
    activation: Any
    textbook: Any
    loss: Any
    metric: Any


def network_of(activation: str, sizes: list[int], dropout: float = 0.0, last: Any = None) -> Network:
    """Dense layers of these sizes, with an activation behind each hidden one, and dropout behind that.

    `last` is the activation of the outputs, if the loss does not bring it along.
    """
    layers: list[Any] = []
    for n in sizes[:-1]:
        layers.append(Dense(n))
        if (bends := by_name(ACTIVATIONS[activation])) is not None:
            layers.append(bends)
        if dropout:
            layers.append(Dropout(dropout))
    return chain(*layers, Dense(sizes[-1]), *([last] if last is not None else []))


def glorot(random: np.random.RandomState, sizes: list[int], activation: str, dtype: Any) -> tuple[list, list]:
    """Starting weights and biases, drawn as scikit-learn draws them (Glorot and Bengio 2010).

    Uniform within √(6 / (n_in + n_out)), or √(2 / …) for the sigmoid: layer after layer W, then b.
    """
    coefs, intercepts = [], []
    for n_in, n_out in pairwise(sizes):
        bound = np.sqrt((2.0 if ACTIVATIONS[activation] == "sigmoid" else 6.0) / (n_in + n_out))
        coefs.append(random.uniform(-bound, bound, (n_in, n_out)).astype(dtype, copy=False))
        intercepts.append(random.uniform(-bound, bound, n_out).astype(dtype, copy=False))
    return coefs, intercepts


def params_of(coefs: list[Array], intercepts: list[Array], dtype: Any = None) -> Tree:
    """{"Z1": {"W": (n_out, n_in), "b": (n_out, 1)}, …}"""
    pairs = enumerate(zip(coefs, intercepts, strict=True), 1)
    return {f"Z{l}": {"W": np.asarray(W, dtype).T, "b": np.asarray(b, dtype).reshape(-1, 1)} for l, (W, b) in pairs}


def lists_of(params: Tree, dtype: Any) -> tuple[list[Array], list[Array]]:
    """And back: coefs_ (n_in, n_out) and intercepts_ (n_out,)."""
    coefs = [np.array(named["W"].T, dtype, order="C") for named in params.values()]
    return coefs, [np.array(named["b"][:, 0], dtype) for named in params.values()]
