"""Follow: one answer of a network, from the output neuron down to what it strongest saw.

At every sum the largest term in the direction of the result is followed: what spoke most for it.  All numbers come
from `Model.explain`; nothing is computed here but the order of the terms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np

from workings.report.answer import Answer, Bend, Share, Sum, Term, lowest
from workings.sheets.text import text

SHOWN = 6  # the terms of a long sum that are written out
CELLWISE = ("Identity", "Sigmoid", "Tanh", "Relu", "LeakyRelu", "Gelu", "Softplus", "Exp", "Softmax", "Dropout")
CELLWISE = (*CELLWISE, "BatchNorm")  # with what it remembered


def answer(
    model: Any, x: Any, right: Any = None, where: str = "", names: Sequence[str] = (), before: Any = None
) -> Answer:
    """The answer of a model for one example, x (n,), with its way down.

    `right` is the true label, `where` says which example this is, `names` are the features' and `before` is the row
    as it came, by column.  A batch norm, or a scaler that became one, is passed with what it remembered.
    Raises ValueError for a network that is no plain chain of dense layers.
    """
    x = np.asarray(x)
    _must_be_a_chain(model)
    said = _plain(model.predict(x[None])[0])
    w = model.explain(x[None], [said if right is None else right])
    labels = model._reader.answers()  # of a network from elsewhere: 0, 1, 2, …
    number = labels is None or labels.kind == "numbers"
    classes = [] if labels is None or number else [_plain(c) for c in labels.classes]
    shares = () if number else _shares(model, w, classes)
    steps = _down(model, w, said, classes)
    bottom = lowest(steps)
    return Answer(
        said,
        _plain(right),
        shares,
        steps,
        _picture(model, x, names),
        tuple(names),
        _prepared(model, before, bottom, names) if before is not None else (),
        where,
        number,
        bottom.terms,
    )


def _must_be_a_chain(model: Any) -> None:
    before = "X"
    for name, layer, reads in model.network.rows:
        kind = type(layer).__name__
        if reads != (before,) or (kind not in CELLWISE and kind != "Dense"):
            raise ValueError(
                f"the way down is told for chains of dense layers, and {name} is a {kind} of {', '.join(reads)}: "
                "name the cell to be explained instead, such as 'J'"
            )
        before = name
    if not any(type(layer).__name__ == "Dense" for _, layer, _ in model.network.rows):
        raise ValueError("the way down leads through sums, and this network has no dense layer: name a cell instead")
    if model.shape is None or len(model.shape) != 1:
        raise ValueError("the way down is told for tables and pictures in rows: name a cell to be explained instead")


def _down(model: Any, w: Any, said: Any, classes: Sequence[Any]) -> tuple[Sum | Bend, ...]:
    """The steps from the output to the first sum."""
    outputs = w[model.network.output].shape[0]
    i = classes.index(said) if classes and outputs > 1 else 0
    steps: list[Sum | Bend] = []
    for name, layer, (reads,) in reversed(model.network.rows):
        cell = w[name][i, 0]
        if type(layer).__name__ == "Dense":
            steps.append(found := _sum(cell, reads, i))
            i = found.follows.index
        else:
            kind = type(layer).__name__.lower()
            told = _opened(w, cell, reads) if kind == "batchnorm" else _bent(w, cell, reads)
            steps.append(Bend(_board(cell), i, kind, tuple(told), float(cell)))
    return tuple(steps)


def _bent(w: Any, cell: Any, reads: str) -> list[str]:
    """A cell, and how a quantity that stands between two rows is made, such as E3 of a softmax."""
    arrays = dict.fromkeys(name.array for name in cell.made_from if name.array != reads)
    return [*text(cell).splitlines(), *(f"with {array} = {w[array].formula}" for array in arrays)]


def _opened(w: Any, cell: Any, reads: str) -> list[str]:
    """A cell with the cells that it was made from, down to the row before: N0, then Zhat0 and s0 of a batch norm."""
    lines = text(cell).splitlines()
    for name in cell.made_from:
        inner = w[name.array][name.cell]
        if name.array != reads and inner.made_from:
            lines += _opened(w, inner, reads)
    return lines


def _sum(cell: Any, reads: str, unit: int) -> Sum:
    """A weighted sum taken apart: the working's own products, the largest first."""
    parts = cell.working.operands
    products = [p for p in parts if p.op == "*" and not p.name]
    terms = []
    for p in products:
        weight, into = p.operands
        index = into.name.cell[0]
        terms.append(
            Term(_named(weight), _named(into), float(weight.value), float(into.value), float(p.value), index)
        )
    terms.sort(key=lambda t: -abs(t.value))
    kept, others = terms[:SHOWN], terms[SHOWN:]
    bias = next(((_named(p), float(p.value)) for p in parts if p.name), None)
    total = float(cell)
    sign = -1 if total < 0 else 1
    follows = max(terms, key=lambda t: sign * t.value)
    rest = math.fsum(t.value for t in others)
    return Sum(_board(cell), unit, tuple(kept), len(terms), rest, bias, total, follows, reads)


def _board(cell: Any) -> str:
    return _counted(cell.name)


def _named(leaf: Any) -> str:
    return _counted(leaf.name)


def _counted(name: Any) -> str:
    """A cell counted from 1, as on the board."""
    return f"{name.array}[{','.join(str(k + 1) for k in name.cell)}]" if name.cell else name.array


def _shares(model: Any, w: Any, classes: Sequence[Any]) -> tuple[Share, ...]:
    *_, last = model.network.rows
    Z, A = np.asarray(w[last.reads[0]], float)[:, 0], np.asarray(w[last.name], float)[:, 0]
    if len(A) == 1:
        return (Share(classes[0], 0.0, 1 - A[0]), Share(classes[1], float(Z[0]), float(A[0])))
    return tuple(Share(c, float(z), float(a)) for c, z, a in zip(classes, Z, A, strict=True))


def _picture(model: Any, x: np.ndarray, names: Sequence[str]) -> tuple[tuple[float, ...], ...] | None:
    side = isqrt(x.size)
    if getattr(model.preparation, "grey", False):  # of image files
        return tuple(tuple(row) for row in (x.astype(float) / 255).reshape(model.preparation.shape).tolist())
    if names or model.preparation is not None or side * side != x.size or side < 8:
        return None
    shown = x.astype(float) / (255 if x.dtype == np.uint8 else max(1.0, float(np.max(x))))
    return tuple(tuple(row) for row in np.clip(shown, 0, 1).reshape(side, side).tolist())


def _prepared(model: Any, before: Any, lowest: Sum, names: Sequence[str]) -> tuple[str, ...]:
    """How the strongest features came from the columns."""
    lines: dict[str, None] = {}
    prepare = replace(model.preparation, unseen="ignore")  # its features were made before: here they are only told
    for term in lowest.terms:
        column = next(c.name for c in model.preparation.columns if names[term.index] in c.names)
        lines |= dict.fromkeys(prepare.explain(column, before[column]).lines)
    return tuple(lines)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
