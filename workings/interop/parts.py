"""Parts: a model as rows with numbers, to be written elsewhere; and rows read elsewhere, as a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from workings.backends.plan import State
from workings.contract import Named, Shape
from workings.interop.table import Part, Read
from workings.layers import Convolution, Dense
from workings.model import Model
from workings.model.packing import blank
from workings.network import Network, row_names
from workings.specs import RECTIFIERS


class ExchangeWarning(UserWarning):
    """Something of the model does not travel."""


def parts(model: Model) -> list[Part]:
    """Every row of a model with its numbers.  Raises ValueError for a model that has none yet."""
    if model.shape is None:
        raise ValueError("the model does not know its inputs yet: give inputs=… or fit it to data first")
    shapes, found = model.network.shapes(model.shape), []
    for name, layer, reads in model.network.rows:
        params, memory = model.state.params.get(name, {}), model.state.memory.get(name, {})
        params, memory = ({s: np.asarray(A) for s, A in named.items()} for named in (params, memory))
        labels = {symbol: model.network.label(symbol, name) for symbol in params}
        into = tuple(shapes[read] for read in reads)
        found.append(Part(name, layer, reads, into, shapes[name], params, memory, labels))
    return found


def assembled(
    found: Sequence[Read],
    shape: Shape,
    reads: Sequence[tuple[int, ...]] | None = None,
    dtype: str = "float32",
    loss: Any = None,
    names: Sequence[str] | None = None,
) -> Model:
    """A model of these rows; `reads` are the numbers of the rows that each one reads, -1 for X.

    Raises ValueError where the numbers do not fit the layers, or are not all finite.
    """
    reads = reads or [(i - 1,) for i in range(len(found))]
    found = [row._replace(layer=started(row.layer, i, found, reads)) for i, row in enumerate(found)]
    names = list(names or row_names(tuple(row.layer for row in found)))
    wires = ["X", *names]
    table = zip(names, found, reads, strict=True)
    network = Network({name: (row.layer, *(wires[i + 1] for i in into)) for name, row, into in table})
    model = Model(network, loss, dtype=dtype)
    start, memory = blank(network, shape), network.memory(shape)
    rows = dict(zip(names, found, strict=True))
    params = {name: fitted(name, rows[name].params, like, dtype) for name, like in start.items()}
    known = {name: fitted(name, rows[name].memory, like, dtype) for name, like in memory.items()}
    model.shape, model.state = shape, State(params, known, {})
    return model


def started(layer: Any, i: int, found: Sequence[Read], reads: Sequence[tuple[int, ...]]) -> Any:
    """The layer with the initializer that would suit it: He before ReLU and its kin, as `wk.Dense` has it."""
    if not isinstance(layer, Dense | Convolution):
        return layer
    readers = [row.layer for row, into in zip(found, reads, strict=True) if i in into]
    return replace(layer, initializer="he" if any(isinstance(r, RECTIFIERS) for r in readers) else "xavier")


def fitted(name: str, arrays: Named, like: Named, dtype: str) -> dict[str, np.ndarray]:
    """The arrays of one row in the shapes that its layer wants."""
    made = {}
    for symbol, wanted in like.items():
        array = np.asarray(arrays[symbol])
        if array.size != np.prod(wanted.shape) or (array.ndim == 2 and array.shape != wanted.shape):
            raise ValueError(
                f"{symbol} of row {name} has the shape {array.shape}, and the layer wants {wanted.shape}"
            )
        with np.errstate(over="ignore"):
            made[symbol] = np.array(array, dtype=dtype, order="C").reshape(wanted.shape)
        if not np.isfinite(made[symbol]).all():
            raise ValueError(f"{symbol} of row {name} is not all numbers that {dtype} can hold")
    return made
