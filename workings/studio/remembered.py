"""Remembered: port and token of the last time, so that open pages find the server again when it starts anew.

The file belongs to the user alone; whoever could read it could read the user's own files as well.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

AT_LEAST = 32  # characters: 192 bits


class Remembered(msgspec.Struct):
    """What was remembered; nothing at first."""

    port: int = 0
    token: str | None = None


def place() -> Path:
    """Where it is kept: the user's folder for the state of programs, or $WORKINGS_STATE."""
    from platformdirs import user_state_path

    return Path(os.environ.get("WORKINGS_STATE") or user_state_path("workings")) / "studio.json"


def remembered() -> Remembered:
    """Port and token of the last time; what is damaged or open to others is not used."""
    try:
        file = place()
        if file.is_symlink() or file.stat().st_mode & 0o077:
            return Remembered()
        found = msgspec.json.decode(file.read_bytes(), type=Remembered)
    except (OSError, msgspec.MsgspecError):
        return Remembered()
    good = 0 < found.port < 2**16 and len(found.token or "") >= AT_LEAST
    return found if good else Remembered()


def remember(port: int, token: str) -> None:
    """Keep them for the next time, where that can be done."""
    with contextlib.suppress(OSError):
        file = place()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = file.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(msgspec.json.encode(Remembered(port, token)))
        beside.replace(file)
