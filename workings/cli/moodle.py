"""Moodle: exercises as a file of questions for Moodle; what `exercise --moodle` does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli.output import safe

Moodle = Annotated[
    Path | None, typer.Option(metavar="FILE.xml", help="Write it as a question (Cloze) in Moodle's XML.")
]
Variants = Annotated[int | None, typer.Option(help="With --moodle: so many, for Moodle to draw from.")]
MOST = 500


def quiz(number: str | None, exact: bool, path: Path, variants: int | None, drawn: Any, others: bool) -> None:
    """One question, or one for each of so many seeds."""
    from workings.cli.practice import asked_for
    from workings.exercises import KINDS, load, moodle
    from workings.saving import write_whole

    seed, level, ask, sizes = drawn
    if number is None:
        raise ValueError("--moodle of which exercise? say its number or kind before it")
    if others:
        raise ValueError("--moodle writes a question with its blanks and key: leave the other options out")
    if path.suffix.lower() != ".xml":
        raise ValueError(f"--moodle writes XML: name it .xml, not {path.suffix or 'without an ending'}")
    if number not in KINDS and (variants is not None or any(x is not None for x in drawn)):
        raise ValueError(f"--variants, --seed and --level draw an exercise of a kind: {', '.join(KINDS)}")
    if variants is not None and not 1 <= variants <= MOST:
        raise ValueError(f"--variants {variants}: from 1 to {MOST} go into one file")
    safe(path, _ours, "a file of questions", "--moodle")
    first, many = seed or 0, variants or 1
    asked = (
        [asked_for(number, first + i, level, ask, sizes) for i in range(many)]
        if number in KINDS
        else [load(number, exact)]
    )
    write_whole(path, moodle.cloze(*asked).encode())
    typer.echo(f"wrote {path}", err=True)


def _ours(path: Path) -> bool:
    from workings.exercises.moodle import MARK

    with path.open("rb") as file:
        return MARK.encode() in file.read(500)
