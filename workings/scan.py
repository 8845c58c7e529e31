"""scan: walk one step function along axis 0, on any machine.

JAX compiles the step once (lax.scan); NumPy and ink use a plain loop, so a worksheet can follow every step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workings.contract import Namespace, Tree


def scan(xp: Namespace, step: Callable[..., Any], carry: Tree, xs: Tree, reverse: bool = False) -> tuple[Tree, Tree]:
    """carry, y = step(carry, x) for every x; the ys come back stacked, in the order of xs."""
    if getattr(xp, "__name__", "") == "jax.numpy":
        from jax import lax  # jax is optional

        return lax.scan(step, carry, xs, reverse=reverse)
    order = range(len_of(xs))[:: -1 if reverse else 1]
    ys = {}
    for t in order:
        carry, ys[t] = step(carry, tree_map(lambda x, t=t: x[t, ...], xs))
    return carry, tree_map(lambda *y: xp.stack(list(y)), *(ys[t] for t in sorted(ys)))


def tree_map(f: Callable[..., Any], *trees: Tree) -> Tree:
    """f of the leaves that stand in the same place of every tree (dicts and tuples of arrays)."""
    first = trees[0]
    if isinstance(first, dict):
        return {k: tree_map(f, *(t[k] for t in trees)) for k in first}
    if isinstance(first, tuple):
        return tuple(tree_map(f, *parts) for parts in zip(*trees, strict=True))
    return f(*trees)


def len_of(tree: Tree) -> int:
    """How many steps there are: the length of axis 0 of the first leaf."""
    while isinstance(tree, dict | tuple):
        tree = next(iter(tree.values() if isinstance(tree, dict) else tree))
    return tree.shape[0]
