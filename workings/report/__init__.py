"""Report: one answer followed down to its pixels, in text and in HTML, and the page that a training leaves behind."""

from __future__ import annotations

from workings.report.answer import Answer as Answer
from workings.report.follow import answer as answer
from workings.report.text import told as told
from workings.report.training import report as report
from workings.report.training import write_report as write_report
