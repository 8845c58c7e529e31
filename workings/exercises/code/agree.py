"""Agree: what differs from the course by a convention only, and goes together in a file."""

from __future__ import annotations

import numpy as np

from workings.exercises.code.calls import Tried
from workings.exercises.code.compare import Fault
from workings.exercises.code.course import FUNCTIONS, Function
from workings.exercises.code.layouts import near
from workings.exercises.code.look import Look, Seen, looked


def _ratio(look: Look, name: str) -> float:
    """How many times too big an array is; nan where it is not a multiple."""
    given, right = (look.found or {}).get(name), np.asarray(look.wanted[name], float)
    if given is None or np.shape(given) != right.shape or not right.any():
        return float("nan")
    ratio = float(np.vdot(given, right) / np.vdot(right, right))
    return ratio if near(given, ratio * right) else float("nan")


def times_m(seen: Seen, names: tuple[str, ...]) -> bool:
    """Whether these arrays are m times too big in every case, and all others right."""
    looks = [look for look in seen.looks if look.case["m"] > 1]
    scaled = [(look, n) for look in looks for n, x in look.wanted.items() if n[:2] in names and np.any(x)]
    times = all(abs(_ratio(look, n) - look.case["m"]) < 1e-4 for look, n in scaled)  # a dead unit's 0 has no ratio
    rest = {n for look in looks for n in look.wanted if n[:2] not in names}
    right = all(look.found and near(look.found.get(n, np.nan), look.wanted[n]) for look in looks for n in rest)
    return bool(looks) and times and right


def summed(f: Function, seen: Seen) -> bool:
    """A cost that is the sum over the examples is no mistake: it is noted as a convention."""
    if f.name != "compute_cost" or not times_m(seen, ("J",)):
        return False
    seen.notes.append("J is the sum over the examples, not their mean")
    _allow(seen)
    return True


def _allow(seen: Seen) -> None:
    seen.looks = [look._replace(found=dict(look.wanted)) for look in seen.looks]


def agreed(best: dict[str, Seen], tried: Tried) -> None:
    """Gradients without 1/m are no mistake where the rest of the file goes with that."""
    whole = [n for n in ("backward_propagation", "train") if n in best]
    sums = "compute_cost" in best and bool(best["compute_cost"].notes)
    if sums and "train" in best and not (seen := best["train"]).right:
        cases = [case["case"] for case in tried.cases["train"]]
        at = [cases.index(look.case["case"]) for look in seen.looks]
        looks = [looked(FUNCTIONS["train"], tried, i, seen.way, seen.plan, True) for i in at]
        if not any(look.first for look in looks):
            best["train"] = Seen(seen.way, seen.plan, seen.family, looks, ["it goes down the sum over the examples"])
    for name in ("backward_propagation", "linear_backward", "linear_activation_backward"):
        if name not in best or best[name].right or not times_m(best[name], ("dW", "db")):
            continue
        if sums:
            best[name].notes.append("the gradients are those of the sum over the examples")
            _allow(best[name])
        elif name != "backward_propagation" and whole and all(best[n].right for n in whole):
            best[name].notes.append("the division by m stands elsewhere: the whole way back has it")
            _allow(best[name])


def steady(seen: Seen) -> Fault | None:
    """A cost that is the same number of times too big in every case."""
    from workings.checkup.suspects import factor

    looks = [look for look in seen.looks if "J" in look.wanted and look.found]
    ratios = [_ratio(look, "J") for look in looks]
    for power, more in ((0, ""), (1, "; and the division by m is missing"), (-1, "; and it is divided by m twice")):
        scaled = [ratio / look.case["m"] ** power for ratio, look in zip(ratios, looks, strict=True)]
        if len(scaled) > 2 and np.ptp(scaled) <= 1e-5 * abs(scaled[0]):
            if abs(scaled[0] - 1) < 1e-5:
                return Fault("J", "1/m twice", "it was divided by m twice")
            kind, said = factor(scaled[0], 0, 0)
            return Fault("J", kind, said + more)
    return None
