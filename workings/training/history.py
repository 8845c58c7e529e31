"""History: what every epoch said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class History:
    """One row per epoch: epoch (from 1), loss, the metric, learning_rate, seconds, and the validation figures.

    `loss` and the metric are means over the epoch's batches as they were trained on; the validation figures are of
    the network at the end of the epoch.  `stopped` says why training ended, `how` by which optimizer, in batches of
    how many and in which precision ({"optimizer": "adam", "batch_size": 32, "dtype": "float32"}).

    >>> h = History([{"epoch": 1, "loss": 0.7}, {"epoch": 2, "loss": 0.5}])
    >>> h["loss"], h[-1]["epoch"], len(h)
    ([0.7, 0.5], 2, 2)
    >>> h
    <History of 2 epochs: loss 0.5>
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    stopped: str = ""
    backend: str = ""
    how: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return self.rows[key]
        if key not in self.columns:
            raise KeyError(f"the history has no {key!r}; it has {', '.join(self.columns) or 'no epoch yet'}")
        return [row[key] for row in self.rows if key in row]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, float]]:
        return iter(self.rows)

    @property
    def columns(self) -> list[str]:
        """The names of the figures."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def best(self, name: str | None = None, higher: bool | None = None) -> dict[str, float]:
        """The row of the best epoch, by default by validation loss, or loss where there is none.

        >>> History([{"epoch": 1, "loss": 0.7}, {"epoch": 2, "loss": 0.5}]).best()
        {'epoch': 2, 'loss': 0.5}
        """
        if not self.rows:
            raise ValueError("no epoch has been trained yet")
        name = name or ("validation_loss" if "validation_loss" in self.columns else "loss")
        self[name]  # a KeyError names the columns there are
        higher = "accuracy" in name if higher is None else higher
        return (max if higher else min)((row for row in self.rows if name in row), key=lambda row: row[name])

    def to_json(self) -> dict[str, Any]:
        """The fields as plain data; a figure that is no number as a text, since JSON has none."""
        rows = [{k: x if math.isfinite(x) else str(x) for k, x in row.items()} for row in self.rows]
        return {"rows": rows, "stopped": self.stopped, "backend": self.backend, "how": self.how}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> History:
        """And back."""
        rows = [{k: float(x) if isinstance(x, str) else x for k, x in row.items()} for row in told["rows"]]
        how = told.get("how", {})  # files of an earlier version have none
        return cls(rows, told["stopped"], told["backend"], how if isinstance(how, dict) else {})

    def __repr__(self) -> str:
        last = [f"{k} {x:.4g}" for k, x in (self.rows or [{}])[-1].items() if k not in ("epoch", "seconds")]
        return f"<History of {len(self)} epoch{'s' * (len(self) != 1)}{': ' * bool(last)}{', '.join(last)}>"

    def __str__(self) -> str:
        names = self.columns
        lines = ["  ".join(f"{name:>12}" for name in (n.replace("validation_", "val ") for n in names))]
        lines += ["  ".join(f"{row.get(name, float('nan')):>12.5g}" for name in names) for row in self.rows]
        return "\n".join(lines + ([f"stopped: {self.stopped}"] if self.stopped else []))

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{row[n]:.5g}</td>" if n in row else "<td></td>" for n in self.columns) + "</tr>"
            for row in self.rows
        )
        return f"<table><tr>{head}</tr>{body}</table>"

    def plot(self) -> Any:
        """The learning curves, as a Matplotlib figure."""
        from workings.plots import learning_curves

        return learning_curves(self)
