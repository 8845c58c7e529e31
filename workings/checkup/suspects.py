"""Suspects: wrong ways back that people really write, each worked out, to see which of them gives the wrong numbers.

one array alone      c · dW, the transpose, dW + λ W
the way back         a row's slope left out, a wrong cache, weights that were updated before they were read
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from workings.contract import Tree
from workings.layers import Convolution, Dense, Dropout, Sigmoid, Softplus, Tanh
from workings.network import Network

NEAR = 1e-6  # of the largest number: what a suspect must come to


class Suspect(NamedTuple):
    """A fault by name, where it lies, and the gradients it would give."""

    fault: str
    row: str
    said: str
    gradients: Callable[[], Tree]


class Alone(NamedTuple):
    """What one array alone shows: a fault by name, and a sentence."""

    fault: str
    said: str


def alone(given: np.ndarray, slope: np.ndarray, known: np.ndarray, W: np.ndarray, m: int, k: int) -> Alone | None:
    """The fault that turns the slopes of one array (where they are `known`) into what was given, if it is simple.

    `m` examples, `k` outputs.
    """
    g, t, w = given[known], slope[known], W[known]
    size = float(np.abs(t).max()) if t.size else 0.0
    if size == 0:
        return Alone("zero", "the slopes are 0 and these are not") if np.abs(g).max() > 0 else None
    ratio = float(g @ t / (t @ t))
    if ratio == 0 and not g.any():
        return Alone("zero", "all of them are 0, and the slopes are not")
    if np.abs(g - ratio * t).max() <= NEAR * abs(ratio) * size and abs(ratio - 1) > NEAR:
        return Alone(*factor(ratio, m, k))
    if given.ndim == 2 and given.shape[0] == given.shape[1] > 1:
        turned = given.T[known]
        ratio = float(turned @ t / (t @ t))
        if ratio and np.abs(turned - ratio * t).max() <= NEAR * abs(ratio) * size:
            more = "" if abs(ratio - 1) <= NEAR else f", and {factor(ratio, m, k)[1]}"
            return Alone("transposed", f"it is transposed: rows and columns have changed places{more}")
    if w.any():
        decay = float((g - t) @ w / (w @ w))
        if decay and np.abs(g - t - decay * w).max() <= NEAR * max(size, abs(decay) * float(np.abs(w).max())):
            return Alone(
                "penalty", f"{decay:.4g} times the parameter itself is in it: a penalty that J does not have"
            )
    return None


def factor(ratio: float, m: int, k: int) -> tuple[str, str]:
    """A ratio in words.

    >>> factor(-1.0, 5, 3), factor(5.0, 5, 3)[1]
    (('sign', 'its sign is turned'), 'it is m = 5 times too big: the division by m is missing')
    """
    near = lambda x: abs(ratio - x) <= NEAR * abs(x)
    if near(-1):
        return "sign", "its sign is turned"
    if ratio < 0:
        return "sign", f"its sign is turned, and {factor(-ratio, m, k)[1]}"
    if m > 1 and near(m):
        return "no 1/m", f"it is m = {m} times too big: the division by m is missing"
    if m > 1 and near(1 / m):
        return "1/m twice", f"it is m = {m} times too small: it was divided by m twice"
    if k > 1 and near(k):
        return "factor", f"it is {k} times too big, once for each of {k} outputs: a mean was taken for a sum"
    if k > 1 and near(1 / k):
        return "factor", f"it is {k} times too small, as the number of outputs: a sum was taken for a mean"
    words = f"{ratio:.6g} times too big" if ratio > 1 else f"{1 / ratio:.6g} times too small"
    return "factor", f"it is {words}"


def suspects(network: Network, back: Callable[[Network], Tree], wires: dict[str, np.ndarray]) -> Iterator[Suspect]:
    """Every wrong way back that this network could have, one fault at a time.

    `back(network)` is the way back through a network of the same rows.
    """
    for name, layer, reads in network.rows:
        through = lambda made, name=name: back(exchanged(network, name, made))
        shape = wires[name].shape
        flat = wires[reads[0]].shape == shape and not isinstance(layer, Dense | Convolution)
        if flat and len(reads) == 1:
            what = "the mask" if isinstance(layer, Dropout) else "the slope"
            said = f"{what} of {name} is left out: d{reads[0]} was taken as d{name}"
            yield Suspect("mask left out", name, said, lambda t=through, x=layer: t(PassThrough(x)))
        if isinstance(layer, Sigmoid | Tanh | Softplus):
            said = f"the slope of {name} was worked out from {reads[0]} where {name} belongs"
            yield Suspect("wrong cache", name, said, lambda t=through, x=layer: t(SlopeOfZ(x)))
        if isinstance(layer, Dense):
            for other, A in wires.items():
                if other != reads[0] and A.shape == wires[reads[0]].shape:
                    said = f"dW of {name} was worked out with {other} where {reads[0]} belongs"
                    yield Suspect("wrong cache", name, said, lambda t=through, x=layer, A=A: t(OtherInput(x, A)))
            if wires[reads[0]].shape == shape:
                said = f"d{reads[0]} was worked out with the weights of {name} where their transpose belongs"
                yield Suspect("transposed", name, said, lambda t=through, x=layer: t(Untransposed(x)))


def exchanged(network: Network, row: str, layer: Any) -> Network:
    """The network with another layer in one row."""
    return Network({r.name: (layer if r.name == row else r.layer, *r.reads) for r in network.rows})


def updated(
    network: Network, back: Callable[[Network], Tree], far: Callable[[Tree], np.ndarray], given: np.ndarray
) -> float | None:
    """The learning rate with which the weights would have been updated before the way back read them.

    `far` picks the cells to look at, `given` are those that were handed in.  Gauss and Newton's steps from 0, which
    end where the way back with W - α dW gives what was given.
    """

    def at(alpha: float) -> np.ndarray:
        table = {r.name: (Updated(r.layer, alpha), *r.reads) for r in network.rows}
        return far(back(Network(table)))

    alpha, start = 0.0, at(0.0)
    for _ in range(30):
        here = at(alpha)
        size = 1e-5 * max(1.0, abs(alpha))
        slope = (at(alpha + size) - at(alpha - size)) / (2 * size)
        if not np.isfinite(slope).all() or not slope.any():
            return None
        step = float((given - here) @ slope / (slope @ slope))
        alpha += step
        if abs(step) <= 1e-12 * max(1.0, abs(alpha)):
            break
    good = np.abs(at(alpha) - given).max() <= NEAR * np.abs(given).max()
    return alpha if good and alpha > 0 and np.abs(start - given).max() > 0 else None


@dataclass(frozen=True)
class Wrong:
    """A layer with another way back."""

    layer: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "layer"), name)

    def forward(self, xp: Any, *into: Any, **given: Any) -> Any:
        return self.layer.forward(xp, *into, **given)


class PassThrough(Wrong):
    def backward(self, xp: Any, dA: Any, **cache: Any) -> Any:
        _, grads = self.layer.backward(xp, dA, **cache)
        return dA, grads


@dataclass(frozen=True)
class SlopeOfZ(Wrong):
    """What the slope becomes when Z is put where A belongs."""

    def forward(self, xp: Any, Z: Any, **given: Any) -> Any:
        A, cache = self.layer.forward(xp, Z, **given)
        return A, {symbol: Z if symbol == "A" else A for symbol in cache}

    def backward(self, xp: Any, dA: Any, **cache: Any) -> Any:
        return self.layer.backward(xp, dA, **cache)


@dataclass(frozen=True)
class OtherInput(Wrong):
    A: Any = None

    def backward(self, xp: Any, dZ: Any, *, W: Any, b: Any, **cache: Any) -> Any:
        return self.layer.backward(xp, dZ, W=W, b=b, A=self.A)


class Untransposed(Wrong):
    def backward(self, xp: Any, dZ: Any, *, W: Any, b: Any, A: Any) -> Any:
        _, grads = self.layer.backward(xp, dZ, W=W, b=b, A=A)
        return W @ dZ, grads


@dataclass(frozen=True)
class Updated(Wrong):
    """The gradients of the parameters are right; what goes on down was worked out with parameters a step further."""

    alpha: float = 0.0

    def backward(self, xp: Any, dZ: Any, **cache: Any) -> Any:
        back, grads = self.layer.backward(xp, dZ, **cache)
        if not grads:
            return back, grads
        moved = {symbol: cache[symbol] - self.alpha * g for symbol, g in grads.items()}
        return self.layer.backward(xp, dZ, **{**cache, **moved})[0], grads
