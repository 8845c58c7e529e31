"""Interruption: Ctrl-C and its kin wait until a step is whole, so that nothing is lost."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupted(SystemExit):
    """The process was asked to end (SIGTERM, SIGHUP): what was learned is kept, and the exit code says why."""

    def __init__(self, signum: int):
        super().__init__(128 + signum)
        self.signum = signum


class Interruptions:
    """While this is entered, the first signal only raises a flag; a second one acts as it would without us.

    Only the main thread can listen to signals; in others nothing changes.
    """

    def __init__(self) -> None:
        self.signum = 0
        self.before: dict[int, Any] = {}

    def __bool__(self) -> bool:
        return self.signum != 0

    @property
    def said(self) -> str:
        """What it was, for a sentence."""
        return "Ctrl-C" if self.signum == signal.SIGINT else signal.Signals(self.signum).name

    def __enter__(self) -> Interruptions:
        if threading.current_thread() is threading.main_thread():
            for signum in SIGNALS:
                if signal.getsignal(signum) is not signal.SIG_IGN:  # as under nohup
                    self.before[signum] = signal.signal(signum, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._restore()

    def _heard(self, signum: int, frame: FrameType | None) -> None:
        self.signum = signum
        self._restore()

    def _restore(self) -> None:
        for signum, handler in self.before.items():
            signal.signal(signum, handler)
        self.before = {}
