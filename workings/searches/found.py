"""Found: what a search came to: a row for every trial, the best of them, its model, and what mattered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workings.model import Model
from workings.searches.study import ASKED, JOURNAL, NAME, quiet
from workings.sweeps.table import Sweep, short

BEST, ROW = "best.safetensors", "row"


class Search(Sweep):
    """The trials of a search, in the order in which they began: a `Sweep`, some of whose runs were given up early.

    A row's status is "done", "pruned" (given up, with no score) or "diverged".  `study` is Optuna's own, for its
    tools; its model is the best one's, as it was trained.
    """

    study: Any = None

    @classmethod
    def of(cls, study: Any, asked: int, model: Model | None, stopped: str = "") -> Search:
        """What a study holds so far."""
        told = study.user_attrs[ASKED]
        rows = [trial.user_attrs[ROW] for trial in study.get_trials(deepcopy=False) if ROW in trial.user_attrs]
        blank = dict.fromkeys(told["varied"])
        found = cls(
            [{"run": row["run"]} | blank | row for row in rows], told["varied"], told["by"], asked, model, stopped
        )
        found.study = study
        return found

    @classmethod
    def open(cls, folder: Any) -> Search:
        """The search in a folder, whether it is over or not.  Raises FileNotFoundError where there is none."""
        place = Path(folder)
        if not (place / JOURNAL).is_file():
            raise FileNotFoundError(f"'{place}' holds no search: there is no {JOURNAL} in it")
        with quiet() as optuna:
            from optuna.storages.journal import JournalFileBackend

            try:
                storage = optuna.storages.JournalStorage(JournalFileBackend(str(place / JOURNAL)))
                study = optuna.load_study(study_name=NAME, storage=storage)
                model = Model.load(place / BEST) if (place / BEST).exists() else None
                return cls.of(study, len(study.trials), model)
            except (ValueError, LookupError, TypeError) as error:
                raise ValueError(f"'{place}' holds a search that cannot be read: {error!r}") from None

    def importance(self) -> dict[str, float]:
        """How much of the spread of the scores each setting explains alone, as shares that add to 1.

        Settings that only some trials have (momentum) are left out.  Raises ValueError for fewer than four trials.
        Source: Hutter, Hoos, Leyton-Brown, fANOVA, 2014, as Optuna computes it.
        """
        with quiet() as optuna:
            done = [t for t in self.study.get_trials(deepcopy=False) if t.state == optuna.trial.TrialState.COMPLETE]
            if len(done) < 4:
                raise ValueError(f"what mattered is told from four trials on, and {len(done)} are done")
            judge = optuna.importance.FanovaImportanceEvaluator(seed=0)
            told = optuna.importance.get_param_importances(self.study, evaluator=judge)
        return {name: float(share) for name, share in told.items()}

    def said(self) -> str:
        """How many trials, and which is best, in a sentence."""
        pruned = sum(row["status"] == "pruned" for row in self.rows)
        lost = sum(row["status"] == "diverged" for row in self.rows)
        told = f"{len(self.rows)} of {max(self.asked, len(self.rows))} trials"
        told += f", {pruned} given up early" * bool(pruned) + f", {lost} diverged" * bool(lost)
        if any(row["score"] is not None for row in self.rows):
            best = self.best()
            what = ", ".join(f"{n.replace('_', ' ')} {short(best[n])}" for n in self.varied if best[n] is not None)
            told += f"; the best is trial {best['run']} ({what}): {self.by.replace('_', ' ')} {short(best[self.by])}"
        return told + (f"; {self.stopped}" if self.stopped else "")
