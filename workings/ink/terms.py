"""Terms: the terms of a long sum.  Their values are known at once; each is worked only when somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np


class Terms(Sequence[Any]):
    """Worked numbers made on demand: `values[i]` is the value of `term(i)`; `tail` follows them."""

    __slots__ = ("made", "tail", "term", "values")

    def __init__(self, values: np.ndarray, term: Callable[[int], Any], tail: tuple[Any, ...] = (), made: Any = None):
        self.values = values
        self.term = term
        self.tail = tail
        self.made: dict[int, Any] = {} if made is None else made

    def followed_by(self, more: Iterable[Any]) -> Terms:
        """The same terms with more behind them."""
        return Terms(self.values, self.term, (*self.tail, *more), self.made)

    def all_values(self) -> np.ndarray:
        """The value of every term, as float64."""
        tail = [float(x.value) for x in self.tail]
        return np.concatenate([self.values, tail]) if tail else self.values

    def __len__(self) -> int:
        return len(self.values) + len(self.tail)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return tuple([self[j] for j in range(len(self))[i]])
        i = range(len(self))[i]
        if i >= len(self.values):
            return self.tail[i - len(self.values)]
        if (found := self.made.get(i)) is None:
            found = self.made[i] = self.term(i)
        return found

    def __iter__(self) -> Any:
        return map(self.__getitem__, range(len(self)))
