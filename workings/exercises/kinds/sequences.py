"""Sequences: a recurrent cell, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.conventions import Conventions
from workings.exercises.exercise import Exercise
from workings.exercises.generated import Generated, exercise
from workings.exercises.kinds.losses import ROUND
from workings.exercises.kinds.numbers import tenths
from workings.explain import Explanation, explain
from workings.layers import Recurrent, RnnCell
from workings.network import Network


def recurrent(rng: Any, level: int) -> Generated:
    """z = Waa a_prev + Wax x + ba and a = tanh(z), from a state of zeros."""
    n, T = [(1, 2), (2, 2), (2, 3)][level - 1]
    steps = range(1, T + 1)
    tasks = [(f"Step {t}", f"z<{t}>, then a<{t}> = tanh(z<{t}>).", [f"z1<{t}>", f"a1<{t}>"]) for t in steps]
    return exercise(
        "recurrent",
        "A recurrent cell",
        "z = Waa a + Wax x + ba, with the a of the step before; before the first step a is 0.  The columns of X are "
        f"the steps.  {ROUND}",
        tasks,
        level,
        {
            "Waa1": tenths(rng, (n, n), 12, 3),
            "Wax1": tenths(rng, (n, 1), 12, 3),
            "ba1": tenths(rng, (n, 1), 9, 2),
        },
        X=tenths(rng, (1, T, 1), 15, 3),
        work=_walked,
    )


def _walked(asked: Exercise) -> Explanation:
    params = {name.rstrip("1"): np.array(value, object) for name, value in asked.parameters.items()}
    n = len(params["ba"])
    network = Network({"H1": (Recurrent(RnnCell(n)), "X")})
    return explain(network, None, {"H1": params}, np.array(asked.X, object), None, conventions=Conventions())
