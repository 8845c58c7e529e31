"""Lines: how a cell was made, in one line of a sheet: "Z1[1,1] = (1)(2) + (-1)(1) + (1)(3) + (-5) = -1"."""

from __future__ import annotations

from typing import Any

from workings.explain import Derivation, Explanation
from workings.explain.because import because
from workings.ink.notation import Notation, Written, write
from workings.ink.number import Number
from workings.ink.rounding import Cut
from workings.ink.text import PLAIN
from workings.sheets.board import Board, cells_of
from workings.sheets.shown import shown
from workings.sheets.tidy import tidy

TERMS = 16  # of a sum, in one line


class Crosses(Notation):
    """Products with a cross, and every negative number in brackets: 1 x 7 + (-1) x 9."""

    def number(self, text: str) -> Written:
        return Written(f"({text})" if text[0] == "-" else text)


def line(d: Derivation, crosses: bool = False, bias: bool = True) -> str:
    """Name = numbers = result; where ReLU chose, the reason.  `~` stands before what is rounded."""
    name = PLAIN.name(d.whole.shown(d.name), d.conventions.base).text
    return equation(name, d.working if bias else _without_bias(d.working), d.conventions.digits, crosses)


def equation(name: str, working: Number, digits: int, crosses: bool = False) -> str:
    """A working as a line under a name; where ReLU chose, the reason."""
    value, said = shown(working.value, digits), lambda x: shown(x.value, digits).text
    if working.op == "max" and (told := because(working, said, said)):
        return f"{name}: {told}"
    if told := _stopped(working, digits):
        return f"{name} {told}"
    text, rounded = _written(tidy(working, TERMS), digits, crosses)
    if not working.operands or text == value.text:
        return f"{name} {_sign(value)} {value.text}"
    return f"{name} {_sign(Cut(text, rounded))} {text} {_sign(value)} {value.text}"


def formula_line(d: Derivation, crosses: bool = False, bias: bool = True) -> str:
    """The line without the name: "(1)(2) + (-1)(1) + (1)(3) + (-5) = -1"."""
    return line(d, crosses, bias).split(" ", 1)[1].removeprefix("= ").removeprefix("~ ")


def lines_of(w: Explanation, name: str, crosses: bool = False, bias: bool = True) -> list[str]:
    """A line for every cell of an array; of an outer product, for every row."""
    whole = Board(w).w if name.startswith("mask") else w
    name = whole[name].name  # a<1> is a⟨1⟩
    found = outer(whole, name) or moved(whole, name)
    return found or [line(whole.open(cell), crosses, bias) for cell in cells_of(whole, name).flat]


def outer(w: Explanation, name: str) -> list[str]:
    """dW | db of one example, row by row: "dW3 | db3, row 1 = 0.5 x [2, 4 | 1] = [1, 2 | 0.5]"; else nothing."""
    label = name[1:]
    row = next((r for r in w.problem.network.rows if w.book.label("W", r.name) == label), None)
    if name[0] != "d" or row is None or w.numbers[row.reads[0]].shape[1:] != (1,) or f"d{row.name}" not in w:
        return []
    text = lambda x: shown(x, w.conventions.digits)
    A, dZ = w.numbers[row.reads[0]], w.numbers[f"d{row.name}"]
    dW, db = w.numbers[name], w.numbers[f"d{w.book.label('b', row.name)}"]
    told = []
    for i in range(len(dZ)):
        from_above, read = text(dZ[i, 0]), [text(a) for a in A.flat]
        met = f"[{', '.join(c.text for c in read)} | 1]"
        made = [*(text(x) for x in dW[i]), text(db[i, 0])]
        whole = f"[{', '.join(c.text for c in made[:-1])} | {made[-1].text}]"
        sign = "~" if any(c.rounded for c in made) else "="
        title = f"{name} | db{label[1:]}, row {i + w.conventions.base}"
        first = "~" if from_above.rounded or any(c.rounded for c in read) else "="
        told.append(f"{title} {first} {from_above.text} x {met} {sign} {whole}")
    return told


def moved(w: Explanation, name: str) -> list[str]:
    """A step of gradient descent, row by row: "W2_new, row 1 = [1, -1] - 0.01 x [0, 3] = [1, -1.03]"; or nothing."""
    old = name.removesuffix("_new")
    if old == name or w.numbers[name].shape[1] < 2:
        return []
    x = w.book.workings[name].at((0, 0))
    if x.op != "-" or x.operands[1].op != "*" or x.operands[1].operands[0].name:
        return []  # another optimizer's step
    rate = shown(x.operands[1].operands[0].value, w.conventions.digits)
    rows = zip(w.numbers[old], w.numbers[f"d{old}"], w.numbers[name], strict=True)
    told = []
    for i, parts in enumerate(rows, w.conventions.base):
        cells = [[shown(v, w.conventions.digits) for v in row] for row in parts]
        was, slope, now = (f"[{', '.join(c.text for c in row)}]" for row in cells)
        first = "~" if any(c.rounded for c in [*cells[0], *cells[1], rate]) else "="
        sign = "~" if any(c.rounded for c in cells[2]) else "="
        told.append(f"{name}, row {i} {first} {was} - {rate.text} x {slope} {sign} {now}")
    return told


def _stopped(x: Number, digits: int) -> str:
    """A gradient that goes back through ReLU, with its slope written out as a factor."""
    if x.op != "where" or x.operands[0].op != ">" or x.operands[0].operands[1].value != 0:
        return ""
    condition, yes, no = x.operands
    if no.value != 0 or no.name:
        return ""
    z, value = condition.operands[0], shown(x.value, digits)
    told = "is positive" if condition.value else "is not positive"
    base, at = shown(yes.value, digits), shown(z.value, digits)
    z_text = f"{z.name.array} {_sign(at)} {at.text}" if z.name else at.text
    if not yes.name:  # the slope itself
        return f"{_sign(value)} {value.text} because {z_text} {told}"
    made = f"({base.text})({int(bool(condition.value))})"
    return f"{_sign(base)} {made} {_sign(value)} {value.text} because {z_text} {told}"


def _written(x: Number, digits: int, crosses: bool) -> tuple[str, bool]:
    notation, rounded = Crosses() if crosses else PLAIN, False

    def leaf(node: Any) -> Written:
        nonlocal rounded
        text, was = shown(node.value, digits)
        rounded |= was
        if node.op == "rest":
            return Written(notation.rest(len(node.operands), text))
        return notation.number(text)

    return write(x, notation, leaf, side_by_side=not crosses).text, rounded


def _without_bias(x: Number) -> Number:
    """A sum without the bias at its end, which is 0."""
    last = x.operands[-1] if x.op == "+" else None
    if last is None or not last.name or last.name.array[0] != "b" or last.value != 0:
        return x
    kept = tuple(x.operands[:-1])
    return Number(x.value, x.op, kept, x.name) if len(kept) > 1 else Number(x.value, "is", kept, x.name)


def _sign(text: Cut) -> str:
    return "~" if text.rounded else "="
