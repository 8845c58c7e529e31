"""Checkpoints: all that training needs to go on as if it had never stopped.

A checkpoint is a saved model (and loads as one) with the rest of the run in it: the optimizer's memory, the best
parameters, the history, how far the epoch has come, and the state of the random generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workings import saving
from workings.backends.plan import State, Tally
from workings.contract import Tree
from workings.training.history import History


@dataclass(frozen=True)
class Checkpoint:
    """Save to `path` after every `every` epochs, at the end, and when training is interrupted."""

    path: Any
    every: int = 1

    def __post_init__(self):
        if isinstance(self.every, bool) or not isinstance(self.every, int) or self.every < 1:
            raise ValueError(f"a checkpoint is written every so many epochs, from 1, not {self.every!r}")

    def __fspath__(self) -> str:
        return str(Path(self.path))


class Run:
    """Training on its way: the state, the history, and the place in the current epoch."""

    def __init__(self, state: State, rng: Any, history: History | None = None):
        self.state = state
        self.rng = rng
        self.history = History() if history is None else history
        self.best: State | None = None
        self.epoch = 0  # whole epochs done
        self.steps = 0  # steps done of the next one
        self.tally = Tally()
        self.seconds = 0.0
        self.interrupted = False
        self.before: dict[str, Any] = {}  # the generator's state when the epoch began

    def order(self, m: int, shuffle: bool) -> np.ndarray:
        """The order of the examples in this epoch; in the middle of one, the order it began with."""
        if not shuffle:
            return np.arange(m)
        if not self.steps:
            self.before = self.rng.bit_generator.state
            return self.rng.permutation(m)
        again = np.random.default_rng()
        again.bit_generator.state = self.before
        return again.permutation(m)

    def pack(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Arrays and plain data, to be saved beside the model's own."""
        arrays = flat(self.state.optimizer, "optimizer/")
        if self.best:
            arrays |= flat(self.best.params, "best/params/") | flat(self.best.memory, "best/memory/")
        about = {
            "epoch": self.epoch,
            "steps": self.steps,
            "tally": [self.tally.examples, self.tally.loss, self.tally.metric, self.tally.steps],
            "seconds": self.seconds,
            "rng": self.rng.bit_generator.state,
            "before": self.before,
            "history": self.history.rows,
            "stopped": "" if self.interrupted else self.history.stopped,
            "best": self.best is not None,
        }
        return arrays, about

    def unpack(self, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
        """Go on from what `pack` gave; parameters and memory are the saved model's own."""
        optimizer = nested(arrays, "optimizer/")
        optimizer["t"] = float(optimizer.get("t", 0.0))
        self.state = State(self.state.params, self.state.memory, optimizer)
        if about["best"]:
            self.best = State(nested(arrays, "best/params/"), nested(arrays, "best/memory/"), {})
        self.epoch, self.steps, self.seconds = about["epoch"], about["steps"], about["seconds"]
        self.tally = Tally(*about["tally"])
        self.rng.bit_generator.state = about["rng"]
        self.before = about["before"]
        self.history = History(about["history"], about["stopped"], self.history.backend)


def flat(tree: Tree, prefix: str) -> dict[str, np.ndarray]:
    """{"Z1": {"W": …}} as {"prefix/Z1/W": …}."""
    found: dict[str, np.ndarray] = {}
    for name, branch in tree.items():
        found |= flat(branch, f"{prefix}{name}/") if isinstance(branch, dict) else {prefix + name: np.asarray(branch)}
    return found


def nested(arrays: dict[str, np.ndarray], prefix: str) -> Tree:
    """And back."""
    tree: Tree = {}
    for path, array in arrays.items():
        if path.startswith(prefix):
            *folders, name = path.removeprefix(prefix).split("/")
            branch = tree
            for folder in folders:
                branch = branch.setdefault(folder, {})
            branch[name] = array
    return tree


def fingerprint(X: np.ndarray, Y: np.ndarray) -> str:
    """A word that changes when the data do: of the shapes and of a thousand rows spread over them."""
    import hashlib

    some = slice(None, None, max(1, len(X) // 1000))
    told = hashlib.sha256(repr((X.shape, str(X.dtype), Y.shape)).encode())
    for rows in (X[some], Y[some]):
        told.update(np.ascontiguousarray(rows).tobytes())
    return told.hexdigest()[:16]


def resumable(path: Any, settings: dict[str, Any]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """A checkpoint that was written with these settings.  Raises ValueError naming the first that differs."""
    arrays, about = saving.read(path)
    if "run" not in about:
        raise ValueError(f"{path} is a model, but not a checkpoint: there is no training in it to go on with")
    for name, value in settings.items():
        if (then := about["settings"].get(name)) != value:
            raise ValueError(
                f"{path} was written with {name} {then!r}, now it is {value!r}: going on would not be the same run; "
                "use the same settings, or another file"
            )
    return arrays, about
