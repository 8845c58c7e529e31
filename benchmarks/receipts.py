"""Receipts: ours beside PyTorch, scikit-learn, raw JAX and Keras, on the same networks, in one run.

    python benchmarks/receipts.py                          every network; some minutes
    python benchmarks/receipts.py --quick                  rough figures, sooner
    python benchmarks/receipts.py --nets 784-30 LeNet      networks whose names begin so
    python benchmarks/receipts.py --engines native numpy   columns whose names begin so
    python benchmarks/receipts.py --write docs/speed.md    and the page

Every engine has its own process and takes its turn for a short slice (A B C A B C …); figures are medians, by the
clock on the wall.  A step includes choosing and gathering the batch out of 60,000 rows.  After the times every engine
trains again from the same start in the same order, and its weights are compared with float64 NumPy's.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from side_by_side import cold, machine, page, table
from side_by_side.cases import CASES, NOISE
from side_by_side.turns import ENGINES, FULL, QUICK, Room, Row


def main(words: list[str] | None = None) -> int:
    """Measure, print, and write the page where one is asked for."""
    asked = arguments(words)
    cases = [case for case in (*CASES, *NOISE) if case.name.startswith(tuple(asked.nets))]
    engines = [engine for engine in ENGINES if engine.label.startswith(tuple(asked.engines))]
    if not cases or not engines:
        print("nothing has a name that begins so: --help says more", file=sys.stderr)
        return 2
    began, load = time.perf_counter(), machine.load()
    peak = machine.peak()
    print(
        f"{machine.processor()}\npeak {peak.one / 1e9:.0f} GFLOP/s on one core, {peak.all / 1e9:.0f} on all",
        flush=True,
    )
    rows = []
    with Room() as room:
        for case in cases:
            late = time.perf_counter() - began > 60 * asked.minutes
            row = room.row(case, QUICK if asked.quick or late else FULL, engines)
            row.hurried = late and not asked.quick
            rows.append(row)
            print(told(row, peak), flush=True)
    found: dict[str, Any] = {"imports": {}, "first": {}, "whole": {}}
    if not asked.steps_only:
        found["imports"] = cold.imports(1 if asked.quick else 3)
        found["first"] = cold.first_epoch(1 if asked.quick else 5)
        whole = (2, ("auto",)) if asked.quick else (30, ("auto", "numpy"))
        found["whole"] = cold.nielsen(*whole)
    text = page.written(rows, peak, found, asked, load, time.perf_counter() - began)
    print(f"\n{text}")
    if asked.write:
        page.put(asked.write, text)
        print(f"written to {asked.write}")
    return 0


def arguments(words: list[str] | None) -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer turns, shorter slices, shorter checks")
    parser.add_argument("--minutes", type=float, default=5.0, help="from then on networks are measured as in --quick")
    parser.add_argument("--nets", nargs="+", default=[""], metavar="NAME")
    parser.add_argument("--engines", nargs="+", default=[""], metavar="NAME")
    parser.add_argument("--steps-only", action="store_true", help="no cold starts and no whole run")
    parser.add_argument("--write", type=Path, metavar="FILE")
    return parser.parse_args(words)


def told(row: Row, peak: machine.Peak) -> str:
    """One network for the terminal."""
    lines = [
        f"\n{row.case.name}: {row.case.operations / 1e6:.3g} MFLOP a step; checked for {row.checked_steps} steps"
    ]
    for label in table.COLUMNS:
        if label in row.times:
            apart = f"  weights within {row.errors[label]:.0e}" if label in row.errors else ""
            mark = "  <- auto" if label == table.taken(row) else ""
            lines.append(f"  {label:18} {row.times[label]:10.2f} us{apart}{mark}")
    lines += [f"  {label:18} {reason}" for label, reason in row.reasons.items()]
    part = table.share(row, peak)
    torch, case = table.ratio(row, table.TORCH), row.case
    line = (
        f" (must {case.must:g}, goal {case.goal:g}: {table.reached(torch, case.must, case.goal)})"
        if case.must
        else ""
    )
    ratios = f"{table.times_(torch)} PyTorch{line}, {table.times_(table.ratio(row, table.PEERS))}"
    return "\n".join([*lines, f"  {ratios} the best peer; {100 * (part or 0):.0f} % of peak"])


if __name__ == "__main__":
    sys.exit(main())
