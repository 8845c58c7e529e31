"""Verdicts: what the gradient check says of each array, and of all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workings.checkup.finding import Evidence, listed, plain
from workings.checkup.report import table


@dataclass(frozen=True)
class Verdict:
    """On one array: `fault` is "" where it is right; `difference` is the largest, as a share of the largest slope."""

    name: str
    fault: str
    said: str
    difference: float
    cell: str = ""
    given: float | None = None
    slope: float | None = None
    checked: int = 0
    cells: int = 0
    kinks: int = 0

    @property
    def right(self) -> bool:
        return not self.fault


@dataclass(frozen=True)
class Verdicts(Mapping[str, Verdict]):
    """By name, in the order of the way back; `said` is what they tell together."""

    by_name: dict[str, Verdict]
    said: str
    tolerance: float

    def __getitem__(self, name: str) -> Verdict:
        return self.by_name[name if name in self.by_name else f"d{name}"]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    @property
    def right(self) -> bool:
        """Whether all of them are."""
        return all(verdict.right for verdict in self.by_name.values())

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        arrays = [plain(asdict(verdict)) for verdict in self.by_name.values()]
        return {"right": self.right, "said": self.said, "tolerance": self.tolerance, "arrays": arrays}

    def __str__(self) -> str:
        rows = []
        for v in self.by_name.values():
            looked = f"{v.checked:,} of {v.cells:,}" + (f", {v.kinks} at a kink" if v.kinks else "")
            rows.append((v.name, "right" if v.right else "WRONG", v.difference, looked))
        lines = table(Evidence("", ("array", "", "difference", "cells checked"), tuple(rows)), 0, len(rows))
        for v in self.by_name.values():
            if v.fault:
                where = f"  ({v.cell} is {v.given:.6g}; the slope there is {v.slope:.6g})" if v.cell else ""
                lines.append(f"{v.name}: {v.said}{where}")
        return "\n".join([*lines, self.said])

    __repr__ = __str__


def together(found: dict[str, Verdict]) -> str:
    """What all verdicts tell together."""
    wrong = [v for v in found.values() if not v.right]
    if not wrong:
        checked = sum(v.checked for v in found.values())
        return f"all {len(found)} gradients agree with the slope of J at {checked:,} cells"
    named = listed([v.name for v in wrong])
    if all(v.said == wrong[0].said for v in wrong) and len(wrong) > 1:
        return f"{named}: all in the same way, so look where {wrong[0].name} gets what it reads"
    return f"{named} {'is' if len(wrong) == 1 else 'are'} wrong; on the way back, {wrong[0].name} is the first"
