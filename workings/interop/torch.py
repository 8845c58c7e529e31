"""PyTorch: modules as models, and models as modules; weights go over bit by bit."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from workings import saving
from workings.interop.agreement import checked
from workings.interop.imported import needs
from workings.interop.parts import parts
from workings.interop.table import of
from workings.interop.torch_read import from_module, plain
from workings.interop.travels import said_of
from workings.model import Model

COUNTED = "num_batches_tracked"  # batches, which nothing here counts


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
        if check is not None:
            raise ValueError(
                "a file of weights cannot be asked: check the model against the module with agreement(…)"
            )
        model = from_state(_arrays(source), layers, inputs, loss, in_order=False)
    elif isinstance(source, Mapping):
        if check is not None:
            raise ValueError("a state_dict cannot be asked: check the model against the module with agreement(…)")
        model = from_state(source, layers, inputs, loss)
    elif hasattr(source, "named_children") and not isinstance(source, type):
        if layers is not None:
            raise ValueError("the module says itself what its layers are: give layers with a state_dict only")
        model = from_module(source, inputs, loss)
    else:
        raise ValueError(f"from_torch takes a module, a state_dict or the path of one, not {type(source).__name__}")
    return checked(model, source, check)


def _arrays(path: str | Path) -> dict[str, np.ndarray]:
    try:
        return saving.arrays(path)
    except ValueError as error:
        if saving.kind_of(saving.read_whole(path, 64)).startswith(("a pickle", "a zip")):
            cure = "load it yourself, and give from_torch what torch.load(path, weights_only=True) gives"
            raise ValueError(f"{error}: {cure}") from None
        raise


def from_state(state: Mapping[str, Any], specs: Any, inputs: Any, loss: Any, in_order: bool = True) -> Model:
    """The model of these layers, with the arrays of a state_dict."""
    if specs is None:
        raise ValueError(
            "a state_dict has weights and no layers: give those too, as in from_torch(state, [Dense(3)])"
        )
    names = list(state) if in_order else sorted(state, key=by_number)
    arrays = {name: plain(state[name]) for name in names if not name.endswith(COUNTED)}
    types = {array.dtype.name for array in arrays.values()}
    dtype = "float64" if "float64" in types else "float32"
    tables = [a for a in arrays.values() if a.ndim == 2]
    if inputs is None and not tables:
        raise ValueError("say what one example looks like, with inputs=…")
    guesses = [inputs] if inputs is not None else list(dict.fromkeys(a.shape[1] for a in tables))
    model = Model(specs, loss, guesses[0], dtype=dtype)
    module = to_torch(model)
    wanted = {name: array for name, array in module.state_dict().items() if not name.endswith(COUNTED)}
    for guess in guesses[1:]:  # the first table of a file need not be the first layer's
        if sorted(a.shape for a in arrays.values()) == sorted(tuple(a.shape) for a in wanted.values()):
            break
        model = Model(specs, loss, guess, dtype=dtype)
        module = to_torch(model)
        wanted = {name: array for name, array in module.state_dict().items() if not name.endswith(COUNTED)}
    if len(wanted) != len(arrays):
        raise ValueError(
            f"these layers have {len(wanted)} arrays ({', '.join(wanted)}), "
            f"and there are {len(arrays)}: {', '.join(arrays)}"
        )
    fill(module, paired(grouped(wanted), grouped(arrays), in_order))
    model.state = from_module(module, model.shape, model.loss).state
    return model


def by_number(name: str) -> list[Any]:
    """Names in the order of the numbers in them: 2 before 10.

    >>> sorted(["10.bias", "2.bias"], key=by_number)
    ['2.bias', '10.bias']
    """
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def grouped(arrays: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Arrays by the module they belong to: {"0": {"weight": …, "bias": …}}."""
    groups: dict[str, dict[str, Any]] = {}
    for name, array in arrays.items():
        place, _, symbol = name.rpartition(".")
        groups.setdefault(place, {})[symbol] = array
    return groups


def paired(wanted: dict[str, Any], given: dict[str, Any], in_order: bool) -> dict[str, np.ndarray]:
    """Every module of ours with one of theirs: in their order, or (from a file, which sorts them) by shapes.

    Of several with the same shapes the number in the name says which comes first; without one they are refused.
    """
    filled = {}
    for place, like in wanted.items():
        shapes = {symbol: tuple(array.shape) for symbol, array in like.items()}
        fit = [name for name, group in given.items() if {s: a.shape for s, a in group.items()} == shapes]
        first = next(iter(given), None)
        if not fit or (in_order and fit[0] != first):
            told = ", ".join(f"{s} {shape}" for s, shape in shapes.items())
            has = ", ".join(f"{s} {a.shape}" for s, a in given.get(first or "", {}).items())
            raise ValueError(f"{place} wants {told}, and {first!r} has {has}: are the layers those, in that order?")
        if not in_order and len(fit) > 1 and len({re.sub(r"\d+", "#", name) for name in fit}) > 1:
            raise ValueError(
                f"{fit[0]!r} and {fit[1]!r} have the same shapes, and a file does not say which comes first: "
                "give the state_dict"
            )
        filled |= {f"{place}.{symbol}": array for symbol, array in given.pop(fit[0]).items()}
    return filled


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
    setattr(made, "classes", told.classes)  # noqa: B010 - not a tensor, and no part of the state
    return made.eval()


def fill(module: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Put arrays into a module under their names; what PyTorch only counts is left as it is."""
    import torch

    held = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    missing = module.load_state_dict(held, strict=False)
    lost = [name for name in missing.missing_keys if not name.endswith(COUNTED)]
    assert not lost, lost
    assert not missing.unexpected_keys, missing.unexpected_keys
