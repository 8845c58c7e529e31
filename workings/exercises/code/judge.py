"""Judge: which functions are right, in which conventions, and what is wrong with the first array that is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from workings.exercises.code.agree import agreed, steady, summed
from workings.exercises.code.calls import Tried, Way
from workings.exercises.code.compare import Fault, fault
from workings.exercises.code.course import FUNCTIONS, Function
from workings.exercises.code.layouts import COLUMNS, Layout, near, turned
from workings.exercises.code.look import Seen, first_line, line_in, looked
from workings.exercises.code.network import network_fault
from workings.exercises.code.reference import Plan
from workings.exercises.code.results import known, line_of, own_lines
from workings.exercises.code.start import started
from workings.exercises.code.stopped import stopped

WRONG = "some predictions are not what the network gives: is its forward pass right?"


@dataclass(frozen=True)
class Judged:
    """One function: right, or the first wrong array, what is wrong with it, the rule, and the learner's own line."""

    function: str
    name: str
    right: bool
    array: str = ""
    fault: str = ""
    said: str = ""
    rule: str = ""
    line: int | None = None
    yours: str = ""
    cell: str = ""
    given: float | None = None
    wanted: float | None = None
    case: str = ""
    conventions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def judged(tried: Tried) -> list[Judged]:
    """A verdict on each function, in the course's order."""
    votes: Counter[Layout] = Counter()
    best: dict[str, Seen] = {}
    plans: Counter[tuple[Plan, str]] = Counter()
    for name in tried.names:
        if name == "initialize_parameters":
            votes[COLUMNS] += started(tried, votes) is None
            continue
        f = FUNCTIONS[name]
        best[name] = _best(f, tried, votes, plans)
        if best[name].right:
            votes[best[name].way.layout] += f.turns and not _either(f, tried, best[name])
            plans[best[name].plan, best[name].family] += len(f.plans) > 1
    rows = sum(n for layout, n in votes.items() if layout.rows) > votes[COLUMNS]
    for name, seen in best.items():  # one file, one layout: what is right in the other one only is not right
        f = FUNCTIONS[name]
        if f.turns and seen.way.layout.rows != rows and votes and not _either(f, tried, seen):
            best[name] = _best(f, tried, votes, plans, rows)
    if "compute_cost" in best and best["compute_cost"].right:  # nor is the way back of another loss than its own
        squares = "squared" in best["compute_cost"].plan.loss
        for name in ("backward_propagation", "train"):
            if name in best and best[name].right and ("squared" in best[name].plan.loss) != squares:
                best[name] = _best(FUNCTIONS[name], tried, votes, plans, rows, squares)
    agreed(best, tried)
    found = []
    for name in tried.names:
        f = FUNCTIONS[name]
        if name == "initialize_parameters":
            wrong, seen = started(tried, votes), None
        else:
            seen = best[name]
            wrong = None if seen.right else _fault(f, tried, seen)
            wrong = wrong or _cache(tried, name, best)
        found.append(_told(f, tried, seen, wrong))
    return found


def _best(
    f: Function, tried: Tried, votes: Any, plans: Any, rows: bool | None = None, squares: bool | None = None
) -> Seen:
    """The way and the plan by which most of it is right; a right one of the simplest kind ends the search."""
    found = []
    families = {family for (_, family), n in plans.items() if n} - {"all"} if f.name != "predict" else set()
    for seen in _every(f, tried):
        if (rows is not None and seen.way.layout.rows != rows) or (
            families and seen.family not in {*families, "all"}
        ):
            continue
        if squares is not None and ("squared" in seen.plan.loss) != squares:
            continue
        if seen.right:
            return seen
        found.append(seen)
    for seen in found:
        if summed(f, seen):
            return seen
    known_plan = lambda s: sum(n for (plan, _), n in plans.items() if plan == s.plan)
    own = lambda s: s.way.form == "own" and not s.points  # where nothing came back, its own cache tells best why
    rank = lambda s: (s.points / len(s.looks), votes[s.way.layout], known_plan(s), s.way.layout == COLUMNS, own(s))
    return max(found, key=rank)


def _either(f: Function, tried: Tried, seen: Seen) -> bool:
    """Whether it is right with examples in rows and in columns."""
    at = [look.case["case"] for look in seen.looks]
    chosen = [i for i, case in enumerate(tried.cases[f.name]) if case["case"] in at]
    ways = {way for name, _, way in tried.at if name == f.name and way.layout.rows != seen.way.layout.rows}
    for way in ways:
        if way.form == seen.way.form and all(not looked(f, tried, i, way, seen.plan).first for i in chosen):
            return True
    return False


def _every(f: Function, tried: Tried) -> Iterator[Seen]:
    fixed = bool(re.search(r"['\"]d?W2['\"]|\bd?W2\b", _text(tried, tried.names[f.name], set())))
    cases = tried.cases[f.name]
    ways = dict.fromkeys(way for name, _, way in tried.at if name == f.name and way.form in ("ours", "own"))
    for family in ("one", "many") if len(f.plans) > 1 else ("all",):
        chosen = [
            i
            for i, c in enumerate(cases)
            if not (fixed and c["deep"]) and (family == "all" or (c["k"] > 1) == (family == "many"))
        ]
        for plan in f.plans:
            if plan.output == "softmax" and family != "many":
                continue
            for way in ways:
                looks = [looked(f, tried, i, way, plan) for i in chosen]
                yield Seen(way, plan, family, looks)


def _text(tried: Tried, name: str, read: set[str]) -> str:
    """The lines of a function, and of all functions of the file that it calls."""
    read.add(name)
    text = "\n".join(told for _, told in own_lines(tried.source, line_in(tried, name)))
    calls = [other for other in re.findall(r"\b[A-Za-z_]\w*", text) if other in tried.ran.functions]
    return "\n".join([text, *(_text(tried, other, read) for other in calls if other not in read)])


def _fault(f: Function, tried: Tried, seen: Seen) -> tuple[Fault, str] | None:
    """What is wrong, in the case that shows it best, and that case."""
    told: list[tuple[Fault, str]] = []
    for look in seen.looks:
        if look.found is None or not (name := look.first):
            continue
        if f.name in ("backward_propagation", "train"):
            told.append((network_fault(f, look, seen.plan), look.case["case"]))
        else:
            told.append((fault(f, look.case, seen.plan, look.found, look.wanted, name), look.case["case"]))
    errors = [look for look in seen.looks if look.found is None]
    if told_ := steady(seen):
        return told_, seen.looks[0].case["case"]
    known_ = [t for t in told if t[0].name != "wrong"]
    if f.name == "predict" and len({t[0].said for t in told}) > 1:  # 0 and 1 fit many stories; one has to fit all
        known_ = []
        told = [(t._replace(name="wrong", said=WRONG), case) for t, case in told]
    if known_:
        common = Counter(t[0].name for t in known_)
        return max(known_, key=lambda t: common[t[0].name])
    if errors:
        return stopped(f, tried, errors[0]), errors[0].case["case"]
    return told[0] if told else None


def _cache(tried: Tried, name: str, best: dict[str, Seen]) -> tuple[Fault, str] | None:
    """A cache that makes the right way back go wrong: the fault lies in the function that filled it."""
    for later, seen in best.items():
        f = FUNCTIONS[later]
        if f.own != name:
            continue
        if not seen.right and (found := _kept_wrong(tried, later, seen.way.layout)):
            return found
        if not seen.right or seen.way.form != "ours":
            continue
        way = Way(seen.way.layout, "own")
        for i, case in enumerate(tried.cases[later]):
            whole = tried.out(later, i, Way(seen.way.layout, "there"))
            if not isinstance(whole, tuple) or len(whole) < 2 or case not in [look.case for look in seen.looks]:
                continue
            look = looked(f, tried, i, way, seen.plan)
            ours = looked(f, tried, i, seen.way, seen.plan).found or {}
            same = look.found is not None and all(n in look.found and near(look.found[n], x) for n, x in ours.items())
            if same or not known(whole[1]):
                continue
            said = f"its result is right, but with what it keeps in its cache, {tried.names[later]} goes wrong"
            return Fault("cache", "wrong cache", said + _kept(case, whole)), case["case"]
    return None


def _kept_wrong(tried: Tried, later: str, layout: Layout) -> tuple[Fault, str] | None:
    """A parameter that stands in a cache under its name, and is another there."""
    for i, case in enumerate(tried.cases[later]):
        whole = tried.out(later, i, Way(layout, "there"))
        kept: Any = whole[1] if isinstance(whole, tuple) and len(whole) > 1 else None
        given = FUNCTIONS[FUNCTIONS[later].own].given(case).get("parameters", {})
        for name, right in given.items() if isinstance(kept, Mapping) else ():
            if isinstance(kept.get(name), np.ndarray) and not near(kept[name], turned(name, right, layout)):
                said = f"its result is right, but what it keeps under {name} is not {name}"
                return Fault("caches", "wrong cache", said), case["case"]
    return None


def _kept(case: dict[str, Any], whole: tuple[Any, ...]) -> str:
    """Which array the cache holds in place of another."""
    out = next(iter(known(whole[0])), None)
    inside = known(whole[1])
    if out is not None and any(x.shape == out.shape and near(x, out) for x in inside):
        return ": it keeps what comes out where the way back needs what went in"
    return ""


def _plan(f: Function, plan: Plan) -> str:
    """What of a plan this function shows."""
    inside, end, loss = str(plan).replace("-", " ").split(", ")
    return {"compute_cost": loss, "forward_propagation": f"{inside}, {end}", "predict": f"{inside}, {end}"}.get(
        f.name, f"{inside}, {end}, {loss}"
    )


def _told(f: Function, tried: Tried, seen: Seen | None, wrong: tuple[Fault, str] | None) -> Judged:
    notes = list(seen.notes) if seen else []
    if seen and f.turns and seen.way.layout != COLUMNS:
        notes.append(seen.way.layout.said)
    if seen and seen.right and len(f.plans) > 1 and seen.plan != f.plans[0]:
        notes.append(_plan(f, seen.plan))
    if seen and seen.right and seen.way.form == "own":
        notes.append("a cache of its own form")
    if wrong is None:
        return Judged(f.name, tried.names[f.name], True, conventions=tuple(notes))
    found, case = wrong
    mine = line_of(tried.source, first_line(tried, f.name), found.array)
    bare = re.sub(r"\d+$", "", found.array)
    rule = f.rules.get(found.array) or f.rules.get(bare, "")
    if found.array in ("cache", "caches"):
        rule = "keep what went in: (A_prev, W, b) for the product, Z for the activation"
    line, yours = mine or (None, "")
    return Judged(
        f.name, tried.names[f.name], False, found.array, found.name, found.said, rule, line, yours,
        found.cell, found.given, found.right, case, tuple(notes),
    )  # fmt: skip
