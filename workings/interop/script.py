"""Scripts: what the code that is written for NumPy and for Keras has in common: its numbers, inside or beside it."""

from __future__ import annotations

import io
import keyword
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from workings import saving

INSIDE = 2000  # so many numbers a script may hold; more lie in an .npz beside it
WIDTH = 100


def literal(array: np.ndarray) -> str:
    """An array as NumPy code that gives the very same bits.

    >>> literal(np.array([[0.1, 2.0]], dtype=np.float32))
    '[[0.1, 2.0]]'
    """
    if array.ndim == 0:
        return decimal(array[()])
    inner = [literal(row) for row in array]
    flat = ", ".join(inner)
    if len(flat) < WIDTH or array.ndim == 1:
        return f"[{wrapped(inner) if array.ndim == 1 and len(flat) >= WIDTH else flat}]"
    return "[\n    " + ",\n    ".join(text.replace("\n", "\n    ") for text in inner) + ",\n]"


def wrapped(cells: list[str]) -> str:
    """Long rows over several lines."""
    lines, line = [], ""
    for cell in cells:
        if len(line) + len(cell) > WIDTH:
            lines.append(line.rstrip())
            line = ""
        line += cell + ", "
    return "\n    " + "\n    ".join([*lines, line.rstrip()]) + "\n"


def decimal(x: Any) -> str:
    """The shortest decimal that is read back as this number."""
    short = str(x)
    return short if type(x)(float(short)) == x else repr(float(x))


def stored(arrays: dict[str, np.ndarray], path: Any, dtype: str) -> tuple[list[str], dict[str, np.ndarray] | None]:
    """The lines that make the arrays; and what must lie in a file beside the script, if they are many."""
    count = sum(array.size for array in arrays.values())
    if count <= INSIDE:
        return [f"{name} = np.array({literal(array)}, dtype=np.{dtype})" for name, array in arrays.items()], None
    if path is None:
        raise ValueError(
            f"this network has {count:,} numbers, too many to read in a script: give a path, and they are written "
            "to an .npz file beside it"
        )
    beside = Path(path).with_suffix(".npz").name
    lines = [
        f'with np.load(Path(__file__).with_name("{beside}")) as numbers:  # {count:,} of them',
        *(f"    {name} = numbers[{name!r}]" for name in arrays),
    ]
    return lines, arrays


def write(path: Any, code: str, beside: dict[str, np.ndarray] | None) -> str:
    """Write the script, and first the numbers beside it."""
    if path is not None:
        if Path(path).suffix == ".npz":
            raise ValueError("the path is that of the script, such as net.py; its numbers go in an .npz beside it")
        if beside is not None:
            paper = io.BytesIO()
            np.savez(paper, **beside)  # type: ignore[arg-type]
            saving.write_whole(Path(path).with_suffix(".npz"), paper.getvalue())
        saving.write_whole(path, code.encode())
    return code


def variables(names: Iterable[str]) -> dict[str, str]:
    """Every name as one that Python takes, each another."""
    made: dict[str, str] = {}
    for name in names:
        word = re.sub(r"\W", "_", name.replace("'", "_prime"))
        word = f"_{word}" if not word or word[0].isdigit() or keyword.iskeyword(word) else word
        while word in made.values() or word in ("np", "X", "keras", "layers", "P", "E", "S", "U", "numbers"):
            word += "_"
        made[name] = word
    return made


def comment(told: str, text: Any) -> str:
    """A line that no text can leave."""
    return f"# {told}: {text!r}".replace("\n", " ")
