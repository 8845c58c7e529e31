"""Pictures: what every unit of a playground's network answers all over the plane, as bytes that a browser paints.

A byte of 128 is the middle, 1 and 255 are the most there is on either side.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.model import Model
from workings.studio.points import features, grid

SMALL, LARGE = 30, 100  # pixels of a unit's picture and of the whole one


class Pictures:
    """Of one network, as often as it is asked: what the pixels read is worked out once.

    rows   the layers as they are shown: what comes out of each, and of how many units
    """

    def __init__(self, model: Model, columns: list[str]):
        names, parameters = [row.name for row in model.network.rows], model.parameters
        shown = [n for n in names if n[0] == "A" or f"A{n[1:]}" not in names]
        self.model = model
        self.rows: list[dict[str, Any]] = [{"array": n, "units": len(parameters[f"W{n[1:]}"])} for n in shown]
        self.shares = {row.name for row in model.network.rows if type(row.layer).__name__ == "Sigmoid"}
        small, large = (features(grid(side), columns).T for side in (SMALL, LARGE))
        self.pixels = np.concatenate([small, large], axis=1).astype(model.dtype)  # both pictures in one pass
        self.inputs = self._shaded(small, "X", SMALL)

    def now(self) -> dict[str, np.ndarray]:
        """X and every layer, (units, 30, 30), and "whole", what the network answers, (100, 100)."""
        state, few = self.model.state, SMALL * SMALL
        with np.errstate(all="ignore"):
            wires, _ = self.model.network.forward(np, state.params, self.pixels, state.memory)
            units = {
                row["array"]: self._shaded(wires[row["array"]][:, :few], row["array"], SMALL) for row in self.rows
            }
            last = self.rows[-1]["array"]
            return {"whole": self._shaded(wires[last][:, few:], last, LARGE)[0], "X": self.inputs, **units}

    def _shaded(self, values: np.ndarray, name: str, side: int) -> np.ndarray:
        """(units, pixels) as bytes; what is not finite is the middle."""
        if name in self.shares:
            scaled = 254 * values - 127
        else:
            scaled = values * (127 / np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-6))
        scaled = np.nan_to_num(scaled, nan=0, posinf=0, neginf=0)
        return np.rint(128 + np.clip(scaled, -127, 127)).astype(np.uint8).reshape(-1, side, side)
