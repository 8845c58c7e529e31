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
from dataclasses import dataclass, is_dataclass
from typing import Any

from workings import layers, losses
from workings.layers.sizes import checked, count
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
    "exp": layers.Exp(),
    "softmax": layers.Softmax(),
}
RECTIFIERS = (layers.Relu, layers.LeakyRelu, layers.Gelu, layers.Softplus)  # start from He; the others from Xavier


def activation(name: Any) -> Any:
    """The layer for an activation's name; a layer as it is, None as none.

    >>> activation("ReLU")
    Relu()
    """
    if isinstance(name, type):
        raise ValueError(f"{name.__name__} is a class: write {name.__name__}(), or its name in quotes")
    if name is None or hasattr(name, "forward"):
        return name
    if not isinstance(name, str):
        raise ValueError(f'an activation is a name such as "relu", or a layer, not {name!r}')
    try:
        return ACTIVATIONS[name.lower().replace("_", "-")]
    except KeyError:
        raise ValueError(f"there is no activation {name!r}; there are {', '.join(ACTIVATIONS)}") from None


class _Spec:
    """What all specs do: make their layers at once, which look at their sizes, where they were written."""

    def __post_init__(self) -> None:
        self.layers()

    def layers(self) -> list[Any]:
        """The rows of the network, as formula layers."""
        raise NotImplementedError


@dataclass(frozen=True)
class Dense(_Spec):
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
class Convolution(_Spec):
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
class _Recurrent(_Spec):
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
class Attention(_Spec):
    """One head over the steps of a sequence: `units` to say, `compare` numbers to compare by (as many by default)."""

    units: int
    compare: int | None = None

    def layers(self) -> list[Any]:
        units = count("units", self.units)
        return [layers.Attention(units if self.compare is None else count("compare", self.compare), units)]


def expand(specs: Iterable[Any]) -> Network:
    """The network that a list of specs (or of formula layers) stands for.

    >>> [row.name for row in expand([Dense(16, "relu"), Dense(10, "softmax")]).rows]
    ['Z1', 'A1', 'Z2', 'A2']
    """
    if isinstance(specs, str) or not isinstance(specs, Iterable):
        specs = [specs]
    rows: list[Any] = []
    for spec in specs:
        if isinstance(spec, type):
            raise ValueError(f"{spec.__name__} needs its sizes: write {spec.__name__}(…), an object, not the class")
        made = spec.layers() if hasattr(spec, "layers") else [spec]
        if not all(hasattr(layer, "forward") for layer in made):
            raise ValueError(f'{spec!r} is not a layer; write for example Dense(16, "relu")')
        rows += [checked(layer) if is_dataclass(layer) else layer for layer in made]
    if not rows:
        raise ValueError('a model needs at least one layer, for example [Dense(10, "softmax")]')
    _check_end(rows)
    return chain(*rows)


def _check_end(rows: list[Any]) -> None:
    """Two slips that train without a word and learn nothing: softmax twice, and softmax of one number."""
    if len(rows) < 2 or not isinstance(rows[-1], layers.Softmax):
        return
    before = rows[-2]
    if isinstance(before, layers.Softmax | layers.Sigmoid):
        name = type(before).__name__.lower()
        raise ValueError(
            f"softmax reads the {name} before it, so its shares could hardly differ: "
            "give the last layer one activation, softmax"
        )
    if isinstance(before, layers.Dense) and before.n_out == 1:
        raise ValueError('softmax of one output is always 1: use Dense(1, "sigmoid") or Dense(2, "softmax")')


def loss_for(network: Network, loss: Any = None) -> Any:
    """The loss by its name; by default the one that suits the last activation.

    "cross-entropy" is binary under sigmoid and categorical under softmax; "mse", "squared-error" and
    "half-squared-error" are the mean, the sum and half the sum of the squares; "poisson" is for counts, after "exp".
    """
    last = network.rows[-1].layer
    entropies = {layers.Sigmoid: losses.BinaryCrossEntropy(), layers.Softmax: losses.CategoricalCrossEntropy()}
    squares = {"mse": "mean", "squared-error": "sum", "half-squared-error": "half"}
    entropy = entropies.get(type(last))
    if loss is None:
        return entropy or losses.SquaredError("mean")
    if isinstance(loss, type):
        raise ValueError(f"{loss.__name__} is a class: write {loss.__name__}(), with brackets")
    if not isinstance(loss, str):
        if not hasattr(loss, "forward") or not hasattr(loss, "backward"):
            raise ValueError(f'the loss is a name such as "mse" or a loss object, not {loss!r}')
        return loss
    loss = loss.lower().replace("_", "-").replace(" ", "-")
    if loss in squares:
        return losses.SquaredError(squares[loss])
    if loss == "poisson":
        return losses.Poisson()
    if loss != "cross-entropy":
        raise ValueError(f"there is no loss {loss!r}; there are cross-entropy, poisson, {', '.join(squares)}")
    if entropy is None:
        raise ValueError(
            f"cross-entropy takes the log of probabilities, but the network ends in {type(last).__name__}: "
            'end it with "softmax" (one class of several) or "sigmoid" (yes or no)'
        )
    return entropy
