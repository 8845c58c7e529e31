"""predict: what a saved model says of new rows: the rows as they came, with the answer beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import columns, emit, our_predictions, safe

SHOWN = 10


def predict(
    model: o.ModelFile,
    data: o.Data,
    out: Annotated[
        Path | None, typer.Option(help="Write a CSV file; only predictions that workings wrote are replaced.")
    ] = None,
    row: Annotated[int | None, typer.Option(help="Only this row, counted from 1.")] = None,
    proba: Annotated[bool, typer.Option("--proba", help="Add the probability of every class.")] = False,
    folder: o.Folder = None,
    drop: o.Drop = None,
    kinds: o.As = None,
    missing: o.Missing = None,
    header: o.Header = None,
    delimiter: o.Delimiter = None,
    decimal: o.Decimal = ".",
    encoding: o.Encoding = "utf-8",
    json: o.Json = False,
) -> None:
    """Ask a saved model about new rows, and write them with the answer beside them.

    Without --out the CSV goes to standard output; in a terminal the first rows are shown.
    """
    from workings.cli.sources import features, load, opened

    place = safe(out, our_predictions, "a table of predictions", "--out")
    asked = opened(model)
    reading = o.Reading(drop, kinds, missing, header, delimiter, decimal, encoding)
    source = load(data, False, folder, 0, reading)
    source = source.test or source
    first = 0
    if row is not None:
        first = o.line_of(row, len(source))
        source = source.take([first])
    X = features(asked, source)
    answers = _answers(asked, X, proba, source.table.names if source.table is not None else ())
    before = _as_it_stands(data, reading, first if row is not None else None) or _before(source, first)
    if json:
        told = [dict(zip(answers, cells, strict=True)) for cells in zip(*answers.values(), strict=True)]
        emit({"rows": len(source), "first": first + 1, "predictions": told})
        return
    table = before | answers
    if place:
        from workings.saving import write_whole

        write_whole(place, _csv(table).encode())
        typer.echo(f"{len(source):,} rows with the answer beside them: {place}", err=True)
    elif _terminal():
        rows = list(zip(*({"row": range(first + 1, first + 1 + len(source))} | table).values(), strict=True))
        typer.echo(columns([("row", *table), *([_short(x) for x in line] for line in rows[:SHOWN])]))
        if len(rows) > SHOWN:
            typer.echo(f"… and {len(rows) - SHOWN:,} more; --out FILE.csv writes them all", err=True)
    else:
        typer.echo(_csv(table), nl=False)


def _terminal() -> bool:
    import sys

    return sys.stdout.isatty()


def _answers(model: Any, X: Any, proba: bool, taken: tuple[str, ...]) -> dict[str, list[Any]]:
    name = "predicted"
    while name in taken:
        name += "'"
    said = model.predict(X)
    table = {name: [tuple(x) if getattr(x, "ndim", 0) else x for x in said.tolist()]}
    if proba:
        P = model.predict_proba(X)
        classes = model.classes_.tolist() if P.shape[1] == len(model.classes_) else range(P.shape[1])
        table |= {f"probability of {c}": column.tolist() for c, column in zip(classes, P.T, strict=True)}
    return table


def _as_it_stands(data: str, reading: o.Reading, row: int | None) -> dict[str, list[Any]]:
    """The cells of a CSV file, letter by letter; nothing for other data."""
    from workings.cli.known import KNOWN

    if data in KNOWN or not (found := reading.cells(data)):
        return {}
    names, rows = found
    rows = rows if row is None else [rows[row]]
    return {name: list(cells) for name, cells in zip(names, zip(*rows, strict=True), strict=True)}


def _before(source: Any, first: int) -> dict[str, list[Any]]:
    """The columns as they came; pictures by their row and, where it is known, their label."""
    if source.table is not None:
        return {name: values.tolist() for name, values in source.table.columns.items()}
    rows: dict[str, list[Any]] = {"row": list(range(first + 1, first + 1 + len(source)))}
    return rows if source.y is None else rows | {source.target: source.y.tolist()}


def _csv(table: dict[str, list[Any]]) -> str:
    import csv
    import io

    paper = io.StringIO()
    writer = csv.writer(paper, lineterminator="\n")
    writer.writerow(table)
    writer.writerows([_cell(x) for x in row] for row in zip(*table.values(), strict=True))
    return paper.getvalue()


def _short(x: Any) -> str:
    """A value for the eye."""
    try:
        return f"{float(x):.6g}" if "." in str(x) else _cell(x)
    except ValueError:
        return str(x)[:32]


def _cell(x: Any) -> str:
    """A value as it would stand in a file; what is missing stands empty."""
    if x is None or x != x:
        return ""
    return repr(x) if isinstance(x, float) else str(x)


predict.__dict__["example"] = "Example: `workings predict houses.safetensors new.csv --out answers.csv`"
