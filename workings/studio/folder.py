"""Folder: the one place where the studio reads and writes; a name is judged before any file is looked at."""

from __future__ import annotations

import re
from pathlib import Path

PLAIN = re.compile(r"[\w][\w .()+-]{0,78}[\w)]", re.ASCII)  # letters, digits and few signs; no dot at either end
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))}
MOST = 50  # files that are listed


def inside(folder: Path, name: str, kinds: tuple[str, ...]) -> Path:
    """The path of a plain file name in the folder.  Raises ValueError, before any look at the disk, for any other.

    >>> inside(Path("models"), "digits.safetensors", ("safetensors",)).name
    'digits.safetensors'
    >>> inside(Path("models"), "../secret.safetensors", ("safetensors",))
    Traceback (most recent call last):
        ...
    ValueError: a name here is a plain file name of letters, digits, spaces, - and _, ending in .safetensors
    """
    stem, _, kind = name.rpartition(".")
    told = f"a name here is a plain file name of letters, digits, spaces, - and _, ending in {_or(kinds)}"
    if (
        not stem
        or not PLAIN.fullmatch(name)
        or kind.lower() not in kinds
        or stem.split(".")[0].strip().lower() in RESERVED
    ):
        raise ValueError(told)
    return folder / name


def readable(folder: Path, name: str, kinds: tuple[str, ...]) -> Path:
    """The same, of a file that is there and is no link to another place.  Raises ValueError."""
    path = inside(folder, name, kinds)
    if path.is_symlink() or not path.is_file():
        raise ValueError(f"there is no file {name!r} in the folder")
    return path


def listed(folder: Path, kinds: tuple[str, ...]) -> list[str]:
    """The names of the files of these kinds that can be opened."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    fits = lambda path: path.suffix.lower().removeprefix(".") in kinds and PLAIN.fullmatch(path.name)
    return [path.name for path in found if fits(path) and path.is_file() and not path.is_symlink()][:MOST]


def _or(kinds: tuple[str, ...]) -> str:
    return " or ".join(f".{kind}" for kind in kinds)
