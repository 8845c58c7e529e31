"""Exercise 1: a product of two matrices, cell by cell."""

from __future__ import annotations

from workings.exercises.exercise import Exercise, Task
from workings.exercises.product import multiply
from workings.exercises.sizes import Sizes
from workings.explain import Explanation

A = ((1, 1), (-1, 1))
B = ((1, 5, 2), (2, 4, 2))


def exercise(A=A, B=B) -> Exercise:
    """C = A B of these matrices."""
    rows, columns = len(A), len(B[0])
    return Exercise(
        1,
        "matrix_multiplication",
        "Matrix multiplication",
        "Each cell of C is a row of A times the column of B above it: multiply number by number, then add.",
        (
            Task(
                "The size of C",
                f"C has the rows of A and the columns of B: ({rows} x {len(B)}) ({len(B)} x {columns}) gives "
                f"({rows} x {columns}).",
            ),
            Task("Dot products", "Work out every cell of C.", ("C",)),
        ),
        None,
        {"A": A, "B": B},
        None,
        ("C",),
        product=("A", "B", "C"),
        work=_product,
    )


def rolled(sizes: Sizes, seed: int = 0) -> Exercise:
    """The same exercise in other sizes, with numbers drawn from the seed."""
    return exercise(*sizes.rolled(seed))


def _product(asked: Exercise) -> Explanation:
    return multiply(asked.parameters["A"], asked.parameters["B"])


EXERCISE = exercise()
