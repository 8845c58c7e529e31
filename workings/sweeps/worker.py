"""Worker: a process that trains for a sweep.  It hears data and jobs on its standard input, and answers outcomes.

Started by `pool` as `python -m workings.sweeps.worker`; it ends with the process that started it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import warnings
from typing import Any


def answer(inward: Any, outward: Any) -> None:
    """One outcome for every job, until there are no more."""
    from workings.sweeps.runs import train
    from workings.training import TrainingWarning

    warnings.simplefilter("ignore", TrainingWarning)
    parent = os.getppid()
    data = pickle.load(inward)
    while True:
        try:
            job = pickle.load(inward)
        except EOFError:
            return
        try:
            said: Any = train(job, data, lambda: os.getppid() != parent)
        except Exception as error:
            said = error
        pickle.dump(said, outward, protocol=5)
        outward.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started this
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes to standard error
    try:
        answer(sys.stdin.buffer, out)
    except BrokenPipeError:
        os._exit(1)
