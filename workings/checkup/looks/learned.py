"""What was learned: the loss beside what the best constant answer costs, which knows y and nothing of X."""

from __future__ import annotations

from workings.checkup.patient import Patient

NOTHING = 0.8  # of the constant answer's loss: above, next to nothing has been learned


def learned(p: Patient) -> str:
    """A sentence: it is the other looks that say why."""
    if not p.constant:
        return ""
    line = f"the loss is {p.still_to_learn:.2g} times what the best constant answer costs"
    if p.still_to_learn <= NOTHING:
        return line
    if not len(p.model.history):
        return f"{line}: nothing has been learned yet"
    return f"{line}: next to nothing was learned in {len(p.model.history)} epochs; try more of them, and more units"
