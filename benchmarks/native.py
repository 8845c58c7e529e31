"""The native kernel alone: microseconds per step of every instruction set that this machine can run, on one thread.

    python benchmarks/native.py                 all dense networks
    python benchmarks/native.py 784-30-10 30-   those whose names begin so

Times are those of the thread, so that a busy machine tells nearly the same; medians of short slices, in turns.  The
share is of what this core can do at most.  Beside the peers: `python benchmarks/receipts.py`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

from side_by_side import machine
from side_by_side.cases import CASES, NOISE, Case, steps_of
from side_by_side.ours import Backend
from side_by_side.problem import problem

from workings.backends import native

SLICE = 3e9  # operations
SLICES = 9


def per_step(case: Case) -> dict[str, float]:
    """Microseconds of each instruction set."""
    common, n, engines = problem(case), steps_of(case, SLICE, 60_000), {}
    for name in native.instruction_sets():
        engines[name] = Backend(common, "native")
        engines[name].options["instructions"] = name
    found: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(SLICES):
        for name, engine in engines.items():
            start = time.thread_time()
            engine.steps(n)
            found[name].append((time.thread_time() - start) / n * 1e6)
    return {name: median(times) for name, times in found.items()}


if __name__ == "__main__":
    if reason := native.available():
        sys.exit(reason)
    most = machine.peak()
    print(f"{machine.processor()}\n{most.one / 1e9:.0f} GFLOP/s at most on one core, by {most.how}")
    for case in (*CASES, *NOISE):
        if case.kind == "dense" and case.name.startswith(tuple(sys.argv[1:] or [""])):
            times = per_step(case)
            share = case.operations / (next(iter(times.values())) * 1e-6) / most.one
            said = "   ".join(f"{name} {us:.2f} us" for name, us in times.items())
            print(f"{case.name:55} {share:4.0%} of peak   {said}", flush=True)
