"""NaN and infinity: the first operation that made one, and the numbers that went in."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.checkup.cures import redrawn
from workings.checkup.finding import Evidence, Finding
from workings.checkup.looks.scaling import standardized
from workings.checkup.patient import Patient
from workings.checkup.trials import compared, compared_on
from workings.explain.derivation import Derivation
from workings.explain.explanation import Explanation
from workings.explain.passes import both_ways

SHOWN = 6
LARGE = 1e4


def nonfinite(p: Patient) -> list[Finding] | str:
    """The first number of the pass, in the order in which they are worked out, that is none."""
    if p.finite:
        largest = max(float(np.abs(A).max()) for name, A in p.seen.wires.items() if name != "X")
        return f"every number of the pass is finite; the largest on a wire is {largest:.3g}"
    w = Explanation(both_ways(p.problem, np), p.problem, p.model.conventions)
    with np.errstate(all="ignore"):
        for name, A in w.numbers.items():
            if not np.isfinite(A.astype(float)).all():
                index = tuple(int(i) for i in np.argwhere(~np.isfinite(A.astype(float)))[0])
                return [_finding(p, w, name, index)]
    return []


def _finding(p: Patient, w: Explanation, name: str, index: tuple[int, ...]) -> Finding:
    d = Derivation.of(w, name, index)
    cell = str(w.shown(d.name)._replace(cell=tuple(i + p.model.conventions.base for i in w.shown(d.name).cell)))
    inputs = sorted(((n, float(w.numbers[n.array][n.cell])) for n in d.made_from), key=lambda pair: -abs(pair[1]))
    rows = []
    for n, value in inputs[:SHOWN]:
        shown = w.shown(n)
        rows.append((str(shown._replace(cell=tuple(i + p.model.conventions.base for i in shown.cell))), value))
    largest = inputs[0][1] if inputs else 0.0
    value = w.numbers[name][index]
    limit = float(np.finfo(p.model.dtype).max)
    code, attempt = _cure(p)
    return Finding(
        "NaN or infinity",
        (cell,),
        Evidence(
            f"{cell} = {w[name].formula} is the first number that is none: {value}.  "
            f"{len(inputs)} numbers went in, the largest {largest:.3g}",
            ("went in", "value"),
            tuple(rows),
        ),
        f"{p.model.dtype} holds numbers up to {limit:.2g}; what goes beyond is infinity, and infinity minus infinity "
        "or times 0 is NaN.  Everything made from it is lost, the loss and every gradient with it.",
        code,
        attempt=attempt,
    )


def _cure(p: Patient) -> tuple[str, Any]:
    if np.abs(p.A).max() > LARGE:
        X, code = standardized(p)
        return code, lambda: compared_on(p, X)
    return "model = wk.checkup.redrawn(model)", lambda: compared(p, redrawn(p.model))
