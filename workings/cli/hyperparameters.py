"""Hyperparameters: the texts of the options that `train` takes, as what `Model.fit` takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

PANEL = "Training"

Momentum = Annotated[
    float | None, typer.Option(metavar="μ", help="Of momentum and nesterov; 0.9.", rich_help_panel=PANEL)
]
Decay = Annotated[float | None, typer.Option(metavar="λ", help="Of adamw; 0.01.", rich_help_panel=PANEL)]
Schedule = Annotated[
    str | None,
    typer.Option(
        help="How the rate falls: step:EVERY:FACTOR, exponential:FACTOR, inverse:DECAY, cosine:EPOCHS.",
        rich_help_panel=PANEL,
    ),
]
WarmUp = Annotated[int, typer.Option(metavar="N", help="Epochs in which the rate climbs.", rich_help_panel=PANEL)]
ClassWeight = Annotated[
    list[str] | None,
    typer.Option(metavar="balanced|LABEL=W", help="How much a class counts; may be repeated.", rich_help_panel=PANEL),
]
Shuffle = Annotated[bool, typer.Option("--shuffle/--no-shuffle", help="Mix the rows.", rich_help_panel=PANEL)]

SCHEDULES = {  # name → its class, and the kinds of its numbers
    "step": ("Step", (int, float)),
    "exponential": ("Exponential", (float,)),
    "inverse": ("Inverse", (float,)),
    "cosine": ("Cosine", (int,)),
}


def optimizer(name: str, momentum: float | None, decay: float | None) -> Any:
    """The optimizer with the numbers that were given for it.

    >>> optimizer("nesterov", 0.8, None)
    Nesterov(mu=0.8)
    """
    from workings import optimizers
    from workings.model import arguments

    chosen = arguments.optimizer(name)
    if momentum is not None:
        if not isinstance(chosen, optimizers.Momentum | optimizers.Nesterov):
            raise ValueError(f"--momentum is for --optimizer momentum or nesterov, not {name}")
        chosen = replace(chosen, mu=momentum)
    if decay is not None:
        if not isinstance(chosen, optimizers.AdamW):
            raise ValueError(f"--decay is for --optimizer adamw, not {name}; --l2 is for all of them")
        chosen = replace(chosen, decay=decay)
    return arguments.optimizer(chosen)


def rate(given: float | None, chosen: Any, schedule: str | None, warm_up: int) -> Any:
    """The learning rate, or its schedule.

    >>> rate(0.1, optimizer("adam", None, None), "step:10:0.5", 0)
    Step(start=0.1, every=10, factor=0.5)
    """
    if warm_up < 0:
        raise ValueError(f"--warm-up is a number of epochs, 0 or more, not {warm_up}")
    if schedule is None and not warm_up:
        return given
    from workings import schedules
    from workings.model import arguments

    start = arguments.rate(given, chosen)(0)
    falls: Any = schedules.Constant(start)
    if schedule is not None:
        name, *numbers = schedule.split(":")
        known = ", ".join(SCHEDULES)
        if name not in SCHEDULES:
            raise ValueError(f"--schedule {schedule!r}: there are {known}, with their numbers, such as step:10:0.5")
        kind, kinds = SCHEDULES[name]
        try:
            if not 1 <= len(numbers) <= len(kinds):
                raise ValueError(numbers)
            read = [as_(text) for as_, text in zip(kinds, numbers, strict=False)]
            if any(not 0 < x < float("inf") for x in read):
                raise ValueError(numbers)
        except ValueError:
            told = ":".join("WHOLE" if as_ is int else "NUMBER" for as_ in kinds)
            raise ValueError(f"--schedule {schedule!r}: write {name}:{told}, numbers above 0") from None
        falls = getattr(schedules, kind)(start, *read)
    return schedules.WarmUp(falls, warm_up) if warm_up else falls


def class_weight(given: Sequence[str] | None, classes: Sequence[Any] | None) -> Any:
    """ "balanced", or {label: weight} of the labels as the model has them.

    >>> class_weight(["1=3", "0=0.5"], (0, 1))
    {1: 3.0, 0: 0.5}
    """
    if not given:
        return None
    if classes is None:
        raise ValueError("--class-weight is for classes, and this is a regression")
    if list(given) == ["balanced"]:
        return "balanced"
    by_text, found = {str(label): label for label in classes}, {}
    for text in given:
        label, sign, weight = text.rpartition("=")
        if not sign:
            raise ValueError(f"--class-weight {text!r}: write balanced, or LABEL=WEIGHT for each class")
        if label not in by_text:
            raise ValueError(f"--class-weight {text!r}: there is no class {label!r}; there are {', '.join(by_text)}")
        try:
            found[by_text[label]] = float(weight)
        except ValueError:
            raise ValueError(f"--class-weight {text!r}: {weight!r} is not a number") from None
    return found
