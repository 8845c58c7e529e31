"""Study: where the trials are kept, who may work on them, and where the next suggestion comes from.

A folder holds a journal, which several processes, or machines that share the disk, may write at once; a URL such as
sqlite:///search.db is a database of Optuna's. A trial's suggestions depend on the seed, its number and what was
found before it: a search that was stopped and goes on suggests what it would have suggested.
"""

from __future__ import annotations

import contextlib
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workings.training import TrainingWarning

JOURNAL, NAME, ASKED = "journal.log", "workings", "asked"
STARTUP = 8  # trials drawn at random before any is judged by others


def opened(optuna: Any, out: Any, storage: Any, asked: dict[str, Any], seed: int, higher: bool, prune: int) -> Any:
    """The study in this place, new or to be gone on with.

    `prune` is after how many epochs a trial may be given up, 0 for never.  Raises ValueError naming the first setting
    that differs from a study that is there, FileExistsError for a folder that holds something else.
    """
    place = _storage(optuna, out, storage)
    pruner = optuna.pruners.MedianPruner(STARTUP, prune) if prune else optuna.pruners.NopPruner()
    study = optuna.create_study(
        storage=place,
        study_name=NAME,
        sampler=sampler(optuna, seed),
        pruner=pruner,
        direction="maximize" if higher else "minimize",
        load_if_exists=True,
    )
    asked = json.loads(json.dumps(asked, default=repr))
    then = study.user_attrs.get(ASKED)
    if then is None:
        study.set_user_attr(ASKED, asked)
        return study
    for name in dict.fromkeys([*asked, *then]):
        if asked.get(name) != then.get(name):
            what = "other data" if name == "data" else f"{name} = {then.get(name)}, now it is {asked.get(name)}"
            raise ValueError(
                f"{out or storage!s} holds a search of {what}: going on would mix two; use the same settings, or "
                "another place"
            )
    return study


def _storage(optuna: Any, out: Any, storage: Any) -> Any:
    if storage is not None:
        return storage
    if out is None:
        return None
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"'{folder}' is a file; a search is kept in a folder: name another one")
    journal = folder / JOURNAL
    if not journal.exists() and folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"'{folder}' holds other files, and no search: name an empty or a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        from optuna.storages.journal import JournalFileBackend

        return optuna.storages.JournalStorage(JournalFileBackend(str(journal)))
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f"'{journal}' is damaged ({error}): a search begins anew in another folder") from None


def sampler(optuna: Any, seed: int) -> Any:
    """Optuna's TPE, seeded for every trial by its number."""

    class Seeded(optuna.samplers.BaseSampler):
        """One generator for each trial, so that neither stopping nor other processes shift the numbers."""

        def __init__(self) -> None:
            self.of: dict[int, Any] = {}

        def _of(self, trial: Any) -> Any:
            if trial.number not in self.of:
                mixed = (seed * 1_000_003 + trial.number * 7919 + 1) % 2**32
                self.of[trial.number] = optuna.samplers.TPESampler(seed=mixed, n_startup_trials=STARTUP)
            return self.of[trial.number]

        def infer_relative_search_space(self, study: Any, trial: Any) -> Any:
            return self._of(trial).infer_relative_search_space(study, trial)

        def sample_relative(self, study: Any, trial: Any, search_space: Any) -> Any:
            return self._of(trial).sample_relative(study, trial, search_space)

        def sample_independent(self, study: Any, trial: Any, name: str, distribution: Any) -> Any:
            return self._of(trial).sample_independent(study, trial, name, distribution)

        def after_trial(self, study: Any, trial: Any, state: Any, values: Any) -> None:
            self._of(trial).after_trial(study, trial, state, values)
            del self.of[trial.number]

    return Seeded()


@contextlib.contextmanager
def quiet() -> Iterator[Any]:
    """Optuna, without its remarks; ImportError where it is missing."""
    try:
        import optuna
    except ImportError as error:
        raise ImportError("a search needs Optuna: pip install 'workings[search]'") from error
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"optuna(\..*)?")
        warnings.simplefilter("ignore", TrainingWarning)  # what they say stands in the table
        try:
            yield optuna
        finally:
            optuna.logging.set_verbosity(before)
