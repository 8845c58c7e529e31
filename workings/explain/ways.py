"""Ways: from every number between one cell and the loss, how many ways lead on, what they add, and the strongest.

All of it goes from the loss back over the edges of every line (`edges`), for whole arrays at once: ways add, their
products add, and of the sizes the largest is kept.  The k strongest ways are then listed by asking, on the way from
the start, only for the next strongest where one was used up.

    V. M. Jiménez, A. Marzal: Computing the K shortest paths: a new algorithm and an experimental comparison (1999)
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.explain.edges import Line
from workings.ink.number import Name

if TYPE_CHECKING:
    from workings.explain.explanation import Explanation

WHOLE = 2.0**53  # a count up to here is exact


class _Onward:
    """From every cell of one array to the loss: the sum over all ways, their number, the size of the strongest."""

    def __init__(self, shape: tuple[int, ...], exact: bool):
        self.shape = shape
        n = int(np.prod(shape))
        self.total = np.zeros(n, object if exact else float)
        self.count, self.best = np.zeros(n), np.zeros(n)


class _Next:
    """The ways from one cell, strongest first, as far as asked for: (size, the cell after, which way from there)."""

    def __init__(self, edges: list[tuple[float, Name, float]]):
        self.edges = edges  # (size of the slope, the cell after, size of its strongest way)
        self.found: list[tuple[float, Name, int]] = []
        self.open = [(-strength(size, best), edge, 0) for edge, (size, _, best) in enumerate(edges)]
        heapq.heapify(self.open)
        self.used: tuple[int, int] | None = None  # edge and way of the one found last

    @property
    def at_end(self) -> bool:
        return not self.open and self.used is None

    def take(self) -> None:
        """Find one more."""
        size, edge, j = heapq.heappop(self.open)
        self.found.append((-size, self.edges[edge][1], j))
        self.used = (edge, j)

    def go_on(self, after: list[float]) -> None:
        """Offer the next way over the edge used last, where the cell after it has one."""
        assert self.used is not None
        edge, j = self.used
        if len(after) > j + 1:
            heapq.heappush(self.open, (-strength(self.edges[edge][0], after[j + 1]), edge, j + 1))
        self.used = None


class Ways:
    """The ways from `start` to J over the marked cells."""

    def __init__(self, whole: Explanation, marks: Mapping[str, np.ndarray], start: Name):
        self.whole = whole
        self.marks = marks
        self.start = start
        self.lines: dict[str, Line] = {}
        self.onward: dict[str, _Onward] = {}
        self.nexts: dict[Name, _Next] = {}
        with np.errstate(all="ignore"):
            self._go_back()

    @property
    def total(self) -> Any:
        """What all ways add."""
        found = self.onward.get(self.start.array)
        total: Any = found.total.reshape(found.shape)[self.start.cell] if found else 0
        return total.item() if hasattr(total, "item") else total

    @property
    def count(self) -> int | float:
        """How many there are; beyond 2^53 as a float, and inf where no float is so large."""
        found = self.onward.get(self.start.array)
        count = float(found.count.reshape(found.shape)[self.start.cell]) if found else 0.0
        return int(count) if count <= WHOLE else count

    def _line(self, name: str) -> Line:
        if name not in self.lines:
            book = self.whole.book
            self.lines[name] = Line(book.workings[name], book.values, self.whole.exact)
        return self.lines[name]

    def _go_back(self) -> None:
        if "J" not in self.marks:
            return
        exact = self.whole.exact
        end = self.onward["J"] = _Onward((), exact)
        end.total[0] = end.count[0] = end.best[0] = 1
        for name in reversed([*self.marks]):
            here = self.onward.get(name)
            if name == self.start.array or here is None:
                continue
            live = self.marks[name].ravel() & (here.count > 0)
            for block in self._line(name).edges(live, self.marks):
                for leaf, (made, read, slopes) in block.items():
                    to = self.onward.setdefault(leaf, _Onward(self.whole.numbers[leaf].shape, exact))
                    np.add.at(to.total, read, slopes * here.total[made])
                    np.add.at(to.count, read, here.count[made])
                    np.maximum.at(to.best, read, strength(sizes(slopes), here.best[made]))

    @cached_property
    def _readers(self) -> Mapping[str, list[str]]:
        return self.whole.readers

    def _after(self, name: Name, most: int) -> _Next:
        """The strongest edges that lead on from a cell."""
        if name not in self.nexts:
            edges = sorted(self._edges_from(name, most), key=lambda edge: (-strength(edge[0], edge[2]), edge[1]))
            self.nexts[name] = _Next(edges[:most])
        return self.nexts[name]

    def _edges_from(self, name: Name, most: int) -> Iterator[tuple[float, Name, float]]:
        one = np.zeros(self.whole.numbers[name.array].shape, bool)
        one[name.cell] = True
        for reader in self._readers.get(name.array, ()):
            here = self.onward.get(reader)
            if reader not in self.marks or here is None:
                continue
            live = self.marks[reader].ravel() & (here.count > 0)
            for block in self._line(reader).edges(live, {name.array: one}):
                for at, _, slopes in block.values():
                    steps, best = sizes(slopes), here.best[at]
                    first = np.argsort(-strength(steps, best), kind="stable")[:most]
                    for i, cell in zip(first.tolist(), cells_at(at[first], here.shape), strict=True):
                        yield float(steps[i]), Name(reader, cell), float(best[i])

    def strongest(self, most: int) -> Iterator[list[Name]]:
        """The strongest ways, each as the names on it."""
        with np.errstate(all="ignore"):
            for k in range(most):
                if not self.count or not self._find(self.start, k, most):
                    return
                yield self._walk(k, most)

    def _find(self, start: Name, k: int, most: int) -> bool:
        """Find the ways from a cell up to the k-th; whether there are so many."""
        todo = [(start, k)]
        while todo:
            name, k = todo[-1]
            ways = self._after(name, most)
            if len(ways.found) > k or ways.at_end:
                todo.pop()
            elif ways.used is None:
                ways.take()
            else:  # the next way over the edge used last is the next one of the cell behind it
                edge, j = ways.used
                after = self._after(ways.edges[edge][1], most)
                if len(after.found) > j + 1 or after.at_end:
                    ways.go_on([size for size, _, _ in after.found])
                else:
                    todo.append((ways.edges[edge][1], j + 1))
        return len(self.nexts[start].found) > k

    def _walk(self, k: int, most: int) -> list[Name]:
        names, name = [self.start], self.start
        while name.array != "J":
            self._find(name, k, most)
            _, name, k = self.nexts[name].found[k]
            names.append(name)
        return names


def sizes(slopes: np.ndarray) -> np.ndarray:
    """How large, as floats; what is not a number counts as the largest."""
    if slopes.dtype == object:
        return np.array([size(x) for x in slopes], float)
    return known(np.abs(slopes))


def cells_at(places: np.ndarray, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The indices of cells by their place in index order."""
    if not shape:
        return [()] * len(places)
    return [*zip(*(axis.tolist() for axis in np.unravel_index(places, shape)), strict=True)]


def strength(size: Any, best: Any) -> Any:
    """The size of a product; what is not a number counts as the largest."""
    return known(np.multiply(size, best))


def known(x: np.ndarray) -> np.ndarray:
    """inf where there is nan."""
    return np.where(x == x, x, np.inf)


def size(x: Any) -> float:
    """How large one number is, as a float."""
    try:
        found = float(abs(x))
    except OverflowError:
        return float("inf")
    return found if isfinite(found) else float("inf")
