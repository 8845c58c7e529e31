"""Dead ReLUs: units that say 0 to every example, and so learn from none.

A = max(Z, 0)      dZ = dA where Z > 0, else 0      Z ≤ 0 everywhere  →  dZ = 0  →  dW = db = 0
"""

from __future__ import annotations

import numpy as np

from workings.checkup.cures import redrawn
from workings.checkup.finding import Evidence, Finding, listed, several
from workings.checkup.patient import Patient
from workings.checkup.trials import compared
from workings.layers import Relu

SHARE = 0.25  # of a layer that may be silent: a few silent units cost little, and are only counted;
SPARE = 0.5  # so many where the network has LEARNED: it does without them
LEARNED = 0.1  # of the constant answer's loss
SHOWN = 8


def dead(p: Patient) -> list[Finding] | str:
    """Every hidden layer of ReLUs of which many units are silent on every row."""
    found, silent, units = [], 0, 0
    allowed = SHARE if p.still_to_learn > LEARNED else SPARE
    for name, layer, reads in p.rows:
        if not isinstance(layer, Relu) or name == p.model.network.output:
            continue
        Z = p.seen.wires[reads[0]]
        highest = Z.reshape(len(Z), -1).max(axis=1)
        lost = np.flatnonzero(highest <= 0)
        silent, units = silent + len(lost), units + len(Z)
        if len(lost) > allowed * len(Z):
            found.append(_finding(p, name, reads[0], lost, highest))
    if found or not units:
        return found or ""
    return f"{units - silent:,} of {several(units, 'ReLU')} fire for some of the {several(len(p.A), 'row')}"


def _finding(p: Patient, name: str, read: str, lost: np.ndarray, highest: np.ndarray) -> Finding:
    where = tuple(p.cells(name, i) for i in lost)
    made = next((row for row in p.rows if row.name == read), None)
    b = p.model.state.params.get(read, {}).get("b")
    g = p.seen.grads.get(read, {}).get("W")
    head, rows = ["unit", f"largest {read}"], [[where[k], float(highest[i])] for k, i in enumerate(lost)]
    if made and b is not None and g is not None:
        head += ["its bias", f"largest |d{p.label('W', read)}|"]
        rows = [[*row, float(b[i].ravel()[0]), float(np.abs(g[i]).max())] for row, i in zip(rows, lost, strict=True)]
    n = len(highest)
    return Finding(
        "dead ReLUs",
        where,
        Evidence(
            f"{len(lost)} of {several(n, 'unit')} of {name} are 0 for all {several(len(p.A), 'row')}",
            tuple(head),
            tuple(map(tuple, rows[:SHOWN])),
        ),
        f"Where {read} <= 0 the slope of ReLU is 0, so all of {listed([p.cells('d' + read, i) for i in lost], 2)} is "
        "0, and so is the gradient of every weight into these units: no step changes them, and they stay silent for "
        "ever.  Too long a step (a high learning rate) or a far too negative bias does this.",
        f"model = wk.checkup.redrawn(model, {read!r}, units={lost.tolist()})",
        attempt=lambda: compared(p, redrawn(p.model, read, lost.tolist())),
    )
