"""Cases: the random layers and networks that functions are tried on, fresh each time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np


def layers(rng: np.random.Generator) -> list[dict[str, Any]]:
    """One layer, drawn: two of unequal sizes, one with all sizes equal, one example, one unit."""
    a, b, c, d = (int(n) for n in rng.choice(np.arange(3, 8), 4, replace=False))
    sizes = [(a, b, c), (b, c, d), (4, 4, 4), (a, b, 1), (b, 1, c)]
    acts = ["relu", "sigmoid", "relu", "sigmoid", str(rng.choice(["relu", "sigmoid"]))]
    return [_layer(rng, *size, act) for size, act in zip(sizes, acts, strict=True)]


def drawn(rng: np.random.Generator, *shape: int) -> Any:
    """Numbers with three digits, none of them 0."""
    x = np.round(rng.normal(0, 1, shape), 3)
    return np.where(x == 0, 0.5, x)


def _layer(rng: np.random.Generator, before: int, n: int, m: int, activation: str) -> dict[str, Any]:
    return {
        "case": f"a layer of {before} to {n} units with {_count(m)}",
        "m": m,
        "k": n,
        "A_prev": drawn(rng, before, m),
        "W": drawn(rng, n, before),
        "b": drawn(rng, n, 1),
        "Z": drawn(rng, n, m),
        "dZ": drawn(rng, n, m),
        "dA": drawn(rng, n, m),
        "activation": activation,
    }


def networks(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Whole networks, drawn: two layers and three, also of equal sizes, one example, and three outputs."""
    a, b, m, other = (int(n) for n in rng.choice(np.arange(3, 8), 4, replace=False))
    return [
        _network(rng, [a, b, 1], m),
        _network(rng, [b, other, 1], a, 3),
        _network(rng, [a, b, other, 1], m),
        _network(rng, [4, 4, 1], 4),
        _network(rng, [4, 4, 4, 1], 4),
        _network(rng, [a, b, 1], 1),
        _network(rng, [a, other, 3], m + 1),
        _network(rng, [a, b, other, 3], m),
    ]


def _count(m: int) -> str:
    return f"{m} example{'s' * (m > 1)}"


def _network(rng: np.random.Generator, sizes: list[int], m: int, steps: int = 1) -> dict[str, Any]:
    p: dict[str, Any] = {}
    for layer, (before, n) in enumerate(pairwise(sizes), 1):
        p |= {f"W{layer}": drawn(rng, n, before), f"b{layer}": drawn(rng, n, 1)}
    k = sizes[-1]
    if k > 1:
        Y = np.eye(k)[:, (np.arange(m) + rng.integers(k)) % k]
    else:
        Y = (np.arange(m)[None, :] + rng.integers(2)) % 2 * 1.0
    return {
        "case": f"a network of {'-'.join(map(str, sizes))} units with {_count(m)}",
        "deep": len(sizes) > 3,
        "m": m,
        "k": k,
        "X": drawn(rng, sizes[0], m),
        "Y": Y,
        "parameters": p,
        "grads": {f"d{key}": drawn(rng, *W.shape) for key, W in p.items()},
        "AL": np.round(rng.uniform(0.1, 0.9, (k, m)), 3) if k == 1 else _shares(rng, k, m),
        "learning_rate": round(float(rng.uniform(0.05, 0.3)), 3),
        "layers_dims": sizes,
        "n_x": sizes[0],
        "n_h": sizes[1],
        "n_y": sizes[-1],
        "iterations": steps,
    }


def _shares(rng: np.random.Generator, k: int, m: int) -> Any:
    E = rng.uniform(0.2, 1, (k, m))
    return E / E.sum(axis=0)
