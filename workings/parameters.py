"""Parameters: {"Z1": {"W": …}} inside, {"W1": …} for users; given by hand also as integers and fractions.

>>> exactly([[1, "1/2"]])
array([[1, Fraction(1, 2)]], dtype=object)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from workings.contract import Tree
from workings.network import Network

LARGEST = 400  # the exponent of an exact number: 1e9999999 would take all memory, and no float goes that far


def by_label(network: Network, params: Tree) -> dict[str, Any]:
    """Every parameter under the name that users know: symbol and layer number."""
    return {network.label(s, row): W for row, named in params.items() for s, W in named.items()}


def exactly(value: Any) -> np.ndarray | None:
    """Integers, fractions and texts such as "1/2" or "0.1" as they are meant; None where there is a float."""
    cells = np.asarray(value, dtype=object)
    made = np.empty(cells.shape, dtype=object)
    for place, cell in np.ndenumerate(cells):
        cell = cell.item() if isinstance(cell, np.generic) else cell
        if isinstance(cell, str):
            exponent = re.search(r"[eE][+-]?([\d_]+)\s*$", cell)
            if exponent and (len(digits := exponent[1].lstrip("0_")) > 3 or int(digits or "0") > LARGEST):
                raise ValueError(f"{_told(cell)} is not within what can be computed, 1e-{LARGEST} to 1e{LARGEST}")
            try:
                cell = Fraction(cell)
            except (ValueError, ZeroDivisionError):
                raise ValueError(f"{_told(cell)} is not a number; write 3, 0.5 or 1/2") from None
        if isinstance(cell, bool) or not isinstance(cell, int | Fraction):
            return None
        made[place] = int(cell) if cell.denominator == 1 else cell
    return made


def _told(cell: str) -> str:
    """A text for a sentence: not too much of it."""
    told = repr(cell)
    return told if len(told) <= 40 else told[:40] + "…"


def numbers(name: str, value: Any, dtype: str = "float64") -> np.ndarray:
    """The value as finite floats of a type that can hold them.  Raises ValueError with the reason."""
    try:
        with np.errstate(over="ignore"):
            made = np.asarray(value)
            if made.dtype.kind == "c":
                raise ValueError("complex numbers are not read")
            made = made.astype(np.float64)
            held = made.astype(dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} is a table of numbers, every row as long as the others: {error}") from None
    if not np.isfinite(held).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(held))[0])
        raise ValueError(f"{name} is {made[place]} at {list(place)}: that is no number that {dtype} can hold")
    return made


def given(
    network: Network, start: Tree, values: Mapping[str, Any], dtype: str = "float64"
) -> tuple[Tree, Tree | None]:
    """The starting parameters with those of `values` in their place, and all of them exact if all are given so.

    Raises ValueError for a name the network does not have, and for a shape that does not fit, with the rule.
    """
    places = {network.label(s, row): (row, s) for row, named in start.items() for s in named}
    if len(places) < sum(map(len, start.values())):
        raise ValueError(f"two parameters of this network would have one name ({', '.join(places)}): rename a row")
    if unknown := [name for name in values if name not in places]:
        raise ValueError(f"this network has no parameter {unknown[0]!r}; it has {', '.join(places)}")
    params = {row: dict(named) for row, named in start.items()}
    exact: Tree | None = {row: {} for row in start}
    for name, value in values.items():
        row, symbol = places[name]
        cells = exactly(value)
        made = numbers(name, value if cells is None else cells, dtype)
        params[row][symbol] = fitted(name, made, start[row][symbol].shape)
        if exact is not None and cells is not None:
            exact[row][symbol] = fitted(name, cells, start[row][symbol].shape)
        else:
            exact = None
    return params, exact if values and len(values) == len(places) else None


def fitted(name: str, value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The array in its shape: a list of biases is taken as the column it stands for."""
    if value.shape == shape:
        return value
    if value.ndim == 1 and shape == (value.size, 1):
        return value.reshape(shape)
    turned = (
        " (you gave its transpose: rows are units, columns are what feeds them)" if value.T.shape == shape else ""
    )
    raise ValueError(f"{name} must have the shape {shape}, not {value.shape}{turned}")
