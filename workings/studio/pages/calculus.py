"""Calculus: formulas as graphs, forwards to the value and backwards to the derivatives; descent on a curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from workings.exercises.answers import ALIKE
from workings.ink.graph import Graph, graph
from workings.ink.notation import Written, write
from workings.ink.number import Number
from workings.ink.rounding import cut
from workings.sheets.shown import shown
from workings.studio.maths import MATH, Tree, number, tree, typeset
from workings.studio.messages import Real, Text
from workings.studio.page import Page

Formula = Annotated[str, Meta(max_length=400)]
Values = Annotated[
    dict[Annotated[str, Meta(max_length=20)], Annotated[str, Meta(max_length=30)]], Meta(max_length=40)
]
Steps = Annotated[int, Meta(ge=1, le=200)]

DIGITS = 4
NODES = 60  # of a graph that is drawn
ALONG, ACROSS = 161, 41  # points of a curve; of a surface along each side
NEURON = "z{0} = w{0} * {1} + b{0}; a{0} = 1 / (1 + exp(-z{0}))"
EXAMPLES: dict[str, tuple[str, dict[str, str]]] = {
    "J = 3(a + bc)": ("J = 3 * (a + b * c)", {"a": "5", "b": "3", "c": "2"}),
    "a chain of three neurons": (
        "; ".join([NEURON.format(1, "x"), NEURON.format(2, "a1"), NEURON.format(3, "a2"), "C = (a3 - y)^2"]),
        {"x": "0.5", "y": "1", "w1": "1.5", "b1": "-1", "w2": "-2", "b2": "0.5", "w3": "1", "b3": "0.25"},
    ),
    "logistic regression": (
        "z = w1 * x1 + w2 * x2 + b; a = 1 / (1 + exp(-z)); L = -(y * log(a) + (1 - y) * log(1 - a))",
        {"w1": "1", "w2": "-2", "b": "0.5", "x1": "2", "x2": "1", "y": "1"},
    ),
    "ReLU": ("z = w * x + b; a = max(0, z); C = (a - y)^2", {"w": "2", "x": "3", "b": "-1", "y": "4"}),
}
CURVES = {
    "a bowl": "J = w^2",
    "two valleys": "J = w^4 - 3 * w^2 + w",
    "a steep and a flat side": "J = exp(w) - 2 * w",
    "a bowl in two directions": "J = v^2 + 4 * w^2",
    "a saddle": "J = v^2 - w^2 + w^4 / 4",
}


class Calculus(Page):
    """One graph and one descent of one visitor."""

    name = "calculus"

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.graph: Graph | None = None
        self.formula, self.values = "", {}
        self.walked: tuple[str, list[str], list[float], float, int] | None = None

    def figure(self) -> Any:
        if self.walked is None:
            return None
        from workings.plots import descent_on_curve, descent_on_surface

        formula, names, start, rate, steps = self.walked
        J = np.vectorize(lambda *at: _value(formula, dict(zip(names, map(float, at), strict=True))))
        if len(names) == 1:
            return descent_on_curve(J, start[0], (rate,), steps)
        return descent_on_surface(J, (start[0], start[1]), (rate,), steps)

    def code(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self.values.items())
        return f"import workings as wk\n\ng = wk.ink.graph({self.formula!r}{given})\nprint(g)\n"

    def on_start(self, formula: Formula = "", values: Values | None = None) -> None:
        """The examples there are, and a graph."""
        self.say("examples", {"graphs": EXAMPLES, "curves": CURVES})
        first, known = EXAMPLES["J = 3(a + bc)"]
        self.on_graph(formula or first, values or {} if formula else known)

    def on_graph(self, formula: Formula, values: Values) -> None:
        """Another formula, or other numbers in it."""
        values = {name: text.translate(ALIKE).replace(",", ".") for name, text in values.items()}
        try:
            made = _graph(formula, values)
        except (ValueError, KeyError, ArithmeticError) as error:
            return self.say("failed", str(error).partition(": graph(")[0])
        self.graph, self.formula, self.values = made, formula, values
        self.say("graph", {"formula": formula, "values": self.values, **drawn(made)})

    def on_move(self, name: Text, by: Real) -> None:
        """Nudge one given number, and see what every other does."""
        if self.graph is None or name not in self.graph.givens:
            return self.say("failed", f"{name} is worked out; what can be nudged is given")
        before, value = self.graph, self.graph.forward[name].value
        try:
            after = _graph(self.formula, {**self.values, name: str(float(value) + by)})
        except (ValueError, ArithmeticError) as error:
            return self.say("failed", str(error))
        rows = [
            {
                "name": n,
                "before": _text(x.value),
                "after": _text(after.forward[n].value),
                "change": _text(float(after.forward[n].value) - float(x.value)),
            }
            for n, x in before.forward.items()
            if n == name or after.forward[n].value != x.value
        ]
        slope, result = float(before.slope(name)), before.result
        self.say(
            "moved",
            {
                "name": name,
                "by": _text(by),
                "rows": rows,
                "says": f"d{result}/d{name} = {_text(slope)}, so {result} should change by {_text(slope * by)}; "
                f"it changes by {_text(float(after.forward[result].value) - float(before.forward[result].value))}",
            },
        )

    def on_open(self, cell: Text) -> None:
        """A number of the graph, or a derivative: "u", "dJ/du"."""
        if self.graph is None or cell not in self.graph:
            return self.say("unopened", {"cell": cell, "why": f"there is no {cell!r} in this graph"})
        self.say("opened", opened(self.graph, cell))

    def on_descend(self, formula: Formula, start: list[Real], rate: Real, steps: Steps = 20) -> None:
        """Walk down a formula of one name or of two, from a start, a step of rate times the slope at a time."""
        try:
            names = _names(formula)
            if len(names) not in (1, 2) or len(start) != len(names):
                raise ValueError(f"a curve has one name, a surface two; there are {', '.join(names) or 'none'}")
            path = list(_walk(formula, names, start, rate, steps))
            with np.errstate(over="ignore"):  # what is too high for the picture leaves it
                field = _along(formula, names[0]) if len(names) == 1 else _across(formula, names)
                ways = np.array([[*point, J] for point, J, _ in path], np.float32)
        except (ValueError, KeyError, ArithmeticError) as error:
            return self.say("undescended", str(error))
        lines = [[*(_text(v) for v in point), _text(J), *(_text(s) for s in slope)] for point, J, slope in path]
        self.walked = (formula, names, start, rate, steps)
        told = {"names": names, "lines": lines, "result": _graph(formula, dict.fromkeys(names, "1")).result}
        self.say("descent", told, {"path": ways, "field": field})


def _graph(formula: str, values: dict[str, str]) -> Graph:
    made = graph(formula, **values)
    if len(made.forward) > NODES:
        raise ValueError(f"this formula has {len(made.forward)} steps; a picture holds {NODES}")
    return made


def _text(value: Any) -> str:
    """A number as on a sheet: a fraction that is a short decimal is written as one."""
    return typeset(shown(value, DIGITS).text)


def drawn(g: Graph) -> dict[str, Any]:
    """The nodes of a graph, each with its place from left to right, its value and its derivative."""
    depth: dict[str, int] = {}
    for name, x in g.forward.items():
        depth[name] = 1 + max((depth[read] for read in _read(x)), default=-1)
    latest = {name: depth[name] for name in g.forward}
    for name, x in g.forward.items():  # a given stands just before what first reads it
        for read in _read(x):
            if read in g.givens:
                latest[read] = min(latest[read] or depth[name] - 1, depth[name] - 1)
    return {
        "result": g.result,
        "givens": g.givens,
        "nodes": [
            {
                "name": name,
                "depth": latest[name] if name in g.givens else depth[name],
                "reads": list(dict.fromkeys(_read(x))),
                "value": _text(x.value),
                "slope": _text(g.slope(name)),
            }
            for name, x in g.forward.items()
        ],
        "lines": list(g.lines()),
    }


def _read(x: Number) -> Iterator[str]:
    """The names that stand in a number's own line."""
    todo = [*x.operands]
    while todo:
        part = todo.pop(0)
        if part.name:
            yield part.name.array
        else:
            todo[:0] = part.operands


def opened(g: Graph, name: str) -> dict[str, Any]:
    """A number of a graph as the panel "By hand" shows it."""
    x = g[name]
    read = list(dict.fromkeys(_read(x)))
    readers = [n for n, y in {**g.forward, **g.backward}.items() if name in _read(y)]
    cells = lambda names: [
        {
            "array": n,
            "count": 1,
            "first": [{"cell": n, "symbol": _symbol(n), "value": _text(g[n].value), "words": ""}],
        }
        for n in names
    ]
    lines = [_line(x, numbers) for numbers in (False, True)] if x.operands else []
    return {
        "cell": name,
        "array": name,
        "index": [],
        "symbol": _symbol(name),
        "value": _text(x.value),
        "rounded": number(x.value, DIGITS).rounded,
        "full": repr(x.value) if isinstance(x.value, float) else str(x.value),
        "words": f"how much {g.result} grows with {name.partition('/d')[2]}" if "/" in name else "",
        "rule": _rule(g, name),
        "formula": None,
        "lines": [line for i, line in enumerate(lines) if line["terms"] != (lines[0]["terms"] if i else None)],
        "table": None,
        "because": "",
        "made_from": cells(read),
        "leads_to": cells(readers),
        "notes": [],
    }


def _rule(g: Graph, name: str) -> str:
    if "/" not in name:
        return "Given." if name in g.givens else ""
    if name == f"d{g.result}/d{g.result}":
        return f"{g.result} grows as fast as itself."
    return f"The chain rule: over every path from {name.partition('/d')[2]} to {g.result}, slope times slope, added."


def _symbol(name: str) -> Tree:
    return tree(_markup(name))


def _markup(name: str) -> str:
    above, slash, below = name.partition("/")
    part = lambda letters: f"<mrow><mo>∂</mo><mi>{letters[1:]}</mi></mrow>"
    return f"<mfrac>{part(above)}{part(below)}</mfrac>" if slash else f"<mi>{name}</mi>"


def _line(x: Number, numbers: bool) -> dict[str, Any]:
    rounded = False

    def leaf(node: Number) -> Written:
        nonlocal rounded
        if node.name and not numbers:
            return Written(_markup(node.name.array))
        made = cut(node.value, DIGITS)
        rounded |= made.rounded
        return MATH.number(made.text)

    told = tree(write(x, MATH, leaf, side_by_side=numbers).text)
    return {"sign": "≈" if rounded else "=", "terms": [told]}


def _names(formula: str) -> list[str]:
    from workings.ink.formula import read

    return sorted(read(formula)[1])


def _walk(formula: str, names: list[str], start: list[float], rate: float, steps: int) -> Iterator[Any]:
    at = list(start)
    for _ in range(steps + 1):
        g = _graph(formula, {n: repr(float(v)) for n, v in zip(names, at, strict=True)})
        slopes = [float(g.slope(n)) for n in names]
        yield list(at), float(g.forward[g.result].value), slopes
        at = [v - rate * s for v, s in zip(at, slopes, strict=True)]
        if max(map(abs, at)) > 1e6:
            return  # it has left: the steps are too long


def _along(formula: str, name: str, reach: float = 4.0) -> np.ndarray:
    """The curve, (points, 2); where it has no value there is NaN."""
    xs = np.linspace(-reach, reach, ALONG)
    return np.array([[x, _value(formula, {name: x})] for x in xs], np.float32)


def _across(formula: str, names: list[str], reach: float = 4.0) -> np.ndarray:
    """The surface from the top left, (side, side): the first name to the right, the second upwards."""
    xs = np.linspace(-reach, reach, ACROSS)
    return np.array([[_value(formula, {names[0]: x, names[1]: y}) for x in xs] for y in xs[::-1]], np.float32)


def _value(formula: str, at: dict[str, float]) -> float:
    try:
        g = graph(formula, **{n: float(v) for n, v in at.items()})
        return float(g.forward[g.result].value)
    except (ValueError, ArithmeticError):
        return float("nan")
