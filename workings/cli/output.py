"""Output: figures to standard output, remarks to standard error, files only where nothing of others is lost."""

from __future__ import annotations

import json
import math
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

MOST_NOTES = 12


def emit(told: Any) -> None:
    """One JSON text, for machines; what is not a finite number is null."""
    typer.echo(json.dumps(_plain(told), ensure_ascii=False, allow_nan=False))


def _plain(x: Any) -> Any:
    if isinstance(x, dict):
        return {str(k): _plain(v) for k, v in x.items()}
    if isinstance(x, list | tuple):
        return [_plain(v) for v in x]
    if hasattr(x, "tolist"):
        return _plain(x.tolist())
    if isinstance(x, float):
        return x if math.isfinite(x) else None
    return x if x is None or isinstance(x, bool | int | str) else str(x)


class Voice:
    """What a verb says: `say` figures, `note` remarks; silent where machines listen or quiet was asked for."""

    def __init__(self, json: bool = False, quiet: bool = False):
        self.json, self.quiet = json, quiet

    def say(self, line: str = "", bold: bool = False) -> None:
        """A line of the answer."""
        if not self.json and not self.quiet:
            typer.secho(line if "\n" in line else textwrap.fill(line, 79), bold=bold)

    def note(self, line: str) -> None:
        """A remark beside it."""
        if not self.quiet:
            typer.secho(line, err=True, dim=not self.json)

    def notes(self, lines: Iterable[str]) -> None:
        """Several remarks; of very many only the first, and how many more there are."""
        lines = list(lines)
        for line in lines[:MOST_NOTES]:
            self.note(f"note: {line}")
        if len(lines) > MOST_NOTES:
            self.note(f"… and {len(lines) - MOST_NOTES:,} more such notes")


def columns(rows: Iterable[Sequence[Any]], gap: str = "  ") -> str:
    """Rows of cells in columns; a column that ends in numbers stands to the right."""
    table = [[str(cell) for cell in row] for row in rows]
    shown = []
    for column in zip(*table, strict=True):
        wide = max(map(len, column))
        shown.append([c.rjust(wide) if _number(column[-1]) else c.ljust(wide) for c in column])
    return "\n".join(gap.join(row).rstrip() for row in zip(*shown, strict=True))


def _number(text: str) -> bool:
    return text.lstrip("-")[:1].isdigit()


def safe(path: Path | None, ours: Callable[[Path], bool], what: str, option: str) -> Path | None:
    """The path, once it is known that a file can be written there and that nothing of others would be lost.

    Raises OSError or ValueError before any work is done.
    """
    if path is None:
        return None
    if path.is_dir():
        raise IsADirectoryError(f"'{path}' is a folder; name a file in it with {option}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"'{path}' cannot be written: there is no folder '{path.parent}'; make it first")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OSError(f"'{path}' cannot be written, because nothing can be written there: {error.strerror}") from None
    if path.exists() and not ours(path):
        raise FileExistsError(
            f"'{path}' is there already and is not {what} that workings wrote, so it is left as it is: "
            f"name another file with {option}, or move it away first"
        )
    return path


def our_model(path: Path) -> bool:
    """Whether this is a model or a checkpoint of ours."""
    from workings import saving

    try:
        saving.read(path)
    except (ValueError, OSError):
        return False
    return True


def our_report(path: Path) -> bool:
    """Whether this is a report of ours."""
    with path.open("rb") as file:
        return b'name="generator" content="Workings' in file.read(4096)


def our_predictions(path: Path) -> bool:
    """Whether this is a table of predictions of ours."""
    from workings.cli.answers import ours

    return ours(path)
