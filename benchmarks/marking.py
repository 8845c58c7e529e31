"""How long a class takes to mark: 200 hand-ins of some 20 cells, a third of the cells wrong; processor time.

python benchmarks/marking.py
"""

from __future__ import annotations

import time

import numpy as np

from workings.exercises import Marker, generate
from workings.exercises.solution import Solution

LEARNERS = 200
KINDS = {"logistic-regression": 3, "two-layer-network": 1, "batch": 1, "backprop": 1}


def hand_ins(exercise, rng):
    """Keys in which a third of the numbers are off."""
    solution = Solution(exercise)
    key = {solution.called(name): float(solution.key(name).value) for name in solution.asked}
    for _ in range(LEARNERS):
        off = lambda x: x + (rng.random() < 1 / 3) * rng.integers(-9, 10)
        yield {cell: f"{off(x):.3f}" for cell, x in key.items()}


def main() -> None:
    """One line a kind."""
    rng = np.random.default_rng(0)
    for kind, level in KINDS.items():
        exercise = generate(kind, seed=1, level=level)
        answers = [*hand_ins(exercise, rng)]
        start = time.process_time()
        marker = Marker(exercise)
        marked = [marker.mark(said) for said in answers]
        seconds = time.process_time() - start
        print(f"{kind}: {LEARNERS} x {len(marked[0])} cells in {seconds:.1f} s")
    start = time.process_time()
    for seed in range(30):
        generate("backprop", seed=seed)
    print(f"30 variants of backprop drawn in {time.process_time() - start:.1f} s")


if __name__ == "__main__":
    main()
