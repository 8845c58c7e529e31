"""NumPy code: a short script that needs nothing else, to be read, kept and run anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from workings.interop.parts import parts
from workings.interop.script import stored, variables, write
from workings.interop.table import in_rows, of
from workings.interop.travels import said_of
from workings.labels import Labels
from workings.layers import Embedding
from workings.model import Model


def to_numpy(model: Model, path: Any = None) -> str:
    """The model as a Python script of a few lines that needs only NumPy; with `path` it is written there, too.

    The script has `outputs(X)`, what `Model.outputs` gives to rounding, and `predict(X)`, with the names of the
    classes.  Up to 2,000 numbers stand in it, bit by bit; more go into an .npz file of the same name beside it, and
    then a path is needed.  A preparation does not travel, and an `ExchangeWarning` says so.

    Raises ValueError for a layer of your own; OSError as `Model.save`.

    >>> import workings as wk
    >>> print(wk.Model([wk.Dense(1, "relu")], parameters={"W1": [[1, -1]], "b1": [0.5]}).to_numpy())
    \"\"\"A network of 2 rows (Z1 Dense, A1 Relu), written by Workings.  It needs NumPy only.\"\"\"
    <BLANKLINE>
    import numpy as np
    <BLANKLINE>
    W1 = np.array([[1.0, -1.0]], dtype=np.float32)
    b1 = np.array([0.5], dtype=np.float32)
    <BLANKLINE>
    <BLANKLINE>
    @np.errstate(over="ignore")  # exp of a large number is infinite, and 1 / (1 + inf) is 0, as it should be
    def outputs(X):
        \"\"\"X (m, 2), one example per row, to (m, 1).\"\"\"
        X = np.asarray(X)
        X = (X / 255 if X.dtype == np.uint8 else X).astype(np.float32)
        Z1 = X @ W1.T + b1
        A1 = np.maximum(Z1, 0)
        return A1
    <BLANKLINE>
    <BLANKLINE>
    def predict(X):
        \"\"\"The numbers for every row of X.\"\"\"
        return outputs(X)
    <BLANKLINE>
    """
    every = parts(model)
    symbols = [label for part in every for label in part.labels.values()]
    names = variables([*(part.name for part in every), *symbols])
    lines, arrays = [], {}
    for part in every:
        part = replace(part, labels={symbol: names[label] for symbol, label in part.labels.items()})
        made, held = of(part, "numpy")(part, names[part.name], [names.get(read, read) for read in part.reads])
        lines += made
        arrays |= {name: np.asarray(array, dtype=model.dtype) for name, array in held.items()}
    told = said_of(model, "NumPy code")
    constants, beside = stored(arrays, path, model.dtype)
    rows = ", ".join(f"{names[part.name]} {type(part.layer).__name__}" for part in every)
    shape, out = (", ".join(("m", *map(str, in_rows(s)))) for s in (model.shape or (), every[-1].out))
    if any(isinstance(part.layer, Embedding) and part.reads == ("X",) for part in every):
        taken = ["X = np.asarray(X).astype(np.int64)"]
    else:
        taken = ["X = np.asarray(X)", f"X = (X / 255 if X.dtype == np.uint8 else X).astype(np.{model.dtype})"]
    labels = model._reader.answers() if len(every[-1].out) == 1 else None
    code = [
        f'"""A network of {len(every)} rows ({rows}), written by Workings.  It needs NumPy only."""',
        "",
        *(["from pathlib import Path", ""] if beside else []),
        "import numpy as np",
        "",
        *([f"FEATURES = {told.features!r}"] if told.features else []),
        *constants,
        *([f"CLASSES = np.array({list(labels.classes)!r})"] if labels and labels.kind == "classes" else []),
        "",
        "",
        '@np.errstate(over="ignore")  # exp of a large number is infinite, and 1 / (1 + inf) is 0, as it should be',
        "def outputs(X):",
        f'    """X ({shape}), one example per row, to ({out})."""',
        *(f"    {line}" for line in [*taken, *lines, f"return {names[every[-1].name]}"]),
        "",
        "",
        "def predict(X):",
        *(f"    {line}" for line in answered(labels)),
        "",
    ]
    return write(path, "\n".join(code), beside)


def answered(labels: Labels | None) -> list[str]:
    """From outputs to answers."""
    if labels is None or labels.kind == "numbers":
        one = labels is not None and labels.rank == 1
        return ['"""The numbers for every row of X."""', f"return outputs(X){'[:, 0]' if one else ''}"]
    if labels.kind == "several":
        return ['"""A yes or no for every output."""', "return (outputs(X) > 0.5).astype(int)"]
    if labels.outputs == 1:
        return ['"""The class of every row of X."""', "return CLASSES[(outputs(X)[:, 0] > 0.5).astype(int)]"]
    return ['"""The class of every row of X."""', "return CLASSES[np.argmax(outputs(X), axis=1)]"]
