"""Broadcasting: how NumPy stretches arrays to one shape, axis by axis, and the trap of arrays with one axis.

Shapes are laid on each other from the right.  On every axis the sizes must be equal, or one of them 1: the 1 is
stretched.  An axis that is missing on the left counts as 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.contract import Shape


@dataclass(frozen=True)
class Broadcast:
    """The shape that comes out, and for each array how often it is repeated along every axis (1: not stretched)."""

    shape: Shape
    shapes: tuple[Shape, ...]
    repeats: tuple[Shape, ...]

    def __str__(self) -> str:
        lines = []
        for shape, repeats in zip(self.shapes, self.repeats, strict=True):
            said = [f"{n} times along axis {axis}" for axis, n in enumerate(repeats) if n > 1]
            lines.append(f"{shape} is " + (f"stretched {', '.join(said)}" if said else "not stretched"))
        return "\n".join([*lines, f"result {self.shape}"])


def broadcast(*shapes: Shape) -> Broadcast:
    """What broadcasting makes of these shapes.  Raises ValueError with the axis on which they do not fit.

    >>> print(broadcast((3, 4), (1, 4)))
    (3, 4) is not stretched
    (1, 4) is stretched 3 times along axis 0
    result (3, 4)
    """
    wide = max(map(len, shapes), default=0)
    full = [(1,) * (wide - len(shape)) + tuple(shape) for shape in shapes]
    result = []
    for axis, sizes in enumerate(zip(*full, strict=True)):
        wanted = {n for n in sizes if n != 1}
        if len(wanted) > 1:
            told = " and ".join(map(str, shapes))
            raise ValueError(
                f"{told} do not fit: on axis {axis - wide} they have {' and '.join(map(str, sizes))}, "
                "and two sizes fit only if they are equal or one of them is 1"
            )
        result.append(wanted.pop() if wanted else 1)
    repeats = tuple(tuple(n if own == 1 else 1 for n, own in zip(result, shape, strict=True)) for shape in full)
    return Broadcast(tuple(result), tuple(tuple(shape) for shape in shapes), repeats)


def rank1(**arrays: Any) -> list[str]:
    """A sentence for every array with one axis only: neither row nor column, so that .T does nothing to it.

    >>> rank1(a=np.zeros(5), b=np.zeros((5, 1)))[0]
    'a has the shape (5,): a.T is a, and a @ a.T is one number; write a.reshape(5, 1) or a.reshape(1, 5)'
    """
    found = {name: np.shape(array) for name, array in arrays.items()}
    return [
        f"{name} has the shape ({n},): {name}.T is {name}, and {name} @ {name}.T is one number; "
        f"write {name}.reshape({n}, 1) or {name}.reshape(1, {n})"
        for name, (n, *more) in ((name, shape) for name, shape in found.items() if shape)
        if not more
    ]
