"""Estimators beside scikit-learn's: held-out scores and times, on the same data with the same settings, in one table.

    python benchmarks/estimators.py                              everything; some minutes
    python benchmarks/estimators.py --quick                      two seeds, one epoch of the large data
    python benchmarks/estimators.py --data digits diabetes       data whose names begin so
    python benchmarks/estimators.py --solvers sgd adam
    python benchmarks/estimators.py --write docs/estimators.md   and into the page

For every seed a fifth of the rows is held out, features (and measured targets) are scaled by the rest, and both fit
in turn, with the same random_state, in the same process, by the clock on the wall.  Ratios are of the medians.
The batch is scikit-learn's own (200 rows), and 32 as is usual elsewhere.  Neither is told how many threads to use.
California housing and MNIST are there where WORKINGS_DATA says so; of them few epochs are trained, by both.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from side_by_side import machine
from side_by_side.page import put
from sklearn import datasets, neural_network
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info

import workings as wk

WIDTHS = (16, 32, 128)
SOLVERS = ("sgd", "adam", "lbfgs")
PAUSE = 0.1  # seconds: threads of BLAS look for more work before they sleep, on cores that the other wants
BATCHES: tuple[Any, ...] = ("auto", 32)
START, END = "<!-- benchmark -->", "<!-- end -->"
LEAST = {16: 25, 32: 25, 128: 10}  # times as fast, with sgd and adam


@dataclass
class Line:
    """One network on one set of data: scores and seconds of both, seed by seed."""

    data: str
    rows: int
    features: int
    width: int
    solver: str
    batch: Any
    epochs: int
    scores: dict[str, list[float]] = field(default_factory=lambda: {"theirs": [], "ours": []})
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"theirs": [], "ours": []})

    @property
    def ratio(self) -> float:
        return float(np.median(self.seconds["theirs"]) / np.median(self.seconds["ours"]))

    @property
    def gain(self) -> float:
        """Ours less theirs, in standard errors of the difference (of the pairs, seed by seed)."""
        apart = np.subtract(self.scores["ours"], self.scores["theirs"])
        spread = np.std(apart, ddof=1) / len(apart) ** 0.5 if len(apart) > 1 else 0.0
        return float(np.mean(apart) / max(spread, 1e-9)) if abs(np.mean(apart)) > 1e-9 else 0.0

    @property
    def least(self) -> float:
        return 1 if self.solver == "lbfgs" else LEAST[self.width]

    def cells(self) -> list[str]:
        """As a row of the table."""
        said = lambda x: f"{np.mean(x):.4f} ± {np.std(x, ddof=1) if len(x) > 1 else 0:.4f}"
        times = [f"{1e3 * np.median(self.seconds[who]):,.1f}" for who in ("theirs", "ours")]
        told = f"{self.ratio:.1f}×" + ("" if self.ratio >= self.least else f" (aim: {self.least})")
        layers = f"{self.features}-{self.width}"
        batch = "all" if self.solver == "lbfgs" else {"auto": "200"}.get(str(self.batch), str(self.batch))
        size = [f"{self.data}, {self.rows:,} rows", layers, self.solver, batch]
        return [*size, said(self.scores["theirs"]), said(self.scores["ours"]), *times, told]


HEAD = [
    "data",
    "layers",
    "solver",
    "batch",
    "scikit-learn",
    "Workings",
    "ms, scikit-learn",
    "ms, Workings",
    "as fast",
]


def housing() -> tuple[np.ndarray, np.ndarray]:
    """California housing, from the folder of the data."""
    (path,) = sorted((Path(os.environ["WORKINGS_DATA"]) / "housing").glob("*.csv"))[:1]
    with path.open(newline="") as file:
        names, *rows = list(csv.reader(file))
    whole = [i for i, name in enumerate(names) if name != "ocean_proximity"]
    cells = np.array([[float(row[i] or "nan") for i in whole] for row in rows])
    cells = cells[np.isfinite(cells).all(axis=1)]
    target = [names[i] for i in whole].index("median_house_value")
    return np.delete(cells, target, axis=1), cells[:, target]


def mnist() -> tuple[np.ndarray, np.ndarray]:
    """All 70,000."""
    (X, y), (more, its) = wk.data.mnist("train"), wk.data.mnist("test")
    return np.r_[X, more].astype(np.float32) / 255, np.r_[y, its]


def known() -> dict[str, Any]:
    """The data there are: name → how to have them, and how many epochs at most (None: scikit-learn's default)."""
    found = {
        "digits": (lambda: datasets.load_digits(return_X_y=True), None),
        "breast cancer": (lambda: datasets.load_breast_cancer(return_X_y=True), None),
        "diabetes": (lambda: datasets.load_diabetes(return_X_y=True), None),
    }
    if "WORKINGS_DATA" in os.environ:
        found |= {"California housing": (housing, 10), "MNIST": (mnist, 2)}
    return found


def held_out(data: Any, seed: int) -> tuple[np.ndarray, ...]:
    """X and y to learn from, X and y to judge by."""
    X, y = data
    number = y.dtype.kind == "f"
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.2, random_state=seed, stratify=None if number else y
    )
    if X.dtype == np.float64:
        scaler = StandardScaler().fit(X_train)
        X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    if number:
        mean, spread = y_train.mean(), y_train.std()
        y_train, y_test = (y_train - mean) / spread, (y_test - mean) / spread
    return X_train, y_train, X_test, y_test


def measure(line: Line, parts: tuple[np.ndarray, ...], seed: int) -> None:
    """Both estimators on the same rows, in turn."""
    X_train, y_train, X_test, y_test = parts
    kind = "MLPRegressor" if y_train.dtype.kind == "f" else "MLPClassifier"
    how = {"hidden_layer_sizes": (line.width,), "solver": line.solver, "random_state": seed, "max_iter": line.epochs}
    how["batch_size"] = line.batch
    how |= {"learning_rate_init": 0.01} if line.solver == "sgd" else {}
    for who, peer in (("theirs", neural_network), ("ours", wk)):
        model = getattr(peer, kind)(**how)
        time.sleep(PAUSE)
        began = time.perf_counter()
        model.fit(X_train, y_train)
        line.seconds[who].append(time.perf_counter() - began)
        line.scores[who].append(model.score(X_test, y_test))


def main(words: list[str] | None = None) -> int:
    """Measure, print, and write into the page where one is asked for."""
    asked = arguments(words)
    warnings.simplefilter("ignore")
    wk.MLPClassifier((2,), max_iter=1).fit(np.eye(4), [0, 1, 0, 1])  # what is loaded and built but once
    lines: list[Line] = []
    for name, (load, epochs) in known().items():
        if not name.lower().startswith(tuple(word.lower() for word in asked.data)):
            continue
        data = load()
        of_these = [
            Line(name, *data[0].shape, width, solver, batch, (1 if asked.quick and epochs else epochs) or 200)
            for width in asked.widths
            for solver in asked.solvers
            for batch in BATCHES[: 1 if solver == "lbfgs" else None]
        ]
        for seed in range(2 if asked.quick else asked.seeds):
            parts = held_out(data, seed)
            for line in of_these:
                measure(line, parts, seed)
        for line in of_these:
            print(" | ".join(line.cells()), flush=True)
        lines += of_these
    if not lines:
        print("no data has a name that begins so", file=sys.stderr)
        return 2
    text = page(lines, asked)
    print(f"\n{text}")
    if asked.write:
        before = asked.write.read_text(encoding="utf-8") if asked.write.exists() else f"{START}\n{END}\n"
        made = re.sub(rf"{START}.*?{END}", lambda _: f"{START}\n{text}\n{END}", before, flags=re.DOTALL)
        put(asked.write, made)
        print(f"written to {asked.write}")
    return 0


def threads() -> str:
    """What both were free to use."""
    most = max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=1)
    return (
        f"Both in one process, in turn, with a pause of {PAUSE:g} s before each and as many threads as each likes: "
        f"BLAS has {most}, and Workings takes one where a batch is small."
    )


def page(lines: list[Line], asked: argparse.Namespace) -> str:
    """The table in Markdown, with what was found in a sentence."""
    rows = [HEAD, ["---"] * len(HEAD), *(line.cells() for line in lines)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    missed = [line for line in lines if line.ratio < line.least]
    worse = [line for line in lines if line.gain < -2.8]  # of 4 degrees of freedom: 5 % in both directions
    seeds = 2 if asked.quick else asked.seeds
    command = "python benchmarks/estimators.py" + (" --quick" if asked.quick else "")
    told = [
        f"`{command}`, {machine.processor()}, {seeds} seeds: accuracy, or R² of measured targets, on the fifth held "
        f"out; milliseconds of one `fit`. {threads()}",
        f"{len(lines) - len(missed)} of {len(lines)} are as fast as aimed at (25 times up to 32 wide and 10 times "
        f"up to 128 with sgd and adam, 1 with lbfgs); the score is below theirs beyond noise in {len(worse)}.",
    ]
    return "\n\n".join([*told, table])


def arguments(words: list[str] | None) -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two seeds, one epoch of the large data")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--data", nargs="+", default=[""], metavar="NAME")
    parser.add_argument("--solvers", nargs="+", default=SOLVERS, choices=SOLVERS)
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS, choices=WIDTHS)
    parser.add_argument("--write", type=Path, metavar="FILE")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
