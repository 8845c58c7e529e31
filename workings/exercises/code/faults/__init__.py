"""Faults: wrong lines that people really write in one function, each worked out, to see which gives the numbers.

`suspects(function, case, plan)` → (fault by name, what was done, the arrays it would give)

Factors, signs and transposes need no row here: `checkup.suspects.alone` finds those in any array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from workings.exercises.code.faults.backward import SLOPES, linear_activation_backward, linear_backward, slopes
from workings.exercises.code.faults.forward import activation, linear_activation_forward, linear_forward
from workings.exercises.code.faults.network import cost, forward, predict
from workings.exercises.code.faults.rows import Suspect
from workings.exercises.code.faults.step import update
from workings.exercises.code.reference import Case, Plan

TABLES: dict[str, Callable[[Case, Plan], Iterator[Suspect]]] = {
    "linear_forward": linear_forward,
    "sigmoid": activation("sigmoid"),
    "relu": activation("relu"),
    "tanh": activation("tanh"),
    "linear_activation_forward": linear_activation_forward,
    "forward_propagation": forward,
    "compute_cost": cost,
    "linear_backward": linear_backward,
    "linear_activation_backward": linear_activation_backward,
    "update_parameters": update,
    "predict": predict,
}


def suspects(function: str, case: Case, plan: Plan) -> Iterator[Suspect]:
    """Every fault of this function that can be worked out on this case."""
    with np.errstate(all="ignore"):
        if function.endswith("_backward") and (name := function.removesuffix("_backward")) in SLOPES:
            yield from ((f, said, {"dZ": dZ}) for f, said, dZ in slopes(name, case["dA"], case["Z"]))
        elif function in TABLES:
            yield from TABLES[function](case, plan)
