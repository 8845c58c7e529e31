"""Passes: a network's forward and backward pass, entered line by line in a ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from workings.contract import Named, Namespace, Tree
from workings.explain.ledger import Both, Ledger, positional
from workings.losses import FUSED
from workings.network import Network
from workings.penalties import penalized

TEXTBOOK = {fused: pair for pair, fused in FUSED.items()}


def textbook(network: Network, loss: Any) -> Any:
    """The face of the loss that is for paper: a fused loss behind its own activation is taken apart."""
    activation, paper = TEXTBOOK.get(loss, (None, None))
    return paper if paper is not None and network.rows[-1].layer == activation else loss


def both_ways(
    network: Network,
    loss: Any,
    params: Tree,
    X: Any,
    Y: Any,
    givens: Tree | None = None,
    xp: Namespace = None,
    penalties: Iterable[Any] = (),
) -> Ledger:
    """The ledger of one forward and one backward pass; X and Y have one example per column."""
    wires = {"X", *(row.name for row in network.rows)}
    book = Ledger(xp, wires | {f"d{wire}" for wire in wires})
    penalties = tuple(penalties)
    book.enter_givens({"X": X, "Y": Y})
    known, caches = {}, {}
    for name, layer, reads in network.rows:
        known[name] = book.enter_givens(params.get(name, {}), name)
        extra = book.enter_givens((givens or {}).get(name, {}), name)
        role = lambda made, name=name: {name: made[0]}
        into = [book[read] for read in reads]
        made = book.run(layer.forward, into, known[name], extra, roles=role, row=name)
        caches[name] = Both(made.numbers[1], made.ink[1])

    last = network.output
    cost = "J_data" if penalties else "J"
    made = book.run(loss.forward, [book[last], book["Y"]], roles=lambda made: {cost: made[0]})
    found = Both(made.numbers[1], made.ink[1])
    if penalties:
        weights = [(row, s) for row, named in params.items() for s in named if penalized(s)]
        _penalize(book, penalties, weights)
    book.run(loss.backward, [], found, roles=lambda made: {f"d{last}": made})
    _backward(book, network, params, known, caches, penalties)
    return book


def _backward(book: Ledger, network: Network, params: Tree, known: Any, caches: Any, penalties: tuple) -> None:
    readers = Counter(read for row in network.rows for read in row.reads)
    asked = defaultdict(list)  # wire -> what each of its readers asks of it
    for name, layer, reads in reversed(network.rows):
        if name != network.output:
            if not readers[name]:
                continue  # nobody reads it: no gradient comes this way
            if readers[name] > 1:
                book.enter_sum(f"d{name}", asked[name])
        back = []
        for read, symbol in zip(reads, positional(layer.forward), strict=True):
            back.append(f"d{read}" if readers[read] == 1 else f"d{read}←{name}.{symbol}")
            asked[read].append(back[-1])
        grown = {s: penalized(s) and bool(penalties) for s in params.get(name, {})}
        names = {s: f"d{book.label(s, name)}" + ("_data" if more else "") for s, more in grown.items()}
        roles = partial(gradients, back=back, names=names)
        book.run(layer.backward, [book[f"d{name}"]], known[name], caches[name], roles=roles, row=name)
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
            book.run(penalty.forward, [book[label]], roles=lambda made, name=name: {name: made})
            parts.append(name)
    book.enter_sum("J", parts)


def _steepen(book: Ledger, penalties: tuple, label: str) -> None:
    """dW = dW_data + the slope of every penalty."""
    parts = [f"d{label}_data"]
    for i, penalty in enumerate(penalties):
        name = f"d{label}_penalty" + "'" * i
        book.run(penalty.backward, [book[label]], roles=lambda made, name=name: {name: made})
        parts.append(name)
    book.enter_sum(f"d{label}", parts)


def gradients(made: Any, back: list[str], names: dict[str, str]) -> Named:
    """What a layer's backward returned, by the names of the network."""
    wires, grads = made
    wires = wires if isinstance(wires, tuple) else (wires,)
    return dict(zip(back, wires, strict=True)) | {names[symbol]: d for symbol, d in grads.items()}
