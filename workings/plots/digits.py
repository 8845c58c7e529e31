"""Digits as images: a table of examples, one digit pixel by pixel, and what a network says about it."""

from __future__ import annotations

from math import isqrt, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import (
    BAD,
    GOOD,
    INK,
    LINE,
    PAPER,
    SECOND,
    SMALL,
    TINY,
    counted,
    drawn,
    figure,
    ink,
    number,
    on,
    percent,
    unlabelled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from workings.model import Model


def picture(x: Any, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """One example as a picture (h, w) or (h, w, 3): pixels in a row are folded into a square, or into `shape`.

    >>> picture(np.arange(4)).tolist()
    [[0, 1], [2, 3]]
    """
    x = np.asarray(x)
    side = isqrt(x.size)
    sides: tuple[int, ...] = shape or (x.shape if x.ndim > 1 else (side, side))
    if prod(sides) != x.size:
        raise ValueError(f"{x.size} pixels are not a picture of {sides}: give its shape, as in shape=(28, 28)")
    x = x.reshape(sides)
    if x.ndim == 3 and x.shape[0] in (1, 3):
        x = np.moveaxis(x, 0, -1)
    return x[..., 0] if x.ndim == 3 and x.shape[-1] == 1 else x


@drawn
def examples(X: Any, y: Any = None, n: int = 20, shape: tuple[int, ...] | None = None) -> Figure:
    """The first `n` examples as pictures, with their labels: X (m, pixels) or (m, h, w), y (m,).

    >>> from workings.data import digits
    >>> X, y = digits()
    >>> [ax.get_title() for ax in examples(X, y, n=3).axes]
    ['0', '1', '2']
    """
    X = np.asarray(X)[:n]
    if X.ndim < 2 or not len(X):
        raise ValueError(f"X has the shape {X.shape}; examples are rows: write X[:1] for the first alone")
    columns = min(len(X), 10)
    lines = -(-len(X) // columns)
    made = figure(max(0.95 * columns, 3.2), 1.18 * lines + 0.75, counted(len(X), "example"))
    axes = list(made.subplots(lines, columns, squeeze=False).flat)
    for i, (ax, x) in enumerate(zip(axes, X, strict=False)):
        unlabelled(ax).imshow(picture(x, shape), cmap=ink(), interpolation="nearest")
        if y is not None:
            ax.set_title(str(np.asarray(y)[i]), loc="center", pad=3)
    for ax in axes[len(X) :]:
        ax.remove()
    return made


@drawn
def pixels(x: Any, shape: tuple[int, ...] | None = None, around: int | None = None, window: int = 8) -> Figure:
    """One picture with the index (small) and the value (large) of every pixel: 0.00 is paper, 1.00 full ink.

    A picture larger than `window` is shown whole, with a square of that size opened around the pixel `around`
    (by default its darkest).  Pixel (row, column) has the index width · row + column.  x: (pixels,) or (h, w).

    >>> sum("." in t.get_text() for t in pixels([0.0, 0.25, 0.5, 1.0]).axes[0].texts)
    4
    """
    P = picture(np.asarray(x, dtype=float), shape)
    if P.ndim != 2:
        raise ValueError(f"pixels are written out for pictures of one colour, not for {P.shape}")
    h, w = P.shape
    if P.max() > 1:
        raise ValueError(
            f"a pixel is between 0 (paper) and 1 (ink), but here up to {number(P.max())}: scale it first"
        )
    whole = max(h, w) <= window + 2
    caption = f"Pixel (row, column) has the index {w} · row + column, counted from 0."
    made = figure(6.2 if whole else 11, 6.6, f"{h} × {w} picture: {h * w} numbers", caption)
    if whole:
        _cells(made.subplots(), P, 0, 0, w)
        return made
    if around is None:
        around = int(np.argmax(P))
    if not 0 <= around < P.size:
        raise ValueError(f"there is no pixel {around}: they are counted from 0 to {P.size - 1}")
    top = int(np.clip(around // w - window // 2, 0, max(h - window, 0)))
    left = int(np.clip(around % w - window // 2, 0, max(w - window, 0)))
    here, near = made.subplots(1, 2)
    here.grid(False)
    here.imshow(P, cmap=ink(), vmin=0, vmax=1)
    here.set_xlabel("column")
    here.set_ylabel("row")
    here.add_patch(_square(left, top, min(window, w), min(window, h)))
    _cells(near, P[top : top + window, left : left + window], top, left, w)
    near.set_title(f"rows {top}…{min(top + window, h) - 1}, columns {left}…{min(left + window, w) - 1}")
    return made


def _cells(ax: Axes, P: np.ndarray, top: int, left: int, width: int) -> None:
    unlabelled(ax).imshow(P, cmap=ink(), vmin=0, vmax=1)
    for (i, j), value in np.ndenumerate(P):
        dark = on(value)
        ax.text(j, i + 0.1, f"{value:.2f}", ha="center", va="center", fontsize=SMALL, color=dark)
        ax.text(j - 0.44, i - 0.42, str((top + i) * width + left + j), va="top", fontsize=TINY - 1, color=dark)
    for k in range(1, max(P.shape)):
        ax.axhline(k - 0.5, color=LINE, lw=0.4)
        ax.axvline(k - 0.5, color=LINE, lw=0.4)


def _square(left: float, top: float, width: float, height: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((left - 0.5, top - 0.5), width, height, fill=False, ec=BAD, lw=1.6)


@drawn
def outputs(model: Model, x: Any, right: Any = None, shape: tuple[int, ...] | None = None) -> Figure:
    """What a classifier says about one example: a bar for each class, the winner dark, the right answer named.

    x (n,) or (1, n); the picture stands beside the bars where it can be drawn.

    >>> import numpy as np
    >>> from workings import Dense, Model
    >>> model = Model([Dense(3, "softmax")], inputs=4)
    >>> len(outputs(model, np.array([0.0, 1.0, 0.5, 0.0])).axes[-1].patches)
    3
    """
    x = np.asarray(x)
    X = x if model.shape is not None and x.ndim > len(model.shape) else x[None]
    if len(X) != 1:
        raise ValueError(f"outputs are drawn for one example, not for {len(X)}: write X[0]")
    P = model.predict_proba(X)[0]
    classes = [str(c) for c in model.classes_] if model.labels else [str(i) for i in range(len(P))]
    best = int(np.argmax(P))
    told = "" if right is None else f"; right is {right}"
    made = figure(7.4, max(0.3 * len(P) + 1.5, 2.8), f"The network says {classes[best]} ({percent(P[best])}){told}")
    square = (isqrt(X[0].size) ** 2 == X[0].size and X[0].size >= 16) or shape is not None
    if square:
        left, ax = made.subplots(1, 2, width_ratios=(1, 1.5))
        unlabelled(left).imshow(picture(X[0], shape), cmap=ink(), interpolation="nearest")
    else:
        ax = made.subplots()
    for i, p in enumerate(P):
        won = i == best
        ax.barh(i, p, color=INK if won else PAPER, ec=INK if won else SECOND, hatch="" if won else "////", lw=0.8)
        mark = " ◂ says" if won else ""
        mark += " ◂ right" if right is not None and classes[i] == str(right) else ""
        colour = GOOD if "right" in mark else INK if won else SECOND
        ax.text(p + 0.015, i, f"{p:.3f}{mark}", va="center", fontsize=SMALL, color=colour)
    ax.set_yticks(range(len(P)), classes)
    ax.invert_yaxis()
    ax.set(xlim=(0, 1.32), xlabel="probability", ylabel="class")
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.tick_params(axis="y", length=0)
    return made
