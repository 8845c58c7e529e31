"""Passes: a network's forward and backward pass, entered line by line in a ledger."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from workings.averaging import Mean, Weighted
from workings.contract import Named, Namespace, Tree
from workings.explain.ledger import Both, Ledger, positional
from workings.ink.number import given
from workings.losses import FUSED, charged, cost_of
from workings.network import Network
from workings.penalties import cost, penalized, steepen
from workings.scan import tree_map

TEXTBOOK = {fused: pair for pair, fused in FUSED.items()}


def textbook(network: Network, loss: Any) -> Any:
    """The face of the loss that is for paper: a fused loss behind its own activation is taken apart."""
    activation, paper = TEXTBOOK.get(loss, (None, None))
    return paper if paper is not None and network.rows[-1].layer == activation else loss


@dataclass(frozen=True)
class Problem:
    """What is explained: a network, what it is asked, and what that costs."""

    network: Network
    loss: Any
    params: Tree
    X: Any
    Y: Any
    givens: Tree
    penalties: tuple[Any, ...] = ()
    w: Any = None  # (1, m), the weights of the examples, if they have some
    narrow: str = ""  # the type of the numbers that were widened to float64

    def arrays(self) -> list[Any]:
        """Every array that is given."""
        return [
            x for x in (self.X, self.Y, self.w, *leaves_of(self.params), *leaves_of(self.givens)) if x is not None
        ]

    def widened(self) -> Problem:
        """The same with all floats in float64, as workings are."""
        types = {str(x.dtype) for x in self.arrays() if _is_narrow(x)}
        if not types:
            return self
        wide = lambda x: np.asarray(x, np.float64) if _is_narrow(x) else x
        given = {name: tree_map(wide, getattr(self, name)) for name in ("params", "X", "Y", "givens", "w")}
        return replace(self, narrow=" and ".join(sorted(types)), **given)

    def prepared(self, exact: bool) -> Problem:
        """Every list as an array; fractions among floats become floats."""

        def one(x: Any) -> Any:
            if x is None:
                return None
            x = np.asarray(x, None if hasattr(x, "dtype") else object)
            if x.dtype != object or exact:
                return np.vectorize(given, otypes=[object])(x) if x.dtype == object and x.size else x
            return np.asarray([given(v) for v in x.flat], np.float64).reshape(x.shape)

        return replace(self, **{n: tree_map(one, getattr(self, n)) for n in ("params", "X", "Y", "givens", "w")})

    def example(self, i: int) -> Problem:
        """The same for one example alone."""
        one = lambda x, m=self.X.shape[-1]: x[..., i : i + 1] if x is not None and x.shape[-1] == m else x
        return replace(self, X=one(self.X), Y=one(self.Y), w=None, givens=tree_map(one, self.givens))

    def must_have_targets(self, what: str) -> None:
        """Without a y there is no loss, and nothing that is made from it."""
        if self.Y is None:
            raise ValueError(f"{what} is about the loss, and that needs the targets: write model.explain(X, y)")

    @property
    def trained(self) -> Problem | None:
        """The same as training works it, with the last activation and the loss in one formula, where there is one."""
        last = self.network.rows[-1]
        fused = FUSED.get((last.layer, self.loss))
        if fused is None or len(self.network.rows) < 2 or last.reads != (self.network.rows[-2].name,):
            return None
        return replace(self, network=self.network.without_last(), loss=fused)

    def gradients(self, xp: Namespace = np) -> Tree:
        """∂J/∂W of every parameter, by the code that trains."""
        self.must_have_targets("a gradient")
        if (trained := self.trained) is not None:
            own = {row.name: self.params.get(row.name, {}) for row in trained.network.rows}
            return {row: {} for row in self.params} | replace(trained, params=own).gradients(xp)
        params, givens = (tree_map(xp.asarray, tree) for tree in (self.params, self.givens))
        with np.errstate(all="ignore"):
            wires, caches = self.network.forward(xp, params, xp.asarray(self.X), givens)
            w = None if self.w is None else xp.asarray(self.w)
            _, dA = charged(xp, self.loss, wires[self.network.output], xp.asarray(self.Y), w)
            _, grads = self.network.backward(xp, params, caches, dA)
            return steepen(xp, self.penalties, params, grads)

    def cost(self, params: Tree, xp: Namespace = np) -> Any:
        """J of other parameters, or of others in place of X, by the code that trains."""
        self.must_have_targets("J")
        if (trained := self.trained) is not None:
            return trained.cost(params, xp)
        params, givens = (tree_map(xp.asarray, tree) for tree in (params, self.givens))
        with np.errstate(all="ignore"):
            wires, _ = self.network.forward(xp, params, xp.asarray(self.X), givens)
            w = None if self.w is None else xp.asarray(self.w)
            J = cost_of(xp, self.loss, wires[self.network.output], xp.asarray(self.Y), w)
            J = J + cost(xp, self.penalties, params) if self.penalties else J
        return J.cell().value if hasattr(J, "cell") else float(J)


def _is_narrow(x: Any) -> bool:
    return hasattr(x, "dtype") and str(x.dtype) in ("float16", "bfloat16", "float32")


def leaves_of(tree: Tree) -> Iterator[Any]:
    """The arrays of a tree."""
    if isinstance(tree, Mapping):
        for branch in tree.values():
            yield from leaves_of(branch)
    else:
        yield tree


@contextmanager
def quietly() -> Iterator[None]:
    """Overflow has the right limit here, and what is built all stays: no warnings, and no search for rubbish."""
    searching = gc.isenabled()
    gc.disable()
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        if searching:
            gc.enable()


def both_ways(problem: Problem, xp: Namespace, as_trained: bool = False) -> Ledger:
    """The ledger of one forward and, where there are targets, one backward pass.

    `as_trained` goes back from the last activation and the loss in one formula, where they have one: dZ3 = A3 - Y.
    The long way, which textbooks take, stands beside it as dZ3_long.
    """
    network, params = problem.network, problem.params
    wires = {"X", *(row.name for row in network.rows)}
    book = Ledger(xp, wires | {f"d{wire}" for wire in wires})
    book.labels = {(s, row): network.label(s, row) for row, named in params.items() for s in named}
    book.enter_givens({"X": problem.X} | ({} if problem.Y is None else {"Y": problem.Y}))
    with quietly():
        known, caches = _forward(book, problem)
        if problem.Y is None:
            return book
        last = network.output
        data = "J_data" if problem.penalties else "J"
        found = _charge(book, problem, data)
        if problem.penalties:
            weights = [(row, s) for row, named in params.items() for s in named if penalized(s)]
            _penalize(book, problem.penalties, weights)
        made = lambda name: book.run(problem.loss.backward, [], found, roles=lambda made: {name: made})
        _weighed(book, problem, f"d{last}", made)
        short = FUSED[network.rows[-1].layer, problem.loss] if as_trained and problem.trained else None
        _backward(book, problem, known, caches, short)
    return book


def _charge(book: Ledger, problem: Problem, name: str) -> Both:
    """L of every example, and J under its name; the cache of the loss."""
    into = [book[problem.network.output], book["Y"]]
    if not hasattr(problem.loss, "each"):
        made = book.run(problem.loss.forward, into, roles=lambda made: {name: made[0]})
        return Both(made.numbers[1], made.ink[1])
    made = book.run(problem.loss.each, into, roles=lambda made: {"L": made[0]})
    average, more = Mean(), []
    if problem.w is not None:
        book.enter_givens({"w": problem.w})
        book.run(Weighted().share, [book["w"]], roles=lambda made: {"s": made})
        average, more = Weighted(), [book["s"]]
    book.run(average.forward, [book["L"], *more], roles=lambda made: {name: made})
    return Both(made.numbers[1], made.ink[1])


def _forward(book: Ledger, problem: Problem) -> tuple[dict[str, Both], dict[str, Both]]:
    known, caches = {}, {}
    for name, layer, reads in problem.network.rows:
        known[name] = book.enter_givens(problem.params.get(name, {}), name)
        extra = book.enter_givens(problem.givens.get(name, {}), name)
        role = lambda made, name=name: {name: made[0]}
        made = book.run(layer.forward, [book[read] for read in reads], known[name], extra, roles=role, row=name)
        caches[name] = Both(made.numbers[1], made.ink[1])
    return known, caches


def short_way(book: Ledger, problem: Problem) -> Ledger:
    """The ledger with the gradient of the last activation and the loss in one formula entered beside the long way."""
    problem.must_have_targets("the short way")
    activation, before = problem.network.rows[-1].layer, problem.network.rows[-1].reads
    fused = FUSED.get((activation, problem.loss))
    if fused is None:
        raise ValueError(f"{activation} and {problem.loss} have no formula together: there is no shorter way")
    book = book.copy()
    with quietly():
        _shortly(book, problem, fused, f"d{before[0]}_short")
    return book


def _shortly(book: Ledger, problem: Problem, fused: Any, name: str) -> None:
    """Enter dZ by the one formula of the last activation and the loss."""
    cache = {"A": book[problem.network.output], "Y": book["Y"]}
    given = Both(*({symbol: both[side] for symbol, both in cache.items()} for side in (0, 1)))
    made = lambda name: book.run(fused.backward, [], given, roles=lambda made: {name: made})
    _weighed(book, problem, name, made)


def _weighed(book: Ledger, problem: Problem, name: str, run: Callable[[str], Any]) -> None:
    """Run what makes a gradient of the loss; where the examples have weights, their shares multiply it."""
    if problem.w is None:
        run(name)
        return
    run(f"{name}_each")
    book.run(Weighted().backward, [book[f"{name}_each"], book["s"]], roles=lambda made: {name: made})


def _backward(book: Ledger, problem: Problem, known: Any, caches: Any, short: Any) -> None:
    network, params, penalties = problem.network, problem.params, problem.penalties
    live = {network.output}
    for row in reversed(network.rows):
        live.update(row.reads if row.name in live else ())
    readers = Counter(read for row in network.rows if row.name in live for read in row.reads)
    asked = defaultdict(list)  # wire -> what each of its readers asks of it
    for name, layer, reads in reversed(network.rows):
        if name != network.output:
            if not readers[name]:
                for s, W in params.get(name, {}).items():  # nobody reads it: its gradient is 0
                    grown = penalized(s) and bool(penalties)
                    book.enter(f"d{book.label(s, name)}" + "_data" * grown, 0 * W)
                    if grown:
                        _steepen(book, penalties, book.label(s, name))
                continue
            if readers[name] > 1:
                book.enter_sum(f"d{name}", asked[name])
        back = []
        for read, symbol in zip(reads, positional(layer.forward), strict=True):
            back.append(f"d{read}" if readers[read] == 1 else f"d{read}←{name}.{symbol}")
            asked[read].append(back[-1])
        grown = {s: penalized(s) and bool(penalties) for s in params.get(name, {})}
        names = {s: f"d{book.label(s, name)}" + ("_data" if more else "") for s, more in grown.items()}
        ends = short is not None and name == network.output
        roles = partial(gradients, back=[f"{back[0]}_long"] if ends else back, names=names)
        book.run(layer.backward, [book[f"d{name}"]], known[name], caches[name], roles=roles, row=name)
        if ends:
            _shortly(book, problem, short, back[0])
        for symbol in (s for s, more in grown.items() if more):
            _steepen(book, penalties, book.label(symbol, name))
    if readers["X"] > 1:
        book.enter_sum("dX", asked["X"])


def _penalize(book: Ledger, penalties: tuple, weights: list[tuple[str, str]]) -> None:
    """J = J_data + what every penalty takes for every weight."""
    parts = ["J_data"]
    for i, penalty in enumerate(penalties):
        for row, symbol in weights:
            label = book.label(symbol, row)
            name = f"penalty_{label}" + "'" * i
            roles = lambda made, name=name: {name: made}
            book.run(penalty.forward, [book[label]], roles=roles, label=lambda s, name=name: f"{s}_{name}")
            parts.append(name)
    book.enter_sum("J", parts)


def _steepen(book: Ledger, penalties: tuple, label: str) -> None:
    """dW = dW_data + the slope of every penalty."""
    parts = [f"d{label}_data"]
    for i, penalty in enumerate(penalties):
        name = f"d{label}_penalty" + "'" * i
        roles = lambda made, name=name: {name: made}
        book.run(penalty.backward, [book[label]], roles=roles, label=lambda s, name=name: f"{s}_{name}")
        parts.append(name)
    book.enter_sum(f"d{label}", parts)


def gradients(made: Any, back: list[str], names: dict[str, str]) -> Named:
    """What a layer's backward returned, by the names of the network."""
    wires, grads = made
    wires = wires if isinstance(wires, tuple) else (wires,)
    return dict(zip(back, wires, strict=True)) | {names[symbol]: d for symbol, d in grads.items()}
