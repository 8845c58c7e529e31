"""Finish: what is said, saved and shown when training is over or was stopped."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from workings.cli.course import Trained, weights
from workings.cli.output import Voice
from workings.cli.sources import tabular


def finish(voice: Voice, trained: Trained, out: Any, page: Any, there: bool = False) -> dict[str, Any]:
    """Save the model first, then say how well it does, explain an answer and write the report; all as figures.

    `there` says that a model stood in this place, which the new one replaces.
    """
    stopped = trained.history.stopped
    saved = keep(trained.model, out)
    voice.say(f"{trained.network}, {weights(trained.model):,} parameters, after {_epochs(trained)}.")
    if trained.code:
        why = f"{stopped}; " if voice.json else ""  # else the progress has said it
        voice.note(f"{why}the model is saved: {saved}")
        return _told(trained, {}, saved, None)
    figures = trained.figures()
    voice.say(_verdict(trained, figures), bold=True)
    shown = _explained(trained)
    if shown is not None and shown.picture:
        from workings.report import told

        voice.say(f"\nOne answer, worked out: {shown.where} (~: cut to 4 digits).\n\n{told(shown)}\n")
    voice.say(f"Saved: {saved}" + " (replaced the model that was there)" * there)
    if page:
        from workings.report import write_report

        write_report(page, trained, shown, figures)
        voice.say(f"Report: {page}")
    return _told(trained, figures, saved, page)


def _epochs(trained: Trained) -> str:
    many = len(trained.history)
    return f"{many:,} epoch{'s' * (many != 1)}"


def keep(model: Any, out: Path) -> Path:
    """Save the model; where that fails, save it among the temporary files, so that nothing learned is lost."""
    try:
        model.save(out)
    except OSError as error:
        aside = Path(tempfile.mkdtemp(prefix="workings-")) / out.name
        try:
            model.save(aside)
        except OSError:
            raise error from None
        said = error.strerror or str(error)
        raise OSError(
            f"'{out}' could not be written ({said}); the trained model is safe in '{aside}': move it from there"
        ) from None
    return out


def _verdict(trained: Trained, figures: dict[str, float]) -> str:
    from workings.report.text import amount

    m = len(trained.test)
    on = f"On {m:,} examples it has not seen" if trained.held_out else f"On the {m:,} examples it learned from"
    if trained.task.kind == "classification":
        return f"{on}, it is right {100 * figures['accuracy']:.2f} % of the time (loss {figures['loss']:.4f})."
    spread = float(np.std(np.asarray(trained.test.y, float)))
    return (
        f"{on}, it is off by {amount(figures['rmse'])} (root mean square); always saying the mean would be off by "
        f"{amount(spread)}."
    )


def _explained(trained: Trained) -> Any:
    """One answer of the held-out part: the first that is right."""
    from workings.report import answer

    test, model = trained.test, trained.model
    some = test.take(np.arange(min(200, len(test))))
    X, said = trained.inputs(some), model.predict(trained.inputs(some))
    row = int(np.argmax(said == some.y)) if trained.task.kind == "classification" else 0
    prepared = tabular(model)
    before = {n: v[row] for n, v in some.table.features.items()} if prepared is not None else None
    try:
        return answer(model, X[row], some.y[row], test.where(row), prepared.names if prepared else (), before)
    except ValueError:  # a network that is no plain chain has no single way down
        return None


def _told(trained: Trained, figures: dict[str, float], saved: Path, page: Any) -> dict[str, Any]:
    return figures | {
        "held_out": len(trained.test) if trained.held_out else 0,
        "trained_on": len(trained.train),
        "task": trained.task.kind,
        "classes": list(trained.task.classes),
        "network": trained.network,
        "parameters": weights(trained.model),
        "epochs": len(trained.history),
        "backend": trained.history.backend,
        "stopped": trained.history.stopped or None,
        "model": str(saved),
        "report": str(page) if page else None,
    }
