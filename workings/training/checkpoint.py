"""Checkpoints: all that training needs to go on as if it had never stopped.

A checkpoint is a saved model (and loads as one) with the rest of the run in it: the optimizer's memory, the best
parameters, the history, how far the epoch has come, and the state of the random generator.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workings import saving
from workings.backends.plan import State, Tally
from workings.contract import Tree
from workings.network import Network
from workings.training.history import History
from workings.training.order import mixed

if TYPE_CHECKING:
    from workings.training.fit import Course


@dataclass(frozen=True)
class Checkpoint:
    """Save to `path` after every `every` epochs, at the end, and when training is interrupted.

    >>> Checkpoint("run.safetensors", every=5).every
    5
    """

    path: Any
    every: int = 1

    def __post_init__(self):
        if isinstance(self.every, bool) or not isinstance(self.every, int) or self.every < 1:
            raise ValueError(f"a checkpoint is written every so many epochs, from 1, not {self.every!r}")

    def __fspath__(self) -> str:
        return str(Path(self.path))


@dataclass
class Run:
    """Training on its way: the state, the history, and the place in the current epoch."""

    state: State
    rng: Any
    history: History = field(default_factory=History)
    best: State | None = None  # what early stopping would put back
    epoch: int = 0  # whole epochs done
    steps: int = 0  # steps done of the next one
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    before: dict[str, Any] = field(default_factory=dict)  # the generator when the epoch's order was drawn
    interrupted: bool = False
    done: bool = False

    @property
    def answer(self) -> State:
        """What the model is to hold: the best state, if it was watched and training is over, else the present one."""
        return self.best if self.done and self.best else self.state

    def order(self, m: int, shuffle: bool | str) -> np.ndarray:
        """The order of the examples in this epoch; asked again in the middle of one, the same order."""
        if not shuffle:
            return np.arange(m)
        if not self.before:
            self.before = self.rng.bit_generator.state
            return mixed(self.rng, m, shuffle)
        again = np.random.default_rng()
        again.bit_generator.state = self.before
        return mixed(again, m, shuffle)

    def next_epoch(self) -> None:
        """An epoch is over."""
        self.epoch, self.steps, self.tally, self.seconds, self.before = self.epoch + 1, 0, Tally(), 0.0, {}

    def pack(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Arrays and plain data, to be saved beside the model's own."""
        arrays = saving.flat(self.state.optimizer, "optimizer/")
        if self.best:
            arrays |= saving.flat(self.best.params, "best/params/") | saving.flat(self.best.memory, "best/memory/")
        if self.answer is not self.state:
            arrays |= saving.flat(self.state.params, "last/params/") | saving.flat(self.state.memory, "last/memory/")
        about = {
            "epoch": self.epoch,
            "steps": self.steps,
            "tally": [self.tally.examples, self.tally.loss, self.tally.metric, self.tally.steps],
            "seconds": self.seconds,
            "rng": self.rng.bit_generator.state,
            "before": self.before,
            "history": self.history.to_json(),
            "stopped": "" if self.interrupted else self.history.stopped,
            "best": self.best is not None,
            "last": self.answer is not self.state,
        }
        return arrays, about

    def unpack(self, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
        """Go on from what `pack` gave; parameters and memory are the saved model's own, unless it holds the best."""
        held = self._state(arrays, "last/") if about["last"] else self.state
        memory = remembered(self.state.optimizer, saving.nested(arrays, "optimizer/"))
        self.state = State(held.params, held.memory, memory)
        self.best = self._state(arrays, "best/") if about["best"] else None
        self.epoch, self.steps, self.seconds = about["epoch"], about["steps"], about["seconds"]
        self.tally = Tally(*about["tally"])
        self.rng.bit_generator.state = about["rng"]
        self.before = about["before"]
        rows = History.from_json(about["history"]).rows
        self.history = replace(self.history, rows=rows, stopped=about["stopped"])

    def _state(self, arrays: dict[str, np.ndarray], prefix: str) -> State:
        """A state of the same rows and symbols, in their order, from under this prefix."""
        params, memory = (saving.nested(arrays, f"{prefix}{kind}/") for kind in ("params", "memory"))
        return State(saving.ordered(params, self.state.params), saving.ordered(memory, self.state.memory), {})


def remembered(fresh: Tree, kept: Tree) -> Tree:
    """An optimizer's memory as it was kept; a fresh one where what was kept is another optimizer's, or nothing.

    >>> remembered({"t": 0.0}, {"t": np.array(5.0)}), remembered({"t": 0.0}, {"V": {}}), remembered({"t": 0.0}, {})
    ({'t': 5.0}, {'t': 0.0}, {'t': 0.0})
    """
    memory = {**fresh, **kept}  # a tree without a leaf leaves no path, and t is a plain number
    memory = {name: x if isinstance(x, dict) or np.ndim(x) else float(x) for name, x in memory.items()}
    shapes = [{path: np.shape(x) for path, x in saving.flat(tree, "").items()} for tree in (memory, fresh)]
    return memory if memory.keys() == fresh.keys() and shapes[0] == shapes[1] else fresh


def settings(course: Course, network: Network, loss: Any, seed: int, X: np.ndarray, Y: np.ndarray) -> dict[str, Any]:
    """What must be the same for a run to be the same: everything but how long it goes on."""
    told = {
        "network": saving.describe_network(network),
        "loss": saving.describe(loss),
        "optimizer": saving.describe(course.plan.optimizer),
        "penalties": [saving.describe(penalty) for penalty in course.plan.penalties],
        "learning rate": rates(course.schedule),
        "batch size": course.batch_size,
        "shuffle": course.shuffle,
        "dtype": course.plan.dtype,
        "seed": seed,
        "data": fingerprint(X, Y),
        "validation data": course.validation and fingerprint(*course.validation[:2]),
        "weights": course.weights is not None and fingerprint(course.weights, course.weights),
        "early stopping": repr(course.early_stopping),
    }
    return json.loads(json.dumps(told, default=repr))


def rates(schedule: Callable[[int], float]) -> str:
    """A schedule in words; a function of the user's own by what it gives for the first epochs."""
    if is_dataclass(schedule):
        return repr(schedule)
    try:
        return "a function: " + ", ".join(f"{schedule(k):.6g}" for k in range(5)) + ", …"
    except Exception:  # it may know fewer epochs
        return f"a function that begins with {schedule(0):.6g}"


def fingerprint(X: np.ndarray, Y: np.ndarray) -> str:
    """A word that changes when the data do: of the shapes and of a thousand rows spread over them."""
    some = slice(None, None, max(1, len(X) // 1000))
    told = hashlib.sha256(repr((X.shape, str(X.dtype), Y.shape)).encode())
    for rows in (X[some], Y[some]):
        told.update(np.ascontiguousarray(rows).tobytes())
    return told.hexdigest()[:16]


def resumable(path: Any, settings: dict[str, Any]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """A checkpoint that was written with these settings.  Raises ValueError naming the first that differs."""
    arrays, about = saving.read(path)
    if "run" not in about:
        raise ValueError(f"{Path(path)} is a model, but not a checkpoint: there is no training in it to go on with")
    for name, value in settings.items():
        if (then := about["settings"].get(name)) != value:
            raise ValueError(
                f"{Path(path)} was written {difference(name, then, value)}: going on would not be the same run; "
                "use the same settings, or another file"
            )
    return arrays, about


def difference(name: str, then: Any, now: Any) -> str:
    """A setting that was one thing and is another, in words.

    >>> difference("batch size", 32, 8)
    'with batch size 32, now it is 8'
    """
    if name == "data":  # a fingerprint, which says nothing
        return "with other rows of data"
    if name in ("validation data", "weights"):
        return f"{'with other' if then and now else 'with' if then else 'without'} {name}"
    if name != "network":
        return f"with {name} {said(then)}, now it is {said(now)}"
    if sizes(then) != sizes(now):
        return f"for the network {sizes(then)}, now it is {sizes(now)}"
    pairs = zip_longest(then, now, fillvalue={"name": "nothing", "layer": "", "reads": []})
    was, is_now = next((a, b) for a, b in pairs if a != b)
    told = [f"{row['name']} {said(row['layer'])} reading {', '.join(row['reads'])}" for row in (was, is_now)]
    return f"for another network: where it had {told[0]}, now it has {told[1]}"


def sizes(network: Any) -> str:
    """The units of each layer that has some, such as 16-16-1."""
    counts = [row["layer"].get("n_out") for row in network]
    return "-".join(str(n) for n in counts if n is not None)


def said(value: Any) -> str:
    """A setting as a user would write it: {"kind": "Adam", "beta1": 0.9} as Adam(beta1=0.9)."""
    if isinstance(value, dict) and "kind" in value:
        told = (f"{k}={said(v)}" for k, v in value.items() if k != "kind" and v is not False)
        return f"{value['kind']}({', '.join(told)})"
    if isinstance(value, str) and (constant := re.fullmatch(r"Constant\(\w+=(.*)\)", value)):
        return constant[1]
    if isinstance(value, list):
        return ", ".join(map(said, value)) or "none"
    return str(value)
