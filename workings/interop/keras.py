"""Keras code: a script that builds the network with Keras 3 and gives it its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.interop.parts import parts
from workings.interop.script import stored, variables, write
from workings.interop.table import in_rows, of
from workings.interop.travels import said_of
from workings.layers import Embedding
from workings.model import Model


def to_keras(model: Model, path: Any = None) -> str:
    """The model as a Python script that builds it with Keras 3, as `model`; with `path` it is written there, too.

    The Keras model reads what `Model.outputs` reads (it turns images to channels last inside), and gives the same
    numbers.  Up to 2,000 weights stand in the script; more go into an .npz file beside it, and then a path is needed.
    Classes come along as CLASSES; a preparation does not, and an `ExchangeWarning` says so.

    Raises ValueError, naming the row, for a layer that Keras does not have.
    """
    every = parts(model)
    names = variables([part.name for part in every])
    wires, lines, arrays, sets = {"X": "X"}, [], {}, []
    for part in every:
        reads = [wires[read] for read in part.reads]
        if "X" in part.reads and len(model.shape or ()) == 3:
            reads = ["images" if read == "X" else read for read in reads]
        code, weights = of(part, "keras")(part, reads)
        name = wires[part.name] = names[part.name]
        lines.append(f"{name} = {code}".replace(f"name={part.name!r}", f'name="{name}"'))
        held = {f"{name}_{i}": np.asarray(array, dtype=model.dtype) for i, array in enumerate(weights)}
        arrays |= held
        sets += [f'model.get_layer("{name}").set_weights([{", ".join(held)}])'] if held else []
    told = said_of(model, "Keras code")
    constants, beside = stored(arrays, path, model.dtype)
    whole = any(isinstance(part.layer, Embedding) and part.reads == ("X",) for part in every)
    taken = f'X = keras.Input({in_rows(model.shape or ())}, name="X"' + (', dtype="int32")' if whole else ")")
    code = [
        '"""A network for Keras 3, written by Workings: `model` is built when this file is run or imported."""',
        "",
        *(["from pathlib import Path", ""] if beside else []),
        "import keras",
        "import numpy as np",
        "from keras import layers",
        "",
        *([f"FEATURES = {told.features!r}"] if told.features else []),
        *([f"CLASSES = {told.classes!r}"] if told.classes else []),
        *constants,
        "",
        *(
            ['keras.config.set_dtype_policy("float64")  # JAX needs JAX_ENABLE_X64=1 for it']
            if model.dtype == "float64"
            else []
        ),
        taken,
        *(
            ["images = layers.Permute((2, 3, 1))(X)  # channels last, as Keras has them"]
            if len(model.shape or ()) == 3
            else []
        ),
        *lines,
        f"model = keras.Model(X, {names[every[-1].name]})",
        *sets,
        "",
    ]
    return write(path, "\n".join(code), beside)
