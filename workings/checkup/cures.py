"""Cures: what a check-up tells the user to write, as functions that change a copy and leave what they are given.

model = wk.checkup.redrawn(model, "Z1")              fresh weights for a layer, a few units, or all
model = wk.checkup.bent(model, "Z1", "relu")         an activation behind a layer that has none
model = wk.checkup.activated(model, "relu")          another activation in all hidden layers, weights drawn anew
X, y = wk.checkup.balanced(X, y)                     rows of the rarer classes repeated
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from workings.layers import Dense, Recurrent, Softmax
from workings.layers.cells import GruCell
from workings.network import Network, Row
from workings.parameters import by_label
from workings.specs import ACTIVATIONS, RECTIFIERS, activation

BENDS = tuple({type(known) for name, known in ACTIVATIONS.items() if name not in ("identity", "linear")} - {Softmax})


def redrawn(model: Any, row: str | Iterable[str] | None = None, units: Iterable[int] | None = None, seed: int = 0):
    """The model with fresh starting weights in these rows ("Z1"), or everywhere; of these `units` (from 0) only.

    He where a rectifier follows, else Xavier.

    >>> import numpy as np
    >>> from workings import Dense, Model
    >>> model = Model([Dense(2, "tanh", "zeros"), Dense(1)], inputs=3)
    >>> redrawn(model, "Z1").parameters["W1"].any(axis=1)
    array([ True,  True])
    """
    wanted = [row] if isinstance(row, str) else [r.name for r in model.network.rows] if row is None else list(row)
    if unknown := [name for name in wanted if name not in {r.name for r in model.network.rows}]:
        raise ValueError(f"there is no row {unknown[0]!r}; there are {', '.join(r.name for r in model.network.rows)}")
    network = Network({r.name: (started(model, r) if r.name in wanted else r.layer, *r.reads) for r in _rows(model)})
    if model.shape is None:
        return like(model, network, {})
    fresh = network.init(np.random.default_rng((seed, model.seed)), model.shape)
    params = {name: dict(named) for name, named in model.state.params.items()}
    for name in wanted:
        for symbol, W in fresh.get(name, {}).items():
            kept = np.array(params[name][symbol], dtype=float)
            some = slice(None) if units is None or kept.shape[0] != W.shape[0] else list(units)
            kept[some] = W[some]
            params[name][symbol] = kept
    return like(model, network, params)


def bent(model: Any, row: str, name: Any = "relu") -> Any:
    """The model with an activation behind a row, its weights as they are.

    >>> from workings import Dense, Model
    >>> [row.name for row in bent(Model([Dense(3), Dense(1)], inputs=2), "Z1").network.rows]
    ['Z1', 'A1', 'Z2']
    """
    table: dict[str, tuple[Any, ...]] = {}
    new = "A" + row[1:] if row[0] in "ZH" else f"A_{row}"
    names = {r.name for r in model.network.rows}
    while new in names:
        new += "'"
    for r in model.network.rows:
        table[r.name] = (r.layer, *(new if read == row else read for read in r.reads))
        if r.name == row:
            table[new] = (activation(name), row)
    return like(model, Network(table), model.state.params)


def activated(model: Any, name: Any, row: str | None = None) -> Any:
    """The model with another activation in this row, or in all hidden rows that bend, and with weights drawn anew.

    With a `row` the weights stay as they are.

    >>> from workings import Dense, Model
    >>> activated(Model([Dense(3, "sigmoid"), Dense(1)], inputs=2), "relu").network.rows[1].layer
    Relu()
    """
    output = model.network.output
    table = {}
    for r in model.network.rows:
        changed = r.name == row if row else r.name != output and isinstance(r.layer, BENDS)
        table[r.name] = (activation(name) if changed else r.layer, *r.reads)
    made = like(model, Network(table), model.state.params)
    return made if row else redrawn(made)


def gated(model: Any) -> Any:
    """The model with a GRU in place of every other recurrent cell, its weights drawn anew.

    >>> from workings import RNN, Dense, Model
    >>> gated(Model([RNN(4), Dense(1)], inputs=(2, 5))).network.rows[0].layer.cell
    GruCell(n_a=4, initializer='xavier')
    """
    table = {
        r.name: (Recurrent(GruCell(r.layer.cell.n_a)) if isinstance(r.layer, Recurrent) else r.layer, *r.reads)
        for r in model.network.rows
    }
    network = Network(table)
    params = network.init(np.random.default_rng(model.seed), model.shape) if model.shape else {}
    return like(model, network, params)


def classifying(model: Any, classes: int) -> Any:
    """The model with `classes` outputs and softmax in place of its last layer, and cross-entropy for its loss.

    >>> from workings import Dense, Model
    >>> classifying(Model([Dense(4, "relu"), Dense(1)], inputs=2), 3).network.rows[-1].layer
    Softmax()
    """
    rows = list(model.network.rows)
    if isinstance(rows[-1].layer, BENDS) and len(rows) > 1:
        rows.pop()
    last = rows.pop()
    if not isinstance(last.layer, Dense):
        raise ValueError(f"the network ends in {type(last.layer).__name__}; this is for one that ends in Dense")
    table: dict[str, tuple[Any, ...]] = {row.name: (row.layer, *row.reads) for row in rows}
    table[last.name] = (Dense(classes, "xavier"), *last.reads)
    end = "A" + last.name.lstrip("Z")
    table[end if end not in table else f"{end}'"] = (Softmax(), last.name)
    network = Network(table)
    params = {}
    if model.shape is not None:
        fresh = network.init(np.random.default_rng(model.seed), model.shape)
        params = dict(model.state.params) | {last.name: fresh[last.name]}
    made = like(model, network, params, loss="cross-entropy")
    made.labels = None
    return made


def started(model: Any, row: Row) -> Any:
    """The layer with the initializer that suits the activation behind it."""
    readers = [r.layer for r in model.network.rows if row.name in r.reads]
    name = "he" if readers and isinstance(readers[0], RECTIFIERS) else "xavier"
    return _starting(row.layer, name)


def _starting(layer: Any, name: str) -> Any:
    changed: dict[str, Any] = {}
    if not is_dataclass(layer) or isinstance(layer, type):
        return layer
    for part in fields(layer):
        if part.name == "initializer":
            changed["initializer"] = name
        elif part.name in ("cell", "inner"):
            changed[part.name] = _starting(getattr(layer, part.name), "xavier" if part.name == "cell" else name)
    return replace(layer, **changed) if changed else layer


def like(model: Any, network: Network, params: Any, loss: Any = None) -> Any:
    """A model of the same kind, seed, precision and labels with another network and these parameters."""
    start = by_label(network, {name: named for name, named in params.items() if named})
    start = start or (model._given if model.shape is None else {})
    made = type(model)(network, loss or model.loss, model.shape, start, model.conventions, model.seed, model.dtype)
    made.exact = None
    made.labels, made.preparation, made.columns = model.labels, model.preparation, model.columns
    return made


def _rows(model: Any) -> tuple[Row, ...]:
    return model.network.rows
