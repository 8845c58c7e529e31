"""Reading PyTorch modules: every layer in its turn, as the row or rows of ours that it is."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np

from workings import layers
from workings.contract import Shape
from workings.interop.parts import assembled
from workings.interop.table import ROWS, Read, feature_axis
from workings.model import Model, arguments

NAMES = {name: row.torch for row in ROWS.values() if not isinstance(row.torch, str) for name in row.torch.names}
CURES = {
    "LogSoftmax": "leave it out, and end with nn.Softmax(dim=1): the probabilities are the same, without the log",
    "ReLU6": "the nearest here is nn.ReLU()",
    "Module": "give its weights, with the layers: wk.from_torch(net.state_dict(), [wk.Dense(16, 'relu'), …])",
}


def from_module(module: Any, inputs: Any, loss: Any) -> Model:
    """The rows of a module, one after another, or as a `Table` of ours tells."""
    if type(module).__module__ == "workings.interop.modules" and hasattr(module, "reads"):
        names = list(module.reads)
        found = [each for name, part in module.named_children() for each in unrolled(part, f"{name}.")]
        reads = [tuple(names.index(r) if r != "X" else -1 for r in module.reads[name]) for name in names]
        if len(found) != len(names):
            raise ValueError("a branch of this module is several layers: give its state_dict with the layers")
    else:
        found, names = list(unrolled(module, "")), None
        reads = [(i - 1,) for i in range(len(found))]
    if not found:
        raise ValueError("this module is empty: a network needs a layer")
    start = first_shape([each.read for each in found], inputs)
    rows: list[Read] = []
    wires: list[tuple[int, ...]] = []
    places = {-1: -1}  # module → the last row it became
    shapes = {-1: start}
    for i, (place, kind, read, dim, turned) in enumerate(found):
        into = [places[j] for j in reads[i]]
        for row in placed(read, shapes[into[0]], dim, turned, f"module {place!r}, {kind},"):
            rows.append(row)
            wires.append(tuple(into))
            shapes[len(rows) - 1] = row.layer.out_shape(*(shapes[j] for j in into))
            into = [len(rows) - 1]
        places[i] = into[0]
    types = {a.dtype.name for row in rows for a in row.params.values()}
    dtype = "float64" if "float64" in types else "float32"
    return assembled(rows, start, wires, dtype, loss, names if names and len(names) == len(rows) else None)


class Found(NamedTuple):
    """A module read, with its place, its class, the axis it works on, and whether it stands between two turns."""

    place: str
    kind: str
    read: Read
    dim: int | None
    turned: bool


def unrolled(module: Any, place: str, turned: bool = False) -> Iterator[Found]:
    """Every layer in its turn, those within Sequentials too."""
    kind, known = type(module).__name__, type(module).__module__.startswith(("torch.nn.", "workings."))
    told = f"module {place.rstrip('.')!r}" if place else "this module"
    if any(getattr(module, hooks, None) for hooks in ("_forward_hooks", "_forward_pre_hooks")):
        raise ValueError(f"{told}, {kind}, has hooks, which could change anything: remove them first")
    if kind == "Sequential" and known:
        turned = False
        for name, child in module.named_children():
            if type(child).__name__ == "Turn":
                turned = True
            else:
                yield from unrolled(child, f"{place}{name}.", turned)
        return
    if kind not in NAMES or not known:
        cure = CURES.get(kind, CURES["Module"] if list(module.children()) or not place else "")
        raise ValueError(f"{told} is {kind}, which no layer here does{': ' if cure else ''}{cure}")
    try:
        yield Found(place.rstrip("."), kind, NAMES[kind].back(Seen(module)), getattr(module, "dim", None), turned)
    except ValueError as error:
        raise ValueError(f"{told}, {kind}, cannot be taken over: {error}") from None


def placed(read: Read, shape: Shape, dim: int | None, turned: bool, told: str) -> list[Read]:
    """The row or rows that a module is, where examples of this shape reach it."""
    layer, sequence = read.layer, len(shape) == 2
    if isinstance(layer, layers.Dense) and sequence:
        return [read._replace(layer=layers.Positions(layer))]
    if isinstance(layer, layers.Softmax) and dim not in (
        None,
        feature_axis(shape),
        feature_axis(shape) - len(shape) - 1,
    ):
        raise ValueError(
            f"{told} is over dim {dim}, and softmax here is over the features, dim {feature_axis(shape)}"
        )
    if isinstance(layer, layers.BatchNorm) and sequence and not turned:
        raise ValueError(f"{told} takes the steps of a sequence for its features: here they are the last axis")
    if isinstance(layer, layers.Flatten) and sequence and not turned:
        order = np.arange(prod(shape)).reshape(shape).T.reshape(-1)  # step by step there, feature by feature here
        return [read, Read(layers.Select(tuple(map(int, order))))]
    return [read]


def first_shape(found: list[Read], inputs: Any) -> Any:
    """The shape of one example: as given, or as the first layer with weights tells."""
    if inputs is not None:
        return arguments.inputs(inputs)
    for row in found:
        if isinstance(row.layer, layers.Dense):
            return (row.params["W"].shape[1],)
        if isinstance(row.layer, layers.BatchNorm):
            return (row.params["gamma"].size,)
        if isinstance(
            row.layer, layers.Convolution | layers.MaxPool | layers.Flatten | layers.Recurrent | layers.Embedding
        ):
            kind = type(row.layer).__name__
            raise ValueError(
                f"the first layer, {kind}, reads examples of any size: say which, such as inputs=(1, 28, 28) for "
                "images (c, h, w), inputs=(features, steps) for sequences, inputs=(steps,) for words"
            )
    raise ValueError("this module has no weights: say how many features it reads, with inputs=…")


def plain(array: Any) -> np.ndarray:
    """A tensor as an array; half precision is widened, which loses nothing."""
    if hasattr(array, "detach"):
        array = array.detach().cpu()
        array = (array.float() if str(array.dtype) in ("torch.bfloat16", "torch.float16") else array).numpy()
    return np.array(array)


class Seen:
    """A module whose tensors are NumPy arrays."""

    def __init__(self, module: Any):
        self._module = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if hasattr(value, "detach"):
            return plain(value)
        return Seen(value) if hasattr(value, "named_children") else value
