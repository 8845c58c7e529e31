"""sweep: many networks on one data set, in a table, with the best one saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.output import Voice, columns, emit

VARIED, SAME, FILES = "What is varied (several values, with commas)", "The same for all", "Files"


def sweep(
    data: o.Data,
    target: o.Target = None,
    task: Annotated[str | None, typer.Option(help="classification or regression; else told from the target.")] = None,
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
    epochs: Annotated[
        int | None, typer.Option(help="Times through the data; else as for train.", rich_help_panel=SAME)
    ] = None,
    early_stopping: Annotated[
        int | None, typer.Option(metavar="N", help="End after N epochs without improvement.", rich_help_panel=SAME)
    ] = None,
    validation: Annotated[
        float, typer.Option(help="Share of the training rows that judges.", rich_help_panel=SAME)
    ] = 0.2,
    test: Annotated[
        float | None, typer.Option(help="Share held out for the best one's last figures.", rich_help_panel=SAME)
    ] = None,
    loss: Annotated[str | None, typer.Option(help="As for train.", rich_help_panel=SAME)] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many at once; else what suits the machine.", rich_help_panel=SAME)
    ] = None,
    backend: Annotated[str, typer.Option(help="See `workings backends`.", rich_help_panel=SAME)] = "auto",
    out: Annotated[
        Path | None, typer.Option(help="The folder where runs are kept; sweep-NAME.", rich_help_panel=FILES)
    ] = None,
    folder: o.Folder = None,
    drop: o.Drop = None,
    kinds: o.As = None,
    missing: o.Missing = None,
    header: o.Header = None,
    delimiter: o.Delimiter = None,
    decimal: o.Decimal = ".",
    encoding: o.Encoding = "utf-8",
    json: o.Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Train a network for every combination of the values, and say which is best.

    Every run is kept in the folder as it ends: the same command goes on where it was stopped.  What judges is a part
    of the training rows, the same for all; the best network's last figures are of rows that no run has seen.  It is
    saved as model.safetensors in the folder, for predict, evaluate and explain.  Ctrl-C keeps what is there (130).
    """
    from workings import Dense
    from workings.cli import course
    from workings.cli.sources import load
    from workings.cli.task import Units
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

    reading = o.Reading(drop, kinds, missing, header, delimiter, decimal, encoding)
    source = load(data, target, folder, 0, reading)
    what = told_task(source, task)
    for note in source.notes:
        voice.note(f"note: {note}")
    base = course.build(source, what, [], "relu", loss, 0.0, test, 0)
    prepared = base.model.preparation
    units = Units.of(base.train.y) if what.kind == "regression" else None
    X, y = base.inputs(base.train), units.learn(base.train.y) if units else base.train.y
    voice.say(
        f"{source.name}: {len(y):,} examples to learn from, {round(len(y) * validation):,} of them to judge by."
    )
    single["epochs"] = epochs or course.enough(len(y), int(min(grid["batch_size"])))
    if early_stopping is not None:
        single["early_stopping"] = early_stopping
    found = run(
        [Dense(16), ending(what)],
        X,
        y,
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
    figures, saved = {}, None
    if found.model is not None:
        base.model, saved = found.model, place / "model.safetensors"
        base.model.preparation = prepared
        if units:
            units.give_back(base.model)
        base.model.save(saved)
        figures = {} if found.stopped else base.figures()
    _say(voice, found, base, figures, saved)
    if json:
        best = found.best() if saved else None
        told = {"runs": found.table, "best": best, "test": figures, "model": str(saved) if saved else None}
        emit(told | {"stopped": found.stopped or None, "folder": str(place)})
    if found.stopped:
        raise typer.Exit(130)


def numbers(option: str, text: str, whole: bool = False) -> list[float | int]:
    """The numbers in 0.1,1,3.

    >>> numbers("--rate", "0.1,1,3"), numbers("--batch", "16", whole=True)
    ([0.1, 1.0, 3.0], [16])
    """
    try:
        return [int(part) if whole else float(part) for part in text.split(",")]
    except ValueError:
        example = "16,32" if whole else "0.1,1,3"
        raise ValueError(f"{option} {text!r}: write numbers parted by commas, such as {example}") from None


def span(option: str, text: str) -> Any:
    """The range in 0.001:1, all powers of ten alike; from 0, all numbers alike.

    >>> span("--rate", "0.001:1"), span("--dropout", "0:0.5")
    (LogUniform(low=0.001, high=1.0), Uniform(low=0.0, high=0.5))
    """
    from workings.sweeps import LogUniform, Uniform

    try:
        low, high = map(float, text.split(":"))
    except ValueError:
        raise ValueError(f"{option} {text!r}: write a range as LOW:HIGH, such as 0.001:1") from None
    return LogUniform(low, high) if low > 0 else Uniform(low, high)


def ending(task: Any) -> Any:
    """The last layer for a task."""
    from workings import Dense

    if task.kind == "regression":
        return Dense(1)
    return Dense(1, "sigmoid") if len(task.classes) == 2 else Dense(len(task.classes), "softmax")


def _say(voice: Voice, found: Any, base: Any, figures: dict[str, float], saved: Path | None) -> None:
    names, rows = found.shown()
    heads = [name.replace("validation_", "val ").replace("_", " ") for name in names]
    voice.say(columns([heads, *rows[:20]]))
    if len(rows) > 20:
        voice.say(f"… and {len(rows) - 20} more, in the folder")
    voice.say(found.said(), bold=True)
    if figures:
        on = f"{len(base.test):,} examples that no run has seen" if base.held_out else "the rows it learned from"
        told = (
            f"right {100 * figures['accuracy']:.2f} % of the time"
            if "accuracy" in figures
            else f"off by {figures['rmse']:.4g}"
        )
        voice.say(f"On {on}, the best is {told}.")
    if saved:
        voice.say(f"Saved: {saved}")


sweep.__dict__["example"] = (
    "Examples: `workings sweep digits --rate 0.001,0.01 --hidden '16,16;32' --seeds 3` · "
    "`workings sweep houses.csv --target price --rate 0.0001:0.1 --draws 20 --out runs/houses`"
)
