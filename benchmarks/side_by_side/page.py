"""Page: docs/speed.md, out of the figures and the prose in speed.md.in."""

from __future__ import annotations

import argparse
import shlex
import sys
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

from side_by_side import machine, table
from side_by_side.problem import paper
from side_by_side.turns import Row
from workings.backends import PATIENCE
from workings.backends.native import THREADS_FROM
from workings.backends.numpy import THREADS_FROM as NUMPY_THREADS_FROM

PROSE = Path(__file__).with_name("speed.md.in")
BUSY = 0.75  # processes per core from which the page says that the machine was not its own


def written(
    rows: list[Row],
    peak: machine.Peak,
    found: dict[str, Any],
    asked: argparse.Namespace,
    load: float | None,
    seconds: float,
) -> str:
    """The whole page."""
    installed = machine.versions()
    there = [f"{name} {number}" for name, number in installed.items() if number]
    missing = [name for name, number in installed.items() if not number]
    reasons = table.reasons(rows)
    if late := "; ".join(row.case.name for row in rows if row.hurried):
        reasons += f"\n- Measured in few and short turns, for want of time: {late}"
    return Template(PROSE.read_text(encoding="utf-8")).substitute(
        command=command(asked),
        date=date.today().isoformat(),
        minutes=f"{seconds / 60:.1f}",
        noise=noise(asked.quick, load),
        processor=machine.processor(),
        peak_one=f"{peak.one / 1e9:.0f}",
        peak_all=f"{peak.all / 1e9:.0f}",
        peak_how=peak.how,
        versions=", ".join(there) + (f"; not installed: {', '.join(missing)}" if missing else ""),
        blas=machine.blas(),
        load_before=number(load),
        load_after=number(machine.load()),
        pictures=pictures(),
        times=table.times(rows),
        verdicts=table.verdicts(rows, peak),
        checks=table.checks(rows),
        reasons=f"Empty cells, and others with a reason:\n\n{reasons.strip()}\n\n" if reasons else "",
        imports=imported(found["imports"]),
        first=first_epoch(found["first"]),
        whole=whole_run(found["whole"], asked.quick),
        threads_from=f"{THREADS_FROM / 1e6:.0f}",
        numpy_threads=f"{NUMPY_THREADS_FROM / 1e6:.0f}",
        patience=f"{PATIENCE:g}",
    )


def put(path: Path, text: str) -> None:
    """Write it beside and move it there, so that a page is never half a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def command(asked: argparse.Namespace) -> str:
    """What to type to have it again."""
    words = ["python", "benchmarks/receipts.py"]
    words += ["--quick"] if asked.quick else []
    words += ["--nets", *map(shlex.quote, asked.nets)] if asked.nets != [""] else []
    words += ["--engines", *map(shlex.quote, asked.engines)] if asked.engines != [""] else []
    words += ["--steps-only"] if asked.steps_only else []
    return " ".join(words + (["--write", str(asked.write)] if asked.write else []))


def noise(quick: bool, load: float | None) -> str:
    """A warning where the figures are rough."""
    busy = load is not None and load > BUSY * machine.cores()
    said = ["a quick run, with few and short turns"] if quick else []
    said += ["a machine that was busy with other work: peers that use threads suffer most"] if busy else []
    return f" **Rough figures**: {'; '.join(said)}." if said else ""


def number(x: float | None) -> str:
    """One digit behind the point."""
    return "unknown" if x is None else f"{x:.1f}"


def pictures() -> str:
    """What the networks are trained on."""
    if (zeros := paper()) is None:
        return "random numbers without a zero, as MNIST is not on this machine"
    digits = f"the digits of MNIST, {zeros:.0%} of whose pixels are 0, for networks of 784 inputs"
    return f"{digits}, random numbers for the others and where it says *noise*"


def imported(found: dict[str, float | None]) -> str:
    """Import times."""
    said = [f"{name} {seconds:.2f}" if seconds is not None else f"{name} missing" for name, seconds in found.items()]
    return ", ".join(said) or "not measured in this run"


def first_epoch(found: dict[str, tuple[float, float, float, float, str]]) -> str:
    """From nothing to the end of the first epoch."""
    if not found:
        return "The first epoch from a cold start was not measured in this run."
    lines = [
        table.line("784-16-16-10, batch 10, uint8", "import", "data", "first epoch", "import + epoch", "process")
    ]
    lines.append("|---" + "|--:" * 5 + "|")
    for name, (load, read, train, process, said) in found.items():
        cells = [f"{x:.2f} s" for x in (load, read, train, load + train, process)]
        lines.append(table.line(f"{name} ({said})", *cells))
    lines.append('\nThe goal: import and first epoch under 0.4 s. "Process" is the whole, from start to exit.')
    return "\n".join(lines)


def whole_run(found: dict[str, tuple[float, float, float]], quick: bool) -> str:
    """Nielsen's network on MNIST."""
    if not found:
        return "The 30 epochs of 784-30-10 on MNIST were not run (WORKINGS_DATA says where MNIST is)."
    said = [
        f"{seconds:.1f} s on {name} ({100 * best:.2f} % right at best, {100 * last:.2f} % at the end)"
        for name, (seconds, best, last) in found.items()
    ]
    epochs = "2 epochs (30 in a full run)" if quick else "30 epochs"
    return f"784-30-10 on MNIST, {epochs} with rate 3.0 and batches of 10, tested after each: {'; '.join(said)}."


if __name__ == "__main__":
    sys.exit("this is a part of benchmarks/receipts.py")
