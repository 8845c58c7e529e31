"""exercise: one of the seven exercises, step by step here, on paper, in a browser or in a spreadsheet."""

from __future__ import annotations

from typing import Annotated

import typer

from workings.cli import options as o
from workings.cli.output import emit
from workings.cli.sheet import Blank, Html, Key, Pdf, Tex, Xlsx, checked, deliver


def exercise(
    number: Annotated[str | None, typer.Argument(help="1 to 7, or its name; without one, the list.")] = None,
    key: Key = False,
    step: Annotated[int | None, typer.Option(help="Only this step, with its lines.")] = None,
    cell: Annotated[str | None, typer.Option(help="Only the line of this cell, such as 'dW1[2,1]'.")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Exercise 7 with the softmax worked out.")] = False,
    pdf: Pdf = None,
    xlsx: Xlsx = None,
    html: Html = None,
    tex: Tex = None,
    blank: Blank = None,
    json: o.Json = False,
) -> None:
    """Work one of the seven exercises by hand: the matrices, the steps, and with --key every number and its line."""
    from workings.exercises import EXERCISES, load

    if number is None:
        for n, known in EXERCISES.items():
            typer.echo(f"{n}  {known.title}")
        return
    paths = checked(pdf, xlsx, html, tex)
    asked = load(number, exact)
    if json:
        emit(asked.sheet(key, blank).to_json())
    elif cell is not None:
        typer.echo("\n".join(asked.lines(cell)))
    elif step is not None:
        from workings.sheets.terminal_sheet import step_text

        steps = asked.sheet(key=True)
        if not 1 <= step <= len(steps.steps):
            raise ValueError(f"--step {step}: exercise {asked.number} has the steps 1 to {len(steps.steps)}")
        typer.echo(step_text(steps, step - 1))
    else:
        deliver(paths, lambda whole: asked.sheet(key, blank, whole), asked.explain())
        if not paths and not key:
            typer.echo(f"\nworkings exercise {asked.number} --key shows every number with its line.", err=True)


exercise.__dict__["example"] = "Example: `workings exercise 7 --key`"
