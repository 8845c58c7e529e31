"""evaluate: how well a saved model does on data whose answers are known."""

from __future__ import annotations

import typer

from workings.cli import options as o
from workings.cli.output import emit


@o.reads
def evaluate(
    model: o.ModelFile,
    data: o.Data,
    target: o.Target = None,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    json: o.Json = False,
) -> None:
    """Say how well a saved model does on data whose answers are known.

    The target is the column that the model does not read.  Data sets with a test part of their own (mnist) are
    judged by that; all others by all their rows, those that the model learned from included (which is said).
    """
    from workings.cli.known import KNOWN
    from workings.cli.sources import features, learned_from, opened, placed, with_answers

    asked = opened(model)
    source = with_answers(asked, data, target, folder=folder, reading=reading)
    X = features(asked, source)
    try:
        figures = asked.evaluate(X, source.y)
    except ValueError as error:
        raise ValueError(placed(str(error), source)) from None
    learned = 0 if data in KNOWN else learned_from(asked, source)
    if json:
        emit(figures | {"examples": len(source), "target": source.target, "learned_from": learned or None})
        return
    typer.echo(f"{len(source):,} examples of {source.name}, target {source.target!r}:")
    if data in KNOWN and not KNOWN[data].parts:
        typer.echo("  (all its rows, those that the model may have learned from included)")
    if learned:
        typer.echo(f"  (the model learned from {learned:,} of these rows)")
    from workings.report.text import amount

    for name, value in figures.items():
        typer.echo(f"  {name:9} {100 * value:.2f} %" if name == "accuracy" else f"  {name:9} {amount(value)}")


evaluate.__dict__["example"] = "Example: `workings evaluate mnist.safetensors mnist --folder data/mnist`"
