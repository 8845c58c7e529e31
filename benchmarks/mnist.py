"""MNIST: the best test accuracy over a run, of four networks, for three seeds.

    WORKINGS_DATA=/path/to/data python benchmarks/mnist.py                  the whole table
    WORKINGS_DATA=/path/to/data python benchmarks/mnist.py --seeds 1        one seed
    WORKINGS_DATA=/path/to/data python benchmarks/mnist.py nielsen          one network

`tests/test_learning.py` runs the same networks and stops each as soon as it has reached its mark.
"""

from __future__ import annotations

import argparse
import gzip
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import workings as wk


@dataclass(frozen=True)
class Trial:
    """A network, how it is trained, and the accuracy that it has to reach."""

    said: str
    layers: tuple[Any, ...]
    mark: float
    epochs: int
    batch_size: int
    learning_rate: Any
    loss: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


TRIALS = {
    "nielsen": Trial(
        "784-30-10, sigmoid, half the squared error",
        (wk.Dense(30, "sigmoid"), wk.Dense(10, "sigmoid")),
        0.938,
        30,
        10,
        3.0,
        "half-squared-error",
    ),
    "cross-entropy": Trial(
        "784-30-10, sigmoid, cross-entropy",
        (wk.Dense(30, "sigmoid"), wk.Dense(10, "sigmoid")),
        0.949,
        30,
        10,
        0.5,
        "cross-entropy",
    ),
    "two-hidden": Trial(
        "784-16-16-10, ReLU and softmax, Adam",
        (wk.Dense(16, "relu"), wk.Dense(16, "relu"), wk.Dense(10, "softmax")),
        0.945,
        10,
        64,
        wk.schedules.Cosine(0.005, 10),
        None,
        {"optimizer": "adam"},
    ),
    "wide": Trial(
        "784-256-128-10, ReLU and softmax, Adam",
        (wk.Dense(256, "relu"), wk.Dense(128, "relu"), wk.Dense(10, "softmax")),
        0.980,
        10,
        128,
        wk.schedules.Cosine(0.002, 10),
        None,
        {"optimizer": "adam"},
    ),
}


def idx(path: Path) -> np.ndarray:
    """An IDX file, gzipped."""
    content = gzip.decompress(path.read_bytes())
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def mnist() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Training and test part: pixels as bytes, one image per row, and labels."""
    folder = Path(os.environ["WORKINGS_DATA"]) / "mnist"
    parts = [
        (idx(folder / f"{name}-images-idx3-ubyte.gz"), idx(folder / f"{name}-labels-idx1-ubyte.gz"))
        for name in ("train", "t10k")
    ]
    (X, y), (X_test, y_test) = parts
    return (X.reshape(len(X), -1), y), (X_test.reshape(len(X_test), -1), y_test)


def run(trial: Trial, seed: int, data: Any, stop_at: float = 1.0, **more: Any) -> tuple[wk.History, float]:
    """Train, and stop early once `stop_at` is reached; the history and the seconds."""
    (X, y), test = data
    model = wk.Model(list(trial.layers), loss=trial.loss, seed=seed)
    began = time.perf_counter()
    history = model.fit(
        X,
        y,
        trial.epochs,
        trial.batch_size,
        trial.learning_rate,
        validation=test,
        callbacks=lambda model, history: history[-1]["validation_accuracy"] >= stop_at,
        **{"progress": False, **trial.more, **more},
    )
    return history, time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trials", nargs="*", default=list(TRIALS), help=", ".join(TRIALS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--backend", default="auto")
    asked = parser.parse_args()
    data = mnist()
    print(f"{'network':<50} {'mark':>6} {'seed':>4} {'best':>7} {'epoch':>5} {'last':>7} {'seconds':>7}  backend")
    for name in asked.trials:
        trial = TRIALS[name]
        for seed in range(asked.seeds):
            history, seconds = run(trial, seed, data, backend=asked.backend)
            best = history.best("validation_accuracy")
            figures = (best["validation_accuracy"], history[-1]["validation_accuracy"])
            told = f"{100 * figures[0]:>5.2f} % {best['epoch']:>5} {100 * figures[1]:>5.2f} % {seconds:>7.1f}"
            print(f"{trial.said:<50} {100 * trial.mark:>4.1f} % {seed:>4} {told}  {history.backend}", flush=True)


if __name__ == "__main__":
    main()
