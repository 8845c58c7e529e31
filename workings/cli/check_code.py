"""check-code: the functions that a learner wrote, run on random networks and compared array by array."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workings.cli import options as o
from workings.cli.output import emit


def check_code(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A Python file: linear_forward, relu, compute_cost …")],
    called: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="NAME=YOURS", help="Your own name of a function: linear_forward=my_forward."),
    ] = None,
    function: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Has to be there; give it again for each.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same random networks again; else new ones.")] = None,
    json: o.Json = False,
) -> None:
    """Check your own functions: the first wrong array, what is wrong with it, and the right line beside it.

    They run on random networks, in a process of their own with limits on time, memory and files.  That holds back
    mistakes, not a determined attacker: run what strangers hand in inside a container (see the docs).
    Exit code 0: all right, 1: something is wrong, 2: there was nothing to check.
    """
    from workings.exercises.code import check_code as checked

    report = checked(file, dict(map(_pair, called or [])), function or (), seed=seed)
    if json:
        emit(report.to_json())
    else:
        typer.echo(report.to_text())
    if not report.right:
        raise typer.Exit(1)


def _pair(text: str) -> tuple[str, str]:
    name, sign, own = (part.strip() for part in text.partition("="))
    if not (name and sign and own):
        raise ValueError(f"--as {text!r}: write NAME=YOURS, such as linear_forward=my_forward")
    return name, own


check_code.__dict__["example"] = "Example: `workings check-code my_network.py`"
