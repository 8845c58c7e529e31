"""Network: what is wrong with the gradients of a whole network, as the check-up tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.exercises.code.compare import Fault, fault
from workings.exercises.code.course import Function
from workings.exercises.code.faults.network import way_back
from workings.exercises.code.layouts import near
from workings.exercises.code.reference import Plan, depth

if TYPE_CHECKING:
    from workings.checkup.verdicts import Verdicts
    from workings.exercises.code.look import Look


def network_fault(f: Function, look: Look, plan: Plan) -> Fault:
    """The first wrong array of a way back, or of a step of training, and its cause."""
    assert look.found is not None
    case, found, name = look.case, look.found, look.first
    simple = fault(f, case, plan, found, look.wanted, name)
    if simple.name in ("missing", "not finite", "shape", "rank 1", "wrong axis") or case["m"] == 1:
        return simple
    if f.name == "train":
        if case["iterations"] != 1 or set(found) != set(look.wanted):
            return simple
        old = case["parameters"]
        mine = {f"d{n}": (old[n] - found[n]) / case["learning_rate"] for n in found if found[n].shape == old[n].shape}
        if all(np.abs(g).max() < 1e-9 for g in mine.values()):
            return simple._replace(name="zero", said="nothing was updated")
    else:
        mine = dict(found)
    verdicts = _verdicts(case, plan, mine)
    if verdicts is None:
        return simple
    wrong = next((v for v in verdicts.values() if not v.right), None)
    if wrong is None:
        return simple
    if wrong.fault == "wrong":
        for kind, said, made in way_back(case, plan):
            if all(near(mine[name], made[name]) for name in made if name in mine):
                return simple._replace(name=kind, said=said)
    array = wrong.name.removeprefix("d") if f.name == "train" else wrong.name
    return simple._replace(array=array, name=wrong.fault, said=_said(f, wrong))


def _said(f: Function, wrong: Any) -> str:
    return f"the gradient in its step: {wrong.said}" if f.name == "train" else wrong.said


def _verdicts(case: dict[str, Any], plan: Plan, mine: dict[str, Any]) -> Verdicts | None:
    """The check-up's word on these gradients; None where it has none."""
    from workings.checkup import gradients
    from workings.model import Model
    from workings.specs import Dense

    p, L = case["parameters"], depth(case["parameters"])
    of = lambda layer: plan.output if layer == L else plan.hidden
    activation = lambda layer: None if of(layer) == "linear" else of(layer)
    layers = [Dense(len(p[f"b{i}"]), activation(i)) for i in range(1, L + 1)]
    loss = "squared-error" if plan.loss == "squared-error" else plan.loss
    y = case["Y"].T if case["k"] > 1 else case["Y"].ravel()
    try:
        model = Model(layers, loss=loss, parameters=dict(p))
        return gradients(model, case["X"].T, y, mine, tolerance=1e-6)
    except (ValueError, TypeError):
        return None
