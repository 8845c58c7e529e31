"""Check-up: why a network does not learn, in numbers, with a cure that was tried.

report = model.checkup(X, y, validation=0.2)        every finding: evidence, reason, cure, what came of it
wk.checkup.gradients(model, X, y)                   every gradient against the slope of the loss
"""

from __future__ import annotations

from workings.checkup.cures import activated as activated
from workings.checkup.cures import bent as bent
from workings.checkup.cures import classifying as classifying
from workings.checkup.cures import gated as gated
from workings.checkup.cures import redrawn as redrawn
from workings.checkup.examine import checkup as checkup
from workings.checkup.finding import Evidence as Evidence
from workings.checkup.finding import Finding as Finding
from workings.checkup.finding import Tried as Tried
from workings.checkup.gradients import gradients as gradients
from workings.checkup.gradients import slopes_of as slopes_of
from workings.checkup.looks import LOOKS as LOOKS
from workings.checkup.patient import Habits as Habits
from workings.checkup.report import Report as Report
