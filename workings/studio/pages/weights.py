"""Weights: every layer of a network as pictures and numbers; a pixel opens as the weight it is."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from workings.explain.explanation import Explanation
from workings.studio.maths import number
from workings.studio.messages import Text
from workings.studio.page import Page
from workings.studio.pages.draw import MADE

BARS = 40  # of a histogram
UNITS = 64  # that are shown as pictures
DIGITS = 4
Named = Annotated[str, Meta(max_length=20)]


class Weights(Page):
    """The parameters of one network, an array at a time."""

    name = "weights"

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.network, self.array = "digits", "W1"

    def _model(self) -> Any:
        entry = self.studio.networks[self.network]
        return entry.model if entry.done.is_set() else None

    def explanation(self) -> Explanation | None:
        """A picture it has not seen, where there is one; else nothing but zeros."""
        model, entry = self._model(), self.studio.networks[self.network]
        if model is None:
            return None
        if entry.samples is not None:
            return model.explain(entry.samples[0][:1], entry.samples[1][:1])
        if model.preparation is not None:
            return None  # it reads a table, and there is no row of one here
        return model.explain(np.zeros((1, *model.shape), dtype=np.float32))

    def figure(self) -> Any:
        if (model := self._model()) is None:
            return None
        from workings.plots import weights_as_images

        return weights_as_images(model, f"Z{self.array[1:]}" if self.array[0] == "W" else "Z1")

    def code(self) -> str:
        load = f"import workings as wk\n\nmodel = wk.Model.load({self.network!r})\n"
        return f"{MADE.get(self.network, load)}print(model.parameters[{self.array!r}])\n"

    def on_start(self, network: Text = "digits", array: Named = "W1") -> None:
        """A network, and one array of it."""
        known = [entry.name for entry in self.studio.networks]
        if network in known:
            self.network = network
        entry = self.studio.networks[self.network]
        self.say("networks", {"chosen": self.network, "each": [e.told() for e in self.studio.networks]})
        if (model := self._model()) is not None:
            arrays = list(model.parameters)
            self.on_array(array if array in arrays else arrays[0])
        else:
            self.say("waiting", entry.says)
        if network not in known:
            self.say("failed", f"there is no network {network!r}; there are {', '.join(known)}")

    def on_array(self, array: Named) -> None:
        """Its numbers: pictures, a histogram, and what can be said of them in one line each."""
        model = self._model()
        if model is None or array not in model.parameters:
            return self.say("failed", f"this network has no array {array!r}")
        self.array = array
        W = np.asarray(model.parameters[array], dtype=np.float64)
        counts, edges = np.histogram(W, bins=BARS)
        told = lambda value: number(float(value), DIGITS).text
        side = round(W.shape[1] ** 0.5) if W.ndim == 2 else 0
        square = W.ndim == 2 and array == "W1" and side * side == W.shape[1] and side > 2
        self.say(
            "array",
            {
                "array": array,
                "arrays": list(model.parameters),
                "shape": list(W.shape),
                "side": side if square else None,
                "figures": [
                    ["numbers", f"{W.size:,}"],
                    ["smallest", told(W.min())],
                    ["largest", told(W.max())],
                    ["mean", told(W.mean())],
                    ["standard deviation", told(W.std())],
                    ["exactly 0", f"{int((W == 0).sum()):,}"],
                ],
                "counts": counts.tolist(),
                "edges": [told(edges[0]), told(edges[-1])],
                "ends": [float(edges[0]), float(edges[-1])],
                "widest": told(np.abs(W).max()),
                "shown": min(UNITS, len(W)),
            },
            {"W": np.asarray(W[:UNITS].reshape(min(UNITS, len(W)), -1), np.float32)},
        )

    def on_table(self, array: Named) -> None:
        """The array as CSV, to be kept."""
        model = self._model()
        if model is None:
            return self.say("failed", "the network is not ready yet")
        if array not in model.parameters:
            return self.say("failed", f"this network has no array {array!r}")
        W = np.asarray(model.parameters[array])
        lines = [",".join(repr(float(v)) for v in row) for row in W.reshape(len(W), -1)]
        self.say("table", {"name": f"{array}.csv", "text": "\n".join(lines) + "\n"})
