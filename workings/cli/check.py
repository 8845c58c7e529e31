"""check: why a saved model does not learn, or that nothing is wrong with it."""

from __future__ import annotations

from copy import deepcopy
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import emit

HABITS = "How the model is trained (as it was, if left out)"


@o.reads
def check(
    model: o.ModelFile,
    data: o.Data,
    test: Annotated[float | None, typer.Option(help="Share that training held out: 0.2, or the data's own.")] = None,
    cures: Annotated[bool, typer.Option("--cures/--no-cures", help="Try the cures, on copies.")] = True,
    rate: Annotated[float | None, typer.Option(help="Learning rate.", rich_help_panel=HABITS)] = None,
    optimizer: Annotated[str | None, typer.Option(help="adam, momentum …", rich_help_panel=HABITS)] = None,
    batch: Annotated[int | None, typer.Option(help="Examples of one step.", rich_help_panel=HABITS)] = None,
    target: o.Target = None,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    json: o.Json = False,
) -> None:
    """Look a model over: dead, saturated or identical units, gradients, learning rate, data, leaks.

    Every finding has its numbers, the reason, a cure, and what happened when the cure was tried on a copy.  The model
    stays as it is.
    """
    from workings.cli.sources import opened, placed

    asked = opened(model)
    train, held_out = _parts(asked, data, target, folder, reading, test)
    try:
        asked, parts, units = _as_trained(asked, train, held_out)
        report = asked.checkup(*parts, learning_rate=rate, optimizer=optimizer, batch_size=batch, try_cures=cures)
    except ValueError as error:
        raise ValueError(placed(str(error), train)) from None
    if json:
        emit(report.to_json() | {"examples": len(train), "target": train.target})
        return
    typer.echo(f"{len(train):,} examples of {train.name}, target {train.target!r}{units}:\n")
    _show(report)


def _parts(model: Any, data: str, target: Any, folder: Any, reading: Any, test: float | None) -> tuple[Any, Any]:
    """The rows that `workings train` learns from, and those that it holds out, if any."""
    from workings.cli.course import FEW
    from workings.cli.known import KNOWN
    from workings.cli.sources import load, with_answers
    from workings.data import split_rows

    if data in KNOWN:
        source = load(data, None, folder, model.seed, reading)
    else:
        source = with_answers(model, data, target, folder=folder, reading=reading)
    if source.test is not None and test is None:
        return source, source.test
    if test == 0 or len(source) < FEW:
        return source, None
    labels = source.y if model.labels is not None and model.labels.kind == "classes" else None
    train, _, aside = split_rows(len(source), 0.2 if test is None else test, seed=model.seed, labels=labels)
    return source.take(train), source.take(aside)


def _as_trained(model: Any, train: Any, held_out: Any) -> tuple[Any, tuple[Any, ...], str]:
    """The model and its data; of a regression in spreads of the target, as `workings train` trains it."""
    from workings.cli.sources import features
    from workings.cli.task import Units
    from workings.layers import Dense

    X, y = features(model, train), train.y
    aside = None if held_out is None else (features(model, held_out, "ignore"), held_out.y)
    if model.labels is None or model.labels.kind != "numbers" or not isinstance(model.network.rows[-1].layer, Dense):
        return model, (X, y, aside), ""
    units, model = Units.of(y), deepcopy(model)
    units.take_back(model)
    aside = None if aside is None else (aside[0], units.learn(aside[1]))
    return model, (X, units.learn(y), aside), f" in spreads of {units.spread:.4g} round {units.mean:.4g}"


def _show(report: Any) -> None:
    import sys

    if sys.stdout.isatty():
        from rich.console import Console

        Console().print(report)
    else:
        typer.echo(str(report))


check.__dict__["example"] = "Example: `workings check digits.safetensors digits`"
