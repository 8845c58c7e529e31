"""Parity: is the number of ones odd?  The XOR of n bits, by networks whose weights are put in by hand.

    tree       n - 1 gates in ⌈log2 n⌉ levels      gate  a ⊕ b = ReLU(a + b) - 2 ReLU(a + b - 1)
    shallow    one hidden layer, one unit for each of the 2^(n-1) rows of the truth table that are odd
    counting   one hidden layer of n units: ReLU(s) - 2 ReLU(s - 1) + 2 ReLU(s - 2) - … with s the sum of the bits

Course notes, week 4: depth saves units exponentially.  That holds for units that each recognise one row (`shallow`),
as in circuits of AND and OR; `counting` shows that units which add need only n.
"""

from __future__ import annotations

import numpy as np

from workings.model import Model
from workings.specs import Dense


def gates(n: int) -> list[int]:
    """How many gates stand on each level of the tree: of 8 bits 4, 2 and 1."""
    _check(n)
    levels = []
    while n > 1:
        levels.append(n // 2)
        n -= n // 2
    return levels


def tree(n: int) -> Model:
    """n - 1 XOR gates in ⌈log2 n⌉ levels; a level is two layers, the two ReLU units of each gate and their sum.

    A bit without a partner is passed on by a unit of its own.

    >>> tree(4).outputs([[0, 1, 1, 1], [1, 1, 0, 0]]).ravel().tolist()
    [1.0, 0.0]
    """
    specs, parameters, width = [], {}, n
    for g in gates(n):
        lone = width - 2 * g
        W, b = np.zeros((2 * g + lone, width), int), np.zeros((2 * g + lone, 1), int)
        V = np.zeros((g + lone, 2 * g + lone), int)
        for k in range(g):
            W[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = 1
            b[2 * k + 1] = -1
            V[k, 2 * k : 2 * k + 2] = 1, -2
        if lone:
            W[-1, -1] = V[-1, -1] = 1
        l = len(specs)
        specs += [Dense(len(W), "relu"), Dense(len(V))]
        parameters |= {f"W{l + 1}": W, f"b{l + 1}": b, f"W{l + 2}": V, f"b{l + 2}": np.zeros((len(V), 1), int)}
        width = len(V)
    return Model(specs, inputs=n, parameters=parameters)


def shallow(n: int) -> Model:
    """One hidden layer of 2^(n-1) units, each 1 for one odd row of bits and 0 for all others."""
    _check(n)
    bits = np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1
    odd = bits[bits.sum(axis=1) % 2 == 1]
    parameters = {
        "W1": 2 * odd - 1,
        "b1": 1 - odd.sum(axis=1, keepdims=True),
        "W2": np.ones((1, len(odd)), int),
        "b2": np.zeros((1, 1), int),
    }
    return Model([Dense(len(odd), "relu"), Dense(1)], inputs=n, parameters=parameters)


def counting(n: int) -> Model:
    """One hidden layer of n units that see the sum of the bits: a zigzag, up at odd sums and down at even."""
    _check(n)
    k = np.arange(n)
    parameters = {
        "W1": np.ones((n, n), int),
        "b1": -k.reshape(n, 1),
        "W2": np.where(k == 0, 1, 2 * (-1) ** k).reshape(1, n),
        "b2": np.zeros((1, 1), int),
    }
    return Model([Dense(n, "relu"), Dense(1)], inputs=n, parameters=parameters)


def _check(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int) or not 2 <= n <= 16:
        raise ValueError(f"n is a number of bits from 2 to 16, not {n!r}")
