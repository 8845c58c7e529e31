"""explain: any number of one pass through a saved model, with its working."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import emit


@o.reads
def explain(
    model: o.ModelFile,
    data: Annotated[str, typer.Option(help="A known name or a file; the model's own kind of data.")],
    row: Annotated[int, typer.Option(help="Which row, counted from 1.")] = 1,
    cell: Annotated[
        str | None, typer.Option(help="A cell as on the board, counted from 1: 'dW1[3,41]', 'Z2[5,1]', 'J'.")
    ] = None,
    array: Annotated[str | None, typer.Option(help="A whole array: W1, Z2, dW1 …")] = None,
    full: Annotated[bool, typer.Option("--full", help="Every term, in order, with all digits.")] = False,
    target: o.Target = None,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    json: o.Json = False,
) -> None:
    """Explain any number: its formula, the numbers put in, the result, and what it is made from.

    Without --cell or --array, the answer itself is followed from the output down to what it came from.
    """
    from workings.cli.sources import features, load, opened, with_answers

    if cell is not None and array is not None:
        raise ValueError("--cell and --array each show something else: give one of them")
    if array is not None and "[" in array:
        cell, array = array, None
    if cell is not None and "(" in cell and "[" not in cell and cell.endswith(")"):
        raise ValueError(f"--cell {cell!r}: a cell stands in square brackets: {cell.replace('(', '[')[:-1]}]")
    if full and cell is None:
        what = "--array shows all of its numbers already" if array is not None else "the way down is always cut"
        raise ValueError(f"--full is for one cell: {what}; name one, such as --cell 'Z1[1,1]'")
    asked = opened(model)
    how: dict[str, Any] = {"folder": folder, "reading": reading}
    try:
        source = with_answers(asked, data, target, **how)
    except ValueError:
        if Path(data).exists() and target is None:
            source = load(data, False, **how)  # rows without answers
        else:
            raise
    source = source.take([o.line_of(row, len(source))])
    X = features(asked, source)
    y = source.y if source.y is not None else asked.predict(X)
    if source.y is None:
        typer.echo("note: the right answer is not known; gradients are of the answer the model gives", err=True)
    if cell is None and array is None:
        _way_down(asked, source, X, json)
        return
    w = asked.explain(X, y)
    if cell is not None and cell in w and w[cell].shape:
        if full:
            raise ValueError(
                f"--full is for one cell, and {cell} is an array; name one, such as --cell '{cell}[1,1]'"
            )
        cell, array = None, cell
    if array is not None:
        _array(w[array], json)
        return
    _cell(w.cell(cell), full, json, _before(asked, source, str(cell)))


def _way_down(model: Any, source: Any, X: Any, json: bool) -> None:
    from dataclasses import asdict

    from workings.cli.sources import called, tabular
    from workings.report import answer, told

    prepared = tabular(model)
    before = {name: values[0] for name, values in source.table.columns.items()} if prepared is not None else None
    right = None if source.y is None else source.y[0]
    shown = answer(model, X[0], right, source.where(0), called(model, source), before)
    if json:
        emit(asdict(shown))
    else:
        typer.echo(told(shown))


def _array(cells: Any, json: bool) -> None:
    if json:
        emit({"name": cells.name, "shape": list(cells.shape), "formula": cells.formula, "numbers": cells.numbers})
    else:
        typer.echo(repr(cells))


def _before(model: Any, source: Any, cell: str) -> list[str]:
    """Where a number came from that the pass itself did not make: a column of the file, or the training."""
    name, _, rest = cell.partition("[")
    if name in model.parameters:
        return [f"{cell} was learned in training"]
    if name != "X" or model.preparation is None:
        return []
    feature = int(rest.split(",")[0].rstrip("]")) - 1
    if source.files:
        return [f"{model.preparation.explain(feature, source.X[0, feature])}, of {source.where(0)}"]
    row = {name: values[0] for name, values in source.table.columns.items()}
    told = model.preparation.explain_feature(feature, row, source.where(0), cell.replace(" ", ""))
    return list(told.lines)


def _cell(found: Any, full: bool, json: bool, before: list[str]) -> None:
    from workings.sheets.text import text

    if json:
        name = text(found, full).split(" ", 1)[0]
        made = [str(n._replace(cell=tuple(i + 1 for i in n.cell))) for n in found.made_from]
        emit(
            {
                "cell": name,
                "value": float(found),
                "lines": [*text(found, full).splitlines(), *before],
                "made_from": made,
            }
        )
    else:
        typer.echo("\n".join([text(found, full), *before]))


explain.__dict__["example"] = (
    "Example: `workings explain digits.safetensors --data digits --row 3 --cell 'dW1[3,41]'`"
)
