"""search: settings chosen by what was found so far, many trained, the best one saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import options as o
from workings.cli.many import Rows, ending, numbers, span
from workings.cli.output import Voice, emit, safe

SPACE, SAME, FILES = "What is searched (LOW:HIGH, or values with commas)", o.SAME, "Files"


@o.reads
def search(
    data: o.Data,
    target: o.Target = None,
    task: o.Task = None,
    trials: Annotated[int, typer.Option(min=1, help="How many in the end, those of earlier calls counted.")] = 30,
    seconds: Annotated[float | None, typer.Option(min=0, help="Begin none after so many seconds.")] = None,
    rate: Annotated[str, typer.Option(help="Learning rates.", rich_help_panel=SPACE)] = "0.0001:1",
    batch: Annotated[str, typer.Option(help="Examples of a step.", rich_help_panel=SPACE)] = "16,32,64,128",
    depth: Annotated[str, typer.Option(help="How many hidden layers.", rich_help_panel=SPACE)] = "1:3",
    width: Annotated[str, typer.Option(help="Neurons in each.", rich_help_panel=SPACE)] = "8,16,32,64,128",
    activation: Annotated[
        str, typer.Option(help="sigmoid, tanh …", rich_help_panel=SPACE)
    ] = "relu,tanh,sigmoid,gelu",
    optimizer: Annotated[
        str, typer.Option(help="gradient-descent, adam …", rich_help_panel=SPACE)
    ] = "adam,momentum,gradient-descent,rmsprop",
    momentum: Annotated[str, typer.Option(help="Where the optimizer has one.", rich_help_panel=SPACE)] = "0.5:0.99",
    l2: Annotated[str, typer.Option(help="Penalty on W²/2.", rich_help_panel=SPACE)] = "0.000001:0.1",
    dropout: Annotated[str, typer.Option(help="Share of neurons dropped.", rich_help_panel=SPACE)] = "0:0.5",
    epochs: o.Epochs = None,
    early_stopping: o.EarlyStopping = None,
    validation: o.Judged = 0.2,
    folds: Annotated[
        int | None, typer.Option(help="Judge by the mean of so many folds instead.", rich_help_panel=SAME)
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help="The figure that judges: loss, or accuracy or rmse.", rich_help_panel=SAME),
    ] = None,
    test: o.LastTest = None,
    loss: o.Loss = None,
    no_prune: Annotated[
        bool, typer.Option("--no-prune", help="Give no trial up early.", rich_help_panel=SAME)
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Fixes the suggestions.", rich_help_panel=SAME)] = 0,
    backend: o.Backend = "auto",
    out: Annotated[
        Path | None, typer.Option(help="The folder where all is kept; search-NAME.", rich_help_panel=FILES)
    ] = None,
    plots: Annotated[
        bool, typer.Option("--plots", help="Pictures of the result in the folder.", rich_help_panel=FILES)
    ] = False,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Look for good settings: each next choice is made from what was found, and what does not promise is given up.

    Every trial is kept in the folder as it ends: the same command goes on where it was stopped, and started several
    times, on machines that share the disk too, they work together.  What judges is a part of the training rows; the
    best network's last figures are of rows that no trial has seen.  It is saved as model.safetensors in the folder.
    Ctrl-C keeps what is there (130).
    """
    from workings import Dense
    from workings.cli import course
    from workings.cli.errors import spoken
    from workings.cli.sources import load
    from workings.cli.task import task as told_task
    from workings.searches import search as run

    voice = Voice(json, quiet)
    name = Path(data).stem if Path(data).suffix else Path(data).name
    place = out or Path(f"search-{name}")
    space: dict[str, Any] = {
        "learning_rate": wanted("--rate", rate),
        "batch_size": wanted("--batch", batch, whole=True),
        "depth": wanted("--depth", depth, whole=True),
        "width": wanted("--width", width, whole=True),
        "activation": [part.strip() for part in activation.split(",")],
        "optimizer": [part.strip() for part in optimizer.split(",")],
        "momentum": wanted("--momentum", momentum),
        "l2": wanted("--l2", l2),
        "dropout": wanted("--dropout", dropout),
    }
    fixed = {k: v[0] for k, v in space.items() if isinstance(v, list) and len(v) == 1 and k != "momentum"}
    space = {k: v for k, v in space.items() if k not in fixed}
    safe(place / "model.safetensors" if place.is_dir() else None, lambda path: True, "a model", "--out")
    source = load(data, target, folder, 0, reading)
    what = told_task(source, task)
    voice.notes(map(spoken, source.notes))
    rows = Rows.of(source, what, loss, test)
    X, y = rows.X, rows.y
    judged = f"in {folds} folds" if folds else f"{round(len(y) * validation):,} of them to judge by"
    voice.say(f"{source.name}: {len(y):,} examples to learn from, {judged}.")
    if rows.units:
        voice.say(f"Losses and rmse of the table are in spreads of {source.target!r} (1 = {rows.units.spread:.4g}).")
    fixed["epochs"] = epochs or course.enough(len(y), 32)
    if early_stopping is not None:
        fixed["early_stopping"] = early_stopping
    found = run(
        [Dense(16), ending(what)],
        X,
        y,
        space,
        trials=trials,
        validation=validation,
        folds=folds,
        by=by and f"validation_{by.removeprefix('validation_')}",
        loss=loss,
        out=place,
        seconds=seconds,
        prune=not no_prune,
        search_seed=seed,
        backend=backend,
        progress=False if quiet or json else None,
        **fixed,
    )
    figures, saved = rows.kept(found, place)
    drawn = _plots(found, place) if plots else []
    rows.say(voice, found, figures, "trial")
    for file in [saved, *drawn] if saved else drawn:
        voice.say(f"Saved: {file}")
    if json:
        told = {"trials": found.table, "best": found.best() if saved else None, "test": figures}
        told |= {"model": str(saved) if saved else None, "plots": [str(file) for file in drawn]}
        emit(told | {"stopped": found.stopped or None, "folder": str(place)})
    if found.stopped.startswith("stopped by"):
        raise typer.Exit(130)


def wanted(option: str, text: str, whole: bool = False) -> Any:
    """A range LOW:HIGH, of whole numbers too, or the values between commas.

    >>> wanted("--depth", "1:3", whole=True), wanted("--l2", "0,0.1")
    (Whole(low=1, high=3), [0.0, 0.1])
    """
    from workings.sweeps import Whole

    if ":" not in text:
        return numbers(option, text, whole)
    found = span(option, text)
    return Whole(int(found.low), int(found.high)) if whole else found


def _plots(found: Any, place: Path) -> list[Path]:
    """The pictures that the result has enough trials for."""
    from workings.plots import search_history, search_importance, search_paths

    made = []
    for name, draw in (("history", search_history), ("paths", search_paths), ("importance", search_importance)):
        try:
            picture = draw(found)
        except ValueError:  # too few trials are done
            continue
        made.append(place / f"{name}.png")
        picture.savefig(made[-1], dpi=150)
    return made


search.__dict__["example"] = (
    "Examples:\n\n`workings search digits --trials 40`\n\n"
    "`workings search houses.csv --target price --rate 0.0001:0.1 --depth 1,2 --optimizer adam --plots`"
)
