"""Plain data: layers, losses and networks as what JSON can hold, trees of arrays as paths, and back.

A thing is written as its class's name and fields, and only classes of this library are made from that again.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import quote, unquote

import numpy as np

from workings import layers, losses, optimizers, penalties
from workings.contract import Tree
from workings.network import Network

KINDS = {
    name: kind
    for room in (layers, losses, optimizers, penalties)
    for name, kind in vars(room).items()
    if isinstance(kind, type) and is_dataclass(kind) and not name.startswith("_")
}


def describe(thing: Any) -> Any:
    """A layer, loss, optimizer or penalty as plain data.

    >>> describe(layers.Dropout(0.5))
    {'kind': 'Dropout', 'rate': 0.5}
    """
    if is_dataclass(thing) and not isinstance(thing, type):
        return {"kind": type(thing).__name__} | {f.name: describe(getattr(thing, f.name)) for f in fields(thing)}
    return thing


def rebuild(told: Any) -> Any:
    """The object that `describe` told of.  Raises ValueError for a kind this library does not have."""
    if not isinstance(told, dict):
        return told
    kind = KINDS.get(told.get("kind", ""))
    if kind is None:
        raise ValueError(f"it names {told.get('kind')!r}, which this version does not know")
    return kind(**{name: rebuild(value) for name, value in told.items() if name != "kind"})


def describe_network(network: Network) -> list[Any]:
    """The table of wires as plain data."""
    return [{"name": name, "layer": describe(layer), "reads": list(reads)} for name, layer, reads in network.rows]


def rebuild_network(told: list[Any]) -> Network:
    """And back."""
    return Network({row["name"]: (rebuild(row["layer"]), *row["reads"]) for row in told})


def flat(tree: Tree, prefix: str = "") -> dict[str, np.ndarray]:
    """A tree of arrays as one level of paths: {"Z1": {"W": …}} as {"prefix/Z1/W": …}."""
    found: dict[str, np.ndarray] = {}
    for name, branch in tree.items():
        path = prefix + quote(name, safe="'")  # a row's name may hold a slash
        found |= flat(branch, path + "/") if isinstance(branch, dict) else {path: np.asarray(branch)}
    return found


def nested(arrays: dict[str, np.ndarray], prefix: str = "") -> Tree:
    """And back.

    >>> nested({"best/Z1/W": 1, "best/Z1/b": 2, "memory": 3}, "best/")
    {'Z1': {'W': 1, 'b': 2}}
    """
    tree: Tree = {}
    for path, array in arrays.items():
        if path.startswith(prefix):
            *folders, name = map(unquote, path.removeprefix(prefix).split("/"))
            branch = tree
            for folder in folders:
                branch = branch.setdefault(folder, {})
            branch[name] = array
    return tree


def ordered(tree: Tree, like: Tree) -> Tree:
    """The leaves of `tree` in the order of another of the same shape: files sort by name, networks by row.

    >>> ordered({"Z2": {"b": 1, "W": 2}, "Z1": {}}, {"Z1": {}, "Z2": {"W": 0, "b": 0}})
    {'Z1': {}, 'Z2': {'W': 2, 'b': 1}}
    """
    return {name: ordered(tree.get(name, {}), x) if isinstance(x, dict) else tree[name] for name, x in like.items()}
