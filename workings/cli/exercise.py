"""exercise: one of the seven exercises, or a drawn one: here, on paper, in a browser or in a spreadsheet."""

from __future__ import annotations

from typing import Annotated

import typer

from workings.cli import options as o
from workings.cli.moodle import Moodle, Variants, quiz
from workings.cli.output import emit
from workings.cli.practice import Ask, Level, Seed, Sizes
from workings.cli.practice import asked_for as drawn
from workings.cli.sheet import Blank, Html, Key, Pdf, Tex, Xlsx, checked, deliver


def exercise(
    number: Annotated[
        str | None, typer.Argument(help="1 to 7, its name, or a kind that is drawn; without one, the list.")
    ] = None,
    key: Key = False,
    step: Annotated[int | None, typer.Option(help="Only this step, with its lines.")] = None,
    cell: Annotated[str | None, typer.Option(help="Only the line of this cell, such as 'dW1[2,1]'.")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Exercise 7 with the softmax worked out.")] = False,
    pdf: Pdf = None,
    xlsx: Xlsx = None,
    html: Html = None,
    tex: Tex = None,
    moodle: Moodle = None,
    variants: Variants = None,
    blank: Blank = None,
    seed: Seed = None,
    level: Level = None,
    ask: Ask = None,
    sizes: Sizes = None,
    json: o.Json = False,
) -> None:
    """Work one of the seven exercises by hand: the matrices, the steps, and with --key the blanks filled in.

    A kind with --seed 7 is drawn instead: the same seed is the same exercise, and fixes its key.
    """
    from workings.exercises import EXERCISES, KINDS, load

    if moodle is not None:
        others = any(x not in (None, False, []) for x in (key, step, cell, pdf, xlsx, html, tex, blank, json))
        quiz(number, exact, moodle, variants, (seed, level, ask, sizes), others)
        return
    if variants is not None:
        raise ValueError("--variants are for --moodle; a class on paper is `workings sheet KIND --class names.csv`")
    options = {
        "--seed": seed,
        "--level": level,
        "--ask": ask,
        "--sizes": sizes,
        "--step": step,
        "--cell": cell,
        "--exact": exact,
        "--key": key,
        "--blank": blank,
    }
    files = {"--pdf": pdf, "--xlsx": xlsx, "--html": html, "--tex": tex}
    given = [option for option, value in (options | files).items() if value not in (None, False, [])]
    if number is None and given:
        raise ValueError(f"{given[0]} of which exercise? say its number, 1 to {len(EXERCISES)}, before it")
    to_file = next((option for option in files if option in given), None)
    if step is not None and cell is not None:
        raise ValueError("--step and --cell each show something else: give one of them")
    if to_file and (json or step is not None or cell is not None):
        what = "--json" if json else "--cell" if cell is not None else "--step"
        raise ValueError(f"{what} is shown here, and {to_file} writes the whole exercise: give one of them")
    if number is None and json:
        emit([{"number": n, "title": known.title} for n, known in EXERCISES.items()])
        return
    if number is None:
        for n, known in EXERCISES.items():
            typer.echo(f"{n}  {known.title}")
        typer.echo(f"\ndrawn, with --seed and --level: {', '.join(KINDS)}")
        return
    if number not in KINDS and any(option is not None for option in (seed, level, ask, sizes)):
        raise ValueError(f"--seed and --level draw an exercise of a kind: {', '.join(KINDS)}; {number!r} is none")
    paths = checked(pdf, xlsx, html, tex)
    asked = drawn(number, seed, level, ask, sizes) if number in KINDS else load(number, exact)
    if cell is not None:
        lines = asked.lines(cell)
        if json:
            emit({"cell": cell, "lines": lines})
        else:
            typer.echo("\n".join(lines))
    elif json and step is None:
        emit(asked.sheet(key, blank).to_json())
    elif step is not None:
        from workings.sheets.terminal_sheet import step_text

        steps = asked.sheet(key=True)
        if not 1 <= step <= len(steps.steps):
            raise ValueError(f"--step {step}: exercise {number} has the steps 1 to {len(steps.steps)}")
        told = step_text(steps, step - 1)
        if json:
            emit({"step": step, "lines": told.splitlines()})
        else:
            typer.echo(told)
    else:
        again = _again(seed, level, ask, sizes) if number in KINDS else ""
        deliver(paths, lambda whole: asked.sheet(key, blank, whole), asked.explain())
        if not paths and not key:
            typer.echo(
                f"\nworkings exercise {number}{again} --key fills in the blanks, with the lines that lead to them.",
                err=True,
            )


def _again(seed: int | None, level: int | None, ask: str | None, sizes: str | None) -> str:
    """The options that draw the same exercise."""
    told = {"--seed": seed or 0, "--level": level or 1, "--ask": ask, "--sizes": sizes}
    return "".join(f" {option} {value}" for option, value in told.items() if value is not None)


exercise.__dict__["example"] = "Example: `workings exercise 7 --key`"
