"""data: the known data sets, one of them looked at, or its files fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import columns, emit


@o.reads
def data(
    name: Annotated[str | None, typer.Argument(help="A known name or a file to look at; or the word fetch.")] = None,
    which: Annotated[str | None, typer.Argument(help="After fetch: mnist, fashion-mnist.")] = None,
    to: Annotated[Path | None, typer.Option(help="fetch: copy the files into this folder.")] = None,
    target: o.Target = None,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    json: o.Json = False,
) -> None:
    """List the known data sets, look at one or at a file, or fetch one."""
    if name is None:
        _list(json)
    elif name == "fetch":
        _fetch(which, to, json)
    else:
        _look(name, target, folder, reading, json)


def _list(json: bool) -> None:
    from workings.cli.known import KNOWN

    if json:
        emit([{"name": n, "rows": k.rows, "features": k.features, "about": k.about} for n, k in KNOWN.items()])
        return
    typer.echo(columns((n, k.features, k.rows, k.about) for n, k in KNOWN.items()))
    typer.echo("\n`workings data NAME` looks at one; `workings train NAME` learns from it.")


def _look(name: str, target: str | None, folder: Any, reading: o.Reading, json: bool) -> None:
    import numpy as np

    from workings.cli.errors import spoken
    from workings.cli.known import KNOWN
    from workings.cli.sources import load

    try:
        source = load(name, target, folder, 0, reading)
    except ValueError as error:
        if name in KNOWN or not Path(name).is_file() or not _in_the_way(name, str(error), reading, json):
            raise
        return
    classes, counts = np.unique(np.asarray(source.y).astype(str), return_counts=True)
    few = len(classes) <= 20
    if json:
        width = source.X.shape[1] if source.X is not None else len(source.table.features)
        told = {"name": name, "rows": len(source), "features": width, "target": source.target}
        told["test_rows"] = len(source.test) if source.test else None
        told["classes"] = dict(zip(classes, counts.tolist(), strict=True)) if few else None
        emit(told | {"notes": [spoken(note) for note in source.notes]})
        return
    if name in KNOWN:
        known = KNOWN[name]
        typer.echo(f"{name}: {known.about} ({known.source}); {known.rows} rows of {known.features}.")
    if source.table is not None:
        if name not in KNOWN:
            typer.echo(spoken(str(source.table)))
        rows = list(zip(*(values[:5] for values in source.table.columns.values()), strict=True))
        typer.echo("\n" + columns([source.table.names, *([_short(x) for x in row] for row in rows)]))
    else:
        typer.echo(_pictures(source))
    if few:
        told = ", ".join(f"{c} ({n:,})" for c, n in zip(classes, counts, strict=True))
        typer.echo(f"\n{source.target}: {told}")


def _in_the_way(name: str, said: str, reading: o.Reading, json: bool) -> bool:
    """Every column of a file that cannot be learned from as it is, with what is in the way; False for none such."""
    from workings.cli.errors import spoken
    from workings.data.columns import missing_rows, read_cells, read_column

    try:
        found = reading.cells(name)
    except (ValueError, OSError):
        return False
    if not found or not found.rows:
        return False
    read_one = read_column if found.unit == "line" else read_cells
    kinds: dict[str, Any] = dict(map(o.kind_of, reading.kinds or []))
    how: dict[str, Any] = {"missing": ("", *(reading.missing or [])), "decimal": reading.decimal}
    told: list[dict[str, Any]] = []
    for column, cells in zip(map(str.strip, found.names), zip(*found.rows, strict=True), strict=True):
        if column in (reading.drop or ()):
            continue
        one: dict[str, Any] = {"name": column, "kind": None, "missing": None, "in_the_way": None}
        try:
            where = lambda i: f"{found.unit} {found.places[i]}"
            read = read_one(column, cells, where, kinds.get(column), **how)
            one |= {"kind": read.kind, "missing": len(missing_rows(read))}
        except ValueError as error:
            one["in_the_way"] = spoken(o.thousands(str(error))).removeprefix(f"column {column!r} ")
        told.append(one)
    said = spoken(said)
    if json:
        emit({"name": name, "rows": len(found.rows), "columns": told, "in_the_way": said})
        return True
    typer.echo(f"{name}: {len(found.rows):,} rows, {len(told)} columns; it cannot be learned from as it is.\n")
    for one in told:
        gone = f", {one['missing']:,} missing" if one["missing"] else ""
        typer.echo(f"  {one['name']}: {one['in_the_way'] or one['kind'] + gone}")
    if not any(one["in_the_way"] for one in told):
        typer.echo(f"\n{said}")
    return True


def _short(x: Any) -> str:
    return "" if x is None or x != x else f"{x:.6g}" if isinstance(x, float) else str(x)[:24]


def _pictures(source: Any) -> str:
    """The first picture in characters."""
    from math import isqrt

    from workings.report.text import ink

    n = source.X.shape[1]
    side = isqrt(n)
    if side * side != n:
        return f"\n{n:,} numbers a picture, from {source.X.min()} to {source.X.max()}"
    most = 255 if source.X.dtype.kind == "u" else 1
    rows = (source.X[0].astype(float) / most).reshape(side, side)
    return f"\nThe first is {source.target} {source.y[0]}:\n" + "\n".join(f"  {ink(row)}".rstrip() for row in rows)


def _fetch(which: str | None, to: Path | None, json: bool) -> None:
    import shutil

    from workings.cli.known import KNOWN
    from workings.data.download import SHA256, fetch
    from workings.data.files import nearest

    names = {name: known.files for name, known in KNOWN.items() if known.files}
    if which not in names:
        raise ValueError(f"fetch what? {nearest(which or '', names)}")
    typer.echo(f"looking for {which} in the cache, else downloading it …", err=True)
    files = fetch(names[which], tuple(SHA256[names[which]]))
    if to:
        place = to / names[which]
        place.mkdir(parents=True, exist_ok=True)
        files = [Path(shutil.copy(file, place / file.name)) for file in files if file.parent != place]
    if json:
        emit({"name": which, "files": [str(file) for file in files]})
        return
    for file in files:
        typer.echo(str(file))


data.__dict__["example"] = "Examples:\n\n`workings data digits`\n\n`workings data fetch mnist --to data`"
