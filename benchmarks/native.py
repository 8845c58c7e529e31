"""Microseconds per training step: the native kernel beside our NumPy backend and PyTorch eager, on one thread.

    python benchmarks/native.py                 all networks
    python benchmarks/native.py 784-30-10 30-   those whose names begin so

Every engine gets the same random data of MNIST's shape and the same order, and a step includes choosing the batch.
The engines take turns, a short slice each, so that a busy machine slows all of them; times are those of the
calling thread (of the clock where there are several), medians of the slices.  `peak` is the share of what this
core can do at most, measured with multiplications and additions that never leave the registers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from workings import losses, metrics, optimizers
from workings.backends import native
from workings.backends import numpy as reference
from workings.backends.plan import Plan, State
from workings.layers import Dense, Relu, Sigmoid
from workings.network import chain

try:
    import torch
except ImportError:
    torch = None

EXAMPLES = 60_000
SLICE = 0.05  # seconds
SLICES = 9
ALPHA = 0.01
MOST_STEPS = 60_000  # in a slice


@dataclass(frozen=True)
class Case:
    """A network of speed.md."""

    sizes: tuple[int, ...]
    batch: int
    activation: str
    loss: str
    optimizer: str = "gradient-descent"

    @property
    def name(self) -> str:
        adam = " Adam" if self.optimizer == "adam" else ""
        return f"{'-'.join(map(str, self.sizes))} B{self.batch} {self.activation}/{self.loss}{adam}"

    @property
    def operations(self) -> float:
        """Floating-point operations of a step: forward, dW, and dA but below the first layer."""
        weights = [a * b for a, b in zip(self.sizes, self.sizes[1:], strict=False)]
        return self.batch * (6 * sum(weights) - 2 * weights[0])


CASES = [
    Case((784, 16, 16, 10), 10, "sigmoid", "mse"),
    Case((784, 16, 16, 10), 32, "relu", "softmax"),
    Case((784, 30, 10), 10, "sigmoid", "mse"),
    Case((784, 128, 64, 10), 64, "relu", "softmax"),
    Case((784, 1000, 1000, 10), 128, "relu", "softmax"),
    Case((30, 16, 1), 16, "relu", "sigmoid"),
    Case((8, 64, 64, 1), 32, "relu", "mse", "adam"),
]
LOSSES = {
    "mse": losses.SquaredError(),
    "softmax": losses.SoftmaxCrossEntropy(),
    "sigmoid": losses.SigmoidCrossEntropy(),
}


@dataclass(frozen=True)
class Data:
    """X and Y, one example per row, and an order."""

    X: np.ndarray
    Y: np.ndarray
    order: np.ndarray


def data(case: Case, rng: np.random.Generator) -> Data:
    """Random examples: classes one-hot, or 0 and 1."""
    k = case.sizes[-1]
    X = rng.random((EXAMPLES, case.sizes[0]), np.float32)
    Y = np.eye(k, dtype=np.float32)[rng.integers(0, k, EXAMPLES)] if k > 1 else rng.integers(0, 2, (EXAMPLES, 1))
    return Data(X, Y.astype(np.float32), rng.permutation(EXAMPLES))


Engine = Callable[[int], Any]  # makes so many steps


def ours(case: Case, data: Data, run: Callable[..., Any], **options: Any) -> Engine:
    """A backend of the library."""
    layers: list[Any] = []
    for n in case.sizes[1:-1]:
        layers += [Dense(n), Sigmoid() if case.activation == "sigmoid" else Relu()]
    layers.append(Dense(case.sizes[-1]))
    if case.loss == "mse" and case.activation == "sigmoid":
        layers.append(Sigmoid())
    optimizer = optimizers.OPTIMIZERS[case.optimizer]
    plan = Plan(chain(*layers), LOSSES[case.loss], optimizer, metrics.Accuracy(), (case.sizes[0],))
    params = reference.cast(plan.network.init(np.random.default_rng(0), plan.shape), "float32")
    state = State(params, {}, optimizer.init(params))

    order = np.resize(data.order, MOST_STEPS * case.batch)

    def steps(n: int) -> None:
        run(plan, state, data.X, data.Y, order[: n * case.batch], case.batch, ALPHA, None, **options)

    return steps


def pytorch(case: Case, data: Data, threads: int) -> Engine:
    """PyTorch as its tutorials have it, but with the data already in one tensor."""
    assert torch is not None
    nn = torch.nn
    hidden = nn.Sigmoid if case.activation == "sigmoid" else nn.ReLU
    layers: list[Any] = []
    for a, b in zip(case.sizes, case.sizes[1:], strict=False):
        layers += [nn.Linear(a, b), hidden()]
    if not (case.loss == "mse" and case.activation == "sigmoid"):
        layers.pop()
    model = nn.Sequential(*layers)
    loss = {"mse": nn.MSELoss(), "softmax": nn.CrossEntropyLoss(), "sigmoid": nn.BCEWithLogitsLoss()}[case.loss]
    kind = torch.optim.Adam if case.optimizer == "adam" else torch.optim.SGD
    optimizer = kind(model.parameters(), lr=ALPHA)
    X, order = torch.from_numpy(data.X), torch.from_numpy(data.order)
    Y = torch.from_numpy(data.Y.argmax(1) if case.loss == "softmax" else data.Y)

    def steps(n: int) -> None:
        torch.set_num_threads(threads)
        for i in range(n):
            start = i * case.batch % (EXAMPLES - case.batch)
            batch = order[start : start + case.batch]
            optimizer.zero_grad()
            loss(model(X[batch]), Y[batch]).backward()
            optimizer.step()

    return steps


def per_step(engines: dict[str, Engine], clock: Callable[[], float]) -> dict[str, float]:
    """Microseconds of each engine, in turns."""
    lengths, times = {}, {name: [] for name in engines}
    for name, steps in engines.items():
        n, took = 3, 0.0
        while took < SLICE / 2:
            start = clock()
            steps(n)
            took = clock() - start
            n = max(3, min(8 * n, MOST_STEPS, round(n * SLICE / max(took, 1e-6))))
        lengths[name] = n
    for _ in range(SLICES):
        for name, steps in engines.items():
            start = clock()
            steps(lengths[name])
            times[name].append((clock() - start) / lengths[name] * 1e6)
    return {name: median(found) for name, found in times.items()}


PEAK = """
#include <cstdio>
#include <ctime>
typedef float vec __attribute__((vector_size(64)));
int main() {
  vec x[12]; for (int i = 0; i < 12; i++) x[i] = vec{} + .1f * i;
  vec a = vec{} + .999f, b = vec{} + .001f;
  double best = 0;
  for (int turn = 0; turn < 5; turn++) {
    std::clock_t start = std::clock();
    const long n = 20000000;
    for (long k = 0; k < n; k++)
      _Pragma("GCC unroll 12") for (int i = 0; i < 12; i++) x[i] = x[i] * a + b;
    double s = double(std::clock() - start) / CLOCKS_PER_SEC;
    if (n * 12. * 32 / s > best) best = n * 12. * 32 / s;
  }
  vec sum = vec{}; for (int i = 0; i < 12; i++) sum += x[i];
  std::printf("%.0f %f", best, sum[0]);
}
"""


def peak() -> float | None:
    """Floating-point operations per second of one core, or None without a compiler (or AVX-512)."""
    if "x86-64-v4" not in native.instruction_sets():
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder, "peak.cpp"), Path(folder, "peak")
        source.write_text(PEAK)
        flags = ["-O3", "-march=x86-64-v4", "-mprefer-vector-width=512", "-Wno-psabi"]
        try:
            subprocess.run([os.environ.get("CXX", "c++"), *flags, source, "-o", program], check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        return float(subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()[0])


def show(case: Case, rng: np.random.Generator, most: float | None) -> None:
    """The row of one network."""
    found = data(case, rng)
    engines = {"native": ours(case, found, native.run, threads=1), "numpy": ours(case, found, reference.run)}
    if torch:
        engines["torch"] = pytorch(case, found, 1)
    times = per_step(engines, time.thread_time)
    share = f"{case.operations / (times['native'] * 1e-6) / most:6.0%} of peak" if most else ""
    print(f"{case.name:38} native {times['native']:9.2f} us {share}{beside(times)}", flush=True)

    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if case.operations < native.THREADS_FROM * 0.9 or threads == 1:
        return
    engines = {"native": ours(case, found, native.run, threads=threads)}
    if torch:
        engines["torch"] = pytorch(case, found, threads)
    times = per_step(engines, time.perf_counter)
    print(f"{f'    {threads} threads':38} native {times['native']:9.2f} us {beside(times):>15}", flush=True)


def beside(times: dict[str, float]) -> str:
    """The other engines, and how many times longer they take."""
    others = [name for name in times if name != "native"]
    return "".join(f"   {name} {times[name]:9.1f} ({times[name] / times['native']:6.1f}x)" for name in others)


if __name__ == "__main__":
    if reason := native.available():
        sys.exit(reason)
    most = peak()
    said = f"{most / 1e9:.0f} GFLOP/s at most on one core" if most else "peak not measured"
    print(f"{native.instruction_sets()[0]}; {said}")
    rng = np.random.default_rng(0)
    for case in CASES:
        if len(sys.argv) < 2 or case.name.startswith(tuple(sys.argv[1:])):
            show(case, rng, most)
