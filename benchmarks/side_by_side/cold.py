"""Cold: what a fresh process takes, and a whole run from end to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

IMPORTS = {
    "numpy": "import numpy",
    "workings": "import workings",
    "workings, with Model": "import workings; workings.Model",
    "torch": "import torch",
    "jax": "import jax",
    "sklearn.neural_network": "import sklearn.neural_network",
    "keras": "import keras",
}
WORKINGS = """
import workings as wk
wk.Model  # names are imported when they are used; this one brings NumPy
imported = clock()
X, y = data()
read = clock()
model = wk.Model([wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "sigmoid")], loss="mse")
history = model.fit(X, y, epochs=1, batch_size=10, learning_rate=3.0, progress=False)
said = f"{100 * history[-1]['accuracy']:.0f} % right, {history.backend}"
"""
TORCH = """
import torch
from torch import nn
imported = clock()
X, y = data()
read = clock()
torch.set_num_threads(1)
X, Y = torch.from_numpy(X).float() / 255, nn.functional.one_hot(torch.from_numpy(y), 10).float()
sizes = 784, 16, 16, 10
model = nn.Sequential(*(f for a, b in zip(sizes, sizes[1:]) for f in (nn.Linear(a, b), nn.Sigmoid())))
optimizer, loss = torch.optim.SGD(model.parameters(), lr=3.0), nn.MSELoss()
for batch in torch.randperm(len(X)).split(10):
    optimizer.zero_grad()
    loss(model(X[batch]), Y[batch]).backward()
    optimizer.step()
said = "1 thread"
"""
FRAME = """
import json, sys, time
clock, start = time.perf_counter, time.perf_counter()
def data():
    import numpy
    return numpy.load(sys.argv[1]), numpy.load(sys.argv[2])
{}
print(json.dumps([imported - start, read - imported, clock() - read, said]))
"""


def imports(times: int) -> dict[str, float | None]:
    """Seconds of an import in a fresh process, median; None where there is nothing to import."""
    found: dict[str, list[float] | None] = {name: [] for name in IMPORTS}
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    for _ in range(times):
        for name, line in IMPORTS.items():
            code = f"import time; t = time.perf_counter(); {line}; print(time.perf_counter() - t)"
            if found[name] is not None:
                done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
                found[name] = None if done.returncode else [*found[name], float(done.stdout.split()[-1])]  # type: ignore[misc]
    return {name: None if times is None else median(times) for name, times in found.items()}


def first_epoch(times: int) -> dict[str, tuple[float, float, float, float, str]]:
    """A cold process to the end of its first epoch at 784-16-16-10: seconds of import, data, training, all; a word.

    The data are MNIST as whole bytes where WORKINGS_DATA is set, else random numbers of its shape.
    """
    X, y = training_part() or random_part()
    found: dict[str, list[Any]] = {"workings": [], "PyTorch": []}
    with tempfile.TemporaryDirectory() as folder:
        places = [str(Path(folder, name)) for name in ("X.npy", "y.npy")]
        np.save(places[0], X)
        np.save(places[1], y)
        for _ in range(times):
            for name, program in (("workings", WORKINGS), ("PyTorch", TORCH)):
                start = time.perf_counter()
                command = [sys.executable, "-c", FRAME.format(program), *places]
                done = subprocess.run(command, capture_output=True, text=True)
                if not done.returncode:
                    *parts, said = json.loads(done.stdout.splitlines()[-1])
                    found[name].append((*parts, time.perf_counter() - start, said))
    return {name: sorted(runs, key=lambda run: run[3])[len(runs) // 2] for name, runs in found.items() if runs}


def training_part() -> tuple[np.ndarray, np.ndarray] | None:
    """MNIST, if WORKINGS_DATA says where."""
    if "WORKINGS_DATA" not in os.environ:
        return None
    from workings.data import mnist

    return mnist("train", os.environ["WORKINGS_DATA"])


def random_part() -> tuple[np.ndarray, np.ndarray]:
    """Random numbers of its shape."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (60_000, 784), np.uint8), rng.integers(0, 10, 60_000)


def nielsen(epochs: int, backends: tuple[str, ...]) -> dict[str, tuple[float, float, float]]:
    """784-30-10 on MNIST, rate 3.0, batches of 10: seconds, best and last accuracy on the test part, per backend."""
    import workings as wk

    if (train := training_part()) is None:
        return {}
    test = wk.data.mnist("test", os.environ["WORKINGS_DATA"])
    found = {}
    for name in backends:
        start = time.perf_counter()
        layers = [wk.Dense(30, "sigmoid"), wk.Dense(10, "sigmoid")]
        model = wk.Model(layers, loss="half-squared-error", seed=0)
        history = model.fit(*train, epochs, 10, 3.0, validation=test, progress=False, backend=name)
        took, seen = time.perf_counter() - start, history["validation_accuracy"]
        found[history.backend] = took, max(seen), seen[-1]
    return found
