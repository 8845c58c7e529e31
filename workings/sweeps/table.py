"""Table: what a sweep found: a row for every run, the best of them, and its model."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from workings import saving
from workings.model import Model
from workings.sweeps.store import BEST, read_asked, read_rows
from workings.training import History

ABOUT = ("best_epoch", "epochs_done", "seconds", "backend", "status", "note")
APART = ("history", "gradients", "score")  # in a row as it is stored, not in the table


class Sweep:
    """The runs of a sweep, in the order in which they were asked for.

    `by`: the figure that says which is best, as the parameters kept at the end of the run have it.
    `model`: the best run's model, trained (None while no run went well).
    `stopped`: why the sweep ended before its last run; empty if it did not.
    `varied`: the names of the settings that differ.

    A row (`sweep[3]`, `sweep.table`, `sweep.best()`) is a dict: run, the settings, the figures of the parameters
    kept, the best value of `by` on the way and its epoch, seconds, backend, status ("done", "diverged") and a note.
    """

    def __init__(
        self, rows: Any, varied: list[str], by: str, asked: int, model: Model | None = None, stopped: str = ""
    ):
        self.rows = sorted(rows, key=lambda row: row["run"])
        self.varied, self.by, self.asked, self.model, self.stopped = varied, by, asked, model, stopped

    @classmethod
    def open(cls, folder: Any) -> Sweep:
        """The sweep in a folder, whether it is over or not.  Raises FileNotFoundError where there is none."""
        place = Path(folder)
        told = read_asked(place)
        rows, _ = read_rows(place)
        model = Model.load(place / BEST) if (place / BEST).exists() else None
        try:
            return cls(rows.values(), list(told["varied"]), told["by"], told["number of runs"], model)
        except (LookupError, TypeError) as error:
            raise ValueError(f"'{place}' holds a sweep that this version cannot read: {error!r}") from None

    @property
    def table(self) -> list[dict[str, Any]]:
        """A row for every run, without its curves."""
        return [{name: x for name, x in row.items() if name not in APART} for row in self.rows]

    @property
    def columns(self) -> list[str]:
        """The names in the table, settings and figures first."""
        found = list(dict.fromkeys(name for row in self.table for name in row))
        return [name for name in found if name not in ABOUT] + [name for name in ABOUT if name in found]

    def best(self, by: str | None = None) -> dict[str, Any]:
        """The row with the lowest `by` (for an accuracy: the highest); the earlier of two that are alike.

        Raises ValueError where no run has such a figure.
        """
        by = by or self.by
        if by == self.by:
            judged = [(row["score"], row) for row in self.rows if row["score"] is not None]
        else:
            judged = [(row[by], row) for row in self.rows if row["status"] == "done" and row.get(by) is not None]
        if not judged:
            if not self.rows:
                raise ValueError("no run is over yet")
            if all(row["status"] == "diverged" for row in self.rows):
                raise ValueError(f"no run went well: all {len(self.rows)} diverged; try smaller learning rates")
            raise ValueError(f"the table has no {by!r} that is a number; it has {', '.join(self.columns)}")
        row = judged[0][1]
        for value, other in judged:
            row = other if better(value, row["score"] if by == self.by else row[by], by) else row
        return {name: x for name, x in row.items() if name not in APART}

    def history(self, run: int) -> History:
        """What every epoch of a run said."""
        return History.from_json(self._row(run)["history"])

    def gradients(self, run: int) -> list[dict[str, float]]:
        """The mean |dW| of each layer at the start and after every epoch, if the sweep watched it."""
        return self._row(run).get("gradients", [])

    def against(self, name: str, figure: str | None = None) -> dict[Any, list[float | None]]:
        """For every value of a setting, the figure of each run that has it (None for one that diverged).

        >>> rows = [{"run": i, "l2": i % 2, "loss": 0.5 + i, "status": "done", "score": 0.5 + i} for i in range(4)]
        >>> Sweep(rows, ["l2"], "loss", 4).against("l2")
        {0: [0.5, 2.5], 1: [1.5, 3.5]}
        """
        if name not in self.varied:
            raise ValueError(f"{name!r} was not varied; {', '.join(self.varied)} was")
        found: dict[Any, list[float | None]] = {}
        for row in self.rows:
            name_of = "score" if figure in (None, self.by) else figure
            value = row.get(name_of) if row["status"] == "done" else None
            key = row[name]
            found.setdefault(tuple(key) if isinstance(key, list) else key, []).append(value)
        numbers = all(isinstance(value, int | float) for value in found)
        return dict(sorted(found.items())) if numbers else found

    def to_csv(self, path: Any = None) -> str:
        """The table as CSV; with a path it is written there, whole or not at all."""
        paper = io.StringIO()
        writer = csv.writer(paper, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_cell(row.get(name)) for name in self.columns] for row in self.table)
        if path is not None:
            saving.write_whole(path, paper.getvalue().encode())
        return paper.getvalue()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, run: int) -> dict[str, Any]:
        return {name: x for name, x in self._row(run).items() if name not in APART}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.table)

    def _row(self, run: int) -> dict[str, Any]:
        for row in self.rows:
            if row["run"] == run:
                return row
        raise IndexError(f"run {run} is not over, or there is none: there are {self.asked} runs, counted from 0")

    def shown(self) -> tuple[list[str], list[list[str]]]:
        """The table for eyes, best first: names and rounded cells."""
        names = [n for n in self.columns if n not in ("backend", "note", "epochs_done")]
        worst = -math.inf if "accuracy" in self.by else math.inf

        def key(row: dict[str, Any]) -> float:
            score = worst if row["score"] is None else row["score"]
            return -score if "accuracy" in self.by else score

        rows = sorted(self.rows, key=key)
        return names, [[short(row.get(name)) for name in names] for row in rows]

    def __str__(self) -> str:
        names, rows = self.shown()
        heads = [name.replace("validation_", "val ").replace("_", " ") for name in names]
        wide = [max(len(line[k]) for line in [heads, *rows]) for k in range(len(heads))]
        lines = ["  ".join(cell.rjust(w) for cell, w in zip(line, wide, strict=True)) for line in [heads, *rows]]
        return "\n".join([*lines, self.said()])

    def said(self) -> str:
        """How many runs, and which is best, in a sentence."""
        lost = sum(row["status"] == "diverged" for row in self.rows)
        told = f"{len(self.rows)} of {self.asked} runs" + (f", {lost} of them diverged" if lost else "")
        if any(row["score"] is not None for row in self.rows):
            best = self.best()
            what = ", ".join(f"{name.replace('_', ' ')} {short(best[name])}" for name in self.varied)
            told += f"; the best is run {best['run']} ({what}): {self.by.replace('_', ' ')} {short(best[self.by])}"
        return told + (f"; {self.stopped}" if self.stopped else "")

    def __repr__(self) -> str:
        return f"<Sweep {self.said()}>"

    def _repr_html_(self) -> str:
        names, rows = self.shown()
        head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table><caption>{escape(self.said())}</caption><tr>{head}</tr>{body}</table>"


def better(value: float, than: float | None, by: str) -> bool:
    """Whether a figure is better than another: an accuracy is better higher, all others lower.

    >>> better(0.9, 0.8, "validation_accuracy"), better(0.9, 0.8, "loss")
    (True, False)
    """
    return than is None or (value > than if "accuracy" in by else value < than)


def short(x: Any) -> str:
    """A cell for eyes.

    >>> short(0.123456), short([16, 16]), short(None)
    ('0.1235', '16-16', '')
    """
    if isinstance(x, float):
        return f"{x:.4g}"
    if isinstance(x, list | tuple):
        return "-".join(map(str, x)) or "none"
    return "" if x is None else str(x)


def _cell(x: Any) -> Any:
    return "-".join(map(str, x)) if isinstance(x, list) else x
