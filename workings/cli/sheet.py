"""sheet: a model and some rows of data on paper, in a browser, in a spreadsheet or in the terminal."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import our_report, safe

Pdf = Annotated[Path | None, typer.Option(help="Write an A4 page here; .svg and .png work too.")]
Xlsx = Annotated[Path | None, typer.Option(help="Write a spreadsheet with live formulas here.")]
Html = Annotated[Path | None, typer.Option(help="Write one self-contained page here.")]
Tex = Annotated[Path | None, typer.Option(help="Write the matrices in LaTeX here.")]
Key = Annotated[bool, typer.Option("--key", help="Fill in the blanks, with the lines that lead to them.")]
Blank = Annotated[
    list[str] | None, typer.Option(metavar="CELL", help="Leave this empty: 'dW1[2,1]', or all of 'dW1'.")
]


def sheet(
    model: o.ModelFile,
    data: Annotated[str, typer.Option(help="A known name or a file; the model's own kind of data.")],
    row: Annotated[int, typer.Option(help="The first row, counted from 1.")] = 1,
    rows: Annotated[int, typer.Option(help="How many rows.")] = 1,
    pdf: Pdf = None,
    xlsx: Xlsx = None,
    html: Html = None,
    tex: Tex = None,
    blank: Blank = None,
    key: Key = False,
    forward: Annotated[bool, typer.Option("--forward", help="Leave the gradients out.")] = False,
    target: o.Target = None,
    folder: o.Folder = None,
) -> None:
    """Lay out a network and a few rows as one would on paper: rows of weights meet columns of x.

    Without a file to write, the sheet is shown here.
    """
    from workings import Model
    from workings.cli.sources import features, with_answers
    from workings.sheets import export

    paths = checked(pdf, xlsx, html, tex)
    asked = Model.load(model)
    source = with_answers(asked, data, target, folder=folder)
    first = o.line_of(row, len(source))
    last = o.line_of(row + rows - 1, len(source))
    source = source.take(list(range(first, last + 1)))
    w = asked.explain(features(asked, source), source.y)
    where = f"row {row}" if rows == 1 else f"rows {row} to {row + rows - 1}"
    how: dict[str, Any] = {"title": f"{Path(model).stem}, {where} of {Path(data).name}", "blanks": tuple(blank or ())}
    how |= {"key": key, "gradients": not forward}
    deliver(paths, lambda whole: export.to_sheet(w, **how, whole=whole), w)


def checked(pdf: Path | None, xlsx: Path | None, html: Path | None, tex: Path | None) -> dict[str, Path]:
    """The files to write, once it is known that nothing of others is lost by them."""
    ours: dict[str, tuple[Path | None, Callable[[Path], bool], str]] = {
        "--pdf": (pdf, _our_paper, "a sheet"),
        "--xlsx": (xlsx, _our_spreadsheet, "a spreadsheet"),
        "--html": (html, our_report, "a page"),
        "--tex": (tex, _our_tex, "a sheet in LaTeX"),
    }
    found = {}
    for option, (path, known, what) in ours.items():
        if safe(path, known, what, option) is not None:
            found[option] = path
    return found  # type: ignore[return-value]  # None was left out


def deliver(paths: dict[str, Path], sheet_of: Callable[[bool], Any], w: Any) -> None:
    """Write the files, or show the sheet; `sheet_of(True)` is the sheet with every array, for a spreadsheet."""
    from workings.sheets import page, paper, spreadsheet, terminal_sheet
    from workings.sheets.tex import tex

    if not paths:
        typer.echo(terminal_sheet.sheet_text(sheet_of(False)))
        return
    for option, path in paths.items():
        written = [path]
        if option == "--pdf":
            written = paper.write(sheet_of(False), path)
        elif option == "--xlsx":
            spreadsheet.check_size(w)
            spreadsheet.write(w, sheet_of(True), path)
        elif option == "--html":
            path.write_text(page.page(sheet_of(False)), encoding="utf-8")
        else:
            path.write_text(f"{MARK}\n{tex(sheet_of(False))}", encoding="utf-8")
        for one in written:
            typer.echo(f"wrote {one}", err=True)


MARK = "% written by Workings"


def _our_paper(path: Path) -> bool:
    start = path.read_bytes()
    return (start.startswith(b"%PDF") and b"Workings" in start) or path.suffix.lower() in (".svg", ".png")


def _our_spreadsheet(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as file:
            return b"Workings" in file.read("docProps/core.xml")
    except (zipfile.BadZipFile, KeyError):
        return False


def _our_tex(path: Path) -> bool:
    return path.read_text(encoding="utf-8", errors="replace").startswith(MARK)


sheet.__dict__["example"] = (
    "Example: `workings sheet net.safetensors --data table.csv --row 3 --pdf sheet.pdf --xlsx net.xlsx`"
)
