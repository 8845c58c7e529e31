"""Table: the figures as Markdown."""

from __future__ import annotations

from side_by_side.machine import Peak
from side_by_side.turns import Row
from workings.backends.native import THREADS_FROM

TORCH = ("PyTorch, 1 thread", "PyTorch, all")
RAW_JAX = ("JAX, 1 core", "JAX, all")
PEERS = (*TORCH, "DataLoader", "scikit-learn", *RAW_JAX, "Keras")
COLUMNS = ("native, 1 thread", "native, all", "xla", "numpy", "Model.fit", *PEERS)


def taken(row: Row) -> str | None:
    """The engine of ours that `backend="auto"` runs this network on; the fastest where the kernel cannot."""
    native = "native, all" if row.case.operations >= THREADS_FROM else "native, 1 thread"
    others = [label for label in ("xla", "numpy") if label in row.times]
    return native if native in row.times else min(others, key=lambda label: row.times[label], default=None)


def best(row: Row, labels: tuple[str, ...]) -> str | None:
    """The fastest of these."""
    there = [label for label in labels if label in row.times]
    return min(there, key=lambda label: row.times[label], default=None)


def ratio(row: Row, labels: tuple[str, ...]) -> float | None:
    """How many times longer the best of these takes than ours."""
    mine, theirs = taken(row), best(row, labels)
    return row.times[theirs] / row.times[mine] if mine and theirs else None


def share(row: Row, peak: Peak) -> float | None:
    """Of the peak of the cores that it runs on."""
    mine = taken(row)
    if mine is None:
        return None
    most = peak.one if mine == "native, 1 thread" else peak.all
    if mine == "xla" and row.case.operations < 10e6:
        most = peak.one
    return row.case.operations / (row.times[mine] * 1e-6) / most


def figure(x: float | None) -> str:
    """Three digits, or a dash.

    >>> figure(4.9871), figure(54268.0), figure(None)
    ('4.99', '54 300', '–')
    """
    if x is None:
        return "–"
    rounded = float(f"{x:.3g}")
    return f"{rounded:,.0f}".replace(",", " ") if rounded >= 100 else f"{rounded:.3g}"


def times(rows: list[Row]) -> str:
    """Microseconds per step, one network per line."""
    lines = [line("network", *COLUMNS), "|---" + "|--:" * len(COLUMNS) + "|"]
    for row in rows:
        cells = []
        for label in COLUMNS:
            said = figure(row.times.get(label))
            cells.append(f"**{said}**" if label == taken(row) else said)
        lines.append(line(row.case.name, *cells))
    return "\n".join(lines)


def verdicts(rows: list[Row], peak: Peak) -> str:
    """Ratios, the share of the peak, goals and checks."""
    head = ("network", "auto takes", "against PyTorch", "must (goal)", "reached", "against the best peer")
    head = (*head, "against raw JAX", "`Model.fit` against PyTorch", "share of peak")
    lines = [line(*head), "|---|---" + "|--:" * (len(head) - 2) + "|"]
    for row in rows:
        case, mine, peer = row.case, taken(row), best(row, PEERS)
        torch, all_, jax = (ratio(row, labels) for labels in (TORCH, PEERS, RAW_JAX))
        goal = f"{case.must:g}× ({case.goal:g}×)" if case.must else ""
        cells = [mine or "–", times_(torch), goal, reached(torch, case.must, case.goal)]
        theirs, fit = best(row, TORCH), row.times.get("Model.fit")
        through_fit = row.times[theirs] / fit if theirs and fit else None
        part = share(row, peak)
        share_ = "–" if part is None else f"{100 * part:.0f} %" + passed(part, case.must_share, "{:.0%}")
        scan = times_(jax) + passed(jax, case.must_jax, "{:g}×")
        lines.append(
            line(case.name, *cells, f"{times_(all_)} ({peer})" if peer else "–", scan, times_(through_fit), share_)
        )
    return "\n".join(lines)


def times_(x: float | None) -> str:
    """A ratio."""
    return "–" if x is None else f"{figure(x)}×"


def reached(x: float | None, must: float | None, goal: float | None) -> str:
    """A ratio against what it was to be."""
    if must is None or goal is None:
        return ""
    if x is None:
        return "not measured"
    return "goal" if x >= goal else "yes" if x >= must else "**no**"


def passed(x: float | None, must: float | None, told: str) -> str:
    """A pass line behind a figure, where there is one.

    >>> passed(2.0, 2.5, "{:g}×"), passed(0.4, 0.35, "{:.0%}"), passed(2.0, None, "")
    (' (must 2.5×: **no**)', ' (must 35%: yes)', '')
    """
    if x is None or must is None:
        return ""
    return f" (must {told.format(must)}: {'yes' if x >= must else '**no**'})"


def checks(rows: list[Row]) -> str:
    """The largest distance of a weight from float64 NumPy, one network per line."""
    labels = [label for label in COLUMNS if any(label in row.errors for row in rows)]
    lines = [line("network", "steps", "moved", *labels), "|---" + "|--:" * (len(labels) + 2) + "|"]
    for row in rows:
        cells = [f"{row.errors[label]:.0e}" if label in row.errors else "–" for label in labels]
        lines.append(line(row.case.name, str(row.checked_steps), f"{row.moved:.2g}", *cells))
    return "\n".join(lines)


def reasons(rows: list[Row]) -> str:
    """Why cells are empty, every reason once."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for label, reason in row.reasons.items():
            found.setdefault((label, reason), []).append(row.case.name)
    return "\n".join(f"- {label}: {reason} ({'; '.join(names)})" for (label, reason), names in found.items())


def line(*cells: str) -> str:
    """One row of Markdown."""
    return f"| {' | '.join(cells)} |"
