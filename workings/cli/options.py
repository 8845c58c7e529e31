"""Options that several verbs share, and how a file is to be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

READING = "How a file is read"

Data = Annotated[str, typer.Argument(help="A known name (see `workings data`), or a CSV, NPY or Parquet file.")]
ModelFile = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A model that `workings train` saved, or an ONNX file.")
]
Json = Annotated[bool, typer.Option("--json", help="One line of JSON on standard output, and nothing else there.")]
Folder = Annotated[Path | None, typer.Option(help="Where the files of MNIST and its kin lie.")]
Target = Annotated[
    str | None, typer.Option(help="The column that holds the answers; its name, or its number from 0.")
]
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


@dataclass(frozen=True)
class Reading:
    """How a file is read: the options above."""

    drop: list[str] | None = None
    kinds: list[str] | None = None
    missing: list[str] | None = None
    header: bool | None = None
    delimiter: str | None = None
    decimal: str = "."
    encoding: str = "utf-8"

    def table(self, path: str, target: Any) -> Any:
        """The table in this file."""
        from workings.data import table

        how: dict[str, Any] = {
            "kinds": dict(map(kind_of, self.kinds or [])),
            "drop": self.drop or (),
            "missing": ("", *(self.missing or [])),
            "header": self.header,
            "delimiter": self._delimiter,
            "decimal": self.decimal,
            "encoding": self.encoding,
        }
        try:
            return table(path, target, **how)
        except ValueError as error:
            raise ValueError(thousands(str(error))) from None

    @property
    def _delimiter(self) -> str | None:
        return {"tab": "\t", "\\t": "\t"}.get(self.delimiter or "", self.delimiter)

    def cells(self, path: str) -> tuple[list[str], list[list[str]]] | None:
        """The names and rows of a CSV file as they stand there; None for another kind of file."""
        from workings.data.csv_files import read_rows

        with Path(path).open("rb") as file:
            start = file.read(6)
        if start.startswith((b"PAR1", b"\x93NUMPY")):
            return None
        found = read_rows(Path(path), self._delimiter, self.encoding)
        if self.header is False:
            return [f"column {i}" for i in range(len(found.first))], [found.first, *found.rows]
        return found.first, found.rows


def thousands(said: str) -> str:
    """What is said of a number such as 1.234,5, whose points part thousands: no decimal sign alone mends that."""
    found = re.search(r"(.*['( ])'?(-?\d{1,3}(?:\.\d{3})+,\d+)'", said)
    if not found:
        return said
    cell = found[2]
    start = said[: said.index(cell)].rstrip("'( ")
    place = re.search(r"line \d+", said)
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
