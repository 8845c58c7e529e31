"""Exercise 6: seven layers in compact form: no biases, and ReLU crosses out in the cell itself."""

from workings.exercises.exercise import Exercise, Task
from workings.layers import Dense, Relu
from workings.network import chain

W1 = ((0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0), (0, 1, 1))
W2 = ((1, 1, -1, 0, 0), (0, 0, 1, 1, -1))
W3 = ((1, 1), (1, -1), (1, 2))
W4 = ((1, -1, 0), (0, -1, 1))
W5 = ((0, 1), (1, 0))
W6 = ((1, -1), (1, 1))
W7 = ((1, -1),)
WEIGHTS = (W1, W2, W3, W4, W5, W6, W7)
BLANKS = ("Z1[5,1]", "Z2[2,1]", "Z3[3,1]", "Z4[2,1]", "Z5[2,1]", "Z6[2,1]", "Z7[1,1]")

LAYERS = [layer for W in WEIGHTS for layer in (Dense(len(W)), Relu())][:-1]
NUMBERS = {f"W{l}": W for l, W in enumerate(WEIGHTS, 1)}
ZEROS = {f"b{l}": tuple((0,) for _ in W) for l, W in enumerate(WEIGHTS, 1)}

EXERCISE = Exercise(
    6,
    "multi_layer_perceptron_relu",
    "Seven layers",
    "All biases are 0.  A negative value is crossed out and becomes 0 in its own cell, but not in the output layer.",
    (
        Task("Links", "Draw the links between the layers; a weight of 0 is no link."),
        Task("Colours", "Shade each row of weights and its links alike."),
        *(Task(f"Layer {l}", "Row times column.", (cell,)) for l, cell in enumerate(BLANKS, 1)),
        Task("Parameters", "Count the weights.", counts=True),
    ),
    chain(*LAYERS),
    {name: value for l in range(1, 8) for name, value in ((f"W{l}", NUMBERS[f"W{l}"]), (f"b{l}", ZEROS[f"b{l}"]))},
    ((3, 5), (4, 4), (5, 3)),
    BLANKS,
    compact=True,
    bias=False,
    crosses=True,
    links=False,
)
