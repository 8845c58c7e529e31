"""Symbols: the name of an array, taken apart into what is typeset where."""

from __future__ import annotations

import re
from typing import NamedTuple

GREEK = {"gamma": "γ", "beta": "β", "mu": "μ", "alpha": "α"}


MEMORY = re.compile(r"([A-Z])_(hat_)?([A-Za-z]+)(\d*)")  # an optimizer's: M_hat_W1
QUALIFIED = re.compile(r"(.+)_(new|long|short|data|each)")
SYMBOL = re.compile(r"(d?)([A-Za-z]+?)(hat)?(_prev)?(\d*)('*)(?:⟨(\d+)⟩)?")
WORDS = re.compile(r"([A-Za-z]+(?:_[A-Za-z]+)*)(\d*)('*)(?:⟨(\d+)⟩)?")


class Parts(NamedTuple):
    """d, the letter, the letters that stand below it, a hat, the layer, primes, the step of a walk, a word below."""

    d: str
    letter: str
    below: str
    hat: str
    layer: str
    prime: str
    step: str
    word: str = ""


def parted(name: str) -> Parts | None:
    """W1 is W of layer 1, dWaa2 is d W_aa of layer 2, Zhat1 has a hat, a1⟨3⟩ is step 3; None for any other name.

    >>> parted("dWaa2")
    Parts(d='d', letter='W', below='aa', hat='', layer='2', prime='', step='', word='')
    >>> parted("M_hat_W1_new")
    Parts(d='', letter='M', below='W', hat='hat', layer='1', prime='', step='', word='new')
    >>> parted("dense1"), parted("what")
    (None, None)
    """
    if (found := QUALIFIED.fullmatch(name)) and (inner := parted(found[1])):
        return inner._replace(word=found[2])
    if found := MEMORY.fullmatch(name):
        return Parts("", found[1], GREEK.get(found[3], found[3]), "hat" if found[2] else "", found[4], "", "")
    if (found := SYMBOL.fullmatch(name)) and _is_symbol(found[2], found[3]):
        d, letters, hat, prev, layer, prime, step = (part or "" for part in found.groups())
        if letters in GREEK:
            return Parts(d, GREEK[letters], "", hat, layer, prime, step)
        return Parts(d, letters[0], letters[1:], hat, layer, prime, step, prev.lstrip("_"))
    if (found := WORDS.fullmatch(name)) and ("_" in name or found[4] or found[1] == "var"):
        return Parts("", found[1].replace("_", " "), "", "", found[2], found[3], found[4] or "")
    return None


def _is_symbol(letters: str, hat: str | None) -> bool:
    """Whether it is a letter with few below it, or Greek, and no word such as "dense", "decoder" or "what"."""
    small = letters[0].islower()
    return letters in GREEK or (len(letters) < (3 if small else 4) and not (hat and small))
