"""Sweep: many networks on the same data, side by side: which settings learn, and how fast."""

from __future__ import annotations

import itertools
import math
import threading
from collections import deque
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from workings.optimizers import OPTIMIZERS
from workings.specs import Dense
from workings.studio.ground import Activation, Name
from workings.studio.lessons import Lesson, lesson, names
from workings.studio.maths import number
from workings.studio.page import Page
from workings.sweeps import Sweep as Runs
from workings.sweeps import sweep
from workings.sweeps.pool import cores

MOST = 200  # runs of one sweep
DIGITS = 4
VARIED = ("rate", "hidden", "activation", "optimizer", "batch", "l2", "seed")

Few = Meta(min_length=1, max_length=12)
Rates = Annotated[list[Annotated[float, Meta(gt=0, le=1000)]], Few]
Layers = Annotated[list[Annotated[list[Annotated[int, Meta(ge=1, le=2000)]], Meta(max_length=6)]], Few]
Activations = Annotated[list[Activation], Few]
Optimizers = Annotated[list[Name], Few]
Batches = Annotated[list[Annotated[int, Meta(ge=1, le=10_000)]], Few]
Strengths = Annotated[list[Annotated[float, Meta(ge=0, le=10)]], Few]


def _first(*values: Any) -> Any:
    return msgspec.field(default_factory=lambda: list(values))


class Grid(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Every value is tried with every other."""

    data: Annotated[str, Meta(max_length=80)] = "digits"
    target: Annotated[str, Meta(max_length=80)] = ""
    rate: Rates = _first(0.1, 0.3, 1.0, 3.0)
    hidden: Layers = _first([16], [16, 16])
    activation: Activations = _first("sigmoid", "relu")
    optimizer: Optimizers = _first("gradient-descent")
    batch: Batches = _first(32)
    l2: Strengths = _first(0.0)
    seeds: Annotated[int, Meta(ge=1, le=20)] = 1
    epochs: Annotated[int, Meta(ge=1, le=2000)] = 30

    def points(self) -> list[dict[str, Any]]:
        """Every combination, in the order of the settings.  Raises ValueError for too many."""
        if unknown := set(self.optimizer) - set(OPTIMIZERS):
            raise ValueError(f"there is no optimizer {min(unknown)!r}; there are {', '.join(OPTIMIZERS)}")
        values = [*(getattr(self, name) for name in VARIED[:-1]), range(self.seeds)]
        if (many := math.prod(map(len, values))) > MOST:
            raise ValueError(f"these settings make {many:,} runs; {MOST} can be seen side by side")
        return [dict(zip(VARIED, point, strict=True)) for point in itertools.product(*values)]


class Sweep(Page):
    """One sweep of one visitor: threads that take a point each, until none is left or somebody stops them."""

    name = "sweep"

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.grid = Grid()
        self.lesson: Lesson | None = None
        self.points: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = []
        self.kept: list[dict[str, Any]] = []  # the same with their histories
        self.todo: deque[int] = deque()
        self.threads: list[threading.Thread] = []
        self.counting = threading.Lock()
        self.busy = 0  # threads that still train

    def close(self) -> None:
        self.todo.clear()

    def on_start(self, grid: Grid | None = None) -> None:
        """What there is to learn, and the sweep as it stands."""
        if grid is not None and not self.rows and not self._running:
            self.grid = grid
        self._all()

    def on_run(self, grid: Grid) -> None:
        """Train them all."""
        self._end()
        try:
            self.points = grid.points()
            self.lesson = lesson(self.studio.folder, grid.data, grid.target)
        except (ValueError, OSError) as error:
            return self.say("failed", str(error))
        self.grid, self.rows, self.kept = grid, [], []
        self.todo = deque(range(len(self.points)))
        self.threads = [threading.Thread(target=self._work, daemon=True, name="sweep") for _ in range(cores())]
        self.busy = len(self.threads)
        self._all()
        for thread in self.threads:
            thread.start()

    def on_stop(self) -> None:
        """No more after those at hand."""
        self._end()
        self._now()

    def figure(self) -> Any:
        if not self.kept:
            return None
        from workings.plots import sweep_curves

        return sweep_curves(Runs(self.kept, self._varied or ["seed"], "validation_loss", len(self.points)))

    def code(self) -> str:
        if self.lesson is None:
            raise ValueError("nothing has been run yet")
        return _code(self.grid, self.lesson)

    @property
    def _varied(self) -> list[str]:
        return [name for name in VARIED if len({str(point[name]) for point in self.points}) > 1]

    @property
    def _running(self) -> bool:
        return self.busy > 0

    def _end(self) -> None:
        self.todo.clear()
        for thread in self.threads:
            thread.join(30)

    def _work(self) -> None:
        todo, rows = self.todo, self.rows
        while todo:
            try:
                number_of = todo.popleft()
            except IndexError:
                break
            try:
                rows.append(self._run(number_of))
            except Exception as error:  # a run that fails is told, and the others go on
                self.say("failed", f"run {number_of}: {error}")
            self._now()
        with self.counting:
            self.busy -= 1
        self._now()

    def _run(self, k: int) -> dict[str, Any]:
        point, data = self.points[k], self.lesson
        assert data is not None
        fixed = {
            "learning_rate": point["rate"],
            "optimizer": point["optimizer"],
            "batch_size": point["batch"],
            "l2": point["l2"],
            "epochs": self.grid.epochs,
        }
        layers = [*(Dense(n, point["activation"]) for n in point["hidden"]), _last(data)]
        test = (data.X_test, data.y_test)
        found = sweep(
            layers,
            data.X,
            data.y,
            grid={"seed": [point["seed"]]},
            validation=test,
            workers=1,
            progress=False,
            **fixed,
        )
        row, history = found[0], found.history(0)
        self.kept.append({**found.rows[0], **point, "run": k})
        return {**row, **point, "run": k, "curve": [e.get("validation_loss", float("nan")) for e in history]}

    def _all(self) -> None:
        try:
            columns = lesson(self.studio.folder, self.grid.data, self.grid.target).columns
        except (ValueError, OSError):
            columns = ()
        told = {"grid": self.grid, "data": names(self.studio.folder), "columns": columns}
        self.say("all", {**told, "optimizers": list(OPTIMIZERS)})
        self._now()

    def _now(self) -> None:
        self.show("moment", self._moment)

    def _moment(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """The table, best first, and the curves in the same order, all on one scale."""
        metric = "accuracy" if self.lesson is None or self.lesson.classes is not None else "rmse"
        score = lambda row: row["validation_loss"] if row.get("validation_loss") is not None else math.inf
        rows = sorted(self.rows, key=score)
        varied = self._varied
        told = lambda value: "–" if value is None else number(value, DIGITS).text
        curves = np.full((len(rows), self.grid.epochs), np.nan, np.float32)
        for curve, row in zip(curves, rows, strict=True):
            curve[: len(row["curve"])] = row["curve"]
        return {
            "done": len(rows),
            "of": len(self.points),
            "running": self._running,
            "varied": varied,
            "metric": metric,
            "rows": [
                {
                    "run": row["run"],
                    "settings": {n: _shown(row[n]) for n in varied},
                    "course": {n: row[n] for n in VARIED},
                    "loss": told(row.get("validation_loss")),
                    "figure": told(row.get(f"validation_{metric}")),
                    "seconds": told(row["seconds"]),
                    "status": row["status"],
                    "note": row["note"],
                }
                for row in rows
            ],
        }, {"curves": curves}


def _last(data: Lesson) -> Any:
    if data.classes is None:
        return Dense(1)
    return Dense(1, "sigmoid") if len(data.classes) == 2 else Dense(len(data.classes), "softmax")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "-".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _code(g: Grid, data: Lesson) -> str:
    """A script that runs the same."""
    end = f'wk.Dense({len(data.classes)}, "softmax")' if data.classes is not None else "wk.Dense(1)"
    if data.classes is not None and len(data.classes) == 2:
        end = 'wk.Dense(1, "sigmoid")'
    named = {"digits": "X, y = wk.data.digits()", "mnist": 'X, y = wk.data.mnist("train")'}
    load = named.get(g.data, f"table = wk.data.table({g.data!r}, {data.target!r})\nX, y = table.features, table.y")
    if data.classes is None:
        load += f"\ny = (y - {data.mean!r}) / {data.spread!r}"
    grid = {
        "learning_rate": g.rate,
        "hidden": g.hidden,
        "activation": list(g.activation),
        "optimizer": g.optimizer,
        "batch_size": g.batch,
        "l2": g.l2,
        "seed": list(range(g.seeds)),
    }
    inside = "".join(f"    {name!r}: {values!r},\n" for name, values in grid.items())
    return (
        f"import workings as wk\n\n{load}\ngrid = {{\n{inside}}}\n"
        f"found = wk.sweep([wk.Dense(16, 'relu'), {end}], X, y, grid=grid, epochs={g.epochs}, validation=0.2)\n"
        "print(found)\n"
    )
