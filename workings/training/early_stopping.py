"""Early stopping: end when nothing has improved for a while, with the best parameters seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from workings.training.history import History


@dataclass(frozen=True)
class EarlyStopping:
    """Stop after `patience` epochs in a row that did not improve `monitor` by more than `least`.

    `monitor` is a column of the history; by default the validation loss, or the loss where there is no validation.
    `restore` ends with the parameters of the best epoch, whether training stopped early or went through.

    >>> EarlyStopping(patience=2).enough(History([{"epoch": k, "loss": 1.0} for k in (1, 2, 3)]))
    True
    """

    patience: int = 10
    monitor: str | None = None
    least: float = 0.0
    restore: bool = True

    def __post_init__(self):
        if isinstance(self.patience, bool) or not isinstance(self.patience, int) or self.patience < 1:
            raise ValueError(f"patience is a number of epochs, from 1, not {self.patience!r}")
        if isinstance(self.least, bool) or not isinstance(self.least, int | float) or not 0 <= self.least < math.inf:
            raise ValueError(f"least is how much counts as an improvement, 0 or more, not {self.least!r}")

    def check(self, metric: str, validated: bool) -> None:
        """Refuse to watch what will not be there."""
        kinds = ("", "validation_") if validated else ("",)
        known = [f"{kind}{figure}" for kind in kinds for figure in ("loss", metric)]
        if self.monitor is not None and self.monitor not in known:
            raise ValueError(f"there is no {self.monitor!r} to watch; there are {', '.join(known)}")

    def best_epoch(self, history: History) -> int:
        """The epoch (from 1) that nothing after it improved upon enough; 0 before the first."""
        name, best, at = self._watched(history), None, 0
        for row in history:
            value = -row[name] if "accuracy" in name else row[name]
            if best is None or value < best - self.least or (best != best and value == value):
                best, at = value, int(row["epoch"])
        return at

    def enough(self, history: History) -> bool:
        """Whether the last `patience` epochs were in vain."""
        return len(history) > 0 and int(history[-1]["epoch"]) - self.best_epoch(history) >= self.patience

    def _watched(self, history: History) -> str:
        if self.monitor:
            return self.monitor
        return "validation_loss" if "validation_loss" in history.columns else "loss"
