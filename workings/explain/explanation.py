"""Explanation: every array of one forward and one backward pass, by its name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from workings.contract import Namespace, Tree
from workings.conventions import Conventions
from workings.explain.cells import Cells
from workings.explain.derivation import Derivation
from workings.explain.ledger import Ledger
from workings.explain.nudges import Nudge, Nudges, nudged, nudges_of
from workings.explain.passes import Problem, both_ways, leaves_of, short_way, textbook
from workings.explain.paths import Paths, paths_to_loss
from workings.explain.reach import consumers
from workings.explain.trained import as_trained
from workings.explain.updates import Step, stepped
from workings.explain.wires import Places
from workings.ink import namespace as ink
from workings.ink.notation import ascii_name
from workings.ink.number import Name
from workings.network import Network


class UnknownName(KeyError):
    """There is no array of that name; the sentence offers the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


class Explanation(Mapping[str, Cells]):
    """Names to arrays whose cells open, in the order in which they were found.

    `w["dW1"][1, 0]` counts from 0, as Python does; `w.cell("dW1[2,1]")` counts as the conventions say.

    >>> from workings.layers import Dense
    >>> from workings.losses import SquaredError
    >>> from workings.network import chain
    >>> from workings.optimizers import GradientDescent
    >>> params = {"Z1": {"W": [[2, 3]], "b": [[-5]]}}
    >>> w = explain(chain(Dense(1)), SquaredError("half"), params, [[1, 0], [4, 1]], [[8, 0]])
    >>> " ".join(w)
    'X Y W1 b1 Z1 L J dZ1 dW1 db1 dX'
    >>> w["dW1"].formula, [reached.array for reached in w["Z1"][0, 1].leads_to]
    ('dZ1 @ X.T / 2', ['L', 'dZ1'])
    >>> print(w.paths("W1", 0, 1))
    W1[1,2] -> Z1[1,1] -> L[1,1] -> J
        (4)(1)(1/2) = 2
    W1[1,2] -> Z1[1,2] -> L[1,2] -> J
        (1)(-2)(1/2) = -1
    all 2 together = 1
    >>> w.nudge("W1", (0, 1), Fraction(1, 10)).actual, w.nudge("W1", (0, 1), Fraction(1, 10)).predicted
    (Fraction(57, 400), Fraction(1, 10))
    >>> w.nudges("W1").average.tolist() == w["dW1"].numbers.tolist()
    True
    >>> print(w.update(GradientDescent(), Fraction(1, 10)).step)
    J before the step = 5/4
    J predicted       = 11/10
    J after the step  = 73/64
    """

    def __init__(self, book: Ledger, problem: Problem, conventions: Conventions):
        self.book, self.problem, self.conventions = book, problem, conventions
        self.origins: Any = None  # how a cell of X came from a table, as a sentence
        labels = [book.label(symbol, row) for row, named in problem.params.items() for symbol in named]
        wires = {"X", "Y", "L", *(row.name for row in problem.network.rows)}
        self.places = Places(conventions, labels, problem.X.shape[-1], wires)

    @property
    def exact(self) -> bool:
        """Whether the whole pass was worked in whole numbers and fractions (and what exp, log, tanh, sqrt make)."""
        return self.book.xp is ink

    def shown(self, name: Name) -> Name:
        """A name with its cell where it stands on paper: examples as columns or as rows."""
        if name.array not in self.book.values:
            return name
        return self.places.shown(name, self.book.values[name.array].shape)

    def written_as(self, **changes: Any) -> Explanation:
        """The same pass under other conventions: `w.written_as(base=0, examples="rows", digits=6)`."""
        again = copy(self)
        again.conventions = replace(self.conventions, **changes)
        again.places = copy(self.places)
        again.places.conventions = again.conventions
        return again

    @cached_property
    def trained(self) -> dict[str, np.ndarray]:
        """J and the gradients of the parameters as training works them, where the textbook's J has lost its digits.

        Sigmoid or softmax and its cross-entropy are trained in one formula of Z.  Empty where both tell the same.
        """
        return as_trained(self.problem, self.book)

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """For every array, the arrays whose lines read it."""
        return consumers(self.book.workings)

    @property
    def numbers(self) -> Mapping[str, np.ndarray]:
        """Every array by name, as plain numbers."""
        return self.book.values

    def __getitem__(self, name: str) -> Cells:
        return Cells(self, self._found(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.book.values)

    def __len__(self) -> int:
        return len(self.book.values)

    def cell(self, text: str) -> Derivation:
        """The derivation of a cell named as on the sheet: `dW1[3,41]`, or `J`."""
        found = re.fullmatch(r"\s*([^\[\]]+?)\s*(?:\[([-\d,\s]*)\])?\s*", text)
        if not found:
            raise UnknownName(f"{text!r} is not a cell; write a name and its place, such as 'dW1[3,41]' or 'J'")
        array = self[found[1]]
        try:
            place = [int(i) for i in (found[2] or "").split(",") if i.strip()]
        except ValueError:
            raise IndexError(f"{text!r}: the place of a cell is whole numbers, such as {found[1]}[3,41]") from None
        return array.at(place)

    def open(self, name: Name) -> Derivation:
        """The derivation of a number that was met in another's: one of its `made_from` or `leads_to`."""
        return Derivation.of(self, name.array, name.cell)

    def paths(self, name: str, *index: Any, strongest: int = 10, example: int | None = None) -> Paths:
        """The paths from one cell to the loss, strongest first; their products add up to its gradient.

        `index` counts from 0, and so does `example`, which keeps to the paths through one column.
        """
        self.problem.must_have_targets("a path to the loss")
        return paths_to_loss(self, self[name].place(_index(index)), strongest, example)

    def nudge(self, name: str, index: Sequence[int] | int, *size: Any) -> Nudge:
        """What the gradient predicts for the loss when one cell of X or of a parameter moves, and what happens.

        `w.nudge("W1", (0, 1), "1/10")`, or the index number by number: `w.nudge("W1", 0, 1, 0.1)`.
        """
        if not size:
            raise TypeError("a nudge needs a size: w.nudge('W1', (0, 1), 0.1)")
        *more, by = size
        return nudged(self, self[name].place(_index((index, *more))), by)

    def nudges(self, name: str) -> Nudges:
        """What each example alone asks of a parameter, and their average, which is the gradient."""
        return nudges_of(self, self._found(name))

    def update(self, optimizer: Any, alpha: Any, state: Any = None) -> Updated:
        """This pass with one step of an optimizer (or "adam", …) behind it: W1_new and the lines that lead to it.

        `state` is the optimizer's memory, from `step.state` of the step before; without it the step is the first.
        """
        self.problem.must_have_targets("a step down the loss")
        book, step = stepped(self, optimizer, alpha, state)
        return Updated(book, self.problem, self.conventions, step)

    def shortcut(self) -> Explanation:
        """This pass with the famous short way beside the long one: dZ3_short = A3 - Y, where dZ3 is dA3 · g′(Z3).

        Raises ValueError where the last activation and the loss have no formula together.
        """
        return Explanation(short_way(self.book, self.problem), self.problem, self.conventions)

    def to_pdf(self, path: Any, **options: Any) -> Any:
        """Write the pass as an A4 sheet; see `workings.sheets` for the options.  `to_svg` and `to_png` likewise."""
        return _sheets().to_pdf(self, path, **options)

    def to_svg(self, path: Any, **options: Any) -> Any:
        """Write the sheet as SVG."""
        return _sheets().to_svg(self, path, **options)

    def to_png(self, path: Any, **options: Any) -> Any:
        """Write the sheet as PNG."""
        return _sheets().to_png(self, path, **options)

    def to_html(self, path: Any = None, **options: Any) -> str:
        """The sheet as one self-contained page, written to a file where a path is given."""
        return _sheets().to_html(self, path, **options)

    def to_latex(self, path: Any = None, **options: Any) -> str:
        """The matrices of the sheet in LaTeX."""
        return _sheets().to_latex(self, path, **options)

    def to_text(self, **options: Any) -> str:
        """The sheet in plain ASCII."""
        return _sheets().to_text(self, **options)

    def to_spreadsheet(self, path: Any, **options: Any) -> Any:
        """Write the sheet as .xlsx with live formulas, forwards and backwards."""
        return _sheets().to_spreadsheet(self, path, **options)

    def _found(self, name: str) -> str:
        plain = str(name).replace("<-", "←").replace("<", "⟨").replace(">", "⟩")
        for known in (name, plain, {"A0": "X"}.get(plain)):
            if known in self.book.values:
                return known
        near = [known for known in self if known.lower() == plain.lower()]
        near = near or difflib.get_close_matches(str(name), [*self], 4, 0.5)
        offered = f"nearest: {', '.join(near)}" if near else f"there are {', '.join([*self][:40])}"
        if self.problem.Y is None and (plain in ("Y", "L", "J") or plain.startswith("d")):
            offered = "the loss and its gradients need the targets: write model.explain(X, y)"
        if "[" in str(name) and str(name).partition("[")[0] in self:
            offered = f"that is a cell: write w.cell({str(name)!r})"
        raise UnknownName(f"there is no array {name!r} in this explanation; {offered}")

    def __repr__(self) -> str:
        names = [*self]
        shapes = ", ".join(f"{ascii_name(name)} {self.numbers[name].shape}" for name in names[:40])
        return f"Explanation of {shapes}" + (f" and {len(names) - 40} more arrays" if len(names) > 40 else "")


class Updated(Explanation):
    """An explanation with one step of an optimizer behind it; `step` has the loss before and after."""

    def __init__(self, book: Ledger, problem: Problem, conventions: Conventions, step: Step):
        super().__init__(book, problem, conventions)
        self.step = step


def _index(given: Sequence[Any]) -> Sequence[int]:
    """An index that came number by number, or as one tuple."""
    return given[0] if len(given) == 1 and isinstance(given[0], tuple | list) else given


def _sheets() -> Any:
    from workings.sheets import export

    return export


def explain(
    network: Network,
    loss: Any,
    params: Tree,
    X: Any,
    Y: Any,
    givens: Tree | None = None,
    xp: Namespace = np,
    conventions: Conventions | None = None,
    penalties: Iterable[Any] = (),
    weights: Any = None,
) -> Explanation:
    """One forward and one backward pass, every array by name and every cell open to its workings.

    X (n, m) and Y (k, m) have one example per column.  Parameters that are whole numbers and fractions
    stay exact, with an X and a Y that are; all else is worked in float64, whatever the network was trained in.
    `givens` are noise and memory, by row; `weights` (m,) say how much each example counts.

        >>> from workings.layers import Dense
        >>> from workings.losses import SquaredError
        >>> from workings.network import chain
        >>> params = {"Z1": {"W": [[2, 3]], "b": [[-5]]}}
        >>> w = explain(chain(Dense(1)), SquaredError("half"), params, [[1], [4]], [[8]])
        >>> print(w["Z1"][0, 0])
        Z1[1,1] = W1[1,1] x X[1,1] + W1[1,2] x X[2,1] + b1[1,1]
                = (2)(1) + (3)(4) + (-5)
                = 9
    """
    if all(map(_is_exact, leaves_of(params))):
        X, Y, weights = _whole(X), _whole(Y), _whole(weights)
    w = None if weights is None else np.asarray(weights, None if hasattr(weights, "dtype") else object)[None]
    problem = Problem(network, textbook(network, loss), params, X, Y, givens or {}, tuple(penalties), w).widened()
    inexact = [x for x in problem.arrays() if not _is_exact(x)]
    if xp is ink and inexact:
        raise ValueError(
            f"exact arithmetic was asked for (xp=ink), but some numbers given are floats, such as "
            f"{np.ravel(inexact[0])[0]!r}: write fractions such as '1/10', or leave xp out"
        )
    exact = xp is ink or (xp is np and not inexact)
    problem = problem.prepared(exact)
    return Explanation(both_ways(problem, ink if exact else xp), problem, conventions or Conventions())


def _is_exact(x: Any) -> bool:
    """Whole numbers and fractions only; a list is read as it is written."""
    x = np.asarray(x, None if hasattr(x, "dtype") else object)
    return x.dtype.kind in "iub" or (
        x.dtype == object and all(isinstance(v, int | Fraction | str | np.integer) for v in x.flat)
    )


def _whole(x: Any) -> Any:
    """An array of floats that are all whole, such as one-hot targets, as whole numbers."""
    floats = getattr(x, "dtype", None) is not None and x.dtype.kind == "f"
    return x.astype(np.int64) if floats and np.all(np.abs(x) < 2**53) and np.all(x == np.rint(x)) else x
