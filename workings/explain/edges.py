"""Edges: how the cells of a line move with the cells they read, for many cells at once.

The chain rule on plain numbers, from the line down to what it reads: an edge leads from a cell that is read to a cell
of the line, and its slope is the sum over all ways between the two.  The slopes of single operations, and those taken
at kinks, are those of `ink.derivatives`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from workings.explain.inside import Inside
from workings.explain.reach import marked_within
from workings.ink.array import Array
from workings.ink.derivatives import LOCAL, MANY, ONE, above_first
from workings.ink.index import Index
from workings.ink.number import first_largest

AT_ONCE = 1_000_000  # edges that are held in memory together
Marks = Mapping[str, np.ndarray]


class Edges(NamedTuple):
    """Edges from cells that are read to cells of a line; both by their place in index order."""

    made: np.ndarray
    read: np.ndarray
    slopes: np.ndarray

    def where(self, kept: np.ndarray) -> Edges:
        return Edges(self.made[kept], self.read[kept], self.slopes[kept])


class Line:
    """The line of one array; `values` are the arrays it reads, `exact` keeps whole numbers and fractions."""

    def __init__(self, working: Array, values: Mapping[str, np.ndarray], exact: bool):
        self.working = working
        self.given = values
        self.exact = exact
        self.inside = Inside(working, values, exact)
        self.order = [node for node, _ in above_first(working, lambda node: node.operands)]

    def edges(self, wanted: np.ndarray, marks: Marks) -> Iterator[dict[str, Edges]]:
        """The edges to wanted cells from marked ones, by the array that is read, in blocks of cells."""
        within = marked_within(self.working, marks)
        if (reached := within[id(self.working)]) is None:
            return
        made = np.flatnonzero(wanted & reached.ravel())
        step = max(1, AT_ONCE // max(1, self._most(within)))
        for start in range(0, len(made), step):
            yield self._block(made[start : start + step], within)

    def _most(self, within: Mapping[int, Any]) -> int:
        """How many edges one cell has at most."""
        most: dict[int, int] = {}
        for node in reversed(self.order):
            live = [part for part in self.inside.parts(node) if within.get(id(part)) is not None]
            if not live:
                most[id(node)] = int(within.get(id(node)) is not None)
            elif node.op == "@":
                fans = [self._fan(node, part, within)[1].max(initial=0) for part in live]
                most[id(node)] = sum(int(f) * most[id(part)] for f, part in zip(fans, live, strict=True))
            elif node.axes and node.op == "sum":
                most[id(node)] = prod(live[0].shape[a] for a in node.axes) * most[id(live[0])]
            else:
                most[id(node)] = sum(most[id(part)] for part in live)
        return most[id(self.working)]

    def _block(self, made: np.ndarray, within: Mapping[int, Any]) -> dict[str, Edges]:
        handed: dict[int, list[Edges]] = defaultdict(list)
        one = np.full(len(made), 1, object) if self.exact else np.ones(len(made))
        handed[id(self.working)] = [Edges(made, made, one)]
        found: dict[str, list[Edges]] = defaultdict(list)
        for node in self.order:
            for edges in together(handed.pop(id(node), [])):
                if self.inside.is_leaf(node):
                    found[node.name].append(edges.where(within[id(node)].ravel()[edges.read]))
                    continue
                for part, below in self._below(node, edges, within):
                    if len(below.made):
                        handed[id(part)].append(below)
        return {name: united(each, prod(self.given[name].shape)) for name, each in found.items()}

    def _below(self, node: Array, edges: Edges, within: Mapping[int, Any]) -> Iterator[tuple[Array, Edges]]:
        """The edges of an array handed on to what it is made of."""
        live = [within.get(id(part)) is not None for part in node.operands]
        if not any(live) or node.op == "argmax":
            return
        if node.op == "is":
            yield node.operands[0], edges
        elif node.moved:
            yield from self._moved(node, edges, live)
        elif node.axes:
            yield from self._reduced(node, edges, within)
        elif node.op == "@":
            for part in [part for part, lives in zip(node.operands, live, strict=True) if lives]:
                yield part, self._product(node, part, edges, within)
        else:
            yield from self._each(node, edges, live)

    def _moved(self, node: Array, edges: Edges, live: list[bool]) -> Iterator[tuple[Array, Edges]]:
        which, place = self.inside.table(node, lambda: self._sources(node))
        read = place[edges.read]
        if len(node.operands) == 1:
            yield node.operands[0], Edges(edges.made, read, edges.slopes)
            return
        which = which[edges.read]
        order = np.argsort(which, kind="stable")
        ends = np.searchsorted(which[order], range(len(node.operands) + 1))
        for k in np.flatnonzero(np.diff(ends)):
            if live[k]:
                kept = order[ends[k] : ends[k + 1]]
                yield node.operands[k], Edges(edges.made[kept], read[kept], edges.slopes[kept])

    def _sources(self, node: Array) -> tuple[np.ndarray, np.ndarray]:
        """Of every cell that was only moved: which operand it is from, and from where in it."""
        assert node.spread is not None
        which = node.spread(*[np.full(x.shape, k) for k, x in enumerate(node.operands)])
        place = node.spread(*[np.arange(prod(x.shape)).reshape(x.shape) for x in node.operands])
        return which.ravel(), place.ravel()

    def _reduced(self, node: Array, edges: Edges, within: Mapping[int, Any]) -> Iterator[tuple[Array, Edges]]:
        (part,) = node.operands
        rows = self.inside.rows(node)
        if node.op == "sum":
            repeat, at = fan_out(*fan(within[id(part)].ravel()[rows]), edges.read)
            yield part, Edges(edges.made[repeat], rows.ravel()[at], edges.slopes[repeat])
            return
        cells = rows[edges.read]
        values, constant = self.inside.value(part).ravel()[cells], self.inside.constant(part).ravel()[cells]
        yield part, edges._replace(read=cells[np.arange(len(cells)), self._chosen(values, constant)])

    def _chosen(self, values: np.ndarray, constant: np.ndarray) -> np.ndarray:
        """Which of every row a max takes: of equals a constant, else the first."""
        first = np.array([first_largest(*row) for row in values], int) if self.exact else values.argmax(axis=1)
        level = constant & (values == values[np.arange(len(values)), first][:, None])
        return np.where(level.any(axis=1), level.argmax(axis=1), first)

    def _product(self, node: Array, part: Array, edges: Edges, within: Mapping[int, Any]) -> Edges:
        """Through X @ Y: a cell moves with its row of X as its column of Y says, and the other way round."""
        x, y = node.operands
        *lead, i, j = np.unravel_index(edges.read, node.shape)
        n, rows, columns = x.shape[-1], x.shape[-2], y.shape[-1]
        above, beside = (at_lead(lead, part.shape[:-2], len(i)) for part in (x, y))
        line = above * rows + i if part is x else beside * columns + j
        repeat, at = fan_out(*self._fan(node, part, within), line)
        k, i, j = at % n, i[repeat], j[repeat]
        in_x, in_y = (above[repeat] * rows + i) * n + k, (beside[repeat] * n + k) * columns + j
        read, other = (
            (in_x, self.inside.value(y).ravel()[in_y]) if part is x else (in_y, self.inside.value(x).ravel()[in_x])
        )
        return Edges(edges.made[repeat], read, edges.slopes[repeat] * other)

    def _fan(self, node: Array, part: Array, within: Mapping[int, Any]) -> tuple[np.ndarray, np.ndarray]:
        marks = within[id(part)]
        marks = marks if part is node.operands[0] else np.swapaxes(marks, -1, -2)
        return fan(marks.reshape(-1, node.operands[0].shape[-1]))

    def _each(self, node: Array, edges: Edges, live: list[bool]) -> Iterator[tuple[Array, Edges]]:
        places = [self._place(node, part, edges.read) for part in node.operands]
        if node.op == "+":
            own: Sequence[Any] = [None] * len(places)
        else:
            values = [self.inside.value(part).ravel()[at] for part, at in zip(node.operands, places, strict=True)]
            constant = [
                self.inside.constant(part).ravel()[at] for part, at in zip(node.operands, places, strict=True)
            ]
            own = self._slopes(node.op, values, constant)
        for part, at, slope, lives in zip(node.operands, places, own, live, strict=True):
            if not lives:
                continue
            if slope is None:
                yield part, edges._replace(read=at)
            elif slope.dtype == bool:  # passed on or shut
                yield part, Edges(edges.made, at, edges.slopes).where(slope)
            else:
                yield part, Edges(edges.made, at, edges.slopes * slope)

    def _slopes(self, op: str, values: list[np.ndarray], constant: list[np.ndarray]) -> Sequence[Any]:
        if op == "where":
            yes = np.asarray(values[0], bool)
            return [np.zeros(len(yes), bool), yes, ~yes]
        if op == "max":
            chosen = self._chosen(np.stack(values, axis=1), np.stack(constant, axis=1))
            return [chosen == k for k in range(len(values))]
        if op not in LOCAL:
            return [np.zeros(len(values[0]), bool)] * len(values)
        y = self.inside.worked(op, values)
        if not self.exact:
            return [np.broadcast_to(np.asarray(s, float), y.shape) for s in LOCAL[op](MANY, y, *values)]
        each = [LOCAL[op](ONE, *row) for row in zip(y, *values, strict=True)]
        return [np.fromiter((row[k] for row in each), object, len(each)) for k in range(len(values))]

    def _place(self, node: Array, part: Array, read: np.ndarray) -> np.ndarray:
        if part.shape == node.shape:
            return read
        cells = np.arange(prod(part.shape)).reshape(part.shape)
        return np.broadcast_to(cells, node.shape).ravel()[read]


def at_lead(lead: Sequence[np.ndarray], shape: Index, many: int) -> np.ndarray:
    """The place of the leading axes of a product in one of its operands, which may be stretched."""
    place = np.zeros(many, int)
    for i, n in zip(lead[len(lead) - len(shape) :], shape, strict=True):
        place = place * n + (i if n > 1 else 0)
    return place


def fan(marks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The marked places of rows, and how many each row has."""
    return np.flatnonzero(marks), np.count_nonzero(marks, axis=1)


def fan_out(places: np.ndarray, counts: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For edges that each go on to the places of a row: which edge, and which place."""
    many = counts[rows]
    ends = np.cumsum(counts)
    repeat = np.repeat(np.arange(len(rows)), many)
    first = (ends - counts)[rows] - (np.cumsum(many) - many)
    return repeat, places[np.repeat(first, many) + np.arange(len(repeat))]


def together(each: list[Edges]) -> list[Edges]:
    """Edges between the same cells added up, where that is seen at once."""
    found: list[Edges] = []
    for edges in each:
        for i, other in enumerate(found):
            if len(other.made) == len(edges.made) and all(map(np.array_equal, other[:2], edges[:2])):
                found[i] = other._replace(slopes=other.slopes + edges.slopes)
                break
        else:
            found.append(edges)
    return found


def united(each: list[Edges], size: int) -> Edges:
    """All edges of one array: one between any two cells, and none without a slope."""
    edges = Edges(*map(np.concatenate, zip(*each, strict=True))) if len(each) > 1 else each[0]
    keys = edges.made * size + edges.read
    if np.any(np.diff(keys) <= 0):
        keys, group = np.unique(keys, return_inverse=True)
        if len(keys) < len(group):
            slopes = np.zeros(len(keys), edges.slopes.dtype)
            np.add.at(slopes, group, edges.slopes)
            edges = Edges(keys // size, keys % size, slopes)
    return edges.where(np.asarray(edges.slopes != 0, bool))
