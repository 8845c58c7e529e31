"""Trials: one choice of settings trained and judged, on one held-out part or on several folds, or given up early."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.model import Model
from workings.model.reading import set_aside
from workings.searches.space import with_momentum
from workings.sweeps import shaping
from workings.sweeps.runs import Data, Job, train
from workings.sweeps.space import TRAINING, plain
from workings.sweeps.sweeping import kept
from workings.training import History


@dataclass(frozen=True)
class Asked:
    """What holds for every trial: the layers, the settings all share, and how a model is made and trained."""

    layers: Any
    fixed: dict[str, Any]
    model: dict[str, Any]
    labels: Any
    by: str
    backend: str

    def made(self, settings: dict[str, Any]) -> Model:
        """The model of a trial."""
        settings = self.fixed | settings
        made = shaping.model(self.layers, settings, settings.get("seed", 0), **self.model)
        made.labels = made.labels or self.labels
        return made

    def job(self, number: int, settings: dict[str, Any]) -> Job:
        """What is to be trained."""
        asked = with_momentum(self.fixed | settings)
        fit = {name: asked[name] for name in TRAINING if name in asked}
        return Job(number, self.made(settings), fit | {"backend": self.backend}, asked.get("examples"))


class Watch:
    """Looks at a run after every epoch: tells Optuna how good it is, and says when to give it up."""

    def __init__(self, job: Job, by: str, trial: Any | None):
        self.job, self.by, self.trial, self.pruned = job, by, trial, False
        self.seen = 0

    def __call__(self) -> bool:
        history = self.job.model.history
        if self.trial is not None and len(history) > self.seen and not self.pruned:
            self.seen = len(history)
            value = history[-1][self.by]
            if math.isfinite(value):
                self.trial.report(value, self.seen)
                self.pruned = self.trial.should_prune() and self.seen < self.job.fit["epochs"]
        return self.pruned


def run(asked: Asked, trial: Any, settings: dict[str, Any], folds: list[Data]) -> tuple[dict[str, Any], Model | None]:
    """Train on every fold; the row of the trial, and the model of the first fold where all went well.

    Only the first fold is given up early: its curve is compared with the first folds of other trials.
    """
    row: dict[str, Any] = {"run": trial.number} | {name: plain(value) for name, value in settings.items()}
    scores, seconds, first = [], 0.0, None
    for k, data in enumerate(folds):
        job = asked.job(trial.number, settings)
        watch = Watch(job, asked.by, trial if k == 0 else None)
        outcome = train(job, data, watch)
        seconds += outcome.seconds
        status = "pruned" if watch.pruned else outcome.status
        if outcome.history.stopped.startswith("stopped by Ctrl-C"):
            status = "stopped"
        if k == 0:
            first = outcome.give(job.model)
            row |= _figures(job, outcome.history, asked.by)
            row["history"] = outcome.history.to_json()
        row |= {"backend": outcome.history.backend, "status": status, "note": outcome.note, "score": None}
        row["seconds"] = round(seconds, 3)
        if status != "done":
            return row, None
        scores.append(outcome.history[kept(job, outcome.history) - 1][asked.by])
    score = float(np.mean(scores))
    if not math.isfinite(score):
        return row | {"status": "diverged"}, None
    if len(folds) > 1:
        row |= {"folds": [float(s) for s in scores], asked.by: score}
    return row | {"score": score}, first


def _figures(job: Job, history: History, by: str) -> dict[str, Any]:
    """The figures of the parameters kept, and the best value of `by` on the way."""
    if not len(history):
        return {"best_epoch": None, "epochs_done": 0}
    held = history[kept(job, history) - 1]
    row = {
        name: value if math.isfinite(value) else None
        for name, value in held.items()
        if name not in ("epoch", "learning_rate", "seconds")
    }
    best = history.best(by)
    row[f"best_{by}"] = best[by] if math.isfinite(best[by]) else None
    return row | {"best_epoch": int(best["epoch"]), "epochs_done": len(history)}


def folded(X: np.ndarray, y: np.ndarray, validation: Any, folds: int | None) -> list[Data]:
    """The parts to learn from and to judge by: one pair, or each of `folds` parts judging once."""
    if isinstance(validation, tuple | list) and len(validation) == 2:
        return [Data(X, y, (validation[0], validation[1]))]
    if folds is None:
        rest, aside = set_aside(len(X), validation, 0)
        return [Data(X[rest], y[rest], (X[aside], y[aside]))]
    mixed = np.array_split(np.random.default_rng((0, len(X))).permutation(len(X)), folds)
    parts = [(np.sort(np.concatenate([*mixed[:k], *mixed[k + 1 :]])), np.sort(mixed[k])) for k in range(folds)]
    return [Data(X[rest], y[rest], (X[aside], y[aside])) for rest, aside in parts]
