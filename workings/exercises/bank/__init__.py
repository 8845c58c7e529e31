"""The bank: the seven exercises, by number."""

from __future__ import annotations

from workings.exercises.bank import (
    backpropagation,
    four_neurons_relu,
    hidden_layer_relu,
    matrix_multiplication,
    multi_layer_perceptron_relu,
    single_neuron_relu,
    three_input_batch_relu,
)
from workings.exercises.exercise import Exercise

ROOMS = (
    matrix_multiplication,
    single_neuron_relu,
    four_neurons_relu,
    hidden_layer_relu,
    three_input_batch_relu,
    multi_layer_perceptron_relu,
    backpropagation,
)
EXERCISES: dict[int, Exercise] = {room.EXERCISE.number: room.EXERCISE for room in ROOMS}


def load(number: int | str, exact: bool = False) -> Exercise:
    """An exercise by its number, its name or its title; `exact` takes exercise 7 with the softmax worked out.

    >>> load(2).title, load("backpropagation").number
    ('A single neuron', 7)
    """
    plain = lambda text: str(text).strip().lower().replace("-", " ").replace("_", " ")
    named = {plain(said): n for n, e in EXERCISES.items() for said in (e.name, e.title)}
    wanted = named.get(plain(number), number)
    try:
        found = EXERCISES[int(wanted)]
    except (KeyError, ValueError, TypeError):
        told = ", ".join(f"{n} ({exercise.title})" for n, exercise in EXERCISES.items())
        raise ValueError(f"there is no exercise {number!r}; there are {told}") from None
    if exact and found.number != 7:
        raise ValueError(f"exercise {found.number} has no softmax; only exercise 7 knows it exact and as declared")
    return backpropagation.EXACT if exact else found
