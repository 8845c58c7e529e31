"""Sweeping: from what a user asks of `wk.sweep` to runs on all cores, kept as they finish."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from workings.inputs import first_kind
from workings.labels import check_lengths
from workings.labels import rows as answers
from workings.model import Model
from workings.model.reading import set_aside
from workings.sweeps import how, pool, shaping, space
from workings.sweeps.progress import progress as shown_in
from workings.sweeps.runs import Data, Job, Outcome
from workings.sweeps.store import Store
from workings.sweeps.table import Sweep, better, short
from workings.training import EarlyStopping
from workings.training.checkpoint import fingerprint
from workings.training.interruption import Interrupted


def sweep(
    layers: Any,
    X: Any,
    y: Any,
    grid: Mapping[str, Any] | None = None,
    *,
    draws: Mapping[str, Any] | None = None,
    runs: int | None = None,
    draw_seed: int = 0,
    validation: Any = None,
    by: str | None = None,
    loss: Any = None,
    dtype: str = "float32",
    out: Any = None,
    workers: int | None = None,
    backend: str = "auto",
    progress: bool | None = None,
    gradients: bool = False,
    **fixed: Any,
) -> Sweep:
    """Train a network for every point of `grid` and every draw of `draws`, and return the table.

    `layers`: a list such as [Dense(16, "relu"), Dense(10, "softmax")], or a function that makes one (or a `Model`)
    from the settings it names: lambda width: [Dense(width, "relu"), Dense(10, "softmax")].
    `grid`: lists of values; every value is tried with every other.  `draws`: lists, or `Uniform`, `LogUniform`,
    `Whole`; `runs` draws are made with `draw_seed`.  With both, the whole grid is run for every draw.
    What can be varied, or fixed for all runs by name: learning_rate, batch_size, optimizer, l1, l2, epochs, shuffle,
    early_stopping (as `Model.fit` takes them), seed, examples (train on so many), and of a list of dense layers
    hidden, width, depth, activation, dropout; of a function whatever it names.
    `validation`: a share of the rows, set aside once and the same for all runs, or a pair (X, y).
    `by`: which figure says what is best; by default the validation loss, or the loss where there is no validation.
    `out`: a folder where every run is kept as it ends; a sweep that was killed goes on from there.
    `workers`: how many runs at once; by default as many as there are cores, where that is faster.
    `gradients`: also note the size of every layer's gradient at the start and after every epoch.

    Each run equals `Model(…, seed=seed).fit(…)` with its settings, bit for bit, however many run at once.  A run that
    diverges is a row that says so.  Ctrl-C ends the sweep and returns what is there.
    Raises ValueError before anything is trained for settings that no run could use.

    >>> from workings import Dense
    >>> X, y = [[0], [1], [2], [3]] * 8, [0, 1, 0, 1] * 8
    >>> layers = [Dense(4, "tanh"), Dense(1, "sigmoid")]
    >>> found = sweep(layers, X, y, grid={"width": [2, 8], "seed": range(2)}, epochs=3, progress=False)
    >>> [(row["width"], row["seed"], row["status"]) for row in found]
    [(2, 0, 'done'), (2, 1, 'done'), (8, 0, 'done'), (8, 1, 'done')]
    """
    known = [*shaping.understood(layers), *space.TRAINING, *space.OTHER]
    for name in fixed:
        space.check_name(name, known)
    if twice := sorted(set(fixed) & (set(grid or ()) | set(draws or ()))):
        raise ValueError(f"{twice[0]} is varied and fixed at {fixed[twice[0]]!r}: say it once")
    points = space.settings(grid, draws, runs, draw_seed, known)
    asked = how.Asked(layers, fixed, {"loss": loss, "dtype": dtype}, gradients, backend)
    check_lengths(X if hasattr(X, "shape") else np.asarray(X, dtype=object), y)
    data, labels_from = _data(asked, points, X, y, validation)
    plans = how.checked(asked, points, data, labels_from)
    by = _judged(by, plans.metric, data.validation is not None)
    kind, at_once = plans.pool(data, workers)
    told = _told(asked, points, data, plans, by, grid, draws, runs, draw_seed)
    store = Store(out, told) if out is not None else None
    keeper = _Keeper(points, by, store, shown_in(progress))

    def jobs() -> Iterator[Job]:
        for number, point in enumerate(points):
            if number not in keeper.rows:
                yield how.job(asked, number, point, plans.labels, plans.backends[number])

    def finished(outcome: Outcome) -> None:
        keeper.keep(outcome, how.job(asked, outcome.number, points[outcome.number], plans.labels, ""))

    todo = len(points) - len(keeper.rows)
    at_once = max(1, min(at_once, todo))
    keeper.shown.start(len(points), len(keeper.rows), f"{at_once} at once ({kind})" if at_once > 1 else "one by one")
    said = ""
    try:
        interruption = pool.train_all(jobs(), data, kind, at_once, finished)
        if interruption and len(keeper.rows) < len(points):
            said = f"stopped by {interruption.said} after {len(keeper.rows)} of {len(points)} runs"
    finally:
        keeper.shown.stop(said)
    if said and interruption.said != "Ctrl-C":
        raise Interrupted(interruption.signum)
    return Sweep(keeper.rows.values(), keeper.varied, by, len(points), keeper.model, said)


def _data(asked: how.Asked, points: list[Any], X: Any, y: Any, validation: Any) -> tuple[Data, Any]:
    """The rows to train on and those to judge by, checked once; and all answers, to know the classes."""
    first = how.model(asked, points[0])
    checked = first._reader.examples(X)
    if first_kind(first.network) == "table":
        X = checked  # as `fit` would turn it, once instead of for every run
    elif not isinstance(X, np.memmap):
        X = np.asarray(X)
    y = answers(y)
    every = y
    if isinstance(validation, tuple | list) and len(validation) == 2:
        validation = (validation[0], answers(validation[1]))
    elif validation is not None:
        if isinstance(X, np.memmap):
            raise ValueError("X lies on the disk: give validation=(X, y), rows of their own, not a share")
        rest, aside = set_aside(len(X), validation, 0)
        X, y, validation = X[rest], y[rest], (X[aside], y[aside])
    amounts = [p["examples"] for p in points if "examples" in p] + [asked.fixed.get("examples")]
    for m in (m for m in amounts if m is not None):
        if isinstance(m, bool) or not isinstance(m, int | np.integer) or not 1 <= m <= len(X):
            raise ValueError(f"examples is how many rows to train on, from 1 to {len(X)}, not {m!r}")
    mixed = np.random.default_rng(0).permutation(len(X)) if any(m is not None for m in amounts) else None
    return Data(X, y, validation, mixed), every


def _judged(by: str | None, metric: str, validated: bool) -> str:
    """The figure that says which run is best."""
    known = [f"{kind}{name}" for kind in (("validation_",) if validated else ()) for name in ("loss", metric)]
    known += ["loss", metric]
    if by is None:
        return known[0]
    if by not in known:
        raise ValueError(f"there is no {by!r} to judge by; there are {', '.join(known)}")
    return by


def _told(
    asked: how.Asked, points: Any, data: Data, plans: how.Plans, by: str, grid: Any, draws: Any, runs: Any, seed: int
) -> dict[str, Any]:
    """What must be the same for a sweep to go on."""
    print_of = fingerprint(np.asarray(data.X), np.asarray(data.y))
    if data.validation:
        print_of += "+" + fingerprint(np.asarray(data.validation[0]), np.asarray(data.validation[1]))
    return {
        "grid": space.plain(grid or {}),
        "draws": space.plain(draws or {}),
        "runs": runs,
        "draw_seed": seed,
        "settings for all": space.plain(asked.fixed),
        "networks": hashlib.sha256("\n".join(plans.networks).encode()).hexdigest()[:16],
        "data": print_of,
        "by": by,
        "dtype": asked.model["dtype"],
        "backend": sorted(set(plans.backends)),
        "gradients": asked.gradients,
        "varied": list(points[0]),
        "number of runs": len(points),
    }


class _Keeper:
    """What is known so far: the rows, the best model, and the folder where both are kept."""

    def __init__(self, points: list[dict[str, Any]], by: str, store: Store | None, shown: Any):
        self.points, self.by, self.store, self.shown = points, by, store, shown
        self.varied = list(points[0])
        self.rows: dict[int, dict[str, Any]] = dict(store.rows) if store else {}
        self.model: Model | None = store.best() if store else None
        self.leader: tuple[float, int] | None = None
        for row in sorted(self.rows.values(), key=lambda row: row["run"]):
            self._leads(row)

    def keep(self, outcome: Outcome, job: Job) -> None:
        """A run is over."""
        row = self._row(outcome, job)
        best = outcome.give(job.model) if self._leads(row) else None
        if self.store:
            self.store.add(row, best)
        self.rows[row["run"]] = row
        self.model = best or self.model
        told = f"best {self.by.replace('_', ' ')} {short(self.leader[0])}" if self.leader else "all diverged so far"
        self.shown.run(told)

    def _leads(self, row: dict[str, Any]) -> bool:
        """Whether this is the best so far; of two alike the earlier in the order asked for."""
        score, run = row["score"], row["run"]
        if score is None:
            return False
        earlier = self.leader and score == self.leader[0] and run < self.leader[1]
        if self.leader and not earlier and not better(score, self.leader[0], self.by):
            return False
        self.leader = (score, run)
        return True

    def _row(self, outcome: Outcome, job: Job) -> dict[str, Any]:
        history = outcome.history
        row: dict[str, Any] = {"run": outcome.number}
        row |= {name: space.plain(value) for name, value in self.points[outcome.number].items()}
        row |= {"best_epoch": None, "epochs_done": len(history), "seconds": round(outcome.seconds, 3)}
        row |= {"backend": history.backend, "status": outcome.status, "note": outcome.note, "score": None}
        if len(history):
            held = history[kept(job, history) - 1]
            figures = {k: v for k, v in held.items() if k not in ("epoch", "learning_rate", "seconds")}
            row |= {name: value if math.isfinite(value) else None for name, value in figures.items()}
            best = history.best(self.by)
            row[f"best_{self.by}"] = best[self.by] if math.isfinite(best[self.by]) else None
            row["best_epoch"] = int(best["epoch"])
            if outcome.status == "done":
                row["score"] = row[self.by]
        row["history"] = history.to_json()
        return row | ({"gradients": outcome.gradients} if job.gradients else {})


def kept(job: Job, history: Any) -> int:
    """The epoch whose parameters the model holds."""
    stopping = job.fit.get("early_stopping")
    if stopping is None:
        return len(history)
    stopping = stopping if isinstance(stopping, EarlyStopping) else EarlyStopping(stopping)
    return stopping.best_epoch(history) if stopping.restore else len(history)
