"""Generate: an exercise of a kind, with numbers chosen so that its mistakes can be told apart.

Many exercises are drawn at once.  Every mistake is made in every cell of each, and the draw is kept in which the
fewest mistakes hide: behind the right number, behind each other, or where a slip of the pen would land.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from workings.exercises.family import family
from workings.exercises.generated import Generated
from workings.exercises.hidden import Hidden
from workings.exercises.kinds import KINDS
from workings.exercises.solution import Solution
from workings.exercises.tape import Tape
from workings.ink.number import Name
from workings.layers import Relu

DRAWS, LOOKED_AT = 192, 12
SEARCHED, ROUNDS = 4, 20  # rounds of draws until one is good enough; until one is found at all
ENOUGH = 0.05  # hidden on the whole
SHARE = 0.005  # a sigmoid, or a share of softmax, is as far as this from 0 and 1
LARGEST = 9999
DIGITS = 4


@lru_cache(maxsize=512)
def generate(
    kind: str, seed: int = 0, level: int = 1, ask: tuple[str, ...] = (), sizes: tuple[int, ...] = ()
) -> Generated:
    """An exercise of a kind; all that is said here fixes sheet, key, page and marker.

    Levels are 1 to 3.  `ask` only for some of "forward", "loss", "backward", "update": what comes before is printed
    then, and what comes after left out.  `sizes` are those of the inputs and the layers, for kinds with layers (of
    backprop without the output, which is 3).  Raises ValueError with a sentence where that cannot be.

    >>> generate("neuron", seed=7).heading
    'A single neuron (neuron, level 1, seed 7)'
    >>> generate("two-layer-network", seed=7, ask=("backward",)).blanks
    ('dZ2', 'dW2', 'db2', 'dA1', 'dZ1', 'dW1', 'db1')
    >>> generate("layer", seed=7, sizes=(2, 4)).givens["W1"].shape
    (4, 2)
    """
    _check(kind, seed, level, ask, sizes)
    found: list[tuple[float, Generated]] = []
    least: dict[str, float] = {}
    for turn in range(ROUNDS):
        found += _sound_ones([_drawn(kind, seed, level, ask, sizes, turn * DRAWS + i) for i in range(DRAWS)], least)
        found = sorted(found, key=lambda pair: pair[0])[:LOOKED_AT]
        if found and (found[0][0] <= ENOUGH or turn + 1 >= SEARCHED):
            for exercise in _best_first(found):
                if _fits_on_paper(exercise):
                    return exercise
            found = []
    raise ValueError(
        f"no numbers of at most {DIGITS} digits were found for {kind}, level {level}, {sizes}: ask for less"
    )


def _check(kind: str, seed: int, level: int, ask: tuple[str, ...], sizes: tuple[int, ...]) -> None:
    whole = lambda x: isinstance(x, int) and not isinstance(x, bool)
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
    if not whole(level) or level not in (1, 2, 3):
        raise ValueError(f"levels are 1, 2 and 3, not {level!r}")
    if not whole(seed) or seed < 0:
        raise ValueError(f"a seed is a whole number from 0 on, not {seed!r}")
    skills = KINDS[kind].skills.split(", ")
    if wrong := [skill for skill in ask if skill not in skills]:
        raise ValueError(f"{kind} cannot ask for {wrong[0]!r}; it asks for {', '.join(skills)}")
    span = KINDS[kind].sizes
    if sizes and not span:
        raise ValueError(f"{kind} has no sizes of one's own: it goes by level")
    if sizes and span and not (span[0] <= len(sizes) <= span[1] and all(whole(n) and 1 <= n <= 6 for n in sizes)):
        told = f"{span[0]}" if span[0] == span[1] else f"{span[0]} to {span[1]}"
        raise ValueError(f"the sizes of {kind} are {told} whole numbers from 1 to 6, not {sizes}")


def drawn_again(
    kind: str, seed: int, level: int, ask: tuple[str, ...], sizes: tuple[int, ...], draw: int
) -> Generated:
    """The exercise that `generate` chose, once it is known which `draw` that was: quicker than choosing again.

    >>> chosen = generate("neuron", seed=7)
    >>> drawn_again("neuron", 7, 1, (), (), chosen.draw) == chosen
    True
    """
    if not 0 <= draw < ROUNDS * DRAWS:
        raise ValueError(f"draws are counted from 0 to {ROUNDS * DRAWS - 1}, not {draw}")
    _check(kind, seed, level, ask, sizes)
    return _drawn(kind, seed, level, ask, sizes, draw)


def _drawn(kind: str, seed: int, level: int, ask: tuple[str, ...], sizes: tuple[int, ...], draw: int) -> Generated:
    """One of the draws of a seed; each has a generator of its own."""
    rng = np.random.default_rng([seed, draw, level, *kind.encode()])
    more = (sizes,) if sizes else ()
    return replace(KINDS[kind].draw(rng, level, *more).only(ask), seed=seed, sizes=sizes, draw=draw)


def _sound_ones(drawn: Sequence[Generated], least: dict[str, float]) -> list[tuple[float, Generated]]:
    """The sound draws, each with how badly mistakes are told apart in it; `least` is what the first round cannot do
    better, and is found there."""
    solution = Solution(drawn[0])
    numbers = passes(solution, drawn)
    sound = np.flatnonzero(_sound(solution, numbers))
    if not len(sound):
        return []
    hidden = Hidden(solution, family(solution), {name: values[sound] for name, values in numbers.items()})
    if not least:
        least |= {what: float(values.min()) for what, values in hidden.by_mistake.items()}
    return [(float(x), drawn[i]) for x, i in zip(hidden.by_others(least), sound.tolist(), strict=True)]


def _best_first(found: Sequence[tuple[float, Generated]]) -> list[Generated]:
    """Those first in which neither other mistakes nor slips of the pen look like a mistake."""
    drawn = [exercise for _, exercise in found]
    solution = Solution(drawn[0])
    slips = Hidden(solution, family(solution), passes(solution, drawn)).by_slips()
    scores = [others + by_slips for (others, _), by_slips in zip(found, slips, strict=True)]
    return [drawn[i] for i in np.argsort(scores, kind="stable")]


def passes(solution: Solution, drawn: Sequence[Generated]) -> dict[Name, np.ndarray]:
    """Every number of many exercises of one form, given and worked."""
    numbers: dict[Name, np.ndarray] = {}
    givens = [exercise.givens for exercise in drawn]
    for array in givens[0]:
        for index in np.ndindex(givens[0][array].shape):
            numbers[Name(array, index)] = np.array([float(Fraction(g[array].item(index))) for g in givens])
    for array in solution.order:
        shape = solution.w.numbers[array].shape
        names = [Name(array, index) for index in np.ndindex(shape)]
        todo = [name for name in names if name not in numbers and not solution.is_given(name)]
        if todo:
            numbers |= zip(todo, Tape([solution.working(name) for name in todo]).run(numbers), strict=True)
    return numbers


def _sound(solution: Solution, numbers: dict[Name, np.ndarray]) -> np.ndarray:
    """Which draws have live and dead units, no sum of 0, no two rows alike, and numbers that fit on paper."""
    worked = {name: values for name, values in numbers.items() if name in set(solution.asked)}
    good = np.ones(len(next(iter(numbers.values()))), bool)
    for name, values in worked.items():
        good &= np.isfinite(values) & (np.abs(values) <= LARGEST)
        if name.array[0] in "ZzCuvf" or name.array[:2] == "dA" or name.array[:2] == "dw":
            good &= np.abs(values) > 1e-9
        exact = solution.key(name).exact
        good &= _short(values) if exact else np.less(np.abs(values), 10)
        if name.array[0] == "A" and not exact:  # of what is rounded to 0, no log can be taken
            good &= (np.abs(values) > SHARE) & (np.abs(values) < 1 - SHARE)
    for array in dict.fromkeys(name.array for name in worked if name.array[:2] in ("dW", "db")):
        whole = np.array([values for name, values in worked.items() if name.array == array])
        good &= (np.abs(whole) > 1e-6).any(axis=0)
    for array in dict.fromkeys(name.array for name in worked if name.array[0] in "ZC"):
        whole = np.array([values for name, values in numbers.items() if name.array == array])
        good &= np.array([len(set(column)) == len(column) for column in np.round(whole, 6).T])
    X = [[v for n, v in numbers.items() if n.array == "X" and n.cell[1:] == (k,)] for k in range(3)]
    for column in (np.array(x) for x in X if 1 < len(x) < 4):
        good &= np.array([len(set(x)) == len(x) for x in column.T])
    return np.asarray(good & _mixed(solution, numbers))


def _short(values: np.ndarray) -> np.ndarray:
    """Which decimals end within so many digits."""
    tens = np.abs(values)[None] * 10.0 ** np.arange(DIGITS + 2)[:, None]
    ends = (np.abs(tens - np.round(tens)) < 1e-6) & (np.round(tens) < 10**DIGITS)
    return np.asarray(np.any(ends, axis=0))


def _mixed(solution: Solution, numbers: dict[Name, np.ndarray]) -> np.ndarray:
    """Which draws have live units in every layer, and dead ones somewhere: behind a dead one, a term left out or read
    from its neighbor is the same."""
    read = [row.reads[0] for row in solution.w.problem.network.rows if isinstance(row.layer, Relu)]
    if "A" in solution.arrays and "Z" in solution.order:
        read.append("Z")  # of a picture
    sums = [np.array([values for name, values in numbers.items() if name.array == array]) for array in read]
    sums = [Z for Z in sums if len(Z) > 1]
    alive = np.ones(len(next(iter(numbers.values()))), bool)
    dead = np.full_like(alive, not sums)
    for Z in sums:
        alive &= (Z > 0).any(axis=0)
        dead |= (Z <= 0).any(axis=0)
    return alive & dead


def _fits_on_paper(exercise: Generated) -> bool:
    """Whether no number that is exact has more than four digits on the key."""
    from workings.sheets.shown import shown

    solution = Solution(exercise)
    for name in solution.asked:
        x = solution.key(name)
        text = shown(x.value, DIGITS)
        if x.exact and (
            text.rounded or "/" in text.text or sum(c.isdigit() for c in text.text.lstrip("-0.")) > DIGITS
        ):
            return False
    return True
