"""Class set: sheets for a whole class, and the report on what it hands in: `sheet` and `mark` with folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

Names = Annotated[
    Path | None, typer.Option("--class", metavar="NAMES", help="CSV: a sheet with numbers of its own for each name.")
]
Merged = Annotated[bool, typer.Option("--merged", help="One PDF for all of the class, and one of all keys.")]
Known = Annotated[
    Path | None,
    typer.Option("--class", metavar="LIST", help="The class.json written with the sheets."),
]
Report = Annotated[Path | None, typer.Option(help="For a folder: write the report on the class into this folder.")]
Pages = Annotated[bool, typer.Option("--pdf", help="With --report: every student's page as PDF too.")]


def hand_out(
    kind: str,
    names: Path,
    seed: int | None,
    level: int | None,
    asked: tuple[tuple[str, ...], tuple[int, ...]],
    pdf: Path | None,
    xlsx: Path | None,
    key: bool,
    merged: bool,
) -> None:
    """Sheets and keys for every name."""
    from workings.exercises.class_sets import LIST, class_set
    from workings.exercises.roster import read

    if pdf is None and xlsx is None:
        raise ValueError("where shall the sheets go? name a folder: --pdf out, or --xlsx out, or both")
    if pdf is not None and xlsx is not None and pdf != xlsx:
        raise ValueError(f"a class set goes into one folder: --pdf {pdf} and --xlsx {xlsx} name two")
    if merged and pdf is None:
        raise ValueError("--merged is for paper: it goes with --pdf")
    folder = vacant(pdf or xlsx, LIST)
    made = class_set(kind, read(names), seed or 0, level or 1, *asked)
    files = made.write(folder, pdf is not None, xlsx is not None, key, merged)
    typer.echo(f"{len(made)} variants of {made.title}; {len(files)} files in {folder}")
    typer.echo(f"who has which: {folder / 'class.csv'}; keep {folder / LIST} to mark what is handed in", err=True)


def hand_back(folder: Path, asked: Any, report: Path | None, pdf: bool) -> Any:
    """The report on a folder of hand-ins, written where a folder is named."""
    from workings.exercises.hand_ins import mark_folder

    if report is not None:
        vacant(report, "report.json")
    marked = mark_folder(folder, asked)
    if report is not None:
        files = marked.write(report, pdf)
        typer.echo(f"wrote {len(files)} files; begin with {report / 'index.html'}", err=True)
    return marked


def vacant(folder: Path | None, ours: str) -> Path:
    """The folder, once it is known that nothing of others is in it: it is new, empty, or holds a list of ours."""
    assert folder is not None
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"'{folder}' is a file: name a folder, which is made where it is missing")
    if folder.suffix.lower() in (".pdf", ".xlsx", ".html"):
        raise ValueError(f"'{folder}' is the name of a file: a class gets a folder, such as --pdf out")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / ours).exists():
        raise FileExistsError(
            f"'{folder}' holds files that workings did not write, so it is left as it is: name another folder"
        )
    return folder
