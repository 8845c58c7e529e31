"""Finding: what is wrong, where, in numbers, why, what to write instead, and what happened when that was tried.

Plain data, so that a terminal, a page and a program read the same thing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Evidence:
    """The numbers: a sentence, and a table where one says more: `head` names its columns."""

    said: str
    head: tuple[str, ...] = ()
    rows: Rows = ()


@dataclass(frozen=True)
class Tried:
    """What a cure did on a copy: rows of a name, the figure before and the figure after; `helped` may be None.

    >>> Tried("7 epochs on a copy", "loss", (("as it is", 0.69, 0.69), ("with the cure", 0.69, 0.2)), True).helped
    True
    """

    how: str
    measure: str
    rows: Rows
    helped: bool | None


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    `kind` is the name of the look that found it, `where` are cells as `explain` calls them ("A1[3,:]"), `cure` is
    Python that can be run where `model`, `X` and `y` are what was looked at, or a command; `tried` is None where
    nothing was tried.
    """

    kind: str
    where: tuple[str, ...]
    evidence: Evidence
    reason: str
    cure: str
    tried: Tried | None = None
    attempt: Callable[[], Tried | None] | None = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Dicts, lists, texts and numbers; what is no finite number is None."""
        told = asdict(replace(self, attempt=None))
        del told["attempt"]
        return plain(told)

    def after_trial(self) -> Finding:
        """The same, with what happened when the cure was tried."""
        return replace(self, tried=self.attempt() if self.attempt else None, attempt=None)


def plain(x: Any) -> Any:
    """Data that JSON can hold."""
    if isinstance(x, dict):
        return {str(k): plain(v) for k, v in x.items()}
    if isinstance(x, list | tuple):
        return [plain(v) for v in x]
    if hasattr(x, "tolist"):
        return plain(x.tolist())
    if isinstance(x, float):
        return x if math.isfinite(x) else None
    return x if x is None or isinstance(x, bool | int | str) else str(x)


def several(n: int, word: str) -> str:
    """A number and its noun.

    >>> several(1, "unit"), several(1200, "unit")
    ('1 unit', '1,200 units')
    """
    return f"{n:,} {word}" + "s" * (n != 1)


def listed(names: Sequence[str], most: int = 6) -> str:
    """The first few names, and how many more.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
