"""Saturated units: sigmoids and tanhs that stand at an end of their curve, where it is flat.

sigmoid′ = A (1 - A) ≤ 1/4        tanh′ = 1 - A² ≤ 1        both nearly 0 where |Z| is large
"""

from __future__ import annotations

import numpy as np

from workings.checkup.cures import redrawn
from workings.checkup.finding import Evidence, Finding, several
from workings.checkup.patient import Patient
from workings.checkup.trials import compared
from workings.layers import Sigmoid, Tanh

SLOPES = {Sigmoid: lambda A: 4 * A * (1 - A), Tanh: lambda A: 1 - A * A}  # as shares of the steepest
FLAT = 0.01  # of the steepest slope
ROWS = 0.95  # of the rows on which a saturated unit is flat
UNITS = 0.5  # of a layer
LEARNED = 0.5  # a network whose loss is lower than this share of the constant answer's may have flat units


def saturated(p: Patient) -> list[Finding] | str:
    """Every hidden layer of which half the units are flat on nearly all rows, while there is much to learn."""
    found, flat_units, units = [], 0, 0
    for name, layer, reads in p.rows:
        if type(layer) not in SLOPES or name == p.model.network.output:
            continue
        A = p.seen.wires[name].astype(float)
        slope = SLOPES[type(layer)](A).reshape(len(A), -1)
        share = (slope < FLAT).mean(axis=1)
        flat = np.flatnonzero(share >= ROWS)
        flat_units, units = flat_units + len(flat), units + len(A)
        if len(flat) >= UNITS * len(A) and p.still_to_learn > LEARNED:
            found.append(_finding(p, name, reads[0], flat, share, slope))
    if found or not units:
        return found or ""
    return f"{units - flat_units:,} of {several(units, 'sigmoid or tanh unit')} stand where their curve is steep"


def _finding(p: Patient, name: str, read: str, flat: np.ndarray, share: np.ndarray, slope: np.ndarray) -> Finding:
    Z = np.abs(p.seen.wires[read].astype(float)).reshape(len(share), -1)
    where = tuple(p.cells(name, i) for i in flat)
    rows = tuple(
        (where[k], float(Z[i].mean()), float(slope[i].mean()), float(share[i])) for k, i in enumerate(flat[:8])
    )
    size = float(np.sqrt(np.mean(np.square(p.seen.wires["X"].astype(float)))))
    cause = (
        f"The features are large (typically {size:.3g}): scale them first."
        if size > 10
        else "The weights into these units are too large."
    )
    return Finding(
        "saturated units",
        where,
        Evidence(
            f"{len(flat)} of {several(len(share), 'unit')} of {name} are flat on nearly all rows: their slope is "
            f"less than {FLAT:.0%} of the steepest",
            ("unit", f"mean |{read}|", "slope / steepest", "share of rows that are flat"),
            rows,
        ),
        f"d{read} = d{name} x slope: where the curve is flat, next to nothing of what the loss asks comes through, "
        f"and the weights into these units hardly move.  {cause}",
        f"model = wk.checkup.redrawn(model, {read!r})",
        attempt=lambda: compared(p, redrawn(p.model, read)),
    )
