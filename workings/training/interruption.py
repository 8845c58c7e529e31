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
    """While this is entered, a signal only raises a flag; a second Ctrl-C acts as it would without us.

    SIGTERM and SIGHUP often come twice (a closing terminal sends two), so only a person's second Ctrl-C means "now".
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
                # None: somebody else's handler, not Python's; SIG_IGN: as under nohup
                if signal.getsignal(signum) not in (None, signal.SIG_IGN):
                    self.before[signum] = signal.signal(signum, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for signum, handler in self.before.items():
            signal.signal(signum, handler)
        self.before = {}

    def _heard(self, signum: int, frame: FrameType | None) -> None:
        if signum != signal.SIGINT or not self.signum:
            self.signum = signum
        if signum == signal.SIGINT:
            signal.signal(signum, self.before.pop(signum))
