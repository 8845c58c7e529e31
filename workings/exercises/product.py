"""Product: C = A B, with every cell of C open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.contract import Array, Namespace
from workings.conventions import Conventions
from workings.explain import Explanation
from workings.explain.ledger import Both, Ledger
from workings.explain.passes import Problem
from workings.ink import namespace as ink
from workings.network import Network


@dataclass(frozen=True)
class Product:
    """C = A B: C has the rows of A and the columns of B."""

    def forward(self, xp: Namespace, B: Array, *, A: Array):
        C = A @ B
        return C, {}

    def backward(self, xp: Namespace, dC: Array, *, A: Array, B: Array):
        dB = A.T @ dC
        return dB, {"A": dC @ B.T}


def multiply(A: Sequence[Sequence[Any]], B: Sequence[Sequence[Any]], names: str = "ABC") -> Explanation:
    """C = A B with every cell of C open; raises ValueError where the inner sizes differ.

    >>> w = multiply([[1, 1], [-1, 1]], [[1, 5, 2], [2, 4, 2]])
    >>> w["C"][0, 1].record
    '(1)(5) + (1)(4)'
    """
    left, right = (np.asarray(x, object) for x in (A, B))
    check(left.shape, right.shape, names)
    book = Ledger(ink, set(names))
    both: Mapping[str, Any] = {"A": left, "B": right}
    for symbol, called in zip("AB", names, strict=False):
        book.enter(called, both[symbol])
    into, given = book[names[1]], book[names[0]]
    roles = lambda made: {names[2]: made[0]}
    book.run(Product().forward, [into], Both({"A": given.numbers}, {"A": given.ink}), roles=roles)
    network = Network({names[2]: (Product(), "X")})  # B is what is read, A belongs to the row
    return Explanation(book, Problem(network, None, {}, right, None, {}), Conventions())


def check(A: Sequence[int], B: Sequence[int], names: str = "ABC") -> tuple[int, int]:
    """The shape of A B: the rows of A, the columns of B.

    >>> check((2, 2), (2, 3))
    (2, 3)
    """
    a, b, c = names
    for called, shape in ((a, A), (b, B)):
        if len(shape) != 2 or not all(shape):
            raise ValueError(f"{called} has the shape {tuple(shape)}: a matrix has rows and columns, such as (2, 3)")
    if A[1] != B[0]:
        raise ValueError(
            f"{c} = {a} {b} cannot be worked out: {a} {tuple(A)} has {A[1]} columns (axis 1), but {b} {tuple(B)} has "
            f"{B[0]} rows (axis 0); each row of {a} meets a column of {b}, number by number, so these must be equal"
        )
    return A[0], B[1]
