"""Symbols: the name of an array, taken apart into what is typeset where."""

from __future__ import annotations

import re
from typing import NamedTuple

GREEK = {"gamma": "γ", "beta": "β", "mu": "μ", "alpha": "α"}


class Parts(NamedTuple):
    """d, the letter, the letters that stand below it, a hat, the layer, primes, the step of a walk."""

    d: str
    letter: str
    below: str
    hat: str
    layer: str
    prime: str
    step: str


def parted(name: str) -> Parts | None:
    """W1 is W of layer 1, dWaa2 is d W_aa of layer 2, Zhat1 has a hat, a1⟨3⟩ is step 3; None for any other name.

    >>> parted("dWaa2")
    Parts(d='d', letter='W', below='aa', hat='', layer='2', prime='', step='')
    >>> parted("dense1"), parted("what")
    (None, None)
    """
    found = re.fullmatch(r"(d?)([A-Za-z]+?)(hat)?(\d*)('*)(?:⟨(\d+)⟩)?", name)
    if not found or not _is_symbol(found[2], found[3]):
        return None
    d, letters, hat, layer, prime, step = (part or "" for part in found.groups())
    if letters in GREEK:
        return Parts(d, GREEK[letters], "", hat, layer, prime, step)
    return Parts(d, letters[0], letters[1:], hat, layer, prime, step)


def _is_symbol(letters: str, hat: str | None) -> bool:
    """Whether it is a letter with few below it, or Greek, and no word such as "dense", "decoder" or "what"."""
    small = letters[0].islower()
    return letters in GREEK or (len(letters) < (3 if small else 4) and not (hat and small))
