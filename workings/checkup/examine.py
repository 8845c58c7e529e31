"""Examine: every look at one patient, and the trial of every cure."""

from __future__ import annotations

from typing import Any

from workings.checkup.finding import several
from workings.checkup.looks import LOOKS
from workings.checkup.patient import Habits, Patient
from workings.checkup.report import Report


def checkup(model: Any, X: Any, y: Any, validation: Any, habits: Habits, try_cures: bool = True) -> Report:
    """What `Model.checkup` does, with its arguments settled: `validation` is a pair or None.

    The model and the data are left as they are: everything happens to copies.
    """
    p = Patient(model, X, y, validation, habits, trials=try_cures)
    findings, healthy = [], []
    for title, look, needs_numbers in LOOKS:
        if p.refused and findings:
            break
        if needs_numbers and not p.finite:
            continue
        said = look(p)
        if isinstance(said, str):
            healthy += [(title, said)] if said else []
        else:
            findings += [finding.after_trial() if try_cures else finding for finding in said]
    return Report(_subject(p), tuple(findings), tuple(healthy))


def _subject(p: Patient) -> str:
    network = ", ".join(row.name for row in p.rows)
    if p.refused:
        return network
    looked = "" if len(p.A) == p.m else f", {len(p.A):,} of them looked at"
    return f"{network} on {several(p.m, 'row')}{looked}; loss {p.loss:.4g}, best constant answer {p.constant:.4g}"
