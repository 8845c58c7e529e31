"""Terms: the terms of a long sum.  Their values are known at once; each is worked only when somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

Hot = Callable[[Callable[[Any], np.ndarray]], np.ndarray]


class Terms(Sequence[Any]):
    """Worked numbers made on demand: `values[i]` is the value of `term(i)`; `tail` follows them.

    `hot(marks)` gives the places of the terms that read a marked cell, where `marks` tells the marks of an array.
    """

    __slots__ = ("hot", "made", "tail", "term", "values")

    def __init__(self, values: np.ndarray, term: Callable[[int], Any], hot: Hot | None = None):
        self.values = values
        self.term = term
        self.hot = hot
        self.tail: tuple[Any, ...] = ()
        self.made: dict[int, Any] = {}

    def followed_by(self, more: Iterable[Any]) -> Terms:
        """The same terms with more behind them."""
        longer = Terms(self.values, self.term, self.hot)
        longer.tail, longer.made = (*self.tail, *more), self.made
        return longer

    def touching(self, marks: Callable[[Any], np.ndarray]) -> tuple[Any, ...]:
        """The terms that may read a marked cell."""
        places = range(len(self.values)) if self.hot is None else np.flatnonzero(self.hot(marks)).tolist()
        return (*map(self.__getitem__, places), *self.tail)

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
