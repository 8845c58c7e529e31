"""Known data sets: their names at the command line, what they are, and where they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workings import data


@dataclass(frozen=True)
class Known:
    """A data set by name.  `load(part, folder, seed)` gives (X, y); `names` are its columns, none for pictures."""

    rows: str
    features: str
    about: str
    source: str
    load: Callable[[str, Any, int], Any]
    target: str = "class"
    names: tuple[str, ...] = ()
    parts: bool = False  # it has a test part of its own
    files: str = ""  # its name among the downloads


def _toy(name: str) -> Callable[[str, Any, int], Any]:
    return lambda part, folder, seed: getattr(data, name)(seed=seed)


def _filed(name: str) -> Callable[[str, Any, int], Any]:
    return lambda part, folder, seed: getattr(data, name)(part, folder)


def _cats(part: str, folder: Any, seed: int) -> Any:
    if folder is None:
        raise ValueError("cats are your own copy of the course's pictures: say where it lies with --folder")
    return data.cats(folder, part)


PLANE = ("x1", "x2")
BIG = "60,000 + 10,000"
KNOWN: dict[str, Known] = {
    "digits": Known(
        "1,797",
        "8 x 8",
        "real handwritten digits, on every machine",
        "UCI, in scikit-learn",
        lambda part, folder, seed: data.digits(),
        "digit",
    ),
    "mnist": Known(
        BIG,
        "28 x 28",
        "handwritten digits",
        "LeCun, Cortes, Burges",
        _filed("mnist"),
        "digit",
        parts=True,
        files="mnist",
    ),
    "fashion-mnist": Known(
        BIG,
        "28 x 28",
        "ten kinds of clothes",
        "Zalando Research, MIT",
        _filed("fashion_mnist"),
        "kind",
        parts=True,
        files="fashion_mnist",
    ),
    "boots": Known(
        "12,000 + 2,000",
        "28 x 28",
        "boot or not, from Fashion-MNIST",
        "Zalando Research, MIT",
        _filed("boots"),
        "boot",
        parts=True,
        files="fashion_mnist",
    ),
    "cats": Known(
        "209 + 50", "64 x 64 x 3", "cat or not, from your own copy", "A. Ng's course", _cats, "cat", parts=True
    ),
    "synthetic-cats": Known(
        "200",
        "64 x 64 x 3",
        "drawn heads, with ears or without",
        "drawn here",
        lambda part, folder, seed: data.synthetic_cats(seed=seed),
        "ears",
    ),
    "moons": Known("200", "2", "two half moons, hooked together", "scikit-learn", _toy("moons"), names=PLANE),
    "circles": Known("200", "2", "a circle in a circle", "scikit-learn", _toy("circles"), names=PLANE),
    "spirals": Known("300", "2", "two arms round each other", "Lang, Witbrock 1988", _toy("spirals"), names=PLANE),
    "flower": Known("400", "2", "the planar flower", "A. Ng's course, week 3", _toy("flower"), names=PLANE),
    "xor": Known(
        "4",
        "2",
        "one or the other, not both",
        "arithmetic",
        lambda part, folder, seed: data.xor(),
        "odd",
        ("bit 1", "bit 2"),
    ),
    "houses": Known(
        "6",
        "1",
        "sizes and prices (a regression)",
        "course notes, week 1",
        lambda part, folder, seed: data.houses(),
        "price",
        ("size",),
    ),
}
