"""Space: which settings are tried: every point of a grid, or draws from ranges, or both.

grid    {"learning_rate": [0.1, 1], "seed": range(3)}          every value with every other: 6 runs
draws   {"learning_rate": LogUniform(0.01, 3)}                 one value for each of `runs` draws
both                                                           the whole grid for every draw
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

NETWORK = ("hidden", "width", "depth", "activation", "dropout")
TRAINING = ("learning_rate", "batch_size", "optimizer", "l1", "l2", "epochs", "shuffle", "early_stopping")
OTHER = ("seed", "examples")
MOST = 100_000  # runs; more are a slip


@dataclass(frozen=True)
class Uniform:
    """Any number from `low` to `high`, all alike.

    >>> Uniform(0, 1).draw(np.random.default_rng(0)) < 1
    True
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self)

    def draw(self, rng: np.random.Generator) -> float:
        """One of them."""
        return float(rng.uniform(self.low, self.high))


@dataclass(frozen=True)
class LogUniform:
    """Any number from `low` to `high`, all powers of ten alike: for rates and penalties."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self)
        if self.low <= 0:
            raise ValueError(f"LogUniform({self.low}, {self.high}): powers of ten begin above 0, not at {self.low}")

    def draw(self, rng: np.random.Generator) -> float:
        """One of them."""
        return float(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`, both included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        _check_range(self)
        if self.low != int(self.low) or self.high != int(self.high):
            raise ValueError(f"Whole({self.low}, {self.high}): both are whole numbers")

    def draw(self, rng: np.random.Generator) -> int:
        """One of them."""
        return int(rng.integers(int(self.low), int(self.high) + 1))


def _check_range(wanted: Any) -> None:
    ends = (wanted.low, wanted.high)
    numbers = all(isinstance(x, int | float | np.number) and not isinstance(x, bool) for x in ends)
    if not numbers or not -math.inf < wanted.low < wanted.high < math.inf:
        kind = type(wanted).__name__
        raise ValueError(f"{kind} goes from a number up to a larger one, not from {ends[0]} to {ends[1]}")


def settings(
    grid: Mapping[str, Any] | None, draws: Mapping[str, Any] | None, runs: int | None, seed: int, known: Iterable[str]
) -> list[dict[str, Any]]:
    """The settings of every run, in order.  Raises ValueError for a name that nothing here understands.

    >>> settings({"seed": range(2), "width": [8, 16]}, None, None, 0, ["seed", "width"])
    [{'seed': 0, 'width': 8}, {'seed': 0, 'width': 16}, {'seed': 1, 'width': 8}, {'seed': 1, 'width': 16}]
    """
    known = list(dict.fromkeys(known))
    values = {name: _values(name, wanted) for name, wanted in (grid or {}).items()}
    ranges = {name: x if hasattr(x, "draw") else _values(name, x) for name, x in (draws or {}).items()}
    for name in (*values, *ranges):
        check_name(name, known)
    if twice := sorted(set(values) & set(ranges)):
        raise ValueError(f"{twice[0]} stands in grid and in draws: say it once")
    if not values and not ranges:
        raise ValueError('a sweep varies something: say grid={"learning_rate": [0.1, 1]}, or draws={…}')
    if ranges and (isinstance(runs, bool) or not isinstance(runs, int) or runs < 1):
        raise ValueError(f"draws=… needs to know how many: runs=20, a whole number from 1, not {runs!r}")
    if runs is not None and not ranges:
        raise ValueError("runs=… is the number of draws, and there are no draws: a grid is run once")
    if (wanted := math.prod(map(len, values.values())) * (runs or 1)) > MOST:
        raise ValueError(f"this asks for {wanted:,} runs, and {MOST:,} is the most: draw some, draws={{…}}, runs=100")
    points = [dict(zip(values, point, strict=True)) for point in itertools.product(*values.values())]
    rng = np.random.default_rng(seed)
    drawn = [{name: _one(wanted, rng) for name, wanted in ranges.items()} for _ in range(runs or 1)]
    return [draw | point for draw in drawn for point in points]


def check_name(name: str, known: Iterable[str]) -> None:
    """Refuse a setting that neither network nor training has."""
    known = list(known)
    if name not in known:
        meant = [k for k in known if "_" in k and "".join(word[0] for word in k.split("_")) == name]  # lr
        close = meant or get_close_matches(str(name), known, n=2, cutoff=0.5)
        told = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are: {', '.join(known)}"
        raise ValueError(f"there is no setting {name!r} to vary; {told}")


def _values(name: str, wanted: Any) -> list[Any]:
    """The values of one setting, as a list."""
    if hasattr(wanted, "draw"):
        raise ValueError(f"{name} is a range: ranges go into draws={{…}}, with runs=…; a grid has a list of values")
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        raise ValueError(f"{name} is a list of values to try, such as [{wanted!r}], not {wanted!r}")
    found = [x.item() if isinstance(x, np.generic) else x for x in wanted]
    if not found:
        raise ValueError(f"{name} has no value to try")
    seen: set[str] = set()
    for told in map(repr, map(plain, found)):
        if told in seen:
            raise ValueError(f"{name} has the value {told} twice: every run would be made twice")
        seen.add(told)
    return found


def _one(wanted: Any, rng: np.random.Generator) -> Any:
    return wanted.draw(rng) if hasattr(wanted, "draw") else wanted[int(rng.integers(len(wanted)))]


def plain(value: Any) -> Any:
    """A setting as what JSON can hold; a thing of ours by its name and numbers.

    >>> from workings.optimizers import Momentum
    >>> plain((16, 16)), plain(Momentum(0.8))
    ([16, 16], 'Momentum(mu=0.8, averaged=False)')
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | range):
        return [plain(v) for v in value]
    if isinstance(value, Uniform | LogUniform | Whole):
        return {"kind": type(value).__name__} | asdict(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value):
        return repr(value)
    return getattr(value, "__name__", type(value).__name__)
