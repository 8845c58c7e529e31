"""Networks: the ones that the studio can show: digits trained here at the start, MNIST, models of the folder.

Training runs in a thread, and the pages are there meanwhile: they show how far it is.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from workings.data import digits, mnist, split_rows
from workings.model import Model
from workings.schedules import Cosine
from workings.specs import Dense
from workings.studio.folder import listed

MODELS = ("safetensors",)
PICTURES = {64: (8, 8), 784: (28, 28)}


@dataclass
class Entry:
    """One network that can be chosen: trained, in training, or still to be trained or loaded."""

    name: str
    title: str
    make: Callable[[Entry], None] = field(repr=False)
    model: Any = None
    samples: tuple[np.ndarray, np.ndarray] | None = None  # held out: pictures it has not seen, and what they are
    says: str = ""  # how far it is, or what went wrong
    failed: bool = False
    done: threading.Event = field(default_factory=threading.Event, repr=False)
    thread: threading.Thread | None = field(default=None, repr=False)

    def begin(self) -> Entry:
        """Train or load it in a thread, once."""
        if self.thread is None:
            self.thread = threading.Thread(target=self._work, name=f"network {self.name}", daemon=True)
            self.thread.start()
        return self

    def ready(self, seconds: float) -> bool:
        """Whether it can be used, at most so many seconds from now; one that cannot be read is known at once."""
        if (thread := self.thread) is not None:
            thread.join(seconds)
        return self.done.is_set()

    def _work(self) -> None:
        try:
            self.make(self)
        except Exception as error:
            self.says, self.failed, self.thread = f"{error}", True, None
        else:
            self.done.set()

    def told(self) -> dict[str, Any]:
        """The entry as a page lists it."""
        ready = self.model is not None and self.done.is_set()
        size = PICTURES.get(math.prod(self.model.shape)) if ready and self.model else None
        return {"name": self.name, "title": self.title, "ready": ready, "says": self.says, "size": size}


class Networks:
    """All of them; what is in the folder is looked up anew each time it is listed."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.known = {
            "digits": Entry("digits", "8×8 digits, 64-16-16-10", _digits),
            "mnist": Entry("mnist", "MNIST, 784-16-16-10", _mnist),
        }

    def begin(self) -> None:
        """Train the first network, so that it is there when somebody has found the pad."""
        self.known["digits"].begin()

    def __iter__(self) -> Any:
        found = listed(self.folder, MODELS)
        for name in found:
            self.known.setdefault(name, Entry(name, name, _loaded(self.folder / name)))
        return iter([e for e in self.known.values() if e.name in ("digits", "mnist", *found)])

    def __getitem__(self, name: str) -> Entry:
        """The network of that name, begun.  Raises ValueError where there is none."""
        entry = next((e for e in self if e.name == name), None)
        if entry is None:
            raise ValueError(f"there is no network {name!r}; there are {', '.join(e.name for e in self)}")
        return entry.begin()


def _digits(entry: Entry) -> None:
    X, y = digits()
    train, _, test = split_rows(len(X), 0.2, seed=0, labels=y)
    _train(entry, X[train], X[test], y[train], y[test], epochs=100, rate=3.0, batch=32)


def _mnist(entry: Entry) -> None:
    entry.says = "looking for MNIST"
    X, y = mnist("train")
    test = mnist("test")
    _train(entry, X, test[0], y, test[1], epochs=10, rate=1.0, batch=10)


def _train(entry: Entry, X: Any, X_test: Any, y: Any, y_test: Any, epochs: int, rate: float, batch: int) -> None:
    model = Model([Dense(16, "sigmoid"), Dense(16, "sigmoid"), Dense(10, "softmax")], seed=0)

    def told(_: Any, history: Any) -> None:
        share = f"{100 * history[-1]['accuracy']:.0f} % of what it learns from"
        entry.says = f"epoch {len(history)} of {epochs}: right on {share}"

    model.fit(
        X, y, epochs=epochs, batch_size=batch, learning_rate=Cosine(rate, epochs), progress=False, callbacks=told
    )
    right = model.evaluate(X_test, y_test)["accuracy"]
    entry.says = f"right on {100 * right:.1f} % of {len(y_test):,} digits it has not seen"
    entry.samples = X_test, y_test
    entry.model = model


def _loaded(path: Path) -> Callable[[Entry], None]:
    def load(entry: Entry) -> None:
        entry.model = Model.load(path)
        entry.says = "loaded"

    return load
