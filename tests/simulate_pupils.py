"""A second simulated class, of pupils whose faults were written by another hand (tests/pupil_faults.py).

python -m tests.simulate_pupils 9          so many seeds a kind; writes the tables as Markdown
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from tests.pupil import Sheet, apart, attempt, called, right, steps_of, worked
from tests.pupil_faults import FAULTS, ONCE, miscalculated, pen, products_of
from tests.simulate import Tally, judged, main, two_at_once
from workings.exercises import Marker, generate


def class_of(kinds: Iterable[str], seeds: Iterable[int]) -> Tally:
    """Every mistake of the list in exercises of these kinds, the seeds taking turns at the three levels."""
    tally: Tally = defaultdict(Counter)
    for kind in kinds:
        for seed in seeds:
            exercise = generate(kind, seed=seed, level=1 + seed % 3)
            pupils(exercise, np.random.default_rng([seed, 2, *kind.encode()]), kind, tally)
    return tally


def pupils(exercise: Any, rng: Any, kind: str, tally: Tally) -> None:
    digits = rng.choice([3, None])
    marker = Marker(exercise)
    visible = {}
    for name, fault in FAULTS.items():
        which = int(rng.integers(12))
        always = worked(exercise, {name: fault}, None, digits, which)
        visible[name] = [*always.wrong]
        if name not in ONCE:
            judged(marker, always, tally["consistent", name, kind])
        seen = seen_at(exercise, name, which)
        spots = [cell for cell, alike in seen.items() if not alike]
        tally["once", name, kind].update(seen=len(seen), alike=len(seen) - len(spots))
        if spots:
            spot = spots[rng.integers(len(spots))]
            judged(marker, worked(exercise, {name: fault}, spot, digits, which), tally["once", name, kind])
    for name, number in (("slip of the pen", slipped), ("not in the table", odd)):
        for _ in range(4):
            judged(marker, number(exercise, rng, digits), tally["other", name, kind])
    two_at_once(marker, rng, digits, visible, tally["two", "two at once", kind], FAULTS, worked, ONCE)


def seen_at(exercise: Any, name: str, which: int) -> dict[str, bool]:
    """The cells in which a fault made there alone can be seen; and whether it is another by its arithmetic."""
    paper = worked(exercise, {}, None, None).paper
    found = {}
    for step in steps_of(exercise):
        if step.array in exercise.blanks and (bad := attempt(FAULTS[name], step, paper, exercise, which)) is not None:
            good = paper[step.array]
            cells = [at for at in np.ndindex(*good.shape) if bad.shape == good.shape and apart(bad[at], good[at])]
            found |= {called(step.array, at): alike(name, step, paper, at, bad[at]) for at in cells}
    return found


def alike(name: str, step: Any, paper: Any, at: tuple[int, ...], bad: Any) -> bool:
    """Where a fault made once is another by its arithmetic: on its diagonal, dZ times A is one example alone; read
    from a node that is 0, or one of no more than two products that are not 0, a term is dropped; where one example
    alone has a gradient, it is 1/m that was forgotten; behind a dead unit all is 0."""
    if name in ("dW transposed", "own layer's A"):
        return bad == 0
    if name == "element by element" and step.form == "dW":
        return at[0] == at[1]
    if name not in ("element by element", "wrong input read", "examples not summed"):
        return False
    products = products_of(step, paper)[at[0], :, at[1]]
    some = [x for x in products if x]
    if name == "examples not summed":
        return len(some) == 1 and bad in some
    few = len(some) <= 2 if name == "element by element" else 0 in products
    return few and paper[step.array][at] - bad in some


def slipped(exercise: Any, rng: Any, digits: Any) -> Sheet:
    return once(exercise, "slip of the pen", rng, digits, lambda step, paper, at, x: pen(x, rng))


def odd(exercise: Any, rng: Any, digits: Any) -> Sheet:
    change = lambda step, paper, at, x: miscalculated(step, paper, at, x, rng)
    return once(exercise, "not in the table", rng, digits, change)


def once(exercise: Any, name: str, rng: Any, digits: Any, change: Any) -> Sheet:
    """One number changed, and the rest worked from it."""
    cells = [*worked(exercise, {}, None, digits).numbers]
    cell = cells[rng.integers(len(cells))]

    def fault(here, paper, exercise, which):
        made = right(here, paper, exercise.level).copy()
        for at in np.ndindex(*made.shape):
            if called(here.array, at) == cell:
                made[at] = change(here, paper, at, made[at])
        return made

    return worked(exercise, {name: fault}, cell, digits)


if __name__ == "__main__":
    main(class_of)
