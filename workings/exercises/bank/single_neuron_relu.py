"""Exercise 2: one neuron."""

from workings.exercises.exercise import Exercise, Task
from workings.layers import Dense, Relu
from workings.network import chain

EXERCISE = Exercise(
    2,
    "single_neuron_relu",
    "A single neuron",
    "A neuron multiplies each input with its weight, adds its bias, and lets only what is positive through.",
    (
        Task("Weighted sum", "z = w x + b: multiply, add, and add the bias.", ("Z1",)),
        Task("ReLU", "A negative value becomes 0, a positive value stays.", ("A1",)),
        Task("Parameters", "Count the weights and the bias.", counts=True),
    ),
    chain(Dense(1), Relu()),
    {"W1": ((1, -1, 1),), "b1": ((-5,),)},
    ((2,), (1,), (3,)),
    ("Z1", "A1"),
)
