"""Searching: from what a user asks of `wk.search` to trials, kept as they end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from workings.labels import check_lengths
from workings.labels import rows as answers
from workings.model import Model, arguments
from workings.searches.found import BEST, ROW, Search
from workings.searches.space import SPACE, checked, suggested
from workings.searches.study import opened, quiet
from workings.searches.trials import Asked, folded, run
from workings.sweeps import how, shaping
from workings.sweeps.progress import progress as shown_in
from workings.sweeps.space import OTHER, TRAINING, check_name, plain
from workings.sweeps.table import better, short
from workings.training.checkpoint import fingerprint
from workings.training.interruption import Interrupted, Interruptions

STOPPED: dict[str, Any] = {"status": "stopped"}


def search(
    layers: Any,
    X: Any,
    y: Any,
    space: Mapping[str, Any] | None = None,
    *,
    trials: int = 30,
    epochs: int = 20,
    validation: Any = 0.2,
    folds: int | None = None,
    by: str | None = None,
    loss: Any = None,
    dtype: str = "float32",
    out: Any = None,
    storage: Any = None,
    seconds: float | None = None,
    prune: bool = True,
    search_seed: int = 0,
    backend: str = "auto",
    progress: bool | None = None,
    **fixed: Any,
) -> Search:
    """Train with settings that look best after those tried so far, and return the table of all.

    `layers`: a list whose hidden layers are changed, or a function that makes one from the settings it names, as for
    `sweep`.  `space`: setting -> `Uniform`, `LogUniform`, `Whole` or a list; else `SPACE` without what is fixed:
    learning_rate, batch_size, depth, width, activation, optimizer, momentum, l2 and dropout.  `fixed`: settings that
    all share.
    `trials`: how many there shall be in the end, those of earlier calls counted.  `seconds`: begin none after that.
    `validation`: a share of the rows, set aside once, or a pair (X, y); or `folds` parts, each judging once, whose
    mean counts.  `by`: the figure that judges, by default the validation loss.
    `prune`: give a trial up when, after a fifth of its epochs, it is worse than the median of the others there.
    `out`: a folder that keeps every trial and the best model; the same line goes on there, and started in several
    processes or on several machines, they share the work.  `storage`: a database instead, "sqlite:///search.db".
    `search_seed`: fixes the suggestions; the trainings have `seed`, 0 if it is not varied.

    Ctrl-C ends the search and returns what is there.  A trial that diverges is a row that says so.
    Needs Optuna (pip install 'workings[search]'), else ImportError; ValueError for settings no trial could use.
    Source: Bergstra et al. 2011 (TPE), Golovin et al. 2017 (median rule), as Optuna has them.

    >>> from workings import Dense
    >>> X, y = [[0], [1], [2], [3]] * 8, [0, 1, 0, 1] * 8
    >>> layers = [Dense(4, "tanh"), Dense(1, "sigmoid")]
    >>> found = search(layers, X, y, {"width": [2, 8]}, trials=3, epochs=3, learning_rate=0.1, progress=False)
    >>> len(found), found.best()["width"] in (2, 8)
    (3, True)
    """
    shapes = shaping.understood(layers)
    for name in fixed:
        check_name(name, [*shapes, *TRAINING, *OTHER])
    if space is None:
        space = {
            name: x for name, x in SPACE.items() if name in [*shapes, *TRAINING, "momentum"] and name not in fixed
        }
    space = checked(space, shapes, fixed)
    if twice := sorted(set(fixed) & set(space)):
        raise ValueError(f"{twice[0]} is searched and fixed at {fixed[twice[0]]!r}: say it once")
    trials, epochs = arguments.whole("trials", trials), arguments.whole("epochs", epochs)
    if folds is not None:
        arguments.whole("folds", folds, 2)
        if folds > len(answers(y)):
            raise ValueError(f"{folds} folds of {len(answers(y))} examples: every fold needs one")
    if out is not None and storage is not None:
        raise ValueError("out=… keeps a journal in a folder, storage=… a database: say one of them")
    fixed = {"epochs": epochs} | fixed
    with quiet() as optuna:
        asked, parts, told = _prepared(layers, X, y, space, fixed, validation, folds, by, loss, dtype, backend)
        told |= {"prune": prune, "search_seed": search_seed, "varied": list(space)}
        wait = max(2, epochs // 5) if prune else 0
        study = opened(optuna, out, storage, told, search_seed, "accuracy" in asked.by, wait)
        return _searched(optuna, study, asked, space, parts, trials, seconds, out, shown_in(progress))


def _searched(
    optuna: Any, study: Any, asked: Asked, space: Any, parts: Any, trials: int, seconds: Any, out: Any, shown: Any
) -> Search:
    """Trials, one after the other, until there are enough."""
    State = optuna.trial.TrialState
    model = Model.load(Path(out) / BEST) if out is not None and (Path(out) / BEST).exists() else None
    began, said, signum = time.monotonic(), "", 0
    shown.start(trials, min(trials, _over(study, State)), "one after the other")
    try:
        with Interruptions() as interruption:
            while _over(study, State) < trials and not said:
                if seconds is not None and time.monotonic() - began > seconds:
                    said = f"stopped after {seconds:g} seconds"
                    break
                trial = study.ask()
                try:
                    row, made = run(asked, trial, suggested(trial, space, asked.fixed), parts)
                except BaseException as error:
                    study.tell(trial, state=State.FAIL)
                    if not isinstance(error, Interrupted):
                        raise
                    signum, row, made = error.signum, STOPPED, None
                if row["status"] == "stopped" or interruption:
                    said = f"stopped by Ctrl-C after {_over(study, State)} of {trials} trials"
                if row["status"] == "stopped":
                    if not signum:
                        study.tell(trial, state=State.FAIL)
                    break
                trial.set_user_attr(ROW, row)
                leads = row["score"] is not None and _leads(study, asked.by, row["score"])
                if made is not None and leads:
                    model = made
                    if out is not None:
                        made.save(Path(out) / BEST)
                states = {"done": State.COMPLETE, "pruned": State.PRUNED}
                study.tell(trial, row["score"], states.get(row["status"], State.FAIL))
                shown.run(_so_far(study, asked.by))
    finally:
        shown.stop(said)
    if signum:
        raise Interrupted(signum)
    return Search.of(study, trials, model, said)


def _over(study: Any, State: Any) -> int:
    """The trials that are over and have a row: a training that was cut off is made again."""
    return sum(ROW in t.user_attrs and t.state.is_finished() for t in study.get_trials(deepcopy=False))


def _scores(study: Any) -> list[float]:
    """The scores of the trials that are over, whichever process made them."""
    over = (t for t in study.get_trials(deepcopy=False) if t.state.is_finished())
    return [t.user_attrs[ROW]["score"] for t in over if t.user_attrs.get(ROW, {}).get("score") is not None]


def _leads(study: Any, by: str, score: float) -> bool:
    return all(better(score, other, by) for other in _scores(study))


def _so_far(study: Any, by: str) -> str:
    scores = _scores(study)
    if not scores:
        return "none is done so far"
    return f"best {by.replace('_', ' ')} {short(max(scores) if 'accuracy' in by else min(scores))}"


def _prepared(
    layers: Any, X: Any, y: Any, space: Any, fixed: Any, validation: Any, folds: Any, by: Any, loss: Any, dtype: str,
    backend: str,
) -> tuple[Asked, Any, dict[str, Any]]:  # fmt: skip
    """What holds for every trial, the parts it learns from and is judged by, and what must be the same to go on."""
    check_lengths(X if hasattr(X, "shape") else np.asarray(X, dtype=object), y)
    some = _first(space)
    first = shaping.model(layers, fixed | some, 0, loss=loss, dtype=dtype)
    if isinstance(X, np.memmap):
        raise ValueError("a search reads X from memory: give np.asarray(X), or a part of it")
    X, y = first._reader.examples(X), answers(y)
    if isinstance(validation, tuple | list) and len(validation) == 2:
        validation = (first._reader.examples(validation[0]), answers(validation[1]))
    parts = folded(X, y, validation, folds)
    rest, point = ({k: v for k, v in named.items() if k != "momentum"} for named in (fixed, some))
    tried = how.Asked(layers, rest, {"loss": loss, "dtype": dtype}, False, backend)
    plans = how.checked(tried, [point], parts[0], y)
    known = ["validation_loss", f"validation_{plans.metric}"]
    by = by or known[0]
    if by not in known:
        raise ValueError(f"there is no {by!r} to judge by; there are {', '.join(known)}")
    asked = Asked(layers, fixed, {"loss": loss, "dtype": dtype}, plans.labels, by, plans.backends[0])
    prints = [fingerprint(X, y)] + ([fingerprint(*validation)] if isinstance(validation, tuple) else [])
    told = {
        "space": plain(space),
        "settings for all": plain(fixed),
        "folds": folds,
        "validation": None if isinstance(validation, tuple) else validation,
        "networks": plans.networks[0],
        "data": "+".join(prints),
        "by": by,
        "dtype": dtype,
    }
    return asked, parts, told


def _first(space: Mapping[str, Any]) -> dict[str, Any]:
    """One point of the space, to be tried without training."""
    low = {name: wanted.low if hasattr(wanted, "draw") else wanted[0] for name, wanted in space.items()}
    return {name: int(x) if type(space[name]).__name__ == "Whole" else x for name, x in low.items()}
