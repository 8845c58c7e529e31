"""The most confused: the examples that a model gets wrong with the greatest confidence, as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.confusion import answers
from workings.plots.digits import picture
from workings.plots.style import SMALL, bare, counted, drawn, figure, ink, percent, unlabelled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workings.model import Model


@drawn
def most_confused(model: Model, X: Any, y: Any, n: int = 10, shape: tuple[int, ...] | None = None) -> Figure:
    """The `n` most confidently wrong answers: the picture, what was said, what is right, and how sure.

    X (m, pixels) or (m, h, w); `shape` of one picture is found where it is square.

    >>> from workings import Dense, Model
    >>> from workings.data import digits
    >>> X, y = digits()
    >>> model = Model([Dense(10, "softmax")])
    >>> _ = model.fit(X[:300], y[:300], epochs=2, progress=False)
    >>> len(most_confused(model, X[300:400], y[300:400], n=4).axes)
    4
    """
    classes, right, said = answers(model, X, y)
    P = model.predict_proba(X)
    sure = P[np.arange(len(P)), said]
    wrong = np.flatnonzero(said != right)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:n]
    title = f"Most confidently wrong: {counted(len(worst), 'example')}"
    caption = f"{len(wrong):,} of {len(right):,} are wrong. In brackets: the probability the model gave."
    if not len(worst):
        made = figure(5, 1.6, "Most confidently wrong: none", f"All {counted(len(right), 'example')} are right.")
        bare(made.subplots())
        return made
    columns = min(len(worst), 5)
    lines = -(-len(worst) // columns)
    made = figure(max(1.75 * columns, 5), 2.15 * lines + 1.0, title, caption)
    axes = list(made.subplots(lines, columns, squeeze=False).flat)
    for ax, i in zip(axes, worst, strict=False):
        unlabelled(ax).imshow(picture(np.asarray(X)[i], shape), cmap=ink(), interpolation="nearest")
        p = P[i].tolist()
        ax.set_title(f"says {classes[said[i]]}  ({percent(p[said[i]])})", fontsize=SMALL, pad=4)
        ax.set_xlabel(f"is {classes[right[i]]}  ({percent(p[right[i]])})\nexample {i}", fontsize=SMALL)
    for ax in axes[len(worst) :]:
        ax.remove()
    return made
