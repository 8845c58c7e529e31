"""Writing ONNX: one file, weights inside, wires and weights under the names that users know (Z1, W1)."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from workings import saving
from workings.interop.agreement import TOLERANCE, Agreement, agreement
from workings.interop.imported import needs
from workings.interop.parts import parts
from workings.interop.table import Part, in_rows, of
from workings.layers import Embedding
from workings.model import Model

LOWEST, NEWEST, USUAL = 14, 26, 17  # opsets: 14 said when batch norm trains; 17 is read by every runtime since 2022
LARGEST = 2**31 - 1  # bytes: the limit of the format
KEY = "workings"


class Writer:
    """A graph being written."""

    def __init__(self, onnx: Any, dtype: str, opset: int):
        self.onnx, self.dtype, self.opset = onnx, dtype, opset
        self.nodes: list[Any] = []
        self.arrays: dict[str, Any] = {}
        self.part = ""

    def node(self, op: str, reads: list[str], out: str | None = None, **how: Any) -> str:
        """One operation; its output is `out`, or else has a name of its own."""
        out = out or f"{self.part}, step {len(self.nodes) + 1}"
        self.nodes.append(self.onnx.helper.make_node(op, reads, [out], name=f"{op} of {out}", **how))
        return out

    def array(self, name: str, array: Any) -> str:
        """Numbers inside the file."""
        self.arrays[name] = self.onnx.numpy_helper.from_array(
            np.ascontiguousarray(array).reshape(np.shape(array)), name
        )
        return name

    def scalar(self, x: float) -> str:
        """One number of the model's type."""
        return self.array(repr(float(x)), np.array(x, dtype=self.dtype))


def to_onnx(model: Model, path: Any, opset: int = USUAL, *, check: Any = None) -> Agreement | None:
    """Write the model to an ONNX file, whole or not at all, and (with rows `check`) ask onnxruntime the same.

    The graph reads X, one example per row (images (m, c, h, w), sequences (m, T, n), words (m, T) of int64), in
    `model.dtype`, and gives what `Model.outputs` gives.  `opset`: from 14 on; 17 is read nearly everywhere.

    Weights are inside; no second file is written.  Classes, the names of columns, the preparation and the loss lie in
    the file's metadata, where `from_onnx` finds them: other programs see the network alone.

    Returns the `Agreement` with onnxruntime if `check` is given.  Raises ValueError, naming the row, for a layer of
    your own, and for an opset out of range; OSError as `Model.save`.
    """
    content = written(model, opset)
    saving.write_whole(path, content)
    if check is None:
        return None
    found = agreement(model, path, check)
    if found.largest > TOLERANCE * max(1.0, abs(found.ours), abs(found.theirs)):
        raise ValueError(f"the file does not say what the model says: {found}")
    return found


def written(model: Model, opset: int = USUAL) -> bytes:
    """The content of the file."""
    onnx = needs("onnx")
    newest = min(NEWEST, onnx.defs.onnx_opset_version())
    if isinstance(opset, bool) or not isinstance(opset, int) or not LOWEST <= opset <= newest:
        raise ValueError(f"opset is a whole number from {LOWEST} to {newest}, not {opset!r}")
    made, every = Writer(onnx, model.dtype, opset), parts(model)
    for part in every:
        made.part = part.name
        of(part, "onnx")(made, part, list(part.reads))
    if "X" in made.arrays:
        raise ValueError("a parameter called X would be mistaken for the input: rename its row")
    helper, kind = onnx.helper, onnx.TensorProto
    number = kind.FLOAT if model.dtype == "float32" else kind.DOUBLE
    first = kind.INT64 if words(every) else number
    taken = helper.make_tensor_value_info("X", first, ["m", *in_rows(model.shape or ())])
    given = helper.make_tensor_value_info(every[-1].name, number, ["m", *in_rows(every[-1].out)])
    graph = helper.make_graph(made.nodes, "network", [taken], [given], list(made.arrays.values()))
    proto = helper.make_model(
        graph,
        producer_name="Workings",
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version=helper.find_min_ir_version_for([helper.make_opsetid("", opset)]),
    )
    helper.set_model_props(proto, {KEY: json.dumps(described(model), allow_nan=False)})
    if proto.ByteSize() > LARGEST:
        raise ValueError(
            f"the network takes {proto.ByteSize():,} bytes, and an ONNX file {LARGEST:,} at most: save it"
        )
    return proto.SerializeToString()


def words(every: list[Part]) -> bool:
    """Whether X is whole numbers."""
    return any(isinstance(part.layer, Embedding) and part.reads == ("X",) for part in every)


def described(model: Model) -> dict[str, Any]:
    """What no node says: classes, columns, preparation, loss."""
    labels = model.labels and {**vars(model.labels), "classes": list(model.labels.classes)}
    try:
        loss = saving.describe(model.loss)
        saving.rebuild(loss)
    except (ValueError, TypeError):
        loss = None
    return {
        "labels": labels,
        "columns": model.columns and list(model.columns),
        "pixels": model.pixels,
        "preparation": model.preparation and model.preparation.to_json(),
        "loss": loss,
    }
