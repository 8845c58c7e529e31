"""The flow of gradients: how much of what the loss asks reaches each layer, and each step of a sequence.

dA[l-1] = Wᵀ dZ[l]      dZ[l-1] = dA[l-1] · g′(Z[l-1])      every layer multiplies: by less than 1, or by more
"""

from __future__ import annotations

import numpy as np

from workings.checkup.cures import activated, gated, redrawn
from workings.checkup.finding import Evidence, Finding, several
from workings.checkup.patient import Patient
from workings.checkup.trials import compared
from workings.layers import Recurrent

LITTLE, MUCH = 1e-3, 1e3  # of the last layer's gradient, at the first
LITTLE_IN_TIME = 1e-6  # of the last step's, at the first
LEARNED = 0.3  # of the constant answer's loss: below, there is no longer much to ask for


def flow(p: Patient) -> list[Finding] | str:
    """Gradients that vanish or explode on the way from the loss to the first layer, or through time."""
    if not p.finite or p.still_to_learn < LEARNED:
        return ""
    found = [finding for finding in (_through_layers(p), *_through_time(p)) if finding]
    sizes = layers(p)
    if found or len(sizes) < 2:
        return found or ""
    (first, little), (last, much) = sizes[0], sizes[-1]
    if not much or not little:
        return ""
    return f"gradients reach every layer: d{first} is {little / much:.2g} of d{last}"


def layers(p: Patient) -> list[tuple[str, float]]:
    """The typical size of what the loss asks of every layer with weights, from the first to the last."""
    weighted = [row.name for row in p.rows if "W" in p.model.state.params.get(row.name, {})]
    return [(name, size(p.seen.dwires[name])) for name in weighted if name in p.seen.dwires]


def size(A: np.ndarray) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(np.square(A.astype(float)))))


def _through_layers(p: Patient) -> Finding | None:
    sizes = layers(p)
    if len(sizes) < 2 or not sizes[0][1] or not sizes[-1][1]:
        return None
    share = sizes[0][1] / sizes[-1][1]
    if LITTLE <= share <= MUCH:
        return None
    vanish = share < LITTLE
    rows = []
    for (name, here), (_, above) in zip(sizes, [*sizes[1:], ("", 0.0)], strict=True):
        W = p.model.state.params[name]["W"].astype(float)
        rows.append((f"d{name}", here, here / above if above else None, size(p.seen.grads[name]["W"]) / size(W)))
    first, last = sizes[0][0], sizes[-1][0]
    word = "vanishing" if vanish else "exploding"
    why = (
        f"Going back, every layer multiplies what the loss asks by its weights and by the slope of its activation "
        f"(at most 1/4 for sigmoid).  Over {several(len(sizes), 'layer')} that left {share:.1g} of it: "
        f"{first} hardly learns."
        if vanish
        else "Going back, every layer multiplies what the loss asks by its weights; these are so large that "
        f"{first} is asked for {share:.1g} times as much as {last}: one learning rate cannot suit both."
    )
    code = 'wk.checkup.activated(model, "relu")' if vanish else "wk.checkup.redrawn(model)"
    return Finding(
        f"{word} gradients",
        tuple(f"d{name}" for name, _ in sizes),
        Evidence(
            f"d{first} is {share:.2g} of d{last}",
            ("array", "typical size", "of the layer after it", "|dW| / |W|"),
            tuple(rows),
        ),
        why,
        f"model = {code}",
        attempt=lambda: compared(p, activated(p.model, "relu") if vanish else redrawn(p.model)),
    )


def _through_time(p: Patient) -> list[Finding | None]:
    return [_over_steps(p, name, reads[0]) for name, layer, reads in p.rows if isinstance(layer, Recurrent)]


def _over_steps(p: Patient, name: str, read: str) -> Finding | None:
    d = p.seen.dwires[read]
    if d.shape[1] < 3:
        return None
    steps = [size(d[:, t]) for t in range(d.shape[1])]
    if not steps[0] or not steps[-1]:
        return None
    share = steps[0] / steps[-1]
    if LITTLE_IN_TIME <= share <= MUCH:
        return None
    base, T = p.model.conventions.base, len(steps)
    shown = sorted({0, T // 4, T // 2, 3 * T // 4, T - 1})
    vanish = share < LITTLE_IN_TIME
    return Finding(
        "vanishing gradients" if vanish else "exploding gradients",
        (f"d{read}[:,{base},:]",),
        Evidence(
            f"of what the loss asks of the last of {T} steps, {share:.1g} reaches the first (in {name})",
            ("array", "typical size"),
            tuple((f"d{read}[:,{t + base},:]", steps[t]) for t in shown),
        ),
        "Every step back in time multiplies by the same weights and slopes; over many steps that goes to "
        + (
            "0, and what came early is not learned from.  Gates (GRU, LSTM) let it pass."
            if vanish
            else "infinity, and one step of training throws the weights far away."
        ),
        "model = wk.checkup.gated(model)" if vanish else f"model = wk.checkup.redrawn(model, {name!r})",
        attempt=lambda: compared(p, gated(p.model) if vanish else redrawn(p.model, name)),
    )
