"""Exercise: one of the seven, as data; all numbers but the given ones are worked out when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workings.conventions import Conventions
from workings.explain import Explanation, explain
from workings.network import Network
from workings.optimizers import GradientDescent
from workings.parameters import fitted
from workings.sheets.layout import layout
from workings.sheets.lines import lines_of
from workings.sheets.sheet import Sheet, Step


class Task(NamedTuple):
    """One thing to do: what, and the arrays it fills; `counts` asks for the parameters."""

    title: str
    what: str
    fills: tuple[str, ...] = ()
    counts: bool = False


@dataclass(frozen=True)
class Exercise:
    """A network with its numbers, or two matrices, and what is to be done with them.

    `parameters` {"W1": ..., "b1": ...} and the columns `X` are given; `Y` and `loss` only where it goes back too.
    `blanks` are the cells (or whole arrays) of the worksheet that are left empty, and it does `without` some arrays.
    """

    number: int
    name: str
    title: str
    lead: str
    tasks: tuple[Task, ...]
    network: Network | None
    parameters: Mapping[str, Any]
    X: Any
    blanks: tuple[str, ...]
    Y: Any = None
    loss: Any = None
    rate: Any = None
    compact: bool = False
    bias: bool = True
    crosses: bool = False
    links: bool = True
    gradients: bool = True
    without: tuple[str, ...] = ()
    product: tuple[str, str, str] | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    remarks: Callable[[Exercise], tuple[str, ...]] | None = field(default=None, compare=False)
    work: Callable[[Exercise], Explanation] | None = field(default=None, compare=False)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The arrays that its sheet does without."""
        return self.without

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """What would tell a blank by another way: dZ1_long is dZ1."""
        return tuple(f"{name.split('[')[0]}_long" for name in self.blanks)

    @property
    def heading(self) -> str:
        """The title of its sheet; what is not one of the seven has no number."""
        return f"Exercise {self.number}: {self.title}" if self.number else self.title[:1].upper() + self.title[1:]

    @cached_property
    def worked(self) -> Explanation:
        """Every array by name, each cell open."""
        if self.work is not None:
            return self.work(self)
        assert self.network is not None
        X, Y = np.array(self.X, object), None if self.Y is None else np.array(self.Y, object)
        return explain(self.network, self.loss, self.params, X, Y, conventions=Conventions())

    def explain(self) -> Explanation:
        """Every array by name, each cell open; with a rate, one step of gradient descent behind it."""
        return self._stepped

    @cached_property
    def _stepped(self) -> Explanation:
        return self.worked if self.rate is None else self.worked.update(GradientDescent(), Fraction(self.rate))

    @property
    def params(self) -> dict[str, dict[str, Any]]:
        """The parameters by row, as networks hold them."""
        assert self.network is not None
        rows = {row.name: row for row in self.network.rows}
        found: dict[str, dict[str, Any]] = {}
        for name, value in self.parameters.items():
            found.setdefault(f"Z{name[1:]}", {})[name[0]] = np.array(value, object)
        return {row: named for row, named in found.items() if row in rows}

    def with_parameters(self, **changed: Any) -> Exercise:
        """The same exercise with other numbers; raises ValueError where the sizes would no longer hang together.

        Every node has as many weights as the layer before it has nodes.
        """
        for name, value in changed.items():
            if name not in self.parameters:
                raise ValueError(f"exercise {self.number} has no {name}; it has {', '.join(self.parameters)}")
            old, new = np.asarray(self.parameters[name], object), np.asarray(value, object)
            if name[0] == "W" and new.ndim == 2 and new.shape[1] != old.shape[1]:
                raise ValueError(
                    f"every node of layer {name[1:]} needs {old.shape[1]} weights, one for each node of the layer "
                    f"before it; this {name} has {new.shape[1]} in each row"
                )
            fitted(name, new, old.shape)
        return replace(self, parameters={**self.parameters, **changed})

    def sheet(self, key: bool = False, blanks: Iterable[str] | None = None, whole: bool = False) -> Sheet:
        """The worksheet; with `key`, filled in.  `blanks` are the cells left empty instead of the exercise's own."""
        return layout(
            self.explain(),
            self.heading,
            self.lead,
            blanks=self.blanks if blanks is None else tuple(blanks),
            key=key,
            compact=self.compact and not whole,
            bias=self.bias or whole,
            whole=whole,
            links=self.links,
            gradients=self.gradients,
            without=self.left_out if not whole else () if key else self.telling,
            titles=self.titles,
            product=self.product,
            steps=self.steps(key),
            notes=self.remarks(self) if self.remarks and key else (),
        )

    def to_pdf(self, path: Any, key: bool = False) -> Path:
        """Write the worksheet as an A4 PDF; with `key`, filled in.  The ending may be .svg or .png too."""
        from workings.sheets import paper

        return paper.write(self.sheet(key), path)[0]

    def to_html(self, path: Any = None, key: bool = False) -> str:
        """The worksheet as one self-contained page; written to a file where a path is given."""
        from workings.sheets import export, page

        return export.written(page.page(self.sheet(key)), path)

    def to_latex(self, path: Any = None, key: bool = False) -> str:
        """The worksheet in LaTeX; written to a file where a path is given."""
        from workings.sheets import export, tex

        return export.written(tex.tex(self.sheet(key)), path)

    def to_text(self, key: bool = False) -> str:
        """The worksheet in plain ASCII."""
        from workings.sheets.terminal_sheet import sheet_text

        return sheet_text(self.sheet(key))

    def to_spreadsheet(self, path: Any, key: bool = False) -> Path:
        """Write the worksheet as .xlsx: what is filled in is carried on by formulas."""
        from workings.sheets import spreadsheet

        return spreadsheet.write(self.explain(), self.sheet(key, whole=True), path)

    def steps(self, key: bool = True) -> tuple[Step, ...]:
        """What is to be done, one by one; with `key`, each with its lines."""
        made = []
        for i, task in enumerate(self.tasks, 1):
            lines: list[str] = []
            if key:
                for name in task.fills:
                    lines += self.lines(name)
                lines += self.counted if task.counts else ()
            made.append(Step(i, task.title, task.what, tuple(lines), task.fills))
        return tuple(made)

    def lines(self, name: str) -> list[str]:
        """How the cells of an array, or one cell, were made, a line each."""
        from workings.sheets.lines import line

        w = self.explain()
        if "[" in name:
            return [line(w.cell(name), self.crosses, self.bias)]
        known = name if name.startswith("mask") else w[name].name
        return lines_of(w, known, self.crosses, self.bias)

    @property
    def counted(self) -> tuple[str, ...]:
        """The parameters, counted as arithmetic."""
        from workings.sheets.wording import counts

        return counts(self.network, self.params, self.bias) if self.network else ()
