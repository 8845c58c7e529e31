"""Advice: what the check-up says of a training that went wrong or stands still, as a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workings.model import Model


def stalls(losses: Sequence[float]) -> bool:
    """Whether the loss is still most of the first, and the second half of the way has hardly lowered it.

    >>> stalls([0.7, 0.69, 0.69, 0.69]), stalls([0.7, 0.5, 0.3, 0.2])
    (True, False)
    """
    return losses[-1] > max(0.5 * losses[0], 0.98 * losses[len(losses) // 2])


def advice(model: Model, train: tuple[Any, Any], test: tuple[Any, Any], **habits: Any) -> list[dict[str, str]]:
    """Every finding in words: its kind, what was seen, the reason, and what to write in Python instead."""
    report = model.checkup(*train, test if len(test[0]) else None, **habits, try_cures=False)
    return [{"kind": f.kind, "said": f.evidence.said, "reason": f.reason, "cure": f.cure} for f in report]
