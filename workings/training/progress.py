"""Progress: how training is going, in whatever is there to show it.

In a terminal a bar with loss, metric and time left; in a notebook one line that renews itself; in a pipe or a file
a plain line for the first and the last epoch, and every two seconds between them.  All of it goes to standard error.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import Any

from workings.backends.plan import Tally


class Silent:
    """No progress, and the three calls that every kind understands."""

    def start(self, epochs: int, steps: int, done: int) -> None:
        """Training begins: `epochs` of `steps` steps, `done` epochs already behind."""

    def step(self, epoch: int, steps: int, said: str) -> None:
        """`steps` of the current epoch are done."""

    def epoch(self, row: dict[str, float]) -> None:
        """An epoch is over."""

    def stop(self, said: str) -> None:
        """Training is over, or was stopped."""


class Lines(Silent):
    """Plain lines, not too many."""

    def start(self, epochs: int, steps: int, done: int) -> None:
        self.epochs, self.began, self.first, self.spoke = epochs, time.monotonic(), done, -1e9

    def epoch(self, row: dict[str, float]) -> None:
        now, k = time.monotonic(), int(row["epoch"])
        if now - self.spoke < 2 and k != self.epochs:
            return
        self.spoke = now
        left = (now - self.began) / (k - self.first) * (self.epochs - k)
        self._say(f"epoch {k}/{self.epochs}  {figures(row)}" + (f"  {clock(left)} left" if left >= 1 else ""))

    def stop(self, said: str) -> None:
        if said:
            self._say(said)

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


class Bar(Silent):
    """A bar that moves; when training is over, the last line stays."""

    def start(self, epochs: int, steps: int, done: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.table import Column

        def fixed(width: int) -> Column:
            return Column(min_width=width, no_wrap=True)

        self.steps, self.epochs, self.last = steps, epochs, ""
        self.bar = Progress(
            TextColumn("epoch {task.fields[epoch]}", table_column=fixed(7 + 2 * len(str(epochs)))),
            BarColumn(bar_width=16),
            TextColumn("{task.fields[said]}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)),
            TimeRemainingColumn(table_column=fixed(7)),
            console=Console(stderr=True),
            transient=True,
        )
        self.bar.start()
        self.task = self.bar.add_task("", total=epochs, completed=done, said="", epoch=f"{done}/{epochs}")

    def step(self, epoch: int, steps: int, said: str) -> None:
        self.bar.update(self.task, completed=epoch + steps / self.steps, said=said)

    def epoch(self, row: dict[str, float]) -> None:
        k, said = int(row["epoch"]), figures(row)
        self.last = f"epoch {k}/{self.epochs}  {said}"
        self.bar.update(self.task, completed=k, said=said, epoch=f"{k}/{self.epochs}")

    def stop(self, said: str) -> None:
        self.bar.stop()
        for line in filter(None, (self.last, said)):
            print(line, file=sys.stderr)


class Notebook(Lines):
    """One line that renews itself."""

    shown: Any = None

    def start(self, epochs: int, steps: int, done: int) -> None:
        super().start(epochs, steps, done)
        self.shown = import_module("IPython.display").display({"text/plain": "training …"}, raw=True, display_id=True)

    def epoch(self, row: dict[str, float]) -> None:
        if time.monotonic() - self.spoke > 0.2 or int(row["epoch"]) == self.epochs:
            self.spoke = time.monotonic()
            self._say(f"epoch {int(row['epoch'])}/{self.epochs}  {figures(row)}")

    def _say(self, line: str) -> None:
        if self.shown:
            self.shown.update({"text/plain": line}, raw=True)


class Careful(Silent):
    """Shows what another shows, as long as anybody can see it: a closed terminal or pipe does not end training."""

    def __init__(self, shown: Silent):
        self.shown = shown

    def start(self, epochs: int, steps: int, done: int) -> None:
        self._do("start", epochs, steps, done)

    def step(self, epoch: int, steps: int, said: str) -> None:
        self._do("step", epoch, steps, said)

    def epoch(self, row: dict[str, float]) -> None:
        self._do("epoch", row)

    def stop(self, said: str) -> None:
        self._do("stop", said)

    def _do(self, what: str, *told: Any) -> None:
        try:
            getattr(self.shown, what)(*told)
        except (OSError, ValueError):  # the terminal is gone, or the stream closed
            self.shown = Silent()


def progress(wanted: bool | None) -> Silent:
    """What suits the place: a bar, a line that renews itself, or plain lines; `wanted` False is silence."""
    if wanted is False or sys.stderr is None:
        return Silent()
    if in_notebook():
        return Careful(Notebook())
    return Careful(Bar() if in_terminal() else Lines())


def in_terminal() -> bool:
    """Whether standard error is a terminal (and still there)."""
    try:
        return sys.stderr.isatty()
    except ValueError:
        return False


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    if "IPython" not in sys.modules:
        return False
    return type(import_module("IPython.core.getipython").get_ipython()).__name__ == "ZMQInteractiveShell"


def running(tally: Tally, metric: Any) -> str:
    """The figures of an epoch that is not over yet."""
    if not tally.examples:
        return ""
    mean = metric.finish(tally.metric / tally.examples)
    return figures({"loss": tally.mean, metric.name: mean})


def figures(row: dict[str, float]) -> str:
    """loss 0.312  accuracy 91.2 %  validation loss 0.35 …"""
    told = []
    for name, value in row.items():
        if name in ("epoch", "learning_rate", "seconds"):
            continue
        shown = f"{100 * value:.1f} %" if name.endswith("accuracy") else f"{value:.4g}"
        told.append(f"{name.replace('_', ' ')} {shown}")
    return "  ".join(told)


def clock(seconds: float) -> str:
    """1:05 for 65 seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
