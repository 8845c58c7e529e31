"""Changes: mistakes that need more than one rule.

Each is told a cell, and gives the workings that the mistake makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.exercises.mistakes.cell import Cell, layer, turned
from workings.exercises.rewrite import (
    again,
    anywhere,
    bare,
    everywhere,
    leaf,
    leaves,
    missing,
    rounded,
    symbol,
    unshifted,
)
from workings.ink.number import Name, Number, work

ONE, TWO = Number(1), Number(2)
LN10 = Number(2.302585092994046)


def cell_by_cell(c: Cell) -> Iterator[Number]:
    """Of all the products only that of the numbers which stand where the result stands."""
    if c.is_a("dW"):
        yield from _cell_by_cell_back(c)
        return
    terms = c.working.operands if c.working.op == "+" else ()
    products = [x.operands for x in terms if x.op == "*"]
    if len(products) < 2 or not all(y.name and len(y.name.cell) == 2 for x in products for y in x):
        return
    rest = [x for x in terms if x.op != "*"]
    if c.is_a("Z") and c.m == 1:  # down the diagonal of a square W
        n, W = len(products), c.name.array.replace("Z", "W")
        if n > 2 and [*c.found(Name(W, (n - 1, 0)))] and not [*c.found(Name(W, (n, 0)))]:
            yield work("+", work("*", *products[c.name.cell[0]]), *rest)
        return
    factors = []
    for a, b, here in zip(*products[:2], reversed(c.name.cell), strict=True):
        cell = tuple(i if i == j else here for i, j in zip(a.name.cell, b.name.cell, strict=True))
        factors.append(c.look(Name(a.name.array, cell)))
    yield work("+", work("*", *factors), *rest)


def _cell_by_cell_back(c: Cell) -> Iterator[Number]:
    """dZ times A, number by number, divided by m or not; where both are square, else it has not the shape of dW."""
    x = c.working
    if x.op == "/" and x.operands[0].op == "+" and all(y.op == "*" for y in x.operands[0].operands):
        arrays = [y.name.array for y in x.operands[0].operands[0].operands if y.name]
        ends = [(array, cell) for array in arrays for cell in ((c.m - 1, c.m - 1), (c.m, 0))]
        if [bool([*c.found(Name(*end))]) for end in ends] == [True, False] * 2:
            factors = [c.look(Name(array, c.name.cell)) for array in arrays]
            yield from (work("/", work("*", *factors), x.operands[1]), work("*", *factors))


def one_dropped(c: Cell) -> Iterator[Number]:
    """A sum of products without one; what is left of two paths, two examples, or of the state, has its own name."""
    states = sum(symbol(x.operands[0]) == "Waa" for x in c.working.operands if x.op == "*")
    alone = lambda x: states == 1 and symbol(x.operands[0]) == "Waa"
    terms = c.working.operands[0].operands if c.is_a("dW") else c.working.operands
    if not c.is_a("dA", "dW") or len(terms) > 2:
        yield from anywhere(c.working, missing(lambda x: x.op == "*" and not x.name and not alone(x)))


def transposed(c: Cell) -> Iterator[Number]:
    """The working of the mirrored cell."""
    yield c.retrace(turned(c.name))


def one_example(c: Cell) -> Iterator[Number]:
    """A mean over the examples of which only one was taken, divided or not."""
    x = c.working
    if x.op == "/" and x.operands[0].op == "+" and not x.operands[0].name and bare(x.operands[1]):
        for term in x.operands[0].operands:
            yield from (term, work("/", term, x.operands[1]))


def one_path(c: Cell) -> Iterator[Number]:
    """A sum over the nodes above of which only one was taken."""
    x = c.working
    if x.op == "+" and all(y.op == "*" or y.name for y in x.operands):
        yield from x.operands
    if x.op == "-":
        yield from (x.operands[0], work("neg", x.operands[1]))


def slope_elsewhere(c: Cell) -> Iterator[Number]:
    """The question Z > 0 asked of another array."""
    x = c.working
    if x.op == "*" and symbol(x.operands[1]) == "mask":
        d, mask = x.operands
        others = [y for step in (-1, 1) if mask.name for y in c.found(layer(step)(mask.name))]
        yield from (work("*", d, y) for y in others)
        yield work("where", work(">", d, Number(0)), d, Number(0))
    elif x.op == "where" and x.operands[0].op == ">" and x.operands[0].operands[0].name:
        (z, zero), yes, no = x.operands[0].operands, *x.operands[1:]
        others = [
            *((yes,) if yes.name else ()),
            *(y for step in (-1, 1) if z.name for y in c.found(layer(step)(z.name))),
        ]
        yield from (work("where", work(">", other, zero), yes, no) for other in others)


def no_slope(c: Cell) -> Iterator[Number]:
    """dA as it came."""
    yield from [y for y in leaves(c.working) if symbol(y) in ("dA", "da") and y.name.cell == c.name.cell][:1]


def slope_twice(c: Cell) -> Iterator[Number]:
    """dA times the slope, and the slope once more."""
    if any(symbol(y) in ("dA", "da") for y in leaves(c.working)):
        slope = next(everywhere(c.working, leaf("dA da", lambda x: ONE)))
        yield work("*", c.working, slope)


def slope_of_a(c: Cell) -> Iterator[Number]:
    """The activation taken of A once more, and then its slope."""
    inner = next((y.name for y in leaves(c.working) if symbol(y) in ("A", "a")), None)
    if inner is None:
        return
    made = c.retrace(inner)
    z = next((y.name for y in leaves(made) if y.name.cell == inner.cell), None)
    if z is not None and made.op in ("/", "tanh"):
        once_more = lambda a: again(made, lambda y: a if y.name == z else y)
        yield from everywhere(c.working, leaf("A a", once_more))


def not_normalized(c: Cell) -> Iterator[Number]:
    """A power of e that was not divided by the sum of them all."""
    x = c.working
    if x.op != "/" or bare(x.operands[1]):
        return
    power = c.retrace(x.operands[0].name) if x.operands[0].name else x.operands[0]
    if power.op == "exp":
        yield next(everywhere(power, unshifted))


def factor_2(c: Cell) -> Iterator[Number]:
    """A 2 too many or too few; where a division by 2 stands, or m is 2, that is not the 2 that was meant."""
    x = c.working
    if not c.is_a("L", "J", "dw", "de") and not any(symbol(y) == "Y" for y in leaves(x)):
        return  # the factor belongs to the loss, and to its slope at the prediction
    divided = x.op == "/" and x.operands[1].value == 2
    if not divided:
        yield work("*", TWO, x)
    if c.m != 2:
        yield work("/", x, TWO)
    if x.op == "*" and bare(x.operands[0]) and x.operands[0].value not in (0, 1, 2):
        yield x.operands[1]


def early(c: Cell) -> Iterator[Number]:
    """What was worked out before, or a power of e on the way, with two decimals, or with one."""
    for places, op in ((2, "round"), (2, "round down"), (1, "round"), (1, "round down")):
        short = lambda x, n=places, op=op: (rounded(x, n, op) for _ in (1,) if x.name and c.retrace(x.name).operands)
        yield from everywhere(c.working, short)
        power = lambda x, n=places, op=op: (rounded(x, n, op) for _ in (1,) if x.op == "exp" and not x.name)
        yield from everywhere(c.working, power)


def with_new_weights(c: Cell) -> Iterator[Number]:
    """The way back through the weights after the step."""
    new = lambda x: c.retrace(Name(x.name.array + "_new", x.name.cell))
    yield from everywhere(c.working, leaf("W", new))


def per_example(c: Cell) -> Iterator[Number]:
    """The bias added once for every example."""
    if c.m > 1:
        yield from everywhere(c.working, leaf("b", lambda b: work("*", Number(c.m), b)))


def other_side(c: Cell) -> Iterator[Number]:
    """The columns of a shape for its rows."""
    layer, side = c.name.cell
    yield c.retrace(Name(c.name.array, (layer, 1 - side)))


def inputs_too(c: Cell) -> Iterator[Number]:
    """A column of nodes more."""
    yield from (y for y in leaves(c.working) if c.working.op == "-")


def kernel_turned(c: Cell) -> Iterator[Number]:
    """Every number of the kernel K read from the end."""
    cells = [y.name.cell for y in leaves(c.working) if y.name.array == "K"]
    if cells:
        last = max(cells)
        turn = lambda name: Name(name.array, tuple(n - i for n, i in zip(last, name.cell, strict=True)))
        yield from everywhere(c.working, leaf("K", lambda x: c.look(turn(x.name))))


def no_state(c: Cell) -> Iterator[Number]:
    """A step without what came from the step before."""
    kept = [x for x in c.working.operands if not (x.op == "*" and symbol(x.operands[0]) == "Waa")]
    if 0 < len(kept) < len(c.working.operands):
        yield work("+", *kept)
