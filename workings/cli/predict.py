"""predict: what a saved model says of new rows: the rows as they came, with the answer beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import columns, emit, our_predictions, safe

SHOWN = 10


@o.reads
def predict(
    model: o.ModelFile,
    data: o.Data,
    out: Annotated[
        Path | None,
        typer.Option(help="Write a file, .csv, .xlsx or .parquet; only predictions of workings are replaced."),
    ] = None,
    row: Annotated[int | None, typer.Option(help="Only this row, counted from 1.")] = None,
    proba: Annotated[bool, typer.Option("--proba", help="Add the probability of every class.")] = False,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    json: o.Json = False,
) -> None:
    """Ask a saved model about new rows or pictures, and write them with the answer beside them.

    Every column that came in goes out, and after them the answers.  Without --out they go to standard output as CSV;
    in a terminal the first rows are shown.
    """
    from workings.cli.answers import SUFFIXES, as_csv, written
    from workings.cli.sources import by_name, features, load, opened, passed_over, pictorial

    place = safe(out, our_predictions, "a table of predictions", "--out")
    if place and place.suffix.lower() not in SUFFIXES:
        raise ValueError(f"--out '{place}': the name ends in {', '.join(SUFFIXES)}, which says what is written")
    asked = opened(model)
    source = load(data, False, folder, 0, reading, pictorial(asked), by_name(asked) or None)
    source = source.test if source.test is not None and not source.files else source
    first = 0
    if row is not None:
        first = o.line_of(row, len(source))
        source = source.take([first])
    for note in [*source.notes] * bool(source.files) + passed_over(asked, source):
        typer.echo(f"note: {note}", err=True)
    before = _before(data, source, reading, first, row is not None)
    answers = _answers(asked, features(asked, source), proba, tuple(before))
    if json:
        named = {"file": before["file"]} if source.files else {}
        told = [
            dict(zip(named | answers, cells, strict=True)) for cells in zip(*(named | answers).values(), strict=True)
        ]
        emit({"rows": len(source), "first": first + 1, "predictions": told})
        return
    table = before | answers
    if place:
        from workings.saving import write_whole

        content, remark = written(table, place.suffix.lower())
        write_whole(place, content)
        if remark:
            typer.echo(f"note: {remark}", err=True)
        typer.echo(f"{len(source):,} rows with the answer beside them: {place}", err=True)
    elif _terminal():
        rows = list(zip(*({"row": range(first + 1, first + 1 + len(source))} | table).values(), strict=True))
        typer.echo(columns([("row", *table), *([_short(x) for x in line] for line in rows[:SHOWN])]))
        if len(rows) > SHOWN:
            typer.echo(f"… and {len(rows) - SHOWN:,} more; --out FILE.csv writes them all", err=True)
    else:
        typer.echo(as_csv(table)[0], nl=False)


def _terminal() -> bool:
    import sys

    return sys.stdout.isatty()


def _answers(model: Any, X: Any, proba: bool, taken: tuple[str, ...]) -> dict[str, list[Any]]:
    """The answers, under names that no column has."""

    def free(name: str) -> str:
        while name in taken:
            name += "'"
        return name

    def plain(numbers: Any) -> list[Any]:
        """As short as their precision allows: 529.9459, not the 529.9459228515625 that it is in double."""
        return (numbers.astype(str).astype(float) if numbers.dtype == "float32" else numbers).tolist()

    said = model.predict(X)
    table = {free("predicted"): [tuple(x) if getattr(x, "ndim", 0) else x for x in plain(said)]}
    if proba:
        P = model.predict_proba(X)
        classes = model.classes_.tolist() if P.shape[1] == len(model.classes_) else range(P.shape[1])
        table |= {free(f"probability of {c}"): plain(column) for c, column in zip(classes, P.T, strict=True)}
    return table


def _before(data: str, source: Any, reading: o.Reading, first: int, one: bool) -> dict[str, Any]:
    """The columns as they came: cells of CSV and Excel as they stand, Parquet's own types; the files of pictures."""
    from workings.cli.known import KNOWN
    from workings.data.frames import is_parquet, parquet_columns

    if source.files:
        names = {"file": [str(file) for file in source.files]}
        return names if source.y is None else names | {source.target: source.y.tolist()}
    found = None if data in KNOWN else reading.cells(data)
    if found:
        rows = [found.rows[first]] if one else found.rows
        cells = zip(*rows, strict=True)
        return {name.strip(): list(column) for name, column in zip(found.names, cells, strict=True)}
    if data not in KNOWN and is_parquet(Path(data)):
        return {name: column.slice(first, len(source)) for name, column in parquet_columns(Path(data)).items()}
    if source.table is not None:
        return {name: values.tolist() for name, values in source.table.columns.items()}
    rows = {"row": list(range(first + 1, first + 1 + len(source)))}
    return rows if source.y is None else rows | {source.target: source.y.tolist()}


def _short(x: Any) -> str:
    """A value for the eye."""
    from workings.cli.answers import cell

    try:
        return f"{float(x):.6g}" if "." in str(x) else cell(x)
    except ValueError:
        return str(x)[:32]


predict.__dict__["example"] = (
    "Examples:\n\n`workings predict houses.safetensors new.csv --out answers.csv`\n\n"
    "`workings predict digits.safetensors scans --proba`"
)
