"""Many networks on one data set: what search and sweep have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workings.cli.output import Voice, columns

SHOWN = 20  # rows of the table


@dataclass
class Rows:
    """The rows that all of them learn from, measured answers in spreads, and those held out for the best one."""

    base: Any
    units: Any
    X: Any
    y: Any

    @classmethod
    def of(cls, source: Any, what: Any, loss: str | None, test: float | None) -> Rows:
        """The rows of DATA, as `workings train` prepares them."""
        from workings.cli import course
        from workings.cli.task import Units

        base = course.build(source, what, [], "relu", loss, 0.0, test, 0)
        units = Units.of(base.train.y) if what.kind == "regression" else None
        return cls(base, units, base.inputs(base.train), units.learn(base.train.y) if units else base.train.y)

    def kept(self, found: Any, place: Path) -> tuple[dict[str, float], Path | None]:
        """The best network's last figures and its file, if there is one."""
        if found.model is None:
            return {}, None
        found.model.preparation = self.base.model.preparation
        self.base.model = found.model
        if self.units:
            self.units.give_back(found.model)
        found.model.save(place / "model.safetensors")
        return self.base.figures(), place / "model.safetensors"

    def say(self, voice: Voice, found: Any, figures: dict[str, float], one: str) -> None:
        """The table, and what the best of them does on rows that no other `one` ("run") has seen."""
        names, rows = found.shown()
        heads = [name.replace("validation_", "val ").replace("_", " ") for name in names]
        voice.say(columns([heads, *rows[:SHOWN]]))
        if len(rows) > SHOWN:
            voice.say(f"… and {len(rows) - SHOWN} more, in the folder")
        voice.say(found.said(), bold=True)
        if figures:
            held_out = f"{len(self.base.test):,} examples that no {one} has seen"
            right = f"right {100 * figures['accuracy']:.2f} % of the time" if "accuracy" in figures else ""
            on = held_out if self.base.held_out else "the rows it learned from"
            voice.say(f"On {on}, the best is {right or 'off by ' + format(figures['rmse'], '.4g')}.")


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
    if not low < high:
        raise ValueError(f"{option} {text!r}: a range goes from a number up to a larger one, such as 0.001:1")
    return LogUniform(low, high) if low > 0 else Uniform(low, high)


def ending(task: Any) -> Any:
    """The last layer for a task."""
    from workings import Dense

    if task.kind == "regression":
        return Dense(1)
    return Dense(1, "sigmoid") if len(task.classes) == 2 else Dense(len(task.classes), "softmax")
