"""PyTorch: modules as models, and models as modules; weights go over bit by bit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workings import layers, saving
from workings.contract import Shape
from workings.interop.agreement import checked
from workings.interop.imported import needs
from workings.interop.parts import assembled, parts
from workings.interop.table import ROWS, Read, feature_axis, of
from workings.interop.travels import said_of
from workings.model import Model

NAMES = {name: row.torch for row in ROWS.values() if not isinstance(row.torch, str) for name in row.torch.names}
CURES = {
    "LogSoftmax": "leave it out, and end with nn.Softmax(dim=1): the probabilities are the same, without the log",
    "ReLU6": "the nearest here is nn.ReLU()",
    "Module": "give its weights, with the layers: wk.from_torch(net.state_dict(), [wk.Dense(16, 'relu'), …])",
}


def from_torch(source: Any, layers: Any = None, inputs: Any = None, *, loss: Any = None, check: Any = None) -> Model:
    """The model that a PyTorch module is, in evaluation mode; its weights are taken bit by bit.

    `source`: an nn.Sequential (Sequentials within it too) or one module; or a state_dict, or the path of a
    safetensors file of one, together with the `layers` whose weights these are, taken in their order.  A .pt or .pth
    file is a pickle and is not opened.
    `inputs`: the shape of one example as `Model` takes it, where the first layer does not tell.
    `check`: rows X to ask both; the largest difference is printed.

    PyTorch knows no names of classes and no preparation: the labels are 0, 1, 2, ….  Raises ValueError, naming the
    module, for what no layer here does exactly.

    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    >>> from_torch(net)
    <Model Z1: Dense, A1: Tanh, Z2: Dense; SquaredError(factor='mean')>
    """
    if isinstance(source, str | Path):
        source = {name: array for name, array in saving.arrays(source).items() if name != "__metadata__"}
    if isinstance(source, Mapping):
        model = from_state(source, layers, inputs, loss)
    elif hasattr(source, "named_children"):
        if layers is not None:
            raise ValueError("the module says itself what its layers are: give layers with a state_dict only")
        model = from_module(source, inputs, loss)
    else:
        raise ValueError(f"from_torch takes a module, a state_dict or the path of one, not {type(source).__name__}")
    return checked(model, source, check)


def from_module(module: Any, inputs: Any, loss: Any) -> Model:
    """The rows of a module, one after another, or as a `Table` of ours tells."""
    if hasattr(module, "reads"):
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
    kind = type(module).__name__
    if kind == "Sequential":
        turned = False
        for name, child in module.named_children():
            if type(child).__name__ == "Turn":
                turned = True
            else:
                yield from unrolled(child, f"{place}{name}.", turned)
        return
    told = f"module {place.rstrip('.')!r}" if place else "this module"
    if kind not in NAMES or not type(module).__module__.startswith(("torch.nn.", "workings.")):
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
        from workings.model import arguments

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


def from_state(state: Mapping[str, Any], specs: Any, inputs: Any, loss: Any) -> Model:
    """The model of these layers, with the arrays of a state_dict in their order."""
    if specs is None:
        raise ValueError(
            "a state_dict has weights and no layers: give those too, as in from_torch(state, [Dense(3)])"
        )
    arrays = {name: plain(array) for name, array in state.items() if not name.endswith("num_batches_tracked")}
    if inputs is None and (tables := [a for a in arrays.values() if a.ndim == 2]):
        inputs = tables[0].shape[1]
    if inputs is None:
        raise ValueError("say what one example looks like, with inputs=…")
    types = {array.dtype.name for array in arrays.values()}
    model = Model(specs, loss, inputs, dtype="float64" if "float64" in types else "float32")
    module = to_torch(model)
    wanted = {name: array for name, array in module.state_dict().items() if not name.endswith("num_batches_tracked")}
    if len(wanted) != len(arrays):
        raise ValueError(
            f"these layers have {len(wanted)} arrays ({', '.join(wanted)}), and the state_dict has {len(arrays)} "
            f"({', '.join(arrays)})"
        )
    filled = {}
    for (name, like), (theirs, array) in zip(wanted.items(), arrays.items(), strict=True):
        if tuple(like.shape) != array.shape:
            raise ValueError(
                f"{theirs!r} of the state_dict has the shape {array.shape}, and {name!r} of these layers "
                f"{tuple(like.shape)}: are the layers those, in that order?"
            )
        filled[name] = array
    fill(module, filled)
    rows = from_module(module, model.shape, model.loss)
    model.state = rows.state
    return model


def to_torch(model: Model) -> Any:
    """The model as a PyTorch module in evaluation mode: nn.Sequential, its parts named as the rows (Z1, A1, …).

    It reads what `Model.outputs` reads, in `model.dtype`, and gives the same (m, k).  Classes come along as
    `module.classes`; a preparation does not, and an `ExchangeWarning` says so.  Raises ValueError, naming the row,
    for a layer that PyTorch does not have.

    >>> import workings as wk
    >>> to_torch(wk.Model([wk.Dense(3, "relu"), wk.Dense(2, "softmax")], inputs=4))
    Sequential(
      (Z1): Linear(in_features=4, out_features=3, bias=True)
      (A1): ReLU()
      (Z2): Linear(in_features=3, out_features=2, bias=True)
      (A2): Softmax(dim=1)
    )
    """
    torch = needs("torch", "PyTorch")
    rows, reads, state = {}, {}, {}
    every = parts(model)
    names = {part.name: part.name.replace(".", "_") for part in every}
    for part in every:
        module, arrays = of(part, "torch").to(torch.nn, part)
        name = names[part.name]
        rows[name], reads[name] = module, tuple(names.get(read, read) for read in part.reads)
        state |= {f"{name}.{key}": array for key, array in arrays.items()}
    chained = [("X",), *((name,) for name in list(rows)[:-1])] == list(reads.values())
    if chained:
        made = torch.nn.Sequential(OrderedDict(rows))
    else:
        from workings.interop.modules import Table

        made = Table(rows, reads)
    made = made.to(getattr(torch, model.dtype))
    fill(made, state)
    told = said_of(model, "PyTorch")
    made.classes = told.classes  # not a tensor: no part of the state
    return made.eval()


def fill(module: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Put arrays into a module under their names; what PyTorch only counts is left as it is."""
    import torch

    held = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    missing = module.load_state_dict(held, strict=False)
    lost = [name for name in missing.missing_keys if not name.endswith("num_batches_tracked")]
    assert not lost, lost
    assert not missing.unexpected_keys, missing.unexpected_keys


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
