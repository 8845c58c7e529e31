"""Shuffling: the orders of epochs, as NumPy's legacy RandomState has them, by the kernel (kernel/shuffle.hpp)."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np

from workings.backends.native import library

WORDS = 624


def shuffles(random: np.random.RandomState, order: np.ndarray, epochs: int) -> np.ndarray:
    """Orders (epochs, m) of 32 bits, each a shuffle of the one before, the first one of `order` (m,).

    They are what `random.shuffle` makes, and the generator stands where that leaves it.

    >>> shuffles(np.random.RandomState(0), np.arange(4), 2).tolist()
    [[2, 3, 1, 0], [2, 1, 3, 0]]
    """
    bits: Any = random._bit_generator
    orders = np.empty((epochs, len(order)), np.int32)
    if not (type(bits) is np.random.MT19937 and familiar()):
        order = order.astype(np.int64)  # of shorter numbers NumPy moves every byte by itself
        for row in orders:
            random.shuffle(order)
            row[:] = order
        return orders
    first, address = np.ascontiguousarray(order, np.int32), bits.ctypes.state_address
    with bits.lock:
        library.load().workings_shuffle(first.ctypes.data, len(order), epochs, orders.ctypes.data, address)
    return orders


@cache
def familiar() -> bool:
    """Whether there is a kernel, and NumPy keeps the generator's words and their count in memory as it expects."""
    try:
        library.load()
    except library.Unavailable:
        return False
    bits = np.random.MT19937(1)
    found = (ctypes.c_uint32 * (WORDS + 1)).from_address(bits.ctypes.state_address)
    return [*found] == [*bits.state["state"]["key"], bits.state["state"]["pos"]]
