"""Advice: what the check-up says of a training that went wrong or stands still, as a page shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from workings.model import Model
from workings.studio.maths import typeset


def stalls(losses: Sequence[float]) -> bool:
    """Whether the loss is still most of the first, and the second half of the way has hardly lowered it.

    >>> stalls([0.7, 0.69, 0.69, 0.69]), stalls([0.7, 0.5, 0.3, 0.2])
    (True, False)
    """
    return losses[-1] > max(0.5 * losses[0], 0.98 * losses[len(losses) // 2])


HERE = {  # what a cure is in the words of the page
    r"fit\(.*learning_rate=([\d.e-]+)": "set Learning rate to about {} in the settings above, then Rewind and Train.",
    r"fit\(.*l2=([\d.e-]+)": "set L2 penalty to {} in the settings above.",
    r"activated\(.*\"(\w+)\"|bent\(.*\"(\w+)\"": "choose the activation {} in the settings above.",
    r"redrawn\(model\)$": "choose a smaller Learning rate, and press Rewind: it begins again from the first weights.",
    r"redrawn\(": "press New seed: the network begins from other weights.",
}


def advice(model: Model, train: tuple[Any, Any], test: tuple[Any, Any], **habits: Any) -> list[dict[str, str]]:
    """Every finding in words: its kind, what was seen, the reason, what to do here, what to write in Python."""
    report = model.checkup(*train, test if len(test[0]) else None, **habits, try_cures=False)
    return [
        {
            "kind": f.kind,
            "said": plain(f.evidence.said),
            "reason": plain(f.reason),
            "here": here(f.cure),
            "cure": f.cure,
        }
        for f in report
    ]


def here(cure: str) -> str:
    """What does on the page as a cure does in Python; nothing where the page has no such control.

    >>> here("model.fit(X, y, learning_rate=0.03)")
    'set Learning rate to about 0.03 in the settings above, then Rewind and Train.'
    >>> here("model = wk.checkup.classifying(model, 3)")
    ''
    """
    for pattern, words in HERE.items():
        if found := re.search(pattern, cure):
            return words.format(*(group for group in found.groups() if group))
    return ""


def plain(said: str) -> str:
    """What the library says of a training that went wrong, without its Python.

    >>> plain("The steps are too long: J is 2.1e+16. Try learning_rate=0.3.")
    'The steps are too long: J is 2.1×10¹⁶. Try a learning rate of 0.3.'
    """
    said = re.sub(r"-?\d[\d.]*e[+-]\d+", lambda found: typeset(found[0]), said)
    return said.replace("learning_rate=", "a learning rate of ")
