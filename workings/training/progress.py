"""Progress: how training is going, in whatever is there to show it.

In a terminal a bar with loss, metric and time left; in a notebook one line that renews itself; in a pipe or a file
a plain line for the first and the last epoch, and every two seconds between them.  All of it goes to standard error.
"""

from __future__ import annotations

import sys
import time
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
    """A bar that moves."""

    def start(self, epochs: int, steps: int, done: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.steps = steps
        self.bar = Progress(
            TextColumn("epoch"),
            MofNCompleteColumn(),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[said]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self.bar.start()
        self.task = self.bar.add_task("", total=epochs, completed=done, said="")

    def step(self, epoch: int, steps: int, said: str) -> None:
        self.bar.update(
            self.task, completed=epoch + steps / self.steps if steps < self.steps else epoch + 1, said=said
        )

    def epoch(self, row: dict[str, float]) -> None:
        self.bar.update(self.task, completed=int(row["epoch"]), said=figures(row))

    def stop(self, said: str) -> None:
        self.bar.stop()
        if said:
            print(said, file=sys.stderr)


class Notebook(Lines):
    """One line that renews itself."""

    def start(self, epochs: int, steps: int, done: int) -> None:
        from IPython.display import display

        super().start(epochs, steps, done)
        self.shown = display({"text/plain": "training …"}, raw=True, display_id=True)

    def epoch(self, row: dict[str, float]) -> None:
        if time.monotonic() - self.spoke > 0.2 or int(row["epoch"]) == self.epochs:
            self.spoke = time.monotonic()
            self._say(f"epoch {int(row['epoch'])}/{self.epochs}  {figures(row)}")

    def _say(self, line: str) -> None:
        if self.shown:
            self.shown.update({"text/plain": line}, raw=True)


def progress(wanted: bool | None) -> Any:
    """What suits the place: `wanted` False is silence, None lets a test run or an import-only use stay quiet too."""
    if wanted is False:
        return Silent()
    if in_notebook():
        return Notebook()
    return Bar() if sys.stderr.isatty() else Lines()


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    if "IPython" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    return type(get_ipython()).__name__ == "ZMQInteractiveShell"


def running(tally: Tally, metric: Any) -> str:
    """The figures of an epoch that is not over yet."""
    if not tally.examples:
        return ""
    mean = metric.finish(tally.metric / tally.examples)
    return figures({"loss": tally.loss / tally.examples, metric.name: mean})


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
