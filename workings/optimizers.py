"""Optimizers: how a gradient dW becomes a step.  α is the learning rate, given anew at every step.

    gradient descent   W ← W - α dW
    momentum           V ← μ V + dW                       W ← W - α V                     (Polyak 1964)
    Nesterov           V ← μ V + dW                       W ← W - α (dW + μ V)            (Nesterov 1983)
    RMSprop            S ← ρ S + (1 - ρ) dW²              W ← W - α dW / (√S + ε)         (Hinton 2012)
    Adam               M ← β₁ M + (1 - β₁) dW             M̂ = M / (1 - β₁ᵗ)               (Kingma and Ba 2015)
                       S ← β₂ S + (1 - β₂) dW²            Ŝ = S / (1 - β₂ᵗ)
                                                          W ← W - α M̂ / (√Ŝ + ε)
    AdamW              W ← W - α λ W, then as Adam                                        (Loshchilov and Hutter 2019)

An optimizer is its `step`: the formula for one parameter, whose memory (V, M, S) comes in and goes out by name.
`init` and `update` do the same for a whole tree of parameters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from workings.contract import Array, Named, Namespace, Tree
from workings.scan import tree_map


class EveryParameter(ABC):
    """Walks `step` over a tree: init(parameters) → state, update(xp, parameters, gradients, state, alpha)."""

    remembers: ClassVar[tuple[str, ...]] = ()  # the symbols of the memory, each shaped like its parameter

    @abstractmethod
    def step(self, *args: Any, **kwargs: Any) -> tuple[Array, Named]:
        """step(xp, W, dW, alpha, t, **memory) → W and memory after step t, counted from 1."""

    def init(self, params: Tree) -> Tree:
        return {"t": 0.0} | {symbol: tree_map(lambda W: W * 0, params) for symbol in self.remembers}

    def update(self, xp: Namespace, params: Tree, grads: Tree, state: Tree, alpha: float) -> tuple[Tree, Tree]:
        t = state["t"] + 1
        memories = [state[symbol] for symbol in self.remembers]

        def one(W: Array, dW: Array, *memory: Array) -> _Made:
            W, kept = self.step(xp, W, dW, alpha, t, **dict(zip(self.remembers, memory, strict=True)))
            return _Made(W, kept)

        made = tree_map(one, params, grads, *memories)
        kept = {symbol: tree_map(lambda x, s=symbol: x.kept[s], made) for symbol in self.remembers}
        return tree_map(lambda x: x.W, made), {"t": t, **kept}


@dataclass(frozen=True)
class _Made:
    W: Array
    kept: Named


@dataclass(frozen=True)
class GradientDescent(EveryParameter):
    """Straight down the slope."""

    def step(self, xp: Namespace, W: Array, dW: Array, alpha: float, t: float):
        W = W - alpha * dW
        return W, {}


@dataclass(frozen=True)
class Momentum(EveryParameter):
    """A heavy ball: V gathers the slopes passed (PyTorch's form).

    `averaged` takes V ← μ V + (1 - μ) dW instead, the form of Ng's course: the same path at α / (1 - μ).
    """

    mu: float = 0.9
    averaged: bool = False
    remembers: ClassVar[tuple[str, ...]] = ("V",)

    def step(self, xp: Namespace, W: Array, dW: Array, alpha: float, t: float, *, V: Array):
        share = 1 - self.mu if self.averaged else 1
        V = self.mu * V + share * dW
        W = W - alpha * V
        return W, {"V": V}


@dataclass(frozen=True)
class Nesterov(EveryParameter):
    """Momentum that looks one step ahead (the form of Sutskever et al. 2013, as in PyTorch)."""

    mu: float = 0.9
    remembers: ClassVar[tuple[str, ...]] = ("V",)

    def step(self, xp: Namespace, W: Array, dW: Array, alpha: float, t: float, *, V: Array):
        V = self.mu * V + dW
        W = W - alpha * (dW + self.mu * V)
        return W, {"V": V}


@dataclass(frozen=True)
class RMSprop(EveryParameter):
    """Every parameter's slope measured by its own recent size."""

    rho: float = 0.9
    epsilon: float = 1e-8
    remembers: ClassVar[tuple[str, ...]] = ("S",)

    def step(self, xp: Namespace, W: Array, dW: Array, alpha: float, t: float, *, S: Array):
        S = self.rho * S + (1 - self.rho) * dW**2
        W = W - alpha * dW / (xp.sqrt(S) + self.epsilon)
        return W, {"S": S}


@dataclass(frozen=True)
class Adam(EveryParameter):
    """Momentum over RMSprop, both corrected for having started from 0.

    `uncorrected` puts ε beside √S instead of √Ŝ: the paper's second form (the end of its section 2), scikit-learn's.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    uncorrected: bool = False
    remembers: ClassVar[tuple[str, ...]] = ("M", "S")

    def step(self, xp: Namespace, W: Array, dW: Array, alpha: float, t: float, *, M: Array, S: Array):
        M = self.beta1 * M + (1 - self.beta1) * dW
        S = self.beta2 * S + (1 - self.beta2) * dW**2
        M_hat = M / (1 - self.beta1**t)
        S_hat = S / (1 - self.beta2**t)
        epsilon = self.epsilon / (1 - self.beta2**t) ** 0.5 if self.uncorrected else self.epsilon
        W = W - alpha * M_hat / (xp.sqrt(S_hat) + epsilon)
        return W, {"M": M, "S": S}


@dataclass(frozen=True)
class AdamW(EveryParameter):
    """Adam with the weights (and biases) shrunk by αλ of themselves at every step, apart from the gradient."""

    decay: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    remembers: ClassVar[tuple[str, ...]] = ("M", "S")

    def step(self, xp: Namespace, W: Array, dW: Array, alpha: float, t: float, *, M: Array, S: Array):
        adam = Adam(self.beta1, self.beta2, self.epsilon)
        W = W - alpha * self.decay * W
        return adam.step(xp, W, dW, alpha, t, M=M, S=S)


OPTIMIZERS: dict[str, EveryParameter] = {
    "gradient-descent": GradientDescent(),
    "momentum": Momentum(),
    "nesterov": Nesterov(),
    "rmsprop": RMSprop(),
    "adam": Adam(),
    "adamw": AdamW(),
}
DEFAULT_RATES = {"rmsprop": 0.001, "adam": 0.001, "adamw": 0.001}  # as published; the others: 0.1
