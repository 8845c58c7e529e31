"""Broadcasting: how NumPy stretches the smaller array, drawn cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import FAINT, INK, PAPER, SECOND, ZERO, bare, drawn, figure, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OPERATIONS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "+": ("+", np.add),
    "-": ("−", np.subtract),
    "*": ("×", np.multiply),
    "/": ("÷", np.divide),
}
CALORIES = ((56.0, 104.0, 1.2, 12.0), (1.2, 13.0, 93.0, 2.0), (1.8, 135.0, 98.0, 5.0))


@drawn
def broadcasting(A: Any, B: Any, operation: str = "+", digits: int = 3, title: str = "", caption: str = "") -> Figure:
    """A, B and A (operation) B as grids; the cells that NumPy only pretends are there are hatched and grey.

    A and B have two axes or fewer, and at most 8 by 8 cells.  Raises ValueError for shapes that do not fit, with the
    rule, and for an operation other than + - * /.

    >>> made = broadcasting([[1, 2, 3]], [[10], [20]])
    >>> [t.get_text() for t in made.axes[2].texts][:6]
    ['11', '12', '13', '21', '22', '23']
    """
    if operation not in OPERATIONS:
        raise ValueError(f"the operation is one of {' '.join(OPERATIONS)}, not {operation!r}")
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    try:
        shape = np.broadcast_shapes(A.shape, B.shape)
    except ValueError:
        raise ValueError(
            f"shapes {A.shape} and {B.shape} do not fit: compared from the last axis, two sizes must be equal, "
            "or one of them 1"
        ) from None
    full = (1,) * (2 - len(shape)) + shape
    if len(full) > 2 or max(full) > 8:
        raise ValueError(f"the result has the shape {shape}; two axes of at most 8 cells can be drawn")
    sign, work = OPERATIONS[operation]
    with np.errstate(all="ignore"):
        C = work(A, B).reshape(full)
    rows, columns = C.shape
    made = figure(
        max(3 * (0.62 * columns + 0.75), 7),
        0.42 * rows + 1.7,
        title or f"Broadcasting: {_shape(A)} {sign} {_shape(B)} gives {shape}",
        f"{caption} Hatched: not stored anywhere; the one row, column or number is read again.".strip(),
    )
    axes = made.subplots(1, 3)
    for ax, array, name in zip(axes, (A, B, C), ("A", f"{sign}  B", f"=  A {sign} B"), strict=True):
        array = array.reshape((1,) * (2 - array.ndim) + array.shape)
        _grid(bare(ax), np.broadcast_to(array, full), array.shape, digits)
        ax.set_title(name, loc="center", fontsize=12)
    return made


def calories() -> Figure:
    """The course notes' table of calories, each cell as a share of its column's sum: (3, 4) ÷ (1, 4).

    The second column sums to 252 where the notes print 239 (erratum E1).  Source: course notes, week 2.

    >>> [t.get_text() for t in calories().axes[1].texts][:4]
    ['59', '252', '192.2', '19']
    """
    A = np.array(CALORIES)
    total = A.sum(axis=0, keepdims=True)
    column = " + ".join(number(v) for v in A[:, 1])
    said = f"The second column: {column} = {number(total[0, 1])}; the notes print 239."
    title = f"Broadcasting: the sums of the columns, {total.shape}, serve all {len(A)} rows of {A.shape}"
    return broadcasting(A, total, "/", 4, title, said)


def _shape(array: np.ndarray) -> str:
    return str(array.shape) if array.ndim else "a number"


def _grid(ax: Axes, array: np.ndarray, real: tuple[int, ...], digits: int) -> None:
    from matplotlib.patches import Rectangle

    rows, columns = array.shape
    ax.set(xlim=(-0.05, columns + 0.05), ylim=(rows + 0.05, -0.05))
    for (i, j), value in np.ndenumerate(array):
        ghost = i >= real[0] or j >= real[1]
        style: Any = {"fc": PAPER if ghost else ZERO, "ec": FAINT if ghost else INK, "lw": 0.7 if ghost else 1.2}
        ax.add_patch(Rectangle((j, i), 1, 1, hatch="////" if ghost else "", zorder=1 + (not ghost), **style))
        box: Any = {"fc": PAPER, "ec": "none", "pad": 1.2} if ghost else None
        text = number(value, digits)
        ax.text(j + 0.5, i + 0.5, text, ha="center", va="center", color=SECOND if ghost else INK, bbox=box, zorder=4)
