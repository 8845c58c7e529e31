"""Course: from data to a trained model: the parts, the preparation, the network, the training and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workings import Dense, Dropout, Model
from workings.cli.sources import Source, features, tabular
from workings.cli.task import Task, Units
from workings.labels import Labels
from workings.preparation.values import as_texts
from workings.training.interruption import Interrupted

FEW = 20  # rows; of fewer, none are held out


@dataclass
class Trained:
    """A model with the data it was made from, and how training ended: the exit code, 0 where nothing stopped it."""

    model: Any
    task: Task
    train: Source
    test: Source
    held_out: bool
    history: Any = None
    code: int = 0

    def inputs(self, source: Source) -> np.ndarray:
        """The rows as the model reads them; a category that the training part lacked is none of the known."""
        return features(self.model, source, "ignore")

    def figures(self) -> dict[str, float]:
        """Loss and metric on what was held out (on the training rows where nothing was)."""
        return self.model.evaluate(self.inputs(self.test), self.test.y)

    @property
    def network(self) -> str:
        """64-16-16-10."""
        return "-".join(map(str, layer_sizes(self.model)))


def parts(source: Source, task: Task, share: float | None, seed: int) -> tuple[Source, Source, bool]:
    """What is learned from, what is held out, and whether something was."""
    if share is not None and not 0 <= share < 1:
        raise ValueError(f"--test is a share of the rows from 0 to 1, not {share}")
    if source.test is not None and share is None:
        return source, source.test, True
    if share is None:
        share = 0.2 if len(source) >= FEW else 0.0
    if share == 0:
        return source, source, False
    from workings.data import split_rows

    labels = source.y if task.kind == "classification" else None
    train, _, test = split_rows(len(source), share, seed=seed, labels=labels)
    return source.take(train), source.take(test), True


def build(
    source: Source,
    task: Task,
    hidden: Sequence[int],
    activation: str = "relu",
    loss: str | None = None,
    dropout: float = 0.0,
    test: float | None = None,
    seed: int = 0,
    dtype: str = "float32",
    unseen: str = "error",
    initializer: str | None = None,
) -> Trained:
    """The network for this task, with the preparation of the training part, ready to be trained.

    `unseen` is what the finished model does with a category that training lacked; rows held out are never refused.
    """
    if unseen not in ("error", "ignore"):
        raise ValueError(f"--unseen is error or ignore, not {unseen!r}")
    train, held, held_out = parts(source, task, test, seed)
    if not 0 <= dropout < 1:
        raise ValueError(f"--dropout is a share of the neurons from 0 to 1, not {dropout}")
    layers: list[Any] = []
    for units in hidden:
        layers.append(Dense(units, activation, initializer))
        if dropout:
            layers.append(Dropout(dropout))
    if task.kind == "regression":
        layers.append(Dense(1, None, initializer))
    elif len(task.classes) == 2:
        layers.append(Dense(1, "sigmoid", initializer))
    else:
        layers.append(Dense(len(task.classes), "softmax", initializer))
    model = Model(layers, loss, seed=seed, dtype=dtype)
    if train.how is not None:
        model.preparation = train.how
    if train.table is not None:
        from workings.preparation import Preparation

        prepared = Preparation.fit(train.table.features, _kinds(train.table))
        model.preparation = replace(prepared, unseen="ignore" if unseen == "ignore" else "error")
    if task.kind == "classification":  # all of them, though the training part may lack a rare one
        model.labels = Labels("classes", max(1, len(task.classes) - (len(task.classes) == 2)), _labels(task.classes))
    return Trained(model, task, train, held, held_out)


def _labels(classes: Sequence[Any]) -> tuple[Any, ...]:
    """The classes as a model keeps them: 1 in place of 1.0."""
    return tuple(int(c) if isinstance(c, float) else c for c in classes)


def remarks(trained: Trained) -> list[str]:
    """What should be known before training: columns that look like names, and held-out rows with unseen values."""
    from workings.preparation import CategoryColumn

    told, prepared = imbalance(trained), tabular(trained.model)
    if prepared is None:
        return told
    for column in prepared.columns:
        if not isinstance(column, CategoryColumn):
            continue
        if len(column.values) >= 10 and 10 * len(column.values) >= 8 * prepared.rows:
            told.append(
                f"{column.name!r} has {len(column.values):,} different texts in {prepared.rows:,} training rows: "
                f"an identifier?  Leave it out with --drop {column.name!r}"
            )
        if not trained.held_out:
            continue
        known = set(column.values) | ({None} if column.missing else set())
        texts = as_texts(trained.test.table.columns[column.name])
        many = sum(text not in known for text in texts)
        if many:
            have = "row has a value" if many == 1 else "rows have values"
            counts = "it counts" if many == 1 else "they count"
            told.append(
                f"{many:,} held-out {have} of {column.name!r} that training lacked; {counts} as none of the known"
            )
    return told


RARE, COMMON = 10, 0.8  # a class of fewer rows, or one that has a larger share of them, is named


def imbalance(trained: Trained) -> list[str]:
    """What should be known of the classes: rare ones, and what is right by always saying the commonest."""
    if trained.task.kind != "classification":
        return []
    classes, counts = np.unique(np.asarray(trained.train.y).astype(str), return_counts=True)
    told, most = [], int(np.argmax(counts))
    share = counts[most] / counts.sum()
    if share > COMMON:
        common = str(classes[most])
        told.append(
            f"the classes are unbalanced: {100 * share:.1f} % of the training rows are {common!r}; always saying "
            "that would be right as often, so look at each class, not at the accuracy alone"
        )
    few = [f"{str(c)!r} ({n})" for c, n in zip(classes, counts, strict=True) if n < RARE]
    if few and len(classes) > 1 and counts.sum() >= RARE * len(classes):
        told.append(f"of these classes there are few training rows: {', '.join(few[:8])}" + ", …" * (len(few) > 8))
    return told


def _kinds(table: Any) -> dict[str, str]:
    return {name: kind for name, kind in table.kinds.items() if name != table.target}


def backend_of(checkpoint: Any) -> str:
    """The backend that a checkpoint was trained on: another would draw other noise, and end at other numbers."""
    from workings import saving

    return saving.read(checkpoint)[1].get("run", {}).get("history", {}).get("backend") or "auto"


def enough(m: int, batch: int) -> int:
    """Epochs that make about 3,000 steps: 20 where there are many rows, up to 1,000 where there are few."""
    return min(1000, max(20, 3000 * max(batch, 1) // max(m, batch, 1)))


def learn(trained: Trained, **options: Any) -> None:
    """Train; when a signal ends it, the model holds what was learned so far and `code` says how the process ends.

    A regression learns its target in spreads, and its rmse is told in the target's own units.
    """
    model = trained.model
    X, y = trained.inputs(trained.train), trained.train.y
    units = Units.of(y) if trained.task.kind == "regression" else None
    if units:
        model.labels = Labels("numbers", 1, unit=units.spread)
    try:
        trained.history = model.fit(X, units.learn(y) if units else y, **options)
        if trained.history.stopped.startswith("stopped by Ctrl-C"):
            trained.code = 130
    except Interrupted as asked:
        trained.history, trained.code = model.history, asked.signum + 128
    if units:
        units.give_back(model)


def layer_sizes(model: Any) -> list[int]:
    """The inputs and the neurons of every layer."""
    dense = [named["W"].shape[0] for named in model.state.params.values() if "W" in named]
    return [int(np.prod(model.shape)), *dense]


def weights(model: Any) -> int:
    """How many numbers were learned."""
    return sum(W.size for named in model.state.params.values() for W in named.values())
