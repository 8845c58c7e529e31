"""Learning curves: loss and metric after every epoch, on what was trained with and on what was held out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workings.plots.style import INK, NEGATIVE, POSITIVE, SECOND, SMALL, counted, drawn, figure, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from workings.training import History

NOT_CURVES = ("epoch", "loss", "learning_rate", "seconds")


@drawn
def learning_curves(history: History) -> Figure:
    """Loss (from 0) and, beside it, the metric, over the epochs; the best epoch is marked.

    Training is a solid blue line, validation a dashed orange one.  `history`: what `fit` returned, or a model.
    Raises ValueError when no epoch has been trained.

    >>> from workings.training import History
    >>> rows = [{"epoch": 1, "loss": 0.7, "accuracy": 0.5}, {"epoch": 2, "loss": 0.4, "accuracy": 0.9}]
    >>> [ax.get_ylabel() for ax in learning_curves(History(rows)).axes]
    ['loss', 'accuracy']
    """
    history = getattr(history, "history", history)
    if not len(history):
        raise ValueError("there is nothing to draw: no epoch has been trained yet; call model.fit(X, y) first")
    metrics = [name for name in history.columns if name not in NOT_CURVES and not name.startswith("validation_")]
    names = ["loss", *metrics]
    best = history.best()
    by = "validation loss" if "validation_loss" in history.columns else "loss"
    made = figure(
        4.6 * len(names) + 0.6,
        3.7,
        f"Learning curves: {counted(len(history), 'epoch')}",
        f"Marked: epoch {best['epoch']}, the best by {by} ({number(best[by.replace(' ', '_')], 4)})."
        + (f" Training ended: {history.stopped}." if history.stopped else ""),
    )
    for ax, name in zip(made.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        _curve(ax, history, name, best)
    return made


def _curve(ax: Axes, history: History, name: str, best: dict[str, float]) -> None:
    ends: list[tuple[float, str, str]] = []
    for column, said, colour, dash, mark in (
        (name, "training", POSITIVE, "-", "o"),
        (f"validation_{name}", "validation", NEGATIVE, (0, (5, 2)), "s"),
    ):
        if column not in history.columns:
            continue
        rows = [row for row in history if column in row]
        epochs, values = [row["epoch"] for row in rows], [row[column] for row in rows]
        ax.plot(epochs, values, color=colour, ls=dash, lw=1.8, label=said, marker=mark if len(rows) < 3 else "")
        ends.append((values[-1], said, colour))
        if column in best:
            ax.plot([best["epoch"]], [best[column]], mark, color=colour, mec=INK, mew=0.8, ms=7, zorder=5)
    ax.axvline(best["epoch"], color=SECOND, lw=0.8, ls=":")
    _limits(ax, history, name)
    _say_ends(ax, ends)
    ax.set_xlabel("epoch")
    ax.set_ylabel(name)
    ax.set_title(name if name != "loss" else "loss, mean over the examples")


def _limits(ax: Axes, history: History, name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    first, last = history[0]["epoch"], history[-1]["epoch"]
    ax.set_xlim(first - (0.5 if first == last else 0), last + (0.5 if first == last else 0))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    values = [row[column] for row in history for column in (name, f"validation_{name}") if column in row]
    if name == "accuracy":
        ax.set_ylim(0, 1.02)
    elif min(values) >= 0:
        ax.set_ylim(0, max(values) * 1.06 or 1)


def _say_ends(ax: Axes, ends: list[Any]) -> None:
    """Each line's name and last value at its end, apart from each other."""
    low, high = ax.get_ylim()
    gap = (high - low) * 0.13
    placed: list[float] = []
    for value, said, colour in sorted(ends):
        y = max(value, placed[-1] + gap) if placed else value
        placed.append(y)
        ax.annotate(
            f"{said}\n{number(value, 4)}",
            (1, y),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=colour,
            annotation_clip=False,
        )
    over = (placed[-1] - high) if placed else 0
    if over > 0:
        for note in ax.texts:
            note.xy = (1, note.xy[1] - over)  # type: ignore[attr-defined]
