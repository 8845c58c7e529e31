"""Looks: one file for each family of findings.

A look is a function of the patient.  It returns its findings, or a sentence on what was looked at and found well,
or nothing where there is nothing of its kind to look at.  A new look gets a row in LOOKS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workings.checkup.finding import Finding
from workings.checkup.looks.answers import answers
from workings.checkup.looks.collapsed import collapsed
from workings.checkup.looks.dead import dead
from workings.checkup.looks.flow import flow
from workings.checkup.looks.handed import handed
from workings.checkup.looks.imbalance import imbalance
from workings.checkup.looks.leak import leak
from workings.checkup.looks.learned import learned
from workings.checkup.looks.nonfinite import nonfinite
from workings.checkup.looks.overfitting import overfitting
from workings.checkup.looks.rate import rate
from workings.checkup.looks.saturated import saturated
from workings.checkup.looks.scaling import scaling
from workings.checkup.looks.symmetric import symmetric
from workings.checkup.patient import Patient


class Look(NamedTuple):
    """What is looked at, in words; the function; and whether it needs numbers that are finite."""

    title: str
    look: Callable[[Patient], list[Finding] | str]
    needs_numbers: bool = True


LOOKS = (  # in the order in which causes come before what they cause
    Look("shapes", handed, False),
    Look("answers", answers, False),
    Look("scale of the features", scaling, False),
    Look("leaks", leak, False),
    Look("NaN and infinity", nonfinite, False),
    Look("symmetry", symmetric),
    Look("collapsed layers", collapsed),
    Look("dead ReLUs", dead),
    Look("saturated units", saturated),
    Look("flow of gradients", flow),
    Look("learning rate", rate),
    Look("class imbalance", imbalance),
    Look("overfitting", overfitting),
    Look("what was learned", learned),
)
