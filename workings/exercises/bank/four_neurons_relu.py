"""Exercise 3: a layer of four neurons that see the same input."""

from workings.exercises.exercise import Exercise, Task
from workings.layers import Dense, Relu
from workings.network import chain

W1 = ((1, -1, 1), (1, 1, 0), (0, 1, 1), (1, 0, 1))
b1 = ((-5,), (0,), (1,), (-2,))

EXERCISE = Exercise(
    3,
    "four_neurons_relu",
    "Four neurons",
    "The same input x meets every row of weights: each row is one neuron.",
    (
        Task("Weighted sums", "Multiply x with the weights of each neuron, and add the bias of its row.", ("Z1",)),
        Task("ReLU", "Negative values become 0, positive values stay.", ("A1",)),
        Task("Parameters", "Count those of each node, then all of the network.", counts=True),
    ),
    chain(Dense(4), Relu()),
    {"W1": W1, "b1": b1},
    ((2,), (1,), (3,)),
    ("Z1", "A1"),
)
