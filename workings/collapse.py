"""Collapse: linear layers in a row are one linear layer.

    W2 (W1 X + b1) + b2  =  (W2 W1) X + (W2 b1 + b2)  =  W′ X + b′

However many are stacked, nothing is gained until something between them bends.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.layers import Dense, Identity
from workings.model import Model
from workings.network import chain
from workings.parameters import by_label


def merged(W1: Any, b1: Any, W2: Any, b2: Any) -> tuple[Any, Any]:
    """W′ and b′ of two dense layers with nothing between them: exact where the numbers are.

    >>> W, b = merged(np.array([[1, 2], [3, 4]]), np.array([[1], [2]]), np.array([[1, 1]]), np.array([[5]]))
    >>> W.tolist(), b.tolist()
    ([[4, 6]], [[8]])
    """
    W = W2 @ W1
    b = W2 @ b1 + b2
    return W, b


def collapse(model: Model) -> Model:
    """The shortest model that says the same: every run of dense layers without a bend between them made one.

    The layers that bend stay where they are.  Raises ValueError for a network that branches.
    """
    rows = model.network.rows
    if any(row.reads != (before,) for row, before in zip(rows, ["X", *(row.name for row in rows)], strict=False)):
        raise ValueError("this network branches; collapse reads a plain stack, where each row reads the one above")
    exact = model.exact
    layers: list[Any] = []
    params: list[Any] = []
    for name, layer, _ in rows:
        own = exact[name] if exact and name in exact else model.state.params.get(name, {})
        own = {symbol: W if exact else np.asarray(W, np.float64) for symbol, W in own.items()}
        if isinstance(layer, Identity):
            continue
        if isinstance(layer, Dense) and layers and isinstance(layers[-1], Dense):
            before = params[-1]
            W, b = merged(before["W"], before["b"], own["W"], own["b"])
            layers[-1], params[-1] = layer, {"W": W, "b": b}
        else:
            layers.append(layer)
            params.append(own)
    network = chain(*(layers or [Identity()]))
    tree = {row.name: own for row, own in zip(network.rows, params, strict=False) if own}
    start = by_label(network, tree)
    short = Model(network, model.loss, model.shape, start, model.conventions, model.seed, model.dtype)
    short.labels, short.preparation = model.labels, model.preparation
    return short
