"""Collapsed layers: layers with weights and nothing between them that bends are one layer.

W2 (W1 X + b1) + b2  =  (W2 W1) X + (W2 b1 + b2)  =  W′ X + b′
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.checkup.cures import bent, redrawn
from workings.checkup.finding import Evidence, Finding
from workings.checkup.patient import Patient
from workings.checkup.trials import compared
from workings.layers import Convolution, Dense, Dropout, Flatten, Identity
from workings.network import Row

STRAIGHT = (Identity, Dropout, Flatten)  # pass on what they get, or a multiple of it


def collapsed(p: Patient) -> list[Finding] | str:
    """Every pair of dense layers or convolutions with only straight rows between them."""
    rows = {row.name: row for row in p.rows}
    weighted = [row for row in p.rows if isinstance(row.layer, Dense | Convolution)]
    found = []
    for row in weighted:
        before = _behind(rows, row)
        if before is not None:
            found.append(_finding(p, before, row))
    if found or len(weighted) < 2:
        return found
    return f"something bends between each of {len(weighted)} layers with weights"


def _behind(rows: dict[str, Row], row: Row) -> Row | None:
    """The layer with weights whose output this row reads unbent."""
    read = row.reads[0]
    while read in rows and isinstance(rows[read].layer, STRAIGHT):
        read = rows[read].reads[0]
    if read not in rows or not isinstance(rows[read].layer, Dense | Convolution):
        return None
    return rows[read]


def _finding(p: Patient, first: Row, second: Row) -> Finding:
    W1, W2 = (p.label("W", row.name) for row in (first, second))
    b1, b2 = (p.label("b", row.name) for row in (first, second))
    evidence = _merged(p, first, second, W1, W2, b1, b2) or Evidence(
        f"between {first.name} and {second.name} nothing bends: {second.name} is a straight function of "
        f"what {first.name} reads"
    )
    return Finding(
        "collapsed layers",
        (first.name, second.name),
        evidence,
        f"Straight after straight is straight: {second.name} could say the same without {first.name}, and no "
        "training changes that.  What makes a deep network more than one layer is the bend between the layers.",
        f'model = wk.checkup.redrawn(wk.checkup.bent(model, {first.name!r}, "relu"))',
        attempt=lambda: compared(p, redrawn(bent(p.model, first.name, "relu"))),
    )


def _merged(p: Patient, first: Row, second: Row, W1: str, W2: str, b1: str, b2: str) -> Evidence | None:
    """W′ = W2 W1 and b′ = W2 b1 + b2 in numbers, and that they say the same: for two dense layers."""
    if not isinstance(first.layer, Dense) or not isinstance(second.layer, Dense):
        return None
    params = p.model.state.params
    one, two = ({s: A.astype(float) for s, A in params[row.name].items()} for row in (first, second))
    W, b = two["W"] @ one["W"], two["W"] @ one["b"] + two["b"]
    A = p.seen.wires[first.reads[0]].astype(float)
    A = A.reshape(-1, A.shape[-1])
    said, straight = two["W"] @ (one["W"] @ A + one["b"]) + two["b"], W @ A + b
    apart = float(np.abs(said - straight).max())
    count = sum(x.size for x in (*one.values(), *two.values()))
    rows: tuple[tuple[Any, ...], ...] = tuple(
        (f"W'[{i + 1},:]", _few(W[i]), float(b[i, 0])) for i in range(min(4, len(W)))
    )
    return Evidence(
        f"{second.name} = {W2} ({W1} A + {b1}) + {b2} is W' A + b' with W' = {W2} {W1} {W.shape} and b' = {W2} {b1} "
        f"+ {b2}: {count:,} numbers say what {W.size + b.size:,} can.  On {A.shape[-1]:,} rows the two differ by at "
        f"most {apart:.1g}",
        ("row", f"W' = {W2} {W1}", "b'"),
        rows,
    )


def _few(row: np.ndarray) -> str:
    shown = "  ".join(f"{x:.4g}" for x in row[:4])
    return shown + ("  ..." if len(row) > 4 else "")
