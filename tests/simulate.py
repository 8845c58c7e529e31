"""A simulated class: what the marker says of learners whose faults are known.

python -m tests.simulate 40          so many seeds a kind; writes the tables as Markdown
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np

from tests.learner import Cannot, Done, differ, well, works
from tests.learner_faults import FAULTS, ONCE_ONLY, PICKS, odd, slip, terms_of
from workings.exercises import Marker, generate
from workings.exercises.kinds import KINDS

GOOD = ("right", "follows", "rough")
Tally = dict[tuple[str, str, str], Counter]  # (how, fault, kind) -> what was said


def class_of(kinds: Iterable[str], seeds: Iterable[int], levels: Iterable[int] = (1, 2, 3)) -> Tally:
    """Everything that can be asked of these exercises."""
    tally: Tally = defaultdict(Counter)
    levels = [*levels]
    for kind in kinds:
        for seed in seeds:
            exercise = generate(kind, seed=seed, level=levels[seed % len(levels)])
            rng = np.random.default_rng([seed, *kind.encode()])
            one_exercise(exercise, rng, lambda how, fault, kind=kind: tally[how, fault, kind])
    return tally


def one_exercise(exercise: Any, rng: Any, into: Callable[[str, str], Counter]) -> None:
    digits = rng.choice([3, None])
    marker = Marker(exercise)
    visible: dict[str, list[str]] = {}
    clean = works(exercise, {}, None, digits)
    for name, fault in FAULTS.items():
        done = works(exercise, {name: fault}, None, digits)
        visible[name] = [*done.wrong]
        if done.wrong and name not in ONCE_ONLY:
            judged(marker, done, into("consistent", name))
        seen = places(clean, fault)
        spots = [cell for cell in seen if not alike(clean.paper, name, cell)]
        into("once", name).update(seen=len(seen), alike=len(seen) - len(spots))
        if spots:
            cell = spots[rng.integers(len(spots))]
            picked = pick(name, fault, rng)
            judged(marker, works(exercise, {name: picked}, {cell: name}, digits), into("once", name))
    cells = [*clean.numbers]
    for name, wrong in (("slip of the pen", with_slip), ("not in the table", with_odd)):
        for _ in range(4):
            cell = cells[rng.integers(len(cells))]
            done = works(exercise, {name: wrong(rng)}, {cell: name}, digits)
            judged(marker, done, into("other", name))
    two_at_once(marker, rng, digits, visible, into("two", "two at once"))


def places(clean: Done, fault: Any) -> list[str]:
    """The cells in which a fault, made there alone, can be seen."""
    found = []
    for cell, right in clean.numbers.items():
        array, _, at = cell.removesuffix("]").partition("[")
        try:
            made = fault(clean.paper, array, tuple(int(i) - 1 for i in at.split(",")) if at else ())
        except (Cannot, IndexError, KeyError, ValueError, OverflowError, ZeroDivisionError):
            continue
        if differ(made, right):
            found.append(cell)
    return found


def alike(paper: Any, name: str, cell: str) -> bool:
    """Where a fault made once is another by its arithmetic: where no more than two products are not 0 and one is left
    out, it was dropped; a slope of 1 where there is none is a slope forgotten; and behind a dead unit all is 0."""
    array, _, inside = cell.removesuffix("]").partition("[")
    at = tuple(int(i) - 1 for i in inside.split(",")) if inside else ()
    if name == "slope at the wrong place":
        return not differ(FAULTS["slope forgotten"](paper, array, at), FAULTS[name](paper, array, at))
    if name in ("dW transposed", "own layer's A"):
        return FAULTS[name](paper, array, at) == 0
    if name != "element by element":
        return False
    products, b = terms_of(paper, array, at)
    some = [x for x in products if x]
    return len(some) <= 2 and sum(some) + b - FAULTS[name](paper, array, at) in some


def pick(name: str, fault: Any, rng: Any) -> Any:
    """The same fault at another of the terms."""
    if name not in PICKS:
        return fault
    which = int(rng.integers(12))
    return lambda p, array, at: fault(p, array, at, which)


def with_slip(rng: Any) -> Any:
    return lambda p, array, at: slip(well(p, array, at), rng)


def with_odd(rng: Any) -> Any:
    return lambda p, array, at: odd(p, array, at, well(p, array, at), rng)


def judged(marker: Marker, done: Any, counts: Counter) -> None:
    """Count what was said of the cells that are wrong, and of all the others."""
    if not done.wrong:
        return
    marking = marker.mark(done.answers)
    counts["learners"] += 1
    for each in marking:
        fault = done.wrong.get(each.cell)
        if each.cell not in done.numbers:
            continue
        if fault is None:
            counts["others"] += 1
            counts["followed"] += each.verdict in GOOD
            counts["idle"] += each.verdict == "idle"
            continue
        counts["cells"] += 1
        rough = fault == "early rounding" and each.verdict == "rough"
        sign = fault == "sign slip" and each.mistakes == ("sign lost",)  # a single product: said in other words
        counts["named"] += rough or sign or (each.verdict == "named" and each.mistakes == (fault,))
        counts["misnamed"] += each.verdict == "named" and each.mistakes != (fault,)
        counts["unclear"] += each.verdict == "two fit" and fault in each.mistakes
        counts["missed"] += each.verdict in GOOD
        if each.verdict == "named" and each.mistakes != (fault,):
            counts[f"as {each.mistakes[0]}"] += 1
        if each.verdict == "two fit":
            counts[f"with {' / '.join(sorted(set(each.mistakes) - {fault}))}"] += 1


def two_at_once(
    marker: Marker,
    rng: Any,
    digits: Any,
    visible: dict[str, list[str]],
    counts: Counter,
    faults: Mapping[str, Any] = FAULTS,
    work: Callable[..., Any] = works,
    once_only: Collection[str] = ONCE_ONLY,
) -> None:
    """Two misunderstandings, in different arrays."""
    arrays = {name: {cell.split("[")[0] for cell in cells} for name, cells in visible.items() if cells}
    names = [name for name in arrays if name not in once_only]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if not arrays[a] & arrays[b]]
    if not pairs:
        return
    a, b = pairs[rng.integers(len(pairs))]
    done = work(marker.exercise, {a: faults[a], b: faults[b]}, None, digits)
    if {*done.wrong.values()} != {a, b}:
        return
    marking = marker.mark(done.answers)
    first = {fault: next(cell for cell, what in done.wrong.items() if what == fault) for fault in (a, b)}
    counts["learners"] += 1
    counts["located"] += all(marking[cell].verdict not in GOOD for cell in first.values()) and all(
        each.verdict in (*GOOD, "idle")
        for each in marking
        if each.cell in done.numbers and each.cell not in done.wrong
    )
    counts["named"] += all(marking[cell].mistakes[:1] == (fault,) for fault, cell in first.items())


# ---------------------------------------------------------------- tables


def rates(tally: Tally, how: str, by: int) -> dict[str, Counter]:
    """Counts of one way to go wrong, by fault (1) or by kind (2)."""
    found: dict[str, Counter] = defaultdict(Counter)
    for key, counts in tally.items():
        if key[0] == how:
            found[key[by]] += counts
    return found


def whole(tally: Tally, how: str, fault: str = "") -> Counter:
    return sum((c for key, c in tally.items() if key[0] == how and fault in ("", key[1])), Counter())


def percent(counts: Counter, what: str, of: str = "cells") -> str:
    return f"{100 * counts[what] / counts[of]:.1f}" if counts[of] else "–"


def tables(tally: Tally) -> str:
    """The report, as Markdown."""
    lines = [
        "| made by the learner | cells | named % | misnamed % | several fit % | rest follows % | rest idle % |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [
        ("a misunderstanding, wherever it can be", whole(tally, "consistent")),
        ("the same, once", whole(tally, "once")),
        ("slips of the pen", whole(tally, "other", "slip of the pen")),
        ("not in the table", whole(tally, "other", "not in the table")),
    ]
    lines += [row(said, counts) for said, counts in rows]
    two, once = whole(tally, "two"), whole(tally, "once")
    lines += ["", f"Of {once['seen']:,} cells in which a mistake made once can be seen, it is another by its "
              f"arithmetic in {once['alike']:,}."]  # fmt: skip
    lines += ["", f"Two at once: {two['learners']} learners, both located {percent(two, 'located', 'learners')} %, "
              f"both named {percent(two, 'named', 'learners')} %."]  # fmt: skip
    for by, title in ((1, "mistake"), (2, "kind")):
        lines += ["", f"| {title} | cells | named % | misnamed % | once: cells | named % | misnamed % |"]
        lines += ["|---|---|---|---|---|---|---|"]
        always, once = rates(tally, "consistent", by), rates(tally, "once", by)
        for name in dict.fromkeys([*always, *once]):
            parts = []
            for c in (always[name], once[name]):
                parts += [str(c["cells"] or "–"), percent(c, "named"), percent(c, "misnamed")]
            lines.append(f"| {name} | {' | '.join(parts)} |")
    return "\n".join([*lines, "", *below(tally)])


LINES = {"consistent": (97, 1), "once": (90, 3)}  # at least named, at most misnamed, in percent


def below(tally: Tally, least: int = 20) -> list[str]:
    """The mistakes in one kind, of so many cells at least, that miss one of the lines."""
    found, asked = [], 0
    for (how, fault, kind), c in tally.items():
        if how not in LINES or c["cells"] < least:
            continue
        asked += 1
        named, misnamed = 100 * c["named"] / c["cells"], 100 * c["misnamed"] / c["cells"]
        if named < LINES[how][0] or misnamed > LINES[how][1]:
            found.append(f"- {how}, {kind}, {fault}: {c['cells']} cells, {named:.1f} named, {misnamed:.1f} misnamed")
    return [f"Of {asked} mistakes in one kind with {least} cells or more, {len(found)} miss a line:", "", *found]


def row(said: str, c: Counter) -> str:
    told = [percent(c, "named"), percent(c, "misnamed"), percent(c, "unclear"), percent(c, "followed", "others")]
    told.append(percent(c, "idle", "others"))
    return f"| {said} | {c['cells']:,} | {' | '.join(told)} |"


def main(made: Callable[..., Tally]) -> None:
    """The tables of so many seeds a kind; with kinds named, of these alone, and every count behind them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    found = made(sys.argv[2:] or KINDS, range(count))
    print(tables(found))
    if len(sys.argv) > 2:
        for key, counts in found.items():
            print(key, dict(counts))


if __name__ == "__main__":
    main(class_of)
