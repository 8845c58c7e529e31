"""Training: the report of one training: how well, one answer worked out, and the pictures."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from workings.report.answer import Answer
from workings.report.html import seen, steps
from workings.report.page import page, picture, tiles
from workings.report.text import amount
from workings.saving import write_whole


def write_report(path: Path, trained: Any, shown: Answer | None, figures: dict[str, float]) -> None:
    """Write the report of a training, whole or not at all.

    `trained` holds model, task, history, the held-out part and `inputs` (see `workings.cli.course.Trained`).
    """
    write_whole(path, report(trained, shown, figures).encode())


def report(trained: Any, shown: Answer | None, figures: dict[str, float]) -> str:
    """The page."""
    name = trained.train.name
    title = f"{name}: {_headline(trained, figures)}"
    parts = [
        f"<h1>{escape(_headline(trained, figures))}</h1>",
        f'<p class="lead">{escape(_lead(trained))}</p>',
        tiles(_figures(trained, figures)),
    ]
    if shown is not None:
        parts += [
            "<h2>One answer, worked out</h2>",
            f"<p>{escape(shown.where[:1].upper() + shown.where[1:])}. From the answer down: at every sum, what spoke "
            "most for the result is opened next. The numbers are the trained network’s own, cut to four digits for "
            "reading (~).</p>",
            seen(shown),
            steps(shown),
        ]
    parts += [f"<h2>{escape(title)}</h2>{inside}" for title, inside in _pictures(trained)]
    return page(title, "\n".join([*parts, _foot(trained)]))


def _headline(trained: Any, figures: dict[str, float]) -> str:
    new = "it had not seen" if trained.held_out else "it learned from"
    if trained.task.kind == "classification":
        what = "digits" if trained.train.name in ("digits", "mnist") else "examples"
        return f"The network recognises {100 * figures['accuracy']:.1f} % of the {what} {new}"
    return f"The network is off by {amount(figures['rmse'])} on examples {new}"


def _lead(trained: Any) -> str:
    aside = f" Another {len(trained.test):,} were kept aside: every figure here is of these." * trained.held_out
    return (
        f"A network of {trained.network} learned “{trained.train.target}” from {len(trained.train):,} examples "
        f"({trained.train.name}).{aside}"
    )


def _figures(trained: Any, figures: dict[str, float]) -> list[tuple[str, str]]:
    m = len(trained.test)
    count = sum(W.size for named in trained.model.state.params.values() for W in named.values())
    if trained.task.kind == "classification":
        hits = round(figures["accuracy"] * m)
        told = [("accuracy", f"{100 * figures['accuracy']:.1f} %"), ("right answers", f"{hits:,} of {m:,}")]
    else:
        told = [("off by (rmse)", amount(figures["rmse"])), ("examples asked", f"{m:,}")]
    history = trained.history
    seconds = sum(row["seconds"] for row in history)
    return [
        *told,
        _beside(trained, figures),
        ("parameters", f"{count:,}"),
        ("epochs", f"{len(history)}"),
        ("trained in", f"{seconds:,.1f} s" if seconds >= 0.1 else "< 0.1 s"),
    ]


def _beside(trained: Any, figures: dict[str, float]) -> tuple[str, str]:
    """What to hold the first figure against: the loss, or for a number how far off the mean would be."""
    if trained.task.kind == "classification":
        return "loss", f"{figures['loss']:.4g}"
    return "the mean is off by", amount(float(np.std(np.asarray(trained.test.y, float))))


def _pictures(trained: Any) -> Iterator[tuple[str, str]]:
    """Every picture that suits this network and these data."""
    from workings import plots

    model, X, y = trained.model, trained.inputs(trained.test), trained.test.y
    pixels = trained.test.table is None
    classes = trained.task.kind == "classification"
    if len(trained.history) > 1:
        yield "How it learned", picture(plots.learning_curves(trained.history), _counted(trained))
    if X.shape[1] == 2 and len(trained.task.classes) <= 10:
        names = tuple(trained.model.preparation.names) if model.preparation else ("x1", "x2")
        told = "The axes are the prepared columns: mean 0 and spread 1 in the training part."
        yield "What it says where", picture(plots.decision_boundary(model, X, y, names=names), told)
    if pixels:
        told = "Each unit of the first layer is a picture of its weights: where ink speaks for it, and where against."
        yield "What the first layer looks for", picture(plots.weights_as_images(model), told)
    words = {"X": [name[:28] for name in model.preparation.names]} if model.preparation else None
    yield "The network", picture(plots.network_diagram(model, most=8, names=words))
    if classes and len(trained.task.classes) <= 30:
        told = picture(plots.confusion_matrix(model, X, np.asarray(y)))
        if pixels and model.outputs(X[:1]).shape[1] > 1:
            told += picture(plots.most_confused(model, X, y))
        yield "Where it goes wrong", told


def _counted(trained: Any) -> str:
    """What the curves of a regression count in."""
    if trained.task.kind == "classification":
        return ""
    spread = float(np.std(np.asarray(trained.train.y, float))) or 1.0
    return f"Loss and rmse are in spreads of {trained.train.target} here: 1 is {amount(spread)}."


def _foot(trained: Any) -> str:
    from workings import __version__

    about = (
        f"Workings {__version__}, NumPy {np.__version__}, Python {platform.python_version()}; backend "
        f"{trained.history.backend}, {trained.model.dtype}, seed {trained.model.seed}. Loss: {trained.model.loss!r}. "
        "Cells are counted from 1; columns are examples. This page fetches nothing and runs nothing."
    )
    return f"<footer>{escape(about)}</footer>"
