"""Draw: a digit drawn by hand, every activation of the network that reads it, and every number open."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from workings.data import like_digits, like_mnist
from workings.data.centering import filling
from workings.explain.explanation import Explanation
from workings.studio.maths import number
from workings.studio.messages import Text, Whole
from workings.studio.page import Page

SIDE = 28
Ink = Annotated[list[Annotated[int, Meta(ge=0, le=255)]], Meta(min_length=SIDE * SIDE, max_length=SIDE * SIDE)]


DIGITS = """import workings as wk

X, y = wk.data.digits()
model = wk.Model([wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "softmax")], seed=0)
model.fit(X, y, epochs=100, batch_size=32, learning_rate=wk.schedules.Cosine(3.0, 100))
"""
MNIST = """import workings as wk

X, y = wk.data.mnist("train")
model = wk.Model([wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "softmax")], seed=0)
model.fit(X, y, epochs=10, batch_size=10, learning_rate=wk.schedules.Cosine(1.0, 10))
"""
MADE = {"digits": DIGITS, "mnist": MNIST}  # the code of the networks that the studio trains itself


class Draw(Page):
    """The pad, the network that reads it, and what it should have read."""

    name = "draw"
    aimless = "there is no loss, and so no gradient, yet: choose what it should be, below the drawing"

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.network = "digits"
        self.drawn = np.zeros((SIDE, SIDE), dtype=np.float32)
        self.read: np.ndarray | None = None  # a sample that is read as it is
        self.centered = True
        self.target: str | None = None
        self.worked: Explanation | None = None
        self.samples_taken = 0

    def explanation(self) -> Explanation | None:
        return self.worked

    def figure(self) -> Any:
        entry = self.studio.networks[self.network]
        if not entry.done.is_set() or self.worked is None:
            return None
        from workings.plots import network_diagram

        return network_diagram(entry.model, self._picture(entry.model)[None])

    def code(self) -> str:
        if self.network == "digits":
            return f"{DIGITS}\nprint(model.predict(X[:1]))\nprint(model.explain(X[:1], y[:1])['A3'][0, 0])\n"
        if self.network == "mnist":
            return MNIST
        return f"import workings as wk\n\nmodel = wk.Model.load({self.network!r})\nprint(model.summary())\n"

    def on_start(self, network: Text = "digits") -> None:
        """Which networks there are, and this one as soon as it is ready."""
        known = [entry.name for entry in self.studio.networks]
        if network in known and network != self.network:
            self.network, self.target, self.read = network, None, None
        entry = self.studio.networks[self.network]
        self.say("networks", {"chosen": self.network, "each": [e.told() for e in self.studio.networks]})
        if entry.done.is_set() and self._is_of_pictures(entry.model):
            labels = [str(label) for label in entry.model.classes_]
            self.say("ready", {"labels": labels, "shapes": self._layers(entry.model), "says": entry.says})
            self._look()
        if network not in known:
            self.say("failed", f"there is no network {network!r}; there are {', '.join(known)}")

    def on_ink(self, pixels: Ink) -> None:
        """What is on the pad now: 784 pixels, row by row, 0 paper to 255 ink."""
        self.drawn = np.asarray(pixels, np.float32).reshape(SIDE, SIDE) / 255
        self.read = None
        self._look()

    def on_center(self, wanted: bool) -> None:
        """Whether the drawing is centered, as the digits it learned from were."""
        self.centered = wanted
        self._look()

    def on_target(self, label: Text = "") -> None:
        """What it should be; empty: not said, and there is no loss."""
        self.target = label or None
        self._look()

    def on_sample(self) -> None:
        """A digit that the network has not seen in training, instead of a drawing."""
        entry = self.studio.networks[self.network]
        if entry.samples is None or not entry.done.is_set():
            return self.say("failed", "this network came without samples; draw one")
        X, y = entry.samples
        k = self.samples_taken = (self.samples_taken + 1) % len(X)
        self.read, self.target = np.asarray(X[k]), str(y[k])
        side = int(len(self.read) ** 0.5)
        ink = self.read.reshape(side, side) / (255 if self.read.dtype == np.uint8 else 1)
        zoom = -(-SIDE // side)
        self.drawn = np.kron(ink, np.ones((zoom, zoom)))[:SIDE, :SIDE].astype(np.float32)
        if side == 8:  # 8 × 3 = 24, in the middle of 28
            self.drawn = np.pad(np.kron(ink, np.ones((3, 3))), 2).astype(np.float32)
        self.say("sample", {"label": self.target}, {"drawn": np.rint(self.drawn * 255).astype(np.uint8)})
        self._look()

    def on_unit(self, array: Text, unit: Whole) -> None:
        """What goes into one unit: its weights, what they meet, and the products."""
        w, label = self.worked, array[1:]
        if w is None:
            return
        if array[:1] not in ("Z", "A") or f"W{label}" not in w or unit >= len(w.numbers[f"W{label}"]):
            return self.say("failed", f"{array} has no unit {unit} with weights of its own")
        W, read = w.numbers[f"W{label}"], self._reads(w, label)
        weights, met = W[unit], w.numbers[read][:, 0]
        digits = w.conventions.digits
        widest = float(np.abs(weights).max())
        self.say(
            "unit",
            {
                "array": array,
                "unit": unit,
                "bias": number(w.numbers[f"b{label}"][unit, 0], digits).text,
                "range": number(widest, 3).text,
                "of": read,
                "first": read == "X",
            },
            {
                "weights": np.asarray(weights, np.float32),
                "met": np.asarray(met, np.float32),
                "products": np.asarray(weights * met, np.float32),
            },
        )

    def _look(self) -> None:
        """Read the pad and tell every activation."""
        entry = self.studio.networks[self.network]
        if not entry.done.is_set() or not self._is_of_pictures(entry.model):
            return
        model = entry.model
        x, classes = self._picture(model), {str(c): c for c in model.classes_}
        if self.target is not None and self.target not in classes:
            self.say("failed", f"this network never answers {self.target!r}, but one of {', '.join(classes)}")
            self.target = None
        y = None if self.target is None else classes[self.target]
        w = self.worked = model.explain(x[None], None if y is None else [y])
        rows = self._activations(w)
        shares, digits = w.numbers[rows[-1]][:, 0], 2
        best = int(shares.argmax())
        side = int(len(x) ** 0.5)
        shown = np.asarray(w.numbers["X"][:, 0], np.float32).reshape(side, side)
        self.say(
            "guess",
            {
                "label": str(model.classes_[best]),
                "share": f"{100 * float(shares[best]):.3g} %",
                "blank": not self.drawn.any(),
                "cell": f"{rows[-1]}[{best + 1},1]",
                "target": self.target,
                "loss": None if y is None else number(w.numbers["J"], 4).text,
                "layers": [
                    {
                        "array": row,
                        "texts": [f"{float(v):.{digits}f}".replace("-", "−") for v in w.numbers[row][:, 0]],
                    }
                    for row in rows
                ],
            },
            {"read": shown, "between": self._between(model)}
            | {row: np.asarray(w.numbers[row][:, 0], np.float32) for row in rows},
        )

    def _between(self, model: Any) -> np.ndarray:
        """The drawing in the place and size of the digits it learned from, before it is made coarser."""
        if self.read is not None or not self.centered:
            return self.drawn
        return filling(self.drawn) if model.shape == (64,) else like_mnist(self.drawn)

    def _picture(self, model: Any) -> np.ndarray:
        """The features that the network is given."""
        if self.read is not None:
            return self.read
        small = model.shape == (64,)
        if self.centered:
            return (like_digits if small else like_mnist)(self.drawn).reshape(-1)
        if small:
            return np.pad(self.drawn, 2).reshape(8, 4, 8, 4).mean(axis=(1, 3)).reshape(-1)
        return self.drawn.reshape(-1)

    @staticmethod
    def _is_of_pictures(model: Any) -> bool:
        return model.shape in ((64,), (784,)) and getattr(model, "classes_", None) is not None

    def _layers(self, model: Any) -> list[dict[str, Any]]:
        return [
            {"array": row.name, "units": len(model.parameters[f"W{row.name[1:]}"])}
            for row in model.network.rows
            if row.name[0] == "A" and f"W{row.name[1:]}" in model.parameters
        ]

    @staticmethod
    def _activations(w: Explanation) -> list[str]:
        return [row.name for row in w.problem.network.rows if row.name[0] == "A"]

    @staticmethod
    def _reads(w: Explanation, label: str) -> str:
        return next(row.reads[0] for row in w.problem.network.rows if row.name == f"Z{label}")
