"""By hand: a derivation as the panel of that name shows it.

    symbol = value, in words · the rule · symbols · numbers · result · the terms of its sum · made from · leads to

All texts are made here; the browser puts them where they belong.  A sum is sent term by term, because formulas in a
browser do not wrap; the numbers that can be opened are named as on a sheet, `Z1[3,1]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from workings.explain.derivation import Derivation
from workings.explain.explanation import Explanation
from workings.explain.notes import notes
from workings.ink.number import Name, Number
from workings.ink.text import PLAIN
from workings.sheets.derivation import called
from workings.sheets.tidy import tidy
from workings.studio.maths import MATH, Tree, formula, named, number, tree

LARGEST = 8  # terms of a long sum that are shown at first
FEW = 3  # of a sum below a fraction, which cannot wrap
PAGE = 50  # and then at a time
LISTED = 12  # cells of one array under "made from" and "leads to"

ONE = {
    "W": "weight",
    "b": "bias",
    "Z": "sum before the activation",
    "A": "activation",
    "P": "pooled value",
    "N": "normalized value",
    "D": "value after dropout",
    "H": "state",
    "S": "sum",
    "E": "power of e",
    "gamma": "scale",
    "beta": "shift",
}
ALONE = {"X": "input", "Y": "target", "L": "loss of one example", "J": "loss, the mean over the examples"}


def panel(d: Derivation) -> dict[str, Any]:
    """Everything the panel shows of one number."""
    value = number(d.value, d.conventions.digits)
    return {
        "cell": cell_of(d, d.name),
        "array": d.name.array,
        "index": list(d.name.cell),
        "symbol": named(d, d.name),
        "value": value.text,
        "rounded": value.rounded,
        "full": repr(d.value) if isinstance(d.value, float) else str(d.value),
        "words": words(d.whole, d.name),
        "rule": rule(d.whole, d.name.array),
        "formula": _formula_of_array(d),
        "lines": list(_lines(d)),
        "table": terms(d),
        "because": d.because,
        "made_from": _listed(d, ((name.array, [name], 1) for name in _makers(d))),
        "leads_to": _listed(d, ((x.array, x.first(LISTED), x.count) for x in d.leads_to)),
        "notes": notes(d),
    }


def cell_of(d: Derivation, name: Name) -> str:
    """The name of a cell as it is written on a sheet and in a message."""
    return called(name, d, PLAIN)


def words(w: Explanation, name: Name) -> str:
    """A cell in words: "weight of layer 2, to unit 4 from unit 10".

    Counted as the conventions count.
    """
    array, cell = name.array, [i + w.conventions.base for i in name.cell]
    gradient = array != "d" and array[0] == "d" and array[1:] in w.numbers
    own = array[1:] if gradient else array
    place = _place(own, cell, w.numbers["X"].shape[-1], _reads_x(w, own))
    if own in ALONE:
        told = ALONE[own] + place
    else:
        found = re.fullmatch(r"([A-Za-z]+?)(\d+)(?:⟨(\d+)⟩)?", own)
        letter = next((x for x in (found[1], found[1][:1]) if x in ONE), "") if found else ""
        told = f"{ONE[letter]} of layer {found[2]}{place}" if found and letter else own + place
        told += f", step {found[3]}" if found and found[3] else ""
    return f"how much the loss grows with the {told}" if gradient else told


def _reads_x(w: Explanation, array: str) -> bool:
    """Whether these weights meet the inputs themselves."""
    return any(row.reads[0] == "X" and w.book.label("W", row.name) == array for row in w.problem.network.rows)


def _place(array: str, cell: list[int], m: int, inputs: bool) -> str:
    parameter = re.match(r"W|b|gamma|beta", array) is not None
    if not cell:
        return ""
    if parameter and array[0] == "W" and len(cell) == 2:
        return f", to unit {cell[0]} from {'feature' if inputs else 'unit'} {cell[1]}"
    if parameter:
        return f", unit {cell[0]}"
    unit = f", {'feature' if array in 'XY' else 'unit'} {cell[0]}" if len(cell) > 1 and array not in "LJ" else ""
    between = f" at {tuple(cell[1:-1])}".replace(",)", ")") if len(cell) > 2 else ""
    return unit + between + (f", example {cell[-1]}" if m > 1 else "")


def rule(w: Explanation, array: str) -> str:
    """The rule that makes an array, in a sentence."""
    row = next((row for row in w.problem.network.rows if row.name == array), None)
    if row is not None:
        return _first_line(row.layer)
    if array in ("L", "J"):
        return _first_line(w.problem.loss) if array == "L" else "The mean of the losses of all examples."
    if array == "X":
        return "Given: what the network is shown."
    if array == "Y":
        return "Given: what the answer should be."
    if array[0] == "d" and array[1:] in w.numbers:
        return "By the chain rule, from the gradients of everything it leads to."
    if array in {w.book.label(s, row) for row, held in w.problem.params.items() for s in held}:
        return "Learned: training moves it a little at every step."
    return ""


@cache
def _first_line(what: Any) -> str:
    """What a layer or a loss says of itself, its sizes put in: "16 units, each with a weight …"."""
    said = (type(what).__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    sizes = {name: value for name, value in vars(what).items() if isinstance(value, int | float)}
    said = re.sub(r"`(\w+)`", lambda found: str(sizes.get(found[1], found[1])), said).replace("`", "")
    return re.sub(r"^1 units", "1 unit", said)


def _formula_of_array(d: Derivation) -> Tree | None:
    cells = d.whole[d.name.array]
    written = cells.written(MATH)
    whole = MATH.name(Name(d.name.array), 0).text
    return None if written in (whole, "given") or not d.working.operands else tree(f"{whole}<mo>=</mo>{written}")


def _lines(d: Derivation) -> Iterator[dict[str, Any]]:
    """Symbols, then numbers, each as the terms of its sum, so that they can wrap."""
    if not d.working.operands:
        return
    x = tidy(d.working, LARGEST if d.working.op == "+" else FEW)
    told = []
    for numbers in (False, True):
        parts = [formula(part, d, numbers, i > 0) for i, part in enumerate(x.operands if x.op == "+" else (x,))]
        line = {"sign": "≈" if any(cut for _, cut in parts) else "=", "terms": [part for part, _ in parts]}
        if line["terms"] not in told:
            told.append(line["terms"])
            yield line


def _sum_in(x: Number) -> Number | None:
    """The long sum of a working: itself, or the one below a division or in a factor."""
    if x.op == "+":
        return x
    below = [part for part in x.operands if not part.name and part.op == "+" and len(part.operands) > 2]
    return below[0] if x.op in ("/", "*") and below else None


def terms(d: Derivation, start: int | None = None) -> dict[str, Any] | None:
    """The terms of its sum as a table: the largest, or from `start` on in the order in which they are added."""
    whole = _sum_in(d.working)
    if whole is None or len(whole.operands) < 2:
        return None
    count = len(whole.operands)
    shown = tidy(whole, LARGEST).operands if start is None else whole.operands[start : start + PAGE]
    rows, so_far = [], None if start else 0
    for x in shown:
        so_far = None if so_far is None else so_far + x.value
        rows.append(_row(x, d, so_far))
    together = d.conventions.digits
    return {
        "start": start,
        "count": count,
        "rows": rows,
        "arrays": _columns(rows),
        "total": number(whole.value, together).text,
        "more": count > len(rows) if start is None else start + PAGE < count,
    }


def _row(x: Number, d: Derivation, so_far: Any) -> dict[str, Any]:
    digits = d.conventions.digits
    factors = [x] if x.name else [part for part in _factors(x) if part.name] if x.op != "rest" else []
    return {
        "factors": [
            {"cell": cell_of(d, f.name), "array": f.name.array, "value": number(f.value, digits).text}
            for f in factors[:3]
            if f.name
        ],
        "rest": len(x.operands) if x.op == "rest" else 0,
        "value": number(x.value, digits).text,
        "so_far": None if so_far is None else number(so_far, digits).text,
    }


def _factors(x: Number) -> Iterator[Number]:
    """The named numbers of a term, from left to right."""
    todo = [x]
    while todo:
        node = todo.pop()
        if node.name or not node.operands:
            yield node
        else:
            todo += reversed(list(node.operands)[:4])


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    """What stands in each column, where the terms are all made alike."""
    kinds = {tuple(f["array"] for f in row["factors"]) for row in rows if len(row["factors"]) > 1}
    return list(kinds.pop()) if len(kinds) == 1 else []


def _makers(d: Derivation) -> Iterator[Name]:
    """What a cell is made from; behind powers of e also that of which they are the powers."""
    yield from d.made_from
    for name in d.made_from:
        if re.match(r"E\d", name.array):
            yield from d.whole.open(name).made_from


def _listed(d: Derivation, each: Any) -> list[dict[str, Any]]:
    together: dict[str, tuple[list[Name], int]] = {}
    for array, names, count in each:
        known, many = together.get(array, ([], 0))
        together[array] = (known + names if len(known) < LISTED else known, many + count)
    digits = d.conventions.digits
    cells = lambda names: [
        {
            "cell": cell_of(d, n),
            "symbol": named(d, n),
            "value": number(d.whole.numbers[n.array][n.cell], digits).text,
            "words": words(d.whole, n),
        }
        for n in names[:LISTED]
    ]
    return [{"array": a, "count": many, "first": cells(names)} for a, (names, many) in together.items()]
