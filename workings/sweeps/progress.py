"""Progress: how many runs are over, and the best figure so far, on standard error."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Any

from workings.training.progress import clock


class Silent:
    """No progress, and the calls that every kind understands."""

    def start(self, runs: int, done: int, how: str) -> None:
        """The sweep begins, with `done` runs already behind it."""

    def run(self, said: str) -> None:
        """One more run is over."""

    def stop(self, said: str) -> None:
        """The sweep is over, or was stopped."""


class Lines(Silent):
    """Plain lines, not too many."""

    def start(self, runs: int, done: int, how: str) -> None:
        self.runs, self.done, self.first, self.began, self.spoke = runs, done, done, time.monotonic(), -1e9
        kept = f", {done} of them kept from before" if done else ""
        self._say(f"{runs} runs{kept}, {how}")

    def run(self, said: str) -> None:
        self.done += 1
        now = time.monotonic()
        if now - self.spoke < 2 and self.done != self.runs:
            return
        self.spoke = now
        left = (now - self.began) / (self.done - self.first) * (self.runs - self.done)
        self._say(f"run {self.done}/{self.runs}  {said}" + (f"  {clock(left)} left" if left >= 1 else ""))

    def stop(self, said: str) -> None:
        if said:
            self._say(said)

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more: no reason to end
            print(line, file=sys.stderr, flush=True)


class Bar(Lines):
    """A bar that moves."""

    def start(self, runs: int, done: int, how: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("run"),
            MofNCompleteColumn(),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[said]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self.bar.start()
        self.task = self.bar.add_task("", total=runs, completed=done, said=how)

    def run(self, said: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self.bar.update(self.task, advance=1, said=said)

    def stop(self, said: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self.bar.stop()
        super().stop(said)


def progress(wanted: Any) -> Silent:
    """A bar in a terminal, plain lines elsewhere; `wanted` False is silence."""
    if wanted is False or sys.stderr is None:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()
