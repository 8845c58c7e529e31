"""BatchNorm: rescale each feature by its mean and variance over the batch (Ioffe and Szegedy 2015).

    s    = sqrt(var + eps)        Zhat = (Z - mu) / s        Y = gamma Zhat + beta

    dgamma = Σ dY Zhat / m        dbeta = Σ dY / m
    dZ     = gamma / s (dY - mean(dY) - Zhat mean(dY Zhat))        with the batch's own mu and var
    dZ     = gamma / s dY                                          with remembered ones: they do not depend on Z

The mean and the variance run over every axis but the feature.  Training works them out from the batch and
remembers a running mean of each; prediction passes the remembered ones as givens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape
from workings.initializers import initial
from workings.layers.dropout import is_number


@dataclass(frozen=True)
class BatchNorm:
    """`keep` is the share of the running mean and variance that one batch leaves as it was."""

    eps: float = 1e-5
    keep: float = 0.9

    def __post_init__(self):
        if not is_number(self.eps) or not 0 <= self.eps < math.inf:
            raise ValueError(f"BatchNorm adds a little to the variance: eps is a number, 0 or more, not {self.eps!r}")
        if not is_number(self.keep) or not 0 <= self.keep <= 1:
            raise ValueError(f"BatchNorm keeps a share of what it knew: keep is in 0 ≤ keep ≤ 1, not {self.keep!r}")

    def init(self, rng, shape: Shape) -> Named:
        feature = (shape[0], *(1 for _ in shape))
        return {"gamma": initial("ones", rng, feature), "beta": initial("zeros", rng, feature)}

    def memory(self, shape: Shape) -> Named:
        """What is remembered before the first batch: mean 0, variance 1."""
        feature = (shape[0], *(1 for _ in shape))
        return {"mu": initial("zeros", None, feature), "var": initial("ones", None, feature)}

    def remember(self, cache: Named, *, mu: Array, var: Array) -> Named:
        """The running mean and variance after one more batch."""
        mu = self.keep * mu + (1 - self.keep) * cache["mu"]
        var = self.keep * var + (1 - self.keep) * cache["var"]
        return {"mu": mu, "var": var}

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def forward(
        self,
        xp: Namespace,
        Z: Array,
        *,
        gamma: Array,
        beta: Array,
        mu: Array = None,
        var: Array = None,
    ):
        axes = tuple(range(1, Z.ndim))
        found = {}
        if mu is None or var is None:
            mu = xp.mean(Z, axis=axes, keepdims=True)
            var = xp.mean((Z - mu) ** 2, axis=axes, keepdims=True)
            found = {"mu": mu, "var": var}
        s = xp.sqrt(var + self.eps)
        Zhat = (Z - mu) / s
        Y = gamma * Zhat + beta
        return Y, {"Zhat": Zhat, "s": s, **found}

    def backward(
        self,
        xp: Namespace,
        dY: Array,
        *,
        gamma: Array,
        beta: Array,
        Zhat: Array,
        s: Array,
        mu: Array | None = None,
        var: Array | None = None,
    ):
        m, axes = dY.shape[-1], tuple(range(1, dY.ndim))
        dgamma = xp.sum(dY * Zhat, axis=axes, keepdims=True) / m
        dbeta = xp.sum(dY, axis=axes, keepdims=True) / m
        grads = {"gamma": dgamma, "beta": dbeta}
        if mu is None:  # a remembered mean does not depend on Z
            return gamma / s * dY, grads
        along = xp.mean(dY * Zhat, axis=axes, keepdims=True)
        dZ = gamma / s * (dY - xp.mean(dY, axis=axes, keepdims=True) - Zhat * along)
        return dZ, grads
