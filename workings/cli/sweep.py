"""sweep: many networks on one data set, in a table, with the best one saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.many import Rows, ending, numbers, span
from workings.cli.output import Voice, emit

VARIED, SAME, FILES = "What is varied (several values, with commas)", o.SAME, "Files"


@o.reads
def sweep(
    data: o.Data,
    target: o.Target = None,
    task: o.Task = None,
    hidden: Annotated[
        str, typer.Option(metavar="N,N;N;…", help="Hidden layers; networks parted by ;", rich_help_panel=VARIED)
    ] = "16,16",
    activation: Annotated[
        str, typer.Option(metavar="A,B,…", help="sigmoid, tanh, relu, gelu …", rich_help_panel=VARIED)
    ] = "relu",
    optimizer: Annotated[
        str, typer.Option(metavar="A,B,…", help="gradient-descent, momentum, adam …", rich_help_panel=VARIED)
    ] = "adam",
    rate: Annotated[
        str | None,
        typer.Option(
            metavar="R,R,…", help="Learning rates, or a range 0.001:1 to draw from.", rich_help_panel=VARIED
        ),
    ] = None,
    batch: Annotated[str, typer.Option(metavar="N,N,…", help="Examples of a step.", rich_help_panel=VARIED)] = "32",
    l1: Annotated[str, typer.Option(metavar="X,X,…", help="Penalty on |W|.", rich_help_panel=VARIED)] = "0",
    l2: Annotated[str, typer.Option(metavar="X,X,…", help="Penalty on W²/2.", rich_help_panel=VARIED)] = "0",
    dropout: Annotated[
        str, typer.Option(metavar="P,P,…", help="Shares of neurons dropped.", rich_help_panel=VARIED)
    ] = "0",
    seeds: Annotated[int, typer.Option(min=1, help="Each with so many seeds, 0, 1, …", rich_help_panel=VARIED)] = 1,
    draws: Annotated[
        int | None, typer.Option(min=1, help="How many to draw from the ranges LOW:HIGH.", rich_help_panel=VARIED)
    ] = None,
    epochs: o.Epochs = None,
    early_stopping: o.EarlyStopping = None,
    validation: o.Judged = 0.2,
    test: o.LastTest = None,
    loss: o.Loss = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many at once; else what suits the machine.", rich_help_panel=SAME)
    ] = None,
    backend: o.Backend = "auto",
    out: Annotated[
        Path | None, typer.Option(help="The folder where runs are kept; sweep-NAME.", rich_help_panel=FILES)
    ] = None,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Train a network for every combination of the values, and say which is best.

    Every run is kept in the folder as it ends: the same command goes on where it was stopped.  What judges is a part
    of the training rows, the same for all; the best network's last figures are of rows that no run has seen.  It is
    saved as model.safetensors in the folder, for predict, evaluate and explain.  Ctrl-C keeps what is there (130).
    """
    from workings import Dense
    from workings.cli import course
    from workings.cli.sources import load
    from workings.cli.task import task as told_task
    from workings.sweeps import sweep as run

    voice = Voice(json, quiet)
    name = Path(data).stem if Path(data).suffix else data
    place = out or Path(f"sweep-{name}")
    grid: dict[str, Any] = {
        "hidden": [tuple(o.sizes(part)) for part in hidden.split(";")],
        "activation": [part.strip() for part in activation.split(",")],
        "optimizer": [part.strip() for part in optimizer.split(",")],
        "batch_size": numbers("--batch", batch, whole=True),
        "seed": list(range(seeds)),
    }
    wanted = {"learning_rate": ("--rate", rate), "l1": ("--l1", l1), "l2": ("--l2", l2)}
    wanted["dropout"] = ("--dropout", dropout)
    ranges: dict[str, Any] = {}
    for setting, (option, text) in wanted.items():
        if text is not None and ":" in text:
            ranges[setting] = span(option, text)
        elif text is not None:
            grid[setting] = numbers(option, text)
    if ranges and draws is None:
        raise ValueError("a range LOW:HIGH is drawn from: say how many with --draws 20")
    if draws is not None and not ranges:
        raise ValueError("--draws needs a range to draw from, such as --rate 0.001:1")
    single = {name: values[0] for name, values in grid.items() if len(values) == 1 and name != "seed"}
    varied = {name: values for name, values in grid.items() if name not in single}
    if not ranges and len(varied) == 1 and seeds == 1:
        raise ValueError("nothing is varied: give several values, such as --rate 0.01,0.1 or --hidden '16,16;32'")

    source = load(data, target, folder, 0, reading)
    what = told_task(source, task)
    for note in source.notes:
        voice.note(f"note: {note}")
    rows = Rows.of(source, what, loss, test)
    judging = f"{round(len(rows.y) * validation):,} of them to judge by"
    voice.say(f"{source.name}: {len(rows.y):,} examples to learn from, {judging}.")
    single["epochs"] = epochs or course.enough(len(rows.y), int(min(grid["batch_size"])))
    if early_stopping is not None:
        single["early_stopping"] = early_stopping
    found = run(
        [Dense(16), ending(what)],
        rows.X,
        rows.y,
        varied,
        draws=ranges or None,
        runs=draws,
        validation=validation,
        loss=loss,
        out=place,
        workers=workers,
        backend=backend,
        progress=False if quiet or json else None,
        **single,
    )
    figures, saved = rows.kept(found, place)
    rows.say(voice, found, figures, "run")
    if saved:
        voice.say(f"Saved: {saved}")
    if json:
        best = found.best() if saved else None
        told = {"runs": found.table, "best": best, "test": figures, "model": str(saved) if saved else None}
        emit(told | {"stopped": found.stopped or None, "folder": str(place)})
    if found.stopped:
        raise typer.Exit(130)


sweep.__dict__["example"] = (
    "Examples: `workings sweep digits --rate 0.001,0.01 --hidden '16,16;32' --seeds 3` · "
    "`workings sweep houses.csv --target price --rate 0.0001:0.1 --draws 20 --out runs/houses`"
)
