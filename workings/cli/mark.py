"""mark: answers marked against an exercise: those of one learner, or the folder that a class has handed in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.class_set import Known, Pages, Report, hand_back
from workings.cli.output import emit
from workings.cli.practice import Ask, Level, Seed, Sizes, asked_for


def mark(
    answers: Annotated[
        Path,
        typer.Argument(metavar="ANSWERS", help="A filled .xlsx, JSON or CSV (cell, answer), or a folder."),
    ],
    exercise: Annotated[str | None, typer.Option(help="One of the seven: 1 to 7, or its name.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="A generated exercise; `workings practice` lists the kinds.")
    ] = None,
    seed: Seed = None,
    level: Level = None,
    ask: Ask = None,
    sizes: Sizes = None,
    known: Known = None,
    report: Report = None,
    pdf: Pages = False,
    every: Annotated[bool, typer.Option("--all", help="Say something about every cell, right ones too.")] = False,
    json: o.Json = False,
) -> None:
    """Mark answers cell by cell: right, right from your own earlier numbers, or which mistake was made, and where.

    The right working, from the learner's own numbers, stands beside every cell that is not right.  A folder is marked
    as a class: points, the commonest mistakes, every question, and with --report a page for each student.
    """
    if sum(option is not None for option in (exercise, kind, known)) > 1:
        raise ValueError("give one of --exercise, --kind and --class: each says what was answered")
    if kind is None and any(option is not None for option in (seed, level, ask, sizes)):
        raise ValueError("the seven exercises have no --seed, --level, --ask and --sizes: these belong to --kind")
    asked = _asked(exercise, kind, seed, level, ask, sizes, known)
    if answers.is_dir():
        if asked is None:
            raise ValueError("say what the class was asked: --class out/class.json, --exercise 7 or --kind backprop")
        marked = hand_back(answers, asked, report, pdf)
        if json:
            emit(marked.to_json())
        else:
            typer.echo(marked.to_text())
        return
    if report is not None or pdf:
        raise ValueError("--report and --pdf are for a folder of hand-ins, and this is one file")
    marking = _one(answers, asked)
    if json:
        emit(marking.to_json())
    else:
        typer.echo(marking.to_text(every))


def _asked(exercise: Any, kind: Any, seed: Any, level: Any, ask: Any, sizes: Any, known: Path | None) -> Any:
    """What was answered: an exercise, a class set, or None where a spreadsheet is to say it."""
    from workings.exercises import load
    from workings.exercises.class_sets import load as load_set

    if known is not None:
        return load_set(known)
    if kind is not None:
        return asked_for(kind, seed, level, ask, sizes)
    return load(exercise) if exercise is not None else None


def _one(answers: Path, asked: Any) -> Any:
    """One hand-in, with remarks on its file to standard error."""
    from workings.exercises.class_sets import ClassSet
    from workings.exercises.hand_ins import mark_file

    known, asked = (asked, None) if isinstance(asked, ClassSet) else (None, asked)
    if asked is None and answers.suffix.lower() != ".xlsx":
        raise ValueError("say what was answered: --exercise 7, or --kind backprop --seed 7")
    marking, told = mark_file(answers, asked, known)
    for line in told:
        typer.echo(f"note: {line}", err=True)
    return marking


mark.__dict__["example"] = "Example: `workings mark handed-in --class out/class.json --report report`"
