"""Runner: a training in a thread, which a page can start, pause, slow down and end.

Training never waits for the browser: the page is told how far it is, and decides what it shows.  At full speed that
is after some epochs, more and more of them: then it is one call of the kernel that does them, and Python, whose lock
the page and the browser's messages need too, has little to do with it.
"""

from __future__ import annotations

import contextlib
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from workings.model import Model
from workings.training import DivergenceError, History

EPOCHS = 1_000_000_000  # until somebody stops it
PATIENCE = 10.0  # seconds for the end of an epoch
LEAVING = 1.0  # the same where the visitor goes: of a longer epoch, what the one before has made is kept
ROWS = 2000  # of the history that stay in memory; a page keeps its own curve
TOLD = 0.02  # at full speed, the share of all epochs so far after which a page is told again


class Runner:
    """One training.  `rate` and `per_second` may be changed while it runs.

    watch  called as watch(history) after every epoch (at full speed, after some), in the thread of the training
    ended  called as ended(what went wrong, or None) at the end, unless it was stopped
    """

    def __init__(
        self,
        model: Model,
        data: tuple[Any, Any],
        settings: dict[str, Any],
        rate: Callable[[], float],
        watch: Callable[[History], None],
        ended: Callable[[str | None], None],
        epochs: int = EPOCHS,
    ):
        self.model, self.data, self.settings, self.rate = model, data, settings, rate
        self.watch, self.ended, self.epochs = watch, ended, epochs
        self.per_second = 0.0  # 0: as many as there are
        self.going, self.holding, self.idle = threading.Event(), threading.Event(), threading.Event()
        self.holding.set()
        self.over = self.stopped = False
        self.done = 0  # epochs
        self.due = 0.0  # when the next one is, if they are paced
        self.thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether it is training now."""
        return self.going.is_set() and not self.over

    def start(self) -> None:
        """Begin, or go on after a pause."""
        self.going.set()
        if self.thread is None:
            self.thread = threading.Thread(target=self._run, name="training", daemon=True)
            self.thread.start()

    def pause(self) -> None:
        """Stop after the epoch at hand, and wait until it has ended."""
        if self.running:
            self.going.clear()
            self.idle.wait(PATIENCE)

    @contextlib.contextmanager
    def held(self, patience: float = PATIENCE) -> Iterator[None]:
        """Between two epochs until the end of the block: the network and the optimizer's memory belong together."""
        if not self.running:
            yield
            return
        self.holding.clear()
        self.idle.wait(patience)
        yield
        self.holding.set()

    def stop(self, patience: float = PATIENCE) -> None:
        """End it for good, and wait until it has; without patience it ends after its epoch, and says no more."""
        self.over = self.stopped = True
        self.going.set()
        if self.thread is not None and self.thread is not threading.current_thread():
            self.thread.join(patience)

    def _run(self) -> None:
        wrong, X_y = None, self.data
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what they say is seen in the curves
                self.model.fit(
                    *X_y,
                    epochs=self.epochs,
                    learning_rate=lambda epoch: self.rate(),
                    callbacks=self,
                    progress=False,
                    **self.settings,
                )
        except DivergenceError as error:
            wrong = str(error)
        except Exception as error:  # a training that fails says so on its page, and nowhere else
            wrong = f"{type(error).__name__}: {error}"
        self.over = True
        self.idle.set()
        if not self.stopped:
            self.ended(wrong)

    @property
    def patience(self) -> int:
        """How many epochs may be trained before the page is told."""
        return 1 if self.per_second else max(1, int(TOLD * self.done))

    def __call__(self, model: Model, history: History) -> bool:
        """After some epochs: the page is told, and it may wait, or end."""
        if self.over:
            return True
        self.done = int(history[-1]["epoch"])
        del history.rows[:-ROWS]
        self.watch(history)
        if self.per_second:
            now = time.monotonic()
            self.due = max(now, self.due + 1 / self.per_second)  # what was late is not made up for
            time.sleep(self.due - now)
        if not (self.going.is_set() and self.holding.is_set()):
            self.idle.set()
            self.holding.wait()
            self.going.wait()
            self.idle.clear()
        return self.over
