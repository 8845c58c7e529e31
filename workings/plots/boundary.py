"""Decision boundary: what a model says at every place of a plane of two features, and the examples on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.labels import rows
from workings.plots.style import INK, KINDS, MARKERS, PAPER, counted, drawn, figure, heights, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from workings.model import Model


@drawn
def decision_boundary(
    model: Model, X: Any, y: Any, names: tuple[str, str] = ("x₁", "x₂"), title: str = "", points: int = 200
) -> Figure:
    """The answer of the model over the plane, with the examples: X (m, 2), y (m,).

    Classes have a tint, a colour and a marker each, and the line is where the answer changes; examples on the wrong
    side are ringed.  For a regression the prediction is drawn as heights.  `points` on each side of the grid.
    Raises ValueError for other than two features.

    >>> import numpy as np
    >>> from workings import Dense, Model
    >>> X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    >>> model = Model([Dense(1, "sigmoid")], parameters={"W1": [[2, 2]], "b1": [[-3]]})
    >>> decision_boundary(model, X, y, points=20).get_suptitle()
    'Decision boundary: 4 of 4 examples on their side'
    """
    X, y = _two_features(model, X), rows(y)
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} examples and y has {len(y)} labels: they must be as many")
    xs, ys, grid = _grid(X, points)
    numbers = model.labels.kind == "numbers" if model.labels else _regresses(model)
    if numbers:
        made, ax = _heights(model, X, y, xs, ys, grid, title)
    else:
        made, ax = _classes(model, X, y, xs, ys, grid, title)
    ax.set(xlabel=names[0], ylabel=names[1], xlim=(xs[0], xs[-1]), ylim=(ys[0], ys[-1]))
    ax.grid(False)
    return made


def _two_features(model: Model, X: Any) -> np.ndarray:
    X = np.asarray(X, dtype=float)
    n = X.shape[1] if X.ndim == 2 else 0
    if n != 2:
        has = f"X has {counted(n, 'feature')}" if n else f"X has the shape {X.shape}"
        raise ValueError(
            f"a boundary is drawn over two features, but {has}: choose two columns, "
            "such as X[:, [0, 1]], and train a model on these"
        )
    if model.shape not in (None, (2,)):
        raise ValueError(
            f"a boundary is drawn over two features, but the model reads examples of shape {model.shape}"
        )
    return X


def _regresses(model: Model) -> bool:
    return type(model.network.rows[-1].layer).__name__ not in ("Sigmoid", "Softmax")


def _grid(X: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    low, high = X.min(axis=0), X.max(axis=0)
    room = 0.08 * np.where(high > low, high - low, 1)
    xs, ys = (np.linspace(a, b, points) for a, b in zip(low - room, high + room, strict=True))
    return xs, ys, np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)


def _classes(model: Model, X: Any, y: Any, xs: Any, ys: Any, grid: Any, title: str) -> tuple[Figure, Axes]:
    from matplotlib.colors import ListedColormap, to_rgb

    if y.ndim == 2 and y.shape[1] > 1:
        y = np.argmax(y, axis=1)
    y = y.reshape(-1)
    said = _answers(model, X)
    classes = list(model.classes_) if model.labels else sorted({*np.unique(y).tolist(), *np.unique(said).tolist()})
    if unknown := [c for c in np.unique(y).tolist() if c not in classes]:
        raise ValueError(f"y holds {unknown[0]!r}, which the model was not trained on; it knows {classes}")
    if len(classes) > len(KINDS):
        raise ValueError(f"{len(classes)} classes are more than can be told apart here; {len(KINDS)} are the most")
    right = said == y
    made = figure(
        6.6,
        5.2,
        title or f"Decision boundary: {int(right.sum())} of {len(y)} examples on their side",
        "The line is where the answer changes."
        + ("" if right.all() else f" {counted(int((~right).sum()), 'example')} on the wrong side, ringed."),
    )
    ax = made.subplots()
    place = {c: i for i, c in enumerate(classes)}
    here = np.array([place[c] for c in _answers(model, grid).tolist()]).reshape(len(ys), len(xs))
    tints = ListedColormap([tuple(0.78 + 0.22 * np.array(to_rgb(KINDS[i]))) for i in range(len(classes))])
    ax.pcolormesh(xs, ys, here, cmap=tints, vmin=-0.5, vmax=len(classes) - 0.5, rasterized=True)
    outputs = model.outputs(grid).reshape(len(ys), len(xs), -1)
    for i in range(1 if outputs.shape[-1] == 1 else len(classes)):
        _line(ax, xs, ys, outputs, i)
    for i, c in enumerate(classes):
        of = y == c
        style: Any = {"marker": MARKERS[i], "s": 26, "c": KINDS[i], "edgecolors": PAPER, "linewidths": 0.6}
        ax.scatter(*X[of].T, label=f"{c}", **style)
    ax.scatter(*X[~right].T, s=85, facecolors="none", edgecolors=INK, linewidths=1.0)
    ax.legend(title="class", loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return made, ax


def _line(ax: Axes, xs: Any, ys: Any, outputs: np.ndarray, i: int) -> None:
    """Where output i changes places with the strongest of the others (a single output: with ½)."""
    k = outputs.shape[-1]
    lead = outputs[..., 0] - 0.5 if k == 1 else outputs[..., i] - np.delete(outputs, i, axis=-1).max(axis=-1)
    if lead.min() < 0 < lead.max():
        ax.contour(xs, ys, lead, levels=[0], colors=INK, linewidths=1.2)


def _answers(model: Model, X: Any) -> np.ndarray:
    if model.labels is None:  # parameters given by hand: classes are counted from 0
        A = model.outputs(X)
        return (A[:, 0] > 0.5).astype(int) if A.shape[1] == 1 else np.argmax(A, axis=1)
    said = model.predict(X)
    return np.argmax(said, axis=1) if said.ndim == 2 else said


def _heights(model: Model, X: Any, y: Any, xs: Any, ys: Any, grid: Any, title: str) -> tuple[Figure, Axes]:
    outputs = model.outputs(grid)
    if outputs.shape[1] != 1:
        raise ValueError(f"heights can show one number for each example, but the model predicts {outputs.shape[1]}")
    y = y.reshape(-1).astype(float)
    error = float(np.sqrt(np.mean((model.outputs(X)[:, 0] - y) ** 2)))
    made = figure(6.6, 5.2, title or f"Prediction over two features: off by {number(error)} (root mean square)")
    ax = made.subplots()
    Z = outputs.reshape(len(ys), len(xs)).astype(float)
    low, high = min(Z.min(), y.min()), max(Z.max(), y.max())
    high = high if high > low else low + 1
    hills: Any = {"cmap": heights(), "vmin": low, "vmax": high}
    filled = ax.pcolormesh(xs, ys, Z, rasterized=True, **hills)
    if Z.max() > Z.min():
        lines = ax.contour(xs, ys, Z, levels=7, colors=INK, linewidths=0.8)
        ax.clabel(lines, fontsize=8, fmt=number)
    ax.scatter(*X.T, c=y, s=34, edgecolors=INK, linewidths=0.8, **hills)
    made.colorbar(filled, ax=ax, label="prediction (points: what is right)").outline.set_visible(False)  # type: ignore[operator]
    return made, ax
