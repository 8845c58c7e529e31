"""Sheet: a network and a batch laid out as a person would on paper, as plain data that every printer reads.

    dW | db      W | b      X
                            Z = W X + b      dZ

Bands run down the page and slots run across it.  A product stands where the rows of what is to its left meet the
columns of what is above it, so that a finger of each hand finds every term.  With examples as rows (`rows.py`) the
two change places: X to the left, W above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

SLOTS = ("left_gradient", "left", "middle", "beside", "right")  # across the page; what is met stands to the left


@dataclass(frozen=True)
class Cell:
    """One number: its name as on the board, its value, and what is printed for it.

    `struck` is the number that was crossed out for it (-5 -> 0), `row` and `column` are marks: cells that carry the
    same one have the same colour and the same pattern.  A cell without a name (the 1 under x) is there to be met.
    """

    name: str
    value: Any
    text: str
    rounded: bool = False
    struck: str = ""
    blank: bool = False
    row: int | None = None
    column: int | None = None

    def letters(self, key: bool, blank: int = 3) -> int:
        """How many letters are printed; a blank is as wide as any other, so that its width tells nothing."""
        if self.blank and not key:
            return blank
        return len(self.text) + self.rounded + (len(self.struck) + 1 if self.struck else 0)


@dataclass(frozen=True)
class Block:
    """One matrix, or two side by side with a line between them: [W | b]."""

    names: tuple[str, ...]
    title: str  # W1 | b1
    formula: str  # Z1 = W1 X + b1; empty where the numbers are given
    reading: str  # what the symbols mean, in words
    cells: tuple[tuple[Cell, ...], ...]
    split: int = 0  # columns left of the line; 0 without a line
    heads: tuple[str, ...] = ()  # over the columns, or before the rows of a block that is turned
    ones: bool = False  # whether the last row (turned: the last column) is there for the bias
    under: str = ""  # the array that is crossed out in its cells
    turned: bool = False  # whether rows and columns have changed places: then the line lies below `split` rows

    @property
    def width(self) -> int:
        return len(self.cells[0])

    @property
    def height(self) -> int:
        return len(self.cells)

    @property
    def right_of(self) -> int:
        """The column that a line stands left of; 0 without one."""
        return 0 if self.turned else self.split

    @property
    def below(self) -> int:
        """The row that a line lies above; 0 without one."""
        return self.split if self.turned else 0

    @property
    def transposed(self) -> bool:
        """Whether it is the transpose of what it is named after, as weights are in a sheet of rows."""
        return self.title.endswith(".T")

    @property
    def tops(self) -> tuple[str, ...]:
        """What stands over the columns."""
        return () if self.turned else self.heads

    @property
    def sides(self) -> tuple[str, ...]:
        """What stands before the rows."""
        return self.heads if self.turned else ()


@dataclass(frozen=True)
class Band:
    """Blocks that stand side by side, by their slots; in a `loose` band they follow one another and meet nothing."""

    slots: Mapping[str, Block]
    loose: bool = False

    @property
    def formulas(self) -> list[str]:
        """How its blocks are made, forward first."""
        known = ("left", "middle", "beside", "right", "left_gradient")
        order = [*known, *(slot for slot in self.slots if slot not in known)]
        return [f for slot in order if slot in self.slots and (f := self.slots[slot].formula)]

    @property
    def across(self) -> list[Block]:
        """Its blocks from left to right."""
        order = [*self.slots] if self.loose else sorted(self.slots, key=SLOTS.index)
        return [self.slots[slot] for slot in order]

    @property
    def height(self) -> int:
        return max(block.height for block in self.slots.values())


@dataclass(frozen=True)
class Step:
    """What is to be done, and the cells it fills, each with its line."""

    number: int
    title: str
    what: str
    lines: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A weight that is not zero, from one node to the next layer's."""

    layer: int
    source: int
    target: int
    weight: Any
    mark: int | None


@dataclass(frozen=True)
class Diagram:
    """Layers of nodes, and the links between them."""

    layers: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Sheet:
    """What stands on the page.  With `key`, the blanks are filled."""

    title: str
    lead: str
    bands: tuple[Band, ...]
    steps: tuple[Step, ...] = ()
    counts: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    glossary: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    diagram: Diagram | None = None
    links: bool = True  # whether the links are drawn on the worksheet too
    key: bool = False
    owner: str = ""  # whose it is, where the title says so

    def blocks(self) -> Iterator[tuple[int, str, Block]]:
        """Every block with its band and slot, from the top left."""
        for i, band in enumerate(self.bands):
            for slot in [*SLOTS, *(slot for slot in band.slots if slot not in SLOTS)]:
                if slot in band.slots:
                    yield i, slot, band.slots[slot]

    def cells(self) -> Iterator[Cell]:
        """Every cell that has a name."""
        for _, _, block in self.blocks():
            for row in block.cells:
                yield from (cell for cell in row if cell.name)

    def cell(self, name: str) -> Cell:
        """The cell of this name."""
        for cell in self.cells():
            if cell.name == name:
                return cell
        raise KeyError(f"there is no cell {name!r} on this sheet; the first are {', '.join(self._some())}")

    def _some(self) -> list[str]:
        return [cell.name for cell, _ in zip(self.cells(), range(5), strict=False)]

    @property
    def blanks(self) -> list[str]:
        """The names of the cells to be filled in."""
        return [cell.name for cell in self.cells() if cell.blank]

    @property
    def tally(self) -> tuple[str, ...]:
        """The counts of parameters that no step tells."""
        told = {line for step in self.steps for line in step.lines}
        return tuple(line for line in self.counts if line not in told)

    def step_of(self, block: Block) -> int | None:
        """The number of the step that fills a block."""
        for step in self.steps:
            if {name.split("[")[0] for name in step.fills} & {*block.names, block.under}:
                return step.number
        return None

    def width(self, slot: str) -> int:
        """How many columns a slot needs."""
        return max((band.slots[slot].width for band in self.bands if slot in band.slots), default=0)

    def to_json(self) -> dict[str, Any]:
        """The whole sheet as plain data; exact numbers as texts such as "1/2", blanks without their value."""
        return _plain(asdict(self), self.key)


def _plain(x: Any, key: bool) -> Any:
    if isinstance(x, Mapping):
        hidden = x.get("blank") and not key
        return {str(k): _plain("" if hidden and k in ("value", "text", "struck") else v, key) for k, v in x.items()}
    if isinstance(x, list | tuple):
        return [_plain(v, key) for v in x]
    if isinstance(x, Fraction):
        return str(x)
    if hasattr(x, "item"):
        x = x.item()
    if isinstance(x, float) and x - x != 0:
        return str(x)
    return x
