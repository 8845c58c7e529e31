"""mark: the answers of a learner, marked against one of the seven exercises or a generated one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workings.cli import options as o
from workings.cli.output import emit
from workings.cli.practice import Ask, Level, Seed, Sizes, asked_for


def mark(
    answers: Annotated[
        Path, typer.Argument(metavar="ANSWERS", help="JSON or CSV: a cell and its answer in each line.")
    ],
    exercise: Annotated[str | None, typer.Option(help="One of the seven: 1 to 7, or its name.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="A generated exercise; `workings practice` lists the kinds.")
    ] = None,
    seed: Seed = None,
    level: Level = None,
    ask: Ask = None,
    sizes: Sizes = None,
    every: Annotated[bool, typer.Option("--all", help="Say something about every cell, right ones too.")] = False,
    json: o.Json = False,
) -> None:
    """Mark answers cell by cell: right, right from your own earlier numbers, or which mistake was made, and where.

    The right working, from the learner's own numbers, stands beside every cell that is not right.
    """
    if (exercise is None) == (kind is None):
        raise ValueError("say what was answered: --exercise 7, or --kind backprop --seed 7")
    if exercise is not None and any(option is not None for option in (seed, level, ask, sizes)):
        raise ValueError("the seven exercises have no --seed, --level, --ask and --sizes: these belong to --kind")
    from workings.exercises import load
    from workings.exercises import mark as marked
    from workings.exercises.handed_in import answers as read

    asked = load(exercise) if exercise is not None else asked_for(str(kind), seed, level, ask, sizes)
    marking = marked(asked, read(answers))
    if json:
        emit(marking.to_json())
    else:
        typer.echo(marking.to_text(every))


mark.__dict__["example"] = "Example: `workings mark answers.json --exercise 7`"
