"""How long an explanation takes: `python benchmarks/ink.py`, one line for each question.

The goals: any cell of a 784-16-16-10 network on one example within 5 ms, of a 784-1000-1000-10 network with 128
examples within 50 ms, exercise 7 as PDF within 300 ms.  A cell is timed from asking for it to its printed lines; the
pass that enters all arrays is timed apart, because it is made once.  Times are those of the processor, so that a busy
machine tells the same.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time, thread_time
from typing import Any

import numpy as np

from workings import exercises
from workings.explain import Explanation, explain
from workings.ink import namespace as ink
from workings.ink.text import numbers
from workings.layers import Attention, Convolution, Dense, Flatten, Last, LstmCell, Recurrent, Relu, Sigmoid, Softmax
from workings.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from workings.network import Network, chain
from workings.sheets import paper

rng = np.random.default_rng(0)


def dense(*units: int) -> Network:
    """Dense layers with sigmoids between them and a softmax at the end."""
    layers: list[Any] = []
    for n in units[:-1]:
        layers += [Dense(n), Sigmoid()]
    return chain(*layers, Dense(units[-1]), Softmax())


def clock(f: Callable[..., Any], *args: Any) -> tuple[Any, float]:
    """What f makes, and how many milliseconds that took."""
    start = thread_time()
    made = f(*args)
    return made, 1000 * (thread_time() - start)


def told(x: Any) -> Any:
    """x, once it was printed."""
    str(x)
    return x


def one_hot(k: int, m: int) -> np.ndarray:
    """Targets of m examples."""
    return np.eye(k)[:, rng.integers(0, k, m)]


def ask(title: str, goal: float, network: Network, loss: Any, X: np.ndarray, Y: np.ndarray) -> Explanation:
    """Three cells of every array: first, middle and last."""
    params = network.init(rng, X.shape[:-1])
    w, passing = clock(explain, network, loss, params, X, Y)
    cost: dict[str, float] = {}
    names = [*w] if len(w) < 200 else [list(w)[i] for i in rng.choice(len(w), 60, replace=False)]
    for name in names:
        for share in (0, 0.5, 0.999):
            index = tuple(int(n * share) for n in w.numbers[name].shape)
            cost[f"{name}{list(index)}"] = clock(lambda name=name, index=index: str(w[name][index]))[1]
    worst = max(cost, key=lambda name: cost[name])
    times = [*cost.values()]
    verdict = f"; goal {goal:g} ms: {goal / cost[worst]:.1f} times within it" if goal else ""
    print(
        f"{title}: {len(w)} arrays entered in {passing:.0f} ms; {len(cost)} cells: median {np.median(times):.2f} ms, "
        f"slowest {worst} {cost[worst]:.2f} ms{verdict}"
    )
    return w


def paper_line() -> str:
    """The whole of exercise 7, worked and set as PDF, worksheet and key; Typst works on several threads."""
    told = []
    for key in (False, True):
        times = []
        for _ in range(5):
            asked = exercises.load(7)
            asked = asked.with_parameters(W1=asked.parameters["W1"])  # nothing is worked yet
            start = process_time()
            paper.pdf(asked.sheet(key=key))
            times.append(1000 * (process_time() - start))
        told.append(f"{'key' if key else 'worksheet'} {np.median(times):.0f} ms")
    return f"exercise 7, worked and set as PDF: {', '.join(told)}; goal 300 ms"


if __name__ == "__main__":
    cross = CategoricalCrossEntropy()
    ask("warm-up", 0, dense(4, 3), cross, rng.random((5, 2)), one_hot(3, 2))
    ask("784-16-16-10, 1 example", 5, dense(16, 16, 10), cross, rng.random((784, 1)), one_hot(10, 1))
    wide = dense(1000, 1000, 10)
    w = ask("784-1000-1000-10, 128 examples", 50, wide, cross, rng.random((784, 128)), one_hot(10, 128))
    print(f"    leads to, W1[0, 0]: {clock(lambda: w['W1'][0, 0].leads_to)[1]:.1f} ms")
    for title, more in (("one example", {"example": 0}), ("all 128 examples", {})):
        found, ms = clock(lambda more=more: told(w.paths("W1", 2, 40, **more)))
        print(f"    paths of W1[2, 40] through {title}, found and printed: {found.count:,} in {ms:.0f} ms")
    picture = chain(Convolution(8, 3), Relu(), Flatten(), Dense(10), Softmax())
    X = rng.random((1, 28, 28, 32))
    ask("convolution, 8 of 3x3 on 28x28, 32 examples", 0, picture, cross, X, one_hot(10, 32))
    walk = chain(Recurrent(LstmCell(64)), Last(), Dense(1), Sigmoid())
    for T in (50, 1000):
        X = rng.standard_normal((16, T, 8))
        w = ask(
            f"LSTM, 64 units, {T} steps, 8 examples", 0, walk, BinaryCrossEntropy(), X, rng.random((1, 8)).round()
        )
        found, ms = clock(lambda w=w: w.paths("Wf1", 2, 3, example=0))
        print(f"    paths of Wf1[2, 3] through one example: {found.count:.3g} in {ms:.0f} ms")
    heads, X = Network({"Y1": (Attention(64, 64), "X")}), rng.standard_normal((64, 64, 8))
    terms = ink.asarray(rng.standard_normal((1, 100_000)), "x")
    total, ms = clock(lambda: ink.sum(terms, axis=1).cell(0))
    print(f"a sum of 100,000 terms: worked in {ms:.1f} ms, every term printed in {clock(numbers, total)[1]:.0f} ms")
    ask("attention, 64 wide on 64 tokens, 8 examples", 0, heads, SquaredError(), X, rng.standard_normal((64, 64, 8)))
    print(paper_line())
