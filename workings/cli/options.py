"""Options that several verbs share, and how a file is to be read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

READING, PICTURES = "How a file is read", "How pictures are read"

Data = Annotated[
    str,
    typer.Argument(
        help="A known name (see `workings data`), a CSV, Excel, Parquet or NPY file, or a folder of pictures."
    ),
]
ModelFile = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A model that `workings train` saved, or an ONNX file.")
]
Json = Annotated[bool, typer.Option("--json", help="One line of JSON on standard output, and nothing else there.")]
Folder = Annotated[Path | None, typer.Option(help="Where the files of MNIST and its kin lie.")]
Target = Annotated[
    str | None,
    typer.Option(help="The column that holds the answers: its name, or else its number from 1 (-1: the last)."),
]
Task = Annotated[str | None, typer.Option(help="classification or regression; else told from the target.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")]
Drop = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN", help="Leave a column out.", rich_help_panel=READING)
]
As = Annotated[
    list[str] | None,
    typer.Option("--as", metavar="COLUMN=KIND", help="Take a column as number or category.", rich_help_panel=READING),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(metavar="TEXT", help="A cell that means: not known, such as NA.", rich_help_panel=READING),
]
Header = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help="The first line is names, or is data.", rich_help_panel=READING),
]
Delimiter = Annotated[str | None, typer.Option(metavar="SIGN", help="Parts the cells.", rich_help_panel=READING)]
Decimal = Annotated[str, typer.Option(metavar="SIGN", help="The decimal sign.", rich_help_panel=READING)]
Unseen = Annotated[
    str,
    typer.Option(
        metavar="error|ignore",
        help="What the model does later with a category that training lacked.",
        rich_help_panel=READING,
    ),
]
Encoding = Annotated[str, typer.Option(metavar="NAME", help="utf-8, latin-1, cp1252 …", rich_help_panel=READING)]
Sheet = Annotated[str | None, typer.Option(metavar="NAME", help="Excel: which sheet.", rich_help_panel=READING)]
Size = Annotated[
    str | None, typer.Option(metavar="HxW", help="Pixels of every picture: 28x28.", rich_help_panel=PICTURES)
]
Grey = Annotated[
    bool | None,
    typer.Option("--grey/--color", help="One number a pixel, or three; else as the files.", rich_help_panel=PICTURES),
]
FitTo = Annotated[
    str,
    typer.Option(metavar="pad|crop|stretch", help="For pictures of another shape.", rich_help_panel=PICTURES),
]
SkipDamaged = Annotated[
    bool, typer.Option("--skip-damaged", help="Leave out pictures that cannot be read.", rich_help_panel=PICTURES)
]

SAME = "The same for all"  # of the networks that search and sweep train
Epochs = Annotated[
    int | None, typer.Option(min=1, help="Times through the data; else as for train.", rich_help_panel=SAME)
]
EarlyStopping = Annotated[
    int | None, typer.Option(metavar="N", help="End after N epochs without improvement.", rich_help_panel=SAME)
]
Judged = Annotated[float, typer.Option(help="Share of the training rows that judges.", rich_help_panel=SAME)]
LastTest = Annotated[
    float | None, typer.Option(help="Share held out for the best one's last figures.", rich_help_panel=SAME)
]
Loss = Annotated[str | None, typer.Option(help="As for train.", rich_help_panel=SAME)]
Backend = Annotated[str, typer.Option(help="See `workings backends`.", rich_help_panel=SAME)]


@dataclass(frozen=True)
class Reading:
    """How data are read: the options that every verb with DATA has."""

    drop: Drop = None
    kinds: As = None
    missing: Missing = None
    header: Header = None
    delimiter: Delimiter = None
    decimal: Decimal = "."
    encoding: Encoding = "utf-8"
    sheet: Sheet = None
    size: Size = None
    grey: Grey = None
    fit: FitTo = "pad"
    skip_damaged: SkipDamaged = False

    def table(self, path: str, target: Any, only: Any = None) -> Any:
        """The table in this file; `only` these columns have to be what a network reads."""
        from workings.data import table

        how: dict[str, Any] = {
            "kinds": dict(map(kind_of, self.kinds or [])),
            "drop": self.drop or (),
            "only": only,
            "missing": ("", *(self.missing or [])),
            "header": self.header,
            "delimiter": self._delimiter,
            "decimal": self.decimal,
            "encoding": self.encoding,
            "sheet": self.sheet,
        }
        try:
            return table(path, target, **how)
        except ValueError as error:
            raise ValueError(thousands(str(error))) from None

    def pictures(self, path: str, how: Any = None) -> Any:
        """The pictures in this folder or file, as a model reads them (`how`), or as these options say."""
        from workings.data import read_images

        damaged = "skip" if self.skip_damaged else "error"
        if how is None:
            return read_images(path, pixels(self.size), self.grey, self.fit, damaged)  # type: ignore[arg-type]  (checked there)
        return read_images(path, (how.height, how.width), how.grey, how.fit, damaged)

    @property
    def _delimiter(self) -> str | None:
        return {"tab": "\t", "\\t": "\t"}.get(self.delimiter or "", self.delimiter)

    def cells(self, path: str) -> Cells | None:
        """The cells of a CSV or Excel file as they stand there; None for another kind of file."""
        from workings.data.csv_files import read_rows
        from workings.data.excel_files import MAGIC, read_sheet

        if not Path(path).is_file():
            return None
        with Path(path).open("rb") as file:
            start = file.read(6)
        if start.startswith((b"PAR1", b"\x93NUMPY")):
            return None
        sheet = start.startswith(MAGIC)
        found = (
            read_sheet(Path(path), self.sheet)[0] if sheet else read_rows(Path(path), self._delimiter, self.encoding)
        )
        unit = "sheet row" if sheet else "line"
        if self.header is False:
            names = [f"column {i}" for i in range(len(found.first))]
            return Cells(names, [found.first, *found.rows], [found.first_line, *found.lines], unit)
        names = [str(cell) if cell is not None else "" for cell in found.first]
        return Cells(names, found.rows, found.lines, unit)


class Cells(NamedTuple):
    """The cells of a file: names, rows, the line or row each begins on, and what these count."""

    names: list[str]
    rows: list[list[Any]]
    places: list[int]
    unit: str


def reads(verb: Callable[..., None]) -> Callable[..., None]:
    """The verb, whose argument `reading` becomes the options of `Reading`, each with its help."""
    hints, of_reading = get_type_hints(verb, include_extras=True), get_type_hints(Reading, include_extras=True)
    options = []
    for given in inspect.signature(verb).parameters.values():
        if given.name != "reading":
            options.append(given.replace(annotation=hints[given.name]))
        else:
            options += [given.replace(name=f.name, default=f.default, annotation=of_reading[f.name]) for f in READ]

    def asked(**given: Any) -> None:
        reading = Reading(**{f.name: given.pop(f.name) for f in READ})
        verb(**given, reading=reading)

    asked.__name__, asked.__doc__, asked.__module__ = verb.__name__, verb.__doc__, verb.__module__
    asked.__annotations__ = {option.name: option.annotation for option in options}
    asked.__dict__["__signature__"] = inspect.Signature(options)
    return asked


READ, DEFAULT = fields(Reading), Reading()


def pixels(text: str | None) -> tuple[int, int] | None:
    """(28, 28) in 28x28, or in 28."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d{1,5})\s*(?:[x×,*]\s*(\d{1,5})\s*)?", text)
    if not found:
        raise ValueError(f"--size {text!r}: write height x width in pixels, such as 28x28")
    return int(found[1]), int(found[2] or found[1])


def thousands(said: str) -> str:
    """What is said of a number such as 1.234,5, whose points part thousands: no decimal sign alone mends that."""
    found = re.search(r"(.*['( ])'?(-?\d{1,3}(?:\.\d{3})+,\d+)'", said)
    if not found:
        return said
    cell = found[2]
    start = said[: said.index(cell)].rstrip("'( ")
    place = re.search(r"(?:line|sheet row) \d+", said)
    return (
        f"{start} such as {cell!r}{f' ({place[0]})' if place else ''}: the points part thousands there; take them "
        f"out of the file ({cell.replace('.', '')}), and read with decimal=','"
    )


def kind_of(text: str) -> tuple[str, str]:
    """A column and its kind in COLUMN=KIND."""
    name, sign, kind = text.rpartition("=")
    if not sign or kind not in ("number", "category"):
        raise ValueError(f"--as {text!r}: write COLUMN=number or COLUMN=category")
    return name, kind


def sizes(text: str) -> list[int]:
    """The layers in 16,16; none in an empty text or 0."""
    if text.strip() in ("", "0"):
        return []
    try:
        found = [int(part) for part in text.replace("-", ",").split(",")]
    except ValueError:
        found = [0]
    if min(found) < 1:
        raise ValueError(f"--hidden {text!r}: write the sizes of the hidden layers, such as 16,16 (0 for none)")
    if max(found) > 100_000:
        raise ValueError(f"--hidden {text!r}: {max(found):,} neurons in one layer are more than a machine can hold")
    return found


def line_of(row: int, m: int) -> int:
    """A row counted from 1, as an index."""
    if not 1 <= row <= m:
        raise IndexError(f"--row {row}: the rows are counted from 1 to {m:,}")
    return row - 1
