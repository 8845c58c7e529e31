"""How many epochs of MNIST a sweep trains in a second: `python benchmarks/sweeps.py [rows] [nets]`, one table.

784-16-16-10 with ReLU and softmax, batches of 10, gradient descent, own seed, order and rate for each net (64 of
them); the whole machine.  Everything is counted, the choice of the batch included; what is started or compiled first
is not.
The peers are timed in the same run: XLA trains one net after the other, PyTorch's eager loop is timed on one thread
and multiplied by the cores, which is what it could reach with one process for each.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

import workings as wk
from workings import backends
from workings.sweeps.pool import cores

BATCH, WHOLE = 10, 60_000
MUST, GOAL = 25, 40  # times PyTorch, on the whole machine
TORCH = "torch eager, 1 thread x cores (derived)"
LAYERS = [wk.Dense(16, "relu"), wk.Dense(16, "relu"), wk.Dense(10, "softmax")]


def data(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The first rows of MNIST; pixels drawn at random where it is not there."""
    if "WORKINGS_DATA" in os.environ:
        X, y = wk.data.mnist("train")
        return np.ascontiguousarray(X[:rows].reshape(rows, -1)), y[:rows]
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (rows, 784), dtype=np.uint8), rng.integers(0, 10, rows)


def swept(X: np.ndarray, y: np.ndarray, nets: int, backend: str, workers: int | None = None) -> float:
    """Epochs of 60,000 per second of a sweep."""
    grid = {"learning_rate": [0.05 + 0.01 * k for k in range(nets)]}
    began = time.perf_counter()
    found = wk.sweep(LAYERS, X, y, grid, epochs=1, batch_size=BATCH, backend=backend, workers=workers, progress=False)
    seconds = time.perf_counter() - began
    assert len(found) == nets
    return nets * len(X) / WHOLE / seconds


def torch_eager(X: np.ndarray, y: np.ndarray, steps: int = 1500) -> float:
    """Epochs of 60,000 per second of PyTorch's plain loop on one thread, times the cores."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 10))
    step, cost = torch.optim.SGD(net.parameters(), lr=0.05), nn.CrossEntropyLoss()
    pixels, labels = torch.tensor(X, dtype=torch.float32) / 255, torch.tensor(y)
    order = torch.randperm(len(X))
    for k in range(steps + 100):
        if k == 100:
            began = time.perf_counter()
        rows = order[torch.arange(k * BATCH, (k + 1) * BATCH) % len(X)]
        step.zero_grad()
        cost(net(pixels[rows]), labels[rows]).backward()
        step.step()
    return cores() * steps * BATCH / WHOLE / (time.perf_counter() - began)


def best_of(measure: Callable[[], float], times: int = 3) -> float:
    """The fastest of a few: the others were disturbed."""
    return max(measure() for _ in range(times))


def main() -> None:
    """Measure and print."""
    rows, nets = (int(word) for word in (sys.argv[1:] + ["20000", "64"][len(sys.argv) - 1 :]))
    warnings.simplefilter("ignore")
    X, y = data(rows)
    found: dict[str, float] = {}
    if not backends.why_not(backends.backend("native"), None):
        for workers in dict.fromkeys((1, cores())):
            found[f"native, {workers} at once"] = best_of(lambda w=workers: swept(X, y, nets, "native", w))
    found["numpy, one by one"] = best_of(lambda: swept(X[:5000], y[:5000], 1, "numpy", 1), 2)
    if not backends.why_not(backends.backend("xla"), None):
        swept(X, y, 1, "xla")  # compiles
        found["xla, one by one"] = best_of(lambda: swept(X, y, 2, "xla"), 2)
    try:
        found[TORCH] = best_of(lambda: torch_eager(X, y))
    except ImportError:
        print("torch is not installed: it is left out")
    *_, last = found.values()
    print(f"784-16-16-10, B{BATCH}, {nets} nets of {rows:,} rows, {cores()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'':42}{'epochs/s':>10}{'us/step':>10}{'ratio':>8}")
    for name, speed in found.items():
        print(f"{name:42}{speed:10.2f}{1e6 * BATCH / WHOLE / speed:10.2f}{speed / last:8.1f}")
    if TORCH in found:
        ratio = max(found.values()) / found[TORCH]
        said = "goal" if ratio >= GOAL else "yes" if ratio >= MUST else "no"
        print(f"{ratio:.1f} times PyTorch; must {MUST}, goal {GOAL}: {said}")


if __name__ == "__main__":
    main()
