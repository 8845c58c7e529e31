"""One row of the table: a layer of ours, and what it is in each of the other tools.

Elsewhere an example is a row.  A wire of one axis is (m, n) everywhere, a sequence (m, T, n); an image is
(m, c, h, w) in PyTorch, ONNX and NumPy, and (m, h, w, c) in Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from workings.contract import Named, Shape


class Read(NamedTuple):
    """A layer of ours as it was read elsewhere, with its numbers in our arrangement."""

    layer: Any
    params: Named = {}  # noqa: RUF012 - never changed
    memory: Named = {}  # noqa: RUF012


@dataclass(frozen=True)
class Part:
    """A row of a network with its numbers, and the shapes of one example on the wires it reads and makes."""

    name: str
    layer: Any
    reads: tuple[str, ...]
    into: tuple[Shape, ...]
    out: Shape
    params: Named
    memory: Named
    labels: dict[str, str]  # what users call its parameters: {"W": "W1"}

    @property
    def axis(self) -> int:
        """Where the feature stands in what it reads, examples in rows."""
        return feature_axis(self.into[0])


class Torch(NamedTuple):
    """Classes of torch.nn; how one is made, with the arrays of its state; and how one is read back."""

    names: tuple[str, ...]
    to: Callable[[Any, Part], tuple[Any, Named]]
    back: Callable[[Any], Read]


class Row(NamedTuple):
    """A function for each tool, or the reason why there is none.

    torch   see `Torch`
    onnx    (writer, part, wires read) writes the nodes; the last one makes the wire `part.name`
    keras   (part, expressions read) gives an expression, and the layer's weights in Keras's arrangement
    numpy   (part, name, names read) gives the lines of code that make the name, with the arrays they use
    """

    torch: Torch | str
    onnx: Callable[[Any, Part, list[str]], Any] | str
    keras: Callable[[Part, list[str]], tuple[str, list[np.ndarray]]] | str
    numpy: Callable[[Part, str, list[str]], tuple[list[str], Named]] | str


def feature_axis(shape: Shape) -> int:
    """Where the feature stands among the axes of examples in rows: (m, n), (m, T, n), (m, c, h, w)."""
    return 2 if len(shape) == 2 else 1


def in_rows(shape: Shape) -> Shape:
    """The shape of one example, as the other tools have it.

    >>> in_rows((3, 5)), in_rows((1, 28, 28))
    ((5, 3), (1, 28, 28))
    """
    return shape[::-1] if len(shape) == 2 else shape


def need(fits: Any, told: str) -> None:
    """Refuse what our layer does not do."""
    if not fits:
        raise ValueError(told)


def column(b: np.ndarray) -> np.ndarray:
    """Biases as the column they are here."""
    return np.asarray(b).reshape(-1, 1)
