"""Weights as images: what each unit looks for, one little picture per unit, or the whole matrix as one."""

from __future__ import annotations

from math import isqrt, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import (
    INK,
    PAPER,
    SECOND,
    SMALL,
    counted,
    drawn,
    figure,
    fixed,
    number,
    on,
    reach,
    signed,
    unlabelled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from workings.model import Model

DASH_FROM = 0.15  # of the scale: weaker cells are as good as zero


@drawn
def weights_as_images(model: Model, row: str = "Z1", shape: tuple[int, ...] | None = None, most: int = 16) -> Figure:
    """The weights of a row on a signed scale: blue adds, orange (with a dash) takes away, zero is white.

    Units that read pixels are shown as pictures of that `shape` (found for square images), `most` of them; other
    weights as one matrix, a line for each unit, with numbers where they fit.  All pictures share one scale.
    Raises ValueError for a row without weights, and for a shape that does not hold them.

    >>> from workings import Dense, Model
    >>> model = Model([Dense(4, "relu"), Dense(2)], inputs=64)
    >>> weights_as_images(model).axes[0].images[0].get_array().shape
    (8, 8)
    """
    W = _weights(model, row)
    shape = shape or _picture(model, row, W)
    if shape is None:
        return _matrix(W, row)
    if prod(shape) != W[0].size:
        raise ValueError(f"{row} has {W[0].size} weights for each unit, which do not fill a picture of {shape}")
    pictures = [_side_by_side(w.reshape(shape)) for w in W[:most]]
    v = reach(W)
    columns = min(len(pictures), max(4, -(-len(pictures) // 4)))
    lines = -(-len(pictures) // columns)
    some = "" if len(W) == len(pictures) else f"The first {len(pictures)} of {len(W)} units. "
    made = figure(
        max(1.45 * columns + 1.1, 4.5),
        1.62 * lines + 1.2,
        f"Weights of {row} as images",
        f"{some}Blue adds, orange with a dash takes away; all on one scale, ±{number(v)}.",
    )
    axes = made.subplots(lines, columns, squeeze=False)
    for ax in axes.flat[len(pictures) :]:
        ax.remove()
    images = [_image(ax, w, v, f"unit {i}") for i, (ax, w) in enumerate(zip(axes.flat, pictures, strict=False), 1)]
    _bar(made, images[0], list(axes.flat[: len(pictures)]), v)
    return made


def _weights(model: Model, row: str) -> np.ndarray:
    model.parameters  # noqa: B018  (says so when the model knows no inputs yet)
    params = model.state.params
    have = [name for name, named in params.items() if "W" in named]
    if row not in have:
        raise ValueError(f"there is no row {row!r} with weights; there {_are(have)}")
    return np.asarray(params[row]["W"], dtype=float)


def _are(have: list[str]) -> str:
    return f"{'is' if len(have) == 1 else 'are'} {', '.join(have)}" if have else "is none in this network"


def _picture(model: Model, row: str, W: np.ndarray) -> tuple[int, ...] | None:
    """The shape of the pictures that the row reads, if it reads any."""
    if W.ndim == 4:
        return W.shape[1:]
    reads = next(r.reads[0] for r in model.network.rows if r.name == row)
    while reads != "X":
        above = next(r for r in model.network.rows if r.name == reads)
        if type(above.layer).__name__ not in ("Flatten", "Dropout", "BatchNorm"):
            return None
        reads = above.reads[0]
    assert model.shape is not None
    side = isqrt(W.shape[-1])
    if len(model.shape) > 1:
        return model.shape
    return (side, side) if side**2 == W.shape[-1] and side > 2 else None


def _side_by_side(w: np.ndarray) -> np.ndarray:
    """Channels beside each other: a sign has no red, green and blue."""
    return w if w.ndim == 2 else np.concatenate(list(w), axis=-1)


def _image(ax: Axes, w: np.ndarray, v: float, title: str = "") -> Any:
    image = unlabelled(ax).imshow(w, cmap=signed(), vmin=-v, vmax=v, interpolation="nearest")
    if title:
        ax.set_title(title, fontsize=SMALL, color=SECOND, pad=3)
    rows, columns = np.nonzero(w < -DASH_FROM * v)
    size = (40 / max(w.shape)) ** 2
    ax.scatter(columns, rows, s=size, marker="_", c=PAPER, lw=min(1.2, size**0.5 / 4))
    return image


def _bar(made: Figure, image: Any, axes: Any, v: float) -> None:
    bar = made.colorbar(image, ax=axes, fraction=0.05, aspect=24, label="weight", ticks=[-v, -v / 2, 0, v / 2, v])
    bar.ax.set_yticklabels([number(t) if t <= 0 else f"+{number(t)}" for t in (-v, -v / 2, 0, v / 2, v)])
    bar.outline.set_visible(False)  # type: ignore[operator]


def _matrix(W: np.ndarray, row: str) -> Figure:
    W = W.reshape(len(W), -1)
    v, (n_out, n_in) = reach(W), W.shape
    made = figure(
        min(max(0.5 * n_in + 2.2, 5), 11),
        min(max(0.36 * n_out + 1.7, 2.8), 9),
        f"Weights of {row}: {counted(n_out, 'unit')}, {counted(n_in, 'input')} each",
        f"Blue adds, orange takes away (− or a dash); scale ±{number(v)}.",
    )
    ax = made.subplots()
    if fits := n_in <= 16 and n_out <= 20:
        image = unlabelled(ax).imshow(W, cmap=signed(), vmin=-v, vmax=v, aspect="auto")
        for (i, j), w in np.ndenumerate(W):
            ax.text(j, i, fixed(w, v), ha="center", va="center", fontsize=SMALL, color=on(abs(w) / v * 0.9))
    else:
        image = _image(ax, W, v)
        ax.set_aspect("auto")
    for axis, n in ((ax.xaxis, n_in), (ax.yaxis, n_out)):
        every = 1 if fits else max(1, -(-n // 16))
        axis.set_ticks(range(0, n, every), [str(i + 1) for i in range(0, n, every)])
    ax.tick_params(length=0, labelcolor=INK)
    ax.set_xlabel("input")
    ax.set_ylabel("unit")
    _bar(made, image, ax, v)
    return made
