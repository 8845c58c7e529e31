"""sheet: a model and some rows of data on paper, in a browser, in a spreadsheet or in the terminal."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.class_set import Merged, Names, hand_out
from workings.cli.output import our_report, safe
from workings.cli.practice import Ask, Level, Seed, Sizes, split

Pdf = Annotated[Path | None, typer.Option(help="Write an A4 page here; .svg and .png work too.")]
Xlsx = Annotated[Path | None, typer.Option(help="Write a spreadsheet with live formulas here.")]
Html = Annotated[Path | None, typer.Option(help="Write one self-contained page here.")]
Tex = Annotated[Path | None, typer.Option(help="Write the matrices in LaTeX here.")]
Key = Annotated[bool, typer.Option("--key", help="Fill in the blanks, with the lines that lead to them.")]
Examples = Annotated[
    str | None, typer.Option(help="columns, as on the board, or rows, as in PyTorch; else as the model was made.")
]
Blank = Annotated[
    list[str] | None, typer.Option(metavar="CELL", help="Leave this empty: 'dW1[2,1]', or all of 'dW1'.")
]


@o.reads
def sheet(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A saved model, or with --class what is asked: a kind of exercise.")
    ],
    data: Annotated[str | None, typer.Option(help="A known name or a file; the model's own kind of data.")] = None,
    row: Annotated[int, typer.Option(help="The first row, counted from 1.")] = 1,
    rows: Annotated[int, typer.Option(help="How many rows.")] = 1,
    pdf: Pdf = None,
    xlsx: Xlsx = None,
    html: Html = None,
    tex: Tex = None,
    blank: Blank = None,
    key: Key = False,
    forward: Annotated[bool, typer.Option("--forward", help="Leave the gradients out.")] = False,
    examples: Examples = None,
    target: o.Target = None,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    names: Names = None,
    seed: Seed = None,
    level: Level = None,
    ask: Ask = None,
    sizes: Sizes = None,
    merged: Merged = False,
) -> None:
    """Lay out a network and a few rows of data as one would on paper: rows of weights meet columns of x.

    Without a file to write, the sheet is shown here.  With --class, an exercise is drawn for every name of a list,
    each with numbers of their own, and --pdf and --xlsx name the folder for all of them.
    """
    if names is not None:
        hand_out(model, names, seed, level, split(ask, sizes), pdf, xlsx, key, merged)
        return
    if any(option is not None for option in (seed, level, ask, sizes)) or merged:
        raise ValueError("--seed, --level, --ask, --sizes and --merged belong to a class: --class names.csv")
    if data is None:
        raise ValueError("which rows? give them with --data; for a class set, give its names with --class names.csv")
    from workings.cli.sources import features, opened, with_answers
    from workings.sheets import export

    paths = checked(pdf, xlsx, html, tex)
    asked = opened(Path(model))
    source = with_answers(asked, data, target, folder=folder, reading=reading)
    if rows < 1:
        raise ValueError(f"--rows {rows}: a sheet shows at least one row")
    first = o.line_of(row, len(source))
    last = row + rows - 2
    if last >= len(source):
        raise ValueError(
            f"--rows {rows} from --row {row} on would end at row {last + 1:,}, and there are {len(source):,}"
        )
    source = source.take(list(range(first, last + 1)))
    w = asked.explain(features(asked, source), source.y)
    if examples is not None:
        w = w.written_as(examples=examples)
    where = f"row {row}" if rows == 1 else f"rows {row} to {row + rows - 1}"
    how: dict[str, Any] = {"title": f"{Path(model).stem}, {where} of {Path(data).name}", "blanks": tuple(blank or ())}
    how |= {"key": key, "gradients": not forward}
    deliver(paths, lambda whole: export.to_sheet(w, **how, whole=whole), w)


ENDINGS = {"--pdf": (".pdf", ".svg", ".png"), "--xlsx": (".xlsx",), "--html": (".html", ".htm"), "--tex": (".tex",)}


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
        if path is not None and path.suffix and path.suffix.lower() not in ENDINGS[option]:
            raise ValueError(f"{option} writes {what}: name it {' or '.join(ENDINGS[option])}, not {path.suffix}")
        if safe(path, known, what, option) is not None:
            found[option] = path
    return found  # type: ignore[return-value]  (None was left out)


def deliver(paths: dict[str, Path], sheet_of: Callable[[bool], Any], w: Any) -> None:
    """Write the files, or show the sheet; `sheet_of(True)` is the sheet with every array, for a spreadsheet."""
    from workings.saving import write_whole
    from workings.sheets import page, paper, spreadsheet, terminal_sheet
    from workings.sheets.tex import tex

    if not paths:
        try:
            typer.echo(terminal_sheet.sheet_text(sheet_of(False)))
        except ValueError as error:
            raise ValueError(_hint(error, w)) from None
        return
    refused = []
    for option, path in paths.items():
        written = [path]
        try:
            if option == "--pdf":
                written = _on_paper(paper.write, sheet_of(False), path)
            elif option == "--xlsx":
                spreadsheet.check_size(w)
                spreadsheet.write(w, sheet_of(True), path)
            elif option == "--html":
                write_whole(path, page.page(sheet_of(False)).encode())
            else:
                write_whole(path, f"{MARK}\n{tex(sheet_of(False))}".encode())
        except ValueError as error:  # too large for this one; the others are written all the same
            refused.append(_hint(error, w))
            continue
        for one in written:
            typer.echo(f"wrote {one}", err=True)
    if refused:
        raise ValueError(".  ".join(refused))


def _hint(error: ValueError, w: Any) -> str:
    """What is said of a sheet that is too large; with one example there are none to leave out."""
    said = str(error)
    return said.replace(" or fewer examples", "") if "X" in w and w["X"].shape[-1] == 1 else said


def _on_paper(write: Callable[[Any, Path], list[Path]], sheet: Any, path: Path) -> list[Path]:
    """The pages, drawn beside and put in place once none of them would replace a file of others."""
    from workings.saving import write_whole

    with tempfile.TemporaryDirectory(prefix="workings-") as folder:
        drawn = write(sheet, Path(folder) / path.name)
        places = [path.with_name(one.name) for one in drawn]
        for place in places:
            safe(place, _our_paper, "a sheet", "--pdf")
        for one, place in zip(drawn, places, strict=True):
            write_whole(place, _marked(one.read_bytes()))
    return places


MARK = "% written by Workings"
IN_SVG = b"<!-- Workings -->"
IN_PNG = b"Software\0Workings"


def _marked(picture: bytes) -> bytes:
    """A picture that says who drew it, so that it may be replaced later; a PDF says so already."""
    if picture.startswith(b"\x89PNG"):
        chunk = b"tEXt" + IN_PNG
        told = len(IN_PNG).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        return picture[:-12] + told + picture[-12:]  # before the end
    return picture if picture.startswith(b"%PDF") else picture + IN_SVG


def _our_paper(path: Path) -> bool:
    drawn = path.read_bytes()
    return (drawn.startswith(b"%PDF") and b"Workings" in drawn) or IN_PNG in drawn or drawn.endswith(IN_SVG)


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
