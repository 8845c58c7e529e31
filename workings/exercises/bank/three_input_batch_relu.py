"""Exercise 5: the network of exercise 4 on a batch of three inputs."""

from dataclasses import replace

from workings.exercises.bank import hidden_layer_relu as hidden
from workings.exercises.exercise import Exercise, Task
from workings.sheets.shown import shown

BLANKS = (
    "Z1[1,1]",
    "Z1[2,2]",
    "Z1[3,3]",
    "A1[1,1]",
    "A1[2,2]",
    "A1[3,3]",
    "Z2[1,1]",
    "Z2[2,2]",
    "A2[1,1]",
    "A2[2,2]",
)


def alone(exercise: Exercise, k: int) -> Exercise:
    """The same network on column k of the batch alone, counted from 0."""
    return replace(exercise, X=tuple((row[k],) for row in exercise.X), blanks=(), remarks=None)


def remarks(exercise: Exercise) -> tuple[str, ...]:
    """Column k of the batch is the single run of x_k: worked out, not claimed."""
    whole, told = exercise.explain(), []
    for k in range(len(exercise.X[0])):
        one = alone(exercise, k).explain()
        same = all((whole[n].numbers[:, k : k + 1] == one[n].numbers).all() for n in ("Z1", "A1", "Z2", "A2"))
        y = ", ".join(shown(v, 4).text for v in one["A2"].numbers.flat)
        told.append(f"x{k + 1} alone gives ({y}): {'the same as' if same else 'NOT'} column {k + 1} of the batch")
    return tuple(told)


EXERCISE = replace(
    hidden.EXERCISE,
    number=5,
    name="three_input_batch_relu",
    title="A batch of three inputs",
    lead="Each column of the top matrix is one input.  The same weights meet every column.",
    tasks=(
        Task("Pairs", "Each blank cell has a row of weights and a column in its own colour and pattern."),
        Task("Missing sums, layer 1", "Dot product of row and column, plus the bias.", BLANKS[:3]),
        Task("ReLU", "Negative values become 0.", BLANKS[3:6]),
        Task("Missing sums, layer 2", "The rows of W2 meet the columns of A1.", BLANKS[6:8]),
        Task("ReLU", "Negative values become 0.", BLANKS[8:]),
        Task("Parameters", "A batch has no parameters of its own: count.", counts=True),
    ),
    X=((2, 1, 0), (1, 1, 1), (3, 0, 1)),
    blanks=BLANKS,
    remarks=remarks,
)
