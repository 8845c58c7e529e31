"""Specs: what a user writes for a layer.  Each stands for the rows of the network it expands to.

Dense(16, "sigmoid")          Z1 (Dense), A1 (Sigmoid)
Convolution(8, 3, "relu")     Z1 (Convolution), A1 (Relu)
MaxPool(2)  Flatten()         P1, F1
BatchNorm()  Dropout(0.5)     N1, D1
RNN(32)  GRU(32)  LSTM(32)    H1 (Recurrent), F1 (Last) unless every step is wanted
Embedding(words, 16)          E1
Attention(8)                  Y1
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workings import layers, losses
from workings.network import Network, chain

ACTIVATIONS: dict[str, Any] = {
    "identity": layers.Identity(),
    "linear": layers.Identity(),
    "sigmoid": layers.Sigmoid(),
    "tanh": layers.Tanh(),
    "relu": layers.Relu(),
    "leaky-relu": layers.LeakyRelu(),
    "gelu": layers.Gelu(),
    "softplus": layers.Softplus(),
    "softmax": layers.Softmax(),
}
RECTIFIERS = (layers.Relu, layers.LeakyRelu, layers.Gelu, layers.Softplus)  # start from He; the others from Xavier


def activation(name: Any) -> Any:
    """The layer for an activation's name; a layer as it is, None as none."""
    if name is None or not isinstance(name, str):
        return name
    try:
        return ACTIVATIONS[name.lower().replace("_", "-")]
    except KeyError:
        raise ValueError(f"there is no activation {name!r}; there are {', '.join(ACTIVATIONS)}") from None


def count(name: str, n: Any) -> int:
    """A number of units, at least 1."""
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ValueError(f"{name} is a whole number from 1, not {n!r}")
    return n


@dataclass(frozen=True)
class Dense:
    """`units` neurons that see every feature; `activation` by name, or None for Z itself.

    `initializer`: "he", "xavier", "lecun", "small", "normal" or "zeros"; by default He for ReLU and its kin, else
    Xavier.

    >>> [type(layer).__name__ for layer in Dense(16, "sigmoid").layers()]
    ['Dense', 'Sigmoid']
    """

    units: int
    activation: Any = None
    initializer: str | None = None

    def layers(self) -> list[Any]:
        bends = activation(self.activation)
        start = self.initializer or ("he" if isinstance(bends, RECTIFIERS) else "xavier")
        return [layers.Dense(count("units", self.units), start)] + ([bends] if bends else [])


@dataclass(frozen=True)
class Convolution:
    """`kernels` of `k` by `k` cells, with `padding` zeros round the image; images are (m, c, h, w) or (m, h, w)."""

    kernels: int
    k: int
    activation: Any = None
    padding: int = 0
    initializer: str | None = None

    def layers(self) -> list[Any]:
        bends = activation(self.activation)
        start = self.initializer or ("he" if isinstance(bends, RECTIFIERS) else "xavier")
        made = layers.Convolution(count("kernels", self.kernels), count("k", self.k), self.padding, start)
        return [made] + ([bends] if bends else [])


@dataclass(frozen=True)
class _Recurrent:
    units: int
    every_step: bool = False

    def layers(self) -> list[Any]:
        walk = layers.Recurrent(self.cell(count("units", self.units)))
        return [walk] if self.every_step else [walk, layers.Last()]

    def cell(self, units: int) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class RNN(_Recurrent):
    """`units` that read a sequence (m, T, n) step by step; what they say last, or at every step."""

    def cell(self, units: int) -> Any:
        return layers.RnnCell(units)


@dataclass(frozen=True)
class GRU(_Recurrent):
    """RNN with gates u and r."""

    def cell(self, units: int) -> Any:
        return layers.GruCell(units)


@dataclass(frozen=True)
class LSTM(_Recurrent):
    """RNN with a memory behind three gates."""

    def cell(self, units: int) -> Any:
        return layers.LstmCell(units)


@dataclass(frozen=True)
class Attention:
    """One head over the steps of a sequence: `units` to say, `compare` numbers to compare by (as many by default)."""

    units: int
    compare: int | None = None

    def layers(self) -> list[Any]:
        return [layers.Attention(self.compare or count("units", self.units), self.units)]


def expand(specs: Iterable[Any]) -> Network:
    """The network that a list of specs (or of formula layers) stands for."""
    rows: list[Any] = []
    for spec in specs:
        if isinstance(spec, type):
            raise ValueError(f"{spec.__name__} needs its sizes: write {spec.__name__}(…), an object, not the class")
        made = spec.layers() if hasattr(spec, "layers") else [spec]
        if not all(hasattr(layer, "forward") for layer in made):
            raise ValueError(f'{spec!r} is not a layer; write for example Dense(16, "relu")')
        rows += made
    if not rows:
        raise ValueError('a model needs at least one layer, for example [Dense(10, "softmax")]')
    return chain(*rows)


def loss_for(network: Network, loss: Any = None) -> Any:
    """The loss by its name; by default the one that suits the last activation.

    "cross-entropy" is binary under sigmoid and categorical under softmax; "mse", "squared-error" and
    "half-squared-error" are the mean, the sum and half the sum of the squares.
    """
    last = network.rows[-1].layer
    entropies = {layers.Sigmoid: losses.BinaryCrossEntropy(), layers.Softmax: losses.CategoricalCrossEntropy()}
    squares = {"mse": "mean", "squared-error": "sum", "half-squared-error": "half"}
    entropy = entropies.get(type(last))
    if loss is None:
        return entropy or losses.SquaredError("mean")
    if not isinstance(loss, str):
        return loss
    if loss in squares:
        return losses.SquaredError(squares[loss])
    if loss != "cross-entropy":
        raise ValueError(f"there is no loss {loss!r}; there are cross-entropy, {', '.join(squares)}")
    if entropy is None:
        raise ValueError(
            f"cross-entropy takes the log of probabilities, but the network ends in {type(last).__name__}: "
            'end it with "softmax" (one class of several) or "sigmoid" (yes or no)'
        )
    return entropy
