"""train: learn from a known data set or a file of one's own, say how well, and save the model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from workings.cli import hyperparameters as h
from workings.cli import options as o
from workings.cli.output import Voice, emit, our_model, our_report, safe

NETWORK, TRAINING, FILES = "The network", "Training", "Files"
PICTURES = ("digits", "mnist", "fashion-mnist")


@o.reads
def train(
    data: o.Data,
    target: o.Target = None,
    task: o.Task = None,
    hidden: Annotated[
        str, typer.Option(metavar="N,N,…", help="Neurons of each hidden layer.", rich_help_panel=NETWORK)
    ] = "16,16",
    activation: Annotated[
        str, typer.Option(help="sigmoid, tanh, relu, leaky-relu, gelu, softplus …", rich_help_panel=NETWORK)
    ] = "relu",
    loss: Annotated[
        str | None,
        typer.Option(help="cross-entropy, mse, squared-error, half-squared-error.", rich_help_panel=NETWORK),
    ] = None,
    dropout: Annotated[float, typer.Option(help="Share of neurons dropped.", rich_help_panel=NETWORK)] = 0.0,
    initializer: Annotated[
        str | None,
        typer.Option(
            help="he, xavier, lecun, small, normal, zeros; else told from the activation.", rich_help_panel=NETWORK
        ),
    ] = None,
    optimizer: Annotated[
        str,
        typer.Option(help="gradient-descent, momentum, nesterov, rmsprop, adam, adamw.", rich_help_panel=TRAINING),
    ] = "adam",
    rate: Annotated[
        float | None, typer.Option(help="Learning rate; 0.001 for adam, else 0.1.", rich_help_panel=TRAINING)
    ] = None,
    momentum: h.Momentum = None,
    decay: h.Decay = None,
    schedule: h.Schedule = None,
    warm_up: h.WarmUp = 0,
    epochs: Annotated[
        int | None, typer.Option(help="Times through the data; 20, and more for few rows.", rich_help_panel=TRAINING)
    ] = None,
    batch: Annotated[int, typer.Option(help="Examples of one step.", rich_help_panel=TRAINING)] = 32,
    l1: Annotated[float, typer.Option(help="Penalty on |W|.", rich_help_panel=TRAINING)] = 0.0,
    l2: Annotated[float, typer.Option(help="Penalty on W²/2.", rich_help_panel=TRAINING)] = 0.0,
    class_weight: h.ClassWeight = None,
    shuffle: h.Shuffle = True,
    test: Annotated[
        float | None,
        typer.Option(help="Share held out for the last figures; 0.2, or the data's own.", rich_help_panel=TRAINING),
    ] = None,
    validation: Annotated[
        float | None, typer.Option(help="Share of the training rows to watch.", rich_help_panel=TRAINING)
    ] = None,
    early_stopping: Annotated[
        int | None,
        typer.Option(metavar="N", help="End after N epochs without improvement.", rich_help_panel=TRAINING),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Fixes every random number.", rich_help_panel=TRAINING)] = 0,
    backend: Annotated[str, typer.Option(help="See `workings backends`.", rich_help_panel=TRAINING)] = "auto",
    out: Annotated[
        Path | None, typer.Option(help="The model's file; NAME.safetensors if left out.", rich_help_panel=FILES)
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="An HTML report; workings-NAME.html for digits and MNIST.", rich_help_panel=FILES),
    ] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="No report.", rich_help_panel=FILES)] = False,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Keep the training itself in this file.", rich_help_panel=FILES)
    ] = None,
    every: Annotated[int, typer.Option(help="Epochs between two checkpoints.", rich_help_panel=FILES)] = 1,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint, to the same numbers.", rich_help_panel=FILES)
    ] = False,
    folder: o.Folder = None,
    reading: o.Reading = o.DEFAULT,
    unseen: o.Unseen = "error",
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Learn from a known data set or from your own file, say how well, and save the model.

    A part of the rows is held out, and the last figures are of these.  Scaling and categories are learned from the
    training part only, and saved with the model.  Ctrl-C keeps what was learned (exit code 130).
    Files that workings wrote are replaced when the new one is whole; any other file is left as it is.
    """
    from workings.cli import course
    from workings.cli.errors import spoken
    from workings.cli.sources import load
    from workings.cli.task import task as told_task
    from workings.training import Checkpoint
    from workings.training.trouble import DivergenceError

    voice = Voice(json, quiet)
    chosen = h.optimizer(optimizer, momentum, decay)
    steps = h.rate(rate, chosen, schedule, warm_up)
    name = Path(data).stem if Path(data).suffix else data
    if report is None and data in PICTURES and not no_report:
        report = Path(f"workings-{name}.html")
    model_file = safe(out or Path(f"{name}.safetensors"), our_model, "a model", "--out")
    page = safe(None if no_report else report, our_report, "a report", "--report")
    kept = safe(checkpoint, our_model, "a checkpoint", "--checkpoint")
    if resume and not kept:
        raise ValueError("--resume goes on from a checkpoint: say which file with --checkpoint")
    if kept and kept.exists() and not resume:
        raise ValueError(f"{str(kept)!r} holds {_held(kept)}, or name another file, or move it away")
    if resume and kept and not kept.exists():
        voice.note("note: no checkpoint there yet: starting at epoch 1")
    if early_stopping is not None and validation is None:
        validation = 0.1
        voice.note("early stopping watches a tenth of the training rows (--validation 0.1)")

    source = load(data, target, folder, seed, reading)
    what = told_task(source, task)
    voice.notes(map(spoken, source.notes))
    how = {"unseen": unseen, "initializer": initializer}
    trained = course.build(source, what, o.sizes(hidden), activation, loss, dropout, test, seed, **how)
    weights = h.class_weight(class_weight, trained.model.labels and trained.model.labels.classes)
    _announce(voice, trained, test is not None)
    if resume and backend == "auto" and kept and kept.exists():
        backend = course.backend_of(kept)
    if epochs is None:
        epochs = course.enough(len(trained.train), batch)
    fit: dict[str, Any] = {"epochs": epochs, "batch_size": batch, "learning_rate": steps, "optimizer": chosen}
    fit |= {"class_weight": weights, "shuffle": shuffle}
    fit |= {"l1": l1, "l2": l2, "validation": validation, "early_stopping": early_stopping, "backend": backend}
    fit |= {"checkpoint": Checkpoint(kept, every) if kept else None, "resume": resume}
    there = model_file is not None and model_file.exists()
    try:
        course.learn(trained, **fit, progress=False if quiet or json else None)
    except DivergenceError as error:
        said = re.sub(r"  The model keeps [^.]*\.", "", str(error))
        was = f"; '{model_file}' is as it was" if there else ""
        raise DivergenceError(f"{said}  Nothing was saved{was}") from None

    from workings.cli.finish import finish

    told = finish(voice, trained, model_file, page, there)
    if json:
        emit(told | {"seed": seed})
    if trained.code:
        raise typer.Exit(trained.code)


def _units(trained: Any) -> str:
    """What the figures of the progress count in."""
    from workings.cli.task import Units
    from workings.report.text import amount

    spread = Units.of(trained.train.y).spread
    return (
        f"While it learns, rmse is in the units of {trained.train.target!r}; the loss is of its spreads "
        f"(1 = {amount(spread)})."
    )


def _held(kept: Path) -> str:
    """What a file that would be overwritten holds, and what to do about it."""
    from workings import saving

    about = saving.read(kept)[1]
    if "run" not in about:
        return "a finished model: a checkpoint would replace it; leave --checkpoint out"
    epochs = about["run"]["epoch"]
    return f"{epochs:,} epoch{'s' * (epochs != 1)}: add --resume"


def _announce(voice: Voice, trained: Any, asked: bool) -> None:
    from workings.cli import course

    why = "as asked" if asked else "because there are so few"
    held = f"{len(trained.test):,} held out" if trained.held_out else f"none held out, {why}"
    voice.say(f"{trained.train.name}: {len(trained.train):,} examples to learn from, {held}.")
    units = f"  {_units(trained)}" if trained.task.kind == "regression" else ""
    voice.say(f"A {trained.task.kind}: {trained.task.why} (--task changes it).{units}")
    if trained.model.preparation is not None:
        voice.notes(trained.model.preparation.notes)
    voice.notes(course.remarks(trained))


train.__dict__["example"] = (
    "Examples:\n\n`workings train houses.csv --target price --hidden 32,16`\n\n"
    "`workings train mnist --hidden 16,16 --folder data/mnist`"
)
