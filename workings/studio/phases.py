"""Phases: one step of training, a phase at a time: forward, loss, backward, update."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.explain.explanation import Explanation
from workings.model import Model
from workings.optimizers import OPTIMIZERS
from workings.studio.maths import number

ORDER = ("forward", "loss", "backward", "update")
KINDS = {
    "forward": lambda name: name[0] in "ZA",
    "loss": lambda name: name in ("L", "J"),
    "backward": lambda name: name[0] == "d" and name != "dX",
    "update": lambda name: name.endswith("_new") and name[0] in "Wb",
}


class Phases:
    """Goes through the data batch by batch; the optimizer's memory goes along."""

    def __init__(self, model: Model, data: tuple[Any, Any], batch: int, optimizer: str, **penalties: float):
        self.model, self.data, self.batch, self.penalties = model, data, min(batch, len(data[0])), penalties
        self.optimizer = OPTIMIZERS[optimizer]
        self.memory: Any = None
        self.row, self.next = 0, 0
        self.w: Any = None

    def step(self, rate: float) -> dict[str, Any]:
        """The next phase: its name, what it does in words, and a cell of each of its arrays."""
        phase = ORDER[self.next]
        if phase == "forward":
            rows = (self.row + np.arange(self.batch)) % len(self.data[0])
            self.w = self.model.explain(self.data[0][rows], np.asarray(self.data[1])[rows], **self.penalties)
            self.row = int(rows[-1]) + 1
        if phase == "update":
            self.w = self.w.update(self.optimizer, rate, self.memory)
            self.memory = self.w.step.state
            for row, named in self.w.step.params.items():
                for symbol, W in named.items():
                    self.model.state.params[row][symbol][...] = np.asarray(W, dtype=self.model.dtype)
        self.next = (self.next + 1) % len(ORDER)
        return {"phase": phase, "says": self._says(phase), "cells": _cells(self.w, phase)}

    def _says(self, phase: str) -> str:
        w, m = self.w, self.w.numbers["X"].shape[-1]
        told = lambda value: number(value, w.conventions.digits).text
        if phase == "forward":
            return f"Forward: the next {m} points go through the network, layer by layer."
        if phase == "loss":
            return f"Loss: how far the {m} answers are from what they should be, on average {told(w.numbers['J'])}."
        if phase == "backward":
            return "Backward: from the loss back, how much it grows with every number."
        return (
            f"Update: every weight moves against its gradient. On these points the loss goes from "
            f"{told(w.step.before)} to {told(w.step.after)}; the gradients predicted {told(w.step.predicted)}."
        )


def _cells(w: Explanation, phase: str) -> list[str]:
    names = [name for name in w if KINDS[phase](name)]
    return [f"{n}[{','.join('1' * w.numbers[n].ndim)}]" if w.numbers[n].ndim else n for n in names]
