"""Mistakes: each is one small change to the working of a cell.

    bias forgotten      in the working of a cell, wherever a sum has a b, the sum without it

Nothing here knows an exercise.  A change that leaves the value as it was is never reported, so every mistake may be
tried on every cell of every network.  Adding a mistake is adding a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from workings.exercises.mistakes import changes
from workings.exercises.mistakes.cell import Cell as Cell
from workings.exercises.mistakes.cell import before, instead, layer, mirrored, misread, turned
from workings.exercises.rewrite import Rule, anywhere, bare, everywhere, missing, negated, node, symbol
from workings.ink.number import Number, work

Makes = Callable[[Cell], Iterator[Number]]


class Mistake(NamedTuple):
    """What is said to the learner, what to practice, and the workings that it makes of a cell."""

    says: str
    practice: str
    makes: Makes
    slip: bool = False  # happens once; all else is done again wherever it can be
    weight: Fraction = Fraction(1)  # how much it is believed beside another that fits as well


def all_over(rule: Rule, *letters: str) -> Makes:
    return only(lambda c: everywhere(c.working, rule), *letters)


def at_one_place(rule: Rule, *letters: str) -> Makes:
    return only(lambda c: anywhere(c.working, rule), *letters)


def only(makes: Makes, *letters: str) -> Makes:
    """Only in the cells of these letters; without any, in all."""
    return lambda c: makes(c) if not letters or c.is_a(*letters) else iter(())


def relu_too(c: Cell) -> Iterator[Number]:
    yield work("max", c.working, Number(0))


def shared(c: Cell) -> Iterator[Number]:
    yield work("/", c.working, Number(c.m))


is_bias = lambda x: symbol(x)[:1] == "b" and symbol(x) != "biases"
is_product = lambda x: x.op == "*" and not x.name
BACK = ("dZ", "dA", "dz", "da")
LOSS = ("L", "J")
SUMS = ("Z", "C", "z", "dA", "dW")
GRADIENT = ("dW", "db", "dWaa", "dWax", "dba")
no_minus = lambda x: work("exp", *x.operands) if x.op == "neg" else None
undivided = lambda x, n: x if bare(n) and n.value != 1 else None
turned_round = lambda x, y: work("-", y, x) if x.name and y.name else None
no_rate = lambda rate, step: step if symbol(rate) == "alpha" or (bare(rate) and symbol(step)[:1] == "d") else None

MISTAKES = {
    # forward
    "bias forgotten": Mistake("the bias was left out", "adding the bias to every sum", all_over(missing(is_bias))),
    "bias per example": Mistake(
        "the bias was added once for every example; each example gets it once",
        "what broadcasting adds: the same b to every column",
        changes.per_example,
    ),
    "ReLU forgotten": Mistake(
        "ReLU makes a negative sum 0, and this one was left as it was",
        "ReLU: what is negative becomes 0",
        all_over(node("max", lambda x, *zero: x if bare(zero[0]) else None)),
    ),
    "ReLU on the sum": Mistake(
        "ReLU was applied to Z itself; here the sum stays as it is, negative or not",
        "where ReLU stands, and where it does not",
        only(relu_too, "Z", "z"),
    ),
    "minus in the exponent forgotten": Mistake(
        "the sigmoid has e to the power of minus z", "the sigmoid, 1 / (1 + e^-z)", all_over(node("exp", no_minus))
    ),
    "softmax not normalized": Mistake(
        "e^z was not divided by the sum of all of them",
        "softmax: the shares add up to 1",
        only(changes.not_normalized, "A", "P"),
    ),
    "log10 for ln": Mistake(
        "log to base 10 was taken; a loss uses the natural logarithm, ln",
        "the natural logarithm in the loss",
        all_over(node("log", lambda x: work("/", work("log", x), changes.LN10))),
    ),
    "sum for mean": Mistake(
        "the losses were added, but not divided by the number of examples",
        "J as the mean over the examples",
        all_over(node("/", undivided), *LOSS),
    ),
    "early rounding": Mistake(
        "a number was rounded too far before it was used",
        "keeping enough digits on the way",
        changes.early,
        slip=True,
    ),
    # sums of products
    "one term dropped": Mistake(
        "one product of the sum is missing",
        "going through row and column to their ends",
        only(changes.one_dropped, "Z", "C", "z", "dA", "dW"),
        slip=True,
    ),
    "sign slip": Mistake(
        "one term has the wrong sign", "signs: minus times minus is plus", at_one_place(negated, *SUMS), slip=True
    ),
    "wrong neighbor": Mistake(
        "one number was read from the mirrored place, row and column swapped",
        "reading places: row first, then column",
        only(lambda c: anywhere(c.working, mirrored(c)), *SUMS),
        slip=True,
    ),
    "wrong input read": Mistake(
        "one number was read from another place than its own",
        "reading down the right column with a finger",
        only(lambda c: anywhere(c.working, misread(c, "B" if c.is_a("C") else "X A")), "Z", "C", "z"),
        slip=True,
        weight=Fraction(4, 5),  # read from a dead neighbor, a term is gone
    ),
    "element by element": Mistake(
        "numbers in the same place were multiplied; a matrix product takes a row times a column, and adds",
        "the matrix product: row times column",
        only(changes.cell_by_cell, "Z", "C", "dW"),
        weight=Fraction(3, 5),
    ),
    "weights transposed": Mistake(
        "the weights were read down a column; a node has its weights in a row",
        "rows of W: one for each node",
        only(lambda c: instead(c, "A" if c.is_a("C") else "W Waa", turned), "Z", "C", "z"),
    ),
    "inputs transposed": Mistake(
        "the inputs were read along a row; each example is a column",
        "columns of X: one for each example",
        only(lambda c: instead(c, "B" if c.is_a("C") else "X A", turned), "Z", "C"),
    ),
    "result transposed": Mistake(
        "this number belongs in the mirrored cell, row and column swapped",
        "where a result stands: row of the left, column of the right",
        only(changes.transposed, "Z", "A", "C", "dZ", "dA"),
    ),
    # backward
    "difference turned round": Mistake(
        "the difference is turned round: it is prediction less target",
        "the error: prediction less target",
        all_over(node("-", turned_round), *BACK),
    ),
    "factor 2": Mistake(
        "there is a factor too many, or one too few",
        "the factor of the loss and of its derivative",
        only(changes.factor_2, *LOSS, *BACK, "dw", "de"),
    ),
    "1/m forgotten": Mistake(
        "the sum over the examples was not divided by their number",
        "the mean over the examples in dW and db",
        all_over(node("/", undivided), *GRADIENT),
    ),
    "1/m too early": Mistake(
        "only dW and db are divided by the number of examples, not this",
        "where 1/m stands: in dW and db alone",
        only(shared, *BACK),
    ),
    "examples not summed": Mistake(
        "only one example was taken; every example adds its term",
        "summing over all examples in dW",
        only(changes.one_example, "dW"),
        weight=Fraction(5, 2),  # on the diagonal of dW, number by number is one example too
    ),
    "bias gradient not summed": Mistake(
        "db takes the sum over all examples, not one of them",
        "db: the sum over all examples",
        only(changes.one_example, "db"),
    ),
    "slope forgotten": Mistake(
        "dA was passed on as it is; it must be multiplied by the slope of the activation",
        "dZ = dA times the slope of the activation",
        only(changes.no_slope, "dZ", "dz"),
    ),
    "slope twice": Mistake(
        "the slope of the activation was multiplied in twice",
        "the slope of the activation, once in each layer",
        only(changes.slope_twice, "dZ", "dz"),
    ),
    "slope at the wrong place": Mistake(
        "the slope was taken at another number than this layer's own Z",
        "the slope of ReLU: 1 where this layer's Z is positive",
        only(changes.slope_elsewhere, "dZ", "mask"),
        weight=Fraction(1, 2),
    ),
    "slope of a for slope of z": Mistake(
        "the activation was applied once more before taking its slope: A is the activation of Z already",
        "the slope written with A: A (1 - A), or 1 - A^2",
        only(changes.slope_of_a, "dZ", "dz"),
    ),
    "Z for A": Mistake(
        "Z was used where the activation A belongs", "what the next layer reads: A, not Z",
        lambda c: instead(c, "A", before(c)),
    ),
    "dA for dZ": Mistake(
        "dA was used where dZ belongs, with the slope in it",
        "gradients of W and b are made from dZ",
        lambda c: instead(c, "dZ", before(c, "dA")),
    ),
    "own layer's A": Mistake(
        "the layer's own activation was used; dW needs what went into the layer",
        "dW: dZ times what the layer read",
        only(lambda c: instead(c, "A X", layer(1)), "dW", "Z"),
    ),
    "a layer too early": Mistake(
        "the activation is from one layer too far back",
        "which activation goes into which layer",
        only(lambda c: instead(c, "A", layer(-1)), "dW", "Z"),
    ),
    "W not transposed": Mistake(
        "W was read along its row; going back, each node collects down its column of W",
        "going back with W transposed",
        only(lambda c: instead(c, "W", turned), "dA"),
    ),
    "one path only": Mistake(
        "only one way onwards was followed; all ways add up",
        "adding up all paths to the loss",
        only(changes.one_path, "dA", "dp", "dq", "dr"),
    ),
    "dW transposed": Mistake(
        "dW stands transposed: it has the shape of W",
        "dW has the shape of W",
        only(changes.transposed, "dW"),
    ),
    "updated weights used": Mistake(
        "the new weights were used; the way back goes through the weights of the way there",
        "updating only after all gradients are known",
        only(changes.with_new_weights, "dA"),
    ),
    # counting, pictures, sequences
    "biases forgotten": Mistake(
        "the biases were not counted; every node has one",
        "counting a bias for every node",
        all_over(missing(lambda x: symbol(x) == "biases"), "parameters"),
    ),
    "shapes transposed": Mistake(
        "rows and columns are swapped: rows come first",
        "shapes: rows first, then columns",
        only(changes.other_side, "shape"),
    ),
    "input counted as layer": Mistake(
        "the inputs were counted as a layer; they are given, and have no parameters",
        "counting layers from the first that has weights",
        only(changes.inputs_too, "layers"),
    ),
    "kernel turned round": Mistake(
        "the kernel was turned round; here it slides over the picture as it is",
        "the kernel as it stands: its first number on the first under it",
        only(changes.kernel_turned, "Z"),
    ),
    "state forgotten": Mistake(
        "the state of the step before was left out",
        "what a recurrent cell reads: the input and its own last state",
        only(changes.no_state, "z"),
    ),
    # update
    "added for subtracted": Mistake(
        "the step was added; gradient descent subtracts it",
        "down the slope: W less rate times dW",
        all_over(node("-", lambda x, y: work("+", x, y)), "_new", "w"),
    ),
    "rate forgotten": Mistake(
        "the gradient was not multiplied by the learning rate",
        "the step: learning rate times gradient",
        all_over(node("*", no_rate), "_new", "w"),
    ),
}  # fmt: skip


def workings(cell: Cell, what: str) -> list[Number]:
    """What this mistake makes of the cell; nothing where there is no place to read what it would."""
    made = []
    try:
        for x in MISTAKES[what].makes(cell):
            made.append(x)
    except LookupError:
        pass
    return made
