"""Confusion: which class is taken for which, in counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import GOOD, INK, SMALL, TINY, drawn, figure, ink, on, percent, unlabelled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workings.model import Model


@drawn
def confusion_matrix(model: Model, X: Any, y: Any) -> Figure:
    """Counts: a line for each right answer, a column for each answer of the model; the diagonal is what it got right.

    Darkness is the share of the line.  Raises ValueError for a model that was not trained on classes.

    >>> import numpy as np
    >>> from workings import Dense, Model
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array(["no", "no", "yes", "yes"])
    >>> model = Model([Dense(1, "sigmoid")])
    >>> _ = model.fit(X, y, epochs=300, learning_rate=1.0, progress=False)
    >>> [t.get_text() for t in confusion_matrix(model, X, y).axes[0].texts]
    ['2', '0', '0', '2']
    """
    classes, right, said = answers(model, X, y)
    k = len(classes)
    counts = np.bincount(right * k + said, minlength=k * k).reshape(k, k)
    hits, m = int(np.trace(counts)), len(right)
    side = min(max(0.44 * k + 1.6, 3.6), 12)
    made = figure(
        max(side, 4.6),
        side + 0.7,
        f"Confusion matrix: {hits:,} of {m:,} right ({percent(hits / m)})",
        "Counts. Darkness: the share of the line. Framed: right answers.",
    )
    ax = unlabelled(made.subplots())
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(share, cmap=ink(), vmin=0, vmax=1.15)
    size = 10 if k <= 12 else TINY if k <= 30 else 0
    for (i, j), count in np.ndenumerate(counts):
        if size:
            faint = "#9aa3ad" if count == 0 else on(share[i, j])
            ax.text(j, i, f"{count:,}", ha="center", va="center", fontsize=size, color=faint)
        if i == j:
            ax.add_patch(_frame(i))
    ticks = [str(c) for c in classes]
    long = max(map(len, ticks)) > 3
    ax.set_xticks(range(k), ticks, rotation=45 if long else 0, ha="right" if long else "center")
    ax.set_yticks(range(k), ticks)
    ax.tick_params(length=0, labelsize=SMALL if k <= 30 else TINY, labelcolor=INK)
    ax.set(xlabel="what the model says", ylabel="what is right")
    return made


def answers(model: Model, X: Any, y: Any) -> tuple[list[Any], np.ndarray, np.ndarray]:
    """The classes, and for every example the place among them of the right answer and of the model's."""
    if model.labels is None or model.labels.kind != "classes":
        what = "has not been trained yet" if model.labels is None else "does not choose one class"
        raise ValueError(f"right and wrong answers can be counted for a classifier, but this model {what}")
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} examples and y has {len(y)} labels: they must be as many")
    P = model.predict_proba(X)
    right = model.labels.encode(y)
    places = right[:, 0].astype(int) if right.shape[1] == 1 else np.argmax(right, axis=1)
    # a single output says "no" at exactly one half, as `predict` does, and so does argmax
    return list(model.labels.classes), places, np.argmax(P, axis=1)


def _frame(i: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((i - 0.47, i - 0.47), 0.94, 0.94, fill=False, ec=GOOD, lw=1.4)
