"""Symmetric units: units of a layer that start alike, are asked for the same, and so stay alike for ever.

W[i,:] = W[j,:]  and  dW[i,:] = dW[j,:]   →   W[i,:] - α dW[i,:] = W[j,:] - α dW[j,:]
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from workings.checkup.cures import redrawn
from workings.checkup.finding import Evidence, Finding, listed, several
from workings.checkup.patient import Patient
from workings.checkup.trials import compared
from workings.layers import Convolution, Dense, Recurrent

NEAR = 1e-6  # of the largest in an array: closer than training could tell apart
PAIRS = 200  # of a layer are named in the evidence; all are counted


def symmetric(p: Patient) -> list[Finding] | str:
    """All units that are equal in every weight, in the bias, and in the gradients of both, in pairs."""
    looked, alike = 0, {}
    for name, layer, _ in p.rows:
        if isinstance(layer, Dense | Convolution | Recurrent):
            units = units_of(p, name)
            looked += len(units)
            if groups := equal_rows(units):
                alike[name] = groups
    if alike:
        return [_finding(p, alike)]
    return f"no two of {several(looked, 'unit')} have the same weights and the same gradients" if looked else ""


def units_of(p: Patient, row: str) -> np.ndarray:
    """One line for every unit: its parameters and their gradients, each array as a share of its largest number."""
    params, grads = p.model.state.params[row], p.seen.grads[row]
    n = max(W.shape[0] for W in params.values())
    columns = []
    for symbol, W in params.items():
        for A in (W.astype(float), grads[symbol].astype(float)):
            A = without_order(A) if A.shape == (n, n) and n > 1 and symbol == "Waa" else A
            columns.append(A.reshape(n, -1) / (np.abs(A).max() or 1))
    return np.hstack(columns)


def without_order(W: np.ndarray) -> np.ndarray:
    """Weights between the units of one layer: two alike units may have changed places in each other's row."""
    return np.sort(W, axis=1)


def equal_rows(units: np.ndarray) -> list[list[int]]:
    """Groups of equal rows.

    >>> equal_rows(np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]]))
    [[0, 2]]
    """
    groups: list[list[int]] = []
    for i, unit in enumerate(units):
        heads = np.array([group[0] for group in groups], dtype=int)
        same = np.flatnonzero(np.abs(units[heads, 0] - unit[0]) <= NEAR)  # most differ in their first number already
        near = (k for k in same if np.abs(units[heads[k]] - unit).max() <= NEAR)
        if (k := next(near, None)) is None:
            groups.append([i])
        else:
            groups[k].append(i)
    return [group for group in groups if len(group) > 1]


def _finding(p: Patient, alike: dict[str, list[list[int]]]) -> Finding:
    rows, where, told = [], [], []
    for name, groups in alike.items():
        W = next(iter(p.model.state.params[name]))
        label, base = p.label(W, name), p.model.conventions.base
        pairs = [pair for group in groups for pair in combinations(group, 2)]
        where += [p.cells(name, i) for group in groups for i in group]
        told.append(
            f"{name}: {several(len(pairs), 'pair')} " + listed([f"({i + base}, {j + base})" for i, j in pairs], 4)
        )
        for i, j in pairs[:PAIRS]:
            one, other = (p.model.state.params[name][W][k].astype(float) for k in (i, j))
            g, h = (p.seen.grads[name][W][k].astype(float) for k in (i, j))
            cells = f"{p.cells(label, i)} = {p.cells(label, j)}"
            rows.append((cells, float(np.abs(one - other).max()), float(np.abs(g - h).max())))
    count = sum(len(group) for groups in alike.values() for group in groups)
    code = ", ".join(map(repr, alike))
    return Finding(
        "symmetric units",
        tuple(where),
        Evidence(
            f"{count} units have a twin with the same weights and the same gradients.  " + "; ".join(told),
            ("pair", "largest difference of weights", "of gradients"),
            tuple(rows),
        ),
        "Units that start alike and are asked for the same take the same steps, and stay alike for ever: together "
        "they are worth one unit.  Weights must start different; biases may start at 0.",
        f"model = wk.checkup.redrawn(model, [{code}])",
        attempt=lambda: compared(p, redrawn(p.model, list(alike))),
    )
