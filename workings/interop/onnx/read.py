"""Reading ONNX: the graph is followed from its input to its probabilities (or numbers), operator by operator."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from workings import saving
from workings.interop.agreement import checked
from workings.interop.onnx import arrangement, cellwise, classic, sequences
from workings.interop.onnx.file import array, parsed
from workings.interop.onnx.operators import OPERATORS, Node
from workings.interop.onnx.wires import Label, Rows, Wire, usual
from workings.interop.parts import assembled
from workings.labels import Labels
from workings.layers import Sigmoid, Softmax
from workings.model import Model, arguments
from workings.model.packing import labels_from
from workings.network import row_names
from workings.saving.model_file import DAMAGE

KEY = "workings"
DOMAINS = {"", "ai.onnx", "ai.onnx.ml"}
REGISTERED = (arrangement, cellwise, classic, sequences)  # their operators are known once they are imported


def from_onnx(
    path: Any, inputs: Any = None, output: str | None = None, *, loss: Any = None, check: Any = None
) -> Model:
    """The network in an ONNX file, so that it can be asked, explained and trained on.

    Read are dense networks (and convolutions, pooling, recurrent layers, embeddings) with the activations of this
    library, as PyTorch, Keras, skl2onnx and this library write them.  An activation spelled out in several operators
    is recognised by its values; what scales the features becomes a batch norm that was told what to remember.
    `inputs`: the shape of one example, where the file leaves it open.  `output`: which, where the file has several.
    `loss`: by default what suits the last activation.  `check`: rows X to ask onnxruntime too; the largest difference
    is printed.

    Weights in a second file are read only from an ordinary file of a plain name in the same folder.
    Raises ValueError, naming operator and node, for what no layer here does; and with the reason for what is no ONNX
    file, or a damaged one.
    """
    proto = parsed(path)
    try:
        model = read(proto, Path(path).parent, inputs, output, loss)
    except Refused as error:
        raise ValueError(f"{path} {error}") from None
    except DAMAGE as error:
        raise ValueError(f"{path} cannot be read as a network: {error}") from None
    return checked(model, path, check)


class Refused(ValueError):
    """An operator that is not read, with its place."""


def read(proto: Any, folder: Path, inputs: Any, output: str | None, loss: Any) -> Model:
    """The model of a ModelProto."""
    graph = proto.graph
    if proto.functions:
        raise Refused("defines operators of its own, which are not read: export it without functions")
    constants = {tensor.name: array(tensor, folder) for tensor in graph.initializer}
    if graph.sparse_initializer:
        raise Refused("has sparse arrays, which are not read")
    taken = [value for value in graph.input if value.name not in constants]
    if len(taken) != 1:
        names = ", ".join(repr(value.name) for value in taken) or "none"
        raise Refused(f"reads {len(taken)} inputs ({names}), and a model here reads one, X")
    outputs = [value.name for value in graph.output]
    if output is not None and output not in outputs:
        raise Refused(f"has no output {output!r}; it has {', '.join(map(repr, outputs))}")
    found, refused, classes = {}, [], None
    for name in [output] if output else outputs:
        try:
            value, rows = followed(proto, constants, taken[0], name, inputs)
        except Refused as error:
            refused.append(error)
            continue
        if isinstance(value, Label):
            classes = value.classes or classes
        else:
            found[name] = (value, rows)
    if not found:
        makers = sorted({node.op_type for node in graph.node if set(node.output) & set(outputs)})
        labels = f"answers with labels only, by {', '.join(makers)}: nothing in it can be followed to numbers"
        raise refused[0] if refused else Refused(labels)
    if len({wire.row for wire, _ in found.values()}) > 1:
        raise Refused(f"has several outputs ({', '.join(map(repr, found))}): say which with output=…")
    wire, rows = next(iter(found.values()))
    return finished(proto, wire, rows, rows.classes or classes, loss)


def followed(proto: Any, constants: dict[str, Any], taken: Any, output: str, inputs: Any) -> tuple[Any, Rows]:
    """One output of the graph, followed from X; only what it is made from is looked at."""
    rows, graph = Rows(), proto.graph
    opsets = {entry.domain: entry.version for entry in proto.opset_import}
    examples, rows.shape = first(taken, inputs)
    start = Wire(-1, rows.shape, usual(rows.shape) if len(rows.shape) > 1 else ("m", 0))
    values: dict[str, Any] = {**constants, taken.name: start, "": None}
    path = needed(graph, output)
    readers = Counter(name for node in path for name in node.input)
    readers.update(value.name for value in graph.output)
    wanted = {output, *(name for node in path for name in node.input)} - {""}
    if readers[taken.name] > 1:
        rows.close(start)
    for node in path:
        if node.output and node.output[0] in values and node.output[0]:
            raise Refused(f"gives two values the name {node.output[0]!r}")
        told = f"has the operator {node.op_type} (node {node.name or '→ ' + ', '.join(node.output)!r})"
        asks = [i for i, name in enumerate(node.output) if name]
        how = {a.name: attribute(a) for a in node.attribute}
        known = OPERATORS.get(node.op_type) if node.domain in DOMAINS else None
        if node.op_type == "Constant" and node.domain in DOMAINS:
            values[node.output[0]] = constant(how)
            continue
        if known is None:
            raise Refused(f"{told}, which no layer here does")
        if lost := [name for name in node.input if name not in values]:
            raise Refused(f"{told}, which reads {lost[0]!r}, and nothing makes that")
        made = Node(
            node.op_type,
            node.name,
            [values[name] for name in node.input],
            how,
            rows,
            1 + sum(name in wanted for name in node.output[1:]),
            opsets.get(node.domain, 1),
            examples,
        )
        try:
            value: Any = known(made)
            value = np.asarray(value) if isinstance(value, np.generic) else value
            for i in asks:
                if i == 0:
                    values[node.output[0]] = value
                elif node.op_type in ("RNN", "GRU", "LSTM") and i == 1:
                    values[node.output[1]] = sequences.last_step(made, value) if node.output[1] in wanted else None
                elif node.op_type == "LinearClassifier" and i == 1:
                    values[node.output[1]], values[node.output[0]] = value, Label(value, rows.classes)
                elif node.output[i] in wanted:
                    raise ValueError(f"its output {i + 1} is not read here")
                if readers[node.output[i]] > 1:
                    rows.close(values.get(node.output[i]))
        except Refused:
            raise
        except DAMAGE as error:
            raise Refused(f"{told}, which cannot be taken over: {error}") from None
    try:
        value = values.get(output)
        return (value, rows) if isinstance(value, Label) else (rows.in_order(rows.wire(value)), rows)
    except ValueError as error:
        raise Refused(f"ends in what cannot be taken over: {error}") from None


def first(taken: Any, inputs: Any) -> tuple[int | None, tuple[int, ...]]:
    """How many examples the file was made for, if it says, and the shape of one, as the model reads it."""
    kind = taken.type.tensor_type
    if not taken.type.HasField("tensor_type") or kind.elem_type not in (1, 6, 7, 10, 11):
        raise Refused(f"reads {taken.name!r}, which is no table of numbers")
    sizes = [size.dim_value if size.HasField("dim_value") else 0 for size in kind.shape.dim]
    given = None if inputs is None else arguments.inputs(inputs)
    if given is None and len(sizes) not in (2, 3, 4):
        raise Refused(f"reads {taken.name!r} with {len(sizes)} axes: say what one example looks like with inputs=…")
    shape = given or tuple(sizes[1:] if len(sizes) != 3 else sizes[:0:-1])
    if any(size < 1 for size in shape) or len(shape) > 3:
        raise Refused(
            f"leaves open how large an example of {taken.name!r} is: say so with inputs=… (features, or a shape)"
        )
    return (sizes[0] or None if sizes else None), shape


def needed(graph: Any, output: str) -> list[Any]:
    """The nodes that an output is made from, in their order."""
    makers = {name: i for i, node in enumerate(graph.node) for name in node.output if name}
    found: set[int] = set()
    stack = [output]
    while stack:
        i = makers.get(stack.pop())
        if i is not None and i not in found:
            found.add(i)
            stack += graph.node[i].input
    return [graph.node[i] for i in sorted(found)]


def attribute(told: Any) -> Any:
    """The value of an attribute."""
    plain = {1: "f", 2: "i", 3: "s", 6: "floats", 7: "ints", 8: "strings"}
    if told.type == 4:
        return array(told.t, None)
    if told.type not in plain:
        raise Refused(
            f"has an attribute {told.name!r} that is a graph, or no number: loops and branches are not read"
        )
    value = getattr(told, plain[told.type])
    return list(value) if told.type > 5 else value


def constant(how: dict[str, Any]) -> np.ndarray:
    for name, dtype in (
        ("value_float", np.float32),
        ("value_floats", np.float32),
        ("value_int", np.int64),
        ("value_ints", np.int64),
    ):
        if name in how:
            return np.array(how[name], dtype=dtype)
    if not isinstance(how.get("value"), np.ndarray):
        raise Refused("has a constant that is no array of numbers")
    return how["value"]


def finished(proto: Any, wire: Wire, rows: Rows, classes: Any, loss: Any) -> Model:
    """The rows as a model, with what the file says besides: classes, columns, preparation, loss."""
    if wire.row != len(rows.found) - 1 or not rows.found:
        raise Refused("ends in X itself, or in what is not its last layer")
    kept = [axis for axis in wire.axes if axis != "1"]
    if kept != [axis for axis in usual(wire.shape) if axis in kept]:
        raise Refused("turns its answers over at the end, and a model here answers with one row for each example")
    about = told(proto)
    if loss is None and about.get("loss"):
        loss = saving.rebuild(about["loss"])
    types = {A.dtype.itemsize for row in rows.found for A in row.params.values() if A.size and A.dtype.kind == "f"}
    taken = proto.graph.input[0].type.tensor_type.elem_type
    dtype = "float64" if types == {8} and taken != 1 else "float32"
    names = row_names(tuple(row.layer for row in rows.found))
    model = assembled(rows.found, rows.shape, rows.reads, dtype, loss, names)
    last, outputs = rows.found[-1].layer, wire.shape[0]
    if about.get("labels"):
        model.labels = labels_from(about["labels"])
    elif classes and isinstance(last, Sigmoid | Softmax) and len(classes) == max(2, outputs):
        model.labels = Labels("classes", outputs, tuple(classes))
    if about.get("columns"):
        model.columns = tuple(map(str, about["columns"]))
    model.pixels = pixels if isinstance(pixels := about.get("pixels"), bool) else None
    if about.get("preparation"):
        from workings.preparation import Preparation

        model.preparation = Preparation.from_json(about["preparation"])
    return model


def told(proto: Any) -> dict[str, Any]:
    """What this library wrote into the metadata."""
    found = [entry.value for entry in proto.metadata_props if entry.key == KEY]
    about = json.loads(found[0]) if found else {}
    if not isinstance(about, dict):
        raise ValueError("what it says of itself in its metadata is damaged")
    return about
