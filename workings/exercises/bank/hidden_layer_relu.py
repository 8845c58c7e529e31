"""Exercise 4: a hidden layer, and an output layer that goes through ReLU as well."""

from workings.exercises.bank import four_neurons_relu as four
from workings.exercises.exercise import Exercise, Task
from workings.layers import Dense, Relu
from workings.network import chain

W2 = ((1, 1, -1, 0), (0, 0, 1, -1))
b2 = ((0,), (1,))

EXERCISE = Exercise(
    4,
    "hidden_layer_relu",
    "A hidden layer",
    "What the first layer says, h = A1, is what the second layer reads.  In this network the output goes through "
    "ReLU too.",
    (
        Task("Hidden layer, sums", "W1 x + b1, one neuron per row.", ("Z1",)),
        Task("Hidden layer, ReLU", "h = A1: negative values become 0.", ("A1",)),
        Task("Output layer, sums", "W2 h + b2.", ("Z2",)),
        Task("Output layer, ReLU", "y = A2: negative values become 0.", ("A2",)),
        Task("Weights and nodes", "A node has as many weights as the layer before it has nodes; count.", counts=True),
    ),
    chain(Dense(4), Relu(), Dense(2), Relu()),
    {"W1": four.W1, "b1": four.b1, "W2": W2, "b2": b2},
    ((2,), (1,), (3,)),
    ("Z1", "A1", "Z2", "A2"),
)
