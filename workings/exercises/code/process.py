"""Process: a learner's file, run in a process of its own; what comes back is read as data, and never trusted.

The answers are worked out after that process and all that it started are gone: they are nowhere it could look.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

OURS = 4_000_000  # bytes of answers that are read


@dataclass(frozen=True)
class Limits:
    """Seconds of CPU time and by the clock; bytes of memory, of what it prints and of files; processes at once."""

    cpu: int = 5
    wall: float = 10.0
    memory: int = 1 << 30
    processes: int = 64
    printed: int = 1 << 20
    file: int = 10 << 20


@dataclass
class Ran:
    """What became of it: an answer for each call, how it ended, what it printed, which walls stood."""

    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    functions: dict[str, dict[str, Any]] = field(default_factory=dict)
    at: int = -1  # the call it was in when it ended
    done: bool = False
    why: str = ""  # wall, cpu, memory, processes, printed, answers; or exit 3, signal 11
    printed: str = ""
    walls: tuple[str, ...] = ()


def run(source: str, file: str, job: Mapping[str, Any], todo: Sequence[int], limits: Limits) -> Ran:
    """Runs the calls `todo` of the job on the functions of this source text.

    Raises OSError where this platform cannot hold a process at all.
    """
    if os.name != "posix":
        raise OSError(
            "code is checked within the limits that Linux and macOS give to a process; here, run it in a container"
        )
    with tempfile.TemporaryDirectory(prefix="workings-", ignore_cleanup_errors=True) as folder:
        told = {
            "source": source,
            "file": file,
            "todo": list(todo),
            "folder": folder,
            "limits": asdict(limits),
            "path": str(Path(np.__file__).parent.parent),
            **job,
        }
        return _read(_run(json.dumps(told).encode(), limits))


def _run(job: bytes, limits: Limits) -> dict[str, Any]:
    """The bytes that the keeper, the worker and the learner's code wrote, and which limit was passed here."""
    answers, answers_in = os.pipe()
    status, status_in = os.pipe()
    kept: dict[str, Any] = {"why": "", "answers": b"", "status": b"", "printed": b""}
    keeper = subprocess.Popen(
        [sys.executable, "-I", str(Path(__file__).parent / "keeper.py"), str(answers_in), str(status_in)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(answers_in, status_in),
        start_new_session=True,
        env={},
    )
    os.close(answers_in)
    os.close(status_in)
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    with selectors.DefaultSelector() as waiting:
        try:
            for file, name, most in (
                (answers, "answers", OURS),
                (status, "status", 10_000),
                (keeper.stdout.fileno(), "printed", limits.printed),
            ):
                waiting.register(file, selectors.EVENT_READ, (name, most))
            with keeper.stdin as door:
                door.write(job)
            end = time.monotonic() + limits.wall + 1  # the keeper keeps time itself, unless it is harmed
            _listen(waiting, kept, end)
        finally:
            keeper.kill()  # with it dies its first child, and with that the whole name space
            _swept(keeper.pid)
            keeper.wait()
            keeper.stdout.close()
            os.close(answers)
            os.close(status)
    return kept


def _listen(waiting: selectors.BaseSelector, kept: dict[str, Any], end: float) -> None:
    """Reads until the keeper has said how it ended, or a limit is passed."""
    while waiting.get_map():
        left = end - time.monotonic()
        if left <= 0:
            kept["why"] = kept["why"] or "wall"
            return
        for key, _ in waiting.select(left):
            name, most = key.data
            part = os.read(key.fd, 1 << 16)
            if not part:
                waiting.unregister(key.fileobj)
                if name == "status":  # all is over: what is still in the pipes is read, and no more awaited
                    end = min(end, time.monotonic() + 0.2)
                continue
            kept[name] += part[: most - len(kept[name])]
            if len(kept[name]) >= most:
                kept["why"] = name
                return


def _swept(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, 9)


def _read(kept: dict[str, Any]) -> Ran:
    """The same as plain data; a line that is not what the worker writes is left out."""
    ran = Ran(why=kept["why"], printed=kept["printed"].decode("utf-8", "replace"))
    status = [_line(line) for line in kept["status"].splitlines()]
    for told in status:
        ran.walls = tuple(told.get("walls", ran.walls))
        if "why" in told:
            ended = f"signal {told['signal']}" if "signal" in told else f"exit {told['code']}"
            ran.why = ran.why or told["why"] or ended
    for line in kept["answers"].splitlines():
        told = _line(line)
        at = told.get("at")
        if isinstance(at, int):
            ran.at = at
            if ("out" in told or "error" in told) and at not in ran.answers:
                ran.answers[at] = told
        if isinstance(told.get("functions"), dict) and not ran.functions:
            ran.functions = {str(k): v for k, v in told["functions"].items() if isinstance(v, dict)}
        ran.done = ran.done or told.get("done") is True
    return ran


def _line(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
